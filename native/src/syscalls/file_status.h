#pragma once
#include <napi.h>
#include <sys/stat.h>

namespace ipcbench::sys {

/** The parts of a struct stat by which a check tells one file from another. */
Napi::Object fileStatus(Napi::Env env, const struct stat& status);

}  // namespace ipcbench::sys
