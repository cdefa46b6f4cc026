/* Integer vectors: arithmetic and comparisons by lane. */
#include "jit/x64/vec.h"

/* Of the lanes as 32 bits each: lo(a) lo(b) + ((hi(a) lo(b) + lo(a) hi(b)) << 32). */
static void mul64(struct x64 *x, const struct vec *v)
{
    if (vec_avx512()) {
        vec3(x, X64_vpmullq, v->d, v->a, v->b);
        return;
    }
    vec_shift(x, X64_psrlq_i, T0, v->a, 32);
    vec3(x, X64_pmuludq, T0, T0, v->b);
    vec_shift(x, X64_psrlq_i, T1, v->b, 32);
    vec3(x, X64_pmuludq, T1, T1, v->a);
    vec3(x, X64_paddq, T0, T0, T1);
    vec_shift(x, X64_psllq_i, T0, T0, 32);
    vec3(x, X64_pmuludq, v->d, v->a, v->b);
    vec3(x, X64_paddq, v->d, v->d, T0);
}

void vec_mul(struct x64 *x, const struct vec *v)
{
    if (v->lane == IR_D) {
        mul64(x, v);
        return;
    }
    if (v->lane != IR_B) {
        vec3(x, v->lane == IR_H ? X64_pmullw : X64_pmulld, v->d, v->a, v->b);
        return;
    }
    /* Even bytes, then odd ones. */
    vec3(x, X64_pmullw, T0, v->a, v->b);
    vec3l(x, X64_pand, T0, T0, splat16(0xff));
    vec_shift(x, X64_psrlw_i, v->d, v->a, 8);
    vec_shift(x, X64_psrlw_i, T1, v->b, 8);
    vec3(x, X64_pmullw, v->d, v->d, T1);
    vec_shift(x, X64_psllw_i, v->d, v->d, 8);
    vec3(x, X64_por, v->d, v->d, T0);
}

void vec_neg(struct x64 *x, const struct vec *v)
{
    vec_zero(x, T0);
    vec3(x, vec_sub[v->lane], v->d, T0, v->a);
}

void vec_abs(struct x64 *x, const struct vec *v)
{
    if (v->lane < IR_D) {
        vec2(x, v->row->insn[v->lane], v->d, v->a);
    } else if (vec_avx512()) {
        vec2(x, X64_vpabsq, v->d, v->a);
    } else {
        vec_sign(x, IR_D, T0, v->a);
        vec3(x, X64_pxor, v->d, v->a, T0);
        vec3(x, X64_psubq, v->d, v->d, T0);
    }
}

/* The row's instructions are the maximum; the minimum by lane. */
void vec_abs_difference(struct x64 *x, const struct vec *v)
{
    static const u16 smin[4] = {X64_pminsb, X64_pminsw, X64_pminsd, X64_vpminsq};
    static const u16 umin[4] = {X64_pminub, X64_pminuw, X64_pminud, X64_vpminuq};
    vec3(x, v->row->insn[v->lane], v->d, v->a, v->b);
    vec3(x, (v->op->op == IR_OP_vsabd ? smin : umin)[v->lane], T0, v->a, v->b);
    vec3(x, vec_sub[v->lane], v->d, v->d, T0);
}

/* --- halving ------------------------------------------------------------------------------------------------------------- */

/* PAVG gives the rounded halved sum of unsigned numbers. Signed ones become unsigned by their top bit, and back. */
static void halve_bytes(struct x64 *x, const struct vec *v, bool is_signed, bool rounded)
{
    unsigned avg = v->lane == IR_B ? X64_pavgb : X64_pavgw;
    u64 top = lane_top(v->lane);
    unsigned a = v->a, b = v->b;
    if (is_signed) {
        vec3l(x, X64_pxor, T0, a, top);
        vec3l(x, X64_pxor, T1, b, top);
        a = T0;
        b = T1;
    }
    vec3(x, avg, v->d, a, b);
    if (!rounded) {
        vec3(x, X64_pxor, T0, a, b);
        vec3l(x, X64_pand, T0, T0, splat(v->lane, 1));
        vec3(x, vec_sub[v->lane], v->d, v->d, T0);
    }
    if (is_signed)
        vec3l(x, X64_pxor, v->d, v->d, top);
}

