// SPDX-License-Identifier: Apache-2.0
#include "server/service/json_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "data/json/json_reader.h"
#include "data/run_totals.h"
#include "runtime/run_limits.h"
#include "server/model/score_text.h"

namespace featc {

namespace {

// One line, as headers are: how many, and the first.
std::string headerOf(const std::string& lines) {
  std::string text =
      fmt::format("{}; {}", std::count(lines.begin(), lines.end(), '\n'), lines.substr(0, lines.find('\n')));
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text;
}

class JsonLines final : public Dialect {
 public:
  JsonLines(const LiveCall& call, AnswerFormat format)
      : info_(call.extractor().info()),
        parts_(call.version().shared<VersionParts>()),
        memory_(call.memory<RequestMemory>()),
        format_(format) {}

  std::string_view name() const override { return "json"; }

  std::optional<Refusal> read(std::string_view body) override {
    auto sink = [this](const DataMessage& message) {
      if (message.isError) messages_ += message.render() + "\n";
    };
    auto reader = newJsonReader(info_, memorySource(body), "request", false, sink);
    ReadStatus status = reader->next(memory_.builder, memory_.rows, INT64_MAX);
    if (reader->counts().badRequests > 0) {
      messages_.pop_back();  // the last line's end
      return Refusal{400, "bad_request", messages_};
    }
    if (status != ReadStatus::Batch)
      return Refusal{400, "bad_request",
                     R"(there is no request in the body: send {"request": {...}, "items": [{...}]}, one a line)"};
    return std::nullopt;
  }

  Batch batch() override { return memory_.builder.batch(); }
  std::span<const InputRow> rows() const override { return memory_.rows; }

  HttpResponse answer(const Result& result, const ServedVersion& version) override {
    addFailedItems(result);
    HttpResponse response = responseOf(version);
    response.contentType = mediaType(format_);
    (format_ == AnswerFormat::Json ? parts_.json : parts_.tensors)->write(result, memory_.rows, response.body);
    return response;
  }

  HttpResponse answer(const Result& result, const ScoredItems& items, const ServedVersion& version) override {
    addFailedItems(result);
    std::string lines;
    for (size_t i = 0; i < memory_.rows.size(); ++i) {
      const ScoreStatus status = items.scores.status[items.first + i];
      const InputRow& row = memory_.rows[i];
      if (status == ScoreStatus::NotFinite)
        messages_ += fmt::format("request:{}: item {}: its score is not a finite number\n", row.line, row.item);
      if (status == ScoreStatus::Ok) appendScoreLine(items.scores, items.first + i, row, lines);
    }
    HttpResponse response = responseOf(version);
    response.body = std::move(lines);
    return response;
  }

 private:
  HttpResponse responseOf(const ServedVersion& version) const {
    HttpResponse response;
    if (!messages_.empty()) response.headers.push_back({"Featc-Bad-Items", headerOf(messages_)});
    response.headers.push_back({"Featc-Version", fmt::format("{} {}", version.version, version.fingerprint)});
    return response;
  }

  // The items that could be read and not computed: they are not in the answer.
  void addFailedItems(const Result& result) {
    for (size_t i = 0; i < memory_.rows.size(); ++i) {
      RowStatus status = result.status(static_cast<int64_t>(i));
      if (status == RowStatus::Ok) continue;
      messages_ += fmt::format("request:{}: item {}: {}\n", memory_.rows[i].line, memory_.rows[i].item,
                               statusText(status, RunLimits()));
    }
  }

  const ProgramInfo& info_;
  const VersionParts& parts_;
  RequestMemory& memory_;
  const AnswerFormat format_;
  std::string messages_;  // of bad items, a line each
};

}  // namespace

std::unique_ptr<Dialect> newJsonLines(const LiveCall& call, AnswerFormat format) {
  return std::make_unique<JsonLines>(call, format);
}

std::vector<std::string> degradedSources(const Result& result, const ProgramInfo& info) {
  std::vector<std::string> names;
  for (size_t s = 0; s < info.sources.size(); ++s)
    if (result.reads(s).degraded()) names.push_back(info.sources[s].name);
  return names;
}

}  // namespace featc
