// SPDX-License-Identifier: Apache-2.0
// The server's routes.
#include "service.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "stores.h"
#include "stores/store_states.h"

namespace server {

namespace {

using Clock = std::chrono::steady_clock;

// A header or else a parameter of the query: `Featc-Deadline: 20ms`, `?deadline=20ms`.
std::string askedDeadline(const httplib::Request& request) {
  std::string text = request.get_header_value("Featc-Deadline");
  return text.empty() ? request.get_param_value("deadline") : text;
}

// Nothing where the text is not a time above 0.
std::optional<std::chrono::milliseconds> parseTime(std::string_view text) {
  uint32_t count = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  std::string_view unit = text.substr(static_cast<size_t>(end - text.data()));
  if (error != std::errc() || count == 0 || (unit != "ms" && unit != "s")) return std::nullopt;
  return std::chrono::milliseconds(unit == "s" ? uint64_t{count} * 1000 : count);
}

// One line, as headers are: how many, and the first.
std::string headerOf(const std::string& lines) {
  std::string text =
      fmt::format("{}; {}", std::count(lines.begin(), lines.end(), '\n'), lines.substr(0, lines.find('\n')));
  std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 0x7f; }, ' ');
  return text;
}

}  // namespace

Service::Service(const ServiceOptions& options, ConfigFolder& folder, const featc::KeptStores& stores,
                 featc::Metrics& metrics)
    : options_(options),
      folder_(folder),
      stores_(stores),
      metrics_(metrics),
      admission_(options.threads, options.queue) {
  metrics_.watchGauge("featc_waiting_requests", "Requests that wait for a thread", "queue", "admission",
                      [this] { return static_cast<double>(admission_.waiting()); });
  metrics_.watchStores([this] { return featc::storeStates(stores_); });
}

Answer Service::answer(const std::string& name, const httplib::Request& request) {
  std::shared_ptr<featc::LiveConfig> config = folder_.find(name);
  if (config == nullptr) return failed(404, "", fmt::format("there is no config \"{}\"", name));
  std::optional<Format> format = wantedFormat(request.get_header_value("Accept"));
  if (!format)
    return failed(406, "not_acceptable",
                  fmt::format("answers are {} or {}", mediaType(Format::Json), mediaType(Format::TensorSequence)));
  std::chrono::milliseconds patience = options_.deadline;
  if (std::string asked = askedDeadline(request); !asked.empty()) {
    std::optional<std::chrono::milliseconds> time = parseTime(asked);
    if (!time) return failed(400, "bad_request", "a deadline is a time such as 20ms or 1s");
    patience = std::min(*time, options_.deadline);
  }
  Clock::time_point deadline = Clock::now() + patience;
  // The executor of mode Seda has a queue of its own.
  if (options_.mode == Mode::Seda) return compute(*config, request.body, deadline, *format);
  switch (admission_.enter(deadline)) {
    case Admitted::QueueFull: return failed(503, "overload", "too many requests are waiting");
    case Admitted::TooLate: return failed(503, "overload", "no thread was free before the deadline");
    case Admitted::Yes: break;
  }
  Answer answer = compute(*config, request.body, deadline, *format);
  admission_.leave();
  return answer;
}

Answer Service::compute(const featc::LiveConfig& config, const std::string& body, Time deadline, Format format) {
  try {
    featc::LiveCall call = config.begin();
    if (!call) return failed(503, "no_version", "the config has not been loaded: see /configs");
    return server::extract(call, body, deadline, options_.mode, format);
  } catch (const std::exception& e) {
    return failed(500, "failed", e.what());
  }
}

void Service::extract(const httplib::Request& request, httplib::Response& response) {
  std::string name = request.matches[1];
  Answer got = answer(name, request);
  if (*got.rejected != '\0') metrics_.countRejected(name, got.rejected);
  metrics_.countDegraded(name, got.degraded);
  if (!got.degraded.empty()) response.set_header("Featc-Degraded", fmt::format("{}", fmt::join(got.degraded, ",")));
  if (!got.warnings.empty()) response.set_header("Featc-Bad-Items", headerOf(got.warnings));
  response.status = got.status;
  response.set_content(got.body, mediaType(got.format));
}

void Service::health(httplib::Response& response) const {
  bool well = true;
  std::string lines;
  for (const auto& [name, config] : folder_.all()) {
    featc::LiveStatus status = config->status();
    well = well && status.version != nullptr;
    lines += name + ": ";
    lines +=
        status.version == nullptr ? "does not serve" : fmt::format("serves version {}", status.version->info().number);
    if (status.failing && status.lastFailure) {
      const std::string& why = status.lastFailure->problem;
      lines += fmt::format("{}: {}", status.version == nullptr ? "" : "; the current files could not be loaded",
                           why.substr(0, why.find('\n')));
    }
    // Most compiles take less.
    constexpr double kLong = 10;
    if (status.attemptSeconds > kLong)
      lines += fmt::format("; the current files have been compiling for {:.0f} s", status.attemptSeconds);
    lines += '\n';
  }
  for (const featc::StoreState& store : featc::storeStates(stores_))
    if (std::string trouble = troubleOf(store); !trouble.empty())
      lines += fmt::format("store {}, {}: {}\n", store.store, store.url, trouble);
  const char* first = stopping_ ? "stopping" : (well ? "ok" : "not well");
  response.status = well && !stopping_ ? 200 : 503;
  response.set_content(fmt::format("{}\n{}", first, lines), "text/plain");
}

void Service::addRoutes(httplib::Server& http) {
  http.set_payload_max_length(options_.bodyBytes);
  http.Post(R"(/extract/([^/]+))",
            [this](const httplib::Request& request, httplib::Response& response) { extract(request, response); });
  http.Get("/healthz", [this](const httplib::Request&, httplib::Response& response) { health(response); });
  http.Get("/configs", [this](const httplib::Request&, httplib::Response& response) {
    response.set_content(describe(folder_), "application/json");
  });
  http.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
    response.set_content(metrics_.text(), "text/plain; version=0.0.4");
  });
  // What the library refuses by itself has no words yet.
  http.set_error_handler([this](const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty()) return;
    std::string why = "the request cannot be read";
    if (response.status == 413) why = fmt::format("the body is larger than {} bytes", options_.bodyBytes);
    if (response.status == 404) why = "this server has POST /extract/NAME, GET /healthz, /configs and /metrics";
    response.set_content(failed(response.status, "", why).body, "application/json");
  });
}

}  // namespace server
