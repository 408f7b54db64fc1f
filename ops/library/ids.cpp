// SPDX-License-Identifier: Apache-2.0
// Operators that make ids: hashes, buckets, vocabularies, weights.
#include <algorithm>
#include <cmath>
#include <limits>

#include "ops/flat_lists.h"
#include "ops/groups.h"
#include "ops/laws.h"
#include "ops/library/boundaries.h"
#include "ops/library/buckets.h"
#include "ops/library/hash_variants.h"
#include "ops/library/vocabulary.h"
#include "ops/library/xxh3_inline.h"
#include "ops/operator.h"
#include "values/array_loops.h"
#include "values/cell_types.h"

namespace featc {

namespace {

using V = InlineValue;

// -- hash -------------------------------------------------------------------------------------------

int64_t hashOfInt(const Context& context, int64_t x) { return static_cast<int64_t>(hashInt(context.hashFamily, x)); }
int64_t hashOfBool(Context& context, bool x) { return hashOfInt(context, x ? 1 : 0); }
int64_t hashOfFloat(const Context& context, Finite x) {
  return static_cast<int64_t>(hashFloat(context.hashFamily, x.value));
}
int64_t hashOfString(const Context& context, Str x) {
  return static_cast<int64_t>(hashBytes(context.hashFamily, x.view()));
}

// What hashing texts costs beside their number.
uint64_t stepsOf(std::span<const Str> texts) {
  uint64_t bytes = 0;
  for (const Str& text : texts) bytes += text.size;
  return bytes >> Context::kTextStepBits;
}

// All rows of a column of strings have been hashed in one loop, missing ones too: those have none.
void finishHashes(const ColumnRef& strings, const ColumnRef& out, uint32_t n) {
  copyPresence(strings, out, n);
  if (allPresent(strings, n)) return;
  arrayLoops().clearMissing(strings.valid, static_cast<int64_t*>(out.data), n);
}

struct HashStringColumns {
  static void kernel(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
    const ColumnRef texts = args[0];
    if (texts.uniform) return OpFunction<&hashOfString>::kernel(context, args, out, n);
    std::span<const Str> cells(static_cast<const Str*>(texts.data), n);
    if (!context.spend(stepsOf(cells))) return;
    hashStrings(context.hashFamily, cells, static_cast<int64_t*>(out.data));
    finishHashes(texts, out, n);
  }
};

// The same of strings that are read where they lie.
bool hashTexts(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  const ColumnRef& strings = args[0];
  if (strings.flat == nullptr || !strings.flat->isTexts()) return false;
  const uint32_t* texts = strings.flat->texts;
  if (!context.spend((texts[n] - texts[0]) >> Context::kTextStepBits)) return false;
  hashStrings(context.hashFamily, strings.flat->bytes, {texts, n + 1}, static_cast<int64_t*>(out.data));
  finishHashes(strings, out, n);
  return true;
}

// Of lists, the elements of all rows in one loop.
template <class T>
bool hashFlatLists(Context& context, const ColumnRef* args, const ColumnRef& out, uint32_t n) {
  FlatLists lists;
  if (!isFlat(context, args[0], cellType<T>(), n, lists, true)) return false;
  const uint64_t total = lists.total(n);
  auto* hashes = newElements<int64_t>(context, total);
  if (hashes == nullptr) return false;
  std::span<const T> elements(static_cast<const T*>(lists.elements), total);
  if (lists.texts != nullptr) {
    if (!context.spend((lists.texts[total] - lists.texts[0]) >> Context::kTextStepBits)) return false;
    hashStrings(context.hashFamily, lists.bytes, {lists.texts, total + 1}, hashes);
  } else if constexpr (std::is_same_v<T, Str>) {
    if (!context.spend(stepsOf(elements))) return false;
    hashStrings(context.hashFamily, elements, hashes);
  } else {
    hashInts(context.hashFamily, elements, hashes);
  }
  copyPresence(args[0], out, n);
  *out.flat = {.elements = hashes, .starts = lists.starts, .hasCells = false};
  return true;
}

V inlineHashInt(Inline& b, const V* a) { return b.hashFamily() == HashFamily::Xxh3 ? inlineXxh3(b, a[0]) : V{}; }
V inlineHashBool(Inline& b, const V* a) {
  return b.hashFamily() == HashFamily::Xxh3 ? inlineXxh3(b, b.boolToInt(a[0])) : V{};
}
V inlineHashFloat(Inline& b, const V* a) {
  if (b.hashFamily() != HashFamily::Xxh3) return {};
  V zero = b.constFloat(0);
  V bits = b.bitsOfFloat(b.select(b.compare(FloatCompare::Equal, a[0], zero), zero, a[0]));
  return inlineXxh3(b, bits);
}

// -- hash_bucket ------------------------------------------------------------------------------------

int64_t hashMod(const BucketCount& state, int64_t hash) {
  return static_cast<int64_t>(static_cast<uint64_t>(hash) % state.buckets);
}
int64_t bucketOfInt(Context& context, const BucketCount& state, int64_t x) {
  return hashMod(state, hashOfInt(context, x));
}
int64_t bucketOfBool(Context& context, const BucketCount& state, bool x) {
  return hashMod(state, hashOfBool(context, x));
}
int64_t bucketOfFloat(Context& context, const BucketCount& state, Finite x) {
  return hashMod(state, hashOfFloat(context, x));
}
int64_t bucketOfString(Context& context, const BucketCount& state, Str x) {
  return hashMod(state, hashOfString(context, x));
}

std::optional<NodeRef> simplifyBucket(Rewriter& rw, std::span<const NodeRef> args) {
  if (!isInt(rw, args[1], 1) || !rw.type(args[0]).isScalar() || !neverMissing(rw, args[0])) return std::nullopt;
  return rw.makeConstant(Value::of(int64_t{0}), Type::int64());
}

std::optional<NodeRef> shareBucketHash(Rewriter& rw, std::span<const NodeRef> args) {
  return rw.makeCall("hash_mod", {rw.makeCall("hash", {args[0]}), args[1]});
}

// -- bucketize --------------------------------------------------------------------------------------

template <class C>
Prepared prepareBoundariesOf(const Value::Elements& elements) {
  auto state = std::make_shared<Boundaries<C>>();
  for (const Value& v : elements) {
    if (v.isMissing()) return {nullptr, PrepareError{1, "a boundary is missing"}};
    C boundary;
    if constexpr (std::is_same_v<C, double>) {
      boundary = v.asFloat();
      if (!std::isfinite(boundary))
        return {nullptr, PrepareError{1, "boundaries must be finite, but one is " + toString(v)}};
    } else {
      boundary = v.asInt();
    }
    if (!state->values.empty() && !(state->values.back() < boundary))
      return {nullptr, PrepareError{1, "boundaries must ascend, but " + toString(v) + " comes after " +
                                           toString(Value::of(state->values.back()))}};
    state->values.push_back(boundary);
  }
  return {state, std::nullopt};
}

Prepared prepareBoundaries(std::span<const Value> constants, std::span<const Type> types) {
  if (constants[0].isMissing() || constants[0].asList().empty())
    return {nullptr, PrepareError{1, "there must be at least one boundary"}};
  const auto& elements = constants[0].asList();
  return types[0].element().is(Kind::Float64) ? prepareBoundariesOf<double>(elements)
                                              : prepareBoundariesOf<int64_t>(elements);
}

int64_t bucketizeInt(const Boundaries<int64_t>& state, int64_t x) { return countAtMost(state.values, x); }
int64_t bucketizeFloat(const Boundaries<double>& state, Finite x) { return countAtMost(state.values, x.value); }

// -- vocab ------------------------------------------------------------------------------------------

template <class K>
int64_t positionIn(const Vocabulary<K, int64_t>& state, K x) {
  const int64_t* position = state.find(x);
  return position != nullptr ? *position : state.outOfVocabulary.value;
}
template <class K, class N>
Maybe<N> numberIn(const Vocabulary<K, N>& state, K x) {
  const N* number = state.find(x);
  return number != nullptr ? Maybe<N>(*number) : state.outOfVocabulary;
}

// -- weighted ---------------------------------------------------------------------------------------

template <class T>
List<T> extended(Context& context, List<T> list, uint64_t size) {
  auto* data = context.newList<T>(size);
  auto* valid = data == nullptr ? nullptr : context.newList<uint8_t>(size);
  if (valid == nullptr) return {};
  for (uint64_t i = 0; i < size; ++i) {
    bool present = i < list.size && list.present(i);
    valid[i] = present ? 1 : 0;
    data[i] = present ? list.data[i] : T{};
  }
  return {data, valid, size};
}

template <class T>
Weighted<T> pairUp(Context& context, List<T> ids, List<double> weights) {
  if (ids.size == weights.size) return {ids, weights};
  if (context.events != nullptr) ++context.events->unequalLengths;
  uint64_t size = std::max(ids.size, weights.size);
  Weighted<T> r{extended(context, ids, size), extended(context, weights, size)};
  return r.ids.size == r.weights.size ? r : Weighted<T>{};
}
template <class T>
Weighted<T> oneWeight(Context& context, List<T> ids, double weight) {
  auto* weights = context.newList<double>(ids.size);
  if (weights == nullptr) return {};
  std::fill_n(weights, ids.size, weight);
  return {ids, {weights, nullptr, ids.size}};
}
template <class T>
Weighted<T> onePair(Context& context, T id, double weight) {
  auto* data = context.newList<T>(1);
  if (data == nullptr) return {};
  *data = id;
  return oneWeight(context, List<T>{data, nullptr, 1}, weight);
}

// Ids as integers; an id that is a float but not finite is missing.
template <class T>
int64_t idOf(Context& context, T x) {
  if constexpr (std::is_same_v<T, bool>)
    return x ? 1 : 0;
  else if constexpr (std::is_same_v<T, double>)
    return static_cast<int64_t>(hashFloat(context.hashFamily, x));
  else
    return hashOfString(context, x);
}
template <class T>
Weighted<int64_t> idsOfWeighted(Context& context, Weighted<T> weighted) {
  uint64_t size = weighted.ids.size;
  auto* ids = context.newList<int64_t>(size);
  auto* valid = ids == nullptr ? nullptr : context.newList<uint8_t>(size);
  if (valid == nullptr) return {};
  for (uint64_t i = 0; i < size; ++i) {
    bool present = weighted.ids.present(i);
    if constexpr (std::is_same_v<T, double>) present = present && std::isfinite(weighted.ids.data[i]);
    ids[i] = present ? idOf(context, weighted.ids.data[i]) : 0;
    valid[i] = present ? 1 : 0;
  }
  return {{ids, valid, size}, weighted.weights};
}

template <class K>
Weighted<K> weightedOfFloats(Map<K, double> map) {
  return {map.keys, map.values};
}
template <class K>
Weighted<K> weightedOfInts(Context& context, Map<K, int64_t> map) {
  uint64_t size = map.values.size;
  auto* weights = context.newList<double>(size);
  if (weights == nullptr) return {};
  for (uint64_t i = 0; i < size; ++i) weights[i] = map.values.present(i) ? static_cast<double>(map.values.data[i]) : 0;
  return {map.keys, {weights, map.values.valid, size}};
}

void registerHashes(Registry& r) {
  auto hash =
      r.add("hash", {value("x"), optionalConstant("family"), optionalConstant("seed")},
            "A 64-bit hash of the value, by the config's `hash_family`, or by `xxh3`, `farm`, `murmur3` or `std` "
            "(libstdc++'s hash of strings), of which all but `farm` take a seed.")
          .foreignNames({"xxh3", "xxh3_64"}, "written `hash(x, \"xxh3\")`")
          .foreignNames({"farm_hash", "farm_fingerprint", "fingerprint", "fingerprint64"},
                        "written `hash(x, \"farm\")`")
          .foreignNames({"murmur_hash", "murmur_hash3", "murmur3"}, "written `hash(x, \"murmur3\")`")
          .example("hash(42) == hash(42)", "true")
          .example(R"(hash("food"))", "3396951509102873001")
          .example(R"(hash("food", "xxh3") == hash("food"))", "true")
          .example(R"(hash("food", "murmur3", seed = 7) == hash("food", "murmur3"))", "false")
          .add<hashOfInt>()
          .inlined(inlineHashInt)
          .liftedFlatKernel(&hashFlatLists<int64_t>)
          .add<hashOfBool>()
          .inlined(inlineHashBool)
          .add<hashOfFloat>()
          .inlined(inlineHashFloat)
          .add<hashOfString>()
          .columnKernels<HashStringColumns>()
          .flatKernel(&hashTexts)
          .liftedFlatKernel(&hashFlatLists<Str>)
          .givesHash();
  addHashVariants(hash);
  r.add("hash_bucket", {value("x"), constant("n")}, "The hash of `x` modulo `n`, unsigned: one of 0 .. `n`-1.")
      .example(R"(hash_bucket("food", 1000))", "1")
      .example("hash_bucket(7, 1)", "0")
      .add<bucketOfInt>({Type::int64()})
      .add<bucketOfBool>({Type::int64()})
      .add<bucketOfFloat>({Type::int64()})
      .add<bucketOfString>({Type::int64()})
      .prepare(prepareBuckets)
      .givesHash()
      .resultRange(0, std::numeric_limits<int64_t>::max())
      .simplify(simplifyBucket)
      .shareHashes(shareBucketHash);
  r.add("hash_mod", {value("hash"), constant("n")}, "A hash modulo `n`, unsigned.")
      .internal()
      .add<hashMod>({Type::int64()})
      .prepare(prepareBuckets);
}

void registerWeighted(Registry& r) {
  auto weighted =
      r.add("weighted", {value("ids"), value("weights")},
            "Ids with a weight each, for a sparse output; one weight goes with every id.")
          .foreignNames({"weighted_categorical_column"}, "takes the ids and the weights, not a column's name")
          .example("weighted([3, 4], [0.5, 2])", "[[3, 0.5], [4, 2]]")
          .example(R"(weighted(["a", "b"], 1))", R"([["a", 1], ["b", 1]])");
  forEachScalar([&]<class T>() {
    weighted.template add<pairUp<T>>()
        .notLifted()
        .template add<oneWeight<T>>()
        .notLifted()
        .template add<onePair<T>>()
        .notLifted();
  });
  r.add("hash_weighted", {value("weighted")}, "Weighted ids with their ids hashed.")
      .internal()
      .add<idsOfWeighted<Str>>()
      .add<idsOfWeighted<double>>()
      .givesHash();
  r.add("int_weighted", {value("weighted")}, "Weighted truth values with 0 and 1 as ids.")
      .internal()
      .resultRange(0, 1)
      .add<idsOfWeighted<bool>>();
  r.add("map_weighted", {value("map")}, "A map's keys as ids, its numbers as weights.")
      .internal()
      .add<weightedOfFloats<int64_t>>()
      .add<weightedOfFloats<Str>>()
      .add<weightedOfInts<int64_t>>()
      .add<weightedOfInts<Str>>();
}

}  // namespace

void registerIds(Registry& r) {
  r.group("Ids");
  registerHashes(r);
  r.add("bucketize", {value("x"), constant("boundaries")},
        "How many of the ascending boundaries are at most `x`: a value on an edge belongs to the upper bucket.")
      .foreignNames({"digitize"})
      .foreignNames({"cut", "bucket", "discretize", "bucketized_column", "width_bucket", "binning"},
                    "takes the boundaries as a list; a value on one belongs to the upper bucket")
      .resultRange(0, kMaxElements)
      .example("bucketize(30, [18, 25, 35])", "2")
      .example("bucketize(18, [18, 25, 35])", "1")
      .example("bucketize([0.1, 9.5], [1, 5])", "[0, 2]")
      .add<bucketizeInt>({Type::list(Type::int64())})
      .inlined(inlineCountAtMost<int64_t>)
      .add<bucketizeFloat>({Type::list(Type::float64())})
      .inlined(inlineCountAtMost<double>)
      .prepare(prepareBoundaries);
  r.add("vocab", {value("x"), optionalConstant("words"), optionalConstant("oov"), optionalFile("file")},
        "The position of `x` in a list, else the list's length; or its number in a map, else missing; or either of "
        "them in a `file`. `oov` is the number of a value that is not there.")
      .foreignNames(
          {"vocab_list", "vocab_dict", "vocab_file", "string_lookup", "categorical_column_with_vocabulary_list"},
          "takes the value and then the words, as a list, a map or `file = ...`")
      .example(R"(vocab("b", ["a", "b"]))", "1")
      .example(R"(vocab("z", ["a", "b"]))", "2")
      .example(R"(vocab("z", ["a", "b"], oov = -1))", "-1")
      .example(R"(vocab("x", {"x": 10, "y": 20}))", "10")
      .example(R"(vocab("z", {"x": 10, "y": 20}))", "missing")
      .add<positionIn<Str>>({Type::list(Type::string()), Type::int64()})
      .onlyWith("words")
      .add<positionIn<int64_t>>({Type::list(Type::int64()), Type::int64()})
      .onlyWith("words")
      .add<numberIn<Str, int64_t>>({Type::map(Type::string(), Type::int64()), Type::int64()})
      .onlyWith("words")
      .add<numberIn<int64_t, int64_t>>({Type::map(Type::int64(), Type::int64()), Type::int64()})
      .onlyWith("words")
      .add<numberIn<Str, double>>({Type::map(Type::string(), Type::float64()), Type::float64()})
      .onlyWith("words")
      .add<numberIn<int64_t, double>>({Type::map(Type::int64(), Type::float64()), Type::float64()})
      .onlyWith("words")
      .add<numberIn<Str, int64_t>>({Type::list(Type::string()), Type::int64(), Type::string()})
      .onlyWith("file")
      .add<numberIn<int64_t, int64_t>>({Type::list(Type::int64()), Type::int64(), Type::string()})
      .onlyWith("file")
      .prepare(prepareVocabulary);
  registerWeighted(r);
}

}  // namespace featc
