// SPDX-License-Identifier: Apache-2.0
// What the feature types build their lines with.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "fg/feature.h"
#include "fg/import.h"

namespace featc::fg {

// An expression of the config, before or after a bucketizer.
struct Value {
  enum class Of : uint8_t { Text, Number, Int };
  Of of = Of::Text;
  bool list = false;
  std::string code;
  // Of numbers: what stands where the code is missing. Without it: nothing, where there are ids.
  std::optional<double> fallback{};
  bool isDigits = false;   // texts that were made of integers
  std::string cutAt{};     // characters that its texts do not hold: they were cut there
  bool isPresent = false;  // of one text, or the text of a number: never missing
  std::string exact{};     // of a column's number: that, or the default, before it is rounded to float32
};

// In what FG computes a normalizer: columns of numbers in float32, as all that it computes before; texts in float64
// with parameters of float32. What comes out is rounded to float32 in both.
enum class Width : uint8_t { Float32, Float64 };

// Stands for a slot until all features are built: slots go by the order of the file.
inline constexpr char kSlotMark = '\x01';

// What a dense output of a sequence group may have in a row, length times width: runtime's kMaxGroupWidth, which this
// folder does not see.
inline constexpr int64_t kMaxGroupNumbers = int64_t{1} << 20U;
// What a sequence that FG does not cut may have at most.
inline constexpr int64_t kAnyLength = 65'536;
// Of a vocabulary that is written into the config.
inline constexpr size_t kMaxWords = 65'536;

// What all features of an import share.
struct Shared {
  const FgOptions& options;
  Columns columns{};
  bool isEasyRec = false;  // of the older FG
  bool farmHash = false;
  std::map<std::string, Value> values{};  // of features that others read
};

// A text, or a list of them.
bool isTextual(Type type);

// A number of a vocabulary; nothing where it is none that an id's payload holds.
std::optional<int64_t> payloadOf(std::string_view text);

// Thrown where a feature of sequences is more than one list of values: it then goes into a sequence group.
struct NeedsGroup {
  ImportError otherwise;  // where that cannot be either
};

// Builds one feature. One of sequences is built in one of two forms: *flat*, a `sequence` over a list with one
// value an element, or in a *group*, where its lines are those of a plain feature over the element.
class FeatureBuilder {
 public:
  FeatureBuilder(const Feature& feature, Shared& shared, bool inGroup);

  // -- The entry --
  const Feature& feature() const { return feature_; }
  bool inGroup() const { return inGroup_; }
  bool isEasyRec() const { return shared_.isEasyRec; }
  bool isFlat() const { return feature_.sequence && !inGroup_; }
  const Input& input(size_t i) const;
  size_t inputs() const { return feature_.inputs.size(); }
  // The input's name as the entry says it: a sequence of a group without the group's name before it.
  std::string_view ownName(const Input& input) const;
  // Where the FG file lies, and files that it names.
  const std::filesystem::path& folder() const { return shared_.options.folder; }
  const Node* find(std::string_view key) const { return feature_.entry.find(key); }
  bool has(std::string_view key) const { return find(key) != nullptr; }
  std::string text(std::string_view key, std::string_view fallback = "") const;
  bool flag(std::string_view key, bool fallback) const;
  // Whether the entry says yes; what is left out is an error: FG's own default is not known.
  bool flagThatMustBeWritten(std::string_view key) const;
  int64_t integer(std::string_view key, int64_t fallback) const;
  // A number that float32 holds, as FG keeps it; `what` names it where it is none.
  static double float32Of(std::string_view what, const std::string& text, uint32_t line = 0);
  // The default's text; of a sequence never empty.
  std::string defaultText() const;
  // As a number, nothing where the text is empty.
  std::optional<double> defaultNumber() const;
  // The characters that part values: the separator and \x1d.
  std::string separators() const;
  Bucketizer bucketizer() const;  // 0: none
  std::string valueType() const;  // lower case, `float` for `float32`

