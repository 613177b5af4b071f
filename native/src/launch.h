#pragma once
#include "control_channel.h"
#include "costs.h"
#include "options.h"
#include "payload.h"
#include "shared_mapping.h"

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
