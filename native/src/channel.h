#pragma once
#include <concepts>

#include "byte_io.h"
#include "descriptor_end.h"
#include "options.h"

namespace ipcbench {

/**
 * What the loops are written over: each loop once, for any way to move bytes.
 *
 *   send(bytes, size)                    size, or -errno
 *   send(head, tail)                     the same for two parts of one message
 *   receive(buffer, size, capacity)      what came of a message of `size` bytes, 0 at the end of file, or -errno
 *   receiveSome(buffer, capacity)        what one read gives: a message, or some bytes of a stream
 *   accepted()                           after a failed send: how much of the message the transport had taken
 *   calls()                              system calls made to move bytes
 *   closeWriting()                       the other end meets the end of file, where the transport has one
 *   pollFd() or hasInput()               a descriptor that poll(2) finds readable; or, without one, whether
 *                                        receiveSome would return at once
 *
 * A channel that a transport opens itself also says which `framing` it has.
 */
template <class T>
concept IsChannel = requires(T channel, const T& looked, void* buffer, const void* bytes, size_t size, iovec part) {
  { channel.send(bytes, size) } -> std::same_as<int64_t>;
  { channel.send(part, part) } -> std::same_as<int64_t>;
  { channel.receive(buffer, size, size) } -> std::same_as<int64_t>;
  { channel.receiveSome(buffer, size) } -> std::same_as<int64_t>;
  { looked.accepted() } -> std::same_as<size_t>;
  { looked.calls() } -> std::same_as<uint64_t>;
  channel.closeWriting();
}
&&(
    requires(const T& looked) {
      { looked.pollFd() } -> std::same_as<int>;
    } ||
    requires(const T& looked) {
      { looked.hasInput() } -> std::same_as<bool>;
    });

/** A run of bytes: a message is complete when all its bytes are. */
class StreamChannel {
 public:
  explicit StreamChannel(DescriptorEnd& end) : end_(end), readFd_(end.readFd()), writeFd_(end.writeFd()) {}

  int64_t send(const void* bytes, size_t size) { return writeAll(writeFd_, bytes, size, calls_, accepted_); }
  int64_t send(iovec head, iovec tail) { return writeAll(writeFd_, head, tail, calls_, accepted_); }
  int64_t receive(void* buffer, size_t size, size_t) { return readExactly(readFd_, buffer, size, calls_); }

  /** After a failed send: how much of the message the transport had taken. */
  size_t accepted() const { return accepted_; }
  uint64_t calls() const { return calls_; }
  int64_t receiveSome(void* buffer, size_t capacity) { return readSome(readFd_, buffer, capacity, calls_); }
  void closeWriting() { end_.closeWriting(); }
  int pollFd() const { return readFd_; }

 private:
  DescriptorEnd& end_;
  int readFd_;
  int writeFd_;
  uint64_t calls_ = 0;
  size_t accepted_ = 0;
};

/** One message a call: there is no rest to send or to wait for. */
class MessageChannel {
 public:
  explicit MessageChannel(DescriptorEnd& end) : end_(end), readFd_(end.readFd()), writeFd_(end.writeFd()) {}

  int64_t send(const void* bytes, size_t size) { return whole(writeSome(writeFd_, bytes, size, calls_), size); }
  int64_t send(iovec head, iovec tail) {
    const iovec parts[2] = {head, tail};
    return whole(writeSome(writeFd_, parts, 2, calls_), head.iov_len + tail.iov_len);
  }
  /** Room for more than the message, so that one that is too long does not look right. */
  int64_t receive(void* buffer, size_t, size_t capacity) { return readSome(readFd_, buffer, capacity, calls_); }

  size_t accepted() const { return accepted_; }
  uint64_t calls() const { return calls_; }
  int64_t receiveSome(void* buffer, size_t capacity) { return readSome(readFd_, buffer, capacity, calls_); }
  void closeWriting() { end_.closeWriting(); }
  int pollFd() const { return readFd_; }

 private:
  int64_t whole(int64_t taken, size_t size) {
    accepted_ = taken < 0 ? 0 : static_cast<size_t>(taken);
    // A transport that takes half a message has broken its framing; there is no second half to send.
    return taken < 0 || accepted_ == size ? taken : -EMSGSIZE;
  }

  DescriptorEnd& end_;
  int readFd_;
  int writeFd_;
  uint64_t calls_ = 0;
  size_t accepted_ = 0;
};

static_assert(IsChannel<StreamChannel> && IsChannel<MessageChannel>);

}  // namespace ipcbench
