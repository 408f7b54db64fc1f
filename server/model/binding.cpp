// SPDX-License-Identifier: Apache-2.0
// Binds a network, and says everything that does not fit.
#include "server/model/binding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "support/suggest.h"

namespace featc {
namespace {

// `NAME.length`
constexpr std::string_view kLength = ".length";

// Whether a place may have several ids, so that only their rows together are one thing.
bool isPooled(const OutputInfo& output) { return output.kind == OutputKind::Sparse && output.hasSeveralIds(); }

class Binder {
 public:
  Binder(const ProgramInfo& info, std::span<const uint32_t> tableDims, const BindingFile& file,
         std::span<const TensorInfo> inputs, std::span<const TensorInfo> outputs)
      : info_(info),
        tableDims_(tableDims),
        file_(file),
        inputs_(inputs),
        outputs_(outputs),
        read_(info.outputs.size()) {}

  Expected<Binding> run() {
    checkFile();
    for (const TensorInfo& input : inputs_) binding_.inputs.push_back(bindInput(input));
    proposeForUnfed();
    reportUnread();
    bindOutputs();
    if (problems_.empty()) return std::move(binding_);
    return Error(fmt::format("the network does not fit the config:\n  {}", fmt::join(problems_, "\n  ")),
                 ErrorCode::BadModel);
  }

