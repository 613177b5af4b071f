#pragma once
#include <string_view>

#include "../descriptor_end.h"
#include "../os/shared_mapping.h"
#include "../result.h"
#include "../spec_text.h"

namespace ipcbench {

/** One duplex descriptor that was inherited. */
struct InheritedDuplex {
  static constexpr std::string_view prefix = "fd:";
  static constexpr std::string_view form = "fd:N";
  using End = DescriptorEnd;
  int fd = -1;

  bool parse(std::string_view rest) { return isWholeNumber(rest, fd); }
  Result<End> open(const Progress&) const { return DescriptorEnd(UniqueFd(fd)); }
};

/** Two descriptors that were inherited: one to read, one to write. */
struct InheritedPair {
  static constexpr std::string_view prefix = "fds:";
  static constexpr std::string_view form = "fds:N,M";
  using End = DescriptorEnd;
  int read = -1;
  int write = -1;

  bool parse(std::string_view rest) {
    return takeNumber(rest, read) && takePrefix(rest, ",") && isWholeNumber(rest, write);
  }
  Result<End> open(const Progress&) const { return DescriptorEnd(UniqueFd(read), UniqueFd(write)); }
};

}  // namespace ipcbench
