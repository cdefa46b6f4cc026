/* Floating-point arithmetic in integers: unpacking, rounding, NaNs, and the operations with one rounding.
 *
 * All formats share one algorithm: operands become a sign, an exponent and a 64-bit significand, results have 128 bits
 * of significand, the last one sticky, and are rounded once by fp_round(). 128 bits hold the product of two f64
 * significands (106 bits) with room to spare, so a fused multiply-add needs nothing more.
 */
#include "ir/fp_soft.h"

static unsigned clz128(u128 x) { return x >> 64 ? clz64((u64)(x >> 64)) : 64 + clz64((u64)x); }

struct fp_num fp_unpack(struct cpu_common *cpu, enum fp_format f, u64 a, enum fp_use use)
{
    struct fp_num n = {.sign = fp_sign(f, a)};
    unsigned fbits = fp_fbits(f);
    u64 frac = a & ones(fbits), exp = a >> fbits & ones(fp_ebits(f));
    bool alternative = f == FP_F16 && use == FP_CONVERT && cpu->fp_mode & FP_AHP;
    if (exp == 0) {
        if (frac != 0 && fp_flushes(cpu, f, use)) {
            if (f != FP_F16)
                fp_raise(cpu, FP_IDC);
            frac = 0;
        }
        if (frac == 0) {
            n.kind = FP_IS_ZERO;
            return n;
        }
        n.kind = FP_IS_FINITE;
        unsigned shift = clz64(frac);
        n.sig = frac << shift;
        n.exp = 1 - fp_bias(f) + 63 - (i32)fbits - (i32)shift;
    } else if (exp == ones(fp_ebits(f)) && !alternative) {
        n.kind = frac == 0 ? FP_IS_INFINITE : fp_is_snan(f, a) ? FP_IS_SNAN : FP_IS_QNAN;
    } else {
        n.kind = FP_IS_FINITE;
        n.sig = 1ull << 63 | frac << (63 - fbits);
        n.exp = (i32)exp - fp_bias(f);
    }
    return n;
}

/* Whether a magnitude is rounded away from zero, given its last bit, the first lost bit and the OR of the others. */
static bool rounds_up(unsigned rounding, bool sign, bool last, bool half, bool rest)
{
    switch (rounding) {
    case FP_ROUND_NEAREST:
        return half && (rest || last);
    case FP_ROUND_UP:
        return !sign && (half || rest);
    case FP_ROUND_DOWN:
        return sign && (half || rest);
    case FP_TIES_AWAY:
        return half;
    default:
        return false; /* toward zero, to odd */
    }
}

/* Drops the low n bits of x, 1 <= n. */
static u128 round_shift(u128 x, unsigned n, unsigned rounding, bool sign, bool *inexact)
{
    u128 kept = n > 127 ? 0 : x >> n;
    bool half = n <= 128 && (x >> (n - 1) & 1);
    bool rest = n > 128 ? x != 0 : (x & (((u128)1 << (n - 1)) - 1)) != 0;
    *inexact = half || rest;
    if (rounding == FP_TO_ODD)
        return kept | *inexact;
    return kept + rounds_up(rounding, sign, kept & 1, half, rest);
}

u128 fp_integer(struct fp_num a, unsigned rounding, bool *inexact)
{
    *inexact = false;
    if (a.kind == FP_IS_ZERO)
        return 0;
    if (a.exp >= 63)
        return (u128)a.sig << (a.exp - 63);
    return round_shift(a.sig, (unsigned)(63 - a.exp), rounding, a.sign, inexact);
}

/* A result too large for the format. */
static u64 overflow(struct cpu_common *cpu, enum fp_format f, bool sign, unsigned rounding)
{
    bool to_infinity =
        rounding == FP_ROUND_NEAREST || rounding == FP_TIES_AWAY || rounding == (sign ? FP_ROUND_DOWN : FP_ROUND_UP);
    fp_raise(cpu, FP_OFC | FP_IXC);
    return to_infinity ? fp_infinity(f, sign) : fp_max_normal(f, sign);
}

