/* The passes: improve a function of IR in place. All are linear in its size. */
#ifndef XRUN_OPT_H
#define XRUN_OPT_H

#include "ir/ir.h"

/* All passes in order: forward, simplify, dead, compact, exclusive. In XRUN_DEBUG builds the function is verified before the first
 * and after each; a failure is must(). The function must be complete (every block ended). */
void opt_run(struct ir_fn *fn);

/* The single passes, for tests. Removed operations become IR_OP_none, replaced ones IR_OP_copy; only opt_compact()
 * leaves neither behind.
 *
 * A state offset is followed only beyond struct cpu_common, whose fields change behind the IR's back. */

/* A get of what an earlier put or get of the block knows becomes that value, or the low part of it. */
void opt_forward(struct ir_fn *fn);
/* Operands skip copies; constants, identities and equal pure operations of a block are folded. */
void opt_simplify(struct ir_fn *fn);
/* Removes puts that are overwritten before anything can see them, and values that nobody uses. Every operation that can
 * leave the function, or may read the state, sees all earlier puts. */
void opt_dead(struct ir_fn *fn);
/* Marks pairs of exclusives with IR_MEM_ALONE. */
void opt_exclusive(struct ir_fn *fn);
/* Closes the gaps. */
void opt_compact(struct ir_fn *fn);

#endif
