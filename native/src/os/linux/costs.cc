#include "../costs.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "../../clock.h"

namespace ipcbench {
namespace {

/** One read of a small file of /proc, as a string; empty when it cannot be read. */
template <size_t Size>
void readText(int fd, char (&text)[Size]) {
  const ssize_t got = ::pread(fd, text, Size - 1, 0);
  text[got > 0 ? got : 0] = '\0';
}

/** "time on CPU, time waiting for one, slices" (Documentation/scheduler/sched-stats.rst). */
int64_t runDelayOf(int fd) {
  char text[96];
  readText(fd, text);
  const char* second = std::strchr(text, ' ');
  return second == nullptr ? -1 : std::strtoll(second, nullptr, 10);
}

}  // namespace

// The thread of the loop, not the process: inside Node a process has other threads.
CostMeter::CostMeter() : schedstat_(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}

Expense CostMeter::now() const {
  Expense expense;
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  expense.voluntarySwitches = usage.ru_nvcsw;
  expense.involuntarySwitches = usage.ru_nivcsw;
  expense.minorFaults = usage.ru_minflt;
  expense.majorFaults = usage.ru_majflt;
  expense.runDelayNs = runDelayOf(schedstat_.get());
  expense.cpuNs = clockNs(CLOCK_PROCESS_CPUTIME_ID);
  return expense;
}

int64_t CostMeter::maxRssBytes() {
  // Not ru_maxrss: Linux carries it over an exec, so that a child of a Node process starts with Node's own maximum.
  const UniqueFd status(::open("/proc/self/status", O_RDONLY | O_CLOEXEC));
  char text[4096];
  readText(status.get(), text);
  const char* line = std::strstr(text, "\nVmHWM:");
  return line == nullptr ? -1 : std::strtoll(line + 7, nullptr, 10) * 1024;
}

}  // namespace ipcbench
