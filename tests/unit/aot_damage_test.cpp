// SPDX-License-Identifier: Apache-2.0
// Libraries that were cut short or changed: an error, whatever it was that went missing.
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "engine/aot/library_seal.h"
#include "engine/aot/model.h"
#include "engine/aot/version.h"
#include "engine/build_model.h"
#include "engine/compile.h"
#include "engine/link_model.h"
#include "support/shared_library.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

using Catch::Matchers::ContainsSubstring;

struct Library {
  std::filesystem::path folder;
  std::string bytes;

  Library() {
    std::string pattern = (std::filesystem::temp_directory_path() / "featc-damage-XXXXXX").string();
    folder = mkdtemp(pattern.data());
    CompiledConfig config = compileConfig(
        "test.feat", {},
        "model small\nsemantics 1\nitem { x : int64 s : string }\ndense y = x + 1\nsparse s slot 1 = s\n");
    REQUIRE(config.diagnosticsText() == "");
    LinkedLibrary linked = linkLibrary(buildObject(config.optimized), {.runtime = {}, .withRuntime = false});
    REQUIRE(linked.error == "");
    bytes = std::move(linked.bytes);
  }
  ~Library() { std::filesystem::remove_all(folder); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  std::filesystem::path write(const std::string& content) const {
    std::filesystem::path path = folder / "model.so";
    std::filesystem::remove(path);
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  std::string problem(const std::string& content) const { return openLibrary(write(content)).error().message; }
};

constexpr size_t kSealBytes = 32;

TEST_CASE("A library that was cut short or changed is an error", "[aot]") {
  Library library;
  CHECK(library.problem(library.bytes) == "");
  std::mt19937 random(7);
  size_t size = library.bytes.size();
  for (int i = 0; i < 150; ++i) {
    INFO(i);
    CHECK(library.problem(library.bytes.substr(0, random() % size)) != "");
    std::string changed = library.bytes;
    changed[random() % size] ^= static_cast<char>(1U << random() % 8);
    CHECK(library.problem(changed) != "");
    // Some bytes less in the middle, or some more.
    std::string moved = library.bytes;
    size_t at = random() % size;
    i % 2 == 0 ? moved.erase(at, 1 + random() % 5000) : moved.insert(at, 1 + random() % 5000, 'x');
    CHECK(library.problem(moved) != "");
  }
  CHECK_THAT(library.problem(library.bytes.substr(0, size / 2)), ContainsSubstring("model.so: the file is cut short"));
  CHECK_THAT(library.problem(library.bytes.substr(0, size - 1)),
             ContainsSubstring("this is not a library that featc built, or not a complete one: build it again"));
  CHECK_THAT(library.problem(library.bytes + "x"), ContainsSubstring("or not a complete one"));
  CHECK_THAT(library.problem(""), ContainsSubstring("model.so: "));
}

TEST_CASE("A file larger than any memory is not a library, and that is told at once", "[aot]") {
  Library library;
  std::filesystem::path path = library.write(library.bytes);
  // Sparse: it takes no disk.
  std::filesystem::resize_file(path, uint64_t{1} << 40U);
  CHECK_THAT(openLibrary(path).error().message, ContainsSubstring("or not a complete one"));
}

TEST_CASE("A library of many pieces has its seal", "[aot]") {
  Library library;
  std::string large;
  for (size_t i = 0; i < 5'000'001; ++i) large += static_cast<char>(i * i % 251);
  auto problemOf = [&](const std::string& content) {
    int file = open(library.write(content).c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(file >= 0);
    std::string problem = sealProblem(file);
    close(file);
    return problem;
  };
  for (size_t size : {size_t{0}, size_t{1}, size_t{1} << 20U, (size_t{1} << 20U) + 1, large.size()}) {
    INFO(size);
    std::string sealed = sealLibrary(large.substr(0, size));
    CHECK(problemOf(sealed) == "");
    if (size == 0) continue;
    sealed[size - 1] ^= 1;
    CHECK_THAT(problemOf(sealed), ContainsSubstring("changed after featc built it"));
  }
}

TEST_CASE("What is whole and of another featc is told as that", "[aot]") {
  Library library;
  std::string other = library.bytes.substr(0, library.bytes.size() - kSealBytes);
  std::string version = "\nversion " + std::string(featcVersion());
  size_t at = other.find(version);
  REQUIRE(at != std::string::npos);
  other[at + 9] = '9';
  CHECK_THAT(library.problem(sealLibrary(other)), ContainsSubstring("it was made by featc 9."));
}

TEST_CASE("A plug-in that was cut short is not loaded", "[aot]") {
  Library library;
  std::string plugin = library.bytes.substr(0, library.bytes.size() - kSealBytes);
  CHECK(SharedLibrary(library.write(plugin)).error() == "");
  for (size_t size = 0; size < plugin.size(); size += 97)
    CHECK(SharedLibrary(library.write(plugin.substr(0, size))).error() != "");
  std::filesystem::path pipe = library.folder / "pipe";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(SharedLibrary(pipe).error() == "it is not a regular file");
}

}  // namespace
}  // namespace featc
