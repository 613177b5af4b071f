#include "../src/message.h"

#include <cstring>

#include "check.h"

using namespace ipcbench;

TEST("a header has its fields where the README says") {
  const Header header = makeHeader(1, 0x1122334455667788, 4096);
  const unsigned char expected[28] = {'I',  'C',  1, 0,  1, 0, 0, 0, 0x88, 0x77, 0x66, 0x55, 0x44, 0x33,
                                      0x22, 0x11, 0, 16, 0, 0, 0, 0, 0,    0,    0,    0,    0,    0};
  // magic 0x4349, little endian: 'I' is 0x49.
  CHECK(std::memcmp(&header, expected, sizeof expected) == 0);
  CHECK_EQUAL(header.crc, crc32c(expected, sizeof expected));
}

TEST("a header with any one bit changed is refused") {
  const Header header = makeHeader(0, 77, 64);
  for (size_t bit = 0; bit < 8 * sizeof header; ++bit) {
    unsigned char bytes[sizeof header];
    std::memcpy(bytes, &header, sizeof header);
    Header read;
    CHECK(readHeader(bytes, read));
    bytes[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
    CHECK(!readHeader(bytes, read));
  }
}

TEST("a series gives the headers that are made one by one") {
  HeaderSeries series(1, 64);
  for (uint64_t seq = 0; seq < 300'000; ++seq, series.advance()) {
    unsigned char message[64] = {};
    series.writeTo(message);
    const Header expected = makeHeader(1, seq, 64);
    if (std::memcmp(message, &expected, sizeof expected) != 0 || !series.isAt(message)) CHECK_EQUAL(seq, UINT64_MAX);
  }
}

TEST("a series refuses the header of another message, sender or size") {
  HeaderSeries series(0, 64);
  series.advance();
  for (const Header& other : {makeHeader(0, 0, 64), makeHeader(0, 2, 64), makeHeader(1, 1, 64), makeHeader(0, 1, 65)}) {
    CHECK(!series.isAt(reinterpret_cast<const unsigned char*>(&other)));
  }
}

TEST("a compact header takes one byte, or k bytes of the number and one checksum") {
  CHECK_EQUAL(headerBytesOf(1), 1u);
  CHECK_EQUAL(headerBytesOf(2), 2u);
  CHECK_EQUAL(headerBytesOf(5), 5u);
  CHECK_EQUAL(headerBytesOf(9), 9u);
  CHECK_EQUAL(headerBytesOf(31), 9u);
  CHECK_EQUAL(headerBytesOf(32), 32u);
  unsigned char message[31];
  writeCompactHeader(message, 0x0102, 3);
  CHECK_EQUAL(message[0], 2);
  CHECK_EQUAL(message[1], 1);
  const unsigned char covered[] = {2, 1, 3, 0, 0, 0};
  CHECK_EQUAL(message[2], crc32c(covered, sizeof covered) & 0xff);
}

TEST("a compact header is read as the nearest sequence number, ahead or behind") {
  const struct {
    uint64_t seq, expected;
  } cases[] = {{0, 0}, {5, 5}, {4, 5}, {6, 5}, {300, 299}, {300, 400}, {127, 0}, {255, 256}, {1000, 900}};
  for (const auto& [seq, expected] : cases) {
    for (uint32_t size = 1; size < 32; ++size) {
      unsigned char message[31] = {};
      writeCompactHeader(message, seq, size);
      uint64_t read = 0;
      CHECK(readCompactHeader(message, size, expected, read));
      CHECK_EQUAL(read, seq);
    }
  }
}

TEST("a compact header never stands for a number below zero") {
  unsigned char message[1] = {250};
  uint64_t read = 0;
  CHECK(readCompactHeader(message, 1, 3, read));
  CHECK_EQUAL(read, 250u);
}

TEST("a compact header of two bytes and more lets about one changed bit in 256 pass, and no more") {
  int passed = 0, tried = 0;
  for (uint64_t seq = 0; seq < 500; ++seq) {
    for (unsigned bit = 0; bit < 72; ++bit, ++tried) {
      unsigned char message[16];
      writeCompactHeader(message, seq, 16);
      message[bit / 8] ^= static_cast<unsigned char>(1u << (bit % 8));
      uint64_t read = 0;
      if (readCompactHeader(message, 16, seq, read)) ++passed;
    }
  }
  CHECK(passed * 128 < tried);
}
