#include <memory>

#include "call.h"
#include "ring.h"
#include "syscalls.h"

namespace ipcbench::sys {
namespace {

constexpr const char* expectedEntry = "an array of { op: 'send' | 'recv' | 'poll' | 'nop', userData, … }";

bool readInteger(Napi::Object object, const char* name, int64_t& value) {
  const Napi::Value found = object.Get(name);
  if (found.IsNumber()) value = found.As<Napi::Number>().Int64Value();
  return found.IsNumber();
}

bool readEntry(Napi::Value value, RingEntry& entry) {
  if (!value.IsObject()) return false;
  const auto object = value.As<Napi::Object>();
  int64_t userData = 0, fd = -1, flags = 0, bytes = 0;
  if (!readInteger(object, "userData", userData) || userData < 0) return false;
  entry.userData = static_cast<uint64_t>(userData);
  entry.isLinked = object.Get("linked").ToBoolean();
  const Napi::Value opValue = object.Get("op");
  const std::string op = opValue.IsString() ? opValue.As<Napi::String>().Utf8Value() : "";
  if (op == "nop") return true;
  if (!readInteger(object, "fd", fd) || fd < 0) return false;
  entry.fd = static_cast<int>(fd);
  if (op == "poll") {
    entry.opcode = IORING_OP_POLL_ADD;
    if (!readInteger(object, "events", flags)) return false;
  } else if (op == "send") {
    entry.opcode = IORING_OP_SEND;
    if (!isData(object.Get("data"))) return false;
    const Data data = dataFrom(object.Get("data"));
    entry.bytes.assign(data.bytes(), data.bytes() + data.length());
    readInteger(object, "flags", flags);
  } else if (op == "recv") {
    entry.opcode = IORING_OP_RECV;
    if (!readInteger(object, "bytes", bytes) || bytes < 0 || bytes > mostBytes) return false;
    entry.bytes.resize(static_cast<size_t>(bytes));
    readInteger(object, "flags", flags);
  } else {
    return false;
  }
  entry.flags = static_cast<uint32_t>(flags);
  return true;
}

Napi::Value throwClosed(Napi::Env env) {
  errno = EBADF;
  return throwErrno(env, "io_uring_enter");
}

Napi::Value submit(const Napi::CallbackInfo& info, Ring& ring) {
  CallArguments arguments(info);
  if (!ring.isOpen()) return throwClosed(info.Env());
  if (!info[0].IsArray()) return arguments.wrongType("entries", expectedEntry);
  const auto list = info[0].As<Napi::Array>();
  std::vector<RingEntry> entries(list.Length());
  for (uint32_t index = 0; index < list.Length(); ++index) {
    if (!readEntry(list.Get(index), entries[index])) return arguments.wrongType("entries", expectedEntry);
  }
  return numberOrThrow(info.Env(), ring.submit(std::move(entries)), "io_uring_enter");
}

Napi::Value wait(const Napi::CallbackInfo& info, Ring& ring) {
  CallArguments arguments(info);
  const auto count = static_cast<unsigned>(arguments.integer(0, "count", 0, 65536));
  const auto timeoutMs = static_cast<int>(arguments.integer(1, "timeoutMs", 0, INT32_MAX));
  if (arguments.areWrong()) return info.Env().Undefined();
  if (!ring.isOpen()) return throwClosed(info.Env());
  std::vector<RingCompletion> completions;
  if (ring.wait(count, timeoutMs, completions) != 0) return throwErrno(info.Env(), "io_uring_enter");
  Napi::Array array = Napi::Array::New(info.Env(), completions.size());
  for (uint32_t index = 0; index < completions.size(); ++index) {
    const RingCompletion& each = completions[index];
    Napi::Object completion = Napi::Object::New(info.Env());
    completion.Set("userData", Napi::Number::New(info.Env(), static_cast<double>(each.userData)));
    completion.Set("result", Napi::Number::New(info.Env(), each.result));
    completion.Set("error", each.result < 0 ? Napi::String::New(info.Env(), errorName(-each.result)).As<Napi::Value>()
                                            : info.Env().Null());
    completion.Set(
        "data",
        each.received
            ? Napi::Buffer<uint8_t>::Copy(info.Env(), each.received->data(), each.received->size()).As<Napi::Value>()
            : info.Env().Null());
    array.Set(index, completion);
  }
  return array;
}

Napi::Value ioUring(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const auto entries = static_cast<unsigned>(arguments.integer(0, "entries", 1, 4096));
  if (arguments.areWrong()) return info.Env().Undefined();
  auto ring = std::make_shared<Ring>();
  if (ring->open(entries) != 0) return throwErrno(info.Env(), "io_uring_setup");
  Napi::Object handle = Napi::Object::New(info.Env());
  handle.Set(
      "submit",
      Napi::Function::New(
          info.Env(), [ring](const Napi::CallbackInfo& call) -> Napi::Value { return submit(call, *ring); }, "submit"));
  handle.Set("wait", Napi::Function::New(
                         info.Env(),
                         [ring](const Napi::CallbackInfo& call) -> Napi::Value { return wait(call, *ring); }, "wait"));
  handle.Set("close", Napi::Function::New(
                          info.Env(), [ring](const Napi::CallbackInfo&) { ring->close(); }, "close"));
  return handle;
}

}  // namespace

void exportRingCalls(Napi::Env env, Napi::Object sys) { addCalls(env, sys, {{"io_uring_setup", ioUring}}); }

}  // namespace ipcbench::sys
