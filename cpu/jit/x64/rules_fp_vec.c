/* Floating point on vectors of f32 and f64. In forms of 64 bits the lower half of the operands stands in for the upper one,
 * so that no flag comes from there. */
#include "jit/x64/rules_fp.h"

enum { NO_INEXACT = 8 };

static bool is_f64(const struct ir_op *op) { return (op->sub & IR_LANE_MASK) == IR_D; }
static bool is_full(const struct ir_op *op) { return op->sub & IR_FULL; }
static unsigned fraction_bits(const struct ir_op *op) { return op->imm >> FP_IMM_FBITS_SHIFT & 0xff; }

static bool flushes(const struct x64 *x) { return x64_flush(x) == FLUSH_ALWAYS; }

/* Rules for denormals that are always flushed: with looks at operands and results (rules_fp_flush.c). */
static bool has_flushing(const struct x64 *x, const struct ir_op *op, unsigned rounding)
{
    if (!x64_host_rounds(x))
        return false;
    switch (op->op) {
    case IR_OP_vfadd:
    case IR_OP_vfsub:
    case IR_OP_vfabd:
    case IR_OP_vfmul:
    case IR_OP_vfmin:
    case IR_OP_vfmax:
    case IR_OP_vfminnm:
    case IR_OP_vfmaxnm:
    case IR_OP_vfcmeq:
    case IR_OP_vfcmge:
    case IR_OP_vfcmgt:
    case IR_OP_vfacge:
    case IR_OP_vfacgt:
    case IR_OP_vfrint: return true;
    case IR_OP_vfmuladd: return x64_shared.fma;
    case IR_OP_vfto_s:
    case IR_OP_vfto_u: return rounding <= FP_ROUND_ZERO && !fraction_bits(op);
    default: return false;
    }
}

bool x64_vfloat_has(const struct x64 *x, const struct ir_op *op)
{
    unsigned rounding = op->imm & FP_IMM_ROUND_MASK, lane = op->sub & IR_LANE_MASK;
    enum fp_flush flush = x64_flush(x);
    switch (op->op) {
    case IR_OP_vfabs:
    case IR_OP_vfneg: return lane >= IR_S;
    case IR_OP_vffrom_s:
    case IR_OP_vffrom_u:
        return lane >= IR_S && x64_host_rounds(x) && (rounding == FP_CURRENT || x64_rounds_to_nearest(x, rounding));
    default: break;
    }
    if (flush == FLUSH_ALWAYS)
        return lane >= IR_S && has_flushing(x, op, rounding);
    switch (op->op) {
    case IR_OP_vfcmeq: /* these have no path out of line */
    case IR_OP_vfcmge:
    case IR_OP_vfcmgt:
    case IR_OP_vfacge:
    case IR_OP_vfacgt: return lane >= IR_S && flush == FLUSH_NEVER;
    case IR_OP_vfto_s:
    case IR_OP_vfto_u: return lane >= IR_S && rounding <= FP_ROUND_ZERO && !fraction_bits(op);
    case IR_OP_vfmuladd: return lane >= IR_S && x64_shared.fma;
    case IR_OP_vfminv:
    case IR_OP_vfmaxv:
    case IR_OP_vfminnmv:
    case IR_OP_vfmaxnmv: return lane == IR_S && is_full(op);
    case IR_OP_vfwiden:
        if (!is_full(op) || lane < IR_H || lane > IR_S)
            return false;
        return lane == IR_S || (x64_shared.f16c && x->fp.known & ~x->fp.value & FP_AHP);
    case IR_OP_vfnarrow: return lane == IR_S && !is_full(op) && rounding == FP_CURRENT;
    default: return lane >= IR_S;
    }
}

static struct fp_lanes lanes(const struct ir_op *op) { return (struct fp_lanes){.f64 = is_f64(op)}; }

/* Denormals are looked for in the operands, whose values are in a and b now, if they are flushed. */
static void flush_one(struct x64 *x, const struct ir_op *op, const struct slow *s, ir_ref v, unsigned a)
{
    struct fp_lanes l = lanes(op);
    if (flushes(x) && !x64_is_flushed(x, v, l.f64))
        x64_flush_operand(x, s, &l, a);
}
static void flush_two(struct x64 *x, const struct ir_op *op, const struct slow *s, ir_ref v, unsigned a, ir_ref w, unsigned b,
                      unsigned temp)
{
    struct fp_lanes l = lanes(op);
    if (v != w && flushes(x) && !x64_is_flushed(x, v, l.f64) && !x64_is_flushed(x, w, l.f64)) {
        x64_flush_operands(x, s, &l, a, b, temp);
        return;
    }
    flush_one(x, op, s, v, a);
    if (v != w)
        flush_one(x, op, s, w, b);
}

