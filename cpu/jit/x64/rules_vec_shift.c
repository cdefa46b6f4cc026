/* Integer vectors: shifts by immediate counts and by signed counts of each lane. */
#include "jit/x64/vec.h"

void vec_shift_const(struct x64 *x, const struct vec *v)
{
    enum vec_shift kind = v->op->op == IR_OP_vshl_imm   ? VEC_LEFT
                          : v->op->op == IR_OP_vshr_imm ? VEC_RIGHT
                          : v->op->op == IR_OP_vsar_imm ? VEC_ARITHMETIC
                                                        : VEC_ROTATE;
    vec_shift_imm(x, kind, v->lane, v->d, v->a, v->op->imm);
}

/* Right by imm, plus the last bit that falls out. */
void vec_shift_rounded(struct x64 *x, const struct vec *v)
{
    bool is_signed = v->op->op == IR_OP_vsrshr_imm;
    unsigned bits = lane_bits(v->lane);
    u64 n = v->op->imm;
    if (n > bits || !n) {
        /* the lifters give counts from 1 to the width; beyond, all is shifted out */
        vec_zero(x, v->d);
        return;
    }
    if (!is_signed && v->lane <= IR_H) {
        /* the average with zero rounds up */
        vec_shift_imm(x, VEC_RIGHT, v->lane, v->d, v->a, n - 1);
        vec_zero(x, T0);
        vec3(x, v->lane == IR_B ? X64_pavgb : X64_pavgw, v->d, v->d, T0);
        return;
    }
    /* t >> 1, rounded: t - (t >> 1) */
    enum vec_shift kind = is_signed ? VEC_ARITHMETIC : VEC_RIGHT;
    vec_shift_imm(x, kind, v->lane, v->d, v->a, n - 1);
    vec_shift_imm(x, kind, v->lane, T0, v->d, 1);
    vec3(x, vec_sub[v->lane], v->d, v->d, T0);
}

/* --- counts of their own ------------------------------------------------------------------------------------------------- */

static const u16 left_by[4] = {0, X64_vpsllvw, X64_vpsllvd, X64_vpsllvq}, right_by[4] = {0, X64_vpsrlvw, X64_vpsrlvd, X64_vpsrlvq},
                 arithmetic_by[4] = {0, X64_vpsravw, X64_vpsravd, X64_vpsravq};

/* d = a >> counts, arithmetic; counts from the width up give the sign. May change T2; d is not a. */
static void right_arithmetic(struct x64 *x, unsigned lane, unsigned d, unsigned a, unsigned counts)
{
    if (lane != IR_D || vec_avx512()) {
        vec3(x, arithmetic_by[lane], d, a, counts);
        return;
    }
    vec_sign(x, IR_D, T2, a);
    vec3(x, X64_pxor, d, a, T2);
    vec3(x, X64_vpsrlvq, d, d, counts);
    vec3(x, X64_pxor, d, d, T2);
}

/* The shifts of x86 see counts as unsigned numbers and shift everything out from the width up, so for a signed count n the
 * left one by n mod 256 and the right one by -n mod 256 are zero where the other one counts; both give a for n = 0.
 *
 * d = a shifted left by b's low bytes, 0 where those are negative. Leaves the counts to the right, or one less if rounded,
 * in T0. */
static void shift_left(struct x64 *x, unsigned lane, unsigned d, unsigned a, unsigned b, bool rounded)
{
    u64 byte = splat(lane, 0xff);
    vec3l(x, X64_pand, T0, b, byte);
    vec3(x, left_by[lane], d, a, T0);
    if (rounded) {
        vec3l(x, X64_pxor, T0, T0, byte); /* ~n is -n - 1 */
    } else {
        vec_zero(x, T1);
        vec3(x, vec_sub[lane], T0, T1, T0);
        vec3l(x, X64_pand, T0, T0, byte);
    }
}

/* T0 = a shifted right by the counts in T0; 0 where those belong to left shifts. Changes T1 and T2. */
static void shift_right(struct x64 *x, unsigned lane, unsigned a, unsigned b, bool is_signed, bool rounded)
{
    static const u16 left[] = {0, X64_psllw_i, X64_pslld_i, X64_psllq_i};
    if (is_signed)
        right_arithmetic(x, lane, T1, a, T0);
    else
        vec3(x, right_by[lane], T1, a, T0);
    if (rounded) {
        /* For counts to the left T1 is zero or the sign, which is 0 then. */
        vec_shift_imm(x, is_signed ? VEC_ARITHMETIC : VEC_RIGHT, lane, T0, T1, 1);
        vec3(x, vec_sub[lane], T0, T1, T0);
    } else if (is_signed) {
        vec_shift(x, left[lane], T0, b, (i32)lane_bits(lane) - 8);
        vec_sign(x, lane, T2, T0);
        vec3(x, X64_pand, T0, T1, T2);
    } else {
        vec_move(x, T0, T1);
    }
}

