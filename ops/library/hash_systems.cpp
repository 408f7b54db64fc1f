// SPDX-License-Identifier: Apache-2.0
// Hashes as other systems have them: MurmurHash3 of 32 bits, Spark's `hash`, buckets of an MD5, and the bytes of an
// integer of fewer than 64 bits.
#include <bit>
#include <charconv>
#include <limits>

#include "ops/groups.h"
#include "ops/library/buckets.h"
#include "ops/library/md5.h"
#include "ops/operator.h"

namespace featc {

namespace {

// -- MurmurHash3, x86, 32 bits ----------------------------------------------------------------------

class Murmur32 {
 public:
  explicit Murmur32(int64_t seed) : hash_(static_cast<uint32_t>(static_cast<uint64_t>(seed))) {}

  void addWord(uint32_t word) { hash_ = std::rotl(hash_ ^ mixed(word), 13) * 5 + 0xE6546B64; }
  // What is left after the last whole word.
  void addTail(std::string_view bytes) {
    uint32_t word = 0;
    for (size_t i = 0; i < bytes.size(); ++i) word |= uint32_t{static_cast<uint8_t>(bytes[i])} << (8 * i);
    hash_ ^= mixed(word);
  }
  // The words at the beginning, which are taken off.
  void addWords(std::string_view& bytes) {
    for (; bytes.size() >= 4; bytes.remove_prefix(4)) {
      auto byte = [&](size_t i) { return uint32_t{static_cast<uint8_t>(bytes[i])}; };
      addWord(byte(0) | byte(1) << 8U | byte(2) << 16U | byte(3) << 24U);
    }
  }
  uint32_t finish(uint64_t size) const {
    uint32_t h = hash_ ^ static_cast<uint32_t>(size);
    h = (h ^ h >> 16U) * 0x85EBCA6B;
    h = (h ^ h >> 13U) * 0xC2B2AE35;
    return h ^ h >> 16U;
  }

 private:
  static uint32_t mixed(uint32_t word) { return std::rotl(word * 0xCC9E2D51, 15) * 0x1B873593; }
  uint32_t hash_;
};

uint32_t murmurOfLong(int64_t x, int64_t seed) {
  Murmur32 murmur(seed);
  auto bits = static_cast<uint64_t>(x);
  murmur.addWord(static_cast<uint32_t>(bits));
  murmur.addWord(static_cast<uint32_t>(bits >> 32U));
  return murmur.finish(8);
}

int64_t murmurOfText(Str x, int64_t seed) {
  Murmur32 murmur(seed);
  std::string_view rest = x.view();
  murmur.addWords(rest);
  murmur.addTail(rest);
  return murmur.finish(x.size);
}
int64_t murmurOfInt(int64_t x, int64_t seed) { return murmurOfLong(x, seed); }

constexpr int64_t kMurmurSeed = 0;
int64_t plainMurmurOfText(Str x) { return murmurOfText(x, kMurmurSeed); }
int64_t plainMurmurOfInt(int64_t x) { return murmurOfInt(x, kMurmurSeed); }

// -- Spark's hash -----------------------------------------------------------------------------------

constexpr int64_t kSparkSeed = 42;

int64_t asInt32(uint32_t hash) { return static_cast<int32_t>(hash); }

template <class T>
int64_t sparkHash(T x, int64_t seed) {
  Murmur32 murmur(seed);
  if constexpr (std::is_same_v<T, Str>) {
    std::string_view rest = x.view();
    murmur.addWords(rest);
    // Each byte of the tail as a word of its own, with its sign: not as MurmurHash3 has it.
    for (char c : rest) murmur.addWord(static_cast<uint32_t>(static_cast<int32_t>(static_cast<int8_t>(c))));
    return asInt32(murmur.finish(x.size));
  } else if constexpr (std::is_same_v<T, bool>) {
    murmur.addWord(x ? 1 : 0);
    return asInt32(murmur.finish(4));
  } else if constexpr (std::is_same_v<T, Finite>) {
    return asInt32(murmurOfLong(std::bit_cast<int64_t>(x.value == 0 ? 0.0 : x.value), seed));
  } else {
    return asInt32(murmurOfLong(x, seed));
  }
}
template <class T>
int64_t plainSparkHash(T x) {
  return sparkHash<T>(x, kSparkSeed);
}

// -- md5_bucket -------------------------------------------------------------------------------------

constexpr uint32_t kDigits = 32;

struct Md5Bucket : OpState {
  uint64_t buckets = 1;
  uint32_t digits = kDigits;  // of the hexadecimal number
};
Prepared prepareMd5(std::span<const Value> constants, std::span<const Type> types) {
  Prepared count = prepareBuckets(constants, types);
  if (count.error) return count;
  auto state = std::make_shared<Md5Bucket>();
  state->buckets = static_cast<uint64_t>(constants[0].asInt());
  if (constants[1].isMissing()) return {state, std::nullopt};
  int64_t digits = constants[1].asInt();
  if (digits < 1 || digits > kDigits)
    return {nullptr, PrepareError{2, "an MD5 has 32 hexadecimal digits; their number must be from 1 to 32, not " +
                                         toString(constants[1])}};
  state->digits = static_cast<uint32_t>(digits);
  return {state, std::nullopt};
}

int64_t md5Bucket(Context& context, const Md5Bucket& state, Str x) {
  if (!context.spend(x.size)) return 0;
  std::array<uint8_t, 16> digest = md5(x.view());
  // The number modulo the buckets, digit by digit; a remainder has less than 63 bits, so it is moved bit by bit.
  uint64_t rest = 0;
  for (uint32_t i = 0; i < state.digits; ++i) {
    uint32_t digit = i % 2 == 0 ? digest[i / 2] >> 4U : digest[i / 2] & 15U;
    for (uint32_t bit = 4; bit-- > 0;) {
      rest = rest * 2 + (digit >> bit & 1U);
      if (rest >= state.buckets) rest -= state.buckets;
    }
  }
  return static_cast<int64_t>(rest);
}
int64_t md5BucketOfInt(Context& context, const Md5Bucket& state, int64_t x) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, x).ptr;
  return md5Bucket(context, state, Str{digits, static_cast<uint64_t>(end - digits)});
}

