#pragma once
#include <napi.h>

namespace ipcbench::sys {

/** Adds `sys`: what native/syscalls.ts describes. */
void exportSyscalls(Napi::Env env, Napi::Object exports);

// One noun each.
void exportConstants(Napi::Env env, Napi::Object sys);
void exportDescriptorCalls(Napi::Env env, Napi::Object sys);
void exportFileCalls(Napi::Env env, Napi::Object sys);
void exportSocketCalls(Napi::Env env, Napi::Object sys);
void exportSocketOptionCalls(Napi::Env env, Napi::Object sys);
void exportMessageCalls(Napi::Env env, Napi::Object sys);
void exportReadinessCalls(Napi::Env env, Napi::Object sys);
void exportSignalCalls(Napi::Env env, Napi::Object sys);
void exportProcessCalls(Napi::Env env, Napi::Object sys);
void exportQueueCalls(Napi::Env env, Napi::Object sys);
void exportRingCalls(Napi::Env env, Napi::Object sys);
void exportProgramCalls(Napi::Env env, Napi::Object sys);

}  // namespace ipcbench::sys
