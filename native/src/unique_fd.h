#pragma once
#include <unistd.h>

#include <utility>

namespace ipcbench {

/** Owns one descriptor. */
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  bool isOpen() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

  void reset() {
    // close() is not retried on EINTR: on Linux the descriptor is already gone, and a retry could close one that
    // another thread was just given.
    if (isOpen()) ::close(release());
  }

 private:
  int fd_ = -1;
};

}  // namespace ipcbench
