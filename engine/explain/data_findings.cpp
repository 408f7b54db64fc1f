// SPDX-License-Identifier: Apache-2.0
// Looks for the first value on a feature's way that is missing though what it is made of is there.
#include "engine/explain/data_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <stdexcept>

#include "engine/explain/expression.h"
#include "engine/explain/prune.h"
#include "engine/explain/trace_row.h"
#include "ir/trace.h"
#include "ops/oddity.h"

namespace featc {
namespace {

// Items that are looked at, more only of one request; and values, of all nodes together, and elements of one list.
constexpr int64_t kMostItems = 512;
constexpr size_t kMostValues = 400'000;
constexpr size_t kMostElements = 64;
// An oddity of some rows is told from this share on: a broken time among many is not a slip.
constexpr uint64_t kOneOf = 100;
constexpr size_t kNamesShown = 4;
constexpr size_t kExpressionBytes = 80;
constexpr size_t kNodesShown = 64;
constexpr size_t kConstantBytes = 24;
constexpr size_t kExampleBytes = 48;

// How many rows are passed over for a value of a row: lists and maps cost as much as their elements.
size_t rowsFor(const Value& value) {
  constexpr size_t kElementsOfARow = 16;
  return (value.isList() ? value.asList().size() : value.isMap() ? value.asMap().size() : 0) / kElementsOfARow;
}

// Whether there is anything in it: a list of missing values holds nothing, nor does an empty one.
bool holds(const Value& value) {
  if (value.isList()) return std::ranges::any_of(value.asList(), holds);
  return value.isMap() ? !value.asMap().empty() : !value.isMissing();
}

// What was seen of a node.
struct Seen {
  struct Odd {
    uint64_t calls = 0;
    bool ofEveryRow = true;
    std::string example;
  };
  uint64_t rows = 0;
  uint64_t holding = 0;
  std::string heldBack;  // the arguments of the first row that has all of them and no value
  uint64_t calls = 0;    // of the operator, with all arguments there
  std::map<std::string_view, Odd> odd;
};

std::string exampleOf(std::span<const NodeId> ids, std::span<const Value> values, const Graph& graph) {
  std::string text;
  for (size_t i = 0; i < values.size(); ++i)
    if (!graph.isConstant(ids[i])) text += (text.empty() ? "" : ", ") + toString(values[i]);
  return shortened(std::move(text), kExampleBytes);
}

// `visit(arguments, result)` for each element that the operator saw, of the arguments in `first`, then in `second`.
template <class Visit>
void eachCall(const std::vector<Value>& args, const Value& result, uint64_t first, uint64_t second,
              const Visit& visit) {
  if (first == 0 && second == 0) return visit(args, result);
  if (first == 0) return eachCall(args, result, second, 0, visit);
  size_t size = 0;
  for (size_t i = 0; i < args.size(); ++i)
    if ((first >> i & 1U) != 0 && args[i].isList()) size = std::max(size, args[i].asList().size());
  auto isMapped = [&](size_t i) { return (first >> i & 1U) != 0 && args[i].isList(); };
  std::vector<Value> element(args.size());
  for (size_t i = 0; i < args.size(); ++i)
    if (!isMapped(i)) element[i] = args[i];
  for (size_t k = 0; k < std::min(size, kMostElements); ++k) {
    for (size_t i = 0; i < args.size(); ++i)
      if (isMapped(i)) element[i] = k < args[i].asList().size() ? args[i].asList()[k] : Value();
    bool has = result.isList() && k < result.asList().size();
    eachCall(element, has ? result.asList()[k] : Value(), second, 0, visit);
  }
}

class Findings {
 public:
  Findings(const Graph& graph, const RunTotals& totals, uint64_t rows)
      : graph_(graph), totals_(totals), rows_(rows), seen_(graph.size()) {}

  void look(const StoreBinding& stores, const Batch& piece) {
    Batch sample = piece;
    sample.requests = 1;
    while (sample.requests < piece.requests && piece.itemOffsets[sample.requests + 1] <= kMostItems) ++sample.requests;
    sample.items = piece.itemOffsets[sample.requests];
    std::vector<ColumnData> columns(piece.columns.begin(), piece.columns.end());
    for (size_t i = 0; i < columns.size(); ++i)
      if (!columns[i].absent)
        columns[i].length = graph_.info().inputs[i].scope == Scope::Item ? sample.items : sample.requests;
    sample.columns = columns;
    for (const ColumnData& column : columns) absent_.push_back(column.absent);
    stride_ = static_cast<uint32_t>(1 + graph_.size() * static_cast<size_t>(sample.items) / kMostValues);
    whole_ = stride_ == 1 && static_cast<uint64_t>(sample.items) == rows_;
    Extractor extractor(graph_.info(), makeShowingInterpreter(graph_, [this](const ShownNode& n) { show(n); }), stores);
    Scratch scratch(extractor);
    Result result;
    if (Error error = extractor.run(sample, scratch, result)) throw std::runtime_error(error.message);
  }

