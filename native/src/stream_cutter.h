#pragma once
#include "inspector.h"
#include "mapped_buffer.h"

namespace ipcbench {

/**
 * Cuts a run of bytes into the messages it is made of, and finds its feet again after damage: bytes in which no header
 * stands are skipped up to the next that does.
 */
class StreamCutter {
 public:
  static Result<StreamCutter> create(Inspector& inspector);

  /** Where the next bytes may be read to. */
  unsigned char* room() const { return memory_.bytes() + filled_; }
  size_t roomBytes() const { return memory_.size() - filled_; }
  /** That many bytes were read there. */
  void took(size_t bytes);
  /** Nothing more will come. */
  void end();

 private:
  StreamCutter(Inspector& inspector, MappedBuffer memory) : inspector_(inspector), memory_(std::move(memory)) {}
  /** Cuts one message off, or skips one byte; false when more bytes are needed to tell. */
  bool step(bool isAtEnd);
  bool damaged(const Header& header, bool isAtEnd);
  void skip(size_t bytes);
  void noteSkipped();

  unsigned char* front() const { return memory_.bytes() + start_; }
  size_t waiting() const { return filled_ - start_; }

  Inspector& inspector_;
  MappedBuffer memory_;
  size_t start_ = 0;
  size_t filled_ = 0;
  uint64_t skipped_ = 0;
};

}  // namespace ipcbench
