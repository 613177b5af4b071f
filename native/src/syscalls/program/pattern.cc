#include "pattern.h"

#include <algorithm>
#include <cstring>

namespace ipcbench::sys {
namespace {

/** Calls `each(at, bytes, length)` for the pieces of the string, none of which crosses a word; stops when it gives
 * false. */
template <class Each>
void forEachPiece(size_t length, uint64_t seed, uint64_t offset, Each each) {
  for (size_t at = 0; at < length;) {
    const uint64_t word = mix(seed + mix((offset + at) / 8));
    const size_t inside = (offset + at) % 8;
    const size_t count = std::min(8 - inside, length - at);
    if (!each(at, reinterpret_cast<const uint8_t*>(&word) + inside, count)) return;
    at += count;
  }
}

}  // namespace

void fillPattern(uint8_t* bytes, size_t length, uint64_t seed, uint64_t offset) {
  forEachPiece(length, seed, offset, [&](size_t at, const uint8_t* piece, size_t count) {
    std::memcpy(bytes + at, piece, count);
    return true;
  });
}

int64_t firstMismatch(const uint8_t* bytes, size_t length, uint64_t seed, uint64_t offset) {
  int64_t found = -1;
  forEachPiece(length, seed, offset, [&](size_t at, const uint8_t* piece, size_t count) {
    if (std::memcmp(bytes + at, piece, count) == 0) return true;
    const uint8_t* differing = std::mismatch(piece, piece + count, bytes + at).first;
    found = static_cast<int64_t>(at) + (differing - piece);
    return false;
  });
  return found;
}

}  // namespace ipcbench::sys
