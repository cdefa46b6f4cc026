/* Reciprocal and reciprocal square root estimates: Arm fixes every bit of them [RecipEstimate, RecipSqrtEstimate]. */
#include "ir/fp_soft.h"

/* 1 / a for a in 256..511 standing for 0.5..1.0: 256..511 standing for 1.0..2.0. */
static u32 reciprocal(u32 a) { return ((1u << 19) / (2 * a + 1) + 1) / 2; }

/* 1 / sqrt(a) for a in 128..511 standing for 0.25..1.0: 256..511. */
static u32 reciprocal_root(u32 a)
{
    a = a < 256 ? 2 * a + 1 : ((a & ~1u) + 1) * 2;
    u32 b = 512;
    for (u32 bit = 256; bit; bit >>= 1)
        if (a * (b + bit) * (b + bit) < 1u << 28)
            b += bit;
    return (b + 1) / 2;
}

/* The exponent field that a finite number would have if fields went below 1, for a normalised significand. */
static i32 exponent_field(enum fp_format f, struct fp_num x) { return x.exp + fp_bias(f); }

u64 fp_soft_recpe(struct cpu_common *cpu, enum fp_format f, u64 a)
{
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH);
    i32 bias = fp_bias(f);
    if (fp_num_nan(x))
        return fp_nan1(cpu, f, a);
    if (x.kind == FP_IS_INFINITE)
        return fp_sign_bit(f, x.sign);
    if (x.kind == FP_IS_ZERO) {
        fp_raise(cpu, FP_DZC);
        return fp_infinity(f, x.sign);
    }
    if (x.exp < -bias - 1) { /* the reciprocal is out of range */
        unsigned rounding = cpu->fp_mode & FP_ROUND_MASK;
        fp_raise(cpu, FP_OFC | FP_IXC);
        bool infinite = rounding == FP_ROUND_NEAREST || rounding == (x.sign ? FP_ROUND_DOWN : FP_ROUND_UP);
        return infinite ? fp_infinity(f, x.sign) : fp_max_normal(f, x.sign);
    }
    if (x.exp >= bias - 1 && fp_flushes(cpu, f, FP_ARITH)) { /* and here it is denormal */
        fp_raise(cpu, FP_UFC);
        return fp_sign_bit(f, x.sign);
    }
    i32 exp = 2 * bias - 1 - exponent_field(f, x);
    u64 estimate = reciprocal((u32)(x.sig >> 55)); /* 1.8 bits */
    u64 frac = (estimate & 0xff) << 44;            /* 52 bits */
    if (exp == 0)
        frac = 1ull << 51 | frac >> 1;
    else if (exp == -1)
        frac = 1ull << 50 | frac >> 2;
    return fp_sign_bit(f, x.sign) | (u64)(exp > 0 ? exp : 0) << fp_fbits(f) | frac >> (52 - fp_fbits(f));
}

u64 fp_soft_rsqrte(struct cpu_common *cpu, enum fp_format f, u64 a)
{
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH);
    if (fp_num_nan(x))
        return fp_nan1(cpu, f, a);
    if (x.kind == FP_IS_ZERO) {
        fp_raise(cpu, FP_DZC);
        return fp_infinity(f, x.sign);
    }
    if (x.sign)
        return fp_invalid(cpu, f);
    if (x.kind == FP_IS_INFINITE)
        return 0;
    i32 field = exponent_field(f, x);
    u32 scaled = (u32)(x.sig >> (field & 1 ? 56 : 55)); /* odd field: 0.25..0.5, even: 0.5..1 */
    u64 estimate = reciprocal_root(scaled) & 0xff;
    i32 exp = (3 * fp_bias(f) - 1 - field) / 2;
    return (u64)exp << fp_fbits(f) | estimate << (fp_fbits(f) - 8);
}

u64 fp_soft_recpx(struct cpu_common *cpu, enum fp_format f, u64 a)
{
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH);
    if (fp_num_nan(x))
        return fp_nan1(cpu, f, a);
    u64 max = ones(fp_ebits(f)), exp = a >> fp_fbits(f) & max;
    return fp_sign_bit(f, x.sign) | (exp == 0 ? max - 1 : max - exp) << fp_fbits(f);
}
