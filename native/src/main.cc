#include <cstdio>

#include "peer.h"

int main(int argc, char** argv) {
  const auto count = static_cast<size_t>(argc > 0 ? argc - 1 : 0);
  const ipcbench::PeerExit exit = ipcbench::runPeer({argv + (argc > 0 ? 1 : 0), count});
  if (exit.sentence[0] != '\0') std::fprintf(stderr, "ipcbench-peer: %s\n", exit.sentence);
  return exit.status;
}
