#include "pipe.h"

#include <fcntl.h>
#include <unistd.h>

namespace ipcbench {

Result<DescriptorPair> makePipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return Failure::ofCall("pipe2", errno);
  return DescriptorPair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

}  // namespace ipcbench
