#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>

#include "../caught_signal.h"
#include "../signal_set.h"
#include "op_reader.h"

namespace ipcbench::sys {
namespace {

struct Kill final : Op {
  explicit Kill(OpReader& reader) : signo(static_cast<int>(reader.integer("signo", 0, 64))) {
    const Napi::Value given = reader.object().Get("pid");
    const std::string word = given.IsString() ? given.As<Napi::String>().Utf8Value() : "";
    isSelf = word == "self";
    isParent = word == "parent";
    if (!isSelf && !isParent) pid = reader.process("pid");
  }
  int64_t run(Machine& machine) override {
    const auto other = static_cast<pid_t>(machine.value(pid));
    return ::kill(isSelf ? ::getpid() : isParent ? ::getppid() : other, signo);
  }
  int signo;
  bool isSelf, isParent;
  Operand pid;
};

struct Raise final : Op {
  explicit Raise(OpReader& reader) : signo(reader.signo("signo")) {}
  // Not raise(): it takes the thread's number from libc's own record, which is stale in a child of the child.
  int64_t run(Machine&) override { return ::syscall(SYS_tgkill, ::getpid(), ::syscall(SYS_gettid), signo); }
  int signo;
};

struct CatchSignal final : Op {
  explicit CatchSignal(OpReader& reader) : signo(reader.signo("signo")), restarts(reader.isTrue("restart")) {
    reader.refuseInThread();
  }
  int64_t run(Machine&) override { return CaughtSignal::install(signo, restarts); }
  int signo;
  bool restarts;
};

struct SignalCount final : Op {
  explicit SignalCount(OpReader& reader) : signo(reader.signo("signo")) {}
  int64_t run(Machine&) override { return static_cast<int64_t>(CaughtSignal::count(signo)); }
  int signo;
};

struct SetDisposition final : Op {
  explicit SetDisposition(OpReader& reader)
      : signo(reader.signo("signo")), ignores(reader.choiceOr("disposition", {"default", "ignore"}, "") == "ignore") {
    reader.refuseInThread();
    if (!reader.isGiven("disposition")) reader.wrong("disposition", "'default' or 'ignore'");
  }
  int64_t run(Machine&) override {
    struct sigaction action {};
    action.sa_handler = ignores ? SIG_IGN : SIG_DFL;
    return ::sigaction(signo, &action, nullptr);
  }
  int signo;
  bool ignores;
};

struct Disposition final : Op {
  explicit Disposition(OpReader& reader) : signo(reader.signo("signo")) {}
  int64_t run(Machine&) override {
    struct sigaction action {};
    if (::sigaction(signo, nullptr, &action) != 0) return -1;
    return action.sa_handler == SIG_DFL ? 0 : action.sa_handler == SIG_IGN ? 1 : 2;
  }
  int signo;
};

struct Sigprocmask final : Op {
  explicit Sigprocmask(OpReader& reader)
      : how(reader.number("how")), set(signalSet(reader.integers("signals", 1, 64))) {}
  int64_t run(Machine&) override {
    errno = ::pthread_sigmask(how, &set, nullptr);
    return errno == 0 ? 0 : -1;
  }
  int how;
  sigset_t set;
};

struct Sigtimedwait final : Op {
  explicit Sigtimedwait(OpReader& reader)
      : set(signalSet(reader.integers("signals", 1, 64))), timeoutMs(reader.integer("timeoutMs", 0, INT32_MAX)) {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"code", "pid", "fd", "band"};
    return names;
  }
  int64_t run(Machine& machine) override {
    siginfo_t info;
    const int signo = waitForSignal(set, info, timeoutMs);
    if (signo < 0) return -1;
    const SignalFacts facts = factsOf(signo, info);
    machine.count(0, facts.code);
    machine.count(1, facts.pid);
    machine.count(2, facts.fd);
    machine.count(3, facts.band);
    return signo;
  }
  sigset_t set;
  int64_t timeoutMs;
};

struct Setitimer final : Op {
  explicit Setitimer(OpReader& reader)
      : firstUs(reader.integer("firstUs", 0, INT64_C(3600000000))),
        intervalUs(reader.integer("intervalUs", 0, INT64_C(3600000000))) {}
  int64_t run(Machine&) override {
    const itimerval timer{.it_interval = {intervalUs / 1000000, intervalUs % 1000000},
                          .it_value = {firstUs / 1000000, firstUs % 1000000}};
    return ::setitimer(ITIMER_REAL, &timer, nullptr);
  }
  int64_t firstUs, intervalUs;
};

struct Pause final : Op {
  explicit Pause(OpReader&) {}
  int64_t run(Machine&) override {
    // pause(2) has no other result than this one.
    ::pause();
    return 0;
  }
};

constexpr OpMaker makers[] = {
    {"kill", makeOp<Kill>},
    {"raise", makeOp<Raise>},
    {"catchSignal", makeOp<CatchSignal>},
    {"signalCount", makeOp<SignalCount>},
    {"setDisposition", makeOp<SetDisposition>},
    {"disposition", makeOp<Disposition>},
    {"sigprocmask", makeOp<Sigprocmask>},
    {"sigtimedwait", makeOp<Sigtimedwait>},
    {"setitimer", makeOp<Setitimer>},
    {"pause", makeOp<Pause>},
};

}  // namespace

std::span<const OpMaker> signalOps() { return makers; }

}  // namespace ipcbench::sys