/* Operand v: its own register, or `temp` with its lower half twice. */
static unsigned operand(struct x64 *x, const struct ir_op *op, unsigned reg, unsigned temp)
{
    if (is_full(op))
        return reg;
    x64_two(x, X64_movddup, temp, reg, 0);
    return temp;
}

static void finish(struct x64 *x, const struct ir_op *op, struct slow *s, unsigned dst)
{
    if (!is_full(op))
        x64_two(x, X64_movq, dst, dst, 0);
    if (s)
        x64_fp_done(x, s);
}

/* Jumps to s if any lane of the mask in xmm0 is set. */
static void doubt_if_any(struct x64 *x, struct slow *s)
{
    x64_two(x, X64_movmskps, RAX, 0, 0);
    x64_rr(&x->c, X64_test, RAX, RAX);
    x64_fp_doubt(s, x64_jcc(&x->c, CC_NE));
}

/* x64_fp_check() for vectors; changes xmm0 and xmm1. */
static void check(struct x64 *x, struct slow *s, unsigned reg, bool f64, bool tiny)
{
    unsigned compare = X64_cmpps + f64;
    if (!tiny && x64_nans_trap(x))
        return;
    if (!tiny) {
        x64_three(x, compare, 0, reg, reg, CMP_UNORD);
    } else if (x64_shared.avx) {
        x64_three_const(x, X64_andps, 0, reg, FPC_ABS + f64, 0);
        x64_three_const(x, compare, 0, 0, FPC_MIN + f64, CMP_EQ_UNORD);
    } else {
        x64_three_const(x, X64_andps, 0, reg, FPC_ABS + f64, 0);
        x64_three_const(x, compare, 0, 0, FPC_MIN + f64, CMP_EQ);
        x64_three(x, compare, 1, reg, reg, CMP_UNORD);
        x64_three(x, X64_orps, 0, 0, 1, 0);
    }
    doubt_if_any(x, s);
}

/* --- arithmetic -------------------------------------------------------------------------------------------------------- */

/* What is in dst may be doubtful. A product was looked at before it was made. */
static void result(struct x64 *x, const struct ir_op *op, struct slow *s, u32 k, unsigned dst, bool tiny)
{
    struct fp_lanes l = lanes(op);
    if (!flushes(x)) {
        check(x, s, dst, l.f64, tiny);
        return;
    }
    if (op->op == IR_OP_vfmul)
        check(x, s, dst, l.f64, false);
    else
        x64_flush_result(x, s, &l, dst);
    x64_note_flushed(x, k);
}

static void arithmetic(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = is_f64(op), tiny = false;
    unsigned a = use_vector(x, op->a), b = op->b ? use_vector(x, op->b) : a, third = op->c ? use_vector(x, op->c) : 0;
    unsigned dst = def_vector(x, k), insn;
    struct fp_lanes l = lanes(op);
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    if (op->op == IR_OP_vfmuladd) {
        b = operand(x, op, b, 1);
        third = operand(x, op, third, 2);
        if (flushes(x)) {
            flush_two(x, op, s, op->b, b, op->c, third, dst);
            x64_flush_product(x, s, &l, b, third, dst, true);
        }
        x64_two(x, is_full(op) ? X64_movaps : X64_movddup, dst, a, 0);
        flush_one(x, op, s, op->a, dst);
        x64_rvr(&x->c, X64_vfmadd231ps + f64, dst, b, third);
        result(x, op, s, k, dst, true);
        finish(x, op, s, dst);
        return;
    }
    switch (op->op) {
    case IR_OP_vfadd: insn = X64_addps; break;
    case IR_OP_vfsub:
    case IR_OP_vfabd: insn = X64_subps; break;
    case IR_OP_vfmul: insn = X64_mulps; tiny = true; break;
    case IR_OP_vfdiv: insn = X64_divps; break;
    default: insn = X64_sqrtps; break;
    }
    a = operand(x, op, a, 1);
    if (op->op == IR_OP_vfsqrt) {
        x64_two(x, insn + f64, dst, a, 0);
    } else {
        b = operand(x, op, b, 2);
        flush_two(x, op, s, op->a, a, op->b, b, dst);
        if (flushes(x) && op->op == IR_OP_vfmul)
            x64_flush_product(x, s, &l, a, b, dst, false);
        x64_three(x, insn + f64, dst, a, b, 0);
    }
    result(x, op, s, k, dst, tiny);
    if (op->op == IR_OP_vfabd)
        x64_three_const(x, X64_andps, dst, dst, FPC_ABS + f64, 0);
    finish(x, op, s, dst);
}