/* (a - b) / 2 is the average of a and ~b, less half the range; rounded up, as it must be since ~b is -b - 1. */
static void halve_byte_difference(struct x64 *x, const struct vec *v, bool is_signed)
{
    vec_not(x, T1, v->b);
    if (is_signed) {
        vec3l(x, X64_pxor, T1, T1, lane_top(IR_B));
        vec3l(x, X64_pxor, v->d, v->a, lane_top(IR_B));
        vec3(x, X64_pavgb, v->d, v->d, T1);
    } else {
        vec3(x, X64_pavgb, v->d, v->a, T1);
    }
    vec3l(x, X64_pxor, v->d, v->d, lane_top(IR_B));
}

/* a + b = 2(a & b) + (a ^ b) = 2(a | b) - (a ^ b); a - b = (a ^ b) - 2(~a & b). */
void vec_halve(struct x64 *x, const struct vec *v)
{
    u16 op = v->op->op;
    bool is_signed = op == IR_OP_vshadd || op == IR_OP_vsrhadd || op == IR_OP_vshsub;
    bool rounded = op == IR_OP_vsrhadd || op == IR_OP_vurhadd, difference = op == IR_OP_vshsub || op == IR_OP_vuhsub;
    if (!difference && v->lane <= IR_H) {
        halve_bytes(x, v, is_signed, rounded);
        return;
    }
    if (difference && v->lane == IR_B) {
        halve_byte_difference(x, v, is_signed);
        return;
    }
    vec3(x, X64_pxor, T0, v->a, v->b);
    vec_shift_imm(x, is_signed ? VEC_ARITHMETIC : VEC_RIGHT, v->lane, T0, T0, 1);
    if (difference) {
        vec3(x, X64_pandn, T1, v->a, v->b);
        vec3(x, vec_sub[v->lane], v->d, T0, T1);
    } else if (rounded) {
        vec3(x, X64_por, v->d, v->a, v->b);
        vec3(x, vec_sub[v->lane], v->d, v->d, T0);
    } else {
        vec3(x, X64_pand, v->d, v->a, v->b);
        vec3(x, vec_add[v->lane], v->d, v->d, T0);
    }
}

/* --- comparisons --------------------------------------------------------------------------------------------------------- */

/* d = a > b of unsigned doublewords. */
static void greater_unsigned64(struct x64 *x, unsigned d, unsigned a, unsigned b)
{
    vec3l(x, X64_pxor, T1, b, lane_top(IR_D));
    vec3l(x, X64_pxor, d, a, lane_top(IR_D));
    vec3(x, X64_pcmpgtq, d, d, T1);
}

/* a >= b: a is the maximum of both. The row's instructions are the maximum. */
void vec_compare_ge(struct x64 *x, const struct vec *v)
{
    if (v->lane < IR_D || vec_avx512()) {
        vec3(x, v->row->insn[v->lane], v->d, v->a, v->b);
        vec3(x, vec_cmpeq[v->lane], v->d, v->d, v->a);
        return;
    }
    if (v->op->op == IR_OP_vcmpge)
        vec3(x, X64_pcmpgtq, T0, v->b, v->a);
    else
        greater_unsigned64(x, T0, v->b, v->a);
    vec_not(x, v->d, T0);
}

/* a > b: a is not the minimum. */
void vec_compare_hi(struct x64 *x, const struct vec *v)
{
    if (v->lane < IR_D || vec_avx512()) {
        vec3(x, v->row->insn[v->lane], T0, v->a, v->b);
        vec3(x, vec_cmpeq[v->lane], T0, T0, v->a);
        vec_not(x, v->d, T0);
    } else {
        greater_unsigned64(x, v->d, v->a, v->b);
    }
}

void vec_test(struct x64 *x, const struct vec *v)
{
    if (v->op->a == v->op->b)
        vec_move(x, T0, v->a);
    else
        vec3(x, X64_pand, T0, v->a, v->b);
    vec_zero(x, T1);
    vec3(x, vec_cmpeq[v->lane], T0, T0, T1);
    vec_not(x, v->d, T0);
}

/* --- bits ---------------------------------------------------------------------------------------------------------------- */

/* d = table of 16 bytes looked up by the low (high) four bits of each byte of a; may change d only. */
static void by_nibble(struct x64 *x, unsigned d, unsigned a, bool high, const u8 table[16])
{
    union v128 m;
    memcpy(m.b, table, 16);
    if (high)
        vec_shift(x, X64_psrlw_i, T2, a, 4);
    vec3l(x, X64_pand, T2, high ? T2 : a, splat8(15));
    x64_literal_load(x, d, m.d[0], m.d[1]);
    vec3(x, X64_pshufb, d, d, T2);
}