  [[noreturn]] static void refuse(std::string why, uint32_t line = 0) { throw ImportError{std::move(why), line}; }
  [[noreturn]] static void needsGroup(std::string why, uint32_t line = 0) { throw NeedsGroup{{std::move(why), line}}; }
  void note(std::string text);
  // Of vectors that are not as wide as value_dim; `filler`: what is added to short ones.
  void noteCount(std::string_view what, std::string_view filler);
  // A note that concerns many features.
  void assume(std::string text) { assumptions_.insert(std::move(text)); }
  // Where columns of numbers were read and are computed with.
  void assumeExact();
  // Where text is read as numbers.
  void assumeNumbersInText();

  // -- The lines --
  // Names an expression: a `let` before the feature.
  std::string let(std::string_view what, const std::string& code);
  // Uses one of the prelude's functions.
  std::string function(std::string_view name);
  std::string lines() const;
  const std::vector<std::string>& notes() const { return notes_; }
  const std::set<std::string>& assumptions() const { return assumptions_; }
  const std::set<std::string>& functions() const { return functions_; }

  // -- Values of inputs (inputs.cpp) --
  Type columnType(const Input& input) const;
  std::string reference(const Input& input) const;
  bool isFeatureOfText(const Input& input) const;
  // Text that is read as numbers and may hold none.
  bool holdsText(const Input& input) const;
  // A column of text, or a feature of one value that has a text.
  bool isOneText(const Input& input) const;
  bool mayBeMissing(const Input& input) const;
  // Its text uncut, which may be missing, or empty then.
  std::string oneText(const Input& input);
  std::string textOrEmpty(const Input& input);
  // Of another feature's number.
  std::string textOfNumber(const Input& input);
  // All values as texts, without the default; a list where there may be several. One text of another feature is
  // cut as that of a column.
  // `keepsEmpty`: so that positions stay, also those between two separators.
  Value texts(const Input& input, bool keepsEmpty = false);
  Value withDefault(Value texts);
  // Cut to the first value; of an element of a group a single value.
  Value firstOf(Value texts) const;
  // Always a list.
  Value textList(const Input& input, bool keepsEmpty = false);
  // Of a sequence's input: one text an element, the first of its values, "" where it has none. Of other
  // inputs: the first value. `whole`: the element uncut.
  Value elements(const Input& input, bool whole = false);
  Value withDefaultEach(Value elements);
  // The same uncut, with all of its values: for lists of texts.
  std::string wholeElements(Input input) { return elementList(input); }
  bool cutsFloats() const;
  // As numbers, without the default.
  Value numbers(const Input& input);
  // How a row's emptiness is asked: `(request.s ?? "") == ""`.
  std::string isEmpty(const Input& input);
  // A map column, or text that holds one, never missing; which type it has.
  std::pair<std::string, Type> map(const Input& input);

  // -- Ends (buckets.cpp) --
  std::string normalized(const std::string& number, Width width = Width::Float32);
  // Bucketizes and emits, or emits numbers; `width`: of lists.
  void finish(Value value, int64_t width = 1);
  Value bucketized(const Value& value);
  // FG's ids as an output emits them: cut where they are more than a payload holds.
  std::string payloads(const std::string& ids);
  void emitIds(const std::string& code);
  void emitDense(const std::string& code, int64_t width, double fallback);
  void keep(const Value& value);

 private:
  void checkValueType() const;
  void checkValueDim() const;

  // -- Sequence groups (groups.cpp) --
  void openGroup();
  // Its elements, one at least; sets their type.
  std::string elementList(Input& input);
  std::string groupHead() const;

  // A text cut at the separators.
  Value tokens(const std::string& text, bool keepsEmpty);
  std::string vocabulary(const std::string& code);
  std::string vocabularyFile(const std::string& code, int64_t absent);
  void line(const std::string& text) { lines_ += (inGroup_ ? "  " : "") + text + "\n"; }

  Feature feature_;
  Shared& shared_;
  bool inGroup_;
  std::string over_;           // what the group goes over
  std::string beforeGroup_;    // lines
  int64_t groupWidth_ = 1;     // of its dense line
  bool readsNumbers_ = false;  // of columns
  std::string lines_;
  std::vector<std::string> notes_;
  std::set<std::string> assumptions_;
  std::set<std::string> functions_;  // of the prelude
};

}  // namespace featc::fg
