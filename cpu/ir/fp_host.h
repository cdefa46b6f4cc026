/* Private to fp.c: single instructions of the host on bit patterns.
 *
 * Written as volatile assembly, because the compiler knows neither that the rounding mode is the guest's nor that the
 * flags are read later: it must not fold, move, duplicate or speculate them. An attempt whose result is then thrown
 * away leaves only flags that the right answer raises too, as long as operands are not flushed (fp_host_usable()).
 */
#ifndef XRUN_IR_FP_HOST_H
#define XRUN_IR_FP_HOST_H

#include "base/host_cpu.h"
#include "state/common.h"

#if defined(__x86_64__)
enum { FP_HOST = 1 };

#define HOST1(name, T, C, insn)                                                                                        \
    static inline T host_##name(T a)                                                                                   \
    {                                                                                                                  \
        C x, y;                                                                                                        \
        memcpy(&y, &a, sizeof y);                                                                                      \
        __asm__ volatile(insn " %1, %0" : "=x"(x) : "x"(y));                                                           \
        memcpy(&a, &x, sizeof a);                                                                                      \
        return a;                                                                                                      \
    }
#define HOST2(name, T, C, insn)                                                                                        \
    static inline T host_##name(T a, T b)                                                                              \
    {                                                                                                                  \
        C x, y;                                                                                                        \
        memcpy(&x, &a, sizeof x);                                                                                      \
        memcpy(&y, &b, sizeof y);                                                                                      \
        __asm__ volatile(insn " %1, %0" : "+x"(x) : "x"(y));                                                           \
        memcpy(&a, &x, sizeof a);                                                                                      \
        return a;                                                                                                      \
    }
HOST2(add32, u32, float, "addss")
HOST2(sub32, u32, float, "subss")
HOST2(mul32, u32, float, "mulss")
HOST2(div32, u32, float, "divss")
HOST1(sqrt32, u32, float, "sqrtss")
HOST2(add64, u64, double, "addsd")
HOST2(sub64, u64, double, "subsd")
HOST2(mul64, u64, double, "mulsd")
HOST2(div64, u64, double, "divsd")
HOST1(sqrt64, u64, double, "sqrtsd")
#undef HOST1
#undef HOST2

/* addend + x * y; only where fp_host_has_fma(). */
#define HOST_FMA(name, T, C, insn)                                                                                     \
    static inline T host_##name(T addend, T a, T b)                                                                    \
    {                                                                                                                  \
        C z, x, y;                                                                                                     \
        memcpy(&z, &addend, sizeof z);                                                                                 \
        memcpy(&x, &a, sizeof x);                                                                                      \
        memcpy(&y, &b, sizeof y);                                                                                      \
        __asm__ volatile(insn " %2, %1, %0" : "+x"(z) : "x"(x), "x"(y));                                               \
        memcpy(&a, &z, sizeof a);                                                                                      \
        return a;                                                                                                      \
    }
HOST_FMA(muladd32, u32, float, "vfmadd231ss")
HOST_FMA(muladd64, u64, double, "vfmadd231sd")
#undef HOST_FMA

/* To an integral value, without the inexact flag; rounding 0..3 of enum fp_mode. Only where fp_host_has_round(). */
#define HOST_ROUND(name, T, C, insn)                                                                                   \
    static inline T host_##name(T a, unsigned rounding)                                                                \
    {                                                                                                                  \
        C x, y;                                                                                                        \
        memcpy(&y, &a, sizeof y);                                                                                      \
        switch (rounding) {                                                                                            \
        case FP_ROUND_NEAREST:                                                                                         \
            __asm__ volatile(insn " $8, %1, %0" : "=x"(x) : "x"(y));                                                   \
            break;                                                                                                     \
        case FP_ROUND_UP:                                                                                              \
            __asm__ volatile(insn " $10, %1, %0" : "=x"(x) : "x"(y));                                                  \
            break;                                                                                                     \
        case FP_ROUND_DOWN:                                                                                            \
            __asm__ volatile(insn " $9, %1, %0" : "=x"(x) : "x"(y));                                                   \
            break;                                                                                                     \
        default:                                                                                                       \
            __asm__ volatile(insn " $11, %1, %0" : "=x"(x) : "x"(y));                                                  \
            break;                                                                                                     \
        }                                                                                                              \
        memcpy(&a, &x, sizeof a);                                                                                      \
        return a;                                                                                                      \
    }
HOST_ROUND(rint32, u32, float, "roundss")
HOST_ROUND(rint64, u64, double, "roundsd")
#undef HOST_ROUND

