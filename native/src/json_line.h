#pragma once
#include <cstddef>
#include <cstdint>

namespace ipcbench {

/** Writes one JSON object as one line, in pieces, through a buffer of fixed size: results may be long, memory is not.
 */
class JsonLine {
 public:
  explicit JsonLine(int fd) : fd_(fd) { text("{"); }
  JsonLine(const JsonLine&) = delete;
  /** Ends the line and writes what is left. */
  ~JsonLine();

  JsonLine& string(const char* name, const char* value);
  JsonLine& number(const char* name, int64_t value);
  /** null when negative: the system did not tell. */
  JsonLine& numberOrNull(const char* name, int64_t value);
  JsonLine& null(const char* name);
  JsonLine& beginObject(const char* name);
  JsonLine& endObject();
  JsonLine& beginArray(const char* name);
  JsonLine& number(uint64_t value);
  JsonLine& endArray();

 private:
  void key(const char* name);
  void comma();
  void text(const char* characters);
  void put(char character);
  void flush();

  int fd_;
  size_t used_ = 0;
  bool isFirst_ = true;
  char buffer_[2048];
};

}  // namespace ipcbench
