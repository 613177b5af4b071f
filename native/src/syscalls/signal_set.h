#pragma once
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <span>
#include <vector>

namespace ipcbench::sys {

inline sigset_t signalSet(std::span<const int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signo : signals) sigaddset(&set, signo);
  return set;
}

inline std::vector<int> membersOf(const sigset_t& set) {
  std::vector<int> members;
  for (int signo = 1; signo <= 64; ++signo) {
    if (sigismember(&set, signo) == 1) members.push_back(signo);
  }
  return members;
}

/** Not libc's function: glibc's turns SI_TKILL into SI_USER, and a check wants to see what the kernel said. */
inline int waitForSignal(const sigset_t& set, siginfo_t& info, int64_t timeoutMs) {
  const timespec timeout{.tv_sec = timeoutMs / 1000, .tv_nsec = timeoutMs % 1000 * 1000000};
  return static_cast<int>(::syscall(SYS_rt_sigtimedwait, &set, &info, &timeout, _NSIG / 8));
}

}  // namespace ipcbench::sys
