#pragma once
#include <string_view>

#include "../endpoint.h"
#include "../result.h"

namespace ipcbench {

/** mkfifo(3), mode 0600. */
Status makeFifo(const char* path);

/**
 * Opens one FIFO to read and another to write. Each open sleeps until the other process opens the same FIFO, so that
 * one peer must read first and the other write first.
 */
Result<Endpoint> openFifos(std::string_view readPath, std::string_view writePath, bool readFirst,
                           const Progress& progress);

}  // namespace ipcbench
