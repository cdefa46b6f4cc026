/* Advanced SIMD floating point: three registers of the same size, the three-register extension, elements (Arm ARM
 * C7.2). _v and _vh name the vector forms of single or double and of half precision. */
#include "guest/a64/lift_fp.h"

/* --- three same -------------------------------------------------------------------------------------------------- */

static enum flow three_same(struct ir_build *b, enum ir_opcode op, unsigned lane, unsigned q, unsigned rd, unsigned rn,
                            unsigned rm)
{
    a64_set_v(b, rd, ir_op2(b, op, a64_fp_sub(lane, q), a64_get_v(b, rn), a64_get_v(b, rm), 0));
    return FLOW_NEXT;
}

#define THREE_SAME(name, op)                                                                                           \
    LIFT(a64, name##_v)                                                                                                \
    {                                                                                                                  \
        return three_same(b, IR_OP_##op, IR_S + d->sz, d->Q, d->rd, d->rn, d->rm);                                     \
    }                                                                                                                  \
    LIFT(a64, name##_vh)                                                                                               \
    {                                                                                                                  \
        return three_same(b, IR_OP_##op, IR_H, d->Q, d->rd, d->rn, d->rm);                                             \
    }
THREE_SAME(FADD, vfadd)
THREE_SAME(FSUB, vfsub)
THREE_SAME(FMUL, vfmul)
THREE_SAME(FMULX, vfmulx)
THREE_SAME(FDIV, vfdiv)
THREE_SAME(FABD, vfabd)
THREE_SAME(FMAX, vfmax)
THREE_SAME(FMIN, vfmin)
THREE_SAME(FMAXNM, vfmaxnm)
THREE_SAME(FMINNM, vfminnm)
THREE_SAME(FRECPS, vfrecps)
THREE_SAME(FRSQRTS, vfrsqrts)
THREE_SAME(FCMEQ, vfcmeq)
THREE_SAME(FCMGE, vfcmge)
THREE_SAME(FCMGT, vfcmgt)
THREE_SAME(FACGE, vfacge)
THREE_SAME(FACGT, vfacgt)

/* Neighbouring lanes of n:m: the even ones and the odd ones side by side, then the lane operation. */
static enum flow pairwise(struct ir_build *b, enum ir_opcode op, unsigned lane, unsigned q, unsigned rd, unsigned rn,
                          unsigned rm)
{
    ir_ref n = a64_get_v(b, rn), m = a64_get_v(b, rm);
    u8 sub = a64_fp_sub(lane, q);
    ir_ref even = ir_op2(b, IR_OP_vuzp1, sub, n, m, 0), odd = ir_op2(b, IR_OP_vuzp2, sub, n, m, 0);
    a64_set_v(b, rd, ir_op2(b, op, sub, even, odd, 0));
    return FLOW_NEXT;
}

#define PAIRWISE(name, op)                                                                                             \
    LIFT(a64, name##_v)                                                                                                \
    {                                                                                                                  \
        return pairwise(b, IR_OP_##op, IR_S + d->sz, d->Q, d->rd, d->rn, d->rm);                                       \
    }                                                                                                                  \
    LIFT(a64, name##_vh)                                                                                               \
    {                                                                                                                  \
        return pairwise(b, IR_OP_##op, IR_H, d->Q, d->rd, d->rn, d->rm);                                               \
    }
PAIRWISE(FADDP, vfadd)
PAIRWISE(FMAXP, vfmax)
PAIRWISE(FMINP, vfmin)
PAIRWISE(FMAXNMP, vfmaxnm)
PAIRWISE(FMINNMP, vfminnm)

/* rd + n * m, or minus: n is negated first, NaNs too. m is given, so that an element can stand for it. */
static enum flow multiply_add(struct ir_build *b, bool negate, u8 sub, unsigned rd, unsigned rn, ir_ref m)
{
    ir_ref n = a64_get_v(b, rn);
    if (negate)
        n = ir_op1(b, IR_OP_vfneg, sub, n, 0);
    a64_set_v(b, rd, ir_op3(b, IR_OP_vfmuladd, sub, a64_get_v(b, rd), n, m, 0));
    return FLOW_NEXT;
}

#define MULTIPLY_ADD(name, negate)                                                                                     \
    LIFT(a64, name##_v)                                                                                                \
    {                                                                                                                  \
        return multiply_add(b, negate, a64_fp_sub(IR_S + d->sz, d->Q), d->rd, d->rn, a64_get_v(b, d->rm));             \
    }                                                                                                                  \
    LIFT(a64, name##_vh)                                                                                               \
    {                                                                                                                  \
        return multiply_add(b, negate, a64_fp_sub(IR_H, d->Q), d->rd, d->rn, a64_get_v(b, d->rm));                     \
    }
MULTIPLY_ADD(FMLA, false)
MULTIPLY_ADD(FMLS, true)

/* --- elements: one lane of m in every lane ----------------------------------------------------------------------- */

static ir_ref element(struct ir_build *b, unsigned rm, unsigned lane, unsigned index)
{
    return ir_op1(b, IR_OP_vdup_lane, (u8)(lane | IR_FULL), a64_get_v(b, rm), index);
}
/* The operand m of rows with sz, L, H, and of rows of half precision with H, L, M. */
#define ELEMENT_SD(d) element(b, (d)->rm, IR_S + (d)->sz, (d)->sz ? (d)->H : (d)->H << 1 | (d)->L)
#define ELEMENT_H(d)  element(b, (d)->rm, IR_H, (d)->H << 2 | (d)->L << 1 | (d)->M)

static enum flow by_element(struct ir_build *b, enum ir_opcode op, u8 sub, unsigned rd, unsigned rn, ir_ref m)
{
    a64_set_v(b, rd, ir_op2(b, op, sub, a64_get_v(b, rn), m, 0));
    return FLOW_NEXT;
}

#define BY_ELEMENT(name, op)                                                                                           \
    LIFT(a64, name##_ve)                                                                                               \
    {                                                                                                                  \
        return by_element(b, IR_OP_##op, a64_fp_sub(IR_S + d->sz, d->Q), d->rd, d->rn, ELEMENT_SD(d));                 \
    }                                                                                                                  \
    LIFT(a64, name##_vhe)                                                                                              \
    {                                                                                                                  \
        return by_element(b, IR_OP_##op, a64_fp_sub(IR_H, d->Q), d->rd, d->rn, ELEMENT_H(d));                          \
    }
BY_ELEMENT(FMUL, vfmul)
BY_ELEMENT(FMULX, vfmulx)

#define MULTIPLY_ADD_ELEMENT(name, negate)                                                                             \
    LIFT(a64, name##_ve)                                                                                               \
    {                                                                                                                  \
        return multiply_add(b, negate, a64_fp_sub(IR_S + d->sz, d->Q), d->rd, d->rn, ELEMENT_SD(d));                   \
    }                                                                                                                  \
    LIFT(a64, name##_vhe)                                                                                              \
    {                                                                                                                  \
        return multiply_add(b, negate, a64_fp_sub(IR_H, d->Q), d->rd, d->rn, ELEMENT_H(d));                            \
    }
MULTIPLY_ADD_ELEMENT(FMLA, false)
MULTIPLY_ADD_ELEMENT(FMLS, true)

/* --- half precision products into single ------------------------------------------------------------------------- */

static enum flow widening(struct ir_build *b, unsigned q, unsigned part, bool negate, unsigned rd, unsigned rn,
                          ir_ref m)
{
    u64 imm = part | (negate ? 2 : 0);
    a64_set_v(b, rd, ir_op3(b, IR_OP_vfmlal, a64_fp_sub(IR_H, q), a64_get_v(b, rd), a64_get_v(b, rn), m, imm));
    return FLOW_NEXT;
}
LIFT(a64, FMLAL_v)
{
    return widening(b, d->Q, 0, d->S, d->rd, d->rn, a64_get_v(b, d->rm));
}
LIFT(a64, FMLAL2_v)
{
    return widening(b, d->Q, 1, d->S, d->rd, d->rn, a64_get_v(b, d->rm));
}
LIFT(a64, FMLAL_ve)
{
    return widening(b, d->Q, 0, d->S, d->rd, d->rn, ELEMENT_H(d));
}
LIFT(a64, FMLAL2_ve)
{
    return widening(b, d->Q, 1, d->S, d->rd, d->rn, ELEMENT_H(d));
}

/* --- complex numbers --------------------------------------------------------------------------------------------- */

static bool complex_available(const struct ir_build *b, unsigned lane)
{
    return lane != IR_H || a64_feature(b, A64_FEAT_fp16);
}

LIFT(a64, FCADD_v)
{
    if (!complex_available(b, d->size))
        return FLOW_UNDEFINED;
    u8 sub = a64_fp_sub(d->size, d->Q);
    a64_set_v(b, d->rd, ir_op2(b, IR_OP_vfcadd, sub, a64_get_v(b, d->rn), a64_get_v(b, d->rm), d->rot));
    return FLOW_NEXT;
}

static enum flow complex_mla(struct ir_build *b, unsigned lane, unsigned q, unsigned rot, unsigned rd, unsigned rn,
                             ir_ref m)
{
    if (!complex_available(b, lane))
        return FLOW_UNDEFINED;
    a64_set_v(b, rd, ir_op3(b, IR_OP_vfcmla, a64_fp_sub(lane, q), a64_get_v(b, rd), a64_get_v(b, rn), m, rot));
    return FLOW_NEXT;
}
LIFT(a64, FCMLA_v)
{
    return complex_mla(b, d->size, d->Q, d->rot, d->rd, d->rn, a64_get_v(b, d->rm));
}
LIFT(a64, FCMLA_ve) /* the element is a pair */
{
    unsigned index = d->size == IR_S ? d->H : d->H << 1 | d->L;
    return complex_mla(b, d->size, d->Q, d->rot, d->rd, d->rn, element(b, d->rm, d->size + 1, index));
}

/* --- bfloat16 ---------------------------------------------------------------------------------------------------- */

static enum flow bf16(struct ir_build *b, enum ir_opcode op, unsigned q, unsigned rd, unsigned rn, ir_ref m, u64 imm)
{
    a64_set_v(b, rd, ir_op3(b, op, a64_fp_sub(IR_S, q), a64_get_v(b, rd), a64_get_v(b, rn), m, imm));
    return FLOW_NEXT;
}
LIFT(a64, BFDOT_v)
{
    return bf16(b, IR_OP_vfbfdot, d->Q, d->rd, d->rn, a64_get_v(b, d->rm), 0);
}
LIFT(a64, BFDOT_ve)
{
    return bf16(b, IR_OP_vfbfdot, d->Q, d->rd, d->rn, element(b, d->rm, IR_S, d->H << 1 | d->L), 0);
}
LIFT(a64, BFMMLA_v)
{
    return bf16(b, IR_OP_vfbfmmla, 1, d->rd, d->rn, a64_get_v(b, d->rm), 0);
}
LIFT(a64, BFMLAL_v)
{
    return bf16(b, IR_OP_vfbfmlal, 1, d->rd, d->rn, a64_get_v(b, d->rm), d->Q);
}
LIFT(a64, BFMLAL_ve)
{
    return bf16(b, IR_OP_vfbfmlal, 1, d->rd, d->rn, ELEMENT_H(d), d->Q);
}

/* --- modified immediate ------------------------------------------------------------------------------------------ */

static enum flow move_immediate(struct ir_build *b, unsigned lane, unsigned q, unsigned rd, unsigned imm8)
{
    u64 x = a64_fp_imm(lane, imm8);
    if (lane == IR_H)
        x |= x << 16;
    if (lane <= IR_S)
        x |= x << 32;
    a64_set_v(b, rd, ir_const_v128(b, x, q ? x : 0));
    return FLOW_NEXT;
}
LIFT(a64, FMOV_vs)
{
    return move_immediate(b, IR_S, d->Q, d->rd, d->imm);
}
LIFT(a64, FMOV_vd)
{
    return move_immediate(b, IR_D, 1, d->rd, d->imm);
}
LIFT(a64, FMOV_vh)
{
    return move_immediate(b, IR_H, d->Q, d->rd, d->imm);
}
