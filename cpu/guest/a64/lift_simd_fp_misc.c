/* Advanced SIMD floating point: two-register miscellaneous, across lanes, conversions with fraction bits (Arm ARM
 * C7.2). Suffixes as in lift_simd_fp.c; 0 at the end: compared with zero. */
#include "guest/a64/lift_fp.h"

static enum flow two_register(struct ir_build *b, enum ir_opcode op, u8 sub, unsigned rd, unsigned rn, u64 imm)
{
    a64_set_v(b, rd, ir_op1(b, op, sub, a64_get_v(b, rn), imm));
    return FLOW_NEXT;
}

#define MISC_SD(name, op, imm)                                                                                         \
    LIFT(a64, name##_v)                                                                                                \
    {                                                                                                                  \
        return two_register(b, IR_OP_##op, a64_fp_sub(IR_S + d->sz, d->Q), d->rd, d->rn, imm);                         \
    }
#define MISC(name, op, imm)                                                                                            \
    MISC_SD(name, op, imm)                                                                                             \
    LIFT(a64, name##_vh)                                                                                               \
    {                                                                                                                  \
        return two_register(b, IR_OP_##op, a64_fp_sub(IR_H, d->Q), d->rd, d->rn, imm);                                 \
    }
MISC(FABS, vfabs, 0)
MISC(FNEG, vfneg, 0)
MISC(FSQRT, vfsqrt, 0)
MISC(FRECPE, vfrecpe, 0)
MISC(FRSQRTE, vfrsqrte, 0)
MISC(FRINTN, vfrint, RN)
MISC(FRINTP, vfrint, RP)
MISC(FRINTM, vfrint, RM)
MISC(FRINTZ, vfrint, RZ)
MISC(FRINTA, vfrint, RA)
MISC(FRINTX, vfrint, RX)
MISC(FRINTI, vfrint, RI)
MISC_SD(FRINT32Z, vfround_int, R32Z)
MISC_SD(FRINT32X, vfround_int, R32X)
MISC_SD(FRINT64Z, vfround_int, R64Z)
MISC_SD(FRINT64X, vfround_int, R64X)
MISC(FCVTNS, vfto_s, RN)
MISC(FCVTPS, vfto_s, RP)
MISC(FCVTMS, vfto_s, RM)
MISC(FCVTZS, vfto_s, RZ)
MISC(FCVTAS, vfto_s, RA)
MISC(FCVTNU, vfto_u, RN)
MISC(FCVTPU, vfto_u, RP)
MISC(FCVTMU, vfto_u, RM)
MISC(FCVTZU, vfto_u, RZ)
MISC(FCVTAU, vfto_u, RA)
MISC(SCVTF, vffrom_s, RI)
MISC(UCVTF, vffrom_u, RI)

/* --- comparisons with zero: less is greater with the operands exchanged ------------------------------------------ */

static enum flow compare_zero(struct ir_build *b, enum ir_opcode op, bool zero_first, u8 sub, unsigned rd, unsigned rn)
{
    ir_ref n = a64_get_v(b, rn), zero = ir_const_v128(b, 0, 0);
    a64_set_v(b, rd, zero_first ? ir_op2(b, op, sub, zero, n, 0) : ir_op2(b, op, sub, n, zero, 0));
    return FLOW_NEXT;
}

#define COMPARE_ZERO(name, op, zero_first)                                                                             \
    LIFT(a64, name##_v0)                                                                                               \
    {                                                                                                                  \
        return compare_zero(b, IR_OP_##op, zero_first, a64_fp_sub(IR_S + d->sz, d->Q), d->rd, d->rn);                  \
    }                                                                                                                  \
    LIFT(a64, name##_vh0)                                                                                              \
    {                                                                                                                  \
        return compare_zero(b, IR_OP_##op, zero_first, a64_fp_sub(IR_H, d->Q), d->rd, d->rn);                          \
    }
COMPARE_ZERO(FCMEQ, vfcmeq, false)
COMPARE_ZERO(FCMGE, vfcmge, false)
COMPARE_ZERO(FCMGT, vfcmgt, false)
COMPARE_ZERO(FCMLE, vfcmge, true)
COMPARE_ZERO(FCMLT, vfcmgt, true)

/* --- other lane sizes -------------------------------------------------------------------------------------------- */

LIFT(a64, FCVTL_v)
{
    return two_register(b, IR_OP_vfwiden, a64_fp_sub(IR_H + d->sz, 1), d->rd, d->rn, d->Q);
}

/* The narrow lanes go to the lower half and clear the upper one, or (q) to the upper half and keep the lower one. */
static enum flow narrow(struct ir_build *b, enum ir_opcode op, unsigned lane, unsigned q, unsigned rd, unsigned rn,
                        u64 imm)
{
    ir_ref r = ir_op1(b, op, a64_fp_sub(lane, 0), a64_get_v(b, rn), imm);
    if (q)
        r = ir_op2(b, IR_OP_vinsert_lane, IR_D | IR_FULL, a64_get_v(b, rd), r, 1);
    a64_set_v(b, rd, r);
    return FLOW_NEXT;
}
LIFT(a64, FCVTN_v)
{
    return narrow(b, IR_OP_vfnarrow, IR_H + d->sz, d->Q, d->rd, d->rn, FP_CURRENT);
}
LIFT(a64, FCVTXN_v)
{
    return narrow(b, IR_OP_vfnarrow, IR_S, d->Q, d->rd, d->rn, FP_TO_ODD);
}
LIFT(a64, BFCVTN_v)
{
    return narrow(b, IR_OP_vfnarrow_bf16, IR_H, d->Q, d->rd, d->rn, 0);
}

/* --- across lanes ------------------------------------------------------------------------------------------------ */

#define ACROSS(name, op)                                                                                               \
    LIFT(a64, name##_v)                                                                                                \
    {                                                                                                                  \
        return two_register(b, IR_OP_##op, IR_S | IR_FULL, d->rd, d->rn, 0);                                           \
    }                                                                                                                  \
    LIFT(a64, name##_vh)                                                                                               \
    {                                                                                                                  \
        return two_register(b, IR_OP_##op, a64_fp_sub(IR_H, d->Q), d->rd, d->rn, 0);                                   \
    }
ACROSS(FMAXV, vfmaxv)
ACROSS(FMINV, vfminv)
ACROSS(FMAXNMV, vfmaxnmv)
ACROSS(FMINNMV, vfminnmv)

/* --- fraction bits: twice the lane's bits less immh:immb --------------------------------------------------------- */

static unsigned fixed_lane(unsigned immh) { return 31 - clz32(immh); }
static u64 fixed_imm(unsigned rounding, unsigned immh, unsigned immb)
{
    return FP_IMM(rounding, (16u << fixed_lane(immh)) - (immh << 3 | immb));
}

/* The scalar forms hold the integer in a floating-point register, so its type is the float type. */
static enum flow fixed_scalar(struct ir_build *b, enum ir_opcode op, unsigned lane, unsigned rd, unsigned rn, u64 imm)
{
    enum ir_type t = a64_fp_lane_type(lane);
    a64_set_f(b, rd, ir_op_typed(b, op, t, 0, a64_get_f(b, rn, t), IR_NONE, IR_NONE, imm));
    return FLOW_NEXT;
}

static bool fixed_available(const struct ir_build *b, unsigned immh)
{
    return fixed_lane(immh) != IR_H || a64_feature(b, A64_FEAT_fp16);
}

#define FIXED(name, op, scalar_op, rounding)                                                                           \
    LIFT(a64, name##_vf)                                                                                               \
    {                                                                                                                  \
        if (!fixed_available(b, d->immh))                                                                              \
            return FLOW_UNDEFINED;                                                                                     \
        u8 sub = a64_fp_sub(fixed_lane(d->immh), d->Q);                                                                \
        return two_register(b, IR_OP_##op, sub, d->rd, d->rn, fixed_imm(rounding, d->immh, d->immb));                  \
    }                                                                                                                  \
    LIFT(a64, name##_sf)                                                                                               \
    {                                                                                                                  \
        if (!fixed_available(b, d->immh))                                                                              \
            return FLOW_UNDEFINED;                                                                                     \
        u64 imm = fixed_imm(rounding, d->immh, d->immb);                                                               \
        return fixed_scalar(b, IR_OP_##scalar_op, fixed_lane(d->immh), d->rd, d->rn, imm);                             \
    }
FIXED(SCVTF, vffrom_s, ffrom_s, RI)
FIXED(UCVTF, vffrom_u, ffrom_u, RI)
FIXED(FCVTZS, vfto_s, fto_s, RZ)
FIXED(FCVTZU, vfto_u, fto_u, RZ)
