// SPDX-License-Identifier: Apache-2.0
// The text form of graphs: what it holds, that it reads back, and that bad text is an error.
#include <fmt/format.h>
#include <bit>

#include <cmath>
#include <limits>
#include <random>

#include "ir/dump_dot.h"
#include "ir/dump_json.h"
#include "ir/equal.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "tests/common/catch.h"

using namespace featc;

namespace {

Graph parse(std::string_view text) {
  auto graph = parseGraph(text);
  INFO(graph.error().message);
  REQUIRE(graph);
  return std::move(*graph);
}

std::string errorOf(std::string_view text) { return parseGraph(text).error().message; }

constexpr std::string_view kWhole = R"(semantics 1
model `my model`
fingerprint "00000000000000fe"
hash_family farm
schema request.user_id : int64
schema item.price : float64?
schema item.`a.b` : map<string, float64>
source user(user_id: int64) encoding json key "u:{user_id}\n\xff"
field user.age : int64?
%0 = input request.user_id : int64
%1 = read user(%0) : row @request
%2 = field %1.age : int64? @request
%3 = const 99 : int64
%4 = default_to %2, %3 : int64 @request
%5 = input item.price : float64?
%6 = log1p %5 : float64?
output sparse age slot 4 shared missing 99 count_lost_bits %4
output dense price_log default -0 %6
)";

}  // namespace

TEST_CASE("the text form holds all of a graph", "[ir]") {
  Graph graph = parse(kWhole);
  CHECK(toText(graph) == kWhole);
  CHECK(verify(graph).empty());
  CHECK(graph.info().sources[0].keyPattern == "u:{user_id}\n\xff");
  CHECK(graph.node(2).level == 1);
  CHECK(std::signbit(graph.info().outputs[1].defaultValue));
}

TEST_CASE("origins stand as comments", "[ir]") {
  Sources sources;
  FileId file = sources.add("a.feat", "first\nsecond line\n");
  Graph graph;
  graph.info().inputs.push_back({Scope::Item, "x", Type::int64()});
  graph.addInput(0, Span{file, 8, 10});
  std::string text = toText(graph, &sources);
  CHECK(text.find("# a.feat:2:3") != std::string::npos);
  CHECK(equalGraphs(parse(text), graph));
}

TEST_CASE("constants read back to the bit", "[ir]") {
  double nan = std::bit_cast<double>(uint64_t{0xfff8000000000123});
  double inf = std::numeric_limits<double>::infinity();
  Graph graph;
  auto f = Type::float64();
  for (double v : {0.0, -0.0, 0.1, 1e300, 5e-324, inf, -inf, nan, 1.0}) graph.addConstant(Value::of(v), f);
  graph.addConstant(Value::of(std::numeric_limits<int64_t>::min()), Type::int64());
  graph.addConstant(Value::of(true), Type::boolean());
  graph.addConstant(Value::of(std::string("a\"\\#%\0\xff\n\xe4\xb8\xad", 11)), Type::string());
  graph.addConstant(Value::missing(), Type::list(Type::string()));
  graph.addConstant(Value::list({}), Type::list(f));
  graph.addConstant(Value::list({Value::of(nan), Value::missing(), Value::of(-inf)}), Type::list(f));
  graph.addConstant(Value::map({{Value::of(std::string("]")), Value::of(int64_t{1})}}),
                    Type::map(Type::string(), Type::int64()));
  std::string text = toText(graph);
  INFO(text);
  CHECK(equalGraphs(parse(text), graph));
}

TEST_CASE("what is wrong in a text is said with its line", "[ir]") {
  CHECK(errorOf("%0 = const 1 : int64\n%1 = log2 %5 : float64?\n") == "line 2: %5 is not defined above");
  CHECK(errorOf("%0 = nonsense : int64") == "line 1: unknown operator \"nonsense\"");
  CHECK(errorOf("fingerprint \"fe\"") == "line 1: \"fe\" is not a fingerprint: 16 hexadecimal digits");
  CHECK(errorOf("semantics 3") == "line 1: \"3\" is not an integer from 1 to 2");
  CHECK(errorOf("%0 = const 1 : timestamp") == "line 1: \"timestamp\" is not a type of a node");
  CHECK(errorOf("schema item.at : timestamp\n%0 = input item.at : timestamp") ==
        "line 2: \"timestamp\" is not a type of a node");
  CHECK(errorOf("source s(k: timestamp) encoding hash key \"\"") ==
        "line 1: a key field is a single value and not a timestamp");
  CHECK(errorOf("%0 = const 1 : int64\n%1 = negate %0 : float64") == "line 2: its type is int64, not float64");
  CHECK(errorOf("%0 = const 1 : int64\n%1 = log %0 : float64") ==
        "line 2: integer arguments of log must be converted with \"float\" first");
  CHECK(errorOf("%0 = const 1 : int64\noutput dense x %0") == "line 2: a dense output cannot emit int64");
}

