/* Scalar conversions: between formats, to and from integers. */
#include "jit/x64/rules_fp.h"

static bool scalar(u8 type) { return type == IR_F32 || type == IR_F64; }
static unsigned fraction_bits(const struct ir_op *op) { return op->imm >> FP_IMM_FBITS_SHIFT & 0xff; }

/* An integer in a general register, or in a vector register that is as wide as the number. */
static bool wide_integer(u8 type) { return type == IR_I64 || type == IR_F64; }

/* f16 is converted without regard to flushing, but alternative half precision is the evaluator's. */
static bool half_precision(const struct x64 *x)
{
    const struct ir_fp_model *fp = &x->fp;
    return x64_shared.f16c && fp->known & FP_AHP && !(fp->value & FP_AHP);
}

bool x64_convert_has(const struct x64 *x, const struct ir_op *op)
{
    u8 from = x64_op(x, op->a)->type;
    unsigned rounding = op->imm & FP_IMM_ROUND_MASK;
    switch (op->op) {
    case IR_OP_ffrom_s:
    case IR_OP_ffrom_u: return rounding == FP_CURRENT && scalar(op->type) && from != IR_F16;
    case IR_OP_fto_s:
    case IR_OP_fto_u:
        return scalar(from) && op->type != IR_F16 && !fraction_bits(op) && x64_flush(x) != FLUSH_ALWAYS &&
               (rounding <= FP_TIES_AWAY || (rounding == FP_CURRENT && op->op == IR_OP_fto_s));
    default: break;
    }
    if (x64_flush(x) == FLUSH_ALWAYS)
        return false;
    if (from == IR_F16)
        return scalar(op->type) && half_precision(x);
    if (op->type == IR_F16)
        return from == IR_F32 && rounding == FP_CURRENT && half_precision(x);
    return scalar(from) && scalar(op->type) && from != op->type && (rounding == FP_CURRENT || op->type == IR_F64);
}

/* --- to integers ------------------------------------------------------------------------------------------------------- */

/* The register that the number is converted from: rounded first, without flags, if the host has no such conversion. */
static unsigned rounded(struct x64 *x, unsigned a, bool f64, unsigned rounding)
{
    if (rounding == FP_ROUND_ZERO || rounding == FP_CURRENT)
        return a;
    enum { NO_INEXACT = 8 };
    x64_three(x, X64_roundss + f64, 0, a, a, x64_round_imm(rounding) | NO_INEXACT);
    return 0;
}

/* The end of a conversion: an integer for a vector register was made in RAX. */
static void int_done(struct x64 *x, const struct ir_op *op, struct slow *s, unsigned result)
{
    if (jit_is_vector(op->type))
        x64_rr(&x->c, X64_movd_xg | (wide_integer(op->type) ? X64_W : 0), result - JIT_VECTOR, RAX);
    x64_fp_done(x, s);
}

/* Ties away: numbers below 2^23 (2^52), converted as integers of 64 bits. */
static void to_int_away(struct x64 *x, const struct ir_op *op, struct slow *s, unsigned dst, unsigned a)
{
    struct x64_code *c = &x->c;
    bool f64 = x64_op(x, op->a)->type == IR_F64, is_signed = op->op == IR_OP_fto_s;
    unsigned insn = (f64 ? X64_cvttsd2si : X64_cvttss2si) | X64_W;
    if (!is_signed) {
        x64_rr(c, X64_movd_gx | (f64 ? X64_W : 0), a, RCX);
        x64_rr(c, X64_test | (f64 ? X64_W : 0), RCX, RCX);
        x64_fp_doubt(s, x64_jcc(c, CC_S));
    }
    x64_round_away(x, s, 2, a, f64);
    x64_rr(c, insn, dst, 2);
    if (f64 && !wide_integer(op->type)) {
        x64_rr(c, is_signed ? X64_movsxd | X64_W : X64_mov_rr, RCX, dst);
        x64_rr(c, X64_cmp | X64_W, RCX, dst);
        x64_fp_doubt(s, x64_jcc(c, CC_NE));
    }
    x64_rr(c, insn, RCX, a); /* the inexact flag */
    if (!wide_integer(op->type))
        x64_rr(c, X64_mov_rr, dst, dst);
}

/* The host traps, or gives the least integer for every failure. If a rounded number was converted, converting the number itself
 * raises the inexact flag, and no other: it is in range as well. */
void x64_fto_s(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    bool f64 = x64_op(x, op->a)->type == IR_F64, to_vector = jit_is_vector(op->type);
    unsigned a = use_vector(x, op->a), result = def(x, k), dst = to_vector ? RAX : result;
    unsigned w = wide_integer(op->type) ? X64_W : 0, rounding = op->imm & FP_IMM_ROUND_MASK;
    unsigned insn = rounding == FP_CURRENT ? f64 ? X64_cvtsd2si : X64_cvtss2si : f64 ? X64_cvttsd2si : X64_cvttss2si;
    struct slow *s = x64_fp_slow(x, result, op);
    if (rounding == FP_TIES_AWAY) {
        to_int_away(x, op, s, dst, a);
        int_done(x, op, s, result);
        return;
    }
    unsigned from = rounded(x, a, f64, rounding);
    x64_rr(c, insn | w, dst, from);
    if (!x->j.fp_traps) {
        x64_rri(c, X64_cmp_i8 | w, 0, dst, 1); /* overflows for the least integer */
        x64_fp_doubt(s, x64_jcc(c, CC_O));
    }
    if (from != a)
        x64_rr(c, insn | w, RCX, a);
    int_done(x, op, s, result);
}

