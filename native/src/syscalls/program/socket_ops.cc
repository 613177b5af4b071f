#include <sys/socket.h>

#include "op_reader.h"

namespace ipcbench::sys {
namespace {

struct Socket final : Op {
  explicit Socket(OpReader& reader)
      : domain(reader.number("domain")),
        type(reader.number("type")),
        protocol(static_cast<int>(reader.integerOr("protocol", 0, INT32_MAX, 0))) {}
  int64_t run(Machine&) override { return ::socket(domain, type, protocol); }
  int domain, type, protocol;
};

struct Socketpair final : Op {
  explicit Socketpair(OpReader& reader)
      : domain(reader.number("domain")),
        type(reader.number("type")),
        protocol(static_cast<int>(reader.integerOr("protocol", 0, INT32_MAX, 0))),
        into(reader.into("into")) {
    if (into.size() != 2) reader.wrong("into", "two names");
  }
  int64_t run(Machine& machine) override {
    int ends[2] = {-1, -1};
    const int made = ::socketpair(domain, type, protocol, ends);
    for (size_t index = 0; index < 2; ++index) machine.setRegister(into[index], ends[index]);
    return made;
  }
  int domain, type, protocol;
  std::vector<int> into;
};

template <int (*Call)(int, const sockaddr*, socklen_t)>
struct OfAddress final : Op {
  explicit OfAddress(OpReader& reader) : fd(reader.fd("fd")), address(reader.address("address")) {}
  int64_t run(Machine& machine) override { return Call(machine.fd(fd), address.pointer(), address.length()); }
  Operand fd;
  SocketAddress address;
};

struct Listen final : Op {
  explicit Listen(OpReader& reader) : fd(reader.fd("fd")), backlog(reader.number("backlog")) {}
  int64_t run(Machine& machine) override { return ::listen(machine.fd(fd), backlog); }
  Operand fd;
  int backlog;
};

struct Accept4 final : Op {
  explicit Accept4(OpReader& reader) : fd(reader.fd("fd")), flags(reader.flagsOr("flags", 0)) {}
  int64_t run(Machine& machine) override { return ::accept4(machine.fd(fd), nullptr, nullptr, flags); }
  Operand fd;
  int flags;
};

struct Shutdown final : Op {
  explicit Shutdown(OpReader& reader) : fd(reader.fd("fd")), how(reader.number("how")) {}
  int64_t run(Machine& machine) override { return ::shutdown(machine.fd(fd), how); }
  Operand fd;
  int how;
};

struct Getsockopt final : Op {
  explicit Getsockopt(OpReader& reader)
      : fd(reader.fd("fd")), level(reader.number("level")), option(reader.number("option")) {}
  int64_t run(Machine& machine) override {
    int value = 0;
    socklen_t length = sizeof value;
    return ::getsockopt(machine.fd(fd), level, option, &value, &length) != 0 ? -1 : value;
  }
  Operand fd;
  int level, option;
};

struct Setsockopt final : Op {
  explicit Setsockopt(OpReader& reader)
      : fd(reader.fd("fd")),
        level(reader.number("level")),
        option(reader.number("option")),
        value(reader.number("value")) {}
  int64_t run(Machine& machine) override { return ::setsockopt(machine.fd(fd), level, option, &value, sizeof value); }
  Operand fd;
  int level, option, value;
};

struct PeerCredentials final : Op {
  explicit PeerCredentials(OpReader& reader) : fd(reader.fd("fd")) {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"pid", "uid", "gid"};
    return names;
  }
  int64_t run(Machine& machine) override {
    ucred credentials{};
    socklen_t length = sizeof credentials;
    if (::getsockopt(machine.fd(fd), SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    machine.count(0, credentials.pid);
    machine.count(1, credentials.uid);
    machine.count(2, credentials.gid);
    return 0;
  }
  Operand fd;
};

constexpr OpMaker makers[] = {
    {"socket", makeOp<Socket>},          {"socketpair", makeOp<Socketpair>},
    {"bind", makeOp<OfAddress<::bind>>}, {"listen", makeOp<Listen>},
    {"accept4", makeOp<Accept4>},        {"connect", makeOp<OfAddress<::connect>>},
    {"shutdown", makeOp<Shutdown>},      {"getsockopt", makeOp<Getsockopt>},
    {"setsockopt", makeOp<Setsockopt>},  {"peerCredentials", makeOp<PeerCredentials>},
};

}  // namespace

std::span<const OpMaker> socketOps() { return makers; }

}  // namespace ipcbench::sys
