// SPDX-License-Identifier: Apache-2.0
// Files of a model folder: what was written is read, and what is damaged is refused with its place.
#include "server/model/binding_file.h"
#include "server/model/model_settings.h"
#include "server/model/version_manifest.h"
#include "tests/common/catch.h"

namespace featc {
namespace {

using Catch::Matchers::ContainsSubstring;

VersionManifest manifest() {
  VersionManifest manifest;
  manifest.model = "take\"away";
  manifest.fingerprint = 0x0123456789abcdef;
  manifest.semantics = 5;
  manifest.epoch = "2026-12-01";
  manifest.epochOrigin = 7;
  manifest.featc = "0.1.0 x";
  manifest.engine = "OpenVINO";
  manifest.files = {{"features.feat", 12, std::string(32, 'a')}, {"sub/b", 0, std::string(32, 'b')}};
  return manifest;
}

TEST_CASE("a manifest reads back") {
  Expected<VersionManifest> read = parseVersionManifest(manifestText(manifest()), "m.json");
  REQUIRE(read);
  CHECK(*read == manifest());
}

TEST_CASE("a cut manifest is refused") {
  std::string text = manifestText(manifest());
  for (size_t size = 0; size < text.rfind(']'); ++size) {
    Expected<VersionManifest> read = parseVersionManifest(text.substr(0, size), "m.json");
    REQUIRE(!read);
    CHECK(read.error().code == ErrorCode::BadModel);
    CHECK_THAT(read.error().message, ContainsSubstring("m.json"));
  }
}

TEST_CASE("a wrong field is named") {
  auto problem = [](std::string from, const std::string& to) {
    std::string text = manifestText(manifest());
    text.replace(text.find(from), from.size(), to);
    return parseVersionManifest(text, "m.json").error().message;
  };
  CHECK_THAT(problem("\"0123456789abcdef\"", "\"12\""),
             ContainsSubstring("m.json: fingerprint: expected 16 hexadecimal digits"));
  CHECK_THAT(problem("\"semantics\": 5", "\"semantics\": \"5\""), ContainsSubstring("semantics: expected a number"));
  CHECK_THAT(problem("\"bytes\": 0", "\"bytes\": -1"), ContainsSubstring("files[1].bytes: expected a number"));
  CHECK_THAT(problem("\"featc_model\": 1", "\"featc_model\": 2"), ContainsSubstring("this featc reads 1"));
}

TEST_CASE("differences name the file") {
  std::vector<PackedFile> packed = manifest().files;
  std::vector<PackedFile> found = packed;
  CHECK(differences(packed, found).empty());
  found[0].xxh128[0] = 'c';
  found[1].path = "new";
  std::vector<std::string> lines = differences(packed, found);
  REQUIRE(lines.size() == 3);
  CHECK_THAT(lines[0], ContainsSubstring("features.feat has 12 bytes and the sum ca"));
  CHECK(lines[1] == "sub/b is gone");
  CHECK(lines[2] == "new was added");
}

TEST_CASE("binding.toml") {
  Expected<BindingFile> file =
      parseBindingFile("score = \"ctr\"\n[inputs.\"a.b\"]\noutputs = [\"x\", \"y\"]\nper = \"request\"\n", "b.toml");
  REQUIRE(file);
  CHECK(file->score == "ctr");
  CHECK(file->inputs.at("a.b").outputs == std::vector<std::string>{"x", "y"});
  CHECK(file->inputs.at("a.b").perRequest);
}

TEST_CASE("mistakes in binding.toml are said together, with their lines") {
  std::string text =
      parseBindingFile("scores = \"ctr\"\nunused = \"x\"\n[inputs.a]\nper = \"row\"\noutputs = []\n", "b.toml")
          .error()
          .message;
  CHECK_THAT(text, ContainsSubstring("b.toml:1: scores: there is no such key; did you mean \"score\"?"));
  CHECK_THAT(text, ContainsSubstring("b.toml:2: unused: expected a list of strings"));
  CHECK_THAT(text, ContainsSubstring("b.toml:4: inputs.a.per: expected \"item\" or \"request\", not \"row\""));
  CHECK_THAT(text, ContainsSubstring("b.toml:5: inputs.a.outputs: the list is empty"));
  CHECK_THAT(parseBindingFile("a = [", "b.toml").error().message, ContainsSubstring("b.toml:1: "));
}

TEST_CASE("model.toml") {
  Expected<ModelSettings> settings =
      parseModelSettings("version = \"stable\"\nprecision = \"bf16\"\n[labels]\nstable = 6\n", "m.toml");
  REQUIRE(settings);
  CHECK(settings->version == "stable");
  CHECK(settings->precision == Precision::BFloat16);
  CHECK(settings->labels.at("stable") == 6);
  CHECK(parseModelSettings("version = 7", "m.toml")->version == "7");
  CHECK_THAT(parseModelSettings("version = true\n[labels]\nx = \"7\"\n", "m.toml").error().message,
             ContainsSubstring("m.toml:1: version: expected a string or an integer, not true or false"));
}

}  // namespace
}  // namespace featc
