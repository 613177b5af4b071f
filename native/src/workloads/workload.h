#pragma once
#include "../result.h"

namespace ipcbench {

class Endpoint;
class Histogram;
struct Launch;
struct Measured;

/** A measured exchange: what its two ends do from the barrier to their results. */
struct Workload {
  const char* name = nullptr;  // as --workload says it
  Result<Measured> (*run)(Endpoint& endpoint, const Launch& launch, Histogram& latency) = nullptr;

  /** `deliver`, the exchange of the checks, is no measured one. */
  bool isMeasured() const { return run != nullptr; }
};

/** False: there is none of this name. */
bool findWorkload(const char* name, Workload& found);

}  // namespace ipcbench
