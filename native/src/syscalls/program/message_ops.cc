#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "../ancillary.h"
#include "op_reader.h"

namespace ipcbench::sys {
namespace {

struct Sendmsg final : Op {
  explicit Sendmsg(OpReader& reader)
      : fd(reader.fd("fd")),
        data(reader.data("data")),
        flags(reader.flagsOr("flags", 0)),
        rights(reader.fdsOr("rights")) {
    if (reader.isGiven("to")) to = reader.address("to");
    // Room only: descriptors and process ids are known when the operation runs.
    if (reader.isGiven("rights")) appendRights(control, std::vector<int>(rights.size()));
    credentialsAt = control.size();
    if (reader.isGiven("credentials")) readCredentials(reader);
  }

  void readCredentials(OpReader& reader) {
    const Napi::Value value = reader.object().Get("credentials");
    const Napi::Object given = value.IsObject() ? value.As<Napi::Object>() : Napi::Object::New(value.Env());
    const Napi::Value pid = given.Get("pid"), uid = given.Get("uid"), gid = given.Get("gid");
    isOwnPid = pid.IsString() && pid.As<Napi::String>().Utf8Value() == "self";
    if (!(isOwnPid || pid.IsNumber()) || !uid.IsNumber() || !gid.IsNumber()) {
      reader.wrong("credentials", "{ pid, uid, gid }, with a pid or 'self'");
      return;
    }
    hasCredentials = true;
    credentials.pid = isOwnPid ? 0 : pid.As<Napi::Number>().Int32Value();
    credentials.uid = static_cast<uid_t>(uid.As<Napi::Number>().Int64Value());
    credentials.gid = static_cast<gid_t>(gid.As<Napi::Number>().Int64Value());
    appendCredentials(control, credentials);
  }

  int64_t run(Machine& machine) override {
    for (size_t index = 0; index < rights.size(); ++index) {
      const int each = machine.fd(rights[index]);
      std::memcpy(control.data() + CMSG_LEN(index * sizeof(int)), &each, sizeof each);
    }
    if (hasCredentials) {
      if (isOwnPid) credentials.pid = ::getpid();
      std::memcpy(control.data() + credentialsAt + CMSG_LEN(0), &credentials, sizeof credentials);
    }
    iovec piece{data.data(), data.size()};
    msghdr header{};
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    header.msg_name = to.bytes.empty() ? nullptr : to.bytes.data();
    header.msg_namelen = to.length();
    header.msg_control = control.empty() ? nullptr : control.data();
    header.msg_controllen = control.size();
    return ::sendmsg(machine.fd(fd), &header, flags);
  }

  Operand fd;
  std::vector<uint8_t> data;
  int flags;
  std::vector<Operand> rights;
  SocketAddress to;
  ControlBytes control;
  size_t credentialsAt = 0;
  bool hasCredentials = false;
  bool isOwnPid = false;
  ucred credentials{};
};

// What one message can carry at most: SCM_MAX_FD descriptors (253, net/scm.h), and the credentials.
constexpr int64_t roomForAll = CMSG_SPACE(253 * sizeof(int)) + CMSG_SPACE(sizeof(ucred)) + CMSG_SPACE(sizeof(int));

struct Recvmsg final : Op {
  explicit Recvmsg(OpReader& reader)
      : fd(reader.fd("fd")),
        buffer(static_cast<size_t>(reader.integer("bytes", 0, INT64_C(256) << 20))),
        control(static_cast<size_t>(reader.integerOr("controlBytes", 0, 1 << 20, roomForAll))),
        flags(reader.flagsOr("flags", 0)),
        keeps(reader.isTrue("keep")),
        into(reader.into("into")) {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"fds", "flags", "pid", "uid", "gid"};
    return names;
  }
  int64_t run(Machine& machine) override {
    iovec piece{buffer.data(), buffer.size()};
    msghdr header{};
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    header.msg_control = control.empty() ? nullptr : control.data();
    header.msg_controllen = control.size();
    for (const int reg : into) machine.setRegister(reg, -1);
    const ssize_t count = ::recvmsg(machine.fd(fd), &header, flags);
    if (count < 0) return -1;
    if (keeps) machine.keep(buffer.data(), std::min(static_cast<size_t>(count), buffer.size()));
    size_t fds = 0;
    ucred credentials{-1, static_cast<uid_t>(-1), static_cast<gid_t>(-1)};
    forEachControl(header, [&](int level, int type, std::span<const uint8_t> bytes) {
      if (level != SOL_SOCKET) return;
      if (type == SCM_CREDENTIALS && bytes.size() >= sizeof credentials)
        std::memcpy(&credentials, bytes.data(), sizeof credentials);
      for (; type == SCM_RIGHTS && bytes.size() >= sizeof(int); bytes = bytes.subspan(sizeof(int)), ++fds) {
        int each;
        std::memcpy(&each, bytes.data(), sizeof each);
        if (fds < into.size()) machine.setRegister(into[fds], each);
      }
    });
    machine.count(0, static_cast<int64_t>(fds));
    machine.count(1, header.msg_flags);
    machine.count(2, credentials.pid);
    machine.count(3, credentials.uid);
    machine.count(4, credentials.gid);
    return count;
  }
  Operand fd;
  std::vector<uint8_t> buffer;
  std::vector<uint8_t> control;
  int flags;
  bool keeps;
  std::vector<int> into;
};

constexpr OpMaker makers[] = {{"sendmsg", makeOp<Sendmsg>}, {"recvmsg", makeOp<Recvmsg>}};

}  // namespace

std::span<const OpMaker> messageOps() { return makers; }

}  // namespace ipcbench::sys
