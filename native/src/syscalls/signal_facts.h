#pragma once
#include <napi.h>
#include <signal.h>

#include <cstdint>

namespace ipcbench::sys {

/** What native/syscalls.ts calls SignalInfo. */
struct SignalFacts {
  int32_t signo = 0;
  int32_t code = 0;
  int32_t pid = 0;
  uint32_t uid = 0;
  int32_t fd = 0;
  int64_t band = 0;
};

/** Async-signal-safe. */
SignalFacts factsOf(int signo, const siginfo_t& info);

Napi::Object signalObject(Napi::Env env, const SignalFacts& facts);

}  // namespace ipcbench::sys
