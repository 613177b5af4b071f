#include "tcp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "../spec_text.h"
#include "unix_socket.h"

namespace ipcbench {
namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

/** Nagle's algorithm would hold a second small message back until the first is acknowledged: 40 ms where it bites. */
Result<DescriptorEnd> withoutDelay(UniqueFd fd) {
  const int on = 1;
  if (::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
    return Failure::ofCall("setsockopt", errno);
  return DescriptorEnd(std::move(fd));
}

Result<UniqueFd> openSocket() {
  UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.isOpen()) return Failure::ofCall("socket", errno);
  return fd;
}

}  // namespace

Result<TcpListener> listenTcp() {
  auto fd = openSocket();
  if (!fd) return fd.failure();
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd->get(), generic, size) != 0) return Failure::ofCall("bind", errno);
  if (::listen(fd->get(), SOMAXCONN) != 0) return Failure::ofCall("listen", errno);
  if (::getsockname(fd->get(), generic, &size) != 0) return Failure::ofCall("getsockname", errno);
  return TcpListener{std::move(*fd), ntohs(address.sin_port)};
}

bool AcceptTcp::parse(std::string_view rest) { return isWholeNumber(rest, listening); }

Result<DescriptorEnd> AcceptTcp::open(const Progress& progress) const {
  progress.enter(Phase::accepting);
  auto fd = acceptOne(UniqueFd(listening));
  if (!fd) return fd.failure();
  return withoutDelay(std::move(*fd));
}

bool ConnectTcp::parse(std::string_view rest) { return isWholeNumber(rest, port) && port >= 1 && port <= 65535; }

Result<DescriptorEnd> ConnectTcp::open(const Progress& progress) const {
  progress.enter(Phase::connecting);
  auto fd = openSocket();
  if (!fd) return fd.failure();
  const sockaddr_in address = loopback(static_cast<uint16_t>(port));
  int failed;
  // An interrupted TCP connect goes on by itself; asking again tells when it is done.
  do failed = ::connect(fd->get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  while (failed != 0 && (errno == EINTR || errno == EALREADY));
  if (failed != 0 && errno != EISCONN) return Failure::ofCall("connect", errno);
  return withoutDelay(std::move(*fd));
}

}  // namespace ipcbench
