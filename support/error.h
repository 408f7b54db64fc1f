// SPDX-License-Identifier: Apache-2.0
// The one way in which functions tell their caller that something went wrong.
//
//   featc::Expected<std::shared_ptr<const featc::Model>> opened = featc::openLibrary("libshops.so");
//   if (!opened) ...opened.error().message, opened.error().code...
//   const featc::Model& model = **opened;
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace featc {

// What a caller may want to treat differently. The C interface has the same numbers (featc_failure).
enum class ErrorCode : uint8_t {
  None = 0,
  BadBatch = 1,   // the batch does not fit the schema, or the scratch the extractor
  NoMemory = 2,   // neither the process nor its budget has enough
  OverLimit = 3,  // the call costs more than it may (CallLimits)
  Late = 4,       // its deadline passed
  Cancelled = 5,  // the caller no longer waits
  Failed = 6,     // anything else
  Refused = 7,    // an executor has no room for it, or has been stopped

  BadArgument = 8,    // an option that does not exist or that does not fit
  NoFile = 9,         // the config or library cannot be read
  BadConfig = 10,     // it has mistakes; the message has all of them
  BadModel = 11,      // the library is damaged, or featc did not build it
  OtherBuild = 12,    // another build of featc made the model
  OtherMachine = 13,  // this machine lacks instructions that the code needs
  BadStore = 14,      // a store cannot be opened, or a source has none
  BadCache = 15,      // the cache folder cannot be used
};

// Its name as the C interface and logs show it: `over_limit`.
std::string_view errorCodeName(ErrorCode code);

struct [[nodiscard]] Error {
  std::string message;  // empty: fine
  ErrorCode code = ErrorCode::None;
  std::string place;  // the file, or its line, where there is one; the message does not need it to be understood

  Error() = default;
  Error(std::string text, ErrorCode why, std::string where = {})
      : message(std::move(text)), code(why), place(std::move(where)) {}

  explicit operator bool() const { return !message.empty(); }
};

// A T, or the error why there is none. (featc::Result is what a call computes.)
template <class T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : value_(std::move(value)) {}      // NOLINT: a value is an answer
  Expected(Error error) : error_(std::move(error)) {}  // NOLINT: and so is an error, which must be one

  explicit operator bool() const { return value_.has_value(); }
  // Only with a value.
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  // Fine where there is a value.
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  std::optional<T> value_;
  Error error_;
};

}  // namespace featc
