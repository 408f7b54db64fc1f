// SPDX-License-Identifier: Apache-2.0
// What all calls of an extractor share: the program, its stores, and what follows from both.
#include "runtime/calls/call_program.h"

#include <algorithm>

namespace featc {

namespace {

bool isRaggedCell(Type type) { return !type.is(Kind::Bool) && !type.isNumber(); }

// Kept in a buffer that grows, not in one place a row.
bool isRaggedOutput(const OutputInfo& output) {
  return output.kind == OutputKind::Sequence || !output.group.empty() ||
         (output.kind == OutputKind::Sparse && (output.type.isList() || output.type.isWeighted()));
}

}  // namespace

CallProgram::CallProgram(ProgramInfo i, std::shared_ptr<const Executable> e, StoreBinding s, RunLimits l)
    : info(std::move(i)), executable(std::move(e)), stores(std::move(s)), limits(l) {
  const ProgramLayout& layout = executable->layout();
  reads = makeReadGroups(layout, info.sources, [this](const SourceInfo& source) { return stores.find(source.name); });
  for (size_t i = 0; i < info.inputs.size(); ++i) {
    if (info.inputs[i].structList.empty()) continue;
    structLists.push_back(structListOf(info.inputs, i));
    i = structLists.back().end() - 1;
  }
  for (uint32_t o = 0; o < info.outputs.size(); ++o) {
    isRagged.push_back(isRaggedOutput(info.outputs[o]));
    if (info.outputs[o].mayRound) rounded.push_back(o);
    const OutputInfo& output = info.outputs[o];
    size_t scope = output.scope == Scope::Item ? 1 : 0;
    if (isRagged.back()) {
      ragged.push_back(o);
      hasElementsOfSeveralIds = hasElementsOfSeveralIds || (!output.group.empty() && output.hasSeveralIds());
      rowBytes[scope] += sizeof(int64_t);
      continue;
    }
    bool isDense = output.kind == OutputKind::Dense;
    fixedBytes[scope] += isDense ? sizeof(float) * output.width : sizeof(uint64_t);
    fixedIds[scope] += isDense ? 0 : 1;
  }
  kept_.resize(layout.phases);
  std::vector<bool> byEngine(layout.columns.size(), true);
  std::fill_n(byEngine.begin(), info.inputs.size(), false);
  for (const ReadStep& step : layout.reads)
    for (const FieldRead& field : step.fields) byEngine[field.column] = false;
  for (uint32_t c = 0; c < layout.columns.size(); ++c) {
    const CallColumn& column = layout.columns[c];
    if (byEngine[c] && column.phase < layout.phases && isRaggedCell(column.type))
      kept_[column.phase][column.scope == Scope::Item ? 1 : 0].push_back(c);
  }
}

}  // namespace featc
