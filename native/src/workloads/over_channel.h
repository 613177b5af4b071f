#pragma once
#include "../channel.h"
#include "../launch.h"

namespace ipcbench {

/**
 * Runs a loop over the channel of this framing. The loop is compiled once for each framing and each verification:
 * inside it is no branch on either.
 */
template <class Loop>
Result<Measured> overChannel(const Endpoint& endpoint, const Options& options, Loop loop) {
  const auto verified = [&](auto channel) -> Result<Measured> {
    if (options.verify == Verify::full) return loop.template operator()<Verify::full>(channel);
    return loop.template operator()<Verify::header>(channel);
  };
  if (options.framing == Framing::message) return verified(MessageChannel(endpoint));
  return verified(StreamChannel(endpoint));
}

}  // namespace ipcbench
