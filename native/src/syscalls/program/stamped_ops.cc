#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "../queues.h"
#include "op_reader.h"
#include "pattern.h"
#include "random_size.h"

namespace ipcbench::sys {
namespace {

constexpr int64_t largestMessage = INT64_C(64) << 20;
constexpr uint32_t stampMagic = 0x706d7473;

/** In front of every message. */
struct Stamp {
  uint32_t magic;
  uint32_t writer;
  uint32_t number;
  uint32_t size;
};

uint64_t seedOf(uint64_t seed, const Stamp& stamp) {
  return mix(seed) ^ (static_cast<uint64_t>(stamp.writer) << 32 | stamp.number);
}

struct SendStamped final : Op {
  explicit SendStamped(OpReader& reader)
      : fd(reader.fd("fd")),
        writer(static_cast<uint32_t>(reader.integer("writer", 0, 255))),
        messages(reader.integer("messages", 0, UINT32_MAX)),
        from(reader.integer("from", sizeof(Stamp), largestMessage)),
        to(reader.integer("to", from, largestMessage)),
        seed(static_cast<uint64_t>(reader.integerOr("seed", 0, UINT32_MAX, 1))),
        isQueue(reader.choiceOr("via", {"write", "mq"}, "write") == "mq"),
        buffer(static_cast<size_t>(reader.isWrong() ? 0 : to)) {
    if (reader.isGiven("address")) address = reader.address("address");
  }
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"messages", "interrupted", "refused"};
    return names;
  }
  int64_t run(Machine& machine) override {
    RandomSize sizes(seed ^ writer, from, to);
    int64_t interrupted = 0, refused = 0;
    for (uint32_t number = 0; number < messages; ++number) {
      const Stamp stamp{stampMagic, writer, number, static_cast<uint32_t>(sizes.next())};
      std::memcpy(buffer.data(), &stamp, sizeof stamp);
      fillPattern(buffer.data() + sizeof stamp, stamp.size - sizeof stamp, seedOf(seed, stamp), 0);
      while (sendOne(machine.fd(fd), stamp.size) < 0) {
        if (errno == EINTR) {
          machine.count(1, ++interrupted);
        } else if (errno == EAGAIN || errno == ENOBUFS) {
          machine.count(2, ++refused);
          // A socket that is not connected says it is writable here, and this spins: it cannot know whose queue is
          // full.
          pollfd entry{machine.fd(fd), POLLOUT, 0};
          ::poll(&entry, 1, -1);
        } else {
          return -1;
        }
      }
      machine.count(0, number + INT64_C(1));
    }
    return messages;
  }
  ssize_t sendOne(int descriptor, size_t size) {
    if (isQueue) return mqSend(descriptor, buffer.data(), size, 0, -1);
    if (address.bytes.empty()) return ::write(descriptor, buffer.data(), size);
    return ::sendto(descriptor, buffer.data(), size, 0, address.pointer(), address.length());
  }
  Operand fd;
  uint32_t writer;
  int64_t messages, from, to;
  uint64_t seed;
  bool isQueue;
  std::vector<uint8_t> buffer;
  SocketAddress address;
};

struct RecvStamped final : Op {
  explicit RecvStamped(OpReader& reader)
      : fd(reader.fd("fd")),
        most(reader.integerOr("messages", 0, largestSafeInteger, INT64_MAX)),
        buffer(static_cast<size_t>(reader.integer("maxBytes", sizeof(Stamp), largestMessage))),
        seed(static_cast<uint64_t>(reader.integerOr("seed", 0, UINT32_MAX, 1))),
        isQueue(reader.choiceOr("via", {"read", "mq"}, "read") == "mq"),
        keeps(reader.isTrue("keep")) {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"messages", "damaged", "disordered", "interrupted"};
    return names;
  }
  int64_t run(Machine& machine) override {
    int64_t messages = 0, damaged = 0, disordered = 0, interrupted = 0;
    std::fill(std::begin(last), std::end(last), -1);
    while (messages < most) {
      const ssize_t count = isQueue ? mqReceive(machine.fd(fd), buffer.data(), buffer.size(), nullptr, -1)
                                    : ::read(machine.fd(fd), buffer.data(), buffer.size());
      if (count == 0) break;
      if (count < 0 && errno != EINTR) return -1;
      if (count < 0) {
        machine.count(3, ++interrupted);
        continue;
      }
      machine.count(0, ++messages);
      Stamp stamp;
      if (!read(static_cast<size_t>(count), stamp)) {
        machine.count(1, ++damaged);
        continue;
      }
      if (stamp.number <= last[stamp.writer]) machine.count(2, ++disordered);
      last[stamp.writer] = stamp.number;
      if (!keeps) continue;
      const uint32_t pair[] = {stamp.writer, stamp.number};
      machine.keep(pair, sizeof pair);
    }
    return messages;
  }
  /** False for a message that is not whole, or not one of ours. */
  bool read(size_t size, Stamp& stamp) const {
    if (size < sizeof stamp) return false;
    std::memcpy(&stamp, buffer.data(), sizeof stamp);
    if (stamp.magic != stampMagic || stamp.size != size || stamp.writer > 255) return false;
    return firstMismatch(buffer.data() + sizeof stamp, size - sizeof stamp, seedOf(seed, stamp), 0) < 0;
  }
  Operand fd;
  int64_t most;
  std::vector<uint8_t> buffer;
  uint64_t seed;
  bool isQueue;
  bool keeps;
  int64_t last[256] = {};
};

constexpr OpMaker makers[] = {{"sendStamped", makeOp<SendStamped>}, {"recvStamped", makeOp<RecvStamped>}};

}  // namespace

std::span<const OpMaker> stampedOps() { return makers; }

}  // namespace ipcbench::sys
