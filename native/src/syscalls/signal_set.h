#pragma once
#include <signal.h>

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

}  // namespace ipcbench::sys
