#include "control_channel.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>

#include "byte_io.h"
#include "json_line.h"

namespace ipcbench {
namespace {

constexpr int exitedWithHarness = 3;
constexpr int longestLingerMs = 2000;

// A signal handler reaches nothing but globals; one process is one peer, so there is one control channel to watch.
std::atomic<int> watched{-1};

/**
 * POLLRDHUP, not a peek: the end must also be seen while words that nobody has read yet lie before it. Both are in
 * POSIX's list of what a handler may call.
 */
void endIfHarnessIsGone(int) {
  const int savedError = errno;
  pollfd control{watched.load(std::memory_order_relaxed), POLLRDHUP, 0};
  if (control.fd >= 0 && ::poll(&control, 1, 0) == 1 && (control.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) {
    ::_exit(exitedWithHarness);
  }
  errno = savedError;
}

/** `after` - `before`, null where the system tells neither. */
int64_t spent(int64_t before, int64_t after) { return before < 0 || after < 0 ? -1 : after - before; }

void latencyInto(JsonLine& line, const Histogram& histogram) {
  line.beginObject("latency").number("significantDigits", 3);
  line.number("highestTrackableNs", Histogram::highestTrackableNs);
  line.number("overflow", static_cast<int64_t>(histogram.overflow()));
  line.number("minNs", static_cast<int64_t>(histogram.minNs()));
  line.number("maxNs", static_cast<int64_t>(histogram.maxNs()));
  line.number("sumNs", static_cast<int64_t>(histogram.sumNs()));
  line.beginArray("bins");
  for (uint32_t bin = 0; bin < Histogram::binCount; ++bin) {
    if (const uint64_t count = histogram.countAt(bin); count != 0) line.number(lowestOfBin(bin)).number(count);
  }
  line.endArray().endObject();
}

void costsInto(JsonLine& line, const Measured& measured) {
  const Expense &before = measured.before, &after = measured.after;
  line.beginObject("costs");
  line.number("cpuNs", after.cpuNs - before.cpuNs);
  line.number("syscalls", static_cast<int64_t>(measured.syscalls));
  line.number("voluntarySwitches", after.voluntarySwitches - before.voluntarySwitches);
  line.number("involuntarySwitches", after.involuntarySwitches - before.involuntarySwitches);
  line.number("minorFaults", after.minorFaults - before.minorFaults);
  line.number("majorFaults", after.majorFaults - before.majorFaults);
  line.numberOrNull("runDelayNs", spent(before.runDelayNs, after.runDelayNs));
  line.numberOrNull("maxRssBytes", CostMeter::maxRssBytes());
  line.endObject();
}

}  // namespace

Status ControlChannel::endWithHarness() {
  watched.store(fd_, std::memory_order_relaxed);
  struct sigaction action = {};
  action.sa_handler = endIfHarnessIsGone;
  action.sa_flags = SA_RESTART;  // a word that arrives must not disturb the measured calls
  // SIGIO itself and not a real-time signal: those queue, and what does not fit the queue kills the process.
  if (::sigaction(SIGIO, &action, nullptr) != 0) return Failure::ofCall("sigaction", errno);
  const int flags = ::fcntl(fd_, F_GETFL);
  if (flags < 0 || ::fcntl(fd_, F_SETOWN, ::getpid()) != 0 || ::fcntl(fd_, F_SETFL, flags | O_ASYNC) != 0)
    return Failure::ofCall("fcntl", errno);
  isArmed_ = true;
  // What happened before the descriptor was armed sends no signal.
  endIfHarnessIsGone(SIGIO);
  return Nothing{};
}

void ControlChannel::stopEndingWithHarness() {
  watched.store(-1, std::memory_order_relaxed);
  if (!isArmed_) return;
  isArmed_ = false;
  const int flags = ::fcntl(fd_, F_GETFL);
  if (flags >= 0) ::fcntl(fd_, F_SETFL, flags & ~O_ASYNC);
}

void ControlChannel::ready() { JsonLine(fd_).string("type", "ready").number("pid", ::getpid()); }

void ControlChannel::sent(uint64_t messages) {
  JsonLine(fd_).string("type", "sent").number("messages", static_cast<int64_t>(messages));
}

void ControlChannel::drained() { JsonLine(fd_).string("type", "drained"); }

void ControlChannel::result(const Measured& measured, Verify verified) {
  // A harness that has its result may close the channel before this process is gone: that is no failure.
  stopEndingWithHarness();
  {
    JsonLine line(fd_);
    line.string("type", "result");
    line.number("messages", static_cast<int64_t>(measured.messages));
    line.number("bytes", static_cast<int64_t>(measured.bytes));
    line.number("windowNs", measured.windowNs);
    if (measured.latency == nullptr) {
      line.null("latency");
    } else {
      latencyInto(line, *measured.latency);
    }
    costsInto(line, measured);
    line.string("verified", verified == Verify::full ? "full" : "header");
  }
  lingerUntilRead();
}

void ControlChannel::error(const Failure& failure, Phase phase) {
  stopEndingWithHarness();
  {
    JsonLine line(fd_);
    line.string("type", "error").string("message", failure.message);
    if (failure.error == 0) {
      line.null("code").null("syscall").null("errno");
    } else {
      line.string("code", errorName(failure.error)).string("syscall", failure.syscall).number("errno", -failure.error);
    }
    line.string("phase", nameOf(phase));
  }
  lingerUntilRead();
}

/**
 * A word on its way to a peer that has gone gives the harness EPIPE, and Node then throws away what it had not read:
 * the last line. So this end says that it is done, and waits for the harness to read that and close.
 */
void ControlChannel::lingerUntilRead() {
  ::shutdown(fd_, SHUT_WR);
  char word[64];
  for (pollfd control{fd_, POLLIN, 0}; ::poll(&control, 1, longestLingerMs) == 1;) {
    uint64_t calls = 0;
    if (readSome(fd_, word, sizeof word, calls) <= 0) return;
  }
}

Status ControlChannel::waitForGo(const char* when) {
  auto word = next();
  if (!word) return word.failure();
  if (*word != Word::go) return Failure::ofSentence("The harness sent something other than 'go' %s.", when);
  return Nothing{};
}

Result<ControlChannel::Word> ControlChannel::next() {
  char word[16];
  size_t length = 0;
  // One byte a read: what follows the newline is the next word, and stays in the socket for the poll that waits for it.
  for (;;) {
    char byte;
    uint64_t calls = 0;
    if (readSome(fd_, &byte, 1, calls) <= 0) return Failure::ofHarnessGone();
    if (byte == '\n') break;
    if (length < sizeof word - 1) word[length++] = byte;
  }
  word[length] = '\0';
  if (std::strcmp(word, "go") == 0) return Word::go;
  if (std::strcmp(word, "drain") == 0) return Word::drain;
  return Word::unknown;
}

}  // namespace ipcbench
