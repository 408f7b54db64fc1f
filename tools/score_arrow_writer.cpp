// SPDX-License-Identifier: Apache-2.0
// Record batches of scores.
#include "tools/score_arrow_writer.h"

#include <fmt/format.h>

#include <utility>

#include "data/arrow/arrow_builder.h"
#include "tools/arrow_files.h"
#include "tools/output_formats.h"

namespace featc {
namespace {

constexpr const char* kPlaces[] = {"row", "request", "item"};

// The batch in Arrow's layout, without items that have no score.
struct ScoreBatch {
  std::vector<int64_t> places[3];
  struct Column {
    std::vector<float> floats;
    std::vector<int64_t> ints;
  };
  std::vector<Column> columns;
};

// What the network says of an output that it has not computed yet.
uint32_t declaredWidth(const TensorInfo& info) {
  int64_t width = 1;
  for (size_t i = 1; i < info.shape.size(); ++i) width *= info.shape[i];
  return static_cast<uint32_t>(width);
}

class ArrowScores final : public ScoreWriter {
 public:
  struct Output {
    std::string name;
    TensorType type;
    uint32_t width;
  };

  ArrowScores(std::unique_ptr<ArrowFile> file, std::vector<Output> outputs)
      : file_(std::move(file)), outputs_(std::move(outputs)) {}

  bool isOrdered() const override { return true; }

  void begin(std::string& out) const override {
    ArrowOwner<ArrowSchema> schema;
    makeArrowSchema(schema.get(), "+s", "", static_cast<int64_t>(std::size(kPlaces) + outputs_.size()));
    ArrowSchema** child = schema.get()->children;
    for (const char* place : kPlaces) makeArrowSchema(*child++, "l", place);
    for (const Output& output : outputs_) {
      std::string number = output.type == TensorType::Int64 ? "l" : "f";
      if (output.width == 1) {
        makeArrowSchema(*child++, number, output.name);
        continue;
      }
      makeArrowSchema(*child, fmt::format("+w:{}", output.width), output.name, 1);
      makeArrowSchema((*child++)->children[0], number, "item");
    }
    file_->begin(schema.get(), out);
  }

  void write(const Scores& scores, std::span<const InputRow> rows, std::string& out) const override {
    auto batch = std::make_shared<ScoreBatch>();
    batch->columns.resize(outputs_.size());
    for (size_t item = 0; item < scores.items(); ++item)
      if (scores.status[item] == ScoreStatus::Ok) append(scores, item, rows[item], *batch);
    const auto count = static_cast<int64_t>(batch->places[0].size());
    if (count == 0) return;
    ArrowOwner<ArrowArray> array;
    makeArrowArray(array.get(), count, 0, {nullptr}, batch, static_cast<int64_t>(std::size(kPlaces) + outputs_.size()));
    ArrowArray** child = array.get()->children;
    for (const std::vector<int64_t>& place : batch->places)
      makeArrowArray(*child++, count, 0, {nullptr, place.data()}, batch);
    for (size_t i = 0; i < outputs_.size(); ++i) {
      const ScoreBatch::Column& column = batch->columns[i];
      const void* numbers =
          outputs_[i].type == TensorType::Int64 ? static_cast<const void*>(column.ints.data()) : column.floats.data();
      ArrowArray* to = *child++;
      if (outputs_[i].width != 1) {
        makeArrowArray(to, count, 0, {nullptr}, batch, 1);
        to = to->children[0];
      }
      makeArrowArray(to, count * outputs_[i].width, 0, {nullptr, numbers}, batch);
    }
    file_->write(array.get(), out);
  }

  void end(std::string& out) const override { file_->end(out); }

 private:
  void append(const Scores& scores, size_t item, const InputRow& row, ScoreBatch& batch) const {
    const uint64_t places[] = {row.row, row.request, row.item};
    for (size_t i = 0; i < std::size(places); ++i) batch.places[i].push_back(static_cast<int64_t>(places[i]));
    for (size_t i = 0; i < outputs_.size(); ++i) {
      const ScoreColumn& from = scores.columns[i];
      auto numbers = [&](auto& values, const auto& all) {
        auto first = all.begin() + static_cast<std::ptrdiff_t>(item * from.width);
        values.insert(values.end(), first, first + from.width);
      };
      if (from.type == TensorType::Int64)
        numbers(batch.columns[i].ints, from.ints);
      else
        numbers(batch.columns[i].floats, from.floats);
    }
  }

  const std::unique_ptr<ArrowFile> file_;
  const std::vector<Output> outputs_;
};

}  // namespace

Expected<std::unique_ptr<ScoreWriter>> newArrowScores(std::string_view format, const ModelScorer& scorer,
                                                      const WriterOptions& options) {
  std::vector<ArrowScores::Output> outputs;
  for (const BoundOutput& output : scorer.binding().outputs) {
    const TensorInfo& info = scorer.network().outputs()[output.output];
    bool isScore = outputs.empty();
    bool isKnown = !info.anyRank;
    for (size_t i = 1; i < info.shape.size(); ++i) isKnown = isKnown && info.shape[i] >= 0;
    if (!isScore && !isKnown)
      return Error(
          fmt::format("the network's output \"{}\" is {}: a column needs a fixed number of values an item; pass "
                      "--format json, or export the network with it",
                      info.name, tensorText(info)),
          ErrorCode::BadArgument);
    outputs.push_back({output.name, info.type, isScore ? 1 : declaredWidth(info)});
  }
  Expected<std::unique_ptr<ArrowFile>> file = ArrowFile::make(format, options);
  if (!file) return file.error();
  return std::unique_ptr<ScoreWriter>(std::make_unique<ArrowScores>(*std::move(file), std::move(outputs)));
}

}  // namespace featc
