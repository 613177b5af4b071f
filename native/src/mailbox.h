#pragma once
#include <cinttypes>

#include "channel.h"
#include "mapped_buffer.h"
#include "options.h"
#include "payload.h"

namespace ipcbench {

/** Messages of one size, as one sender writes them, in the order of their sequence numbers. */
template <Verify verify>
class Outbox {
 public:
  static Result<Outbox> create(Role sender, uint32_t size, const PayloadTemplate& payload) {
    auto memory = MappedBuffer::ofBytes(size);
    if (!memory) return memory.failure();
    payload.fill(memory->bytes(), size, static_cast<uint16_t>(sender), 0);
    return Outbox(std::move(*memory), static_cast<uint16_t>(sender), payload);
  }

  template <class Channel>
  int64_t sendNext(Channel& channel) {
    const size_t size = memory_.size();
    unsigned char* message = memory_.bytes();
    series_.writeTo(message);
    const uint64_t seq = series_.seq();
    series_.advance();
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
      : memory_(std::move(memory)),
        series_(sender, static_cast<uint32_t>(memory_.size())),
        payload_(&payload),
        sender_(sender) {}

  MappedBuffer memory_;
  HeaderSeries series_;
  const PayloadTemplate* payload_;
  uint16_t sender_;
};

/** Where the partner's messages of one size arrive and are checked, in the order they must come. */
template <Verify verify>
class Inbox {
 public:
  static Result<Inbox> create(Role sender, uint32_t size, const PayloadTemplate& payload) {
    // A message that is longer than planned must have room to be so.
    auto memory = MappedBuffer::ofBytes(size + tooLong);
    if (!memory) return memory.failure();
    return Inbox(std::move(*memory), size, static_cast<uint16_t>(sender), payload);
  }

  /** True when the next message has come and is what the partner sent; else failure() says what happened. */
  template <class Channel>
  [[nodiscard]] bool receiveNext(Channel& channel) {
    got_ = channel.receive(memory_.bytes(), size_, size_ + tooLong);
    if (got_ != static_cast<int64_t>(size_) || !series_.isAt(memory_.bytes())) [[unlikely]]
      return false;
    if constexpr (verify == Verify::full) {
      const size_t header = headerBytesOf(size_);
      if (payload_->firstDamage(memory_.bytes() + header, size_ - header, sender_, series_.seq()) >= 0) [[unlikely]]
        return false;
    } else {
      touch(memory_.bytes(), size_);
    }
    series_.advance();
    return true;
  }

  Failure failure() const {
    if (got_ < 0) return Failure::ofCall("read", static_cast<int>(-got_));
    const uint64_t seq = series_.seq();
    if (got_ == 0) return Failure::ofSentence("The partner closed the channel before message %" PRIu64 ".", seq);
    if (got_ != static_cast<int64_t>(size_))
      return Failure::ofSentence("Message %" PRIu64 " has %" PRId64 " bytes instead of %u.", seq, got_, size_);
    const char* part =
        series_.isAt(memory_.bytes()) ? "its payload differs" : "its header is damaged or out of sequence";
    return Failure::ofSentence("Message %" PRIu64 " is not what was sent: %s.", seq, part);
  }

 private:
  static constexpr uint32_t tooLong = 64;
  Inbox(MappedBuffer memory, uint32_t size, uint16_t sender, const PayloadTemplate& payload)
      : memory_(std::move(memory)), series_(sender, size), payload_(&payload), size_(size), sender_(sender) {}

  MappedBuffer memory_;
  HeaderSeries series_;
  const PayloadTemplate* payload_;
  uint32_t size_;
  uint16_t sender_;
  int64_t got_ = 0;
};

}  // namespace ipcbench
