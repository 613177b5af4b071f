#pragma once
#include <cstdint>
#include <ctime>

namespace ipcbench {

inline int64_t clockNs(clockid_t clock) {
  timespec now;
  ::clock_gettime(clock, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

/** The clock of every loop: common to all processes of the machine, never set back. */
inline int64_t monotonicNs() { return clockNs(CLOCK_MONOTONIC); }

}  // namespace ipcbench
