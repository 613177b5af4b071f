#pragma once
#include "../result.h"
#include "descriptor_pair.h"

namespace ipcbench {

/** socketpair(2) of AF_UNIX; `type` is SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET. */
Result<DescriptorPair> makeSocketpair(int type);

}  // namespace ipcbench
