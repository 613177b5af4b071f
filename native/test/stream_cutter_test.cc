#include "../src/stream_cutter.h"

#include <cstring>
#include <string>
#include <vector>

#include "check.h"

using namespace ipcbench;

namespace {

constexpr uint32_t least = 32, most = 400;

Options plan() {
  Options options{};
  options.seed = 11;
  options.sizeBytes = least;
  options.maxSizeBytes = most;
  options.framing = Framing::stream;
  return options;
}

uint32_t sizeOf(uint64_t seq) { return plannedBytes(11, seq, least, most); }

std::vector<unsigned char> message(uint64_t seq) {
  static auto payload = PayloadTemplate::create(11, most);
  std::vector<unsigned char> bytes(sizeOf(seq));
  payload->fill(bytes.data(), sizeOf(seq), 0, seq);
  return bytes;
}

std::vector<unsigned char> messages(uint64_t first, uint64_t count) {
  std::vector<unsigned char> all;
  for (uint64_t seq = first; seq < first + count; ++seq) {
    const auto one = message(seq);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

void append(std::vector<unsigned char>& to, const std::vector<unsigned char>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/** What the log says of these bytes, fed in pieces: "kind:seq+count/bytes" of each record. */
std::string findings(const std::vector<unsigned char>& bytes, size_t piece) {
  std::vector<uint64_t> memory(1024);
  auto log = HistoryLog::over(reinterpret_cast<unsigned char*>(memory.data()), memory.size() * 8);
  const Options options = plan();
  auto payload = PayloadTemplate::create(options.seed, most);
  Inspector inspector(options, *payload, *log);
  auto cutter = StreamCutter::create(inspector);
  for (size_t at = 0; at < bytes.size(); at += piece) {
    const size_t size = std::min(piece, bytes.size() - at);
    std::memcpy(cutter->room(), bytes.data() + at, size);
    cutter->took(size);
  }
  cutter->end();
  std::string text;
  for (uint64_t record = 0; record < memory[0]; ++record) {
    const uint64_t* words = &memory[8 + 6 * record];
    text += std::to_string(words[0] & 0xffffffff) + ":" + std::to_string(words[1]) + "+" + std::to_string(words[2]) +
            "/" + std::to_string(words[3]) + " ";
  }
  return text;
}

/** The same, for pieces of many sizes: how the bytes are cut on the way must not matter. */
void checkFindings(const std::vector<unsigned char>& bytes, const std::string& expected) {
  for (const size_t piece :
       {size_t{1}, size_t{7}, size_t{31}, size_t{32}, size_t{33}, size_t{400}, size_t{1000}, size_t{65536}})
    CHECK_EQUAL(findings(bytes, piece), expected);
}

std::string text(std::initializer_list<uint64_t> numbers) {
  auto at = numbers.begin();
  std::string joined = std::to_string(*at++) + ":";
  joined += std::to_string(*at++) + "+";
  joined += std::to_string(*at++) + "/";
  return joined + std::to_string(*at) + " ";
}

constexpr uint64_t received = 3, damagedHeader = 4, damagedPayload = 5, unplannedLength = 7, cutShort = 8;

}  // namespace

TEST("an intact stream is one run, however it is cut") {
  const auto bytes = messages(0, 50);
  checkFindings(bytes, text({received, 0, 50, bytes.size()}));
}

TEST("nothing at all leaves nothing") { checkFindings({}, ""); }

TEST("a message that is missing shows as a gap") {
  auto bytes = messages(0, 5);
  append(bytes, messages(6, 4));
  checkFindings(bytes, text({received, 0, 5, messages(0, 5).size()}) + text({received, 6, 4, messages(6, 4).size()}));
}

TEST("a damaged header costs its own message and no other") {
  auto bytes = messages(0, 10);
  const size_t at = messages(0, 4).size();
  bytes[at + 9] ^= 4;
  checkFindings(bytes, text({received, 0, 4, at}) + text({damagedHeader, 0, 0, sizeOf(4)}) +
                           text({received, 5, 5, messages(5, 5).size()}));
}

TEST("foreign bytes between messages are one finding") {
  auto bytes = messages(0, 3);
  append(bytes, std::vector<unsigned char>(1234, 0x49));
  append(bytes, messages(3, 3));
  checkFindings(bytes, text({received, 0, 3, messages(0, 3).size()}) + text({damagedHeader, 0, 0, 1234}) +
                           text({received, 3, 3, messages(3, 3).size()}));
}

TEST("a message that lost its tail does not swallow the next one") {
  uint64_t victim = 1;
  while (sizeOf(victim) < 100 || sizeOf(victim + 1) > sizeOf(victim) / 2) ++victim;
  auto bytes = messages(0, victim);
  auto half = message(victim);
  half.resize(half.size() / 2);
  append(bytes, half);
  append(bytes, messages(victim + 1, 3));
  checkFindings(bytes, text({received, 0, victim, messages(0, victim).size()}) +
                           text({damagedPayload, victim, 0, half.size()}) +
                           text({received, victim + 1, 3, messages(victim + 1, 3).size()}));
}

TEST("a message that lost a few bytes does not swallow the next one, whose header then lies half outside") {
  uint64_t victim = 1;
  while (sizeOf(victim) < 100) ++victim;
  auto bytes = messages(0, victim);
  auto shortened = message(victim);
  shortened.resize(shortened.size() - 10);
  append(bytes, shortened);
  append(bytes, messages(victim + 1, 3));
  checkFindings(bytes, text({received, 0, victim, messages(0, victim).size()}) +
                           text({damagedPayload, victim, 0, shortened.size()}) +
                           text({received, victim + 1, 3, messages(victim + 1, 3).size()}));
}

TEST("a changed payload byte is found, and the stream goes on behind it") {
  uint64_t victim = 1;
  while (sizeOf(victim) < 40) ++victim;
  auto bytes = messages(0, victim + 2);
  bytes[messages(0, victim + 1).size() - 1] ^= 1;
  checkFindings(bytes, text({received, 0, victim, messages(0, victim).size()}) +
                           text({damagedPayload, victim, 0, sizeOf(victim)}) +
                           text({received, victim + 1, 1, sizeOf(victim + 1)}));
}

TEST("an end inside a payload is a message cut short") {
  uint64_t victim = 1;
  while (sizeOf(victim) < 40) ++victim;
  auto bytes = messages(0, victim + 1);
  bytes.pop_back();
  checkFindings(bytes,
                text({received, 0, victim, messages(0, victim).size()}) + text({cutShort, victim, 0, sizeOf(victim)}));
}

TEST("an end inside a header is the next message cut short") {
  auto bytes = messages(0, 3);
  const auto next = message(3);
  bytes.insert(bytes.end(), next.begin(), next.begin() + 31);
  checkFindings(bytes, text({received, 0, 3, messages(0, 3).size()}) + text({cutShort, 3, 0, sizeOf(3)}));
}

TEST("foreign bytes at the end are one finding, whatever is left of them") {
  auto bytes = messages(0, 3);
  append(bytes, std::vector<unsigned char>(50, 0x49));
  checkFindings(bytes, text({received, 0, 3, messages(0, 3).size()}) + text({damagedHeader, 0, 0, 50}));
}

TEST("a good header with a length that cannot be is passed over, and what follows is found") {
  for (const uint32_t length : {0u, 31u, most + 1}) {
    const Header strange = makeHeader(0, 3, length);
    auto bytes = messages(0, 3);
    const auto* raw = reinterpret_cast<const unsigned char*>(&strange);
    bytes.insert(bytes.end(), raw, raw + sizeof strange);
    append(bytes, messages(4, 2));
    checkFindings(bytes, text({received, 0, 3, messages(0, 3).size()}) + text({unplannedLength, 3, 0, sizeOf(3)}) +
                             text({received, 4, 2, messages(4, 2).size()}));
  }
}
