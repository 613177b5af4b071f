#include "faulty_wire.h"

#include <poll.h>
#include <sched.h>

#include <algorithm>
#include <cstring>

#include "byte_io.h"
#include "message.h"
#include "payload.h"

namespace ipcbench {

Result<FaultyWire> FaultyWire::create(const Options& options, Endpoint& to) {
  auto held = MappedBuffer::ofBytes(2 * size_t{options.maxSizeBytes});
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
  if (index < options_.faultAt || isDone_) return send(message, size);
  return passFaulty(message, size);
}

/** `message` is the one that the fault is for, or follows it because that one could not have it. */
Status FaultyWire::passFaulty(unsigned char* message, size_t size) {
  switch (options_.fault) {
    case Fault::transparent:
    case Fault::dropLast: return send(message, size);
    case Fault::dropOne: isDone_ = true; return Nothing{};
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
    case Fault::flipHeader: isDone_ = true; message[size >= fullHeaderBytes ? offsetof(Header, seq) : 0] ^= 1; return send(message, size);
    case Fault::flipPayload:
      if (size > headerBytesOf(size)) {
        isDone_ = true;
        message[size - 1] ^= 1;
      }
      return send(message, size);
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
    case Fault::stall: isStalled_ = true; return Nothing{};
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
  if (options_.fault == Fault::dropLast) heldBytes_ = 0;
  return sendHeld();
}

Status FaultyWire::end() {
  if (isStalled_ || isEnded_) return Nothing{};
  if (Status flushed = flush(); !flushed) return flushed;
  isEnded_ = true;
  to_.closeWriting();
  return Nothing{};
}

Status FaultyWire::send(const unsigned char* bytes, size_t size) {
  uint64_t calls = 0;
  size_t accepted = 0;
  const int64_t sent = options_.framing == Framing::message ? writeSome(to_.writeFd(), bytes, size, calls) : writeAll(to_.writeFd(), bytes, size, calls, accepted);
  if (sent < 0) return Failure::ofCall("write", static_cast<int>(-sent));
  return Nothing{};
}

Status FaultyWire::sendHeld() {
  const size_t size = heldBytes_;
  heldBytes_ = 0;
  if (size == 0) return Nothing{};
  return send(held_.bytes(), size);
}

void FaultyWire::hold(const unsigned char* message, size_t size) {
  std::memcpy(held_.bytes(), message, size);
  heldBytes_ = size;
}

uint64_t FaultyWire::random() { return scramble(random_++); }

/** Lets others run, and now and then sleeps for a millisecond: what a busy machine does to any two processes. */
void FaultyWire::dawdle() {
  const uint64_t choice = random() % 1024;
  if (choice == 0) ::poll(nullptr, 0, 1);
  if (choice < 128) ::sched_yield();
}

}  // namespace ipcbench
