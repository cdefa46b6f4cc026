/* Advanced SIMD, integers: two-register miscellaneous, across lanes, shift by immediate, modified immediate. */
#include "a64_decode.h"
#include "guest/a64/simd.h"

#define UNARY(name, op, sub)                                                                                           \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_1(b, IR_OP_##op, sub, a64_get_v(b, d->rn)));                                          \
        return FLOW_NEXT;                                                                                              \
    }
#define UNARY_LANES(name, op) UNARY(name, op, simd_sub(d->size, d->Q))

UNARY_LANES(CLS_v, vcls)
UNARY_LANES(CLZ_v, vclz)
UNARY_LANES(CNT_v, vcnt)
UNARY_LANES(ABS_v, vabs)
UNARY_LANES(NEG_v, vneg)
UNARY_LANES(SQABS_v, vsqabs)
UNARY(NOT_v, vnot, simd_sub(IR_B, d->Q))
UNARY(RBIT_v, vrbit, simd_sub(IR_B, d->Q))
UNARY(URECPE_v, vurecpe, simd_sub(IR_S, d->Q))
UNARY(URSQRTE_v, vursqrte, simd_sub(IR_S, d->Q))
UNARY(SADDLP_v, vsaddlp, simd_sub(d->size + 1, d->Q))
UNARY(UADDLP_v, vuaddlp, simd_sub(d->size + 1, d->Q))

UNARY_LANES(ADDV_v, vaddv)
UNARY_LANES(SADDLV_v, vsaddlv)
UNARY_LANES(UADDLV_v, vuaddlv)
UNARY_LANES(SMAXV_v, vsmaxv)
UNARY_LANES(UMAXV_v, vumaxv)
UNARY_LANES(SMINV_v, vsminv)
UNARY_LANES(UMINV_v, vuminv)

LIFT(a64, SQNEG_v)
{
    a64_set_v(b, d->rd, simd_2(b, IR_OP_vsqsub, simd_sub(d->size, d->Q), simd_zero(b), a64_get_v(b, d->rn)));
    return FLOW_NEXT;
}

/* Lanes of `size` reversed within containers of 1 << container bytes. */
#define REVERSE(name, container)                                                                                       \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_imm(b, IR_OP_vrev, simd_sub(d->size, d->Q), a64_get_v(b, d->rn), container));         \
        return FLOW_NEXT;                                                                                              \
    }

REVERSE(REV64_v, IR_D)
REVERSE(REV32_v, IR_S)
REVERSE(REV16_v, IR_H)

/* Vd = op(Vd, value) on the wide lanes, of which Q says how many. */
#define PAIRS_ADDED(name, op)                                                                                          \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        u8 sub = simd_sub(d->size + 1, d->Q);                                                                          \
        ir_ref sums = simd_1(b, IR_OP_##op, sub, a64_get_v(b, d->rn));                                                 \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_vadd, sub, a64_get_v(b, d->rd), sums));                                    \
        return FLOW_NEXT;                                                                                              \
    }

PAIRS_ADDED(SADALP_v, vsaddlp)
PAIRS_ADDED(UADALP_v, vuaddlp)

#define SATURATING_ADD(name, op)                                                                                       \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref acc = a64_get_v(b, d->rd), n = a64_get_v(b, d->rn);                                                     \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, d->Q), acc, n));                                   \
        return FLOW_NEXT;                                                                                              \
    }

SATURATING_ADD(SUQADD_v, vsuqadd)
SATURATING_ADD(USQADD_v, vusqadd)

#define COMPARE_ZERO(name, op)                                                                                         \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, d->Q), a64_get_v(b, d->rn), simd_zero(b)));        \
        return FLOW_NEXT;                                                                                              \
    }
#define COMPARE_ZERO_SWAPPED(name, op)                                                                                 \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, d->Q), simd_zero(b), a64_get_v(b, d->rn)));        \
        return FLOW_NEXT;                                                                                              \
    }

COMPARE_ZERO(CMGT_zero_v, vcmpgt)
COMPARE_ZERO(CMGE_zero_v, vcmpge)
COMPARE_ZERO(CMEQ_zero_v, vcmpeq)
COMPARE_ZERO_SWAPPED(CMLE_zero_v, vcmpge)
COMPARE_ZERO_SWAPPED(CMLT_zero_v, vcmpgt)

#define NARROW(name, op)                                                                                               \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        simd_set_narrow(b, d->Q, d->rd, simd_1(b, IR_OP_##op, simd_sub(d->size, 0), a64_get_v(b, d->rn)));             \
        return FLOW_NEXT;                                                                                              \
    }

