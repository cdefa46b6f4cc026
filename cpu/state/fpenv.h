/* The host's floating-point environment while guest code runs: rounding mode set from fp_mode, exceptions masked,
 * sticky flags left in the host until the guest asks. */
#ifndef XRUN_FPENV_H
#define XRUN_FPENV_H

#include "state/common.h"

/* Makes the host round as c->fp_mode says and clears its sticky flags (they are first moved into fp_flags). Called on
 * entering guest code and after each change of fp_mode. */
void fpenv_enter(struct cpu_common *c);
/* Moves the host's sticky flags into c->fp_flags and restores the host's default environment; on leaving guest code. */
void fpenv_leave(struct cpu_common *c);
/* All cumulative flags so far, host's sticky ones included; leaves the host's sticky flags clear. */
u32 fpenv_flags(struct cpu_common *c);

#endif
