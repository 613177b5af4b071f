#include <sys/socket.h>

#include "address.h"
#include "call.h"
#include "syscalls.h"

namespace ipcbench::sys {
namespace {

Napi::Value socket(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int domain = arguments.number(0, "domain");
  const int type = arguments.number(1, "type");
  const auto protocol = static_cast<int>(arguments.integerOr(2, "protocol", 0, INT32_MAX, 0));
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::socket(domain, type, protocol), "socket");
}

Napi::Value socketpair(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int domain = arguments.number(0, "domain");
  const int type = arguments.number(1, "type");
  const auto protocol = static_cast<int>(arguments.integerOr(2, "protocol", 0, INT32_MAX, 0));
  if (arguments.areWrong()) return info.Env().Undefined();
  int ends[2];
  if (::socketpair(domain, type, protocol, ends) != 0) return throwErrno(info.Env(), "socketpair");
  Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(0u, Napi::Number::New(info.Env(), ends[0]));
  pair.Set(1u, Napi::Number::New(info.Env(), ends[1]));
  return pair;
}

Napi::Value ofAddress(const Napi::CallbackInfo& info, int (*call)(int, const sockaddr*, socklen_t),
                      const char* syscall) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  if (arguments.areWrong()) return info.Env().Undefined();
  SocketAddress address;
  if (!readAddress(info[1], address)) return arguments.wrongType("address", expectedAddress);
  return nothingOrThrow(info.Env(), call(fd, address.pointer(), address.length()), syscall);
}

Napi::Value bind(const Napi::CallbackInfo& info) { return ofAddress(info, ::bind, "bind"); }
Napi::Value connect(const Napi::CallbackInfo& info) { return ofAddress(info, ::connect, "connect"); }

Napi::Value listen(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int backlog = arguments.number(1, "backlog");
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::listen(fd, backlog), "listen");
}

Napi::Value accept4(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int flags = arguments.flagsOr(1, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::accept4(fd, nullptr, nullptr, flags), "accept4");
}

Napi::Value acceptFrom(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int flags = arguments.flagsOr(1, "flags", 0);
  const auto capacity = static_cast<size_t>(arguments.integerOr(2, "capacity", 0, 4096, sizeof(sockaddr_storage)));
  if (arguments.areWrong()) return info.Env().Undefined();
  std::vector<uint8_t> buffer(capacity);
  auto length = static_cast<socklen_t>(capacity);
  const int accepted = ::accept4(fd, reinterpret_cast<sockaddr*>(buffer.data()), &length, flags);
  if (accepted < 0) return throwErrno(info.Env(), "accept4");
  Napi::Object object = Napi::Object::New(info.Env());
  object.Set("fd", Napi::Number::New(info.Env(), accepted));
  object.Set("from", socketName(info.Env(), buffer.data(), capacity, length));
  return object;
}

Napi::Value shutdown(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int how = arguments.number(1, "how");
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::shutdown(fd, how), "shutdown");
}

Napi::Value nameFrom(const Napi::CallbackInfo& info, int (*call)(int, sockaddr*, socklen_t*), const char* syscall) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const auto capacity = static_cast<size_t>(arguments.integerOr(1, "capacity", 0, 4096, sizeof(sockaddr_storage)));
  if (arguments.areWrong()) return info.Env().Undefined();
  std::vector<uint8_t> buffer(capacity);
  auto length = static_cast<socklen_t>(capacity);
  if (call(fd, reinterpret_cast<sockaddr*>(buffer.data()), &length) != 0) return throwErrno(info.Env(), syscall);
  return socketName(info.Env(), buffer.data(), capacity, length);
}

Napi::Value getsockname(const Napi::CallbackInfo& info) { return nameFrom(info, ::getsockname, "getsockname"); }
Napi::Value getpeername(const Napi::CallbackInfo& info) { return nameFrom(info, ::getpeername, "getpeername"); }

}  // namespace

void exportSocketCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys,
           {
               {"socket", socket},
               {"socketpair", socketpair},
               {"bind", bind},
               {"listen", listen},
               {"accept4", accept4},
               {"acceptFrom", acceptFrom},
               {"connect", connect},
               {"shutdown", shutdown},
               {"getsockname", getsockname},
               {"getpeername", getpeername},
           });
}

}  // namespace ipcbench::sys
