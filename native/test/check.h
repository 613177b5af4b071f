#pragma once
#include <cstdio>
#include <string>
#include <vector>

// A test harness of thirty lines, so that the tests of the core need nothing but a compiler.

struct Test {
  const char* name;
  void (*run)();
};

inline std::vector<Test>& allTests() {
  static std::vector<Test> tests;
  return tests;
}
inline int failures = 0;

struct Registered {
  Registered(const char* name, void (*run)()) { allTests().push_back({name, run}); }
};

#define JOINED(a, b) a##b
#define NAMED_BY_LINE(a, line) JOINED(a, line)
/** TEST("a sentence that is true") { … } */
#define TEST(name)                                                                                  \
  static void NAMED_BY_LINE(test, __LINE__)();                                                      \
  static const Registered NAMED_BY_LINE(registered, __LINE__)(name, NAMED_BY_LINE(test, __LINE__)); \
  static void NAMED_BY_LINE(test, __LINE__)()

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      ++failures;                                                               \
      std::printf("    %s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
    }                                                                           \
  } while (0)

inline std::string shown(const std::string& value) { return "\"" + value + "\""; }
inline std::string shown(const char* value) { return shown(std::string(value)); }
template <class T>
std::string shown(const T& value) {
  return std::to_string(value);
}

template <class A, class B>
void checkEqual(const A& actual, const B& expected, const char* text, const char* file, int line) {
  if (actual == expected) return;
  ++failures;
  std::printf("    %s:%d: %s is %s, not %s\n", file, line, text, shown(actual).c_str(), shown(expected).c_str());
}
#define CHECK_EQUAL(actual, expected) checkEqual(actual, expected, #actual, __FILE__, __LINE__)
