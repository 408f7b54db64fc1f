// SPDX-License-Identifier: Apache-2.0
// Reads Accept headers.
#include "server/service/accept.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "server/http/http_message.h"

namespace featc {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The first part of `rest` up to `separator`, which is taken away with it.
std::string_view take(std::string_view& rest, char separator) {
  size_t end = std::min(rest.find(separator), rest.size());
  std::string_view part = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

// 2: the type itself, 1: all of its kind, 0: everything, -1: others.
int specificity(std::string_view range, std::string_view type) {
  if (sameToken(range, type)) return 2;
  if (range.ends_with("/*") && sameToken(range.substr(0, range.size() - 1), type.substr(0, type.find('/') + 1)))
    return 1;
  return range == "*/*" ? 0 : -1;
}

double qualityOf(std::string_view accept, std::string_view type) {
  double quality = 0;
  for (int best = -1; !accept.empty();) {
    std::string_view parameters = take(accept, ',');
    int specific = specificity(take(parameters, ';'), type);
    if (specific <= best) continue;
    best = specific;
    quality = 1;
    while (!parameters.empty()) {
      std::string_view parameter = take(parameters, ';');
      if (parameter.starts_with("q=")) quality = std::atof(std::string(parameter.substr(2)).c_str());
    }
  }
  return quality;
}

}  // namespace

const char* mediaType(AnswerFormat format) {
  return format == AnswerFormat::Json ? "application/json" : "application/x-featc-tensor-sequence";
}

std::optional<AnswerFormat> wantedFormat(std::string_view accept) {
  if (trimmed(accept).empty()) return AnswerFormat::Json;
  double json = qualityOf(accept, mediaType(AnswerFormat::Json));
  double tensors = qualityOf(accept, mediaType(AnswerFormat::TensorSequence));
  if (json <= 0 && tensors <= 0) return std::nullopt;
  return tensors > json ? AnswerFormat::TensorSequence : AnswerFormat::Json;
}

}  // namespace featc
