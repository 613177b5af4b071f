#pragma once
#include "../endpoint.h"
#include "../launch.h"

namespace ipcbench {

/**
 * Runs a loop over the channel that an endpoint opened into. The loop is compiled once for each kind of channel and
 * each verification: inside it is no branch on either.
 */
template <class Loop>
Result<Measured> overChannel(Endpoint& endpoint, const Options& options, Loop loop) {
  return withChannel(endpoint, options.framing, [&](auto& channel) -> Result<Measured> {
    if (options.verify == Verify::full) return loop.template operator()<Verify::full>(channel);
    return loop.template operator()<Verify::header>(channel);
  });
}

}  // namespace ipcbench
