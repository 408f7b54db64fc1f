// SPDX-License-Identifier: Apache-2.0
// The journal's text:
//
//   featc journal 2
//   config 5d41402abc4b2a76          the identity, a line each
//   input 1048576 bytes, ...
//   ---
//   SUM NUMBER NUMBER ... | NAME ... | KIND FIELD COUNT LINE TEXT ...
//
// The last line is a checkpoint: XXH3-64 of what follows it, numbers, names, notes; texts as hexadecimal digits.
#include "tools/run_journal.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <sstream>

#include "values/hash.h"

namespace featc {
namespace {

constexpr std::string_view kFirstLine = "featc journal 2";
constexpr std::string_view kEndOfIdentity = "---";

std::string hexOf(std::string_view bytes) {
  std::string out = "x";  // a name may be empty
  for (unsigned char c : bytes) out += fmt::format("{:02x}", c);
  return out;
}

std::string fromHex(std::string_view text) {
  std::string out;
  for (size_t i = 1; i + 1 < text.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    out += static_cast<char>(value);
  }
  return out;
}

// A checkpoint's numbers in the order in which they are written; `number` writes or reads one.
template <class C, class Number>
void visitNumbers(C& checkpoint, Number number) {
  number(checkpoint.outputBytes);
  number(checkpoint.input.offset);
  number(checkpoint.input.line);
  auto& counts = checkpoint.input.counts;
  for (auto* count : {&counts.requests, &counts.items, &counts.badRequests, &counts.badItems, &counts.lostItems})
    number(*count);
  auto& totals = checkpoint.totals;
  for (auto* total : {&totals.written, &totals.failedRows, &totals.events.unequalLengths}) number(*total);
  for (auto& reads : totals.reads)
    for (auto* count : {&reads.keys, &reads.found, &reads.absent, &reads.failed, &reads.timedOut, &reads.badFields})
      number(*count);
  for (auto& output : totals.counts)
    for (auto* count :
         {&output.lostBits, &output.droppedWeights, &output.cutDense, &output.cutSequences, &output.largeDense})
      number(*count);
  for (auto& valued : totals.valued) number(valued);
}

std::string textOf(const Checkpoint& checkpoint) {
  const ReaderPosition& input = checkpoint.input;
  std::string text = fmt::format("{} {} {} {}", checkpoint.totals.counts.size(), checkpoint.totals.reads.size(),
                                 input.seen.size(), input.parsed.size());
  visitNumbers(checkpoint, [&](uint64_t number) { text += fmt::format(" {}", number); });
  for (const std::vector<bool>* fields : {&input.seen, &input.parsed})
    for (bool is : *fields) text += is ? " 1" : " 0";
  text += " |";
  for (const std::string& name : input.undeclared) text += " " + hexOf(name);
  text += " |";
  for (const DataNote& note : input.notes)
    text += fmt::format(" {} {} {} {} {}", static_cast<int>(note.kind), note.field, note.count, note.line,
                        hexOf(note.example));
  return fmt::format("{:016x} {}\n", hashBytes(HashFamily::Xxh3, text), text);
}

std::optional<Checkpoint> parseCheckpoint(std::string_view line) {
  if (line.size() < 18 || fmt::format("{:016x}", hashBytes(HashFamily::Xxh3, line.substr(17))) != line.substr(0, 16))
    return std::nullopt;
  std::istringstream in{std::string(line.substr(17))};
  size_t outputs = 0;
  size_t sources = 0;
  size_t seen = 0;
  size_t parsed = 0;
  in >> outputs >> sources >> seen >> parsed;
  Checkpoint out;
  out.totals.counts.resize(outputs);
  out.totals.valued.resize(outputs);
  out.totals.reads.resize(sources);
  visitNumbers(out, [&](uint64_t& number) { in >> number; });
  auto readBits = [&](size_t count, std::vector<bool>& to) {
    for (int is = 0; count > 0 && in >> is; --count) to.push_back(is != 0);
  };
  readBits(seen, out.input.seen);
  readBits(parsed, out.input.parsed);
  std::string word;
  in >> word;
  while (in >> word && word != "|") out.input.undeclared.push_back(fromHex(word));
  DataNote note;
  for (int kind = 0; in >> kind >> note.field >> note.count >> note.line >> word;) {
    if (kind < 0 || kind >= static_cast<int>(kNoteKinds)) break;
    note.kind = static_cast<NoteKind>(kind);
    note.example = fromHex(word);
    out.input.notes.push_back(note);
  }
  return out;
}

}  // namespace

Expected<std::optional<Checkpoint>> RunJournal::last(const RunIdentity& identity) const {
  std::optional<Checkpoint> last;
  auto other = [](std::string message) { return Error(std::move(message), ErrorCode::BadArgument); };
  std::ifstream in(path_, std::ios::binary);
  std::string line;
  if (!std::getline(in, line)) return last;
  if (line != kFirstLine) return other(fmt::format("{} is not a journal of this featc", path_));
  for (const auto& [name, text] : identity) {
    if (!std::getline(in, line)) return last;  // killed while it was begun
    if (line == name + " " + text) continue;
    std::string_view was = std::string_view(line).substr(std::min(line.size(), name.size() + 1));
    return other(fmt::format("the {} has changed: it was {}, now it is {}", name, was, text));
  }
  if (!std::getline(in, line) || line != kEndOfIdentity) return last;
  // A line that was cut, or is damaged, ends what can be trusted.
  while (std::getline(in, line) && !in.eof()) {
    std::optional<Checkpoint> next = parseCheckpoint(line);
    if (!next) break;
    last = std::move(next);
  }
  return last;
}

bool RunJournal::begin(const RunIdentity& identity, const std::optional<Checkpoint>& from) {
  close();
  std::string fresh = path_ + ".new";
  file_ = std::fopen(fresh.c_str(), "wb");
  std::string text = fmt::format("{}\n", kFirstLine);
  for (const auto& [name, value] : identity) text += fmt::format("{} {}\n", name, value);
  text += fmt::format("{}\n{}", kEndOfIdentity, from ? textOf(*from) : "");
  return file_ != nullptr && write(text) && std::rename(fresh.c_str(), path_.c_str()) == 0;
}

bool RunJournal::append(const Checkpoint& checkpoint) { return write(textOf(checkpoint)); }

bool RunJournal::write(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), file_) == text.size() && std::fflush(file_) == 0;
}

void RunJournal::close() {
  if (file_ != nullptr) std::fclose(file_);
  file_ = nullptr;
}

}  // namespace featc
