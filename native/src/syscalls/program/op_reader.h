#pragma once
#include <napi.h>

#include <map>
#include <string>
#include <vector>

#include "../address.h"
#include "../call.h"
#include "machine.h"
#include "op.h"

namespace ipcbench::sys {

/** What holds for a program as a whole while it is read. */
struct Reading {
  CallArguments& arguments;
  Program& program;
  bool isThread;
  std::map<std::string, int> names;
};

/** Reads `ops` and appends to the program. What is wrong is thrown through `reading.arguments`. */
void readOps(Reading& reading, Napi::Value ops, const std::string& path);

/** Reads the fields of one operation. The first that does not fit throws; from then on every reading gives an empty
 * value. */
class OpReader {
 public:
  OpReader(Reading& reading, Napi::Object object, std::string path)
      : reading_(reading), object_(object), path_(std::move(path)) {}

  /** A descriptor: a number from 0, or the name of an operation before. */
  Operand fd(const char* name) { return operand(name, 0); }
  std::vector<Operand> fdsOr(const char* name);
  /** A process id likewise, negative ones included. */
  Operand process(const char* name) { return operand(name, INT32_MIN); }
  int64_t integer(const char* name, int64_t lowest, int64_t highest);
  int64_t integerOr(const char* name, int64_t lowest, int64_t highest, int64_t fallback);
  int number(const char* name) { return static_cast<int>(integer(name, INT32_MIN, INT32_MAX)); }
  int flagsOr(const char* name, int fallback) {
    return static_cast<int>(static_cast<uint32_t>(integerOr(name, INT32_MIN, UINT32_MAX, fallback)));
  }
  int flags(const char* name) { return static_cast<int>(static_cast<uint32_t>(integer(name, INT32_MIN, UINT32_MAX))); }
  int signo(const char* name) { return static_cast<int>(integer(name, 1, 64)); }
  std::vector<int> integers(const char* name, int64_t lowest, int64_t highest);
  size_t word(const char* name);
  size_t boardWords() const { return reading_.program.board->words(); }
  std::string text(const char* name);
  std::vector<std::string> texts(const char* name);
  std::vector<uint8_t> data(const char* name);
  SocketAddress address(const char* name);
  bool isTrue(const char* name) { return object_.Get(name).ToBoolean(); }
  bool isGiven(const char* name) { return !object_.Get(name).IsUndefined(); }
  /** One of these; `fallback` when it is not given. */
  std::string choiceOr(const char* name, std::initializer_list<const char*> choices, const char* fallback);
  /** Registers for the names of a list that may be left out. */
  std::vector<int> into(const char* name);
  /** Reads the operations of the body, which then lie behind this one. */
  void body(const char* name);
  Napi::Object object() { return object_; }

  bool isThread() const { return reading_.isThread; }
  /** For what acts on the process as a whole, or would end it. */
  void refuseInThread();
  void wrong(const char* name, const char* expected);
  bool isWrong() const { return reading_.arguments.areWrong(); }

 private:
  Operand operand(const char* name, int64_t lowest);
  Operand operandFrom(Napi::Value value, const char* name, int64_t lowest);

  Reading& reading_;
  Napi::Object object_;
  std::string path_;
};

}  // namespace ipcbench::sys
