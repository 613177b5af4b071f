#pragma once
#include <napi.h>

namespace ipcbench {

/** allowedCpus, pinToCpu, descriptorLimit, monotonicNs, processCpuNs, dieWithParent, runPeer. */
void exportProcess(Napi::Env env, Napi::Object exports);

}  // namespace ipcbench
