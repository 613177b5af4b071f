// A write(2) that spins first: a real slowdown for gates to find. Preloaded into one side's peers, whose executable calls libc like any other program:
//
//   g++ -O2 -shared -fPIC -o spinning-write.so spinning-write.cc
//   ipcbench gate unix-stream --base env.LD_PRELOAD=$PWD/spinning-write.so --head env.LD_PRELOAD=$PWD/spinning-write.so --head env.SPIN_NS=400
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

// A message has this many bytes at least; what the peer says on its control channel before and after a window is not slowed down.
constexpr size_t leastMessageBytes = 32;

using Write = ssize_t (*)(int, const void*, size_t);
Write realWrite = nullptr;
int64_t spinNs = 0;

__attribute__((constructor)) void prepare() {
  realWrite = reinterpret_cast<Write>(dlsym(RTLD_NEXT, "write"));
  if (const char* asked = getenv("SPIN_NS")) spinNs = atoll(asked);
  // The first look and the last are a read of the clock each, and the loop ends half a read late: about two of them are spent anyway.
  constexpr int reads = 1000;
  const int64_t start = now();
  for (int i = 0; i < reads; ++i) now();
  const int64_t overhead = 2 * (now() - start) / reads;
  if (spinNs > 0) spinNs = spinNs > overhead ? spinNs - overhead : 1;
}

}  // namespace

extern "C" ssize_t write(int fd, const void* bytes, size_t size) {
  if (spinNs > 0 && size >= leastMessageBytes) {
    const int64_t until = now() + spinNs;
    while (now() < until) {}
  }
  return realWrite(fd, bytes, size);
}
