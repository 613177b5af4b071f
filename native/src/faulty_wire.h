#pragma once
#include <vector>

#include "mapped_buffer.h"
#include "options.h"
#include "relayed_end.h"

namespace ipcbench {

/** One direction of a relay: hands messages on, and does one thing wrong at one of them. */
class FaultyWire {
 public:
  static Result<FaultyWire> create(const Options& options, RelayedEnd& to);

  /** Hands on one whole message; changes its bytes where that is the fault. */
  Status pass(unsigned char* message, size_t size);
  /** Hands on bytes of a stream in other pieces than they came in, which every stream may do. */
  Status passInPieces(const unsigned char* bytes, size_t size);
  /** No message follows: what is held back goes out, or is the one that gets lost. */
  Status flush();
  /** As flush, and the end of file is handed on. */
  Status end();

  /** Takes nothing more: the fault is that nothing happens. */
  bool isStalled() const { return isStalled_; }
  uint64_t messages() const { return index_; }
  uint64_t bytes() const { return bytes_; }

 private:
  FaultyWire(const Options& options, RelayedEnd& to, MappedBuffer held)
      : options_(options), to_(to), held_(std::move(held)), random_(options.seed) {}

  Status passFaulty(unsigned char* message, size_t size);
  Status send(const unsigned char* bytes, size_t size);
  Status sendHeld();
  /** Copies what went by before into a message: a buffer that was not cleaned, or not the right one. */
  void overwrite(unsigned char* message, size_t size);
  void hold(const unsigned char* message, size_t size);
  bool isHolding() const { return heldBytes_ != 0; }
  uint64_t random();
  void dawdle();

  const Options& options_;
  RelayedEnd& to_;
  MappedBuffer held_;  // room for two messages: a merge is made in it
  size_t heldBytes_ = 0;
  uint64_t heldIndex_ = 0;
  std::vector<unsigned char> hoard_;
  std::vector<size_t> hoardedSizes_;
  uint64_t index_ = 0;
  uint64_t bytes_ = 0;
  uint64_t random_;
  bool isDone_ = false;  // the fault has happened
  bool isStalled_ = false;
  bool isEnded_ = false;
};

}  // namespace ipcbench
