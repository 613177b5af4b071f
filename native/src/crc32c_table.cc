#include <array>

#include "crc32c.h"

namespace ipcbench {
namespace {

constexpr std::array<uint32_t, 256> makeTable() {
  constexpr uint32_t reversedPolynomial = 0x82f63b78;
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? reversedPolynomial : 0);
    table[byte] = value;
  }
  return table;
}

constexpr std::array<uint32_t, 256> table = makeTable();

}  // namespace

uint32_t crc32cByTable(const void* bytes, size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  uint32_t crc = ~0u;
  for (; size != 0; --size, ++at) crc = (crc >> 8) ^ table[(crc ^ *at) & 0xff];
  return ~crc;
}

}  // namespace ipcbench
