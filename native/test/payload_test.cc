#include "../src/payload.h"

#include <algorithm>
#include <set>
#include <vector>

#include "check.h"

using namespace ipcbench;

TEST("a filled message is found undamaged, and any changed byte is found where it is") {
  auto payload = PayloadTemplate::create(7, 4096);
  std::vector<unsigned char> message(200);
  payload->fill(message.data(), 200, 1, 42);
  CHECK_EQUAL(payload->firstDamage(message.data() + 32, 168, 1, 42), -1);
  for (size_t at = 32; at < 200; ++at) {
    message[at] ^= 0x10;
    CHECK_EQUAL(payload->firstDamage(message.data() + 32, 168, 1, 42), static_cast<int64_t>(at - 32));
    message[at] ^= 0x10;
  }
}

TEST("the payload of another message, sender or seed, or one moved by a byte, is damage") {
  auto payload = PayloadTemplate::create(7, 4096), other = PayloadTemplate::create(8, 4096);
  std::vector<unsigned char> message(200);
  const auto damaged = [&](uint16_t sender, uint64_t seq) {
    return payload->firstDamage(message.data() + 32, 168, sender, seq) >= 0;
  };
  payload->fill(message.data(), 200, 0, 5);
  CHECK(!damaged(0, 5));
  CHECK(damaged(0, 4) && damaged(0, 6) && damaged(1, 5) && damaged(0, 69));
  std::rotate(message.begin() + 32, message.begin() + 33, message.end());
  CHECK(damaged(0, 5));
  other->fill(message.data(), 200, 0, 5);
  CHECK(damaged(0, 5));
}

TEST("every sequence number has its own slice until the template has been through") {
  auto payload = PayloadTemplate::create(7, 64);
  std::set<const unsigned char*> slices;
  for (uint64_t seq = 0; seq < 65536; ++seq) slices.insert(payload->of(0, seq));
  CHECK_EQUAL(slices.size(), 65536u);
}

TEST("planned sizes stay inside their bounds and reach both") {
  for (const auto& [least, most] :
       {std::pair{32u, 100'000u}, {1u, 1u}, {1u, 31u}, {64u, 64u}, {1000u, 1023u}, {32u, 16u << 20}}) {
    bool reachesLeast = false, reachesMost = false;
    for (uint64_t seq = 0; seq < 5000; ++seq) {
      const uint32_t size = plannedBytes(3, seq, least, most);
      CHECK(size >= least && size <= most);
      reachesLeast |= size == least;
      reachesMost |= size == most;
    }
    CHECK(reachesLeast && reachesMost);
  }
}

TEST("planned sizes visit every edge, and about as many octaves below the middle as above") {
  int edges = 0, small = 0;
  std::set<uint32_t> seen;
  for (uint64_t seq = 0; seq < 10'000; ++seq) {
    const uint32_t size = plannedBytes(3, seq, 32, 1 << 20);
    seen.insert(size);
    if (size < 5793) ++small;
    for (const uint32_t edge : {512u, 4096u, 32768u, 65536u}) {
      if (size + 1 >= edge && size <= edge + 1) ++edges;
    }
  }
  for (const uint32_t edge : {511u, 512u, 513u, 4095u, 4096u, 4097u, 32767u, 32768u, 32769u, 65535u, 65536u, 65537u})
    CHECK(seen.contains(edge));
  CHECK(edges > 2000 && edges < 4000);
  CHECK(small > 4000 && small < 6000);
}

TEST("large messages stand evenly in the exchange, and the one beyond behind it") {
  Options options{};
  options.seed = 12345;
  options.sizeBytes = 32;
  options.maxSizeBytes = 100'000;
  options.messages = 90;
  options.large[0] = 1 << 20;
  options.large[1] = 300'001;
  options.largeCount = 2;
  options.beyondBytes = 1 << 21;
  CHECK_EQUAL(largestBytes(options), 1u << 21);
  for (uint64_t seq = 0; seq <= 90; ++seq) {
    const uint32_t usual = plannedBytes(12345, seq, 32, 100'000);
    CHECK_EQUAL(plannedBytes(options, seq), seq == 30 ? 1u << 20 : seq == 60 ? 300'001u : seq == 90 ? 1u << 21 : usual);
  }
}

TEST("planned sizes are the same on every machine") {
  const uint32_t expected[] = {32769, 1293, 34, 858, 4097, 2482, 32, 232, 84348, 32, 512, 19728};
  for (uint64_t seq = 0; seq < std::size(expected); ++seq)
    CHECK_EQUAL(plannedBytes(12345, seq, 32, 100'000), expected[seq]);
  uint64_t sum = 0;
  for (uint64_t seq = 0; seq < 10'000; ++seq) sum += plannedBytes(12345, seq, 32, 100'000);
  CHECK_EQUAL(sum, 191041598u);
}