TEST_CASE("bad text never crashes", "[ir]") {
  for (std::string_view text : {
           "%0",
           "%0 =",
           "%99999999999 = const 1 : int64",
           "%0 = const",
           "%0 = const [",
           "%0 = const [1, 2 : list<int64>",
           "%0 = const [1 2] : list<int64>",
           "%0 = const {1: 2} : int64",
           "%0 = const 9223372036854775808 : int64",
           "%0 = const 1 : list<list<list<list<list<list<list<list<int64>>>>>>>>",
           "%0 = const 1 : row<0>",
           "%0 = const 1 : none",
           "%0 = const \"\\u{110000}\" : string",
           "%0 = const \"\\u{}\" : string",
           "%0 = const \"abc : string",
           "%0 = const nan(0x0) : float64",
           "%0 = input item.x : int64",
           "%0 = read nothing() : row",
           "source s() encoding hash key \"\"",
           "source s(k: list<int64>) encoding hash key \"\"",
           "schema constant.x : int64",
           "schema item.x : weighted<int64>",
           "%0 = const 1 : int64\nschema item.x : int64",
           "%0 = const 1 : int64\n%0 = const 2 : int64",
           "%0 = const 1 : int64\n%1 = add %0 : int64",
           "%0 = const 1 : int64\n%1 = add %0, %0, %0 : int64",
           "%0 = add : int64",
           "%0 = const 1 : int64\noutput sparse a slot 0 %0",
           "%0 = const 1 : int64\noutput sparse a slot 1048576 %0",
           "%0 = const 1 : int64\noutput sparse a %0",
           "%0 = const 1 : int64\noutput sparse a slot 1 missing -1 %0",
           "%0 = const 1 : int64\noutput sparse a slot 1 %0\noutput sparse a slot 2 %0",
           "output",
           "\xff\xfe",
           "`",
       }) {
    INFO(text);
    CHECK_THAT(errorOf(text), Catch::Matchers::StartsWith("line "));
  }
  std::string many = "%0 = const 1 : int64\n%1 = min %0";
  for (int i = 0; i < 100; ++i) many += ", %0";
  many += " : int64";
  CHECK(errorOf(many) == "line 2: more than 64 arguments");
}

TEST_CASE("a text cut or changed anywhere is a graph or an error", "[ir]") {
  std::mt19937 random(7);
  for (size_t length = 0; length <= kWhole.size(); ++length) {
    if (auto cut = parseGraph(kWhole.substr(0, length))) CHECK(equalGraphs(parse(toText(*cut)), *cut));
    auto changed = std::string(kWhole);
    for (int i = 0; i < 3; ++i) changed[random() % changed.size()] = "%(),:=@?<>\"`\\#0a \n"[random() % 19];
    if (auto graph = parseGraph(changed)) CHECK(equalGraphs(parse(toText(*graph)), *graph));
  }
}

TEST_CASE("generated graphs read back equal", "[ir]") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    Graph graph;
    auto pick = [&](size_t n) { return static_cast<size_t>(random() % n); };
    std::vector<Type> types{Type::int64(),
                            Type::float64(),
                            Type::string(),
                            Type::boolean(),
                            Type::list(Type::int64()),
                            Type::list(Type::string()),
                            Type::map(Type::string(), Type::float64())};
    for (int i = 0; i < 8; ++i) {
      graph.info().inputs.push_back({pick(2) == 0 ? Scope::Request : Scope::Item, fmt::format("f{}", i),
                                     types[pick(types.size())].withNullable(pick(2) == 0)});
    }
    for (uint32_t i = 0; i < 8; ++i) graph.addInput(i);
    graph.addConstant(Value::of(int64_t{3}), Type::int64());
    graph.addConstant(Value::of(0.25), Type::float64());
    for (int i = 0; i < 300; ++i) {
      const auto& all = operators().all();
      const Operator& op = *all[pick(all.size())];
      if (op.prepare != nullptr || op.hasConstants()) continue;
      std::vector<NodeId> args(op.params.size());
      for (NodeId& arg : args) arg = static_cast<NodeId>(pick(graph.size()));
      graph.call(op, args);
    }
    CHECK(verify(graph).empty());
    std::string text = toText(graph);
    INFO("seed " << seed << "\n" << text);
    CHECK(equalGraphs(parse(text), graph));
  }
}

TEST_CASE("dot and JSON name every node", "[ir]") {
  Graph graph = parse(kWhole);
  std::string dot = toDot(graph);
  CHECK(dot.find("cluster_request") != std::string::npos);
  CHECK(dot.find("n5 -> n6;") != std::string::npos);
  std::string json = toJson(graph);
  CHECK(
      json.find(
          R"({"id": 6, "kind": "call", "operator": "log1p", "args": [5], "type": "float64?", "scope": "item", "level": 0})") !=
      std::string::npos);
  CHECK(json.find(R"("key": "u:{user_id}\n)"
                  "\xEF\xBF\xBD") != std::string::npos);
}
