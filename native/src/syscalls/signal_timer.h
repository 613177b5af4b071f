#pragma once
#include <atomic>
#include <cstdint>

namespace ipcbench::sys {

/** A timer of the kernel that signals one thread. */
class SignalTimer {
 public:
  SignalTimer() = default;
  SignalTimer(const SignalTimer&) = delete;
  SignalTimer& operator=(const SignalTimer&) = delete;
  ~SignalTimer() { stop(); }

  /** Of the calling thread. -1 for an error, as from timer_create(2). */
  int start(int signo, int64_t firstUs, int64_t intervalUs);
  void stop();

 private:
  // The kernel's own timer_t. libc's is a pointer with its own life, and in another library before glibc 2.34.
  int id_ = 0;
  std::atomic<bool> isRunning_ = false;
};

}  // namespace ipcbench::sys
