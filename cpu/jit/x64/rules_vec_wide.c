/* Integer vectors: lanes that change size, dot products, and results of all lanes. */
#include "jit/x64/vec.h"

static const u16 sign_extend[] = {X64_pmovsxbw, X64_pmovsxwd, X64_pmovsxdq}, zero_extend[] = {X64_pmovzxbw, X64_pmovzxwd, X64_pmovzxdq};
static const u16 unpack_low[] = {X64_punpcklbw, X64_punpcklwd, X64_punpckldq}, unpack_high[] = {X64_punpckhbw, X64_punpckhwd, X64_punpckhdq};

/* d = lanes of one half of a, extended. May change d only. */
static void extend(struct x64 *x, unsigned lane, unsigned d, unsigned a, bool high, bool is_signed)
{
    if (high) {
        x64_rri(&x->c, X64_pshufd, d, a, 0xee);
        a = d;
    }
    vec2(x, (is_signed ? sign_extend : zero_extend)[lane], d, a);
}

void vec_extend(struct x64 *x, const struct vec *v)
{
    bool is_signed = v->op->op == IR_OP_vsxtl;
    if (!is_signed && v->op->imm & 1) {
        vec_zero(x, T0);
        vec3(x, unpack_high[v->lane], v->d, v->a, T0);
    } else {
        extend(x, v->lane, v->d, v->a, v->op->imm & 1, is_signed);
    }
}

void vec_mull(struct x64 *x, const struct vec *v)
{
    bool is_signed = v->op->op == IR_OP_vsmull, high = v->op->imm & 1;
    switch (v->lane) {
    case IR_B:
        extend(x, IR_B, T0, v->a, high, is_signed);
        extend(x, IR_B, v->d, v->b, high, is_signed);
        vec3(x, X64_pmullw, v->d, v->d, T0);
        break;
    case IR_H:
        vec3(x, X64_pmullw, v->d, v->a, v->b);
        vec3(x, is_signed ? X64_pmulhw : X64_pmulhuw, T0, v->a, v->b);
        vec3(x, (high ? unpack_high : unpack_low)[IR_H], v->d, v->d, T0);
        break;
    default:
        x64_rri(&x->c, X64_pshufd, T0, v->a, high ? 0xfa : 0x50);
        x64_rri(&x->c, X64_pshufd, v->d, v->b, high ? 0xfa : 0x50);
        vec3(x, is_signed ? X64_pmuldq : X64_pmuludq, v->d, v->d, T0);
        break;
    }
}

void vec_pmull(struct x64 *x, const struct vec *v)
{
    bool high = v->op->imm & 1;
    if (v->lane == IR_D) {
        vec3i(x, X64_pclmulqdq, v->d, v->a, v->b, high ? 0x11 : 0);
        return;
    }
    /* Bit by bit of b from the top, in 16-bit lanes. */
    extend(x, IR_B, T2, v->a, high, false);
    extend(x, IR_B, T0, v->b, high, false);
    vec_shift(x, X64_psllw_i, T0, T0, 8);
    vec_zero(x, v->d);
    for (unsigned i = 0; i < 8; i++) {
        if (i)
            vec3(x, X64_paddw, v->d, v->d, v->d);
        vec_shift(x, X64_psraw_i, T1, T0, 15);
        vec3(x, X64_pand, T1, T1, T2);
        vec3(x, X64_pxor, v->d, v->d, T1);
        if (i < 7)
            vec3(x, X64_paddw, T0, T0, T0);
    }
}

/* Sums of neighbours; `lane` is the wide one. */
static void add_pairs(struct x64 *x, unsigned lane, unsigned d, unsigned a, bool is_signed)
{
    if (lane == IR_H && !is_signed) {
        vec3l(x, X64_pmaddubsw, d, a, splat8(1));
    } else if (lane == IR_H) {
        x64_literal_load(x, d, splat8(1), splat8(1)); /* the first operand is the unsigned one */
        vec3(x, X64_pmaddubsw, d, d, a);
    } else if (lane == IR_S && is_signed) {
        vec3l(x, X64_pmaddwd, d, a, splat16(1));
    } else if (is_signed) {
        x64_rri(&x->c, X64_pshufd, T0, a, 0xf5);
        x64_literal_load(x, T1, 1, 1);
        vec3(x, X64_pmuldq, d, a, T1);
        vec3(x, X64_pmuldq, T0, T0, T1);
        vec3(x, X64_paddq, d, d, T0);
    } else {
        vec_shift(x, lane == IR_S ? X64_psrld_i : X64_psrlq_i, T0, a, (i32)lane_bits(lane) / 2);
        vec3l(x, X64_pand, d, a, splat(lane, ones(lane_bits(lane) / 2)));
        vec3(x, vec_add[lane], d, d, T0);
    }
}

