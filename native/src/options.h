#pragma once
#include <cstdint>
#include <span>

#include "result.h"
#include "workloads/workload.h"

namespace ipcbench {

// The numbers are the order of the progress words; initiator and responder are also the sender in a message's header.
enum class Role : uint16_t { initiator = 0, responder = 1, relay = 2 };
enum class Verify { header, full };
enum class Framing { stream, message };
enum class Fault {
  transparent,
  dropOne,
  dropLast,
  dropAll,
  duplicate,
  duplicateLate,
  swap,
  delay,
  flipHeader,
  flipPayload,
  foreignPayload,
  staleTail,
  zeroPage,
  truncate,
  merge,
  split,
  stall,
  pause,
  hoard,
  earlyEof,
  noEof
};

constexpr Role partnerOf(Role role) { return role == Role::initiator ? Role::responder : Role::initiator; }

/** How many messages of sizes of their own an exchange may have. */
constexpr size_t mostLarge = 64;

/** What the command line of a peer says. Strings point into argv. */
struct Options {
  Role role;
  int parent;
  int cpu = -1;  // -1 is not pinned
  Workload workload;
  uint32_t sizeBytes;
  uint32_t maxSizeBytes;  // the same as sizeBytes unless given
  Verify verify;
  uint32_t seed;
  uint64_t warmupUs;
  uint64_t windowUs;
  uint64_t leastMessages = 1;  // the window also lasts until it holds so many,
  uint64_t longestUs = 0;      // but never longer than this; the same as windowUs unless given
  const char* endpoint;
  Framing framing;
  uint64_t messages = 0;
  uint32_t large[mostLarge] = {};  // sizes of single messages, spread over a checked exchange
  size_t largeCount = 0;
  uint32_t beyondBytes = 0;  // 0 is none: the size of one more message, which the transport may refuse
  Role sender = Role::initiator;
  const char* endpointB = nullptr;
  Fault fault = Fault::transparent;
  uint64_t faultAt = 0;
  uint32_t faultExtent = 1;  // messages in between for delay and duplicate-late, milliseconds for pause
};

/** The size of the largest message there can be. */
uint32_t largestBytes(const Options& options);

/** The arguments without the program's name. The failure is a sentence for stderr. */
Result<Options> parseOptions(std::span<const char* const> arguments);

}  // namespace ipcbench
