#include "../clock.h"
#include "../mailbox.h"
#include "over_channel.h"
#include "workload.h"

namespace ipcbench {
namespace {

/**
 * One message there, one back, and so on; a round trip lasts from before the write to after the check of the whole
 * reply. One clock read a round trip: the end of one is the start of the next.
 */
template <Verify verify, class Channel>
Result<Measured> initiatePingPong(Channel& channel, const Launch& launch, Histogram& latency) {
  auto out = Outbox<verify>::create(Role::initiator, launch.options.sizeBytes, launch.payload);
  if (!out) return out.failure();
  auto in = Inbox<verify>::create(Role::responder, launch.options.sizeBytes, launch.payload);
  if (!in) return in.failure();

  uint64_t seq = 0;
  int64_t sent = 0;
  const auto isRoundTrip = [&] {
    sent = out->sendNext(channel);
    if (sent < 0 || !in->receiveNext(channel)) [[unlikely]]
      return false;
    ++seq;
    launch.progress.count(seq, seq * launch.options.sizeBytes);
    return true;
  };
  const auto failed = [&] { return sent < 0 ? Failure::ofCall("write", static_cast<int>(-sent)) : in->failure(); };

  launch.progress.enter(Phase::warmUp);
  const int64_t warmUntil = monotonicNs() + static_cast<int64_t>(launch.options.warmupUs) * 1000;
  do {
    if (!isRoundTrip()) return failed();
  } while (monotonicNs() < warmUntil);

  // One more that is not measured: before it answers, the responder takes its expenses.
  launch.mapping.openWindowAt(seq + 1);
  if (!isRoundTrip()) return failed();

  launch.progress.enter(Phase::window);
  const uint64_t first = seq;
  Measured measured;
  measured.latency = &latency;
  measured.before = launch.meter.now();
  const uint64_t callsBefore = channel.calls();
  const int64_t start = monotonicNs();
  const int64_t until = start + static_cast<int64_t>(launch.options.windowUs) * 1000;
  const int64_t longestUntil = start + static_cast<int64_t>(launch.options.longestUs) * 1000;
  int64_t previous = start;
  // Once the time is over, the window still waits for the round trips that its figure needs: a slow launch has a figure
  // too.
  const auto isOver = [&] {
    return previous >= until && (seq - first >= launch.options.leastMessages || previous >= longestUntil);
  };
  do {
    if (!isRoundTrip()) return failed();
    const int64_t now = monotonicNs();
    latency.record(now - previous);
    previous = now;
  } while (!isOver());
  measured.after = launch.meter.now();
  measured.syscalls = channel.calls() - callsBefore;
  measured.windowNs = previous - start;
  measured.messages = seq - first;
  measured.bytes = measured.messages * launch.options.sizeBytes;

  launch.progress.enter(Phase::draining);
  launch.mapping.endAt(seq);
  if (!isRoundTrip()) return failed();
  return measured;
}

/** Checks each message and answers it with one of its own, until the last. */
template <Verify verify, class Channel>
Result<Measured> respondPingPong(Channel& channel, const Launch& launch) {
  auto out = Outbox<verify>::create(Role::responder, launch.options.sizeBytes, launch.payload);
  if (!out) return out.failure();
  auto in = Inbox<verify>::create(Role::initiator, launch.options.sizeBytes, launch.payload);
  if (!in) return in.failure();

  Measured measured;
  uint64_t first = SharedMapping::notSet, callsBefore = 0;
  int64_t start = 0;
  launch.progress.enter(Phase::warmUp);
  for (uint64_t seq = 0;; ++seq) {
    const uint64_t callsSoFar = channel.calls();
    if (!in->receiveNext(channel)) [[unlikely]]
      return in->failure();
    const bool isBeforeWindow = seq + 1 == launch.mapping.windowOpensAt();
    if (isBeforeWindow) [[unlikely]] {
      launch.progress.enter(Phase::window);
      first = seq + 1;
      measured.before = launch.meter.now();
      start = monotonicNs();
    }
    const bool isLast = seq == launch.mapping.endsAt();
    if (isLast) [[unlikely]] {
      measured.windowNs = monotonicNs() - start;
      measured.after = launch.meter.now();
      measured.syscalls = callsSoFar - callsBefore;
      measured.messages = seq - first;
      launch.progress.enter(Phase::draining);
    }
    if (const int64_t sent = out->sendNext(channel); sent < 0) [[unlikely]]
      return Failure::ofCall("write", static_cast<int>(-sent));
    launch.progress.count(seq + 1, (seq + 1) * launch.options.sizeBytes);
    if (isBeforeWindow) callsBefore = channel.calls();
    if (isLast) break;
  }
  measured.bytes = measured.messages * launch.options.sizeBytes;
  return measured;
}

Result<Measured> run(Endpoint& endpoint, const Launch& launch, Histogram& latency) {
  return overChannel(endpoint, launch.options, [&]<Verify verify>(auto& channel) {
    return launch.options.role == Role::initiator ? initiatePingPong<verify>(channel, launch, latency)
                                                  : respondPingPong<verify>(channel, launch);
  });
}

}  // namespace

Workload pingPong() { return {"ping-pong", run}; }

}  // namespace ipcbench
