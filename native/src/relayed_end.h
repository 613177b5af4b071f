#pragma once
#include <cstddef>
#include <cstdint>

#include "wait_for_input.h"

namespace ipcbench {

/** One end of a relay: a channel of any kind. Nothing is measured here, so that a virtual call does no harm. */
class RelayedEnd {
 public:
  virtual int64_t receiveSome(void* buffer, size_t capacity) = 0;
  virtual int64_t send(const void* bytes, size_t size) = 0;
  virtual void closeWriting() = 0;
  virtual AwaitedInput awaited() const = 0;

 protected:
  ~RelayedEnd() = default;
};

template <class Channel>
class RelayedChannel final : public RelayedEnd {
 public:
  explicit RelayedChannel(Channel& channel) : channel_(channel) {}
  int64_t receiveSome(void* buffer, size_t capacity) override { return channel_.receiveSome(buffer, capacity); }
  int64_t send(const void* bytes, size_t size) override { return channel_.send(bytes, size); }
  void closeWriting() override { channel_.closeWriting(); }
  AwaitedInput awaited() const override { return AwaitedInput::of(channel_); }

 private:
  Channel& channel_;
};

}  // namespace ipcbench
