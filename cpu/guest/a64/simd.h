/* What the lift functions of Advanced SIMD share: vector operations on registers, lane constants, the two halves of
 * widening and narrowing instructions. `size` is enum ir_lane (0 byte .. 3 doubleword), q selects 128 bits. */
#ifndef XRUN_A64_SIMD_H
#define XRUN_A64_SIMD_H

#include "guest/a64/a64.h"

/* `sub` of a vector operation on lanes of `size`. */
static inline u8 simd_sub(unsigned size, unsigned q) { return (u8)(size | (q ? IR_FULL : 0)); }
/* The same on the lanes of twice the size, always over 128 bits. */
static inline u8 simd_wide(unsigned size) { return simd_sub(size + 1, 1); }

/* op on one, two, three vectors; `sub` from simd_sub(). */
static inline ir_ref simd_1(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref x) { return ir_op1(b, op, sub, x, 0); }
static inline ir_ref simd_2(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref x, ir_ref y)
{
    return ir_op2(b, op, sub, x, y, 0);
}
static inline ir_ref simd_3(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref x, ir_ref y, ir_ref z)
{
    return ir_op3(b, op, sub, x, y, z, 0);
}
/* One operand and an immediate. */
static inline ir_ref simd_imm(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref x, u64 imm)
{
    return ir_op1(b, op, sub, x, imm);
}

/* A constant: the low bits of value in every lane. */
static inline ir_ref simd_splat(struct ir_build *b, unsigned size, u64 value)
{
    u64 all = value & ones(8u << size);
    for (unsigned width = 8u << size; width < 64; width *= 2)
        all |= all << width;
    return ir_const_v128(b, all, all);
}
/* 128 zero bits. */
static inline ir_ref simd_zero(struct ir_build *b) { return ir_const_v128(b, 0, 0); }

/* Lane 0 of register n, everything else zero: what scalar instructions see, so that other lanes do not saturate. */
static inline ir_ref simd_scalar(struct ir_build *b, unsigned size, unsigned n)
{
    return simd_1(b, IR_OP_vlow, simd_sub(size, 0), a64_get_v(b, n));
}
/* Lane `index` of register n in every lane. */
static inline ir_ref simd_element(struct ir_build *b, unsigned size, unsigned n, unsigned index)
{
    return simd_imm(b, IR_OP_vdup_lane, simd_sub(size, 1), a64_get_v(b, n), index);
}
/* Index and register of the element forms with size 1 or 2: H:L:M and 4 bits, H:L and M:Rm. */
static inline unsigned simd_element_index(unsigned size, unsigned h, unsigned l, unsigned m)
{
    return size == 1 ? h << 2 | l << 1 | m : h << 1 | l;
}
static inline unsigned simd_element_reg(unsigned size, unsigned m, unsigned rm) { return size == 1 ? rm : m << 4 | rm; }

/* Writes a narrowed value (its upper half zero): over the whole register, or (q: the "2" form) over the upper half. */
static inline void simd_set_narrow(struct ir_build *b, unsigned q, unsigned rd, ir_ref value)
{
    if (q)
        value = simd_2(b, IR_OP_vzip1, simd_sub(IR_D, 1), a64_get_v(b, rd), value);
    a64_set_v(b, rd, value);
}

/* Shift by immediate: immh:immb is lane bits + left count, or 2 * lane bits - right count. */
static inline unsigned simd_shift_size(u32 immh) { return 31 - clz32(immh); }
static inline unsigned simd_shift_left(u32 immh, u32 immb)
{
    return (immh << 3 | immb) - (8u << simd_shift_size(immh));
}
static inline unsigned simd_shift_right(u32 immh, u32 immb)
{
    return (16u << simd_shift_size(immh)) - (immh << 3 | immb);
}

/* SRI and SLI: x shifted right or left and the bits of d that it leaves free. */
static inline ir_ref simd_insert_shifted(struct ir_build *b, u8 sub, ir_ref d, ir_ref x, unsigned count, bool left)
{
    unsigned size = sub & IR_LANE_MASK, width = 8u << size;
    u64 kept = left ? ones(count) : ~(count == width ? 0 : ones(width) >> count);
    ir_ref shifted = simd_imm(b, left ? IR_OP_vshl_imm : IR_OP_vshr_imm, sub, x, count);
    ir_ref rest = simd_2(b, IR_OP_vand, simd_sub(size, sub & IR_FULL), d, simd_splat(b, size, kept));
    return simd_2(b, IR_OP_vor, sub, rest, shifted);
}

#endif
