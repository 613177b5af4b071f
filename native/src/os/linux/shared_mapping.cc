#include "../shared_mapping.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <ctime>
#include <utility>

namespace ipcbench {

SharedMapping::SharedMapping(SharedMapping&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)), size_(other.size_), logBytes_(other.logBytes_) {}

SharedMapping::~SharedMapping() {
  if (bytes_ != nullptr) ::munmap(bytes_, size_);
}

Result<SharedMapping> SharedMapping::attach(int fd) {
  struct stat status;
  if (::fstat(fd, &status) != 0) return Failure::ofCall("fstat", errno);
  const auto size = static_cast<size_t>(status.st_size);
  if (size < logsAt)
    return Failure::ofSentence("The shared mapping (descriptor %d) has %zu bytes; it needs %zu and the logs.", fd, size,
                               logsAt);
  void* bytes = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (bytes == MAP_FAILED) return Failure::ofCall("mmap", errno);
  SharedMapping mapping(static_cast<unsigned char*>(bytes), size);
  if (*mapping.word(0) != magic)
    return Failure::ofSentence("Descriptor %d is not a shared mapping of ipcbench: its first word is wrong.", fd);
  if (mapping.logBytes_ > (size - logsAt) / 2) {
    return Failure::ofSentence(
        "The header of the shared mapping gives a log %zu bytes, but both logs together have %zu.", mapping.logBytes_,
        size - logsAt);
  }
  return mapping;
}

void SharedMapping::enterAndWake(Role self, Phase phase) const {
  const Progress progress = progressOf(self);
  progress.enter(phase);
  ::syscall(SYS_futex, progress.phaseFutex(), FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

void SharedMapping::waitUntilPastWindow(Role role) const {
  const Progress progress = progressOf(role);
  for (Phase phase = progress.phase(); phase < Phase::draining || phase > Phase::failed; phase = progress.phase()) {
    ::syscall(SYS_futex, progress.phaseFutex(), FUTEX_WAIT, static_cast<uint32_t>(phase), nullptr, nullptr, 0);
  }
}

}  // namespace ipcbench
