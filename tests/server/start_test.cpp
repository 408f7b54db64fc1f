// SPDX-License-Identifier: Apache-2.0
// `featc serve` is told to end while it is starting.
#include <csignal>

#include "tests/common/catch.h"
#include "tests/common/eventually.h"
#include "tests/server/server_process.h"

using namespace featc::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("a signal ends the server while it is starting, at once") {
  for (int signal : {SIGTERM, SIGINT}) {
    ServerSetup setup;
    setup.options = {"--plugins", FEATC_SERVER_PLUGINS};
    setup.configs = {{"slow.feat",
                      "model slow\nitem { x : int64 }\nextern fn f(x: int64) -> int64 from \"libslow_start.so\"\n"
                      "sparse x slot 1 = f(x)\n"}};
    setup.until = "loading slowly";
    ServerProcess server(setup);
    REQUIRE_THAT(server.log(), ContainsSubstring("loading slowly"));
    auto sent = std::chrono::steady_clock::now();
    server.signal(signal);
    CHECK(server.wait() == 0);
    // Loading would take two minutes.
    CHECK(std::chrono::steady_clock::now() - sent < std::chrono::seconds(60));
    CHECK_THAT(server.log(), !ContainsSubstring("stopping"));
  }
}