u64 fp_round(struct cpu_common *cpu, enum fp_format f, struct fp_wide a, unsigned rounding, enum fp_use use)
{
    unsigned fbits = fp_fbits(f), drop = 127 - fbits;
    i32 emin = 1 - fp_bias(f);
    bool tiny = a.exp < emin, inexact;
    rounding = fp_rounding_of(cpu, rounding);

    if (tiny && fp_flushes(cpu, f, use)) {
        fp_raise(cpu, cpu->fp_mode & FP_TINY_AFTER ? FP_UFC | FP_IXC : FP_UFC);
        return fp_sign_bit(f, a.sign);
    }
    u64 kept;
    if (tiny) {
        u32 more = (u32)(emin - a.exp);
        kept = (u64)round_shift(a.sig, more > 128 ? 256 : drop + more, rounding, a.sign, &inexact);
    } else {
        kept = (u64)round_shift(a.sig, drop, rounding, a.sign, &inexact);
    }
    if (tiny && cpu->fp_mode & FP_TINY_AFTER && a.exp == emin - 1) {
        bool ignored; /* not tiny if the full precision would round up to the smallest normal number */
        tiny = !((u64)round_shift(a.sig, drop, rounding, a.sign, &ignored) >> (fbits + 1));
    }
    /* The hidden bit of a normal number adds 1 to the exponent field, a carry out of the fraction does the same. */
    u64 magnitude = (a.exp < emin ? 0 : (u64)(u32)(a.exp - emin) << fbits) + kept;
    if (f == FP_F16 && use == FP_CONVERT && cpu->fp_mode & FP_AHP) {
        if (a.exp > 16 || magnitude > 0x7fff) {
            fp_raise(cpu, FP_IOC);
            return fp_sign_bit(f, a.sign) | 0x7fff;
        }
    } else if (a.exp > fp_bias(f) || magnitude >= fp_infinity(f, false)) {
        return overflow(cpu, f, a.sign, rounding);
    }
    if (inexact)
        fp_raise(cpu, tiny ? FP_UFC | FP_IXC : FP_IXC);
    return fp_sign_bit(f, a.sign) | magnitude;
}

/* --- NaNs ------------------------------------------------------------------------------------------------------ */

u64 fp_nan3(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, u64 c)
{
    u64 operand[3] = {a, b, c}, signalling = 0, first = 0;
    for (int i = 2; i >= 0; i--) {
        if (fp_is_nan(f, operand[i]))
            first = operand[i];
        if (fp_is_snan(f, operand[i]))
            signalling = operand[i];
    }
    if (signalling)
        fp_raise(cpu, FP_IOC);
    if (cpu->fp_mode & FP_DEFAULT_NAN)
        return fp_default_nan(cpu, f);
    return fp_quiet(f, signalling && (cpu->fp_mode & FP_NAN_MASK) == FP_NAN_ARM ? signalling : first);
}
u64 fp_nan2(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b) { return fp_nan3(cpu, f, a, b, 0); }
u64 fp_nan1(struct cpu_common *cpu, enum fp_format f, u64 a) { return fp_nan3(cpu, f, a, 0, 0); }

/* --- sums and products ----------------------------------------------------------------------------------------- */

/* The sign of an exact zero sum of numbers that are not both zero of one sign. */
static u64 cancelled(struct cpu_common *cpu, enum fp_format f)
{
    return fp_sign_bit(f, (cpu->fp_mode & FP_ROUND_MASK) == FP_ROUND_DOWN);
}

u64 fp_sum(struct cpu_common *cpu, enum fp_format f, struct fp_wide a, struct fp_wide b, int scale)
{
    struct fp_wide r = a;
    if (a.sig == 0 || b.sig == 0) {
        r = a.sig == 0 ? b : a;
    } else {
        if (a.exp < b.exp || (a.exp == b.exp && a.sig < b.sig)) {
            struct fp_wide t = a;
            a = b;
            b = t;
        }
        /* One bit of room above; the low bits are zero, so nothing is lost and a sticky bit lies below all others. */
        u128 big = a.sig >> 1, small = fp_shift_jam(b.sig >> 1, (unsigned)(a.exp - b.exp));
        r.sig = a.sign == b.sign ? big + small : big - small;
        if (r.sig == 0)
            return cancelled(cpu, f);
        unsigned shift = clz128(r.sig);
        r.sig <<= shift;
        r.sign = a.sign;
        r.exp = a.exp + 1 - (i32)shift;
    }
    r.exp += scale;
    return fp_round(cpu, f, r, FP_CURRENT, FP_ARITH);
}

