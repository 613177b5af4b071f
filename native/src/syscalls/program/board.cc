#include "board.h"

#include "../call.h"
#include "futex.h"

namespace ipcbench::sys {
namespace {

// Tells our objects from others that wrap something.
constexpr napi_type_tag boardTag = {0x6970636265636862, 0x626f617264626f61};

/** The word at argument 0, on the board of the object that the function was called on. */
struct Place {
  std::shared_ptr<Board> board;
  size_t word = 0;
};

Place placeOf(CallArguments& arguments, const Napi::CallbackInfo& info) {
  Place place{boardOf(info.Env(), info.This())};
  if (!place.board) {
    arguments.wrongType("this", "a board");
    return place;
  }
  place.word = static_cast<size_t>(arguments.integer(0, "word", 0, static_cast<int64_t>(place.board->words()) - 1));
  return place;
}

Napi::Value load(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const Place place = placeOf(arguments, info);
  if (arguments.areWrong()) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), place.board->load(place.word));
}

Napi::Value store(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const Place place = placeOf(arguments, info);
  const int value = arguments.number(1, "value");
  if (arguments.areWrong()) return info.Env().Undefined();
  place.board->store(place.word, value);
  return info.Env().Undefined();
}

Napi::Value add(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const Place place = placeOf(arguments, info);
  const int value = arguments.number(1, "value");
  if (arguments.areWrong()) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), place.board->add(place.word, value));
}

Napi::Value waitAtLeast(const Napi::CallbackInfo& info) {
  CallArguments arguments(info);
  const Place place = placeOf(arguments, info);
  const int value = arguments.number(1, "value");
  const int64_t timeoutMs = arguments.integer(2, "timeoutMs", 0, INT32_MAX);
  if (arguments.areWrong()) return info.Env().Undefined();
  return Napi::Boolean::New(info.Env(), place.board->waitAtLeast(place.word, value, timeoutMs));
}

}  // namespace

void Board::store(size_t word, int32_t value) {
  at(word).store(value, std::memory_order_release);
  futexWake(at(word));
}

int32_t Board::add(size_t word, int32_t value) {
  const int32_t sum = at(word).fetch_add(value, std::memory_order_acq_rel) + value;
  futexWake(at(word));
  return sum;
}

bool Board::waitAtLeast(size_t word, int32_t value, int64_t timeoutMs) const {
  const int64_t deadlineNs = nowNs() + timeoutMs * 1000000;
  for (;;) {
    const int32_t seen = load(word);
    if (seen >= value) return true;
    if (nowNs() >= deadlineNs) return false;
    futexWait(at(word), seen, deadlineNs);
  }
}

Napi::Object boardObject(Napi::Env env, std::shared_ptr<Board> board) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("words", Napi::Number::New(env, static_cast<double>(board->words())));
  addCalls(env, object, {{"load", load}, {"store", store}, {"add", add}, {"waitAtLeast", waitAtLeast}});
  auto* held = new std::shared_ptr<Board>(std::move(board));
  napi_wrap(
      env, object, held, [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<Board>*>(data); },
      nullptr, nullptr);
  napi_type_tag_object(env, object, &boardTag);
  return object;
}

std::shared_ptr<Board> boardOf(Napi::Env env, Napi::Value value) {
  if (!value.IsObject()) return nullptr;
  bool isBoard = false;
  if (napi_check_object_type_tag(env, value, &boardTag, &isBoard) != napi_ok || !isBoard) return nullptr;
  void* held = nullptr;
  if (napi_unwrap(env, value, &held) != napi_ok) return nullptr;
  return *static_cast<std::shared_ptr<Board>*>(held);
}

}  // namespace ipcbench::sys
