#include "relay.h"

#include <poll.h>

#include <cstring>

#include "byte_io.h"
#include "faulty_wire.h"

namespace ipcbench {
namespace {

/** Longest silence of a stream that is taken for the end of what there is; see deliver.cc. */
constexpr int streamPatienceMs = 100;

/** Reads from the sender and cuts what it reads into messages, by the same plan that the sender follows. */
class Intake {
 public:
  static Result<Intake> create(const Options& options, const Endpoint& from, FaultyWire& wire) {
    auto memory = MappedBuffer::ofBytes(size_t{largestBytes(options)} + 65536);
    if (!memory) return memory.failure();
    return Intake(options, from, wire, std::move(*memory));
  }

  /** Reads once and hands on what is whole; 0 at the end of file. */
  Result<int64_t> readOnce() {
    uint64_t calls = 0;
    const int64_t got = readSome(fd_, memory_.bytes() + filled_, memory_.size() - filled_, calls);
    if (got < 0) return Failure::ofCall("read", static_cast<int>(-got));
    if (got == 0) return got;
    if (Status handedOn = handOn(static_cast<size_t>(got)); !handedOn) return handedOn.failure();
    return got;
  }

 private:
  Intake(const Options& options, const Endpoint& from, FaultyWire& wire, MappedBuffer memory)
      : options_(options), fd_(from.readFd()), wire_(wire), memory_(std::move(memory)) {}

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
  int fd_;
  FaultyWire& wire_;
  MappedBuffer memory_;
  size_t filled_ = 0;
};

/** The way back: bytes or packets as they come. False at the end of file. */
Result<bool> passBack(const Endpoint& from, Endpoint& to, const MappedBuffer& memory) {
  uint64_t calls = 0;
  size_t accepted = 0;
  const int64_t got = readSome(from.readFd(), memory.bytes(), memory.size(), calls);
  if (got < 0) return Failure::ofCall("read", static_cast<int>(-got));
  if (got == 0) {
    to.closeWriting();
    return false;
  }
  const int64_t sent = writeAll(to.writeFd(), memory.bytes(), static_cast<size_t>(got), calls, accepted);
  if (sent < 0) return Failure::ofCall("write", static_cast<int>(-sent));
  return true;
}

bool isReadable(int fd, int patienceMs) {
  pollfd waiting{fd, POLLIN, 0};
  return ::poll(&waiting, 1, patienceMs) == 1;
}

/** Everything that the sender had sent is handed on, and the harness told so. A stalled relay says nothing: it hangs.
 */
Status drain(Intake& intake, FaultyWire& wire, int fd, bool& isOpen, const Launch& launch) {
  launch.progress.enter(Phase::draining);
  const int patienceMs = launch.options.framing == Framing::stream ? streamPatienceMs : 0;
  while (isOpen && !wire.isStalled() && isReadable(fd, patienceMs)) {
    auto got = intake.readOnce();
    if (!got) return got.failure();
    isOpen = *got != 0;
  }
  if (wire.isStalled()) return Nothing{};
  if (Status flushed = isOpen ? wire.flush() : wire.end(); !flushed) return flushed;
  launch.control.drained();
  return Nothing{};
}

}  // namespace

Failure runRelay(Endpoint& a, Endpoint& b, const Launch& launch) {
  const Options& options = launch.options;
  const bool isFromInitiator = options.sender == Role::initiator;
  Endpoint& from = isFromInitiator ? a : b;
  Endpoint& to = isFromInitiator ? b : a;
  auto wire = FaultyWire::create(options, to);
  if (!wire) return wire.failure();
  auto intake = Intake::create(options, from, *wire);
  if (!intake) return intake.failure();
  auto back = MappedBuffer::ofBytes(size_t{largestBytes(options)} + 65536);
  if (!back) return back.failure();

  launch.progress.enter(Phase::window);
  bool isForwardOpen = true, isBackOpen = true;
  for (;;) {
    // poll passes over a descriptor of -1. One that has ended would be readable for ever, with nothing in it.
    const bool isForwardAwaited = isForwardOpen && !wire->isStalled();
    pollfd waiting[3] = {{launch.control.fd(), POLLIN, 0},
                         {isForwardAwaited ? from.readFd() : -1, POLLIN, 0},
                         {isBackOpen ? to.readFd() : -1, POLLIN, 0}};
    if (::poll(waiting, 3, -1) < 0) {
      if (errno == EINTR) continue;
      return Failure::ofCall("poll", errno);
    }
    if (waiting[1].revents != 0) {
      auto got = intake->readOnce();
      if (!got) return got.failure();
      isForwardOpen = *got != 0;
      launch.progress.count(wire->messages(), wire->bytes());
      if (!isForwardOpen) {
        if (Status ended = wire->end(); !ended) return ended.failure();
      }
    }
    if (waiting[2].revents != 0) {
      auto goesOn = passBack(to, from, *back);
      if (!goesOn) return goesOn.failure();
      isBackOpen = *goesOn;
    }
    if (waiting[0].revents == 0) continue;
    auto word = launch.control.next();
    if (!word) return word.failure();
    if (*word == ControlChannel::Word::drain) {
      if (Status drained = drain(*intake, *wire, from.readFd(), isForwardOpen, launch); !drained)
        return drained.failure();
    }
  }
}

}  // namespace ipcbench
