#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "op_reader.h"
#include "pattern.h"
#include "random_size.h"
#include "waiter.h"

namespace ipcbench::sys {
namespace {

constexpr int64_t largestCall = INT64_C(64) << 20;

WaitKind waitKind(OpReader& reader) {
  const std::string kind = reader.choiceOr("wait", {"poll", "level", "edge", "spin"}, "poll");
  return kind == "edge"    ? WaitKind::edge
         : kind == "level" ? WaitKind::level
         : kind == "spin"  ? WaitKind::spin
                           : WaitKind::poll;
}

/** What writing and reading have in common. */
struct PatternOp : Op {
  PatternOp(OpReader& reader, int64_t mostBytes)
      : fd(reader.fd("fd")),
        seed(static_cast<uint64_t>(reader.integer("seed", 0, UINT32_MAX))),
        total(mostBytes),
        from(reader.integer("from", 1, largestCall)),
        to(reader.integerOr("to", from, largestCall, from)),
        kind(waitKind(reader)),
        timeoutMs(static_cast<int>(reader.integerOr("timeoutMs", 1, INT32_MAX, 10000))),
        buffer(static_cast<size_t>(reader.isWrong() ? 0 : to)) {}

  static constexpr const char* names[] = {"bytes", "calls", "short", "interrupted", "refused", "firstMismatch"};
  enum Count { bytesCount, callsCount, shortCount, interruptedCount, refusedCount, mismatchCount };

  /** Of a call that failed: true when it is to be made again. */
  bool goesOn(Machine& machine, Waiter& waiter) {
    if (errno == EINTR) {
      machine.count(interruptedCount, ++interrupted);
      return true;
    }
    if (errno != EAGAIN) return false;
    machine.count(refusedCount, ++refused);
    return waiter.wait(timeoutMs);
  }
  void begin(Machine& machine) {
    done = calls = shorts = interrupted = refused = 0;
    for (int which = 0; which < mismatchCount; ++which) machine.count(static_cast<size_t>(which), 0);
  }
  void tookPart(Machine& machine, int64_t count, size_t wanted) {
    done += count;
    machine.count(bytesCount, done);
    if (static_cast<size_t>(count) < wanted) machine.count(shortCount, ++shorts);
  }

  Operand fd;
  uint64_t seed;
  int64_t total, from, to;
  WaitKind kind;
  int timeoutMs;
  std::vector<uint8_t> buffer;
  int64_t done = 0, calls = 0, shorts = 0, interrupted = 0, refused = 0;
};

struct WritePattern final : PatternOp {
  explicit WritePattern(OpReader& reader) : PatternOp(reader, reader.integer("bytes", 0, largestSafeInteger)) {}
  std::span<const char* const> countNames() const override { return {names, mismatchCount}; }
  int64_t run(Machine& machine) override {
    begin(machine);
    Waiter waiter;
    if (waiter.open(machine.fd(fd), kind, POLLOUT) != 0) return -1;
    RandomSize sizes(seed + 1, from, to);
    while (done < total) {
      const auto wanted = static_cast<size_t>(std::min(sizes.next(), total - done));
      fillPattern(buffer.data(), wanted, seed, static_cast<uint64_t>(done));
      const ssize_t count = ::write(machine.fd(fd), buffer.data(), wanted);
      machine.count(callsCount, ++calls);
      if (count >= 0) {
        tookPart(machine, count, wanted);
      } else if (!goesOn(machine, waiter)) {
        return -1;
      }
    }
    return done;
  }
};

struct ReadPattern final : PatternOp {
  explicit ReadPattern(OpReader& reader)
      : PatternOp(reader, reader.integerOr("bytes", 0, largestSafeInteger, INT64_MAX)) {}
  std::span<const char* const> countNames() const override { return names; }
  int64_t run(Machine& machine) override {
    begin(machine);
    int64_t mismatch = -1;
    machine.count(mismatchCount, mismatch);
    Waiter waiter;
    if (waiter.open(machine.fd(fd), kind, POLLIN) != 0) return -1;
    RandomSize sizes(seed + 2, from, to);
    while (done < total) {
      const auto wanted = static_cast<size_t>(std::min(sizes.next(), total - done));
      const ssize_t count = ::read(machine.fd(fd), buffer.data(), wanted);
      machine.count(callsCount, ++calls);
      if (count == 0) break;
      if (count > 0) {
        const int64_t found =
            mismatch < 0 ? firstMismatch(buffer.data(), static_cast<size_t>(count), seed, static_cast<uint64_t>(done))
                         : -1;
        if (found >= 0) machine.count(mismatchCount, mismatch = done + found);
        tookPart(machine, count, wanted);
      } else if (!goesOn(machine, waiter)) {
        return -1;
      }
    }
    return done;
  }
};

/** An int64 there and back, one more at each hop. */
struct PingPong final : Op {
  explicit PingPong(OpReader& reader)
      : in(reader.fd("read")),
        out(reader.fd("write")),
        until(reader.integer("until", 1, largestSafeInteger)),
        isFirst(reader.isTrue("first")) {}
  int64_t run(Machine& machine) override {
    int64_t value = 0;
    if (isFirst && !put(machine.fd(out), ++value)) return -1;
    while (value < until) {
      if (!get(machine.fd(in), value)) return -1;
      if (value >= until) break;
      if (!put(machine.fd(out), ++value)) return -1;
    }
    return value;
  }
  static bool put(int fd, int64_t value) {
    for (;;) {
      const ssize_t count = ::write(fd, &value, sizeof value);
      if (count == sizeof value) return true;
      if (count >= 0) errno = EMSGSIZE;
      if (count >= 0 || errno != EINTR) return false;
    }
  }
  static bool get(int fd, int64_t& value) {
    size_t have = 0;
    while (have < sizeof value) {
      const ssize_t count = ::read(fd, reinterpret_cast<uint8_t*>(&value) + have, sizeof value - have);
      if (count > 0) have += static_cast<size_t>(count);
      if (count == 0) errno = ENODATA;
      if (count == 0 || (count < 0 && errno != EINTR)) return false;
    }
    return true;
  }
  Operand in, out;
  int64_t until;
  bool isFirst;
};

constexpr OpMaker makers[] = {
    {"writePattern", makeOp<WritePattern>}, {"readPattern", makeOp<ReadPattern>}, {"pingPong", makeOp<PingPong>}};

}  // namespace

std::span<const OpMaker> patternOps() { return makers; }

}  // namespace ipcbench::sys
