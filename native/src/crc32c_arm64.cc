#include <arm_acle.h>
#include <sys/auxv.h>

#include <cstring>

#include "crc32c.h"

namespace ipcbench {
namespace {

// HWCAP_CRC32 of asm/hwcap.h, which not every C library ships.
constexpr unsigned long hasCrc32 = 1ul << 7;

__attribute__((target("+crc"))) uint32_t crc32cByInstruction(const void* bytes, size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  uint32_t crc = ~0u;
  for (; size >= 8; size -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    crc = __crc32cd(crc, word);
  }
  for (; size != 0; --size, ++at) crc = __crc32cb(crc, *at);
  return ~crc;
}

using Crc32c = uint32_t (*)(const void*, size_t);
const Crc32c chosen = (getauxval(AT_HWCAP) & hasCrc32) != 0 ? crc32cByInstruction : crc32cByTable;

}  // namespace

uint32_t crc32c(const void* bytes, size_t size) { return chosen(bytes, size); }

}  // namespace ipcbench
