#pragma once
#include <cerrno>
#include <utility>
#include <variant>

namespace ipcbench {

/** What went wrong, in the shape that both a control line and a JavaScript Error need. */
struct Failure {
  int error = 0;                  // errno; 0 when no system call reported it
  const char* syscall = nullptr;  // nullptr likewise
  char message[224] = {};         // a sentence
  bool isHarnessGone = false;     // nobody is left to be told of anything

  /** `syscall` failed with `error` (errno, positive). */
  static Failure ofCall(const char* syscall, int error);
  /** A sentence of our own, printf-like. */
  [[gnu::format(printf, 1, 2)]] static Failure ofSentence(const char* format, ...);
  static Failure ofHarnessGone();
};

/** A value, or why there is none. */
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : state_(std::in_place_index<1>, failure) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return *std::get_if<0>(&state_); }
  T* operator->() { return std::get_if<0>(&state_); }
  const Failure& failure() const { return *std::get_if<1>(&state_); }

 private:
  std::variant<T, Failure> state_;
};

struct Nothing {};
using Status = Result<Nothing>;

/** 'EMSGSIZE' for EMSGSIZE. 'UNKNOWN' for a number that is not in the list. */
const char* errorName(int error);

}  // namespace ipcbench
