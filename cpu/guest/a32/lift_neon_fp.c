/* Advanced SIMD, floating point: Arm ARM (DDI 0406C) A7.4, A2.7; (DDI 0487) F4.1.22. */
#include "guest/a32/lift_neon.h"

enum { FP_MODE = offsetof(struct cpu_common, fp_mode) };

void neon_standard(struct ir_build *b)
{
    ir_put(b, FP_MODE, a32_imm(b, (b->fn->fp.value & (FP_AHP | FP_FZ16)) | FP_FZ | FP_DEFAULT_NAN));
}
void neon_standard_end(struct ir_build *b) { ir_put(b, FP_MODE, a32_imm(b, b->fn->fp.value)); }

/* Lane size of the f field, or none. */
static bool lane_of(const struct ir_build *b, unsigned half, unsigned *lane)
{
    *lane = half ? IR_H : IR_S;
    return !half || a32_feature(b, A32_FEAT_fp16);
}
static bool odd(unsigned q, unsigned a, unsigned c, unsigned d) { return q && ((a | c | d) & 1); }

/* --- three registers ------------------------------------------------------------------------------------------------------ */

enum kind { SAME, PAIRS, ADD_PRODUCT, SUBTRACT_PRODUCT, FUSED, FUSED_NEGATED, RECIPROCAL_STEP, ROOT_STEP };

/* What is less than this, without its sign, is zero: single-precision denormals always are, halves with FPSCR.FZ16. */
static ir_ref least_number(struct ir_build *b, unsigned lane)
{
    if (lane != IR_H)
        return neon_splat(b, lane, 1u << 23);
    return neon_splat(b, lane, b->fn->fp.value & FP_FZ16 ? 1u << 10 : 1);
}

/* The product, where infinity times zero is zero without a flag; that a denormal is taken for zero is flagged. */
static ir_ref step_product(struct ir_build *b, u8 sub, ir_ref n, ir_ref m)
{
    unsigned lane = sub & IR_LANE_MASK, fraction = lane == IR_H ? 10 : 23;
    u64 all = ones((8u << lane) - 1), infinity = all & ~ones(fraction);
    ir_ref mask = neon_splat(b, lane, all), inf = neon_splat(b, lane, infinity), low = least_number(b, lane);
    ir_ref x = neon_2(b, IR_OP_vand, sub, n, mask), y = neon_2(b, IR_OP_vand, sub, m, mask);
    ir_ref a = neon_2(b, IR_OP_vand, sub, neon_2(b, IR_OP_vcmpeq, sub, x, inf), neon_2(b, IR_OP_vcmphi, sub, low, y));
    ir_ref c = neon_2(b, IR_OP_vand, sub, neon_2(b, IR_OP_vcmpeq, sub, y, inf), neon_2(b, IR_OP_vcmphi, sub, low, x));
    return neon_2(b, IR_OP_vfmul, sub, neon_2(b, IR_OP_vandn, sub, n, a), neon_2(b, IR_OP_vandn, sub, m, c));
}