 private:
  template <class... Args>
  void problem(fmt::format_string<Args...> format, Args&&... args) {
    problems_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  static std::string proposal(std::string_view word, const std::vector<std::string_view>& known) {
    std::optional<std::string> nearest = nearestName(word, known);
    return nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : std::string();
  }

  std::vector<std::string_view> outputNames() const {
    std::vector<std::string_view> names;
    for (const OutputInfo& output : info_.outputs) names.push_back(output.name);
    return names;
  }

  // What binding.toml names must be there.
  void checkFile() {
    std::vector<std::string_view> names;
    for (const TensorInfo& input : inputs_) names.push_back(input.name);
    for (const auto& [name, input] : file_.inputs)
      if (std::ranges::find(names, name) == names.end())
        problem("{}: inputs.{}: the network has no such input{}", file_.path, name, proposal(name, names));
    for (const std::string& name : file_.unused) {
      std::optional<size_t> output = outputNamed(name);
      if (output)
        unused_.push_back(*output);
      else
        problem("{}: unused: the config has no output \"{}\"{}", file_.path, name, proposal(name, outputNames()));
    }
  }

  std::optional<size_t> outputNamed(std::string_view name) const {
    auto found = std::ranges::find(info_.outputs, name, &OutputInfo::name);
    if (found == info_.outputs.end()) return std::nullopt;
    return static_cast<size_t>(found - info_.outputs.begin());
  }

  // A sequence, or any output of a group.
  std::optional<size_t> sequenceNamed(std::string_view name) const {
    for (size_t i = 0; i < info_.outputs.size(); ++i) {
      const OutputInfo& output = info_.outputs[i];
      if (output.group.empty() ? output.kind == OutputKind::Sequence && output.name == name : output.group == name)
        return i;
    }
    return std::nullopt;
  }

  // What a name of the config, or one that belongs to it, gives; nothing where there is none.
  std::optional<BoundPart> partNamed(std::string_view name) const {
    if (std::optional<size_t> output = outputNamed(name)) return partOf(*output);
    if (name == kRequestOfItem) return BoundPart{BoundKind::RequestOfItem, 0, 1, 0};
    if (!name.ends_with(kLength)) return std::nullopt;
    std::optional<size_t> of = sequenceNamed(name.substr(0, name.size() - kLength.size()));
    if (!of) return std::nullopt;
    return BoundPart{BoundKind::Length, static_cast<uint32_t>(*of), 1, 0};
  }

  BoundPart partOf(size_t index) const {
    const OutputInfo& output = info_.outputs[index];
    BoundPart part{BoundKind::Payload, static_cast<uint32_t>(index), 1, 0};
    if (output.kind == OutputKind::Sequence || !output.group.empty()) part.length = output.length;
    if (output.kind == OutputKind::Dense) {
      part.kind = BoundKind::Dense;
      part.width = output.width;
    } else if (tableDims_[index] != 0) {
      part.kind = BoundKind::Embedding;
      part.width = tableDims_[index];
    }
    return part;
  }

  BoundInput bindInput(const TensorInfo& input) {
    auto said = file_.inputs.find(input.name);
    std::vector<std::string> names;
    if (said != file_.inputs.end()) names = said->second.outputs;
    bool isSaid = !names.empty();
    if (!isSaid) names = {input.name};
    BoundInput bound;
    bound.perRequest = said != file_.inputs.end() && said->second.perRequest;
    bool isWhole = true;
    for (const std::string& name : names) {
      std::optional<BoundPart> part = partNamed(name);
      if (part) {
        isWhole = addPart(input, name, *part, bound) && isWhole;
        continue;
      }
      isWhole = false;
      if (isSaid)
        problem("{}: inputs.{}: the config has no output \"{}\"{}", file_.path, input.name, name,
                proposal(name, outputNames()));
      else
        unfed_.push_back(&input);
    }
    if (isWhole) fit(input, names, bound);
    return bound;
  }

  // False, after saying why, where it does not fit what stands beside it.
  bool addPart(const TensorInfo& input, const std::string& name, const BoundPart& part, BoundInput& bound) {
    bool isOutput = part.kind != BoundKind::Length && part.kind != BoundKind::RequestOfItem;
    if (isOutput) read_[part.output] = true;
    if (part.kind == BoundKind::Payload && isPooled(info_.outputs[part.output])) {
      problem(
          "output \"{}\", which input \"{}\" takes: a row may have several ids, so it needs a table, whose rows are "
          "pooled; or make it one id",
          name, input.name);
      return false;
    }
    if (bound.perRequest && part.kind == BoundKind::RequestOfItem) {
      problem("input \"{}\": {} has a row an item: remove per = \"request\" from {}", input.name, kRequestOfItem,
              file_.path);
      return false;
    }
    if (bound.perRequest && info_.outputs[part.output].scope == Scope::Item) {
      problem(
          "input \"{}\" gets a row a request, and \"{}\" depends on the item: remove per = \"request\" from {}, or "
          "take the output out",
          input.name, name, file_.path);
      return false;
    }
    TensorType type = part.isFloat() ? TensorType::Float32 : TensorType::Int64;
    if (!bound.parts.empty() && (type != bound.type || part.length != bound.length)) {
      problem("input \"{}\": \"{}\" cannot stand beside the outputs before it: {}", input.name, name,
              type != bound.type ? "one is made of numbers, the other of ids"
                                 : fmt::format("it has {} elements a row, they have {}", part.length, bound.length));
      return false;
    }
    bound.type = type;
    bound.length = part.length;
    bound.width += part.width;
    bound.parts.push_back(part);
    return true;
  }

  static std::vector<int64_t> shapeOf(const BoundInput& bound) {
    std::vector<int64_t> shape{-1};
    if (bound.length != 0) shape.push_back(bound.length);
    bool isPlain = bound.width == 1 && bound.parts.size() == 1 && bound.parts[0].kind != BoundKind::Embedding &&
                   bound.parts[0].kind != BoundKind::Dense;
    if (!isPlain) shape.push_back(bound.width);
    return shape;
  }
  static std::string textOf(const BoundInput& bound) {
    return tensorText(bound.type == TensorType::Float32 ? "f32" : "i64", shapeOf(bound));
  }

  // The shape of the network behind the rows, or nothing where the numbers of a row do not fill it. Any that lays the
  // numbers out in the same order fits: [?, 32] and [?, 2, 16].
  static std::optional<std::vector<int64_t>> rowShape(const TensorInfo& input, const BoundInput& bound) {
    if (input.anyRank) {
      std::vector<int64_t> shape = shapeOf(bound);
      return std::vector<int64_t>(shape.begin() + 1, shape.end());
    }
    if (input.shape.empty()) return std::nullopt;
    std::vector<int64_t> shape(input.shape.begin() + 1, input.shape.end());
    size_t first = 0;
    if (bound.length != 0) {
      if (shape.empty() || (shape[0] >= 0 && shape[0] != bound.length)) return std::nullopt;
      shape[0] = bound.length;
      first = 1;
    }
    int64_t known = 1;
    int64_t* open = nullptr;
    for (size_t i = first; i < shape.size(); ++i) {
      if (shape[i] >= 0)
        known *= shape[i];
      else if (open == nullptr)
        open = &shape[i];
      else
        return std::nullopt;
    }
    if (known == 0 || (open == nullptr ? known != bound.width : bound.width % known != 0)) return std::nullopt;
    if (open != nullptr) *open = bound.width / known;
    return shape;
  }

  void fit(const TensorInfo& input, const std::vector<std::string>& names, BoundInput& bound) {
    std::string what = names.size() == 1 ? fmt::format("\"{}\" gives", names[0])
                                         : fmt::format("{} together give", fmt::join(names, ", "));
    std::optional<std::vector<int64_t>> shape = rowShape(input, bound);
    if (input.type != bound.type || !shape) {
      problem("input \"{}\" takes {}, and {} {}: {}", input.name, tensorText(input), what, textOf(bound),
              advice(input, bound));
      return;
    }
    if (!input.anyRank && input.shape[0] >= 0) {
      problem("input \"{}\" takes {}: export the network so that its first dimension, the rows, may have any size",
              input.name, tensorText(input));
      return;
    }
    bound.rowShape = std::move(*shape);
  }

  static std::string advice(const TensorInfo& input, const BoundInput& bound) {
    bool isEmbedding =
        std::ranges::any_of(bound.parts, [](const BoundPart& part) { return part.kind == BoundKind::Embedding; });
    if (input.type == TensorType::Float32 && bound.type == TensorType::Int64 && bound.parts.size() == 1 &&
        bound.parts[0].kind == BoundKind::Payload)
      return "the output has no table in the epoch; build one, or export the network with ids as input";
    if (input.type != bound.type) return "export the network with inputs of this type";
    if (isEmbedding) return "export the network with this shape, or build the table with the network's numbers a row";
    return "export the network with this shape, or change the config's width or length";
  }

  // Whether the output alone would do for the input.
  bool wouldFit(const TensorInfo& input, size_t output) const {
    BoundPart part = partOf(output);
    if (part.kind == BoundKind::Payload && isPooled(info_.outputs[output])) return false;
    BoundInput bound;
    bound.parts = {part};
    bound.type = part.isFloat() ? TensorType::Float32 : TensorType::Int64;
    bound.width = part.width;
    bound.length = part.length;
    return input.type == bound.type && rowShape(input, bound).has_value();
  }

  void proposeForUnfed() {
    for (const TensorInfo* input : unfed_) {
      std::optional<std::string> meant = nearestName(input->name, outputNames());
      std::vector<size_t> fitting;
      for (size_t i = 0; i < read_.size(); ++i)
        if (!read_[i] && wouldFit(*input, i)) fitting.push_back(i);
      if (!meant && fitting.size() == 1) meant = info_.outputs[fitting[0]].name;
      std::string advice =
          meant ? fmt::format("is the output \"{}\" meant? Then write in {}: [inputs.\"{}\"] outputs = [\"{}\"]",
                              *meant, file_.path, input->name, *meant)
                : fmt::format(
                      "name an output of the config like it, or write in {}: [inputs.\"{}\"] outputs = "
                      "[\"OUTPUT\", ...]",
                      file_.path, input->name);
      problem("input \"{}\", {}: nothing feeds it; {}", input->name, tensorText(*input), advice);
    }
  }

  void reportUnread() {
    for (size_t i = 0; i < read_.size(); ++i) {
      bool isUnused = std::ranges::find(unused_, i) != unused_.end();
      const std::string& name = info_.outputs[i].name;
      if (read_[i] && isUnused) problem("{}: unused: the network does read \"{}\"", file_.path, name);
      if (read_[i] || isUnused) continue;
      problem(
          "output \"{}\": no input of the network reads it; bind it, remove it from the config, or add it to "
          "unused = [...] in {}",
          name, file_.path);
    }
  }

  // Score first. A network with one output scores with it, others say which one does.
  void bindOutputs() {
    std::vector<std::string_view> names;
    for (const TensorInfo& output : outputs_) names.push_back(output.name);
    std::string wanted = file_.score;
    if (wanted.empty()) wanted = outputs_.size() == 1 ? outputs_[0].name : "score";
    auto found = std::ranges::find(names, wanted);
    if (found == names.end()) {
      if (file_.score.empty())
        problem("the network has the outputs {}: write in {} which one is the score: score = \"NAME\"",
                fmt::join(names, " "), file_.path);
      else
        problem("{}: score: the network has no output \"{}\"{}", file_.path, wanted, proposal(wanted, names));
      return;
    }
    auto score = static_cast<size_t>(found - names.begin());
    checkScore(outputs_[score]);
    binding_.outputs.push_back({"score", score});
    for (size_t i = 0; i < outputs_.size(); ++i) {
      if (i == score) continue;
      if (outputs_[i].name == "score")
        problem("the network's output \"score\" is not the score, which {} says is \"{}\": rename it", file_.path,
                wanted);
      binding_.outputs.push_back({outputs_[i].name, i});
    }
    for (const TensorInfo& output : outputs_)
      if (output.type == TensorType::Other)
        problem("the network's output \"{}\" is {}: export the network with outputs that are numbers", output.name,
                tensorText(output));
    for (const TensorInfo& output : outputs_)
      if (!output.anyRank && (output.shape.empty() || output.shape[0] >= 0))
        problem("the network's output \"{}\" is {}: its first dimension must be the items, of any number", output.name,
                tensorText(output));
  }

  void checkScore(const TensorInfo& output) {
    bool isOne = output.anyRank;
    if (!isOne) {
      isOne = true;
      for (size_t i = 1; i < output.shape.size(); ++i) isOne = isOne && (output.shape[i] == 1 || output.shape[i] < 0);
    }
    if (output.type != TensorType::Float32 || !isOne)
      problem("the network's output \"{}\" is {}: a score is one number an item, f32 [?] or f32 [?, 1]", output.name,
              tensorText(output));
  }

  const ProgramInfo& info_;
  std::span<const uint32_t> tableDims_;
  const BindingFile& file_;
  std::span<const TensorInfo> inputs_;
  std::span<const TensorInfo> outputs_;
  std::vector<bool> read_;  // by output
  std::vector<size_t> unused_;
  std::vector<const TensorInfo*> unfed_;
  std::vector<std::string> problems_;
  Binding binding_;
};

}  // namespace

Expected<Binding> bindNetwork(const ProgramInfo& info, std::span<const uint32_t> tableDims, const BindingFile& file,
                              std::span<const TensorInfo> inputs, std::span<const TensorInfo> outputs) {
  return Binder(info, tableDims, file, inputs, outputs).run();
}

}  // namespace featc
