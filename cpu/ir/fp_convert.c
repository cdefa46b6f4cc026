/* Conversions: between formats, to and from integers, to integral values. */
#include "ir/fp_soft.h"

/* A NaN in another format: the top of the fraction is kept, and it is made quiet [FPConvertNaN]. */
static u64 convert_nan(struct cpu_common *cpu, enum fp_format to, enum fp_format from, u64 a)
{
    if (fp_is_snan(from, a))
        fp_raise(cpu, FP_IOC);
    if (cpu->fp_mode & FP_DEFAULT_NAN)
        return fp_default_nan(cpu, to);
    u64 frac = a & ones(fp_fbits(from));
    int up = (int)fp_fbits(to) - (int)fp_fbits(from);
    return fp_quiet(to, fp_infinity(to, fp_sign(from, a)) | (up >= 0 ? frac << up : frac >> -up));
}

u64 fp_soft_convert(struct cpu_common *cpu, enum fp_format to, enum fp_format from, u64 a, unsigned rounding)
{
    struct fp_num x = fp_unpack(cpu, from, a, FP_CONVERT);
    bool alternative = to == FP_F16 && cpu->fp_mode & FP_AHP; /* no infinities, no NaNs */
    switch (x.kind) {
    case FP_IS_ZERO:
        return fp_sign_bit(to, x.sign);
    case FP_IS_FINITE:
        return fp_round(cpu, to, fp_widen(x), rounding, FP_CONVERT);
    case FP_IS_INFINITE:
        if (!alternative)
            return fp_infinity(to, x.sign);
        fp_raise(cpu, FP_IOC);
        return fp_sign_bit(to, x.sign) | 0x7fff;
    default:
        if (!alternative)
            return convert_nan(cpu, to, from, a);
        fp_raise(cpu, FP_IOC);
        return fp_sign_bit(to, x.sign);
    }
}

u64 fp_soft_to_int(struct cpu_common *cpu, enum fp_format from, u64 a, unsigned width, bool is_signed, u64 imm)
{
    struct fp_num x = fp_unpack(cpu, from, a, FP_ARITH);
    if (fp_num_nan(x)) {
        fp_raise(cpu, FP_IOC);
        return 0;
    }
    u64 limit = !is_signed ? x.sign ? 0 : ones(width) : (1ull << (width - 1)) - !x.sign;
    x.exp += (i32)(imm >> FP_IMM_FBITS_SHIFT & 0xff);
    bool inexact = false, too_big = x.kind == FP_IS_INFINITE || (x.kind == FP_IS_FINITE && x.exp > 64);
    u128 n = too_big ? 0 : fp_integer(x, fp_rounding_of(cpu, imm & FP_IMM_ROUND_MASK), &inexact);
    if (too_big || n > limit) {
        fp_raise(cpu, FP_IOC);
        n = limit;
    } else if (inexact) {
        fp_raise(cpu, FP_IXC);
    }
    return (x.sign ? -(u64)n : (u64)n) & ones(width);
}

u64 fp_soft_from_int(struct cpu_common *cpu, enum fp_format to, u64 a, unsigned width, bool is_signed, u64 imm)
{
    i64 s = sext(a, width);
    bool sign = is_signed && s < 0;
    u64 n = sign ? -(u64)s : a & ones(width);
    if (n == 0)
        return 0;
    unsigned shift = clz64(n);
    struct fp_wide r = {sign, 63 - (i32)shift - (i32)(imm >> FP_IMM_FBITS_SHIFT & 0xff), (u128)(n << shift) << 64};
    return fp_round(cpu, to, r, imm & FP_IMM_ROUND_MASK, FP_ARITH);
}

/* An integer below 2^64 as a float that can hold it exactly, 0 included. */
static u64 exact_integer(enum fp_format f, bool sign, u64 n)
{
    if (n == 0)
        return fp_sign_bit(f, sign);
    unsigned shift = clz64(n);
    u64 frac = (n << shift << 1) >> (64 - fp_fbits(f));
    return fp_sign_bit(f, sign) | (u64)(fp_bias(f) + 63 - (i32)shift) << fp_fbits(f) | frac;
}

u64 fp_soft_rint(struct cpu_common *cpu, enum fp_format f, u64 a, u64 imm)
{
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH);
    if (fp_num_nan(x))
        return fp_nan1(cpu, f, a);
    if (x.kind == FP_IS_ZERO)
        return fp_sign_bit(f, x.sign);
    if (x.kind == FP_IS_INFINITE || x.exp >= (i32)fp_fbits(f))
        return a;
    bool inexact;
    u64 n = (u64)fp_integer(x, fp_rounding_of(cpu, imm & FP_IMM_ROUND_MASK), &inexact);
    if (inexact && imm & FP_IMM_INEXACT)
        fp_raise(cpu, FP_IXC);
    return exact_integer(f, x.sign, n);
}

u64 fp_soft_round_int(struct cpu_common *cpu, enum fp_format f, u64 a, u64 imm)
{
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH);
    unsigned width = imm >> 8 & 0xff;
    if (x.kind == FP_IS_ZERO)
        return fp_sign_bit(f, x.sign);
    bool inexact = false, fits = x.kind == FP_IS_FINITE && x.exp < 64;
    u64 n = fits ? (u64)fp_integer(x, fp_rounding_of(cpu, imm & FP_IMM_ROUND_MASK), &inexact) : 0;
    if (!fits || n > (1ull << (width - 1)) - !x.sign) {
        fp_raise(cpu, FP_IOC);
        return exact_integer(f, true, 1ull << (width - 1));
    }
    if (inexact)
        fp_raise(cpu, FP_IXC);
    return x.exp >= (i32)fp_fbits(f) ? a : exact_integer(f, x.sign, n);
}

u64 fp_to_int_js(struct cpu_common *cpu, u64 a)
{
    struct fp_num x = fp_unpack(cpu, FP_F64, a, FP_ARITH);
    bool inexact = false;
    if (x.kind == FP_IS_ZERO) /* minus zero and a flushed denormal are not exact */
        return (u64)(a == 0) << 32;
    if (x.kind != FP_IS_FINITE) {
        fp_raise(cpu, FP_IOC);
        return 0;
    }
    /* From 2^116 on every bit of the integer that counts is zero. */
    u128 n = x.exp > 126 ? 0 : fp_integer(x, FP_ROUND_ZERO, &inexact);
    u32 result = x.sign ? -(u32)n : (u32)n;
    if (x.exp > 126 || n > (1ull << 31) - !x.sign) {
        fp_raise(cpu, FP_IOC);
        return result;
    }
    if (inexact)
        fp_raise(cpu, FP_IXC);
    return (u64)!inexact << 32 | result;
}
