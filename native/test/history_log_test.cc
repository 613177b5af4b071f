#include "../src/history_log.h"

#include <cstring>
#include <vector>

#include "check.h"

using namespace ipcbench;

namespace {

struct Memory {
  std::vector<uint64_t> words;
  explicit Memory(size_t bytes) : words(bytes / 8) {}
  unsigned char* bytes() { return reinterpret_cast<unsigned char*>(words.data()); }
  uint64_t written() const { return words[0]; }
  uint64_t overflowed() const { return words[1]; }
  uint32_t kind(size_t record) const { return static_cast<uint32_t>(words[8 + 6 * record]); }
  uint32_t sender(size_t record) const { return static_cast<uint32_t>(words[8 + 6 * record] >> 32); }
  uint64_t word(size_t record, size_t index) const { return words[8 + 6 * record + index]; }
};

}  // namespace

TEST("consecutive messages are one record that grows in place") {
  Memory memory(4096);
  auto log = HistoryLog::over(memory.bytes(), 4096);
  for (uint64_t seq = 10; seq < 1010; ++seq) log->received(1, seq, 100);
  CHECK_EQUAL(memory.written(), 1u);
  CHECK_EQUAL(memory.kind(0), 3u);
  CHECK_EQUAL(memory.sender(0), 1u);
  CHECK_EQUAL(memory.word(0, 1), 10u);
  CHECK_EQUAL(memory.word(0, 2), 1000u);
  CHECK_EQUAL(memory.word(0, 3), 100'000u);
  CHECK(memory.word(0, 5) > 0);
}

TEST("a gap, a repetition, another sender or another kind begins a new record") {
  Memory memory(4096);
  auto log = HistoryLog::over(memory.bytes(), 4096);
  log->received(0, 0, 1);
  log->received(0, 2, 1);
  log->received(0, 2, 1);
  log->received(1, 3, 1);
  log->sent(1, 4, 1);
  log->damagedHeader(7);
  log->damagedHeader(8);
  CHECK_EQUAL(memory.written(), 7u);
  CHECK_EQUAL(memory.overflowed(), 0u);
}

TEST("every kind of event has its number and its fields") {
  Memory memory(4096);
  auto log = HistoryLog::over(memory.bytes(), 4096);
  log->sendUnknown(1, 5, 17, EPIPE);
  log->damagedPayload(1, 6, 64, 3);
  log->wrongBoundary(1, 7, 64, 128);
  log->unplannedLength(1, 8, 64, 65);
  log->cutShort(1, 9, 64, 10);
  log->endOfFile();
  log->drained();
  log->failed(HistoryLog::Call::write, EMSGSIZE);
  const uint32_t kinds[] = {2, 5, 6, 7, 8, 9, 10, 11};
  CHECK_EQUAL(memory.written(), std::size(kinds));
  for (size_t record = 0; record < std::size(kinds); ++record) CHECK_EQUAL(memory.kind(record), kinds[record]);
  CHECK_EQUAL(memory.word(0, 3), 17u);
  CHECK_EQUAL(memory.word(0, 4), static_cast<uint64_t>(EPIPE));
  CHECK_EQUAL(memory.word(2, 3), 64u);
  CHECK_EQUAL(memory.word(2, 4), 128u);
  CHECK_EQUAL(memory.sender(7), 2u);
}

TEST("a full log says so, and takes nothing more, not even the growth of its last run") {
  Memory memory(64 + 2 * 48);
  auto log = HistoryLog::over(memory.bytes(), 64 + 2 * 48);
  log->received(0, 0, 1);
  log->received(0, 5, 1);
  CHECK_EQUAL(memory.overflowed(), 0u);
  log->received(0, 9, 1);
  CHECK_EQUAL(memory.overflowed(), 1u);
  log->received(0, 6, 1);
  CHECK_EQUAL(memory.written(), 2u);
  CHECK_EQUAL(memory.word(1, 2), 1u);
}

TEST("memory without room for one record is refused") {
  Memory memory(112);
  CHECK(!HistoryLog::over(memory.bytes(), 111));
  CHECK(static_cast<bool>(HistoryLog::over(memory.bytes(), 112)));
}
