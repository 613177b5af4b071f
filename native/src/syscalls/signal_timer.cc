#include "signal_timer.h"

#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The name is the manual page's; glibc has the field only under its inner one.
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace ipcbench::sys {

int SignalTimer::start(int signo, int64_t firstUs, int64_t intervalUs) {
  sigevent event{};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = signo;
  event.sigev_notify_thread_id = static_cast<int>(::syscall(SYS_gettid));
  if (::syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id_) != 0) return -1;
  isRunning_ = true;
  itimerspec times{};
  times.it_value = {firstUs / 1000000, firstUs % 1000000 * 1000};
  times.it_interval = {intervalUs / 1000000, intervalUs % 1000000 * 1000};
  return static_cast<int>(::syscall(SYS_timer_settime, id_, 0, &times, nullptr));
}

void SignalTimer::stop() {
  if (isRunning_.exchange(false)) ::syscall(SYS_timer_delete, id_);
}

}  // namespace ipcbench::sys
