#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <memory>

#include "call.h"
#include "caught_signal.h"
#include "signal_facts.h"
#include "signal_set.h"
#include "signal_timer.h"
#include "syscalls.h"

namespace ipcbench::sys {
namespace {

int signalNumber(CallArguments& arguments, size_t at) {
  return static_cast<int>(arguments.integer(at, "signo", 1, 64));
}

Napi::Array numbersFrom(Napi::Env env, const std::vector<int>& numbers) {
  Napi::Array array = Napi::Array::New(env, numbers.size());
  for (uint32_t index = 0; index < numbers.size(); ++index) array.Set(index, Napi::Number::New(env, numbers[index]));
  return array;
}

const char* nameOf(const struct sigaction& action) {
  if (action.sa_handler == SIG_DFL) return "default";
  return action.sa_handler == SIG_IGN ? "ignore" : "handler";
}

/** Restores once, by whom ever: the caller, or the end of the environment. */
class Caught {
 public:
  explicit Caught(int signo) : signo_(signo) {}
  int signo() const { return signo_; }
  bool isActive() const { return isActive_; }
  void restore() {
    if (isActive_.exchange(false)) CaughtSignal::restore(signo_);
  }

 private:
  int signo_;
  std::atomic<bool> isActive_ = true;
};

Napi::Array infosOf(Napi::Env env, int signo) {
  Napi::Array infos = Napi::Array::New(env);
  for (const SignalFacts& facts : CaughtSignal::facts(signo)) infos.Set(infos.Length(), signalObject(env, facts));
  return infos;
}

Napi::Value catchSignal(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  CallArguments arguments(info);
  const int signo = signalNumber(arguments, 0);
  if (arguments.areWrong()) return env.Undefined();
  const bool restart = info[1].IsObject() && info[1].As<Napi::Object>().Get("restart").ToBoolean();
  if (CaughtSignal::install(signo, restart) != 0) return throwErrno(env, "sigaction");
  auto caught = std::make_shared<Caught>(signo);
  Napi::Env(env).AddCleanupHook([caught] { caught->restore(); });
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("signo", Napi::Number::New(env, signo));
  handle.Set("count", Napi::Function::New(
                          env,
                          [caught](const Napi::CallbackInfo& call) -> Napi::Value {
                            return Napi::Number::New(call.Env(),
                                                     static_cast<double>(CaughtSignal::count(caught->signo())));
                          },
                          "count"));
  handle.Set(
      "infos",
      Napi::Function::New(
          env, [caught](const Napi::CallbackInfo& call) -> Napi::Value { return infosOf(call.Env(), caught->signo()); },
          "infos"));
  handle.Set("reset", Napi::Function::New(
                          env,
                          [caught](const Napi::CallbackInfo&) {
                            // Another caller may have caught the signal since: the counters are his then.
                            if (caught->isActive()) CaughtSignal::reset(caught->signo());
                          },
                          "reset"));
  handle.Set("restore", Napi::Function::New(
                            env, [caught](const Napi::CallbackInfo&) { caught->restore(); }, "restore"));
  return handle;
}

Napi::Value setDisposition(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int signo = signalNumber(arguments, 0);
  const size_t wanted = arguments.choice(1, "disposition", {"default", "ignore"});
  if (arguments.areWrong()) return info.Env().Undefined();
  struct sigaction action {
  }, before{};
  action.sa_handler = wanted == 0 ? SIG_DFL : SIG_IGN;
  if (::sigaction(signo, &action, &before) != 0) return throwErrno(info.Env(), "sigaction");
  return Napi::String::New(info.Env(), nameOf(before));
}

Napi::Value disposition(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int signo = signalNumber(arguments, 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  struct sigaction action {};
  if (::sigaction(signo, nullptr, &action) != 0) return throwErrno(info.Env(), "sigaction");
  return Napi::String::New(info.Env(), nameOf(action));
}

Napi::Value sigprocmask(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int how = arguments.number(0, "how");
  const std::vector<int> signals = arguments.signals(1, "signals");
  if (arguments.areWrong()) return info.Env().Undefined();
  const sigset_t set = signalSet(signals);
  sigset_t before;
  // sigprocmask(2) is undefined in a process with threads; this is the same call for one thread, and returns its errno.
  errno = ::pthread_sigmask(how, &set, &before);
  if (errno != 0) return throwErrno(info.Env(), "sigprocmask");
  return numbersFrom(info.Env(), membersOf(before));
}

Napi::Value sigpending(const Napi::CallbackInfo& info) {
  sigset_t set;
  if (::sigpending(&set) != 0) return throwErrno(info.Env(), "sigpending");
  return numbersFrom(info.Env(), membersOf(set));
}

Napi::Value sigtimedwait(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::vector<int> signals = arguments.signals(0, "signals");
  const int64_t timeoutMs = arguments.integer(1, "timeoutMs", 0, INT32_MAX);
  if (arguments.areWrong()) return info.Env().Undefined();
  const sigset_t set = signalSet(signals);
  siginfo_t received;
  const int signo = waitForSignal(set, received, timeoutMs);
  if (signo < 0) return throwErrno(info.Env(), "sigtimedwait");
  return signalObject(info.Env(), factsOf(signo, received));
}

Napi::Value signalfd(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const auto fd = static_cast<int>(arguments.integer(0, "fd", -1, INT32_MAX));
  const std::vector<int> signals = arguments.signals(1, "signals");
  const int flags = arguments.flagsOr(2, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  const sigset_t set = signalSet(signals);
  return numberOrThrow(info.Env(), ::signalfd(fd, &set, flags), "signalfd");
}

Napi::Value readSignalfd(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const auto most = static_cast<size_t>(arguments.integer(1, "maxSignals", 1, 4096));
  if (arguments.areWrong()) return info.Env().Undefined();
  std::vector<signalfd_siginfo> records(most);
  const ssize_t bytes = ::read(fd, records.data(), most * sizeof(signalfd_siginfo));
  if (bytes < 0) return throwErrno(info.Env(), "read");
  Napi::Array signals = Napi::Array::New(info.Env());
  for (size_t index = 0; index < static_cast<size_t>(bytes) / sizeof(signalfd_siginfo); ++index) {
    const signalfd_siginfo& record = records[index];
    signals.Set(signals.Length(), signalObject(info.Env(), {static_cast<int32_t>(record.ssi_signo), record.ssi_code,
                                                            static_cast<int32_t>(record.ssi_pid), record.ssi_uid,
                                                            record.ssi_fd, record.ssi_band}));
  }
  return signals;
}

Napi::Value kill(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int pid = arguments.number(0, "pid");
  const auto signo = static_cast<int>(arguments.integer(1, "signo", 0, 64));
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::kill(pid, signo), "kill");
}

Napi::Value tgkill(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int pid = arguments.number(0, "pid");
  const int tid = arguments.number(1, "tid");
  const auto signo = static_cast<int>(arguments.integer(2, "signo", 0, 64));
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::syscall(SYS_tgkill, pid, tid, signo), "tgkill");
}

Napi::Value raise(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int signo = signalNumber(arguments, 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::syscall(SYS_tgkill, ::getpid(), ::syscall(SYS_gettid), signo), "tgkill");
}

constexpr int64_t mostUs = INT64_C(3600) * 1000000;

Napi::Value setitimer(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int64_t firstUs = arguments.integer(0, "firstUs", 0, mostUs);
  const int64_t intervalUs = arguments.integer(1, "intervalUs", 0, mostUs);
  if (arguments.areWrong()) return info.Env().Undefined();
  const itimerval timer{.it_interval = {intervalUs / 1000000, intervalUs % 1000000},
                        .it_value = {firstUs / 1000000, firstUs % 1000000}};
  return nothingOrThrow(info.Env(), ::setitimer(ITIMER_REAL, &timer, nullptr), "setitimer");
}

Napi::Value timerCreate(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int signo = signalNumber(arguments, 0);
  const int64_t firstUs = arguments.integer(1, "firstUs", 1, mostUs);
  const int64_t intervalUs = arguments.integer(2, "intervalUs", 0, mostUs);
  if (arguments.areWrong()) return info.Env().Undefined();
  auto timer = std::make_shared<SignalTimer>();
  if (timer->start(signo, firstUs, intervalUs) != 0) return throwErrno(info.Env(), "timer_create");
  // Held until then: a handle that nobody refers to any more must not stop its timer whenever garbage is collected.
  info.Env().AddCleanupHook([timer] { timer->stop(); });
  Napi::Object handle = Napi::Object::New(info.Env());
  handle.Set("stop", Napi::Function::New(
                         info.Env(), [timer](const Napi::CallbackInfo&) { timer->stop(); }, "stop"));
  return handle;
}

}  // namespace

void exportSignalCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys,
           {
               {"catchSignal", catchSignal},
               {"setDisposition", setDisposition},
               {"disposition", disposition},
               {"sigprocmask", sigprocmask},
               {"sigpending", sigpending},
               {"sigtimedwait", sigtimedwait},
               {"signalfd", signalfd},
               {"readSignalfd", readSignalfd},
               {"kill", kill},
               {"tgkill", tgkill},
               {"raise", raise},
               {"setitimer", setitimer},
               {"timer_create", timerCreate},
           });
}

}  // namespace ipcbench::sys
