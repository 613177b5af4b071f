#pragma once
#include <napi.h>
#include <sys/socket.h>

namespace ipcbench::sys {

Napi::Object credentialsObject(Napi::Env env, const ucred& credentials);

}  // namespace ipcbench::sys
