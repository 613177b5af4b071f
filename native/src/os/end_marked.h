#pragma once

namespace ipcbench {

/**
 * Waits for the end of descriptor 0, which is the harness's, however that ended, and kills every process whose
 * environment has this entry (`NAME=value`), until none is left. Blocks until then; returns the exit status.
 */
int endMarked(const char* entry);

}  // namespace ipcbench
