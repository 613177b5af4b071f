#include "crc32c.h"

namespace ipcbench {

uint32_t crc32c(const void* bytes, size_t size) { return crc32cByTable(bytes, size); }

}  // namespace ipcbench
