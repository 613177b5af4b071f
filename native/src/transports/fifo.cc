#include "fifo.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <climits>
#include <cstring>

namespace ipcbench {
namespace {

Result<UniqueFd> openOne(std::string_view path, int mode) {
  char terminated[PATH_MAX];
  if (path.size() >= sizeof terminated) return Failure::ofCall("open", ENAMETOOLONG);
  std::memcpy(terminated, path.data(), path.size());
  terminated[path.size()] = '\0';
  int fd;
  do fd = ::open(terminated, mode | O_CLOEXEC);
  while (fd < 0 && errno == EINTR);
  if (fd < 0) return Failure::ofCall("open", errno);
  return UniqueFd(fd);
}

}  // namespace

Status makeFifo(const char* path) {
  if (::mkfifo(path, 0600) != 0) return Failure::ofCall("mkfifo", errno);
  return Nothing{};
}

/** `<path to read>:<path to write>:read-first|write-first`. A path with a colon has too many parts, and is refused. */
bool Fifos::parse(std::string_view rest) {
  const size_t first = rest.find(':'), last = rest.rfind(':');
  if (first == std::string_view::npos || first == last) return false;
  readPath = rest.substr(0, first);
  writePath = rest.substr(first + 1, last - first - 1);
  readFirst = rest.substr(last + 1) == "read-first";
  const bool hasOrder = readFirst || rest.substr(last + 1) == "write-first";
  return hasOrder && !readPath.empty() && !writePath.empty() && writePath.find(':') == std::string_view::npos;
}

Result<DescriptorEnd> Fifos::open(const Progress& progress) const {
  UniqueFd read, write;
  for (const bool isReadTurn : {readFirst, !readFirst}) {
    progress.enter(isReadTurn ? Phase::openingForReading : Phase::openingForWriting);
    auto opened = isReadTurn ? openOne(readPath, O_RDONLY) : openOne(writePath, O_WRONLY);
    if (!opened) return opened.failure();
    (isReadTurn ? read : write) = std::move(*opened);
  }
  return DescriptorEnd(std::move(read), std::move(write));
}

}  // namespace ipcbench
