// SPDX-License-Identifier: Apache-2.0
// tokenize_feature where its tokenizer is a table of words, and text_normalizer where featc has what it does.
#include <fmt/format.h>

#include "fg/readers.h"
#include "fg/text.h"
#include "fg/types.h"
#include "frontend/config_file.h"

namespace featc::fg {
namespace {

constexpr std::string_view kInstead =
    "pass the tokens' numbers as a list<int64> column of an id_feature with num_buckets, or call the tokenizer as "
    "an "
    "extern fn";

// A tokenizer of HuggingFace's as far as it is a table of words.
struct WordTable {
  Node vocabulary;
  int64_t unknown = 0;
  std::string split;  // code with the text at {}
  bool lowers = false;
  std::vector<std::string> added;
};

std::string typeOf(const Node* node) {
  const Node* type = node == nullptr ? nullptr : node->find("type");
  return type == nullptr ? "" : type->text;
}

std::string textOf(const Node* node, std::string_view key) {
  const Node* field = node == nullptr ? nullptr : node->find(key);
  return field == nullptr ? "" : field->text;
}

// The only part of a sequence of parts, else the node itself.
const Node* onlyPart(const Node* node, std::string_view parts) {
  if (typeOf(node) != "Sequence") return node;
  const Node* list = node->find(parts);
  if (list == nullptr || list->items.empty()) return nullptr;
  return list->items.size() == 1 ? &list->items[0] : node;
}

class TokenizerReader {
 public:
  TokenizerReader(FeatureBuilder& b, std::string path, uint32_t line) : b_(b), path_(std::move(path)), line_(line) {}

  WordTable read() {
    Expected<std::string> content = readConfigFile(path_, SIZE_MAX);
    if (!content) refuse("cannot be read: " + content.error().message);
    Messages messages;
    std::optional<Node> root = readJson(*content, messages);
    if (!root || root->kind != Node::Kind::Record) refuse("is not a JSON object, which a HuggingFace tokenizer is");
    WordTable table;
    model(*root, table);
    normalizer(*root, table);
    preTokenizer(*root, table);
    for (std::string_view part : {"truncation", "padding"})
      if (root->find(part) != nullptr) refuse(fmt::format("has {}, which cannot be imported", part));
    addedTokens(*root, table);
    return table;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    FeatureBuilder::refuse(fmt::format("its vocab_file {} {}; {}", path_, why, kInstead), line_);
  }

  void model(const Node& root, WordTable& table) const {
    const Node* model = root.find("model");
    if (std::string type = typeOf(model); type != "WordLevel")
      refuse(fmt::format("is a {} tokenizer, and only WordLevel, a table of words, can be imported",
                         type.empty() ? "nameless" : type));
    const Node* words = model->find("vocab");
    if (words == nullptr || words->kind != Node::Kind::Record || words->fields.empty()) refuse("has no vocabulary");
    if (words->fields.size() > kMaxWords)
      refuse(
          fmt::format("has more than {} words; write them to a file, \"word<TAB>number\" a line, and by hand "
                      "\"vocab(tokenize(x), file = ...)\"",
                      kMaxWords));
    for (const auto& [word, number] : words->fields)
      if (!payloadOf(number.text)) refuse(fmt::format("gives \"{}\" no number that an id's payload holds", word));
    const Node* unknown = words->find(textOf(model, "unk_token"));
    if (unknown == nullptr) refuse("has no number for unknown words (its unk_token is not among its words)");
    table.unknown = *integerOf(unknown->text);
    table.vocabulary = *words;
  }

  void normalizer(const Node& root, WordTable& table) const {
    const Node* one = onlyPart(root.find("normalizer"), "normalizers");
    if (one == nullptr) return;
    if (typeOf(one) != "Lowercase") refuse(fmt::format("has a normalizer {}, which cannot be imported", typeOf(one)));
    table.lowers = true;
  }

  void preTokenizer(const Node& root, WordTable& table) const {
    const Node* one = onlyPart(root.find("pre_tokenizer"), "pretokenizers");
    std::string type = typeOf(one);
    if (one == nullptr) {
      table.split = "[{}]";
    } else if (type == "WhitespaceSplit") {
      table.split = b_.function("words") + "({})";
    } else if (type == "CharDelimiterSplit") {
      if (textOf(one, "delimiter").empty()) refuse("splits text at no character");
      table.split = "tokenize({}, " + literalText(textOf(one, "delimiter")) + ")";
    } else {
      refuse(fmt::format("splits text by {}, and only WhitespaceSplit and CharDelimiterSplit can be imported", type));
    }
  }

  // Words that are found before a text is parted: as a token of its own each is a word like others.
  void addedTokens(const Node& root, WordTable& table) const {
    const Node* added = root.find("added_tokens");
    if (added == nullptr) return;
    for (const Node* token : added->each()) {
      std::string content = textOf(token, "content");
      const Node* word = table.vocabulary.find(content);
      if (word == nullptr || word->text != textOf(token, "id"))
        refuse(fmt::format("adds the token \"{}\" to its words, which cannot be imported", content));
      table.added.push_back(content);
    }
  }

