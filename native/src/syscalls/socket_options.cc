#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>

#include "call.h"
#include "credentials.h"
#include "syscalls.h"

namespace ipcbench::sys {

Napi::Object credentialsObject(Napi::Env env, const ucred& credentials) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("pid", Napi::Number::New(env, credentials.pid));
  // (uid_t)-1 is "nobody knows", and stays a recognisable 4294967295.
  object.Set("uid", Napi::Number::New(env, credentials.uid));
  object.Set("gid", Napi::Number::New(env, credentials.gid));
  return object;
}

namespace {

Napi::Value getsockopt(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int level = arguments.number(1, "level");
  const int option = arguments.number(2, "option");
  if (arguments.areWrong()) return info.Env().Undefined();
  int value = 0;
  socklen_t length = sizeof value;
  if (::getsockopt(fd, level, option, &value, &length) != 0) return throwErrno(info.Env(), "getsockopt");
  return Napi::Number::New(info.Env(), value);
}

Napi::Value getsockoptBytes(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int level = arguments.number(1, "level");
  const int option = arguments.number(2, "option");
  const auto capacity = static_cast<size_t>(arguments.integer(3, "capacity", 0, 1 << 20));
  if (arguments.areWrong()) return info.Env().Undefined();
  std::vector<uint8_t> buffer(capacity);
  auto length = static_cast<socklen_t>(capacity);
  if (::getsockopt(fd, level, option, buffer.data(), &length) != 0) return throwErrno(info.Env(), "getsockopt");
  return Napi::Buffer<uint8_t>::Copy(info.Env(), buffer.data(), std::min<size_t>(length, capacity));
}

Napi::Value setsockopt(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int level = arguments.number(1, "level");
  const int option = arguments.number(2, "option");
  if (arguments.areWrong()) return info.Env().Undefined();
  if (isUint8Array(info[3])) {
    auto bytes = info[3].As<Napi::Uint8Array>();
    return nothingOrThrow(info.Env(),
                          ::setsockopt(fd, level, option, bytes.Data(), static_cast<socklen_t>(bytes.ByteLength())),
                          "setsockopt");
  }
  const int value = arguments.number(3, "value");
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::setsockopt(fd, level, option, &value, sizeof value), "setsockopt");
}

Napi::Value peerCredentials(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  if (arguments.areWrong()) return info.Env().Undefined();
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0)
    return throwErrno(info.Env(), "getsockopt");
  return credentialsObject(info.Env(), credentials);
}

Napi::Value setTimeout(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int option = arguments.number(1, "option");
  const int64_t timeoutMs = arguments.integer(2, "timeoutMs", 0, INT32_MAX);
  if (arguments.areWrong()) return info.Env().Undefined();
  const timeval timeout{.tv_sec = timeoutMs / 1000, .tv_usec = timeoutMs % 1000 * 1000};
  return nothingOrThrow(info.Env(), ::setsockopt(fd, SOL_SOCKET, option, &timeout, sizeof timeout), "setsockopt");
}

Napi::Value getTimeout(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int option = arguments.number(1, "option");
  if (arguments.areWrong()) return info.Env().Undefined();
  timeval timeout{};
  socklen_t length = sizeof timeout;
  if (::getsockopt(fd, SOL_SOCKET, option, &timeout, &length) != 0) return throwErrno(info.Env(), "getsockopt");
  return Napi::Number::New(info.Env(),
                           static_cast<double>(timeout.tv_sec) * 1000 + static_cast<double>(timeout.tv_usec) / 1000);
}

}  // namespace

void exportSocketOptionCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys,
           {
               {"getsockopt", getsockopt},
               {"getsockoptBytes", getsockoptBytes},
               {"setsockopt", setsockopt},
               {"peerCredentials", peerCredentials},
               {"setTimeout", setTimeout},
               {"getTimeout", getTimeout},
           });
}

}  // namespace ipcbench::sys