static bool rounds(u16 op) { return op == IR_OP_vurshl || op == IR_OP_vsrshl || op == IR_OP_vuqrshl || op == IR_OP_vsqrshl; }
static bool is_signed_shift(u16 op)
{
    return op == IR_OP_vsshl || op == IR_OP_vsrshl || op == IR_OP_vsqshl || op == IR_OP_vsqrshl;
}

/* Unsigned bytes as two sets of 16-bit lanes: a byte in the top half of its lane to the left, in the low one to the right. */
static void shift_bytes(struct x64 *x, const struct vec *v)
{
    vec3l(x, X64_pand, T0, v->b, splat16(0xff)); /* even bytes */
    vec3(x, X64_vpsllvw, v->d, v->a, T0);
    vec_zero(x, T1);
    vec3(x, X64_psubb, T1, T1, v->b);
    vec3l(x, X64_pand, T0, T1, splat16(0xff));
    vec3l(x, X64_pand, T2, v->a, splat16(0xff));
    vec3(x, X64_vpsrlvw, T0, T2, T0);
    vec3(x, X64_por, v->d, v->d, T0);
    vec3l(x, X64_pand, v->d, v->d, splat16(0xff));
    vec_shift(x, X64_psrlw_i, T1, T1, 8); /* odd ones */
    vec3(x, X64_vpsrlvw, T1, v->a, T1);
    vec_shift(x, X64_psrlw_i, T0, v->b, 8);
    vec3(x, X64_pxor, T2, T2, v->a);
    vec3(x, X64_vpsllvw, T0, T2, T0);
    vec3(x, X64_por, T0, T0, T1);
    vec3l(x, X64_pand, T0, T0, splat16(0xff00));
    vec3(x, X64_por, v->d, v->d, T0);
}

void vec_shift_lanes(struct x64 *x, const struct vec *v)
{
    u16 op = v->op->op;
    if (v->lane == IR_B) {
        shift_bytes(x, v);
        return;
    }
    shift_left(x, v->lane, v->d, v->a, v->b, rounds(op));
    shift_right(x, v->lane, v->a, v->b, is_signed_shift(op), rounds(op));
    vec3(x, X64_por, v->d, v->d, T0);
}

/* Where shifting back does not give the operand the result is the greatest or least number. Right shifts never saturate. */
void vec_qshl(struct x64 *x, const struct vec *v)
{
    static const u16 left[] = {0, X64_psllw_i, X64_pslld_i, X64_psllq_i};
    unsigned lane = v->lane, bits = lane_bits(lane);
    bool is_signed = is_signed_shift(v->op->op);
    shift_left(x, lane, v->d, v->a, v->b, rounds(v->op->op));
    shift_right(x, lane, v->a, v->b, is_signed, rounds(v->op->op));
    vec3(x, X64_por, v->d, v->d, T0);
    /* T0: all ones where a left shift lost something */
    vec3l(x, X64_pand, T0, v->b, splat(lane, 0xff));
    if (is_signed)
        right_arithmetic(x, lane, T1, v->d, T0);
    else
        vec3(x, right_by[lane], T1, v->d, T0);
    vec3(x, vec_cmpeq[lane], T1, T1, v->a);
    vec_shift(x, left[lane], T0, v->b, (i32)bits - 8);
    vec_sign(x, lane, T2, T0);
    vec3(x, X64_por, T1, T1, T2);
    vec_not(x, T0, T1);
    vec_half(x, v, T0);
    if (is_signed) {
        vec_sign(x, lane, T1, v->a);
        vec3l(x, X64_pxor, T1, T1, splat(lane, ones(bits - 1)));
        vec_blend(x, v->d, v->d, T1);
    } else {
        vec3(x, X64_por, v->d, v->d, T0);
    }
    vec_saturated(x, T0);
}

/* Left by imm; saturated where bits are lost or the operand is negative, then to zero. */
void vec_qshlu(struct x64 *x, const struct vec *v)
{
    vec_shift_imm(x, VEC_LEFT, v->lane, v->d, v->a, v->op->imm);
    vec_shift_imm(x, VEC_RIGHT, v->lane, T1, v->d, v->op->imm);
    vec3(x, vec_cmpeq[v->lane], T1, T1, v->a);
    vec_not(x, T0, T1); /* lost */
    vec3(x, X64_por, v->d, v->d, T0);
    vec_sign(x, v->lane, T1, v->a);
    vec3(x, X64_por, T0, T0, T1);
    vec3(x, X64_pandn, T1, T1, v->d);
    vec_move(x, v->d, T1);
    vec_half(x, v, T0);
    vec_saturated(x, T0);
}
