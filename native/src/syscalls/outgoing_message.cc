#include "outgoing_message.h"

#include <string>

namespace ipcbench::sys {
namespace {

constexpr const char* aMessage = "an object with data (a Uint8Array, a string or an array of Uint8Arrays)";
constexpr const char* anAddress = "a message whose `to` is an address";
constexpr const char* aControl =
    "a message whose `control` is an array of rights { fds }, credentials { pid, uid, gid } and raw { level, type, "
    "data }";

bool readInteger(Napi::Object object, const char* name, int64_t& value) {
  const Napi::Value found = object.Get(name);
  if (found.IsNumber()) value = found.As<Napi::Number>().Int64Value();
  return found.IsNumber();
}

}  // namespace

const char* OutgoingMessage::read(Napi::Value value) {
  if (!value.IsObject()) return aMessage;
  const auto message = value.As<Napi::Object>();
  if (!pieces_.read(message.Get("data"))) return aMessage;
  header_.msg_iov = pieces_.vector();
  header_.msg_iovlen = pieces_.count();
  if (const Napi::Value to = message.Get("to"); !to.IsUndefined()) {
    if (!readAddress(to, to_)) return anAddress;
    header_.msg_name = to_.bytes.data();
    header_.msg_namelen = to_.length();
  }
  if (const char* wrong = readControl(message.Get("control"))) return wrong;
  if (!control_.empty()) {
    header_.msg_control = control_.data();
    header_.msg_controllen = control_.size();
  }
  return nullptr;
}

const char* OutgoingMessage::readControl(Napi::Value value) {
  if (value.IsUndefined()) return nullptr;
  if (!value.IsArray()) return aControl;
  const auto list = value.As<Napi::Array>();
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const Napi::Value entry = list.Get(index);
    if (!entry.IsObject()) return aControl;
    if (const char* wrong = readEntry(entry.As<Napi::Object>())) return wrong;
  }
  return nullptr;
}

const char* OutgoingMessage::readEntry(Napi::Object entry) {
  const Napi::Value kindValue = entry.Get("kind");
  const std::string kind = kindValue.IsString() ? kindValue.As<Napi::String>().Utf8Value() : "";
  if (kind == "rights") {
    const Napi::Value list = entry.Get("fds");
    if (!list.IsArray()) return aControl;
    std::vector<int> fds;
    for (uint32_t index = 0; index < list.As<Napi::Array>().Length(); ++index) {
      const Napi::Value fd = list.As<Napi::Array>().Get(index);
      if (!fd.IsNumber()) return aControl;
      fds.push_back(fd.As<Napi::Number>().Int32Value());
    }
    appendRights(control_, fds);
    return nullptr;
  }
  if (kind == "credentials") {
    int64_t pid = 0, uid = 0, gid = 0;
    if (!readInteger(entry, "pid", pid) || !readInteger(entry, "uid", uid) || !readInteger(entry, "gid", gid))
      return aControl;
    appendCredentials(control_, {static_cast<pid_t>(pid), static_cast<uid_t>(uid), static_cast<gid_t>(gid)});
    return nullptr;
  }
  int64_t level = 0, type = 0;
  const Napi::Value data = entry.Get("data");
  if (kind != "raw" || !readInteger(entry, "level", level) || !readInteger(entry, "type", type) || !isUint8Array(data))
    return aControl;
  const Data raw = dataFrom(data);
  appendControl(control_, static_cast<int>(level), static_cast<int>(type), {raw.bytes(), raw.length()});
  return nullptr;
}

}  // namespace ipcbench::sys
