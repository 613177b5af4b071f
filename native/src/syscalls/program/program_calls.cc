#include "../call.h"
#include "../syscalls.h"
#include "board.h"
#include "fork_program.h"
#include "thread_program.h"

namespace ipcbench::sys {
namespace {

Napi::Value createBoard(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const auto words = static_cast<size_t>(arguments.integerOr(0, "words", 1, 1 << 20, 64));
  if (arguments.areWrong()) return info.Env().Undefined();
  auto board = std::make_shared<Board>(words);
  if (!board->isThere()) return throwErrno(info.Env(), "mmap");
  return boardObject(info.Env(), std::move(board));
}

}  // namespace

void exportProgramCalls(Napi::Env env, Napi::Object sys) {
  addCalls(env, sys, {{"forkProgram", forkProgram}, {"inThread", inThread}, {"createBoard", createBoard}});
}

}  // namespace ipcbench::sys
