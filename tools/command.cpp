// SPDX-License-Identifier: Apache-2.0
#include "tools/command.h"

#include <CLI/CLI.hpp>
#include <map>
#include <utility>

namespace featc {

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
  option_->check(CLI::Range(low, high));
  return *this;
}

Option& Option::within(uint64_t low, uint64_t high) {
  option_->check(CLI::Range(low, high));
  return *this;
}

Option& Option::size() {
  option_->transform(CLI::AsSizeValue(false));
  return *this;
}

Option& Option::duration() {
  static const std::map<std::string, uint64_t> kUnits = {{"us", 1}, {"ms", 1000}, {"s", 1'000'000}};
  option_->transform(CLI::AsNumberWithUnit(kUnits, CLI::AsNumberWithUnit::UNIT_REQUIRED));
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
  return Option(*app_.add_option(names, to, help));
}

Option Command::option(const std::string& names, uint64_t& to, const std::string& help) {
  return Option(*app_.add_option(names, to, help));
}

Option Command::option(const std::string& names, int64_t& to, const std::string& help) {
  return Option(*app_.add_option(names, to, help));
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
  app_.callback([run = std::move(run), &exitCode = exitCode_] { exitCode = run(); });
}

Command CommandLine::add(const std::string& name, const std::string& help) {
  return {*app_.add_subcommand(name, help), exitCode_};
}

}  // namespace featc
