#pragma once
#include <napi.h>
#include <sys/uio.h>

#include <cerrno>
#include <vector>

#include "call.h"

namespace ipcbench::sys {

/** Room of several sizes, and the iovec over it. Any number of pieces: a check may ask what the kernel says to one too
 * many. */
class Pieces {
 public:
  explicit Pieces(const std::vector<int>& sizes);

  /** False when there is no memory; errno is ENOMEM then. */
  bool areThere() const { return room_.isThere(); }
  iovec* vector() { return vector_.data(); }
  size_t count() const { return vector_.size(); }
  /** Of all pieces: they lie one after another. */
  uint8_t* begin() { return room_.begin(); }
  size_t bytes() const { return room_.size(); }

 private:
  Room room_;
  std::vector<iovec> vector_;
};

/** An iovec over what a message to send is made of: one Uint8Array or string, or an array of Uint8Arrays. */
class OutgoingPieces {
 public:
  /** False when `value` is something else. */
  bool read(Napi::Value value);

  iovec* vector() { return vector_.data(); }
  size_t count() const { return vector_.size(); }

 private:
  Data whole_;
  std::vector<iovec> vector_;
};

}  // namespace ipcbench::sys
