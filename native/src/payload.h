#pragma once
#include <cstdint>
#include <cstring>

#include "mapped_buffer.h"
#include "message.h"
#include "options.h"

namespace ipcbench {

/**
 * The payload of every message of a launch: slices of one seeded string, keyed by sender and sequence number. Comparing
 * with a slice finds any changed, moved, missing or foreign byte at the price of a memcmp.
 */
class PayloadTemplate {
 public:
  static Result<PayloadTemplate> create(uint32_t seed, size_t maxMessageBytes);

  const unsigned char* of(uint16_t sender, uint64_t seq) const {
    return memory_.bytes() + (seq * 40503 + sender * uint64_t{12289}) % keyedStarts;
  }

  /** Writes header and payload over a whole message. */
  void fill(unsigned char* message, uint32_t size, uint16_t sender, uint64_t seq) const;

  /** The first payload byte that is not the planned one, counted from the start of the payload; -1 when all are. */
  int64_t firstDamage(const unsigned char* payload, size_t size, uint16_t sender, uint64_t seq) const;

  size_t maxMessageBytes() const { return memory_.size() - keyedStarts; }

 private:
  static constexpr uint64_t keyedStarts = 65536;
  explicit PayloadTemplate(MappedBuffer memory) : memory_(std::move(memory)) {}
  MappedBuffer memory_;
};

/** The planned bytes of message `seq` of a checked exchange, both ends included. Integer arithmetic alone: no two
 * machines differ. */
uint32_t plannedBytes(uint32_t seed, uint64_t seq, uint32_t minBytes, uint32_t maxBytes);

/** The same with the messages that have sizes of their own: the i-th of n large ones stands at (i + 1) / (n + 1) of the
 * exchange, the one beyond behind it. */
uint32_t plannedBytes(const Options& options, uint64_t seq);

/** splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
inline uint64_t scramble(uint64_t state) {
  uint64_t z = state + 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace ipcbench