static ir_ref three(struct ir_build *b, enum kind kind, enum ir_opcode op, u8 sub, ir_ref d, ir_ref n, ir_ref m)
{
    unsigned lane = sub & IR_LANE_MASK;
    switch (kind) {
    case PAIRS: return neon_2(b, op, sub, neon_2(b, IR_OP_vuzp1, sub, n, m), neon_2(b, IR_OP_vuzp2, sub, n, m));
    case ADD_PRODUCT: return neon_2(b, IR_OP_vfadd, sub, d, neon_2(b, IR_OP_vfmul, sub, n, m));
    case SUBTRACT_PRODUCT:
        return neon_2(b, IR_OP_vfadd, sub, d, neon_1(b, IR_OP_vfneg, sub, neon_2(b, IR_OP_vfmul, sub, n, m), 0));
    case FUSED: return ir_op3(b, IR_OP_vfmuladd, sub, d, n, m, 0);
    case FUSED_NEGATED: return ir_op3(b, IR_OP_vfmuladd, sub, d, neon_1(b, IR_OP_vfneg, sub, n, 0), m, 0);
    case RECIPROCAL_STEP:
        return neon_2(b, IR_OP_vfsub, sub, neon_splat(b, lane, lane == IR_H ? 0x4000 : 0x40000000), step_product(b, sub, n, m));
    case ROOT_STEP: {
        ir_ref three = neon_splat(b, lane, lane == IR_H ? 0x4200 : 0x40400000);
        ir_ref difference = neon_2(b, IR_OP_vfsub, sub, three, step_product(b, sub, n, m));
        return neon_2(b, IR_OP_vfmul, sub, difference, neon_splat(b, lane, lane == IR_H ? 0x3800 : 0x3f000000));
    }
    default: return neon_2(b, op, sub, n, m);
    }
}

static enum flow same(struct ir_build *b, enum kind kind, enum ir_opcode op, unsigned half, unsigned q, unsigned d, unsigned n,
                      unsigned m)
{
    unsigned lane;
    if (!lane_of(b, half, &lane) || odd(q, d, n, m))
        return FLOW_UNDEFINED;
    u8 sub = neon_sub(lane, q);
    neon_standard(b);
    ir_ref r = three(b, kind, op, sub, neon_get(b, d, q), neon_get(b, n, q), neon_get(b, m, q));
    neon_standard_end(b);
    neon_put(b, d, q, r);
    return FLOW_NEXT;
}
#define F(name, kind, op, q)                                                                                           \
    LIFT(vfp, name)                                                                                                    \
    {                                                                                                                  \
        return same(b, kind, IR_OP_##op, d->f, q, neon_reg(d->vd, d->D), neon_reg(d->vn, d->N), neon_reg(d->vm, d->M)); \
    }
F(VFMA_f, FUSED, none, d->Q)
F(VFMS_f, FUSED_NEGATED, none, d->Q)
F(VADD_f, SAME, vfadd, d->Q)
F(VSUB_f, SAME, vfsub, d->Q)
F(VPADD_f, PAIRS, vfadd, 0)
F(VABD_f, SAME, vfabd, d->Q)
F(VMLA_f, ADD_PRODUCT, none, d->Q)
F(VMLS_f, SUBTRACT_PRODUCT, none, d->Q)
F(VMUL_f, SAME, vfmul, d->Q)
F(VCEQ_f, SAME, vfcmeq, d->Q)
F(VCGE_f, SAME, vfcmge, d->Q)
F(VCGT_f, SAME, vfcmgt, d->Q)
F(VACGE, SAME, vfacge, d->Q)
F(VACGT, SAME, vfacgt, d->Q)
F(VMAX_f, SAME, vfmax, d->Q)
F(VMIN_f, SAME, vfmin, d->Q)
F(VPMAX_f, PAIRS, vfmax, 0)
F(VPMIN_f, PAIRS, vfmin, 0)
F(VRECPS, RECIPROCAL_STEP, none, d->Q)
F(VRSQRTS, ROOT_STEP, none, d->Q)
F(VMAXNM_f, SAME, vfmaxnm, d->Q)
F(VMINNM_f, SAME, vfminnm, d->Q)

/* --- two registers and a scalar -------------------------------------------------------------------------------------------- */

static enum flow by_scalar(struct ir_build *b, enum kind kind, unsigned size, unsigned q, unsigned d, unsigned n, unsigned m)
{
    unsigned reg = size == 1 ? m & 7 : m & 15, index = size == 1 ? m >> 3 : m >> 4;
    if ((size == 1 && !a32_feature(b, A32_FEAT_fp16)) || odd(q, d, n, 0))
        return FLOW_UNDEFINED;
    u8 sub = neon_sub(size, q);
    ir_ref scalar = neon_1(b, IR_OP_vdup_lane, neon_sub(size, 1), neon_get(b, reg, 0), index);
    neon_standard(b);
    ir_ref r = three(b, kind, IR_OP_vfmul, sub, neon_get(b, d, q), neon_get(b, n, q), scalar);
    neon_standard_end(b);
    neon_put(b, d, q, r);
    return FLOW_NEXT;
}
#define FX(name, kind)                                                                                                 \
    LIFT(vfp, name)                                                                                                    \
    {                                                                                                                  \
        return by_scalar(b, kind, d->size, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vn, d->N), neon_reg(d->vm, d->M)); \
    }
