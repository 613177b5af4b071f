#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "../kernel_numbers.h"
#include "op_reader.h"

namespace ipcbench::sys {
namespace {

struct Open final : Op {
  explicit Open(OpReader& reader)
      : path(reader.text("path")),
        flags(reader.flags("flags")),
        mode(static_cast<mode_t>(reader.integerOr("mode", 0, 07777, 0600))) {}
  int64_t run(Machine&) override { return ::open(path.c_str(), flags, mode); }
  std::string path;
  int flags;
  mode_t mode;
};

struct Close final : Op {
  explicit Close(OpReader& reader) : fd(reader.fd("fd")) {}
  int64_t run(Machine& machine) override { return ::close(machine.fd(fd)); }
  Operand fd;
};

struct CloseRange final : Op {
  explicit CloseRange(OpReader& reader)
      : first(reader.integer("first", 0, UINT32_MAX)),
        last(reader.integer("last", 0, UINT32_MAX)),
        flags(reader.flagsOr("flags", 0)) {}
  int64_t run(Machine&) override {
    return ::syscall(SYS_close_range, static_cast<unsigned>(first), static_cast<unsigned>(last), flags);
  }
  int64_t first, last;
  int flags;
};

struct Dup final : Op {
  explicit Dup(OpReader& reader) : fd(reader.fd("fd")) {}
  int64_t run(Machine& machine) override { return ::dup(machine.fd(fd)); }
  Operand fd;
};

struct Dup2 final : Op {
  explicit Dup2(OpReader& reader) : from(reader.fd("from")), to(reader.fd("to")) {}
  int64_t run(Machine& machine) override { return ::dup2(machine.fd(from), machine.fd(to)); }
  Operand from, to;
};

struct Pipe2 final : Op {
  explicit Pipe2(OpReader& reader) : flags(reader.flagsOr("flags", 0)), into(reader.into("into")) {
    if (into.size() != 2) reader.wrong("into", "two names");
  }
  int64_t run(Machine& machine) override {
    int ends[2] = {-1, -1};
    const int made = ::pipe2(ends, flags);
    for (size_t index = 0; index < 2; ++index) machine.setRegister(into[index], ends[index]);
    return made;
  }
  int flags;
  std::vector<int> into;
};

struct Fcntl final : Op {
  explicit Fcntl(OpReader& reader)
      : fd(reader.fd("fd")),
        command(reader.number("command")),
        argument(reader.integerOr("argument", INT32_MIN, UINT32_MAX, 0)) {}
  int64_t run(Machine& machine) override { return ::fcntl(machine.fd(fd), command, static_cast<long>(argument)); }
  Operand fd;
  int command;
  int64_t argument;
};

struct OwnSignals final : Op {
  explicit OwnSignals(OpReader& reader) : fd(reader.fd("fd")) {}
  int64_t run(Machine& machine) override { return ::fcntl(machine.fd(fd), F_SETOWN, ::getpid()); }
  Operand fd;
};

struct Ioctl final : Op {
  explicit Ioctl(OpReader& reader)
      : fd(reader.fd("fd")),
        request(static_cast<unsigned>(reader.flags("request"))),
        given(static_cast<int>(reader.integerOr("value", INT32_MIN, INT32_MAX, 0))) {}
  int64_t run(Machine& machine) override {
    int value = given;
    return ::ioctl(machine.fd(fd), request, &value) == -1 ? -1 : value;
  }
  Operand fd;
  unsigned request;
  int given;
};

struct Lseek final : Op {
  explicit Lseek(OpReader& reader)
      : fd(reader.fd("fd")),
        offset(reader.integer("offset", -largestSafeInteger, largestSafeInteger)),
        whence(reader.number("whence")) {}
  int64_t run(Machine& machine) override { return ::lseek(machine.fd(fd), offset, whence); }
  Operand fd;
  int64_t offset;
  int whence;
};

constexpr OpMaker makers[] = {
    {"open", makeOp<Open>},
    {"close", makeOp<Close>},
    {"close_range", makeOp<CloseRange>},
    {"dup", makeOp<Dup>},
    {"dup2", makeOp<Dup2>},
    {"pipe2", makeOp<Pipe2>},
    {"fcntl", makeOp<Fcntl>},
    {"ownSignals", makeOp<OwnSignals>},
    {"ioctl", makeOp<Ioctl>},
    {"lseek", makeOp<Lseek>},
};

}  // namespace

std::span<const OpMaker> descriptorOps() { return makers; }

}  // namespace ipcbench::sys
