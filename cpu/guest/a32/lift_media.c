/* Parallel arithmetic, packing, saturation, extension, bit fields, CRC: Arm ARM (DDI 0406C) A5.4, A6.3.12 to A6.3.15. */
#include "a32_decode.h"
#include "t16_decode.h"
#include "t32_decode.h"
#include "guest/a32/a32.h"

/* --- parallel addition and subtraction ------------------------------------------------------------------------------------ */

enum { SIGNED = 1, SATURATING = 2, SIGNED_HALVING = 3, UNSIGNED = 5, UNSIGNED_SATURATING = 6, UNSIGNED_HALVING = 7 };

static ir_ref v1(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref x) { return ir_op1(b, op, sub, x, 0); }
static ir_ref v2(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref x, ir_ref y) { return ir_op2(b, op, sub, x, y, 0); }

static ir_ref splat(struct ir_build *b, unsigned lane, u64 value)
{
    u64 all = value & ones(8u << lane);
    for (unsigned width = 8u << lane; width < 64; width *= 2)
        all |= all << width;
    return ir_const_v128(b, all, all);
}

/* Signed, saturated: in lanes of twice the size. The row vsqadd would set FPSCR.QC. */
static ir_ref saturated(struct ir_build *b, bool subtract, u8 lane, ir_ref n, ir_ref m)
{
    u8 wide = (u8)((lane + 1) | IR_FULL);
    u64 most = ones((8u << lane) - 1);
    ir_ref x = v1(b, IR_OP_vsxtl, lane | IR_FULL, n), y = v1(b, IR_OP_vsxtl, lane | IR_FULL, m);
    ir_ref r = v2(b, subtract ? IR_OP_vsub : IR_OP_vadd, wide, x, y);
    r = v2(b, IR_OP_vsmin, wide, r, splat(b, lane + 1, most));
    r = v2(b, IR_OP_vsmax, wide, r, splat(b, lane + 1, ~most));
    return v1(b, IR_OP_vxtn, lane, r);
}

/* One operation on all lanes; *ge gets the mask of lanes whose GE bits become 1, where the kind sets them. */
static ir_ref lanes(struct ir_build *b, u32 kind, bool subtract, u8 lane, ir_ref n, ir_ref m, ir_ref *ge)
{
    ir_ref r;
    switch (kind) {
    case SIGNED:
        if (subtract)
            *ge = v2(b, IR_OP_vcmpge, lane, n, m);
        else
            *ge = v2(b, IR_OP_vcmpge, lane, v2(b, IR_OP_vshadd, lane, n, m), ir_const_v128(b, 0, 0));
        return v2(b, subtract ? IR_OP_vsub : IR_OP_vadd, lane, n, m);
    case UNSIGNED:
        r = v2(b, subtract ? IR_OP_vsub : IR_OP_vadd, lane, n, m);
        *ge = subtract ? v2(b, IR_OP_vcmphs, lane, n, m) : v2(b, IR_OP_vcmphi, lane, n, r);
        return r;
    case SATURATING: return saturated(b, subtract, lane, n, m);
    case UNSIGNED_SATURATING:
        if (subtract)
            return v2(b, IR_OP_vsub, lane, n, v2(b, IR_OP_vumin, lane, n, m));
        return v2(b, IR_OP_vadd, lane, n, v2(b, IR_OP_vumin, lane, v1(b, IR_OP_vnot, lane, n), m));
    case SIGNED_HALVING: return v2(b, subtract ? IR_OP_vshsub : IR_OP_vshadd, lane, n, m);
    default: return v2(b, subtract ? IR_OP_vuhsub : IR_OP_vuhadd, lane, n, m);
    }
}

static ir_ref upper_and_lower(struct ir_build *b, ir_ref upper, ir_ref lower)
{
    ir_ref u = ir_and(b, ir_low(b, IR_I32, upper), a32_imm(b, 0xffff0000));
    return ir_or(b, u, ir_zext_low(b, ir_low(b, IR_I32, lower), 16));
}

