// SPDX-License-Identifier: Apache-2.0
// Reads log lines, runs their requests again and compares.
#include "data/log/replay.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>

#include "data/json/json_reader.h"
#include "data/json/json_value.h"
#include "data/json/json_writer.h"
#include "data/log/read_rows.h"
#include "data/log/replay_scores.h"
#include "data/log/replay_store.h"
#include "data/log/request_log.h"
#include "data/log/result_digest.h"
#include "data/run_totals.h"
#include "support/json_document.h"

namespace featc {
namespace {

namespace dom = simdjson::dom;

constexpr size_t kShownBytes = 200;

// JSON text in one form, so that equal values are equal texts; cut where it is only shown.
std::string textOf(dom::element element) { return simdjson::minify(element); }
std::string shown(std::string text) {
  if (text.size() > kShownBytes) text = text.substr(0, kShownBytes) + "...";
  return text;
}

std::optional<KeyStatus> parseKeyStatus(std::string_view name) {
  for (KeyStatus status : {KeyStatus::Found, KeyStatus::Absent, KeyStatus::Failed, KeyStatus::TimedOut})
    if (keyStatusName(status) == name) return status;
  return std::nullopt;
}

}  // namespace

bool ReplayReport::same() const {
  return features.empty() && statuses.count == 0 && unreadable.count == 0 && incomplete.count == 0 &&
         unknownKeys.count == 0 && scores.empty();
}

class LogReplayer::State {
 public:
  explicit State(const std::vector<SourceInfo>& sources) : sources_(sources), store_(std::make_shared<ReplayStore>()) {}

  std::shared_ptr<ReplayStore> store() const { return store_; }

  void replay(const Extractor& extractor, std::string_view line, uint64_t number, ReplayReport& report) {
    ++report.lines;
    if (std::string problem = replayLine(extractor, line, number, report); !problem.empty())
      report.note(report.unreadable, fmt::format("line {}: {}", number, problem));
  }
  void useScorer(ReplayScorer& scorer, double tolerance) { scores_.emplace(scorer, tolerance); }

 private:
  // What is wrong with the line; nothing when it was replayed, or says itself that it cannot be.
  std::string replayLine(const Extractor& extractor, std::string_view line, uint64_t number, ReplayReport& report) {
    padded_ = paddedCopy(line);
    dom::object root;
    if (auto code = parser_.parse(padded_).get(root)) return jsonErrorText(code);
    uint64_t version = 0;
    if (root["featc_log"].get(version) != simdjson::SUCCESS) return "it is not a line of a featc log";
    if (version == 0 || version > kLogFormat)
      return fmt::format("it has version {} of the log format, this featc knows versions 1 to {}", version, kLogFormat);
    std::string place = fmt::format("line {}", number);
    std::string_view id;
    if (root["id"].get(id) == simdjson::SUCCESS) place += fmt::format(" (request {})", shown(std::string(id)));
    noteProgram(extractor.info(), root, report);
    if (std::string left = leftOut(root); !left.empty()) {
      report.note(report.redacted, fmt::format("{}: {}", place, left));
      return {};
    }
    std::string_view incomplete;
    if (root["incomplete"].get(incomplete) == simdjson::SUCCESS) {
      report.note(report.incomplete, fmt::format("{}: {}", place, incomplete));
      return {};
    }
    dom::array results;
    if (root["results"].get(results) != simdjson::SUCCESS) return "it has no results";
    if (std::string problem = loadRows(root); !problem.empty()) return problem;
    if (std::string problem = run(extractor, root, results.size(), report); !problem.empty()) return problem;
    for (const std::string& key : store_->unknownKeys())
      report.note(report.unknownKeys, fmt::format("{}: {}", place, key));
    dom::object digests;
    if (root["digests"].get(digests) == simdjson::SUCCESS) {
      if (std::string problem = compareDigests(results, digests, place, report); !problem.empty()) return problem;
    } else {
      compare(results, place, report);
    }
    return scores_ ? scores_->compare(root, result_, place, report) : std::string();
  }

  // The fields without which the call cannot be replayed; empty: it can be.
  static std::string leftOut(dom::object root) {
    dom::array names;
    if (root["redacted"].get(names) != simdjson::SUCCESS) return {};
    bool replayable = true;
    if (root["replayable"].get(replayable) != simdjson::SUCCESS || replayable) return {};
    std::string text;
    for (dom::element each : names) {
      std::string_view name;
      if (each.get(name) != simdjson::SUCCESS) continue;
      text += (text.empty() ? "" : ", ") + std::string(name);
    }
    return text.empty() ? "fields" : text;
  }

