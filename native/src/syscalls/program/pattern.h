#pragma once
#include <cstddef>
#include <cstdint>

namespace ipcbench::sys {

/** The finaliser of splitmix64 (Steele, Lea, Flood 2014): one word for each number, with nothing in common with its
 * neighbours'. */
inline uint64_t mix(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

/** Bytes `offset` … of the endless string of this seed. Any shift, hole or repetition differs from it. */
void fillPattern(uint8_t* bytes, size_t length, uint64_t seed, uint64_t offset);
/** Where they differ from it first; -1 when they do not. */
int64_t firstMismatch(const uint8_t* bytes, size_t length, uint64_t seed, uint64_t offset);

}  // namespace ipcbench::sys
