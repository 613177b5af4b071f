#include "../cpu.h"

#include <sched.h>

namespace ipcbench {

Result<std::vector<int>> allowedCpus() {
  // The kernel's mask may be wider than cpu_set_t; it says EINVAL until the room is enough.
  for (int count = CPU_SETSIZE;; count *= 2) {
    cpu_set_t* set = CPU_ALLOC(count);
    if (set == nullptr) return Failure::ofCall("sched_getaffinity", ENOMEM);
    const size_t bytes = CPU_ALLOC_SIZE(count);
    const bool isRead = ::sched_getaffinity(0, bytes, set) == 0;
    const int error = errno;
    std::vector<int> cpus;
    for (int cpu = 0; isRead && cpu < count; ++cpu) {
      if (CPU_ISSET_S(cpu, bytes, set)) cpus.push_back(cpu);
    }
    CPU_FREE(set);
    if (isRead) return cpus;
    if (error != EINVAL || count > (1 << 20)) return Failure::ofCall("sched_getaffinity", error);
  }
}

Status pinToCpu(int cpu) {
  if (cpu < 0 || cpu >= CPU_SETSIZE) return Failure::ofCall("sched_setaffinity", EINVAL);
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (::sched_setaffinity(0, sizeof set, &set) != 0) return Failure::ofCall("sched_setaffinity", errno);
  return Nothing{};
}

}  // namespace ipcbench
