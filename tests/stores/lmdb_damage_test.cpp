// SPDX-License-Identifier: Apache-2.0
// LMDB files that were cut short: an error at once, whatever is missing.
#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "tests/common/catch.h"
#include "tests/stores/fixture.h"

using namespace featc;
using namespace featc::test;

namespace {

std::string readAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void put(std::string& bytes, size_t at, uint64_t number, size_t size) { std::memcpy(bytes.data() + at, &number, size); }

}  // namespace

TEST_CASE("an LMDB file that was cut short is an error", "[stores]") {
  TempFolder folder;
  fill("lmdb:" + folder.path("whole"));
  std::string bytes = readAll(folder.path("whole") + "/data.mdb");
  REQUIRE(bytes.size() > 8 * 4096);
  std::vector<std::string> keys = {"h:plain", "h:two words", "h:" + std::string(600, 'x')};
  std::string wanted = show(fetch(*open("lmdb:" + folder.path("whole")), source("hash"), keys), source("hash"));
  std::mt19937 random(11);
  size_t refused = 0;
  for (int i = 0; i < 150; ++i) {
    size_t size = random() % bytes.size();
    INFO(size);
    std::string name = folder.path("cut" + std::to_string(i));
    std::filesystem::create_directory(name);
    std::ofstream(name + "/data.mdb", std::ios::binary) << bytes.substr(0, size);
    std::shared_ptr<Store> store = open("lmdb:" + name);
    FetchResult result = fetch(*store, source("hash"), keys);
    // What is cut off may be pages that no row is in.
    if (storeOpenProblem(*store, Clock::now()).empty()) {
      CHECK(show(result, source("hash")) == wanted);
      continue;
    }
    ++refused;
    CHECK(count(result, KeyStatus::Failed) == keys.size());
  }
  CHECK(refused > 100);
  // Not by what lies behind its last page.
  std::filesystem::create_directory(folder.path("longer"));
  std::ofstream(folder.path("longer") + "/data.mdb", std::ios::binary) << bytes << std::string(5000, 'x');
  std::shared_ptr<Store> longer = open("lmdb:" + folder.path("longer"));
  CHECK(storeOpenProblem(*longer, Clock::now()) == "");
  CHECK(show(fetch(*longer, source("hash"), keys), source("hash")) == wanted);
}

TEST_CASE("an LMDB file that is cut while it is open never gives wrong rows, and serves when it is whole again",
          "[stores]") {
  TempFolder folder;
  std::string path = folder.path("db");
  fill("lmdb:" + path);
  std::string bytes = readAll(path + "/data.mdb");
  std::shared_ptr<Store> store = open("lmdb:" + path + "?breaker=0");
  std::vector<std::string> keys = {"h:plain", "h:two words", "h:" + std::string(600, 'x')};
  std::string wanted = show(fetch(*store, source("hash"), keys), source("hash"));
  CHECK(count(fetch(*store, source("hash"), keys), KeyStatus::Found) == 3);
  size_t failed = 0;
  for (size_t size = bytes.size(); size > 4096; size -= 4096) {
    std::filesystem::resize_file(path + "/data.mdb", size - 1);
    FetchResult result = fetch(*store, source("hash"), keys);
    CHECK(count(result, KeyStatus::Absent) == 0);
    failed += count(result, KeyStatus::Failed);
  }
  CHECK(failed > 0);
  CHECK(storeProblem(*store) != "");
  std::ofstream(path + "/data.mdb", std::ios::binary) << bytes;
  CHECK(show(fetch(*store, source("hash"), keys), source("hash")) == wanted);
}

TEST_CASE("an LMDB file that was changed ends no process", "[stores]") {
  TempFolder folder;
  fill("lmdb:" + folder.path("whole"));
  std::string bytes = readAll(folder.path("whole") + "/data.mdb");
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    INFO(i);
    std::string changed = bytes;
    // Some bits, or some bytes, or a piece of the file in another's place.
    size_t at = random() % changed.size();
    if (i % 3 == 0)
      for (int k = 0; k < 20; ++k) changed[random() % changed.size()] ^= static_cast<char>(1U << random() % 8);
    else if (i % 3 == 1)
      for (size_t k = at; k < std::min(changed.size(), at + 64); ++k) changed[k] = static_cast<char>(random());
    else
      changed.replace(at / 512 * 512, 512, bytes.substr(random() % changed.size() / 512 * 512, 512));
    // Half of them where the meta pages and the pages' headers are.
    if (i % 2 == 0) changed[random() % 2 * 4096 + random() % 160] ^= static_cast<char>(1U << random() % 8);
    for (size_t page = 2; i % 2 == 0 && page < changed.size() / 4096; ++page)
      if (random() % 3 == 0) changed[page * 4096 + random() % 40] ^= static_cast<char>(1U << random() % 8);
    std::string name = folder.path("changed");
    std::filesystem::remove_all(name);
    std::filesystem::create_directory(name);
    std::ofstream(name + "/data.mdb", std::ios::binary) << changed;
    std::shared_ptr<Store> store = open("lmdb:" + name);
    for (const SourceInfo& s : sources()) {
      std::vector<std::string> keys;
      for (const std::string& key : rowKeys()) keys.push_back(s.keyPattern.substr(0, s.keyPattern.find('{')) + key);
      CHECK(fetch(*store, s, keys).status.size() == keys.size());
    }
  }
}

TEST_CASE("an LMDB file whose tree goes in circles is an error", "[stores]") {
  constexpr size_t kPage = 4096;
  TempFolder folder;
  std::string path = folder.path("db");
  fill("lmdb:" + path);
  std::string bytes = readAll(path + "/data.mdb");
  // A branch page behind the others whose only child is itself; both meta pages take it for the root, and the file for
  // longer than it is.
  uint64_t circle = bytes.size() / kPage;
  std::string page(kPage, '\0');
  put(page, 0, circle, 8);
  put(page, 10, 1, 2);
  put(page, 12, 18, 2);
  put(page, 16, kPage - 8, 2);
  put(page, kPage - 8, circle, 6);
  bytes += page;
  for (size_t meta : {size_t{0}, kPage}) {
    put(bytes, meta + 128, circle, 8);
    put(bytes, meta + 136, uint64_t{1} << 40U, 8);
  }
  std::ofstream(path + "/data.mdb", std::ios::binary) << bytes;
  // Without the pages in between, which nobody looks at.
  std::filesystem::resize_file(path + "/data.mdb", size_t{1} << 30U);
  std::shared_ptr<Store> store = open("lmdb:" + path);
  CHECK(storeOpenProblem(*store, Clock::now()) == "the file is cut short: rows are beyond its end");
}
