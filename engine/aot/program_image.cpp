// SPDX-License-Identifier: Apache-2.0
// Writing and reading program images:
//
//   featc image 1
//   version 0.1.0
//   build 0123456789ab
//   target aarch64-unknown-linux-gnu
//   cpu neoverse-n1
//   features aes crc lse
//   checksum 0123456789abcdef      XXH3-64 of the graph's text
//   model takeaway                 the graph's text, to the end
//   ...
#include "engine/aot/program_image.h"

#include <fmt/format.h>

#include "engine/aot/cpu_features.h"
#include "engine/aot/version.h"
#include "ir/text.h"
#include "ir/verifier.h"

namespace featc {

namespace {

constexpr std::string_view kFirstLine = "featc image 1";

// Reads `key value` lines one after another.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  std::string_view next() {
    size_t end = std::min(rest_.find('\n'), rest_.size());
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return line;
  }
  // The value of the next line, which must have this key.
  std::optional<std::string_view> value(std::string_view key) {
    std::string_view line = next();
    if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ') return std::nullopt;
    return line.substr(key.size() + 1);
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    size_t end = std::min(text.find(' '), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string checksum(std::string_view text) { return fmt::format("{:016x}", hashBytes(HashFamily::Xxh3, text)); }

}  // namespace

std::string writeImage(const ImageTarget& target, const Graph& graph) {
  std::string text = toText(graph);
  return fmt::format("{}\nversion {}\nbuild {}\ntarget {}\ncpu {}\nfeatures {}\nchecksum {}\n{}", kFirstLine,
                     featcVersion(), featcBuild(), target.triple, target.cpu, fmt::join(target.features, " "),
                     checksum(text), text);
}

Expected<ProgramImage> readImage(std::string_view bytes, const PluginFolders& plugins) {
  Lines lines(bytes);
  if (lines.next() != kFirstLine)
    return Error("it holds no program image of this kind: build it again with this featc", ErrorCode::OtherBuild);
  auto version = lines.value("version");
  auto build = lines.value("build");
  if (!version || !build || *version != featcVersion() || *build != featcBuild())
    return Error(
        fmt::format("it was made by featc {} (build {}), this is featc {} (build {}): build it again with this one",
                    version.value_or("?"), build.value_or("?"), featcVersion(), featcBuild()),
        ErrorCode::OtherBuild);
  auto target = lines.value("target");
  auto cpu = lines.value("cpu");
  auto features = lines.value("features");
  auto sum = lines.value("checksum");
  if (!target || !cpu || !features || !sum || *sum != checksum(lines.rest()))
    return Error("its program image is damaged", ErrorCode::BadModel);
  ProgramImage image{{std::string(*target), std::string(*cpu), words(*features)}, {}};
  if (std::string feature = missingCpuFeature(image.target.features); !feature.empty())
    return Error(fmt::format("it was compiled for the CPU \"{}\" and this machine lacks \"{}\"", *cpu, feature),
                 ErrorCode::OtherMachine);
  Expected<Graph> graph = parseGraph(lines.rest(), nullptr, plugins);
  std::string problem = graph.error().message;
  if (graph) {
    std::vector<std::string> problems = verify(*graph);
    if (!problems.empty()) problem = problems.front();
  }
  if (!problem.empty()) return Error(fmt::format("its program image does not read: {}", problem), ErrorCode::BadModel);
  image.graph = std::move(*graph);
  return image;
}

}  // namespace featc
