// SPDX-License-Identifier: Apache-2.0
// Strings cut into tokens, tokens joined into n-grams.
#include "ops/groups.h"
#include "ops/operator.h"
#include "ops/scratch.h"
#include "values/code_points.h"

namespace featc {

namespace {

// -- tokenize ---------------------------------------------------------------------------------------

struct Tokenizer : OpState {
  CodePointSet separators;
  bool keepEmpty = false;
};
Prepared prepareTokenize(std::span<const Value> constants, std::span<const Type>) {
  if (!constants[0].isMissing() && constants[0].asString().empty())
    return {nullptr, PrepareError{1, "there must be at least one separator"}};
  auto state = std::make_shared<Tokenizer>();
  state->separators = CodePointSet(constants[0].isMissing() ? kWhiteSpace : constants[0].asString());
  state->keepEmpty = !constants[1].isMissing() && constants[1].asBool();
  return {state, std::nullopt};
}

// Calls `use` with each token; an empty text has none.
template <class F>
void forEachToken(const Tokenizer& state, std::string_view text, F&& use) {
  if (text.empty()) return;
  size_t begin = 0;
  auto end = [&](size_t at) {
    if (at > begin || state.keepEmpty) use(text.substr(begin, at - begin));
  };
  for (size_t at = 0; at < text.size();) {
    std::string_view one = text.substr(at, codePointStep(text.substr(at)));
    if (state.separators.contains(one)) {
      end(at);
      begin = at + one.size();
    }
    at += one.size();
  }
  end(text.size());
}

List<Str> tokenize(Context& context, const Tokenizer& state, Str s) {
  uint64_t size = 0;
  forEachToken(state, s.view(), [&](std::string_view) { ++size; });
  auto* out = context.newList<Str>(size);
  if (out == nullptr) return {};
  uint64_t at = 0;
  forEachToken(state, s.view(), [&](std::string_view token) { out[at++] = Str::of(token); });
  return {out, nullptr, size};
}

// -- n-grams ----------------------------------------------------------------------------------------

struct GramShape : OpState {
  uint64_t words = 1;
  uint64_t skips = 0;
  std::string separator = " ";
};

constexpr int64_t kMaxGramWords = 64;
constexpr int64_t kMaxSkips = 64;

std::optional<PrepareError> readShape(GramShape& shape, const Value& n, const Value& separator) {
  if (n.isMissing() || n.asInt() < 1 || n.asInt() > kMaxGramWords)
    return PrepareError{1, "\"n\" must be from 1 to " + std::to_string(kMaxGramWords) + ", but is " + toString(n)};
  shape.words = static_cast<uint64_t>(n.asInt());
  if (!separator.isMissing()) shape.separator = separator.asString();
  return std::nullopt;
}
Prepared prepareGrams(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<GramShape>();
  if (auto error = readShape(*state, constants[0], constants[1])) return {nullptr, error};
  return {state, std::nullopt};
}
Prepared prepareSkipGrams(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<GramShape>();
  if (auto error = readShape(*state, constants[0], constants[2])) return {nullptr, error};
  const Value& k = constants[1];
  if (k.isMissing() || k.asInt() < 0 || k.asInt() > kMaxSkips)
    return {nullptr,
            PrepareError{2, "\"k\" must be from 0 to " + std::to_string(kMaxSkips) + ", but is " + toString(k)}};
  state->skips = static_cast<uint64_t>(k.asInt());
  return {state, std::nullopt};
}

// The tokens at `positions`, joined.
bool joinTokens(Context& context, const GramShape& shape, const Str* tokens, const uint64_t* positions, Str& out) {
  uint64_t bytes = 0;
  for (uint64_t i = 0; i < shape.words; ++i) bytes += (i > 0 ? shape.separator.size() : 0) + tokens[positions[i]].size;
  char* at = context.newString(bytes);
  if (at == nullptr) return false;
  out = {at, bytes};
  for (uint64_t i = 0; i < shape.words; ++i) {
    if (i > 0) at = std::copy_n(shape.separator.data(), shape.separator.size(), at);
    at = std::copy_n(tokens[positions[i]].data, tokens[positions[i]].size, at);
  }
  return true;
}

// Calls `use(positions)` for each choice of `words` positions with at most `skips` left out among
// them: by first position, then in lexicographic order. Stops when it returns false.
template <class F>
void forEachGram(const GramShape& shape, uint64_t tokens, F&& use) {
  std::array<uint64_t, kMaxGramWords> at{};
  uint64_t last = shape.words - 1;
  for (uint64_t start = 0; start + shape.words <= tokens; ++start) {
    uint64_t end = std::min(tokens, start + shape.words + shape.skips);
    for (uint64_t i = 0; i <= last; ++i) at[i] = start + i;
    for (;;) {
      if (!use(at.data())) return;
      // The last position that can move on, the first one staying.
      uint64_t i = last;
      while (i > 0 && at[i] + 1 + (last - i) >= end) --i;
      if (i == 0) break;
      ++at[i];
      for (uint64_t k = i + 1; k <= last; ++k) at[k] = at[k - 1] + 1;
    }
  }
}

List<Str> grams(Context& context, const GramShape& shape, List<Str> list) {
  const Str* tokens = list.data;
  uint64_t count = list.size;
  if (list.valid != nullptr) {
    auto* present = context.newList<Str>(list.size);
    if (present == nullptr) return {};
    count = 0;
    for (uint64_t i = 0; i < list.size; ++i)
      if (list.present(i)) present[count++] = list.data[i];
    tokens = present;
  }
  uint64_t size = 0;
  forEachGram(shape, count, [&](const uint64_t*) { return ++size <= kMaxElements; });
  auto* out = context.newList<Str>(size);
  if (out == nullptr) return {};
  uint64_t made = 0;
  forEachGram(shape, count, [&](const uint64_t* positions) {
    return joinTokens(context, shape, tokens, positions, out[made]) && ++made > 0;
  });
  return {out, nullptr, made};
}

List<Str> charGrams(Context& context, const GramShape& shape, Str s) {
  uint64_t total = codePoints(s.view());
  uint64_t size = total < shape.words ? 0 : total - shape.words + 1;
  auto* out = context.newList<Str>(size);
  if (out == nullptr || size == 0) return {};
  std::string_view from = s.view();
  std::string_view after = skipCodePoints(from, shape.words);
  for (uint64_t i = 0;; ++i) {
    out[i] = Str::of(from.substr(0, from.size() - after.size()));
    if (i + 1 == size) break;
    from.remove_prefix(codePointStep(from));
    after.remove_prefix(codePointStep(after));
  }
  return {out, nullptr, size};
}
Prepared prepareCharGrams(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<GramShape>();
  if (auto error = readShape(*state, constants[0], Value())) return {nullptr, error};
  return {state, std::nullopt};
}

}  // namespace

void registerTokens(Registry& r) {
  r.group("Tokens");
  r.add("tokenize", {value("s"), optionalConstant("separators"), optionalConstant("keep_empty")},
        "The pieces of `s` between ASCII white space, or between any of the characters in `separators`; empty pieces "
        "only "
        "if `keep_empty`.")
      .example(R"(tokenize("hot  pot, beef"))", R"(["hot", "pot,", "beef"])")
      .example(R"(tokenize("hot|pot,,beef", "|,"))", R"(["hot", "pot", "beef"])")
      .example(R"(tokenize("a,,b", ",", keep_empty = true))", R"(["a", "", "b"])")
      .foreignNames({"whitespace_tokenize"})
      .add<tokenize>({Type::string(), Type::boolean()})
      .notLifted()
      .prepare(prepareTokenize);
  r.add("ngrams", {value("list"), constant("n"), optionalConstant("separator")},
        "Each `n` neighbouring tokens joined, with a space between them unless another separator is given; missing "
        "tokens are left out first.")
      .example(R"(ngrams(["a", "b", "c"], 2))", R"(["a b", "b c"])")
      .example(R"(ngrams(["a", "b", "c"], 3, separator = "_"))", R"(["a_b_c"])")
      .foreignNames({"string_ngrams"})
      .foreignNames({"bigrams"}, "written `ngrams(list, 2)`")
      .add<grams>({Type::int64(), Type::string()})
      .prepare(prepareGrams);
  r.add("skip_grams", {value("list"), constant("n"), constant("k"), optionalConstant("separator")},
        "As `ngrams`, but up to `k` tokens may be left out between the first and the last of a gram.")
      .example(R"(skip_grams(["a", "b", "c"], 2, 1))", R"(["a b", "a c", "b c"])")
      .add<grams>({Type::int64(), Type::int64(), Type::string()})
      .prepare(prepareSkipGrams);
  r.add("char_ngrams", {value("s"), constant("n")}, "Each `n` neighbouring code points.")
      .example(R"(char_ngrams("soup", 2))", R"(["so", "ou", "up"])")
      .add<charGrams>({Type::int64()})
      .notLifted()
      .prepare(prepareCharGrams);
}

}  // namespace featc