  static void noteProgram(const ProgramInfo& info, dom::object root, ReplayReport& report) {
    std::string_view fingerprint;
    if (root["fingerprint"].get(fingerprint) == simdjson::SUCCESS && fingerprint != fingerprintText(info.fingerprint))
      ++report.otherFingerprints[std::string(fingerprint)];
    uint64_t semantics = 0;
    if (root["semantics"].get(semantics) == simdjson::SUCCESS && semantics != info.semantics)
      ++report.otherSemantics[semantics];
  }

  std::string loadRows(dom::object root) {
    store_->clear();
    dom::array reads;
    if (root["reads"].get(reads) != simdjson::SUCCESS) return "it has no reads";
    for (dom::element read : reads) {
      std::string_view source;
      std::string_view key;
      std::string_view status;
      dom::object fields;
      if (read["source"].get(source) != simdjson::SUCCESS || read["key"].get(key) != simdjson::SUCCESS ||
          read["status"].get(status) != simdjson::SUCCESS || read["fields"].get(fields) != simdjson::SUCCESS)
        return "a read lacks its source, key, status or fields";
      std::optional<KeyStatus> known = parseKeyStatus(status);
      if (!known) return fmt::format("a read has the unknown status \"{}\"", status);
      ReplayRow row{*known, {}};
      auto info = std::ranges::find(sources_, source, &SourceInfo::name);
      if (info == sources_.end()) continue;  // this config does not read it
      for (auto [name, value] : fields) {
        auto field = std::ranges::find(info->fields, name, &SourceField::name);
        if (field == info->fields.end()) continue;
        Value parsed;
        if (JsonError error = readJson(value, field->type, parsed); !error.empty())
          return fmt::format("{}.{}: {}", source, name, error);
        row.fields.emplace(name, std::move(parsed));
      }
      store_->add(std::string(source), std::string(key), std::move(row));
    }
    return {};
  }

  // Reads the requests as `featc run` reads them, and runs them.
  std::string run(const Extractor& extractor, dom::object root, size_t items, ReplayReport& report) {
    dom::array requests;
    if (root["requests"].get(requests) != simdjson::SUCCESS) return "it has no requests";
    std::string text;
    for (dom::element request : requests) text += textOf(request) + "\n";
    std::string said;
    auto sink = [&said](const DataMessage& message) {
      if (message.isError && said.empty()) said = message.text;
    };
    auto reader = newJsonReader(extractor.info(), memorySource(text), "log", false, sink);
    if (builder_ == nullptr) {
      builder_ = std::make_unique<BatchBuilder>(extractor.info());
      scratch_ = std::make_unique<Scratch>(extractor);
      writer_ = newJsonWriter(extractor.info());
      for (const OutputInfo& output : extractor.info().outputs) names_.push_back(output.name);
    }
    reader->next(*builder_, rows_, INT64_MAX);
    if (!said.empty()) return said;
    if (rows_.size() != items) return fmt::format("it has {} items and {} results", rows_.size(), items);
    if (Error error = extractor.run(builder_->batch(), *scratch_, result_)) return error.message;
    report.requests += static_cast<uint64_t>(result_.requests());
    return {};
  }

  void compare(dom::array results, const std::string& place, ReplayReport& report) {
    std::string lines;
    writer_->write(result_, rows_, lines);
    std::string_view rest = lines;
    int64_t item = 0;
    for (dom::element before : results) {
      RowStatus status = result_.status(item);
      std::string_view now = "";
      if (status == RowStatus::Ok) {
        size_t end = rest.find('\n');
        now = rest.substr(0, end);
        rest.remove_prefix(end + 1);
      }
      if (!compareItem(before, now, status, fmt::format("{}, item {}", place, item), report)) ++report.differentItems;
      ++report.items;
      ++item;
    }
  }

  // Which features and items have another digest than then.
  std::string compareDigests(dom::array results, dom::object digests, const std::string& place, ReplayReport& report) {
    dom::object features;
    dom::array items;
    if (digests["features"].get(features) != simdjson::SUCCESS || digests["items"].get(items) != simdjson::SUCCESS)
      return "its digests lack features or items";
    if (items.size() != results.size())
      return fmt::format("it has {} items and {} digests of them", results.size(), items.size());
    const ResultDigest& now = digester_.digest(result_);
    std::vector<int64_t> different;
    int64_t item = 0;
    auto result = results.begin();
    for (dom::element each : items) {
      const bool hasStatus =
          compareStatus(*result, fmt::format("{}, item {}", place, item), report, result_.status(item));
      if (hasStatus && !isDigest(each, now.items[static_cast<size_t>(item)])) different.push_back(item);
      if (!hasStatus || (!different.empty() && different.back() == item)) ++report.differentItems;
      ++report.items;
      ++item;
      ++result;
    }
    if (!different.empty()) compareFeatures(features, now, different, place, report);
    return {};
  }

