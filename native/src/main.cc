#include <cstdio>
#include <cstring>

#include "os/end_marked.h"
#include "peer.h"

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "end-marked") == 0) return ipcbench::endMarked(argv[2]);
  const auto count = static_cast<size_t>(argc > 0 ? argc - 1 : 0);
  const ipcbench::PeerExit exit = ipcbench::runPeer({argv + (argc > 0 ? 1 : 0), count});
  if (exit.sentence[0] != '\0') std::fprintf(stderr, "ipcbench-peer: %s\n", exit.sentence);
  return exit.status;
}
