// SPDX-License-Identifier: Apache-2.0
// model.toml is changed where it must be, and nowhere else.
#include "server/model/model_settings.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

using Catch::Matchers::ContainsSubstring;

ModelSettings wanted(std::string version, std::map<std::string, int64_t> labels = {}) {
  ModelSettings settings;
  settings.version = std::move(version);
  settings.labels = std::move(labels);
  return settings;
}

std::string edited(std::string_view text, const ModelSettings& settings) {
  Expected<std::string> made = editModelSettings(text, "model.toml", settings);
  INFO((made ? std::string() : made.error().message));
  REQUIRE(made);
  return *made;
}

TEST_CASE("model.toml is made where there is none") {
  CHECK(edited("", wanted("7")) == "version = 7\n");
  CHECK(edited("", wanted("latest", {{"canary", 7}})) == "[labels]\ncanary = 7\n");
  CHECK(edited("", wanted("7", {{"previous", 6}})) == "version = 7\n\n[labels]\nprevious = 6\n");
}

TEST_CASE("comments, order and other keys of model.toml stay") {
  const std::string text =
      "# of the ads team\n"
      "precision = \"bf16\"  # faster\n"
      "version   =   \"latest\"   # as of May\n"
      "\n"
      "  [labels]  # who is who\n"
      "  stable = 6 # good\n"
      "\"canary\"=7\n"
      "\n";
  CHECK(edited(text, wanted("8", {{"stable", 5}, {"canary", 9}, {"previous", 6}})) ==
        "# of the ads team\n"
        "precision = \"bf16\"  # faster\n"
        "version   =   8   # as of May\n"
        "\n"
        "  [labels]  # who is who\n"
        "  stable = 5 # good\n"
        "\"canary\"=9\n"
        "previous = 6\n"
        "\n");
  CHECK(edited(text, wanted("latest", {{"stable", 6}})) == text);
  CHECK(edited("version = 3", wanted("stable", {{"stable", 4}})) == "version = \"stable\"\n\n[labels]\nstable = 4\n");
  CHECK(edited("version = 3\r\nprecision = \"f32\"\r\n", wanted("4")) == "version = 4\r\nprecision = \"f32\"\r\n");
}

TEST_CASE("the version stands before tables") {
  CHECK(edited("[labels]\nstable = 6\n", wanted("6")) == "version = 6\n[labels]\nstable = 6\n");
  CHECK(edited("# x\n\n[labels]\nversion = 6\n", wanted("5", {{"version", 7}})) ==
        "# x\nversion = 5\n\n[labels]\nversion = 7\n");
}

TEST_CASE("a model.toml that cannot be changed line by line is left as it is") {
  for (const char* text : {"labels = {stable = 6}\n", "labels.stable = 6\n", "version = \"\"\"latest\"\"\"\n"}) {
    INFO(text);
    Expected<std::string> made = editModelSettings(text, "model.toml", wanted("8", {{"stable", 7}}));
    REQUIRE(!made);
    CHECK(made.error().code == ErrorCode::BadModel);
    CHECK_THAT(made.error().message, ContainsSubstring("set version = \"8\", labels.stable = 7 yourself"));
  }
  Expected<std::string> made = editModelSettings("version = [", "model.toml", wanted("8"));
  REQUIRE(!made);
  CHECK_THAT(made.error().message, ContainsSubstring("model.toml:1"));
}

}  // namespace
}  // namespace featc
