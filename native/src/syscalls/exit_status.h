#pragma once
#include <napi.h>

namespace ipcbench::sys {

/** `status` as waitpid(2) fills it. */
Napi::Object exitStatus(Napi::Env env, int pid, int status);

}  // namespace ipcbench::sys
