#include "arguments.h"

#include <cmath>
#include <cstdio>

namespace ipcbench {

int64_t Arguments::integer(size_t at, const char* name, int64_t lowest, int64_t highest) {
  const Napi::Value value = info_[at];
  if (!value.IsNumber()) {
    wrongType(name, "an integer");
    return lowest;
  }
  const double number = value.As<Napi::Number>().DoubleValue();
  if (!(number >= static_cast<double>(lowest) && number <= static_cast<double>(highest)) ||
      number != std::floor(number)) {
    char expected[96];
    std::snprintf(expected, sizeof expected, "an integer from %lld to %lld", static_cast<long long>(lowest),
                  static_cast<long long>(highest));
    wrongRange(name, expected);
    return lowest;
  }
  return static_cast<int64_t>(number);
}

std::string Arguments::text(size_t at, const char* name) {
  const Napi::Value value = info_[at];
  if (!value.IsString()) {
    wrongType(name, "a string");
    return {};
  }
  std::string text = value.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) wrongRange(name, "a string without NUL");
  return text;
}

Napi::Uint8Array Arguments::bytes(size_t at, const char* name) {
  const Napi::Value value = info_[at];
  if (value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array)
    return value.As<Napi::Uint8Array>();
  wrongType(name, "a Uint8Array");
  return {};
}

Napi::Value Arguments::wrongType(const char* name, const char* expected) {
  const std::string message = std::string("The \"") + name + "\" argument must be " + expected + ".";
  throwOnce(Napi::TypeError::New(info_.Env(), message), "ERR_INVALID_ARG_TYPE");
  return info_.Env().Undefined();
}

Napi::Value Arguments::wrongRange(const char* name, const char* expected) {
  const std::string message =
      std::string("The value of \"") + name + "\" is out of range. It must be " + expected + ".";
  throwOnce(Napi::RangeError::New(info_.Env(), message), "ERR_OUT_OF_RANGE");
  return info_.Env().Undefined();
}

void Arguments::throwOnce(Napi::Error error, const char* code) {
  if (areWrong_) return;
  areWrong_ = true;
  error.Set("code", Napi::String::New(info_.Env(), code));
  error.ThrowAsJavaScriptException();
}

Napi::Value throwFailure(Napi::Env env, const Failure& failure) {
  Napi::Error error = Napi::Error::New(env, failure.message);
  if (failure.error != 0) {
    error.Set("errno", Napi::Number::New(env, -failure.error));
    error.Set("code", Napi::String::New(env, errorName(failure.error)));
    error.Set("syscall", Napi::String::New(env, failure.syscall));
  }
  error.ThrowAsJavaScriptException();
  return env.Undefined();
}

}  // namespace ipcbench
