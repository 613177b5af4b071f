#include "relay.h"

#include <cstring>

#include "faulty_wire.h"
#include "wait_for_input.h"

namespace ipcbench {
namespace {

/** Longest silence of a stream that is taken for the end of what there is; see deliver.cc. */
constexpr int streamPatienceMs = 100;

/** Reads from the sender and cuts what it reads into messages, by the same plan that the sender follows. */
class Intake {
 public:
  static Result<Intake> create(const Options& options, RelayedEnd& from, FaultyWire& wire) {
    auto memory = MappedBuffer::ofBytes(size_t{largestBytes(options)} + 65536);
    if (!memory) return memory.failure();
    return Intake(options, from, wire, std::move(*memory));
  }

  /** Reads once and hands on what is whole; 0 at the end of file. */
  Result<int64_t> readOnce() {
    const int64_t got = from_.receiveSome(memory_.bytes() + filled_, memory_.size() - filled_);
    if (got < 0) return Failure::ofCall("read", static_cast<int>(-got));
    if (got == 0) return got;
    if (Status handedOn = handOn(static_cast<size_t>(got)); !handedOn) return handedOn.failure();
    return got;
  }

 private:
  Intake(const Options& options, RelayedEnd& from, FaultyWire& wire, MappedBuffer memory)
      : options_(options), from_(from), wire_(wire), memory_(std::move(memory)) {}

  Status handOn(size_t got) {
    if (options_.framing == Framing::message) return wire_.pass(memory_.bytes(), got);
    if (options_.fault == Fault::transparent) return wire_.passInPieces(memory_.bytes(), got);
    filled_ += got;
    size_t start = 0;
    while (!wire_.isStalled()) {
      const size_t size = plannedBytes(options_, wire_.messages());
      if (filled_ - start < size) break;
      if (Status passed = wire_.pass(memory_.bytes() + start, size); !passed) return passed;
      start += size;
    }
    std::memmove(memory_.bytes(), memory_.bytes() + start, filled_ - start);
    filled_ -= start;
    return Nothing{};
  }

  const Options& options_;
  RelayedEnd& from_;
  FaultyWire& wire_;
  MappedBuffer memory_;
  size_t filled_ = 0;
};

/** The way back: bytes or packets as they come. False at the end of file. */
Result<bool> passBack(RelayedEnd& from, RelayedEnd& to, const MappedBuffer& memory) {
  const int64_t got = from.receiveSome(memory.bytes(), memory.size());
  if (got < 0) return Failure::ofCall("read", static_cast<int>(-got));
  if (got == 0) {
    to.closeWriting();
    return false;
  }
  const int64_t sent = to.send(memory.bytes(), static_cast<size_t>(got));
  if (sent < 0) return Failure::ofCall("write", static_cast<int>(-sent));
  return true;
}

bool isReadable(const RelayedEnd& end, int patienceMs) {
  AwaitedInput input = end.awaited();
  return waitForInput({&input, 1}, patienceMs) == 1;
}

/** Everything that the sender had sent is handed on, and the harness told so. A stalled relay says nothing: it hangs.
 */
Status drain(Intake& intake, FaultyWire& wire, const RelayedEnd& from, bool& isOpen, const Launch& launch) {
  launch.progress.enter(Phase::draining);
  const int patienceMs = launch.options.framing == Framing::stream ? streamPatienceMs : 0;
  while (isOpen && !wire.isStalled() && isReadable(from, patienceMs)) {
    auto got = intake.readOnce();
    if (!got) return got.failure();
    isOpen = *got != 0;
  }
  if (wire.isStalled()) return Nothing{};
  if (Status flushed = isOpen ? wire.flush() : wire.end(); !flushed) return flushed;
  launch.control.drained();
  return Nothing{};
}

Failure relayBetween(RelayedEnd& a, RelayedEnd& b, const Launch& launch) {
  const Options& options = launch.options;
  const bool isFromInitiator = options.sender == Role::initiator;
  RelayedEnd& from = isFromInitiator ? a : b;
  RelayedEnd& to = isFromInitiator ? b : a;
  auto wire = FaultyWire::create(options, to);
  if (!wire) return wire.failure();
  auto intake = Intake::create(options, from, *wire);
  if (!intake) return intake.failure();
  auto back = MappedBuffer::ofBytes(size_t{largestBytes(options)} + 65536);
  if (!back) return back.failure();

  launch.progress.enter(Phase::window);
  bool isForwardOpen = true, isBackOpen = true;
  for (;;) {
    // What has ended would be readable for ever, with nothing in it.
    AwaitedInput inputs[3] = {{launch.control.fd()}};
    if (isForwardOpen && !wire->isStalled()) inputs[1] = from.awaited();
    if (isBackOpen) inputs[2] = to.awaited();
    if (const int ready = waitForInput(inputs, -1); ready < 0) return Failure::ofCall("poll", -ready);
    if (inputs[1].isReady) {
      auto got = intake->readOnce();
      if (!got) return got.failure();
      isForwardOpen = *got != 0;
      launch.progress.count(wire->messages(), wire->bytes());
      if (!isForwardOpen) {
        if (Status ended = wire->end(); !ended) return ended.failure();
      }
    }
    if (inputs[2].isReady) {
      auto goesOn = passBack(to, from, *back);
      if (!goesOn) return goesOn.failure();
      isBackOpen = *goesOn;
    }
    if (!inputs[0].isReady) continue;
    auto word = launch.control.next();
    if (!word) return word.failure();
    if (*word == ControlChannel::Word::drain) {
      if (Status drained = drain(*intake, *wire, from, isForwardOpen, launch); !drained) return drained.failure();
    }
  }
}

}  // namespace

Failure runRelay(Endpoint& a, Endpoint& b, const Launch& launch) {
  const Framing framing = launch.options.framing;
  return withChannel(a, framing, [&](auto& channelA) {
    RelayedChannel endA(channelA);
    return withChannel(b, framing, [&](auto& channelB) {
      RelayedChannel endB(channelB);
      return relayBetween(endA, endB, launch);
    });
  });
}

}  // namespace ipcbench
