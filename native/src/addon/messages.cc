#include "messages.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "../message.h"
#include "../payload.h"
#include "arguments.h"

namespace ipcbench {
namespace {

constexpr int64_t largestMessage = INT64_C(256) << 20;
constexpr int64_t largestSafeInteger = (INT64_C(1) << 53) - 1;

/** The template of the seed asked for last. One for each environment: worker threads run these functions at the same
 * time. */
class TemplateCache {
 public:
  const PayloadTemplate* of(Napi::Env env, uint32_t seed, size_t messageBytes) {
    if (!template_ || seed_ != seed || template_->maxMessageBytes() < messageBytes) {
      auto made = PayloadTemplate::create(seed, std::max<size_t>(messageBytes, 65536));
      if (!made) {
        throwFailure(env, made.failure());
        return nullptr;
      }
      template_.emplace(std::move(*made));
      seed_ = seed;
    }
    return &*template_;
  }

 private:
  std::optional<PayloadTemplate> template_;
  uint32_t seed_ = 0;
};

/** A message and what it should be. */
struct Expected {
  Napi::Uint8Array message;
  uint32_t size = 0;
  uint16_t sender = 0;
  uint64_t seq = 0;
};

Expected messageFrom(Arguments& arguments, size_t senderAt, const char* seqName) {
  Expected expected;
  expected.message = arguments.bytes(0, "message");
  expected.sender = static_cast<uint16_t>(arguments.integer(senderAt, "sender", 0, UINT16_MAX));
  expected.seq = static_cast<uint64_t>(arguments.integer(senderAt + 1, seqName, 0, largestSafeInteger));
  if (arguments.areWrong()) return expected;
  const auto size = static_cast<int64_t>(expected.message.ByteLength());
  if (size < 1 || size > largestMessage) {
    arguments.wrongRange("message", "1 to 268435456 bytes");
    return expected;
  }
  expected.size = static_cast<uint32_t>(size);
  return expected;
}

Napi::Object finding(Napi::Env env, const char* kind) {
  Napi::Object found = Napi::Object::New(env);
  found.Set("kind", kind);
  return found;
}

Napi::Object findingOf(Napi::Env env, const char* kind, uint16_t sender, uint64_t seq) {
  Napi::Object found = finding(env, kind);
  found.Set("sender", Napi::Number::New(env, sender));
  found.Set("seq", Napi::Number::New(env, static_cast<double>(seq)));
  return found;
}

/** Completes `expected` with what the header says. An undefined value is "nothing wrong with it". */
Napi::Value inspectHeader(Napi::Env env, Expected& expected) {
  const unsigned char* bytes = expected.message.Data();
  if (expected.size < fullHeaderBytes) {
    if (!readCompactHeader(bytes, expected.size, expected.seq, expected.seq)) return finding(env, "damaged-header");
    return env.Undefined();
  }
  Header header;
  if (!readHeader(bytes, header)) return finding(env, "damaged-header");
  expected.sender = header.sender;
  expected.seq = header.seq;
  if (header.length == expected.size) return env.Undefined();
  Napi::Object found = findingOf(env, "wrong-boundary", header.sender, header.seq);
  found.Set("expected", Napi::Number::New(env, header.length));
  return found;
}

Napi::Value messageSize(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto seed = static_cast<uint32_t>(arguments.integer(0, "seed", 0, UINT32_MAX));
  const auto seq = static_cast<uint64_t>(arguments.integer(1, "seq", 0, largestSafeInteger));
  const int64_t minBytes = arguments.integer(2, "minBytes", 1, largestMessage);
  const int64_t maxBytes = arguments.integer(3, "maxBytes", minBytes, largestMessage);
  if (arguments.areWrong()) return info.Env().Undefined();
  return Napi::Number::New(info.Env(),
                           plannedBytes(seed, seq, static_cast<uint32_t>(minBytes), static_cast<uint32_t>(maxBytes)));
}

Napi::Value fillMessage(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  const auto seed = static_cast<uint32_t>(arguments.integer(1, "seed", 0, UINT32_MAX));
  Expected expected = messageFrom(arguments, 2, "seq");
  if (arguments.areWrong()) return info.Env().Undefined();
  const PayloadTemplate* payload = info.Env().GetInstanceData<TemplateCache>()->of(info.Env(), seed, expected.size);
  if (payload != nullptr) payload->fill(expected.message.Data(), expected.size, expected.sender, expected.seq);
  return info.Env().Undefined();
}

Napi::Value checkMessage(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Arguments arguments(info);
  const auto seed = static_cast<uint32_t>(arguments.integer(1, "seed", 0, UINT32_MAX));
  Expected expected = messageFrom(arguments, 2, "expectedSeq");
  if (arguments.areWrong()) return env.Undefined();
  const Napi::Value wrong = inspectHeader(env, expected);
  if (!wrong.IsUndefined()) return wrong;
  const PayloadTemplate* payload = env.GetInstanceData<TemplateCache>()->of(env, seed, expected.size);
  if (payload == nullptr) return env.Undefined();
  const size_t header = headerBytesOf(expected.size);
  const int64_t damage =
      payload->firstDamage(expected.message.Data() + header, expected.size - header, expected.sender, expected.seq);
  if (damage < 0) return findingOf(env, "intact", expected.sender, expected.seq);
  Napi::Object found = findingOf(env, "damaged-payload", expected.sender, expected.seq);
  found.Set("offset", Napi::Number::New(env, static_cast<double>(damage)));
  return found;
}

Napi::Value checkHeader(const Napi::CallbackInfo& info) {
  Arguments arguments(info);
  Expected expected = messageFrom(arguments, 1, "expectedSeq");
  if (arguments.areWrong()) return info.Env().Undefined();
  touch(expected.message.Data(), expected.size);
  const Napi::Value wrong = inspectHeader(info.Env(), expected);
  return wrong.IsUndefined() ? findingOf(info.Env(), "intact", expected.sender, expected.seq) : wrong;
}

}  // namespace

void exportMessages(Napi::Env env, Napi::Object exports) {
  // Freed with the environment.
  env.SetInstanceData(new TemplateCache());
  exports.Set("messageSize", Napi::Function::New(env, messageSize, "messageSize"));
  exports.Set("fillMessage", Napi::Function::New(env, fillMessage, "fillMessage"));
  exports.Set("checkMessage", Napi::Function::New(env, checkMessage, "checkMessage"));
  exports.Set("checkHeader", Napi::Function::New(env, checkHeader, "checkHeader"));
}

}  // namespace ipcbench
