/* Floating point where denormals are always flushed to zero: Advanced SIMD of 32-bit ARM, and programs that set FZ.
 *
 * The host's own flushing will not do: it calls a result tiny after rounding, which Arm does before, raises the inexact flag with
 * it, and has no flag that says that an operand was flushed. So the host's usual arithmetic is done where it gives what Arm
 * does, and that is looked at without raising a flag, on bit patterns:
 *   - Before the operation: no operand may be denormal, and no product so small that it might be tiny or, where it is added to
 *     something, might have bits below the least denormal. The sum of two bit patterns without their signs is, but for the bias,
 *     never more than the bit pattern of the exact product.
 *   - After it: the result may be no NaN (which one), and no denormal. Sums that are denormal are exact, so that the host raised no
 *     flag for them.
 * Zeros are caught too by these comparisons; code out of line looks closer and comes back. */
#include "jit/x64/rules_fp.h"

enum { SECOND_PRODUCT = 1, SECOND_FUSED = 2 }; /* in slow.write */

static unsigned by_size(const struct fp_lanes *l, unsigned single, unsigned twice) { return l->f64 ? twice : single; }

static void magnitude(struct x64 *x, const struct fp_lanes *l, unsigned dst, unsigned a)
{
    x64_three_const(x, X64_pand, dst, a, FPC_ABS + l->f64, 0);
}

static void subtract(struct x64 *x, const struct fp_lanes *l, unsigned dst, unsigned constant)
{
    x64_three_const(x, by_size(l, X64_psubd, X64_psubq), dst, dst, constant + l->f64, 0);
}

/* ZF is clear if the sign of any lane of reg that counts is set; changes RAX. */
static void test_signs(struct x64 *x, const struct fp_lanes *l, unsigned reg)
{
    x64_two(x, by_size(l, X64_movmskps, X64_movmskpd), RAX, reg, 0);
    if (l->scalar)
        x64_rri(&x->c, X64_test_i8, 0, RAX, 1);
    else
        x64_rr(&x->c, X64_test, RAX, RAX);
}

/* Lanes of dst to all ones where they are denormal (or the least normal number); a magnitude in it, from 0 to below 2^31 or 2^63. */
static void denormals(struct x64 *x, const struct fp_lanes *l, unsigned dst)
{
    subtract(x, l, dst, FPC_UNIT);
    unsigned shift = by_size(l, X64_psrld_i, X64_psrlq_i);
    i32 fraction = l->f64 ? 52 : 23;
    if (x64_shared.avx)
        x64_rvri(&x->c, shift, 0, dst, dst, fraction);
    else
        x64_rri(&x->c, shift, 0, dst, fraction);
    x64_three_const(x, by_size(l, X64_pcmpeqd, X64_pcmpeqq), dst, dst, FPC_ZERO, 0);
}

static void to_evaluator(struct x64 *x, const struct slow *s)
{
    x64_patch(&x->c, x64_jcc(&x->c, CC_NE), x->slow[s->eval].at);
}

static struct fp_lanes lanes_of(const struct slow *s) { return (struct fp_lanes){.f64 = s->bytes & 1, .scalar = s->bytes & 2}; }

/* Denormals among the operands, for certain. Then products that may be tiny, but for those with zero: xmm0 alone changes, and
 * the register that the result will be in. */
static void second_look_before(struct x64 *x, const struct slow *s)
{
    struct fp_lanes l = lanes_of(s);
    for (unsigned i = 0; i < 2; i++)
        if (s->src[i] != JIT_NOWHERE) {
            magnitude(x, &l, 0, s->src[i]);
            denormals(x, &l, 0);
            test_signs(x, &l, 0);
            to_evaluator(x, s);
        }
    if (s->write) { /* a product, each of its operands zero or normal: shifted left, a zero is zero whatever its sign was */
        unsigned temp = s->dst, a = s->src[0], b = s->src[1], equal = by_size(&l, X64_pcmpeqd, X64_pcmpeqq);
        magnitude(x, &l, 0, a);
        magnitude(x, &l, temp, b);
        x64_three(x, by_size(&l, X64_paddd, X64_paddq), 0, 0, temp, 0);
        subtract(x, &l, 0, s->write == SECOND_FUSED ? FPC_FUSED : FPC_PRODUCT);
        x64_three_const(x, equal, temp, temp, FPC_ZERO, 0);
        x64_three(x, X64_pandn, temp, temp, 0, 0);
        magnitude(x, &l, 0, a);
        x64_three_const(x, equal, 0, 0, FPC_ZERO, 0);
        x64_three(x, X64_pandn, 0, 0, temp, 0);
        test_signs(x, &l, 0);
        to_evaluator(x, s);
    }
    x64_patch(&x->c, x64_jmp(&x->c), s->back);
}

/* A result that is zero, infinite or normal goes on. */
static void second_look_after(struct x64 *x, const struct slow *s)
{
    struct fp_lanes l = lanes_of(s);
    x64_three(x, X64_cmpps + l.f64, 0, s->src[0], s->src[0], CMP_UNORD);
    test_signs(x, &l, 0);
    to_evaluator(x, s);
    magnitude(x, &l, 0, s->src[0]);
    denormals(x, &l, 0);
    test_signs(x, &l, 0);
    to_evaluator(x, s);
    x64_patch(&x->c, x64_jmp(&x->c), s->back);
}

