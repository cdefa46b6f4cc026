/* Scalar floating point (Arm ARM C7.2, the scalar forms). */
#include "guest/a64/lift_fp.h"

/* The type that ftype names: 0 single, 1 double, 3 half; IR_VOID where it is not available. */
static enum ir_type fp_type(const struct ir_build *b, unsigned ftype)
{
    switch (ftype) {
    case 0:
        return IR_F32;
    case 1:
        return IR_F64;
    case 3:
        return a64_feature(b, A64_FEAT_fp16) ? IR_F16 : IR_VOID;
    default:
        return IR_VOID;
    }
}

static unsigned fp_lane(enum ir_type t) { return t == IR_F16 ? IR_H : t == IR_F32 ? IR_S : IR_D; }

/* --- to and from integers ---------------------------------------------------------------------------------------- */

static enum flow to_int(struct ir_build *b, unsigned sf, unsigned ftype, unsigned rn, unsigned rd, bool is_unsigned,
                        u64 imm)
{
    enum ir_type t = fp_type(b, ftype);
    unsigned w = a64_width(sf);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    ir_ref r = ir_op_typed(b, is_unsigned ? IR_OP_fto_u : IR_OP_fto_s, a64_type(w), 0, a64_get_f(b, rn, t), IR_NONE,
                           IR_NONE, imm);
    a64_set_x(b, rd, w, r);
    return FLOW_NEXT;
}

