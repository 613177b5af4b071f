#pragma once
#include <string_view>

#include "../descriptor_end.h"
#include "../os/shared_mapping.h"
#include "../result.h"

namespace ipcbench {

/** mkfifo(3), mode 0600. */
Status makeFifo(const char* path);

/**
 * Opens one FIFO to read and another to write. Each open sleeps until the other process opens the same FIFO, so that
 * one peer must read first and the other write first.
 */
struct Fifos {
  static constexpr std::string_view prefix = "fifo:";
  static constexpr std::string_view form = "fifo:PATH:PATH:ORDER";
  using End = DescriptorEnd;
  std::string_view readPath;
  std::string_view writePath;
  bool readFirst = false;

  bool parse(std::string_view rest);
  Result<End> open(const Progress& progress) const;
};

}  // namespace ipcbench
