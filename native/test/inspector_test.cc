#include "../src/inspector.h"

#include <vector>

#include "check.h"

using namespace ipcbench;

namespace {

/** One packet of a planned exchange of 1 to 200 bytes, looked at; gives the kind of its record. */
struct Bench {
  Options options{};
  std::vector<uint64_t> memory = std::vector<uint64_t>(1024);
  Result<HistoryLog> log = HistoryLog::over(reinterpret_cast<unsigned char*>(memory.data()), 8192);
  Result<PayloadTemplate> payload = PayloadTemplate::create(5, 400);
  Inspector inspector;
  Bench() : options(plan()), inspector(options, *payload, *log) {}
  static Options plan() {
    Options options{};
    options.seed = 5;
    options.sizeBytes = 1;
    options.maxSizeBytes = 200;
    return options;
  }
  std::vector<unsigned char> packet(uint64_t seq) {
    std::vector<unsigned char> bytes(inspector.planned(seq));
    payload->fill(bytes.data(), inspector.planned(seq), 0, seq);
    return bytes;
  }
  uint32_t kindOf(const std::vector<unsigned char>& bytes) {
    inspector.packet(bytes.data(), bytes.size());
    return static_cast<uint32_t>(memory[8 + 6 * (memory[0] - 1)]);
  }
  uint64_t seqWhere(auto isRight) {
    uint64_t seq = 0;
    while (!isRight(inspector.planned(seq))) ++seq;
    return seq;
  }
};

}  // namespace

TEST("packets of every size, compact headers among them, are one run when they are intact") {
  Bench bench;
  for (uint64_t seq = 0; seq < 1000; ++seq) CHECK_EQUAL(bench.kindOf(bench.packet(seq)), 3u);
  CHECK_EQUAL(bench.memory[0], 1u);
  CHECK_EQUAL(bench.inspector.messages(), 1000u);
}

TEST("a packet that is too long or too short is a wrong boundary") {
  Bench bench;
  auto bytes = bench.packet(bench.seqWhere([](uint32_t size) { return size > 100; }));
  bytes.push_back(0);
  CHECK_EQUAL(bench.kindOf(bytes), 6u);
  bytes.resize(50);
  CHECK_EQUAL(bench.kindOf(bytes), 6u);
}

TEST("a compact packet of another size than planned is a wrong boundary") {
  Bench bench;
  const uint64_t seq = bench.seqWhere([](uint32_t size) { return size > 100; });
  std::vector<unsigned char> bytes(12);
  bench.payload->fill(bytes.data(), 12, 0, seq);
  CHECK_EQUAL(bench.kindOf(bytes), 6u);
}

TEST("a packet cut below a whole header is damaged") {
  Bench bench;
  const uint64_t seq = bench.seqWhere([](uint32_t size) { return size > 100; });
  auto bytes = bench.packet(seq);
  bytes.resize(20);
  CHECK_EQUAL(bench.kindOf(bytes), 4u);
}

TEST("a changed payload is damaged, below 32 bytes too") {
  for (const bool isCompact : {false, true}) {
    Bench bench;
    const uint64_t seq = bench.seqWhere([&](uint32_t size) { return isCompact ? size >= 12 && size < 32 : size > 32; });
    for (uint64_t before = 0; before < seq; ++before) bench.kindOf(bench.packet(before));
    auto bytes = bench.packet(seq);
    bytes.back() ^= 1;
    CHECK_EQUAL(bench.kindOf(bytes), 5u);
  }
}

TEST("a good message of another size than planned is unplanned") {
  Bench bench;
  const uint64_t seq = bench.seqWhere([](uint32_t size) { return size > 100; });
  std::vector<unsigned char> bytes(bench.inspector.planned(seq) - 1);
  bench.payload->fill(bytes.data(), static_cast<uint32_t>(bytes.size()), 0, seq);
  CHECK_EQUAL(bench.kindOf(bytes), 7u);
}
