#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "call.h"
#include "file_status.h"
#include "kernel_numbers.h"
#include "pieces.h"
#include "syscalls.h"

namespace ipcbench::sys {
namespace {

Napi::Value close(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::close(fd), "close");
}

Napi::Value closeIfOpen(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  if (arguments.areWrong()) return info.Env().Undefined();
  if (::close(fd) != 0 && errno != EBADF) return throwErrno(info.Env(), "close");
  return info.Env().Undefined();
}

Napi::Value dup(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::dup(fd), "dup");
}

Napi::Value dup2(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int from = arguments.descriptor(0, "from");
  const int to = arguments.descriptor(1, "to");
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::dup2(from, to), "dup2");
}

Napi::Value dup3(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int from = arguments.descriptor(0, "from");
  const int to = arguments.descriptor(1, "to");
  const int flags = arguments.flags(2, "flags");
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::dup3(from, to, flags), "dup3");
}

Napi::Value closeRange(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const auto first = arguments.integer(0, "first", 0, UINT32_MAX);
  const auto last = arguments.integer(1, "last", 0, UINT32_MAX);
  const int flags = arguments.flagsOr(2, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  // Not libc's function, which is younger (glibc 2.34) than the call.
  return nothingOrThrow(info.Env(),
                        ::syscall(SYS_close_range, static_cast<unsigned>(first), static_cast<unsigned>(last), flags),
                        "close_range");
}

Napi::Value pipe2(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int flags = arguments.flagsOr(0, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  int ends[2];
  if (::pipe2(ends, flags) != 0) return throwErrno(info.Env(), "pipe2");
  Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(0u, Napi::Number::New(info.Env(), ends[0]));
  pair.Set(1u, Napi::Number::New(info.Env(), ends[1]));
  return pair;
}

Napi::Value fcntl(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int command = arguments.number(1, "command");
  const int64_t argument = arguments.integerOr(2, "argument", INT32_MIN, UINT32_MAX, 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  // F_GETOWN gives a process group as a negative number, -1 among them, so errno alone tells a failure.
  errno = 0;
  const int returned = ::fcntl(fd, command, static_cast<long>(argument));
  if (returned == -1 && errno != 0) return throwErrno(info.Env(), "fcntl");
  return Napi::Number::New(info.Env(), returned);
}

Napi::Value setOwner(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  Napi::Object owner = arguments.object(1, "owner");
  if (arguments.areWrong()) return info.Env().Undefined();
  const Napi::Value type = owner.Get("type");
  const Napi::Value pid = owner.Get("pid");
  if (!type.IsNumber() || !pid.IsNumber())
    return arguments.wrongType("owner", "an object with the integers type and pid");
  f_owner_ex wanted;
  wanted.type = static_cast<decltype(wanted.type)>(type.As<Napi::Number>().Int32Value());
  wanted.pid = pid.As<Napi::Number>().Int32Value();
  return nothingOrThrow(info.Env(), ::fcntl(fd, F_SETOWN_EX, &wanted), "fcntl");
}

Napi::Value getOwner(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  if (arguments.areWrong()) return info.Env().Undefined();
  f_owner_ex found;
  if (::fcntl(fd, F_GETOWN_EX, &found) != 0) return throwErrno(info.Env(), "fcntl");
  Napi::Object owner = Napi::Object::New(info.Env());
  owner.Set("type", Napi::Number::New(info.Env(), static_cast<int>(found.type)));
  owner.Set("pid", Napi::Number::New(info.Env(), found.pid));
  return owner;
}

Napi::Value ioctl(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const auto request = static_cast<unsigned>(arguments.flags(1, "request"));
  int value = static_cast<int>(arguments.integerOr(2, "value", INT32_MIN, INT32_MAX, 0));
  if (arguments.areWrong()) return info.Env().Undefined();
  if (::ioctl(fd, request, &value) == -1) return throwErrno(info.Env(), "ioctl");
  return Napi::Number::New(info.Env(), value);
}

Napi::Value read(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const size_t size = arguments.size(1, "size");
  if (arguments.areWrong()) return info.Env().Undefined();
  Room room(size);
  if (!room.isThere()) return throwErrno(info.Env(), "read");
  const ssize_t count = ::read(fd, room.begin(), size);
  if (count < 0) return throwErrno(info.Env(), "read");
  return Napi::Buffer<uint8_t>::Copy(info.Env(), room.begin(), static_cast<size_t>(count));
}

Napi::Value readInto(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  Napi::Uint8Array buffer = arguments.bytes(1, "buffer");
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::read(fd, buffer.Data(), buffer.ByteLength()), "read");
}

Napi::Value readv(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const std::vector<int> sizes = arguments.numbers(1, "sizes", 0, mostBytes);
  if (arguments.areWrong()) return info.Env().Undefined();
  Pieces pieces(sizes);
  if (!pieces.areThere()) return throwErrno(info.Env(), "readv");
  const ssize_t count = ::readv(fd, pieces.vector(), static_cast<int>(pieces.count()));
  if (count < 0) return throwErrno(info.Env(), "readv");
  Napi::Array filled = Napi::Array::New(info.Env(), pieces.count());
  size_t left = static_cast<size_t>(count);
  for (size_t index = 0; index < pieces.count(); ++index) {
    const iovec& piece = pieces.vector()[index];
    const size_t length = std::min(left, piece.iov_len);
    filled.Set(static_cast<uint32_t>(index),
               Napi::Buffer<uint8_t>::Copy(info.Env(), static_cast<uint8_t*>(piece.iov_base), length));
    left -= length;
  }
  return filled;
}

Napi::Value write(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const Data data = arguments.data(1, "data");
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::write(fd, data.bytes(), data.length()), "write");
}

Napi::Value writev(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  OutgoingPieces pieces;
  if (!pieces.read(info[1])) return arguments.wrongType("pieces", "an array of Uint8Arrays");
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::writev(fd, pieces.vector(), static_cast<int>(pieces.count())), "writev");
}

