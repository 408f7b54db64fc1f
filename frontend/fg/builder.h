// SPDX-License-Identifier: Apache-2.0
// What the feature types build their lines with.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "frontend/fg/feature.h"
#include "frontend/fg/import.h"

namespace featc::fg {

// An expression of the config, before or after a bucketizer.
struct Value {
  enum class Of : uint8_t { Text, Number, Int };
  Of of = Of::Text;
  bool list = false;
  std::string code;
  // Of numbers: what stands where the code is missing. Without it: nothing, where there are ids.
  std::optional<double> fallback{};
};

// Stands for a slot until all features are built: slots go by the order of the file.
inline constexpr char kSlotMark = '\x01';

// What all features of an import share.
struct Shared {
  const FgOptions& options;
  Problems& problems;
  Columns columns;
  std::map<std::string, Value> values{};  // of features that others read
  std::set<std::string> functions{};      // the `fn` lines that are needed
  std::set<std::string> assumptions{};    // notes that concern many features
};

class FeatureBuilder {
 public:
  FeatureBuilder(const Feature& feature, Shared& shared) : feature_(feature), shared_(shared) {}

  // -- The entry --
  const Feature& feature() const { return feature_; }
  const Input& input(size_t i) const;
  size_t inputs() const { return feature_.inputs.size(); }
  const Node* find(std::string_view key) const { return feature_.entry.find(key); }
  bool has(std::string_view key) const { return find(key) != nullptr; }
  std::string text(std::string_view key, std::string_view fallback = "") const;
  bool flag(std::string_view key, bool fallback) const;
  // Whether the entry says yes; what is left out is an error: FG's own default is not known.
  bool flagThatMustBeWritten(std::string_view key) const;
  int64_t integer(std::string_view key, int64_t fallback) const;
  // The default's text; of a sequence never empty.
  std::string defaultText() const;
  // As a number, nothing where the text is empty.
  std::optional<double> defaultNumber() const;
  // The characters that part values: the separator and \x1d.
  std::string separators() const;
  Bucketizer bucketizer() const;  // 0: none
  std::string valueType() const;  // lower case, `float` for `float32`

  [[noreturn]] static void refuse(std::string why, uint32_t line = 0) { throw Refused{std::move(why), line}; }
  void note(std::string text);
  void assume(std::string text) { shared_.assumptions.insert(std::move(text)); }

  // -- The lines --
  // Names an expression: a `let` before the feature.
  std::string let(std::string_view what, const std::string& code);
  // Uses one of the prelude's functions.
  std::string function(std::string_view name);
  const std::string& lines() const { return lines_; }
  const std::vector<std::string>& notes() const { return notes_; }

  // -- Values of inputs (inputs.cpp) --
  Type columnType(const Input& input) const;
  std::string reference(const Input& input) const;
  // All values as texts, without the default; a list where there may be several.
  // `keepsEmpty`: so that positions stay, also those between two separators.
  Value texts(const Input& input, bool keepsEmpty = false);
  Value withDefault(Value texts);
  // Always a list.
  Value textList(const Input& input, bool keepsEmpty = false);
  // Of a sequence's input: one text an element, the first of its values, "" where it is empty. Of other
  // inputs: the first value.
  Value elements(const Input& input);
  Value withDefaultEach(Value elements);
  // As numbers, without the default.
  Value numbers(const Input& input);
  // How a row's emptiness is asked: `(request.s ?? "") == ""`.
  std::string isEmpty(const Input& input);
  // A map column, or text that holds one, never missing; which type it has.
  std::pair<std::string, Type> map(const Input& input);

  // -- Ends (buckets.cpp) --
  std::string normalized(const std::string& number);
  // Bucketizes and emits, or emits numbers; `width`: of lists.
  void finish(Value value, int64_t width = 1);
  Value bucketized(const Value& value);
  void emitIds(const std::string& code);
  void emitDense(const std::string& code, int64_t width, double fallback);
  void keep(const Value& value);

 private:
  std::string vocabulary(const std::string& code);
  std::string vocabularyFile(const std::string& code, int64_t absent);
  void line(const std::string& text) { lines_ += text + "\n"; }

  const Feature& feature_;
  Shared& shared_;
  std::string lines_;
  std::vector<std::string> notes_;
};

}  // namespace featc::fg
