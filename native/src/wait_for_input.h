#pragma once
#include <span>

namespace ipcbench {

/** A channel that a wait looks at; by default none. */
struct AwaitedInput {
  int fd = -1;                              // polled; -1 where there is none
  bool (*hasInput)(const void*) = nullptr;  // asked where the channel has no descriptor to poll
  const void* channel = nullptr;
  bool isReady = false;

  template <class Channel>
  static AwaitedInput of(const Channel& channel) {
    if constexpr (requires { channel.pollFd(); }) {
      return {channel.pollFd()};
    } else {
      const auto ask = [](const void* asked) { return static_cast<const Channel*>(asked)->hasInput(); };
      return {-1, ask, &channel};
    }
  }
};

/**
 * Sleeps until an input has something to read or has ended, and marks those that are. At most three inputs. Gives how
 * many are ready, 0 after `timeoutMs` (-1 is for ever), or -errno.
 */
int waitForInput(std::span<AwaitedInput> inputs, int timeoutMs);

}  // namespace ipcbench
