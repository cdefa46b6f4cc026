/* Advanced SIMD, integers: three registers of different types (long, wide, narrow) and their forms by element. The "2"
 * forms (Q = 1) read the upper halves of narrow sources and write the upper half of a narrow result. Source: C7.2. */
#include "a64_decode.h"
#include "guest/a64/simd.h"

/* One half of a register with its lanes extended. */
static ir_ref extended(struct ir_build *b, enum ir_opcode extend, unsigned q, unsigned size, unsigned n)
{
    return simd_imm(b, extend, simd_sub(size, 1), a64_get_v(b, n), q);
}

/* Products of one half; `m` is a register's value or an element in every lane. */
static ir_ref product(struct ir_build *b, enum ir_opcode op, unsigned q, unsigned size, unsigned rn, ir_ref m)
{
    return ir_op2(b, op, simd_sub(size, 1), a64_get_v(b, rn), m, q);
}

#define ADD_SUB_LONG(name, op, extend)                                                                                 \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref n = extended(b, IR_OP_##extend, d->Q, d->size, d->rn);                                                  \
        ir_ref m = extended(b, IR_OP_##extend, d->Q, d->size, d->rm);                                                  \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_wide(d->size), n, m));                                          \
        return FLOW_NEXT;                                                                                              \
    }
#define ADD_SUB_WIDE(name, op, extend)                                                                                 \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref m = extended(b, IR_OP_##extend, d->Q, d->size, d->rm);                                                  \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_wide(d->size), a64_get_v(b, d->rn), m));                        \
        return FLOW_NEXT;                                                                                              \
    }

ADD_SUB_LONG(SADDL_v, vadd, vsxtl)
ADD_SUB_LONG(UADDL_v, vadd, vuxtl)
ADD_SUB_LONG(SSUBL_v, vsub, vsxtl)
ADD_SUB_LONG(USUBL_v, vsub, vuxtl)
ADD_SUB_WIDE(SADDW_v, vadd, vsxtl)
ADD_SUB_WIDE(UADDW_v, vadd, vuxtl)
ADD_SUB_WIDE(SSUBW_v, vsub, vsxtl)
ADD_SUB_WIDE(USUBW_v, vsub, vuxtl)

/* Absolute differences fit the narrow lane unsigned, so they are taken there and extended. */
static ir_ref difference(struct ir_build *b, enum ir_opcode op, unsigned q, unsigned size, unsigned rn, unsigned rm)
{
    ir_ref narrow = simd_2(b, op, simd_sub(size, 1), a64_get_v(b, rn), a64_get_v(b, rm));
    return simd_imm(b, IR_OP_vuxtl, simd_sub(size, 1), narrow, q);
}

#define DIFFERENCE(name, op)                                                                                           \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, difference(b, IR_OP_##op, d->Q, d->size, d->rn, d->rm));                                   \
        return FLOW_NEXT;                                                                                              \
    }
#define DIFFERENCE_ADDED(name, op)                                                                                     \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref value = difference(b, IR_OP_##op, d->Q, d->size, d->rn, d->rm);                                         \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_vadd, simd_wide(d->size), a64_get_v(b, d->rd), value));                    \
        return FLOW_NEXT;                                                                                              \
    }

DIFFERENCE(SABDL_v, vsabd)
DIFFERENCE(UABDL_v, vuabd)
DIFFERENCE_ADDED(SABAL_v, vsabd)
DIFFERENCE_ADDED(UABAL_v, vuabd)

/* --- products ---------------------------------------------------------------------------------------------------- */

#define VECTOR(d) a64_get_v(b, (d)->rm)
#define ELEMENT(d)                                                                                                     \
    simd_element(b, (d)->size, simd_element_reg((d)->size, (d)->M, (d)->rm),                                           \
                 simd_element_index((d)->size, (d)->H, (d)->L, (d)->M))

#define MULTIPLY(name, op, second)                                                                                     \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, product(b, IR_OP_##op, d->Q, d->size, d->rn, second(d)));                                  \
        return FLOW_NEXT;                                                                                              \
    }