// -- int_bytes --------------------------------------------------------------------------------------

struct ByteCount : OpState {
  uint64_t bytes = 8;
};
Prepared prepareBytes(std::span<const Value> constants, std::span<const Type>) {
  const Value& n = constants[0];
  if (n.isMissing() || n.asInt() < 1 || n.asInt() > 8)
    return {nullptr, PrepareError{1, "an integer has 1 to 8 bytes, not " + toString(n)}};
  auto state = std::make_shared<ByteCount>();
  state->bytes = static_cast<uint64_t>(n.asInt());
  return {state, std::nullopt};
}

Maybe<Str> intBytes(Context& context, const ByteCount& state, int64_t x) {
  // What is above the bytes must be no more than the sign, or zeros.
  if (state.bytes < 8) {
    int64_t above = x >> (8 * state.bytes - 1);
    if (above != 0 && above != -1 && above != 1) return {};
  }
  char* bytes = context.newString(state.bytes);
  if (bytes == nullptr) return {};
  for (uint64_t i = 0; i < state.bytes; ++i) bytes[i] = static_cast<char>(static_cast<uint64_t>(x) >> (8 * i));
  return Str{bytes, state.bytes};
}

}  // namespace

void registerHashSystems(Registry& r) {
  r.group("Ids");
  r.add("murmur3_32", {value("x"), optionalValue("seed")},
        "MurmurHash3 (x86, 32 bits), unsigned, of a string or an integer's 8 bytes, as scikit-learn and Vowpal Wabbit "
        "hash. The seed is 0 unless given, and only its low 32 bits count.")
      .foreignNames({"murmur_hash3_32", "murmur3_hash_32"})
      .foreignNames({"mmh3", "mmh3_hash"},
                    "unsigned; mmh3 gives h - 4294967296 where this gives h of 2147483648 or more")
      .example(R"(murmur3_32("abc"))", "3017643002")
      .example(R"(murmur3_32("abc", seed = 42))", "1313807976")
      .add<plainMurmurOfText>()
      .add<murmurOfText>()
      .onlyWith("seed")
      .add<plainMurmurOfInt>()
      .add<murmurOfInt>()
      .onlyWith("seed")
      .resultRange(0, std::numeric_limits<uint32_t>::max());
  auto spark =
      r.add("spark_hash", {value("x"), optionalValue("seed")},
            "Spark SQL's `hash`, with its sign, of a string, BIGINT, DOUBLE or bool; of an INT take `int_bytes(x, 4)`. "
            "The seed is 42, or for a further column the hash of the columns before.")
          .example(R"(spark_hash("Spark"))", "228093765")
          .example(R"(spark_hash(int_bytes(2, 4), spark_hash(int_bytes(123, 4), spark_hash("Spark"))))", "-1321691492")
          .example(R"(mod(spark_hash("Rome"), 1000))", "947")
          .resultRange(std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max());
  auto addSpark = [&]<class T>() {
    spark.template add<plainSparkHash<T>>();
    spark.template add<sparkHash<T>>().onlyWith("seed");
  };
  addSpark.operator()<int64_t>();
  addSpark.operator()<bool>();
  addSpark.operator()<Finite>();
  addSpark.operator()<Str>();
  r.add("md5_bucket", {value("x"), constant("n"), optionalConstant("digits")},
        "The MD5 of a string, or of an integer in decimal, modulo `n`: Python's `int(md5(x).hexdigest(), 16) % n`; "
        "with `digits` only of so many first hexadecimal digits.")
      .foreignNames({"md5_mod"})
      .example(R"(md5_bucket("abc", 1000))", "570")
      .example(R"(md5_bucket("abc", 1000, digits = 8))", "272")
      .add<md5Bucket>({Type::int64(), Type::int64()})
      .add<md5BucketOfInt>({Type::int64(), Type::int64()})
      .prepare(prepareMd5);
  r.add("int_bytes", {value("x"), constant("n")},
        "The low `n` bytes of an integer, the lowest first, as a string to be hashed: `farm_bucket(int_bytes(x, 4), "
        "n)` is "
        "OpenMLDB's `discrete` of an INT. Missing where `x` needs more.")
      .foreignNames({"to_bytes"}, "the lowest byte first; how many is the second argument")
      .example(R"(int_bytes(25185, 2))", R"("ab")")
      .example(R"(hash(int_bytes(3, 4), "farm"))", "2681491882390849628")
      .example("farm_bucket(int_bytes(3, 4), 100)", "28")
      .example("int_bytes(300, 1)", "missing")
      .add<intBytes>({Type::int64()})
      .prepare(prepareBytes);
}

}  // namespace featc
