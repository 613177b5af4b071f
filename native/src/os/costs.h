#pragma once
#include <cstdint>

#include "../result.h"
#include "../unique_fd.h"

namespace ipcbench {

/** What this process had spent at one instant; the difference of two is the cost of a window. */
struct Expense {
  int64_t cpuNs = 0;
  int64_t voluntarySwitches = 0;
  int64_t involuntarySwitches = 0;
  int64_t minorFaults = 0;
  int64_t majorFaults = 0;
  int64_t runDelayNs = -1;  // -1 where the kernel does not tell
};

/** Takes expenses without opening anything while a launch runs. */
class CostMeter {
 public:
  CostMeter();
  Expense now() const;
  /** Largest resident set so far; -1 where the kernel does not tell. */
  static int64_t maxRssBytes();

 private:
  UniqueFd schedstat_;
};

}  // namespace ipcbench
