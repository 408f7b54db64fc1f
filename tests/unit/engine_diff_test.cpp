// SPDX-License-Identifier: Apache-2.0
// What an edit does: a table of edits of one config, each with what must be said of it.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "engine/diff/config_diff.h"
#include "tests/common/catch.h"

namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig = R"(
model shops
request {
  user_id : int64
  city    : string
  clicks  : list<int64>
  visits  : list<{ id: int64, ts: int64 }>
}
item {
  item_id  : int64
  price    : float64?
  tags     : list<string>
  brand    : string?
}
source profile(user_id: int64) {
  key "user:{user_id}"
  age   : int64?
  taste : map<string, float64>
}
source past(user_id: int64) encoding json {
  key "past:{user_id}"
  buys : list<{ id: int64, ts: int64 }>
}
let user = profile(request.user_id)
let half = price / 2.0
let band = bucketize(user.age, [18, 25])
sparse   city      slot 1            = city
sparse   age       slot 2 missing 9  = band
sparse   tags      slot 3            = tags
sparse   bought    slot 8            = past(request.user_id).buys.id
sparse   city_tags slot 4            = cross(city, tags)
sparse   brand_id  slot 5            = vocab(brand, file = "brands.txt")
dense    half      default 0.5       = half + 1
dense    vec       width 2           = [half ?? 0, price ?? 0]
sequence recent    slot 6 length 10  = clicks
sequence group seen over visits length 5 {
  sparse id slot 7 = it.id
}
)";

struct Edit {
  const char* what;
  std::vector<std::pair<std::string, std::string>> replaced;
  std::vector<std::string> said;  // `rank kind name: text`
};