FX(VMLA_fx, ADD_PRODUCT)
FX(VMLS_fx, SUBTRACT_PRODUCT)
FX(VMUL_fx, SAME)

/* --- two registers ---------------------------------------------------------------------------------------------------------- */

static enum flow one(struct ir_build *b, enum ir_opcode op, unsigned size, unsigned q, unsigned d, unsigned m, u64 imm)
{
    if ((size == 1 && !a32_feature(b, A32_FEAT_fp16)) || odd(q, d, m, 0))
        return FLOW_UNDEFINED;
    neon_standard(b);
    ir_ref r = neon_1(b, op, neon_sub(size, q), neon_get(b, m, q), imm);
    neon_standard_end(b);
    neon_put(b, d, q, r);
    return FLOW_NEXT;
}
#define ROUND(name, imm)                                                                                               \
    LIFT(vfp, name) { return one(b, IR_OP_vfrint, d->size, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vm, d->M), imm); }
ROUND(VRINTN, FP_ROUND_NEAREST)
ROUND(VRINTX_v, FP_CURRENT | FP_IMM_INEXACT)
ROUND(VRINTA, FP_TIES_AWAY)
ROUND(VRINTZ_v, FP_ROUND_ZERO)
ROUND(VRINTM, FP_ROUND_DOWN)
ROUND(VRINTP, FP_ROUND_UP)

LIFT(vfp, VCVT_dir)
{
    static const u8 directed[4] = {FP_TIES_AWAY, FP_ROUND_NEAREST, FP_ROUND_UP, FP_ROUND_DOWN};
    return one(b, d->U ? IR_OP_vfto_u : IR_OP_vfto_s, d->size, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vm, d->M),
               FP_IMM(directed[d->rm], 0));
}
/* To integers toward zero, from integers to nearest. */
static enum flow convert(struct ir_build *b, unsigned size, unsigned q, unsigned d, unsigned m, bool to, bool u, unsigned fraction)
{
    if (to)
        return one(b, u ? IR_OP_vfto_u : IR_OP_vfto_s, size, q, d, m, FP_IMM(FP_ROUND_ZERO, fraction));
    return one(b, u ? IR_OP_vffrom_u : IR_OP_vffrom_s, size, q, d, m, FP_IMM(FP_ROUND_NEAREST, fraction));
}
LIFT(vfp, VCVT_int) { return convert(b, d->size, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vm, d->M), d->to, d->U, 0); }
LIFT(vfp, VCVT_fix)
{
    unsigned fraction = 64 - d->imm;
    if (!d->s && fraction > 16)
        return FLOW_UNDEFINED;
    return convert(b, d->s ? IR_S : IR_H, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vm, d->M), d->to, d->U, fraction);
}
LIFT(vfp, VRECPE)
{
    return one(b, d->F ? IR_OP_vfrecpe : IR_OP_vurecpe, d->size, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vm, d->M), 0);
}
LIFT(vfp, VRSQRTE)
{
    return one(b, d->F ? IR_OP_vfrsqrte : IR_OP_vursqrte, d->size, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vm, d->M), 0);
}

