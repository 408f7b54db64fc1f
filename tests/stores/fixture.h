// SPDX-License-Identifier: Apache-2.0
// What tests of stores share: sources, rows, fetching and showing, a folder, a Redis of their own.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stores/described_store.h"
#include "stores/open_store.h"
#include "tests/stores/redis_server.h"

namespace featc::test {

using Clock = std::chrono::steady_clock;

// `hash` and `json` differ in nothing but their encoding.
const std::vector<SourceInfo>& sources();
const SourceInfo& source(const std::string& name);
// Their rows as JSON lines: values of every type, missing ones, and keys of every kind.
const std::string& rowLines();
// The keys of rowLines(), and one that is not there.
const std::vector<std::string>& rowKeys();
// Writes rowLines() into the store at `url`.
void fill(const std::string& url);

// All fields of the source, blocking. Fails the test when no answer comes for a minute.
FetchResult fetch(Store& store, const SourceInfo& source, const std::vector<std::string>& keys,
                  Clock::time_point deadline = Clock::time_point::max());
// A row a line: its status and its fields.
std::string show(const FetchResult& result, const SourceInfo& source);
size_t count(const FetchResult& result, KeyStatus status);

std::shared_ptr<Store> open(const std::string& url);

// Listens on a free port of 127.0.0.1 and greets as Redis does, or not at all; to everything else it answers
// `answer`, which may be nothing.
class SilentServer {
 public:
  explicit SilentServer(bool greets, std::string answer = "");
  // Answers what `answer` makes of the bytes that come at a time.
  using Answer = std::function<std::string(std::string_view asked)>;
  explicit SilentServer(Answer answer);
  ~SilentServer();
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  std::string url(const std::string& parameters = "") const;

 private:
  void serve(const Answer& answer);
  int listener_ = -1;
  int stop_[2] = {-1, -1};
  std::future<void> served_;
};

// A store whose answers a test makes.
class FakeStore final : public Store {
 public:
  using Fetch = std::function<void(const FetchRequest&, Done)>;
  explicit FakeStore(Fetch fetch) : fetch_(std::move(fetch)) {}
  void fetch(const FetchRequest& request, Done done) override { fetch_(request, std::move(done)); }

 private:
  Fetch fetch_;
};

}  // namespace featc::test
