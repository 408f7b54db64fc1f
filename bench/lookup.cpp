// SPDX-License-Identifier: Apache-2.0
// Lookups of embeddings beside std::unordered_map and a loop written by hand: 10 million rows of 16 bfloat16.
#include "server/embeddings/lookup.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <random>
#include <unordered_map>
#include <vector>

#include "bench/families.h"
#include "bench/handwritten/lookup_prefetch.h"
#include "server/embeddings/build/table_builder.h"
#include "values/hash.h"

namespace featc::bench {

namespace {

namespace fs = std::filesystem;

constexpr uint32_t kDim = PrefetchTable::kDim;
constexpr size_t kIdsACall = 4'000;
constexpr size_t kCalls = 500;  // that differ

// Of seven slots, each with payloads that look like hashes and are all different.
uint64_t idOf(uint64_t i) {
  uint64_t payload = i * 0x9E3779B97F4A7C15U & kPayloadMask;
  payload = (payload ^ payload >> 22U) * 0xD6E8FEB86659FD93U & kPayloadMask;
  return makeId(static_cast<uint32_t>(i % 7 + 1), static_cast<int64_t>(payload));
}

// The same rows in all three.
struct Tables {
  PrefetchTable prefetch;
  std::unordered_map<uint64_t, uint32_t> places;
  std::vector<uint16_t> rows;
  std::shared_ptr<const EmbeddingTable> mapped;
  std::shared_ptr<const EmbeddingTable> copied;

  explicit Tables(size_t count) : prefetch(count), rows(count * kDim) {
    const std::string path = fs::temp_directory_path() / fmt::format("featc-bench-{}.table", getpid());
    TableBuilder builder({.type = RowType::BFloat16, .temporaryFolder = fs::temp_directory_path()});
    std::mt19937_64 random(1);
    places.reserve(count);
    for (size_t i = 0; i < count; ++i) {
      uint16_t* row = rows.data() + i * kDim;
      for (uint32_t k = 0; k < kDim; ++k) row[k] = toBFloat16(static_cast<float>(random() % 2048) / 1024 - 1);
      places.emplace(idOf(i), static_cast<uint32_t>(i));
      prefetch.add(idOf(i), row);
      if (Error failed = builder.addRow(idOf(i), reinterpret_cast<const std::byte*>(row), kDim))
        throw Broken(failed.message);
    }
    Expected<BuiltTable> built = builder.finish(path);
    if (!built || built->rows != count || places.size() != count) throw Broken("the table: " + built.error().message);
    mapped = open(path, false);
    copied = open(path, true);
    fs::remove(path);
  }

  static std::shared_ptr<const EmbeddingTable> open(const std::string& path, bool copy) {
    Expected<std::shared_ptr<const EmbeddingTable>> table = EmbeddingTable::open(path, {.copy = copy});
    if (!table) throw Broken(table.error().message);
    return *table;
  }
};

// As somebody writes it first.
void poolPlainly(const Tables& tables, const uint64_t* ids, size_t bags, size_t bag, float* out) {
  for (size_t b = 0; b < bags; ++b, out += kDim) {
    std::memset(out, 0, kDim * sizeof(float));
    for (size_t i = 0; i < bag; ++i) {
      auto found = tables.places.find(ids[b * bag + i]);
      if (found == tables.places.end()) continue;
      const uint16_t* row = tables.rows.data() + size_t{found->second} * kDim;
      for (uint32_t k = 0; k < kDim; ++k) out[k] += fromBFloat16(row[k]);
    }
  }
}

// Ids whose ranks have probabilities 1 / rank, or all the same.
std::vector<uint64_t> drawIds(size_t count, bool isSkewed) {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> share(0, 1);
  std::vector<uint64_t> ids(kIdsACall * kCalls);
  for (uint64_t& id : ids) {
    const double at =
        isSkewed ? std::pow(static_cast<double>(count), share(random)) - 1 : share(random) * static_cast<double>(count);
    // Neighbours in rank are no neighbours elsewhere.
    id = idOf(static_cast<uint64_t>(at) * 2'654'435'761U % count);
  }
  return ids;
}

}  // namespace

void benchLookup(Suite& suite) {
  const size_t count = suite.quick() ? 1'000'000 : 10'000'000;
  const Tables tables(count);
  const std::vector<float> zeros(kDim);
  const TableLookup mapped(tables.mapped, Combiner::Sum, zeros);
  const TableLookup copied(tables.copied, Combiner::Sum, zeros);
  std::vector<std::vector<std::string>> table{
      {"ids", "a row", "unordered_map", "by hand", "featc", "mapped", "/map", "/by hand", "mapped /by hand"}};
  for (bool isSkewed : {false, true}) {
    const std::vector<uint64_t> ids = drawIds(count, isSkewed);
    for (size_t bag : {size_t{1}, size_t{20}}) {
      const size_t bags = kIdsACall / bag;
      std::vector<int64_t> offsets;
      for (size_t b = 0; b <= bags; ++b) offsets.push_back(static_cast<int64_t>(b * bag));
      std::vector<float> outs[4];
      for (std::vector<float>& out : outs) out.resize(bags * kDim);
      size_t next[4] = {};
      auto call = [&](size_t side) { return ids.data() + next[side]++ % kCalls * kIdsACall; };
      auto lookup = [&](const TableLookup& in, size_t side) {
        LookupCounts counts;
        const IdRows rows{{call(side), kIdsACall}, bag == 1 ? std::span<const int64_t>() : offsets, {}};
        in.pool(rows, {outs[side].data(), kDim}, counts);
        if (counts.absent != 0) throw Broken("an id has no row");
      };
      const std::vector<Side> sides = {
          {"map", [&] { poolPlainly(tables, call(0), bags, bag, outs[0].data()); }, double{kIdsACall}},
          {"by hand", [&] { tables.prefetch.pool(call(1), bags, bag, outs[1].data()); }, double{kIdsACall}},
          {"featc", [&] { lookup(copied, 2); }, double{kIdsACall}},
          {"mapped", [&] { lookup(mapped, 3); }, double{kIdsACall}}};
      for (const Side& side : sides) side.run();
      for (const std::vector<float>& out : outs)
        if (out != outs[0]) throw Broken("lookups disagree");
      const char* kind = isSkewed ? "skewed" : "uniform";
      std::map<std::string, Samples> times = suite.time(fmt::format("lookup/{}/{}", kind, bag), sides);
      const double map = times["map"].median();
      const double hand = times["by hand"].median();
      const double featc = times["featc"].median();
      const double shared = times["mapped"].median();
      table.push_back({kind, fmt::format("{}", bag), fmt::format("{:.1f}", map), fmt::format("{:.1f}", hand),
                       fmt::format("{:.1f}", featc), fmt::format("{:.1f}", shared), fmt::format("{:.2f}", featc / map),
                       fmt::format("{:.2f}", featc / hand), fmt::format("{:.2f}", shared / hand)});
      const std::string name = fmt::format("lookup, {} ids, {} a row", kind, bag);
      suite.atMost(name + ", to std::unordered_map", featc / map, 0.3, "times");
      suite.atMost(name + ", to a loop by hand", featc / hand, 1.2, "times");
    }
  }
  suite.table(fmt::format("Lookups of embeddings, {} rows of 16 bfloat16: ns an id", count), table);
}

}  // namespace featc::bench