static enum flow narrow(struct ir_build *b, enum ir_opcode op, unsigned d, unsigned m)
{
    if (m & 1)
        return FLOW_UNDEFINED;
    neon_standard(b);
    ir_ref r = neon_1(b, op, IR_H, neon_get(b, m, 1), FP_CURRENT);
    neon_standard_end(b);
    neon_put(b, d, 0, r);
    return FLOW_NEXT;
}
LIFT(vfp, VCVT_narrow) { return narrow(b, IR_OP_vfnarrow, neon_reg(d->vd, d->D), neon_reg(d->vm, d->M)); }
LIFT(vfp, VCVT_bf16) { return narrow(b, IR_OP_vfnarrow_bf16, neon_reg(d->vd, d->D), neon_reg(d->vm, d->M)); }
LIFT(vfp, VCVT_widen)
{
    unsigned n = neon_reg(d->vd, d->D);
    if (n & 1)
        return FLOW_UNDEFINED;
    neon_standard(b);
    ir_ref r = neon_1(b, IR_OP_vfwiden, IR_H | IR_FULL, neon_get(b, neon_reg(d->vm, d->M), 0), 0);
    neon_standard_end(b);
    neon_put(b, n, 1, r);
    return FLOW_NEXT;
}

/* --- complex numbers, widening multiply-add ----------------------------------------------------------------------------------- */

static enum flow complex_multiply(struct ir_build *b, bool single, unsigned rot, unsigned q, unsigned d, unsigned n, ir_ref m)
{
    unsigned lane;
    if (!lane_of(b, !single, &lane) || odd(q, d, n, 0))
        return FLOW_UNDEFINED;
    neon_standard(b);
    ir_ref r = ir_op3(b, IR_OP_vfcmla, neon_sub(lane, q), neon_get(b, d, q), neon_get(b, n, q), m, rot);
    neon_standard_end(b);
    neon_put(b, d, q, r);
    return FLOW_NEXT;
}
LIFT(vfp, VCMLA)
{
    unsigned m = neon_reg(d->vm, d->M);
    if (odd(d->Q, m, 0, 0))
        return FLOW_UNDEFINED;
    return complex_multiply(b, d->f, d->rot, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vn, d->N), neon_get(b, m, d->Q));
}
/* By one number: a pair of lanes. */
LIFT(vfp, VCMLA_x)
{
    ir_ref whole = neon_get(b, d->f ? neon_reg(d->vm, d->M) : d->vm, 0);
    ir_ref m = neon_1(b, IR_OP_vdup_lane, neon_sub(d->f ? IR_D : IR_S, 1), whole, d->f ? 0 : d->M);
    return complex_multiply(b, d->f, d->rot, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vn, d->N), m);
}
LIFT(vfp, VCADD)
{
    unsigned lane, to = neon_reg(d->vd, d->D), n = neon_reg(d->vn, d->N), m = neon_reg(d->vm, d->M);
    if (!lane_of(b, !d->f, &lane) || odd(d->Q, to, n, m))
        return FLOW_UNDEFINED;
    neon_standard(b);
    ir_ref r = ir_op2(b, IR_OP_vfcadd, neon_sub(lane, d->Q), neon_get(b, n, d->Q), neon_get(b, m, d->Q), d->rot);
    neon_standard_end(b);
    neon_put(b, to, d->Q, r);
    return FLOW_NEXT;
}

