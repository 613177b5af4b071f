#pragma once
#include <napi.h>

#include <cstdint>
#include <string>

#include "../result.h"

namespace ipcbench {

/**
 * Reads the arguments of one call. The first that does not fit throws, in Node's own shape (TypeError with
 * ERR_INVALID_ARG_TYPE, RangeError with ERR_OUT_OF_RANGE); from then on every reading gives an empty value and
 * areWrong() is true, so that a function asks once, after it has read them all.
 */
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info) : info_(info) {}

  /** A number without a fraction, both ends included. */
  int64_t integer(size_t at, const char* name, int64_t lowest, int64_t highest);
  int descriptor(size_t at, const char* name) { return static_cast<int>(integer(at, name, 0, INT32_MAX)); }
  /** A string without a NUL, which no path or name of the system can hold. */
  std::string text(size_t at, const char* name);
  /** One of `choices`; gives its position. */
  template <size_t Count>
  size_t choice(size_t at, const char* name, const char* const (&choices)[Count]) {
    const std::string chosen = text(at, name);
    for (size_t index = 0; index < Count; ++index) {
      if (!areWrong_ && chosen == choices[index]) return index;
    }
    std::string expected = "one of";
    for (const char* known : choices) expected += std::string(" '") + known + "'";
    wrongRange(name, expected.c_str());
    return 0;
  }
  Napi::Uint8Array bytes(size_t at, const char* name);

  /** For what a function checks itself; gives undefined, to return. */
  Napi::Value wrongType(const char* name, const char* expected);
  Napi::Value wrongRange(const char* name, const char* expected);

  bool areWrong() const { return areWrong_; }

 private:
  void throwOnce(Napi::Error error, const char* code);

  const Napi::CallbackInfo& info_;
  bool areWrong_ = false;
};

/** The one place where a failure becomes a JavaScript exception: code 'EMFILE', errno -24, syscall 'socketpair'. */
Napi::Value throwFailure(Napi::Env env, const Failure& failure);

}  // namespace ipcbench