  FeatureBuilder& b_;
  std::string path_;
  uint32_t line_;
};

// The text of its one input, "" where it is empty.
std::string inputText(FeatureBuilder& b) {
  const Input& input = b.input(0);
  if (b.isOneText(input)) return b.textOrEmpty(input);
  // Of a number that says more.
  if (input.isFeature() && b.texts(input).list)
    FeatureBuilder::refuse("it reads a feature of several values; one text is tokenized", input.line);
  FeatureBuilder::refuse("its input is one text; declare the column string? in --schema", input.line);
}

constexpr int64_t kUpper = 2, kLower = 4, kWidth = 8, kSimplify = 16, kFilter = 32, kSplit = 512;
constexpr int64_t kUsual = kLower + kWidth + kSimplify + kFilter;

}  // namespace

void buildTokenize(FeatureBuilder& b) {
  std::string kind = b.text("tokenizer_type", "bpe");
  if (kind != "bpe") FeatureBuilder::refuse(fmt::format("a {} tokenizer cannot be imported; {}", kind, kInstead));
  if (b.text("output_type", "word_id") != "word_id")
    FeatureBuilder::refuse("its output_type is not word_id; what it emits then is not known");
  if (b.flag("tokens_as_sequence", false))
    FeatureBuilder::refuse(
        "what tokens_as_sequence makes of an empty text is not known; write it false, or \"sequence ... = vocab(...)\" "
        "by "
        "hand");
  const Node* file = b.find("vocab_file");
  if (file == nullptr) FeatureBuilder::refuse("its vocab_file is missing");
  WordTable table = TokenizerReader(b, (b.folder() / b.text("asset_dir") / file->text).string(), file->line).read();

  std::string text = inputText(b);
  if (std::string absent = b.defaultText(); !absent.empty()) {
    text = b.let("text", text);
    text = fmt::format("({0} == \"\" ? {1} : {0})", text, literalText(absent));
  }
  if (table.lowers) {
    text = fmt::format("normalize_text({}, \"none\", case = \"lower\")", text);
    b.note("its tokenizer makes \\u0130 (I with a dot) two characters where it lowers letters; here it is an i");
  }
  for (const std::string& token : table.added)
    b.note(
        fmt::format("the tokenizer takes \"{}\" out of a text wherever it is; here only as a word of its own", token));
  std::string words = fmt::format(fmt::runtime(table.split), text);
  std::string entries;
  for (const auto& [word, number] : table.vocabulary.fields)
    entries += fmt::format("{}{}: {}", entries.empty() ? "" : ", ", literalText(word), number.text);
  std::string code = fmt::format("vocab({}, {{{}}}, oov = {})", words, entries, table.unknown);
  if (b.feature().isRead) {
    code = b.let("value", code);
    b.keep({Value::Of::Int, true, code});
  }
  b.emitIds(code);
}

void buildTextNormalizer(FeatureBuilder& b) {
  if (!b.feature().stub) FeatureBuilder::refuse("text cannot be a model input; write stub_type true");
  for (std::string_view key : {"is_gbk_input", "is_gbk_output"})
    if (b.flag(key, false)) FeatureBuilder::refuse(fmt::format("{} cannot be imported; pass UTF-8", key));
  if (b.has("max_length"))
    FeatureBuilder::refuse(
        "its max_length counts bytes of GBK, which featc does not have; remove it where no text is as "
        "long");
  int64_t steps = b.integer("parameter", kUsual);
  struct Unsupported {
    int64_t bit;
    std::string_view what;
  };
  constexpr Unsupported kUnsupported[] = {{kSimplify, "TEXT_CHT2CHS, traditional to simplified Chinese (16)"},
                                          {kFilter, "TEXT_FILTER, FG's list of special characters (32)"},
                                          {kSplit, "TEXT_SPLITCHRS, Chinese cut into characters (512)"}};
  for (const Unsupported& one : kUnsupported)
    if ((steps & one.bit) != 0)
      FeatureBuilder::refuse(
          fmt::format("{} cannot be imported{}; pass the text normalized, or write only 2 or 4 (letters) and 8 (width)",
                      one.what, b.has("parameter") ? "" : ", which FG does where parameter is left out"));
  if ((steps & ~(kUpper | kLower | kWidth)) != 0 || (steps & (kUpper | kLower)) == (kUpper | kLower))
    FeatureBuilder::refuse(fmt::format("what the parameter {} does is not known", steps));
  std::string text = b.isFlat() ? b.wholeElements(b.input(0)) : inputText(b);
  if ((steps & kWidth) != 0) {
    text = fmt::format("normalize_text({}, \"width\", case = \"keep\")", text);
    b.note("which full width characters FG makes half is not known; here those that Unicode calls so");
  }
  if ((steps & (kUpper | kLower)) != 0) {
    text = fmt::format("{}({})", (steps & kUpper) != 0 ? "upper" : "lower", text);
    b.note("letters beyond a to z: whether FG changes them is not known; here they stay");
  }
  if (b.flag("remove_space", false)) {
    text = fmt::format("replace({}, \" \", \"\")", text);
    b.note("remove_space: whether FG removes white space other than blanks is not known; here it stays");
  }
  b.keep({.of = Value::Of::Text, .list = b.isFlat(), .code = b.let("value", text), .isPresent = !b.isFlat()});
}

}  // namespace featc::fg
