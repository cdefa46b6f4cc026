/* Values of the rows of ops_vec.def that are more than an expression: on single lanes (ir_lane_*, inline: the evaluator
 * is specialised for the lane size L in bits, 8 to 64) and on whole vectors (ir_vec_*). Lanes are passed zero-extended
 * and results are cut to L bits by the caller. Semantics: Arm ARM (DDI 0487) C7.2, shared/functions of J1.1. Functions
 * that take cpu set FP_QC in its fp_flags when they saturate. */
#ifndef XRUN_IR_VEC_H
#define XRUN_IR_VEC_H

#include "ir/eval_support.h"

/* Lane i as a signed or an unsigned number. */
static inline i64 ir_lane_get_as(const union v128 *v, unsigned lane, u64 i, bool is_signed)
{
    return is_signed ? ir_lane_get_signed(v, lane, i) : (i64)ir_lane_get(v, lane, i);
}

/* --- one lane ---------------------------------------------------------------------------------------------------- */

/* Adds FP_QC to the flags if saturated. */
static inline void ir_set_qc(struct cpu_common *cpu, bool saturated) { cpu->fp_flags |= saturated ? FP_QC : 0; }

/* Leading bits that equal the sign bit, without it. */
static inline u64 ir_lane_cls(unsigned L, u64 a)
{
    i64 x = sext(a, L);
    return clz64((u64)(x ^ x >> 63)) - (64 - L) - 1;
}
/* Carry-less product, low 64 bits. */
u64 ir_lane_clmul(u64 a, u64 b);
/* Arm ARM UnsignedRecipEstimate, UnsignedRSqrtEstimate. */
u32 ir_lane_urecpe(u32 a);
u32 ir_lane_ursqrte(u32 a);

/* Shifts right by n >= 1 with rounding; any n. */
static inline u64 ir_lane_urshr(unsigned L, u64 a, u64 n)
{
    return n > L ? 0 : (a >> (n - 1) >> 1) + (a >> (n - 1) & 1);
}
static inline u64 ir_lane_srshr(unsigned L, u64 a, u64 n)
{
    i64 x = sext(a, L);
    return n >= L ? 0 : (u64)(x >> n) + ((u64)x >> (n - 1) & 1);
}
/* Shifts by a signed count. */
static inline u64 ir_lane_ushl(unsigned L, u64 a, int n)
{
    int w = (int)L;
    return n >= w || n <= -w ? 0 : n >= 0 ? a << n : a >> -n;
}
static inline u64 ir_lane_sshl(unsigned L, u64 a, int n)
{
    int w = (int)L;
    return n >= w ? 0 : n >= 0 ? a << n : (u64)(sext(a, L) >> (n <= -w ? w - 1 : -n));
}
static inline u64 ir_lane_urshl(unsigned L, u64 a, int n)
{
    return n >= 0 ? ir_lane_ushl(L, a, n) : ir_lane_urshr(L, a, (u64)-n);
}
static inline u64 ir_lane_srshl(unsigned L, u64 a, int n)
{
    return n >= 0 ? ir_lane_sshl(L, a, n) : ir_lane_srshr(L, a, (u64)-n);
}
/* Shifts by a signed count (sqshlu: n >= 0), saturated to the left, rounded to the right if asked. sqshlu: a is
 * signed, the result unsigned. */
static inline u64 ir_lane_uqshl(struct cpu_common *cpu, unsigned L, u64 a, int n, bool rounded)
{
    if (n < 0)
        return rounded ? ir_lane_urshr(L, a, (u64)-n) : ir_lane_ushl(L, a, n);
    bool over = n >= (int)L ? a != 0 : (a << n & ones(L)) >> n != a;
    ir_set_qc(cpu, over);
    return over ? ones(L) : n >= (int)L ? 0 : a << n;
}
static inline u64 ir_lane_sqshl(struct cpu_common *cpu, unsigned L, u64 a, int n, bool rounded)
{
    if (n < 0)
        return rounded ? ir_lane_srshr(L, a, (u64)-n) : ir_lane_sshl(L, a, n);
    i64 x = sext(a, L);
    bool over = n >= (int)L ? a != 0 : sext(a << n, L) >> n != x;
    ir_set_qc(cpu, over);
    return over ? ones(L - 1) + (x < 0) : n >= (int)L ? 0 : a << n;
}
static inline u64 ir_lane_sqshlu(struct cpu_common *cpu, unsigned L, u64 a, u64 n)
{
    if (sext(a, L) >= 0)
        return ir_lane_uqshl(cpu, L, a, (int)n, false);
    ir_set_qc(cpu, true);
    return 0;
}

