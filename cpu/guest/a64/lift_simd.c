/* Advanced SIMD, integers: three registers of the same type, three same extra. Each LIFT line names the operation; the
 * functions above them say how registers go in and out. Source: Arm ARM C7.2. */
#include "a64_decode.h"
#include "guest/a64/simd.h"

/* Vd = op(Vn, Vm) */
static enum flow same(struct ir_build *b, enum ir_opcode op, u8 sub, unsigned rd, unsigned rn, unsigned rm)
{
    a64_set_v(b, rd, simd_2(b, op, sub, a64_get_v(b, rn), a64_get_v(b, rm)));
    return FLOW_NEXT;
}

/* Vd = accumulate(Vd, op(Vn, Vm)) */
static enum flow accumulated(struct ir_build *b, enum ir_opcode accumulate, enum ir_opcode op, u8 sub, unsigned rd,
                             unsigned rn, unsigned rm)
{
    ir_ref value = simd_2(b, op, sub, a64_get_v(b, rn), a64_get_v(b, rm));
    a64_set_v(b, rd, simd_2(b, accumulate, sub, a64_get_v(b, rd), value));
    return FLOW_NEXT;
}

/* Vd = op of neighbours in Vm:Vn */
static enum flow pairwise(struct ir_build *b, enum ir_opcode op, u8 sub, unsigned rd, unsigned rn, unsigned rm)
{
    ir_ref n = a64_get_v(b, rn), m = a64_get_v(b, rm);
    ir_ref even = simd_2(b, IR_OP_vuzp1, sub, n, m), odd = simd_2(b, IR_OP_vuzp2, sub, n, m);
    a64_set_v(b, rd, simd_2(b, op, sub, even, odd));
    return FLOW_NEXT;
}

