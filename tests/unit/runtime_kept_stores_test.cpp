// SPDX-License-Identifier: Apache-2.0
// Stores that live on from version to version: opened once each, and beside what goes on.
#include <atomic>
#include <future>
#include <thread>

#include "stores/kept_stores.h"
#include "tests/common/catch.h"
#include "tests/common/eventually.h"

namespace featc {
namespace {

class NoStore final : public Store {
 public:
  void fetch(const FetchRequest&, Done done) override { done({}); }
};

ProgramInfo reading(const std::string& field) {
  ProgramInfo info;
  SourceInfo source{"user", {{"id", Type::int64()}}, "u:{id}", Encoding::Hash, {}};
  source.fields = {{field, Type::int64().withNullable()}};
  info.sources = {source};
  return info;
}

TEST_CASE("While a store is opened again, the open one is told of and other entries are bound", "[runtime]") {
  std::promise<void> mayOpen;
  std::shared_future<void> opens = mayOpen.get_future().share();
  std::atomic<int> slow = 0;
  std::atomic<int> opened = 0;
  KeptStores stores(
      {{"", "jsonl:rows"}, {"user", "jsonl:users"}},
      [&](const KeptStores::Entry& entry, std::span<const SourceInfo> sources) -> Expected<std::shared_ptr<Store>> {
        if (entry.source.empty() && sources[0].fields[0].name == "b") {
          ++slow;
          opens.wait();
        }
        ++opened;
        return std::shared_ptr<Store>(std::make_shared<NoStore>());
      });
  StoreBinding first;
  REQUIRE(stores.bind(reading("a"), first) == "");
  CHECK(stores.opened().size() == 2);

  // Of other fields: its rows are read anew.
  auto again = [&] {
    StoreBinding binding;
    std::string problem = stores.bind(reading("b"), binding);
    CHECK(problem == "");
    return binding;
  };
  std::future<StoreBinding> one = std::async(std::launch::async, again);
  std::future<StoreBinding> two = std::async(std::launch::async, again);
  REQUIRE(test::eventually([&] { return slow > 0; }));
  CHECK(stores.opened().size() == 2);
  mayOpen.set_value();
  StoreBinding a = one.get();
  StoreBinding b = two.get();
  CHECK(a.fallback == b.fallback);
  CHECK(a.fallback != first.fallback);
  CHECK(a.bySource.at("user") == b.bySource.at("user"));
  CHECK(slow == 1);
  CHECK(opened == 4);
  CHECK(stores.opened().size() == 4);
  first = {};
  CHECK(stores.opened().size() == 2);
}

}  // namespace
}  // namespace featc
