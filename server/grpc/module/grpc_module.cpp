// SPDX-License-Identifier: Apache-2.0
// Servers of gRPC, on the threads of its own that answer whenever something has come: none waits for a call.
#include "server/grpc/module/grpc_module.h"

#include <grpc/support/log.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstdio>
#include <cstring>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "server/grpc/module/grpc_call.h"
#include "server/grpc/module/grpc_listener.h"

namespace {

using featc::grpc_module::Call;
using featc::grpc_module::Calls;
using featc::grpc_module::Clock;
using featc::grpc_module::Listener;

// What goes wrong in gRPC itself: while a server starts, to whoever starts it; later to stderr, a line a second at
// most.
class Log {
 public:
  static void write(gpr_log_func_args* args) {
    if (args->severity < GPR_LOG_SEVERITY_ERROR) return;
    if (starting != nullptr) {
      *starting = args->message;
      return;
    }
    static std::atomic<Clock::rep> last = 0;
    const Clock::rep now = Clock::now().time_since_epoch().count();
    Clock::rep before = last;
    if (now - before < Clock::duration(std::chrono::seconds(1)).count() || !last.compare_exchange_strong(before, now))
      return;
    std::fprintf(stderr, "gRPC: %s\n", args->message);
  }
  static thread_local std::string* starting;
};
thread_local std::string* Log::starting = nullptr;

int atMost(int64_t number) { return static_cast<int>(std::clamp<int64_t>(number, 1, INT_MAX)); }

class Server {
 public:
  Server(const FeatcGrpcOptions& options, const FeatcGrpcHandlers& handlers)
      : calls_(options, handlers), listener_(options.connections) {}
  ~Server() {
    listener_.stop();
    if (server_ != nullptr && !shutdown_.joinable()) server_->Shutdown(std::chrono::system_clock::now());
    if (shutdown_.joinable()) shutdown_.join();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Empty, or why it does not listen.
  std::string start(const FeatcGrpcOptions& options, int& port) {
    if (std::string problem = listener_.listen(options.address); !problem.empty()) return problem;
    port = listener_.port();
    grpc::ServerBuilder builder;
    grpc::ResourceQuota quota("featc");
    quota.Resize(options.memoryBytes);
    builder.SetResourceQuota(quota);
    acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, grpc::InsecureServerCredentials());
    builder.RegisterCallbackGenericService(&calls_);
    builder.SetMaxReceiveMessageSize(atMost(static_cast<int64_t>(options.messageBytes)));
    builder.SetMaxSendMessageSize(-1);
    auto set = [&](const char* name, int64_t value) { builder.AddChannelArgument(name, atMost(value)); };
    set(GRPC_ARG_MAX_METADATA_SIZE, static_cast<int64_t>(options.headerBytes));
    set(GRPC_ARG_MAX_CONCURRENT_STREAMS, std::min<int64_t>(static_cast<int64_t>(options.calls), kStreams));
    set(GRPC_ARG_MAX_CONNECTION_IDLE_MS, options.idleMs);
    set(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, options.receiveMs);
    // A peer that is gone is noticed, and one that does nothing but ask whether the server is there is sent away.
    set(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMs);
    set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingEveryMs / 2);
    set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kPingEveryMs / 3);
    set(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
    // gRPC unpacks whole messages before anybody can look how long they become.
    builder.AddChannelArgument(GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 0);
    builder.AddChannelArgument(GRPC_COMPRESSION_CHANNEL_ENABLED_ALGORITHMS_BITSET, 1 << GRPC_COMPRESS_NONE);
    std::string why;
    Log::starting = &why;
    server_ = builder.BuildAndStart();
    Log::starting = nullptr;
    if (server_ == nullptr) return why.empty() ? "gRPC does not say why" : why;
    listener_.accept([this](int listener, int socket) {
      grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
      connection.listener_fd = listener;
      connection.fd = socket;
      acceptor_->HandleNewConnection(&connection);
    });
    return {};
  }

  bool drain(std::chrono::milliseconds grace) {
    if (shutdown_.joinable()) return false;
    const auto until = std::chrono::system_clock::now() + grace;
    std::promise<void> done;
    std::future<void> ended = done.get_future();
    // Whoever reconnects finds nobody listening, instead of a queue that is thrown away.
    listener_.stop();
    calls_.stop();
    // Waits for answers that may never come.
    shutdown_ = std::thread([this, grace, until, done = std::move(done)]() mutable {
      // gRPC cancels calls that come while it shuts down, which tells callers nothing.
      std::this_thread::sleep_for(std::min(kLastChance, grace));
      server_->Shutdown(until);
      done.set_value();
    });
    return ended.wait_for(grace) == std::future_status::ready;
  }

  FeatcGrpcCounts counts() const {
    FeatcGrpcCounts counts = calls_.counts();
    counts.connections = listener_.connections();
    counts.refusedConnections = listener_.refused();
    return counts;
  }

 private:
  static constexpr std::chrono::milliseconds kLastChance{200};
  static constexpr int64_t kStreams = 1000;  // of a connection
  static constexpr int64_t kPingEveryMs = 30'000;

  Calls calls_;
  Listener listener_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
  std::thread shutdown_;
};

char* start(const FeatcGrpcOptions* options, const FeatcGrpcHandlers* handlers, void** server, int32_t* port) {
  try {
    gpr_set_log_function(Log::write);
    auto made = std::make_unique<Server>(*options, *handlers);
    int at = 0;
    if (std::string problem = made->start(*options, at); !problem.empty()) return strdup(problem.c_str());
    *port = at;
    *server = made.release();
    return nullptr;
  } catch (const std::exception& failure) {
    return strdup(failure.what());
  }
}

void answer(void* call, const FeatcGrpcAnswer* answer) { static_cast<Call*>(call)->answer(*answer); }

int drain(void* server, int64_t graceMs) {
  return static_cast<Server*>(server)->drain(std::chrono::milliseconds(graceMs)) ? 1 : 0;
}

FeatcGrpcCounts counts(const void* server) { return static_cast<const Server*>(server)->counts(); }

void closeServer(void* server) { delete static_cast<Server*>(server); }

constexpr FeatcGrpc kModule{start, answer, drain, counts, closeServer};

}  // namespace

extern "C" __attribute__((visibility("default"))) const FeatcGrpc* featcGrpc(uint32_t wanted) {
  return wanted == FEATC_GRPC_VERSION ? &kModule : nullptr;
}
