// SPDX-License-Identifier: Apache-2.0
// Rows of JSON lines into a store, for tests and benchmarks.
#include "tests/stores/fill_store.h"

#include <memory>
#include <stdexcept>

#include "data/memory/store_rows.h"
#include "stores/store_options.h"
#include "stores/store_url.h"
#include "stores/store_writer.h"

namespace featc::test {

void fillStore(const std::string& text, std::span<const SourceInfo> sources, std::string_view lines) {
  StoreUrl url;
  StoreOptions options;
  if (std::string problem = parseStoreUrl(text, url, options); !problem.empty()) throw std::runtime_error(problem);
  Expected<std::unique_ptr<StoreWriter>> opened = openStoreWriter(url, options);
  if (!opened) throw std::runtime_error(opened.error().message);
  StoreWriter* writer = opened->get();
  StoreRowReader rows(sources);
  for (std::string_view rest = lines; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
    bool taken = rows.read(rest.substr(0, rest.find('\n')), 0) == StoreRowReader::Row::Taken;
    if (!taken || !writer->write(sources[rows.source()], rows.key(), rows.values()))
      throw std::runtime_error("a row cannot be loaded");
  }
  if (!writer->flush()) throw std::runtime_error(writer->error());
}

}  // namespace featc::test
