// SPDX-License-Identifier: Apache-2.0
// The file of a request log: what is put aside, and what befalls it.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "server/log/log_file.h"
#include "server/log/log_sample.h"
#include "server/log/log_writer.h"
#include "tests/common/catch.h"
#include "tests/unit/engine_fixture.h"

using namespace featc;
using namespace featc::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const std::atomic<bool> kPatient = false;
const std::atomic<bool> kHurried = true;

size_t filesIn(const fs::path& folder) {
  return static_cast<size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// No file may become larger, as if the disk were full.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now = before_;
    now.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("a log begins anew before it becomes too large, and keeps as many as asked for", "[log]") {
  TestFolder folder;
  folder.write("requests.log.notes", "somebody's");
  folder.write("requests.log.20250101T000000.000Zx", "somebody's");
  folder.write("requests.log.20250101T000000.000Z", "an old one\n");
  const std::string path = (folder / "requests.log").string();
  LogFile file({.path = path, .rotateBytes = 100, .keep = 2});
  for (int i = 0; i < 5; ++i) {
    CHECK(file.write(std::string(79, 'a') + "\n", kPatient).problem.empty());
    std::this_thread::sleep_for(3ms);
  }
  CHECK(readFile(path).size() == 80);
  CHECK(!fs::exists(folder / "requests.log.20250101T000000.000Z"));
  CHECK(fs::exists(folder / "requests.log.notes"));
  CHECK(fs::exists(folder / "requests.log.20250101T000000.000Zx"));
  CHECK(filesIn(folder / "") == 5);
  // A line that is larger by itself is written nevertheless.
  CHECK(file.write(std::string(500, 'b') + "\n", kPatient).lines == 1);
  CHECK(readFile(path).size() == 501);
  // What was there is gone on with.
  LogFile again({.path = path, .rotateBytes = 1000, .keep = 2});
  CHECK(again.write("c\n", kPatient).lines == 1);
  CHECK(readFile(path).size() == 503);
}

TEST_CASE("a full disk leaves whole lines, and the next ones are written when there is room", "[log]") {
  TestFolder folder;
  const std::string path = (folder / "requests.log").string();
  LogFile file({.path = path});
  {
    FileLimit full(25);
    LogFile::Written written = file.write("0123456789\nabcdefghij\nABCDEFGHIJ\n", kPatient);
    CHECK(written.lines == 2);
    CHECK(!written.problem.empty());
    CHECK(file.write("ABCDEFGHIJ\n", kPatient).lines == 0);
  }
  CHECK(readFile(path) == "0123456789\nabcdefghij\n");
  CHECK(file.write("later\n", kPatient).problem.empty());
  CHECK(readFile(path) == "0123456789\nabcdefghij\nlater\n");
}

TEST_CASE("half a line in a pipe is ended before the next one", "[log]") {
  TestFolder folder;
  const std::string path = (folder / "pipe").string();
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  LogFile file({.path = path});
  bool mayPass = false;
  CHECK(file.open(&mayPass) == "nobody reads the pipe");
  CHECK(mayPass);
  int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  const std::string large(size_t{1} << 20U, 'x');
  LogFile::Written written = file.write("first\n" + large + "\n", kHurried);
  CHECK(written.lines == 1);
  CHECK(!written.problem.empty());
  std::string received;
  auto receive = [&] {
    char buffer[65536];
    for (ssize_t n = 0; (n = ::read(reader, buffer, sizeof buffer)) > 0;)
      received.append(buffer, static_cast<size_t>(n));
  };
  receive();
  CHECK(file.write("second\n", kPatient).lines == 1);
  receive();
  CHECK(received.starts_with("first\nxxx"));
  CHECK(received.ends_with("xxx\nsecond\n"));
  ::close(reader);
}

TEST_CASE("a path that cannot be is told", "[log]") {
  TestFolder folder;
  bool mayPass = true;
  CHECK(LogFile({.path = (folder / "none" / "log").string()}).open(&mayPass) == "No such file or directory");
  CHECK(!mayPass);
  CHECK(LogFile({.path = (folder / "").string()}).open(&mayPass) == "Is a directory");
  CHECK(!mayPass);
}

TEST_CASE("who logs never waits for the file", "[log]") {
  TestFolder folder;
  LogWriter writer({.path = (folder / "log").string()});
  std::atomic<bool> go = false;
  std::atomic<int> made = 0;
  for (size_t i = 0; i < 2 * LogWriter::kMostLines; ++i)
    writer.add(1, [&](std::string& out) {
      while (!go) std::this_thread::sleep_for(1ms);
      ++made;
      out += "line\n";
    });
  LogCounts counts = writer.counts();
  CHECK(counts.waiting <= LogWriter::kMostLines);
  CHECK(counts.dropped >= LogWriter::kMostLines - 1);
  go = true;
  writer.finish(20s);
  counts = writer.counts();
  CHECK(counts.written + counts.dropped == 2 * LogWriter::kMostLines);
  CHECK(counts.written == static_cast<uint64_t>(made));
  CHECK(!writer.add(1, [](std::string&) {}));
  CHECK(readFile(folder / "log").size() == 5 * counts.written);
}

TEST_CASE("a line that cannot be made costs itself", "[log]") {
  TestFolder folder;
  LogWriter writer({.path = (folder / "log").string()});
  writer.add(1, [](std::string& out) { out += "a\n"; });
  writer.add(1, [](std::string& out) {
    out += "half";
    throw std::runtime_error("no memory");
  });
  writer.add(size_t{1} << 40U, [](std::string& out) { out += "b\n"; });
  writer.finish(20s);
  CHECK(readFile(folder / "log").starts_with("a\n"));
  CHECK(readFile(folder / "log").find("half") == std::string::npos);
  CHECK(writer.counts().failed == 1);
}

TEST_CASE("a sample is the same for the same ids", "[log]") {
  for (const char* wrong : {"", "0", "-1", "1.5", "nan", "x", "0.1x", "1e-400"}) CHECK(!LogSample::parse(wrong));
  LogSample tenth = LogSample::parse("0.1").value();
  LogSample half = LogSample::parse("0.5").value();
  int taken = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string id = newRequestId();
    REQUIRE(isRequestId(id));
    if (tenth.takes(id)) {
      ++taken;
      CHECK(half.takes(id));
    }
  }
  CHECK(taken > 1700);
  CHECK(taken < 2300);
  CHECK(LogSample().takes("anything"));
  CHECK(!isRequestId(""));
  CHECK(!isRequestId("a b"));
  CHECK(!isRequestId("a\r\nX-Other: 1"));
  CHECK(!isRequestId(std::string(129, 'a')));
}
