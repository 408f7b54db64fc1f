// SPDX-License-Identifier: Apache-2.0
#include "server/http/request_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>

namespace featc {

namespace http = boost::beast::http;

// Boost's parser, which knows the grammar; what it finds goes into the request.
class HttpRequestParser::Beast final : public http::basic_parser<true> {
 public:
  using Text = boost::beast::string_view;
  using Code = boost::beast::error_code;

  HttpRequest request;
  std::string target;

 private:
  static std::string_view plain(Text text) { return {text.data(), text.size()}; }

  void on_request_impl(http::verb /*verb*/, Text method, Text target_, int version, Code& /*error*/) override {
    request.method = plain(method);
    target = plain(target_);
    request.minorVersion = version % 10;
  }
  void on_response_impl(int /*status*/, Text /*reason*/, int /*version*/, Code& /*error*/) override {}
  void on_field_impl(http::field /*field*/, Text name, Text value, Code& /*error*/) override {
    // Fields behind a chunked body say nothing that a handler asks for.
    if (!is_header_done()) request.headers.push_back({std::string(plain(name)), std::string(plain(value))});
  }
  // Newer versions of Boost have this beside on_field_impl.
  virtual void on_trailer_field_impl(http::field /*field*/, Text /*name*/, Text /*value*/, Code& /*error*/) {}
  void on_header_impl(Code& /*error*/) override {}
  void on_body_init_impl(const boost::optional<uint64_t>& /*length*/, Code& /*error*/) override {}
  size_t on_body_impl(Text body, Code& /*error*/) override {
    request.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(uint64_t /*size*/, Text /*extensions*/, Code& /*error*/) override {}
  size_t on_chunk_body_impl(uint64_t /*remain*/, Text body, Code& error) override { return on_body_impl(body, error); }
  void on_finish_impl(Code& /*error*/) override {}
};

HttpRequestParser::HttpRequestParser(const HttpParseLimits& limits) : limits_(limits), beast_(new Beast) {
  // The limit counts here: Boost's forgets what it has taken before.
  beast_->header_limit(static_cast<uint32_t>(std::min<size_t>(limits.headerBytes, UINT32_MAX)));
  beast_->body_limit(limits.bodyBytes);
  beast_->eager(false);
}

HttpRequestParser::~HttpRequestParser() = default;

HttpRequest& HttpRequestParser::request() { return beast_->request; }
bool HttpRequestParser::keepAlive() const { return checked_ && beast_->keep_alive(); }
bool HttpRequestParser::expectsContinue() const { return expectsContinue_; }
const HttpResponse& HttpRequestParser::refusal() const { return refusal_; }

HttpRequestParser::State HttpRequestParser::refuse(int status, std::string_view message) {
  refusal_ = httpError(status, message);
  return State::Refused;
}

HttpRequestParser::State HttpRequestParser::take(std::string_view& bytes) {
  while (!bytes.empty() && !beast_->is_done()) {
    bool wasHead = !beast_->is_header_done();
    Beast::Code error;
    size_t taken = beast_->put({bytes.data(), bytes.size()}, error);
    bytes.remove_prefix(taken);
    if (wasHead) headBytes_ += taken;
    // A head, or the line of a chunk, that is not whole yet is not taken.
    bool tooLong = beast_->is_header_done() ? bytes.size() > limits_.headerBytes && taken == 0
                                            : headBytes_ + bytes.size() > limits_.headerBytes;
    if (error == http::error::header_limit || (tooLong && error == http::error::need_more) ||
        headBytes_ > limits_.headerBytes)
      return refuse(
          431, fmt::format("the headers are longer than {} bytes: send fewer or shorter ones", limits_.headerBytes));
    if (error == http::error::body_limit)
      return refuse(413,
                    fmt::format("the body is longer than {} bytes: send fewer items at a time", limits_.bodyBytes));
    if (error == http::error::bad_version) return refuse(505, "the version of HTTP is not 1.0 or 1.1");
    if (error && error != http::error::need_more)
      return refuse(400, fmt::format("the request is not valid HTTP: {}", error.message()));
    if (beast_->is_header_done() && !checked_) return checkHead();
    if (error) break;
  }
  if (!beast_->is_header_done()) return State::Head;
  return beast_->is_done() ? State::Done : State::Body;
}

HttpRequestParser::State HttpRequestParser::checkHead() {
  checked_ = true;
  beast_->eager(true);
  HttpRequest& request = beast_->request;
  size_t lengths = 0;
  size_t encodings = 0;
  size_t hosts = 0;
  for (const HttpHeader& header : request.headers) {
    lengths += sameToken(header.name, "Content-Length") ? 1 : 0;
    encodings += sameToken(header.name, "Transfer-Encoding") ? 1 : 0;
    hosts += sameToken(header.name, "Host") ? 1 : 0;
    if (sameToken(header.name, "Content-Length") && header.value.find(',') != std::string::npos) ++lengths;
  }
  if (lengths > 1) return refuse(400, "the request has two Content-Length headers: send one");
  if (lengths > 0 && encodings > 0)
    return refuse(400, "the request has Content-Length and Transfer-Encoding: send one of them");
  if (encodings > 1 || (encodings == 1 && !sameToken(request.header("Transfer-Encoding"), "chunked")))
    return refuse(400, "the only Transfer-Encoding that this server reads is chunked");
  if (encodings == 1 && request.minorVersion == 0) return refuse(400, "Transfer-Encoding needs HTTP/1.1");
  if (hosts > 1 || (hosts == 0 && request.minorVersion >= 1)) return refuse(400, "the request needs one Host header");

  std::string_view target = beast_->target;
  // What a proxy is sent: `http://host/path`.
  if (size_t scheme = target.find("://"); !target.starts_with('/') && scheme != std::string_view::npos) {
    size_t path = target.find_first_of("/?", scheme + 3);
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  size_t question = target.find('?');
  request.path = percentDecoded(target.substr(0, question));
  if (question != std::string_view::npos) request.query = target.substr(question + 1);

  if (std::string_view expect = request.header("Expect"); !expect.empty()) {
    if (!sameToken(expect, "100-continue"))
      return refuse(417, "the only Expect that this server knows is 100-continue");
    expectsContinue_ = request.minorVersion >= 1 && !beast_->is_done();
  }
  return beast_->is_done() ? State::Done : State::Body;
}

}  // namespace featc
