// SPDX-License-Identifier: Apache-2.0
// Takes Arrow arrays apart and converts what has another layout than a batch's columns.
#include "data/arrow/arrow_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace featc {
namespace {

bool isPresent(const uint8_t* validity, int64_t at) {
  return validity == nullptr || bitAt(validity, static_cast<uint64_t>(at));
}

const uint8_t* validityOf(const ArrowArray& array) {
  return array.null_count == 0 || array.n_buffers == 0 ? nullptr : static_cast<const uint8_t*>(array.buffers[0]);
}

// A caller's buffer need not be aligned.
template <class T>
T load(const void* buffer, int64_t at) {
  T value;
  std::memcpy(&value, static_cast<const char*>(buffer) + at * int64_t{sizeof(T)}, sizeof value);
  return value;
}

double halfToDouble(uint16_t half) {
  const unsigned exponent = half >> 10U & 31U;
  const double fraction = half & 1023U;
  double magnitude = 0;
  if (exponent == 31)
    magnitude = fraction == 0 ? HUGE_VAL : std::bit_cast<double>(uint64_t{0x7FF8000000000000});
  else
    magnitude =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, static_cast<int>(exponent) - 25);
  return (half & 0x8000U) != 0 ? -magnitude : magnitude;
}

// Calls `f` with each number of a buffer, as the C++ type that `kind` is, its position and itself.
template <class F>
void eachNumber(ArrowKind kind, const void* buffer, int64_t begin, int64_t count, F&& f) {
  auto run = [&]<class T>() {
    for (int64_t i = 0; i < count; ++i) f(i, load<T>(buffer, begin + i));
  };
  switch (kind) {
    case ArrowKind::Int8: return run.template operator()<int8_t>();
    case ArrowKind::Uint8: return run.template operator()<uint8_t>();
    case ArrowKind::Int16: return run.template operator()<int16_t>();
    case ArrowKind::Uint16: return run.template operator()<uint16_t>();
    case ArrowKind::Int32: return run.template operator()<int32_t>();
    case ArrowKind::Uint32: return run.template operator()<uint32_t>();
    case ArrowKind::Int64: return run.template operator()<int64_t>();
    case ArrowKind::Uint64: return run.template operator()<uint64_t>();
    case ArrowKind::Float32: return run.template operator()<float>();
    case ArrowKind::Float64: return run.template operator()<double>();
    case ArrowKind::Float16:
      for (int64_t i = 0; i < count; ++i) f(i, halfToDouble(load<uint16_t>(buffer, begin + i)));
      return;
    case ArrowKind::Date32: return run.template operator()<int32_t>();
    case ArrowKind::Timestamp:
    case ArrowKind::Date64: return run.template operator()<int64_t>();
    default: return;
  }
}

bool isNumberInPlace(const ArrowType& from, Type type) {
  if (from.kind == ArrowKind::Timestamp) return from.width == 1;
  return from.kind == (type.is(Kind::Int64) ? ArrowKind::Int64 : ArrowKind::Float64);
}

