#pragma once
#include <string_view>

#include "../result.h"
#include "descriptor_pair.h"

namespace ipcbench {

/** A named socket that takes connections; `type` is SOCK_STREAM or SOCK_SEQPACKET. */
Result<UniqueFd> listenUnix(std::string_view path, int type);

/** Accepts one connection, then closes the listening socket: nobody else is expected. */
Result<UniqueFd> acceptOne(UniqueFd listening);

Result<UniqueFd> connectUnix(std::string_view path, int type);

/**
 * Two named datagram sockets. A socket that is connected back to its sender holds as many messages as the sender's
 * buffer does; one that is not holds net.unix.max_dgram_qlen + 1.
 */
Result<DescriptorPair> boundDatagramPair(std::string_view pathA, std::string_view pathB, bool connectBothWays);

}  // namespace ipcbench
