/* Advanced SIMD scalar, integers: the vector operations on lane 0 of otherwise zero registers. Every operation used here
 * gives zero for zero lanes, or works on the one doubleword lane. Source: Arm ARM C7.2. */
#include "a64_decode.h"
#include "guest/a64/simd.h"

/* Only lane 0 of what the operation would give is there already: doublewords need no preparation. */
static ir_ref operand(struct ir_build *b, unsigned size, unsigned n)
{
    return size == IR_D ? a64_get_v(b, n) : simd_scalar(b, size, n);
}

#define SAME(name, op)                                                                                                 \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref n = operand(b, d->size, d->rn), m = operand(b, d->size, d->rm);                                         \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, 0), n, m));                                        \
        return FLOW_NEXT;                                                                                              \
    }

SAME(ADD_s, vadd)
SAME(SUB_s, vsub)
SAME(SQADD_s, vsqadd)
SAME(UQADD_s, vuqadd)
SAME(SQSUB_s, vsqsub)
SAME(UQSUB_s, vuqsub)
SAME(SQDMULH_s, vsqdmulh)
SAME(SQRDMULH_s, vsqrdmulh)
SAME(SSHL_s, vsshl)
SAME(USHL_s, vushl)
SAME(SRSHL_s, vsrshl)
SAME(URSHL_s, vurshl)
SAME(SQSHL_reg_s, vsqshl)
SAME(UQSHL_reg_s, vuqshl)
SAME(SQRSHL_s, vsqrshl)
SAME(UQRSHL_s, vuqrshl)
SAME(CMGT_reg_s, vcmpgt)
SAME(CMGE_reg_s, vcmpge)
SAME(CMHI_s, vcmphi)
SAME(CMHS_s, vcmphs)
SAME(CMEQ_reg_s, vcmpeq)
SAME(CMTST_s, vtest)

#define VECTOR(d) operand(b, (d)->size, (d)->rm)
#define ELEMENT(d)                                                                                                     \
    simd_element(b, (d)->size, simd_element_reg((d)->size, (d)->M, (d)->rm),                                           \
                 simd_element_index((d)->size, (d)->H, (d)->L, (d)->M))

#define SAME_ELEMENT(name, op)                                                                                         \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref n = operand(b, d->size, d->rn);                                                                         \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, 0), n, ELEMENT(d)));                               \
        return FLOW_NEXT;                                                                                              \
    }
#define ROUNDED_ACCUMULATE(name, op, second)                                                                           \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref acc = operand(b, d->size, d->rd), n = operand(b, d->size, d->rn);                                       \
        a64_set_v(b, d->rd, simd_3(b, IR_OP_##op, simd_sub(d->size, 0), n, second(d), acc));                           \
        return FLOW_NEXT;                                                                                              \
    }

SAME_ELEMENT(SQDMULH_se, vsqdmulh)
SAME_ELEMENT(SQRDMULH_se, vsqrdmulh)
ROUNDED_ACCUMULATE(SQRDMLAH_s, vsqrdmlah, VECTOR)
ROUNDED_ACCUMULATE(SQRDMLSH_s, vsqrdmlsh, VECTOR)
ROUNDED_ACCUMULATE(SQRDMLAH_se, vsqrdmlah, ELEMENT)
ROUNDED_ACCUMULATE(SQRDMLSH_se, vsqrdmlsh, ELEMENT)

#define MULTIPLY(name, second)                                                                                         \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref n = operand(b, d->size, d->rn);                                                                         \
        a64_set_v(b, d->rd, ir_op2(b, IR_OP_vsqdmull, simd_sub(d->size, 1), n, second(d), 0));                         \
        return FLOW_NEXT;                                                                                              \
    }
#define MULTIPLY_ADD(name, accumulate, second)                                                                         \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref n = operand(b, d->size, d->rn), acc = operand(b, d->size + 1, d->rd);                                   \
        ir_ref product = ir_op2(b, IR_OP_vsqdmull, simd_sub(d->size, 1), n, second(d), 0);                             \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##accumulate, simd_sub(d->size + 1, 0), acc, product));                    \
        return FLOW_NEXT;                                                                                              \
    }

MULTIPLY(SQDMULL_s, VECTOR)
MULTIPLY(SQDMULL_se, ELEMENT)
MULTIPLY_ADD(SQDMLAL_s, vsqadd, VECTOR)
MULTIPLY_ADD(SQDMLSL_s, vsqsub, VECTOR)
MULTIPLY_ADD(SQDMLAL_se, vsqadd, ELEMENT)
MULTIPLY_ADD(SQDMLSL_se, vsqsub, ELEMENT)

/* --- two-register miscellaneous ----------------------------------------------------------------------------------- */

#define UNARY(name, op)                                                                                                \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_1(b, IR_OP_##op, simd_sub(d->size, 0), operand(b, d->size, d->rn)));                  \
        return FLOW_NEXT;                                                                                              \
    }
#define WITH_ZERO(name, op)                                                                                            \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref n = operand(b, d->size, d->rn);                                                                         \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, 0), n, simd_zero(b)));                             \
        return FLOW_NEXT;                                                                                              \
    }
#define ZERO_WITH(name, op)                                                                                            \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref n = operand(b, d->size, d->rn);                                                                         \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, 0), simd_zero(b), n));                             \
        return FLOW_NEXT;                                                                                              \
    }
