#include "unix_socket.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "../spec_text.h"

namespace ipcbench {
namespace {

struct Address {
  sockaddr_un name{};
  const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&name); }
};

/** `syscall` is the call that the address is for: where the path is too long, that is what would have said so. */
Result<Address> addressOf(std::string_view path, const char* syscall) {
  Address address;
  address.name.sun_family = AF_UNIX;
  // One byte is the end: the kernel takes a path of 108 without one, other programs then read past it.
  if (path.size() >= sizeof address.name.sun_path) return Failure::ofCall(syscall, ENAMETOOLONG);
  std::memcpy(address.name.sun_path, path.data(), path.size());
  return address;
}

Result<UniqueFd> openSocket(int type) {
  UniqueFd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!fd.isOpen()) return Failure::ofCall("socket", errno);
  return fd;
}

Result<UniqueFd> boundSocket(std::string_view path, int type) {
  auto address = addressOf(path, "bind");
  if (!address) return address.failure();
  auto fd = openSocket(type);
  if (!fd) return fd;
  if (::bind(fd->get(), address->generic(), sizeof address->name) != 0) return Failure::ofCall("bind", errno);
  return fd;
}

Status connectTo(int fd, std::string_view path) {
  auto address = addressOf(path, "connect");
  if (!address) return address.failure();
  int failed;
  do failed = ::connect(fd, address->generic(), sizeof address->name);
  while (failed != 0 && errno == EINTR);
  if (failed != 0) return Failure::ofCall("connect", errno);
  return Nothing{};
}

}  // namespace

Result<UniqueFd> listenUnix(std::string_view path, int type) {
  auto fd = boundSocket(path, type);
  if (!fd) return fd;
  if (::listen(fd->get(), SOMAXCONN) != 0) return Failure::ofCall("listen", errno);
  return fd;
}

Result<UniqueFd> acceptOne(UniqueFd listening) {
  int fd;
  do fd = ::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC);
  while (fd < 0 && errno == EINTR);
  if (fd < 0) return Failure::ofCall("accept4", errno);
  return UniqueFd(fd);
}

Result<UniqueFd> connectUnix(std::string_view path, int type) {
  auto fd = openSocket(type);
  if (!fd) return fd;
  if (Status connected = connectTo(fd->get(), path); !connected) return connected.failure();
  return fd;
}

Result<DescriptorPair> boundDatagramPair(std::string_view pathA, std::string_view pathB, bool connectBothWays) {
  auto a = boundSocket(pathA, SOCK_DGRAM);
  if (!a) return a.failure();
  auto b = boundSocket(pathB, SOCK_DGRAM);
  if (!b) return b.failure();
  if (Status connected = connectTo(a->get(), pathB); !connected) return connected.failure();
  if (connectBothWays) {
    if (Status connected = connectTo(b->get(), pathA); !connected) return connected.failure();
  }
  return DescriptorPair{std::move(*a), std::move(*b)};
}

bool AcceptUnix::parse(std::string_view rest) { return isWholeNumber(rest, listening); }

Result<DescriptorEnd> AcceptUnix::open(const Progress& progress) const {
  progress.enter(Phase::accepting);
  auto fd = acceptOne(UniqueFd(listening));
  if (!fd) return fd.failure();
  return DescriptorEnd(std::move(*fd));
}

bool ConnectUnix::parse(std::string_view rest) {
  if (takePrefix(rest, "stream:")) {
    type = SOCK_STREAM;
  } else if (takePrefix(rest, "seqpacket:")) {
    type = SOCK_SEQPACKET;
  } else {
    return false;
  }
  path = rest;
  return !path.empty();
}

Result<DescriptorEnd> ConnectUnix::open(const Progress& progress) const {
  progress.enter(Phase::connecting);
  auto fd = connectUnix(path, type);
  if (!fd) return fd.failure();
  return DescriptorEnd(std::move(*fd));
}

}  // namespace ipcbench
