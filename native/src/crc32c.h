#pragma once
#include <cstddef>
#include <cstdint>

namespace ipcbench {

/** CRC-32C (Castagnoli), as in RFC 3720 appendix B.4: initial value and final XOR all ones. */
uint32_t crc32c(const void* bytes, size_t size);

/** The same by table: what runs where the processor has no instruction for it, and what a test compares with. */
uint32_t crc32cByTable(const void* bytes, size_t size);

}  // namespace ipcbench
