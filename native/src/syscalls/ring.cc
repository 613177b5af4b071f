#include "ring.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "program/futex.h"

namespace ipcbench::sys {
namespace {

// The kernel is the other side of these words.
uint32_t acquire(void* ring, uint32_t offset) {
  return std::atomic_ref(*reinterpret_cast<uint32_t*>(static_cast<uint8_t*>(ring) + offset))
      .load(std::memory_order_acquire);
}

void release(void* ring, uint32_t offset, uint32_t value) {
  std::atomic_ref(*reinterpret_cast<uint32_t*>(static_cast<uint8_t*>(ring) + offset))
      .store(value, std::memory_order_release);
}

}  // namespace

int Ring::open(unsigned entries) {
  UniqueFd fd(static_cast<int>(::syscall(SYS_io_uring_setup, entries, &params_)));
  if (!fd.isOpen()) return -1;
  // One mapping for both rings: Linux 5.4.
  if ((params_.features & IORING_FEAT_SINGLE_MMAP) == 0) {
    errno = ENOSYS;
    return -1;
  }
  ringsBytes_ = std::max(params_.sq_off.array + params_.sq_entries * sizeof(uint32_t),
                         params_.cq_off.cqes + params_.cq_entries * sizeof(io_uring_cqe));
  void* rings =
      ::mmap(nullptr, ringsBytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd.get(), IORING_OFF_SQ_RING);
  if (rings == MAP_FAILED) return -1;
  void* submissions = ::mmap(nullptr, params_.sq_entries * sizeof(io_uring_sqe), PROT_READ | PROT_WRITE,
                             MAP_SHARED | MAP_POPULATE, fd.get(), IORING_OFF_SQES);
  if (submissions == MAP_FAILED) {
    ::munmap(rings, ringsBytes_);
    return -1;
  }
  rings_ = rings;
  submissions_ = static_cast<io_uring_sqe*>(submissions);
  fd_ = std::move(fd);
  return 0;
}

void Ring::close() {
  if (!isOpen()) return;
  if (!cancelAll()) {
    // The kernel still writes to these bytes, so they may not be freed. A leak, of what one close could not end.
    new std::map<uint64_t, RingEntry>(std::move(inFlight_));
  }
  ::munmap(submissions_, params_.sq_entries * sizeof(io_uring_sqe));
  ::munmap(rings_, ringsBytes_);
  fd_.reset();
  inFlight_.clear();
}

int Ring::submit(std::vector<RingEntry> entries) {
  if (entries.size() > params_.sq_entries) {
    errno = EBUSY;
    return -1;
  }
  for (const RingEntry& entry : entries) {
    if (!inFlight_.contains(entry.userData)) continue;
    errno = EINVAL;
    return -1;
  }
  uint32_t tail = acquire(rings_, params_.sq_off.tail);
  const uint32_t mask = params_.sq_entries - 1;
  auto* order = reinterpret_cast<uint32_t*>(static_cast<uint8_t*>(rings_) + params_.sq_off.array);
  for (RingEntry& given : entries) {
    const uint64_t number = given.userData;
    RingEntry& entry = inFlight_[number] = std::move(given);
    io_uring_sqe& submission = submissions_[tail & mask];
    submission = {};
    submission.opcode = entry.opcode;
    submission.fd = entry.fd;
    submission.flags = entry.isLinked ? IOSQE_IO_LINK : 0;
    submission.user_data = number;
    if (entry.opcode == IORING_OP_POLL_ADD) {
      submission.poll_events = static_cast<uint16_t>(entry.flags);
    } else if (entry.opcode == IORING_OP_ASYNC_CANCEL) {
      submission.addr = entry.target;
    } else if (entry.opcode != IORING_OP_NOP) {
      submission.addr = reinterpret_cast<uint64_t>(entry.bytes.data());
      submission.len = static_cast<uint32_t>(entry.bytes.size());
      submission.msg_flags = entry.flags;
    }
    order[tail & mask] = tail & mask;
    ++tail;
  }
  release(rings_, params_.sq_off.tail, tail);
  return static_cast<int>(::syscall(SYS_io_uring_enter, fd_.get(), entries.size(), 0, 0, nullptr, 0));
}

int Ring::wait(unsigned count, int timeoutMs, std::vector<RingCompletion>& completions) {
  const int64_t deadlineNs = nowNs() + timeoutMs * INT64_C(1000000);
  for (;;) {
    take(completions);
    const int64_t leftNs = deadlineNs - nowNs();
    if (completions.size() >= count || leftNs <= 0) return 0;
    pollfd entry{fd_.get(), POLLIN, 0};
    if (::poll(&entry, 1, static_cast<int>((leftNs + 999999) / 1000000)) < 0) return -1;
    // Work that the kernel has left for this thread to do is done inside of this call.
    if (::syscall(SYS_io_uring_enter, fd_.get(), 0, 0, IORING_ENTER_GETEVENTS, nullptr, 0) < 0) return -1;
  }
}

bool Ring::cancelAll() {
  std::vector<RingEntry> cancels;
  for (const auto& each : inFlight_) {
    RingEntry cancel;
    cancel.opcode = IORING_OP_ASYNC_CANCEL;
    cancel.target = each.first;
    // No number that a caller can give: those are integers of JavaScript.
    cancel.userData = UINT64_MAX - cancels.size();
    cancels.push_back(cancel);
  }
  for (size_t at = 0; at < cancels.size(); at += params_.sq_entries) {
    const size_t count = std::min<size_t>(params_.sq_entries, cancels.size() - at);
    if (submit({cancels.begin() + static_cast<ptrdiff_t>(at), cancels.begin() + static_cast<ptrdiff_t>(at + count)}) <
        0)
      return false;
  }
  std::vector<RingCompletion> ignored;
  const int64_t deadlineNs = nowNs() + INT64_C(1000000000);
  while (!inFlight_.empty() && nowNs() < deadlineNs) {
    if (wait(static_cast<unsigned>(ignored.size() + 1), 100, ignored) != 0 && errno != EINTR) return false;
  }
  return inFlight_.empty();
}

void Ring::take(std::vector<RingCompletion>& completions) {
  uint32_t head = acquire(rings_, params_.cq_off.head);
  const uint32_t tail = acquire(rings_, params_.cq_off.tail);
  const auto* all = reinterpret_cast<const io_uring_cqe*>(static_cast<uint8_t*>(rings_) + params_.cq_off.cqes);
  for (; head != tail; ++head) {
    const io_uring_cqe& each = all[head & (params_.cq_entries - 1)];
    RingCompletion completion{each.user_data, each.res, std::nullopt};
    auto entry = inFlight_.extract(each.user_data);
    if (!entry.empty() && entry.mapped().opcode == IORING_OP_RECV && each.res >= 0) {
      entry.mapped().bytes.resize(static_cast<size_t>(each.res));
      completion.received = std::move(entry.mapped().bytes);
    }
    completions.push_back(std::move(completion));
  }
  release(rings_, params_.cq_off.head, head);
}

}  // namespace ipcbench::sys
