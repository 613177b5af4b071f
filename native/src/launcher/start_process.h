#pragma once
#include <sys/types.h>

#include <csignal>

#include "request.h"

namespace ipcbench {

/** Signals that the launcher ignores and its children do not. */
inline constexpr int ignoredSignals[] = {SIGHUP, SIGINT, SIGPIPE, SIGTERM};

/**
 * Starts what `request` says with its descriptors and `errors` as 2; 0 and 1 are those of the launcher. Fails with the
 * error of exec(3), by which no process is left.
 */
Result<pid_t> startProcess(const Request& request, int errors);

}  // namespace ipcbench
