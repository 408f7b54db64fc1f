// SPDX-License-Identifier: Apache-2.0
// The .npy format, versions 1 to 3: a magic, the length of a header, the header as a Python dict, the numbers.
#include "server/embeddings/build/numpy_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "data/input_stream.h"
#include "server/embeddings/table_layout.h"

namespace featc {

namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMostHeader = 65'536;
constexpr uint64_t kBatchBytes = uint64_t{1} << 20U;
constexpr uint64_t kMostElements = uint64_t{1} << 50U;

Error fail(const std::string& file, std::string_view what, ErrorCode code = ErrorCode::BadArgument) {
  return {fmt::format("{}: {}", file, what), code, file};
}

// An open .npy file, at its numbers.
struct NumpyFile {
  std::string path;
  std::unique_ptr<ByteSource> source{};
  std::string dtype{};  // `<f4`
  std::vector<uint64_t> shape{};

  // Fills `to`; the error says that the file ends before.
  Error read(std::span<char> to) {
    while (!to.empty()) {
      std::string problem;
      const int64_t got = source->read(to.data(), to.size(), problem);
      if (got < 0) return fail(path, problem);
      if (got == 0) return fail(path, "it ends before its last number: copy it again");
      to = to.subspan(static_cast<size_t>(got));
    }
    return {};
  }
};

// The text behind `'key':` in the header.
std::optional<std::string_view> valueOf(std::string_view header, std::string_view key) {
  const size_t at = header.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = header.substr(at + key.size() + 3);
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return rest;
}

bool parseShape(std::string_view text, std::vector<uint64_t>& shape) {
  if (!text.starts_with('(')) return false;
  text.remove_prefix(1);
  uint64_t elements = 1;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" ,"), text.size()));
    if (text.starts_with(')')) return true;
    uint64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc() || shape.size() == 8) return false;
    shape.push_back(size);
    if (size > 0 && elements > kMostElements / size) return false;
    elements *= size;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
  }
}

Error open(const std::string& path, NumpyFile& file) {
  file.path = path;
  Expected<std::unique_ptr<ByteSource>> source = openFile(path);
  if (!source) return fail(path, "cannot be read: " + source.error().message, ErrorCode::NoFile);
  file.source = *std::move(source);
  char start[10];
  if (file.read(start) || std::string_view(start, kMagic.size()) != kMagic)
    return fail(path, "it is not a .npy file, which numpy.save writes");
  const auto version = static_cast<unsigned char>(start[6]);
  if (version < 1 || version > 3)
    return fail(path, fmt::format("it has version {} of .npy, and 1 to 3 are read", version));
  auto byte = [](char c) { return static_cast<size_t>(static_cast<unsigned char>(c)); };
  size_t size = byte(start[8]) | byte(start[9]) << 8U;
  if (version > 1) {
    char more[2];
    if (Error cut = file.read(more)) return cut;
    size |= byte(more[0]) << 16U | byte(more[1]) << 24U;
  }
  if (size > kMostHeader) return fail(path, "its header is damaged");
  std::string header(size, '\0');
  if (Error cut = file.read(header)) return cut;
  const std::optional<std::string_view> descr = valueOf(header, "descr");
  const std::optional<std::string_view> order = valueOf(header, "fortran_order");
  const std::optional<std::string_view> shape = valueOf(header, "shape");
  if (!descr || !order || !shape || !parseShape(*shape, file.shape)) return fail(path, "its header is damaged");
  if (!descr->starts_with('\'')) return fail(path, "its elements are structs, not numbers");
  file.dtype = descr->substr(1, descr->find('\'', 1) - 1);
  if (order->starts_with("True") && file.shape.size() > 1)
    return fail(path, "it is in Fortran order: write it with numpy.ascontiguousarray");
  return {};
}

float fromHalf(uint16_t bits) {
  const uint32_t exponent = bits >> 10U & 31U;
  const auto fraction = static_cast<float>(bits & 1023U);
  float size = exponent == 0    ? std::ldexp(fraction, -24)
               : exponent == 31 ? (fraction == 0 ? HUGE_VALF : NAN)
                                : std::ldexp(fraction + 1024, static_cast<int>(exponent) - 25);
  return (bits & 0x8000U) != 0 ? -size : size;
}

template <class T>
T at(const std::vector<char>& bytes, size_t i) {
  T out;
  std::memcpy(&out, bytes.data() + i * sizeof out, sizeof out);
  return out;
}

class NumpyRows final : public RowSource {
 public:
  Error open(const std::string& ids, const std::string& vectors) {
    if (Error bad = featc::open(ids, ids_)) return bad;
    if (Error bad = featc::open(vectors, vectors_)) return bad;
    if (ids_.dtype != "<u8" && ids_.dtype != "<i8")
      return fail(ids, fmt::format("its elements are {}, and ids are uint64 or int64", ids_.dtype));
    if (ids_.shape.size() != 1) return fail(ids, "ids are an array of one dimension");
    if (vectors_.dtype != "<f4" && vectors_.dtype != "<f8" && vectors_.dtype != "<f2")
      return fail(vectors,
                  fmt::format("its elements are {}, and vectors are float32, float64 or float16", vectors_.dtype));
    if (vectors_.shape.size() != 2) return fail(vectors, "vectors are an array of two dimensions");
    if (vectors_.shape[0] != ids_.shape[0])
      return fail(vectors, fmt::format("it has {} vectors, and {} has {} ids", vectors_.shape[0], ids, ids_.shape[0]));
    if (vectors_.shape[1] == 0 || vectors_.shape[1] > kMaxDim)
      return fail(vectors,
                  fmt::format("its vectors have {} numbers, and may have 1 to {}", vectors_.shape[1], kMaxDim));
    dim_ = static_cast<uint32_t>(vectors_.shape[1]);
    return {};
  }

  const std::string& file() const override { return vectors_.path; }
  uint32_t dim() const override { return dim_; }

  Expected<bool> next(RowBatch& batch) override {
    if (row_ == ids_.shape[0]) return false;
    const uint64_t most = std::max<uint64_t>(1, kBatchBytes / sizeof(double) / dim_);
    const auto rows = static_cast<size_t>(std::min(most, ids_.shape[0] - row_));
    batch.firstRow = row_ + 1;
    batch.missing.assign(rows, 0);
    batch.ids.resize(rows);
    std::vector<char> bytes(rows * sizeof(uint64_t));
    if (Error cut = ids_.read(bytes)) return cut;
    std::memcpy(batch.ids.data(), bytes.data(), bytes.size());
    const size_t numbers = rows * dim_;
    const size_t width = static_cast<size_t>(vectors_.dtype[2] - '0');
    bytes.resize(numbers * width);
    if (Error cut = vectors_.read(bytes)) return cut;
    batch.numbers.resize(numbers);
    for (size_t i = 0; i < numbers; ++i)
      batch.numbers[i] = width == 4   ? at<float>(bytes, i)
                         : width == 8 ? static_cast<float>(at<double>(bytes, i))
                                      : fromHalf(at<uint16_t>(bytes, i));
    row_ += rows;
    return true;
  }

 private:
  NumpyFile ids_;
  NumpyFile vectors_;
  uint32_t dim_ = 0;
  uint64_t row_ = 0;
};

}  // namespace

Expected<std::unique_ptr<RowSource>> openNumpyRows(const std::string& ids, const std::string& vectors) {
  auto rows = std::make_unique<NumpyRows>();
  if (Error problem = rows->open(ids, vectors)) return problem;
  return std::unique_ptr<RowSource>(std::move(rows));
}

}  // namespace featc
