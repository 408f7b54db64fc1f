// SPDX-License-Identifier: Apache-2.0
#include "server/grpc/grpc_server.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "server/grpc/module/grpc_module.h"
#include "support/module.h"
#include "support/survive.h"

namespace featc {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kNoModule =
    "this featc was built without gRPC, which --grpc-port needs: run scripts/setup, which brings it, then build featc "
    "again";
constexpr const char* kTooMany = "too many calls are open: try again later, or ask another server";
constexpr const char* kTooSlow = "the message did not come in time: send a request in one go";
constexpr const char* kStopping = "the server is stopping: ask another server";

std::string_view viewOf(FeatcGrpcText text) { return {text.data, text.size}; }
FeatcGrpcText textOf(std::string_view text) { return {text.data(), text.size()}; }

// Callers refuse answers whose metadata are longer than 8 KB, and a byte may become three.
std::string_view shortened(std::string_view problem) {
  constexpr size_t kMost = 2000;
  if (problem.size() <= kMost) return problem;
  size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(problem[end]) & 0xc0U) == 0x80U) --end;
  return problem.substr(0, end);
}

// Only a status: it needs no memory.
FeatcGrpcAnswer bareAnswer(int httpStatus) {
  FeatcGrpcAnswer answer{};
  answer.status = grpcStatus(httpStatus);
  answer.release = [](void* /*owner*/) {};
  return answer;
}

// The letters that metadata may have.
std::string lowered(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}
std::string printable(std::string text) {
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c > '~'; }, ' ');
  return text;
}

class GrpcExchange final : public HttpExchange {
 public:
  GrpcExchange(const FeatcGrpc& module, void* call, const GrpcOptions& options, HttpRequest request)
      : HttpExchange(std::move(request), options.bodies, 0),
        module_(module),
        call_(call),
        answerBytes_(options.answerBytes) {}
  ~GrpcExchange() override { answerIfNone(); }
  GrpcExchange(const GrpcExchange&) = delete;
  GrpcExchange& operator=(const GrpcExchange&) = delete;

  // A call is also cancelled when its deadline passes, which whoever works on it finds out itself.
  void cancel() {
    constexpr std::chrono::milliseconds kEarly{1};
    if (!request().deadline || Clock::now() + kEarly < *request().deadline) hangUp();
  }

 private:
  void send(HttpResponse response) noexcept override {
    if (!survive("an answer", [&] { sendAnswer(response); })) {
      const FeatcGrpcAnswer answer = bareAnswer(500);
      module_.answer(call_, &answer);
    }
  }

  // Throws before the call has its answer, or not at all.
  void sendAnswer(HttpResponse& response) {
    if (response.error.empty()) limitAnswer(response, answerBytes_);
    FeatcGrpcAnswer answer{};
    answer.status = grpcStatus(response.status);
    answer.problem = textOf(shortened(response.error));
    std::vector<std::pair<std::string, std::string>> texts;
    for (HttpHeader& header : response.headers) texts.emplace_back(lowered(header.name), printable(header.value));
    std::vector<FeatcGrpcHeader> headers;
    for (const auto& [name, value] : texts) headers.push_back({textOf(name), textOf(value)});
    answer.headers = headers.data();
    answer.headerCount = headers.size();
    auto body = std::make_unique<std::string>(std::move(response.body));
    answer.message = textOf(*body);
    answer.release = [](void* owner) { delete static_cast<std::string*>(owner); };
    answer.owner = body.release();
    module_.answer(call_, &answer);
  }

  const FeatcGrpc& module_;
  void* const call_;
  const size_t answerBytes_;
};

}  // namespace

int32_t grpcStatus(int httpStatus) {
  switch (httpStatus) {
    case 200: return 0;  // OK
    case 499: return 1;  // CANCELLED
    case 400: return 3;  // INVALID_ARGUMENT
    case 408:
    case 504: return 4;  // DEADLINE_EXCEEDED
    case 404: return 5;  // NOT_FOUND
    case 413:
    case 431: return 8;                         // RESOURCE_EXHAUSTED
    case 501: return 12;                        // UNIMPLEMENTED
    case 503: return 14;                        // UNAVAILABLE
    default: return httpStatus < 500 ? 3 : 13;  // INTERNAL
  }
}

class GrpcServer::Core {
 public:
  Core(const GrpcOptions& options, HttpHandler handler) : options_(options), handler_(std::move(handler)) {}
  ~Core() {
    if (server_ != nullptr) module_->close(server_);
  }
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;

