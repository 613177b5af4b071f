#include <poll.h>
#include <time.h>

#include <cerrno>

#include "futex.h"
#include "op_reader.h"

namespace ipcbench::sys {
namespace {

struct Repeat final : Op {
  explicit Repeat(OpReader& reader)
      : times(reader.integerOr("times", 0, largestSafeInteger, INT64_MAX)),
        stopsOnError(reader.choiceOr("stop", {"on-error"}, "") == "on-error") {
    reader.body("body");
  }
  int64_t run(Machine& machine) override {
    int64_t done = 0;
    while (done < times && !machine.hasEnded()) {
      if (!machine.runBody(machine.bodyBegin(), machine.bodyEnd(), stopsOnError) && stopsOnError) break;
      ++done;
    }
    return done;
  }
  int64_t times;
  bool stopsOnError;
};

struct Store final : Op {
  explicit Store(OpReader& reader) : word(reader.word("word")), value(reader.number("value")) {}
  int64_t run(Machine& machine) override {
    machine.board().store(word, value);
    return 0;
  }
  size_t word;
  int value;
};

struct Add final : Op {
  explicit Add(OpReader& reader) : word(reader.word("word")), value(reader.number("value")) {}
  int64_t run(Machine& machine) override { return machine.board().add(word, value); }
  size_t word;
  int value;
};

struct WaitAtLeast final : Op {
  explicit WaitAtLeast(OpReader& reader)
      : word(reader.word("word")),
        value(reader.number("value")),
        timeoutMs(reader.integerOr("timeoutMs", 0, INT32_MAX, 10000)) {}
  int64_t run(Machine& machine) override {
    if (machine.board().waitAtLeast(word, value, timeoutMs)) return machine.board().load(word);
    errno = ETIMEDOUT;
    return -1;
  }
  size_t word;
  int value;
  int64_t timeoutMs;
};

struct Poll final : Op {
  explicit Poll(OpReader& reader)
      : fd(reader.fd("fd")),
        events(static_cast<short>(reader.number("events"))),
        timeoutMs(static_cast<int>(reader.integer("timeoutMs", -1, INT32_MAX))) {}
  int64_t run(Machine& machine) override {
    pollfd entry{machine.fd(fd), events, 0};
    return ::poll(&entry, 1, timeoutMs) < 0 ? -1 : static_cast<uint16_t>(entry.revents);
  }
  Operand fd;
  short events;
  int timeoutMs;
};

struct Sleep final : Op {
  explicit Sleep(OpReader& reader) : us(reader.integer("us", 0, INT64_C(3600000000))) {}
  int64_t run(Machine&) override {
    const timespec time{.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};
    return ::nanosleep(&time, nullptr);
  }
  int64_t us;
};

struct Spin final : Op {
  explicit Spin(OpReader& reader) : us(reader.integer("us", 0, INT64_C(3600000000))) {}
  int64_t run(Machine&) override {
    const int64_t end = nowNs() + us * 1000;
    while (nowNs() < end) {
    }
    return 0;
  }
  int64_t us;
};

constexpr OpMaker makers[] = {
    {"repeat", makeOp<Repeat>}, {"store", makeOp<Store>}, {"add", makeOp<Add>},   {"waitAtLeast", makeOp<WaitAtLeast>},
    {"poll", makeOp<Poll>},     {"sleep", makeOp<Sleep>}, {"spin", makeOp<Spin>},
};

}  // namespace

std::span<const OpMaker> controlOps() { return makers; }

}  // namespace ipcbench::sys
