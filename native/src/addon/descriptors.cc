#include "descriptors.h"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../transports/fifo.h"
#include "../transports/pipe.h"
#include "../transports/socketpair.h"
#include "../transports/tcp.h"
#include "../transports/unix_socket.h"
#include "arguments.h"

namespace ipcbench {
namespace {

/** Hands the descriptors over: from here on they are the caller's to close. */
Napi::Value pairFrom(Napi::Env env, Result<DescriptorPair> made) {
  if (!made) return throwFailure(env, made.failure());
  Napi::Array pair = Napi::Array::New(env, 2);
  pair.Set(0u, Napi::Number::New(env, made->first.release()));
  pair.Set(1u, Napi::Number::New(env, made->second.release()));
  return pair;
}

Napi::Value socketpair(const Napi::CallbackInfo& info) {
  static constexpr int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET};
  Arguments arguments(info);
  const size_t type = arguments.choice(0, "type", {"stream", "dgram", "seqpacket"});
  if (arguments.areWrong()) return info.Env().Undefined();
  return pairFrom(info.Env(), makeSocketpair(types[type]));
}

Napi::Value pipe(const Napi::CallbackInfo& info) { return pairFrom(info.Env(), makePipe()); }

Napi::Value mkfifo(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string path = arguments.text(0, "path");
  if (arguments.areWrong()) return info.Env().Undefined();
  if (Status made = makeFifo(path.c_str()); !made) return throwFailure(info.Env(), made.failure());
  return info.Env().Undefined();
}

Napi::Value listenUnixSocket(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string path = arguments.text(0, "path");
  const size_t type = arguments.choice(1, "type", {"stream", "seqpacket"});
  if (arguments.areWrong()) return info.Env().Undefined();
  auto listening = listenUnix(path, type == 0 ? SOCK_STREAM : SOCK_SEQPACKET);
  if (!listening) return throwFailure(info.Env(), listening.failure());
  return Napi::Number::New(info.Env(), listening->release());
}

Napi::Value boundDatagrams(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string pathA = arguments.text(0, "pathA");
  const std::string pathB = arguments.text(1, "pathB");
  const size_t connected = arguments.choice(2, "connected", {"both", "one-way"});
  if (arguments.areWrong()) return info.Env().Undefined();
  return pairFrom(info.Env(), boundDatagramPair(pathA, pathB, connected == 0));
}

Napi::Value listenOnTcp(const Napi::CallbackInfo& info) {
  auto listener = listenTcp();
  if (!listener) return throwFailure(info.Env(), listener.failure());
  Napi::Object listening = Napi::Object::New(info.Env());
  listening.Set("descriptor", Napi::Number::New(info.Env(), listener->fd.release()));
  listening.Set("port", Napi::Number::New(info.Env(), listener->port));
  return listening;
}

Napi::Value memfd(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const std::string name = arguments.text(0, "name");
  const int64_t bytes = arguments.integer(1, "bytes", 0, INT64_C(1) << 40);
  if (arguments.areWrong()) return info.Env().Undefined();
  UniqueFd fd(::memfd_create(name.c_str(), MFD_CLOEXEC));
  if (!fd.isOpen()) return throwFailure(info.Env(), Failure::ofCall("memfd_create", errno));
  if (::ftruncate(fd.get(), bytes) != 0) return throwFailure(info.Env(), Failure::ofCall("ftruncate", errno));
  return Napi::Number::New(info.Env(), fd.release());
}

Napi::Value tryLock(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const int fd = arguments.descriptor(0, "descriptor");
  if (arguments.areWrong()) return info.Env().Undefined();
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return Napi::Boolean::New(info.Env(), true);
  if (errno == EWOULDBLOCK) return Napi::Boolean::New(info.Env(), false);
  return throwFailure(info.Env(), Failure::ofCall("flock", errno));
}

}  // namespace

void exportDescriptors(Napi::Env env, Napi::Object exports) {
  exports.Set("socketpair", Napi::Function::New(env, socketpair, "socketpair"));
  exports.Set("pipe", Napi::Function::New(env, pipe, "pipe"));
  exports.Set("mkfifo", Napi::Function::New(env, mkfifo, "mkfifo"));
  exports.Set("listenUnix", Napi::Function::New(env, listenUnixSocket, "listenUnix"));
  exports.Set("boundDatagramPair", Napi::Function::New(env, boundDatagrams, "boundDatagramPair"));
  exports.Set("listenTcp", Napi::Function::New(env, listenOnTcp, "listenTcp"));
  exports.Set("memfd", Napi::Function::New(env, memfd, "memfd"));
  exports.Set("tryLock", Napi::Function::New(env, tryLock, "tryLock"));
}

}  // namespace ipcbench
