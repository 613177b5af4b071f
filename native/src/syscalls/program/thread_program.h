#pragma once
#include <napi.h>

namespace ipcbench::sys {

Napi::Value inThread(const Napi::CallbackInfo& info);

}  // namespace ipcbench::sys
