#pragma once
#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "request.h"

namespace ipcbench {

/**
 * Starts processes for the harness, tells what they write to stderr and how they end, and reaps them. A process of a
 * few pages starts another in a fraction of the time that Node needs, and reaps it without waking Node's event loop for
 * more than a line.
 */
class Launcher {
 public:
  /** `requests` is a SOCK_SEQPACKET socket, `replies` takes JSON lines. */
  Launcher(int requests, int replies) : requests_(requests), requestsFd_(requests), replies_(replies) {}

  /** Returns when the harness has closed `requests`; everything that was started has then ended and been reaped. */
  Status run();

 private:
  struct Child {
    int64_t id;
    pid_t pid;
    UniqueFd errors;
  };

  void start(Request& request);
  void kill(int64_t id);
  void reap();
  void tellEnd(Child& child, int status);
  /** False once nobody can write any more. */
  bool forwardErrors(const Child& child);
  void endAll();

  RequestReceiver requests_;
  int requestsFd_;
  int replies_;
  std::vector<Child> children_;
};

}  // namespace ipcbench
