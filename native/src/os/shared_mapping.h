#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "../options.h"
#include "../phase.h"
#include "../result.h"

namespace ipcbench {

/** One end's own cache line of the shared mapping: what is known of a peer that no longer answers. */
class Progress {
 public:
  explicit Progress(uint64_t* words) : words_(words) {}

  void enter(Phase phase) const { word(0).store(static_cast<uint64_t>(phase), std::memory_order_release); }
  Phase phase() const { return static_cast<Phase>(word(0).load(std::memory_order_acquire)); }
  /** Two relaxed stores a message, to a line that nobody else writes: less than a nanosecond. */
  void count(uint64_t messages, uint64_t bytes) const {
    word(1).store(messages, std::memory_order_relaxed);
    word(2).store(bytes, std::memory_order_relaxed);
  }
  void pid(uint64_t pid) const { word(3).store(pid, std::memory_order_release); }
  uint64_t pid() const { return word(3).load(std::memory_order_acquire); }

  /** The low half of the phase word, for futex(2). */
  uint32_t* phaseFutex() const { return reinterpret_cast<uint32_t*>(words_); }

 private:
  std::atomic_ref<uint64_t> word(size_t index) const { return std::atomic_ref<uint64_t>(words_[index]); }
  uint64_t* words_;
};

/** The memory that the harness and all processes of a launch share; the harness can read it after a peer was killed. */
class SharedMapping {
 public:
  static constexpr uint64_t magic = 0x31424350492e4c;
  static constexpr uint64_t notSet = UINT64_MAX;

  SharedMapping(SharedMapping&& other) noexcept;
  ~SharedMapping();

  static Result<SharedMapping> attach(int fd);

  Progress progressOf(Role role) const { return Progress(word(64 + 64 * static_cast<size_t>(role))); }

  /** `seq` will be the first message inside the window; told before the message before it is sent. */
  void openWindowAt(uint64_t seq) const { firstInWindow().store(seq, std::memory_order_release); }
  /** `seq` will be the last message of the launch; told before it is sent. */
  void endAt(uint64_t seq) const { lastOfLaunch().store(seq, std::memory_order_release); }
  uint64_t windowOpensAt() const { return firstInWindow().load(std::memory_order_acquire); }
  uint64_t endsAt() const { return lastOfLaunch().load(std::memory_order_acquire); }

  /** Enters `phase` and wakes who waits for it. */
  void enterAndWake(Role self, Phase phase) const;
  /** Sleeps, using no CPU, until `role` is past its window. */
  void waitUntilPastWindow(Role role) const;

  unsigned char* logOf(Role role) const { return bytes_ + logsAt + (role == Role::responder ? logBytes_ : 0); }
  size_t logBytes() const { return logBytes_; }

 private:
  static constexpr size_t logsAt = 4096;
  SharedMapping(unsigned char* bytes, size_t size) : bytes_(bytes), size_(size), logBytes_(*word(8)) {}
  uint64_t* word(size_t offset) const { return reinterpret_cast<uint64_t*>(bytes_ + offset); }
  std::atomic_ref<uint64_t> firstInWindow() const { return std::atomic_ref<uint64_t>(*word(256)); }
  std::atomic_ref<uint64_t> lastOfLaunch() const { return std::atomic_ref<uint64_t>(*word(264)); }

  unsigned char* bytes_;
  size_t size_;
  size_t logBytes_;
};

}  // namespace ipcbench
