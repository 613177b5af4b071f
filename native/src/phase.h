#pragma once
#include <cstdint>

namespace ipcbench {

/** Where a peer is in its launch. The numbers stand in the shared mapping, for whoever asks a stuck peer. */
enum class Phase : uint64_t {
  starting = 0,
  opening = 1,
  ready = 2,
  warmUp = 3,
  window = 4,
  draining = 5,
  finished = 6,
  failed = 7,
  openingForReading = 10,
  openingForWriting = 11,
  accepting = 12,
  connecting = 13,
};

/** As it stands in an error line. */
constexpr const char* nameOf(Phase phase) {
  switch (phase) {
    case Phase::starting:
      return "starting";
    case Phase::opening:
      return "opening";
    case Phase::ready:
      return "ready";
    case Phase::warmUp:
      return "warm-up";
    case Phase::window:
      return "window";
    case Phase::draining:
      return "draining";
    case Phase::finished:
      return "finished";
    case Phase::failed:
      return "failed";
    case Phase::openingForReading:
      return "opening FIFO for reading";
    case Phase::openingForWriting:
      return "opening FIFO for writing";
    case Phase::accepting:
      return "accepting";
    case Phase::connecting:
      return "connecting";
  }
  return "unknown";
}

}  // namespace ipcbench