static enum flow from_int(struct ir_build *b, unsigned sf, unsigned ftype, unsigned rn, unsigned rd, bool is_unsigned,
                          u64 imm)
{
    enum ir_type t = fp_type(b, ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    ir_ref n = a64_get_x(b, rn, a64_width(sf));
    a64_set_f(b, rd, ir_op_typed(b, is_unsigned ? IR_OP_ffrom_u : IR_OP_ffrom_s, t, 0, n, IR_NONE, IR_NONE, imm));
    return FLOW_NEXT;
}

LIFT(a64, FCVT_int) /* rmode is N P M Z, numbered as FPCR.RMode */
{
    return to_int(b, d->sf, d->ftype, d->rn, d->rd, d->U, FP_IMM(d->rmode, 0));
}
LIFT(a64, FCVTA_int)
{
    return to_int(b, d->sf, d->ftype, d->rn, d->rd, d->U, FP_IMM(RA, 0));
}
LIFT(a64, FCVTZ_fix)
{
    return to_int(b, d->sf, d->ftype, d->rn, d->rd, d->U, FP_IMM(RZ, 64 - d->scale));
}
LIFT(a64, CVTF_int)
{
    return from_int(b, d->sf, d->ftype, d->rn, d->rd, d->U, FP_IMM(RI, 0));
}
LIFT(a64, CVTF_fix)
{
    return from_int(b, d->sf, d->ftype, d->rn, d->rd, d->U, FP_IMM(RI, 64 - d->scale));
}

LIFT(a64, FJCVTZS)
{
    ir_ref r = ir_op_typed(b, IR_OP_fto_js, IR_I64, 0, a64_get_f(b, d->rn, IR_F64), IR_NONE, IR_NONE, 0);
    ir_ref exact = ir_trunc(b, ir_shr(b, r, ir_imm(b, 64, 32)));
    a64_set_x(b, d->rd, 32, ir_trunc(b, r));
    a64_set_nzcv(b, a64_flags_pack(b, ir_shl(b, exact, ir_imm(b, 32, 30))));
    return FLOW_NEXT;
}

LIFT(a64, FMOV_to_gen)
{
    unsigned w = a64_width(d->sf);
    enum ir_type t = fp_type(b, d->ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    if (t == IR_F16) /* the bits, zero-extended */
        a64_set_x(b, d->rd, 32, ir_bitcast(b, IR_I32, a64_get_f(b, d->rn, IR_F16)));
    else
        a64_set_x(b, d->rd, w, a64_get_f(b, d->rn, a64_type(w)));
    return FLOW_NEXT;
}

LIFT(a64, FMOV_from_gen)
{
    enum ir_type t = fp_type(b, d->ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    ir_ref n = a64_get_x(b, d->rn, t == IR_F16 ? 32 : a64_width(d->sf));
    a64_set_f(b, d->rd, t == IR_F16 ? ir_bitcast(b, IR_F16, n) : n);
    return FLOW_NEXT;
}

LIFT(a64, FMOV_to_top)
{
    a64_set_x(b, d->rd, 64, ir_op_typed(b, IR_OP_vextract, IR_I64, IR_D, a64_get_v(b, d->rn), IR_NONE, IR_NONE, 1));
    return FLOW_NEXT;
}
LIFT(a64, FMOV_from_top)
{
    ir_ref n = a64_get_x(b, d->rn, 64);
    a64_set_v(b, d->rd, ir_op_typed(b, IR_OP_vinsert, IR_V128, IR_D, a64_get_v(b, d->rd), n, IR_NONE, 1));
    return FLOW_NEXT;
}

/* --- one source -------------------------------------------------------------------------------------------------- */

static enum flow one(struct ir_build *b, enum ir_opcode op, unsigned ftype, unsigned rn, unsigned rd, u64 imm)
{
    enum ir_type t = fp_type(b, ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    a64_set_f(b, rd, ir_op1(b, op, 0, a64_get_f(b, rn, t), imm));
    return FLOW_NEXT;
}

#define ONE(name, op, imm)                                                                                             \
    LIFT(a64, name##_f)                                                                                                \
    {                                                                                                                  \
        return one(b, IR_OP_##op, d->ftype, d->rn, d->rd, imm);                                                        \
    }
ONE(FABS, fabs, 0)
ONE(FNEG, fneg, 0)
ONE(FSQRT, fsqrt, 0)
ONE(FRINTN, frint, RN)
ONE(FRINTP, frint, RP)
ONE(FRINTM, frint, RM)
ONE(FRINTZ, frint, RZ)
ONE(FRINTA, frint, RA)
ONE(FRINTX, frint, RX)
ONE(FRINTI, frint, RI)
#define ROUND_INT(name, imm)                                                                                           \
    LIFT(a64, name##_f)                                                                                                \
    {                                                                                                                  \
        return one(b, IR_OP_fround_int, d->sz, d->rn, d->rd, imm);                                                     \
    }
ROUND_INT(FRINT32Z, R32Z)
ROUND_INT(FRINT32X, R32X)
ROUND_INT(FRINT64Z, R64Z)
ROUND_INT(FRINT64X, R64X)

LIFT(a64, FMOV_f)
{
    enum ir_type t = fp_type(b, d->ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    a64_set_f(b, d->rd, a64_get_f(b, d->rn, t));
    return FLOW_NEXT;
}

LIFT(a64, FCVT_f) /* half precision is always there */
{
    static const u8 type[4] = {IR_F32, IR_F64, IR_VOID, IR_F16};
    ir_ref n = a64_get_f(b, d->rn, (enum ir_type)type[d->ftype]);
    a64_set_f(b, d->rd, ir_op_typed(b, IR_OP_fcvt, (enum ir_type)type[d->opc], 0, n, IR_NONE, IR_NONE, FP_CURRENT));
    return FLOW_NEXT;
}

LIFT(a64, BFCVT_f)
{
    ir_ref n = a64_get_f(b, d->rn, IR_F32);
    a64_set_f(b, d->rd, ir_op_typed(b, IR_OP_fcvt_bf16, IR_F16, 0, n, IR_NONE, IR_NONE, 0));
    return FLOW_NEXT;
}

/* --- two and three sources --------------------------------------------------------------------------------------- */

static enum flow two(struct ir_build *b, enum ir_opcode op, unsigned ftype, unsigned rn, unsigned rm, unsigned rd)
{
    enum ir_type t = fp_type(b, ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    a64_set_f(b, rd, ir_op2(b, op, 0, a64_get_f(b, rn, t), a64_get_f(b, rm, t), 0));
    return FLOW_NEXT;
}

#define TWO(name, op)                                                                                                  \
    LIFT(a64, name##_f)                                                                                                \
    {                                                                                                                  \
        return two(b, IR_OP_##op, d->ftype, d->rn, d->rm, d->rd);                                                      \
    }
TWO(FMUL, fmul)
TWO(FDIV, fdiv)
TWO(FADD, fadd)
TWO(FSUB, fsub)
TWO(FMAX, fmax)
TWO(FMIN, fmin)
TWO(FMAXNM, fmaxnm)
TWO(FMINNM, fminnm)

LIFT(a64, FNMUL_f) /* the negation comes last, on NaNs too */
{
    enum ir_type t = fp_type(b, d->ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    ir_ref r = ir_op2(b, IR_OP_fmul, 0, a64_get_f(b, d->rn, t), a64_get_f(b, d->rm, t), 0);
    a64_set_f(b, d->rd, ir_op1(b, IR_OP_fneg, 0, r, 0));
    return FLOW_NEXT;
}

struct multiply_add {
    unsigned ftype, rn, rm, ra, rd;
    bool negate_product, negate_addend;
};

/* Operands are negated before the operation, NaNs too: the sign of a NaN that is passed on shows it. */
static enum flow multiply_add(struct ir_build *b, struct multiply_add m)
{
    enum ir_type t = fp_type(b, m.ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    ir_ref a = a64_get_f(b, m.ra, t), n = a64_get_f(b, m.rn, t);
    if (m.negate_addend)
        a = ir_op1(b, IR_OP_fneg, 0, a, 0);
    if (m.negate_product)
        n = ir_op1(b, IR_OP_fneg, 0, n, 0);
    a64_set_f(b, m.rd, ir_op3(b, IR_OP_fmuladd, 0, a, n, a64_get_f(b, m.rm, t), 0));
    return FLOW_NEXT;
}

#define MULTIPLY_ADD(name, product, addend)                                                                            \
    LIFT(a64, name##_f)                                                                                                \
    {                                                                                                                  \
        return multiply_add(b, (struct multiply_add){d->ftype, d->rn, d->rm, d->ra, d->rd, product, addend});          \
    }
MULTIPLY_ADD(FMADD, false, false)
MULTIPLY_ADD(FMSUB, true, false)
MULTIPLY_ADD(FNMADD, true, true)
MULTIPLY_ADD(FNMSUB, false, true)

/* --- comparison, selection, immediates --------------------------------------------------------------------------- */

static ir_ref compare(struct ir_build *b, bool signalling, ir_ref x, ir_ref y)
{
    return ir_op_typed(b, signalling ? IR_OP_fcmpe : IR_OP_fcmp, IR_FLAGS, 0, x, y, IR_NONE, 0);
}

LIFT(a64, FCMP_f)
{
    enum ir_type t = fp_type(b, d->ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    a64_set_nzcv(b, compare(b, d->E, a64_get_f(b, d->rn, t), a64_get_f(b, d->rm, t)));
    return FLOW_NEXT;
}

LIFT(a64, FCMP_zero)
{
    enum ir_type t = fp_type(b, d->ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    a64_set_nzcv(b, compare(b, d->E, a64_get_f(b, d->rn, t), ir_const(b, t, 0)));
    return FLOW_NEXT;
}

LIFT(a64, FCCMP_f) /* no comparison, hence no exception flags, if the condition fails: zeros are compared instead */
{
    enum ir_type t = fp_type(b, d->ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    ir_ref cond = a64_cond(b, d->cond), zero = ir_const(b, t, 0);
    ir_ref n = ir_select(b, cond, a64_get_f(b, d->rn, t), zero), m = ir_select(b, cond, a64_get_f(b, d->rm, t), zero);
    ir_ref otherwise = ir_const(b, IR_FLAGS, (u64)d->nzcv << 28);
    a64_set_nzcv(b, ir_select(b, cond, compare(b, d->E, n, m), otherwise));
    return FLOW_NEXT;
}

LIFT(a64, FCSEL_f)
{
    enum ir_type t = fp_type(b, d->ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    ir_ref cond = a64_cond(b, d->cond);
    a64_set_f(b, d->rd, ir_select(b, cond, a64_get_f(b, d->rn, t), a64_get_f(b, d->rm, t)));
    return FLOW_NEXT;
}

u64 a64_fp_imm(unsigned lane, unsigned imm8)
{
    unsigned width = 8u << lane, ebits = lane == IR_H ? 5 : lane == IR_S ? 8 : 11, fbits = width - 1 - ebits;
    u64 exp = (u64) !(imm8 >> 6 & 1) << (ebits - 1) | (imm8 >> 6 & 1 ? ones(ebits - 3) : 0) << 2 | (imm8 >> 4 & 3);
    return (u64)(imm8 >> 7) << (width - 1) | exp << fbits | (u64)(imm8 & 15) << (fbits - 4);
}

LIFT(a64, FMOV_imm)
{
    enum ir_type t = fp_type(b, d->ftype);
    if (t == IR_VOID)
        return FLOW_UNDEFINED;
    a64_set_f(b, d->rd, ir_const(b, t, a64_fp_imm(fp_lane(t), d->imm)));
    return FLOW_NEXT;
}
