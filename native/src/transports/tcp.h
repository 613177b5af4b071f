#pragma once
#include <cstdint>

#include "../result.h"
#include "../unique_fd.h"

namespace ipcbench {

struct TcpListener {
  UniqueFd fd;
  uint16_t port;
};

/** Listens on 127.0.0.1, on a port that the system chooses. */
Result<TcpListener> listenTcp();

/** As acceptOne, and TCP_NODELAY on the connection. */
Result<UniqueFd> acceptTcp(UniqueFd listening);

/** Connects to 127.0.0.1, with TCP_NODELAY. */
Result<UniqueFd> connectTcp(uint16_t port);

}  // namespace ipcbench
