/* Ancillary data of messages between guest and host, for guests whose bytes are not the host's. */
#ifndef XRUN_SYS_CONTROL_H
#define XRUN_SYS_CONTROL_H

#include "base/base.h"

/* Whether ancillary data has to be converted; otherwise the host's kernel takes the guest's memory. */
bool control_converts(void);
/* The guest's ancillary data of `bytes` bytes at addr for the host: allocates *host (the caller frees it) and sets *length.
 * 0 or -errno (net/core/scm.c, net/compat.c). */
long control_in(u8 **host, size_t *length, u64 addr, size_t bytes);
/* Bytes to let the host write when the guest has room for this many. */
size_t control_room(size_t bytes);
/* What the host wrote, `length` bytes, to the guest's room of `bytes` bytes at addr: as much as fits, *flags gets
 * MSG_CTRUNC if that is not all, and descriptors that do not fit are closed. *used: bytes that the guest got. 0 or -EFAULT. */
long control_out(const u8 *host, size_t length, u64 addr, size_t bytes, size_t *used, int *flags);

#endif
