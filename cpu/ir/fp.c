/* Floating point by format: the host's instruction first where it is known to agree, else the integer algorithms. */
#include "ir/fp.h"
#include "ir/fp_host.h"
#include "ir/fp_soft.h"

/* --- arithmetic ------------------------------------------------------------------------------------------------ */

#define FP_HOST2(W, name, soft)                                                                                        \
    u##W fp##W##_##name(struct cpu_common *cpu, u##W a, u##W b)                                                        \
    {                                                                                                                  \
        if (likely(fp_host_usable(cpu))) {                                                                             \
            u##W r = host_##name##W(a, b);                                                                             \
            if (likely(!fp_doubtful##W(r)))                                                                            \
                return r;                                                                                              \
        }                                                                                                              \
        return (u##W)soft;                                                                                             \
    }
#define FP_HOST_FORMAT(W)                                                                                              \
    FP_HOST2(W, add, fp_soft_add(cpu, FP_F##W, a, b, false))                                                           \
    FP_HOST2(W, sub, fp_soft_add(cpu, FP_F##W, a, b, true))                                                            \
    FP_HOST2(W, mul, fp_soft_mul(cpu, FP_F##W, a, b, false))                                                           \
    FP_HOST2(W, div, fp_soft_div(cpu, FP_F##W, a, b))                                                                  \
    u##W fp##W##_sqrt(struct cpu_common *cpu, u##W a)                                                                  \
    {                                                                                                                  \
        if (likely(fp_host_usable(cpu))) {                                                                             \
            u##W r = host_sqrt##W(a);                                                                                  \
            if (likely(!fp_doubtful##W(r)))                                                                            \
                return r;                                                                                              \
        }                                                                                                              \
        return (u##W)fp_soft_sqrt(cpu, FP_F##W, a);                                                                    \
    }                                                                                                                  \
    u##W fp##W##_muladd(struct cpu_common *cpu, u##W addend, u##W x, u##W y)                                           \
    {                                                                                                                  \
        if (likely(fp_host_usable(cpu) && fp_host_has_fma())) {                                                        \
            u##W r = host_muladd##W(addend, x, y);                                                                     \
            if (likely(!fp_doubtful##W(r)))                                                                            \
                return r;                                                                                              \
        }                                                                                                              \
        return (u##W)fp_soft_muladd(cpu, FP_F##W, addend, x, y);                                                       \
    }                                                                                                                  \
    u##W fp##W##_rint(struct cpu_common *cpu, u##W a, u64 imm)                                                         \
    {                                                                                                                  \
        unsigned rounding = fp_rounding_of(cpu, imm & FP_IMM_ROUND_MASK);                                              \
        if (likely(fp_host_usable(cpu) && rounding <= FP_ROUND_ZERO && fp_host_has_round())) {                         \
            u##W r = host_rint##W(a, rounding);                                                                        \
            if (likely(!fp_doubtful##W(r))) {                                                                          \
                if (imm & FP_IMM_INEXACT && r != a)                                                                    \
                    fp_raise(cpu, FP_IXC);                                                                             \
                return r;                                                                                              \
            }                                                                                                          \
        }                                                                                                              \
        return (u##W)fp_soft_rint(cpu, FP_F##W, a, imm);                                                               \
    }
FP_HOST_FORMAT(32)
FP_HOST_FORMAT(64)

u16 fp16_add(struct cpu_common *cpu, u16 a, u16 b) { return (u16)fp_soft_add(cpu, FP_F16, a, b, false); }
u16 fp16_sub(struct cpu_common *cpu, u16 a, u16 b) { return (u16)fp_soft_add(cpu, FP_F16, a, b, true); }
u16 fp16_mul(struct cpu_common *cpu, u16 a, u16 b) { return (u16)fp_soft_mul(cpu, FP_F16, a, b, false); }
u16 fp16_div(struct cpu_common *cpu, u16 a, u16 b) { return (u16)fp_soft_div(cpu, FP_F16, a, b); }
u16 fp16_sqrt(struct cpu_common *cpu, u16 a) { return (u16)fp_soft_sqrt(cpu, FP_F16, a); }
u16 fp16_muladd(struct cpu_common *cpu, u16 addend, u16 x, u16 y)
{
    return (u16)fp_soft_muladd(cpu, FP_F16, addend, x, y);
}
u16 fp16_rint(struct cpu_common *cpu, u16 a, u64 imm) { return (u16)fp_soft_rint(cpu, FP_F16, a, imm); }

/* --- what is the same for all formats -------------------------------------------------------------------------- */

#define FP_TWO(W, name, value)                                                                                         \
    u##W fp##W##_##name(struct cpu_common *cpu, u##W a, u##W b) { return (u##W)(value); }
#define FP_ONE(W, name, value)                                                                                         \
    u##W fp##W##_##name(struct cpu_common *cpu, u##W a) { return (u##W)(value); }
#define FP_ONE_IMM(W, name, value)                                                                                     \
    u##W fp##W##_##name(struct cpu_common *cpu, u##W a, u64 imm) { return (u##W)(value); }
#define FP_FORMAT(W)                                                                                                   \
    FP_TWO(W, min, fp_minmax(cpu, FP_F##W, a, b, false, false))                                                        \
    FP_TWO(W, max, fp_minmax(cpu, FP_F##W, a, b, true, false))                                                         \
    FP_TWO(W, minnm, fp_minmax(cpu, FP_F##W, a, b, false, true))                                                       \
    FP_TWO(W, maxnm, fp_minmax(cpu, FP_F##W, a, b, true, true))                                                        \
    FP_TWO(W, mulx, fp_soft_mul(cpu, FP_F##W, a, b, true))                                                             \
    FP_TWO(W, recps, fp_soft_step(cpu, FP_F##W, a, b, false))                                                          \
    FP_TWO(W, rsqrts, fp_soft_step(cpu, FP_F##W, a, b, true))                                                          \
    FP_ONE(W, recpe, fp_soft_recpe(cpu, FP_F##W, a))                                                                   \
    FP_ONE(W, rsqrte, fp_soft_rsqrte(cpu, FP_F##W, a))                                                                 \
    FP_ONE(W, recpx, fp_soft_recpx(cpu, FP_F##W, a))                                                                   \
    FP_TWO(W, abd, fp##W##_abs(fp##W##_sub(cpu, a, b)))                                                                \
    FP_ONE_IMM(W, round_int, fp_soft_round_int(cpu, FP_F##W, a, imm))                                                  \
    u32 fp##W##_cmp(struct cpu_common *cpu, u##W a, u##W b) { return fp_compare(cpu, FP_F##W, a, b, false); }          \
    u32 fp##W##_cmpe(struct cpu_common *cpu, u##W a, u##W b) { return fp_compare(cpu, FP_F##W, a, b, true); }          \
    FP_TWO(W, cmeq, fp_holds(cpu, FP_F##W, a, b, FP_EQ) ? ~0ull : 0)                                                   \
    FP_TWO(W, cmge, fp_holds(cpu, FP_F##W, a, b, FP_GE) ? ~0ull : 0)                                                   \
    FP_TWO(W, cmgt, fp_holds(cpu, FP_F##W, a, b, FP_GT) ? ~0ull : 0)                                                   \
    FP_TWO(W, acge, fp_holds(cpu, FP_F##W, fp##W##_abs(a), fp##W##_abs(b), FP_GE) ? ~0ull : 0)                         \
    FP_TWO(W, acgt, fp_holds(cpu, FP_F##W, fp##W##_abs(a), fp##W##_abs(b), FP_GT) ? ~0ull : 0)                         \
    FP_ONE_IMM(W, to_s, fp_to_int(cpu, FP_F##W, a, W, true, imm))                                                      \
    FP_ONE_IMM(W, to_u, fp_to_int(cpu, FP_F##W, a, W, false, imm))                                                     \
    FP_ONE_IMM(W, from_s, fp_from_int(cpu, FP_F##W, a, W, true, imm))                                                  \
    FP_ONE_IMM(W, from_u, fp_from_int(cpu, FP_F##W, a, W, false, imm))
FP_FORMAT(16)
FP_FORMAT(32)
FP_FORMAT(64)

/* --- conversions ----------------------------------------------------------------------------------------------- */

u64 fp_convert(struct cpu_common *cpu, enum fp_format to, enum fp_format from, u64 a, unsigned rounding)
{
    if (from == FP_F32 && to == FP_F64 && fp_host_usable(cpu)) {
        u64 r = host_widen((u32)a);
        if (likely(!fp_doubtful64(r)))
            return r;
    } else if (from == FP_F64 && to == FP_F32 && rounding == FP_CURRENT && fp_host_usable(cpu)) {
        u32 r = host_narrow(a);
        if (likely(!fp_doubtful32(r)))
            return r;
    }
    return fp_soft_convert(cpu, to, from, a, rounding);
}

/* The host's conversion to a signed integer, toward zero or in the current rounding mode. */
static i64 host_to_int(enum fp_format from, u64 a, unsigned width, bool truncate)
{
    if (from == FP_F32) {
        u32 x = (u32)a;
        if (width == 32)
            return truncate ? host_trunc32_i32(x) : host_round32_i32(x);
        return truncate ? host_trunc32_i64(x) : host_round32_i64(x);
    }
    if (width == 32)
        return truncate ? host_trunc64_i32(a) : host_round64_i32(a);
    return truncate ? host_trunc64_i64(a) : host_round64_i64(a);
}

u64 fp_to_int(struct cpu_common *cpu, enum fp_format from, u64 a, unsigned width, bool is_signed, u64 imm)
{
    unsigned rounding = imm & FP_IMM_ROUND_MASK;
    bool plain = (from == FP_F32 || from == FP_F64) && width >= 32 && imm >> FP_IMM_FBITS_SHIFT == 0;
    bool current = rounding == FP_CURRENT || rounding == (cpu->fp_mode & FP_ROUND_MASK);
    if (plain && fp_host_usable(cpu) && (rounding == FP_ROUND_ZERO || current)) {
        if (is_signed) {
            i64 r = host_to_int(from, a, width, rounding == FP_ROUND_ZERO);
            if (likely(r != (width == 32 ? INT32_MIN : INT64_MIN)))
                return (u64)r & ones(width);
        } else {
            /* Positive and so far below the limit that rounding cannot reach it: as a signed 64-bit integer. */
            u64 limit = (u64)(fp_bias(from) + (i32)width - 1) << fp_fbits(from);
            if (likely(a < limit))
                return (u64)host_to_int(from, a, 64, rounding == FP_ROUND_ZERO);
        }
    }
    return fp_soft_to_int(cpu, from, a, width, is_signed, imm);
}

u64 fp_from_int(struct cpu_common *cpu, enum fp_format to, u64 a, unsigned width, bool is_signed, u64 imm)
{
    unsigned rounding = imm & FP_IMM_ROUND_MASK;
    if (FP_HOST && (to == FP_F32 || to == FP_F64) && imm >> FP_IMM_FBITS_SHIFT == 0 && rounding == FP_CURRENT) {
        i64 n = is_signed ? sext(a, width) : (i64)(a & ones(width));
        if (is_signed || n >= 0)
            return to == FP_F32 ? host_from_i64_32(n) : host_from_i64_64(n);
    }
    return fp_soft_from_int(cpu, to, a, width, is_signed, imm);
}
