// The plainest C++ for the same work: what the core's loops are compared with. It shares no code with them, so that a
// mistake in one is not a mistake in both; it checks nothing, and it forks instead of being spawned. Of what
// arrives it reads a byte in every cache line, as the core does, or, for `copy`, nothing.
//
// ipcbench-twin <transport> ping-pong|stream <size> <warm-up us> <window us> <cpu> look|copy
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

static int64_t now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void require(bool isTrue, const char* what) {
  if (!isTrue) perror(what), exit(1);
}

// One end: what it reads from and what it writes to.
struct End {
  int in, out;
};

static char folder[] = "/tmp/ipcbench-twin-XXXXXX";
static sockaddr_un addressOf(const char* name) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name);
  return address;
}

// Connects both ends before the fork; but FIFOs, whose opens wait for the other process, are only made.
static void connectBoth(const char* transport, End& parent, End& child) {
  const sockaddr_un nameA = addressOf("a"), nameB = addressOf("b");
  int a[2], b[2];
  if (strcmp(transport, "socketpair-stream") == 0) {
    require(socketpair(AF_UNIX, SOCK_STREAM, 0, a) == 0, "socketpair");
    parent = {a[0], a[0]}, child = {a[1], a[1]};
  } else if (strcmp(transport, "pipe") == 0) {
    require(pipe(a) == 0 && pipe(b) == 0, "pipe");
    parent = {a[0], b[1]}, child = {b[0], a[1]};
  } else if (strcmp(transport, "fifo") == 0) {
    require(mkfifo(nameA.sun_path, 0600) == 0 && mkfifo(nameB.sun_path, 0600) == 0, "mkfifo");
  } else {
    const bool isDatagram = strcmp(transport, "unix-dgram") == 0;
    const int type = isDatagram ? SOCK_DGRAM : strcmp(transport, "unix-seqpacket") == 0 ? SOCK_SEQPACKET : SOCK_STREAM;
    const auto at = [](const sockaddr_un& name) { return (const sockaddr*)&name; };
    int one = socket(AF_UNIX, type, 0), other = socket(AF_UNIX, type, 0);
    require(bind(one, at(nameA), sizeof nameA) == 0, "bind");
    if (isDatagram)
      require(bind(other, at(nameB), sizeof nameB) == 0 && connect(one, at(nameB), sizeof nameB) == 0, "connect");
    else
      require(listen(one, 1) == 0, "listen");
    require(connect(other, at(nameA), sizeof nameA) == 0, "connect");
    if (!isDatagram) one = accept(one, nullptr, nullptr);
    parent = {one, one}, child = {other, other};
  }
}

static void openFifos(End& end, bool isParent) {
  if (isParent)
    end.in = open(addressOf("a").sun_path, O_RDONLY), end.out = open(addressOf("b").sun_path, O_WRONLY);
  else
    end.out = open(addressOf("a").sun_path, O_WRONLY), end.in = open(addressOf("b").sun_path, O_RDONLY);
}

static void writeAll(int fd, const char* bytes, size_t size) {
  for (ssize_t n; size > 0; bytes += n, size -= n) require((n = write(fd, bytes, size)) > 0, "write");
}

static bool looks = true;
static void readAll(int fd, char* bytes, size_t size) {
  for (ssize_t got = 0, n; got < (ssize_t)size; got += n) require((n = read(fd, bytes + got, size - got)) > 0, "read");
  for (size_t at = 0; looks && at < size; at += 64) asm volatile("" : : "r"(bytes[at]));
}

// The child answers, or sends, until it is killed. The first byte of a message tells the phase of a stream: the window
// begins with a 2 and ends with a 3.
[[noreturn]] static void runChild(End end, bool isPingPong, char* buffer, size_t size, int64_t warmupNs,
                                  int64_t windowNs) {
  while (isPingPong) readAll(end.in, buffer, size), writeAll(end.out, buffer, size);
  const size_t perLook = std::clamp<size_t>(262144 / size, 1, 64);
  for (const char phase : {2, 3}) {
    const int64_t until = now() + (phase == 2 ? warmupNs : windowNs);
    buffer[0] = 1;
    do {
      for (size_t i = 0; i < perLook; ++i) writeAll(end.out, buffer, size);
    } while (now() < until);
    buffer[0] = phase;
    writeAll(end.out, buffer, size);
  }
  for (;;) pause();  // exiting would take the CPU from the parent, which still reads
}

static void measureRoundTrips(End end, char* buffer, size_t size, int64_t warmupNs, int64_t windowNs) {
  const size_t most = 1 + windowNs / 1000;
  int64_t* samples = (int64_t*)malloc(most * sizeof(int64_t));
  memset(samples, 1, most * sizeof(int64_t));
  const auto roundTrip = [&] { writeAll(end.out, buffer, size), readAll(end.in, buffer, size); };
  const int64_t warmUntil = now() + warmupNs;
  do roundTrip();
  while (now() < warmUntil);
  size_t count = 0;
  int64_t previous = now();
  for (const int64_t until = previous + windowNs; previous < until && count < most;) {
    roundTrip();
    const int64_t t = now();
    samples[count++] = t - previous;
    previous = t;
  }
  std::sort(samples, samples + count);
  printf("{\"messages\":%zu,\"p25Ns\":%lld,\"p50Ns\":%lld}\n", count, (long long)samples[count / 4],
         (long long)samples[count / 2]);
}

static void measureStream(End end, char* buffer, size_t size) {
  while (buffer[0] != 2) readAll(end.in, buffer, size);
  int64_t messages = 0, start = now();
  for (; buffer[0] != 3; ++messages) readAll(end.in, buffer, size);
  printf("{\"messages\":%lld,\"bytesPerSecond\":%.0f}\n", (long long)messages,
         double(messages) * double(size) * 1e9 / double(now() - start));
}

int main(int argc, char** argv) {
  require(argc == 8, "usage: ipcbench-twin transport workload size warm-up-us window-us cpu look|copy");
  const bool isPingPong = strcmp(argv[2], "ping-pong") == 0;
  looks = strcmp(argv[7], "look") == 0;
  const size_t size = atol(argv[3]);
  const int64_t warmupNs = atol(argv[4]) * 1000, windowNs = atol(argv[5]) * 1000;
  cpu_set_t set{};
  CPU_SET(atoi(argv[6]), &set);
  require(sched_setaffinity(0, sizeof set, &set) == 0, "sched_setaffinity");
  require(mkdtemp(folder) != nullptr, "mkdtemp");
  char* buffer = (char*)aligned_alloc(4096, (size + 4095) / 4096 * 4096);
  memset(buffer, 1, size);
  End parent{}, child{};
  connectBoth(argv[1], parent, child);
  const pid_t pid = fork();
  if (strcmp(argv[1], "fifo") == 0) openFifos(pid == 0 ? child : parent, pid != 0);
  if (pid == 0) runChild(child, isPingPong, buffer, size, warmupNs, windowNs);
  isPingPong ? measureRoundTrips(parent, buffer, size, warmupNs, windowNs) : measureStream(parent, buffer, size);
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  for (const char* name : {"a", "b"}) unlink(addressOf(name).sun_path);
  rmdir(folder);
}
