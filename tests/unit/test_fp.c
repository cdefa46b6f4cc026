/* Floating point: the integer algorithms against the host's processor in every rounding mode, result and flags; the
 * layered functions against the integer algorithms in Arm's modes; half precision against single; known values of the
 * rest. */
#include "ir/fp.h"
#include "ir/fp_host.h"
#include "ir/fp_soft.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define X86_MODE (FP_NAN_X86 | FP_TINY_AFTER)
enum { CASES = 400000 };

static u64 random_state = 0x9e3779b97f4a7c15;
static u64 random_u64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}

/* A bit pattern of the format, often at an edge: extreme or middling exponent, few bits set or clear. */
static u64 random_pattern(enum fp_format f)
{
    u64 r = random_u64(), frac = random_u64(), max = ones(fp_ebits(f)), exp;
    switch (r & 7) {
    case 0:
        exp = r >> 8 & 1;
        break;
    case 1:
        exp = max - (r >> 8 & 1);
        break;
    case 2:
        exp = r >> 8 & max;
        break;
    case 3:
        exp = r >> 8 & 0x1f & max;
        break;
    default:
        exp = (u64)fp_bias(f) + (r >> 8 & 7) - 4;
        break;
    }
    switch (r >> 4 & 7) {
    case 0:
        frac = 0;
        break;
    case 1:
        frac = ~0ull;
        break;
    case 2:
        frac = 1ull << (frac & 63);
        break;
    case 3:
        frac = ~(1ull << (frac & 63));
        break;
    case 4:
        frac = ~0ull << (frac & 63);
        break;
    case 5:
        frac = 1;
        break;
    }
    return fp_sign_bit(f, r >> 40 & 1) | exp << fp_fbits(f) | (frac & ones(fp_fbits(f)));
}

/* --- the host's status register ------------------------------------------------------------------------------------
 */

#if defined(__x86_64__)
static void host_start(unsigned rounding)
{
    static const u32 rc[4] = {0, 2, 1, 3};
    u32 csr = 0x1f80 | rc[rounding] << 13;
    __asm__ volatile("ldmxcsr %0" : : "m"(csr));
}
static u32 host_flags(void)
{
    u32 csr;
    __asm__ volatile("stmxcsr %0" : "=m"(csr));
    return (csr & 1 ? FP_IOC : 0) | (csr & 4 ? FP_DZC : 0) | (csr & 8 ? FP_OFC : 0) | (csr & 16 ? FP_UFC : 0) |
           (csr & 32 ? FP_IXC : 0);
}
#else
static void host_start(unsigned rounding) { (void)rounding; }
static u32 host_flags(void) { return 0; }
#endif

enum op { ADD, SUB, MUL, DIV, SQRT, FMA, OPS };
static const char *const op_name[OPS] = {"add", "sub", "mul", "div", "sqrt", "muladd"};

#define RUN(W, prefix)                                                                                                 \
    static u64 prefix##_run##W(struct cpu_common *cpu, enum op op, u64 a, u64 b, u64 c)                                \
    {                                                                                                                  \
        (void)cpu;                                                                                                     \
        switch (op) {                                                                                                  \
        case ADD:                                                                                                      \
            return prefix##_CALL2(W, add);                                                                             \
        case SUB:                                                                                                      \
            return prefix##_CALL2(W, sub);                                                                             \
        case MUL:                                                                                                      \
            return prefix##_CALL2(W, mul);                                                                             \
        case DIV:                                                                                                      \
            return prefix##_CALL2(W, div);                                                                             \
        case SQRT:                                                                                                     \
            return prefix##_CALL1(W, sqrt);                                                                            \
        default:                                                                                                       \
            return prefix##_CALL3(W, muladd);                                                                          \
        }                                                                                                              \
    }
#define host_CALL1(W, name)    host_##name##W((u##W)a)
#define host_CALL2(W, name)    host_##name##W((u##W)a, (u##W)b)
#define host_CALL3(W, name)    host_##name##W((u##W)a, (u##W)b, (u##W)c)
#define layered_CALL1(W, name) fp##W##_##name(cpu, (u##W)a)
#define layered_CALL2(W, name) fp##W##_##name(cpu, (u##W)a, (u##W)b)
#define layered_CALL3(W, name) fp##W##_##name(cpu, (u##W)a, (u##W)b, (u##W)c)
RUN(32, host)
RUN(64, host)
RUN(16, layered)
RUN(32, layered)
RUN(64, layered)

