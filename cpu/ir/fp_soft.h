/* Private to fp*.c: numbers taken apart, and the integer algorithms for any format. */
#ifndef XRUN_IR_FP_SOFT_H
#define XRUN_IR_FP_SOFT_H

#include "ir/fp.h"

enum fp_kind { FP_IS_ZERO, FP_IS_FINITE, FP_IS_INFINITE, FP_IS_QNAN, FP_IS_SNAN };

/* A finite number is sig / 2^63 * 2^exp with bit 63 of sig set. */
struct fp_num {
    enum fp_kind kind;
    bool sign;
    i32 exp;
    u64 sig;
};

/* The same with room for exact products and for a sticky bit: sig / 2^127 * 2^exp; sig is 0 or has bit 127 set. */
struct fp_wide {
    bool sign;
    i32 exp;
    u128 sig;
};

/* Whether a function stands for a conversion: f16 then obeys FP_AHP and not FP_FZ16. */
enum fp_use { FP_ARITH, FP_CONVERT };

/* Sizes of the formats: exponent, fraction, all bits; the exponent's bias. */
static inline unsigned fp_ebits(enum fp_format f) { return f == FP_F16 ? 5 : f == FP_F64 ? 11 : 8; }
static inline unsigned fp_fbits(enum fp_format f) { return f == FP_F16 ? 10 : f == FP_F32 ? 23 : f == FP_F64 ? 52 : 7; }
static inline unsigned fp_width(enum fp_format f) { return 1 + fp_ebits(f) + fp_fbits(f); }
static inline i32 fp_bias(enum fp_format f) { return (1 << (fp_ebits(f) - 1)) - 1; }

/* Parts and special values of bit patterns. */
static inline u64 fp_sign_bit(enum fp_format f, bool sign) { return (u64)sign << (fp_width(f) - 1); }
static inline bool fp_sign(enum fp_format f, u64 a) { return a >> (fp_width(f) - 1) & 1; }
static inline u64 fp_magnitude(enum fp_format f, u64 a) { return a & ones(fp_width(f) - 1); }
static inline u64 fp_infinity(enum fp_format f, bool sign)
{
    return fp_sign_bit(f, sign) | ones(fp_ebits(f)) << fp_fbits(f);
}
static inline u64 fp_max_normal(enum fp_format f, bool sign) { return fp_infinity(f, sign) - 1; }
static inline bool fp_is_nan(enum fp_format f, u64 a) { return fp_magnitude(f, a) > fp_infinity(f, false); }
static inline bool fp_is_snan(enum fp_format f, u64 a) { return fp_is_nan(f, a) && !(a >> (fp_fbits(f) - 1) & 1); }
static inline u64 fp_quiet(enum fp_format f, u64 a) { return a | 1ull << (fp_fbits(f) - 1); }

/* Accumulates enum fp_flag bits; the rounding mode that an operation's `rounding` means now. */
static inline void fp_raise(struct cpu_common *cpu, u32 flags) { cpu->fp_flags |= flags; }
static inline unsigned fp_rounding_of(const struct cpu_common *cpu, unsigned rounding)
{
    return rounding == FP_CURRENT ? cpu->fp_mode & FP_ROUND_MASK : rounding;
}
/* Whether denormals of the format are flushed now. */
static inline bool fp_flushes(const struct cpu_common *cpu, enum fp_format f, enum fp_use use)
{
    return f == FP_F16 ? use == FP_ARITH && cpu->fp_mode & FP_FZ16 : cpu->fp_mode & FP_FZ;
}
/* The default NaN of the format, its sign as fp_mode says. */
static inline u64 fp_default_nan(const struct cpu_common *cpu, enum fp_format f)
{
    return fp_quiet(f, fp_infinity(f, (cpu->fp_mode & FP_NAN_MASK) == FP_NAN_X86));
}
/* The default NaN, with the invalid-operation flag. */
static inline u64 fp_invalid(struct cpu_common *cpu, enum fp_format f)
{
    fp_raise(cpu, FP_IOC);
    return fp_default_nan(cpu, f);
}
/* An operand with denormals flushed as the mode says: bits in, bits out. */
static inline u64 fp_flush_input(struct cpu_common *cpu, enum fp_format f, u64 a)
{
    u64 m = fp_magnitude(f, a);
    if (m == 0 || m >> fp_fbits(f) || !fp_flushes(cpu, f, FP_ARITH))
        return a;
    if (f != FP_F16)
        fp_raise(cpu, FP_IDC);
    return a - m;
}

