#include "machine.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ipcbench::sys {

void Machine::runAll() {
  runBody(0, program_.ops.size(), false);
  state_.head().at.store(static_cast<int32_t>(program_.ops.size()), std::memory_order_release);
}

bool Machine::runBody(size_t begin, size_t end, bool stopsOnError) {
  bool isWell = true;
  for (size_t index = begin; index < end && !hasEnded_; index = program_.ops[index]->after) {
    if (runOne(index)) continue;
    isWell = false;
    if (stopsOnError) break;
  }
  return isWell;
}

bool Machine::runOne(size_t index) {
  Op& op = *program_.ops[index];
  SharedOutcome& outcome = state_.outcome(index);
  const size_t before = current_;
  current_ = index;
  if (!isGrandchild_) state_.head().at.store(static_cast<int32_t>(index), std::memory_order_release);
  keptAt_ = UINT64_MAX;
  errno = 0;
  const int64_t value = op.run(*this);
  const int error = errno;
  current_ = before;
  outcome.value.store(value, std::memory_order_relaxed);
  if (value == -1) {
    outcome.error.store(error, std::memory_order_relaxed);
    outcome.failures.fetch_add(1, std::memory_order_relaxed);
  }
  setRegister(op.reg, value);
  outcome.runs.fetch_add(1, std::memory_order_release);
  return value != -1;
}

void Machine::keep(const void* bytes, size_t length) {
  SharedState::Head& head = state_.head();
  const auto* from = static_cast<const uint8_t*>(bytes);
  // Goes on in the record before while that is the last one: nobody else, a child of ours, has taken the room behind
  // it.
  uint64_t end = keptEnd_;
  if (keptAt_ != UINT64_MAX && end + length <= state_.keepBytes() &&
      head.keptBytes.compare_exchange_strong(end, end + length)) {
    // Nothing may come from nowhere, which memcpy forbids.
    if (length > 0) std::memcpy(state_.kept() + keptEnd_, from, length);
    keptEnd_ += length;
    KeptHeader header;
    std::memcpy(&header, state_.kept() + keptAt_, sizeof header);
    header.length += static_cast<uint32_t>(length);
    std::memcpy(state_.kept() + keptAt_, &header, sizeof header);
    return;
  }
  uint64_t begin = head.keptBytes.load();
  do {
    if (begin + sizeof(KeptHeader) + length > state_.keepBytes()) {
      head.droppedBytes.fetch_add(length);
      return;
    }
  } while (!head.keptBytes.compare_exchange_weak(begin, begin + sizeof(KeptHeader) + length));
  keptAt_ = begin;
  keptEnd_ = begin + sizeof(KeptHeader) + length;
  if (length > 0) std::memcpy(state_.kept() + begin + sizeof(KeptHeader), from, length);
  const KeptHeader header{keptMagic, static_cast<uint32_t>(current_),
                          static_cast<uint32_t>(state_.outcome(current_).runs.load()), static_cast<uint32_t>(length)};
  std::memcpy(state_.kept() + begin, &header, sizeof header);
}

void Machine::dieWithParent() {
  if (outlivesParent_ || parent_ == 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent_) ::kill(::getpid(), SIGKILL);
}

}  // namespace ipcbench::sys
