#include "payload.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace ipcbench {

Result<PayloadTemplate> PayloadTemplate::create(uint32_t seed, size_t maxMessageBytes) {
  auto memory = MappedBuffer::ofBytes(keyedStarts + maxMessageBytes);
  if (!memory) return memory.failure();
  uint64_t state = (uint64_t{seed} << 32) | 0x1bcbe;
  for (size_t at = 0; at < memory->size(); at += 8) {
    const uint64_t word = scramble(state);
    state += 0x9e3779b97f4a7c15;
    std::memcpy(memory->bytes() + at, &word, std::min<size_t>(8, memory->size() - at));
  }
  return PayloadTemplate(std::move(*memory));
}

void PayloadTemplate::fill(unsigned char* message, uint32_t size, uint16_t sender, uint64_t seq) const {
  const size_t header = headerBytesOf(size);
  writeHeader(message, sender, seq, size);
  std::memcpy(message + header, of(sender, seq), size - header);
}

int64_t PayloadTemplate::firstDamage(const unsigned char* payload, size_t size, uint16_t sender, uint64_t seq) const {
  const unsigned char* planned = of(sender, seq);
  if (std::memcmp(payload, planned, size) == 0) [[likely]]
    return -1;
  return std::mismatch(payload, payload + size, planned).first - payload;
}

uint32_t plannedBytes(uint32_t seed, uint64_t seq, uint32_t minBytes, uint32_t maxBytes) {
  const uint64_t choice = scramble((uint64_t{seed} << 32) ^ scramble(seq));
  const uint64_t detail = scramble(choice);
  if (choice % 100 < 30) {
    // Where implementations change their ways: a slot of a small allocator, a page, half a pipe, a whole one.
    static constexpr uint32_t edges[] = {511, 512, 513, 4095, 4096, 4097, 32767, 32768, 32769, 65535, 65536, 65537};
    uint32_t inside[2 + std::size(edges)] = {minBytes, maxBytes};
    size_t count = 2;
    for (const uint32_t edge : edges) {
      if (edge > minBytes && edge < maxBytes) inside[count++] = edge;
    }
    return inside[detail % count];
  }
  // Log-uniform by octaves: any power of two is as likely as the next, then any size inside it.
  const unsigned lowest = std::bit_width(minBytes) - 1;
  const unsigned octaves = std::bit_width(maxBytes) - lowest;
  const uint64_t octave = lowest + detail % octaves;
  const uint64_t from = std::max<uint64_t>(minBytes, uint64_t{1} << octave);
  const uint64_t to = std::min<uint64_t>(maxBytes, (uint64_t{2} << octave) - 1);
  return static_cast<uint32_t>(from + scramble(detail) % (to - from + 1));
}

uint32_t plannedBytes(const Options& options, uint64_t seq) {
  if (options.beyondBytes != 0 && seq == options.messages) return options.beyondBytes;
  for (size_t index = 0; index < options.largeCount; ++index) {
    if (seq == (index + 1) * options.messages / (options.largeCount + 1)) return options.large[index];
  }
  return plannedBytes(options.seed, seq, options.sizeBytes, options.maxSizeBytes);
}

}  // namespace ipcbench
