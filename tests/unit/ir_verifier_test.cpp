// SPDX-License-Identifier: Apache-2.0
// The verifier: sound graphs pass, each broken rule is found.
#include "ir/verifier.h"

#include "tests/common/catch.h"

using namespace featc;

namespace {

Graph sound() {
  Graph graph;
  graph.info().inputs.push_back({Scope::Item, "x", Type::int64()});
  NodeId x = graph.addInput(0);
  OutputInfo output;
  output.name = "x";
  output.slot = 1;
  output.type = Type::int64();
  graph.info().outputs.push_back(output);
  graph.addOutput(x);
  return graph;
}

bool finds(const Graph& graph, std::string_view text) {
  for (const std::string& problem : verify(graph)) {
    if (problem.find(text) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("a sound graph has no problems", "[ir]") { CHECK(verify(sound()).empty()); }

TEST_CASE("broken graphs are found", "[ir]") {
  Graph graph = sound();
  SECTION("an output of the wrong type") {
    graph.info().outputs[0].kind = OutputKind::Sequence;
    graph.info().outputs[0].length = 3;
    CHECK(finds(graph, "cannot emit int64"));
  }
  SECTION("an output whose scope is another") {
    graph.info().outputs[0].scope = Scope::Request;
    CHECK(finds(graph, "has scope request"));
  }
  SECTION("an output without a value") {
    graph.setOutputs({});
    CHECK(finds(graph, "1 outputs are declared, 0 have a value"));
  }
  SECTION("an output whose value does not exist") {
    graph.setOutputs({7});
    CHECK(finds(graph, "%7 does not exist"));
  }
  SECTION("a schema that changed behind an input") {
    graph.info().inputs[0].type = Type::string();
    CHECK(finds(graph, "has type int64"));
  }
  SECTION("a scope that changed behind an input") {
    graph.info().inputs[0].scope = Scope::Request;
    CHECK(finds(graph, "has scope item"));
  }
  SECTION("a constant that is not a value of its type") {
    graph.addConstant(Value::of(0.5), Type::int64());
    CHECK(finds(graph, "0.5 is not of type int64"));
  }
  SECTION("a call with too few arguments") {
    graph.addCall(*operators().find("add"), Resolution{}, std::vector<NodeId>{0});
    CHECK(finds(graph, "add takes 2 arguments, not 1"));
  }
  SECTION("a call whose arguments have other types") {
    graph.addConstant(Value::of(0.5), Type::float64());
    graph.addCall(*operators().find("add"), Resolution{}, std::vector<NodeId>{0, 1});
    CHECK(finds(graph, "argument 2 of add is float64, not int64"));
  }
  SECTION("a slot that does not exist") {
    graph.info().outputs[0].slot = 0;
    CHECK(finds(graph, "slot 0 does not exist"));
  }
}
