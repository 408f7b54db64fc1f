// SPDX-License-Identifier: Apache-2.0
// Writes tensor sequences: header, row offsets and status, a record a tensor, names, data.
#include "data/formats/tensor_sequence.h"

#include <fmt/format.h>
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "featc/tensor_sequence.h"

namespace featc {
namespace {

static_assert(std::endian::native == std::endian::little, "tensor sequences are little-endian");

template <class T>
void put(char* record, size_t at, T value) {
  std::memcpy(record + at, &value, sizeof value);
}

void pad(std::string& out) { out.append(featc_ts_padded(out.size()) - out.size(), '\0'); }

template <class T>
void appendArray(std::string& out, std::span<const T> values) {
  out.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  pad(out);
}

// What a tensor has a row of, without the numbers of the result at hand.
std::string recordOf(const OutputInfo& output, std::string& names) {
  std::string record(FEATC_TS_RECORD_BYTES, '\0');
  put(record.data(), 0, static_cast<uint32_t>(names.size()));
  put(record.data(), 4, static_cast<uint32_t>(output.name.size()));
  names += output.name;
  put(record.data(), 8, static_cast<uint32_t>(names.size()));
  put(record.data(), 12, static_cast<uint32_t>(output.group.size()));
  names += output.group;
  put(record.data(), 16, output.slot);
  bool dense = output.kind == OutputKind::Dense;
  uint8_t kind = dense ? FEATC_TS_DENSE : output.kind == OutputKind::Sparse ? FEATC_TS_SPARSE : FEATC_TS_SEQUENCE;
  record[20] = static_cast<char>(kind);
  record[21] = static_cast<char>(output.scope != Scope::Item);
  record[22] = static_cast<char>(dense ? FEATC_TS_FLOATS : FEATC_TS_IDS);
  record[23] = static_cast<char>(output.padLeft ? FEATC_TS_PAD_LEFT : 0);
  put(record.data(), 28, output.length);
  return record;
}

// The sizes and places of one result's tensors.
class Layout {
 public:
  explicit Layout(uint64_t bytes) : bytes_(bytes) {}
  uint64_t take(uint64_t count, uint64_t bytes) {
    uint64_t at = bytes_;
    bytes_ += featc_ts_padded(count * bytes);
    return at;
  }
  uint64_t bytes() const { return bytes_; }

