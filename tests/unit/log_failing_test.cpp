// SPDX-License-Identifier: Apache-2.0
// A log of calls that fails costs its line, and no call.
#include <stdexcept>
#include <string>

#include "data/log/read_recorder.h"
#include "data/log/request_log.h"
#include "schedulers_fixture.h"
#include "tests/common/catch.h"
#include "tests/memory/failing_memory.h"

using namespace featc;
using namespace featc::test;

namespace {

// Calls of the config with reads, through stores that record.
struct Logged {
  ReadsProgram program{false};
  StoreBinding stores;
  std::shared_ptr<const Extractor> extractor;
  ReadsBatch batch{program.extractor->info(), readsRequests(2, 7)};
  Result expected;

  Logged() {
    EngineOptions options;
    options.engine = EngineKind::Interp;
    stores.fallback = program.rows;
    options.stores = recordingStores(stores, program.config.optimized.info().sources);
    extractor = makeExtractor(program.config.optimized, options).extractor;
    Scratch scratch(*extractor);
    REQUIRE(!extractor->run(batch.batch(), scratch, expected));
  }
};

}  // namespace

TEST_CASE("a sink of a log that throws costs its lines and no call", "[log]") {
  Logged logged;
  int lines = 0;
  RequestLog log(logged.extractor->info(), 1, [&](std::string_view) {
    if (++lines % 2 == 0) throw std::runtime_error("a full disk");
  });
  Scratch scratch(*logged.extractor);
  for (int i = 0; i < 6; ++i) {
    Result result;
    REQUIRE(!log.run(*logged.extractor, logged.batch.batch(), scratch, result));
    CHECK(difference(logged.expected, result).value_or("") == "");
  }
  CHECK(lines == 6);
}

TEST_CASE("a log without memory costs its line and no read", "[log]") {
  Logged logged;
  std::string line;
  RequestLog log(logged.extractor->info(), 1, [&](std::string_view text) { line = text; });
  Scratch scratch(*logged.extractor);
  Result result;
  Error error;
  REQUIRE(!log.run(*logged.extractor, logged.batch.batch(), scratch, result));
  const std::string wanted = line;
  REQUIRE(wanted.find("\"incomplete\"") == std::string::npos);
  auto run = [&] {
    line.clear();
    error = log.run(*logged.extractor, logged.batch.batch(), scratch, result);
  };
  auto check = [&](bool threw) {
    CHECK(!threw);
    if (error) {
      CHECK(error.code == ErrorCode::NoMemory);
    } else if (!result.reads().degraded()) {
      CHECK(difference(logged.expected, result).value_or("") == "");
      // No line, a whole one, or one that says what it lacks.
      CHECK((line.empty() || line == wanted || line.find("\"incomplete\": \"out of memory\"") != std::string::npos));
    }
    run();
    CHECK(!error);
    CHECK(line == wanted);
  };
  withFailingMemory(run, check);
}
