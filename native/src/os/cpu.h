#pragma once
#include <vector>

#include "../result.h"

namespace ipcbench {

/** CPUs in the affinity mask of this process, ascending. */
Result<std::vector<int>> allowedCpus();

/** Pins the calling thread. EINVAL for a CPU that this process may not use. */
Status pinToCpu(int cpu);

}  // namespace ipcbench
