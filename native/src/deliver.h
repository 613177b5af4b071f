#pragma once
#include "endpoint.h"
#include "launch.h"

namespace ipcbench {

/** Sends the planned messages, then says so over the control channel, and waits there for the other end to be done. */
Result<Measured> sendChecked(Endpoint& endpoint, const Launch& launch);

/**
 * Writes down all that arrives, up to the end of file; or, once it was told that the sender is done, until nothing is
 * left to read.
 */
Result<Measured> receiveChecked(Endpoint& endpoint, const Launch& launch);

}  // namespace ipcbench
