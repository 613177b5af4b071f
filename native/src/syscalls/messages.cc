#include <sys/socket.h>

#include <algorithm>

#include "address.h"
#include "ancillary.h"
#include "call.h"
#include "incoming_message.h"
#include "outgoing_message.h"
#include "syscalls.h"

namespace ipcbench::sys {
namespace {

Napi::Value send(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const Data data = arguments.data(1, "data");
  const int flags = arguments.flagsOr(2, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::send(fd, data.bytes(), data.length(), flags), "send");
}

Napi::Value sendto(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const Data data = arguments.data(1, "data");
  const int flags = arguments.flags(2, "flags");
  if (arguments.areWrong()) return info.Env().Undefined();
  SocketAddress to;
  if (!readAddress(info[3], to)) return arguments.wrongType("to", expectedAddress);
  return numberOrThrow(info.Env(), ::sendto(fd, data.bytes(), data.length(), flags, to.pointer(), to.length()),
                       "sendto");
}

Napi::Value sendmsg(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int flags = arguments.flagsOr(2, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  OutgoingMessage message;
  if (const char* wrong = message.read(info[1])) return arguments.wrongType("message", wrong);
  return numberOrThrow(info.Env(), ::sendmsg(fd, message.header(), flags), "sendmsg");
}

Napi::Value sendmmsg(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int flags = arguments.flagsOr(2, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  if (!info[1].IsArray()) return arguments.wrongType("messages", "an array of messages");
  const auto list = info[1].As<Napi::Array>();
  // Each stays where it is: its header points into it.
  std::vector<std::unique_ptr<OutgoingMessage>> messages;
  std::vector<mmsghdr> headers;
  for (uint32_t index = 0; index < list.Length(); ++index) {
    messages.push_back(std::make_unique<OutgoingMessage>());
    if (const char* wrong = messages.back()->read(list.Get(index))) return arguments.wrongType("messages", wrong);
    headers.push_back({*messages.back()->header(), 0});
  }
  return numberOrThrow(info.Env(), ::sendmmsg(fd, headers.data(), static_cast<unsigned>(headers.size()), flags),
                       "sendmmsg");
}

Napi::Value recv(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const size_t size = arguments.size(1, "size");
  const int flags = arguments.flagsOr(2, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  Room room(size);
  if (!room.isThere()) return throwErrno(info.Env(), "recv");
  const ssize_t count = ::recv(fd, room.begin(), size, flags);
  if (count < 0) return throwErrno(info.Env(), "recv");
  return Napi::Buffer<uint8_t>::Copy(info.Env(), room.begin(), std::min(static_cast<size_t>(count), size));
}

Napi::Value recvInto(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  Napi::Uint8Array buffer = arguments.bytes(1, "buffer");
  const int flags = arguments.flagsOr(2, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  return numberOrThrow(info.Env(), ::recv(fd, buffer.Data(), buffer.ByteLength(), flags), "recv");
}

Napi::Value recvfrom(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const size_t size = arguments.size(1, "size");
  const int flags = arguments.flagsOr(2, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  Room room(size);
  if (!room.isThere()) return throwErrno(info.Env(), "recvfrom");
  sockaddr_storage from{};
  socklen_t length = sizeof from;
  const ssize_t count = ::recvfrom(fd, room.begin(), size, flags, reinterpret_cast<sockaddr*>(&from), &length);
  if (count < 0) return throwErrno(info.Env(), "recvfrom");
  Napi::Object received = Napi::Object::New(info.Env());
  received.Set("data",
               Napi::Buffer<uint8_t>::Copy(info.Env(), room.begin(), std::min(static_cast<size_t>(count), size)));
  received.Set("from", socketName(info.Env(), reinterpret_cast<uint8_t*>(&from), sizeof from, length));
  return received;
}

Napi::Value recvmsg(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const int flags = arguments.flagsOr(2, "flags", 0);
  if (arguments.areWrong()) return info.Env().Undefined();
  MessageBuffers sizes;
  if (const char* wrong = sizes.read(info[1])) return arguments.wrongType("buffers", wrong);
  IncomingMessage message(sizes);
  if (!message.isThere()) return throwErrno(info.Env(), "recvmsg");
  const ssize_t count = ::recvmsg(fd, message.header(), flags);
  if (count < 0) return throwErrno(info.Env(), "recvmsg");
  return message.toObject(info.Env(), *message.header(), static_cast<size_t>(count));
}

Napi::Value recvmmsg(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int fd = arguments.descriptor(0, "fd");
  const auto wanted = static_cast<size_t>(arguments.integer(1, "count", 0, 4096));
  const int flags = arguments.flagsOr(3, "flags", 0);
  const int64_t timeoutMs = arguments.integerOr(4, "timeoutMs", -1, INT32_MAX, -1);
  if (arguments.areWrong()) return info.Env().Undefined();
  MessageBuffers sizes;
  if (const char* wrong = sizes.read(info[2])) return arguments.wrongType("buffers", wrong);
  std::vector<std::unique_ptr<IncomingMessage>> messages;
  std::vector<mmsghdr> headers;
  for (size_t index = 0; index < wanted; ++index) {
    messages.push_back(std::make_unique<IncomingMessage>(sizes));
    if (!messages.back()->isThere()) return throwErrno(info.Env(), "recvmmsg");
    headers.push_back({*messages.back()->header(), 0});
  }
  timespec timeout{.tv_sec = timeoutMs / 1000, .tv_nsec = timeoutMs % 1000 * 1000000};
  const int count =
      ::recvmmsg(fd, headers.data(), static_cast<unsigned>(wanted), flags, timeoutMs < 0 ? nullptr : &timeout);
  if (count < 0) return throwErrno(info.Env(), "recvmmsg");
  Napi::Array received = Napi::Array::New(info.Env(), static_cast<size_t>(count));
  for (uint32_t index = 0; index < static_cast<uint32_t>(count); ++index) {
    received.Set(index, messages[index]->toObject(info.Env(), headers[index].msg_hdr, headers[index].msg_len));
  }
  return received;
}

Napi::Value controlLength(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const size_t bytes = arguments.size(0, "bytes");
  if (arguments.areWrong()) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), static_cast<double>(CMSG_LEN(bytes)));
}

Napi::Value controlSpace(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const size_t bytes = arguments.size(0, "bytes");
  if (arguments.areWrong()) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), static_cast<double>(CMSG_SPACE(bytes)));
}

}  // namespace

void exportMessageCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys,
           {
               {"send", send},
               {"sendto", sendto},
               {"sendmsg", sendmsg},
               {"sendmmsg", sendmmsg},
               {"recv", recv},
               {"recvInto", recvInto},
               {"recvfrom", recvfrom},
               {"recvmsg", recvmsg},
               {"recvmmsg", recvmmsg},
               {"CMSG_LEN", controlLength},
               {"CMSG_SPACE", controlSpace},
           });
}

}  // namespace ipcbench::sys
