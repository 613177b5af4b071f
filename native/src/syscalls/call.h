#pragma once
#include <napi.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "../addon/arguments.h"

namespace ipcbench::sys {

/** One function of `sys` and its name there, which is also the `syscall` of its errors. */
struct NamedCall {
  const char* name;
  Napi::Value (*call)(const Napi::CallbackInfo&);
};

template <size_t Count>
void addCalls(Napi::Env env, Napi::Object sys, const NamedCall (&calls)[Count]) {
  for (const NamedCall& each : calls) sys.Set(each.name, Napi::Function::New(env, each.call, each.name));
}

/** What a call returned; its errno, which must not have changed since, as an exception when it is -1. */
Napi::Value numberOrThrow(Napi::Env env, int64_t returned, const char* syscall);
/** The same for a call whose result says nothing. */
Napi::Value nothingOrThrow(Napi::Env env, int64_t returned, const char* syscall);
Napi::Value throwErrno(Napi::Env env, const char* syscall);

/** A Uint8Array, which stays where it is, or a string, of which this holds the bytes. */
class Data {
 public:
  Data() = default;
  explicit Data(Napi::Uint8Array array) : view_(array.Data()), length_(array.ByteLength()) {}
  explicit Data(std::string text) : text_(std::move(text)), length_(text_.size()) {}

  const uint8_t* bytes() const { return view_ != nullptr ? view_ : reinterpret_cast<const uint8_t*>(text_.data()); }
  size_t length() const { return length_; }

 private:
  const uint8_t* view_ = nullptr;
  std::string text_;
  size_t length_ = 0;
};

/** Memory for a system call to fill: not cleared, and without the abort that a plain `new` is when there is none. */
class Room {
 public:
  explicit Room(size_t bytes) : bytes_(new (std::nothrow) uint8_t[bytes == 0 ? 1 : bytes]), size_(bytes) {}

  /** False when there is no memory; errno is ENOMEM then. */
  bool isThere() const {
    if (!bytes_) errno = ENOMEM;
    return bytes_ != nullptr;
  }
  uint8_t* begin() { return bytes_.get(); }
  size_t size() const { return size_; }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  size_t size_;
};

constexpr int64_t mostBytes = INT64_C(1) << 30;
constexpr int64_t largestSafeInteger = (INT64_C(1) << 53) - 1;

/** Is this a value that `Data` can be made of? */
bool isData(Napi::Value value);
Data dataFrom(Napi::Value value);
bool isUint8Array(Napi::Value value);

/** The arguments of a system call, more of which may be left out than of our other functions. */
class CallArguments : public Arguments {
 public:
  explicit CallArguments(const Napi::CallbackInfo& info) : Arguments(info), info_(info) {}

  bool isGiven(size_t at) const { return !info_[at].IsUndefined(); }
  int number(size_t at, const char* name) { return static_cast<int>(integer(at, name, INT32_MIN, INT32_MAX)); }
  int64_t integerOr(size_t at, const char* name, int64_t lowest, int64_t highest, int64_t fallback) {
    return isGiven(at) ? integer(at, name, lowest, highest) : fallback;
  }
  /** 32 bits. JavaScript's `|` gives a negative number when the highest is set, as it is in EPOLLIN | EPOLLET. */
  int flags(size_t at, const char* name) {
    return static_cast<int>(static_cast<uint32_t>(integer(at, name, INT32_MIN, UINT32_MAX)));
  }
  int flagsOr(size_t at, const char* name, int fallback) { return isGiven(at) ? flags(at, name) : fallback; }
  size_t size(size_t at, const char* name) { return static_cast<size_t>(integer(at, name, 0, mostBytes)); }
  /** -1 is "for ever". */
  int timeoutMs(size_t at, const char* name) { return static_cast<int>(integer(at, name, -1, INT32_MAX)); }
  std::vector<int> numbers(size_t at, const char* name, int64_t lowest, int64_t highest);
  std::vector<int> signals(size_t at, const char* name);
  Data data(size_t at, const char* name);
  Napi::Object object(size_t at, const char* name);

 private:
  const Napi::CallbackInfo& info_;
};

}  // namespace ipcbench::sys
