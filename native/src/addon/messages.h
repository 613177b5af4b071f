#pragma once
#include <napi.h>

namespace ipcbench {

/** messageSize, fillMessage, checkMessage, checkHeader. */
void exportMessages(Napi::Env env, Napi::Object exports);

}  // namespace ipcbench
