/* Floating-point operations on whole vectors: complex arithmetic, widening products, bf16, reductions. */
#include "ir/fp.h"
#include "ir/fp_soft.h"
#include "ir/ir.h"

/* --- lanes by size --------------------------------------------------------------------------------------------- */

static u64 get(const union v128 *v, unsigned lane, unsigned i)
{
    return lane == IR_H ? v->h[i] : lane == IR_S ? v->s[i] : v->d[i];
}
static void set(union v128 *v, unsigned lane, unsigned i, u64 value)
{
    if (lane == IR_H)
        v->h[i] = (u16)value;
    else if (lane == IR_S)
        v->s[i] = (u32)value;
    else
        v->d[i] = value;
}
static u64 neg(unsigned lane, u64 a) { return a ^ 1ull << ((8u << lane) - 1); }
static u64 add(struct cpu_common *cpu, unsigned lane, u64 a, u64 b)
{
    return lane == IR_H   ? fp16_add(cpu, (u16)a, (u16)b)
           : lane == IR_S ? fp32_add(cpu, (u32)a, (u32)b)
                          : fp64_add(cpu, a, b);
}
static u64 muladd(struct cpu_common *cpu, unsigned lane, u64 addend, u64 x, u64 y)
{
    return lane == IR_H   ? fp16_muladd(cpu, (u16)addend, (u16)x, (u16)y)
           : lane == IR_S ? fp32_muladd(cpu, (u32)addend, (u32)x, (u32)y)
                          : fp64_muladd(cpu, addend, x, y);
}
static unsigned lanes(unsigned lane, bool full) { return (full ? 16u : 8u) >> lane; }

/* --- complex numbers: real part in the even lane, imaginary part in the odd one --------------------------------- */

union v128 fp_vec_cadd(struct cpu_common *cpu, unsigned lane, bool full, union v128 x, union v128 y, unsigned rot)
{
    union v128 r = {.q = 0};
    for (unsigned i = 0; i < lanes(lane, full); i += 2) {
        u64 re = get(&y, lane, i + 1), im = get(&y, lane, i);
        if (rot)
            im = neg(lane, im);
        else
            re = neg(lane, re);
        set(&r, lane, i, add(cpu, lane, get(&x, lane, i), re));
        set(&r, lane, i + 1, add(cpu, lane, get(&x, lane, i + 1), im));
    }
    return r;
}

union v128 fp_vec_cmla(struct cpu_common *cpu, unsigned lane, bool full, union v128 acc, union v128 x, union v128 y,
                       unsigned rot)
{
    union v128 r = {.q = 0};
    for (unsigned i = 0; i < lanes(lane, full); i += 2) {
        u64 factor = get(&x, lane, i + (rot & 1)), re = get(&y, lane, i + (rot & 1)),
            im = get(&y, lane, i + !(rot & 1));
        if (rot == 1 || rot == 2)
            re = neg(lane, re);
        if (rot == 2 || rot == 3)
            im = neg(lane, im);
        set(&r, lane, i, muladd(cpu, lane, get(&acc, lane, i), factor, re));
        set(&r, lane, i + 1, muladd(cpu, lane, get(&acc, lane, i + 1), factor, im));
    }
    return r;
}

/* --- f16 products into f32 -------------------------------------------------------------------------------------- */

/* f16 as f32, NaNs as they are: quieting and choice are the multiply-add's. */
static u32 f16_as_f32(struct cpu_common *cpu, u16 a)
{
    a = (u16)fp_flush_input(cpu, FP_F16, a);
    u32 sign = (u32)(a & 0x8000) << 16, m = a & 0x7fff;
    if (m >= 0x7c00)
        return sign | 0x7f800000 | (m & 0x3ff) << 13;
    if (m >= 0x400)
        return sign | ((m << 13) + (112u << 23));
    if (m == 0)
        return sign;
    unsigned shift = clz32(m) - 21; /* brings the first one to bit 10 */
    return sign | (((m << shift) - 0x400) << 13 | (113 - shift) << 23);
}

union v128 fp_vec_mlal(struct cpu_common *cpu, bool full, union v128 acc, union v128 x, union v128 y, unsigned part,
                       bool negate)
{
    union v128 r = {.q = 0};
    unsigned count = full ? 4 : 2, first = part ? count : 0;
    for (unsigned i = 0; i < count; i++) {
        u16 a = x.h[first + i] ^ (negate ? 0x8000 : 0);
        r.s[i] = fp32_muladd(cpu, acc.s[i], f16_as_f32(cpu, a), f16_as_f32(cpu, y.h[first + i]));
    }
    return r;
}

/* --- bf16 ------------------------------------------------------------------------------------------------------- */

/* The dot products have an arithmetic of their own: to odd, denormals flushed both ways, default NaN, no flags, and
 * infinity when out of range although rounding to odd. FP_ROUND_NEAREST in the mode gives +0 for exact cancellation. */
static const struct cpu_common bf16_cpu = {.fp_mode = FP_FZ | FP_DEFAULT_NAN};

static u32 round_bf(struct fp_wide a)
{
    struct cpu_common cpu = bf16_cpu;
    if (a.sig == 0)
        return (u32)a.sign << 31;
    u32 r = (u32)fp_round(&cpu, FP_F32, a, FP_TO_ODD, FP_ARITH);
    return cpu.fp_flags & FP_OFC ? (u32)fp_infinity(FP_F32, a.sign) : r;
}

