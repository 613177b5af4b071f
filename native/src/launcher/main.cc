#include <fcntl.h>
#include <sys/prctl.h>

#include <cstdio>
#include <cstdlib>

#include "../os/parent.h"
#include "launcher.h"

namespace {

constexpr int requestsFd = 3;
constexpr int repliesFd = 4;

enum Exit { exitFine = 0, exitFailed = 1, exitUsage = 2, exitHarnessGone = 3 };

}  // namespace

/** `ipcbench-launcher <process id of the harness>` */
int main(int argc, char** argv) {
  const int parent = argc == 2 ? std::atoi(argv[1]) : 0;
  if (parent <= 0) {
    std::fputs("ipcbench-launcher: expected one argument, the process id of the harness.\n", stderr);
    return exitUsage;
  }
  if (!ipcbench::dieWithParent(parent)) return exitHarnessGone;
  // Whoever is left by a process that was started is reaped here, also where process 1 reaps nobody.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (const int own : {requestsFd, repliesFd}) ::fcntl(own, F_SETFD, FD_CLOEXEC);
  static ipcbench::Launcher launcher(requestsFd, repliesFd);
  const ipcbench::Status run = launcher.run();
  if (run) return exitFine;
  std::fprintf(stderr, "ipcbench-launcher: %s\n", run.failure().message);
  return exitFailed;
}