struct fp_wide fp_product(struct fp_num a, struct fp_num b)
{
    struct fp_wide r = {.sign = a.sign ^ b.sign};
    if (a.kind == FP_IS_ZERO || b.kind == FP_IS_ZERO)
        return r;
    r.sig = (u128)a.sig * b.sig;
    r.exp = a.exp + b.exp + 1;
    if (!(r.sig >> 127)) {
        r.sig <<= 1;
        r.exp--;
    }
    return r;
}

u64 fp_soft_add(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, bool subtract)
{
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH), y = fp_unpack(cpu, f, b, FP_ARITH);
    if (fp_num_nan(x) || fp_num_nan(y))
        return fp_nan2(cpu, f, a, b);
    y.sign ^= subtract;
    if (x.kind == FP_IS_INFINITE && y.kind == FP_IS_INFINITE && x.sign != y.sign)
        return fp_invalid(cpu, f);
    if (x.kind == FP_IS_INFINITE || y.kind == FP_IS_INFINITE)
        return fp_infinity(f, x.kind == FP_IS_INFINITE ? x.sign : y.sign);
    if (x.kind == FP_IS_ZERO && y.kind == FP_IS_ZERO)
        return x.sign == y.sign ? fp_sign_bit(f, x.sign) : cancelled(cpu, f);
    return fp_sum(cpu, f, fp_widen(x), fp_widen(y), 0);
}

u64 fp_soft_mul(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, bool mulx)
{
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH), y = fp_unpack(cpu, f, b, FP_ARITH);
    if (fp_num_nan(x) || fp_num_nan(y))
        return fp_nan2(cpu, f, a, b);
    bool sign = x.sign ^ y.sign;
    if (x.kind == FP_IS_INFINITE || y.kind == FP_IS_INFINITE) {
        if (x.kind != FP_IS_ZERO && y.kind != FP_IS_ZERO)
            return fp_infinity(f, sign);
        return mulx ? fp_sign_bit(f, sign) | (u64)(fp_bias(f) + 1) << fp_fbits(f) : fp_invalid(cpu, f);
    }
    struct fp_wide r = fp_product(x, y);
    return r.sig ? fp_round(cpu, f, r, FP_CURRENT, FP_ARITH) : fp_sign_bit(f, sign);
}

u64 fp_soft_muladd(struct cpu_common *cpu, enum fp_format f, u64 addend, u64 a, u64 b)
{
    struct fp_num z = fp_unpack(cpu, f, addend, FP_ARITH), x = fp_unpack(cpu, f, a, FP_ARITH),
                  y = fp_unpack(cpu, f, b, FP_ARITH);
    bool inf = x.kind == FP_IS_INFINITE || y.kind == FP_IS_INFINITE,
         zero = x.kind == FP_IS_ZERO || y.kind == FP_IS_ZERO;
    bool arm = (cpu->fp_mode & FP_NAN_MASK) == FP_NAN_ARM, sign = x.sign ^ y.sign;

    if (arm && z.kind == FP_IS_QNAN && inf && zero)
        return fp_invalid(cpu, f);
    if (fp_num_nan(x) || fp_num_nan(y) || fp_num_nan(z))
        return arm ? fp_nan3(cpu, f, addend, a, b) : fp_nan3(cpu, f, a, b, addend);
    if (inf && (zero || (z.kind == FP_IS_INFINITE && z.sign != sign)))
        return fp_invalid(cpu, f);
    if (inf || z.kind == FP_IS_INFINITE)
        return fp_infinity(f, inf ? sign : z.sign);
    if (zero && z.kind == FP_IS_ZERO)
        return z.sign == sign ? fp_sign_bit(f, sign) : cancelled(cpu, f);
    return fp_sum(cpu, f, fp_widen(z), fp_product(x, y), 0);
}

