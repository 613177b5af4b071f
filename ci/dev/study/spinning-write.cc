// A write(2) that spins first: a real slowdown for gates to find. Preloaded into one side's peers, whose executable
// calls libc like any other program:
//
//   g++ -O2 -shared -fPIC -o spinning-write.so spinning-write.cc
//   ipcbench gate unix-stream --base env.LD_PRELOAD=$PWD/spinning-write.so --head env.LD_PRELOAD=$PWD/spinning-write.so
//   --head env.SPIN_NS=400
//
// Both sides preload it, so that it is the spin alone that differs. Without SPIN_NS it passes every call on.
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

#include <cstdint>

namespace {

int64_t now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

// A message has this many bytes at least; what the peer says on its control channel before and after a window is not
// slowed down.
constexpr size_t leastMessageBytes = 32;

using Write = ssize_t (*)(int, const void*, size_t);
Write realWrite = nullptr;
int64_t spinNs = 0;

void spin() {
  const int64_t until = now() + spinNs;
  while (now() < until) {
  }
}

__attribute__((constructor)) void prepare() {
  realWrite = reinterpret_cast<Write>(dlsym(RTLD_NEXT, "write"));
  if (const char* asked = getenv("SPIN_NS")) spinNs = atoll(asked);
  if (spinNs == 0) return;
  // Reads of the clock make a spin longer than it was asked to be: by how much is measured, and taken off.
  constexpr int spins = 2000;
  const int64_t asked = spinNs, start = now();
  for (int i = 0; i < spins; ++i) spin();
  const int64_t excess = (now() - start) / spins - asked;
  spinNs = asked > excess ? asked - excess : 1;
}

}  // namespace

extern "C" ssize_t write(int fd, const void* bytes, size_t size) {
  if (spinNs > 0 && size >= leastMessageBytes) spin();
  return realWrite(fd, bytes, size);
}
