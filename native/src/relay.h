#pragma once
#include "endpoint.h"
#include "launch.h"

namespace ipcbench {

/**
 * Stands between two unmodified peers: `a` faces the initiator, `b` the responder. What the sender of the launch sends
 * passes through a faulty wire; what comes back passes untouched. Runs until the control channel ends, so it returns
 * failures alone.
 */
Failure runRelay(Endpoint& a, Endpoint& b, const Launch& launch);

}  // namespace ipcbench
