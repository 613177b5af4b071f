#include "history_log.h"

#include <atomic>

#include "clock.h"

namespace ipcbench {
namespace {

void publish(uint64_t& word, uint64_t value) {
  std::atomic_ref<uint64_t>(word).store(value, std::memory_order_release);
}

}  // namespace

Result<HistoryLog> HistoryLog::over(unsigned char* memory, size_t bytes) {
  if (bytes < headBytes + sizeof(Record))
    return Failure::ofSentence("The shared mapping has %zu bytes for a log; a checked exchange needs %zu or more.",
                               bytes, headBytes + sizeof(Record));
  return HistoryLog(reinterpret_cast<uint64_t*>(memory), reinterpret_cast<Record*>(memory + headBytes),
                    (bytes - headBytes) / sizeof(Record));
}

void HistoryLog::append(Record record) {
  if (isFull_) return;
  record.timeNs = static_cast<uint64_t>(monotonicNs());
  Record* last = written_ == 0 ? nullptr : &records_[written_ - 1];
  if (last != nullptr && record.count != 0 && last->kind == record.kind && last->sender == record.sender &&
      last->seq + last->count == record.seq) {
    publish(last->bytes, last->bytes + record.bytes);
    publish(last->timeNs, record.timeNs);
    publish(last->count, last->count + 1);
    return;
  }
  if (written_ == capacity_) {
    isFull_ = true;
    publish(head_[1], 1);
    return;
  }
  records_[written_++] = record;
  publish(head_[0], written_);
}

}  // namespace ipcbench
