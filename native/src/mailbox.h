#pragma once
#include <cinttypes>

#include "channel.h"
#include "options.h"
#include "payload.h"

namespace ipcbench {

/** One message of fixed size at a time, as one sender writes it. */
template <Verify verify>
class Outbox {
 public:
  static Result<Outbox> create(Role sender, uint32_t size, const PayloadTemplate& payload) {
    auto memory = MappedBuffer::ofBytes(size);
    if (!memory) return memory.failure();
    Outbox box(std::move(*memory), static_cast<uint16_t>(sender), payload);
    payload.fill(box.memory_.bytes(), size, box.sender_, 0);
    return box;
  }

  template <class Channel>
  int64_t send(Channel& channel, uint64_t seq) {
    const size_t size = memory_.size();
    unsigned char* message = memory_.bytes();
    writeHeader(message, sender_, seq, static_cast<uint32_t>(size));
    if constexpr (verify == Verify::full) {
      const size_t header = headerBytesOf(size);
      auto* payload = const_cast<unsigned char*>(payload_->of(sender_, seq));
      // The slice of the template goes out from where it lies. Below a page, copying it costs less than a second part:
      // writev at 64 B takes 11-25 % longer than write.
      if (size > copiedBelow) return channel.send(iovec{message, header}, iovec{payload, size - header});
      std::memcpy(message + header, payload, size - header);
    }
    return channel.send(message, size);
  }

 private:
  static constexpr size_t copiedBelow = 4096;
  Outbox(MappedBuffer memory, uint16_t sender, const PayloadTemplate& payload)
      : memory_(std::move(memory)), sender_(sender), payload_(&payload) {}

  MappedBuffer memory_;
  uint16_t sender_;
  const PayloadTemplate* payload_;
};

/** Where the partner's messages of fixed size arrive and are checked, in the order they must come. */
template <Verify verify>
class Inbox {
 public:
  static Result<Inbox> create(Role sender, uint32_t size, const PayloadTemplate& payload) {
    // A message that is longer than planned must have room to be so.
    auto memory = MappedBuffer::ofBytes(size + tooLong);
    if (!memory) return memory.failure();
    return Inbox(std::move(*memory), size, static_cast<uint16_t>(sender), payload);
  }

  /** True when message `seq` has come and is what the partner sent; else failure() says what happened. */
  template <class Channel>
  [[nodiscard]] bool receive(Channel& channel, uint64_t seq) {
    got_ = channel.receive(memory_.bytes(), size_, size_ + tooLong);
    if (got_ != static_cast<int64_t>(size_) || !isHeaderOf(memory_.bytes(), sender_, seq, size_)) [[unlikely]] return false;
    if constexpr (verify == Verify::full) {
      const size_t header = headerBytesOf(size_);
      return payload_->firstDamage(memory_.bytes() + header, size_ - header, sender_, seq) < 0;
    } else {
      touch(memory_.bytes(), size_);
      return true;
    }
  }

  Failure failure(uint64_t seq) const {
    if (got_ < 0) return Failure::ofCall("read", static_cast<int>(-got_));
    if (got_ == 0) return Failure::ofSentence("The partner closed the channel before message %" PRIu64 ".", seq);
    if (got_ != static_cast<int64_t>(size_)) {
      return Failure::ofSentence("Message %" PRIu64 " has %" PRId64 " bytes instead of %u.", seq, got_, size_);
    }
    if (!isHeaderOf(memory_.bytes(), sender_, seq, size_)) {
      return Failure::ofSentence("Message %" PRIu64 " is not what was sent: its header is damaged or out of sequence.", seq);
    }
    return Failure::ofSentence("Message %" PRIu64 " is not what was sent: its payload differs.", seq);
  }

 private:
  static constexpr size_t tooLong = 64;
  Inbox(MappedBuffer memory, uint32_t size, uint16_t sender, const PayloadTemplate& payload)
      : memory_(std::move(memory)), size_(size), sender_(sender), payload_(&payload) {}

  MappedBuffer memory_;
  uint32_t size_;
  uint16_t sender_;
  const PayloadTemplate* payload_;
  int64_t got_ = 0;
};

}  // namespace ipcbench
