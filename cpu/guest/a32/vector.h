/* What the lift functions of VFP and Advanced SIMD share: registers of all sizes. */
#ifndef XRUN_A32_VECTOR_H
#define XRUN_A32_VECTOR_H

#include "guest/a32/a32.h"
#include "ir/fp.h"
#include "vfp_decode.h"

/* Precision as encoded. */
enum { VFP_HALF = 1, VFP_SINGLE = 2, VFP_DOUBLE = 3 };

/* Byte offsets of single, double and quadword registers. */
static inline u32 vfp_s(unsigned n) { return A32_OFF(q, 0) + 4 * n; }
static inline u32 vfp_d(unsigned n) { return A32_OFF(q, 0) + 8 * n; }

/* The number of a register of the given precision from a 4-bit and a 1-bit field. */
static inline unsigned vfp_reg(unsigned sz, unsigned v, unsigned bit) { return sz == VFP_DOUBLE ? bit << 4 | v : v << 1 | bit; }
static inline enum ir_type vfp_type(unsigned sz) { return sz == VFP_DOUBLE ? IR_F64 : sz == VFP_SINGLE ? IR_F32 : IR_F16; }

/* Whether doubleword register n is there. */
static inline bool vfp_has_d(const struct ir_build *b, unsigned n) { return n < 16 || a32_feature(b, A32_FEAT_d32); }
/* Whether the precision is, and the registers are. */
static inline bool vfp_has(const struct ir_build *b, unsigned sz, unsigned d, unsigned n, unsigned m)
{
    if (sz == VFP_HALF)
        return a32_feature(b, A32_FEAT_fp16);
    return sz == VFP_SINGLE || (vfp_has_d(b, d) && vfp_has_d(b, n) && vfp_has_d(b, m));
}

/* Register n of a precision as a scalar float; writing a half makes the rest of its word zero. */
static inline ir_ref vfp_get(struct ir_build *b, unsigned sz, unsigned n)
{
    return ir_get(b, vfp_type(sz), sz == VFP_DOUBLE ? vfp_d(n) : vfp_s(n));
}
static inline void vfp_put(struct ir_build *b, unsigned sz, unsigned n, ir_ref value)
{
    if (sz == VFP_HALF)
        a32_put(b, vfp_s(n), ir_bitcast(b, IR_I32, value));
    else
        a32_put(b, sz == VFP_DOUBLE ? vfp_d(n) : vfp_s(n), value);
}
/* A word of the single registers. */
static inline ir_ref vfp_get_word(struct ir_build *b, unsigned n) { return ir_get(b, IR_I32, vfp_s(n)); }
static inline void vfp_put_word(struct ir_build *b, unsigned n, ir_ref value) { a32_put(b, vfp_s(n), value); }

/* The bits of an 8-bit floating-point immediate at a precision [VFPExpandImm]. */
static inline u64 vfp_expand_imm(unsigned sz, unsigned imm8)
{
    unsigned width = 8u << sz, ebits = sz == VFP_HALF ? 5 : sz == VFP_SINGLE ? 8 : 11, fbits = width - 1 - ebits;
    u64 exp = (u64) !(imm8 >> 6 & 1) << (ebits - 1) | (imm8 >> 6 & 1 ? ones(ebits - 3) : 0) << 2 | (imm8 >> 4 & 3);
    return (u64)(imm8 >> 7) << (width - 1) | exp << fbits | (u64)(imm8 & 15) << (fbits - 4);
}

#endif
