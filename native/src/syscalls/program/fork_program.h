#pragma once
#include <napi.h>

namespace ipcbench::sys {

Napi::Value forkProgram(const Napi::CallbackInfo& info);

}  // namespace ipcbench::sys
