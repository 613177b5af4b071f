// Makes every write of a peer cost SLOWER_NS more, by spinning after it: a worsening of known size inside the transport.
// cc -O2 -shared -fPIC -o slower.so slower.c -ldl
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static ssize_t (*plain_write)(int, const void *, size_t);
static long spin_ns;

__attribute__((constructor)) static void prepare(void) {
  plain_write = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  const char *asked = getenv("SLOWER_NS");
  spin_ns = asked == NULL ? 0 : atol(asked);
}

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

ssize_t write(int fd, const void *bytes, size_t size) {
  const ssize_t written = plain_write(fd, bytes, size);
  // Base runs with 0, so that both sides pay for being interposed.
  if (spin_ns == 0) return written;
  const long long until = now_ns() + spin_ns;
  while (now_ns() < until) {
  }
  return written;
}
