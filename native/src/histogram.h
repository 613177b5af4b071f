#pragma once
#include <bit>
#include <cstdint>

#include "mapped_buffer.h"

namespace ipcbench {

constexpr unsigned halfBinBits = 10;
constexpr uint64_t halfBins = uint64_t{1} << halfBinBits;

/** The bin of a value. */
constexpr uint32_t binOf(uint64_t valueNs) {
  const unsigned shift = static_cast<unsigned>(std::bit_width(valueNs | (2 * halfBins - 1))) - (halfBinBits + 1);
  return static_cast<uint32_t>((uint64_t{shift} << halfBinBits) + (valueNs >> shift));
}

/** The lowest value that falls into a bin. */
constexpr uint64_t lowestOfBin(uint32_t bin) {
  if (bin < 2 * halfBins) return bin;
  return ((bin & (halfBins - 1)) + halfBins) << ((bin >> halfBinBits) - 1);
}

/**
 * Durations from 1 ns to 60 s with three significant digits, in the layout of HdrHistogram: each power of two is cut
 * into 1024 equal bins (2048 for the first). Fixed memory; a value above the range is counted, never dropped or
 * clamped.
 */
class Histogram {
 public:
  static constexpr uint64_t highestTrackableNs = 60'000'000'000;
  static constexpr uint32_t binCount = binOf(highestTrackableNs) + 1;

  static Result<Histogram> create() {
    auto memory = MappedBuffer::ofBytes(binCount * sizeof(uint64_t));
    if (!memory) return memory.failure();
    return Histogram(std::move(*memory));
  }

  void record(int64_t durationNs) {
    const uint64_t value = durationNs > 0 ? static_cast<uint64_t>(durationNs) : 0;
    ++count_;
    sum_ += value;
    if (value < min_) min_ = value;
    if (value > max_) max_ = value;
    if (value > highestTrackableNs) [[unlikely]] {
      ++overflow_;
      return;
    }
    ++bins()[binOf(value)];
  }

  uint64_t countAt(uint32_t bin) const { return bins()[bin]; }
  uint64_t count() const { return count_; }
  uint64_t overflow() const { return overflow_; }
  uint64_t minNs() const { return count_ == 0 ? 0 : min_; }
  uint64_t maxNs() const { return max_; }
  uint64_t sumNs() const { return sum_; }

 private:
  explicit Histogram(MappedBuffer memory) : memory_(std::move(memory)) {}
  uint64_t* bins() const { return reinterpret_cast<uint64_t*>(memory_.bytes()); }

  MappedBuffer memory_;
  uint64_t count_ = 0;
  uint64_t overflow_ = 0;
  uint64_t min_ = UINT64_MAX;
  uint64_t max_ = 0;
  uint64_t sum_ = 0;
};

}  // namespace ipcbench
