/* When the guest's condition flags must be a word, when what they follow from is enough, and when nobody looks.
 *
 * A put of flags whose word no later get of the function needs is left pending (ir/flags.h): one to four stores. One
 * that is overwritten on every path before anything can see it is not done at all. A put that changes N and Z (and C) only,
 * as flags_nz and flags_nzc of the flags that are there, passes the others: they stay as they are, pending or not. A get that
 * only such puts and conditions use is not done: conditions look at the operands in memory, if it is known what they are. */
#ifndef XRUN_JIT_FLAGS_H
#define XRUN_JIT_FLAGS_H

#include "ir/flags.h"
#include "jit/alloc.h"

enum flags_put { FLAGS_PUT_WORD, FLAGS_PUT_PENDING, FLAGS_PUT_NOTHING };

/* What becomes of flags that a put leaves: they are read by a get, may be seen where the function is left. */
enum { FLAGS_READ = 1, FLAGS_SEEN = 2 };

enum { FLAGS_KIND_UNKNOWN = FLAGS_BASE }; /* which no kind has */

/* Operands of a pending put. */
struct flags_operands {
    u32 kind; /* enum flags_pending; if the put passes flags: what is added to it */
    bool passes;
    ir_ref base; /* the operation whose flags a and b give; IR_NONE: passes */
    ir_ref a, b; /* IR_NONE: passes; b also if it is in the kind */
    ir_ref nz, carry; /* or IR_NONE */
};
enum { FLAGS_OPERANDS = 4 };

/* Sets j->flags_kind_in (one for each block, provided by the caller), and what j->values say about flags. After
 * jit_forget_values(). */
void flags_analyse(struct jit *j);
/* How operation k, a put, is done; FLAGS_PUT_WORD for one of anything else. *out is set for FLAGS_PUT_PENDING. */
enum flags_put flags_put(const struct jit *j, u32 k, struct flags_operands *out);
/* The operands without repetition; how many. */
unsigned flags_refs(const struct flags_operands *flags, ir_ref out[FLAGS_OPERANDS]);
/* True if flags f are a get that is not done: conditions on them are told by memory. */
bool flags_are_in_memory(const struct jit *j, ir_ref f);
/* True if flags may be put after operation `from` and before `to` of the same block. */
bool flags_change_between(const struct jit *j, u32 from, u32 to);
/* True if memory tells condition cond, flags of this kind being there, without the word. */
bool flags_tell(u32 kind, unsigned cond);
/* cpu_common.flags_kind after operation k, if it was `kind` before; either may be FLAGS_KIND_UNKNOWN. */
u32 flags_kind_after(const struct jit *j, u32 k, u32 kind);
/* True if op is a get that overlaps the guest's flags. */
bool flags_get(const struct jit *j, const struct ir_op *op);
/* Conditions on N or Z alone: whether a result is zero or negative. */
static inline bool flags_told_by_result(unsigned cond)
{
    return cond == IR_EQ || cond == IR_NE || cond == IR_MI || cond == IR_PL;
}
/* The operation whose result flags_add, flags_sub or flags_logic describe. */
enum ir_opcode flags_result_op(u16 op);
/* The operation near f, flags of an addition or a subtraction, that gives their result, before position `end`; 0: none. */
ir_ref flags_result(const struct jit *j, ir_ref f, u32 end);

#endif