/* Leads there if ZF is clear, and from there to s or back here. */
static struct slow *second_look(struct x64 *x, const struct slow *s, const struct fp_lanes *l, x64_slow_path *emit)
{
    struct slow *look = x64_slow(x, emit, x64_jcc(&x->c, CC_NE));
    look->eval = (u32)(s - x->slow);
    look->bytes = (u8)(l->f64 | l->scalar << 1);
    look->src[0] = look->src[1] = JIT_NOWHERE;
    look->back = x->c.count;
    return look;
}

void x64_flush_operand(struct x64 *x, const struct slow *s, const struct fp_lanes *l, unsigned a)
{
    magnitude(x, l, 0, a);
    subtract(x, l, 0, FPC_MIN);
    test_signs(x, l, 0);
    second_look(x, s, l, second_look_before)->src[0] = (u8)a;
}

void x64_flush_operands(struct x64 *x, const struct slow *s, const struct fp_lanes *l, unsigned a, unsigned b, unsigned temp)
{
    magnitude(x, l, 0, a);
    magnitude(x, l, temp, b);
    if (l->f64) {
        subtract(x, l, 0, FPC_MIN);
        subtract(x, l, temp, FPC_MIN);
        x64_three(x, X64_por, 0, 0, temp, 0);
    } else {
        x64_three(x, X64_pminud, 0, 0, temp, 0);
        subtract(x, l, 0, FPC_MIN);
    }
    test_signs(x, l, 0);
    struct slow *look = second_look(x, s, l, second_look_before);
    look->src[0] = (u8)a;
    look->src[1] = (u8)b;
}

void x64_flush_product(struct x64 *x, const struct slow *s, const struct fp_lanes *l, unsigned a, unsigned b, unsigned temp,
                       bool fused)
{
    magnitude(x, l, 0, a);
    magnitude(x, l, temp, b);
    x64_three(x, by_size(l, X64_paddd, X64_paddq), 0, 0, temp, 0);
    subtract(x, l, 0, fused ? FPC_FUSED : FPC_PRODUCT);
    test_signs(x, l, 0);
    struct slow *look = second_look(x, s, l, second_look_before);
    look->src[0] = (u8)a;
    look->src[1] = (u8)b;
    look->write = fused ? SECOND_FUSED : SECOND_PRODUCT;
    look->dst = (u8)temp;
}

void x64_flush_result(struct x64 *x, const struct slow *s, const struct fp_lanes *l, unsigned r)
{
    if (x64_shared.avx) {
        magnitude(x, l, 0, r);
        x64_three_const(x, X64_cmpps + l->f64, 0, 0, FPC_MIN + l->f64, CMP_NOT_GE_QUIET);
    } else {
        magnitude(x, l, 0, r);
        subtract(x, l, 0, FPC_MIN);
        x64_two(x, X64_movaps, 1, r, 0);
        x64_three(x, X64_cmpps + l->f64, 1, 1, r, CMP_UNORD);
        x64_three(x, X64_por, 0, 0, 1, 0);
    }
    test_signs(x, l, 0);
    second_look(x, s, l, second_look_after)->src[0] = (u8)r;
}

/* --- what needs no look ------------------------------------------------------------------------------------------------ */

void x64_note_flushed(struct x64 *x, u32 k) { x->flushed[x->flushed_next++ % ARRAY_SIZE(x->flushed)] = k; }

static bool constant_flushed(const struct ir_op *op, bool f64)
{
    union v128 v = {.d = {op->imm, (u64)op->c << 32 | op->b}};
    for (unsigned i = 0; i < (f64 ? 2 : 4); i++) {
        u64 magnitude = f64 ? v.d[i] << 1 : (u64)v.s[i] << 33, least = f64 ? 1ull << 53 : 1ull << 56;
        if (magnitude && magnitude < least)
            return false;
    }
    return true;
}

/* Whether a floating-point operation computes lanes, or a scalar, of f64 or of f32. */
static bool has_lanes(const struct ir_op *op, bool f64)
{
    return op->type == IR_V128 ? (op->sub & IR_LANE_MASK) == (f64 ? IR_D : IR_S) : op->type == (f64 ? IR_F64 : IR_F32);
}

static bool changes_sign(const struct ir_op *op)
{
    return op->op == IR_OP_vfneg || op->op == IR_OP_vfabs || op->op == IR_OP_fneg || op->op == IR_OP_fabs;
}

bool x64_is_flushed(const struct x64 *x, ir_ref v, bool f64)
{
    const struct ir_op *op = x64_op(x, v);
    while (changes_sign(op) && has_lanes(op, f64))
        op = x64_op(x, v = op->a);
    if (op->op == IR_OP_const && op->type == IR_V128)
        return constant_flushed(op, f64);
    for (unsigned i = 0; i < ARRAY_SIZE(x->flushed); i++)
        if (x->flushed[i] == v)
            return has_lanes(op, f64);
    return false;
}

/* MXCSR has what fp_mode was when the function was entered. */
bool x64_host_rounds(const struct x64 *x)
{
    const struct ir_fp_model *now = &x->fp, *host = &x->j.fn->fp;
    if (now->known == host->known && now->value == host->value)
        return true;
    return (now->known & host->known & FP_ROUND_MASK) == FP_ROUND_MASK && !((now->value ^ host->value) & FP_ROUND_MASK);
}

bool x64_rounds_to_nearest(const struct x64 *x, unsigned rounding)
{
    const struct ir_fp_model *host = &x->j.fn->fp;
    return rounding == FP_ROUND_NEAREST && !(~host->known & FP_ROUND_MASK) && (host->value & FP_ROUND_MASK) == FP_ROUND_NEAREST;
}
