#pragma once
#include <string_view>

#include "../descriptor_end.h"
#include "../os/shared_mapping.h"
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

/** Takes the one connection of a listening socket that was inherited. */
struct AcceptUnix {
  static constexpr std::string_view prefix = "accept:";
  static constexpr std::string_view form = "accept:N";
  using End = DescriptorEnd;
  int listening = -1;

  bool parse(std::string_view rest);
  Result<End> open(const Progress& progress) const;
};

struct ConnectUnix {
  static constexpr std::string_view prefix = "connect-unix:";
  static constexpr std::string_view form = "connect-unix:TYPE:PATH";
  using End = DescriptorEnd;
  int type = 0;
  std::string_view path;

  bool parse(std::string_view rest);
  Result<End> open(const Progress& progress) const;
};

}  // namespace ipcbench