/* x cut to a signed, an unsigned number of L bits; L < 64. */
static inline u64 ir_sat_s(struct cpu_common *cpu, unsigned L, i64 x)
{
    i64 max = (i64)ones(L - 1), min = -max - 1;
    ir_set_qc(cpu, x > max || x < min);
    return (u64)(x > max ? max : x < min ? min : x);
}
static inline u64 ir_sat_u(struct cpu_common *cpu, unsigned L, i64 x)
{
    i64 max = (i64)ones(L);
    ir_set_qc(cpu, x > max || x < 0);
    return (u64)(x > max ? max : x < 0 ? 0 : x);
}

/* Saturated sums and differences: of signed, of unsigned numbers; suqadd: signed a + unsigned b, signed; usqadd:
 * unsigned a + signed b, unsigned. */
static inline u64 ir_lane_sqadd(struct cpu_common *cpu, unsigned L, u64 a, u64 b)
{
    if (L < 64)
        return ir_sat_s(cpu, L, sext(a, L) + sext(b, L));
    i64 r;
    bool over = __builtin_add_overflow((i64)a, (i64)b, &r);
    ir_set_qc(cpu, over);
    return over ? ones(63) + (a >> 63) : (u64)r;
}
static inline u64 ir_lane_sqsub(struct cpu_common *cpu, unsigned L, u64 a, u64 b)
{
    if (L < 64)
        return ir_sat_s(cpu, L, sext(a, L) - sext(b, L));
    i64 r;
    bool over = __builtin_sub_overflow((i64)a, (i64)b, &r);
    ir_set_qc(cpu, over);
    return over ? ones(63) + (a >> 63) : (u64)r;
}
static inline u64 ir_lane_uqadd(struct cpu_common *cpu, unsigned L, u64 a, u64 b)
{
    bool over = b > (~a & ones(L));
    ir_set_qc(cpu, over);
    return over ? ones(L) : a + b;
}
static inline u64 ir_lane_uqsub(struct cpu_common *cpu, unsigned L, u64 a, u64 b)
{
    (void)L;
    ir_set_qc(cpu, b > a);
    return b > a ? 0 : a - b;
}
static inline u64 ir_lane_suqadd(struct cpu_common *cpu, unsigned L, u64 a, u64 b)
{
    i64 x = sext(a, L);
    bool over = b > ones(L - 1) - (u64)x; /* room above x: at most 2^L - 1, so the difference is exact */
    ir_set_qc(cpu, over);
    return over ? ones(L - 1) : a + b;
}
static inline u64 ir_lane_usqadd(struct cpu_common *cpu, unsigned L, u64 a, u64 b)
{
    i64 y = sext(b, L);
    if (y >= 0)
        return ir_lane_uqadd(cpu, L, a, (u64)y);
    return ir_lane_uqsub(cpu, L, a, -(u64)y);
}
/* L is 16 or 32. The product overflows only where both are the minimum. */
static inline u64 ir_lane_sqdmulh(struct cpu_common *cpu, unsigned L, u64 a, u64 b, bool rounded)
{
    u64 p = (u64)sext(a, L) * (u64)sext(b, L) + (rounded ? 1ull << (L - 2) : 0);
    return ir_sat_s(cpu, L, (i64)p >> (L - 1));
}
/* (c << L +- 2ab + 2^(L-1)) >> L; c * 2^(L-1) +- ab stays within 64 bits. */
static inline u64 ir_lane_sqrdmla(struct cpu_common *cpu, unsigned L, u64 c, u64 a, u64 b, bool subtract)
{
    u64 p = (u64)sext(a, L) * (u64)sext(b, L);
    u64 sum = ((u64)sext(c, L) << (L - 1)) + (subtract ? -p : p) + (1ull << (L - 2));
    return ir_sat_s(cpu, L, (i64)sum >> (L - 1));
}

/* --- whole vectors: moving lanes ---------------------------------------------------------------------------------- */

