#include "op_reader.h"

#include <cmath>

namespace ipcbench::sys {
namespace {

bool isInteger(Napi::Value value, int64_t lowest, int64_t highest) {
  if (!value.IsNumber()) return false;
  const double number = value.As<Napi::Number>().DoubleValue();
  return number >= static_cast<double>(lowest) && number <= static_cast<double>(highest) &&
         number == std::floor(number);
}

std::unique_ptr<Op> makeNamed(const std::string& name, OpReader& reader, const char** stored) {
  for (const auto& makers : {descriptorOps(), transferOps(), messageOps(), socketOps(), processOps(), signalOps(),
                             controlOps(), runsOps(), stampedOps(), patternOps(), boardRingOps()}) {
    for (const OpMaker& maker : makers) {
      if (name != maker.name) continue;
      *stored = maker.name;
      return maker.make(reader);
    }
  }
  return nullptr;
}

}  // namespace

void readOps(Reading& reading, Napi::Value ops, const std::string& path) {
  if (!ops.IsArray()) {
    reading.arguments.wrongType(path.c_str(), "an array of operations");
    return;
  }
  const auto list = ops.As<Napi::Array>();
  auto& all = reading.program.ops;
  for (uint32_t index = 0; index < list.Length() && !reading.arguments.areWrong(); ++index) {
    const std::string here = path + "[" + std::to_string(index) + "]";
    const Napi::Value value = list.Get(index);
    if (!value.IsObject()) {
      reading.arguments.wrongType(here.c_str(), "an operation");
      return;
    }
    OpReader reader(reading, value.As<Napi::Object>(), here);
    // Its place comes before those of its body.
    const size_t place = all.size();
    all.push_back(nullptr);
    const char* name = nullptr;
    std::unique_ptr<Op> op = makeNamed(reader.text("op"), reader, &name);
    if (reading.arguments.areWrong()) return;
    if (op == nullptr) return reader.wrong("op", "the name of an operation");
    op->name = name;
    op->after = all.size();
    if (reader.isGiven("as")) {
      op->as = reader.text("as");
      const auto known = reading.names.try_emplace(op->as, static_cast<int>(reading.program.registers));
      if (known.second) reading.program.registers += 1;
      op->reg = known.first->second;
    }
    all[place] = std::move(op);
  }
}

Operand OpReader::operand(const char* name, int64_t lowest) { return operandFrom(object_.Get(name), name, lowest); }

Operand OpReader::operandFrom(Napi::Value value, const char* name, int64_t lowest) {
  if (isInteger(value, lowest, INT32_MAX)) return {value.As<Napi::Number>().Int64Value(), -1};
  if (value.IsString()) {
    const auto known = reading_.names.find(value.As<Napi::String>().Utf8Value());
    if (known != reading_.names.end()) return {-1, known->second};
  }
  wrong(name, "a number, or the name of an operation before this one");
  return {};
}

std::vector<Operand> OpReader::fdsOr(const char* name) {
  std::vector<Operand> operands;
  const Napi::Value value = object_.Get(name);
  if (value.IsUndefined()) return operands;
  if (!value.IsArray()) {
    wrong(name, "an array of descriptors");
    return operands;
  }
  const auto list = value.As<Napi::Array>();
  for (uint32_t index = 0; index < list.Length(); ++index) operands.push_back(operandFrom(list.Get(index), name, 0));
  return operands;
}

int64_t OpReader::integer(const char* name, int64_t lowest, int64_t highest) {
  const Napi::Value value = object_.Get(name);
  if (isInteger(value, lowest, highest)) return value.As<Napi::Number>().Int64Value();
  wrong(name, ("an integer from " + std::to_string(lowest) + " to " + std::to_string(highest)).c_str());
  return lowest;
}

int64_t OpReader::integerOr(const char* name, int64_t lowest, int64_t highest, int64_t fallback) {
  return isGiven(name) ? integer(name, lowest, highest) : fallback;
}

std::vector<int> OpReader::integers(const char* name, int64_t lowest, int64_t highest) {
  std::vector<int> numbers;
  const Napi::Value value = object_.Get(name);
  if (!value.IsArray()) {
    wrong(name, "an array of integers");
    return numbers;
  }
  const auto list = value.As<Napi::Array>();
  for (uint32_t index = 0; index < list.Length(); ++index) {
    if (isInteger(list.Get(index), lowest, highest)) {
      numbers.push_back(list.Get(index).As<Napi::Number>().Int32Value());
    } else {
      wrong(name, "an array of integers");
    }
  }
  return numbers;
}

size_t OpReader::word(const char* name) {
  return static_cast<size_t>(integer(name, 0, static_cast<int64_t>(boardWords()) - 1));
}

std::string OpReader::text(const char* name) {
  const Napi::Value value = object_.Get(name);
  std::string text = value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string(1, '\0');
  if (text.find('\0') == std::string::npos) return text;
  wrong(name, "a string without NUL");
  return {};
}

std::vector<std::string> OpReader::texts(const char* name) {
  std::vector<std::string> texts;
  const Napi::Value value = object_.Get(name);
  if (!value.IsArray()) {
    wrong(name, "an array of strings");
    return texts;
  }
  const auto list = value.As<Napi::Array>();
  for (uint32_t index = 0; index < list.Length(); ++index) {
    const Napi::Value each = list.Get(index);
    if (!each.IsString()) {
      wrong(name, "an array of strings");
      return {};
    }
    texts.push_back(each.As<Napi::String>().Utf8Value());
  }
  return texts;
}

std::vector<uint8_t> OpReader::data(const char* name) {
  const Napi::Value value = object_.Get(name);
  if (isData(value)) {
    const Data data = dataFrom(value);
    return {data.bytes(), data.bytes() + data.length()};
  }
  if (value.IsObject()) {
    const auto repeated = value.As<Napi::Object>();
    if (isInteger(repeated.Get("bytes"), 0, mostBytes) && isInteger(repeated.Get("value"), 0, 255)) {
      return std::vector<uint8_t>(static_cast<size_t>(repeated.Get("bytes").As<Napi::Number>().Int64Value()),
                                  static_cast<uint8_t>(repeated.Get("value").As<Napi::Number>().Int32Value()));
    }
  }
  wrong(name, "a Uint8Array, a string, or { bytes, value }");
  return {};
}

SocketAddress OpReader::address(const char* name) {
  SocketAddress address;
  if (!readAddress(object_.Get(name), address)) wrong(name, expectedAddress);
  return address;
}

std::string OpReader::choiceOr(const char* name, std::initializer_list<const char*> choices, const char* fallback) {
  if (!isGiven(name)) return fallback;
  const std::string chosen = text(name);
  std::string expected = "one of";
  for (const char* known : choices) {
    if (chosen == known) return chosen;
    expected += std::string(" '") + known + "'";
  }
  wrong(name, expected.c_str());
  return fallback;
}

std::vector<int> OpReader::into(const char* name) {
  std::vector<int> registers;
  if (!isGiven(name)) return registers;
  for (const std::string& each : texts(name)) {
    const auto known = reading_.names.try_emplace(each, static_cast<int>(reading_.program.registers));
    if (known.second) reading_.program.registers += 1;
    registers.push_back(known.first->second);
  }
  return registers;
}

void OpReader::body(const char* name) { readOps(reading_, object_.Get(name), path_ + "." + name); }

void OpReader::refuseInThread() {
  if (reading_.isThread) wrong("op", "one that a thread can do: this one is for a forked program");
}

void OpReader::wrong(const char* name, const char* expected) {
  reading_.arguments.wrongType((path_ + "." + name).c_str(), expected);
}

}  // namespace ipcbench::sys
