// SPDX-License-Identifier: Apache-2.0
// What a sequence group means, for every operator: each element of a list comes out as an item comes out whose
// fields are that element, in a config without groups.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "data/json/json_reader.h"
#include "data/result_writer.h"
#include "frontend/frontend.h"
#include "ir/interpreter.h"
#include "optimizer/pass.h"
#include "runtime/calls/extractor.h"
#include "tests/common/catch.h"
#include "tests/common/engines.h"

namespace featc {
namespace {

struct Field {
  std::string name;
  Type type;
  bool ofElement;  // else the same for all elements of an item
};

const std::vector<Field>& fields() {
  static const std::vector<Field> all = {
      {"a", Type::int64(), true},
      {"f", Type::float64(), true},
      {"s", Type::string(), true},
      {"b", Type::boolean(), true},
      {"la", Type::list(Type::int64()), true},
      {"lf", Type::list(Type::float64()), true},
      {"ls", Type::list(Type::string()), true},
      {"lb", Type::list(Type::boolean()), true},
      {"m", Type::map(Type::string(), Type::float64()), true},
      {"k", Type::map(Type::int64(), Type::float64()), true},
      {"ra", Type::int64(), false},
      {"rf", Type::float64(), false},
      {"rs", Type::string(), false},
      {"rla", Type::list(Type::int64()), false},
  };
  return all;
}

// `$name` is an element's field or an item's.
std::string spelled(const std::string& expression, bool inGroup) {
  std::string out;
  for (size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] != '$') {
      out += expression[i];
      continue;
    }
    size_t end = i + 1;
    while (end < expression.size() && std::isalnum(static_cast<unsigned char>(expression[end])) != 0) ++end;
    std::string name = expression.substr(i + 1, end - i - 1);
    auto field = std::ranges::find(fields(), name, &Field::name);
    out += (inGroup && field->ofElement ? "it." : "") + name;
    i = end - 1;
  }
  return out;
}

std::string schema(bool inGroup) {
  std::string text = "model m\nitem {\n";
  for (const Field& f : fields())
    text += fmt::format("  {} : {}?\n", f.name, toString(inGroup && f.ofElement ? Type::list(f.type) : f.type));
  return text + "}\n";
}

// An output of the expression, or nothing where none can emit it.
std::optional<std::string> outputOf(const std::string& expression, Type type, size_t number, bool inGroup) {
  std::string value = spelled(expression, inGroup);
  Type single = type.isList() ? type.element() : type;
  if (type.is(Kind::Float64)) return fmt::format("dense o{} default -7 = {}\n", number, value);
  if (single.is(Kind::Float64)) return fmt::format("dense o{} width 3 default -7 = {}\n", number, value);
  bool ids = single.isScalar() || type.isWeighted() || (type.isMap() && type.value().isNumber());
  if (!ids) return std::nullopt;
  return fmt::format("sparse o{} slot {}{} = {}\n", number, number + 1, number % 3 == 0 ? " missing 5" : "", value);
}

struct Config {
  std::optional<Graph> graph;
  std::string problem;
};

Config lowered(const std::string& text) {
  Sources sources;
  Diagnostics diagnostics;
  FrontendOptions options;
  options.root = "/";
  Ast ast = parseConfig("/m.feat", text, options, sources, diagnostics);
  Config config;
  if (!diagnostics.hasErrors()) config.graph = makeGraph(ast, options, sources, diagnostics);
  for (const Diagnostic& d : diagnostics.sorted())
    if (kindSeverity(d.kind) == Severity::Error) config.problem += d.message + "; ";
  if (!config.problem.empty()) config.graph.reset();
  return config;
}

// Calls of every operator: an overload's parameters become fields of their types, those of elements and others.
void addCalls(const Operator& op, std::vector<std::string>& out) {
  if (op.isInternal || !op.symbol.empty()) return;
  for (const Overload& overload : op.overloads) {
    for (int variant = 0; variant < 3; ++variant) {
      std::string args;
      bool known = true;
      size_t given = 0;
      for (size_t i = 0; i < op.params.size() && i < overload.params.size(); ++i) {
        if (op.params[i].isConstant) {
          known = known && op.params[i].isOptional;
          continue;
        }
        Type type = overload.anyArgs ? (variant == 0 ? Type::string() : Type::list(Type::int64())) : overload.params[i];
        // In the second variant what is not the first argument comes from outside, in the third a list is given
        // for a single value.
        bool outside = variant == 1 && given > 0;
        if (variant == 2 && type.isScalar() && overload.liftedKernel != nullptr) type = Type::list(type);
        auto field = std::ranges::find_if(fields(),
                                          [&](const Field& f) { return f.type.same(type) && f.ofElement == !outside; });
        if (field == fields().end())
          field = std::ranges::find_if(fields(), [&](const Field& f) { return f.type.same(type); });
        known = known && field != fields().end();
        if (!known) break;
        args += fmt::format("{}{} = ${}", given++ == 0 ? "" : ", ", op.params[i].name, field->name);
      }
      if (known && given > 0) out.push_back(fmt::format("{}({})", op.name, args));
    }
  }
}

