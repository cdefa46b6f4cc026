/* Basic arithmetic for f32 and f64 on the host's operations, until ir/fp.h has all rules. f16 is not provided: must(). */
#ifndef XRUN_IR_FP_BASIC_H
#define XRUN_IR_FP_BASIC_H
#include "ir/ir.h"
#include <math.h>
#define BINARY(name, sign)                                                                                             \
    static inline u16 fp16_##name(struct cpu_common *c, u16 a, u16 b) { (void)c, (void)a, (void)b; must(!"f16"); return 0; } \
    static inline u32 fp32_##name(struct cpu_common *c, u32 a, u32 b)                                                  \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        union ir_value x = {.u32 = a}, y = {.u32 = b};                                                                 \
        x.f32 = x.f32 sign y.f32;                                                                                      \
        return x.u32;                                                                                                  \
    }                                                                                                                  \
    static inline u64 fp64_##name(struct cpu_common *c, u64 a, u64 b)                                                  \
    {                                                                                                                  \
        (void)c;                                                                                                       \
        union ir_value x = {.u64 = a}, y = {.u64 = b};                                                                 \
        x.f64 = x.f64 sign y.f64;                                                                                      \
        return x.u64;                                                                                                  \
    }
BINARY(add, +) BINARY(sub, -) BINARY(mul, *) BINARY(div, /)
#undef BINARY
static inline u16 fp16_sqrt(struct cpu_common *c, u16 a) { (void)c, (void)a; must(!"f16"); return 0; }
static inline u32 fp32_sqrt(struct cpu_common *c, u32 a) { (void)c; union ir_value x = {.u32 = a}; x.f32 = __builtin_sqrtf(x.f32); return x.u32; }
static inline u64 fp64_sqrt(struct cpu_common *c, u64 a) { (void)c; union ir_value x = {.u64 = a}; x.f64 = __builtin_sqrt(x.f64); return x.u64; }
static inline u16 fp16_abs(u16 a) { return a & 0x7fff; }
static inline u32 fp32_abs(u32 a) { return a & ~(1u << 31); }
static inline u64 fp64_abs(u64 a) { return a & ~(1ull << 63); }
static inline u16 fp16_neg(u16 a) { return a ^ 0x8000; }
static inline u32 fp32_neg(u32 a) { return a ^ 1u << 31; }
static inline u64 fp64_neg(u64 a) { return a ^ 1ull << 63; }
#endif
