#include "syscalls.h"

namespace ipcbench::sys {

void exportSyscalls(Napi::Env env, Napi::Object exports) {
  Napi::Object sys = Napi::Object::New(env);
  exportConstants(env, sys);
  exportDescriptorCalls(env, sys);
  exportFileCalls(env, sys);
  exportSocketCalls(env, sys);
  exportSocketOptionCalls(env, sys);
  exportMessageCalls(env, sys);
  exportReadinessCalls(env, sys);
  exportSignalCalls(env, sys);
  exportProcessCalls(env, sys);
  exportQueueCalls(env, sys);
  exportRingCalls(env, sys);
  exportProgramCalls(env, sys);
  exports.Set("sys", sys);
}

}  // namespace ipcbench::sys
