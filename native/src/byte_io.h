#pragma once
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>

// The one place that knows about short counts, EINTR, EAGAIN and EOF. Everything returns bytes, or -errno; `calls`
// counts the system calls made, failed ones included.
namespace ipcbench {

/** Sleeps until `fd` is ready for `events`. Harness and users may hand over nonblocking descriptors; the loops block.
 */
inline void waitUntilReady(int fd, short events, uint64_t& calls) {
  pollfd ready{fd, events, 0};
  ++calls;
  ::poll(&ready, 1, -1);
}

/** What one read gives: 0 is end of file. */
inline int64_t readSome(int fd, void* bytes, size_t capacity, uint64_t& calls) {
  for (;;) {
    ++calls;
    const ssize_t got = ::read(fd, bytes, capacity);
    if (got >= 0) [[likely]]
      return got;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return -errno;
    waitUntilReady(fd, POLLIN, calls);
  }
}

/** `size` bytes; fewer only when the stream ended before. */
inline int64_t readExactly(int fd, void* bytes, size_t size, uint64_t& calls) {
  size_t got = 0;
  do {
    const int64_t more = readSome(fd, static_cast<char*>(bytes) + got, size - got, calls);
    if (more < 0) return more;
    if (more == 0) break;
    got += static_cast<size_t>(more);
  } while (got < size);
  return static_cast<int64_t>(got);
}

/** What one write takes. */
inline int64_t writeSome(int fd, const void* bytes, size_t size, uint64_t& calls) {
  for (;;) {
    ++calls;
    const ssize_t taken = ::write(fd, bytes, size);
    if (taken >= 0) [[likely]]
      return taken;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return -errno;
    waitUntilReady(fd, POLLOUT, calls);
  }
}

inline int64_t writeSome(int fd, const iovec* parts, int count, uint64_t& calls) {
  for (;;) {
    ++calls;
    const ssize_t taken = ::writev(fd, parts, count);
    if (taken >= 0) [[likely]]
      return taken;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return -errno;
    waitUntilReady(fd, POLLOUT, calls);
  }
}

/** `size`, or -errno with the bytes taken before it in `accepted`. */
inline int64_t writeAll(int fd, const void* bytes, size_t size, uint64_t& calls, size_t& accepted) {
  accepted = 0;
  do {
    const int64_t more = writeSome(fd, static_cast<const char*>(bytes) + accepted, size - accepted, calls);
    if (more < 0) return more;
    accepted += static_cast<size_t>(more);
  } while (accepted < size);
  return static_cast<int64_t>(size);
}

/** The same for a head and a tail that do not lie side by side. */
inline int64_t writeAll(int fd, iovec head, iovec tail, uint64_t& calls, size_t& accepted) {
  const size_t size = head.iov_len + tail.iov_len;
  accepted = 0;
  while (accepted < head.iov_len) {
    const iovec parts[2] = {{static_cast<char*>(head.iov_base) + accepted, head.iov_len - accepted}, tail};
    const int64_t more = writeSome(fd, parts, 2, calls);
    if (more < 0) return more;
    accepted += static_cast<size_t>(more);
  }
  if (accepted == size) [[likely]]
    return static_cast<int64_t>(size);
  const size_t before = accepted;
  const size_t skipped = before - head.iov_len;
  const int64_t rest =
      writeAll(fd, static_cast<char*>(tail.iov_base) + skipped, tail.iov_len - skipped, calls, accepted);
  accepted += before;
  return rest < 0 ? rest : static_cast<int64_t>(size);
}

}  // namespace ipcbench
