#include "queues.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"
#include "syscalls.h"

namespace ipcbench::sys {
namespace {

/** mq_timedsend(2) takes an absolute time of CLOCK_REALTIME, and nullptr for "for ever". */
const timespec* deadline(int64_t timeoutMs, timespec& at) {
  if (timeoutMs < 0) return nullptr;
  ::clock_gettime(CLOCK_REALTIME, &at);
  const int64_t ns = at.tv_nsec + timeoutMs % 1000 * 1000000;
  at.tv_sec += timeoutMs / 1000 + ns / 1000000000;
  at.tv_nsec = ns % 1000000000;
  return &at;
}

const char* withoutSlash(const char* name) { return name[0] == '/' ? name + 1 : name; }

}  // namespace

int mqOpen(const char* name, int flags, unsigned mode, const mq_attr* attributes) {
  return static_cast<int>(::syscall(SYS_mq_open, withoutSlash(name), flags, mode, attributes));
}

int mqUnlink(const char* name) { return static_cast<int>(::syscall(SYS_mq_unlink, withoutSlash(name))); }

int mqSend(int queue, const void* bytes, size_t length, unsigned priority, int64_t timeoutMs) {
  timespec at;
  return static_cast<int>(::syscall(SYS_mq_timedsend, queue, bytes, length, priority, deadline(timeoutMs, at)));
}

ssize_t mqReceive(int queue, void* bytes, size_t size, unsigned* priority, int64_t timeoutMs) {
  timespec at;
  return ::syscall(SYS_mq_timedreceive, queue, bytes, size, priority, deadline(timeoutMs, at));
}

namespace {

bool readSizes(Napi::Value value, mq_attr& attributes) {
  if (!value.IsObject()) return false;
  const Napi::Value messages = value.As<Napi::Object>().Get("maxMessages");
  const Napi::Value bytes = value.As<Napi::Object>().Get("messageBytes");
  if (!messages.IsNumber() || !bytes.IsNumber()) return false;
  attributes.mq_maxmsg = messages.As<Napi::Number>().Int64Value();
  attributes.mq_msgsize = bytes.As<Napi::Number>().Int64Value();
  return true;
}

Napi::Value open(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string name = arguments.text(0, "name");
  const int flags = arguments.flags(1, "flags");
  const int64_t mode = arguments.integerOr(2, "mode", 0, 07777, 0600);
  if (arguments.areWrong()) return info.Env().Undefined();
  mq_attr attributes{};
  if (arguments.isGiven(3) && !readSizes(info[3], attributes))
    return arguments.wrongType("sizes", "an object with maxMessages and messageBytes");
  return numberOrThrow(
      info.Env(),
      mqOpen(name.c_str(), flags, static_cast<unsigned>(mode), arguments.isGiven(3) ? &attributes : nullptr),
      "mq_open");
}

Napi::Value unlink(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const std::string name = arguments.text(0, "name");
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(info.Env(), mqUnlink(name.c_str()), "mq_unlink");
}

Napi::Value send(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int queue = arguments.descriptor(0, "queue");
  const Data data = arguments.data(1, "data");
  const int64_t priority = arguments.integer(2, "priority", 0, UINT32_MAX);
  const int64_t timeoutMs = arguments.integerOr(3, "timeoutMs", -1, INT32_MAX, -1);
  if (arguments.areWrong()) return info.Env().Undefined();
  return nothingOrThrow(
      info.Env(), mqSend(queue, data.bytes(), data.length(), static_cast<unsigned>(priority), timeoutMs), "mq_send");
}

Napi::Value receive(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int queue = arguments.descriptor(0, "queue");
  const size_t size = arguments.size(1, "size");
  const int64_t timeoutMs = arguments.integerOr(2, "timeoutMs", -1, INT32_MAX, -1);
  if (arguments.areWrong()) return info.Env().Undefined();
  Room room(size);
  if (!room.isThere()) return throwErrno(info.Env(), "mq_receive");
  unsigned priority = 0;
  const ssize_t count = mqReceive(queue, room.begin(), size, &priority, timeoutMs);
  if (count < 0) return throwErrno(info.Env(), "mq_receive");
  Napi::Object message = Napi::Object::New(info.Env());
  message.Set("data", Napi::Buffer<uint8_t>::Copy(info.Env(), room.begin(), static_cast<size_t>(count)));
  message.Set("priority", Napi::Number::New(info.Env(), priority));
  return message;
}

Napi::Value getattr(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const int queue = arguments.descriptor(0, "queue");
  if (arguments.areWrong()) return info.Env().Undefined();
  mq_attr attributes{};
  if (::syscall(SYS_mq_getsetattr, queue, nullptr, &attributes) != 0) return throwErrno(info.Env(), "mq_getattr");
  Napi::Object found = Napi::Object::New(info.Env());
  found.Set("flags", Napi::Number::New(info.Env(), static_cast<double>(attributes.mq_flags)));
  found.Set("maxMessages", Napi::Number::New(info.Env(), static_cast<double>(attributes.mq_maxmsg)));
  found.Set("messageBytes", Napi::Number::New(info.Env(), static_cast<double>(attributes.mq_msgsize)));
  found.Set("messages", Napi::Number::New(info.Env(), static_cast<double>(attributes.mq_curmsgs)));
  return found;
}

}  // namespace

void exportQueueCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys,
           {
               {"mq_open", open},
               {"mq_unlink", unlink},
               {"mq_send", send},
               {"mq_receive", receive},
               {"mq_getattr", getattr},
           });
}

}  // namespace ipcbench::sys
