/* The host's floating-point environment while guest code runs: rounding mode set from fp_mode, exceptions masked,
 * sticky flags left in the host until the guest asks. Between fpenv_enter() and fpenv_leave() the environment is the
 * guest's and c->fp_live is set; outside, it is xrun's own and never counts for the guest. */
#ifndef XRUN_FPENV_H
#define XRUN_FPENV_H

#include "state/common.h"

/* Makes the host round as c->fp_mode says, with clear sticky flags; on entering guest code. Called again while the
 * guest runs (after a change of fp_mode), it first moves the sticky flags into c->fp_flags. */
void fpenv_enter(struct cpu_common *c);
/* Moves the host's sticky flags into c->fp_flags and restores the host's default environment; on leaving guest code. */
void fpenv_leave(struct cpu_common *c);
/* Masks all exceptions again where compiled code, which unmasks one of them, was left without its doing. */
void fpenv_mask(void);
/* All cumulative flags so far, host's sticky ones included. Those stay there: writing MXCSR takes longer than reading it, and C
 * libraries read the status to find the rounding mode. */
u32 fpenv_flags(const struct cpu_common *c);
/* Makes the cumulative flags these. */
void fpenv_set_flags(struct cpu_common *c, u32 flags);

#endif
