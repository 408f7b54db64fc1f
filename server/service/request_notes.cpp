// SPDX-License-Identifier: Apache-2.0
#include "server/service/request_notes.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "support/json_quote.h"
#include "support/print_error.h"

namespace featc {

namespace {

double milliseconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e6; }

std::string lineOf(const RequestNote& note, bool isSlow) {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string line = fmt::format(R"({{"time": "{:%Y-%m-%dT%H:%M:%S}Z", "event": "{}", "config": {}, "protocol": "{}")",
                                 now, isSlow ? "slow" : "failed", jsonQuote(note.config), note.protocol);
  line += fmt::format(R"(, "status": {})", note.status);
  if (!note.reason.empty()) line += fmt::format(R"(, "reason": "{}")", note.reason);
  constexpr size_t kMostText = 500;
  if (!note.error.empty()) line += fmt::format(R"(, "error": {})", jsonQuote(note.error.substr(0, kMostText)));
  line += fmt::format(R"(, "bytes": {}, "requests": {}, "items": {})", note.bytes, note.requests, note.items);
  line += fmt::format(
      R"(, "ms": {{"queue": {:.3f}, "read": {:.3f}, "extract": {:.3f}, "infer": {:.3f}, "answer": {:.3f}, "total": {:.3f}}})",
      milliseconds(note.times.queue), milliseconds(note.times.read), milliseconds(note.times.extract),
      milliseconds(note.times.infer), milliseconds(note.times.answer), milliseconds(note.times.total()));
  if (!note.id.empty()) line += fmt::format(R"(, "id": {})", jsonQuote(note.id));
  if (!note.trace.empty()) line += fmt::format(R"(, "traceparent": "{}")", note.trace);
  return line + "}\n";
}

}  // namespace

bool isTraceParent(std::string_view text) {
  constexpr std::string_view kForm = "hh-hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh-hhhhhhhhhhhhhhhh-hh";
  if (text.size() != kForm.size()) return false;
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool isHex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (kForm[i] == 'h' ? !isHex : text[i] != '-') return false;
  }
  return true;
}

void RequestNotes::take(const RequestNote& note) {
  const bool failed = note.status >= 400;
  const bool slow = slow_.count() > 0 && note.times.total() > slow_;
  if (!failed && !slow) return;
  std::string skipped;
  {
    std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - since_ >= std::chrono::seconds(1)) {
      since_ = now;
      told_ = 0;
    }
    if (told_ >= kMost) {
      ++skipped_;
      return;
    }
    ++told_;
    if (skipped_ > 0) skipped = fmt::format("{{\"event\": \"skipped\", \"lines\": {}}}\n", skipped_);
    skipped_ = 0;
  }
  writeError(skipped + lineOf(note, !failed));
}

}  // namespace featc
