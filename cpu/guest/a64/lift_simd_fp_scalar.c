/* Advanced SIMD floating point, scalar forms (Arm ARM C7.2): _s single or double, _sh half, 0 compared with zero, e by
 * element. They compute one lane only, so that no flags come from others. */
#include "guest/a64/lift_fp.h"

/* --- three same -------------------------------------------------------------------------------------------------- */

static enum flow three_same(struct ir_build *b, enum ir_opcode op, unsigned lane, unsigned rd, unsigned rn, unsigned rm)
{
    enum ir_type t = a64_fp_lane_type(lane);
    a64_set_f(b, rd, ir_op2(b, op, 0, a64_get_f(b, rn, t), a64_get_f(b, rm, t), 0));
    return FLOW_NEXT;
}

#define THREE_SAME(name, op)                                                                                           \
    LIFT(a64, name##_s)                                                                                                \
    {                                                                                                                  \
        return three_same(b, IR_OP_##op, IR_S + d->sz, d->rd, d->rn, d->rm);                                           \
    }                                                                                                                  \
    LIFT(a64, name##_sh)                                                                                               \
    {                                                                                                                  \
        return three_same(b, IR_OP_##op, IR_H, d->rd, d->rn, d->rm);                                                   \
    }
THREE_SAME(FMULX, fmulx)
THREE_SAME(FRECPS, frecps)
THREE_SAME(FRSQRTS, frsqrts)
THREE_SAME(FCMEQ, fcmeq)
THREE_SAME(FCMGE, fcmge)
THREE_SAME(FCMGT, fcmgt)
THREE_SAME(FACGE, facge)
THREE_SAME(FACGT, facgt)

static enum flow difference(struct ir_build *b, unsigned lane, unsigned rd, unsigned rn, unsigned rm)
{
    enum ir_type t = a64_fp_lane_type(lane);
    ir_ref r = ir_op2(b, IR_OP_fsub, 0, a64_get_f(b, rn, t), a64_get_f(b, rm, t), 0);
    a64_set_f(b, rd, ir_op1(b, IR_OP_fabs, 0, r, 0));
    return FLOW_NEXT;
}
LIFT(a64, FABD_s)
{
    return difference(b, IR_S + d->sz, d->rd, d->rn, d->rm);
}
LIFT(a64, FABD_sh)
{
    return difference(b, IR_H, d->rd, d->rn, d->rm);
}

/* --- two-register miscellaneous ---------------------------------------------------------------------------------- */

static enum flow two_register(struct ir_build *b, enum ir_opcode op, unsigned lane, unsigned rd, unsigned rn, u64 imm)
{
    enum ir_type t = a64_fp_lane_type(lane);
    a64_set_f(b, rd, ir_op_typed(b, op, t, 0, a64_get_f(b, rn, t), IR_NONE, IR_NONE, imm));
    return FLOW_NEXT;
}

#define MISC(name, op, imm)                                                                                            \
    LIFT(a64, name##_s)                                                                                                \
    {                                                                                                                  \
        return two_register(b, IR_OP_##op, IR_S + d->sz, d->rd, d->rn, imm);                                           \
    }                                                                                                                  \
    LIFT(a64, name##_sh)                                                                                               \
    {                                                                                                                  \
        return two_register(b, IR_OP_##op, IR_H, d->rd, d->rn, imm);                                                   \
    }
MISC(FRECPE, frecpe, 0)
MISC(FRSQRTE, frsqrte, 0)
MISC(FRECPX, frecpx, 0)
MISC(FCVTNS, fto_s, RN)
MISC(FCVTPS, fto_s, RP)
MISC(FCVTMS, fto_s, RM)
MISC(FCVTZS, fto_s, RZ)
MISC(FCVTAS, fto_s, RA)
MISC(FCVTNU, fto_u, RN)
MISC(FCVTPU, fto_u, RP)
MISC(FCVTMU, fto_u, RM)
MISC(FCVTZU, fto_u, RZ)
MISC(FCVTAU, fto_u, RA)
MISC(SCVTF, ffrom_s, RI)
MISC(UCVTF, ffrom_u, RI)

static enum flow compare_zero(struct ir_build *b, enum ir_opcode op, bool zero_first, unsigned lane, unsigned rd,
                              unsigned rn)
{
    enum ir_type t = a64_fp_lane_type(lane);
    ir_ref n = a64_get_f(b, rn, t), zero = ir_const(b, t, 0);
    a64_set_f(b, rd, zero_first ? ir_op2(b, op, 0, zero, n, 0) : ir_op2(b, op, 0, n, zero, 0));
    return FLOW_NEXT;
}

#define COMPARE_ZERO(name, op, zero_first)                                                                             \
    LIFT(a64, name##_s0)                                                                                               \
    {                                                                                                                  \
        return compare_zero(b, IR_OP_##op, zero_first, IR_S + d->sz, d->rd, d->rn);                                    \
    }                                                                                                                  \
    LIFT(a64, name##_sh0)                                                                                              \
    {                                                                                                                  \
        return compare_zero(b, IR_OP_##op, zero_first, IR_H, d->rd, d->rn);                                            \
    }
COMPARE_ZERO(FCMEQ, fcmeq, false)
COMPARE_ZERO(FCMGE, fcmge, false)
COMPARE_ZERO(FCMGT, fcmgt, false)
COMPARE_ZERO(FCMLE, fcmge, true)
COMPARE_ZERO(FCMLT, fcmgt, true)

LIFT(a64, FCVTXN_s)
{
    ir_ref n = a64_get_f(b, d->rn, IR_F64);
    a64_set_f(b, d->rd, ir_op_typed(b, IR_OP_fcvt, IR_F32, 0, n, IR_NONE, IR_NONE, FP_TO_ODD));
    return FLOW_NEXT;
}

/* --- pairwise: the two lowest lanes ------------------------------------------------------------------------------ */

static enum flow pairwise(struct ir_build *b, enum ir_opcode op, unsigned lane, unsigned rd, unsigned rn)
{
    ir_ref n = a64_get_v(b, rn);
    a64_set_f(b, rd, ir_op2(b, op, 0, a64_fp_lane(b, n, lane, 0), a64_fp_lane(b, n, lane, 1), 0));
    return FLOW_NEXT;
}

#define PAIRWISE(name, op)                                                                                             \
    LIFT(a64, name##_s)                                                                                                \
    {                                                                                                                  \
        return pairwise(b, IR_OP_##op, IR_S + d->sz, d->rd, d->rn);                                                    \
    }                                                                                                                  \
    LIFT(a64, name##_sh)                                                                                               \
    {                                                                                                                  \
        return pairwise(b, IR_OP_##op, IR_H, d->rd, d->rn);                                                            \
    }
PAIRWISE(FADDP, fadd)
PAIRWISE(FMAXP, fmax)
PAIRWISE(FMINP, fmin)
PAIRWISE(FMAXNMP, fmaxnm)
PAIRWISE(FMINNMP, fminnm)

/* --- by element -------------------------------------------------------------------------------------------------- */

/* The element operand of rows with sz, L, H, and of rows of half precision with H, L, M. */
#define ELEMENT_SD(d) a64_fp_lane(b, a64_get_v(b, (d)->rm), IR_S + (d)->sz, (d)->sz ? (d)->H : (d)->H << 1 | (d)->L)
#define ELEMENT_H(d)  a64_fp_lane(b, a64_get_v(b, (d)->rm), IR_H, (d)->H << 2 | (d)->L << 1 | (d)->M)

static enum flow by_element(struct ir_build *b, enum ir_opcode op, unsigned lane, unsigned rd, unsigned rn, ir_ref m)
{
    a64_set_f(b, rd, ir_op2(b, op, 0, a64_get_f(b, rn, a64_fp_lane_type(lane)), m, 0));
    return FLOW_NEXT;
}
static enum flow multiply_add(struct ir_build *b, bool negate, unsigned lane, unsigned rd, unsigned rn, ir_ref m)
{
    enum ir_type t = a64_fp_lane_type(lane);
    ir_ref n = a64_get_f(b, rn, t);
    if (negate)
        n = ir_op1(b, IR_OP_fneg, 0, n, 0);
    a64_set_f(b, rd, ir_op3(b, IR_OP_fmuladd, 0, a64_get_f(b, rd, t), n, m, 0));
    return FLOW_NEXT;
}

LIFT(a64, FMUL_se)
{
    return by_element(b, IR_OP_fmul, IR_S + d->sz, d->rd, d->rn, ELEMENT_SD(d));
}
LIFT(a64, FMUL_she)
{
    return by_element(b, IR_OP_fmul, IR_H, d->rd, d->rn, ELEMENT_H(d));
}
LIFT(a64, FMULX_se)
{
    return by_element(b, IR_OP_fmulx, IR_S + d->sz, d->rd, d->rn, ELEMENT_SD(d));
}
LIFT(a64, FMULX_she)
{
    return by_element(b, IR_OP_fmulx, IR_H, d->rd, d->rn, ELEMENT_H(d));
}
LIFT(a64, FMLA_se)
{
    return multiply_add(b, false, IR_S + d->sz, d->rd, d->rn, ELEMENT_SD(d));
}
LIFT(a64, FMLA_she)
{
    return multiply_add(b, false, IR_H, d->rd, d->rn, ELEMENT_H(d));
}
LIFT(a64, FMLS_se)
{
    return multiply_add(b, true, IR_S + d->sz, d->rd, d->rn, ELEMENT_SD(d));
}
LIFT(a64, FMLS_she)
{
    return multiply_add(b, true, IR_H, d->rd, d->rn, ELEMENT_H(d));
}
