#include "json_line.h"

#include <cinttypes>
#include <cstdio>

#include "byte_io.h"

namespace ipcbench {

JsonLine::~JsonLine() {
  text("}\n");
  flush();
}

JsonLine& JsonLine::string(const char* name, const char* value) {
  key(name);
  put('"');
  for (; *value != '\0'; ++value) {
    const auto byte = static_cast<unsigned char>(*value);
    if (byte < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", byte);
      text(escaped);
      continue;
    }
    if (byte == '"' || byte == '\\') put('\\');
    put(*value);
  }
  put('"');
  return *this;
}

JsonLine& JsonLine::number(const char* name, int64_t value) {
  key(name);
  char digits[24];
  std::snprintf(digits, sizeof digits, "%" PRId64, value);
  text(digits);
  return *this;
}

JsonLine& JsonLine::numberOrNull(const char* name, int64_t value) {
  return value < 0 ? null(name) : number(name, value);
}

JsonLine& JsonLine::null(const char* name) {
  key(name);
  text("null");
  return *this;
}

JsonLine& JsonLine::beginObject(const char* name) {
  key(name);
  put('{');
  isFirst_ = true;
  return *this;
}

JsonLine& JsonLine::endObject() {
  put('}');
  isFirst_ = false;
  return *this;
}

JsonLine& JsonLine::beginArray(const char* name) {
  key(name);
  put('[');
  isFirst_ = true;
  return *this;
}

JsonLine& JsonLine::number(uint64_t value) {
  comma();
  char digits[24];
  std::snprintf(digits, sizeof digits, "%" PRIu64, value);
  text(digits);
  return *this;
}

JsonLine& JsonLine::endArray() {
  put(']');
  isFirst_ = false;
  return *this;
}

void JsonLine::key(const char* name) {
  comma();
  put('"');
  text(name);
  text("\":");
}

void JsonLine::comma() {
  if (!isFirst_) put(',');
  isFirst_ = false;
}

void JsonLine::text(const char* characters) {
  for (; *characters != '\0'; ++characters) put(*characters);
}

void JsonLine::put(char character) {
  if (used_ == sizeof buffer_) flush();
  buffer_[used_++] = character;
}

void JsonLine::flush() {
  uint64_t calls = 0;
  size_t accepted = 0;
  // A harness that no longer listens is not told that it does not: the end of the control channel ends the peer.
  (void)writeAll(fd_, buffer_, used_, calls, accepted);
  used_ = 0;
}

}  // namespace ipcbench
