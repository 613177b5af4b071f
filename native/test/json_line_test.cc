#include "../src/json_line.h"

#include <unistd.h>

#include <string>

#include "check.h"

using namespace ipcbench;

namespace {

/** What a line writes, read back from a pipe that holds it whole. */
template <class Write>
std::string written(Write write) {
  int fds[2];
  if (::pipe(fds) != 0) return "no pipe";
  {
    JsonLine line(fds[1]);
    write(line);
  }
  ::close(fds[1]);
  std::string text;
  char bytes[4096];
  for (ssize_t got; (got = ::read(fds[0], bytes, sizeof bytes)) > 0;) text.append(bytes, static_cast<size_t>(got));
  ::close(fds[0]);
  return text;
}

}  // namespace

TEST("a line is one JSON object") {
  CHECK_EQUAL(
      written([](JsonLine& line) {
        line.string("type", "error")
            .number("errno", -90)
            .null("code")
            .numberOrNull("x", -1)
            .beginObject("costs")
            .number("a", 1)
            .endObject();
        line.beginArray("bins").number(1).number(2).endArray().string("last", "");
      }),
      "{\"type\":\"error\",\"errno\":-90,\"code\":null,\"x\":null,\"costs\":{\"a\":1},\"bins\":[1,2],\"last\":\"\"}\n");
}

TEST("quotes, backslashes and control characters are escaped") {
  CHECK_EQUAL(written([](JsonLine& line) { line.string("m", "a\"b\\c\nd\x01"); }),
              "{\"m\":\"a\\\"b\\\\c\\u000ad\\u0001\"}\n");
}

TEST("a line longer than its buffer comes out whole") {
  const std::string text = written([](JsonLine& line) {
    line.beginArray("bins");
    for (uint64_t i = 0; i < 4000; ++i) line.number(i);
    line.endArray();
  });
  CHECK(text.size() > 18'000);
  CHECK(text.ends_with(",3999]}\n"));
}
