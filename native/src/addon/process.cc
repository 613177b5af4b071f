#include "process.h"

#include <sys/resource.h>

#include <cstdio>
#include <limits>
#include <vector>

#include "../clock.h"
#include "../os/cpu.h"
#include "../os/parent.h"
#include "../peer.h"
#include "arguments.h"

namespace ipcbench {
namespace {

Napi::Value cpusAllowed(const Napi::CallbackInfo& info) {
  auto allowed = allowedCpus();
  if (!allowed) return throwFailure(info.Env(), allowed.failure());
  Napi::Array numbers = Napi::Array::New(info.Env(), allowed->size());
  for (size_t index = 0; index < allowed->size(); ++index)
    numbers.Set(static_cast<uint32_t>(index), Napi::Number::New(info.Env(), (*allowed)[index]));
  return numbers;
}

Napi::Value pinThread(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto cpu = static_cast<int>(arguments.integer(0, "cpu", 0, INT32_MAX));
  if (arguments.areWrong()) return info.Env().Undefined();
  if (Status pinned = pinToCpu(cpu); !pinned) return throwFailure(info.Env(), pinned.failure());
  return info.Env().Undefined();
}

Napi::Value descriptorLimit(const Napi::CallbackInfo& info) {
  rlimit limit;
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return throwFailure(info.Env(), Failure::ofCall("getrlimit", errno));
  const auto number = [&](rlim_t value) {
    return Napi::Number::New(
        info.Env(), value == RLIM_INFINITY ? std::numeric_limits<double>::infinity() : static_cast<double>(value));
  };
  Napi::Object both = Napi::Object::New(info.Env());
  both.Set("soft", number(limit.rlim_cur));
  both.Set("hard", number(limit.rlim_max));
  return both;
}

Napi::Value monotonic(const Napi::CallbackInfo& info) { return Napi::BigInt::New(info.Env(), monotonicNs()); }

Napi::Value processCpu(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(clockNs(CLOCK_PROCESS_CPUTIME_ID)));
}

Napi::Value dieWith(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto parent = static_cast<int>(arguments.integer(0, "parent", 1, INT32_MAX));
  if (arguments.areWrong()) return info.Env().Undefined();
  return Napi::Boolean::New(info.Env(), dieWithParent(parent));
}

Napi::Value runPeerHere(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  if (!info[0].IsArray()) return arguments.wrongType("args", "an array of strings");
  const auto list = info[0].As<Napi::Array>();
  std::vector<std::string> texts;
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const Napi::Value text = list.Get(index);
    if (!text.IsString()) return arguments.wrongType("args", "an array of strings");
    texts.push_back(text.As<Napi::String>().Utf8Value());
  }
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  const PeerExit exit = runPeer(pointers);
  // What main() does for the executable.
  if (exit.sentence[0] != '\0') std::fprintf(stderr, "ipcbench: %s\n", exit.sentence);
  return Napi::Number::New(info.Env(), exit.status);
}

}  // namespace

void exportProcess(Napi::Env env, Napi::Object exports) {
  exports.Set("allowedCpus", Napi::Function::New(env, cpusAllowed, "allowedCpus"));
  exports.Set("pinToCpu", Napi::Function::New(env, pinThread, "pinToCpu"));
  exports.Set("descriptorLimit", Napi::Function::New(env, descriptorLimit, "descriptorLimit"));
  exports.Set("monotonicNs", Napi::Function::New(env, monotonic, "monotonicNs"));
  exports.Set("processCpuNs", Napi::Function::New(env, processCpu, "processCpuNs"));
  exports.Set("dieWithParent", Napi::Function::New(env, dieWith, "dieWithParent"));
  exports.Set("runPeer", Napi::Function::New(env, runPeerHere, "runPeer"));
}

}  // namespace ipcbench