  void compareFeatures(dom::object logged, const ResultDigest& now, const std::vector<int64_t>& items,
                       const std::string& place, ReplayReport& report) {
    for (size_t i = 0; i < names_.size(); ++i) {
      dom::element was;
      const bool isThere = logged[names_[i]].get(was) == simdjson::SUCCESS;
      if (isThere && isDigest(was, now.features[i])) continue;
      report.note(report.features[names_[i]], isThere ? fmt::format("{}: it differs in some of the items {}", place,
                                                                    shown(fmt::format("{}", fmt::join(items, ", "))))
                                                      : fmt::format("{}: nothing in the log", place));
    }
    for (auto [name, value] : logged)
      if (std::ranges::find(names_, name) == names_.end())
        report.note(report.features[std::string(name)], fmt::format("{}: nothing now", place));
  }

  static bool isDigest(dom::element logged, uint64_t digest) {
    std::string text;
    appendDigest(text, digest);
    return textOf(logged) == text;
  }

  // Whether the item has features then and now.
  static bool compareStatus(dom::element before, const std::string& place, ReplayReport& report, RowStatus status) {
    std::string_view failed;
    std::string_view then = before["status"].get(failed) == simdjson::SUCCESS ? failed : "ok";
    if (then == statusName(status)) return true;
    report.note(report.statuses, fmt::format("{}: {} in the log, {} now", place, then, statusName(status)));
    return false;
  }

  bool compareItem(dom::element before, std::string_view now, RowStatus status, const std::string& place,
                   ReplayReport& report) {
    if (!compareStatus(before, place, report, status)) return false;
    if (status != RowStatus::Ok) return true;
    dom::object was;
    dom::object is;
    if (before["features"].get(was) != simdjson::SUCCESS) {
      report.note(report.statuses, fmt::format("{}: neither features nor a status in the log", place));
      return false;
    }
    now_ = paddedCopy(now);
    auto error = nowParser_.parse(now_)["features"].get(is);
    if (error == simdjson::MEMALLOC) throw std::bad_alloc();
    if (error != simdjson::SUCCESS) return false;
    bool same = true;
    for (auto [name, value] : is) {
      dom::element logged;
      std::string text = textOf(value);
      std::string old = was.at_key(name).get(logged) == simdjson::SUCCESS ? textOf(logged) : "nothing";
      if (old == text) continue;
      same = false;
      report.note(report.features[std::string(name)],
                  fmt::format("{}: {} in the log, {} now", place, shown(old), shown(text)));
    }
    for (auto [name, value] : was) {
      if (is.at_key(name).error() == simdjson::SUCCESS) continue;
      same = false;
      report.note(report.features[std::string(name)],
                  fmt::format("{}: {} in the log, nothing now", place, shown(textOf(value))));
    }
    return same;
  }

  std::vector<SourceInfo> sources_;
  std::shared_ptr<ReplayStore> store_;
  simdjson::padded_string padded_;
  dom::parser parser_;
  simdjson::padded_string now_;
  dom::parser nowParser_;
  std::unique_ptr<BatchBuilder> builder_;
  std::unique_ptr<Scratch> scratch_;
  std::unique_ptr<ResultWriter> writer_;
  std::vector<InputRow> rows_;
  Result result_;
  std::vector<std::string> names_;  // of outputs
  ResultDigester digester_;
  std::optional<ScoreComparison> scores_;
};

std::optional<LogHead> readLogHead(std::string_view line) {
  thread_local dom::parser parser;
  const simdjson::padded_string padded = paddedCopy(line);
  dom::object root;
  auto error = parser.parse(padded).get(root);
  if (error == simdjson::MEMALLOC) throw std::bad_alloc();
  uint64_t format = 0;
  if (error != simdjson::SUCCESS || root["featc_log"].get(format) != simdjson::SUCCESS) return std::nullopt;
  LogHead head;
  for (auto [key, to] :
       {std::pair("served_as", &head.servedAs), std::pair("version", &head.version), std::pair("model", &head.model)}) {
    std::string_view text;
    if (root[key].get(text) == simdjson::SUCCESS) *to = text;
  }
  return head;
}

LogReplayer::LogReplayer(const std::vector<SourceInfo>& sources) : state_(std::make_unique<State>(sources)) {}
LogReplayer::~LogReplayer() = default;

StoreBinding LogReplayer::stores() const { return {{}, state_->store()}; }

void LogReplayer::useScorer(ReplayScorer& scorer, double tolerance) { state_->useScorer(scorer, tolerance); }

void LogReplayer::replay(const Extractor& extractor, std::string_view line, uint64_t number, ReplayReport& report) {
  state_->replay(extractor, line, number, report);
}

}  // namespace featc