static void sign(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool neg = op->op == IR_OP_vfneg;
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k);
    x64_three_const(x, neg ? X64_xorps : X64_andps, dst, a, (neg ? FPC_SIGN : FPC_ABS) + is_f64(op), 0);
    finish(x, op, NULL, dst);
}

/* dst = minimum or maximum of a and b, none of them a NaN: see x64_fminmax(). Changes xmm0. */
static void both_orders(struct x64 *x, unsigned dst, unsigned a, unsigned b, bool max, bool f64)
{
    unsigned insn = (max ? X64_maxps : X64_minps) + f64;
    x64_three(x, insn, 0, a, b, 0);
    x64_three(x, insn, dst, b, a, 0);
    x64_three(x, max ? X64_andps : X64_orps, dst, dst, 0, 0);
}

static void min_max(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = is_f64(op);
    unsigned a = use_vector(x, op->a), b = use_vector(x, op->b), dst = def_vector(x, k);
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    a = operand(x, op, a, 1);
    b = operand(x, op, b, 2);
    flush_two(x, op, s, op->a, a, op->b, b, dst);
    if (!x->j.fp_traps) {
        x64_three(x, X64_cmpps + f64, 0, a, b, CMP_UNORD);
        doubt_if_any(x, s);
    }
    both_orders(x, dst, a, b, op->op == IR_OP_vfmax || op->op == IR_OP_vfmaxnm, f64);
    if (flushes(x))
        x64_note_flushed(x, k);
    finish(x, op, s, dst);
}

/* Four lanes. Without NaNs the order does not matter. */
static void across(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool max = op->op == IR_OP_vfmaxv || op->op == IR_OP_vfmaxnmv;
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k);
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    check(x, s, a, false, false);
    x64_two(x, X64_pshufd, 1, a, 0xb1);
    both_orders(x, 2, a, 1, max, false);
    x64_two(x, X64_pshufd, 1, 2, 0x4e);
    both_orders(x, dst, 2, 1, max, false);
    x64_rri(&x->c, X64_insertps, dst, dst, 0x0e);
    x64_fp_done(x, s);
}

static void compare(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = is_f64(op), equal = op->op == IR_OP_vfcmeq;
    unsigned a = use_vector(x, op->a), b = use_vector(x, op->b), dst = def_vector(x, k);
    struct slow *s = x->j.fp_traps || flushes(x) ? x64_fp_slow(x, dst + JIT_VECTOR, op) : NULL;
    a = operand(x, op, a, 1);
    b = operand(x, op, b, 2);
    if (s)
        flush_two(x, op, s, op->a, a, op->b, b, dst);
    if (op->op == IR_OP_vfacge || op->op == IR_OP_vfacgt) {
        x64_three_const(x, X64_andps, 0, a, FPC_ABS + f64, 0);
        x64_three_const(x, X64_andps, 1, b, FPC_ABS + f64, 0);
        a = 0;
        b = 1;
    }
    i32 predicate = equal ? CMP_EQ : op->op == IR_OP_vfcmge || op->op == IR_OP_vfacge ? CMP_LE : CMP_LT;
    x64_three(x, X64_cmpps + f64, dst, equal ? a : b, equal ? b : a, predicate);
    finish(x, op, s, dst);
}

/* --- to integral values and integers ----------------------------------------------------------------------------------- */

/* As x64_round_away(). */
static void round_away(struct x64 *x, struct slow *s, unsigned dst, unsigned a, bool f64)
{
    x64_three_const(x, X64_andps, 0, a, FPC_ABS + f64, 0);
    x64_three_const(x, f64 ? X64_pcmpgtq : X64_pcmpgtd, 0, 0, FPC_BELOW + f64, 0);
    doubt_if_any(x, s);
    x64_two(x, X64_roundps + f64, dst, a, 3 | NO_INEXACT);
    x64_three(x, X64_subps + f64, 0, a, dst, 0);
    x64_three_const(x, X64_andps, 0, 0, FPC_ABS + f64, 0);
    x64_two_const(x, X64_movaps, 2, FPC_HALF + f64);
    x64_three(x, X64_cmpps + f64, 2, 2, 0, CMP_LE);
    x64_three_const(x, X64_andps, 2, 2, FPC_ONE + f64, 0);
    x64_three_const(x, X64_andps, 0, a, FPC_SIGN + f64, 0);
    x64_three(x, X64_orps, 2, 2, 0, 0);
    x64_three(x, X64_addps + f64, dst, dst, 2, 0);
}

