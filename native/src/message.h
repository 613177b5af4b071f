#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "crc32c.h"

namespace ipcbench {

static_assert(std::endian::native == std::endian::little, "messages and the shared mapping are little endian");

/** The first 32 bytes of a message of at least that size. */
struct Header {
  uint16_t magic = 0x4349;
  uint8_t version = 1;
  uint8_t flags = 0;
  uint16_t sender = 0;
  uint16_t reserved0 = 0;
  uint64_t seq = 0;
  uint32_t length = 0;
  uint32_t reserved1 = 0;
  uint32_t reserved2 = 0;
  uint32_t crc = 0;
};
static_assert(sizeof(Header) == 32 && offsetof(Header, seq) == 8 && offsetof(Header, crc) == 28);

constexpr size_t fullHeaderBytes = sizeof(Header);

inline Header makeHeader(uint16_t sender, uint64_t seq, uint32_t length) {
  Header header;
  header.sender = sender;
  header.seq = seq;
  header.length = length;
  header.crc = crc32c(&header, offsetof(Header, crc));
  return header;
}

/** Reads a header that may lie anywhere in a buffer; false unless magic, version and checksum hold. */
inline bool readHeader(const unsigned char* at, Header& header) {
  std::memcpy(&header, at, sizeof header);
  return header.magic == Header{}.magic && header.version == Header{}.version &&
         header.crc == crc32c(&header, offsetof(Header, crc));
}

/** How many low bytes of the sequence number a compact header holds. */
constexpr size_t seqBytesOf(size_t size) {
  if (size < 2) return size;
  return size - 1 < 8 ? size - 1 : 8;
}

/** How many bytes of a message of `size` bytes are header; the rest is payload. */
constexpr size_t headerBytesOf(size_t size) {
  if (size >= fullHeaderBytes) return fullHeaderBytes;
  return seqBytesOf(size) + (size < 2 ? 0 : 1);
}

/** Writes the compact header of a message below 32 bytes. */
inline void writeCompactHeader(unsigned char* at, uint64_t seq, uint32_t size) {
  const size_t seqBytes = seqBytesOf(size);
  unsigned char covered[8 + sizeof size];
  std::memcpy(covered, &seq, seqBytes);
  std::memcpy(covered + seqBytes, &size, sizeof size);
  std::memcpy(at, covered, seqBytes);
  if (size >= 2) at[seqBytes] = static_cast<unsigned char>(crc32c(covered, seqBytes + sizeof size));
}

inline void writeHeader(unsigned char* at, uint16_t sender, uint64_t seq, uint32_t size) {
  if (size >= fullHeaderBytes) [[likely]] {
    const Header header = makeHeader(sender, seq, size);
    std::memcpy(at, &header, sizeof header);
  } else {
    writeCompactHeader(at, seq, size);
  }
}

/**
 * The headers of one sender's messages of one size, in order from sequence number 0. A CRC is linear: the checksums of
 * two headers differ by what their difference alone gives, and seq ^ (seq + 1) has one of 64 values. So the next header
 * costs one exclusive or, where computing it anew, at both ends and both ways, is 0.6 % of a 64 B round trip over a
 * pipe.
 */
class HeaderSeries {
 public:
  HeaderSeries(uint16_t sender, uint32_t size) : size_(size), header_(makeHeader(sender, 0, size)) {
    for (unsigned bit = 0; bit < 64; ++bit)
      differences_[bit] = header_.crc ^ makeHeader(sender, ~uint64_t{0} >> (63 - bit), size).crc;
  }

  uint64_t seq() const { return header_.seq; }

  void advance() {
    ++header_.seq;
    header_.crc ^= differences_[std::countr_zero(header_.seq)];
  }

  void writeTo(unsigned char* message) const {
    if (size_ >= fullHeaderBytes) [[likely]] {
      std::memcpy(message, &header_, sizeof header_);
    } else {
      writeCompactHeader(message, header_.seq, size_);
    }
  }

  /** Whether a message begins with this very header. */
  bool isAt(const unsigned char* message) const {
    if (size_ >= fullHeaderBytes) [[likely]]
      return std::memcmp(message, &header_, sizeof header_) == 0;
    unsigned char expected[fullHeaderBytes];
    writeCompactHeader(expected, header_.seq, size_);
    return std::memcmp(message, expected, headerBytesOf(size_)) == 0;
  }

 private:
  uint32_t size_;
  Header header_;
  uint32_t differences_[64];
};

/** The sequence number nearest to `expectedSeq` that a compact header may stand for; false when its checksum is wrong.
 */
bool readCompactHeader(const unsigned char* at, uint32_t size, uint64_t expectedSeq, uint64_t& seq);

/** Reads one byte of every cache line, so that a copy nobody looked at does not count as delivered. */
inline void touch(const unsigned char* bytes, size_t size) {
  constexpr size_t cacheLine = 64;
  // From the end, which the kernel wrote last and the first-level cache still has: at 64 KiB 6 % less than from the
  // start, and another 6 % less with loads that nothing links (a sum would) and few branches. What is left, 0.5 us, is
  // the rate at which the second level gives lines up.
#pragma GCC unroll 8
  for (size_t lines = (size + cacheLine - 1) / cacheLine; lines != 0; --lines) {
    // The compiler may not drop a byte that it has to hand over here.
    asm volatile("" : : "r"(bytes[(lines - 1) * cacheLine]));
  }
}

}  // namespace ipcbench
