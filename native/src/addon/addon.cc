#include <napi.h>

#include "../syscalls/syscalls.h"
#include "descriptors.h"
#include "messages.h"
#include "process.h"

namespace {

#ifdef __clang__
constexpr const char* compiler = "clang " __clang_version__;
#else
constexpr const char* compiler = "g++ " __VERSION__;
#endif

Napi::Object exportAll(Napi::Env env, Napi::Object exports) {
  exports.Set("version", Napi::String::New(env, IPCBENCH_VERSION));
  exports.Set("compiler", Napi::String::New(env, compiler));
  ipcbench::exportDescriptors(env, exports);
  ipcbench::exportProcess(env, exports);
  ipcbench::exportMessages(env, exports);
  ipcbench::sys::exportSyscalls(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(ipcbench, exportAll)
