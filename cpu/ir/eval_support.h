/* What the value column of ops.def may use: lane access, wide products, flags, conditions. Everything here is a pure
 * inline function; the names a, b, c, d, sd, W, L, S(), FP(), x, y, z, r are given by the evaluators around the row:
 *
 *   INT*, CMP2, FLAGS*   a b c: u32 or u64; W: 32 or 64; S(e): e as signed of W bits
 *   F*                   a b c: bit patterns u16, u32, u64; FP(fn): fp16_fn, fp32_fn, fp64_fn; W: 16, 32, 64
 *   VL*                  a b c: u8..u64; L: 8..64; S(e): e as signed of L bits; (d)e, (sd)e: unsigned and signed
 *                        integer of 2 * L bits; lane number i
 *   VF*                  a b c: bit patterns; FP(fn); L: 16, 32, 64; lane number i
 *   V                    x y z: union v128 values (zero if absent); r: union v128, zero before; lane, full: constants
 *   CUSTOM               x y z: const union ir_value *; r: union ir_value *, never an operand, zero before;
 *                        type, operand, sub: constants (sub < IR_CUSTOM_SUBS)
 *   all                  cpu: struct cpu_common *; imm: u64
 */
#ifndef XRUN_IR_EVAL_SUPPORT_H
#define XRUN_IR_EVAL_SUPPORT_H

#include "ir/ir.h"

/* Bits and number of lanes of an enum ir_lane; `full` as IR_FULL or any nonzero number. */
static inline unsigned ir_lane_bits(unsigned lane) { return 8u << lane; }
static inline unsigned ir_lane_count(unsigned lane, bool full) { return (full ? 16u : 8u) >> lane; }

/* Lane number i, zero-extended. i is taken modulo the lanes of a whole register, so no immediate reaches outside. */
static inline u64 ir_lane_get(const union v128 *v, unsigned lane, u64 i)
{
    switch (lane) {
    case IR_B: return v->b[i & 15];
    case IR_H: return v->h[i & 7];
    case IR_S: return v->s[i & 3];
    default: return v->d[i & 1];
    }
}

/* The same, sign-extended. */
static inline i64 ir_lane_get_signed(const union v128 *v, unsigned lane, u64 i)
{
    return sext(ir_lane_get(v, lane, i), ir_lane_bits(lane));
}

/* Lane number i = the low bits of value. */
static inline void ir_lane_set(union v128 *v, unsigned lane, u64 i, u64 value)
{
    switch (lane) {
    case IR_B: v->b[i & 15] = (u8)value; break;
    case IR_H: v->h[i & 7] = (u16)value; break;
    case IR_S: v->s[i & 3] = (u32)value; break;
    default: v->d[i & 1] = value;
    }
}

/* The upper half of a product of two unsigned, two signed numbers of `width` bits (32, 64). */
static inline u64 value_umulh(unsigned width, u64 a, u64 b)
{
    return width == 64 ? (u64)((u128)a * b >> 64) : (u64)(u32)a * (u32)b >> 32;
}

static inline u64 value_smulh(unsigned width, u64 a, u64 b)
{
    return width == 64 ? (u64)((i128)(i64)a * (i64)b >> 64) : (u64)((i64)(i32)a * (i32)b >> 32);
}

/* Bits of the low `width` bits (8, 16, 32, 64) reversed. */
static inline u64 value_bitrev(unsigned width, u64 a)
{
    a = (a >> 1 & 0x5555555555555555) | (a & 0x5555555555555555) << 1;
    a = (a >> 2 & 0x3333333333333333) | (a & 0x3333333333333333) << 2;
    a = (a >> 4 & 0x0f0f0f0f0f0f0f0f) | (a & 0x0f0f0f0f0f0f0f0f) << 4;
    return __builtin_bswap64(a) >> (64 - width);
}

/* CRCs as the instructions of FEAT_CRC32 define them: bit-reflected, polynomials 0x04c11db7 and 0x1edc6f41. */
enum value_crc { VALUE_CRC32, VALUE_CRC32C };
u32 value_crc(enum value_crc which, u32 crc, u64 data, unsigned log2_bytes);

enum { IR_FLAG_N = 1u << 31, IR_FLAG_Z = 1 << 30, IR_FLAG_C = 1 << 29, IR_FLAG_V = 1 << 28 };
static const u32 IR_FLAGS_MASK = 0xf0000000;

/* N and Z of a value of `width` bits; C and V clear. */
static inline u32 value_flags_nz(unsigned width, u64 a)
{
    u64 cut = width == 64 ? a : (u32)a;
    return (u32)(cut >> (width - 1)) << 31 | (u32)(cut == 0) << 30;
}

/* N Z C V of a + b + carry. */
static inline u32 value_flags_adc(unsigned width, u64 a, u64 b, u32 carry)
{
    carry = carry != 0;
    u64 low, sum;
    bool c, v;
    if (width == 64) {
        c = __builtin_add_overflow(a, b, &low);
        c |= __builtin_add_overflow(low, (u64)carry, &sum);
    } else {
        sum = (u64)(u32)a + (u32)b + carry;
        c = sum >> 32 & 1;
        sum = (u32)sum;
    }
    v = ((a ^ sum) & (b ^ sum)) >> (width - 1) & 1;
    return value_flags_nz(width, sum) | (u32)c << 29 | (u32)v << 28;
}

/* 1 if condition cond (enum ir_cond) holds. */
static inline u32 ir_cond_holds(unsigned cond, u32 flags)
{
    bool n = flags >> 31 & 1, z = flags >> 30 & 1, c = flags >> 29 & 1, v = flags >> 28 & 1, holds;
    switch (cond >> 1) {
    case 0: holds = z; break;
    case 1: holds = c; break;
    case 2: holds = n; break;
    case 3: holds = v; break;
    case 4: holds = c && !z; break;
    case 5: holds = n == v; break;
    case 6: holds = !z && n == v; break;
    default: return 1; /* AL and NV both always hold */
    }
    return holds ^ (cond & 1);
}

#endif
