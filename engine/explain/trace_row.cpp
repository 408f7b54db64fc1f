// SPDX-License-Identifier: Apache-2.0
// Runs one row through the tracing interpreter.
#include "engine/explain/trace_row.h"

#include <fmt/core.h>

#include <stdexcept>

#include "data/result_writer.h"
#include "support/utf8.h"

namespace featc {
namespace {

// Ids that a short text shows of a longer list.
constexpr size_t kShortIds = 3;

std::string emittedIds(const OutputInfo& output, const ItemIds& ids, bool isShort) {
  if (ids.ids.empty()) return isShort ? "-" : "no id";
  std::string text;
  if (isShort && ids.ids.size() > kShortIds) text = fmt::format("{} ids: ", ids.ids.size());
  for (size_t i = 0; i < ids.ids.size(); ++i) {
    if (isShort && i == kShortIds) return text + ", ...";
    if (i > 0) text += isShort ? ", " : "\n";
    if (ids.ids[i] == 0)
      text += isShort ? "0" : "id 0 (a missing element)";
    else if (isShort)
      text += fmt::format("{}", payloadOf(ids.ids[i]));
    else
      text += fmt::format("id {} = slot {}, payload {}", ids.ids[i], output.slot, payloadOf(ids.ids[i]));
    if (ids.weights.empty()) continue;
    text += isShort ? ":" : ", weight ";
    appendFloat(text, ids.weights[i]);
  }
  return text;
}

// Of a row, or of an element of a sequence group.
std::string emittedAt(const OutputInfo& output, const OutputColumn& column, int64_t place, bool isShort) {
  if (output.kind != OutputKind::Dense) return emittedIds(output, idsAt(column, place), isShort);
  std::string text;
  for (float v : denseAt(column, place)) {
    if (!text.empty()) text += ", ";
    appendFloat(text, v);
  }
  return text;
}

}  // namespace

std::string ExplainedRow::title() const {
  return fmt::format("row {}: request {}, item {}, line {} of {}\n", origin.row, origin.request, origin.item,
                     origin.line, file);
}

RowTrace::RowTrace(const Graph& graph, const StoreBinding& stores, const ExplainedRow& row)
    : graph_(graph), item_(row.item), tracer_(makeTracer(graph, row.item)) {
  Extractor extractor(graph.info(), tracer_, stores);
  Scratch scratch(extractor);
  if (Error error = extractor.run(row.batch, scratch, result_)) throw std::runtime_error(error.message);
}

Value RowTrace::value(NodeId id) const {
  if (graph_.isConstant(id)) return graph_.constant(id);
  return tracer_->values()[id].value_or(Value::missing());
}

std::string RowTrace::emitted(size_t index, bool isShort) const {
  const OutputInfo& output = graph_.info().outputs[index];
  const OutputColumn& column = result_.output(index);
  if (column.perElement) return emittedElements(output, column, isShort);
  return emittedAt(output, column, result_.row(column, item_), isShort);
}

std::string RowTrace::emittedElements(const OutputInfo& output, const OutputColumn& column, bool isShort) const {
  ElementRange elements = elementsOf(result_, column, item_);
  if (elements.begin == elements.end) return isShort ? "-" : "no element";
  std::string text;
  for (int64_t element = elements.begin; element < elements.end; ++element) {
    int64_t number = element - elements.begin;
    if (isShort && number == int64_t{kShortIds}) return text + "; ...";
    if (number > 0) text += isShort ? "; " : "\n";
    if (!isShort) text += fmt::format("element {}: ", number);
    std::string emitted = emittedAt(output, column, element, isShort);
    // The ids of one element stay on its line.
    for (size_t end = emitted.find('\n'); end != std::string::npos; end = emitted.find('\n', end))
      emitted.replace(end, 1, "; ");
    text += emitted;
  }
  return text;
}

std::string shortened(std::string text, size_t width) {
  if (text.size() <= width) return text;
  return std::string(utf8Prefix(text, width - 3)) + "...";
}

}  // namespace featc
