// SPDX-License-Identifier: Apache-2.0
#include "server/service/oip_dialect.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/oip/oip_answer.h"
#include "server/oip/oip_batch.h"
#include "server/oip/oip_messages.h"
#include "server/oip/oip_request.h"
#include "server/service/version_parts.h"

namespace featc {

namespace {

// What requests and answers mean, whichever form they have.
class OipDialect : public Dialect {
 public:
  explicit OipDialect(const LiveCall& call)
      : parts_(call.version().shared<VersionParts>()), batch_(parts_.inputs, request_) {}

  std::optional<Refusal> read(std::string_view body) override {
    std::string problem = parse(body, request_);
    if (!problem.empty()) return Refusal{400, "bad_request", std::move(problem)};
    OipProblems problems;
    batch_.build(problems);
    checkOipOutputs(parts_.outputs, request_, problems);
    if (problems.empty()) return std::nullopt;
    return Refusal{400, "bad_request", problems.text()};
  }

  std::optional<std::chrono::microseconds> patience() const override {
    if (!request_.timeout) return std::nullopt;
    // A day is as good as no limit, and overflows nothing.
    return std::chrono::microseconds(std::min<int64_t>(*request_.timeout, 86'400'000'000));
  }

  std::string_view id() const override { return request_.id; }
  Batch batch() override { return batch_.batch(); }

  HttpResponse answer(const Result& result, const ServedVersion& version) override {
    return write(oipAnswer(parts_.inputs.info(), request_, result, headOf(version)), request_);
  }

  HttpResponse answer(const Result& result, const ScoredItems& items, const ServedVersion& version) override {
    constexpr int32_t kNotFinite = 5;
    static_assert(kNotFinite == static_cast<int32_t>(RowStatus::OutOfMemory) + 1, "it is behind the statuses of rows");
    const auto count = static_cast<size_t>(result.items());
    std::vector<OipColumn> columns;
    for (const ScoreColumn& column : items.scores.columns) {
      OipColumn& made = columns.emplace_back();
      made.name = column.name;
      made.width = column.width;
      made.areInts = column.type == TensorType::Int64;
      if (made.areInts)
        made.ints = std::span(column.ints).subspan(items.first * column.width, count * column.width);
      else
        made.floats = std::span(column.floats).subspan(items.first * column.width, count * column.width);
    }
    std::vector<int32_t> status(count);
    for (size_t i = 0; i < count; ++i)
      status[i] = items.scores.status[items.first + i] == ScoreStatus::NotFinite
                      ? kNotFinite
                      : static_cast<int32_t>(result.status(static_cast<int64_t>(i)));
    OipAnswerHead head = headOf(version);
    if (!items.scores.epoch.empty()) {
      head.parameters.emplace_back("epoch", items.scores.epoch);
      head.parameters.emplace_back("delta", std::to_string(items.scores.delta));
    }
    return write(oipAnswer(request_, columns, std::move(status), std::move(head)), request_);
  }

 protected:
  // Empty, or what is wrong.
  virtual std::string parse(std::string_view body, OipRequest& request) const = 0;
  virtual HttpResponse write(const OipAnswer& answer, const OipRequest& request) const = 0;

 private:
  static OipAnswerHead headOf(const ServedVersion& version) {
    return {version.name, version.version, {{"fingerprint", version.fingerprint}}};
  }

  const VersionParts& parts_;
  OipRequest request_;
  OipBatch batch_;
};

class OipHttp final : public OipDialect {
 public:
  OipHttp(const LiveCall& call, size_t jsonBytes) : OipDialect(call), jsonBytes_(jsonBytes) {}

  std::string_view name() const override { return "oip"; }

 private:
  std::string parse(std::string_view body, OipRequest& request) const override {
    return parseOipRequest(body, jsonBytes_ == SIZE_MAX ? body.size() : jsonBytes_, request);
  }

  HttpResponse write(const OipAnswer& answer, const OipRequest& /*request*/) const override {
    OipBody made = oipBody(answer);
    HttpResponse response;
    if (made.jsonBytes < made.text.size()) {
      response.contentType = "application/octet-stream";
      response.headers.push_back({"Inference-Header-Content-Length", std::to_string(made.jsonBytes)});
    }
    response.body = std::move(made.text);
    return response;
  }

  const size_t jsonBytes_;
};

class OipGrpc final : public OipDialect {
 public:
  using OipDialect::OipDialect;

  std::string_view name() const override { return "grpc"; }

 private:
  std::string parse(std::string_view body, OipRequest& request) const override {
    return parseOipMessage(body, request);
  }

  HttpResponse write(const OipAnswer& answer, const OipRequest& request) const override {
    HttpResponse response;
    response.contentType = "application/grpc";
    response.body = oipMessage(answer, request.binaryOutputs);
    return response;
  }
};

}  // namespace

std::vector<OipTensorInfo> oipOutputsOf(const ProgramInfo& info, const ModelScorer* scorer) {
  if (scorer == nullptr) return oipOutputs(info);
  std::vector<OipTensorInfo> scores;
  for (const BoundOutput& output : scorer->binding().outputs) {
    const TensorInfo& tensor = scorer->network().outputs()[output.output];
    int64_t width = 1;
    for (size_t i = 1; i < tensor.shape.size() && width > 0; ++i)
      width = tensor.shape[i] < 0 ? -1 : width * tensor.shape[i];
    const bool isScore = scores.empty();
    scores.push_back(oipScoreOutput(output.name, tensor.type == TensorType::Int64 ? OipType::Int64 : OipType::Fp32,
                                    isScore          ? 1
                                    : tensor.anyRank ? -1
                                                     : width));
  }
  return oipOutputs(std::move(scores));
}

std::unique_ptr<Dialect> newOipDialect(const LiveCall& call, size_t jsonBytes) {
  return std::make_unique<OipHttp>(call, jsonBytes);
}

std::unique_ptr<Dialect> newOipGrpcDialect(const LiveCall& call) { return std::make_unique<OipGrpc>(call); }

}  // namespace featc
