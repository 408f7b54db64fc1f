// SPDX-License-Identifier: Apache-2.0
// Fuzzes reading Arrow arrays: shapes of all kinds over memory that is really there, lengths and offsets as they
// come. What is read is bound as a call binds it, and computed through the C interface.
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <filesystem>
#include <string>

#include "data/arrow/arrow_batch.h"
#include "data/arrow/arrow_builder.h"
#include "featc/config.h"
#include "require.h"
#include "runtime/bind.h"

namespace featc {
namespace {

class Bytes {
 public:
  Bytes(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  uint8_t next() { return at_ < size_ ? data_[at_++] : 0; }
  // Mostly small.
  int64_t number() {
    const uint8_t byte = next();
    if (byte < 252) return byte % 12;
    constexpr int64_t kOdd[] = {-1, INT64_MAX, INT64_MIN, -9};
    return kOdd[byte - 252];
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

constexpr int64_t kMemory = 64;  // rows that every buffer has room for
constexpr int kMaxDepth = 4;

// Makes one array with its schema; what they point to lives in `memory`.
class Shapes {
 public:
  Shapes(Bytes& bytes, std::deque<std::vector<uint64_t>>& memory) : bytes_(bytes), memory_(memory) {}

  void make(const char* format, const std::string& name, int depth, ArrowSchema* schema, ArrowArray* array) {
    const std::string text = format;
    const bool isNested = text[0] == '+';
    int64_t children = isNested ? 1 : 0;
    if (text == "+s") children = bytes_.next() % 3;
    makeArrowSchema(schema, format, name, children);
    const bool isList = text == "+l" || text == "+L" || text == "+m";
    const bool isText = text == "u" || text == "U" || text == "z" || text == "Z";
    const bool isView = text == "vu";
    const bool isWide = text == "U" || text == "Z" || text == "+L";
    const void* validity = bytes_.next() % 3 == 0 ? buffer(false, false) : nullptr;
    if (text == "n")
      makeArrowArray(array, 0, 0, {}, nullptr);
    else if (isText)
      makeArrowArray(array, 0, 0, {validity, offsets(isWide, true), buffer(false, false)}, nullptr);
    else if (isView)
      makeArrowArray(array, 0, 0, {validity, views(), buffer(false, false), sizes()}, nullptr);
    else if (isList)
      makeArrowArray(array, 0, 0, {validity, offsets(isWide, false)}, nullptr, children);
    else if (isNested)
      makeArrowArray(array, 0, 0, {validity}, nullptr, children);
    else
      makeArrowArray(array, 0, 0, {validity, buffer(true, true)}, nullptr);
    array->length = length();
    array->offset = bytes_.next() % 4 == 0 ? length() : 0;
    array->null_count = bytes_.next() % 3 - 1;
    for (int64_t i = 0; i < children; ++i) {
      const bool isEntries = text == "+m";
      make(depth < kMaxDepth ? (isEntries ? "+s" : anyFormat()) : "l", i == 0 ? "key" : "value", depth + 1,
           schema->children[i], array->children[i]);
    }
    if (bytes_.next() % 40 == 0) array->n_children = bytes_.next() % 2 == 0 ? 0 : array->n_children;
    if (bytes_.next() % 40 == 0 && array->n_buffers > 0) --array->n_buffers;
    if (bytes_.next() % 40 == 0 && array->n_buffers > 1) array->buffers[1] = nullptr;
  }

  const char* anyFormat() {
    constexpr const char* kFormats[] = {
        "l",    "l", "g",    "u",   "u",   "+l",   "+l",      "+m",   "+s",      "b",     "c",   "C",   "s",
        "S",    "i", "I",    "L",   "e",   "f",    "U",       "z",    "Z",       "vu",    "w:3", "w:0", "+L",
        "+w:2", "n", "+w:0", "tdD", "tdm", "tsm:", "tsn:UTC", "tss:", "+us:0,1", "d:3,2", "+vl", "?"};
    return kFormats[bytes_.next() % std::size(kFormats)];
  }

 private:
  // Rows beyond the memory must not be read, so a length stays within it or is absurd.
  int64_t length() { return bytes_.number(); }
  const void* buffer(bool varied, bool mayBeNull) {
    if (mayBeNull && bytes_.next() % 32 == 0) return nullptr;
    std::vector<uint64_t>& made = memory_.emplace_back(kMemory * 4);
    for (uint64_t& word : made) word = varied ? uint64_t{bytes_.next()} << (bytes_.next() % 60) : 0x55AA33CC0FF0A5A5;
    return made.data();
  }
  // Of a text they stay within its bytes, which Arrow does not tell the length of.
  const void* offsets(bool isWide, bool ofText) {
    std::vector<uint64_t>& made = memory_.emplace_back(kMemory);
    int64_t at = 0;
    for (size_t i = 0; i < 32; ++i) {
      const uint8_t step = bytes_.next();
      at += step < 200 ? step % 4 : static_cast<int8_t>(step);
      if (ofText) at = std::clamp<int64_t>(at, -4, kMemory * 8);
      if (isWide)
        made[i] = static_cast<uint64_t>(at);
      else
        reinterpret_cast<int32_t*>(made.data())[i] = static_cast<int32_t>(at);
    }
    return made.data();
  }
  const void* views() {
    std::vector<uint64_t>& made = memory_.emplace_back(kMemory * 2);
    auto* words = reinterpret_cast<int32_t*>(made.data());
    for (size_t i = 0; i < 32; ++i) {
      words[i * 4] = static_cast<int32_t>(bytes_.number());
      words[i * 4 + 2] = static_cast<int32_t>(bytes_.number());
      words[i * 4 + 3] = static_cast<int32_t>(bytes_.number());
    }
    return made.data();
  }
  const void* sizes() { return memory_.emplace_back(1, kMemory * 8).data(); }

  Bytes& bytes_;
  std::deque<std::vector<uint64_t>>& memory_;
};

ProgramInfo fields() {
  ProgramInfo info;
  auto add = [&](const char* name, const char* type) { info.inputs.push_back({Scope::Item, name, *parseType(type)}); };
  add("a", "int64?");
  add("b", "bool?");
  add("c", "float64");
  add("d", "string?");
  add("e", "list<int64>?");
  add("f", "list<string>?");
  add("g", "map<string, float64>?");
  add("h", "map<int64, string>?");
  add("t", "timestamp?");
  info.inputs.push_back({Scope::Request, "r", *parseType("list<float64>?")});
  return info;
}

void bindAll(const ProgramInfo& info, const Batch& batch) {
  Arena arena{SIZE_MAX};
  for (size_t i = 0; i < info.inputs.size(); ++i) {
    const int64_t rows = info.inputs[i].scope == Scope::Item ? batch.items : batch.requests;
    std::vector<RowStatus> status(static_cast<size_t>(roundUpToGroup(rows)), RowStatus::Ok);
    Binder binder(arena);
    ColumnRef column;
    if (!binder.bind(info.inputs[i], batch.columns[i], rows, status.data(), column)) return;
  }
}

// A record batch of any shape.
struct Rows {
  explicit Rows(Bytes bytes);

  std::deque<std::vector<uint64_t>> memory;
  // The dictionary of a column, where one is wanted, is owned here.
  ArrowOwner<ArrowSchema> dictionarySchema;
  ArrowOwner<ArrowArray> dictionary;
  ArrowOwner<ArrowSchema> schema;
  ArrowOwner<ArrowArray> array;
};

Rows::Rows(Bytes bytes) {
  Shapes shapes(bytes, memory);
  constexpr const char* kNames[] = {"a", "b", "c", "d", "e", "f", "g", "h", "t", "r", "items"};
  constexpr int64_t kColumns = std::size(kNames);
  makeArrowSchema(schema.get(), "+s", "", kColumns);
  makeArrowArray(array.get(), bytes.next() % 12, 0, {nullptr}, nullptr, kColumns);
  array->offset = bytes.next() % 8 == 0 ? 3 : 0;
  for (int64_t i = 0; i < kColumns; ++i) {
    // A format that fits, or any.
    constexpr const char* kFitting[] = {"l", "b", "g", "u", "+l", "+l", "+m", "+m", "tsu:", "+l", "i"};
    shapes.make(bytes.next() % 4 != 0 ? kFitting[i] : shapes.anyFormat(), kNames[i], 0, schema->children[i],
                array->children[i]);
  }
  if (bytes.next() % 4 == 0) {
    shapes.make("u", "", 0, dictionarySchema.get(), dictionary.get());
    schema->children[3]->format = "c";
    schema->children[3]->dictionary = dictionarySchema.get();
    if (array->children[3]->n_buffers == 3) --array->children[3]->n_buffers;
    array->children[3]->dictionary = dictionary.get();
  }
}

void check(const Bytes& bytes) {
  static const ProgramInfo info = fields();
  Rows rows(bytes);
  const ArrowBinding binding(info, *rows.schema.get());
  if (!binding.error().empty()) return;
  const ArrowBatch batch(binding, std::move(rows.array));
  if (!batch.error().empty()) return;
  ArrowSlice slice;
  const int64_t half = batch.requests() / 2;
  bindAll(info, batch.slice(0, half, slice));
  bindAll(info, batch.slice(half, batch.requests() - half, slice));
}

featc_extractor* openFields() {
  constexpr const char* kConfig =
      "model m\nrequest { r : list<float64>? }\nitem { a : int64?\n b : bool?\n c : float64\n d : string?\n"
      "e : list<int64>?\n f : list<string>?\n g : map<string, float64>?\n h : map<int64, string>?\n t : timestamp? }\n"
      "sparse a slot 1 = a\nsparse e slot 2 = e\nsparse f slot 3 = f\nsparse g slot 4 = g\nsparse d slot 5 = d\n"
      "dense c = c\ndense b default 0 = float(b)\nsequence s slot 6 length 3 = e\n";
  std::string name = (std::filesystem::temp_directory_path() / "featc-arrow-fuzz-XXXXXX").string();
  const int file = mkstemp(name.data());
  require(file >= 0 && write(file, kConfig, std::strlen(kConfig)) >= 0);
  close(file);
  featc_open_options options{};
  options.size = sizeof options;
  options.engine = FEATC_ENGINE_INTERP;
  featc_extractor* extractor = nullptr;
  featc_open_config(name.c_str(), &options, &extractor, nullptr);
  std::filesystem::remove(name);
  require(extractor != nullptr);
  return extractor;
}

// The same through the C interface, and the features out of it.
void checkC(const Bytes& bytes, bool leaveOut) {
  static featc_extractor* const extractor = openFields();
  static featc_session* const session = featc_new_session(extractor);
  Rows rows(bytes);
  const bool isFine = featc_run_arrow(session, rows.schema.get(), rows.array.get()) == FEATC_FINE;
  require(rows.array.isReleased());
  featc_arrow_options options{};
  options.size = sizeof options;
  options.leave_out_failed = leaveOut ? 1 : 0;
  options.with_status = 1;
  ArrowOwner<ArrowArray> features;
  const bool isThere = featc_result_arrow(session, &options, features.get()) == FEATC_FINE;
  require(isThere == isFine);
  require(!isThere || leaveOut || features->length == featc_result_items(session));
}

}  // namespace
}  // namespace featc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  featc::check({data, size});
  featc::checkC({data, size}, size % 2 == 0);
  return 0;
}