static u64 soft_run(struct cpu_common *cpu, enum fp_format f, enum op op, u64 a, u64 b, u64 c)
{
    switch (op) {
    case ADD:
        return fp_soft_add(cpu, f, a, b, false);
    case SUB:
        return fp_soft_add(cpu, f, a, b, true);
    case MUL:
        return fp_soft_mul(cpu, f, a, b, false);
    case DIV:
        return fp_soft_div(cpu, f, a, b);
    case SQRT:
        return fp_soft_sqrt(cpu, f, a);
    default:
        return fp_soft_muladd(cpu, f, a, b, c);
    }
}

struct outcome {
    u64 result;
    u32 flags;
};
static void same(const char *what, u32 mode, const u64 operand[3], struct outcome got, struct outcome want)
{
    if (got.result != want.result || got.flags != want.flags)
        ck_abort_msg("%s mode %#x of %" PRIx64 " %" PRIx64 " %" PRIx64 ": %" PRIx64 " flags %#x, not %" PRIx64
                     " flags %#x",
                     what, mode, operand[0], operand[1], operand[2], got.result, got.flags, want.result, want.flags);
}

START_TEST(integer_algorithms_like_the_host)
{
    if (!FP_HOST)
        return;
    for (int i = 0; i < CASES * 4; i++) {
        enum op op = (enum op)(i % OPS);
        enum fp_format f = i / OPS & 1 ? FP_F64 : FP_F32;
        struct cpu_common cpu = {.fp_mode = X86_MODE | (i / OPS / 2 & 3)};
        u64 x[3] = {random_pattern(f), random_pattern(f), random_pattern(f)};
        if (op == FMA && !fp_host_has_fma())
            continue;
        host_start(cpu.fp_mode & FP_ROUND_MASK);
        struct outcome want = {
            f == FP_F64 ? host_run64(NULL, op, x[0], x[1], x[2]) : host_run32(NULL, op, x[0], x[1], x[2]), 0};
        want.flags = host_flags();
        struct outcome got = {soft_run(&cpu, f, op, x[0], x[1], x[2]), 0};
        got.flags = cpu.fp_flags;
        if (op == FMA && fp_is_nan(f, want.result)) /* which NaN depends on the form of the instruction */
            got.result = fp_is_nan(f, got.result) ? want.result : got.result;
        same(op_name[op], cpu.fp_mode, x, got, want);
    }
    host_start(FP_ROUND_NEAREST);
}
END_TEST

START_TEST(layers_agree)
{
    for (int i = 0; i < CASES * 4; i++) {
        enum op op = (enum op)(i % OPS);
        enum fp_format f = (enum fp_format)(i / OPS % 3);
        u32 mode = (u32)random_u64() & (FP_ROUND_MASK | FP_FZ | FP_FZ16 | FP_DEFAULT_NAN | FP_AHP);
        struct cpu_common soft = {.fp_mode = mode}, layered = {.fp_mode = mode};
        u64 x[3] = {random_pattern(f), random_pattern(f), random_pattern(f)};
        struct outcome want = {soft_run(&soft, f, op, x[0], x[1], x[2]), 0};
        want.flags = soft.fp_flags;
        host_start(mode & FP_ROUND_MASK);
        struct outcome got = {f == FP_F64   ? layered_run64(&layered, op, x[0], x[1], x[2])
                              : f == FP_F32 ? layered_run32(&layered, op, x[0], x[1], x[2])
                                            : layered_run16(&layered, op, x[0], x[1], x[2]),
                              0};
        got.flags = layered.fp_flags | host_flags();
        same(op_name[op], mode, x, got, want);
    }
    host_start(FP_ROUND_NEAREST);
}
END_TEST

