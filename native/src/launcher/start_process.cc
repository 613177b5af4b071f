#include "start_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

namespace ipcbench {
namespace {

constexpr int firstDescriptor = 2;

/** The launcher's own environment, with each variable of `added` added or in place of the one of that name. */
std::vector<char*> environmentWith(const std::vector<char*>& added) {
  std::vector<char*> merged;
  const auto isReplaced = [&](const char* variable) {
    const size_t name = std::strcspn(variable, "=") + 1;
    for (const char* replacement : added) {
      if (std::strncmp(variable, replacement, name) == 0) return true;
    }
    return false;
  };
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!isReplaced(*variable)) merged.push_back(*variable);
  }
  merged.insert(merged.end(), added.begin(), added.end());
  merged.push_back(nullptr);
  return merged;
}

/** Runs in the memory of the launcher until exec: only system calls, and nothing that the launcher would see afterwards
 * but the error. */
[[gnu::noinline, noreturn]] void becomeProgram(char* const* arguments, const int* descriptors, int count,
                                               volatile int& error) {
  // Also what would not ask for it itself, such as a wrapper around a peer, ends with the launcher.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int ignored : ignoredSignals) ::signal(ignored, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Out of the way first: a descriptor may have the number that another is to get.
  int moved[256];
  for (int index = 0; index < count; ++index)
    moved[index] = ::fcntl(descriptors[index], F_DUPFD_CLOEXEC, firstDescriptor + count);
  for (int index = 0; index < count; ++index) {
    if (moved[index] < 0 || ::dup2(moved[index], firstDescriptor + index) < 0) {
      error = errno;
      ::_exit(127);
    }
  }
  // As Node does: a program without a slash is looked for in the PATH of its own environment, which is `environ` by
  // now.
  ::execvp(arguments[0], arguments);
  error = errno;
  ::_exit(127);
}

}  // namespace

Result<pid_t> startProcess(const Request& request, int errors) {
  std::vector<int> descriptors{errors};
  for (const UniqueFd& descriptor : request.descriptors) descriptors.push_back(descriptor.get());
  std::vector<char*> environment = environmentWith(request.environment);
  volatile int error = 0;
  char** const own = environ;
  environ = environment.data();
  // vfork, not fork: nothing is copied, and the error of exec comes back in memory.
  const pid_t pid = ::vfork();
  if (pid == 0)
    becomeProgram(request.arguments.data(), descriptors.data(), static_cast<int>(descriptors.size()), error);
  const int forkError = errno;
  environ = own;
  if (pid < 0) return Failure::ofCall("vfork", forkError);
  if (error == 0) return pid;
  ::waitpid(pid, nullptr, 0);
  return Failure::ofCall("execvp", error);
}

}  // namespace ipcbench
