// SPDX-License-Identifier: Apache-2.0
// What does not fit between a config and a network is said at once, with proposals.
#include "server/model/binding.h"

#include "tests/common/catch.h"

namespace featc {
namespace {

using Catch::Matchers::ContainsSubstring;

TensorInfo floats(std::string name, std::vector<int64_t> shape) {
  return {std::move(name), TensorType::Float32, "f32", false, std::move(shape)};
}
TensorInfo ids(std::string name, std::vector<int64_t> shape) {
  return {std::move(name), TensorType::Int64, "i64", false, std::move(shape)};
}

OutputInfo output(OutputKind kind, std::string name, Scope scope = Scope::Item) {
  OutputInfo info;
  info.kind = kind;
  info.name = std::move(name);
  info.scope = scope;
  info.type = kind == OutputKind::Dense ? Type::float64() : Type::int64();
  return info;
}

// user (request), shop and tags (several ids), price, recent (length 5).
struct Config {
  ProgramInfo info;
  std::vector<uint32_t> dims;
  BindingFile file{.path = "binding.toml", .inputs = {}, .unused = {}, .score = {}};

  Config() {
    info.outputs = {output(OutputKind::Sparse, "user", Scope::Request), output(OutputKind::Sparse, "shop"),
                    output(OutputKind::Sparse, "tags"), output(OutputKind::Dense, "price"),
                    output(OutputKind::Sequence, "recent")};
    info.outputs[2].type = Type::list(Type::int64());
    info.outputs[4].type = Type::list(Type::int64());
    info.outputs[4].length = 5;
    dims = {8, 0, 4, 0, 0};
  }

