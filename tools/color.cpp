// SPDX-License-Identifier: Apache-2.0
// Colours on a terminal. Diagnostics are rendered without, since most go to files and programs; what they look like is
// known well enough to find their parts again.
#include "tools/color.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace featc {

namespace {

constexpr std::string_view kReset = "\x1b[0m";
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kGutter = "\x1b[1;34m";

struct Label {
  std::string_view text;
  std::string_view color;
};
constexpr Label kLabels[] = {{"error", "\x1b[1;31m"}, {"warning", "\x1b[1;33m"}, {"note", "\x1b[1;36m"}};
constexpr std::string_view kFix = "fix: ";
constexpr std::string_view kFixColor = "\x1b[1;32m";

class Painter {
 public:
  std::string run(std::string_view rendered) {
    while (!rendered.empty()) {
      size_t end = std::min(rendered.find('\n'), rendered.size());
      line(rendered.substr(0, end));
      if (end < rendered.size()) out_ += '\n';
      rendered.remove_prefix(std::min(end + 1, rendered.size()));
    }
    return std::move(out_);
  }

 private:
  void put(std::string_view color, std::string_view text) {
    if (text.empty()) return;
    out_ += color;
    out_ += text;
    out_ += kReset;
  }

  void line(std::string_view text) {
    if (size_t bar = gutter(text); bar != std::string_view::npos) {
      put(kGutter, text.substr(0, bar + 1));
      bool isCarets = text.substr(0, bar).find_first_not_of(' ') == std::string_view::npos;
      if (isCarets)
        put(color_, text.substr(bar + 1));
      else
        out_ += text.substr(bar + 1);
      return;
    }
    if (text.starts_with(kFix)) {
      put(kFixColor, text.substr(0, kFix.size() - 1));
      out_ += text.substr(kFix.size() - 1);
      return;
    }
    if (!head(text)) out_ += text;
  }

  // `   12 | text`: where the bar is; npos for other lines.
  static size_t gutter(std::string_view text) {
    size_t bar = std::min(text.find_first_not_of(" 0123456789"), text.size());
    bool isGutter = bar >= 2 && bar < text.size() && text[bar] == '|' && text[bar - 1] == ' ' && text[0] == ' ';
    return isGutter || (bar > 5 && bar < text.size() && text[bar] == '|') ? bar : std::string_view::npos;
  }

  // `PATH:LINE:COLUMN: error: MESSAGE` or `note: MESSAGE`: the first label counts, since a message may name others.
  bool head(std::string_view text) {
    const Label* first = nullptr;
    size_t at = std::string_view::npos;
    for (const Label& label : kLabels) {
      std::string wanted = std::string(label.text) + ": ";
      size_t found = text.starts_with(wanted) ? 0 : text.find(": " + wanted);
      if (found != std::string_view::npos && found != 0) found += 2;
      if (found >= at) continue;
      at = found;
      first = &label;
    }
    if (first == nullptr) return false;
    color_ = first->color;
    put(kBold, text.substr(0, at));
    put(first->color, text.substr(at, first->text.size() + 1));
    std::string_view message = text.substr(at + first->text.size() + 1);
    if (first->text == "note")
      out_ += message;
    else
      put(kBold, message);
    return true;
  }

  std::string out_;
  std::string_view color_ = kBold;
};

}  // namespace

bool wantsColor(std::string_view when) {
  if (when != "auto") return when == "always";
  const char* off = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  bool isDumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return isatty(STDERR_FILENO) != 0 && (off == nullptr || *off == '\0') && !isDumb;
}

std::string colored(std::string_view rendered) { return Painter().run(rendered); }

}  // namespace featc