void vec_addlp(struct x64 *x, const struct vec *v) { add_pairs(x, v->lane, v->d, v->a, v->op->op == IR_OP_vsaddlp); }

/* --- narrowing ----------------------------------------------------------------------------------------------------------- */

void vec_xtn(struct x64 *x, const struct vec *v)
{
    u8 pick[16], bytes = (u8)(1u << v->lane);
    for (unsigned i = 0; i < 16; i++)
        pick[i] = i < 8 ? (u8)(i / bytes * 2 * bytes + i % bytes) : 0x80;
    vec_shuffle(x, v->d, v->a, pick);
}

/* Saturated: widening the result again must give the operand. */
void vec_narrow(struct x64 *x, const struct vec *v)
{
    u16 op = v->op->op;
    if (v->lane == IR_S) {
        unsigned from = v->a;
        if (op == IR_OP_vsqxtun) {
            vec_zero(x, T0);
            vec3(x, X64_vpmaxsq, T0, v->a, T0);
            from = T0;
        }
        /* VPMOV[U]SQD names its destination second */
        x64_rvri(&x->c, op == IR_OP_vsqxtn ? X64_vpmovsqd : X64_vpmovusqd, from, 0, v->d, 0);
    } else {
        static const u16 to_signed[] = {X64_packsswb, X64_packssdw}, to_unsigned[] = {X64_packuswb, X64_packusdw};
        unsigned from = v->a;
        vec_zero(x, T1);
        if (op == IR_OP_vuqxtn) {
            vec3l(x, v->lane == IR_B ? X64_pminuw : X64_pminud, T0, v->a, splat(v->lane + 1, ones(lane_bits(v->lane))));
            from = T0;
        }
        vec3(x, (op == IR_OP_vsqxtn ? to_signed : to_unsigned)[v->lane], v->d, from, T1);
    }
    vec2(x, (op == IR_OP_vsqxtn ? sign_extend : zero_extend)[v->lane], T1, v->d);
    vec3(x, X64_pxor, T1, T1, v->a);
    vec_saturated(x, T1);
}

/* --- dot products -------------------------------------------------------------------------------------------------------- */

/* d = z plus products of groups of four bytes, for unsigned or signed ones. VPDPBUSD multiplies unsigned with signed ones:
 * an operand of the wrong kind is shifted by 128, and 128 times the sum of the other one taken off again. */
static void dot_vnni(struct x64 *x, const struct vec *v)
{
    if (v->op->op == IR_OP_vusdot) {
        vec_move(x, v->d, v->c);
        vec3(x, X64_vpdpbusd, v->d, v->a, v->b);
        return;
    }
    bool is_signed = v->op->op == IR_OP_vsdot;
    vec_zero(x, T1);
    x64_literal_load(x, T0, lane_top(IR_B), lane_top(IR_B));
    if (is_signed)
        vec3(x, X64_vpdpbusd, T1, T0, v->b); /* 128 b */
    else
        vec3(x, X64_vpdpbusd, T1, v->a, T0); /* -128 a */
    vec3(x, X64_pxor, T0, T0, is_signed ? v->a : v->b);
    vec_move(x, v->d, v->c);
    if (is_signed)
        vec3(x, X64_vpdpbusd, v->d, T0, v->b); /* (a + 128) b */
    else
        vec3(x, X64_vpdpbusd, v->d, v->a, T0); /* a (b - 128) */
    vec3(x, X64_psubd, v->d, v->d, T1);
}

/* to = the even or odd bytes of a as 16-bit lanes. */
static void bytes_to_words(struct x64 *x, unsigned to, unsigned a, bool odd, bool is_signed)
{
    if (!odd && !is_signed) {
        vec3l(x, X64_pand, to, a, splat16(0xff));
        return;
    }
    if (!odd) {
        vec_shift(x, X64_psllw_i, to, a, 8);
        a = to;
    }
    vec_shift(x, is_signed ? X64_psraw_i : X64_psrlw_i, to, a, 8);
}

void vec_dot(struct x64 *x, const struct vec *v)
{
    if (x64_shared.avx512vnni && x64_shared.avx512vl) {
        dot_vnni(x, v);
        return;
    }
    bool a_signed = v->op->op == IR_OP_vsdot, b_signed = v->op->op != IR_OP_vudot;
    vec_move(x, v->d, v->c);
    for (unsigned odd = 0; odd < 2; odd++) {
        bytes_to_words(x, T0, v->a, odd, a_signed);
        bytes_to_words(x, T1, v->b, odd, b_signed);
        vec3(x, X64_pmaddwd, T0, T0, T1);
        vec3(x, X64_paddd, v->d, v->d, T0);
    }
}

