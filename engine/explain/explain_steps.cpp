// SPDX-License-Identifier: Apache-2.0
// explain in full: inputs, reads and steps with their values, then what each output emits.
#include <fmt/core.h>

#include <future>
#include <numeric>
#include <vector>

#include "engine/explain/explain.h"
#include "engine/explain/expression.h"
#include "runtime/reads/key_pattern.h"
#include "stores/described_store.h"

namespace featc {
namespace {

// Names that a step lists of the features it serves.
constexpr size_t kNamesShown = 4;

std::string_view scopeWords(Scope scope) {
  switch (scope) {
    case Scope::Constant: return "once";
    case Scope::Request: return "once per request";
    case Scope::Item: return "once per item";
  }
  return "";
}

class StepExplainer {
 public:
  StepExplainer(const Graph& graph, const StoreBinding& stores, const ExplainedRow& row)
      : graph_(graph), stores_(stores), trace_(graph, stores, row), featuresOf_(graph.size()) {
    findFeatures();
  }

  std::string text() const {
    std::string text;
    section(
        text, "inputs", [&](const Node& n) { return n.kind == NodeKind::Input; }, [&](NodeId id) { return step(id); });
    section(
        text, "reads", [&](const Node& n) { return n.kind == NodeKind::Read; }, [&](NodeId id) { return read(id); });
    for (Scope scope : {Scope::Constant, Scope::Request, Scope::Item})
      section(
          text, fmt::format("steps, {}", scopeWords(scope)),
          [&](const Node& n) { return n.scope == scope && (n.kind == NodeKind::Call || n.kind == NodeKind::Field); },
          [&](NodeId id) { return step(id); });
    text += "\nfeatures\n";
    for (size_t i = 0; i < graph_.outputs().size(); ++i) text += feature(i);
    return text;
  }

 private:
  // Which outputs need each node, in order.
  void findFeatures() {
    for (uint32_t i = 0; i < graph_.outputs().size(); ++i) {
      std::vector<NodeId> open{graph_.outputs()[i]};
      while (!open.empty()) {
        NodeId id = open.back();
        open.pop_back();
        std::vector<uint32_t>& features = featuresOf_[id];
        if (!features.empty() && features.back() == i) continue;
        features.push_back(i);
        for (NodeId arg : graph_.args(id)) open.push_back(arg);
      }
    }
  }

  template <class Wanted, class Write>
  void section(std::string& text, std::string_view title, Wanted wanted, Write write) const {
    bool empty = true;
    for (NodeId id = 0; id < graph_.size(); ++id) {
      if (!wanted(graph_.node(id)) || featuresOf_[id].empty()) continue;
      if (empty) text += fmt::format("\n{}\n", title);
      empty = false;
      text += write(id);
    }
  }

  // `  # 3 features: category, age_x_category, city_x_hour_x_cat`
  std::string servedFeatures(NodeId id) const {
    const std::vector<uint32_t>& features = featuresOf_[id];
    std::string text = features.size() == 1 ? "  # " : fmt::format("  # {} features: ", features.size());
    for (size_t i = 0; i < features.size() && i < kNamesShown; ++i)
      text += (i == 0 ? "" : ", ") + graph_.info().outputs[features[i]].name;
    return features.size() > kNamesShown ? text + ", ..." : text;
  }

  // How another node's expression refers to this one.
  std::string name(NodeId id) const {
    switch (graph_.node(id).kind) {
      case NodeKind::Constant:
      case NodeKind::Input: return expression(id);
      case NodeKind::Read:
      case NodeKind::Field:
      case NodeKind::Call: break;
    }
    return fmt::format("%{}", id);
  }
  std::string expression(NodeId id) const {
    return expressionOf(graph_, id, [this](NodeId arg) { return name(arg); });
  }

