// SPDX-License-Identifier: Apache-2.0
#include "server/http/http_message.h"

#include <algorithm>

#include "support/json_quote.h"

namespace featc {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (lower(c) >= 'a' && lower(c) <= 'f') return lower(c) - 'a' + 10;
  return -1;
}

void appendHeader(std::string& head, std::string_view name, std::string_view value) {
  head += name;
  head += ": ";
  for (char c : value) head += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  head += "\r\n";
}

}  // namespace

bool sameToken(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string percentDecoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    int high = text[i] == '%' && i + 2 < text.size() ? hexDigit(text[i + 1]) : -1;
    int low = high >= 0 ? hexDigit(text[i + 2]) : -1;
    if (low >= 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string_view HttpRequest::header(std::string_view name) const {
  for (const HttpHeader& header : headers)
    if (sameToken(header.name, name)) return header.value;
  return {};
}

std::string HttpRequest::parameter(std::string_view name) const {
  for (std::string_view rest = query; !rest.empty();) {
    std::string_view part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    size_t equals = part.find('=');
    if (percentDecoded(part.substr(0, equals)) == name)
      return equals == std::string_view::npos ? std::string() : percentDecoded(part.substr(equals + 1));
  }
  return {};
}

HttpResponse httpError(int status, std::string_view message) {
  HttpResponse response;
  response.status = status;
  response.body = "{\"error\": " + jsonQuote(message) + "}\n";
  response.error = message;
  return response;
}

std::string_view httpReason(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 431: return "Request Header Fields Too Large";
    case 499: return "Client Closed Request";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return status < 400 ? "OK" : "Error";
  }
}

std::string httpHead(const HttpResponse& response, bool keepAlive, int minorVersion) {
  std::string head =
      "HTTP/1.1 " + std::to_string(response.status) + ' ' + std::string(httpReason(response.status)) + "\r\n";
  if (!response.contentType.empty()) appendHeader(head, "Content-Type", response.contentType);
  appendHeader(head, "Content-Length", std::to_string(response.body.size()));
  if (!keepAlive) appendHeader(head, "Connection", "close");
  if (keepAlive && minorVersion == 0) appendHeader(head, "Connection", "keep-alive");
  for (const HttpHeader& header : response.headers) appendHeader(head, header.name, header.value);
  head += "\r\n";
  return head;
}

}  // namespace featc