/* All conversions: layered against integer algorithms; those also against the host where it has the same. */
START_TEST(conversions_agree)
{
    static const unsigned widths[2] = {32, 64};
    for (int i = 0; i < CASES * 3; i++) {
        enum fp_format f = i & 1 ? FP_F64 : FP_F32, other = i & 1 ? FP_F32 : FP_F64;
        u32 mode = (u32)random_u64() & (FP_ROUND_MASK | FP_FZ | FP_DEFAULT_NAN);
        u64 x[3] = {random_pattern(f), 0, 0}, r = random_u64();
        unsigned width = widths[r & 1], rounding = (unsigned)(r >> 8) % 7, kind = (unsigned)(r >> 16) % 4;
        bool is_signed = r >> 1 & 1;
        if (kind == 1 && rounding == FP_TO_ODD)
            rounding = FP_CURRENT;
        if (kind == 0) { /* exponents around the integers' */
            x[0] = random_u64() >> (r >> 32 & 63);
            x[0] = fp_soft_from_int(&(struct cpu_common){0}, f, x[0], 64, true, FP_IMM((r >> 20) % 4, r >> 40 & 3));
        } else if (kind == 2) {
            x[0] = random_u64() >> (r >> 32 & 63);
        }
        u64 imm = FP_IMM(rounding, r >> 56 & 1 ? r >> 50 & 31 : 0);
        struct cpu_common cpu[2] = {{.fp_mode = mode}, {.fp_mode = mode}};
        struct outcome o[2];
        host_start(mode & FP_ROUND_MASK);
        for (int soft = 0; soft < 2; soft++) {
            struct cpu_common *c = &cpu[soft];
            switch (kind) {
            case 0:
                o[soft].result = (soft ? fp_soft_to_int : fp_to_int)(c, f, x[0], width, is_signed, imm);
                break;
            case 1:
                o[soft].result = (soft ? fp_soft_convert : fp_convert)(c, other, f, x[0], rounding);
                break;
            case 2:
                o[soft].result =
                    (soft ? fp_soft_from_int : fp_from_int)(c, f, x[0], width, is_signed, FP_IMM(FP_CURRENT, imm >> 8));
                break;
            default:
                imm = rounding == FP_TO_ODD ? FP_CURRENT : rounding | (r & FP_IMM_INEXACT);
                o[soft].result = soft          ? fp_soft_rint(c, f, x[0], imm)
                                 : f == FP_F64 ? fp64_rint(c, x[0], imm)
                                               : fp32_rint(c, (u32)x[0], imm);
            }
            o[soft].flags = c->fp_flags | (soft ? 0 : host_flags());
        }
        x[1] = (u64)kind << 32 | (u64)width << 8 | is_signed;
        x[2] = imm;
        same("conversion", mode, x, o[0], o[1]);
    }
    host_start(FP_ROUND_NEAREST);
}
END_TEST

START_TEST(integer_conversions_like_the_host)
{
    if (!FP_HOST)
        return;
    for (int i = 0; i < CASES; i++) {
        unsigned rounding = i & 3;
        struct cpu_common cpu[4] = {{.fp_mode = X86_MODE | rounding},
                                    {.fp_mode = X86_MODE | rounding},
                                    {.fp_mode = X86_MODE | rounding},
                                    {.fp_mode = X86_MODE | rounding}};
        u64 x[3] = {random_pattern(FP_F64), random_u64() >> (random_u64() & 63), 0};
        host_start(rounding);
        struct outcome got = {fp_soft_convert(&cpu[0], FP_F32, FP_F64, x[0], FP_CURRENT), cpu[0].fp_flags};
        struct outcome want = {host_narrow(x[0]), 0};
        want.flags = host_flags();
        got.flags = cpu[0].fp_flags;
        same("narrow", rounding, x, got, want);

        host_start(rounding);
        got.result = fp_soft_from_int(&cpu[1], FP_F64, x[1], 64, true, FP_CURRENT);
        got.flags = cpu[1].fp_flags;
        want.result = host_from_i64_64((i64)x[1]);
        want.flags = host_flags();
        same("from integer", rounding, x, got, want);

        host_start(rounding);
        u64 whole = fp_soft_to_int(&cpu[2], FP_F64, x[0], 64, true, FP_CURRENT);
        i64 host = host_round64_i64(x[0]);
        if (host != INT64_MIN)
            same("to integer", rounding, x, (struct outcome){whole, cpu[2].fp_flags},
                 (struct outcome){(u64)host, host_flags()});

        if (fp_host_has_round()) {
            host_start(rounding);
            got.result = fp_soft_rint(&cpu[3], FP_F64, x[0], rounding);
            got.flags = cpu[3].fp_flags;
            want.result = host_rint64(x[0], rounding);
            want.flags = host_flags();
            same("rint", rounding, x, got, want);
        }
    }
    host_start(FP_ROUND_NEAREST);
}
END_TEST

