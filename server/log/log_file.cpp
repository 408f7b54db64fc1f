// SPDX-License-Identifier: Apache-2.0
#include "server/log/log_file.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace featc {

namespace fs = std::filesystem;

namespace {

// What is put aside gets the time behind its name: `requests.log.20261201T145500.123Z`.
std::string asideName(const std::string& path) {
  using std::chrono::system_clock;
  const auto now = system_clock::now();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  return fmt::format("{}.{:%Y%m%dT%H%M%S}.{:03}Z", path, fmt::gmtime(system_clock::to_time_t(seconds)),
                     std::chrono::duration_cast<std::chrono::milliseconds>(now - seconds).count());
}

// Whether `name` is one of asideName(`base`).
bool isAside(std::string_view name, std::string_view base) {
  constexpr std::string_view kForm =
      ".dddddddd"
      "Tdddddd.dddZ";
  if (name.size() != base.size() + kForm.size() || !name.starts_with(base)) return false;
  name.remove_prefix(base.size());
  for (size_t i = 0; i < kForm.size(); ++i)
    if (kForm[i] == 'd' ? name[i] < '0' || name[i] > '9' : name[i] != kForm[i]) return false;
  return true;
}

// Lines are long.
size_t countLines(std::string_view text) {
  size_t lines = 0;
  for (size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) ++lines;
  return lines;
}

}  // namespace

std::string LogFile::open(bool* mayPass) {
  if (file_ >= 0) return {};
  // A pipe that nobody reads is an error at once, and one that is full is none that a thread hangs in.
  file_ = ::open(options_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0640);
  struct stat info{};
  if (file_ < 0 || ::fstat(file_, &info) != 0) {
    const int code = errno;
    if (mayPass != nullptr)
      *mayPass = code == ENOSPC || code == EDQUOT || code == ENXIO || code == EMFILE || code == ENFILE || code == EIO;
    close();
    return code == ENXIO ? "nobody reads the pipe" : std::strerror(code);
  }
  isRegular_ = S_ISREG(info.st_mode);
  bytes_ = isRegular_ ? static_cast<uint64_t>(info.st_size) : 0;
  brokenLine_ = false;
  looked_ = Clock::now();
  period_ = periodOf(bytes_ > 0 ? Clock::from_time_t(info.st_mtime) : looked_);
  return {};
}

void LogFile::close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

int64_t LogFile::periodOf(Clock::time_point time) const {
  if (options_.rotateTime.count() <= 0) return 0;
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count() /
         options_.rotateTime.count();
}

bool LogFile::isMoved() const {
  struct stat ours{};
  struct stat there{};
  if (::fstat(file_, &ours) != 0) return true;
  return ::stat(options_.path.c_str(), &there) != 0 || ours.st_ino != there.st_ino || ours.st_dev != there.st_dev;
}

void LogFile::rotate(size_t more) {
  const Clock::time_point now = Clock::now();
  const int64_t period = periodOf(now);
  const bool isOld = period != std::exchange(period_, period);
  const bool isLarge = options_.rotateBytes > 0 && bytes_ + more > options_.rotateBytes;
  if (!isRegular_ || bytes_ == 0 || (!isOld && !isLarge)) return;
  const std::string aside = asideName(options_.path);
  std::error_code error;
  if (fs::exists(aside, error)) return;  // of this millisecond: with the next lines, then
  fs::rename(options_.path, aside, error);
  rotateProblem_ = error ? error.message() : "";
  if (error) return;
  close();
  prune();
}

void LogFile::prune() const {
  if (options_.keep == 0) return;
  const fs::path path = fs::absolute(options_.path);
  const std::string base = path.filename().string();
  std::vector<fs::path> aside;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path.parent_path(), error))
    if (isAside(entry.path().filename().string(), base)) aside.push_back(entry.path());
  std::ranges::sort(aside);
  for (size_t i = 0; i + options_.keep < aside.size(); ++i) fs::remove(aside[i], error);
}

LogFile::Written LogFile::write(std::string_view lines, const std::atomic<bool>& giveUp) {
  if (file_ >= 0 && isRegular_ && Clock::now() - looked_ >= std::chrono::seconds(1)) {
    looked_ = Clock::now();
    if (isMoved()) close();
  }
  if (file_ >= 0) rotate(lines.size());
  if (std::string problem = open(); !problem.empty()) return {0, std::move(problem)};
  std::string_view rest = lines;
  if (brokenLine_ && ::write(file_, "\n", 1) == 1) brokenLine_ = false;
  int error = 0;
  while (!rest.empty() && error == 0) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written > 0) {
      rest.remove_prefix(static_cast<size_t>(written));
    } else if (written < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      pollfd waiting{file_, POLLOUT, 0};
      if (giveUp)
        error = EAGAIN;
      else
        ::poll(&waiting, 1, 100);
    } else if (written < 0 && errno != EINTR) {
      error = errno;
    }
  }
  const std::string_view done = lines.substr(0, lines.size() - rest.size());
  bytes_ += done.size();
  if (error == 0) return {countLines(lines), {}};
  // Half a line: taken back where that can be, else ended before the next one.
  const size_t half = done.size() - (done.rfind('\n') + 1);
  if (half > 0 && isRegular_ && ::ftruncate(file_, static_cast<off_t>(bytes_ - half)) == 0)
    bytes_ -= half;
  else
    brokenLine_ = brokenLine_ || half > 0;
  // A pipe whose reader is gone may get another one.
  if (!isRegular_ && error == EPIPE) close();
  return {countLines(done), std::strerror(error)};
}

}  // namespace featc
