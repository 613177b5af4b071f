#pragma once
#include <sys/socket.h>

/*
 * Numbers that the kernel understands and the C library's headers may be too old to name: Debian 12 has those of Linux 6.1.
 * They are part of the kernel's ABI (include/uapi/asm-generic/socket.h and include/linux/socket.h) and the same on every
 * architecture that uses the generic numbers, which are all that this core is built for. A kernel that does not know one says so.
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