/* DUP, INS, and lane 0 alone. */
static inline union v128 ir_vec_dup(u64 value, unsigned lane, bool full)
{
    union v128 r = {0};
    for (unsigned i = 0; i < ir_lane_count(lane, full); i++)
        ir_lane_set(&r, lane, i, value);
    return r;
}
static inline union v128 ir_vec_insert(union v128 x, unsigned lane, u64 index, u64 value)
{
    ir_lane_set(&x, lane, index, value);
    return x;
}
static inline union v128 ir_vec_low(union v128 x, unsigned lane)
{
    return (union v128){.d = {ir_lane_get(&x, lane, 0), 0}};
}
/* REV16, REV32, REV64: lanes reversed within containers of enum ir_lane `container`. */
static inline union v128 ir_vec_rev(union v128 x, unsigned lane, u64 container)
{
    union v128 r;
    unsigned flip = (1u << ((container - lane) & 3)) - 1;
    for (unsigned i = 0; i < ir_lane_count(lane, true); i++)
        ir_lane_set(&r, lane, i, ir_lane_get(&x, lane, i ^ flip));
    return r;
}
/* EXT: bytes of y:x from byte `first`. */
static inline union v128 ir_vec_ext(union v128 x, union v128 y, bool full, u64 first)
{
    union v128 r = {0};
    unsigned n = full ? 16 : 8, skip = (unsigned)first & (n - 1);
    memcpy(r.b, x.b + skip, n - skip);
    memcpy(r.b + n - skip, y.b, skip);
    return r;
}
/* ZIP1 and 2 (half 0, 1), UZP1 and 2, TRN1 and 2 (odd 0, 1). */
static inline union v128 ir_vec_zip(union v128 x, union v128 y, unsigned lane, bool full, unsigned half)
{
    union v128 r = {0};
    unsigned n = ir_lane_count(lane, full) / 2;
    for (unsigned i = 0; i < n; i++) {
        ir_lane_set(&r, lane, 2 * i, ir_lane_get(&x, lane, half * n + i));
        ir_lane_set(&r, lane, 2 * i + 1, ir_lane_get(&y, lane, half * n + i));
    }
    return r;
}
static inline union v128 ir_vec_uzp(union v128 x, union v128 y, unsigned lane, bool full, unsigned odd)
{
    union v128 r = {0};
    unsigned n = ir_lane_count(lane, full) / 2;
    for (unsigned i = 0; i < n; i++) {
        ir_lane_set(&r, lane, i, ir_lane_get(&x, lane, 2 * i + odd));
        ir_lane_set(&r, lane, n + i, ir_lane_get(&y, lane, 2 * i + odd));
    }
    return r;
}
static inline union v128 ir_vec_trn(union v128 x, union v128 y, unsigned lane, bool full, unsigned odd)
{
    union v128 r = {0};
    unsigned n = ir_lane_count(lane, full) / 2;
    for (unsigned i = 0; i < n; i++) {
        ir_lane_set(&r, lane, 2 * i, ir_lane_get(&x, lane, 2 * i + odd));
        ir_lane_set(&r, lane, 2 * i + 1, ir_lane_get(&y, lane, 2 * i + odd));
    }
    return r;
}
/* TBX and TBL with one table register. */
static inline union v128 ir_vec_tbx(union v128 table, union v128 index, union v128 otherwise)
{
    union v128 r;
    for (unsigned i = 0; i < 16; i++)
        r.b[i] = index.b[i] < 16 ? table.b[index.b[i]] : otherwise.b[i];
    return r;
}
static inline union v128 ir_vec_tbl(union v128 table, union v128 index)
{
    return ir_vec_tbx(table, index, (union v128){0});
}

/* --- whole vectors: lanes that change size; `lane` is the narrow one ---------------------------------------------- */

