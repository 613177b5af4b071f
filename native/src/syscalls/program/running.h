#pragma once
#include <napi.h>

#include <memory>

#include "machine.h"

namespace ipcbench::sys {

/** A program and what it tells while it runs. The runner and every handle on it share this. */
struct Running {
  Program program;
  std::unique_ptr<SharedState> state;
};

/** Reads `ops` and `options` of a call. nullptr after it has thrown. */
std::shared_ptr<Running> readProgram(const Napi::CallbackInfo& info, bool isThread);

/** What native/syscalls/program.ts calls Program: board, at, outcomes, outcome. */
Napi::Object runningObject(Napi::Env env, std::shared_ptr<Running> running);

}  // namespace ipcbench::sys
