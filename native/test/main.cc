#include <csignal>
#include <cstring>

#include "check.h"

/** Runs all tests, or those whose name contains the argument. Fails when none ran: that proves nothing. */
int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  int ran = 0, failed = 0;
  for (const Test& test : allTests()) {
    if (argc > 1 && std::strstr(test.name, argv[1]) == nullptr) continue;
    failures = 0;
    test.run();
    ++ran;
    if (failures != 0) {
      ++failed;
      std::printf("FAILED  %s\n", test.name);
    }
  }
  std::printf("%d passed, %d failed\n", ran - failed, failed);
  return ran > 0 && failed == 0 ? 0 : 1;
}