 private:
  uint64_t bytes_;
};

size_t rowsOf(const OutputColumn& column) { return static_cast<size_t>(column.rows); }

size_t cellsOf(const OutputColumn& column) {
  return column.perElement ? static_cast<size_t>(column.elementOffsets[rowsOf(column)]) : rowsOf(column);
}

size_t valuesOf(const OutputColumn& column) {
  if (column.ragged) return static_cast<size_t>(column.offsets[cellsOf(column)]);
  return cellsOf(column) * (column.width > 0 ? column.width : 1);
}

void appendOffsets(std::string& out, std::span<const int64_t> offsets) {
  size_t at = out.size();
  out.resize(at + offsets.size() * sizeof(int32_t));
  char* to = out.data() + at;
  for (size_t i = 0; i < offsets.size(); ++i, to += sizeof(int32_t)) put(to, 0, static_cast<int32_t>(offsets[i]));
  pad(out);
}

void appendData(std::string& out, const OutputColumn& column) {
  size_t cells = cellsOf(column);
  size_t values = valuesOf(column);
  if (column.perElement) appendOffsets(out, column.elementOffsets.first(rowsOf(column) + 1));
  if (column.ragged) appendOffsets(out, column.offsets.first(cells + 1));
  if (column.width > 0)
    appendArray(out, column.dense.first(values));
  else
    appendArray(out, column.ids.first(values));
  if (column.weighted) appendArray(out, column.weights.first(values));
}

uint64_t dataBytes(const OutputColumn& column) {
  Layout layout(0);
  if (column.perElement) layout.take(rowsOf(column) + 1, sizeof(int32_t));
  if (column.ragged) layout.take(cellsOf(column) + 1, sizeof(int32_t));
  layout.take(valuesOf(column), column.width > 0 ? sizeof(float) : sizeof(uint64_t));
  if (column.weighted) layout.take(valuesOf(column), sizeof(float));
  return layout.bytes();
}

// Fills in the sum, once all other bytes are there.
void seal(char* buffer, size_t bytes) { put(buffer, 24, static_cast<uint64_t>(XXH64(buffer + 32, bytes - 32, 0))); }

}  // namespace

TensorSequenceEncoder::TensorSequenceEncoder(const ProgramInfo& info)
    : fingerprint_(info.fingerprint), semantics_(info.semantics), names_(info.model) {
  for (const OutputInfo& output : info.outputs) records_.push_back(recordOf(output, names_));
  if (names_.size() > std::numeric_limits<uint32_t>::max()) throw std::length_error("4 GiB of names");
  modelBytes_ = static_cast<uint32_t>(info.model.size());
  namesBytes_ = static_cast<uint32_t>(names_.size());
  pad(names_);
}

void TensorSequenceEncoder::encode(const Result& result, std::string& out, std::span<const InputRow> rows) const {
  auto items = static_cast<size_t>(result.items());
  auto requests = static_cast<size_t>(result.requests());
  Layout layout(0);
  layout.take(requests + 1, sizeof(int64_t));
  layout.take(items, 1);
  if (!rows.empty()) layout.take(items, 3 * sizeof(uint64_t));
  layout.take(records_.size(), FEATC_TS_RECORD_BYTES);
  layout.take(names_.size(), 1);
  uint64_t dataAt = layout.bytes();
  uint64_t body = dataAt;
  for (size_t i = 0; i < records_.size(); ++i) {
    const OutputColumn& column = result.output(i);
    if (std::max(valuesOf(column), cellsOf(column)) >= std::numeric_limits<int32_t>::max())
      throw std::length_error("a tensor sequence holds fewer than 2^31 values per output: make smaller batches");
    body += dataBytes(column);
  }

  size_t begin = out.size();
  size_t padding = featc_ts_padded(begin) - begin;
  if (padding != 0) throw std::length_error("a tensor sequence must begin at a multiple of 8");
  out.reserve(begin + FEATC_TS_HEADER_BYTES + body);
  char header[FEATC_TS_HEADER_BYTES] = {};
  std::memcpy(header, FEATC_TS_MAGIC, 8);
  // Readers that know version 1 alone are told apart from those that know of padding only where it matters.
  bool padsLeft = std::ranges::any_of(records_, [](const std::string& record) { return record[23] != 0; });
  put(header, 8, padsLeft ? uint32_t{FEATC_TS_VERSION} : uint32_t{1});
  put(header, 12, rows.empty() ? uint32_t{0} : uint32_t{FEATC_TS_FLAG_POSITIONS});
  put(header, 16, body + FEATC_TS_HEADER_BYTES);
  put(header, 32, body);
  put(header, 40, body);
  put(header, 48, fingerprint_);
  put(header, 56, semantics_);
  put(header, 60, static_cast<uint32_t>(records_.size()));
  put(header, 64, static_cast<uint64_t>(requests));
  put(header, 72, static_cast<uint64_t>(items));
  uint64_t failed = 0;
  for (size_t i = 0; i < items; ++i) failed += result.status(static_cast<int64_t>(i)) != RowStatus::Ok ? 1 : 0;
  put(header, 80, failed);
  put(header, 88, modelBytes_);
  put(header, 92, namesBytes_);
  out.append(header, sizeof header);

  appendArray(out, result.itemOffsets());
  for (size_t i = 0; i < items; ++i) out += static_cast<char>(result.status(static_cast<int64_t>(i)));
  pad(out);
  if (!rows.empty())
    for (uint64_t InputRow::* number : {&InputRow::row, &InputRow::request, &InputRow::item})
      for (const InputRow& row : rows) out.append(reinterpret_cast<const char*>(&(row.*number)), sizeof(uint64_t));

  for (size_t i = 0; i < records_.size(); ++i) {
    const OutputColumn& column = result.output(i);
    char record[FEATC_TS_RECORD_BYTES];
    std::memcpy(record, records_[i].data(), sizeof record);
    record[23] = static_cast<char>(record[23] | (column.ragged ? FEATC_TS_PART_OFFSETS : 0) |
                                   (column.weighted ? FEATC_TS_PART_WEIGHTS : 0) |
                                   (column.perElement ? FEATC_TS_PART_ELEMENTS : 0));
    put(record, 24, column.ragged ? uint32_t{0} : std::max(column.width, uint32_t{1}));
    put(record, 32, static_cast<uint64_t>(cellsOf(column)));
    put(record, 40, static_cast<uint64_t>(valuesOf(column)));
    put(record, 48, dataAt);
    out.append(record, sizeof record);
    dataAt += dataBytes(column);
  }
  out += names_;
  for (size_t i = 0; i < records_.size(); ++i) appendData(out, result.output(i));
  seal(out.data() + begin, out.size() - begin);
}

// -- Compression ------------------------------------------------------------------------------------

struct TensorSequenceCompressor::Context {
  explicit Context(int l) : level(l) {
    if (zstd == nullptr) throw std::bad_alloc();
  }
  ~Context() { ZSTD_freeCCtx(zstd); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  ZSTD_CCtx* const zstd = ZSTD_createCCtx();
  const int level;
};

TensorSequenceCompressor::TensorSequenceCompressor(int level) : context_(std::make_unique<Context>(level)) {}
TensorSequenceCompressor::~TensorSequenceCompressor() = default;

void TensorSequenceCompressor::compress(std::string_view plain, std::string& out) {
  std::string_view body = plain.substr(FEATC_TS_HEADER_BYTES);
  size_t begin = out.size();
  out.append(plain.data(), FEATC_TS_HEADER_BYTES);
  size_t room = ZSTD_compressBound(body.size());
  out.resize(out.size() + room);
  char* at = out.data() + begin;
  size_t stored =
      ZSTD_compressCCtx(context_->zstd, at + FEATC_TS_HEADER_BYTES, room, body.data(), body.size(), context_->level);
  if (ZSTD_isError(stored) != 0) throw std::runtime_error(fmt::format("zstd failed: {}", ZSTD_getErrorName(stored)));
  out.resize(begin + FEATC_TS_HEADER_BYTES + stored);
  out.append(featc_ts_padded(stored) - stored, '\0');
  at = out.data() + begin;
  put(at, 12, featc_ts_u32(at + 12) | uint32_t{FEATC_TS_FLAG_ZSTD});
  put(at, 16, static_cast<uint64_t>(out.size() - begin));
  put(at, 40, static_cast<uint64_t>(stored));
  seal(at, out.size() - begin);
}

}  // namespace featc
