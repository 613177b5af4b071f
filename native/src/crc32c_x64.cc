#include <nmmintrin.h>

#include <cstring>

#include "crc32c.h"

namespace ipcbench {
namespace {

// A function attribute and not -msse4.2 for the file: nothing but this body may use what an old processor lacks.
__attribute__((target("sse4.2"))) uint32_t crc32cByInstruction(const void* bytes, size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  uint64_t crc = ~0u;
  for (; size >= 8; size -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    crc = _mm_crc32_u64(crc, word);
  }
  auto narrow = static_cast<uint32_t>(crc);
  if (size >= 4) {
    uint32_t word;
    std::memcpy(&word, at, 4);
    narrow = _mm_crc32_u32(narrow, word);
    size -= 4;
    at += 4;
  }
  for (; size != 0; --size, ++at) narrow = _mm_crc32_u8(narrow, *at);
  return ~narrow;
}

using Crc32c = uint32_t (*)(const void*, size_t);

Crc32c chooseForThisProcessor() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse4.2") ? crc32cByInstruction : crc32cByTable;
}

const Crc32c chosen = chooseForThisProcessor();

}  // namespace

uint32_t crc32c(const void* bytes, size_t size) { return chosen(bytes, size); }

}  // namespace ipcbench
