// SPDX-License-Identifier: Apache-2.0
// What a program's results are, in one number.
#include "tests/random/digest.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "data/result_writer.h"
#include "tests/random/rng.h"

namespace featc {
namespace {

void addPlace(Digester& digester, const OutputColumn& column, int64_t place) {
  if (column.width > 0) {
    for (float v : denseAt(column, place)) digester.add(std::bit_cast<uint32_t>(v));
    return;
  }
  ItemIds ids = idsAt(column, place);
  digester.add(ids.ids.size());
  for (uint64_t id : ids.ids) digester.add(id);
  for (float weight : ids.weights) digester.add(std::bit_cast<uint32_t>(weight));
}

// `ragged` says how a column lies in memory, which is not part of the result.
void addRow(Digester& digester, const OutputColumn& column, int64_t row) {
  digester.add(column.width << 1U | (column.weighted ? 1U : 0U));
  auto at = static_cast<size_t>(row);
  int64_t begin = column.perElement ? column.elementOffsets[at] : row;
  int64_t end = column.perElement ? column.elementOffsets[at + 1] : row + 1;
  digester.add(static_cast<uint64_t>(end - begin));
  for (int64_t place = begin; place < end; ++place) addPlace(digester, column, place);
}

void addValue(Digester& digester, const Value& value) {
  if (value.isMissing()) return digester.add(1);
  if (value.isBool()) return digester.add(value.asBool() ? 3 : 2);
  if (value.isInt()) return digester.add(static_cast<uint64_t>(value.asInt()));
  if (value.isFloat()) return digester.add(std::bit_cast<uint64_t>(value.asFloat()));
  if (value.isString()) return digester.add(std::string_view(value.asString()));
  digester.add(value.asList().size());
  for (const Value& element : value.asList()) addValue(digester, element);
}

}  // namespace

void Digester::add(uint64_t word) { state_ = Rng(state_ ^ word).next(); }

void Digester::add(std::string_view bytes) {
  add(bytes.size());
  for (size_t at = 0; at < bytes.size(); at += sizeof(uint64_t)) {
    uint64_t word = 0;
    size_t end = std::min(bytes.size(), at + sizeof word);
    for (size_t i = at; i < end; ++i) word |= uint64_t{static_cast<unsigned char>(bytes[i])} << 8 * (i - at);
    add(word);
  }
}

uint64_t digestOf(const Result& result) {
  Digester digester;
  digester.add(static_cast<uint64_t>(result.items()));
  for (int64_t item = 0; item < result.items(); ++item) {
    digester.add(static_cast<uint64_t>(result.status(item)));
    if (result.status(item) != RowStatus::Ok) continue;
    for (size_t o = 0; o < result.outputCount(); ++o)
      addRow(digester, result.output(o), result.row(result.output(o), item));
  }
  return digester.value();
}

uint64_t digestOfCounts(const Result& result) {
  Digester digester;
  for (size_t o = 0; o < result.outputCount(); ++o) {
    const OutputCounts& counts = result.counts(o);
    for (uint64_t count :
         {counts.lostBits, counts.droppedWeights, counts.cutDense, counts.cutSequences, counts.largeDense})
      digester.add(count);
  }
  digester.add(result.events().unequalLengths);
  return digester.value();
}

uint64_t digestOf(const RandomProgram& program, const RandomData& data, uint64_t storeSeed) {
  Digester digester;
  digester.add(program.text());
  for (int64_t items : data.itemCounts) digester.add(static_cast<uint64_t>(items));
  for (const RandomData::Column& column : data.columns) {
    digester.add(column.field.name);
    digester.add(column.layout);
    for (const Value& value : column.rows) addValue(digester, value);
  }
  digester.add(storeSeed);
  return digester.value();
}

std::string ProgramDigest::text(uint64_t seed, uint64_t number) const {
  return fmt::format("{} {} {:016x} {} {:016x} {:016x} {:016x}\n", seed, number, program, items, interpreter, native,
                     counts);
}

}  // namespace featc
