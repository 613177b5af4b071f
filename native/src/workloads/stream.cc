#include <algorithm>

#include "../clock.h"
#include "../mailbox.h"
#include "over_channel.h"
#include "workload.h"

namespace ipcbench {
namespace {

/**
 * Sends without pause until the window is over. The time is looked at once in about 75 us, however long a message
 * takes: a clock read for each would be 2 % of a 64 B message.
 */
template <Verify verify, class Channel>
Result<Measured> sendStream(Channel& channel, const Launch& launch) {
  auto out = Outbox<verify>::create(launch.options.sender, launch.options.sizeBytes, launch.payload);
  if (!out) return out.failure();

  uint64_t seq = 0;
  int64_t sent = 0;
  const int64_t start = monotonicNs();
  uint64_t batch = 1;
  const auto sendUntil = [&](int64_t until) {
    for (int64_t now = start; now < until;) {
      for (uint64_t left = batch; left != 0; --left) {
        sent = out->sendNext(channel);
        if (sent < 0) [[unlikely]]
          return false;
        ++seq;
        launch.progress.count(seq, seq * launch.options.sizeBytes);
      }
      now = monotonicNs();
      constexpr int64_t betweenLooksNs = 75'000;
      const auto fitting =
          static_cast<uint64_t>(static_cast<double>(seq) * betweenLooksNs / static_cast<double>(now - start + 1));
      // Twice at most: the first messages only fill an empty buffer.
      batch = std::clamp<uint64_t>(fitting, 1, 2 * batch);
    }
    return true;
  };
  const auto failed = [&] { return Failure::ofCall("write", static_cast<int>(-sent)); };

  launch.progress.enter(Phase::warmUp);
  if (!sendUntil(start + static_cast<int64_t>(launch.options.warmupUs) * 1000)) return failed();

  launch.progress.enter(Phase::window);
  const uint64_t first = seq;
  Measured measured;
  measured.before = launch.meter.now();
  const uint64_t callsBefore = channel.calls();
  const int64_t opened = monotonicNs();
  launch.mapping.openWindowAt(first);
  if (!sendUntil(opened + static_cast<int64_t>(launch.options.windowUs) * 1000)) return failed();
  // Once the time is over, the window still waits for the messages that its figure needs; the last one, below, is one
  // of them.
  const int64_t longestUntil = opened + static_cast<int64_t>(launch.options.longestUs) * 1000;
  while (seq - first + 1 < launch.options.leastMessages && monotonicNs() < longestUntil) {
    sent = out->sendNext(channel);
    if (sent < 0) return failed();
    ++seq;
    launch.progress.count(seq, seq * launch.options.sizeBytes);
  }
  // The last message closes what the first one opened: it is inside too, even where no time was left for any other.
  launch.mapping.endAt(seq);
  sent = out->sendNext(channel);
  if (sent < 0) return failed();
  ++seq;
  measured.windowNs = monotonicNs() - opened;
  measured.after = launch.meter.now();
  measured.syscalls = channel.calls() - callsBefore;
  measured.messages = seq - first;
  measured.bytes = measured.messages * launch.options.sizeBytes;

  // The receiver still measures. Writing a result and exiting would take its CPU from it, so this end sleeps till it is
  // done.
  launch.progress.enter(Phase::draining);
  launch.mapping.waitUntilPastWindow(partnerOf(launch.options.role));
  return measured;
}

/**
 * The receiver keeps the time: from the arrival of the window's first message to that of the last. The first one opens
 * the clock and is not counted: its bytes came before.
 */
template <Verify verify, class Channel>
Result<Measured> receiveStream(Channel& channel, const Launch& launch) {
  auto in = Inbox<verify>::create(launch.options.sender, launch.options.sizeBytes, launch.payload);
  if (!in) return in.failure();

  uint64_t seq = 0;
  launch.progress.enter(Phase::warmUp);
  for (;; ++seq) {
    if (!in->receiveNext(channel)) [[unlikely]]
      return in->failure();
    launch.progress.count(seq + 1, (seq + 1) * launch.options.sizeBytes);
    if (seq == launch.mapping.windowOpensAt()) [[unlikely]]
      break;
  }

  launch.progress.enter(Phase::window);
  const uint64_t first = seq;
  Measured measured;
  measured.before = launch.meter.now();
  const uint64_t callsBefore = channel.calls();
  const int64_t opened = monotonicNs();
  do {
    if (!in->receiveNext(channel)) [[unlikely]]
      return in->failure();
    ++seq;
    launch.progress.count(seq + 1, (seq + 1) * launch.options.sizeBytes);
  } while (seq != launch.mapping.endsAt());
  measured.windowNs = monotonicNs() - opened;
  measured.after = launch.meter.now();
  measured.syscalls = channel.calls() - callsBefore;
  measured.messages = seq - first;
  measured.bytes = measured.messages * launch.options.sizeBytes;
  launch.mapping.enterAndWake(launch.options.role, Phase::draining);
  return measured;
}

Result<Measured> run(Endpoint& endpoint, const Launch& launch, Histogram&) {
  return overChannel(endpoint, launch.options, [&]<Verify verify>(auto& channel) {
    return launch.options.role == launch.options.sender ? sendStream<verify>(channel, launch)
                                                        : receiveStream<verify>(channel, launch);
  });
}

}  // namespace

Workload stream() { return {"stream", run}; }

}  // namespace ipcbench
