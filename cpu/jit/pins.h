/* Which guest registers live in host registers in a whole function, and what must be stored and loaded for that.
 *
 * A register is pinned if it is worth a load at the entry and a store at the exits. Where guest registers are parts of one another
 * (S, D and Q of 32-bit ARM), the function's accesses to each 16 bytes of the state decide which of them is one: that for which
 * the other accesses, to parts of it or across several, cost least. General registers have one width, but for gets of the low
 * part. Memory holds its value except where it is dirty: put since the entry on some path. What leaves the function stores the
 * dirty ones first; a fault stores them from the interrupted registers. Therefore a register that may be dirty must be valid:
 * the entry loads those that some path reads, or stores at an exit, without putting them first. */
#ifndef XRUN_JIT_PINS_H
#define XRUN_JIT_PINS_H

#include "jit/alloc.h"

/* Chooses pins for j->fn and sets all pin fields of *j, dirty_in among them (memory of *j->dirty_in: block_count words,
 * provided by the caller). A function without a loop or with one block gets none. */
void pins_choose(struct jit *j);
/* No pins: every put goes to memory at once. */
void pins_none(struct jit *j);
/* True for an operation that may leave the function or sees guest registers in memory. */
bool pins_observed(const struct ir_op *op);
/* The blocks of fn that block n leads to: their number. */
unsigned jit_successors(const struct ir_fn *fn, u32 n, u32 out[IR_TARGETS]);

#endif
