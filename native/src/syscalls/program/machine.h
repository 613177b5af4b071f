#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "board.h"
#include "op.h"
#include "shared_state.h"

namespace ipcbench::sys {

/** A program as it was read: its operations in the order of the text, each body behind its own. */
struct Program {
  std::vector<std::unique_ptr<Op>> ops;
  size_t registers = 0;
  std::shared_ptr<Board> board;
  size_t keepBytes = 65536;
};

/** Runs it, in a child or on a thread. */
class Machine {
 public:
  Machine(const Program& program, SharedState& state)
      : program_(program), state_(state), registers_(program.registers, -1) {}

  void runAll();
  /** What an operation does with its body. False when one of it failed. */
  bool runBody(size_t begin, size_t end, bool stopsOnError);

  int64_t value(const Operand& operand) const {
    return operand.reg < 0 ? operand.number : registers_[static_cast<size_t>(operand.reg)];
  }
  int fd(const Operand& operand) const { return static_cast<int>(value(operand)); }
  void setRegister(int reg, int64_t value) {
    if (reg >= 0) registers_[static_cast<size_t>(reg)] = value;
  }

  Board& board() const { return *program_.board; }
  size_t bodyBegin() const { return current_ + 1; }
  size_t bodyEnd() const { return program_.ops[current_]->after; }
  /** Of the operation that runs now. */
  void count(size_t which, int64_t number) {
    state_.outcome(current_).counts[which].store(number, std::memory_order_relaxed);
  }
  /** Appends to what the run of this operation has received. */
  void keep(const void* bytes, size_t length);

  void end() { hasEnded_ = true; }
  bool hasEnded() const { return hasEnded_; }

  /** SIGKILL when the parent ends; at once when it is gone already. Again after a change of ids, which clears it
   * (prctl(2)). */
  void dieWithParent();
  void setParent(int pid, bool isOutlived) {
    parent_ = pid;
    outlivesParent_ = isOutlived;
  }
  /** In a child of the child: what it does is not what `at` of the program tells. */
  void becomeGrandchild(int parent) {
    parent_ = parent;
    isGrandchild_ = true;
  }

 private:
  bool runOne(size_t index);

  const Program& program_;
  SharedState& state_;
  std::vector<int64_t> registers_;
  size_t current_ = 0;
  uint64_t keptAt_ = UINT64_MAX;
  uint64_t keptEnd_ = 0;
  int parent_ = 0;
  bool outlivesParent_ = false;
  bool isGrandchild_ = false;
  bool hasEnded_ = false;
};

}  // namespace ipcbench::sys