/* --- across lanes -------------------------------------------------------------------------------------------------------- */

/* d = lane 0 of d alone. */
static void keep_low(struct x64 *x, unsigned lane, unsigned d)
{
    if (lane == IR_D)
        x64_rr(&x->c, X64_movq, d, d);
    else
        vec3ll(x, X64_pand, d, d, ones(lane_bits(lane)), 0);
}

/* d = sum of its doublewords, in the lowest one. */
static void fold64(struct x64 *x, unsigned d)
{
    x64_rri(&x->c, X64_pshufd, T0, d, 0xee);
    vec3(x, X64_paddq, d, d, T0);
}

/* d = sum of the bytes of a. */
static void sum_bytes(struct x64 *x, const struct vec *v, unsigned a)
{
    vec_zero(x, T0);
    vec3(x, X64_psadbw, v->d, a, T0);
    if (v->full)
        fold64(x, v->d);
}

/* d = op of all lanes of d, in the lowest one; those above the half are left out unless full. */
static void fold(struct x64 *x, const struct vec *v, unsigned lane, unsigned insn)
{
    static const u16 right[] = {X64_psrlw_i, X64_psrld_i, X64_psrlq_i};
    if (v->full) {
        x64_rri(&x->c, X64_pshufd, T0, v->d, 0xee);
        vec3(x, insn, v->d, v->d, T0);
    }
    for (unsigned wide = IR_D; wide > lane; wide--) {
        vec_shift(x, right[wide - 1], T0, v->d, (i32)lane_bits(wide) / 2);
        vec3(x, insn, v->d, v->d, T0);
    }
}

void vec_addv(struct x64 *x, const struct vec *v)
{
    if (v->lane == IR_B) {
        sum_bytes(x, v, v->a);
    } else {
        vec_move(x, v->d, v->a);
        fold(x, v, v->lane, vec_add[v->lane]);
    }
    keep_low(x, v->lane, v->d);
}

/* Lanes B H S; the result is twice as wide. */
void vec_addlv(struct x64 *x, const struct vec *v)
{
    bool is_signed = v->op->op == IR_OP_vsaddlv;
    if (v->lane == IR_B && is_signed) {
        vec3l(x, X64_pxor, T1, v->a, lane_top(IR_B));
        sum_bytes(x, v, T1);
        vec3ll(x, X64_psubw, v->d, v->d, v->full ? 16 * 128 : 8 * 128, 0);
    } else if (v->lane == IR_B) {
        sum_bytes(x, v, v->a);
    } else {
        add_pairs(x, v->lane + 1, v->d, v->a, is_signed);
        fold(x, v, v->lane + 1, vec_add[v->lane + 1]);
    }
    keep_low(x, v->lane + 1, v->d);
}

/* PHMINPOSUW finds the least of eight unsigned 16-bit lanes: others are brought to that by inverting bits, and bytes by the
 * minimum of neighbours. */
static void minmax_words(struct x64 *x, const struct vec *v, bool maximum, bool is_signed)
{
    u64 invert = splat(v->lane, (maximum ? ones(lane_bits(v->lane)) : 0) ^ (is_signed ? 1ull << (lane_bits(v->lane) - 1) : 0));
    unsigned from = v->a;
    if (!v->full) {
        x64_rri(&x->c, X64_pshufd, v->d, v->a, 0x44);
        from = v->d;
    }
    if (invert) {
        vec3l(x, X64_pxor, v->d, from, invert);
        from = v->d;
    }
    if (v->lane == IR_B) {
        vec_shift(x, X64_psrlw_i, T0, from, 8);
        vec3(x, X64_pminub, v->d, from, T0);
        from = v->d;
    }
    vec2(x, X64_phminposuw, v->d, from);
    if (invert)
        vec3ll(x, X64_pxor, v->d, v->d, invert, 0);
    keep_low(x, v->lane, v->d);
}

void vec_minmaxv(struct x64 *x, const struct vec *v)
{
    u16 op = v->op->op;
    bool maximum = op == IR_OP_vsmaxv || op == IR_OP_vumaxv, is_signed = op == IR_OP_vsmaxv || op == IR_OP_vsminv;
    if (v->lane <= IR_H) {
        minmax_words(x, v, maximum, is_signed);
        return;
    }
    vec_move(x, v->d, v->a);
    fold(x, v, v->lane, v->row->insn[v->lane]);
    keep_low(x, v->lane, v->d);
}