class Folder {
 public:
  Folder() {
    path_ = fs::temp_directory_path() / fmt::format("featc-diff-test-{}", static_cast<const void*>(this));
    fs::create_directories(path_);
    write("brands.txt", "acme\nzeta\n");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const char* name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  featc::CompiledConfig compile(const std::string& text) const {
    featc::CompiledConfig config = featc::compileConfig(path_ / "main.feat", {}, text);
    INFO(config.diagnosticsText());
    REQUIRE(config.ok());
    return config;
  }

 private:
  fs::path path_;
};

std::vector<std::string> said(const featc::ConfigDiff& diff) {
  std::vector<std::string> lines;
  for (const featc::Difference& d : diff.differences)
    lines.push_back(fmt::format("{} {} {}: {}", featc::diffRankName(d.rank), d.kind, d.name, d.text));
  return lines;
}

std::string edited(std::string text, const Edit& edit) {
  for (const auto& [from, to] : edit.replaced) {
    const size_t at = text.find(from);
    INFO(edit.what << ": no \"" << from << "\"");
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  }
  return text;
}

const std::vector<Edit>& edits() {
  static const std::vector<Edit> kEdits = {
      // -- nothing ---------------------------------------------------------------------------------
      {"a comment", {{"model shops", "# hello\nmodel shops"}}, {}},
      {"layout", {{"= half + 1", "=\n  half   +   1"}}, {}},
      {"lets in another order",
       {{"let half = price / 2.0\n", ""}, {"sparse   city  ", "let half = price / 2.0\nsparse   city  "}},
       {}},
      {"a let with another name", {{"let band", "let ages"}, {"= band", "= ages"}}, {}},
      {"a let written out", {{"= half + 1", "= price / 2.0 + 1"}}, {}},
      {"a let that is not used", {{"let half", "let other = price * 3\nlet half"}}, {}},
      {"arguments in another order", {{"half + 1", "1 + half"}}, {}},
      {"a constant computed", {{"half + 1", "half + (3 - 2)"}}, {}},
      {"an expression in a fn",
       {{"let half", "fn more(x: float64?) = x + 1\nlet half"}, {"half + 1", "more(half)"}},
       {}},
      {"a double negation", {{"half + 1", "-(-(half + 1))"}}, {}},
      {"an optional field that nothing reads", {{"  price ", "  shop : string?\n  price "}}, {}},
      {"a source that nothing reads",
       {{"let user", "source other(id: int64) { key \"o:{id}\" x: int64? }\nlet user"}},
       {}},
      {"a slot that may be shared", {{"slot 1 ", "slot 1 shared "}}, {}},
      // -- inputs ----------------------------------------------------------------------------------
      {"a required field that nothing reads",
       {{"  price ", "  shop : string\n  price "}},
       {"inputs field item.shop: read now: string"}},
      {"an optional list of structs that nothing reads",
       {{"  price ", "  bids : list<{ id: int64, at: int64 }>?\n  price "}},
       {"inputs field item.bids.at: read now: list<int64>?", "inputs field item.bids.id: read now: list<int64>?"}},
      {"a member that nothing reads",
       {{"visits  : list<{ id: int64, ts: int64 }>", "visits  : list<{ id: int64, ts: int64, at: int64 }>"}},
       {"inputs field request.visits.at: read now: list<int64>"}},
      {"fields in another order",
       {{"  city    : string\n", ""},
        {"  user_id : int64\n  clicks", "  city    : string\n  user_id : int64\n  clicks"}},
       {"inputs config shops: order of fields: request.user_id stood before request.city"}},
      // -- values ----------------------------------------------------------------------------------
      {"another constant", {{"half + 1", "half + 2"}}, {"values dense half: may differ"}},
      {"another operator", {{"half + 1", "half - 1"}}, {"values dense half: may differ"}},
      {"another payload for missing", {{"missing 9", "missing 8"}}, {"values sparse age: missing 9 -> 8"}},
      {"no payload for missing", {{"missing 9 ", ""}}, {"values sparse age: missing 9 -> none"}},
      {"another default", {{"default 0.5", "default -0.5"}}, {"values dense half: default 0.5 -> -0.5"}},
      {"other boundaries", {{"[18, 25]", "[18, 25, 40]"}}, {"values sparse age: may differ"}},
      {"a let that two outputs use",
       {{"price / 2.0", "price / 3.0"}},
       {"values dense half: may differ", "values dense vec: may differ"}},
      {"another field",
       {{"cross(city, tags)", "cross(brand, tags)"}},
       {"values sparse city_tags: may differ; reads item.brand too; no longer reads request.city"}},
      {"arguments whose order counts",
       {{"cross(city, tags)", "cross(tags, city)"}},
       {"values sparse city_tags: may differ"}},
      {"a hash of another family",
       {{"model shops", "model shops\nhash_family farm"}},
       {"values config shops: hash_family xxh3 -> farm"}},
      {"the other version of the meaning",
       {{"model shops", "model shops\nsemantics 2"}},
       {"values config shops: semantics 1 -> 2", "values sparse age: may differ", "values sparse bought: may differ"}},
      {"a default of what is never missing", {{"= tags\n", "= tags ?? [\"none\"]\n"}}, {}},
      {"a required field of another type",
       {{"city    : string", "city    : string?"}},
       {"values sparse city: may differ", "values sparse city_tags: may differ",
        "inputs field request.city: string -> string?"}},
      {"another key of a source",
       {{"user:{user_id}", "u:{user_id}"}},
       {"values sparse age: may differ",
        "inputs source profile: key \"user:{user_id}\" (int64) -> \"u:{user_id}\" (int64)"}},
      {"a member of a source's list of structs that nothing reads: one that is bad spoils the list",
       {{"buys : list<{ id: int64, ts: int64 }>", "buys : list<{ id: int64 }>"}},
       {"values sparse bought: may differ"}},
      {"the elements of a group",
       {{"over visits length", "over visits where it.ts > 0 length"}},
       {"values sparse seen__id: may differ; reads request.visits.ts too"}},
      // -- contract --------------------------------------------------------------------------------
      {"an output more",
       {{"sparse   city  ", "sparse more slot 11 = brand\nsparse   city  "}},
       {"contract sparse more: added"}},
      {"an output less", {{"sparse   city      slot 1            = city\n", ""}}, {"contract sparse city: removed"}},
      {"another name", {{"sparse   city  ", "sparse   town  "}}, {"contract sparse town: renamed from city"}},
      {"another name and another slot",
       {{"sparse   city      slot 1 ", "sparse   town slot 21 "}},
       {"contract sparse town: added", "contract sparse city: removed"}},
      {"another slot", {{"slot 1 ", "slot 21 "}}, {"contract sparse city: slot 1 -> 21"}},
      {"another width",
       {{"width 2           = [half ?? 0, price ?? 0]", "width 1 = [half ?? 0]"}},
       {"contract dense vec: width 2 -> 1", "values dense vec: may differ"}},
      {"another length", {{"length 10", "length 20"}}, {"contract sequence recent: length 10 -> 20"}},
      {"another side of padding",
       {{"length 10", "length 10 pad left"}},
       {"contract sequence recent: pad right -> left"}},
      {"another length of a group",
       {{"length 5", "length 6"}},
       {"contract sparse seen__id: length 5 -> 6", "values sparse seen__id: may differ"}},
      {"another kind",
       {{"sequence recent    slot 6 length 10", "sparse recent slot 6"}},
       {"contract sparse recent: kind sequence -> sparse", "contract sparse recent: length 10 -> none"}},
      {"weights",
       {{"= tags\n", "= weighted(tags, lookup(user.taste, tags))\n"}},
       {"contract sparse tags: weights no -> yes",
        "values sparse tags: may differ; reads profile.taste, request.user_id too",
        "inputs field profile.taste: read now: map<string, float64>?"}},
      {"one id a row",
       {{"= tags\n", "= tags[0]\n"}},
       {"contract sparse tags: several ids a row yes -> no", "values sparse tags: may differ"}},
      {"once a request",
       {{"cross(city, tags)", "cross(city, clicks)"}},
       {"contract sparse city_tags: once per item -> request",
        "values sparse city_tags: may differ; reads request.clicks too; no longer reads item.tags"}},
      {"outputs in another order",
       {{"sparse   tags      slot 3            = tags\n", ""},
        {"sequence recent", "sparse   tags      slot 3            = tags\nsequence recent"}},
       {"contract config shops: order of outputs: tags stood before bought"}},
      {"another model", {{"model shops", "model stores"}}, {"contract config stores: model shops -> stores"}},
  };
  return kEdits;
}

}  // namespace

