// SPDX-License-Identifier: Apache-2.0
// Accepts connections for gRPC, whose own listener takes as many as come, and none any more once there were no open
// files left for one.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace featc::grpc_module {

class Listener {
 public:
  // `most` connections at a time; the next one is closed.
  explicit Listener(size_t most) : most_(most) {}
  // As stop().
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // Listens at HOST:PORT or [HOST]:PORT; port 0: any that is free. Empty, or why that cannot be.
  std::string listen(const std::string& address);
  int port() const { return port_; }
  // Who takes the socket of each connection, from another thread. Once, after listen().
  void accept(std::function<void(int listener, int socket)> take);
  // Whoever has connected by now is taken, and nobody later.
  void stop();

  size_t connections() const;
  uint64_t refused() const { return refused_; }

 private:
  // A socket that was handed on: its number may have become another file's since.
  struct Taken {
    int socket = -1;
    ino_t inode = 0;
    bool isOpen() const;
  };

  void run(const std::function<void(int, int)>& take);
  bool acceptAll(const std::function<void(int, int)>& take);

  const size_t most_;
  int listener_ = -1;
  int wake_ = -1;
  int port_ = 0;
  std::atomic<uint64_t> refused_ = 0;
  mutable std::mutex mutex_;
  mutable std::vector<Taken> taken_;
  std::thread thread_;
};

}  // namespace featc::grpc_module
