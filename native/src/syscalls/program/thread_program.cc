#include "thread_program.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "../call.h"
#include "futex.h"
#include "running.h"

namespace ipcbench::sys {
namespace {

void* run(void* argument) {
  // Held until the program is done, also when every handle on it, and the environment, is gone.
  auto* held = static_cast<std::shared_ptr<Running>*>(argument);
  {
    const std::shared_ptr<Running> running = std::move(*held);
    SharedState::Head& head = running->state->head();
    head.tid.store(static_cast<int32_t>(::syscall(SYS_gettid)), std::memory_order_release);
    futexWake(head.tid);
    Machine machine(running->program, *running->state);
    machine.runAll();
    head.finished.store(1, std::memory_order_release);
    futexWake(head.finished);
  }
  delete held;
  return nullptr;
}

/** Keeps this library in memory for good: a thread that still runs must not lose its code when a worker's environment
 * unloads it. */
void stayLoaded() {
  Dl_info self;
  if (::dladdr(reinterpret_cast<void*>(&run), &self) != 0)
    ::dlopen(self.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

bool waitUntilSet(std::atomic<int32_t>& word, int64_t timeoutMs) {
  const int64_t deadlineNs = nowNs() + timeoutMs * 1000000;
  while (word.load(std::memory_order_acquire) == 0) {
    if (nowNs() >= deadlineNs) return false;
    futexWait(word, 0, deadlineNs);
  }
  return true;
}

Napi::Value join(const Napi::CallbackInfo& info, Running& running) {
  CallArguments arguments(info);
  const int64_t timeoutMs = arguments.integerOr(0, "timeoutMs", 0, INT32_MAX, 10000);
  if (arguments.areWrong()) return info.Env().Undefined();
  return Napi::Boolean::New(info.Env(), waitUntilSet(running.state->head().finished, timeoutMs));
}

}  // namespace

Napi::Value inThread(const Napi::CallbackInfo& info) {
  auto running = readProgram(info, true);
  if (!running) return info.Env().Undefined();
  stayLoaded();
  auto* held = new std::shared_ptr<Running>(running);
  pthread_t thread;
  errno = ::pthread_create(&thread, nullptr, run, held);
  if (errno != 0) {
    delete held;
    return throwErrno(info.Env(), "pthread_create");
  }
  ::pthread_detach(thread);
  SharedState::Head& head = running->state->head();
  while (!waitUntilSet(head.tid, 1000)) {
  }
  Napi::Object object = runningObject(info.Env(), running);
  object.Set("tid", Napi::Number::New(info.Env(), head.tid.load()));
  object.Set("join",
             Napi::Function::New(
                 info.Env(), [running](const Napi::CallbackInfo& call) -> Napi::Value { return join(call, *running); },
                 "join"));
  return object;
}

}  // namespace ipcbench::sys
