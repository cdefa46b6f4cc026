/* What the lift functions of Advanced SIMD share. `size` is enum ir_lane, q selects 128 bits. */
#ifndef XRUN_A32_LIFT_NEON_H
#define XRUN_A32_LIFT_NEON_H

#include "guest/a32/vector.h"

static inline u8 neon_sub(unsigned size, unsigned q) { return (u8)(size | (q ? IR_FULL : 0)); }
static inline unsigned neon_reg(unsigned v, unsigned bit) { return bit << 4 | v; }
/* 64 or 128 bits from doubleword register n on; the upper half is zero for 64. */
static inline ir_ref neon_get(struct ir_build *b, unsigned n, unsigned q)
{
    return q ? ir_get(b, IR_V128, vfp_d(n)) : ir_vec(b, ir_get(b, IR_I64, vfp_d(n)));
}
static inline void neon_put(struct ir_build *b, unsigned n, unsigned q, ir_ref v)
{
    a32_put(b, vfp_d(n), q ? v : ir_low(b, IR_I64, v));
}
static inline ir_ref neon_1(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref x, u64 imm) { return ir_op1(b, op, sub, x, imm); }
static inline ir_ref neon_2(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref x, ir_ref y) { return ir_op2(b, op, sub, x, y, 0); }
static inline ir_ref neon_splat(struct ir_build *b, unsigned size, u64 value)
{
    u64 all = value & ones(8u << size);
    for (unsigned width = 8u << size; width < 64; width *= 2)
        all |= all << width;
    return ir_const_v128(b, all, all);
}
static inline ir_ref neon_zero(struct ir_build *b) { return ir_const_v128(b, 0, 0); }

/* Advanced SIMD arithmetic is done as FPSCR said DN = FZ = 1 and rounding to nearest [StandardFPSCRValue]: fp_mode is changed
 * around the operations, from and to what the mode of the function says. */
void neon_standard(struct ir_build *b);
void neon_standard_end(struct ir_build *b);

#endif