static void round_lanes(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = is_f64(op);
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k), rounding = op->imm & FP_IMM_ROUND_MASK;
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    a = operand(x, op, a, 1);
    flush_one(x, op, s, op->a, a);
    if (rounding == FP_TIES_AWAY) {
        round_away(x, s, dst, a, f64);
    } else {
        x64_two(x, X64_roundps + f64, dst, a, x64_round_imm(rounding) | (op->imm & FP_IMM_INEXACT ? 0 : NO_INEXACT));
        check(x, s, dst, f64, false);
    }
    finish(x, op, s, dst);
}

/* Both lanes of f64, one after the other: from xmm2, where they are rounded already if need be. */
static void to_integers64(struct x64 *x, struct slow *s, unsigned dst, unsigned a, bool is_signed, bool rounded)
{
    struct x64_code *c = &x->c;
    x64_rr(c, X64_cvttsd2si | X64_W, RAX, 2);
    x64_three(x, X64_movhlps, 2, 2, 2, 0);
    x64_rr(c, X64_cvttsd2si | X64_W, RCX, 2);
    if (is_signed && !x->j.fp_traps) {
        x64_rri(c, X64_cmp_i8 | X64_W, 0, RAX, 1);
        x64_fp_doubt(s, x64_jcc(c, CC_O));
        x64_rri(c, X64_cmp_i8 | X64_W, 0, RCX, 1);
        x64_fp_doubt(s, x64_jcc(c, CC_O));
    }
    x64_rr(c, X64_movd_xg | X64_W, dst, RAX);
    x64_rri(c, X64_pinsrq | X64_W, dst, RCX, 1);
    if (!rounded)
        return;
    /* For the inexact flag. */
    x64_rr(c, X64_cvttsd2si | X64_W, RAX, a);
    x64_three(x, X64_movhlps, 2, a, a, 0);
    x64_rr(c, X64_cvttsd2si | X64_W, RAX, 2);
}

/* Unsigned: only what is positive and below the signed limit, by bit pattern. Other signs and sizes would leave wrong flags. */
static void in_signed_range(struct x64 *x, struct slow *s, unsigned a, bool f64)
{
    if (f64) {
        x64_two(x, X64_movaps, 0, a, 0);
        x64_three_const(x, X64_pcmpgtq, 0, 0, FPC_UNSIGNED + 1, 0);
        x64_three(x, X64_orps, 0, 0, a, 0);
        x64_two(x, X64_movmskpd, RAX, 0, 0);
    } else {
        x64_three_const(x, X64_pcmpgtd, 0, a, FPC_UNSIGNED, 0);
        x64_three(x, X64_orps, 0, 0, a, 0);
        x64_two(x, X64_movmskps, RAX, 0, 0);
    }
    x64_rr(&x->c, X64_test, RAX, RAX);
    x64_fp_doubt(s, x64_jcc(&x->c, CC_NE));
}

/* See x64_fto_s() and x64_fto_u(). */
static void to_integers(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = is_f64(op), is_signed = op->op == IR_OP_vfto_s;
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k), rounding = op->imm & FP_IMM_ROUND_MASK;
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    a = operand(x, op, a, 1);
    flush_one(x, op, s, op->a, a);
    if (!is_signed)
        in_signed_range(x, s, a, f64);
    if (rounding != FP_ROUND_ZERO)
        x64_two(x, X64_roundps + f64, 2, a, x64_round_imm(rounding) | NO_INEXACT);
    else
        x64_two(x, X64_movaps, 2, a, 0);
    if (f64) {
        to_integers64(x, s, dst, a, is_signed, rounding != FP_ROUND_ZERO);
    } else {
        x64_two(x, X64_cvttps2dq, dst, 2, 0);
        if (is_signed && !x->j.fp_traps) {
            x64_three_const(x, X64_pcmpeqd, 0, dst, FPC_LEAST, 0);
            doubt_if_any(x, s);
        }
        if (rounding != FP_ROUND_ZERO)
            x64_two(x, X64_cvttps2dq, 0, a, 0);
    }
    finish(x, op, s, dst);
}

