#pragma once
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>

namespace ipcbench::sys {

enum class WaitKind { poll, level, edge, spin };

/** Waits for one descriptor: with poll(2), with an epoll of its own, or, asking again at once and for ever, not at all.
 * Async-signal-safe. */
class Waiter {
 public:
  /** `events` are POLLIN or POLLOUT, which epoll gives the same numbers. -1 and errno when there is no epoll to be had.
   */
  int open(int fd, WaitKind kind, short events) {
    fd_ = fd;
    events_ = events;
    kind_ = kind;
    if (kind == WaitKind::poll || kind == WaitKind::spin) return 0;
    epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    if (epoll_ < 0) return -1;
    epoll_event event{};
    event.events = static_cast<uint32_t>(events) | (kind == WaitKind::edge ? static_cast<uint32_t>(EPOLLET) : 0);
    return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }
  /** False, with ETIMEDOUT or another errno, when nothing came. An interruption is not an end. */
  bool wait(int timeoutMs) {
    if (kind_ == WaitKind::spin) return true;
    for (;;) {
      epoll_event event;
      pollfd entry{fd_, events_, 0};
      const int ready = epoll_ >= 0 ? ::epoll_wait(epoll_, &event, 1, timeoutMs) : ::poll(&entry, 1, timeoutMs);
      if (ready > 0) return true;
      if (ready < 0 && errno == EINTR) continue;
      if (ready == 0) errno = ETIMEDOUT;
      return false;
    }
  }
  ~Waiter() {
    const int error = errno;
    if (epoll_ >= 0) ::close(epoll_);
    errno = error;
  }

 private:
  int fd_ = -1;
  short events_ = 0;
  WaitKind kind_ = WaitKind::poll;
  int epoll_ = -1;
};

static_assert(POLLIN == EPOLLIN && POLLOUT == EPOLLOUT);

}  // namespace ipcbench::sys