  Expected<Binding> bind(const std::vector<TensorInfo>& inputs,
                         const std::vector<TensorInfo>& outputs = {floats("score", {-1, 1})}) const {
    return bindNetwork(info, dims, file, inputs, outputs);
  }
  std::string problem(const std::vector<TensorInfo>& inputs,
                      const std::vector<TensorInfo>& outputs = {floats("score", {-1, 1})}) const {
    Expected<Binding> bound = bind(inputs, outputs);
    return bound ? "" : bound.error().message;
  }
};

const std::vector<TensorInfo> kAll = {floats("user", {-1, 8}), ids("shop", {-1}), floats("tags", {-1, 4}),
                                      floats("price", {-1}), ids("recent", {-1, 5})};

std::vector<TensorInfo> with(size_t index, TensorInfo info) {
  std::vector<TensorInfo> inputs = kAll;
  inputs[index] = std::move(info);
  return inputs;
}

TEST_CASE("inputs take the outputs of their names") {
  Expected<Binding> bound = Config().bind(kAll);
  REQUIRE(bound);
  CHECK(bound->inputs[0].parts[0].kind == BoundKind::Embedding);
  CHECK(bound->inputs[1].parts[0].kind == BoundKind::Payload);
  CHECK(bound->inputs[3].rowShape.empty());
  CHECK(bound->inputs[4].rowSize() == 5);
  CHECK(bound->outputs[0].name == "score");
}

TEST_CASE("sizes that the network leaves open take what the config has") {
  Expected<Binding> bound = Config().bind(with(4, ids("recent", {-1, -1})));
  REQUIRE(bound);
  CHECK(bound->inputs[4].rowShape == std::vector<int64_t>{5});
  CHECK(Config().bind(with(0, floats("user", {-1, 2, -1})))->inputs[0].rowShape == std::vector<int64_t>{2, 4});
}

TEST_CASE("outputs stand side by side, lengths and the requests of items have names") {
  Config config;
  config.file.inputs["both"] = {{"user", "tags"}, false};
  Expected<Binding> bound =
      config.bind({floats("both", {-1, 3, 4}), ids("shop", {-1, 1}), floats("price", {-1, 1}), ids("recent", {-1, 5}),
                   ids("recent.length", {-1}), ids("request_of_item", {-1})});
  REQUIRE(bound);
  CHECK(bound->inputs[0].width == 12);
  CHECK(bound->inputs[4].parts[0].kind == BoundKind::Length);
  CHECK(bound->inputs[5].parts[0].kind == BoundKind::RequestOfItem);
}

TEST_CASE("all that does not fit is said at once") {
  std::string text = Config().problem({floats("usr", {-1, 8}), floats("shop", {-1, 16}), floats("tags", {-1, 5}),
                                       floats("recent", {-1, 5, 4}), floats("price", {4, 1})},
                                      {floats("a", {-1}), floats("b", {-1})});
  CHECK_THAT(text, ContainsSubstring("input \"usr\", f32 [?, 8]: nothing feeds it; is the output \"user\" meant?"));
  CHECK_THAT(text, ContainsSubstring("input \"shop\" takes f32 [?, 16], and \"shop\" gives i64 [?]: the output has no "
                                     "table in the epoch"));
  CHECK_THAT(text, ContainsSubstring("input \"tags\" takes f32 [?, 5], and \"tags\" gives f32 [?, 4]"));
  CHECK_THAT(text, ContainsSubstring("output \"user\": no input of the network reads it"));
  CHECK_THAT(text,
             ContainsSubstring("input \"price\" takes f32 [4, 1]: export the network so that its first dimension"));
  CHECK_THAT(text, ContainsSubstring("the network has the outputs a b: write in binding.toml which one is the score"));
}

TEST_CASE("several ids need a table") {
  Config config;
  config.dims[2] = 0;
  CHECK_THAT(config.problem(with(2, ids("tags", {-1}))),
             ContainsSubstring("a row may have several ids, so it needs a table"));
}

TEST_CASE("an only output that fits is proposed") {
  Config config;
  CHECK_THAT(config.problem(with(3, floats("x", {-1}))), ContainsSubstring("is the output \"price\" meant?"));
}

TEST_CASE("binding.toml names what there is") {
  Config config;
  config.file.inputs["usr"] = {{"user"}, false};
  config.file.unused = {"prise", "shop"};
  config.file.score = "scor";
  std::string text = config.problem(kAll);
  CHECK_THAT(text,
             ContainsSubstring("binding.toml: inputs.usr: the network has no such input; did you mean \"user\"?"));
  CHECK_THAT(text, ContainsSubstring("unused: the config has no output \"prise\"; did you mean \"price\"?"));
  CHECK_THAT(text, ContainsSubstring("unused: the network does read \"shop\""));
  CHECK_THAT(text, ContainsSubstring("score: the network has no output \"scor\"; did you mean \"score\"?"));
}

TEST_CASE("only what does not depend on the item has a row a request") {
  Config config;
  config.file.inputs["user"] = {{}, true};
  REQUIRE(config.bind(kAll));
  config.file.inputs["shop"] = {{}, true};
  CHECK_THAT(config.problem(kAll),
             ContainsSubstring("input \"shop\" gets a row a request, and \"shop\" depends on the item"));
}

TEST_CASE("what stands side by side has one type and length") {
  Config config;
  config.file.inputs["price"] = {{"price", "shop"}, false};
  CHECK_THAT(config.problem(kAll), ContainsSubstring("one is made of numbers, the other of ids"));
  config.file.inputs["price"] = {{"shop", "recent"}, false};
  CHECK_THAT(config.problem(kAll), ContainsSubstring("it has 5 elements a row, they have 0"));
}

TEST_CASE("a score is one number an item") {
  CHECK_THAT(Config().problem(kAll, {floats("score", {-1, 2})}), ContainsSubstring("a score is one number an item"));
  CHECK_THAT(Config().problem(kAll, {ids("score", {-1})}), ContainsSubstring("a score is one number an item"));
  CHECK_THAT(Config().problem(kAll, {floats("score", {1, 1})}),
             ContainsSubstring("its first dimension must be the items"));
}

}  // namespace
}  // namespace featc
