// SPDX-License-Identifier: Apache-2.0
// What the module featc_grpc.so offers: calls of gRPC with one message each way, whatever the messages are. Functions
// of C, so that the module and the program that loads it need not agree on any C++ library.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

struct FeatcGrpcText {
  const char* data;
  size_t size;
};

struct FeatcGrpcHeader {
  struct FeatcGrpcText name;
  struct FeatcGrpcText value;
};

struct FeatcGrpcOptions {
  const char* address;   // HOST:PORT, port 0: any that is free
  size_t connections;    // at a time; the next is closed
  size_t calls;          // at a time; the next is refused
  size_t headerBytes;    // of a call's metadata
  size_t messageBytes;   // of a request
  size_t memoryBytes;    // of all calls and connections together
  int64_t receiveMs;     // for a request to come
  int64_t sendMs;        // for an answer to be sent
  int64_t idleMs;        // until a connection without calls is closed
  const char* tooMany;   // why a call is refused when there are too many
  const char* tooSlow;   // why it is refused when its request does not come in time
  const char* stopping;  // why it is refused when the server drains
};

// All borrowed for the call of begin().
struct FeatcGrpcRequest {
  struct FeatcGrpcText method;  // `/inference.GRPCInferenceService/ModelInfer`
  const struct FeatcGrpcHeader* headers;
  size_t headerCount;
  const struct FeatcGrpcText* parts;  // of the message, in order
  size_t partCount;
  int64_t elapsedNs;   // since the call came
  int64_t patienceNs;  // from now on, how long the caller waits; INT64_MAX: as long as it takes
};

// Thread-safe. `held` is what begin() gave for the call.
struct FeatcGrpcHandlers {
  void* context;
  // A request has come; it is answered once, now or later. Must be quick. Throws nothing.
  void* (*begin)(void* context, void* call, const struct FeatcGrpcRequest* request);
  // The caller no longer waits.
  void (*hungUp)(void* held);
  // The call is over: `held` is not used any more.
  void (*release)(void* held);
};

struct FeatcGrpcAnswer {
  int32_t status;                         // a gRPC status code
  struct FeatcGrpcText problem;           // of a failure
  const struct FeatcGrpcHeader* headers;  // names in lower case
  size_t headerCount;
  // The message of a success. It stays until `release(owner)` is called.
  struct FeatcGrpcText message;
  void (*release)(void* owner);
  void* owner;
};

struct FeatcGrpcCounts {
  size_t calls;        // that are open now
  uint64_t refused;    // because there were too many
  uint64_t timedOut;   // because a limit of time passed
  size_t connections;  // that are open now
  uint64_t refusedConnections;
};

// Functions that return text give null, or what went wrong, to be freed with free().
struct FeatcGrpc {
  // Listens and serves; `port`: where.
  char* (*start)(const struct FeatcGrpcOptions* options, const struct FeatcGrpcHandlers* handlers, void** server,
                 int32_t* port);
  // From any thread, once a call; the call is not used behind it. Throws nothing.
  void (*answer)(void* call, const struct FeatcGrpcAnswer* answer);
  // Takes no new calls, tells callers to go elsewhere, and returns when all calls are over; 0: some were not after so
  // long, and have been cancelled.
  int (*drain)(void* server, int64_t graceMs);
  struct FeatcGrpcCounts (*counts)(const void* server);
  // Cancels what is open, and returns when all calls have been answered.
  void (*close)(void* server);
};

// Grows with every change of the structs.
#define FEATC_GRPC_VERSION 1
const struct FeatcGrpc* featcGrpc(uint32_t version);
}
