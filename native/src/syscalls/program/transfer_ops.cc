#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "op_reader.h"

namespace ipcbench::sys {
namespace {

constexpr int64_t mostRead = INT64_C(256) << 20;

struct Write final : Op {
  explicit Write(OpReader& reader) : fd(reader.fd("fd")), data(reader.data("data")) {}
  int64_t run(Machine& machine) override { return ::write(machine.fd(fd), data.data(), data.size()); }
  Operand fd;
  std::vector<uint8_t> data;
};

struct WriteAll final : Op {
  explicit WriteAll(OpReader& reader) : fd(reader.fd("fd")), data(reader.data("data")) {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"bytes", "calls", "short", "interrupted"};
    return names;
  }
  int64_t run(Machine& machine) override {
    size_t bytes = 0;
    int64_t calls = 0, shorts = 0, interrupted = 0;
    while (bytes < data.size()) {
      const ssize_t written = ::write(machine.fd(fd), data.data() + bytes, data.size() - bytes);
      machine.count(1, ++calls);
      if (written < 0 && errno != EINTR) return -1;
      if (written < 0) {
        machine.count(3, ++interrupted);
        continue;
      }
      bytes += static_cast<size_t>(written);
      machine.count(0, static_cast<int64_t>(bytes));
      if (bytes < data.size()) machine.count(2, ++shorts);
    }
    return static_cast<int64_t>(bytes);
  }
  Operand fd;
  std::vector<uint8_t> data;
};

struct Read final : Op {
  explicit Read(OpReader& reader)
      : fd(reader.fd("fd")),
        buffer(static_cast<size_t>(reader.integer("bytes", 0, mostRead))),
        keeps(reader.isTrue("keep")) {}
  int64_t run(Machine& machine) override {
    const ssize_t count = ::read(machine.fd(fd), buffer.data(), buffer.size());
    if (count >= 0 && keeps) machine.keep(buffer.data(), static_cast<size_t>(count));
    return count;
  }
  Operand fd;
  std::vector<uint8_t> buffer;
  bool keeps;
};

struct ReadToEnd final : Op {
  explicit ReadToEnd(OpReader& reader)
      : fd(reader.fd("fd")),
        buffer(static_cast<size_t>(reader.integerOr("bytes", 1, mostRead, 65536))),
        keeps(reader.isTrue("keep")) {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"bytes", "calls", "interrupted"};
    return names;
  }
  int64_t run(Machine& machine) override {
    int64_t bytes = 0, calls = 0, interrupted = 0;
    // Also for no bytes at all: that the end came is worth a record.
    if (keeps) machine.keep(nullptr, 0);
    for (;;) {
      const ssize_t count = ::read(machine.fd(fd), buffer.data(), buffer.size());
      machine.count(1, ++calls);
      if (count == 0) return bytes;
      if (count < 0 && errno != EINTR) return -1;
      if (count < 0) {
        machine.count(2, ++interrupted);
        continue;
      }
      if (keeps) machine.keep(buffer.data(), static_cast<size_t>(count));
      machine.count(0, bytes += count);
    }
  }
  Operand fd;
  std::vector<uint8_t> buffer;
  bool keeps;
};

struct Send final : Op {
  explicit Send(OpReader& reader) : fd(reader.fd("fd")), data(reader.data("data")), flags(reader.flagsOr("flags", 0)) {}
  int64_t run(Machine& machine) override { return ::send(machine.fd(fd), data.data(), data.size(), flags); }
  Operand fd;
  std::vector<uint8_t> data;
  int flags;
};

struct Sendto final : Op {
  explicit Sendto(OpReader& reader)
      : fd(reader.fd("fd")), data(reader.data("data")), flags(reader.flagsOr("flags", 0)), to(reader.address("to")) {}
  int64_t run(Machine& machine) override {
    return ::sendto(machine.fd(fd), data.data(), data.size(), flags, to.pointer(), to.length());
  }
  Operand fd;
  std::vector<uint8_t> data;
  int flags;
  SocketAddress to;
};

struct Recv final : Op {
  explicit Recv(OpReader& reader)
      : fd(reader.fd("fd")),
        buffer(static_cast<size_t>(reader.integer("bytes", 0, mostRead))),
        flags(reader.flagsOr("flags", 0)),
        keeps(reader.isTrue("keep")) {}
  int64_t run(Machine& machine) override {
    const ssize_t count = ::recv(machine.fd(fd), buffer.data(), buffer.size(), flags);
    // Under MSG_TRUNC the count can be more than there is room for.
    if (count >= 0 && keeps) machine.keep(buffer.data(), std::min(static_cast<size_t>(count), buffer.size()));
    return count;
  }
  Operand fd;
  std::vector<uint8_t> buffer;
  int flags;
  bool keeps;
};

constexpr OpMaker makers[] = {
    {"write", makeOp<Write>}, {"writeAll", makeOp<WriteAll>}, {"read", makeOp<Read>}, {"readToEnd", makeOp<ReadToEnd>},
    {"send", makeOp<Send>},   {"sendto", makeOp<Sendto>},     {"recv", makeOp<Recv>},
};

}  // namespace

std::span<const OpMaker> transferOps() { return makers; }

}  // namespace ipcbench::sys
