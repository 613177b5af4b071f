#pragma once
#include <sys/socket.h>
#include <sys/syscall.h>
#if __has_include(<linux/close_range.h>)
#include <linux/close_range.h>
#endif

/*
 * Numbers that the kernel understands and the C library's headers may be too old to name: Debian 12 has those of
 * Linux 6.1. They are part of the kernel's ABI (include/uapi/asm-generic/socket.h, include/linux/socket.h,
 * include/uapi/linux/close_range.h) and the same on every architecture that uses the generic numbers, which are all
 * that this core is built for. A kernel that does not know one says so.
 */

#ifndef SO_PASSPIDFD  // Linux 6.5
#define SO_PASSPIDFD 76
#endif
#ifndef SO_PEERPIDFD  // Linux 6.5
#define SO_PEERPIDFD 77
#endif
#ifndef SO_PASSRIGHTS  // Linux 6.16
#define SO_PASSRIGHTS 83
#endif
#ifndef SO_INQ  // Linux 6.17
#define SO_INQ 84
#endif
#ifndef SCM_INQ
#define SCM_INQ SO_INQ
#endif
#ifndef SCM_PIDFD  // Linux 6.5
#define SCM_PIDFD 0x04
#endif
// Known to the kernel since 2.5, and to no header outside of it.
#ifndef SCM_SECURITY
#define SCM_SECURITY 0x03
#endif

#ifndef CLOSE_RANGE_UNSHARE  // Linux 5.9
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif
#ifndef CLOSE_RANGE_CLOEXEC  // Linux 5.11
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif
// Calls since Linux 5.0 have one number on every architecture.
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