/* Sums, products, quotients and roots of half precision are exact enough in single precision to be rounded again. */
START_TEST(half_through_single)
{
    for (int i = 0; i < CASES * 2; i++) {
        enum op op = (enum op)(i % FMA);
        struct cpu_common half = {.fp_mode = i / FMA & 3}, wide = half;
        u64 x[3] = {random_pattern(FP_F16), random_pattern(FP_F16), 0}, w[2];
        if (fp_is_nan(FP_F16, x[0]) || fp_is_nan(FP_F16, x[1]))
            continue;
        for (int k = 0; k < 2; k++)
            w[k] = fp_soft_convert(&wide, FP_F32, FP_F16, x[k], FP_CURRENT);
        u64 exact = soft_run(&wide, FP_F32, op, w[0], w[1], 0);
        struct outcome want = {fp_soft_convert(&wide, FP_F16, FP_F32, exact, FP_CURRENT), 0};
        struct outcome got = {soft_run(&half, FP_F16, op, x[0], x[1], 0), 0};
        if ((half.fp_mode & FP_ROUND_MASK) == FP_ROUND_NEAREST || !(wide.fp_flags & FP_IXC))
            got.flags = want.flags = 0;
        same(op_name[op], half.fp_mode, x, got, want);
    }
}
END_TEST

START_TEST(nans)
{
    struct cpu_common cpu = {0};
    ck_assert_uint_eq(fp32_add(&cpu, 0x7fc00001, 0x7f800002), 0x7fc00002); /* the signalling one first */
    ck_assert_uint_eq(cpu.fp_flags, FP_IOC);
    cpu.fp_flags = 0;
    ck_assert_uint_eq(fp32_add(&cpu, 0xffc00001, 0x7fc00002), 0xffc00001);
    ck_assert_uint_eq(fp32_muladd(&cpu, 0x7fc00003, 0x7fc00001, 0x7fc00002), 0x7fc00003);
    ck_assert_uint_eq(cpu.fp_flags, 0);
    ck_assert_uint_eq(fp32_muladd(&cpu, 0x7fc00003, 0x7f800000, 0), 0x7fc00000); /* inf * 0 beats a quiet addend */
    ck_assert_uint_eq(cpu.fp_flags, FP_IOC);
    cpu.fp_flags = 0;
    ck_assert_uint_eq(fp32_maxnm(&cpu, 0x7fc00001, 0x3f800000), 0x3f800000);
    ck_assert_uint_eq(fp32_max(&cpu, 0x7fc00001, 0x3f800000), 0x7fc00001);
    ck_assert_uint_eq(cpu.fp_flags, 0);
    ck_assert_uint_eq(fp32_maxnm(&cpu, 0x7f800001, 0x3f800000), 0x7fc00001);
    ck_assert_uint_eq(cpu.fp_flags, FP_IOC);
    cpu.fp_mode = FP_DEFAULT_NAN;
    ck_assert_uint_eq(fp64_sub(&cpu, 0xfff8000000000001, 0), 0x7ff8000000000000);
}
END_TEST

START_TEST(comparisons)
{
    struct cpu_common cpu = {0};
    ck_assert_uint_eq(fp64_cmp(&cpu, 0, 1ull << 63), 6u << 28);
    ck_assert_uint_eq(fp64_cmp(&cpu, 1ull << 63, 1), 8u << 28);
    ck_assert_uint_eq(fp64_cmp(&cpu, 1, 1ull << 63 | 1), 2u << 28);
    ck_assert_uint_eq(fp64_cmp(&cpu, 0x7ff8000000000000, 0), 3u << 28);
    ck_assert_uint_eq(cpu.fp_flags, 0);
    ck_assert_uint_eq(fp64_cmpe(&cpu, 0x7ff8000000000000, 0), 3u << 28);
    ck_assert_uint_eq(cpu.fp_flags, FP_IOC);
    ck_assert_uint_eq(fp32_max(&cpu, 0, 0x80000000), 0);
    ck_assert_uint_eq(fp32_min(&cpu, 0, 0x80000000), 0x80000000);
    cpu = (struct cpu_common){.fp_mode = FP_FZ};
    ck_assert_uint_eq(fp32_cmp(&cpu, 1, 0), 6u << 28);
    ck_assert_uint_eq(cpu.fp_flags, FP_IDC);
    cpu = (struct cpu_common){.fp_mode = FP_FZ16};
    ck_assert_uint_eq(fp16_cmp(&cpu, 1, 0), 6u << 28);
    ck_assert_uint_eq(cpu.fp_flags, 0);
}
END_TEST