#define SATURATING_ADD(name, op)                                                                                       \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref acc = operand(b, d->size, d->rd), n = operand(b, d->size, d->rn);                                       \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, 0), acc, n));                                      \
        return FLOW_NEXT;                                                                                              \
    }
#define NARROW(name, op)                                                                                               \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref wide = simd_scalar(b, d->size + 1, d->rn);                                                              \
        a64_set_v(b, d->rd, simd_1(b, IR_OP_##op, simd_sub(d->size, 0), wide));                                        \
        return FLOW_NEXT;                                                                                              \
    }

UNARY(ABS_s, vabs)
UNARY(NEG_s, vneg)
UNARY(SQABS_s, vsqabs)
ZERO_WITH(SQNEG_s, vsqsub)
WITH_ZERO(CMGT_zero_s, vcmpgt)
WITH_ZERO(CMGE_zero_s, vcmpge)
WITH_ZERO(CMEQ_zero_s, vcmpeq)
ZERO_WITH(CMLE_zero_s, vcmpge)
ZERO_WITH(CMLT_zero_s, vcmpgt)
SATURATING_ADD(SUQADD_s, vsuqadd)
SATURATING_ADD(USQADD_s, vusqadd)
NARROW(SQXTN_s, vsqxtn)
NARROW(UQXTN_s, vuqxtn)
NARROW(SQXTUN_s, vsqxtun)

LIFT(a64, ADDP_s)
{
    a64_set_v(b, d->rd, simd_1(b, IR_OP_vaddv, simd_sub(IR_D, 1), a64_get_v(b, d->rn)));
    return FLOW_NEXT;
}

/* --- shift by immediate ------------------------------------------------------------------------------------------- */

#define SHIFT(name, op, count)                                                                                         \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        unsigned size = simd_shift_size(d->immh);                                                                      \
        ir_ref n = operand(b, size, d->rn);                                                                            \
        a64_set_v(b, d->rd, simd_imm(b, IR_OP_##op, simd_sub(size, 0), n, count(d->immh, d->immb)));                   \
        return FLOW_NEXT;                                                                                              \
    }
#define SHIFT_ADDED(name, op)                                                                                          \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        u8 sub = simd_sub(IR_D, 0);                                                                                    \
        ir_ref n = simd_imm(b, IR_OP_##op, sub, a64_get_v(b, d->rn), simd_shift_right(d->immh, d->immb));              \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_vadd, sub, a64_get_v(b, d->rd), n));                                       \
        return FLOW_NEXT;                                                                                              \
    }
#define SHIFT_SATURATED(name, op)                                                                                      \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        unsigned size = simd_shift_size(d->immh);                                                                      \
        ir_ref count = simd_splat(b, size, simd_shift_left(d->immh, d->immb));                                         \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(size, 0), operand(b, size, d->rn), count));                 \
        return FLOW_NEXT;                                                                                              \
    }
#define SHIFT_NARROW(name, shift, narrow)                                                                              \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        unsigned size = simd_shift_size(d->immh), count = simd_shift_right(d->immh, d->immb);                          \
        ir_ref wide = simd_scalar(b, size + 1, d->rn);                                                                 \
        wide = simd_imm(b, IR_OP_##shift, simd_wide(size), wide, count);                                               \
        a64_set_v(b, d->rd, simd_1(b, IR_OP_##narrow, simd_sub(size, 0), wide));                                       \
        return FLOW_NEXT;                                                                                              \
    }

SHIFT(SSHR_s, vsar_imm, simd_shift_right)
SHIFT(USHR_s, vshr_imm, simd_shift_right)
SHIFT(SRSHR_s, vsrshr_imm, simd_shift_right)
SHIFT(URSHR_s, vurshr_imm, simd_shift_right)
SHIFT(SHL_s, vshl_imm, simd_shift_left)
SHIFT(SQSHLU_s, vsqshlu_imm, simd_shift_left)
SHIFT_ADDED(SSRA_s, vsar_imm)
SHIFT_ADDED(USRA_s, vshr_imm)
SHIFT_ADDED(SRSRA_s, vsrshr_imm)
SHIFT_ADDED(URSRA_s, vurshr_imm)
SHIFT_SATURATED(SQSHL_imm_s, vsqshl)
SHIFT_SATURATED(UQSHL_imm_s, vuqshl)
SHIFT_NARROW(SQSHRN_s, vsar_imm, vsqxtn)
SHIFT_NARROW(SQRSHRN_s, vsrshr_imm, vsqxtn)
SHIFT_NARROW(UQSHRN_s, vshr_imm, vuqxtn)
SHIFT_NARROW(UQRSHRN_s, vurshr_imm, vuqxtn)
SHIFT_NARROW(SQSHRUN_s, vsar_imm, vsqxtun)
SHIFT_NARROW(SQRSHRUN_s, vsrshr_imm, vsqxtun)

static enum flow insert_shifted(struct ir_build *b, unsigned rd, unsigned rn, unsigned count, bool left)
{
    u8 sub = simd_sub(IR_D, 0);
    a64_set_v(b, rd, simd_insert_shifted(b, sub, a64_get_v(b, rd), a64_get_v(b, rn), count, left));
    return FLOW_NEXT;
}

LIFT(a64, SRI_s) { return insert_shifted(b, d->rd, d->rn, simd_shift_right(d->immh, d->immb), false); }
LIFT(a64, SLI_s) { return insert_shifted(b, d->rd, d->rn, simd_shift_left(d->immh, d->immb), true); }