NARROW(XTN_v, vxtn)
NARROW(SQXTN_v, vsqxtn)
NARROW(UQXTN_v, vuqxtn)
NARROW(SQXTUN_v, vsqxtun)

LIFT(a64, SHLL_v)
{
    ir_ref wide = simd_imm(b, IR_OP_vuxtl, simd_sub(d->size, 1), a64_get_v(b, d->rn), d->Q);
    a64_set_v(b, d->rd, simd_imm(b, IR_OP_vshl_imm, simd_wide(d->size), wide, 8u << d->size));
    return FLOW_NEXT;
}

/* --- shift by immediate ------------------------------------------------------------------------------------------- */

#define SHIFT(name, op, count)                                                                                         \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        u8 sub = simd_sub(simd_shift_size(d->immh), d->Q);                                                             \
        a64_set_v(b, d->rd, simd_imm(b, IR_OP_##op, sub, a64_get_v(b, d->rn), count(d->immh, d->immb)));               \
        return FLOW_NEXT;                                                                                              \
    }
#define SHIFT_ADDED(name, op)                                                                                          \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        u8 sub = simd_sub(simd_shift_size(d->immh), d->Q);                                                             \
        ir_ref n = simd_imm(b, IR_OP_##op, sub, a64_get_v(b, d->rn), simd_shift_right(d->immh, d->immb));              \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_vadd, sub, a64_get_v(b, d->rd), n));                                       \
        return FLOW_NEXT;                                                                                              \
    }

SHIFT(SSHR_v, vsar_imm, simd_shift_right)
SHIFT(USHR_v, vshr_imm, simd_shift_right)
SHIFT(SRSHR_v, vsrshr_imm, simd_shift_right)
SHIFT(URSHR_v, vurshr_imm, simd_shift_right)
SHIFT(SHL_v, vshl_imm, simd_shift_left)
SHIFT(SQSHLU_v, vsqshlu_imm, simd_shift_left)
SHIFT_ADDED(SSRA_v, vsar_imm)
SHIFT_ADDED(USRA_v, vshr_imm)
SHIFT_ADDED(SRSRA_v, vsrshr_imm)
SHIFT_ADDED(URSRA_v, vurshr_imm)

#define SHIFT_SATURATED(name, op)                                                                                      \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        unsigned size = simd_shift_size(d->immh);                                                                      \
        ir_ref count = simd_splat(b, size, simd_shift_left(d->immh, d->immb));                                         \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(size, d->Q), a64_get_v(b, d->rn), count));                  \
        return FLOW_NEXT;                                                                                              \
    }

SHIFT_SATURATED(SQSHL_imm_v, vsqshl)
SHIFT_SATURATED(UQSHL_imm_v, vuqshl)

LIFT(a64, SRI_v)
{
    u8 sub = simd_sub(simd_shift_size(d->immh), d->Q);
    unsigned count = simd_shift_right(d->immh, d->immb);
    a64_set_v(b, d->rd, simd_insert_shifted(b, sub, a64_get_v(b, d->rd), a64_get_v(b, d->rn), count, false));
    return FLOW_NEXT;
}

LIFT(a64, SLI_v)
{
    u8 sub = simd_sub(simd_shift_size(d->immh), d->Q);
    unsigned count = simd_shift_left(d->immh, d->immb);
    a64_set_v(b, d->rd, simd_insert_shifted(b, sub, a64_get_v(b, d->rd), a64_get_v(b, d->rn), count, true));
    return FLOW_NEXT;
}

