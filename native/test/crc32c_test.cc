#include "../src/crc32c.h"

#include "check.h"

using namespace ipcbench;

TEST("CRC32C has the values of RFC 3720, appendix B.4") {
  unsigned char bytes[32] = {};
  CHECK_EQUAL(crc32c(bytes, 32), 0x8a9136aau);
  for (auto& byte : bytes) byte = 0xff;
  CHECK_EQUAL(crc32c(bytes, 32), 0x62a8ab43u);
  for (unsigned char i = 0; i < 32; ++i) bytes[i] = i;
  CHECK_EQUAL(crc32c(bytes, 32), 0x46dd794eu);
  for (unsigned char i = 0; i < 32; ++i) bytes[i] = static_cast<unsigned char>(31 - i);
  CHECK_EQUAL(crc32c(bytes, 32), 0x113fdb5cu);
  CHECK_EQUAL(crc32c("123456789", 9), 0xe3069283u);
  CHECK_EQUAL(crc32c("", 0), 0u);
}

TEST("the processor's instruction and the table agree for every length and alignment") {
  unsigned char bytes[200];
  for (unsigned i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<unsigned char>(i * 151 + 7);
  for (size_t start = 0; start < 9; ++start) {
    for (size_t size = 0; size + start <= sizeof bytes; ++size)
      CHECK_EQUAL(crc32c(bytes + start, size), crc32cByTable(bytes + start, size));
  }
}
