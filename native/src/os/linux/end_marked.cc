#include "../end_marked.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "../../unique_fd.h"

namespace ipcbench {
namespace {

/** Looks without a find before all are taken to be gone: between fork and exec a process has its parent's environment.
 */
constexpr int emptyLooks = 3;
constexpr int mostLooks = 500;
constexpr timespec betweenLooks{0, 10'000'000};

/** Empty where it cannot be read: another user's process, one that is gone, or one that waits to be reaped. */
std::string environmentOf(const char* pid) {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/%.20s/environ", pid);
  const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  std::string text;
  char part[8192];
  for (;;) {
    const ssize_t count = ::read(file.get(), part, sizeof part);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(part, static_cast<size_t>(count));
  }
}

bool hasEntry(std::string_view environment, std::string_view entry) {
  while (!environment.empty()) {
    const size_t end = environment.find('\0');
    if (environment.substr(0, end) == entry) return true;
    if (end == std::string_view::npos) return false;
    environment.remove_prefix(end + 1);
  }
  return false;
}

int killAll(const char* entry) {
  DIR* processes = ::opendir("/proc");
  if (processes == nullptr) return 0;
  int found = 0;
  while (const dirent* one = ::readdir(processes)) {
    const auto pid = static_cast<pid_t>(std::strtol(one->d_name, nullptr, 10));
    if (pid <= 0 || pid == ::getpid() || !hasEntry(environmentOf(one->d_name), entry)) continue;
    if (::kill(pid, SIGKILL) == 0) ++found;
  }
  ::closedir(processes);
  return found;
}

void waitForEnd(int descriptor) {
  char byte;
  for (;;) {
    const ssize_t count = ::read(descriptor, &byte, 1);
    if (count == 0 || (count < 0 && errno != EINTR)) return;
  }
}

}  // namespace

int endMarked(const char* entry) {
  // Out of the terminal's reach: a Ctrl-C is meant for the harness, and this must outlive it.
  ::setsid();
  ::prctl(PR_SET_NAME, "ipcbench-end");
  waitForEnd(STDIN_FILENO);
  for (int looks = 0, empty = 0; looks < mostLooks && empty < emptyLooks; ++looks) {
    empty = killAll(entry) == 0 ? empty + 1 : 0;
    ::nanosleep(&betweenLooks, nullptr);
  }
  return 0;
}

}  // namespace ipcbench