/* Positive numbers that are surely in range, by their bit pattern; all others would leave wrong flags. */
void x64_fto_u(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    bool f64 = x64_op(x, op->a)->type == IR_F64, to_vector = jit_is_vector(op->type);
    unsigned a = use_vector(x, op->a), result = def(x, k), dst = to_vector ? RAX : result;
    unsigned rounding = op->imm & FP_IMM_ROUND_MASK, w = wide_integer(op->type) ? X64_W : 0;
    /* 2^63, or 2^32 toward zero: a signed integer of 64 bits holds it. Else 2^31, so that rounding cannot reach 2^32. */
    u32 exponent = w ? 63 : rounding == FP_ROUND_ZERO ? 32 : 31;
    struct slow *s = x64_fp_slow(x, result, op);
    if (rounding == FP_TIES_AWAY) {
        to_int_away(x, op, s, dst, a);
        int_done(x, op, s, result);
        return;
    }
    x64_rr(c, X64_movd_gx | (f64 ? X64_W : 0), a, RAX);
    if (f64) {
        x64_const(c, RCX, (u64)(1023 + exponent) << 52);
        x64_rr(c, X64_cmp | X64_W, RAX, RCX);
    } else {
        x64_rri(c, X64_cmp_i, 0, RAX, (i32)((127 + exponent) << 23));
    }
    x64_fp_doubt(s, x64_jcc(c, CC_AE));
    unsigned from = rounded(x, a, f64, rounding), insn = (f64 ? X64_cvttsd2si : X64_cvttss2si) | X64_W;
    x64_rr(c, insn, dst, from);
    if (from != a)
        x64_rr(c, insn, RCX, a);
    int_done(x, op, s, result);
}

/* --- from integers ----------------------------------------------------------------------------------------------------- */

static void convert_integer(struct x64 *x, unsigned dst, unsigned from, bool f64, unsigned w)
{
    unsigned insn = (f64 ? X64_cvtsi2sd : X64_cvtsi2ss) | w;
    x64_three(x, X64_pxor, dst, dst, dst, 0); /* no dependence on what was there */
    if (x64_shared.avx)
        x64_rvri(&x->c, insn, dst, dst, from, 0);
    else
        x64_rr(&x->c, insn, dst, from);
}

/* Fraction bits: a power of two, so that nothing more is rounded; results stay normal. */
void x64_ffrom(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    u8 type = x64_op(x, op->a)->type;
    bool f64 = op->type == IR_F64, is_signed = op->op == IR_OP_ffrom_s, big = wide_integer(type);
    unsigned a = jit_is_vector(type) || big || is_signed ? use(x, op->a) : use_zero_extended(x, op->a);
    unsigned dst = def_vector(x, k), from = a;
    struct slow *s = NULL;
    if (jit_is_vector(type)) {
        x64_rr(c, X64_movd_gx | (big ? X64_W : 0), a - JIT_VECTOR, RAX);
        from = RAX;
    }
    if (big && !is_signed) {
        s = x64_slow(x, x64_slow_eval, 0);
        s->src[0] = (u8)a;
        s->src[1] = s->src[2] = JIT_NOWHERE;
        s->dst = (u8)(dst + JIT_VECTOR);
        x64_rr(c, X64_test | X64_W, from, from);
        x64_fp_doubt(s, x64_jcc(c, CC_S));
    }
    convert_integer(x, dst, from, f64, big || !is_signed ? X64_W : 0); /* an i32 has zeros above it */
    if (fraction_bits(op))
        x64_three_const(x, X64_mulss + f64, dst, dst, x64_fp_scale(f64, fraction_bits(op)), 0);
    if (s)
        x64_fp_done(x, s);
}

/* --- between formats --------------------------------------------------------------------------------------------------- */

void x64_fcvt(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    u8 from = x64_op(x, op->a)->type, to = op->type;
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k);
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    if (to == IR_F16) { /* all four lanes are converted: the others are zeros */
        enum { CURRENT_ROUNDING = 4 };
        x64_rri(c, X64_insertps, 0, a, 0x0e);
        x64_fp_check(x, s, 0, false, false);
        x64_rvri(c, X64_vcvtps2ph, 0, 0, dst, CURRENT_ROUNDING);
        x64_rr(c, X64_movd_gx, dst, RAX);
        x64_rri(c, X64_and_i, 0, RAX, 0x7fff);
        x64_rri(c, X64_cmp_i, 0, RAX, 0x0400);
        x64_fp_doubt(s, x64_jcc(c, CC_E));
    } else if (from == IR_F16) {
        x64_rri(c, X64_pextrw, RAX, a, 0);
        x64_rr(c, X64_movd_xg, 0, RAX);
        x64_rvri(c, X64_vcvtph2ps, dst, 0, 0, 0);
        if (to == IR_F64)
            x64_three(x, X64_cvtss2sd, dst, dst, dst, 0);
        x64_fp_check(x, s, dst, to == IR_F64, false);
    } else {
        bool f64 = to == IR_F64;
        x64_three(x, f64 ? X64_cvtss2sd : X64_cvtsd2ss, dst, a, a, 0);
        x64_fp_check(x, s, dst, f64, !f64);
    }
    x64_fp_done(x, s);
}
