#pragma once
#include <atomic>
#include <cstdint>

#include "mapping.h"

namespace ipcbench::sys {

constexpr size_t mostCounts = 8;

/** What the runs of one operation came to. Written by whoever runs the program, read at any time. */
struct SharedOutcome {
  std::atomic<uint64_t> runs;
  std::atomic<uint64_t> failures;
  std::atomic<int64_t> value;
  std::atomic<int32_t> error;
  std::atomic<int64_t> counts[mostCounts];
};

/** Before the bytes of each thing that was kept. */
struct KeptHeader {
  uint32_t magic;
  uint32_t op;
  uint32_t run;
  uint32_t length;
};
constexpr uint32_t keptMagic = 0x6b657074;

/** What a running program tells: in memory of its own, so that it survives a SIGKILL of the one who runs it. */
class SharedState {
 public:
  struct Head {
    std::atomic<int32_t> at;
    std::atomic<int32_t> finished;
    std::atomic<int32_t> tid;
    std::atomic<uint64_t> keptBytes;
    std::atomic<uint64_t> droppedBytes;
  };

  SharedState(size_t ops, size_t keepBytes)
      : memory_(sizeof(Head) + ops * sizeof(SharedOutcome) + keepBytes), ops_(ops), keepBytes_(keepBytes) {}

  bool isThere() const { return memory_.begin() != nullptr; }
  Head& head() const { return *static_cast<Head*>(memory_.begin()); }
  SharedOutcome& outcome(size_t op) const {
    return reinterpret_cast<SharedOutcome*>(static_cast<uint8_t*>(memory_.begin()) + sizeof(Head))[op];
  }
  uint8_t* kept() const { return reinterpret_cast<uint8_t*>(&outcome(ops_)); }
  size_t keepBytes() const { return keepBytes_; }

 private:
  SharedMemory memory_;
  size_t ops_;
  size_t keepBytes_;
};

static_assert(std::atomic<uint64_t>::is_always_lock_free, "a lock would be in one process only");

}  // namespace ipcbench::sys
