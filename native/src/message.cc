#include "message.h"

namespace ipcbench {

bool readCompactHeader(const unsigned char* at, uint32_t size, uint64_t expectedSeq, uint64_t& seq) {
  const size_t seqBytes = seqBytesOf(size);
  uint64_t low = 0;
  std::memcpy(&low, at, seqBytes);
  if (seqBytes < 8) {
    // Of the numbers that share these low bytes, the one least far from the expected: both a repeated and a lost
    // message then show as what they are.
    const uint64_t modulus = uint64_t{1} << (8 * seqBytes);
    const uint64_t ahead = (low - expectedSeq) & (modulus - 1);
    const bool isBehind = ahead >= modulus / 2 && expectedSeq >= modulus - ahead;
    seq = expectedSeq + ahead - (isBehind ? modulus : 0);
  } else {
    seq = low;
  }
  unsigned char written[fullHeaderBytes];
  writeCompactHeader(written, seq, size);
  return std::memcmp(at, written, headerBytesOf(size)) == 0;
}

}  // namespace ipcbench
