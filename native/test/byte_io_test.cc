#include "../src/byte_io.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <csignal>
#include <cstring>
#include <thread>
#include <vector>

#include "check.h"

using namespace ipcbench;

namespace {

struct Pair {
  int a, b;
  Pair() {
    int fds[2];
    ::socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
    a = fds[0], b = fds[1];
  }
  ~Pair() { closeA(), ::close(b); }
  void closeA() {
    if (a >= 0) ::close(a);
    a = -1;
  }
};

std::vector<unsigned char> pattern(size_t size) {
  std::vector<unsigned char> bytes(size);
  for (size_t at = 0; at < size; ++at) bytes[at] = static_cast<unsigned char>(at * 31 + at / 251);
  return bytes;
}

/** Interrupts system calls every 200 us, without SA_RESTART, while it lives. */
struct Interruptions {
  static void nothing(int) {}
  Interruptions() {
    struct sigaction action = {};
    action.sa_handler = nothing;
    ::sigaction(SIGALRM, &action, nullptr);
    const itimerval often{{0, 200}, {0, 200}};
    ::setitimer(ITIMER_REAL, &often, nullptr);
  }
  ~Interruptions() {
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
  }
};

/** Writes `size` bytes in one go and reads them in pieces of `piece`, with the writer's descriptor as it is. */
void moveThrough(Pair& pair, size_t size, size_t piece) {
  const auto sent = pattern(size);
  std::vector<unsigned char> got;
  std::thread reader([&] {
    std::vector<unsigned char> buffer(piece);
    while (got.size() < size) {
      const ssize_t n = ::read(pair.b, buffer.data(), std::min(piece, size - got.size()));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      got.insert(got.end(), buffer.begin(), buffer.begin() + n);
    }
  });
  uint64_t calls = 0;
  size_t accepted = 0;
  CHECK_EQUAL(writeAll(pair.a, sent.data(), size, calls, accepted), static_cast<int64_t>(size));
  CHECK_EQUAL(accepted, size);
  reader.join();
  CHECK(got == sent);
}

}  // namespace

TEST("a write that is taken in parts arrives whole from a nonblocking descriptor") {
  Pair pair;
  const int small = 4096;
  ::setsockopt(pair.a, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  ::fcntl(pair.a, F_SETFL, O_NONBLOCK);
  moveThrough(pair, 300'000, 777);
}

TEST("a write that is interrupted again and again arrives whole") {
  Pair pair;
  const int small = 4096;
  ::setsockopt(pair.a, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  Interruptions interruptions;
  moveThrough(pair, 2'000'000, 5000);
}

TEST("two parts that are taken in pieces arrive in order, wherever the cut falls") {
  for (const size_t head : {size_t{1}, size_t{32}, size_t{5000}, size_t{150'000}}) {
    Pair pair;
    const int small = 4096;
    ::setsockopt(pair.a, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    ::fcntl(pair.a, F_SETFL, O_NONBLOCK);
    const auto sent = pattern(200'000);
    std::vector<unsigned char> got(sent.size());
    std::thread reader([&] {
      uint64_t calls = 0;
      readExactly(pair.b, got.data(), got.size(), calls);
    });
    uint64_t calls = 0;
    size_t accepted = 0;
    auto* bytes = const_cast<unsigned char*>(sent.data());
    CHECK_EQUAL(writeAll(pair.a, iovec{bytes, head}, iovec{bytes + head, sent.size() - head}, calls, accepted),
                200'000);
    CHECK_EQUAL(accepted, 200'000u);
    reader.join();
    CHECK(got == sent);
  }
}

TEST("a read waits for all its bytes, through interruptions and on a nonblocking descriptor") {
  for (const bool isNonblocking : {false, true}) {
    Pair pair;
    if (isNonblocking) ::fcntl(pair.b, F_SETFL, O_NONBLOCK);
    const auto sent = pattern(3000);
    std::thread writer([&] {
      for (size_t at = 0; at < sent.size(); at += 100) {
        std::this_thread::sleep_for(std::chrono::microseconds(100));
        if (::write(pair.a, sent.data() + at, 100) != 100) break;
      }
    });
    std::vector<unsigned char> got(sent.size());
    uint64_t calls = 0;
    Interruptions interruptions;
    CHECK_EQUAL(readExactly(pair.b, got.data(), got.size(), calls), 3000);
    CHECK(got == sent);
    CHECK(calls > 1);
    writer.join();
  }
}

TEST("a stream that ends inside a message gives what there was, then 0") {
  Pair pair;
  CHECK_EQUAL(::write(pair.a, "abc", 3), 3);
  pair.closeA();
  char bytes[10];
  uint64_t calls = 0;
  CHECK_EQUAL(readExactly(pair.b, bytes, sizeof bytes, calls), 3);
  CHECK_EQUAL(readExactly(pair.b, bytes, sizeof bytes, calls), 0);
}

TEST("a write to a partner that has gone is -EPIPE, a call on no descriptor -EBADF") {
  Pair pair;
  pair.closeA();
  uint64_t calls = 0;
  size_t accepted = 9;
  CHECK_EQUAL(writeAll(pair.b, "abc", 3, calls, accepted), -EPIPE);
  CHECK_EQUAL(accepted, 0u);
  char byte;
  CHECK_EQUAL(readSome(-1, &byte, 1, calls), -EBADF);
  CHECK_EQUAL(calls, 2u);
}

TEST("a failed write tells how much of the message was taken before") {
  Pair pair;
  const int small = 4096;
  ::setsockopt(pair.a, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  const auto sent = pattern(1'000'000);
  std::thread reader([&] {
    std::vector<char> some(20'000);
    uint64_t calls = 0;
    readExactly(pair.b, some.data(), some.size(), calls);
    ::shutdown(pair.b, SHUT_RD);
  });
  uint64_t calls = 0;
  size_t accepted = 0;
  CHECK_EQUAL(writeAll(pair.a, sent.data(), sent.size(), calls, accepted), -EPIPE);
  CHECK(accepted >= 20'000 && accepted < sent.size());
  reader.join();
}