  std::string step(NodeId id) const {
    std::string left = graph_.node(id).kind == NodeKind::Input ? "" : fmt::format("%{} = ", id);
    return fmt::format("  {}{} = {}{}\n", left, expression(id), toString(trace_.value(id)), servedFeatures(id));
  }

  std::string read(NodeId id) const {
    return fmt::format("  %{} = {}, {}, {}{}\n", id, expression(id), scopeWords(graph_.node(id).scope), answers(id),
                       servedFeatures(id));
  }

  // `key "user:42" found`, one for each element where the key is a list.
  std::string answers(NodeId id) const {
    const SourceInfo& source = graph_.info().sources[graph_.node(id).index];
    std::vector<Value> keys;
    size_t rows = 1;
    for (NodeId arg : graph_.args(id)) {
      keys.push_back(trace_.value(arg));
      if (keys.back().isList()) rows = keys.back().asList().size();
    }
    std::string text;
    for (size_t row = 0; row < rows; ++row) text += (row == 0 ? "" : ", ") + answer(source, keys, row);
    return text.empty() ? "no keys" : text;
  }

  std::string answer(const SourceInfo& source, const std::vector<Value>& keys, size_t row) const {
    std::string key;
    bool complete = KeyPattern(source).render(key, [&](uint32_t field, std::string& text) {
      const Value& value = keys[field].isList() ? keys[field].asList()[row] : keys[field];
      if (value.isBool()) return appendKeyPart(text, value.asBool());
      if (value.isInt()) return appendKeyPart(text, value.asInt());
      if (value.isFloat()) return appendKeyPart(text, value.asFloat());
      return value.isString() && appendKeyPart(text, Str::of(value.asString()));
    });
    if (!complete) return "no key: a key field is missing";
    return fmt::format("key {} {}", quote(key), status(source, key));
  }

  std::string status(const SourceInfo& source, const std::string& key) const {
    Store* store = stores_.find(source.name);
    if (store == nullptr) return "not asked: no store serves the source";
    // All fields: a store that is asked for none may answer without a look.
    std::vector<uint32_t> fields(source.fields.size());
    std::iota(fields.begin(), fields.end(), 0);
    FetchRequest request{&source, {&key, 1}, fields};
    std::promise<FetchResult> answer;
    store->fetch(request, [&](FetchResult result) { answer.set_value(std::move(result)); });
    std::vector<KeyStatus> statuses = answer.get_future().get().status;
    // Without a status the store as a whole failed.
    KeyStatus status = statuses.empty() ? KeyStatus::Failed : statuses[0];
    if (status == KeyStatus::Found) return "found";
    if (status == KeyStatus::Absent) return "absent";
    std::string why = storeProblem(*store);
    return (status == KeyStatus::Failed ? "failed" : "timed out") + (why.empty() ? "" : ": " + why);
  }

  std::string feature(size_t index) const {
    const OutputInfo& output = graph_.info().outputs[index];
    NodeId node = graph_.outputs()[index];
    std::string text = fmt::format("  {} {}{} = {} = {}, {}\n", outputKindName(output.kind), output.name,
                                   output.slot == 0 ? "" : fmt::format(", slot {}", output.slot), name(node),
                                   toString(trace_.value(node)), scopeWords(output.scope));
    // One line an id.
    std::string emitted = trace_.emitted(index, false);
    for (size_t begin = 0; begin <= emitted.size();) {
      size_t end = std::min(emitted.find('\n', begin), emitted.size());
      text += fmt::format("    {}\n", emitted.substr(begin, end - begin));
      begin = end + 1;
    }
    return text;
  }

  const Graph& graph_;
  const StoreBinding& stores_;
  RowTrace trace_;
  std::vector<std::vector<uint32_t>> featuresOf_;  // by node, output numbers ascending
};

}  // namespace

std::string explainSteps(const Graph& graph, const StoreBinding& stores, const ExplainedRow& row) {
  return row.title() + StepExplainer(graph, stores, row).text();
}

}  // namespace featc
