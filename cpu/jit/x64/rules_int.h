/* Rules of rules_int.c, rules_flags.c and rules_move.c, and what they share. */
#ifndef XRUN_JIT_X64_RULES_INT_H
#define XRUN_JIT_X64_RULES_INT_H

#include "jit/x64/rules.h"

x64_rule x64_add, x64_arithmetic, x64_flags, x64_flags_adc, x64_flags_nz, x64_inverted, x64_unary,
    x64_count_bits, x64_bswap, x64_multiply, x64_divide, x64_shift;
x64_rule x64_compare;
x64_rule x64_extend, x64_copy, x64_pack, x64_bitcast, x64_select, x64_get, x64_put;
/* get and put of a part of a pinned register, of several, or of another kind (rules_pins.c). False: of none. */
bool x64_get_parts(struct x64 *x, u32 k, const struct ir_op *op);
bool x64_put_parts(struct x64 *x, const struct ir_op *op);
/* dst = dst op b; insn_imm: the form with an immediate; w: X64_W or 0. */
void x64_two_operands(struct x64 *x, unsigned insn, unsigned insn_imm, unsigned w, unsigned dst, ir_ref b);
/* EFLAGS = flags k, which is op, without a result. */
void x64_compute_flags(struct x64 *x, ir_ref k, const struct ir_op *op);
/* Makes EFLAGS tell a condition, enum ir_cond, of flags; these may be deferred, or pending in the state. */
enum x64_cc x64_flags_condition(struct x64 *x, unsigned cond, ir_ref flags);
/* jit_host.produce: NZCV from EFLAGS. */
void x64_produce(struct jit *j, ir_ref v);

#endif