u64 fp_soft_step(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, bool rsqrt)
{
    a ^= fp_sign_bit(f, true);
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH), y = fp_unpack(cpu, f, b, FP_ARITH);
    if (fp_num_nan(x) || fp_num_nan(y))
        return fp_nan2(cpu, f, a, b);
    bool inf = x.kind == FP_IS_INFINITE || y.kind == FP_IS_INFINITE,
         zero = x.kind == FP_IS_ZERO || y.kind == FP_IS_ZERO;
    if (inf && !zero)
        return fp_infinity(f, x.sign ^ y.sign);
    if (inf) /* 2 or 3 / 2 */
        return rsqrt ? (u64)fp_bias(f) << fp_fbits(f) | 1ull << (fp_fbits(f) - 1)
                     : (u64)(fp_bias(f) + 1) << fp_fbits(f);
    struct fp_wide constant = {.exp = 1, .sig = (u128)(rsqrt ? 3 : 2) << 126};
    return fp_sum(cpu, f, constant, fp_product(x, y), rsqrt ? -1 : 0);
}

/* --- quotient and root ----------------------------------------------------------------------------------------- */

u64 fp_soft_div(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b)
{
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH), y = fp_unpack(cpu, f, b, FP_ARITH);
    if (fp_num_nan(x) || fp_num_nan(y))
        return fp_nan2(cpu, f, a, b);
    bool sign = x.sign ^ y.sign;
    if (x.kind == y.kind && x.kind != FP_IS_FINITE)
        return fp_invalid(cpu, f); /* 0 / 0, inf / inf */
    if (x.kind == FP_IS_INFINITE || y.kind == FP_IS_ZERO) {
        if (x.kind != FP_IS_INFINITE)
            fp_raise(cpu, FP_DZC);
        return fp_infinity(f, sign);
    }
    if (x.kind == FP_IS_ZERO || y.kind == FP_IS_INFINITE)
        return fp_sign_bit(f, sign);
    bool less = x.sig < y.sig;
    u128 numerator = (u128)x.sig << (less ? 64 : 63);
    u64 quotient = (u64)(numerator / y.sig), rest = (u64)(numerator % y.sig);
    struct fp_wide r = {sign, x.exp - y.exp - less, (u128)quotient << 64 | (rest != 0)};
    return fp_round(cpu, f, r, FP_CURRENT, FP_ARITH);
}

/* The root of x >= 2^126 rounded down, 64 bits, one bit at a time from the top. */
static u64 square_root(u128 x, bool *inexact)
{
    u128 rest = x, root = 0;
    for (int i = 63; i >= 0; i--) {
        u128 trial = root + ((u128)1 << (2 * i)); /* (2 * r + bit) * bit, scaled */
        root >>= 1;
        if (rest >= trial) {
            rest -= trial;
            root += (u128)1 << (2 * i);
        }
    }
    *inexact = rest != 0;
    return (u64)root;
}

u64 fp_soft_sqrt(struct cpu_common *cpu, enum fp_format f, u64 a)
{
    struct fp_num x = fp_unpack(cpu, f, a, FP_ARITH);
    if (fp_num_nan(x))
        return fp_nan1(cpu, f, a);
    if (x.kind == FP_IS_ZERO)
        return fp_sign_bit(f, x.sign);
    if (x.sign)
        return fp_invalid(cpu, f);
    if (x.kind == FP_IS_INFINITE)
        return a;
    bool odd = x.exp & 1, inexact;
    u64 root = square_root((u128)x.sig << (odd ? 64 : 63), &inexact);
    struct fp_wide r = {false, (x.exp - odd) / 2, (u128)root << 64 | inexact};
    return fp_round(cpu, f, r, FP_CURRENT, FP_ARITH);
}
