#pragma once
#include <span>

namespace ipcbench {

/** How a peer ended: its exit status, and a sentence for stderr where the control channel could not carry one. */
struct PeerExit {
  int status = 0;
  char sentence[256] = {};
};

/** One peer from its arguments (without the program's name) to its result. Blocks until it is done. */
PeerExit runPeer(std::span<const char* const> arguments);

}  // namespace ipcbench
