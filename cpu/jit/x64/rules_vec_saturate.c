/* Integer vectors: arithmetic that saturates and says so in FP_QC. A set bit in any lane that counts says so. */
#include "jit/x64/vec.h"

/* --- sums and differences ------------------------------------------------------------------------------------------------ */

/* Bytes and halfwords: the saturating instruction, and the wrapping one to compare with. d = a op b. */
static void narrow_qadd(struct x64 *x, const struct vec *v, unsigned a, unsigned b, bool is_signed, bool subtract)
{
    static const u16 add[2][2] = {{X64_paddusb, X64_paddusw}, {X64_paddsb, X64_paddsw}};
    static const u16 sub[2][2] = {{X64_psubusb, X64_psubusw}, {X64_psubsb, X64_psubsw}};
    vec3(x, (subtract ? sub : add)[is_signed][v->lane], v->d, a, b);
    vec3(x, (subtract ? vec_sub : vec_add)[v->lane], T1, a, b);
    vec3(x, X64_pxor, T1, T1, v->d);
}

/* d = mask's top bit ? b : d by words of 32 or 64 bits; the mask is T0. */
static void blend_by_sign(struct x64 *x, unsigned lane, unsigned d, unsigned b)
{
    x64_rr(&x->c, lane == IR_S ? X64_blendvps : X64_blendvpd, d, b);
}

/* Words: overflow where the operands' signs (of a difference: a's and not b's) agree and the result's differs. The result is
 * the greatest or least number by the sign of the wrapped one, which is wrong. T1: all ones where it happened. */
static void wide_qadd_signed(struct x64 *x, const struct vec *v, unsigned a, unsigned b, bool subtract)
{
    unsigned lane = v->lane, shift = lane_bits(lane) - 1;
    vec3(x, (subtract ? vec_sub : vec_add)[lane], v->d, a, b);
    if (vec_avx512()) {
        vec_move(x, T0, v->d); /* d a b: (d ^ a) & ~(a ^ b), (d ^ a) & (a ^ b) */
        vec_ternary(x, T0, a, b, subtract ? 0x24 : 0x18);
    } else {
        vec3(x, X64_pxor, T0, a, b);
        vec3(x, X64_pxor, T1, v->d, a);
        if (subtract) {
            vec3(x, X64_pand, T0, T0, T1);
        } else {
            vec3(x, X64_pandn, T0, T0, T1);
        }
    }
    vec_shift_imm(x, VEC_ARITHMETIC, lane, T1, v->d, shift);
    vec3l(x, X64_pxor, T1, T1, lane_top(lane));
    blend_by_sign(x, lane, v->d, T1);
    vec_sign(x, lane, T1, T0);
}

/* Unsigned words: min(a, ~b) + b, max(a, b) - b. */
static void wide_qadd_unsigned(struct x64 *x, const struct vec *v, unsigned a, unsigned b, bool subtract)
{
    unsigned lane = v->lane;
    if (lane == IR_S || vec_avx512()) {
        if (subtract) {
            vec3(x, lane == IR_S ? X64_pmaxud : X64_vpmaxuq, T1, a, b);
        } else {
            vec_not(x, T1, b);
            vec3(x, lane == IR_S ? X64_pminud : X64_vpminuq, T1, T1, a);
        }
        vec3(x, (subtract ? vec_sub : vec_add)[lane], v->d, T1, b);
        vec3(x, X64_pxor, T1, T1, a);
        return;
    }
    /* T1 = a < result of the sum, b > a of the difference, compared with the top bits inverted */
    vec3(x, (subtract ? vec_sub : vec_add)[lane], v->d, a, b);
    vec3l(x, X64_pxor, T0, a, lane_top(IR_D));
    vec3l(x, X64_pxor, T1, subtract ? b : v->d, lane_top(IR_D));
    if (subtract) {
        vec3(x, X64_pcmpgtq, T1, T1, T0);
        vec3(x, X64_pandn, T0, T1, v->d);
        vec_move(x, v->d, T0);
    } else {
        vec3(x, X64_pcmpgtq, T0, T0, T1);
        vec_move(x, T1, T0);
        vec3(x, X64_por, v->d, v->d, T1);
    }
}

/* d = a op b, a and b not d; T1: not zero where it saturated. */
static void qadd(struct x64 *x, const struct vec *v, unsigned a, unsigned b, bool is_signed, bool subtract)
{
    if (v->lane <= IR_H)
        narrow_qadd(x, v, a, b, is_signed, subtract);
    else if (is_signed)
        wide_qadd_signed(x, v, a, b, subtract);
    else
        wide_qadd_unsigned(x, v, a, b, subtract);
}