#define MULTIPLY_ADD(name, accumulate, op, second)                                                                     \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref value = product(b, IR_OP_##op, d->Q, d->size, d->rn, second(d));                                        \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##accumulate, simd_wide(d->size), a64_get_v(b, d->rd), value));            \
        return FLOW_NEXT;                                                                                              \
    }

MULTIPLY(SMULL_v, vsmull, VECTOR)
MULTIPLY(UMULL_v, vumull, VECTOR)
MULTIPLY(SQDMULL_v, vsqdmull, VECTOR)
MULTIPLY_ADD(SMLAL_v, vadd, vsmull, VECTOR)
MULTIPLY_ADD(UMLAL_v, vadd, vumull, VECTOR)
MULTIPLY_ADD(SMLSL_v, vsub, vsmull, VECTOR)
MULTIPLY_ADD(UMLSL_v, vsub, vumull, VECTOR)
MULTIPLY_ADD(SQDMLAL_v, vsqadd, vsqdmull, VECTOR)
MULTIPLY_ADD(SQDMLSL_v, vsqsub, vsqdmull, VECTOR)

MULTIPLY(SMULL_e, vsmull, ELEMENT)
MULTIPLY(UMULL_e, vumull, ELEMENT)
MULTIPLY(SQDMULL_e, vsqdmull, ELEMENT)
MULTIPLY_ADD(SMLAL_e, vadd, vsmull, ELEMENT)
MULTIPLY_ADD(UMLAL_e, vadd, vumull, ELEMENT)
MULTIPLY_ADD(SMLSL_e, vsub, vsmull, ELEMENT)
MULTIPLY_ADD(UMLSL_e, vsub, vumull, ELEMENT)
MULTIPLY_ADD(SQDMLAL_e, vsqadd, vsqdmull, ELEMENT)
MULTIPLY_ADD(SQDMLSL_e, vsqsub, vsqdmull, ELEMENT)

LIFT(a64, PMULL_b)
{
    a64_set_v(b, d->rd, product(b, IR_OP_vpmull, d->Q, IR_B, d->rn, a64_get_v(b, d->rm)));
    return FLOW_NEXT;
}

LIFT(a64, PMULL_d)
{
    a64_set_v(b, d->rd, product(b, IR_OP_vpmull, d->Q, IR_D, d->rn, a64_get_v(b, d->rm)));
    return FLOW_NEXT;
}

/* --- narrow ------------------------------------------------------------------------------------------------------ */

/* The high halves of the wide sums or differences, plus half a unit if rounded. */
static enum flow high_half(struct ir_build *b, enum ir_opcode op, bool rounded, unsigned q, unsigned size, unsigned rd,
                           unsigned rn, unsigned rm)
{
    u8 wide = simd_wide(size);
    ir_ref value = simd_2(b, op, wide, a64_get_v(b, rn), a64_get_v(b, rm));
    if (rounded)
        value = simd_2(b, IR_OP_vadd, wide, value, simd_splat(b, size + 1, 1ull << ((8u << size) - 1)));
    value = simd_imm(b, IR_OP_vshr_imm, wide, value, 8u << size);
    simd_set_narrow(b, q, rd, simd_1(b, IR_OP_vxtn, simd_sub(size, 0), value));
    return FLOW_NEXT;
}

LIFT(a64, ADDHN_v) { return high_half(b, IR_OP_vadd, false, d->Q, d->size, d->rd, d->rn, d->rm); }
LIFT(a64, SUBHN_v) { return high_half(b, IR_OP_vsub, false, d->Q, d->size, d->rd, d->rn, d->rm); }
LIFT(a64, RADDHN_v) { return high_half(b, IR_OP_vadd, true, d->Q, d->size, d->rd, d->rn, d->rm); }
LIFT(a64, RSUBHN_v) { return high_half(b, IR_OP_vsub, true, d->Q, d->size, d->rd, d->rn, d->rm); }
