#pragma once
#include <cstdint>

#include "pattern.h"

namespace ipcbench::sys {

/** Sizes from `from` to `to`, both included, the same for the same seed. */
class RandomSize {
 public:
  RandomSize(uint64_t seed, int64_t from, int64_t to)
      : state_(mix(seed)), from_(from), span_(static_cast<uint64_t>(to - from) + 1) {}
  int64_t next() {
    if (span_ == 1) return from_;
    state_ = mix(state_);
    return from_ + static_cast<int64_t>(state_ % span_);
  }

 private:
  uint64_t state_;
  int64_t from_;
  uint64_t span_;
};

}  // namespace ipcbench::sys