#define SAME(name, op)                                                                                                 \
    LIFT(a64, name) { return same(b, IR_OP_##op, simd_sub(d->size, d->Q), d->rd, d->rn, d->rm); }
#define ACCUMULATED(name, accumulate, op)                                                                              \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        return accumulated(b, IR_OP_##accumulate, IR_OP_##op, simd_sub(d->size, d->Q), d->rd, d->rn, d->rm);           \
    }
#define PAIRWISE(name, op)                                                                                             \
    LIFT(a64, name) { return pairwise(b, IR_OP_##op, simd_sub(d->size, d->Q), d->rd, d->rn, d->rm); }

SAME(ADD_v, vadd)
SAME(SUB_v, vsub)
SAME(MUL_v, vmul)
SAME(PMUL_v, vpmul)
SAME(SHADD_v, vshadd)
SAME(UHADD_v, vuhadd)
SAME(SRHADD_v, vsrhadd)
SAME(URHADD_v, vurhadd)
SAME(SHSUB_v, vshsub)
SAME(UHSUB_v, vuhsub)
SAME(SQADD_v, vsqadd)
SAME(UQADD_v, vuqadd)
SAME(SQSUB_v, vsqsub)
SAME(UQSUB_v, vuqsub)
SAME(SMAX_v, vsmax)
SAME(UMAX_v, vumax)
SAME(SMIN_v, vsmin)
SAME(UMIN_v, vumin)
SAME(SABD_v, vsabd)
SAME(UABD_v, vuabd)
SAME(SQDMULH_v, vsqdmulh)
SAME(SQRDMULH_v, vsqrdmulh)

SAME(CMGT_reg_v, vcmpgt)
SAME(CMGE_reg_v, vcmpge)
SAME(CMHI_v, vcmphi)
SAME(CMHS_v, vcmphs)
SAME(CMEQ_reg_v, vcmpeq)
SAME(CMTST_v, vtest)

SAME(SSHL_v, vsshl)
SAME(USHL_v, vushl)
SAME(SRSHL_v, vsrshl)
SAME(URSHL_v, vurshl)
SAME(SQSHL_reg_v, vsqshl)
SAME(UQSHL_reg_v, vuqshl)
SAME(SQRSHL_v, vsqrshl)
SAME(UQRSHL_v, vuqrshl)

ACCUMULATED(MLA_v, vadd, vmul)
ACCUMULATED(MLS_v, vsub, vmul)
ACCUMULATED(SABA_v, vadd, vsabd)
ACCUMULATED(UABA_v, vadd, vuabd)

PAIRWISE(ADDP_v, vadd)
PAIRWISE(SMAXP_v, vsmax)
PAIRWISE(UMAXP_v, vumax)
PAIRWISE(SMINP_v, vsmin)
PAIRWISE(UMINP_v, vumin)

/* --- bitwise ----------------------------------------------------------------------------------------------------- */

#define BITWISE(name, op)                                                                                              \
    LIFT(a64, name) { return same(b, IR_OP_##op, simd_sub(IR_B, d->Q), d->rd, d->rn, d->rm); }

BITWISE(AND_v, vand)
BITWISE(BIC_reg_v, vandn)
BITWISE(ORN_v, vorn)
BITWISE(EOR_v, vxor)

LIFT(a64, ORR_reg_v)
{
    if (d->rn == d->rm && d->Q) { /* MOV */
        a64_set_v(b, d->rd, a64_get_v(b, d->rn));
        return FLOW_NEXT;
    }
    return same(b, IR_OP_vor, simd_sub(IR_B, d->Q), d->rd, d->rn, d->rm);
}

/* Vd = mask ? if_one : if_zero, bit by bit. */
static enum flow bit_select(struct ir_build *b, unsigned q, unsigned rd, unsigned mask, unsigned if_one,
                            unsigned if_zero)
{
    ir_ref m = a64_get_v(b, mask), one = a64_get_v(b, if_one), zero = a64_get_v(b, if_zero);
    a64_set_v(b, rd, simd_3(b, IR_OP_vbsl, simd_sub(IR_B, q), m, one, zero));
    return FLOW_NEXT;
}

LIFT(a64, BSL_v) { return bit_select(b, d->Q, d->rd, d->rd, d->rn, d->rm); }
LIFT(a64, BIT_v) { return bit_select(b, d->Q, d->rd, d->rm, d->rn, d->rd); }
LIFT(a64, BIF_v) { return bit_select(b, d->Q, d->rd, d->rm, d->rd, d->rn); }

/* --- three same extra, and their forms by element ----------------------------------------------------------------- */

/* Vd = op(x, y, accumulator Vd) */
static enum flow three(struct ir_build *b, enum ir_opcode op, u8 sub, unsigned rd, ir_ref x, ir_ref y)
{
    a64_set_v(b, rd, simd_3(b, op, sub, x, y, a64_get_v(b, rd)));
    return FLOW_NEXT;
}

#define THREE(name, op, sub)                                                                                           \
    LIFT(a64, name) { return three(b, IR_OP_##op, sub, d->rd, a64_get_v(b, d->rn), a64_get_v(b, d->rm)); }

THREE(SQRDMLAH_v, vsqrdmlah, simd_sub(d->size, d->Q))
THREE(SQRDMLSH_v, vsqrdmlsh, simd_sub(d->size, d->Q))
THREE(SDOT_v, vsdot, simd_sub(IR_S, d->Q))
THREE(UDOT_v, vudot, simd_sub(IR_S, d->Q))
THREE(USDOT_v, vusdot, simd_sub(IR_S, d->Q))
THREE(SMMLA_v, vsmmla, simd_sub(IR_S, 1))
THREE(UMMLA_v, vummla, simd_sub(IR_S, 1))
THREE(USMMLA_v, vusmmla, simd_sub(IR_S, 1))

#define DOT_ELEMENT(name, op)                                                                                          \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref m = simd_element(b, IR_S, d->rm, d->H << 1 | d->L);                                                     \
        return three(b, IR_OP_##op, simd_sub(IR_S, d->Q), d->rd, a64_get_v(b, d->rn), m);                              \
    }

DOT_ELEMENT(SDOT_e, vsdot)
DOT_ELEMENT(UDOT_e, vudot)
DOT_ELEMENT(USDOT_e, vusdot)

LIFT(a64, SUDOT_e)
{
    ir_ref m = simd_element(b, IR_S, d->rm, d->H << 1 | d->L);
    return three(b, IR_OP_vusdot, simd_sub(IR_S, d->Q), d->rd, m, a64_get_v(b, d->rn));
}

/* --- by element, same size ---------------------------------------------------------------------------------------- */

#define ELEMENT(d)                                                                                                     \
    simd_element(b, (d)->size, simd_element_reg((d)->size, (d)->M, (d)->rm),                                           \
                 simd_element_index((d)->size, (d)->H, (d)->L, (d)->M))

#define SAME_ELEMENT(name, op)                                                                                         \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, d->Q), a64_get_v(b, d->rn), ELEMENT(d)));          \
        return FLOW_NEXT;                                                                                              \
    }
#define ACCUMULATED_ELEMENT(name, accumulate)                                                                          \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        u8 sub = simd_sub(d->size, d->Q);                                                                              \
        ir_ref product = simd_2(b, IR_OP_vmul, sub, a64_get_v(b, d->rn), ELEMENT(d));                                  \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##accumulate, sub, a64_get_v(b, d->rd), product));                         \
        return FLOW_NEXT;                                                                                              \
    }
#define THREE_ELEMENT(name, op)                                                                                        \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        return three(b, IR_OP_##op, simd_sub(d->size, d->Q), d->rd, a64_get_v(b, d->rn), ELEMENT(d));                  \
    }

SAME_ELEMENT(MUL_e, vmul)
SAME_ELEMENT(SQDMULH_e, vsqdmulh)
SAME_ELEMENT(SQRDMULH_e, vsqrdmulh)
ACCUMULATED_ELEMENT(MLA_e, vadd)
ACCUMULATED_ELEMENT(MLS_e, vsub)
THREE_ELEMENT(SQRDMLAH_e, vsqrdmlah)
THREE_ELEMENT(SQRDMLSH_e, vsqrdmlsh)
