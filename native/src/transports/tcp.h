#pragma once
#include <cstdint>
#include <string_view>

#include "../descriptor_end.h"
#include "../os/shared_mapping.h"
#include "../result.h"

namespace ipcbench {

struct TcpListener {
  UniqueFd fd;
  uint16_t port;
};

/** Listens on 127.0.0.1, on a port that the system chooses. */
Result<TcpListener> listenTcp();

/** As AcceptUnix, and TCP_NODELAY on the connection. */
struct AcceptTcp {
  static constexpr std::string_view prefix = "accept-tcp:";
  static constexpr std::string_view form = "accept-tcp:N";
  using End = DescriptorEnd;
  int listening = -1;

  bool parse(std::string_view rest);
  Result<End> open(const Progress& progress) const;
};

/** Connects to a port of 127.0.0.1, with TCP_NODELAY. */
struct ConnectTcp {
  static constexpr std::string_view prefix = "connect-tcp:";
  static constexpr std::string_view form = "connect-tcp:PORT";
  using End = DescriptorEnd;
  int port = 0;

  bool parse(std::string_view rest);
  Result<End> open(const Progress& progress) const;
};

}  // namespace ipcbench
