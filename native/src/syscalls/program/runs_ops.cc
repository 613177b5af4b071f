#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "op_reader.h"

namespace ipcbench::sys {
namespace {

constexpr int64_t largestRecord = INT64_C(64) << 20;

struct WriteRuns final : Op {
  explicit WriteRuns(OpReader& reader)
      : fd(reader.fd("fd")),
        records(reader.integer("records", 0, largestSafeInteger)),
        record(static_cast<size_t>(reader.integer("bytes", 1, largestRecord)),
               static_cast<uint8_t>(reader.integer("writer", 0, 255))),
        sends(reader.choiceOr("via", {"write", "send"}, "write") == "send") {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"records", "short", "interrupted", "refused"};
    return names;
  }
  int64_t run(Machine& machine) override {
    int64_t done = 0, shorts = 0, interrupted = 0, refused = 0;
    for (; done < records; machine.count(0, ++done)) {
      for (size_t written = 0; written < record.size();) {
        const size_t left = record.size() - written;
        const ssize_t count = sends ? ::send(machine.fd(fd), record.data() + written, left, 0)
                                    : ::write(machine.fd(fd), record.data() + written, left);
        if (count >= 0) {
          if (static_cast<size_t>(count) < left) machine.count(1, ++shorts);
          written += static_cast<size_t>(count);
        } else if (errno == EINTR) {
          machine.count(2, ++interrupted);
        } else if (errno == EAGAIN) {
          machine.count(3, ++refused);
          pollfd entry{machine.fd(fd), POLLOUT, 0};
          ::poll(&entry, 1, -1);
        } else {
          return -1;
        }
      }
    }
    return done;
  }
  Operand fd;
  int64_t records;
  std::vector<uint8_t> record;
  bool sends;
};

struct ReadRuns final : Op {
  explicit ReadRuns(OpReader& reader)
      : fd(reader.fd("fd")),
        recordBytes(reader.integer("bytes", 1, largestRecord)),
        buffer(static_cast<size_t>(reader.integerOr("chunk", 1, largestRecord, 65536))) {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"bytes", "runs", "torn"};
    return names;
  }
  int64_t run(Machine& machine) override {
    bytes = runs = torn = 0;
    length = 0;
    for (;;) {
      const ssize_t count = ::read(machine.fd(fd), buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) endRun();
      for (ssize_t index = 0; index < count; ++index) take(buffer[static_cast<size_t>(index)]);
      if (count > 0) bytes += count;
      machine.count(0, bytes);
      machine.count(1, runs);
      machine.count(2, torn);
      if (count <= 0) return count < 0 ? -1 : bytes;
    }
  }
  void take(uint8_t byte) {
    if (length > 0 && byte != value) endRun();
    value = byte;
    ++length;
  }
  void endRun() {
    if (length == 0) return;
    ++runs;
    if (length % recordBytes != 0) ++torn;
    length = 0;
  }
  Operand fd;
  int64_t recordBytes;
  std::vector<uint8_t> buffer;
  int64_t bytes = 0, runs = 0, torn = 0, length = 0;
  uint8_t value = 0;
};

constexpr OpMaker makers[] = {{"writeRuns", makeOp<WriteRuns>}, {"readRuns", makeOp<ReadRuns>}};

}  // namespace

std::span<const OpMaker> runsOps() { return makers; }

}  // namespace ipcbench::sys