Napi::Value splice(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int from = arguments.descriptor(0, "from");
  const int to = arguments.descriptor(1, "to");
  const size_t bytes = arguments.size(2, "bytes");
  const int flags = arguments.flagsOr(3, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::splice(from, nullptr, to, nullptr, bytes, static_cast<unsigned>(flags)), "splice");
}

Napi::Value tee(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int from = arguments.descriptor(0, "from");
  const int to = arguments.descriptor(1, "to");
  const size_t bytes = arguments.size(2, "bytes");
  const int flags = arguments.flagsOr(3, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::tee(from, to, bytes, static_cast<unsigned>(flags)), "tee");
}

Napi::Value lseek(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int64_t offset = arguments.integer(1, "offset", -largestSafeInteger, largestSafeInteger);
  const int whence = arguments.number(2, "whence");
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::lseek(fd, offset, whence), "lseek");
}

Napi::Value ftruncate(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int64_t bytes = arguments.integer(1, "bytes", 0, largestSafeInteger);
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::ftruncate(fd, bytes), "ftruncate");
}

Napi::Value fstat(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  if (arguments.areWrong()) return info.Env().Undefined();
  struct stat status;
  if (::fstat(fd, &status) != 0) return throwErrno(info.Env(), "fstat");
  return fileStatus(info.Env(), status);
}

Napi::Value fchmod(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const auto mode = static_cast<mode_t>(arguments.integer(1, "mode", 0, 07777));
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::fchmod(fd, mode), "fchmod");
}

Napi::Value fpathconf(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int name = arguments.number(1, "name");
  if (arguments.areWrong()) return info.Env().Undefined();
  // -1 without an errno is "no limit".
  errno = 0;
  const long limit = ::fpathconf(fd, name);
  if (limit == -1 && errno != 0) return throwErrno(info.Env(), "fpathconf");
  return Napi::Number::New(info.Env(), static_cast<double>(limit));
}

Napi::Value eventfd(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int64_t initial = arguments.integer(0, "initial", 0, UINT32_MAX);
  const int flags = arguments.flagsOr(1, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::eventfd(static_cast<unsigned>(initial), flags), "eventfd");
}

Napi::Value memfdCreate(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string name = arguments.text(0, "name");
  const int flags = arguments.flagsOr(1, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::memfd_create(name.c_str(), static_cast<unsigned>(flags)), "memfd_create");
}

}  // namespace

void exportDescriptorCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys,
           {
               {"close", close},
               {"closeIfOpen", closeIfOpen},
               {"dup", dup},
               {"dup2", dup2},
               {"dup3", dup3},
               {"close_range", closeRange},
               {"pipe2", pipe2},
               {"fcntl", fcntl},
               {"setOwner", setOwner},
               {"getOwner", getOwner},
               {"ioctl", ioctl},
               {"read", read},
               {"readInto", readInto},
               {"readv", readv},
               {"write", write},
               {"writev", writev},
               {"splice", splice},
               {"tee", tee},
               {"lseek", lseek},
               {"ftruncate", ftruncate},
               {"fstat", fstat},
               {"fchmod", fchmod},
               {"fpathconf", fpathconf},
               {"eventfd", eventfd},
               {"memfd_create", memfdCreate},
           });
}

}  // namespace ipcbench::sys