std::vector<std::string> expressions() {
  std::vector<std::string> all = {"$a + $f",
                                  "$a + $ra",
                                  "$ra * $a",
                                  "$a / $a",
                                  "$a % 3",
                                  "-$f",
                                  "!$b",
                                  "$a < $ra",
                                  "$s == $rs",
                                  "$b && $a > 0",
                                  "$b || $ra == 1",
                                  "$b ? $a : $ra",
                                  "$b ? $s : $rs",
                                  "$b ? $la : $rla",
                                  "$a ?? $ra",
                                  "$s ?? $rs",
                                  "$la ?? [1]",
                                  "$la ?? 3",
                                  "[$a, $ra, 4]",
                                  "[$f, $a]",
                                  "[$s, $rs, \"c\"]",
                                  "{$s: $f, \"q\": 2.0}",
                                  "$la[0]",
                                  "$la[$a]",
                                  "$ls[-1]",
                                  "$s[0]",
                                  "$la + $a",
                                  "$la + $la",
                                  "$lf * 2.0 + $rf",
                                  "upper($ls)",
                                  "weighted($ls, $lf)",
                                  "weighted([$s], [$f])",
                                  "cross($s, $rs, $la)",
                                  "cross($a, $ra)",
                                  "cross($ls, $la, $rla)",
                                  "zip_cross($ls, $la)",
                                  "bucketize($f, [0.0, 1.5, 3.0])",
                                  "bucketize($lf, [0.0, 1.5])",
                                  "vocab($s, [\"a\", \"b\"])",
                                  "lookup($m, $s, default = 0.5)",
                                  "lookup({\"a\": 1, \"b\": 2}, $s)",
                                  "lookup($k, $a)",
                                  "map_keys($m)",
                                  "map_values($k)",
                                  "$m",
                                  "$k",
                                  "$la",
                                  "$ls",
                                  "$lf",
                                  "$a",
                                  "$s",
                                  "$f",
                                  "$b",
                                  "$ra",
                                  "$rs",
                                  "$rla",
                                  "1",
                                  "\"x\"",
                                  "is_missing($la)",
                                  "hash($ls)",
                                  "concat($ls, [$rs])",
                                  "max($a, $ra, 2)",
                                  "sum($la) + len($ls)",
                                  "contains($rla, $a)",
                                  "contains($la, $ra)",
                                  "int($s) ?? $a"};
  for (const auto& op : operators().all()) addCalls(*op, all);
  return all;
}

// -- Data -------------------------------------------------------------------------------------------------

std::string randomJson(std::mt19937& random, Type type) {
  auto below = [&](unsigned n) { return random() % n; };
  auto pick = [&](std::initializer_list<const char*> of) { return std::string(of.begin()[below(of.size())]); };
  if (below(8) == 0) return "null";
  switch (type.kind()) {
    case Kind::Int64: return pick({"0", "1", "2", "-1", "3", "7", "100000", "-9223372036854775808"});
    case Kind::Float64: return pick({"0.5", "-1.5", "2", "0", "1e300", "-0.0", "3.25"});
    case Kind::Bool: return pick({"true", "false"});
    case Kind::String: return pick({"\"a\"", "\"b\"", "\"\"", "\"A b\"", "\"12\"", "\"x|y\"", "\"\u00e9\""});
    case Kind::List: {
      std::string out;
      for (unsigned n = below(4); n > 0; --n)
        out += fmt::format("{}{}", out.empty() ? "" : ", ", randomJson(random, type.element()));
      return "[" + out + "]";
    }
    default: {
      std::string out;
      for (unsigned n = below(3); n > 0; --n)
        out += fmt::format("{}\"{}\": {}", out.empty() ? "" : ", ", n * type.key().is(Kind::Int64) + below(3),
                           randomJson(random, type.value()));
      return "{" + out + "}";
    }
  }
}

// The same values twice: an item with lists, and an item for each of their elements.
struct Data {
  std::string lists;
  std::string elements;
  std::vector<size_t> lengths;  // by item
};

