#include "wait_for_input.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>

#include "clock.h"

namespace ipcbench {
namespace {

constexpr size_t mostInputs = 3;
/** How often a channel without a descriptor is asked. */
constexpr int betweenAsksMs = 1;

/** Marks what is ready now or within `timeoutMs`. */
int lookOnce(std::span<AwaitedInput> inputs, int timeoutMs) {
  pollfd waiting[mostInputs];
  const size_t count = std::min(inputs.size(), mostInputs);
  // poll passes over a descriptor of -1.
  for (size_t at = 0; at < count; ++at) waiting[at] = {inputs[at].fd, POLLIN, 0};
  if (::poll(waiting, count, timeoutMs) < 0) return -errno;
  int ready = 0;
  for (size_t at = 0; at < count; ++at) {
    AwaitedInput& input = inputs[at];
    input.isReady = input.hasInput == nullptr ? waiting[at].revents != 0 : input.hasInput(input.channel);
    if (input.isReady) ++ready;
  }
  return ready;
}

}  // namespace

int waitForInput(std::span<AwaitedInput> inputs, int timeoutMs) {
  const bool isAsking = std::ranges::any_of(inputs, [](const auto& input) { return input.hasInput != nullptr; });
  const int64_t until = monotonicNs() + int64_t{timeoutMs} * 1'000'000;
  // What is asked is asked at once, and then again and again.
  for (int sleepMs = isAsking ? 0 : timeoutMs;; sleepMs = isAsking ? betweenAsksMs : timeoutMs) {
    const int ready = lookOnce(inputs, sleepMs);
    if (ready == -EINTR) continue;
    if (ready != 0 || !isAsking) return ready;
    if (timeoutMs >= 0 && monotonicNs() >= until) return 0;
  }
}

}  // namespace ipcbench