/* Shift right on wide lanes, then narrow; immh names the narrow lane. */
#define SHIFT_NARROW(name, shift, narrow)                                                                              \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        unsigned size = simd_shift_size(d->immh), count = simd_shift_right(d->immh, d->immb);                          \
        ir_ref wide = simd_imm(b, IR_OP_##shift, simd_wide(size), a64_get_v(b, d->rn), count);                         \
        simd_set_narrow(b, d->Q, d->rd, simd_1(b, IR_OP_##narrow, simd_sub(size, 0), wide));                           \
        return FLOW_NEXT;                                                                                              \
    }

SHIFT_NARROW(SHRN_v, vshr_imm, vxtn)
SHIFT_NARROW(RSHRN_v, vurshr_imm, vxtn)
SHIFT_NARROW(SQSHRN_v, vsar_imm, vsqxtn)
SHIFT_NARROW(SQRSHRN_v, vsrshr_imm, vsqxtn)
SHIFT_NARROW(UQSHRN_v, vshr_imm, vuqxtn)
SHIFT_NARROW(UQRSHRN_v, vurshr_imm, vuqxtn)
SHIFT_NARROW(SQSHRUN_v, vsar_imm, vsqxtun)
SHIFT_NARROW(SQRSHRUN_v, vsrshr_imm, vsqxtun)

#define SHIFT_LONG(name, extend)                                                                                       \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        unsigned size = simd_shift_size(d->immh), count = simd_shift_left(d->immh, d->immb);                           \
        ir_ref wide = simd_imm(b, IR_OP_##extend, simd_sub(size, 1), a64_get_v(b, d->rn), d->Q);                       \
        if (count)                                                                                                     \
            wide = simd_imm(b, IR_OP_vshl_imm, simd_wide(size), wide, count);                                          \
        a64_set_v(b, d->rd, wide);                                                                                     \
        return FLOW_NEXT;                                                                                              \
    }

SHIFT_LONG(SSHLL_v, vsxtl)
SHIFT_LONG(USHLL_v, vuxtl)

/* --- modified immediate ------------------------------------------------------------------------------------------- */

/* A constant over 64 or (q) 128 bits. */
static ir_ref immediate(struct ir_build *b, unsigned q, unsigned size, u64 value)
{
    u64 all = value & ones(8u << size);
    for (unsigned width = 8u << size; width < 64; width *= 2)
        all |= all << width;
    return ir_const_v128(b, all, q ? all : 0);
}

static enum flow set_immediate(struct ir_build *b, unsigned q, unsigned size, unsigned rd, u64 value)
{
    a64_set_v(b, rd, immediate(b, q, size, value));
    return FLOW_NEXT;
}

static enum flow with_immediate(struct ir_build *b, enum ir_opcode op, unsigned q, unsigned size, unsigned rd, u64 value)
{
    a64_set_v(b, rd, simd_2(b, op, simd_sub(size, q), a64_get_v(b, rd), immediate(b, q, size, value)));
    return FLOW_NEXT;
}

/* imm8 above `sh` bytes of ones. */
static u64 shifted_ones(u32 imm8, u32 sh) { return (u64)imm8 << (8 * (sh + 1)) | ones(8 * (sh + 1)); }

LIFT(a64, MOVI_imm_b) { return set_immediate(b, d->Q, IR_B, d->rd, d->imm8); }
LIFT(a64, MOVI_imm_h) { return set_immediate(b, d->Q, IR_H, d->rd, (u64)d->imm8 << 8 * d->sh); }
LIFT(a64, MOVI_imm_s) { return set_immediate(b, d->Q, IR_S, d->rd, (u64)d->imm8 << 8 * d->sh); }
LIFT(a64, MOVI_imm_m) { return set_immediate(b, d->Q, IR_S, d->rd, shifted_ones(d->imm8, d->sh)); }
LIFT(a64, MVNI_imm_h) { return set_immediate(b, d->Q, IR_H, d->rd, ~((u64)d->imm8 << 8 * d->sh)); }
LIFT(a64, MVNI_imm_s) { return set_immediate(b, d->Q, IR_S, d->rd, ~((u64)d->imm8 << 8 * d->sh)); }
LIFT(a64, MVNI_imm_m) { return set_immediate(b, d->Q, IR_S, d->rd, ~shifted_ones(d->imm8, d->sh)); }
LIFT(a64, ORR_imm_h) { return with_immediate(b, IR_OP_vor, d->Q, IR_H, d->rd, (u64)d->imm8 << 8 * d->sh); }
LIFT(a64, ORR_imm_s) { return with_immediate(b, IR_OP_vor, d->Q, IR_S, d->rd, (u64)d->imm8 << 8 * d->sh); }
LIFT(a64, BIC_imm_h) { return with_immediate(b, IR_OP_vandn, d->Q, IR_H, d->rd, (u64)d->imm8 << 8 * d->sh); }
LIFT(a64, BIC_imm_s) { return with_immediate(b, IR_OP_vandn, d->Q, IR_S, d->rd, (u64)d->imm8 << 8 * d->sh); }

/* Each bit of imm8 as a byte. */
static u64 bytes_of_bits(u32 imm8)
{
    u64 value = 0;
    for (unsigned i = 0; i < 8; i++)
        value |= imm8 >> i & 1 ? 0xffull << 8 * i : 0;
    return value;
}

LIFT(a64, MOVI_imm_d) { return set_immediate(b, 0, IR_D, d->rd, bytes_of_bits(d->imm8)); }
LIFT(a64, MOVI_imm_2d) { return set_immediate(b, 1, IR_D, d->rd, bytes_of_bits(d->imm8)); }
