#include "socketpair.h"

#include <sys/socket.h>

namespace ipcbench {

Result<DescriptorPair> makeSocketpair(int type) {
  int fds[2];
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds) != 0) return Failure::ofCall("socketpair", errno);
  return DescriptorPair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

}  // namespace ipcbench
