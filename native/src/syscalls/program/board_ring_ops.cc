#include <cerrno>

#include "op_reader.h"

namespace ipcbench::sys {
namespace {

/**
 * A ring of one writer and one reader in the words of the board: the count of numbers put, the count taken, then the
 * slots. Each side waits on the other's count with a futex. What such a ring must not do is lose a wake-up or show a
 * slot before its number.
 */
struct RingOp : Op {
  explicit RingOp(OpReader& reader)
      : putWord(reader.word("word")),
        slots(reader.integer("slots", 1, 1 << 20)),
        numbers(reader.integer("numbers", 0, INT32_MAX)),
        timeoutMs(reader.integerOr("timeoutMs", 0, INT32_MAX, 10000)) {
    if (!reader.isWrong() && putWord + 2 + static_cast<size_t>(slots) > reader.boardWords())
      reader.wrong("slots", "few enough for the board, after two words");
  }
  size_t takenWord() const { return putWord + 1; }
  size_t slotOf(int64_t number) const { return putWord + 2 + static_cast<size_t>(number % slots); }
  bool await(Machine& machine, size_t word, int64_t count) const {
    if (machine.board().waitAtLeast(word, static_cast<int32_t>(count), timeoutMs)) return true;
    errno = ETIMEDOUT;
    return false;
  }

  size_t putWord;
  int64_t slots, numbers, timeoutMs;
};

struct RingPut final : RingOp {
  explicit RingPut(OpReader& reader) : RingOp(reader) {}
  int64_t run(Machine& machine) override {
    for (int64_t number = 0; number < numbers; ++number) {
      if (!await(machine, takenWord(), number - slots + 1)) return -1;
      machine.board().storeQuietly(slotOf(number), static_cast<int32_t>(number));
      machine.board().store(putWord, static_cast<int32_t>(number + 1));
    }
    return numbers;
  }
};

struct RingTake final : RingOp {
  explicit RingTake(OpReader& reader) : RingOp(reader) {}
  std::span<const char* const> countNames() const override {
    static constexpr const char* names[] = {"numbers", "wrong"};
    return names;
  }
  int64_t run(Machine& machine) override {
    int64_t wrong = 0;
    for (int64_t number = 0; number < numbers; ++number) {
      if (!await(machine, putWord, number + 1)) return -1;
      if (machine.board().load(slotOf(number)) != number) machine.count(1, ++wrong);
      machine.board().store(takenWord(), static_cast<int32_t>(number + 1));
      machine.count(0, number + 1);
    }
    return numbers;
  }
};

constexpr OpMaker makers[] = {{"ringPut", makeOp<RingPut>}, {"ringTake", makeOp<RingTake>}};

}  // namespace

std::span<const OpMaker> boardRingOps() { return makers; }

}  // namespace ipcbench::sys
