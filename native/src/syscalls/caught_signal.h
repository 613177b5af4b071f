#pragma once
#include <signal.h>

#include <cstdint>
#include <vector>

#include "signal_facts.h"

namespace ipcbench::sys {

/**
 * A handler that counts. Dispositions belong to the process, so this is the one part of the system calls that is not
 * per environment: a signal is caught by one caller at a time, in whatever thread.
 */
class CaughtSignal {
 public:
  /** EBUSY, in errno, when it is caught already. -1 for an error, as from sigaction(2). */
  static int install(int signo, bool restart);
  /** Puts back what was there before. */
  static void restore(int signo);

  static uint64_t count(int signo);
  /** Those that the handler has written to their end, in the order in which it began to run. */
  static std::vector<SignalFacts> facts(int signo);
  static void reset(int signo);
  /** In a forked child, whose dispositions are not its parent's any more. Async-signal-safe. */
  static void forgetAll();
};

}  // namespace ipcbench::sys