/* The sources are half as wide: doubleword registers, or single ones. */
static enum flow multiply_long(struct ir_build *b, bool subtract, unsigned q, unsigned d, ir_ref n, ir_ref m)
{
    if (odd(q, d, 0, 0))
        return FLOW_UNDEFINED;
    neon_standard(b);
    ir_ref r = ir_op3(b, IR_OP_vfmlal, neon_sub(IR_S, q), neon_get(b, d, q), n, m, subtract ? 2 : 0);
    neon_standard_end(b);
    neon_put(b, d, q, r);
    return FLOW_NEXT;
}
static ir_ref half_source(struct ir_build *b, unsigned q, unsigned v, unsigned bit)
{
    return q ? neon_get(b, neon_reg(v, bit), 0) : ir_vec(b, vfp_get_word(b, vfp_reg(VFP_SINGLE, v, bit)));
}
LIFT(vfp, VFMAL)
{
    return multiply_long(b, d->s, d->Q, neon_reg(d->vd, d->D), half_source(b, d->Q, d->vn, d->N), half_source(b, d->Q, d->vm, d->M));
}
LIFT(vfp, VFMAL_x)
{
    ir_ref whole = d->Q ? neon_get(b, d->vm & 7, 0) : half_source(b, 0, d->vm & 7, d->M);
    ir_ref m = neon_1(b, IR_OP_vdup_lane, neon_sub(IR_H, 1), whole, d->Q ? d->M << 1 | d->vm >> 3 : d->vm >> 3);
    return multiply_long(b, d->s, d->Q, neon_reg(d->vd, d->D), half_source(b, d->Q, d->vn, d->N), m);
}

/* --- bfloat16 ----------------------------------------------------------------------------------------------------------------- */

static enum flow brain_dot(struct ir_build *b, unsigned q, unsigned d, unsigned n, ir_ref m)
{
    if (odd(q, d, n, 0))
        return FLOW_UNDEFINED;
    neon_put(b, d, q, ir_op3(b, IR_OP_vfbfdot, neon_sub(IR_S, q), neon_get(b, d, q), neon_get(b, n, q), m, 0));
    return FLOW_NEXT;
}
LIFT(vfp, VDOT_b)
{
    unsigned m = neon_reg(d->vm, d->M);
    if (odd(d->Q, m, 0, 0))
        return FLOW_UNDEFINED;
    return brain_dot(b, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vn, d->N), neon_get(b, m, d->Q));
}
LIFT(vfp, VDOT_bx)
{
    ir_ref m = neon_1(b, IR_OP_vdup_lane, neon_sub(IR_S, 1), neon_get(b, d->vm, 0), d->x);
    return brain_dot(b, d->Q, neon_reg(d->vd, d->D), neon_reg(d->vn, d->N), m);
}
LIFT(vfp, VMMLA_b)
{
    unsigned to = neon_reg(d->vd, d->D), n = neon_reg(d->vn, d->N), m = neon_reg(d->vm, d->M);
    if (odd(1, to, n, m))
        return FLOW_UNDEFINED;
    neon_put(b, to, 1, ir_op3(b, IR_OP_vfbfmmla, neon_sub(IR_S, 1), neon_get(b, to, 1), neon_get(b, n, 1), neon_get(b, m, 1), 0));
    return FLOW_NEXT;
}

static enum flow brain_multiply_long(struct ir_build *b, bool top, unsigned d, unsigned n, ir_ref m)
{
    if (odd(1, d, n, 0))
        return FLOW_UNDEFINED;
    neon_standard(b);
    ir_ref r = ir_op3(b, IR_OP_vfbfmlal, neon_sub(IR_S, 1), neon_get(b, d, 1), neon_get(b, n, 1), m, top);
    neon_standard_end(b);
    neon_put(b, d, 1, r);
    return FLOW_NEXT;
}
LIFT(vfp, VFMA_b)
{
    unsigned m = neon_reg(d->vm, d->M);
    if (odd(1, m, 0, 0))
        return FLOW_UNDEFINED;
    return brain_multiply_long(b, d->t, neon_reg(d->vd, d->D), neon_reg(d->vn, d->N), neon_get(b, m, 1));
}
LIFT(vfp, VFMA_bx)
{
    ir_ref m = neon_1(b, IR_OP_vdup_lane, neon_sub(IR_H, 1), neon_get(b, d->vm & 7, 0), d->M << 1 | d->vm >> 3);
    return brain_multiply_long(b, d->t, neon_reg(d->vd, d->D), neon_reg(d->vn, d->N), m);
}
