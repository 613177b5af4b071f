#pragma once
#include "../result.h"
#include "descriptor_pair.h"

namespace ipcbench {

/** pipe2(2): first reads what second writes. */
Result<DescriptorPair> makePipe();

}  // namespace ipcbench
