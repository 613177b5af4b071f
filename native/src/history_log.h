#pragma once
#include <cstddef>
#include <cstdint>

#include "result.h"

namespace ipcbench {

/**
 * What one end saw, in the order it saw it, in the shared mapping: whole at any instant, also when this process is
 * killed. Consecutive messages with nothing to remark are one record. When it is full it says so and takes nothing
 * more, not even the growth of a run: that would claim an order that was not seen.
 */
class HistoryLog {
 public:
  /** Which call an error record is about. */
  enum class Call : uint32_t { read = 1, write = 2, open = 3, poll = 4 };

  /** Fails for memory that cannot hold one record. */
  static Result<HistoryLog> over(unsigned char* memory, size_t bytes);

  void sent(uint16_t sender, uint64_t seq, uint64_t bytes) { append({kindSent, sender, seq, 1, bytes}); }
  void sendUnknown(uint16_t sender, uint64_t seq, uint64_t acceptedBytes, int error) {
    append({2, sender, seq, 0, acceptedBytes, static_cast<uint64_t>(error)});
  }
  void received(uint16_t sender, uint64_t seq, uint64_t bytes) { append({kindReceived, sender, seq, 1, bytes}); }
  void damagedHeader(uint64_t bytes) { append({4, 0, 0, 0, bytes}); }
  void damagedPayload(uint16_t sender, uint64_t seq, uint64_t bytes, uint64_t offset) {
    append({5, sender, seq, 0, bytes, offset});
  }
  void wrongBoundary(uint16_t sender, uint64_t seq, uint64_t expected, uint64_t actual) {
    append({6, sender, seq, 0, expected, actual});
  }
  void unplannedLength(uint16_t sender, uint64_t seq, uint64_t expected, uint64_t actual) {
    append({7, sender, seq, 0, expected, actual});
  }
  void cutShort(uint16_t sender, uint64_t seq, uint64_t expected, uint64_t actual) {
    append({8, sender, seq, 0, expected, actual});
  }
  void endOfFile() { append({9}); }
  void drained() { append({10}); }
  void failed(Call call, int error) {
    append({11, static_cast<uint32_t>(call), 0, 0, 0, static_cast<uint64_t>(error)});
  }

 private:
  static constexpr uint32_t kindSent = 1;
  static constexpr uint32_t kindReceived = 3;
  static constexpr size_t headBytes = 64;

  struct Record {
    uint32_t kind = 0;
    uint32_t sender = 0;
    uint64_t seq = 0;
    uint64_t count = 0;
    uint64_t bytes = 0;
    uint64_t aux = 0;
    uint64_t timeNs = 0;
  };
  static_assert(sizeof(Record) == 48);

  HistoryLog(uint64_t* head, Record* records, size_t capacity) : head_(head), records_(records), capacity_(capacity) {}
  void append(Record record);

  uint64_t* head_;  // records written, then whether it overflowed
  Record* records_;
  size_t capacity_;
  size_t written_ = 0;
  bool isFull_ = false;
};

}  // namespace ipcbench
