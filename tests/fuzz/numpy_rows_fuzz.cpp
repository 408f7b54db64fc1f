// SPDX-License-Identifier: Apache-2.0
// Fuzzes NumPy files of vectors beside one of ids that is right.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/embeddings/build/numpy_rows.h"
#include "tests/fuzz/require.h"

using namespace featc;

namespace {

std::string fileOf(std::string_view bytes, int& file) {
  file = memfd_create("rows", MFD_CLOEXEC);
  require(file >= 0 && write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  return "/proc/self/fd/" + std::to_string(file);
}

std::string someIds(size_t count) {
  std::string header = "{'descr': '<u8', 'fortran_order': False, 'shape': (" + std::to_string(count) + ",), }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + std::string(count * sizeof(uint64_t), 'i');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (size_t count : {1, 3}) {
    int ids = -1;
    int vectors = -1;
    const std::string idsPath = fileOf(someIds(count), ids);
    Expected<std::unique_ptr<RowSource>> rows = openNumpyRows(idsPath, fileOf(bytes, vectors));
    RowBatch batch;
    while (rows) {
      Expected<bool> more = (*rows)->next(batch);
      if (!more || !*more) break;
      require(batch.numbers.size() == batch.ids.size() * (*rows)->dim());
    }
    // As ids it is no better.
    (void)openNumpyRows("/proc/self/fd/" + std::to_string(vectors), idsPath);
    close(ids);
    close(vectors);
  }
  return 0;
}
