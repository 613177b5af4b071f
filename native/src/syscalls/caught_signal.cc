#include "caught_signal.h"

#include <algorithm>
#include <atomic>
#include <cerrno>

namespace ipcbench::sys {
namespace {

constexpr size_t keptFacts = 256;

struct Entry {
  std::atomic<bool> isWritten = false;
  SignalFacts facts;
};

struct Slot {
  std::atomic<bool> isTaken = false;
  std::atomic<uint64_t> begun = 0;
  std::atomic<uint64_t> ended = 0;
  Entry entries[keptFacts];
  struct sigaction before;
};

static_assert(std::atomic<uint64_t>::is_always_lock_free, "a signal handler may not lock");

// Static, not allocated: a handler may run at any moment, also while the environment that asked for it is being torn
// down.
Slot slots[65];

void handle(int signo, siginfo_t* info, void*) {
  const int before = errno;
  Slot& slot = slots[signo];
  const uint64_t index = slot.begun.fetch_add(1, std::memory_order_relaxed);
  if (index < keptFacts) {
    slot.entries[index].facts = factsOf(signo, *info);
    slot.entries[index].isWritten.store(true, std::memory_order_release);
  }
  slot.ended.fetch_add(1, std::memory_order_release);
  errno = before;
}

}  // namespace

int CaughtSignal::install(int signo, bool restart) {
  Slot& slot = slots[signo];
  if (slot.isTaken.exchange(true)) {
    errno = EBUSY;
    return -1;
  }
  reset(signo);
  struct sigaction action {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | (restart ? SA_RESTART : 0);
  // Every other signal waits while it runs: one counter is enough to be interrupted by.
  sigfillset(&action.sa_mask);
  const int installed = ::sigaction(signo, &action, &slot.before);
  if (installed != 0) slot.isTaken = false;
  return installed;
}

void CaughtSignal::restore(int signo) {
  Slot& slot = slots[signo];
  if (!slot.isTaken) return;
  ::sigaction(signo, &slot.before, nullptr);
  slot.isTaken = false;
}

uint64_t CaughtSignal::count(int signo) { return slots[signo].ended.load(std::memory_order_acquire); }

std::vector<SignalFacts> CaughtSignal::facts(int signo) {
  std::vector<SignalFacts> facts;
  const size_t begun = std::min<uint64_t>(slots[signo].begun.load(std::memory_order_acquire), keptFacts);
  for (size_t index = 0; index < begun; ++index) {
    const Entry& entry = slots[signo].entries[index];
    if (entry.isWritten.load(std::memory_order_acquire)) facts.push_back(entry.facts);
  }
  return facts;
}

void CaughtSignal::reset(int signo) {
  Slot& slot = slots[signo];
  for (Entry& entry : slot.entries) entry.isWritten.store(false, std::memory_order_relaxed);
  slot.ended.store(0, std::memory_order_relaxed);
  slot.begun.store(0, std::memory_order_release);
}

void CaughtSignal::forgetAll() {
  for (Slot& slot : slots) slot.isTaken = false;
}

}  // namespace ipcbench::sys
