// SPDX-License-Identifier: Apache-2.0
// The reads' rows in a Redis and an LMDB of the benchmark's own, which go with it.
#pragma once

#include <memory>
#include <string>

#include "bench/reads_config.h"
#include "tests/stores/redis_server.h"

namespace featc::bench {

class ReadsStores {
 public:
  // Starts redis-server on a socket and fills both.
  explicit ReadsStores(const ReadsSubject& subject);
  // After a restart: it keeps nothing.
  void fillRedis() const;

  // `parameters` as in a store's URL: `&hedge=p95`.
  std::shared_ptr<Store> redis(const std::string& parameters = "") const;
  std::shared_ptr<Store> lmdb() const;
  std::string socket() const { return server.socket(); }

  test::RedisServer server;

 private:
  const std::vector<SourceInfo>& sources_;
  test::TempFolder folder_;
};

}  // namespace featc::bench
