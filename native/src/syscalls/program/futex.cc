#include "futex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <climits>

namespace ipcbench::sys {

void futexWait(std::atomic<int32_t>& word, int32_t seen, int64_t deadlineNs) {
  // FUTEX_WAIT takes a relative time; FUTEX_WAIT_BITSET the absolute one that a loop needs.
  const timespec deadline{.tv_sec = deadlineNs / 1000000000, .tv_nsec = deadlineNs % 1000000000};
  ::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, seen, &deadline, nullptr, FUTEX_BITSET_MATCH_ANY);
}

void futexWake(std::atomic<int32_t>& word) { ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0); }

int64_t nowNs() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1000000000 + now.tv_nsec;
}

}  // namespace ipcbench::sys
