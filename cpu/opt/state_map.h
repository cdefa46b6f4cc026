/* Private to the passes: which operation is responsible for each 4 bytes of the guest's state. */
#ifndef XRUN_OPT_STATE_MAP_H
#define XRUN_OPT_STATE_MAP_H

#include "ir/ir.h"

enum { STATE_GRANULE = 4, STATE_GRANULES = 512 };

struct state_map {
    ir_ref at[STATE_GRANULES]; /* 0: nobody */
};

/* The granules of [offset, offset + bytes): first and number; false if the range is not followed. A range that begins
 * inside a granule or is narrower is counted with the whole granule. */
static inline bool state_range(u64 offset, unsigned bytes, unsigned *first, unsigned *count)
{
    u64 from = offset - sizeof(struct cpu_common);
    if (offset < sizeof(struct cpu_common) || from + bytes > STATE_GRANULES * STATE_GRANULE)
        return false;
    *first = (unsigned)(from / STATE_GRANULE);
    *count = (unsigned)((from + bytes + STATE_GRANULE - 1) / STATE_GRANULE) - *first;
    return true;
}
_Static_assert(sizeof(struct cpu_common) % STATE_GRANULE == 0, "granules begin after it");

#endif
