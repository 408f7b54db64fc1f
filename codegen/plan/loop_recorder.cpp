// SPDX-License-Identifier: Apache-2.0
// Writes nodes and outputs of a graph as the code of one loop.
#include "codegen/plan/loop_recorder.h"

#include "runtime/calls/emit.h"

namespace featc {

uint32_t LoopRecorder::place(const Place& place, uint32_t id) {
  out_.code.places.push_back(place);
  out_.targets.push_back({id});
  return static_cast<uint32_t>(out_.targets.size() - 1);
}

uint32_t LoopRecorder::slotPlace(NodeId id) {
  auto [at, isNew] = slotPlaces_.try_emplace(id, 0);
  if (isNew) {
    const Node& node = graph_.node(id);
    PlaceKind kind = PlaceKind::Block;
    if (runScope(node) != scope_)
      kind = PlaceKind::Spread;
    else if (schedule_.columnOf[id] != kNoColumn)
      kind = PlaceKind::Call;
    at->second = place({kind, node.type.is(Kind::Bool), node.type.nullable(), 0}, id);
  }
  return at->second;
}

InlineTerm LoopRecorder::constantTerm(NodeId id) {
  const Value& v = context_.constant(id);
  Type type = graph_.node(id).type;
  InlineTerm term;
  switch (type.kind()) {
    case Kind::Bool: term.value = vector_.constBool(v.isBool() && v.asBool()); break;
    case Kind::Int64: term.value = vector_.constInt(v.isInt() ? v.asInt() : 0); break;
    default: term.value = vector_.constFloat(v.isFloat() ? v.asFloat() : 0); break;
  }
  if (type.nullable()) term.valid = vector_.constBool(!v.isMissing());
  return term;
}

InlineTerm LoopRecorder::termOf(NodeId id) {
  const Node& node = graph_.node(id);
  if (runScope(node) == Scope::Constant) return constantTerm(id);
  auto [at, isNew] = terms_.try_emplace(id);
  if (isNew) {
    uint32_t from = slotPlace(id);
    at->second.value = VectorRecorder::handle(vector_.append(loadOf(node.type), from));
    if (node.type.nullable()) at->second.valid = VectorRecorder::handle(vector_.append(VectorOp::LoadValid, from));
  }
  return at->second;
}

void LoopRecorder::addNode(NodeId id) {
  std::vector<InlineTerm> args;
  for (NodeId arg : valueArgs(graph_, id)) args.push_back(termOf(arg));
  vector_.setNode(context_.state(id), graph_.info().hashFamily);
  InlineTerm term = lowerInline(vector_, graph_, id, args.data());
  if (!graph_.node(id).type.nullable()) {
    term.valid = {};
  } else if (!term.valid) {
    term.valid = vector_.constBool(true);
  }
  terms_[id] = term;
}

void LoopRecorder::store(NodeId id) {
  InlineTerm term = terms_.at(id);
  uint32_t to = slotPlace(id);
  vector_.append(storeOf(graph_.node(id).type), to, VectorRecorder::position(term.value));
  if (term.valid) vector_.append(VectorOp::StoreValid, to, VectorRecorder::position(term.valid));
}

void LoopRecorder::emit(uint32_t index) {
  const OutputInfo& output = graph_.info().outputs[index];
  InlineTerm term = termOf(graph_.outputs()[index]);
  if (output.kind == OutputKind::Dense) {
    InlineValue fallback = vector_.constFloat(output.defaultValue);
    vector_.append(VectorOp::EmitDense, place({PlaceKind::Dense}, index), VectorRecorder::position(term.value),
                   VectorRecorder::positionOrNone(term.valid), VectorRecorder::position(fallback));
    return;
  }
  vector_.setNode(nullptr, graph_.info().hashFamily);
  uint32_t ids = place({PlaceKind::Ids}, index);
  vector_.append(VectorOp::EmitId, ids, VectorRecorder::position(inlineSparseId(vector_, term, output)));
  if (!output.countLostBits) return;
  vector_.append(VectorOp::CountLost, ids, VectorRecorder::position(inlineLosesBits(vector_, term)));
}

}  // namespace featc
