/* Rules of rules_int.c and rules_move.c. */
#ifndef XRUN_JIT_X64_RULES_INT_H
#define XRUN_JIT_X64_RULES_INT_H

#include "jit/x64/rules.h"

x64_rule x64_add, x64_arithmetic, x64_flags, x64_flags_adc, x64_flags_nz, x64_compare, x64_inverted, x64_unary, x64_count_bits, x64_bswap;
x64_rule x64_multiply, x64_divide, x64_shift, x64_extend, x64_copy, x64_pack, x64_bitcast, x64_select, x64_get, x64_put;
/* get and put of a part of a pinned register, of several, or of another kind (rules_pins.c). False: of none. */
bool x64_get_parts(struct x64 *x, u32 k, const struct ir_op *op);
bool x64_put_parts(struct x64 *x, const struct ir_op *op);
/* jit_host.produce: NZCV from EFLAGS. */
void x64_produce(struct jit *j, ir_ref v);

#endif
