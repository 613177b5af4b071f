#include "deliver.h"

#include "channel.h"
#include "clock.h"
#include "history_log.h"
#include "stream_cutter.h"
#include "wait_for_input.h"

namespace ipcbench {
namespace {

/**
 * How long a told receiver waits for what is left. What a local socket has taken lies with the receiver at once. A TCP
 * connection may still have it with the sender, so a stream is given time, which costs nothing where it ends as it
 * should.
 */
constexpr int streamPatienceMs = 100;

template <class Channel>
Result<Measured> sendAll(Channel& channel, const Launch& launch, HistoryLog& log) {
  const Options& options = launch.options;
  const auto sender = static_cast<uint16_t>(options.role);
  auto message = MappedBuffer::ofBytes(largestBytes(options));
  if (!message) return message.failure();

  Measured measured;
  measured.before = launch.meter.now();
  const int64_t start = monotonicNs();
  launch.progress.enter(Phase::window);
  for (uint64_t seq = 0; seq < options.messages; ++seq) {
    const uint32_t size = plannedBytes(options, seq);
    launch.payload.fill(message->bytes(), size, sender, seq);
    if (const int64_t sent = channel.send(message->bytes(), size); sent < 0) {
      const int error = static_cast<int>(-sent);
      log.sendUnknown(sender, seq, channel.accepted(), error);
      log.failed(HistoryLog::Call::write, error);
      return Failure::ofCall("write", error);
    }
    log.sent(sender, seq, size);
    measured.bytes += size;
    launch.progress.count(seq + 1, measured.bytes);
  }
  uint64_t accepted = options.messages;
  if (options.beyondBytes != 0) {
    // Larger than the transport says it takes: a refusal is an answer, and what it accepts it has to deliver.
    launch.payload.fill(message->bytes(), options.beyondBytes, sender, accepted);
    if (const int64_t sent = channel.send(message->bytes(), options.beyondBytes); sent < 0) {
      log.sendUnknown(sender, accepted, channel.accepted(), static_cast<int>(-sent));
    } else {
      log.sent(sender, accepted++, options.beyondBytes);
    }
  }
  measured.windowNs = monotonicNs() - start;
  measured.after = launch.meter.now();
  measured.messages = options.messages;
  measured.syscalls = channel.calls();

  // The write side is closed, but this process stays: an end of file that only the death of the sender brings is not
  // the one that was promised, and a receiver that hangs for want of it must be seen to hang.
  channel.closeWriting();
  launch.progress.enter(Phase::draining);
  launch.control.sent(accepted);
  if (Status released = launch.control.waitForGo("when all was sent"); !released) return released.failure();
  return measured;
}

/** Takes packets from a channel that keeps them apart. */
class PacketSource {
 public:
  static Result<PacketSource> create(Inspector& inspector) {
    // Twice the largest: two packets that were merged into one are seen whole.
    auto memory = MappedBuffer::ofBytes(2 * size_t{inspector.maxBytes()} + 64);
    if (!memory) return memory.failure();
    return PacketSource(inspector, std::move(*memory));
  }
  template <class Channel>
  int64_t readFrom(Channel& channel) {
    const int64_t got = channel.receiveSome(memory_.bytes(), memory_.size());
    if (got > 0) inspector_.packet(memory_.bytes(), static_cast<size_t>(got));
    return got;
  }
  void end() {}

 private:
  PacketSource(Inspector& inspector, MappedBuffer memory) : inspector_(inspector), memory_(std::move(memory)) {}
  Inspector& inspector_;
  MappedBuffer memory_;
};

/** Takes bytes from a stream. */
class ByteSource {
 public:
  static Result<ByteSource> create(Inspector& inspector) {
    auto cutter = StreamCutter::create(inspector);
    if (!cutter) return cutter.failure();
    return ByteSource(std::move(*cutter));
  }
  template <class Channel>
  int64_t readFrom(Channel& channel) {
    const int64_t got = channel.receiveSome(cutter_.room(), cutter_.roomBytes());
    if (got > 0) cutter_.took(static_cast<size_t>(got));
    return got;
  }
  void end() { cutter_.end(); }

 private:
  explicit ByteSource(StreamCutter cutter) : cutter_(std::move(cutter)) {}
  StreamCutter cutter_;
};

template <class Source, class Channel>
Result<Measured> receiveAll(Channel& channel, const Launch& launch, HistoryLog& log, int patienceMs) {
  Inspector inspector(launch.options, launch.payload, log);
  auto source = Source::create(inspector);
  if (!source) return source.failure();
  Measured measured;
  measured.before = launch.meter.now();
  const int64_t start = monotonicNs();
  launch.progress.enter(Phase::window);
  for (bool isSenderDone = false;;) {
    AwaitedInput inputs[2] = {AwaitedInput::of(channel)};
    if (!isSenderDone) inputs[1].fd = launch.control.fd();
    const int ready = waitForInput(inputs, isSenderDone ? patienceMs : -1);
    if (ready < 0) {
      log.failed(HistoryLog::Call::poll, -ready);
      return Failure::ofCall("poll", -ready);
    }
    if (ready == 0) {
      source->end();
      log.drained();
      break;
    }
    if (inputs[1].isReady) {
      auto word = launch.control.next();
      if (!word) return word.failure();
      isSenderDone = *word == ControlChannel::Word::drain;
      if (isSenderDone) launch.progress.enter(Phase::draining);
    }
    if (!inputs[0].isReady) continue;
    const int64_t got = source->readFrom(channel);
    if (got < 0) {
      source->end();
      log.failed(HistoryLog::Call::read, static_cast<int>(-got));
      return Failure::ofCall("read", static_cast<int>(-got));
    }
    if (got == 0) {
      source->end();
      log.endOfFile();
      break;
    }
    launch.progress.count(inspector.messages(), inspector.bytes());
  }
  measured.windowNs = monotonicNs() - start;
  measured.after = launch.meter.now();
  measured.syscalls = channel.calls();
  measured.messages = inspector.messages();
  measured.bytes = inspector.bytes();
  return measured;
}

}  // namespace

Result<Measured> sendChecked(Endpoint& endpoint, const Launch& launch) {
  auto log = HistoryLog::over(launch.mapping.logOf(launch.options.role), launch.mapping.logBytes());
  if (!log) return log.failure();
  const auto send = [&](auto& channel) { return sendAll(channel, launch, *log); };
  return withChannel(endpoint, launch.options.framing, send);
}

Result<Measured> receiveChecked(Endpoint& endpoint, const Launch& launch) {
  auto log = HistoryLog::over(launch.mapping.logOf(launch.options.role), launch.mapping.logBytes());
  if (!log) return log.failure();
  const auto receive = [&](auto& channel) {
    if (launch.options.framing == Framing::message) return receiveAll<PacketSource>(channel, launch, *log, 0);
    return receiveAll<ByteSource>(channel, launch, *log, streamPatienceMs);
  };
  return withChannel(endpoint, launch.options.framing, receive);
}

}  // namespace ipcbench
