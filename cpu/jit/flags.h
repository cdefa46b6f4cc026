/* When the guest's condition flags must be a word, when their operands are enough, and when nobody looks.
 *
 * A put of flags whose word no later get of the function needs is left pending (ir/flags.h): one to three stores. One
 * that is overwritten on every path before anything can see it is not done at all. */
#ifndef XRUN_JIT_FLAGS_H
#define XRUN_JIT_FLAGS_H

#include "jit/alloc.h"

enum flags_put { FLAGS_PUT_WORD, FLAGS_PUT_PENDING, FLAGS_PUT_NOTHING };

/* Bits of jit.flags_out: after a block, the flags that it leaves are read by a get, or may be seen where the function is
 * left. */
enum { FLAGS_READ = 1, FLAGS_SEEN = 2 };

enum { FLAGS_KIND_UNKNOWN = 0xc0 }; /* bits 6 and 7, which no kind has */

/* Operands of a pending put. */
struct flags_operands {
    u32 kind; /* enum flags_pending */
    ir_ref a, b; /* b: IR_NONE if it is in the kind */
};

/* Sets j->flags_out and j->flags_kind_in (one for each block, provided by the caller). */
void flags_analyse(struct jit *j);
/* How operation k, a put, is done; FLAGS_PUT_WORD for one of anything else. *out is set for FLAGS_PUT_PENDING. */
enum flags_put flags_put(const struct jit *j, u32 k, struct flags_operands *out);
/* cpu_common.flags_kind after operation k, if it was `kind` before; either may be FLAGS_KIND_UNKNOWN. */
u32 flags_kind_after(const struct jit *j, u32 k, u32 kind);
/* True if op is a get that overlaps the guest's flags. */
bool flags_get(const struct jit *j, const struct ir_op *op);
/* The operation whose result flags_add, flags_sub or flags_logic describe. */
enum ir_opcode flags_result_op(u16 op);
/* The operation near f, flags of an addition or a subtraction, that gives their result, before position `end`; 0: none. */
ir_ref flags_result(const struct jit *j, ir_ref f, u32 end);

#endif
