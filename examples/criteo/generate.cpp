// SPDX-License-Identifier: Apache-2.0
// Writes a made-up click log in the columns of the Criteo data set, the same bytes on every machine.
#include <fmt/core.h>
#include <fmt/format.h>

#include <cstdint>
#include <fstream>
#include <random>
#include <string>

namespace {

constexpr uint64_t kSeed = 20'260'102;
constexpr int kRows = 500;
constexpr int kCounts = 13;
constexpr int kCategories = 26;

std::string makeLog() {
  std::mt19937_64 random(kSeed);
  // The standard fixes the engine's numbers but not its distributions', hence plain remainders.
  auto below = [&](uint64_t n) { return random() % n; };

  std::string text = "label";
  for (int i = 1; i <= kCounts; ++i) text += fmt::format(",I{}", i);
  for (int i = 1; i <= kCategories; ++i) text += fmt::format(",C{}", i);
  text += '\n';
  for (int row = 0; row < kRows; ++row) {
    text += below(4) == 0 ? '1' : '0';
    for (int i = 1; i <= kCounts; ++i) {
      text += ',';
      if (below(100) < 20) continue;
      // Counts have long tails: a random number of random bits. I2 may be negative, as in the log.
      auto count = static_cast<int64_t>(below(uint64_t{1} << below(1 + static_cast<uint64_t>(i) % 5 * 4)));
      text += fmt::format("{}.0", i == 2 ? count - 2 : count);
    }
    for (int i = 1; i <= kCategories; ++i) {
      text += ',';
      if (below(100) < 10) continue;
      uint64_t value = below(uint64_t{1} << (1 + static_cast<uint64_t>(i) % 7));
      text += fmt::format("{:08x}", (value * 0x9E37'79B1U + static_cast<uint64_t>(i) * 0x85EB'CA77U) & 0xFFFF'FFFFU);
    }
    text += '\n';
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} FOLDER\n", argv[0]);
    return 2;
  }
  std::string path = std::string(argv[1]) + "/sample.csv";
  std::ofstream file(path, std::ios::binary);
  file << makeLog();
  file.close();
  if (file) return 0;
  fmt::print(stderr, "cannot write {}\n", path);
  return 1;
}
