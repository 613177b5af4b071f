#pragma once
#include <atomic>
#include <cstdint>

namespace ipcbench::sys {

// Not FUTEX_PRIVATE: the words lie in memory that processes share.

/** Until `word` is not `seen` any more, or is woken, or CLOCK_MONOTONIC passes `deadlineNs`. */
void futexWait(std::atomic<int32_t>& word, int32_t seen, int64_t deadlineNs);
void futexWake(std::atomic<int32_t>& word);

int64_t nowNs();

}  // namespace ipcbench::sys
