#pragma once
#include <linux/io_uring.h>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "../unique_fd.h"

namespace ipcbench::sys {

/** One submission, and the bytes that the kernel reads or fills until it completes. */
struct RingEntry {
  uint8_t opcode = IORING_OP_NOP;
  int fd = -1;
  uint32_t flags = 0;  // of send and recv, or the events of a poll
  bool isLinked = false;
  uint64_t target = 0;  // of a cancellation
  uint64_t userData = 0;
  std::vector<uint8_t> bytes;
};

struct RingCompletion {
  uint64_t userData = 0;
  int32_t result = 0;  // as in the queue: a negative errno for a failure
  std::optional<std::vector<uint8_t>> received;
};

/** An io_uring without a library: two mapped rings and two system calls (io_uring(7)). Of one thread. */
class Ring {
 public:
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() { close(); }

  /** -1 and errno, as from io_uring_setup(2): EPERM or ENOSYS where there is none to be had. */
  int open(unsigned entries);
  void close();
  bool isOpen() const { return fd_.isOpen(); }
  /** What io_uring_enter(2) returned. EINVAL when a number in `userData` is in flight already; EBUSY when there are
   * more than the ring holds. */
  int submit(std::vector<RingEntry> entries);
  /** Those that are there when `count` are, or the time has run out. */
  int wait(unsigned count, int timeoutMs, std::vector<RingCompletion>& completions);

 private:
  bool cancelAll();
  void take(std::vector<RingCompletion>& completions);

  UniqueFd fd_;
  void* rings_ = nullptr;
  size_t ringsBytes_ = 0;
  io_uring_sqe* submissions_ = nullptr;
  io_uring_params params_{};
  // A node stays where it is, and with it the bytes of an entry in flight.
  std::map<uint64_t, RingEntry> inFlight_;
};

}  // namespace ipcbench::sys
