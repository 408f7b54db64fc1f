// SPDX-License-Identifier: Apache-2.0
// `normalize_text`: Unicode's normal forms and case, by utf8proc. All memory is the arena's.
#include <utf8proc.h>

#include <algorithm>

#include "ops/groups.h"
#include "ops/library/text_builder.h"
#include "ops/operator.h"
#include "ops/scratch.h"
#include "values/code_points.h"

namespace featc {

namespace {

// Ordering the combining marks behind a letter costs the square of their number.
constexpr unsigned kMaxMarks = 128;

enum class Case { Keep, Fold, Lower, Upper };

struct TextForm : OpState {
  int options = 0;     // utf8proc's; 0: no normal form
  bool width = false;  // only full width to half
  Case letters = Case::Fold;
};

struct NamedForm {
  std::string_view name;
  int options;
};
constexpr NamedForm kForms[] = {
    {"nfkc", UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT},
    {"nfc", UTF8PROC_STABLE | UTF8PROC_COMPOSE},
    {"nfkd", UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT},
    {"nfd", UTF8PROC_STABLE | UTF8PROC_DECOMPOSE},
    {"width", 0},
    {"none", 0},
};
constexpr std::string_view kCases[] = {"keep", "fold", "lower", "upper"};

Prepared prepareForm(std::span<const Value> constants, std::span<const Type>) {
  auto state = std::make_shared<TextForm>();
  std::string_view form = constants[0].isMissing() ? "nfkc" : std::string_view(constants[0].asString());
  const auto* found = std::find_if(std::begin(kForms), std::end(kForms), [&](auto& f) { return f.name == form; });
  if (found == std::end(kForms))
    return {nullptr, PrepareError{1, "there is no form " + toString(constants[0]) +
                                         "; there are nfkc, nfc, nfkd, nfd, width, none"}};
  state->options = found->options;
  state->width = form == "width";
  if (!constants[1].isMissing()) {
    const auto* letters = std::find(std::begin(kCases), std::end(kCases), constants[1].asString());
    if (letters == std::end(kCases))
      return {nullptr,
              PrepareError{2, "there is no case " + toString(constants[1]) + "; there are keep, fold, lower, upper"}};
    state->letters = static_cast<Case>(letters - std::begin(kCases));
  }
  return {state, std::nullopt};
}

int32_t changeLetter(Case letters, int32_t codePoint) {
  if (letters == Case::Lower) return utf8proc_tolower(codePoint);
  // Unicode's simple mapping leaves the sharp s; utf8proc makes it the capital one.
  constexpr int32_t kSharpS = 0xDF;
  if (letters == Case::Upper && codePoint != kSharpS) return utf8proc_toupper(codePoint);
  return codePoint;
}

int32_t halfWidth(int32_t codePoint, void* /*data*/) {
  if (codePoint >= 0xFF01 && codePoint <= 0xFF5E) return codePoint - 0xFEE0;
  return codePoint == 0x3000 ? ' ' : codePoint;
}

uint64_t utf8Bytes(int32_t codePoint) {
  return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
}
void appendCodePoint(TextBuilder& out, int32_t codePoint) {
  char bytes[4];
  auto size = utf8proc_encode_char(codePoint, reinterpret_cast<utf8proc_uint8_t*>(bytes));
  out.append({bytes, static_cast<size_t>(size)});
}

bool isAscii(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// ASCII is in every normal form; only its letters change.
bool appendAscii(TextBuilder& out, Case letters, std::string_view s) {
  for (char c : s) {
    bool changes = letters == Case::Upper ? c >= 'a' && c <= 'z' : letters != Case::Keep && c >= 'A' && c <= 'Z';
    if (changes) c = static_cast<char>(c ^ 0x20);
    if (!out.append({&c, 1})) return false;
  }
  return true;
}

// Whether a run of combining marks is too long to be ordered.
bool hasTooManyMarks(std::string_view s) {
  unsigned marks = 0;
  while (!s.empty()) {
    size_t size = codePointStep(s);
    bool mark = size > 1 && utf8proc_get_property(static_cast<int32_t>(decodeCodePoint(s, size)))->combining_class != 0;
    marks = mark ? marks + 1 : 0;
    if (marks > kMaxMarks) return true;
    s.remove_prefix(size);
  }
  return false;
}

// The code points that well-formed UTF-8 becomes, in working memory; null where the row has failed.
int32_t* normalizedPoints(Context& context, RowScratch& scratch, const TextForm& state, std::string_view s,
                          utf8proc_ssize_t& count) {
  int folding = state.letters == Case::Fold ? UTF8PROC_CASEFOLD : 0;
  auto options = static_cast<utf8proc_option_t>(state.options | folding);
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(s.data());
  auto size = static_cast<utf8proc_ssize_t>(s.size());
  utf8proc_custom_func before = state.width ? halfWidth : nullptr;
  count = utf8proc_decompose_custom(bytes, size, nullptr, 0, options, before, nullptr);
  if (count < 0 || static_cast<uint64_t>(count) > kMaxStringBytes) {
    context.fail(RowStatus::ValueTooLarge);
    return nullptr;
  }
  auto* points = scratch.allocate<int32_t>(static_cast<uint64_t>(count));
  if (points == nullptr) return nullptr;
  count = utf8proc_decompose_custom(bytes, size, points, count, options, before, nullptr);
  if ((state.options & UTF8PROC_COMPOSE) != 0) count = utf8proc_normalize_utf32(points, count, options);
  for (utf8proc_ssize_t i = 0; i < count; ++i) points[i] = changeLetter(state.letters, points[i]);
  return points;
}

bool appendNormalized(Context& context, TextBuilder& out, const TextForm& state, std::string_view s) {
  if (hasTooManyMarks(s)) {
    context.fail(RowStatus::ValueTooLarge);
    return false;
  }
  // The result grows only while no working memory lies behind it: where it must, all is done again.
  for (;;) {
    uint64_t bytes = 0;
    {
      RowScratch scratch(context);
      utf8proc_ssize_t count = 0;
      int32_t* points = normalizedPoints(context, scratch, state, s, count);
      if (points == nullptr) return false;
      for (utf8proc_ssize_t i = 0; i < count; ++i) bytes += utf8Bytes(points[i]);
      if (bytes <= out.room()) {
        for (utf8proc_ssize_t i = 0; i < count; ++i) appendCodePoint(out, points[i]);
        return true;
      }
    }
    if (!out.reserve(bytes)) return false;
  }
}

size_t validPrefix(std::string_view s) {
  size_t at = 0;
  while (at < s.size()) {
    size_t step = codePointBytes(s.substr(at));
    if (step == 0) break;
    at += step;
  }
  return at;
}

Str normalizeText(Context& context, const TextForm& state, Str s) {
  std::string_view text = s.view();
  TextBuilder out(context, s.size);
  if (isAscii(text)) {
    appendAscii(out, state.letters, text);
    return out.text();
  }
  // Bytes that are not UTF-8 stay as they are.
  while (!text.empty()) {
    size_t valid = validPrefix(text);
    if (valid > 0 && !appendNormalized(context, out, state, text.substr(0, valid))) return {};
    text.remove_prefix(valid);
    if (text.empty()) break;
    if (!out.append(text.substr(0, 1))) return {};
    text.remove_prefix(1);
  }
  return out.text();
}

}  // namespace

void registerNormalizeText(Registry& r) {
  r.group("Text");
  r.add("normalize_text", {value("s"), optionalConstant("form"), optionalConstant("case")},
        "In Unicode's normal form `nfkc`, or `nfc`, `nfkd`, `nfd`, `width` (only full width to half) or `none`; with "
        "letters folded for comparing, or `case` `keep`, `lower` or `upper`.")
      .example(R"(normalize_text("\u{FF28}\u{FF4F}\u{FF54} \u{2460}"))", R"("hot 1")")
      .example(R"(normalize_text("STRA\u{DF}E"))", R"("strasse")")
      .example(R"(normalize_text("\u{FF21}\u{3000}\u{2460}", "width", case = "keep"))", "\"A \xE2\x91\xA0\"")
      .foreignNames({"unicode_normalize"}, "folds letters unless `case = \"keep\"`")
      .foreignNames({"casefold"}, "written `normalize_text(s, \"none\")`")
      .foreignNames({"text_normalizer"}, "takes a form and a case, not a number of options")
      .add<normalizeText>({Type::string(), Type::string()})
      .prepare(prepareForm);
}

}  // namespace featc