void vec_qadd(struct x64 *x, const struct vec *v)
{
    u16 op = v->op->op;
    qadd(x, v, v->a, v->b, op == IR_OP_vsqadd || op == IR_OP_vsqsub, op == IR_OP_vsqsub || op == IR_OP_vuqsub);
    vec_half(x, v, T1);
    vec_saturated(x, T1);
}

/* Signed plus unsigned: with a's top bit inverted it is an unsigned sum (vsuqadd) or a signed one (vusqadd), shifted by half
 * the range. */
void vec_mixed_qadd(struct x64 *x, const struct vec *v)
{
    u64 top = lane_top(v->lane);
    vec3l(x, X64_pxor, T2, v->a, top);
    narrow_qadd(x, v, T2, v->b, v->op->op == IR_OP_vusqadd, false);
    vec3l(x, X64_pxor, v->d, v->d, top);
    vec_half(x, v, T1);
    vec_saturated(x, T1);
}

/* The least number stays itself, which as an unsigned one is above the greatest. */
void vec_qabs(struct x64 *x, const struct vec *v)
{
    static const u16 abs[] = {X64_pabsb, X64_pabsw, X64_pabsd, X64_vpabsq};
    static const u16 umin[] = {X64_pminub, X64_pminuw, X64_pminud, X64_vpminuq};
    vec2(x, abs[v->lane], T1, v->a);
    vec3l(x, umin[v->lane], v->d, T1, splat(v->lane, ones(lane_bits(v->lane) - 1)));
    vec3(x, X64_pxor, T1, T1, v->d);
    vec_half(x, v, T1);
    vec_saturated(x, T1);
}

/* --- doubled products ---------------------------------------------------------------------------------------------------- */

/* Only the product of two least numbers is out of range, and wraps to the least number, which nothing else gives. */
static void repair_product(struct x64 *x, const struct vec *v, unsigned lane)
{
    u64 least = lane_top(lane);
    vec3l(x, vec_cmpeq[lane], T1, v->d, least);
    vec3(x, X64_pxor, v->d, v->d, T1);
}

/* High halves of the doubled products of words: even and odd ones as doublewords. */
static void qdmulh_words(struct x64 *x, const struct vec *v, bool rounded)
{
    vec_shift(x, X64_psrlq_i, T0, v->a, 32);
    vec_shift(x, X64_psrlq_i, T1, v->b, 32);
    vec3(x, X64_pmuldq, T1, T1, T0);
    vec3(x, X64_pmuldq, T0, v->a, v->b);
    vec3(x, X64_paddq, T0, T0, T0);
    vec3(x, X64_paddq, T1, T1, T1);
    if (rounded) {
        vec3l(x, X64_paddq, T0, T0, 1ull << 31);
        vec3l(x, X64_paddq, T1, T1, 1ull << 31);
    }
    vec_shift(x, X64_psrlq_i, T0, T0, 32);
    vec3i(x, X64_pblendw, v->d, T0, T1, 0xcc);
}

void vec_qdmulh(struct x64 *x, const struct vec *v)
{
    bool rounded = v->op->op == IR_OP_vsqrdmulh;
    if (v->lane == IR_S) {
        qdmulh_words(x, v, rounded);
    } else if (rounded) {
        vec3(x, X64_pmulhrsw, v->d, v->a, v->b);
    } else {
        vec3(x, X64_pmulhw, T0, v->a, v->b);
        vec3(x, X64_pmullw, v->d, v->a, v->b);
        vec_shift(x, X64_psrlw_i, v->d, v->d, 15);
        vec3(x, X64_paddw, T0, T0, T0);
        vec3(x, X64_por, v->d, v->d, T0);
    }
    repair_product(x, v, v->lane);
    vec_half(x, v, T1);
    vec_saturated(x, T1);
}

void vec_qdmull(struct x64 *x, const struct vec *v)
{
    bool high = v->op->imm & 1;
    if (v->lane == IR_H) {
        vec3(x, X64_pmullw, v->d, v->a, v->b);
        vec3(x, X64_pmulhw, T0, v->a, v->b);
        vec3(x, high ? X64_punpckhwd : X64_punpcklwd, v->d, v->d, T0);
    } else {
        x64_rri(&x->c, X64_pshufd, T0, v->a, high ? 0xfa : 0x50);
        x64_rri(&x->c, X64_pshufd, v->d, v->b, high ? 0xfa : 0x50);
        vec3(x, X64_pmuldq, v->d, v->d, T0);
    }
    vec3(x, vec_add[v->lane + 1], v->d, v->d, v->d);
    repair_product(x, v, v->lane + 1);
    vec_saturated(x, T1);
}
