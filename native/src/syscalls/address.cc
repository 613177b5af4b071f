#include "address.h"

#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "call.h"

namespace ipcbench::sys {
namespace {

constexpr size_t pathAt = offsetof(sockaddr_un, sun_path);

void setUnix(const std::string& name, SocketAddress& address) {
  const sa_family_t family = AF_UNIX;
  address.bytes.assign(pathAt, 0);
  std::memcpy(address.bytes.data(), &family, sizeof family);
  address.bytes.insert(address.bytes.end(), name.begin(), name.end());
  // The length is part of an abstract name, so a NUL after it would make another one. A path ends at its NUL.
  const bool isAbstract = !name.empty() && name[0] == '\0';
  if (!isAbstract) address.bytes.push_back(0);
}

bool setLoopback(Napi::Value port, SocketAddress& address) {
  if (!port.IsNumber()) return false;
  const double number = port.As<Napi::Number>().DoubleValue();
  if (!(number >= 0 && number <= 65535)) return false;
  sockaddr_in internet{};
  internet.sin_family = AF_INET;
  internet.sin_port = htons(static_cast<uint16_t>(number));
  internet.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.bytes.resize(sizeof internet);
  std::memcpy(address.bytes.data(), &internet, sizeof internet);
  return true;
}

/** Of a name of AF_UNIX: its path, or the abstract name with the NUL before it. */
Napi::Value pathOf(Napi::Env env, const uint8_t* bytes, size_t filled) {
  const char* path = reinterpret_cast<const char*>(bytes) + pathAt;
  const size_t length = filled - pathAt;
  const bool isAbstract = length > 0 && path[0] == '\0';
  return Napi::String::New(env, path, isAbstract ? length : strnlen(path, length));
}

}  // namespace

bool readAddress(Napi::Value value, SocketAddress& address) {
  if (value.IsString()) {
    setUnix(value.As<Napi::String>().Utf8Value(), address);
    return true;
  }
  if (isUint8Array(value)) {
    auto raw = value.As<Napi::Uint8Array>();
    address.bytes.assign(raw.Data(), raw.Data() + raw.ByteLength());
    return true;
  }
  return value.IsObject() && setLoopback(value.As<Napi::Object>().Get("port"), address);
}

Napi::Object socketName(Napi::Env env, const uint8_t* buffer, size_t capacity, size_t length) {
  const size_t filled = std::min(capacity, length);
  Napi::Object name = Napi::Object::New(env);
  name.Set("length", Napi::Number::New(env, static_cast<double>(length)));
  name.Set("bytes", Napi::Buffer<uint8_t>::Copy(env, buffer, filled));
  sa_family_t family = AF_UNSPEC;
  const bool hasFamily = filled >= sizeof family;
  if (hasFamily) std::memcpy(&family, buffer, sizeof family);
  name.Set("family", Napi::Number::New(env, hasFamily ? family : -1));
  name.Set("path", hasFamily && family == AF_UNIX ? pathOf(env, buffer, filled) : env.Null());
  sockaddr_in internet;
  const bool hasPort = hasFamily && family == AF_INET && filled >= sizeof internet;
  if (hasPort) std::memcpy(&internet, buffer, sizeof internet);
  name.Set("port", hasPort ? Napi::Number::New(env, ntohs(internet.sin_port)).As<Napi::Value>() : env.Null());
  return name;
}

}  // namespace ipcbench::sys
