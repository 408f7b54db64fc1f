// SPDX-License-Identifier: Apache-2.0
// Each pass on hand-written IR: text in, text out.
#include "ir/equal.h"
#include "ir/text.h"
#include "optimizer/pass.h"
#include "tests/common/catch.h"

using namespace featc;

namespace {

Graph parse(const std::string& text) {
  auto graph = parseGraph(text);
  INFO(text << graph.error().message);
  REQUIRE(graph);
  return std::move(*graph);
}

constexpr const char* kSchema = R"(semantics 1
hash_family xxh3
schema request.r : int64
schema request.q : int64
schema request.s : string
schema request.l : list<string>
schema item.i : int64
schema item.j : int64
schema item.f : float64
source a(k: int64) encoding hash key "a:{k}"
field a.v : int64?
source b(k: int64) encoding hash key "b:{k}"
field b.v : int64?
)";

// What passes `names` make of `body`, without the header. Each pass again changes nothing.
std::string after(const std::string& names, const std::string& body) {
  auto passes = parsePassList(names);
  REQUIRE(passes);
  OptimizeOptions options;
  options.passes = *passes;
  Graph graph = optimize(parse(kSchema + body), options);
  CHECK(equalGraphs(optimize(graph, options), graph));
  return toText(graph).substr(std::string(kSchema).size());
}

}  // namespace

TEST_CASE("a list of passes", "[optimizer]") {
  CHECK(parsePassList("none")->empty());
  CHECK(parsePassList("simplify,dead_nodes")->size() == 2);
  CHECK(parsePassList("common_operators")->front()->name == "argument_order");
  CHECK_FALSE(parsePassList("simplify,"));
  CHECK(parsePassList("simplfy").error().message.starts_with("unknown pass \"simplfy\""));
}

TEST_CASE("the runner reports each pass", "[optimizer]") {
  Graph graph = parse(std::string(kSchema) + "%0 = input item.i : int64\n%1 = negate %0 : int64\n");
  std::vector<std::string> seen;
  OptimizeOptions options;
  options.after = [&](const PassReport& report, const Graph& now) {
    seen.emplace_back(report.pass->name);
    CHECK(report.nodesAfter == now.size());
  };
  CHECK(optimize(graph, options).size() == 0);
  CHECK(seen.size() == passes().size());
}

