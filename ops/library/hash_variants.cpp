// SPDX-License-Identifier: Apache-2.0
// Hashes by another family than the config's, several at a time, or as TensorFlow buckets them.
// Formulas are frozen in docs/ids.md.
#include "ops/library/hash_variants.h"

#define XXH_INLINE_ALL
#include <murmurhash.h>
#include <xxhash.h>

#include <charconv>
#include <cmath>
#include <cstring>

#include "ops/groups.h"
#include "ops/library/buckets.h"
#include "ops/library/distinct.h"
#include "values/cell_types.h"
#include "values/hash_value.h"

namespace featc {

namespace {

// -- hash(x, family, seed) --------------------------------------------------------------------------

enum class Variant { Xxh3, Farm, Murmur3, Std };
constexpr std::string_view kVariants[] = {"xxh3", "farm", "murmur3", "std"};
constexpr uint64_t kStdSeed = 0xC70F6907;

// What libstdc++ makes of strings: MurmurHash64A.
uint64_t stdHash(std::string_view bytes, uint64_t seed) {
  constexpr uint64_t kMul = 0xC6A4A7935BD1E995U;
  auto mix = [](uint64_t x) { return x ^ x >> 47U; };
  uint64_t h = seed ^ bytes.size() * kMul;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
    uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    h = (h ^ mix(word * kMul) * kMul) * kMul;
  }
  if (!bytes.empty()) {
    uint64_t word = 0;
    std::memcpy(&word, bytes.data(), bytes.size());
    h = (h ^ word) * kMul;
  }
  return mix(mix(h) * kMul);
}

struct HashVariant : OpState {
  Variant variant = Variant::Xxh3;
  uint64_t seed = 0;

  uint64_t ofBytes(std::string_view bytes) const {
    switch (variant) {
      case Variant::Xxh3: return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
      case Variant::Farm: return hashBytes(HashFamily::Farm, bytes);
      case Variant::Std: return stdHash(bytes, seed);
      case Variant::Murmur3: break;
    }
    uint64_t out[2];
    lmmh_x64_128(bytes.data(), static_cast<unsigned>(bytes.size()), static_cast<uint32_t>(seed), out);
    return out[0];
  }
};

Prepared prepareHash(std::span<const Value> constants, std::span<const Type>) {
  // The overload of the value alone has neither.
  if (constants.size() < 2) return {};
  const Value& family = constants[0];
  const Value& seed = constants[1];
  auto wrong = [](uint32_t param, std::string message) {
    return Prepared{nullptr, PrepareError{param, std::move(message)}};
  };
  if (family.isMissing()) {
    if (seed.isMissing()) return {};
    return wrong(2, "a seed needs a family: xxh3, murmur3 or std");
  }
  auto state = std::make_shared<HashVariant>();
  const auto* found = std::find(std::begin(kVariants), std::end(kVariants), family.asString());
  if (found == std::end(kVariants))
    return wrong(1, "there is no hash family " + toString(family) + "; there are xxh3, farm, murmur3, std");
  state->variant = static_cast<Variant>(found - std::begin(kVariants));
  if (state->variant == Variant::Std) state->seed = kStdSeed;
  if (seed.isMissing()) return {state, std::nullopt};
  if (state->variant == Variant::Farm) return wrong(2, "farm takes no seed");
  state->seed = static_cast<uint64_t>(seed.asInt());
  if (state->variant == Variant::Murmur3 && state->seed > std::numeric_limits<uint32_t>::max())
    return wrong(2, "a seed of murmur3 must be from 0 to 4294967295, but is " + toString(seed));
  return {state, std::nullopt};
}

template <class T>
int64_t variantHash(const HashVariant& state, T x) {
  if constexpr (std::is_same_v<T, Str>) {
    return static_cast<int64_t>(state.ofBytes(x.view()));
  } else {
    char bytes[8];
    if constexpr (std::is_same_v<T, Finite>) {
      double value = x.value == 0 ? 0.0 : x.value;
      std::memcpy(bytes, &value, 8);
    } else {
      auto value = static_cast<int64_t>(x);
      std::memcpy(bytes, &value, 8);
    }
    return static_cast<int64_t>(state.ofBytes({bytes, 8}));
  }
}

// -- multi_hash -------------------------------------------------------------------------------------

constexpr int64_t kMaxHashes = 64;
struct HashCount : OpState {
  uint64_t hashes = 1;
};
Prepared prepareMultiHash(std::span<const Value> constants, std::span<const Type>) {
  const Value& k = constants[0];
  if (k.isMissing() || k.asInt() < 1 || k.asInt() > kMaxHashes)
    return {nullptr, PrepareError{1, "\"k\" must be from 1 to 64, but is " + toString(k)}};
  auto state = std::make_shared<HashCount>();
  state->hashes = static_cast<uint64_t>(k.asInt());
  return {state, std::nullopt};
}

template <class T>
List<int64_t> multiHashOfList(Context& context, const HashCount& state, List<T> list) {
  uint64_t present = 0;
  for (uint64_t i = 0; i < list.size; ++i) present += isElement(list, i) ? 1 : 0;
  auto* out = context.newList<int64_t>(present * state.hashes);
  if (out == nullptr) return {};
  int64_t* at = out;
  for (uint64_t i = 0; i < list.size; ++i) {
    if (!isElement(list, i)) continue;
    uint64_t hash = hashValue(context.hashFamily, list.data[i]);
    *at++ = static_cast<int64_t>(hash);
    for (uint64_t k = 1; k < state.hashes; ++k) *at++ = static_cast<int64_t>(combineHashes(hash, k));
  }
  return {out, nullptr, static_cast<uint64_t>(at - out)};
}
template <class T>
List<int64_t> multiHash(Context& context, const HashCount& state, T x) {
  if constexpr (std::is_same_v<T, Finite>)
    return multiHashOfList(context, state, List<double>{&x.value, nullptr, 1});
  else
    return multiHashOfList(context, state, List<T>{&x, nullptr, 1});
}

// -- farm_bucket ------------------------------------------------------------------------------------

int64_t farmBucket(const BucketCount& state, Str x) {
  return static_cast<int64_t>(hashBytes(HashFamily::Farm, x.view()) % state.buckets);
}
int64_t farmBucketOfInt(const BucketCount& state, int64_t x) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, x).ptr;
  return farmBucket(state, Str{digits, static_cast<uint64_t>(end - digits)});
}