static void from_integers64(struct x64 *x, struct slow *s, unsigned dst, unsigned a)
{
    struct x64_code *c = &x->c;
    x64_rr(c, X64_movd_gx | X64_W, a, RAX);
    x64_rri(c, X64_pextrq | X64_W, a, RCX, 1);
    if (s) { /* unsigned: not what the host would take for negative */
        x64_rr(c, X64_test | X64_W, RAX, RAX);
        x64_fp_doubt(s, x64_jcc(c, CC_S));
        x64_rr(c, X64_test | X64_W, RCX, RCX);
        x64_fp_doubt(s, x64_jcc(c, CC_S));
    }
    for (unsigned i = 0; i < 2; i++) {
        unsigned to = i ? 0 : dst;
        x64_three(x, X64_pxor, to, to, to, 0);
        if (x64_shared.avx)
            x64_rvri(c, X64_cvtsi2sd | X64_W, to, to, i ? RCX : RAX, 0);
        else
            x64_rr(c, X64_cvtsi2sd | X64_W, to, i ? RCX : RAX);
    }
    x64_three(x, X64_punpcklqdq, dst, dst, 0, 0);
}

/* Unsigned singles: upper and lower 16 bits, both exact, and one rounded sum. */
static void from_unsigned32(struct x64 *x, unsigned dst, unsigned a)
{
    x64_two(x, X64_movaps, 0, a, 0);
    if (x64_shared.avx)
        x64_rvri(&x->c, X64_psrld_i, 0, 0, 0, 16);
    else
        x64_rri(&x->c, X64_psrld_i, 0, 0, 16);
    x64_two(x, X64_cvtdq2ps, 0, 0, 0);
    x64_three_const(x, X64_mulps, 0, 0, FPC_SPLIT, 0);
    x64_three_const(x, X64_andps, dst, a, FPC_SPLIT + 1, 0);
    x64_two(x, X64_cvtdq2ps, dst, dst, 0);
    x64_three(x, X64_addps, dst, dst, 0, 0);
}

static void from_integers(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool f64 = is_f64(op), is_signed = op->op == IR_OP_vffrom_s;
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k);
    struct slow *s = NULL;
    if (f64 && !is_signed) {
        s = x64_slow(x, x64_slow_eval, 0);
        s->src[0] = (u8)(a + JIT_VECTOR);
        s->src[1] = s->src[2] = JIT_NOWHERE;
        s->dst = (u8)(dst + JIT_VECTOR);
    }
    a = operand(x, op, a, 1);
    if (f64)
        from_integers64(x, s, dst, a);
    else if (is_signed)
        x64_two(x, X64_cvtdq2ps, dst, a, 0);
    else
        from_unsigned32(x, dst, a);
    if (fraction_bits(op))
        x64_three_const(x, X64_mulps + f64, dst, dst, x64_fp_scale(f64, fraction_bits(op)), 0);
    x64_note_flushed(x, k);
    finish(x, op, s, dst);
}

/* --- other sizes ------------------------------------------------------------------------------------------------------- */

static void widen(struct x64 *x, u32 k, const struct ir_op *op)
{
    bool half = (op->sub & IR_LANE_MASK) == IR_H;
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k);
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    if (op->imm) {
        x64_two(x, X64_pshufd, 1, a, 0xee);
        a = 1;
    }
    if (half)
        x64_rvri(&x->c, X64_vcvtph2ps, dst, 0, a, 0);
    else
        x64_two(x, X64_cvtps2pd, dst, a, 0);
    check(x, s, dst, !half, false);
    x64_fp_done(x, s);
}

static void narrow(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k);
    struct slow *s = x64_fp_slow(x, dst + JIT_VECTOR, op);
    x64_two(x, X64_cvtpd2ps, dst, a, 0);
    check(x, s, dst, false, true);
    x64_fp_done(x, s);
}

void x64_vfloat(struct x64 *x, u32 k, const struct ir_op *op)
{
    switch (op->op) {
    case IR_OP_vfabs:
    case IR_OP_vfneg: sign(x, k, op); return;
    case IR_OP_vfmin:
    case IR_OP_vfmax:
    case IR_OP_vfminnm:
    case IR_OP_vfmaxnm: min_max(x, k, op); return;
    case IR_OP_vfminv:
    case IR_OP_vfmaxv:
    case IR_OP_vfminnmv:
    case IR_OP_vfmaxnmv: across(x, k, op); return;
    case IR_OP_vfcmeq:
    case IR_OP_vfcmge:
    case IR_OP_vfcmgt:
    case IR_OP_vfacge:
    case IR_OP_vfacgt: compare(x, k, op); return;
    case IR_OP_vfrint: round_lanes(x, k, op); return;
    case IR_OP_vfto_s:
    case IR_OP_vfto_u: to_integers(x, k, op); return;
    case IR_OP_vffrom_s:
    case IR_OP_vffrom_u: from_integers(x, k, op); return;
    case IR_OP_vfwiden: widen(x, k, op); return;
    case IR_OP_vfnarrow: narrow(x, k, op); return;
    default: arithmetic(x, k, op); return;
    }
}
