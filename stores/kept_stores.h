// SPDX-License-Identifier: Apache-2.0
// Stores that live on from version to version of a config: each is opened once.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/reads/store_binding.h"
#include "support/error.h"

namespace featc {

// Thread-safe. A store is open as long as a version that reads it is in memory. While one is being opened, which may
// take seconds, the others and opened() do not wait.
class KeptStores {
 public:
  struct Entry {
    std::string source;  // empty: every source that no other entry names
    std::string url;
  };
  // Opens an entry's store. `sources` are those of the config.
  using Open = std::function<Expected<std::shared_ptr<Store>>(const Entry& entry, std::span<const SourceInfo> sources)>;

  KeptStores(std::vector<Entry> entries, Open open);

  // Binds a config's sources: with what is open already, else with what `open` gives. A store of jsonl: serves
  // those who declare the same sources, since its rows were read by the declarations. Says what is wrong: a
  // source without a store, a store that does not open. Entries of sources that the config lacks are not used.
  std::string bind(const ProgramInfo& info, StoreBinding& binding);

  // The stores that are open, each with the name of its entry: `default` for one without a source.
  std::vector<std::pair<std::string, std::shared_ptr<const Store>>> opened() const;

 private:
  struct Opened {
    std::weak_ptr<Store> store;
    std::vector<SourceInfo> sources;  // with which it was opened
  };
  struct Kept {
    Entry entry;
    std::mutex opening;          // held while the entry's store is looked for and opened: each is opened once
    std::vector<Opened> opened;  // under mutex_
  };
  Expected<std::shared_ptr<Store>> storeOf(Kept& kept, const ProgramInfo& info);

  std::shared_ptr<Store> find(Kept& kept, const ProgramInfo& info);

  mutable std::mutex mutex_;
  std::deque<Kept> kept_;  // as many as there are entries, from the start on
  Open open_;
};

}  // namespace featc
