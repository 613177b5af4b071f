#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <utility>

namespace ipcbench::sys {

/** Anonymous memory, zero at first, that a forked child shares. */
class SharedMemory {
 public:
  explicit SharedMemory(size_t bytes) : bytes_(bytes) {
    void* mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (mapped != MAP_FAILED) begin_ = mapped;
  }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory() {
    if (begin_ != nullptr) ::munmap(begin_, bytes_);
  }

  /** nullptr when there was no memory; errno tells. */
  void* begin() const { return begin_; }
  size_t bytes() const { return bytes_; }

 private:
  void* begin_ = nullptr;
  size_t bytes_;
};

}  // namespace ipcbench::sys
