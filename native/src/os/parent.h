#pragma once

namespace ipcbench {

/** Asks the kernel to kill this process when its parent ends. False when `parent` was gone before. */
bool dieWithParent(int parent);

}  // namespace ipcbench