  // `missing`: outputs that no row of the run has a value of.
  std::vector<std::string> lines(const std::vector<bool>& missing, bool ofFields) {
    // One line a reason: what is missing early is missing in many features.
    std::map<NodeId, std::vector<size_t>> byCause;
    for (size_t i = 0; i < missing.size(); ++i)
      if (missing[i] && isMissing(graph_.outputs()[i])) byCause[causeOf(graph_.outputs()[i])].push_back(i);
    std::vector<std::string> lines;
    for (const auto& [cause, outputs] : byCause) {
      if (!ofFields && graph_.node(cause).kind != NodeKind::Call) continue;
      if (hasNoColumn(cause)) continue;
      lines.push_back(fmt::format("{}: missing in {}: {}", namesOf(outputs),
                                  rows_ == 1 ? "the only row" : fmt::format("all {} rows", rows_), reason(cause)));
    }
    // Of features that are told of already nothing more is said.
    std::vector<bool> told(missing.size());
    for (const auto& [cause, outputs] : byCause)
      for (size_t i : outputs) told[i] = true;
    for (NodeId id = 0; id < graph_.size(); ++id)
      for (const auto& [text, odd] : seen_[id].odd) addOdd(id, text, odd, told, lines);
    return lines;
  }

 private:
  // -- Looking --------------------------------------------------------------------------------------

  void show(const ShownNode& node) {
    Seen& seen = seen_[node.id];
    const auto* odd = dynamic_cast<const OddState*>(node.state);
    const Node& call = graph_.node(node.id);
    const OddFn oddFn = call.kind == NodeKind::Call ? call.op->reportIfOdd : nullptr;
    const bool mayBeOdd = odd != nullptr || oddFn != nullptr;
    std::vector<Value> args(node.args.size());
    for (size_t i = 0; i < args.size(); ++i)
      if (graph_.isConstant(node.args[i])) args[i] = graph_.constant(node.args[i]);
    size_t step = 0;
    for (size_t at = 0; at < node.rows; at += step) {
      const auto row = static_cast<uint32_t>(at);
      Value value = loadCell(node.values, graph_.node(node.id).type, row);
      step = stride_ * (1 + rowsFor(value));
      whole_ = whole_ && step == 1;
      bool has = holds(value);
      ++seen.rows;
      seen.holding += has ? 1 : 0;
      if (!mayBeOdd && (has || !seen.heldBack.empty())) continue;
      bool complete = true;
      for (size_t i = 0; i < args.size(); ++i) {
        if (graph_.isConstant(node.args[i])) continue;
        args[i] = loadCell(node.argValues[i], graph_.node(node.args[i]).type, row);
        step += stride_ * rowsFor(args[i]);
        whole_ = whole_ && step == 1;
        complete = complete && holds(args[i]);
      }
      if (complete && !has && seen.heldBack.empty()) seen.heldBack = exampleOf(node.args, args, graph_);
      if (!mayBeOdd) continue;
      eachCall(args, value, node.mapMask, node.liftMask, [&](const std::vector<Value>& given, const Value& result) {
        countOddity([&] { return oddFn != nullptr ? oddFn(given, result) : odd->oddity(given, result); }, node, given,
                    seen);
      });
    }
  }

  template <class OddityOf>
  void countOddity(const OddityOf& oddityOf, const ShownNode& node, const std::vector<Value>& args, Seen& seen) const {
    for (size_t i = 0; i < args.size(); ++i)
      if (args[i].isMissing() && !graph_.isConstant(node.args[i])) return;
    ++seen.calls;
    Oddity found = oddityOf();
    if (found.text.empty()) return;
    Seen::Odd& odd = seen.odd[found.text];
    if (odd.calls++ == 0) odd.example = exampleOf(node.args, args, graph_);
    odd.ofEveryRow = odd.ofEveryRow && found.ofEveryRow;
  }

  // -- Reasons --------------------------------------------------------------------------------------

  bool isMissing(NodeId id) const {
    if (graph_.isConstant(id)) return !holds(graph_.constant(id));
    return seen_[id].rows > 0 && seen_[id].holding == 0;
  }

  // Whoever binds columns tells of those that are not there.
  bool hasNoColumn(NodeId id) const {
    return graph_.node(id).kind == NodeKind::Input && absent_[graph_.node(id).index];
  }

  // The first node on the way that is missing though nothing that it is made of is.
  NodeId causeOf(NodeId id) const {
    std::span<const NodeId> args = graph_.args(id);
    // A read has no value of its own: its keys have.
    if (graph_.node(id).kind == NodeKind::Field) args = graph_.args(args[0]);
    for (NodeId arg : args)
      if (!graph_.isConstant(arg) && isMissing(arg)) return causeOf(arg);
    return id;
  }

