#include "running.h"

#include <cstring>

#include "op_reader.h"

namespace ipcbench::sys {
namespace {

Napi::Object countsOf(Napi::Env env, const Op& op, const SharedOutcome& outcome) {
  Napi::Object counts = Napi::Object::New(env);
  const auto names = op.countNames();
  for (size_t which = 0; which < names.size(); ++which)
    counts.Set(names[which], Napi::Number::New(env, static_cast<double>(outcome.counts[which].load())));
  return counts;
}

/** What each run of that operation received. */
Napi::Array keptBy(Napi::Env env, const SharedState& state, size_t op) {
  std::vector<std::vector<uint8_t>> runs;
  int64_t lastRun = -1;
  const uint64_t bytes = state.head().keptBytes.load();
  for (uint64_t at = 0; at + sizeof(KeptHeader) <= bytes;) {
    KeptHeader header;
    std::memcpy(&header, state.kept() + at, sizeof header);
    // Room that was taken and not yet written, or never will be: its owner may have been killed in between.
    if (header.magic != keptMagic || at + sizeof header + header.length > bytes) break;
    const uint8_t* begin = state.kept() + at + sizeof header;
    if (header.op == op) {
      if (lastRun != header.run) runs.emplace_back();
      lastRun = header.run;
      runs.back().insert(runs.back().end(), begin, begin + header.length);
    }
    at += sizeof header + header.length;
  }
  Napi::Array kept = Napi::Array::New(env, runs.size());
  for (uint32_t index = 0; index < runs.size(); ++index)
    kept.Set(index, Napi::Buffer<uint8_t>::Copy(env, runs[index].data(), runs[index].size()));
  return kept;
}

Napi::Object outcomeOf(Napi::Env env, const Running& running, size_t index) {
  const Op& op = *running.program.ops[index];
  const SharedOutcome& outcome = running.state->outcome(index);
  Napi::Object object = Napi::Object::New(env);
  // First: what a run stored is there when the run is counted.
  const uint64_t runs = outcome.runs.load(std::memory_order_acquire);
  object.Set("op", Napi::String::New(env, op.name));
  object.Set("as", op.as.empty() ? env.Null() : Napi::String::New(env, op.as).As<Napi::Value>());
  object.Set("runs", Napi::Number::New(env, static_cast<double>(runs)));
  object.Set("failures", Napi::Number::New(env, static_cast<double>(outcome.failures.load())));
  object.Set("value", Napi::Number::New(env, static_cast<double>(outcome.value.load())));
  const int error = outcome.error.load();
  object.Set("error", error == 0 ? env.Null() : Napi::String::New(env, errorName(error)).As<Napi::Value>());
  object.Set("counts", countsOf(env, op, outcome));
  object.Set("kept", keptBy(env, *running.state, index));
  return object;
}

Napi::Value outcomeNamed(const Napi::CallbackInfo& info, const Running& running) {
  CallArguments arguments(info);
  const std::string as = arguments.text(0, "as");
  if (arguments.areWrong()) return info.Env().Undefined();
  for (size_t index = 0; index < running.program.ops.size(); ++index) {
    if (running.program.ops[index]->as == as) return outcomeOf(info.Env(), running, index);
  }
  return arguments.wrongRange("as", "the name of an operation of this program");
}

}  // namespace

std::shared_ptr<Running> readProgram(const Napi::CallbackInfo& info, bool isThread) {
  CallArguments arguments(info);
  auto running = std::make_shared<Running>();
  const Napi::Value given = info[1].IsObject() ? info[1].As<Napi::Object>().Get("board") : info.Env().Undefined();
  running->program.board = given.IsUndefined() ? std::make_shared<Board>(64) : boardOf(info.Env(), given);
  if (running->program.board == nullptr) {
    arguments.wrongType("options.board", "a board that createBoard made");
    return nullptr;
  }
  const Napi::Value keepBytes =
      info[1].IsObject() ? info[1].As<Napi::Object>().Get("keepBytes") : info.Env().Undefined();
  if (!keepBytes.IsUndefined()) {
    const double bytes = keepBytes.IsNumber() ? keepBytes.As<Napi::Number>().DoubleValue() : -1;
    if (!(bytes >= 0 && bytes <= static_cast<double>(mostBytes))) {
      arguments.wrongType("options.keepBytes", "an integer from 0 to 1073741824");
      return nullptr;
    }
    running->program.keepBytes = static_cast<size_t>(bytes);
  }
  Reading reading{arguments, running->program, isThread, {}};
  readOps(reading, info[0], "ops");
  if (arguments.areWrong()) return nullptr;
  running->state = std::make_unique<SharedState>(running->program.ops.size(), running->program.keepBytes);
  if (!running->state->isThere() || !running->program.board->isThere()) {
    throwErrno(info.Env(), "mmap");
    return nullptr;
  }
  return running;
}

Napi::Object runningObject(Napi::Env env, std::shared_ptr<Running> running) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("board", boardObject(env, running->program.board));
  object.Set("at", Napi::Function::New(
                       env,
                       [running](const Napi::CallbackInfo& info) -> Napi::Value {
                         return Napi::Number::New(info.Env(),
                                                  running->state->head().at.load(std::memory_order_acquire));
                       },
                       "at"));
  object.Set("outcomes", Napi::Function::New(
                             env,
                             [running](const Napi::CallbackInfo& info) -> Napi::Value {
                               Napi::Array outcomes = Napi::Array::New(info.Env(), running->program.ops.size());
                               for (size_t index = 0; index < running->program.ops.size(); ++index)
                                 outcomes.Set(static_cast<uint32_t>(index), outcomeOf(info.Env(), *running, index));
                               return outcomes;
                             },
                             "outcomes"));
  object.Set("outcome",
             Napi::Function::New(
                 env, [running](const Napi::CallbackInfo& info) -> Napi::Value { return outcomeNamed(info, *running); },
                 "outcome"));
  object.Set("droppedBytes", Napi::Function::New(
                                 env,
                                 [running](const Napi::CallbackInfo& info) -> Napi::Value {
                                   return Napi::Number::New(
                                       info.Env(), static_cast<double>(running->state->head().droppedBytes.load()));
                                 },
                                 "droppedBytes"));
  return object;
}

}  // namespace ipcbench::sys