/* Lanes of one half, widened; products of the lanes of one half. */
static inline union v128 ir_vec_extend(union v128 x, unsigned lane, u64 half, bool is_signed)
{
    union v128 r = {0};
    unsigned n = ir_lane_count(lane, false);
    for (unsigned i = 0; i < n; i++)
        ir_lane_set(&r, lane + 1, i, (u64)ir_lane_get_as(&x, lane, half * n + i, is_signed));
    return r;
}
static inline union v128 ir_vec_mull(union v128 x, union v128 y, unsigned lane, u64 half, bool is_signed)
{
    union v128 r = {0};
    unsigned n = ir_lane_count(lane, false);
    for (unsigned i = 0; i < n; i++)
        ir_lane_set(&r, lane + 1, i,
                    (u64)ir_lane_get_as(&x, lane, half * n + i, is_signed) *
                        (u64)ir_lane_get_as(&y, lane, half * n + i, is_signed));
    return r;
}
/* Low halves of the wide lanes, in the low 64 bits. */
static inline union v128 ir_vec_narrow(union v128 x, unsigned lane)
{
    union v128 r = {0};
    for (unsigned i = 0; i < ir_lane_count(lane, false); i++)
        ir_lane_set(&r, lane, i, ir_lane_get(&x, lane + 1, i));
    return r;
}
/* Carry-less products of bytes (lane B), or of one doubleword (lane D). */
union v128 ir_vec_pmull(union v128 x, union v128 y, unsigned lane, u64 half);
/* Doubled and saturated products of one half; lanes H or S. */
union v128 ir_vec_sqdmull(struct cpu_common *cpu, union v128 x, union v128 y, unsigned lane, u64 half);
/* Narrowing with saturation: signed to signed, unsigned to unsigned, signed to unsigned. */
union v128 ir_vec_sqxtn(struct cpu_common *cpu, union v128 x, unsigned lane);
union v128 ir_vec_uqxtn(struct cpu_common *cpu, union v128 x, unsigned lane);
union v128 ir_vec_sqxtun(struct cpu_common *cpu, union v128 x, unsigned lane);

/* --- whole vectors: sums ------------------------------------------------------------------------------------------ */

/* Each 32-bit lane of acc plus the products of the four bytes of x and y there. */
union v128 ir_vec_dot(union v128 x, union v128 y, union v128 acc, bool x_signed, bool y_signed);
/* acc[2i + j] plus the dot product of the 8 bytes of x's half i and y's half j. */
union v128 ir_vec_mmla(union v128 x, union v128 y, union v128 acc, bool x_signed, bool y_signed);
/* Over the low 64 or all 128 bits; the result in lane 0, of twice the size for addlv. */
union v128 ir_vec_addv(union v128 x, unsigned lane, bool full);
union v128 ir_vec_addlv(union v128 x, unsigned lane, bool full, bool is_signed);
union v128 ir_vec_maxv(union v128 x, unsigned lane, bool full, bool is_signed);
union v128 ir_vec_minv(union v128 x, unsigned lane, bool full, bool is_signed);

/* --- cryptography (vec_crypto.c): operands in the order n, m, d of the Arm instruction, without those it lacks ---- */

/* Semantics: Arm ARM C7.2, the instruction of that name. */
union v128 ir_vec_aese(union v128 d, union v128 n);
union v128 ir_vec_aesd(union v128 d, union v128 n);
union v128 ir_vec_aesmc(union v128 n);
union v128 ir_vec_aesimc(union v128 n);
/* which: 0 choose (C), 1 parity (P), 2 majority (M). */
union v128 ir_vec_sha1(union v128 n, union v128 m, union v128 d, unsigned which);
union v128 ir_vec_sha1h(union v128 n);
union v128 ir_vec_sha1su0(union v128 n, union v128 m, union v128 d);
union v128 ir_vec_sha1su1(union v128 n, union v128 d);
/* Two rounds; lanes of cdgh from 0: h g d c, of abef: f e b a; words 2 * half and the next. The new abef; the old one is the
 * new cdgh. */
union v128 ir_vec_sha256_rounds(union v128 cdgh, union v128 abef, union v128 words, u64 half);
union v128 ir_vec_sha256su0(union v128 n, union v128 d);
union v128 ir_vec_sha256su1(union v128 n, union v128 m, union v128 d);
union v128 ir_vec_sha512h(union v128 n, union v128 m, union v128 d);
union v128 ir_vec_sha512h2(union v128 n, union v128 m, union v128 d);
union v128 ir_vec_sha512su0(union v128 n, union v128 d);
union v128 ir_vec_sha512su1(union v128 n, union v128 m, union v128 d);
union v128 ir_vec_sm3ss1(union v128 n, union v128 m, union v128 a);
/* index: the word of m; majority, choose: the function of the B variants, else parity. */
union v128 ir_vec_sm3tt1(union v128 n, union v128 m, union v128 d, u64 index, bool majority);
union v128 ir_vec_sm3tt2(union v128 n, union v128 m, union v128 d, u64 index, bool choose);
union v128 ir_vec_sm3partw1(union v128 n, union v128 m, union v128 d);
union v128 ir_vec_sm3partw2(union v128 n, union v128 m, union v128 d);
union v128 ir_vec_sm4e(union v128 n, union v128 d);
union v128 ir_vec_sm4ekey(union v128 n, union v128 m);

#endif
