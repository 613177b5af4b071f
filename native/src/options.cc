#include "options.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <limits>

namespace ipcbench {
namespace {

constexpr uint32_t largestMessage = 256u << 20;

/** One word of a closed list; its number is its position. */
template <class Choice, size_t Count>
bool parseChoice(const char* text, const char* const (&names)[Count], Choice& choice) {
  for (size_t index = 0; index < Count; ++index) {
    if (std::strcmp(text, names[index]) == 0) {
      choice = static_cast<Choice>(index);
      return true;
    }
  }
  return false;
}

template <class Number>
bool parseNumber(const char* text, Number& number, uint64_t lowest = 0,
                 uint64_t highest = std::numeric_limits<Number>::max()) {
  // strtoull takes signs and blanks; a peer's arguments have none.
  if (*text < '0' || *text > '9') return false;
  char* end = nullptr;
  errno = 0;
  const unsigned long long value = std::strtoull(text, &end, 10);
  if (errno != 0 || *end != '\0' || value < lowest || value > highest) return false;
  number = static_cast<Number>(value);
  return true;
}

bool parseCpu(const char* text, int& cpu) {
  if (std::strcmp(text, "none") != 0) return parseNumber(text, cpu);
  cpu = -1;
  return true;
}

/** Sizes, each behind a comma but the first. */
bool parseLarge(const char* text, Options& options) {
  char part[16];
  for (options.largeCount = 0; options.largeCount < mostLarge;) {
    const size_t length = std::strcspn(text, ",");
    if (length >= sizeof part) return false;
    std::memcpy(part, text, length);
    part[length] = '\0';
    if (!parseNumber(part, options.large[options.largeCount++], 1, largestMessage)) return false;
    if (text[length] == '\0') return true;
    text += length + 1;
  }
  return false;
}

constexpr const char* roles[] = {"initiator", "responder", "relay"};
constexpr const char* senders[] = {"initiator", "responder"};
constexpr const char* verifies[] = {"header", "full"};
constexpr const char* framings[] = {"stream", "message"};
constexpr const char* faults[] = {
    "transparent", "drop-one",    "drop-last",    "drop-all",        "duplicate",  "duplicate-late", "swap",
    "delay",       "flip-header", "flip-payload", "foreign-payload", "stale-tail", "zero-page",      "truncate",
    "merge",       "split",       "stall",        "pause",           "hoard",      "early-eof",      "no-eof"};
static_assert(std::size(faults) == static_cast<size_t>(Fault::noEof) + 1);

struct Rule {
  const char* name;
  const char* expects;
  bool isRequired;
  bool (*parse)(const char* text, Options& options);
};

// The harness writes these from harness/peer/options.ts, and a peer that Node hosts says the same sentences. What a
// setting tells the peers (suites/settings) is a line here.
constexpr Rule rules[] = {
    {"--role", "initiator, responder or relay", true,
     [](const char* text, Options& o) { return parseChoice(text, roles, o.role); }},
    {"--parent", "a process id", true, [](const char* text, Options& o) { return parseNumber(text, o.parent, 1); }},
    {"--cpu", "a CPU's number or none", true, [](const char* text, Options& o) { return parseCpu(text, o.cpu); }},
    {"--workload", "a workload's name", true,
     [](const char* text, Options& o) { return findWorkload(text, o.workload); }},
    {"--size", "1 to 268435456 bytes", true,
     [](const char* text, Options& o) { return parseNumber(text, o.sizeBytes, 1, largestMessage); }},
    {"--max-size", "1 to 268435456 bytes", false,
     [](const char* text, Options& o) { return parseNumber(text, o.maxSizeBytes, 1, largestMessage); }},
    {"--verify", "header or full", true,
     [](const char* text, Options& o) { return parseChoice(text, verifies, o.verify); }},
    {"--seed", "an integer below 2^32", true, [](const char* text, Options& o) { return parseNumber(text, o.seed); }},
    {"--warmup-us", "microseconds, at most an hour", true,
     [](const char* text, Options& o) { return parseNumber(text, o.warmupUs, 0, 3'600'000'000); }},
    {"--window-us", "microseconds, at most an hour", true,
     [](const char* text, Options& o) { return parseNumber(text, o.windowUs, 0, 3'600'000'000); }},
    {"--least-messages", "a count from 1", false,
     [](const char* text, Options& o) { return parseNumber(text, o.leastMessages, 1); }},
    {"--longest-us", "microseconds, at most an hour", false,
     [](const char* text, Options& o) { return parseNumber(text, o.longestUs, 0, 3'600'000'000); }},
    {"--endpoint", "an endpoint spec", true,
     [](const char* text, Options& o) {
       o.endpoint = text;
       return *text != '\0';
     }},
    {"--framing", "stream or message", true,
     [](const char* text, Options& o) { return parseChoice(text, framings, o.framing); }},
    {"--messages", "a count from 1", false,
     [](const char* text, Options& o) { return parseNumber(text, o.messages, 1); }},
    {"--large", "up to 64 sizes with commas between them", false, parseLarge},
    {"--beyond", "1 to 268435456 bytes", false,
     [](const char* text, Options& o) { return parseNumber(text, o.beyondBytes, 1, largestMessage); }},
    {"--sender", "initiator or responder", false,
     [](const char* text, Options& o) { return parseChoice(text, senders, o.sender); }},
    {"--endpoint-b", "an endpoint spec", false,
     [](const char* text, Options& o) {
       o.endpointB = text;
       return *text != '\0';
     }},
    {"--fault", "a fault's name", false,
     [](const char* text, Options& o) { return parseChoice(text, faults, o.fault); }},
    {"--fault-at", "a sequence number", false,
     [](const char* text, Options& o) { return parseNumber(text, o.faultAt); }},
    {"--fault-extent", "messages in between, or milliseconds, from 1", false,
     [](const char* text, Options& o) { return parseNumber(text, o.faultExtent, 1, 3'600'000); }},
};
constexpr size_t ruleCount = std::size(rules);

/** What one option alone cannot know. */
Status checkTogether(const Options& options) {
  if (options.maxSizeBytes < options.sizeBytes)
    return Failure::ofSentence("--max-size %u is below --size %u.", options.maxSizeBytes, options.sizeBytes);
  if (options.role == Role::relay && options.endpointB == nullptr)
    return Failure::ofSentence("--role relay needs --endpoint-b, its second side.");
  if (options.workload.isMeasured()) return Nothing{};
  if (options.messages == 0 && options.role != Role::relay)
    return Failure::ofSentence("--workload deliver needs --messages.");
  if (options.framing == Framing::stream && options.sizeBytes < 32) {
    return Failure::ofSentence(
        "--workload deliver over a stream needs --size 32 or more: below that a message carries no header to find it "
        "by.");
  }
  return Nothing{};
}

}  // namespace

uint32_t largestBytes(const Options& options) {
  uint32_t largest = std::max(options.maxSizeBytes, options.beyondBytes);
  for (size_t index = 0; index < options.largeCount; ++index) largest = std::max(largest, options.large[index]);
  return largest;
}

Result<Options> parseOptions(std::span<const char* const> arguments) {
  Options options{};
  options.cpu = -1;
  options.leastMessages = 1;
  bool isGiven[ruleCount] = {};
  for (size_t at = 0; at < arguments.size(); at += 2) {
    const char* name = arguments[at];
    size_t index = 0;
    while (index < ruleCount && std::strcmp(rules[index].name, name) != 0) ++index;
    if (index == ruleCount) return Failure::ofSentence("Unknown option '%.60s'.", name);
    if (at + 1 == arguments.size()) return Failure::ofSentence("%s needs a value: %s.", name, rules[index].expects);
    if (!rules[index].parse(arguments[at + 1], options)) {
      return Failure::ofSentence("%s takes %s, not '%.60s'.", name, rules[index].expects, arguments[at + 1]);
    }
    isGiven[index] = true;
  }
  for (size_t index = 0; index < ruleCount; ++index) {
    if (rules[index].isRequired && !isGiven[index])
      return Failure::ofSentence("%s is missing: %s.", rules[index].name, rules[index].expects);
  }
  if (options.maxSizeBytes == 0) options.maxSizeBytes = options.sizeBytes;
  if (options.longestUs < options.windowUs) options.longestUs = options.windowUs;
  if (Status together = checkTogether(options); !together) return together.failure();
  return options;
}

}  // namespace ipcbench
