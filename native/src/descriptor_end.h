#pragma once
#include <sys/socket.h>

#include "unique_fd.h"

namespace ipcbench {

/** An end that is file descriptors: one duplex, or one to read and one to write. */
class DescriptorEnd {
 public:
  explicit DescriptorEnd(UniqueFd duplex) : read_(std::move(duplex)) {}
  DescriptorEnd(UniqueFd read, UniqueFd write) : read_(std::move(read)), write_(std::move(write)), isSplit_(true) {}

  int readFd() const { return read_.get(); }
  int writeFd() const { return isSplit_ ? write_.get() : read_.get(); }

  /** Nothing more will be written: a reader at the other end meets the end of file, where the transport has one. */
  void closeWriting() {
    if (isSplit_) {
      write_.reset();
    } else {
      ::shutdown(read_.get(), SHUT_WR);
    }
  }

 private:
  UniqueFd read_;
  UniqueFd write_;
  bool isSplit_ = false;
};

}  // namespace ipcbench
