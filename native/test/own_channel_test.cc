#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>

#include "../src/channel.h"
#include "../src/clock.h"
#include "../src/faulty_wire.h"
#include "../src/wait_for_input.h"
#include "check.h"

using namespace ipcbench;

namespace {

/** A channel without descriptors: what was sent comes back. */
class QueueChannel {
 public:
  int64_t send(const void* bytes, size_t size) {
    messages_.emplace_back(static_cast<const char*>(bytes), size);
    return static_cast<int64_t>(size);
  }
  int64_t send(iovec head, iovec tail) {
    std::string message(static_cast<const char*>(head.iov_base), head.iov_len);
    message.append(static_cast<const char*>(tail.iov_base), tail.iov_len);
    return send(message.data(), message.size());
  }
  int64_t receive(void* buffer, size_t, size_t capacity) { return receiveSome(buffer, capacity); }
  int64_t receiveSome(void* buffer, size_t capacity) {
    if (messages_.empty()) return 0;
    const std::string message = messages_.front();
    messages_.pop_front();
    std::memcpy(buffer, message.data(), std::min(capacity, message.size()));
    return static_cast<int64_t>(message.size());
  }
  size_t accepted() const { return 0; }
  uint64_t calls() const { return 0; }
  void closeWriting() { isClosed_ = true; }
  bool hasInput() const {
    ++asked;
    return !messages_.empty() || isClosed_ || asked == readyWhenAsked;
  }

  mutable int asked = 0;
  int readyWhenAsked = -1;

 private:
  std::deque<std::string> messages_;
  bool isClosed_ = false;
};
static_assert(IsChannel<QueueChannel>);

}  // namespace

TEST("a wait asks a channel without descriptors until it has something") {
  QueueChannel channel;
  channel.readyWhenAsked = 3;
  AwaitedInput inputs[2] = {AwaitedInput::of(channel)};
  CHECK_EQUAL(waitForInput(inputs, -1), 1);
  CHECK_EQUAL(channel.asked, 3);
  CHECK(inputs[0].isReady && !inputs[1].isReady);
}

TEST("a wait for a channel without descriptors ends with its time") {
  QueueChannel channel;
  AwaitedInput input = AwaitedInput::of(channel);
  CHECK_EQUAL(waitForInput({&input, 1}, 0), 0);
  const int64_t start = monotonicNs();
  CHECK_EQUAL(waitForInput({&input, 1}, 5), 0);
  CHECK(monotonicNs() - start >= 5'000'000);
}

TEST("a wait sees the descriptor beside a channel without one") {
  int fds[2];
  CHECK_EQUAL(::pipe(fds), 0);
  QueueChannel channel;
  AwaitedInput inputs[2] = {AwaitedInput::of(channel)};
  inputs[1].fd = fds[0];
  CHECK_EQUAL(::write(fds[1], "x", 1), 1);
  CHECK_EQUAL(waitForInput(inputs, -1), 1);
  CHECK(!inputs[0].isReady && inputs[1].isReady);
  ::close(fds[0]), ::close(fds[1]);
}

TEST("a faulty wire goes through a channel of any kind") {
  Options options{};
  options.fault = Fault::duplicate;
  options.faultAt = 1;
  options.framing = Framing::message;
  options.sizeBytes = options.maxSizeBytes = 40;
  QueueChannel channel;
  RelayedChannel to(channel);
  auto wire = FaultyWire::create(options, to);
  unsigned char message[40] = {};
  for (const char letter : {'a', 'b', 'c'}) {
    std::memset(message, letter, sizeof message);
    CHECK(static_cast<bool>(wire->pass(message, sizeof message)));
  }
  CHECK(static_cast<bool>(wire->end()));
  std::string seen;
  for (int64_t got; (got = channel.receiveSome(message, sizeof message)) > 0;)
    seen += std::to_string(got) + static_cast<char>(message[0]);
  CHECK_EQUAL(seen, "40a40b40b40c");
  CHECK(channel.hasInput());
}
