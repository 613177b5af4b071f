#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <limits>

#include "call.h"
#include "exit_status.h"
#include "kernel_numbers.h"
#include "syscalls.h"

namespace ipcbench::sys {

Napi::Object exitStatus(Napi::Env env, int pid, int status) {
  const auto numberIf = [&](bool holds, int number) {
    return holds ? Napi::Number::New(env, number).As<Napi::Value>() : env.Null();
  };
  Napi::Object object = Napi::Object::New(env);
  object.Set("pid", Napi::Number::New(env, pid));
  object.Set("exitCode", numberIf(WIFEXITED(status), WEXITSTATUS(status)));
  object.Set("signal", numberIf(WIFSIGNALED(status), WTERMSIG(status)));
  object.Set("stopped", numberIf(WIFSTOPPED(status), WSTOPSIG(status)));
  object.Set("continued", Napi::Boolean::New(env, WIFCONTINUED(status)));
  return object;
}

namespace {

Napi::Value numberOf(const Napi::CallbackInfo& info, int64_t number) {
  return Napi::Number::New(info.Env(), static_cast<double>(number));
}

Napi::Value getpid(const Napi::CallbackInfo& info) { return numberOf(info, ::getpid()); }
Napi::Value getppid(const Napi::CallbackInfo& info) { return numberOf(info, ::getppid()); }
Napi::Value gettid(const Napi::CallbackInfo& info) { return numberOf(info, ::syscall(SYS_gettid)); }
Napi::Value getuid(const Napi::CallbackInfo& info) { return numberOf(info, ::getuid()); }
Napi::Value geteuid(const Napi::CallbackInfo& info) { return numberOf(info, ::geteuid()); }
Napi::Value getgid(const Napi::CallbackInfo& info) { return numberOf(info, ::getgid()); }
Napi::Value getegid(const Napi::CallbackInfo& info) { return numberOf(info, ::getegid()); }

Napi::Value ofThreeIds(const Napi::CallbackInfo& info, int (*call)(uid_t, uid_t, uid_t), const char* syscall) {
  CallArguments arguments(info);
  const auto real = static_cast<uid_t>(arguments.integer(0, "real", -1, UINT32_MAX));
  const auto effective = static_cast<uid_t>(arguments.integer(1, "effective", -1, UINT32_MAX));
  const auto saved = static_cast<uid_t>(arguments.integer(2, "saved", -1, UINT32_MAX));
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), call(real, effective, saved), syscall);
}

Napi::Value setresuid(const Napi::CallbackInfo& info) { return ofThreeIds(info, ::setresuid, "setresuid"); }
Napi::Value setresgid(const Napi::CallbackInfo& info) { return ofThreeIds(info, ::setresgid, "setresgid"); }

Napi::Value setgroups(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::vector<int> numbers = arguments.numbers(0, "groups", 0, INT32_MAX);
  if (arguments.areWrong()) return info.Env().Undefined();
  const std::vector<gid_t> groups(numbers.begin(), numbers.end());
  return nothingOrThrow(info.Env(), ::setgroups(groups.size(), groups.data()), "setgroups");
}

Napi::Value getrlimit(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int resource = arguments.number(0, "resource");
  if (arguments.areWrong()) return info.Env().Undefined();
  rlimit limit;
  if (::getrlimit(static_cast<decltype(RLIMIT_NOFILE)>(resource), &limit) != 0)
    return throwErrno(info.Env(), "getrlimit");
  const auto number = [&](rlim_t value) {
    return Napi::Number::New(
        info.Env(), value == RLIM_INFINITY ? std::numeric_limits<double>::infinity() : static_cast<double>(value));
  };
  Napi::Object both = Napi::Object::New(info.Env());
  both.Set("soft", number(limit.rlim_cur));
  both.Set("hard", number(limit.rlim_max));
  return both;
}

/** An integer, or Infinity for "no limit". */
rlim_t limitAt(CallArguments& arguments, const Napi::CallbackInfo& info, size_t at, const char* name) {
  if (info[at].IsNumber() && info[at].As<Napi::Number>().DoubleValue() == std::numeric_limits<double>::infinity())
    return RLIM_INFINITY;
  return static_cast<rlim_t>(arguments.integer(at, name, 0, largestSafeInteger));
}

Napi::Value setrlimit(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int resource = arguments.number(0, "resource");
  const rlimit limit{limitAt(arguments, info, 1, "soft"), limitAt(arguments, info, 2, "hard")};
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::setrlimit(static_cast<decltype(RLIMIT_NOFILE)>(resource), &limit), "setrlimit");
}

Napi::Value prctl(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int option = arguments.number(0, "option");
  const int64_t argument = arguments.integerOr(1, "argument", 0, largestSafeInteger, 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  // This one answers through a pointer, and no check needs to see that.
  if (option == PR_GET_PDEATHSIG) {
    int signo = 0;
    if (::prctl(option, &signo) != 0) return throwErrno(info.Env(), "prctl");
    return numberOf(info, signo);
  }
  return numberOrThrow(info.Env(), ::prctl(option, static_cast<unsigned long>(argument), 0, 0, 0), "prctl");
}

Napi::Value waitpid(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int pid = arguments.number(0, "pid");
  const int options = arguments.flagsOr(1, "options", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  int status = 0;
  const pid_t waited = ::waitpid(pid, &status, options);
  if (waited < 0) return throwErrno(info.Env(), "waitpid");
  return waited == 0 ? info.Env().Null() : exitStatus(info.Env(), waited, status).As<Napi::Value>();
}

Napi::Value pidfdOpen(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int pid = arguments.number(0, "pid");
  const int flags = arguments.flagsOr(1, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::syscall(SYS_pidfd_open, pid, flags), "pidfd_open");
}

Napi::Value pidfdSendSignal(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int pidfd = arguments.descriptor(0, "pidfd");
  const auto signo = static_cast<int>(arguments.integer(1, "signo", 0, 64));
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), ::syscall(SYS_pidfd_send_signal, pidfd, signo, nullptr, 0), "pidfd_send_signal");
}

Napi::Value sysconf(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int name = arguments.number(0, "name");
  if (arguments.areWrong()) return info.Env().Undefined();
  // -1 without an errno is "no limit".
  errno = 0;
  const long limit = ::sysconf(name);
  if (limit == -1 && errno != 0) return throwErrno(info.Env(), "sysconf");
  return numberOf(info, limit);
}

}  // namespace

void exportProcessCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys,
           {
               {"getpid", getpid},
               {"getppid", getppid},
               {"gettid", gettid},
               {"getuid", getuid},
               {"geteuid", geteuid},
               {"getgid", getgid},
               {"getegid", getegid},
               {"setresuid", setresuid},
               {"setresgid", setresgid},
               {"setgroups", setgroups},
               {"getrlimit", getrlimit},
               {"setrlimit", setrlimit},
               {"prctl", prctl},
               {"waitpid", waitpid},
               {"pidfd_open", pidfdOpen},
               {"pidfd_send_signal", pidfdSendSignal},
               {"sysconf", sysconf},
           });
}

}  // namespace ipcbench::sys