int64_t floorDivide(int64_t value, int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

// Epoch seconds of a value of a time column: what is within a second, or of a date within a day, is cut off.
int64_t epochSeconds(const ArrowType& from, int64_t value) {
  constexpr int64_t kDay = 86'400;
  switch (from.kind) {
    case ArrowKind::Timestamp: return floorDivide(value, from.width);
    case ArrowKind::Date64: return floorDivide(value, kDay * 1'000) * kDay;
    default: return value * kDay;
  }
}

// The numbers below stand for one written integer only; from there on a float may have lost digits.
double exactBelow(ArrowKind kind) {
  return kind == ArrowKind::Float64 ? 0x1p53 : kind == ArrowKind::Float32 ? 0x1p24 : 0x1p11;
}

void setBad(ArrowColumns::Bad& bad, int64_t row, int64_t rows) {
  bad.resize(static_cast<size_t>(rows));
  bad[static_cast<size_t>(row)] = 1;
}

// Marks rows of which an element is marked; row i has elements offsets[i] .. offsets[i + 1] - 1. A row that is missing
// may have elements all the same, of any value.
void spreadBad(const ArrowColumns::Bad& elements, const int64_t* offsets, const ColumnData& lists,
               ArrowColumns::Bad& bad) {
  const int64_t rows = lists.length;
  for (int64_t i = 0; !elements.empty() && i < rows; ++i)
    if (isPresent(lists.validity, lists.offset + i) &&
        std::memchr(elements.data() + offsets[i], 1, static_cast<size_t>(offsets[i + 1] - offsets[i])) != nullptr)
      setBad(bad, i, rows);
}

// Copies value `at` of a dictionary; false when its offsets are wrong.
bool appendEntry(const ColumnData& values, Type type, int64_t at, ColumnBuffer& buffer) {
  const int64_t i = values.offset + at;
  if (!isPresent(values.validity, i)) {
    buffer.appendMissing();
    return true;
  }
  switch (type.kind()) {
    case Kind::Bool:
      buffer.appendBool(bitAt(static_cast<const uint8_t*>(values.values), static_cast<uint64_t>(i)));
      break;
    case Kind::Int64: buffer.appendInt64(load<int64_t>(values.values, i)); break;
    case Kind::Float64: buffer.appendFloat64(load<double>(values.values, i)); break;
    default: {
      const int64_t begin = values.wideOffsets ? load<int64_t>(values.offsets, i) : load<int32_t>(values.offsets, i);
      const int64_t end =
          values.wideOffsets ? load<int64_t>(values.offsets, i + 1) : load<int32_t>(values.offsets, i + 1);
      if (begin < 0 || end < begin || (values.values == nullptr && begin != end)) return false;
      buffer.appendString({static_cast<const char*>(values.values) + begin, static_cast<size_t>(end - begin)});
    }
  }
  return true;
}

}  // namespace

bool ArrowColumns::isInPlace(const ArrowType& from, Type type) {
  if (from.dictionary != nullptr) return false;
  switch (from.kind) {
    case ArrowKind::Bool:
    case ArrowKind::Utf8:
    case ArrowKind::LargeUtf8: return true;
    case ArrowKind::List:
    case ArrowKind::LargeList:
      if (type.isList()) return isInPlace(from.children[0], type.element());
      [[fallthrough]];
    case ArrowKind::Map:
      return isInPlace(from.children[0].children[0], type.key()) &&
             isInPlace(from.children[0].children[1], type.value());
    default: return isNumberInPlace(from, type);
  }
}

bool ArrowColumns::fail(std::string what) {
  error_ = std::move(what);
  return false;
}

bool ArrowColumns::checkArray(const ArrowType& from, const ArrowArray& array, int64_t begin, int64_t count) {
  if (array.length < 0 || array.offset < 0 || array.offset > INT64_MAX / 64 - array.length)
    return fail("its length or offset is out of range");
  if (begin < 0 || count < 0 || begin > array.length - count)
    return fail(fmt::format("it has {} values where {} are needed", array.length, begin + count));
  const int64_t buffers = bufferCount(from);
  if (buffers >= 0 ? array.n_buffers != buffers : array.n_buffers < 3)
    return fail(fmt::format("{} has {} buffers", toString(from), array.n_buffers));
  if (array.n_children != static_cast<int64_t>(from.children.size()))
    return fail(fmt::format("{} has {} children", toString(from), array.n_children));
  if ((array.n_buffers > 0 && array.buffers == nullptr) || (array.n_children > 0 && array.children == nullptr))
    return fail("it has no buffers");
  for (int64_t i = 0; i < array.n_children; ++i)
    if (array.children[i] == nullptr) return fail("it has no elements");
  if ((array.dictionary == nullptr) != (from.dictionary == nullptr))
    return fail("the array and its schema differ in having a dictionary");
  if (array.null_count > 0 && array.n_buffers > 0 && array.buffers[0] == nullptr)
    return fail("it has missing values, but no validity bitmap");
  // What holds the values, be it bits, numbers, offsets or views.
  const bool hasValues = array.n_buffers > 1 && count > 0;
  if (hasValues && array.buffers[1] == nullptr && !(from.kind == ArrowKind::FixedBinary && from.width == 0))
    return fail("its buffer is null");
  return true;
}

int64_t ArrowColumns::place(const ArrowArray& array, int64_t begin, int64_t count, bool made, ColumnData& out) {
  const int64_t start = array.offset + begin;
  // A made buffer starts where a byte of the bitmap does, so that the bitmap is used in place.
  const int64_t lead = made ? start % 8 : start;
  out = {};
  out.length = count;
  out.offset = lead;
  out.validity = validityOf(array);
  if (made && out.validity != nullptr) out.validity += start / 8;
  return lead;
}

uint64_t* ArrowColumns::newWords(int64_t count) { return words_.emplace_back(static_cast<size_t>(count)).data(); }

void ArrowColumns::noteWide(int64_t row, int64_t value) {
  if (value >= 0) return;
  if (wide_.count++ == 0) wide_ = {1, row, static_cast<uint64_t>(value)};
}

bool ArrowColumns::read(const ArrowType& from, const ArrowArray& array, Type type, int64_t begin, int64_t count,
                        ColumnData& out, Bad& bad) {
  if (!checkArray(from, array, begin, count)) return false;
  if (from.dictionary != nullptr) return readDictionary(from, array, type, begin, count, out, bad);
  switch (from.kind) {
    case ArrowKind::Null: {
      ColumnBuffer& buffer = buffers_.emplace_back(type.present());
      for (int64_t i = 0; i < count; ++i) buffer.appendMissing();
      out = buffer.view();
      return true;
    }
    case ArrowKind::Bool:
      place(array, begin, count, false, out);
      out.values = array.buffers[1];
      return true;
    case ArrowKind::Utf8:
    case ArrowKind::LargeUtf8:
      place(array, begin, count, false, out);
      out.wideOffsets = from.kind == ArrowKind::LargeUtf8;
      out.offsets = array.buffers[1];
      out.values = array.buffers[2];
      return true;
    case ArrowKind::Utf8View: return readViews(array, type, begin, count, out);
    case ArrowKind::FixedBinary: return readFixedBinary(from, array, begin, count, out);
    case ArrowKind::List:
    case ArrowKind::LargeList:
    case ArrowKind::FixedList:
    case ArrowKind::Map: return readNested(from, array, type, begin, count, out, bad);
    default: return readNumbers(from, array, type, begin, count, out, bad);
  }
}

bool ArrowColumns::readMember(const ArrowType& from, const ArrowArray& array, size_t child, Type type, int64_t begin,
                              int64_t count, ColumnData& out, Bad& bad) {
  const ArrowType& structType = from.children[0];
  if (!checkArray(from, array, begin, count)) return false;
  const ArrowArray& structs = *array.children[0];
  if (!checkArray(structType, structs, 0, structs.length)) return false;
  const ArrowArray& member = *structs.children[child];
  // A view of the member, cut as the structs are: it borrows, so it is never released.
  ArrowArray values = member;
  if (!checkArray(structType.children[child], member, structs.offset, structs.length)) return false;
  values.offset += structs.offset;
  values.length = structs.length;
  std::vector<const void*> buffers(member.buffers, member.buffers + member.n_buffers);
  if (const uint8_t* present = validityOf(structs); present != nullptr && !buffers.empty()) {
    const int64_t bits = values.offset + values.length;
    auto* both = reinterpret_cast<uint8_t*>(newWords(bits / 64 + 1));
    for (int64_t i = 0; i < values.length; ++i)
      setBit(both, static_cast<uint64_t>(values.offset + i),
             isPresent(present, structs.offset + i) && isPresent(validityOf(member), values.offset + i));
    buffers[0] = both;
    values.null_count = -1;
  }
  values.buffers = buffers.data();
  ArrowArray* children[] = {&values};
  ArrowArray list = array;
  list.children = children;
  return read(listOfMember(from, child), list, type, begin, count, out, bad);
}

bool ArrowColumns::checkStruct(const ArrowType& from, const ArrowArray& array, int64_t begin, int64_t count) {
  if (!checkArray(from, array, begin, count)) return false;
  const uint8_t* validity = validityOf(array);
  for (int64_t i = 0; validity != nullptr && i < count; ++i)
    if (!isPresent(validity, array.offset + begin + i)) return fail(fmt::format("struct {} is null", i));
  return true;
}

// -- Scalars ----------------------------------------------------------------------------------------

bool ArrowColumns::readNumbers(const ArrowType& from, const ArrowArray& array, Type type, int64_t begin, int64_t count,
                               ColumnData& out, Bad& bad) {
  const void* values = array.buffers[1];
  const int64_t start = array.offset + begin;
  const bool isUnsigned = from.kind == ArrowKind::Uint64 && type.is(Kind::Int64);
  if (isUnsigned || isNumberInPlace(from, type)) {
    place(array, begin, count, false, out);
    out.values = values;
    for (int64_t i = 0; isUnsigned && i < count; ++i)
      if (isPresent(out.validity, start + i)) noteWide(i, load<int64_t>(values, start + i));
    return true;
  }
  const int64_t lead = place(array, begin, count, true, out);
  uint64_t* made = newWords(lead + count);
  out.values = made;
  made += lead;
  if (isArrowTime(from.kind))
    eachNumber(from.kind, values, start, count, [&](int64_t i, auto value) {
      made[i] = static_cast<uint64_t>(epochSeconds(from, static_cast<int64_t>(value)));
    });
  else if (type.is(Kind::Int64) && isArrowFloat(from.kind))
    eachNumber(from.kind, values, start, count, [&](int64_t i, auto number) {
      const auto value = static_cast<double>(number);
      const bool isWhole = std::abs(value) < exactBelow(from.kind) && std::trunc(value) == value;
      made[i] = isWhole ? static_cast<uint64_t>(static_cast<int64_t>(value)) : 0;
      if (!isWhole && isPresent(out.validity, lead + i)) setBad(bad, i, count);
    });
  else if (type.is(Kind::Int64))
    eachNumber(from.kind, values, start, count,
               [made](int64_t i, auto value) { made[i] = static_cast<uint64_t>(static_cast<int64_t>(value)); });
  else
    eachNumber(from.kind, values, start, count,
               [made](int64_t i, auto value) { made[i] = std::bit_cast<uint64_t>(static_cast<double>(value)); });
  return true;
}

bool ArrowColumns::readFixedBinary(const ArrowType& from, const ArrowArray& array, int64_t begin, int64_t count,
                                   ColumnData& out) {
  const int64_t lead = place(array, begin, count, true, out);
  uint64_t* offsets = newWords(lead + count + 1);
  const int64_t start = array.offset + begin - lead;
  if (start + lead + count > INT64_MAX / (from.width + 1)) return fail("its offset is out of range");
  for (int64_t i = 0; i <= lead + count; ++i) offsets[i] = static_cast<uint64_t>((start + i) * from.width);
  out.offsets = offsets;
  out.wideOffsets = true;
  out.values = array.buffers[1];
  return true;
}

bool ArrowColumns::readViews(const ArrowArray& array, Type type, int64_t begin, int64_t count, ColumnData& out) {
  // After bitmap and views come the buffers that long texts lie in, and last the sizes of these.
  const int64_t texts = array.n_buffers - 3;
  const void* sizes = array.buffers[array.n_buffers - 1];
  if (texts > 0 && sizes == nullptr) return fail("the sizes of its buffers are missing");
  const uint8_t* validity = validityOf(array);
  ColumnBuffer& buffer = buffers_.emplace_back(type.present());
  for (int64_t i = 0; i < count; ++i) {
    const int64_t at = array.offset + begin + i;
    if (!isPresent(validity, at)) {
      buffer.appendMissing();
      continue;
    }
    const char* view = static_cast<const char*>(array.buffers[1]) + at * 16;
    const auto size = load<int32_t>(view, 0);
    if (size < 0) return fail(fmt::format("row {} has a negative size", i));
    if (size <= 12) {
      buffer.appendString({view + 4, static_cast<size_t>(size)});
      continue;
    }
    const auto index = load<int32_t>(view, 2);
    const auto offset = load<int32_t>(view, 3);
    if (index < 0 || index >= texts || array.buffers[2 + index] == nullptr || offset < 0 ||
        int64_t{offset} + size > load<int64_t>(sizes, index))
      return fail(fmt::format("row {} points outside its buffers", i));
    buffer.appendString({static_cast<const char*>(array.buffers[2 + index]) + offset, static_cast<size_t>(size)});
  }
  out = buffer.view();
  return true;
}

bool ArrowColumns::readDictionary(const ArrowType& from, const ArrowArray& array, Type type, int64_t begin,
                                  int64_t count, ColumnData& out, Bad& bad) {
  ColumnData values;
  Bad badValues;
  const int64_t entries = array.dictionary->length;
  // An entry counts as often as it is pointed to.
  const WideCount before = wide_;
  if (!read(*from.dictionary, *array.dictionary, type, 0, entries, values, badValues)) return false;
  const bool hasWide = wide_.count > before.count;
  wide_ = before;
  const uint8_t* validity = validityOf(array);
  ColumnBuffer& buffer = buffers_.emplace_back(type.present());
  bool fine = true;
  eachNumber(from.kind, array.buffers[1], array.offset + begin, count, [&](int64_t i, auto value) {
    if (!fine) return;
    if (!isPresent(validity, array.offset + begin + i)) return buffer.appendMissing();
    const auto index = static_cast<uint64_t>(static_cast<int64_t>(value));
    fine = index < static_cast<uint64_t>(entries) && appendEntry(values, type, static_cast<int64_t>(index), buffer);
    if (!fine) fail(fmt::format("row {} points outside its dictionary of {}", i, entries));
    if (fine && !badValues.empty() && badValues[index] != 0) setBad(bad, i, count);
    if (fine && hasWide && isPresent(values, static_cast<int64_t>(index)))
      noteWide(i, load<int64_t>(values.values, values.offset + static_cast<int64_t>(index)));
  });
  out = buffer.view();
  return fine;
}

// -- Lists and maps -----------------------------------------------------------------------------------

template <class Offset>
bool ArrowColumns::rebase(const ArrowArray& array, int64_t begin, int64_t count, int64_t* offsets, int64_t& first) {
  const int64_t start = array.offset + begin;
  first = load<Offset>(array.buffers[1], start);
  if (first < 0) return fail("an offset is negative");
  offsets[0] = 0;
  for (int64_t i = 1; i <= count; ++i) {
    offsets[i] = load<Offset>(array.buffers[1], start + i) - first;
    if (offsets[i] < offsets[i - 1]) return fail(fmt::format("the offsets descend after row {}", i - 1));
  }
  return true;
}

bool ArrowColumns::readOffsets(const ArrowType& from, const ArrowArray& array, int64_t begin, int64_t count,
                               std::vector<int64_t>& offsets, int64_t& first) {
  offsets.assign(static_cast<size_t>(count) + 1, 0);
  if (!checkArray(from, array, begin, count)) return false;
  if (count == 0) return true;
  if (!(from.kind == ArrowKind::LargeList ? rebase<int64_t>(array, begin, count, offsets.data(), first)
                                          : rebase<int32_t>(array, begin, count, offsets.data(), first)))
    return false;
  const uint8_t* validity = validityOf(array);
  for (int64_t i = 0; validity != nullptr && i < count; ++i)
    if (!isPresent(validity, array.offset + begin + i) &&
        offsets[static_cast<size_t>(i) + 1] != offsets[static_cast<size_t>(i)])
      return fail(fmt::format("row {} is null, but has elements", i));
  return true;
}

bool ArrowColumns::readChildren(const ArrowType& from, const ArrowArray& array, Type type, int64_t first, int64_t count,
                                ColumnData& out, Bad& bad) {
  ColumnData& child = nodes_.emplace_back();
  out.children[0] = &child;
  const ArrowArray& elements = *array.children[0];
  if (type.isList()) return read(from.children[0], elements, type.element(), first, count, child, bad);

  // A struct's own offset counts for its fields too.
  const ArrowType& entry = from.children[0];
  if (!checkStruct(entry, elements, first, count)) return false;
  ColumnData& values = nodes_.emplace_back();
  out.children[1] = &values;
  const int64_t start = elements.offset + first;
  return read(entry.children[0], *elements.children[0], type.key(), start, count, child, bad) &&
         read(entry.children[1], *elements.children[1], type.value(), start, count, values, bad);
}

bool ArrowColumns::readNested(const ArrowType& from, const ArrowArray& array, Type type, int64_t begin, int64_t count,
                              ColumnData& out, Bad& bad) {
  const bool isWide = from.kind == ArrowKind::LargeList;
  if (isInPlace(from, type) && count > 0) {
    place(array, begin, count, false, out);
    out.offsets = array.buffers[1];
    out.wideOffsets = isWide;
    return readChildren(from, array, type, 0, array.children[0]->length, out, bad);
  }
  // Only the elements of these rows are converted, so offsets start from 0.
  const int64_t lead = place(array, begin, count, true, out);
  auto* offsets = reinterpret_cast<int64_t*>(newWords(lead + count + 1));
  out.offsets = offsets;
  out.wideOffsets = true;
  offsets += lead;
  int64_t first = 0;
  if (from.kind == ArrowKind::FixedList) {
    if (array.offset + begin + count > INT64_MAX / 64 / (from.width + 1)) return fail("its offset is out of range");
    first = (array.offset + begin) * from.width;
    for (int64_t i = 0; i <= count; ++i) offsets[i] = i * from.width;
  } else if (count > 0 && !(isWide ? rebase<int64_t>(array, begin, count, offsets, first)
                                   : rebase<int32_t>(array, begin, count, offsets, first))) {
    return false;
  }
  Bad badElements;
  const bool hadWide = wide_.count > 0;
  if (!readChildren(from, array, type, first, offsets[count], out, badElements)) return false;
  if (!hadWide && wide_.count > 0) wide_.row = std::upper_bound(offsets, offsets + count + 1, wide_.row) - offsets - 1;
  spreadBad(badElements, offsets, out, bad);
  return true;
}

}  // namespace featc
