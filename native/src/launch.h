#pragma once
#include "control_channel.h"
#include "options.h"
#include "os/costs.h"
#include "os/shared_mapping.h"
#include "payload.h"

namespace ipcbench {

/** What every loop is handed beside its channel. */
struct Launch {
  const Options& options;
  const SharedMapping& mapping;
  const Progress progress;
  const CostMeter& meter;
  const PayloadTemplate& payload;
  ControlChannel& control;
};

}  // namespace ipcbench