TEST_CASE("constant_folding", "[optimizer]") {
  CHECK(after("constant_folding,dead_nodes", R"(%0 = const 2 : int64
%1 = const 3 : int64
%2 = add %0, %1 : int64 @constant
%3 = input item.i : int64
%4 = multiply %3, %2 : int64
output sparse x slot 1 %4
)") == R"(%0 = const 5 : int64
%1 = input item.i : int64
%2 = multiply %1, %0 : int64
output sparse x slot 1 %2
)");
}

TEST_CASE("simplify", "[optimizer]") {
  CHECK(after("simplify,dead_nodes", R"(%0 = input item.i : int64
%1 = const 0 : int64
%2 = add %0, %1 : int64
%3 = negate %2 : int64
%4 = negate %3 : int64
output sparse x slot 1 %4
)") == R"(%0 = input item.i : int64
output sparse x slot 1 %0
)");
  const char* float_zero = R"(%0 = input item.f : float64
%1 = const 0 : float64
%2 = add %0, %1 : float64
output dense x %2
)";
  CHECK(after("simplify,dead_nodes", float_zero) == float_zero);
}

TEST_CASE("hash_sharing", "[optimizer]") {
  std::string text = after("hash_sharing,dead_nodes", R"(%0 = input request.s : string
%1 = input item.i : int64
%2 = input item.j : int64
%3 = cross %0, %1 : int64
%4 = cross %0, %2 : int64
%5 = hash %0 : int64 @request
output sparse x slot 1 %3
output sparse y slot 2 %4
output sparse z slot 3 %5
)");
  INFO(text);
  CHECK(text.find("cross") == std::string::npos);
  size_t first = text.find("= hash %0");
  CHECK(first != std::string::npos);
  CHECK(text.find("= hash %0", first + 1) == std::string::npos);
}

TEST_CASE("hash_sharing of lists and of constants", "[optimizer]") {
  std::string text = after("hash_sharing,dead_nodes", R"(%0 = input request.l : list<string>
%1 = input item.i : int64
%2 = const "c" : string
%3 = cross %1, %0, %2 : list<int64>
%4 = cross %0, %0 : list<int64> @request
output sparse x slot 1 %3
output sparse y slot 2 %4
)");
  INFO(text);
  CHECK(text.find("= cross") == std::string::npos);
  CHECK(text.find("const \"c\"") == std::string::npos);
  CHECK(text.find("combine_hashes_product") != std::string::npos);
}

TEST_CASE("hash_of_elements", "[optimizer]") {
  CHECK(after("hash_of_elements,dead_nodes", R"(%0 = input request.l : list<string>
%1 = const 0 : int64
%2 = index %0, %1 : string? @request
%3 = hash %2 : int64? @request
%4 = hash %0 : list<int64> @request
output sparse x slot 1 %3
output sparse y slot 2 %4
)") == R"(%0 = input request.l : list<string>
%1 = const 0 : int64
%2 = hash %0 : list<int64> @request
%3 = index %2, %1 : int64? @request
output sparse x slot 1 %3
output sparse y slot 2 %2
)");
  // Nothing needs the hashes of all.
  std::string alone = R"(%0 = input request.l : list<string>
%1 = const 0 : int64
%2 = index %0, %1 : string? @request
%3 = hash %2 : int64? @request
output sparse x slot 1 %3
)";
  CHECK(after("hash_of_elements,dead_nodes", alone) == alone);
}

TEST_CASE("argument_order", "[optimizer]") {
  CHECK(after("argument_order,dead_nodes", R"(%0 = input item.i : int64
%1 = input item.j : int64
%2 = add %0, %1 : int64
%3 = add %1, %0 : int64
output sparse x slot 1 %2
output sparse y slot 2 %3
)") == R"(%0 = input item.i : int64
%1 = input item.j : int64
%2 = add %0, %1 : int64
output sparse x slot 1 %2
output sparse y slot 2 %2
)");
}

TEST_CASE("scope_hoisting", "[optimizer]") {
  CHECK(after("scope_hoisting", R"(%0 = input item.i : int64
%1 = input request.r : int64
%2 = input request.q : int64
%3 = add %0, %1 : int64
%4 = add %3, %2 : int64
output sparse x slot 1 %4
)") == R"(%0 = input request.r : int64
%1 = input request.q : int64
%2 = add %0, %1 : int64 @request
%3 = input item.i : int64
%4 = add %2, %3 : int64
output sparse x slot 1 %4
)");
  std::string shared = R"(%0 = input request.r : int64
%1 = input request.q : int64
%2 = input item.i : int64
%3 = add %2, %0 : int64
%4 = add %3, %1 : int64
output sparse x slot 1 %4
output sparse y slot 2 %3
)";
  CHECK(after("scope_hoisting", shared) == shared);
}

TEST_CASE("dead_nodes", "[optimizer]") {
  CHECK(after("dead_nodes", R"(%0 = input item.i : int64
%1 = read a(%0) : row
%2 = field %1.v : int64?
%3 = input item.j : int64
output sparse x slot 1 %3
)") == R"(%0 = input item.j : int64
output sparse x slot 1 %0
)");
}

TEST_CASE("reads are ordered", "[optimizer]") {
  std::string body = R"(%0 = input item.i : int64
%1 = read a(%0) : row
%2 = field %1.v : int64?
%3 = const 7 : int64
%4 = negate %0 : int64
%5 = default_to %2, %3 : int64
%6 = read b(%5) : row
%7 = field %6.v : int64?
%8 = input item.j : int64
%9 = read b(%8) : row
%10 = field %9.v : int64?
%11 = read a(%8) : row
%12 = field %11.v : int64?
output sparse u slot 1 %7
output sparse v slot 2 %10
output sparse w slot 3 %12
output sparse x slot 4 %4
)";
  CHECK(after("read_first_ordering", body) == R"(%0 = input item.i : int64
%1 = input item.j : int64
%2 = read a(%0) : row
%3 = read a(%1) : row
%4 = read b(%1) : row
%5 = const 7 : int64
%6 = negate %0 : int64
%7 = field %2.v : int64?
%8 = default_to %7, %5 : int64
%9 = read b(%8) : row
%10 = field %4.v : int64?
%11 = field %3.v : int64?
%12 = field %9.v : int64?
output sparse u slot 1 %12
output sparse v slot 2 %10
output sparse w slot 3 %11
output sparse x slot 4 %6
)");
}