START_TEST(flushing)
{
    struct cpu_common cpu = {.fp_mode = FP_FZ};
    ck_assert_uint_eq(fp32_mul(&cpu, 0x00800000, 0x3f000000), 0);
    ck_assert_uint_eq(cpu.fp_flags, FP_UFC);
    cpu.fp_flags = 0;
    ck_assert_uint_eq(fp32_add(&cpu, 0x80000001, 0x80000001), 0x80000000);
    ck_assert_uint_eq(cpu.fp_flags, FP_IDC);
    cpu.fp_flags = 0;
    /* f16 is not flushed by FZ, and conversions not by FZ16. */
    ck_assert_uint_eq(fp16_add(&cpu, 1, 1), 2);
    cpu.fp_mode = FP_FZ16;
    ck_assert_uint_eq(fp16_add(&cpu, 1, 1), 0);
    ck_assert_uint_eq(fp_convert(&cpu, FP_F32, FP_F16, 1, FP_CURRENT), 0x33800000);
    ck_assert_uint_eq(fp_convert(&cpu, FP_F16, FP_F32, 0x33800000, FP_CURRENT), 1);
    ck_assert_uint_eq(cpu.fp_flags, 0);
}
END_TEST

START_TEST(alternative_half)
{
    struct cpu_common cpu = {.fp_mode = FP_AHP};
    ck_assert_uint_eq(fp_convert(&cpu, FP_F32, FP_F16, 0x7c00, FP_CURRENT), 0x47800000); /* 65536 */
    ck_assert_uint_eq(fp_convert(&cpu, FP_F16, FP_F32, 0x47800000, FP_CURRENT), 0x7c00);
    ck_assert_uint_eq(cpu.fp_flags, 0);
    ck_assert_uint_eq(fp_convert(&cpu, FP_F16, FP_F32, 0x7f800000, FP_CURRENT), 0x7fff);
    ck_assert_uint_eq(cpu.fp_flags, FP_IOC);
    cpu.fp_flags = 0;
    ck_assert_uint_eq(fp_convert(&cpu, FP_F16, FP_F32, 0xc8000000, FP_CURRENT), 0xffff);
    ck_assert_uint_eq(cpu.fp_flags, FP_IOC);
    ck_assert_uint_eq(fp_convert(&cpu, FP_F16, FP_F32, 0xffc00000, FP_CURRENT), 0x8000);
}
END_TEST

START_TEST(to_integers)
{
    struct cpu_common cpu = {0};
    ck_assert_uint_eq(fp_to_int(&cpu, FP_F64, 0x41efffffffe00000, 32, false, FP_ROUND_ZERO), 0xffffffff);
    ck_assert_uint_eq(cpu.fp_flags, 0);
    ck_assert_uint_eq(fp_to_int(&cpu, FP_F64, 0x41f0000000000000, 32, false, FP_ROUND_ZERO), 0xffffffff);
    ck_assert_uint_eq(cpu.fp_flags, FP_IOC);
    ck_assert_uint_eq(fp_to_int(&cpu, FP_F32, 0x7fc00000, 64, true, FP_ROUND_ZERO), 0);
    ck_assert_uint_eq(fp_to_int(&cpu, FP_F32, 0xff800000, 64, true, FP_ROUND_ZERO), 1ull << 63);
    cpu.fp_flags = 0;
    ck_assert_uint_eq(fp_to_int(&cpu, FP_F64, 0x4004000000000000, 64, true, FP_TIES_AWAY), 3); /* 2.5 */
    ck_assert_uint_eq(fp_to_int(&cpu, FP_F64, 0x4004000000000000, 64, true, FP_ROUND_NEAREST), 2);
    ck_assert_uint_eq(fp_to_int(&cpu, FP_F64, 0x4004000000000000, 64, true, FP_IMM(FP_ROUND_ZERO, 4)), 40);
    ck_assert_uint_eq(fp_to_int(&cpu, FP_F64, 0xbfe0000000000000, 64, false, FP_ROUND_ZERO), 0); /* -0.5 */
    ck_assert_uint_eq(cpu.fp_flags, FP_IXC);
    cpu.fp_flags = 0;
    ck_assert_uint_eq(fp_to_int_js(&cpu, 0x41e0000000000000), 0x80000000); /* 2^31: wraps, not exact */
    ck_assert_uint_eq(cpu.fp_flags, FP_IOC);
    ck_assert_uint_eq(fp_to_int_js(&cpu, 0xc000000000000000), 1ull << 32 | 0xfffffffe);
    ck_assert_uint_eq(fp_to_int_js(&cpu, 1ull << 63), 0);
    ck_assert_uint_eq(fp_to_int_js(&cpu, 0), 1ull << 32);
    ck_assert_uint_eq(fp64_round_int(&cpu, 0x41e0000000000000, FP_ROUND_ZERO | FP_INT32 << 8), 0xc1e0000000000000);
    ck_assert_uint_eq(fp64_round_int(&cpu, 0xc1e0000000000000, FP_ROUND_ZERO | FP_INT32 << 8), 0xc1e0000000000000);
    ck_assert_uint_eq(fp32_round_int(&cpu, 0xbf000000, FP_ROUND_ZERO | FP_INT32 << 8), 0x80000000);
}
END_TEST

