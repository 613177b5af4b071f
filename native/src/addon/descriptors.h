#pragma once
#include <napi.h>

namespace ipcbench {

/** socketpair, pipe, mkfifo, listenUnix, boundDatagramPair, listenTcp, memfd, tryLock. */
void exportDescriptors(Napi::Env env, Napi::Object exports);

}  // namespace ipcbench
