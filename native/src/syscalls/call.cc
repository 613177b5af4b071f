#include "call.h"

#include <cerrno>
#include <cmath>

namespace ipcbench::sys {

Napi::Value throwErrno(Napi::Env env, const char* syscall) {
  return throwFailure(env, Failure::ofCall(syscall, errno));
}

Napi::Value numberOrThrow(Napi::Env env, int64_t returned, const char* syscall) {
  if (returned == -1) return throwErrno(env, syscall);
  return Napi::Number::New(env, static_cast<double>(returned));
}

Napi::Value nothingOrThrow(Napi::Env env, int64_t returned, const char* syscall) {
  if (returned == -1) return throwErrno(env, syscall);
  return env.Undefined();
}

bool isUint8Array(Napi::Value value) {
  return value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array;
}

bool isData(Napi::Value value) { return value.IsString() || isUint8Array(value); }

Data dataFrom(Napi::Value value) {
  if (value.IsString()) return Data(value.As<Napi::String>().Utf8Value());
  return Data(value.As<Napi::Uint8Array>());
}

std::vector<int> CallArguments::numbers(size_t at, const char* name, int64_t lowest, int64_t highest) {
  std::vector<int> numbers;
  if (areWrong()) return numbers;
  if (!info_[at].IsArray()) {
    wrongType(name, "an array of integers");
    return numbers;
  }
  const auto list = info_[at].As<Napi::Array>();
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const Napi::Value value = list.Get(index);
    const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : std::nan("");
    if (!(number >= static_cast<double>(lowest) && number <= static_cast<double>(highest)) ||
        number != std::floor(number)) {
      wrongRange(name,
                 ("an array of integers from " + std::to_string(lowest) + " to " + std::to_string(highest)).c_str());
      return {};
    }
    numbers.push_back(static_cast<int>(number));
  }
  return numbers;
}

std::vector<int> CallArguments::signals(size_t at, const char* name) { return numbers(at, name, 1, 64); }

Data CallArguments::data(size_t at, const char* name) {
  if (isData(info_[at])) return dataFrom(info_[at]);
  wrongType(name, "a Uint8Array or a string");
  return Data();
}

Napi::Object CallArguments::object(size_t at, const char* name) {
  if (info_[at].IsObject()) return info_[at].As<Napi::Object>();
  wrongType(name, "an object");
  return Napi::Object::New(info_.Env());
}

}  // namespace ipcbench::sys
