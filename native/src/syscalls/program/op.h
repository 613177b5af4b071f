#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace ipcbench::sys {

class Machine;
class OpReader;

/** A number, or what an operation of that register returned. */
struct Operand {
  int64_t number = -1;
  int reg = -1;
};

/**
 * One operation of a program. All that it needs is allocated when it is read: `run` happens in the child of a process
 * with threads, where only async-signal-safe functions may be called and another thread may have held malloc's lock.
 */
class Op {
 public:
  virtual ~Op() = default;
  /** Like a system call: -1 and errno for a failure. */
  virtual int64_t run(Machine& machine) = 0;
  /** The names of what it counts, in the order of their numbers. At most `mostCounts`. */
  virtual std::span<const char* const> countNames() const { return {}; }

  const char* name = nullptr;
  std::string as;
  /** Where its value goes; -1 for an operation without a name. */
  int reg = -1;
  /** Of the operation after it and after its body. */
  size_t after = 0;
};

struct OpMaker {
  const char* name;
  std::unique_ptr<Op> (*make)(OpReader& reader);
};

template <class Kind>
std::unique_ptr<Op> makeOp(OpReader& reader) {
  return std::make_unique<Kind>(reader);
}

// One concern each.
std::span<const OpMaker> descriptorOps();
std::span<const OpMaker> transferOps();
std::span<const OpMaker> messageOps();
std::span<const OpMaker> socketOps();
std::span<const OpMaker> processOps();
std::span<const OpMaker> signalOps();
std::span<const OpMaker> controlOps();
std::span<const OpMaker> runsOps();
std::span<const OpMaker> stampedOps();
std::span<const OpMaker> patternOps();
std::span<const OpMaker> boardRingOps();

}  // namespace ipcbench::sys
