// SPDX-License-Identifier: Apache-2.0
#include "tools/command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <limits>
#include <map>
#include <utility>

#include "support/print_error.h"

namespace featc {
namespace {

// The text is a whole number from `low` to `high`.
template <typename T>
CLI::Validator whole(T low = std::numeric_limits<T>::min(), T high = std::numeric_limits<T>::max()) {
  auto check = [low, high](std::string& text) -> std::string {
    T value{};
    const char* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end || value < low || value > high)
      return fmt::format("\"{}\" is not a whole number from {} to {}", text, low, high);
    text = fmt::format("{}", value);  // 010 is ten
    return "";
  };
  return {check, ""};
}

using Units = std::map<std::string, uint64_t>;  // in lower case, with how often each is the smallest

// `200MB` becomes 209715200.
CLI::Validator withUnit(const Units& units, const std::string& what) {
  auto convert = [units, what](std::string& text) -> std::string {
    uint64_t value = 0;
    const char* end = text.data() + text.size();
    auto [stop, error] = std::from_chars(text.data(), end, value);
    auto unit = units.find(CLI::detail::to_lower(CLI::detail::trim_copy(std::string(stop, end))));
    if (error == std::errc::invalid_argument || unit == units.end())
      return fmt::format("\"{}\" is not a {}", text, what);
    if (error != std::errc() || __builtin_mul_overflow(value, unit->second, &value))
      return fmt::format("\"{}\" is too large", text);
    text = fmt::format("{}", value);
    return "";
  };
  return {convert, ""};
}

template <typename T>
CLI::Option& numberOption(CLI::App& app, const std::string& names, T& to, const std::string& help) {
  return *app.add_option(names, to, help)->transform(whole<T>());
}

}  // namespace

int failWith(const Error& error) {
  if (!error.message.empty()) printError("featc: {}\n", error.message);
  return error.code == ErrorCode::BadArgument || error.code == ErrorCode::BadCache ? kBadCommand : kBadInput;
}

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::help(const std::string& text) {
  option_->description(text);
  return *this;
}

Option& Option::placeholder(const std::string& name) {
  option_->type_name(name);
  return *this;
}

Option& Option::showDefault() {
  option_->capture_default_str();
  return *this;
}

Option& Option::oneValueEach() {
  option_->allow_extra_args(false);
  return *this;
}

Option& Option::oneOf(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  return *this;
}

Option& Option::within(int64_t low, int64_t high) {
  option_->check(whole(low, high));
  return *this;
}

Option& Option::within(uint64_t low, uint64_t high) {
  option_->check(whole(low, high));
  return *this;
}

Option& Option::size() {
  static const Units kUnits = [] {
    Units units = {{"", 1}, {"b", 1}};
    uint64_t bytes = 1;
    for (std::string prefix : {"k", "m", "g", "t", "p"}) {
      bytes *= 1024;
      for (const char* end : {"", "b", "i", "ib"}) units[prefix + end] = bytes;
    }
    return units;
  }();
  option_->transform(withUnit(kUnits, "size, such as 200MB"));
  return *this;
}

Option& Option::duration() {
  static const Units kUnits = {{"us", 1}, {"ms", 1000}, {"s", 1'000'000}};
  option_->transform(withUnit(kUnits, "time with its unit (us, ms or s), such as 50ms"));
  return *this;
}

Option& Option::excludes(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

Option Command::option(const std::string& names, std::string& to, const std::string& help) {
  return Option(*app_.add_option(names, to, help));
}

Option Command::option(const std::string& names, std::optional<std::string>& to, const std::string& help) {
  return Option(*app_.add_option(names, to, help));
}

Option Command::option(const std::string& names, std::vector<std::string>& to, const std::string& help) {
  return Option(*app_.add_option(names, to, help));
}

Option Command::option(const std::string& names, uint32_t& to, const std::string& help) {
  return Option(numberOption(app_, names, to, help));
}

Option Command::option(const std::string& names, uint64_t& to, const std::string& help) {
  return Option(numberOption(app_, names, to, help));
}

Option Command::option(const std::string& names, int64_t& to, const std::string& help) {
  return Option(numberOption(app_, names, to, help));
}

Option Command::flag(const std::string& names, bool& to, const std::string& help) {
  return Option(*app_.add_flag(names, to, help));
}

Option Command::choice(const std::string& name, std::optional<bool>& to, const std::string& help) {
  auto set = [&to](int64_t given) { to = given > 0; };
  return Option(*app_.add_flag_function("--" + name + ",!--no-" + name, set, help));
}

Option Command::find(const std::string& name) { return Option(*app_.get_option(name)); }

void Command::runs(std::function<int()> run) {
  app_.callback([run = std::move(run), &line = line_] { line.exitCode_ = run(); });
}

CommandLine Command::subcommands() {
  app_.require_subcommand(1);
  return {app_, line_};
}

Command CommandLine::add(const std::string& name, const std::string& help) {
  return {*app_.add_subcommand(name, help), root_};
}

}  // namespace featc