static u32 mul_bf(u16 a, u16 b)
{
    struct cpu_common cpu = bf16_cpu;
    struct fp_num x = fp_unpack(&cpu, FP_F32, (u32)a << 16, FP_ARITH),
                  y = fp_unpack(&cpu, FP_F32, (u32)b << 16, FP_ARITH);
    bool inf = x.kind == FP_IS_INFINITE || y.kind == FP_IS_INFINITE,
         zero = x.kind == FP_IS_ZERO || y.kind == FP_IS_ZERO;
    if (fp_num_nan(x) || fp_num_nan(y) || (inf && zero))
        return (u32)fp_default_nan(&cpu, FP_F32);
    return inf ? (u32)fp_infinity(FP_F32, x.sign ^ y.sign) : round_bf(fp_product(x, y));
}

static u32 add_bf(u32 a, u32 b)
{
    struct cpu_common cpu = bf16_cpu;
    struct fp_num x = fp_unpack(&cpu, FP_F32, a, FP_ARITH), y = fp_unpack(&cpu, FP_F32, b, FP_ARITH);
    if (x.kind != FP_IS_FINITE || y.kind != FP_IS_FINITE)
        return (u32)fp_soft_add(&cpu, FP_F32, a, b, false); /* exact, apart from the choices that bf16_cpu makes */
    struct fp_wide big = fp_widen(x), small = fp_widen(y);
    if (big.exp < small.exp || (big.exp == small.exp && big.sig < small.sig)) {
        struct fp_wide t = big;
        big = small;
        small = t;
    }
    struct fp_wide r = {big.sign, big.exp + 1, big.sig >> 1};
    u128 other = fp_shift_jam(small.sig >> 1, (unsigned)(big.exp - small.exp));
    r.sig = big.sign == small.sign ? r.sig + other : r.sig - other;
    if (r.sig == 0)
        return 0;
    while (!(r.sig >> 127)) {
        r.sig <<= 1;
        r.exp--;
    }
    return round_bf(r);
}

static u32 dot_bf(u32 acc, const u16 *x, const u16 *y)
{
    return add_bf(acc, add_bf(mul_bf(x[0], y[0]), mul_bf(x[1], y[1])));
}

union v128 fp_vec_bfdot(bool full, union v128 acc, union v128 x, union v128 y)
{
    union v128 r = {.q = 0};
    for (unsigned i = 0; i < (full ? 4 : 2); i++)
        r.s[i] = dot_bf(acc.s[i], &x.h[2 * i], &y.h[2 * i]);
    return r;
}

union v128 fp_vec_bfmmla(union v128 acc, union v128 x, union v128 y)
{
    union v128 r;
    for (unsigned i = 0; i < 4; i++) {
        const u16 *row = &x.h[i / 2 * 4], *column = &y.h[i % 2 * 4];
        r.s[i] = dot_bf(dot_bf(acc.s[i], row, column), row + 2, column + 2);
    }
    return r;
}

union v128 fp_vec_bfmlal(struct cpu_common *cpu, union v128 acc, union v128 x, union v128 y, unsigned part)
{
    union v128 r;
    for (unsigned i = 0; i < 4; i++)
        r.s[i] = fp32_muladd(cpu, acc.s[i], (u32)x.h[2 * i + part] << 16, (u32)y.h[2 * i + part] << 16);
    return r;
}

union v128 fp_vec_bfcvtn(struct cpu_common *cpu, union v128 x)
{
    union v128 r = {.q = 0};
    for (unsigned i = 0; i < 4; i++)
        r.h[i] = (u16)fp_convert(cpu, FP_BF16, FP_F32, x.s[i], FP_CURRENT);
    return r;
}

/* --- other sizes, reductions ------------------------------------------------------------------------------------ */

union v128 fp_vec_widen(struct cpu_common *cpu, unsigned lane, union v128 x, unsigned part)
{
    union v128 r = {.q = 0};
    unsigned count = lane == IR_H ? 4 : 2;
    for (unsigned i = 0; i < count; i++) {
        u64 a = get(&x, lane, part ? count + i : i);
        set(&r, lane + 1, i,
            lane == IR_H ? fp_convert(cpu, FP_F32, FP_F16, a, FP_CURRENT)
                         : fp_convert(cpu, FP_F64, FP_F32, a, FP_CURRENT));
    }
    return r;
}

union v128 fp_vec_narrow(struct cpu_common *cpu, unsigned lane, union v128 x, unsigned rounding)
{
    union v128 r = {.q = 0};
    for (unsigned i = 0; i < (lane == IR_H ? 4 : 2); i++)
        set(&r, lane, i,
            lane == IR_H ? fp_convert(cpu, FP_F16, FP_F32, x.s[i], rounding)
                         : fp_convert(cpu, FP_F32, FP_F64, x.d[i], rounding));
    return r;
}

union v128 fp_vec_reduce(struct cpu_common *cpu, unsigned lane, bool full, union v128 x, enum fp_reduction what)
{
    enum fp_format f = lane == IR_H ? FP_F16 : lane == IR_S ? FP_F32 : FP_F64;
    bool max = what == FP_REDUCE_MAX || what == FP_REDUCE_MAXNM, number = what >= FP_REDUCE_MAXNM;
    u64 v[8] = {0};
    unsigned n = lanes(lane, full);
    for (unsigned i = 0; i < n; i++)
        v[i] = get(&x, lane, i);
    /* [Reduce] halves the vector, each half reduced on its own first: neighbours meet first. */
    for (; n > 1; n /= 2)
        for (unsigned i = 0; i < n / 2; i++)
            v[i] = fp_minmax(cpu, f, v[2 * i], v[2 * i + 1], max, number);
    union v128 r = {.q = 0};
    set(&r, lane, 0, v[0]);
    return r;
}
