// SPDX-License-Identifier: Apache-2.0
// cpp-httplib's server with an end that leaves no request behind.
#pragma once

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

namespace server {

// One thread serves one connection. Requests are counted from their first line to the last byte of their answer.
class HttpServer : public httplib::Server {
 public:
  explicit HttpServer(size_t connections);
  ~HttpServer() override;

  // `127.0.0.1:8080`, port 0 for any that is free, or `unix:PATH`. Says what is wrong; empty: address() is
  // where clients connect.
  std::string start(const std::string& address);
  const std::string& address() const { return address_; }

  bool stopping() const { return stopping_; }
  // Accepts no more connections and ends each one after its next answer; returns when every request that came
  // has been answered, or at `deadline`.
  void drain(std::chrono::steady_clock::time_point deadline);
  // Whether a connection is open still, whatever its client does with it.
  bool hasConnections() const { return connections_ > 0; }

 private:
  class Connections;
  bool isQuiet() const { return expected_ == 0 && busy_ == 0; }

  std::string address_;
  std::string socketPath_;
  std::thread thread_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;  // accepted and not closed
  std::atomic<int> expected_ = 0;     // of these, such as have had no request yet
  std::atomic<int> busy_ = 0;         // requests that are not answered yet
};

}  // namespace server
