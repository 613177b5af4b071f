#include "incoming_message.h"

#include <algorithm>

#include "address.h"
#include "ancillary.h"

namespace ipcbench::sys {
namespace {

constexpr const char* expected =
    "an object with sizes (one or an array), and controlBytes and nameBytes where wanted, all from 0";

bool readSize(Napi::Value value, int64_t highest, int64_t& size) {
  if (!value.IsNumber()) return false;
  size = value.As<Napi::Number>().Int64Value();
  return size >= 0 && size <= highest;
}

}  // namespace

const char* MessageBuffers::read(Napi::Value value) {
  if (!value.IsObject()) return expected;
  const auto object = value.As<Napi::Object>();
  int64_t size = 0;
  const Napi::Value given = object.Get("sizes");
  if (given.IsArray()) {
    const auto list = given.As<Napi::Array>();
    for (uint32_t index = 0; index < list.Length(); ++index) {
      if (!readSize(list.Get(index), mostBytes, size)) return expected;
      sizes.push_back(static_cast<int>(size));
    }
  } else {
    if (!readSize(given, mostBytes, size)) return expected;
    sizes.push_back(static_cast<int>(size));
  }
  if (const Napi::Value control = object.Get("controlBytes"); !control.IsUndefined()) {
    if (!readSize(control, 1 << 20, size)) return expected;
    controlBytes = static_cast<size_t>(size);
  }
  if (const Napi::Value name = object.Get("nameBytes"); !name.IsUndefined()) {
    if (!readSize(name, 4096, size)) return expected;
    nameBytes = static_cast<size_t>(size);
  }
  return nullptr;
}

IncomingMessage::IncomingMessage(const MessageBuffers& sizes)
    : pieces_(sizes.sizes), name_(sizes.nameBytes), control_(sizes.controlBytes) {
  header_.msg_iov = pieces_.vector();
  header_.msg_iovlen = pieces_.count();
  header_.msg_name = name_.empty() ? nullptr : name_.data();
  header_.msg_namelen = static_cast<socklen_t>(name_.size());
  header_.msg_control = control_.empty() ? nullptr : control_.data();
  header_.msg_controllen = control_.size();
}

Napi::Object IncomingMessage::toObject(Napi::Env env, msghdr& filled, size_t count) {
  Napi::Object message = Napi::Object::New(env);
  message.Set("bytes", Napi::Number::New(env, static_cast<double>(count)));
  message.Set("data", Napi::Buffer<uint8_t>::Copy(env, pieces_.begin(), std::min(count, pieces_.bytes())));
  message.Set("flags", Napi::Number::New(env, filled.msg_flags));
  // Without a buffer for it the kernel does not touch the length.
  message.Set("from", socketName(env, name_.data(), name_.size(), filled.msg_namelen));
  message.Set("controlBytes", Napi::Number::New(env, static_cast<double>(filled.msg_controllen)));
  setControl(env, message, filled);
  return message;
}

}  // namespace ipcbench::sys
