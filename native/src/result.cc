#include "result.h"

#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace ipcbench {

Failure Failure::ofCall(const char* syscall, int error) {
  Failure failure;
  failure.error = error;
  failure.syscall = syscall;
  // Node's own wording, so that a reader of either sees one kind of sentence: "EMSGSIZE: Message too long, write".
  std::snprintf(failure.message, sizeof failure.message, "%s: %s, %s", errorName(error), std::strerror(error), syscall);
  return failure;
}

Failure Failure::ofSentence(const char* format, ...) {
  Failure failure;
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(failure.message, sizeof failure.message, format, arguments);
  va_end(arguments);
  return failure;
}

// A table of our own, because strerrorname_np() is glibc 2.32 and newer and musl has none.
const char* errorName(int error) {
  static constexpr struct {
    int error;
    const char* name;
  } names[] = {
#define NAMED(name) {name, #name}
      NAMED(E2BIG), NAMED(EACCES), NAMED(EADDRINUSE), NAMED(EADDRNOTAVAIL), NAMED(EAFNOSUPPORT), NAMED(EAGAIN), NAMED(EBADF),
      NAMED(EBUSY), NAMED(ECHILD), NAMED(ECONNABORTED), NAMED(ECONNREFUSED), NAMED(ECONNRESET), NAMED(EDESTADDRREQ),
      NAMED(EEXIST), NAMED(EFAULT), NAMED(EFBIG), NAMED(EINTR), NAMED(EINVAL), NAMED(EIO), NAMED(EISCONN), NAMED(EISDIR),
      NAMED(ELOOP), NAMED(EMFILE), NAMED(EMSGSIZE), NAMED(ENAMETOOLONG), NAMED(ENETDOWN), NAMED(ENETUNREACH), NAMED(ENFILE),
      NAMED(ENOBUFS), NAMED(ENODEV), NAMED(ENOENT), NAMED(ENOMEM), NAMED(ENOPROTOOPT), NAMED(ENOSPC), NAMED(ENOSYS),
      NAMED(ENOTCONN), NAMED(ENOTDIR), NAMED(ENOTSOCK), NAMED(ENXIO), NAMED(EOPNOTSUPP), NAMED(EPERM), NAMED(EPIPE),
      NAMED(EPROTONOSUPPORT), NAMED(EPROTOTYPE), NAMED(EROFS), NAMED(ESPIPE), NAMED(ESRCH), NAMED(ETIMEDOUT), NAMED(EXDEV),
#undef NAMED
  };
  for (const auto& entry : names) {
    if (entry.error == error) return entry.name;
  }
  return "UNKNOWN";
}

}  // namespace ipcbench
