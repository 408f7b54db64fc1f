// SPDX-License-Identifier: Apache-2.0
// A C++ program that loads whatever model it is given, compiled ahead of time: features of the rows in
// a file of JSON lines or CSV, as JSON lines. It links featc's runtime, no compiler.
// Usage: server libmodel.so DATA.jsonl|DATA.csv [STORE.jsonl]
#include <cstdio>
#include <string>

#include "featc/data.hpp"
#include "featc/model.hpp"

namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 4) return std::fprintf(stderr, "usage: server libmodel.so DATA [STORE.jsonl]\n"), 2;
  featc::Expected<std::shared_ptr<const featc::Model>> opened = featc::openLibrary(argv[1]);
  if (!opened) return fail(opened.error().message);
  const featc::Model& model = **opened;
  const featc::ProgramInfo& info = model.info();

  featc::StoreBinding stores;
  if (argc == 4) {
    featc::StoreLoadReport report;
    stores.fallback = featc::MemoryStore::load(argv[3], info.sources, report);
    if (!stores.fallback) return fail(report.error);
  }
  featc::Extractor extractor = model.extractor(stores);

  std::string data = argv[2];
  auto source = featc::openFile(data);
  if (!source) return fail(data + ": " + source.error().message);
  auto sink = [](const featc::DataMessage& message) { std::fprintf(stderr, "%s\n", message.render().c_str()); };
  auto reader = data.ends_with(".csv") ? featc::newCsvReader(info, *std::move(source), data, false, sink)
                                       : featc::newJsonReader(info, *std::move(source), data, false, sink);
  auto writer = featc::newJsonWriter(info);
  featc::BatchBuilder builder(info);  // one a thread, with its rows, scratch and result: all are reused
  std::vector<featc::InputRow> rows;
  featc::Scratch scratch(extractor);
  featc::Result result;
  std::string text;
  featc::ReadStatus status;
  while ((status = reader->next(builder, rows, 1000)) == featc::ReadStatus::Batch) {
    if (featc::Error failed = extractor.run(builder.batch(), scratch, result)) return fail(failed.message);
    text.clear();
    writer->write(result, rows, text);
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return fail("cannot write");
  }
  return status == featc::ReadStatus::Failed ? 1 : 0;
}
