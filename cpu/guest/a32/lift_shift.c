/* Shifted operands and modified immediates: Arm ARM (DDI 0406C) A8.4, A5.2.4, A6.3.2. */
#include "guest/a32/a32.h"

static ir_ref bit(struct ir_build *b, ir_ref x, unsigned n)
{
    return ir_and(b, n ? ir_shr(b, x, a32_imm(b, n)) : x, a32_imm(b, 1));
}

struct a32_shifted a32_shift_imm(struct ir_build *b, ir_ref x, unsigned type, unsigned imm5, bool want_carry)
{
    struct a32_shifted r = {x, IR_NONE};
    unsigned last; /* the bit that goes to the carry */
    switch (type) {
    case 0:
        if (imm5 == 0)
            return r;
        r.value = ir_shl(b, x, a32_imm(b, imm5));
        last = 32 - imm5;
        break;
    case 1:
        r.value = imm5 ? ir_shr(b, x, a32_imm(b, imm5)) : a32_imm(b, 0);
        last = (imm5 - 1) & 31;
        break;
    case 2:
        r.value = ir_sar(b, x, a32_imm(b, imm5 ? imm5 : 31));
        last = (imm5 - 1) & 31;
        break;
    default:
        if (imm5) {
            r.value = ir_rotr(b, x, a32_imm(b, imm5));
            last = imm5 - 1;
        } else { /* RRX */
            ir_ref carry = ir_shl(b, a32_get_carry(b), a32_imm(b, 31));
            r.value = ir_or(b, ir_shr(b, x, a32_imm(b, 1)), carry);
            last = 0;
        }
    }
    if (want_carry)
        r.carry = bit(b, x, last);
    return r;
}

/* LSL, LSR, ASR as shifts of 64 bits: what is shifted out ends up beside the result. Only counts below 64 can be shifted by;
 * after more, zeros are left, or (ASR) copies of the sign, as after 63. */
static struct a32_shifted shift_wide(struct ir_build *b, ir_ref x, unsigned type, ir_ref amount, bool want_carry)
{
    ir_ref zero = a32_imm(b, 0), one = ir_imm(b, 64, 1), far = ir_and(b, amount, a32_imm(b, 0xc0));
    if (type == 2)
        amount = ir_select(b, far, a32_imm(b, 63), amount);
    ir_ref count = ir_zext(b, amount), wide = type == 2 ? ir_sext(b, x) : ir_zext(b, x), last = IR_NONE;
    ir_ref shifted = type == 0 ? ir_shl(b, wide, count) : type == 1 ? ir_shr(b, wide, count) : ir_sar(b, wide, count);
    ir_ref value = ir_trunc(b, shifted);
    if (want_carry && type == 0) {
        last = ir_trunc(b, ir_shr(b, shifted, ir_imm(b, 64, 32)));
    } else if (want_carry) {
        wide = ir_shl(b, wide, one);
        last = ir_trunc(b, type == 1 ? ir_shr(b, wide, count) : ir_sar(b, wide, count));
    }
    if (type != 2) {
        value = ir_select(b, far, zero, value);
        last = last ? ir_select(b, far, zero, last) : IR_NONE;
    }
    return (struct a32_shifted){value, last ? ir_and(b, last, a32_imm(b, 1)) : IR_NONE};
}

struct a32_shifted a32_shift_reg(struct ir_build *b, ir_ref x, unsigned type, ir_ref amount, bool want_carry)
{
    ir_ref n = ir_zext_low(b, amount, 8);
    struct a32_shifted r;
    if (type == 3) {
        r.value = ir_rotr(b, x, n);
        r.carry = want_carry ? bit(b, r.value, 31) : IR_NONE;
    } else {
        r = shift_wide(b, x, type, amount, want_carry);
    }
    if (want_carry)
        r.carry = ir_select(b, n, r.carry, a32_get_carry(b));
    return r;
}

struct a32_shifted a32_expand_imm(struct ir_build *b, unsigned rot, unsigned imm8)
{
    u32 value = rot ? imm8 >> (2 * rot) | imm8 << (32 - 2 * rot) : imm8;
    return (struct a32_shifted){a32_imm(b, value), rot ? a32_imm(b, value >> 31) : IR_NONE};
}

u32 a32_expand_t32_value(unsigned imm12)
{
    u32 imm8 = imm12 & 0xff, rotated = 0x80 | (imm12 & 0x7f);
    switch (imm12 >> 8) {
    case 0: return imm8;
    case 1: return imm8 << 16 | imm8;
    case 2: return imm8 << 24 | imm8 << 8;
    case 3: return imm8 * 0x01010101u;
    default: return rotated >> (imm12 >> 7) | rotated << (32 - (imm12 >> 7));
    }
}

struct a32_shifted a32_expand_t32(struct ir_build *b, unsigned imm12)
{
    u32 value = a32_expand_t32_value(imm12);
    return (struct a32_shifted){a32_imm(b, value), imm12 >> 10 ? a32_imm(b, value >> 31) : IR_NONE};
}

ir_ref a32_rotated(struct ir_build *b, unsigned n, unsigned rot)
{
    ir_ref x = a32_get(b, n);
    return rot ? ir_rotr(b, x, a32_imm(b, 8 * rot)) : x;
}
