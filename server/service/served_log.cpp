// SPDX-License-Identifier: Apache-2.0
#include "server/service/served_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "server/log/scores_of_call.h"
#include "server/service/version_parts.h"
#include "support/survive.h"

namespace featc {

namespace {

void appendLine(const ServedLog::Answered& answered, std::string& line) {
  const RequestRecord& record = *answered.record;
  const std::string version = versionLabel(*answered.version);
  CallScores scores;
  LoggedRequest request;
  request.id = record.id;
  request.time = record.time;
  request.trace = record.trace;
  request.servedAs = record.servedAs;
  request.version = version;
  if (record.hasScores) {
    scores = scoresOfCall(record.scores);
    request.scores = &scores;
  }
  answered.version->shared<VersionParts>().logger->append(answered.batch, *answered.result, answered.rows, record.reads,
                                                          line, request);
}

}  // namespace

void ServedLog::add(Answered answered) noexcept {
  survive("the request log", [&] {
    const auto items = static_cast<size_t>(answered.batch.items + answered.batch.requests);
    auto held = std::make_shared<Answered>(std::move(answered));
    writer_.add(items, [held = std::move(held)](std::string& line) { appendLine(*held, line); });
  });
}

void ServedLog::finish() noexcept {
  constexpr auto kPatience = std::chrono::seconds(2);
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (open_ > 0 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  writer_.finish();
}

std::function<std::unique_ptr<CallLogger>(const Extractor&)> loggersOf(const ServedLogOptions& options) {
  return [features = options.features, names = options.redacted](const Extractor& extractor) {
    const std::vector<bool>& used = extractor.executable().layout().inputUsed;
    return std::make_unique<CallLogger>(extractor.info(), LogRedaction(extractor.info(), used, names), features);
  };
}

std::string unknownLoggedField(const std::vector<std::string>& redacted, const std::vector<const ProgramInfo*>& infos) {
  for (const std::string& name : redacted)
    if (std::ranges::none_of(infos, [&](const ProgramInfo* info) { return hasLoggedField(*info, name); }))
      return fmt::format(
          "--log-redact {}: nothing that is served has such a field: write request.FIELD, item.FIELD or SOURCE.FIELD",
          name);
  return {};
}

}  // namespace featc
