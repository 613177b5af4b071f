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

Result<Endpoint> openFifos(std::string_view readPath, std::string_view writePath, bool readFirst,
                           const Progress& progress) {
  UniqueFd read, write;
  for (const bool isReadTurn : {readFirst, !readFirst}) {
    progress.enter(isReadTurn ? Phase::openingForReading : Phase::openingForWriting);
    auto opened = isReadTurn ? openOne(readPath, O_RDONLY) : openOne(writePath, O_WRONLY);
    if (!opened) return opened.failure();
    (isReadTurn ? read : write) = std::move(*opened);
  }
  return Endpoint(std::move(read), std::move(write));
}

}  // namespace ipcbench