START_TEST(estimates)
{
    struct cpu_common cpu = {0};
    ck_assert_uint_eq(fp32_recpe(&cpu, 0x3f800000), 0x3f7f8000);
    ck_assert_uint_eq(fp64_recpe(&cpu, 0x3ff0000000000000), 0x3feff00000000000);
    ck_assert_uint_eq(fp16_recpe(&cpu, 0x3c00), 0x3bfc);
    ck_assert_uint_eq(fp32_rsqrte(&cpu, 0x3f800000), 0x3f7f8000);
    ck_assert_uint_eq(fp32_rsqrte(&cpu, 0x40800000), 0x3eff8000);
    ck_assert_uint_eq(fp32_recpx(&cpu, 0x3f800000), 0x40000000);
    ck_assert_uint_eq(cpu.fp_flags, 0);
    ck_assert_uint_eq(fp32_recpe(&cpu, 1), 0x7f800000);
    ck_assert_uint_eq(cpu.fp_flags, FP_OFC | FP_IXC);
    cpu.fp_flags = 0;
    ck_assert_uint_eq(fp32_recpe(&cpu, 0x7f000000), 0x003fe000); /* denormal */
    ck_assert_uint_eq(fp32_recps(&cpu, 0x7f800000, 0), 0x40000000);
    ck_assert_uint_eq(fp32_rsqrts(&cpu, 0x7f800000, 0), 0x3fc00000);
    ck_assert_uint_eq(fp32_recps(&cpu, 0x3f800000, 0x3f800000), 0x3f800000);
    ck_assert_uint_eq(fp32_rsqrts(&cpu, 0x3f800000, 0x3f800000), 0x3f800000);
    ck_assert_uint_eq(fp32_mulx(&cpu, 0xff800000, 0), 0xc0000000);
    ck_assert_uint_eq(cpu.fp_flags, 0);
}
END_TEST

START_TEST(bf16)
{
    struct cpu_common cpu = {0};
    ck_assert_uint_eq(fp_convert(&cpu, FP_BF16, FP_F32, 0x3f808000, FP_CURRENT), 0x3f80); /* tie to even */
    ck_assert_uint_eq(fp_convert(&cpu, FP_BF16, FP_F32, 0x3f818000, FP_CURRENT), 0x3f82);
    ck_assert_uint_eq(fp_convert(&cpu, FP_BF16, FP_F32, 0x7f800001, FP_CURRENT), 0x7fc0);
    union v128 acc = {.s = {0x3f800000, 0, 0x7f7fffff, 0}}, x = {.h = {0x3f80, 0x4000, 0, 0, 0x7f7f, 0, 0x7f80, 0}},
               y = {.h = {0x4000, 0x4040, 0x3f80, 0, 0x3f80, 0, 0, 0}};
    union v128 r = fp_vec_bfdot(true, acc, x, y);
    ck_assert_uint_eq(r.s[0], 0x41100000); /* 1 + (1 * 2 + 2 * 3) */
    ck_assert_uint_eq(r.s[1], 0);
    ck_assert_uint_eq(r.s[2], 0x7f800000); /* to odd, and yet infinite */
    ck_assert_uint_eq(r.s[3], 0x7fc00000); /* inf * 0 */
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fp");
    TCase *t = tcase_create("fp");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, integer_algorithms_like_the_host);
    tcase_add_test(t, layers_agree);
    tcase_add_test(t, conversions_agree);
    tcase_add_test(t, integer_conversions_like_the_host);
    tcase_add_test(t, half_through_single);
    tcase_add_test(t, nans);
    tcase_add_test(t, comparisons);
    tcase_add_test(t, flushing);
    tcase_add_test(t, alternative_half);
    tcase_add_test(t, to_integers);
    tcase_add_test(t, estimates);
    tcase_add_test(t, bf16);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    printf("%d passed, %d failed\n", srunner_ntests_run(r) - failed, failed);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