/* op as in media.dec */
static enum flow parallel(struct ir_build *b, u32 kind, u32 op, unsigned rd, unsigned rn, unsigned rm)
{
    enum { ASX = 1, SAX = 2 };
    if (rd == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref r, mask = IR_NONE, n = ir_vec(b, a32_get(b, rn));
    if (op == ASX || op == SAX) {
        ir_ref m = ir_vec(b, a32_rotated(b, rm, 2)), sum_ge = IR_NONE, difference_ge = IR_NONE;
        ir_ref sum = lanes(b, kind, false, IR_H, n, m, &sum_ge);
        ir_ref difference = lanes(b, kind, true, IR_H, n, m, &difference_ge);
        r = op == ASX ? upper_and_lower(b, sum, difference) : upper_and_lower(b, difference, sum);
        if (sum_ge)
            mask = op == ASX ? upper_and_lower(b, sum_ge, difference_ge) : upper_and_lower(b, difference_ge, sum_ge);
    } else {
        ir_ref ge = IR_NONE, m = ir_vec(b, a32_get(b, rm));
        r = ir_low(b, IR_I32, lanes(b, kind, op & 3, op & 4 ? IR_B : IR_H, n, m, &ge));
        if (ge)
            mask = ir_low(b, IR_I32, ge);
    }
    if (mask)
        a32_put(b, A32_OFF(ge, 0), mask);
    a32_put_r(b, rd, r);
    return FLOW_NEXT;
}
LIFT(a32, PARALLEL) { return parallel(b, d->p, d->op, d->rd, d->rn, d->rm); }
LIFT(t32, PARALLEL)
{
    static const u8 op[8] = {4, 0, 1, 0, 7, 3, 2, 0}; /* ADD8 ADD16 ASX - SUB8 SUB16 SAX - */
    static const u8 kind[8] = {SIGNED, SATURATING, SIGNED_HALVING, 0, UNSIGNED, UNSIGNED_SATURATING, UNSIGNED_HALVING, 0};
    return parallel(b, kind[d->p], op[d->op], d->rd, d->rn, d->rm);
}

static enum flow select_bytes(struct ir_build *b, unsigned rd, unsigned rn, unsigned rm)
{
    ir_ref ge = ir_get(b, IR_I32, A32_OFF(ge, 0));
    ir_ref n = ir_and(b, a32_get(b, rn), ge), m = ir_andn(b, a32_get(b, rm), ge);
    return rd == A32_PC ? FLOW_UNDEFINED : a32_set(b, rd, ir_or(b, n, m));
}
LIFT_BOTH(SEL, return select_bytes(b, d->rd, d->rn, d->rm);)

/* tb: the lower half comes from rm shifted right, otherwise the upper half from rm shifted left */
static enum flow pack(struct ir_build *b, bool tb, unsigned rd, unsigned rn, unsigned rm, unsigned imm)
{
    if (rd == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref n = a32_get(b, rn), m = a32_shift_imm(b, a32_get(b, rm), tb ? 2 : 0, imm, false).value;
    ir_ref upper = ir_and(b, tb ? n : m, a32_imm(b, 0xffff0000));
    return a32_set(b, rd, ir_or(b, upper, ir_zext_low(b, tb ? m : n, 16)));
}
LIFT_BOTH(PKH, return pack(b, d->tb, d->rd, d->rn, d->rm, d->imm);)

/* --- saturation ----------------------------------------------------------------------------------------------------------- */

static ir_ref clamp(struct ir_build *b, ir_ref x, u32 least, u32 most)
{
    ir_ref low = a32_imm(b, least), high = a32_imm(b, most);
    ir_ref r = ir_select(b, ir_slt(b, x, low), low, x);
    return ir_select(b, ir_slt(b, high, r), high, r);
}

/* to `bits` bits, signed or not */
static ir_ref saturate(struct ir_build *b, ir_ref x, bool is_signed, unsigned bits)
{
    return is_signed ? clamp(b, x, ~(u32)ones(bits - 1), (u32)ones(bits - 1)) : clamp(b, x, 0, (u32)ones(bits));
}

static enum flow saturate_word(struct ir_build *b, bool is_signed, unsigned bits, bool asr, unsigned imm, unsigned rd,
                               unsigned rn)
{
    if (rd == A32_PC || rn == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref x = a32_shift_imm(b, a32_get(b, rn), asr ? 2 : 0, imm, false).value;
    ir_ref r = saturate(b, x, is_signed, bits);
    a32_set_q(b, ir_ne(b, r, x));
    return a32_set(b, rd, r);
}
static enum flow saturate_halves(struct ir_build *b, bool is_signed, unsigned bits, unsigned rd, unsigned rn)
{
    if (rd == A32_PC || rn == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref x = a32_get(b, rn);
    ir_ref low = ir_sext_low(b, x, 16), high = ir_sar(b, x, a32_imm(b, 16));
    ir_ref l = saturate(b, low, is_signed, bits), h = saturate(b, high, is_signed, bits);
    a32_set_q(b, ir_or(b, ir_ne(b, l, low), ir_ne(b, h, high)));
    return a32_set(b, rd, ir_or(b, ir_shl(b, h, a32_imm(b, 16)), ir_zext_low(b, l, 16)));
}
LIFT_BOTH(SSAT, return saturate_word(b, true, d->sat + 1, d->sh, d->imm, d->rd, d->rn);)
LIFT_BOTH(USAT, return saturate_word(b, false, d->sat, d->sh, d->imm, d->rd, d->rn);)
LIFT_BOTH(SSAT16, return saturate_halves(b, true, d->sat + 1, d->rd, d->rn);)
LIFT_BOTH(USAT16, return saturate_halves(b, false, d->sat, d->rd, d->rn);)

/* --- extension -------------------------------------------------------------------------------------------------------------- */

static enum flow extended(struct ir_build *b, unsigned rd, unsigned rn, ir_ref x)
{
    if (rd == A32_PC)
        return FLOW_UNDEFINED;
    return a32_set(b, rd, rn == A32_PC ? x : ir_add(b, a32_get(b, rn), x));
}

/* Two bytes to two halves, added half by half. */
static enum flow extended_halves(struct ir_build *b, bool is_signed, unsigned rd, unsigned rn, unsigned rm, unsigned rot)
{
    if (rd == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref x = a32_rotated(b, rm, rot), r;
    if (is_signed) {
        ir_ref low = ir_zext_low(b, ir_sext_low(b, x, 8), 16);
        ir_ref high = ir_shl(b, ir_sext_low(b, ir_shr(b, x, a32_imm(b, 16)), 8), a32_imm(b, 16));
        r = ir_or(b, high, low);
    } else {
        r = ir_and(b, x, a32_imm(b, 0x00ff00ff));
    }
    if (rn != A32_PC)
        r = ir_low(b, IR_I32, v2(b, IR_OP_vadd, IR_H, ir_vec(b, a32_get(b, rn)), ir_vec(b, r)));
    return a32_set(b, rd, r);
}
LIFT_BOTH(SXTB, return extended(b, d->rd, d->rn, ir_sext_low(b, a32_rotated(b, d->rm, d->rot), 8));)
LIFT_BOTH(SXTH, return extended(b, d->rd, d->rn, ir_sext_low(b, a32_rotated(b, d->rm, d->rot), 16));)
LIFT_BOTH(UXTB, return extended(b, d->rd, d->rn, ir_zext_low(b, a32_rotated(b, d->rm, d->rot), 8));)
LIFT_BOTH(UXTH, return extended(b, d->rd, d->rn, ir_zext_low(b, a32_rotated(b, d->rm, d->rot), 16));)
LIFT_BOTH(SXTB16, return extended_halves(b, true, d->rd, d->rn, d->rm, d->rot);)
LIFT_BOTH(UXTB16, return extended_halves(b, false, d->rd, d->rn, d->rm, d->rot);)
LIFT(t16, SXTB) { return extended(b, d->rd, A32_PC, ir_sext_low(b, a32_get(b, d->rm), 8)); }
LIFT(t16, SXTH) { return extended(b, d->rd, A32_PC, ir_sext_low(b, a32_get(b, d->rm), 16)); }
LIFT(t16, UXTB) { return extended(b, d->rd, A32_PC, ir_zext_low(b, a32_get(b, d->rm), 8)); }
LIFT(t16, UXTH) { return extended(b, d->rd, A32_PC, ir_zext_low(b, a32_get(b, d->rm), 16)); }

/* --- reversal, counting ------------------------------------------------------------------------------------------------------ */

static enum flow simple(struct ir_build *b, unsigned rd, unsigned rm, ir_ref value)
{
    return rd == A32_PC || rm == A32_PC ? FLOW_UNDEFINED : a32_set(b, rd, value);
}
/* Bytes swapped within the halves. */
static ir_ref reversed_halves(struct ir_build *b, unsigned rm)
{
    return ir_rotr(b, ir_bswap(b, a32_get(b, rm)), a32_imm(b, 16));
}
#define ONE(name, value)                                                                                               \
    LIFT_BOTH(name, return simple(b, d->rd, d->rm, value);)
ONE(REV, ir_bswap(b, a32_get(b, d->rm)))
ONE(REV16, reversed_halves(b, d->rm))
ONE(RBIT, ir_bitrev(b, a32_get(b, d->rm)))
ONE(REVSH, ir_sext_low(b, reversed_halves(b, d->rm), 16))
ONE(CLZ, ir_clz(b, a32_get(b, d->rm)))
#undef ONE
LIFT(t16, REV) { return simple(b, d->rd, d->rm, ir_bswap(b, a32_get(b, d->rm))); }
LIFT(t16, REV16) { return simple(b, d->rd, d->rm, reversed_halves(b, d->rm)); }
LIFT(t16, REVSH) { return simple(b, d->rd, d->rm, ir_sext_low(b, reversed_halves(b, d->rm), 16)); }

/* --- bit fields ---------------------------------------------------------------------------------------------------------------- */

static enum flow extract(struct ir_build *b, bool is_signed, unsigned rd, unsigned rn, unsigned lsb, unsigned width)
{
    if (rd == A32_PC || rn == A32_PC || lsb + width > 32)
        return FLOW_UNDEFINED;
    ir_ref x = ir_shl(b, a32_get(b, rn), a32_imm(b, 32 - lsb - width)), down = a32_imm(b, 32 - width);
    return a32_set(b, rd, is_signed ? ir_sar(b, x, down) : ir_shr(b, x, down));
}
static enum flow insert(struct ir_build *b, unsigned rd, unsigned rn, unsigned lsb, unsigned msb)
{
    if (rd == A32_PC || msb < lsb)
        return FLOW_UNDEFINED;
    u32 mask = (u32)(ones(msb - lsb + 1) << lsb);
    ir_ref r = ir_and(b, a32_get(b, rd), a32_imm(b, ~mask));
    if (rn != A32_PC)
        r = ir_or(b, r, ir_and(b, ir_shl(b, a32_get(b, rn), a32_imm(b, lsb)), a32_imm(b, mask)));
    return a32_set(b, rd, r);
}
LIFT_BOTH(SBFX, return extract(b, true, d->rd, d->rn, d->lsb, d->width + 1);)
LIFT_BOTH(UBFX, return extract(b, false, d->rd, d->rn, d->lsb, d->width + 1);)
LIFT_BOTH(BFC, return insert(b, d->rd, A32_PC, d->lsb, d->msb);)
LIFT_BOTH(BFI, return insert(b, d->rd, d->rn, d->lsb, d->msb);)

/* --- CRC --------------------------------------------------------------------------------------------------------------------------- */

static enum flow crc(struct ir_build *b, enum ir_opcode op, unsigned rd, unsigned rn, unsigned rm, unsigned sz)
{
    if (rd == A32_PC || rn == A32_PC || rm == A32_PC)
        return FLOW_UNDEFINED;
    return a32_set(b, rd, ir_crc(b, op, a32_get(b, rn), ir_zext(b, a32_get(b, rm)), sz));
}
LIFT_BOTH(CRC32, return crc(b, IR_OP_crc32_1, d->rd, d->rn, d->rm, d->sz);)
LIFT_BOTH(CRC32C, return crc(b, IR_OP_crc32c_1, d->rd, d->rn, d->rm, d->sz);)