  std::string start(const std::string& address, std::string& listensAt) {
    static const Expected<const FeatcGrpc*> module =
        loadModule<FeatcGrpc>("featc_grpc.so", "featcGrpc", FEATC_GRPC_VERSION, kNoModule);
    if (!module) return module.error().message;
    module_ = *module;
    const size_t colon = address.rfind(':');
    if (colon == std::string::npos) return "an address is HOST:PORT, such as 127.0.0.1:8082 or [::1]:8082";
    const FeatcGrpcOptions options{.address = address.c_str(),
                                   .connections = options_.connections,
                                   .calls = options_.calls,
                                   .headerBytes = options_.headerBytes,
                                   .messageBytes = options_.messageBytes,
                                   .memoryBytes = options_.memoryBytes,
                                   .receiveMs = options_.messageTime.count(),
                                   .sendMs = options_.answerTime.count(),
                                   .idleMs = options_.idleTime.count(),
                                   .tooMany = kTooMany,
                                   .tooSlow = kTooSlow,
                                   .stopping = kStopping};
    const FeatcGrpcHandlers handlers{.context = this, .begin = begin, .hungUp = hungUp, .release = release};
    int32_t port = 0;
    void* server = nullptr;
    std::string problem = takeModuleText(module_->start(&options, &handlers, &server, &port));
    if (!problem.empty()) return fmt::format("cannot listen at {}: {}", address, problem);
    server_ = server;
    listensAt = fmt::format("{}:{}", address.substr(0, colon), port);
    return {};
  }

  bool drain(std::chrono::milliseconds grace) {
    return server_ == nullptr || module_->drain(server_, grace.count()) != 0;
  }

  GrpcCounts counts() const {
    if (server_ == nullptr) return {};
    const FeatcGrpcCounts counts = module_->counts(server_);
    return {counts.calls, counts.refused, counts.timedOut, counts.connections, counts.refusedConnections};
  }

 private:
  // Whoever works on a request keeps it, not the call, which may take long to send its answer.
  using Held = std::weak_ptr<GrpcExchange>;

  // Null: there was no memory; the call is answered in any case.
  static void* begin(void* context, void* call, const FeatcGrpcRequest* request) {
    auto& core = *static_cast<Core*>(context);
    std::shared_ptr<GrpcExchange> exchange;
    void* held = nullptr;
    survive("a call", [&] {
      exchange = std::make_shared<GrpcExchange>(*core.module_, call, core.options_, HttpRequest{});
      held = new Held(exchange);
    });
    if (exchange == nullptr) {
      const FeatcGrpcAnswer answer = bareAnswer(503);
      core.module_->answer(call, &answer);
    } else if (!survive("a call", [&] { core.handle(exchange, *request); })) {
      exchange->answer({.status = 500, .contentType = {}, .headers = {}, .body = {}, .error = {}});
    }
    return held;
  }

  void handle(const std::shared_ptr<GrpcExchange>& exchange, const FeatcGrpcRequest& call) const {
    const auto now = Clock::now();
    HttpRequest& request = exchange->request();
    request.method = "POST";
    request.path = viewOf(call.method);
    request.minorVersion = 0;
    request.arrived = now - std::chrono::nanoseconds(call.elapsedNs);
    if (call.patienceNs != INT64_MAX) request.deadline = now + std::chrono::nanoseconds(call.patienceNs);
    for (const FeatcGrpcHeader& header : std::span(call.headers, call.headerCount))
      // Messages are not compressed by this name, which is another protocol's.
      if (viewOf(header.name) != "content-encoding")
        request.headers.push_back({std::string(viewOf(header.name)), std::string(viewOf(header.value))});
    size_t size = 0;
    const std::span parts(call.parts, call.partCount);
    for (FeatcGrpcText part : parts) size += part.size;
    request.body.reserve(size);
    for (FeatcGrpcText part : parts) request.body += viewOf(part);
    if (!exchange->countBody()) return exchange->answer(httpError(503, kTooManyBytes));
    handler_(exchange);
  }

  static void hungUp(void* held) {
    if (auto exchange = static_cast<Held*>(held)->lock()) exchange->cancel();
  }
  static void release(void* held) { delete static_cast<Held*>(held); }

  const GrpcOptions options_;
  const HttpHandler handler_;
  const FeatcGrpc* module_ = nullptr;
  std::atomic<void*> server_ = nullptr;  // counts() may be asked while it starts
};

GrpcServer::GrpcServer(const GrpcOptions& options, HttpHandler handler)
    : core_(std::make_unique<Core>(options, std::move(handler))) {}

GrpcServer::~GrpcServer() = default;

std::string GrpcServer::start(const std::string& address) { return core_->start(address, address_); }

bool GrpcServer::drain(std::chrono::milliseconds grace) { return core_->drain(grace); }

GrpcCounts GrpcServer::counts() const { return core_->counts(); }

}  // namespace featc
