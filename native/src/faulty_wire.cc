#include "faulty_wire.h"

#include <poll.h>
#include <sched.h>

#include <algorithm>
#include <cstring>

#include "message.h"
#include "payload.h"

namespace ipcbench {
namespace {

constexpr size_t pageBytes = 4096;
constexpr size_t staleBytes = 64;
/** Of fewer bytes, foreign ones may be the right ones by chance. */
constexpr size_t fewestBytes = 8;

}  // namespace

Result<FaultyWire> FaultyWire::create(const Options& options, RelayedEnd& to) {
  auto held = MappedBuffer::ofBytes(2 * size_t{largestBytes(options)});
  if (!held) return held.failure();
  return FaultyWire(options, to, std::move(*held));
}

Status FaultyWire::pass(unsigned char* message, size_t size) {
  bytes_ += size;
  const uint64_t index = index_++;
  if (isEnded_) return Nothing{};
  if (options_.fault == Fault::transparent) {
    dawdle();
    return send(message, size);
  }
  if (options_.fault == Fault::dropLast) {
    // Which message is the last is known when no other follows, so that each waits for the next.
    if (Status sent = sendHeld(); !sent) return sent;
    hold(message, size);
    return Nothing{};
  }
  if (options_.fault == Fault::foreignPayload || options_.fault == Fault::staleTail) {
    if (index >= options_.faultAt && !isDone_) {
      overwrite(message, size);
    } else if (!isDone_ && size > heldBytes_) {
      // The largest so far: it has bytes enough for the next.
      hold(message, size);
    }
    return send(message, size);
  }
  if (options_.fault == Fault::hoard) {
    hoard_.insert(hoard_.end(), message, message + size);
    hoardedSizes_.push_back(size);
    return Nothing{};
  }
  if (options_.fault == Fault::dropAll) return Nothing{};
  if (index < options_.faultAt || isDone_) return send(message, size);
  return passFaulty(message, size);
}

/** `message` is the one that the fault is for, or follows it because that one could not have it. */
Status FaultyWire::passFaulty(unsigned char* message, size_t size) {
  switch (options_.fault) {
    case Fault::transparent:
    case Fault::dropLast:
    case Fault::dropAll:
    case Fault::foreignPayload:
    case Fault::staleTail:
    case Fault::hoard:
    case Fault::noEof:
      return send(message, size);
    case Fault::dropOne:
      isDone_ = true;
      return Nothing{};
    case Fault::duplicate: {
      isDone_ = true;
      if (Status sent = send(message, size); !sent) return sent;
      return send(message, size);
    }
    case Fault::swap: {
      if (!isHolding()) {
        hold(message, size);
        return Nothing{};
      }
      isDone_ = true;
      if (Status sent = send(message, size); !sent) return sent;
      return sendHeld();
    }
    case Fault::delay:
    case Fault::duplicateLate: {
      if (!isHolding()) {
        hold(message, size);
        if (options_.fault == Fault::delay) return Nothing{};
        return send(message, size);
      }
      if (Status sent = send(message, size); !sent) return sent;
      if (index_ - 1 - heldIndex_ < options_.faultExtent) return Nothing{};
      isDone_ = true;
      return sendHeld();
    }
    case Fault::flipHeader:
      isDone_ = true;
      message[size >= fullHeaderBytes ? offsetof(Header, seq) : 0] ^= 1;
      return send(message, size);
    case Fault::flipPayload:
      if (size > headerBytesOf(size)) {
        isDone_ = true;
        message[size - 1] ^= 1;
      }
      return send(message, size);
    case Fault::zeroPage: {
      const size_t zeroes = std::min(pageBytes, size - headerBytesOf(size));
      isDone_ = zeroes >= fewestBytes;
      if (isDone_) std::memset(message + size - zeroes, 0, zeroes);
      return send(message, size);
    }
    case Fault::truncate:
      isDone_ = size > 1;
      return send(message, size > 1 ? size / 2 : size);
    case Fault::merge: {
      if (!isHolding()) {
        hold(message, size);
        return Nothing{};
      }
      isDone_ = true;
      std::memcpy(held_.bytes() + heldBytes_, message, size);
      heldBytes_ += size;
      return sendHeld();
    }
    case Fault::split: {
      isDone_ = size > 1;
      if (!isDone_) return send(message, size);
      if (Status sent = send(message, size / 2); !sent) return sent;
      return send(message + size / 2, size - size / 2);
    }
    case Fault::stall:
      isStalled_ = true;
      return Nothing{};
    case Fault::pause:
      isDone_ = true;
      ::poll(nullptr, 0, static_cast<int>(options_.faultExtent));
      return send(message, size);
    case Fault::earlyEof:
      // The sender is not told: what it still writes is read and thrown away.
      isEnded_ = true;
      to_.closeWriting();
      return Nothing{};
  }
  return Nothing{};
}

Status FaultyWire::passInPieces(const unsigned char* bytes, size_t size) {
  bytes_ += size;
  while (size != 0) {
    // Any power of two is as likely as the next: single bytes, and whole pipes.
    const size_t piece = std::min<size_t>(size, 1 + (random() & ((uint64_t{1} << (random() % 17)) - 1)));
    dawdle();
    if (Status sent = send(bytes, piece); !sent) return sent;
    bytes += piece;
    size -= piece;
  }
  return Nothing{};
}

Status FaultyWire::flush() {
  size_t start = 0;
  for (const size_t size : hoardedSizes_) {
    if (Status sent = send(hoard_.data() + start, size); !sent) return sent;
    start += size;
  }
  hoardedSizes_.clear();
  // The last message is the one that is lost; what was kept to be copied from has gone out already.
  if (options_.fault == Fault::dropLast || options_.fault == Fault::foreignPayload ||
      options_.fault == Fault::staleTail)
    heldBytes_ = 0;
  return sendHeld();
}

Status FaultyWire::end() {
  if (isStalled_ || isEnded_) return Nothing{};
  if (Status flushed = flush(); !flushed) return flushed;
  isEnded_ = true;
  if (options_.fault != Fault::noEof) to_.closeWriting();
  return Nothing{};
}

Status FaultyWire::send(const unsigned char* bytes, size_t size) {
  const int64_t sent = to_.send(bytes, size);
  if (sent < 0) return Failure::ofCall("write", static_cast<int>(-sent));
  return Nothing{};
}

Status FaultyWire::sendHeld() {
  const size_t size = heldBytes_;
  heldBytes_ = 0;
  if (size == 0) return Nothing{};
  return send(held_.bytes(), size);
}

void FaultyWire::overwrite(unsigned char* message, size_t size) {
  const size_t header = headerBytesOf(size);
  const bool isTail = options_.fault == Fault::staleTail;
  const size_t wanted = isTail ? std::min(staleBytes, size - header) : size - header;
  if (wanted < fewestBytes || heldBytes_ < headerBytesOf(heldBytes_) + wanted) return;
  isDone_ = true;
  const size_t from = isTail ? heldBytes_ - wanted : headerBytesOf(heldBytes_);
  std::memcpy(message + size - wanted, held_.bytes() + from, wanted);
}

void FaultyWire::hold(const unsigned char* message, size_t size) {
  std::memcpy(held_.bytes(), message, size);
  heldBytes_ = size;
  heldIndex_ = index_ - 1;
}

uint64_t FaultyWire::random() { return scramble(random_++); }

/** Lets others run, and now and then sleeps for a millisecond: what a busy machine does to any two processes. */
void FaultyWire::dawdle() {
  const uint64_t choice = random() % 1024;
  if (choice == 0) ::poll(nullptr, 0, 1);
  if (choice < 128) ::sched_yield();
}

}  // namespace ipcbench