/* Takes a number apart, flushing a denormal as the mode says. */
struct fp_num fp_unpack(struct cpu_common *cpu, enum fp_format f, u64 a, enum fp_use use);
/* Rounds a nonzero number to the format, raising flags. */
u64 fp_round(struct cpu_common *cpu, enum fp_format f, struct fp_wide a, unsigned rounding, enum fp_use use);
/* The sum of two numbers, of which not both are zero, times 2^scale, rounded. */
u64 fp_sum(struct cpu_common *cpu, enum fp_format f, struct fp_wide a, struct fp_wide b, int scale);
/* The NaN that an operation yields; at least one operand is a NaN. Raises the invalid flag for signalling ones. */
u64 fp_nan1(struct cpu_common *cpu, enum fp_format f, u64 a);
u64 fp_nan2(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b);
u64 fp_nan3(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, u64 c);

/* A number with room for a product; NaNs and infinities have no value and give 0. */
static inline struct fp_wide fp_widen(struct fp_num a)
{
    return (struct fp_wide){a.sign, a.exp, a.kind == FP_IS_FINITE ? (u128)a.sig << 64 : 0};
}
static inline bool fp_num_nan(struct fp_num a) { return a.kind >= FP_IS_QNAN; }
/* Shifts right, the bits that are lost ORed into the last one. */
static inline u128 fp_shift_jam(u128 x, unsigned n)
{
    if (n == 0)
        return x;
    if (n > 127)
        return x != 0;
    return x >> n | ((x << (128 - n)) != 0);
}
/* The exact product of two finite numbers. */
struct fp_wide fp_product(struct fp_num a, struct fp_num b);
/* The integer nearest to a finite number with exp < 127 as the rounding mode says (not FP_CURRENT), without sign. */
u128 fp_integer(struct fp_num a, unsigned rounding, bool *inexact);

/* The functions of fp.h for any format, bit patterns zero-extended; flags go to cpu->fp_flags. */
u64 fp_soft_add(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, bool subtract);
u64 fp_soft_mul(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, bool mulx);
u64 fp_soft_div(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b);
u64 fp_soft_sqrt(struct cpu_common *cpu, enum fp_format f, u64 a);
u64 fp_soft_muladd(struct cpu_common *cpu, enum fp_format f, u64 addend, u64 x, u64 y);
/* 2 - x * y; if `rsqrt` (3 - x * y) / 2. */
u64 fp_soft_step(struct cpu_common *cpu, enum fp_format f, u64 x, u64 y, bool rsqrt);
u64 fp_soft_recpe(struct cpu_common *cpu, enum fp_format f, u64 a);
u64 fp_soft_rsqrte(struct cpu_common *cpu, enum fp_format f, u64 a);
u64 fp_soft_recpx(struct cpu_common *cpu, enum fp_format f, u64 a);
u64 fp_soft_rint(struct cpu_common *cpu, enum fp_format f, u64 a, u64 imm);
u64 fp_soft_round_int(struct cpu_common *cpu, enum fp_format f, u64 a, u64 imm);
u64 fp_soft_convert(struct cpu_common *cpu, enum fp_format to, enum fp_format from, u64 a, unsigned rounding);
u64 fp_soft_to_int(struct cpu_common *cpu, enum fp_format from, u64 a, unsigned width, bool is_signed, u64 imm);
u64 fp_soft_from_int(struct cpu_common *cpu, enum fp_format to, u64 a, unsigned width, bool is_signed, u64 imm);

/* Comparisons need no arithmetic: the order of the bit patterns as signed numbers, minus zero and NaNs apart. Positive
 * numbers keep their pattern, negative ones are inverted. */
static inline i64 fp_order(enum fp_format f, u64 a)
{
    i64 m = (i64)fp_magnitude(f, a);
    return fp_sign(f, a) ? ~m : m;
}
/* N Z C V in bits 31..28 [FPCompare]; signalling: quiet NaNs raise the invalid flag, too. */
u32 fp_compare(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, bool signalling);
/* Whether a relation holds; false for NaNs [FPCompareEQ FPCompareGE FPCompareGT]. */
enum fp_relation { FP_EQ, FP_GE, FP_GT };
bool fp_holds(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, enum fp_relation what);
/* The larger or smaller operand; number: a quiet NaN loses against a number [FPMax FPMin FPMaxNum FPMinNum]. */
u64 fp_minmax(struct cpu_common *cpu, enum fp_format f, u64 a, u64 b, bool max, bool number);

#endif