Data randomData(uint32_t seed) {
  std::mt19937 random(seed);
  Data data{"{\"request\": {}, \"items\": [", "{\"request\": {}, \"items\": [", {}};
  size_t elements = 0;
  for (int item = 0; item < 40; ++item) {
    // Some of them longer than what is computed at once.
    size_t length = item % 13 == 0 ? 700 : random() % 5;
    data.lengths.push_back(length);
    std::map<std::string, std::vector<std::string>> values;
    std::string outside;
    std::string lists;
    for (const Field& f : fields()) {
      if (!f.ofElement) {
        outside += fmt::format(", \"{}\": {}", f.name, randomJson(random, f.type));
        continue;
      }
      std::string list;
      for (size_t k = 0; k < length; ++k) {
        values[f.name].push_back(randomJson(random, f.type));
        list += fmt::format("{}{}", k == 0 ? "" : ", ", values[f.name].back());
      }
      lists += fmt::format(", \"{}\": [{}]", f.name, list);
    }
    data.lists += fmt::format("{}{{{}{}}}", item == 0 ? "" : ", ", lists.substr(2), outside);
    for (size_t k = 0; k < length; ++k) {
      std::string one;
      for (const auto& [name, each] : values) one += fmt::format(", \"{}\": {}", name, each[k]);
      data.elements += fmt::format("{}{{{}{}}}", elements++ == 0 ? "" : ", ", one.substr(2), outside);
    }
  }
  data.lists += "]}\n";
  data.elements += "]}\n";
  return data;
}

Result run(const ProgramInfo& info, std::shared_ptr<const Executable> executable, const std::string& requests) {
  std::string bad;
  auto reader = newJsonReader(info, memorySource(requests), "input", false, [&](const DataMessage& m) {
    if (m.isError) bad += m.render();
  });
  BatchBuilder builder(info);
  std::vector<InputRow> rows;
  REQUIRE(reader->next(builder, rows, INT64_MAX) == ReadStatus::Batch);
  REQUIRE(bad.empty());
  Extractor extractor(info, std::move(executable), {});
  Scratch scratch(extractor);
  Result result;
  REQUIRE(extractor.run(builder.batch(), scratch, result).message.empty());
  return result;
}

bool sameBits(std::span<const float> a, std::span<const float> b) {
  return std::ranges::equal(a, b,
                            [](float x, float y) { return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y); });
}

TEST_CASE("elements of a sequence group come out as items do") {
  std::string plain = schema(false);
  std::string grouped = schema(true) + "sequence group g over a, f, s, b, la, lf, ls, lb, m, k length 1000 {\n";
  std::vector<std::string> kept;
  for (const std::string& expression : expressions()) {
    // Its type, from a config of its own; some calls lack a constant or an overload.
    Config probe =
        lowered(schema(false) + fmt::format("dense x = len(string(is_missing({})))\n", spelled(expression, false)));
    if (!probe.graph) continue;
    Type type;
    for (NodeId id = 0; id < probe.graph->size(); ++id)
      if (probe.graph->node(id).op != nullptr && probe.graph->node(id).op->name == "is_missing")
        type = probe.graph->node(probe.graph->args(id)[0]).type;
    auto output = outputOf(expression, type, kept.size(), false);
    if (!output) continue;
    plain += *output;
    grouped += *outputOf(expression, type, kept.size(), true);
    kept.push_back(expression);
  }
  CHECK(kept.size() > 300);
  Config plainConfig = lowered(plain);
  Config groupConfig = lowered(grouped + "}\n");
  INFO(plainConfig.problem);
  INFO(groupConfig.problem);
  REQUIRE(plainConfig.graph);
  REQUIRE(groupConfig.graph);
  Graph optimized = optimize(*groupConfig.graph);

  Data data = randomData(5);
  const std::vector<NativeForm> forms{{testedCpus().back(), false}, {testedCpus().back(), true}};
  Result meaning = run(plainConfig.graph->info(), makeInterpreter(*plainConfig.graph), data.elements);
  for (const TestedEngine& engine : testedEngines(*groupConfig.graph, optimized, forms)) {
    INFO(engine.name);
    Result result = run(*engine.info, engine.executable, data.lists);
    for (size_t o = 0; o < kept.size(); ++o) {
      const OutputColumn& elements = result.output(o);
      const OutputColumn& items = meaning.output(o);
      INFO(kept[o]);
      int64_t place = 0;
      size_t wrong = 0;
      for (size_t item = 0; item < data.lengths.size(); ++item) {
        if (result.status(static_cast<int64_t>(item)) != RowStatus::Ok) {
          place += static_cast<int64_t>(data.lengths[item]);
          continue;
        }
        ElementRange range = elementsOf(result, elements, static_cast<int64_t>(item));
        REQUIRE(range.end - range.begin == static_cast<int64_t>(data.lengths[item]));
        for (int64_t e = range.begin; e < range.end; ++e, ++place) {
          if (elements.width > 0) {
            wrong += sameBits(denseAt(elements, e), denseAt(items, meaning.row(items, place))) ? 0 : 1;
            continue;
          }
          ItemIds a = idsAt(elements, e);
          ItemIds b = idsAt(items, meaning.row(items, place));
          wrong += std::ranges::equal(a.ids, b.ids) && sameBits(a.weights, b.weights) ? 0 : 1;
        }
      }
      CHECK(wrong == 0);
    }
  }
}

}  // namespace
}  // namespace featc
