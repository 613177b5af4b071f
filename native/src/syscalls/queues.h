#pragma once
#include <mqueue.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace ipcbench::sys {

// The kernel's calls, not libc's, which live in librt before glibc 2.34. Theirs is a name without the leading slash.
int mqOpen(const char* name, int flags, unsigned mode, const mq_attr* attributes);
int mqUnlink(const char* name);
/** `timeoutMs` -1 waits for ever. */
int mqSend(int queue, const void* bytes, size_t length, unsigned priority, int64_t timeoutMs);
ssize_t mqReceive(int queue, void* bytes, size_t size, unsigned* priority, int64_t timeoutMs);

}  // namespace ipcbench::sys