static inline u64 host_widen(u32 a)
{
    float x;
    double y;
    u64 r;
    memcpy(&x, &a, sizeof x);
    __asm__ volatile("cvtss2sd %1, %0" : "=x"(y) : "x"(x));
    memcpy(&r, &y, sizeof r);
    return r;
}
static inline u32 host_narrow(u64 a)
{
    double x;
    float y;
    u32 r;
    memcpy(&x, &a, sizeof x);
    __asm__ volatile("cvtsd2ss %1, %0" : "=x"(y) : "x"(x));
    memcpy(&r, &y, sizeof r);
    return r;
}

/* To a signed integer; the least integer stands for every failure. */
#define HOST_TO_INT(name, T, C, R, insn)                                                                               \
    static inline R host_##name(T a)                                                                                   \
    {                                                                                                                  \
        C x;                                                                                                           \
        R r;                                                                                                           \
        memcpy(&x, &a, sizeof x);                                                                                      \
        __asm__ volatile(insn " %1, %0" : "=r"(r) : "x"(x));                                                           \
        return r;                                                                                                      \
    }
HOST_TO_INT(trunc32_i32, u32, float, i32, "cvttss2si")
HOST_TO_INT(trunc32_i64, u32, float, i64, "cvttss2si")
HOST_TO_INT(trunc64_i32, u64, double, i32, "cvttsd2si")
HOST_TO_INT(trunc64_i64, u64, double, i64, "cvttsd2si")
HOST_TO_INT(round32_i32, u32, float, i32, "cvtss2si")
HOST_TO_INT(round32_i64, u32, float, i64, "cvtss2si")
HOST_TO_INT(round64_i32, u64, double, i32, "cvtsd2si")
HOST_TO_INT(round64_i64, u64, double, i64, "cvtsd2si")
#undef HOST_TO_INT

static inline u32 host_from_i64_32(i64 n)
{
    float x;
    u32 r;
    __asm__ volatile("pxor %0, %0\n\tcvtsi2ssq %1, %0" : "=x"(x) : "r"(n));
    memcpy(&r, &x, sizeof r);
    return r;
}
static inline u64 host_from_i64_64(i64 n)
{
    double x;
    u64 r;
    __asm__ volatile("pxor %0, %0\n\tcvtsi2sdq %1, %0" : "=x"(x) : "r"(n));
    memcpy(&r, &x, sizeof r);
    return r;
}

static inline bool fp_host_has_fma(void) { return host_features()->fma; }
static inline bool fp_host_has_round(void) { return host_features()->sse41; }

#else /* no fast layer for this host: these are never reached */
enum { FP_HOST = 0 };
static inline u32 host_add32(u32 a, u32 b) { return a ^ b; }
static inline u64 host_add64(u64 a, u64 b) { return a ^ b; }
#define host_sub32               host_add32
#define host_mul32               host_add32
#define host_div32               host_add32
#define host_sub64               host_add64
#define host_mul64               host_add64
#define host_div64               host_add64
#define host_sqrt32(a)           host_add32(a, 0)
#define host_sqrt64(a)           host_add64(a, 0)
#define host_muladd32(z, a, b)   host_add32(z, (a) ^ (b))
#define host_muladd64(z, a, b)   host_add64(z, (a) ^ (b))
#define host_rint32(a, rounding) host_add32(a, rounding)
#define host_rint64(a, rounding) host_add64(a, rounding)
#define host_widen(a)            host_add64(a, 0)
#define host_narrow(a)           host_add32((u32)(a), 0)
#define host_trunc32_i32(a)      ((i32)host_add32(a, 0))
#define host_trunc32_i64(a)      ((i64)host_add64(a, 0))
#define host_trunc64_i32(a)      ((i32)host_add64(a, 0))
#define host_trunc64_i64(a)      ((i64)host_add64(a, 0))
#define host_round32_i32         host_trunc32_i32
#define host_round32_i64         host_trunc32_i64
#define host_round64_i32         host_trunc64_i32
#define host_round64_i64         host_trunc64_i64
#define host_from_i64_32(n)      host_add32((u32)(n), 0)
#define host_from_i64_64(n)      host_add64((u64)(n), 0)
static inline bool fp_host_has_fma(void) { return false; }
static inline bool fp_host_has_round(void) { return false; }
#endif

/* Whether the host's f32 and f64 instructions may be tried: nothing is flushed. */
static inline bool fp_host_usable(const struct cpu_common *cpu) { return FP_HOST && !(cpu->fp_mode & FP_FZ); }

/* Results that the host may have got wrong, or with the wrong flags: a NaN (which one), and the smallest normal number
 * (whether that was an underflow). All others agree: exact zeros have the same sign, what is denormal after rounding
 * was tiny before. */
static inline bool fp_doubtful32(u32 r) { return r << 1 > 0xff000000u || r << 1 == 0x01000000u; }
static inline bool fp_doubtful64(u64 r) { return r << 1 > 0xffe0000000000000u || r << 1 == 0x0020000000000000u; }

#endif
