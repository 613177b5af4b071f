#pragma once
#include <sys/mman.h>

#include <cstddef>
#include <utility>

#include "result.h"

namespace ipcbench {

/** Zeroed, page-aligned memory that is there before a loop begins; nothing in a loop allocates. */
class MappedBuffer {
 public:
  MappedBuffer() = default;
  MappedBuffer(MappedBuffer&& other) noexcept
      : bytes_(std::exchange(other.bytes_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedBuffer& operator=(MappedBuffer&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~MappedBuffer() {
    if (bytes_ != nullptr) ::munmap(bytes_, size_);
  }

  static Result<MappedBuffer> ofBytes(size_t size) {
    void* bytes = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED) return Failure::ofCall("mmap", errno);
    return MappedBuffer(bytes, size);
  }

  unsigned char* bytes() const { return static_cast<unsigned char*>(bytes_); }
  size_t size() const { return size_; }

 private:
  MappedBuffer(void* bytes, size_t size) : bytes_(bytes), size_(size) {}
  void* bytes_ = nullptr;
  size_t size_ = 0;
};

}  // namespace ipcbench
