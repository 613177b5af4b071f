#include "fork_program.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "../call.h"
#include "../caught_signal.h"
#include "../exit_status.h"
#include "../kernel_numbers.h"
#include "futex.h"
#include "running.h"

namespace ipcbench::sys {
namespace {

/** The child, until it is reaped. */
class Child {
 public:
  Child(pid_t pid, bool isOutlived) : pid_(pid), isOutlived_(isOutlived) {}

  pid_t pid() const { return pid_; }
  int status() const { return status_; }

  /** 1 when it has ended and is reaped, 0 when it still runs after that time, -1 and errno. */
  int wait(int64_t timeoutMs);
  void end();
  void endWithEnvironment() {
    if (!isOutlived_) end();
  }

 private:
  int reap(int options);

  pid_t pid_;
  bool isOutlived_;
  bool isReaped_ = false;
  int status_ = 0;
};

int Child::reap(int options) {
  if (isReaped_) return 1;
  pid_t waited;
  do {
    waited = ::waitpid(pid_, &status_, options);
  } while (waited < 0 && errno == EINTR);
  isReaped_ = waited == pid_;
  return waited < 0 ? -1 : isReaped_;
}

int Child::wait(int64_t timeoutMs) {
  const int64_t deadlineNs = nowNs() + timeoutMs * 1000000;
  // Opened here and not at the fork, so that a program that runs costs its parent no descriptor.
  const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  for (;;) {
    const int reaped = reap(WNOHANG);
    const int64_t leftMs = (deadlineNs - nowNs() + 999999) / 1000000;
    if (reaped != 0 || leftMs <= 0) {
      const int error = errno;
      if (pidfd >= 0) ::close(pidfd);
      errno = error;
      return reaped;
    }
    pollfd entry{pidfd, POLLIN, 0};
    // Before Linux 5.3 there is no pidfd: then it looks every millisecond.
    ::poll(&entry, 1, pidfd >= 0 ? static_cast<int>(leftMs) : 1);
  }
}

void Child::end() {
  if (isReaped_) return;
  // Somebody else may have waited for it, and its number be another process's by now: only a child of ours may be
  // killed.
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) return;
  ::kill(pid_, SIGKILL);
  reap(0);
}

/** As exec(2) does, and for the same reason: the handlers of the parent act on the parent's state. */
void forgetHandlers() {
  for (int signo = 1; signo <= 64; ++signo) {
    struct sigaction action {};
    if (::sigaction(signo, nullptr, &action) != 0 || action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN)
      continue;
    action = {};
    action.sa_handler = SIG_DFL;
    ::sigaction(signo, &action, nullptr);
  }
  CaughtSignal::forgetAll();
}

Napi::Value wait(const Napi::CallbackInfo& info, Child& child) {
  CallArguments arguments(info);
  const int64_t timeoutMs = arguments.integerOr(0, "timeoutMs", 0, INT32_MAX, 10000);
  if (arguments.areWrong()) return info.Env().Undefined();
  const int waited = child.wait(timeoutMs);
  if (waited < 0) return throwErrno(info.Env(), "waitpid");
  return waited == 0 ? info.Env().Null() : exitStatus(info.Env(), child.pid(), child.status()).As<Napi::Value>();
}

}  // namespace

Napi::Value forkProgram(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto running = readProgram(info, false);
  if (!running) return env.Undefined();
  const bool isOutlived = info[1].IsObject() && info[1].As<Napi::Object>().Get("outlivesParent").ToBoolean();
  Machine machine(running->program, *running->state);
  machine.setParent(::getpid(), isOutlived);
  // No signal may run a handler of the parent in the child.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) {
    forgetHandlers();
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    machine.dieWithParent();
    machine.runAll();
    ::_exit(0);
  }
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  if (pid < 0) return throwErrno(env, "fork");
  auto child = std::make_shared<Child>(pid, isOutlived);
  Napi::Env(env).AddCleanupHook([child] { child->endWithEnvironment(); });
  Napi::Object object = runningObject(env, running);
  object.Set("pid", Napi::Number::New(env, pid));
  object.Set("wait",
             Napi::Function::New(
                 env, [child](const Napi::CallbackInfo& call) -> Napi::Value { return wait(call, *child); }, "wait"));
  object.Set("end", Napi::Function::New(
                        env, [child](const Napi::CallbackInfo&) { child->end(); }, "end"));
  return object;
}

}  // namespace ipcbench::sys
