// SPDX-License-Identifier: Apache-2.0
// The bytes of protobuf messages: fields with a number and a wire type, in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace featc {

// Reads the fields of one message, which are borrowed from its bytes.
//
//   for (ProtobufReader reader(bytes); reader.next();)
//     if (reader.field() == 1) name = reader.bytes();
class ProtobufReader {
 public:
  enum class Wire : uint8_t { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

  explicit ProtobufReader(std::string_view message) : rest_(message) {}

  // False: there are no more fields, or what follows is not one.
  bool next() {
    if (rest_.empty()) return false;
    uint64_t tag = 0;
    if (!takeVarint(tag)) return fail();
    wire_ = static_cast<Wire>(tag & 7U);
    if (tag >> 3U == 0 || tag > UINT32_MAX) return fail();
    field_ = static_cast<uint32_t>(tag >> 3U);
    number_ = 0;
    bytes_ = {};
    switch (wire_) {
      case Wire::Varint: return takeVarint(number_) || fail();
      case Wire::Fixed64: return take(sizeof(uint64_t)) || fail();
      case Wire::Fixed32: return take(sizeof(uint32_t)) || fail();
      case Wire::Bytes: {
        uint64_t size = 0;
        return (takeVarint(size) && size <= rest_.size() && take(size)) || fail();
      }
    }
    return fail();  // groups, which no message of today has
  }
  // Whether the message is damaged.
  bool failed() const { return failed_; }

  uint32_t field() const { return field_; }
  Wire wire() const { return wire_; }
  // Of a varint.
  uint64_t number() const { return number_; }
  // Of a text, a message or packed numbers; empty where the field is none of them.
  std::string_view bytes() const { return wire_ == Wire::Bytes ? bytes_ : std::string_view(); }

  // Calls `each` with the numbers of a repeated field, which may stand one by one or packed; false: they are damaged,
  // or `each` gave false.
  template <class F>
  bool varints(F&& each) const {
    if (wire_ == Wire::Varint) return each(number_);
    if (wire_ != Wire::Bytes) return false;
    ProtobufReader packed(bytes_);
    while (!packed.rest_.empty()) {
      uint64_t number = 0;
      if (!packed.takeVarint(number) || !each(number)) return false;
    }
    return true;
  }
  // The same of `float` and `double`.
  template <class T, class F>
  bool fixed(F&& each) const {
    const Wire single = sizeof(T) == sizeof(uint64_t) ? Wire::Fixed64 : Wire::Fixed32;
    if ((wire_ != single && wire_ != Wire::Bytes) || bytes_.size() % sizeof(T) != 0) return false;
    for (size_t at = 0; at < bytes_.size(); at += sizeof(T)) {
      T value;
      std::memcpy(&value, bytes_.data() + at, sizeof value);
      if (!each(value)) return false;
    }
    return true;
  }

 private:
  bool fail() {
    failed_ = true;
    rest_ = {};
    return false;
  }
  bool take(uint64_t size) {
    if (size > rest_.size()) return false;
    bytes_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  bool takeVarint(uint64_t& number) {
    constexpr size_t kMostBytes = 10;
    number = 0;
    for (size_t i = 0; i < rest_.size() && i < kMostBytes; ++i) {
      const auto byte = static_cast<uint8_t>(rest_[i]);
      number |= static_cast<uint64_t>(byte & 0x7fU) << (7 * i);
      if (byte < 0x80U) {
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  std::string_view rest_;
  uint32_t field_ = 0;
  Wire wire_ = Wire::Varint;
  uint64_t number_ = 0;
  std::string_view bytes_;
  bool failed_ = false;
};

// Appends fields to a message. What a field has when it is left out is not written.
class ProtobufWriter {
 public:
  explicit ProtobufWriter(std::string& message) : message_(message) {}

  void number(uint32_t field, uint64_t value) {
    if (value == 0) return;
    varint(field << 3U);
    varint(value);
  }
  void text(uint32_t field, std::string_view value) {
    if (!value.empty()) bytes(field, value);
  }
  // An element of a repeated field, or a message: also an empty one.
  void bytes(uint32_t field, std::string_view value) {
    varint(field << 3U | 2U);
    varint(value.size());
    message_ += value;
  }
  // A number of a packed field, without the field's head.
  void varint(uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) message_ += static_cast<char>(value | 0x80U);
    message_ += static_cast<char>(value);
  }

 private:
  std::string& message_;
};

}  // namespace featc
