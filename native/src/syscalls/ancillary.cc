#include "ancillary.h"

#include <cstring>

#include "credentials.h"
#include "kernel_numbers.h"

namespace ipcbench::sys {
namespace {

template <class Plain>
Plain read(std::span<const uint8_t> data) {
  Plain value{};
  std::memcpy(&value, data.data(), sizeof value);
  return value;
}

}  // namespace

void appendControl(ControlBytes& control, int level, int type, std::span<const uint8_t> data) {
  const size_t at = control.size();
  control.resize(at + CMSG_SPACE(data.size()));
  cmsghdr entry{};
  entry.cmsg_len = CMSG_LEN(data.size());
  entry.cmsg_level = level;
  entry.cmsg_type = type;
  std::memcpy(control.data() + at, &entry, sizeof entry);
  if (!data.empty()) std::memcpy(control.data() + at + CMSG_LEN(0), data.data(), data.size());
}

void appendRights(ControlBytes& control, std::span<const int> fds) {
  appendControl(control, SOL_SOCKET, SCM_RIGHTS, {reinterpret_cast<const uint8_t*>(fds.data()), fds.size_bytes()});
}

void appendCredentials(ControlBytes& control, const ucred& credentials) {
  appendControl(control, SOL_SOCKET, SCM_CREDENTIALS,
                {reinterpret_cast<const uint8_t*>(&credentials), sizeof credentials});
}

void setControl(Napi::Env env, Napi::Object message, msghdr& header) {
  Napi::Array fds = Napi::Array::New(env);
  Napi::Array control = Napi::Array::New(env);
  Napi::Value credentials = env.Null();
  Napi::Value pidfd = env.Null();
  forEachControl(header, [&](int level, int type, std::span<const uint8_t> data) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("level", Napi::Number::New(env, level));
    entry.Set("type", Napi::Number::New(env, type));
    entry.Set("data", Napi::Buffer<uint8_t>::Copy(env, data.data(), data.size()));
    control.Set(control.Length(), entry);
    if (level != SOL_SOCKET) return;
    if (type == SCM_RIGHTS) {
      for (; data.size() >= sizeof(int); data = data.subspan(sizeof(int)))
        fds.Set(fds.Length(), Napi::Number::New(env, read<int>(data)));
    } else if (type == SCM_CREDENTIALS && data.size() >= sizeof(ucred)) {
      credentials = credentialsObject(env, read<ucred>(data));
    } else if (type == SCM_PIDFD && data.size() >= sizeof(int)) {
      pidfd = Napi::Number::New(env, read<int>(data));
    }
  });
  message.Set("fds", fds);
  message.Set("credentials", credentials);
  message.Set("pidfd", pidfd);
  message.Set("control", control);
}

}  // namespace ipcbench::sys