  std::string reason(NodeId id) const {
    const Node& node = graph_.node(id);
    const ProgramInfo& info = graph_.info();
    const Seen& seen = seen_[id];
    switch (node.kind) {
      case NodeKind::Constant: return "a constant without a value";
      case NodeKind::Input:
        return fmt::format("the field {} is {}", info.inputs[node.index].qualified(),
                           node.type.isScalar() ? "never there" : "always empty or missing");
      case NodeKind::Field: {
        uint32_t source = graph_.node(graph_.args(id)[0]).index;
        const ReadCounts& reads = totals_.reads[source];
        if (reads.found == 0)
          return fmt::format("none of {} keys of source {} was found", reads.keys, info.sources[source].name);
        return fmt::format("no row of source {} that was found has the field {}", info.sources[source].name,
                           info.sources[source].fields[node.index].name);
      }
      case NodeKind::Read:
      case NodeKind::Call: break;
    }
    if (seen.heldBack.empty()) return fmt::format("the arguments of {} are never present together", expression(id));
    std::string text = fmt::format("{} has no value for {}", expression(id), seen.heldBack);
    for (const auto& [what, odd] : seen.odd)
      if (odd.calls == seen.calls || !odd.ofEveryRow) return fmt::format("{}; it {}", text, what);
    // What an argument is made of may be why: the last such call.
    for (NodeId arg = id; arg-- > 0;)
      for (const auto& [what, odd] : seen_[arg].odd)
        if (odd.calls == seen_[arg].calls && needing(arg)[id])
          return fmt::format("{}; {} {}", text, expression(arg), what);
    return text;
  }

  void addOdd(NodeId id, std::string_view text, const Seen::Odd& odd, const std::vector<bool>& told,
              std::vector<std::string>& lines) const {
    uint64_t calls = seen_[id].calls;
    if (odd.ofEveryRow ? odd.calls < calls : odd.calls * kOneOf < calls) return;
    std::vector<bool> needs = needing(id);
    std::vector<size_t> outputs;
    for (size_t i = 0; i < graph_.outputs().size(); ++i)
      if (!told[i] && needs[graph_.outputs()[i]]) outputs.push_back(i);
    if (outputs.empty()) return;
    lines.push_back(fmt::format("{}: {} {}: {} of {} values{}, such as {}", namesOf(outputs), expression(id), text,
                                odd.calls, calls, whole_ ? "" : " looked at", odd.example));
  }

  // By node: whether `wanted` is on its way. Arguments have smaller numbers.
  std::vector<bool> needing(NodeId wanted) const {
    std::vector<bool> all(graph_.size());
    all[wanted] = true;
    for (NodeId id = wanted + 1; id < graph_.size(); ++id)
      all[id] = std::ranges::any_of(graph_.args(id), [&](NodeId arg) { return all[arg]; });
    return all;
  }

  std::string namesOf(const std::vector<size_t>& outputs) const {
    std::string text;
    for (size_t i = 0; i < std::min(outputs.size(), kNamesShown); ++i)
      text += (i == 0 ? "" : ", ") + graph_.info().outputs[outputs[i]].name;
    if (outputs.size() > kNamesShown) text += fmt::format(" and {} more", outputs.size() - kNamesShown);
    return text;
  }

  std::string expression(NodeId id) const {
    size_t left = kNodesShown;
    return written(id, left);
  }
  // Up to `left` more nodes: a shared one may stand in very many places.
  std::string written(NodeId id, size_t& left) const {
    if (left == 0) return "...";
    --left;
    std::string text = expressionOf(graph_, id, [&](NodeId arg) { return written(arg, left); });
    return shortened(std::move(text), graph_.isConstant(id) ? kConstantBytes : kExpressionBytes);
  }

  const Graph& graph_;
  const RunTotals& totals_;
  uint64_t rows_;
  uint32_t stride_ = 1;
  std::vector<bool> absent_;  // by input: it has no column
  bool whole_ = false;        // every row of the run is looked at
  std::vector<Seen> seen_;
};

// By node: whether a call below it, or it itself, may be odd.
std::vector<bool> watched(const Graph& graph) {
  std::vector<bool> all(graph.size());
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph.node(id);
    all[id] = node.kind == NodeKind::Call && (node.op->prepare != nullptr || node.op->reportIfOdd != nullptr) &&
              node.scope != Scope::Constant;
    for (NodeId arg : graph.args(id)) all[id] = all[id] || all[arg];
  }
  return all;
}

}  // namespace

std::vector<std::string> dataFindings(const Graph& graph, const StoreBinding& stores, const Batch& sample,
                                      const RunTotals& totals, uint64_t rows, bool ofFields) {
  std::vector<bool> watch = watched(graph);
  std::vector<size_t> outputs;
  std::vector<bool> missing;
  for (size_t i = 0; i < graph.outputs().size(); ++i) {
    if (totals.valued[i] != 0 && !watch[graph.outputs()[i]]) continue;
    outputs.push_back(i);
    missing.push_back(totals.valued[i] == 0);
  }
  if (outputs.empty() || sample.items == 0) return {};
  Graph pruned = onlyOutputs(graph, outputs);
  Findings findings(pruned, totals, rows);
  try {
    findings.look(stores, sample);
  } catch (const std::exception& e) {
    // What was computed stays good.
    return {fmt::format("the data could not be looked at once more: {}", e.what())};
  }
  return findings.lines(missing, ofFields);
}

}  // namespace featc