static void clz_bytes(struct x64 *x, unsigned d, unsigned a)
{
    /* The high bits decide unless they are zero; then their count is the larger one. */
    static const u8 high[16] = {0xff, 3, 2, 2, 1, 1, 1, 1}, low[16] = {8, 7, 6, 6, 5, 5, 5, 5, 4, 4, 4, 4, 4, 4, 4, 4};
    by_nibble(x, T1, a, true, high);
    by_nibble(x, d, a, false, low);
    vec3(x, X64_pminub, d, d, T1);
}

/* d = counts of lanes twice as wide as `half`, of those of its halves: the high one, and if that is all the low one too. */
static void join_counts(struct x64 *x, unsigned d, unsigned half)
{
    static const u16 right[] = {X64_psrlw_i, X64_psrld_i, X64_psrlq_i};
    unsigned bits = lane_bits(half);
    vec_shift(x, right[half], T0, d, (i32)bits);
    vec3l(x, X64_pand, d, d, splat(half + 1, ones(bits)));
    vec3l(x, vec_cmpeq[half + 1 == IR_D ? IR_S : half + 1], T1, T0, splat(half + 1, bits));
    vec3(x, X64_pand, d, d, T1);
    vec3(x, vec_add[half + 1], d, d, T0);
}

static void clz(struct x64 *x, unsigned lane, unsigned d, unsigned a)
{
    if (lane >= IR_S && vec_avx512()) {
        vec2(x, lane == IR_S ? X64_vplzcntd : X64_vplzcntq, d, a);
        return;
    }
    clz_bytes(x, d, a);
    for (unsigned half = IR_B; half < lane; half++)
        join_counts(x, d, half);
}

void vec_clz(struct x64 *x, const struct vec *v) { clz(x, v->lane, v->d, v->a); }

/* Leading zeros of the bits exclusive-or the sign, less the sign itself. */
void vec_cls(struct x64 *x, const struct vec *v)
{
    vec_sign(x, v->lane, T0, v->a);
    vec3(x, X64_pxor, T0, T0, v->a);
    clz(x, v->lane, v->d, T0);
    vec3l(x, vec_sub[v->lane], v->d, v->d, splat(v->lane, 1));
}

/* Bytes: number of ones, or bits reversed. */
void vec_cnt(struct x64 *x, const struct vec *v)
{
    static const u8 count[16] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};
    static const u8 reversed[16] = {0x00, 0x80, 0x40, 0xc0, 0x20, 0xa0, 0x60, 0xe0,
                                    0x10, 0x90, 0x50, 0xd0, 0x30, 0xb0, 0x70, 0xf0};
    if (v->op->op == IR_OP_vcnt && x64_shared.avx512bitalg && x64_shared.avx512vl) {
        vec2(x, X64_vpopcntb, v->d, v->a);
    } else if (v->op->op == IR_OP_vcnt) {
        by_nibble(x, T0, v->a, false, count);
        by_nibble(x, v->d, v->a, true, count);
        vec3(x, X64_paddb, v->d, v->d, T0);
    } else if (x64_shared.gfni) {
        /* bit i from bit 7 - i: row i, byte 7 - i, has bit 7 - i */
        u64 matrix = 0x8040201008040201;
        unsigned insn = x64_shared.avx ? X64_vgf2p8affineqb : X64_gf2p8affineqb;
        vec3l(x, insn, v->d, v->a, matrix);
    } else {
        u8 high[16];
        for (unsigned i = 0; i < 16; i++)
            high[i] = reversed[i] >> 4;
        by_nibble(x, T0, v->a, false, reversed);
        by_nibble(x, v->d, v->a, true, high);
        vec3(x, X64_por, v->d, v->d, T0);
    }
}

/* Carry-less products, bit by bit of b from the top: low halves (vpmul), or the products of bytes (vec_pmull). */
void vec_pmul(struct x64 *x, const struct vec *v)
{
    vec_move(x, T0, v->b);
    vec_zero(x, v->d);
    for (unsigned i = 0; i < 8; i++) {
        if (i)
            vec3(x, X64_paddb, v->d, v->d, v->d);
        vec_zero(x, T1);
        vec3(x, X64_pcmpgtb, T1, T1, T0);
        vec3(x, X64_pand, T1, T1, v->a);
        vec3(x, X64_pxor, v->d, v->d, T1);
        if (i < 7)
            vec3(x, X64_paddb, T0, T0, T0);
    }
}
