#include "../src/histogram.h"

#include "check.h"

using namespace ipcbench;

TEST("values up to 2047 ns have a bin each") {
  for (uint64_t value = 0; value < 2048; ++value) {
    CHECK_EQUAL(binOf(value), value);
    CHECK_EQUAL(lowestOfBin(binOf(value)), value);
  }
}

TEST("a value lies in its bin, and the bin is at most a thousandth of it wide") {
  for (uint64_t value = 1; value <= Histogram::highestTrackableNs; value += 1 + value / 777) {
    const uint32_t bin = binOf(value);
    const uint64_t lowest = lowestOfBin(bin), next = lowestOfBin(bin + 1);
    CHECK(lowest <= value && value < next);
    CHECK((next - lowest - 1) * 1000 <= value);
  }
}

TEST("bins rise without a gap over the whole range") {
  for (uint32_t bin = 1; bin < Histogram::binCount; ++bin) {
    CHECK(lowestOfBin(bin) > lowestOfBin(bin - 1));
    CHECK_EQUAL(binOf(lowestOfBin(bin)), bin);
    CHECK_EQUAL(binOf(lowestOfBin(bin) - 1), bin - 1);
  }
}

TEST("a histogram knows its exact count, minimum, maximum and sum") {
  auto histogram = Histogram::create();
  for (int64_t value : {5'000'000, 1234, 1234, 987'654'321}) histogram->record(value);
  CHECK_EQUAL(histogram->count(), 4u);
  CHECK_EQUAL(histogram->minNs(), 1234u);
  CHECK_EQUAL(histogram->maxNs(), 987'654'321u);
  CHECK_EQUAL(histogram->sumNs(), 992'656'789u);
  CHECK_EQUAL(histogram->countAt(binOf(1234)), 2u);
  CHECK_EQUAL(histogram->countAt(binOf(5'000'000)), 1u);
  CHECK_EQUAL(histogram->overflow(), 0u);
}

TEST("a value above the range is counted as overflow and in no bin") {
  auto histogram = Histogram::create();
  histogram->record(60'000'000'000);
  histogram->record(60'000'000'001);
  CHECK_EQUAL(histogram->overflow(), 1u);
  CHECK_EQUAL(histogram->count(), 2u);
  CHECK_EQUAL(histogram->maxNs(), 60'000'000'001u);
  uint64_t binned = 0;
  for (uint32_t bin = 0; bin < Histogram::binCount; ++bin) binned += histogram->countAt(bin);
  CHECK_EQUAL(binned, 1u);
}

TEST("an empty histogram has a minimum of 0") {
  auto histogram = Histogram::create();
  CHECK_EQUAL(histogram->minNs(), 0u);
  CHECK_EQUAL(histogram->maxNs(), 0u);
}
