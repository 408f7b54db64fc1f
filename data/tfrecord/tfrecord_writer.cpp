// SPDX-License-Identifier: Apache-2.0
// tf.Example as protobuf's wire format has it, and the records of TFRecord files around it.
//
//   message Int64List { repeated int64 value = 3 [packed]; }   FloatList: 2, packed
//   message Feature   { oneof { FloatList float_list = 2; Int64List int64_list = 3; } }
//   message Features  { map<string, Feature> feature = 1; }    an entry: key 1, value 2
//   message Example   { Features features = 1; }
#include "data/tfrecord/tfrecord_writer.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <isa-l/crc.h>

#include <cstring>
#include <limits>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include "data/formats/refusal.h"

namespace featc {
namespace {

using google::protobuf::io::CodedOutputStream;

// Tags: field number << 3 | 2, all of them length-delimited.
constexpr uint8_t kTag1 = 0x0A;
constexpr uint8_t kTag2 = 0x12;
constexpr uint8_t kTag3 = 0x1A;

void appendVarint(std::string& out, uint64_t value) {
  uint8_t bytes[10];
  uint8_t* end = CodedOutputStream::WriteVarint64ToArray(value, bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(end - bytes));
}

void appendField(std::string& out, uint8_t tag, std::string_view bytes) {
  out += static_cast<char>(tag);
  appendVarint(out, bytes.size());
  out += bytes;
}

uint32_t maskedCrc(std::string_view bytes) {
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
    throw std::length_error("a TFRecord of 2 GiB or more");
  // ISA-L's function reads only, though its parameter is not const.
  auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
  uint32_t crc = ~crc32_iscsi(data, static_cast<int>(bytes.size()), 0xFFFFFFFFU);
  return ((crc >> 15U) | (crc << 17U)) + 0xA282EAD8U;
}

template <class T>
void appendLittleEndian(std::string& out, T value) {
  for (size_t i = 0; i < sizeof value; ++i) out += static_cast<char>(value >> (8 * i));
}

// What goes beside an output's values; empty: nothing does.
std::string weightsName(const OutputInfo& output) { return output.hasWeights() ? output.name + ".weights" : ""; }
std::string lengthsName(const OutputInfo& output) {
  return !output.group.empty() && output.hasSeveralIds() ? output.name + ".lengths" : "";
}

class TfrecordWriter final : public ResultWriter {
 public:
  explicit TfrecordWriter(const ProgramInfo& info) {
    for (const OutputInfo& output : info.outputs)
      features_.push_back({output.name, weightsName(output), lengthsName(output), output.kind == OutputKind::Dense});
  }

  void write(const Result& result, std::span<const InputRow>, std::string& out) const override {
    std::string features;
    std::string record;
    for (int64_t item = 0; item < result.items(); ++item) {
      if (result.status(item) != RowStatus::Ok) continue;
      features.clear();
      for (size_t i = 0; i < features_.size(); ++i)
        appendFeature(result, result.output(i), item, features_[i], features);
      record.clear();
      appendField(record, kTag1, features);
      appendTfrecord(out, record);
    }
  }

 private:
  struct Named {
    std::string name;
    std::string weights;
    std::string lengths;
    bool dense;
  };

  static void appendFeature(const Result& result, const OutputColumn& column, int64_t item, const Named& feature,
                            std::string& out) {
    if (column.perElement) return appendElements(column, elementsOf(result, column, item), feature, out);
    if (feature.dense) return appendEntry(out, feature.name, kTag2, floatsOf(denseOf(result, column, item)));
    ItemIds ids = idsOf(result, column, item);
    std::string values;
    for (uint64_t id : ids.ids) appendVarint(values, id);
    appendEntry(out, feature.name, kTag3, values);
    if (column.weighted) appendEntry(out, feature.weights, kTag2, floatsOf(ids.weights));
  }
  // The values of all elements one behind the other, and how many each has where that follows from nothing else.
  static void appendElements(const OutputColumn& column, ElementRange elements, const Named& feature,
                             std::string& out) {
    std::string values;
    std::string weights;
    std::string lengths;
    for (int64_t element = elements.begin; element < elements.end; ++element) {
      if (feature.dense) {
        values += floatsOf(denseAt(column, element));
        continue;
      }
      ItemIds ids = idsAt(column, element);
      for (uint64_t id : ids.ids) appendVarint(values, id);
      weights += floatsOf(ids.weights);
      if (!column.ragged && ids.ids.empty()) appendVarint(values, 0);
      appendVarint(lengths, ids.ids.size());
    }
    appendEntry(out, feature.name, feature.dense ? kTag2 : kTag3, values);
    if (column.weighted) appendEntry(out, feature.weights, kTag2, weights);
    if (column.ragged) appendEntry(out, feature.lengths, kTag3, lengths);
  }
  static std::string floatsOf(std::span<const float> values) {
    return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
  }
  // An entry of the map: its key, and a Feature whose list of kind `tag` has these packed values.
  static void appendEntry(std::string& out, std::string_view key, uint8_t tag, std::string_view packed) {
    std::string list;
    if (!packed.empty()) appendField(list, kTag1, packed);
    std::string feature;
    appendField(feature, tag, list);
    std::string entry;
    appendField(entry, kTag1, key);
    appendField(entry, kTag2, feature);
    appendField(out, kTag1, entry);
  }

  std::vector<Named> features_;
};

}  // namespace

void appendTfrecord(std::string& out, std::string_view record) {
  std::string length;
  appendLittleEndian(length, static_cast<uint64_t>(record.size()));
  out += length;
  appendLittleEndian(out, maskedCrc(length));
  out += record;
  appendLittleEndian(out, maskedCrc(record));
}

Expected<std::unique_ptr<ResultWriter>> newTfrecordWriter(const ProgramInfo& info) {
  std::set<std::string> names;
  for (const OutputInfo& output : info.outputs) names.insert(output.name);
  std::string refused = refusal(info, "tf.Example", "--format tensor-sequence or json", [&](const OutputInfo& output) {
    for (auto [what, name] : {std::pair("weights", weightsName(output)), std::pair("lengths", lengthsName(output))})
      if (names.contains(name)) return fmt::format("its {} would be called {}, as an output is", what, name);
    return std::string();
  });
  if (!refused.empty()) return Error(std::move(refused), ErrorCode::BadArgument);
  return std::unique_ptr<ResultWriter>(std::make_unique<TfrecordWriter>(info));
}

}  // namespace featc