TEST_CASE("what an edit of a config does to its outputs") {
  Folder folder;
  const featc::CompiledConfig before = folder.compile(kConfig);
  CHECK(edits().size() >= 40);
  for (const Edit& edit : edits()) {
    INFO(edit.what);
    const featc::CompiledConfig after = folder.compile(edited(kConfig, edit));
    CHECK(said(featc::diffConfigs(before.raw, after.raw)) == edit.said);
  }
}

TEST_CASE("a word appended to a vocabulary moves the number of words that it lacks") {
  Folder folder;
  const featc::CompiledConfig before = folder.compile(kConfig);
  folder.write("brands.txt", "acme\nzeta\nnew\n");
  const featc::CompiledConfig after = folder.compile(kConfig);
  CHECK(said(featc::diffConfigs(before.raw, after.raw)) ==
        std::vector<std::string>{"values sparse brand_id: may differ"});
}

TEST_CASE("a config is the same as itself") {
  Folder folder;
  const featc::CompiledConfig config = folder.compile(kConfig);
  const featc::ConfigDiff diff = featc::diffConfigs(config.raw, config.raw);
  CHECK(diff.rank() == featc::DiffRank::Nothing);
  CHECK(diff.outputsUnchanged == diff.outputsAfter);
}

TEST_CASE("all outputs renamed and changed are compared once each, not each with each") {
  Folder folder;
  constexpr int kOutputs = 400;
  auto config = [&](const char* prefix, int shift) {
    std::string text = "model m\nitem { price : float64? }\n";
    for (int i = 0; i < kOutputs; ++i) text += fmt::format("dense {}{} = price * {}.5\n", prefix, i, i + shift);
    return folder.compile(text);
  };
  const featc::CompiledConfig before = config("old", 0);
  const featc::CompiledConfig renamed = config("new", 0);
  const featc::ConfigDiff same = featc::diffConfigs(before.raw, renamed.raw);
  CHECK(same.differences.size() == kOutputs);
  CHECK(same.differences.back().text == fmt::format("renamed from old{}", kOutputs - 1));
  const featc::CompiledConfig changed = config("new", kOutputs);
  CHECK(featc::diffConfigs(before.raw, changed.raw).differences.size() == 2 * kOutputs);
}
