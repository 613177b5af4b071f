#pragma once
#include <napi.h>
#include <sys/socket.h>

#include <vector>

namespace ipcbench::sys {

/** A sockaddr of any length, wrong ones too. */
struct SocketAddress {
  std::vector<uint8_t> bytes;

  const sockaddr* pointer() const { return bytes.empty() ? nullptr : reinterpret_cast<const sockaddr*>(bytes.data()); }
  socklen_t length() const { return static_cast<socklen_t>(bytes.size()); }
};

inline constexpr const char* expectedAddress =
    "a path, '\\0' and an abstract name, the bytes of a sockaddr, or an object with a port";

/** False when `value` is none of those. */
bool readAddress(Napi::Value value, SocketAddress& address);

/** What the kernel put into a buffer of `capacity` bytes, and the length it reported. */
Napi::Object socketName(Napi::Env env, const uint8_t* buffer, size_t capacity, size_t length);

}  // namespace ipcbench::sys