int64_t stdBucket(const BucketCount& state, Str x) {
  return static_cast<int64_t>(stdHash(x.view(), kStdSeed) % state.buckets);
}
// As libstdc++ hashes a float: both zeros to 0.
int64_t stdBucketOfFloat(const BucketCount& state, Finite x) {
  auto narrow = static_cast<float>(x.value);
  char bytes[4];
  std::memcpy(bytes, &narrow, 4);
  return narrow == 0 ? 0 : static_cast<int64_t>(stdHash({bytes, 4}, kStdSeed) % state.buckets);
}

}  // namespace

void addHashVariants(OperatorBuilder& hash) {
  std::initializer_list<Type> constants{Type::string(), Type::int64()};
  hash.add<variantHash<int64_t>>(constants)
      .add<variantHash<bool>>(constants)
      .add<variantHash<Finite>>(constants)
      .add<variantHash<Str>>(constants)
      .prepare(prepareHash);
}

void registerHashVariants(Registry& r) {
  r.group("Ids");
  auto multi = r.add("multi_hash", {value("x"), constant("k")},
                     "`k` hashes of the value, for models that look one value up in several places: the first is "
                     "`hash(x)`; for a list the hashes of each element in turn.")
                   .example(R"(multi_hash("food", 3)[0] == hash("food"))", "true")
                   .example(R"(len(multi_hash(["a", "b"], 3)))", "6")
                   .prepare(prepareMultiHash)
                   .givesHash();
  auto addMulti = [&]<class Scalar, class Element>() {
    multi.add<multiHash<Scalar>>({Type::int64()}).notLifted();
    multi.add<multiHashOfList<Element>>({Type::int64()}).notLifted();
  };
  addMulti.operator()<int64_t, int64_t>();
  addMulti.operator()<bool, bool>();
  addMulti.operator()<Finite, double>();
  addMulti.operator()<Str, Str>();
  r.add("farm_bucket", {value("x"), constant("n")},
        "FarmHash Fingerprint64 modulo `n`, unsigned, of a string, or of an integer in decimal: what TensorFlow's "
        "`to_hash_bucket_fast` gives, whatever the config's `hash_family`.")
      .foreignNames({"to_hash_bucket_fast", "string_to_hash_bucket_fast"})
      .foreignNames({"categorical_column_with_hash_bucket"}, "takes the value, not a column's name")
      .foreignNames(
          {"discrete"},
          "of a string; of an INT it is farm_bucket(int_bytes(x, 4), n), of a BIGINT farm_bucket(int_bytes(x, 8), n)")
      .example(R"(farm_bucket(["Hello", "TensorFlow", "2.x"], 3))", "[0, 2, 2]")
      .add<farmBucket>({Type::int64()})
      .add<farmBucketOfInt>({Type::int64()})
      .prepare(prepareBuckets);
  r.add("std_bucket", {value("x"), constant("n")},
        "libstdc++'s `std::hash` modulo `n`, unsigned, of a string or of a float cut to 32 bits: what Alibaba's FG "
        "gives for `hash_bucket_size`.")
      .foreignNames({"hash_bucket_size"}, "the size is the second argument")
      .example(R"(std_bucket("abc", 1000))", "833")
      .add<stdBucket>({Type::int64()})
      .add<stdBucketOfFloat>({Type::int64()})
      .prepare(prepareBuckets);
}

}  // namespace featc
