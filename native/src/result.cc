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

Failure Failure::ofHarnessGone() {
  Failure failure;
  failure.isHarnessGone = true;
  return failure;
}

// A table of our own, because strerrorname_np() is glibc 2.32 and newer and musl has none.
const char* errorName(int error) {
  static constexpr struct {
    int error;
    const char* name;
  } names[] = {
#define NAMED(name) {name, #name}
      NAMED(E2BIG),           NAMED(EACCES),          NAMED(EADDRINUSE),
      NAMED(EADDRNOTAVAIL),   NAMED(EAFNOSUPPORT),    NAMED(EAGAIN),
      NAMED(EALREADY),        NAMED(EBADF),           NAMED(EBADMSG),
      NAMED(EBUSY),           NAMED(ECANCELED),       NAMED(ECHILD),
      NAMED(ECONNABORTED),    NAMED(ECONNREFUSED),    NAMED(ECONNRESET),
      NAMED(EDEADLK),         NAMED(EDESTADDRREQ),    NAMED(EDOM),
      NAMED(EEXIST),          NAMED(EFAULT),          NAMED(EFBIG),
      NAMED(EHOSTUNREACH),    NAMED(EILSEQ),          NAMED(EINPROGRESS),
      NAMED(EINTR),           NAMED(EINVAL),          NAMED(EIO),
      NAMED(EISCONN),         NAMED(EISDIR),          NAMED(ELOOP),
      NAMED(EMFILE),          NAMED(EMLINK),          NAMED(EMSGSIZE),
      NAMED(ENAMETOOLONG),    NAMED(ENETDOWN),        NAMED(ENETRESET),
      NAMED(ENETUNREACH),     NAMED(ENFILE),          NAMED(ENOBUFS),
      NAMED(ENODATA),         NAMED(ENODEV),          NAMED(ENOENT),
      NAMED(ENOEXEC),         NAMED(ENOLCK),          NAMED(ENOMEM),
      NAMED(ENOMSG),          NAMED(ENOPROTOOPT),     NAMED(ENOSPC),
      NAMED(ENOSYS),          NAMED(ENOTCONN),        NAMED(ENOTDIR),
      NAMED(ENOTEMPTY),       NAMED(ENOTSOCK),        NAMED(ENOTTY),
      NAMED(ENXIO),           NAMED(EOPNOTSUPP),      NAMED(EOVERFLOW),
      NAMED(EOWNERDEAD),      NAMED(EPERM),           NAMED(EPIPE),
      NAMED(EPROTO),          NAMED(EPROTONOSUPPORT), NAMED(EPROTOTYPE),
      NAMED(ERANGE),          NAMED(EROFS),           NAMED(ESHUTDOWN),
      NAMED(ESOCKTNOSUPPORT), NAMED(ESPIPE),          NAMED(ESRCH),
      NAMED(ESTALE),          NAMED(ETIME),           NAMED(ETIMEDOUT),
      NAMED(ETOOMANYREFS),    NAMED(ETXTBSY),         NAMED(EUSERS),
      NAMED(EXDEV),
#undef NAMED
  };
  for (const auto& entry : names) {
    if (entry.error == error) return entry.name;
  }
  return "UNKNOWN";
}

}  // namespace ipcbench
