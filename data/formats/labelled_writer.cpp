// SPDX-License-Identifier: Apache-2.0
// Lines of libsvm and Vowpal Wabbit.
#include "data/formats/labelled_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "data/formats/refusal.h"
#include "support/suggest.h"

namespace featc {
namespace {

constexpr size_t kNoLabel = SIZE_MAX;

std::string whyNot(const OutputInfo& output) {
  if (!output.group.empty()) return "a sequence group: the order would be lost";
  return output.kind == OutputKind::Sequence ? "a sequence: the order would be lost" : "";
}

Error badArgument(std::string message) { return {std::move(message), ErrorCode::BadArgument}; }

// The output that is the label.
Expected<size_t> findLabel(const ProgramInfo& info, const std::string& label) {
  if (label.empty()) return kNoLabel;
  std::vector<std::string_view> names;
  for (size_t i = 0; i < info.outputs.size(); ++i) {
    const OutputInfo& output = info.outputs[i];
    names.push_back(output.name);
    if (output.name != label) continue;
    if (output.kind != OutputKind::Dense || output.width != 1 || !output.group.empty())
      return badArgument(fmt::format("--label {}: a label is a dense output of width 1", label));
    return i;
  }
  std::optional<std::string> nearest = nearestName(label, names);
  return badArgument(fmt::format("--label {}: the config has no such output{}", label,
                                 nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : ""));
}

// What both formats share: which outputs are features, and a line for each good item.
class LabelledWriter : public ResultWriter {
 public:
  LabelledWriter(const ProgramInfo& info, size_t label) : label_(label) {
    for (const OutputInfo& output : info.outputs) dense_.push_back(output.kind == OutputKind::Dense);
  }

  void write(const Result& result, std::span<const InputRow>, std::string& out) const override {
    for (int64_t item = 0; item < result.items(); ++item) {
      if (result.status(item) != RowStatus::Ok) continue;
      if (label_ != kNoLabel) appendFloat(out, denseOf(result, result.output(label_), item)[0]);
      writeFeatures(result, item, out);
      out += '\n';
    }
  }

 protected:
  virtual void writeFeatures(const Result& result, int64_t item, std::string& out) const = 0;

  size_t label_;
  std::vector<bool> dense_;  // by output
};

class LibsvmWriter final : public LabelledWriter {
 public:
  using LabelledWriter::LabelledWriter;

 private:
  struct Entry {
    uint64_t index;
    double value;
  };

  void writeFeatures(const Result& result, int64_t item, std::string& out) const override {
    std::vector<Entry> entries;
    uint64_t column = 0;
    for (size_t i = 0; i < dense_.size(); ++i) {
      if (i == label_) continue;
      if (dense_[i]) {
        for (double value : denseOf(result, result.output(i), item)) entries.push_back({++column, value});
        continue;
      }
      ItemIds ids = idsOf(result, result.output(i), item);
      for (size_t k = 0; k < ids.ids.size(); ++k)
        entries.push_back({ids.ids[k], ids.weights.empty() ? 1.0 : ids.weights[k]});
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.index < b.index; });
    for (size_t i = 0; i < entries.size();) {
      Entry sum = entries[i++];
      for (; i < entries.size() && entries[i].index == sum.index; ++i) sum.value += entries[i].value;
      if (sum.value == 0) continue;
      out += ' ';
      appendUnsigned(out, sum.index);
      out += ':';
      appendSum(out, sum.value);
    }
  }
  // Sums of float32 may be beyond them.
  static void appendSum(std::string& out, double value) {
    if (std::abs(value) <= std::numeric_limits<float>::max())
      appendFloat(out, static_cast<float>(value));
    else
      out += fmt::format("{}", value);
  }
};

std::string vwName(std::string_view name) {
  std::string out;
  for (char c : name) {
    bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
                 c == '.' || static_cast<unsigned char>(c) >= 128;
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

class VwWriter final : public LabelledWriter {
 public:
  VwWriter(const ProgramInfo& info, size_t label) : LabelledWriter(info, label) {
    for (const OutputInfo& output : info.outputs) namespaces_.push_back(" |" + vwName(output.name));
  }

 private:
  void writeFeatures(const Result& result, int64_t item, std::string& out) const override {
    size_t begin = out.size();
    for (size_t i = 0; i < dense_.size(); ++i) {
      if (i == label_) continue;
      out += namespaces_[i];
      if (dense_[i])
        appendDense(denseOf(result, result.output(i), item), out);
      else
        appendIds(idsOf(result, result.output(i), item), out);
    }
    if (label_ == kNoLabel && out.size() > begin) out.erase(begin, 1);
  }
  static void appendDense(std::span<const float> values, std::string& out) {
    for (size_t k = 0; k < values.size(); ++k) {
      out += ' ';
      appendUnsigned(out, k);
      out += ':';
      appendFloat(out, values[k]);
    }
  }
  static void appendIds(const ItemIds& ids, std::string& out) {
    for (size_t k = 0; k < ids.ids.size(); ++k) {
      out += ' ';
      appendUnsigned(out, ids.ids[k]);
      if (ids.weights.empty()) continue;
      out += ':';
      appendFloat(out, ids.weights[k]);
    }
  }

  std::vector<std::string> namespaces_;  // by output
};

template <class Writer>
Expected<std::unique_ptr<ResultWriter>> make(const ProgramInfo& info, std::string_view format,
                                             const std::string& label) {
  Expected<size_t> output = findLabel(info, label);
  if (!output) return output.error();
  std::string refused = refusal(info, format, "--format json, tfrecord or tensor-sequence", whyNot);
  if (!refused.empty()) return badArgument(std::move(refused));
  return std::unique_ptr<ResultWriter>(std::make_unique<Writer>(info, *output));
}

}  // namespace

Expected<std::unique_ptr<ResultWriter>> newLibsvmWriter(const ProgramInfo& info, const std::string& label) {
  if (label.empty())
    return badArgument("libsvm lines begin with a label: pass --label FEATURE, a dense output of the config");
  return make<LibsvmWriter>(info, "libsvm", label);
}

Expected<std::unique_ptr<ResultWriter>> newVwWriter(const ProgramInfo& info, const std::string& label) {
  return make<VwWriter>(info, "VW", label);
}

}  // namespace featc
