// SPDX-License-Identifier: Apache-2.0
#include "server/grpc/module/grpc_listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace featc::grpc_module {

namespace {

// How long nobody is accepted after the system had no file or memory left for it.
constexpr int kPauseMs = 50;

}  // namespace

Listener::~Listener() { stop(); }

std::string Listener::listen(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return "an address is HOST:PORT";
  std::string host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int error = getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found); error != 0)
    return gai_strerror(error);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  listener_ = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  sockaddr_storage at{};
  socklen_t size = sizeof at;
  if (listener_ < 0 || setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      bind(listener_, found->ai_addr, found->ai_addrlen) != 0 || ::listen(listener_, SOMAXCONN) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) != 0 || (wake_ = eventfd(0, EFD_CLOEXEC)) < 0)
    return std::strerror(errno);
  // At the same place in both families.
  port_ = ntohs(reinterpret_cast<const sockaddr_in*>(&at)->sin_port);
  return {};
}

void Listener::accept(std::function<void(int, int)> take) {
  thread_ = std::thread([this, take = std::move(take)] { run(take); });
}

void Listener::stop() {
  if (thread_.joinable()) {
    const uint64_t one = 1;
    (void)!write(wake_, &one, sizeof one);
    thread_.join();
  }
  for (int* file : {&listener_, &wake_})
    if (*file >= 0) close(std::exchange(*file, -1));
}

size_t Listener::connections() const {
  std::lock_guard lock(mutex_);
  std::erase_if(taken_, [](const Taken& one) { return !one.isOpen(); });
  return taken_.size();
}

bool Listener::Taken::isOpen() const {
  struct stat status{};
  return fstat(socket, &status) == 0 && status.st_ino == inode;
}

void Listener::run(const std::function<void(int, int)>& take) {
  pollfd files[2] = {{.fd = wake_, .events = POLLIN, .revents = 0}, {.fd = listener_, .events = POLLIN, .revents = 0}};
  while (true) {
    poll(files, 2, -1);
    const bool ends = files[0].revents != 0;
    if (!acceptAll(take) && !ends) poll(files, 1, kPauseMs);
    if (ends) return;
  }
}

// All that wait at this moment. False: the system has no room for more.
bool Listener::acceptAll(const std::function<void(int, int)>& take) {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (socket < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
    if (socket < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
    struct stat status{};
    bool isFull = fstat(socket, &status) != 0;
    if (!isFull) {
      std::unique_lock lock(mutex_);
      isFull = taken_.size() >= most_;
      lock.unlock();
      if (isFull) isFull = connections() >= most_;
    }
    if (isFull) {
      refused_.fetch_add(1);
      close(socket);
      continue;
    }
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    {
      std::lock_guard lock(mutex_);
      taken_.push_back({socket, status.st_ino});
    }
    take(listener_, socket);
  }
}

}  // namespace featc::grpc_module
