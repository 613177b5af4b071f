#pragma once
#include "../unique_fd.h"

namespace ipcbench {

/** Two descriptors made by one call, close-on-exec. */
struct DescriptorPair {
  UniqueFd first;
  UniqueFd second;
};

}  // namespace ipcbench
