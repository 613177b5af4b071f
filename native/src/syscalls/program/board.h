#pragma once
#include <napi.h>

#include <atomic>
#include <memory>

#include "mapping.h"

namespace ipcbench::sys {

/** Words with a futex each, shared between the programs and the check. Async-signal-safe. */
class Board {
 public:
  explicit Board(size_t words) : memory_(words * sizeof(Word)), words_(words) {}

  bool isThere() const { return memory_.begin() != nullptr; }
  size_t words() const { return words_; }
  int32_t load(size_t word) const { return at(word).load(std::memory_order_acquire); }
  void store(size_t word, int32_t value);
  /** Without a system call: nobody may wait for this word. Relaxed, so that only a later `store` publishes it. */
  void storeQuietly(size_t word, int32_t value) { at(word).store(value, std::memory_order_relaxed); }
  /** Gives the sum. */
  int32_t add(size_t word, int32_t value);
  /** False when the time ran out. A signal does not end it. */
  bool waitAtLeast(size_t word, int32_t value, int64_t timeoutMs) const;

 private:
  using Word = std::atomic<int32_t>;
  static_assert(Word::is_always_lock_free, "a lock would be in one process only");
  Word& at(size_t word) const { return static_cast<Word*>(memory_.begin())[word]; }

  SharedMemory memory_;
  size_t words_;
};

/** A JavaScript object over it, which keeps it alive. */
Napi::Object boardObject(Napi::Env env, std::shared_ptr<Board> board);
/** nullptr for an object that `boardObject` did not make. */
std::shared_ptr<Board> boardOf(Napi::Env env, Napi::Value value);

}  // namespace ipcbench::sys
