#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <limits>

#include "op_reader.h"

namespace ipcbench::sys {
namespace {

/** libc's setresuid() tells every thread of the process, and in a child of a process with threads those are no more:
 * the raw call it is. */
template <long Call>
struct OfThreeIds final : Op {
  explicit OfThreeIds(OpReader& reader)
      : real(reader.integer("real", -1, UINT32_MAX)),
        effective(reader.integer("effective", -1, UINT32_MAX)),
        saved(reader.integer("saved", -1, UINT32_MAX)) {}
  int64_t run(Machine& machine) override {
    const long changed =
        ::syscall(Call, static_cast<uid_t>(real), static_cast<uid_t>(effective), static_cast<uid_t>(saved));
    if (changed == 0) machine.dieWithParent();
    return changed;
  }
  int64_t real, effective, saved;
};

struct Setgroups final : Op {
  explicit Setgroups(OpReader& reader) {
    for (const int group : reader.integers("groups", 0, INT32_MAX)) groups.push_back(static_cast<gid_t>(group));
  }
  int64_t run(Machine&) override { return ::syscall(SYS_setgroups, groups.size(), groups.data()); }
  std::vector<gid_t> groups;
};

struct Setrlimit final : Op {
  explicit Setrlimit(OpReader& reader)
      : resource(reader.number("resource")), limit{limitOf(reader, "soft"), limitOf(reader, "hard")} {}
  static rlim_t limitOf(OpReader& reader, const char* name) {
    const Napi::Value value = reader.object().Get(name);
    if (value.IsNumber() && value.As<Napi::Number>().DoubleValue() == std::numeric_limits<double>::infinity())
      return RLIM_INFINITY;
    return static_cast<rlim_t>(reader.integer(name, 0, largestSafeInteger));
  }
  int64_t run(Machine&) override { return ::setrlimit(static_cast<decltype(RLIMIT_NOFILE)>(resource), &limit); }
  int resource;
  rlimit limit;
};

struct Prctl final : Op {
  explicit Prctl(OpReader& reader)
      : option(reader.number("option")), argument(reader.integerOr("argument", 0, largestSafeInteger, 0)) {}
  int64_t run(Machine&) override { return ::prctl(option, static_cast<unsigned long>(argument), 0, 0, 0); }
  int option;
  int64_t argument;
};

struct Umask final : Op {
  explicit Umask(OpReader& reader) : mask(static_cast<mode_t>(reader.integer("mask", 0, 0777))) {}
  int64_t run(Machine&) override { return ::umask(mask); }
  mode_t mask;
};

struct Unlink final : Op {
  explicit Unlink(OpReader& reader) : path(reader.text("path")) {}
  int64_t run(Machine&) override { return ::unlink(path.c_str()); }
  std::string path;
};

struct Getpid final : Op {
  explicit Getpid(OpReader&) {}
  int64_t run(Machine&) override { return ::getpid(); }
};

struct Getppid final : Op {
  explicit Getppid(OpReader&) {}
  int64_t run(Machine&) override { return ::getppid(); }
};

struct Fork final : Op {
  explicit Fork(OpReader& reader) {
    reader.refuseInThread();
    reader.body("body");
  }
  int64_t run(Machine& machine) override {
    const int parent = ::getpid();
    // Not fork(): it is async-signal-safe only on paper, and runs libc's and others' handlers.
    const long pid = ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
    if (pid != 0) return pid;
    machine.becomeGrandchild(parent);
    machine.dieWithParent();
    machine.runBody(machine.bodyBegin(), machine.bodyEnd(), false);
    ::_exit(0);
  }
};

struct Waitpid final : Op {
  explicit Waitpid(OpReader& reader) : pid(reader.process("pid")), options(reader.flagsOr("options", 0)) {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"exitCode", "signal"};
    return names;
  }
  int64_t run(Machine& machine) override {
    int status = 0;
    const pid_t waited = ::waitpid(static_cast<pid_t>(machine.value(pid)), &status, options);
    machine.count(0, waited > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    machine.count(1, waited > 0 && WIFSIGNALED(status) ? WTERMSIG(status) : -1);
    return waited;
  }
  Operand pid;
  int options;
};

struct Exec final : Op {
  explicit Exec(OpReader& reader) : path(reader.text("path")), args(reader.texts("args")) {
    reader.refuseInThread();
    argv.push_back(path.data());
    for (std::string& each : args) argv.push_back(each.data());
    argv.push_back(nullptr);
    if (reader.isGiven("env")) readEnvironment(reader);
  }
  void readEnvironment(OpReader& reader) {
    const Napi::Value value = reader.object().Get("env");
    if (!value.IsObject()) return reader.wrong("env", "an object of strings");
    const auto variables = value.As<Napi::Object>();
    const Napi::Array names = variables.GetPropertyNames();
    for (uint32_t index = 0; index < names.Length(); ++index) {
      const std::string name = names.Get(index).ToString();
      env.push_back(name + "=" + variables.Get(name).ToString().Utf8Value());
    }
    for (std::string& each : env) envp.push_back(each.data());
    envp.push_back(nullptr);
  }
  int64_t run(Machine&) override { return ::execve(path.c_str(), argv.data(), envp.empty() ? environ : envp.data()); }
  std::string path;
  std::vector<std::string> args, env;
  std::vector<char*> argv, envp;
};

struct Exit final : Op {
  explicit Exit(OpReader& reader)
      : code(static_cast<int>(reader.integer("code", 0, 255))), isThread(reader.isThread()) {}
  int64_t run(Machine& machine) override {
    if (!isThread) ::_exit(code);
    machine.end();
    return code;
  }
  int code;
  bool isThread;
};

constexpr OpMaker makers[] = {
    {"setresuid", makeOp<OfThreeIds<SYS_setresuid>>},
    {"setresgid", makeOp<OfThreeIds<SYS_setresgid>>},
    {"setgroups", makeOp<Setgroups>},
    {"setrlimit", makeOp<Setrlimit>},
    {"prctl", makeOp<Prctl>},
    {"umask", makeOp<Umask>},
    {"unlink", makeOp<Unlink>},
    {"getpid", makeOp<Getpid>},
    {"getppid", makeOp<Getppid>},
    {"fork", makeOp<Fork>},
    {"waitpid", makeOp<Waitpid>},
    {"exec", makeOp<Exec>},
    {"exit", makeOp<Exit>},
};

}  // namespace

std::span<const OpMaker> processOps() { return makers; }

}  // namespace ipcbench::sys
