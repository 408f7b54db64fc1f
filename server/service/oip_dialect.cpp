// SPDX-License-Identifier: Apache-2.0
#include "server/service/oip_dialect.h"

#include <algorithm>
#include <string>

#include "server/oip/oip_answer.h"
#include "server/oip/oip_batch.h"
#include "server/oip/oip_request.h"

namespace featc {

namespace {

class OipDialect final : public Dialect {
 public:
  OipDialect(const ProgramInfo& info, size_t jsonBytes) : info_(info), jsonBytes_(jsonBytes), batch_(info, request_) {}

  std::string_view name() const override { return "oip"; }

  std::optional<Refusal> read(std::string_view body) override {
    std::string problem = parseOipRequest(body, jsonBytes_ == kAll ? body.size() : jsonBytes_, request_);
    if (problem.empty()) problem = checkOipOutputs(info_, request_);
    if (problem.empty()) problem = batch_.build();
    if (problem.empty()) return std::nullopt;
    return Refusal{400, "bad_request", std::move(problem)};
  }

  std::optional<std::chrono::microseconds> patience() const override {
    if (!request_.timeout) return std::nullopt;
    // A day is as good as no limit, and overflows nothing.
    return std::chrono::microseconds(std::min<int64_t>(*request_.timeout, 86'400'000'000));
  }

  Batch batch() override { return batch_.batch(); }

  HttpResponse answer(const Result& result, const ServedVersion& version) override {
    OipAnswer made = oipAnswer(info_, request_, result, version.name, version.number, version.fingerprint);
    HttpResponse response;
    if (made.jsonBytes < made.body.size()) {
      response.contentType = "application/octet-stream";
      response.headers.push_back({"Inference-Header-Content-Length", std::to_string(made.jsonBytes)});
    }
    response.body = std::move(made.body);
    return response;
  }

 private:
  static constexpr size_t kAll = SIZE_MAX;

  const ProgramInfo& info_;
  const size_t jsonBytes_;
  OipRequest request_;
  OipBatch batch_;
};

}  // namespace

std::unique_ptr<Dialect> newOipDialect(const LiveCall& call, size_t jsonBytes) {
  return std::make_unique<OipDialect>(call.extractor().info(), jsonBytes);
}

}  // namespace featc
