/* Advanced SIMD, integers, permutations, cryptography: Arm ARM (DDI 0406C) A7.4; (DDI 0487) F4.1.22. */
#include "guest/a32/lift_neon.h"

static bool odd(unsigned q, unsigned a, unsigned c, unsigned d) { return q && ((a | c | d) & 1); }
#define RD neon_reg(d->vd, d->D)
#define RN neon_reg(d->vn, d->N)
#define RM neon_reg(d->vm, d->M)

/* --- three registers of the same length ------------------------------------------------------------------------------------ */

static enum flow same(struct ir_build *b, enum ir_opcode op, unsigned size, unsigned q, unsigned rd, unsigned rn, unsigned rm)
{
    if (odd(q, rd, rn, rm))
        return FLOW_UNDEFINED;
    neon_put(b, rd, q, neon_2(b, op, neon_sub(size, q), neon_get(b, rn, q), neon_get(b, rm, q)));
    return FLOW_NEXT;
}
static enum flow accumulated(struct ir_build *b, enum ir_opcode sum, enum ir_opcode op, unsigned size, unsigned q, unsigned rd,
                             ir_ref n, ir_ref m)
{
    u8 sub = neon_sub(size, q);
    neon_put(b, rd, q, neon_2(b, sum, sub, neon_get(b, rd, q), neon_2(b, op, sub, n, m)));
    return FLOW_NEXT;
}
static enum flow pairs(struct ir_build *b, enum ir_opcode op, unsigned size, unsigned rd, unsigned rn, unsigned rm)
{
    ir_ref n = neon_get(b, rn, 0), m = neon_get(b, rm, 0);
    u8 sub = neon_sub(size, 0);
    neon_put(b, rd, 0, neon_2(b, op, sub, neon_2(b, IR_OP_vuzp1, sub, n, m), neon_2(b, IR_OP_vuzp2, sub, n, m)));
    return FLOW_NEXT;
}

#define SAME(name, op) LIFT(vfp, name) { return same(b, IR_OP_##op, d->size, d->Q, RD, RN, RM); }
#define SAME_U(name, s, u) LIFT(vfp, name) { return same(b, d->U ? IR_OP_##u : IR_OP_##s, d->size, d->Q, RD, RN, RM); }
/* The value to be shifted is in vm. */
#define SHIFT_U(name, s, u) LIFT(vfp, name) { return same(b, d->U ? IR_OP_##u : IR_OP_##s, d->size, d->Q, RD, RM, RN); }
#define PAIRS_U(name, s, u) LIFT(vfp, name) { return pairs(b, d->U ? IR_OP_##u : IR_OP_##s, d->size, RD, RN, RM); }
SAME_U(VHADD, vshadd, vuhadd)
SAME_U(VQADD, vsqadd, vuqadd)
SAME_U(VRHADD, vsrhadd, vurhadd)
SAME_U(VHSUB, vshsub, vuhsub)
SAME_U(VQSUB, vsqsub, vuqsub)
SAME_U(VCGT, vcmpgt, vcmphi)
SAME_U(VCGE, vcmpge, vcmphs)
SHIFT_U(VSHL, vsshl, vushl)
SHIFT_U(VQSHL, vsqshl, vuqshl)
SHIFT_U(VRSHL, vsrshl, vurshl)
SHIFT_U(VQRSHL, vsqrshl, vuqrshl)
SAME_U(VMAX, vsmax, vumax)
SAME_U(VMIN, vsmin, vumin)
SAME_U(VABD, vsabd, vuabd)
SAME(VADD_i, vadd)
SAME(VSUB_i, vsub)
SAME(VTST, vtest)
SAME(VCEQ_i, vcmpeq)
SAME(VMUL_i, vmul)
SAME(VQDMULH, vsqdmulh)
SAME(VQRDMULH, vsqrdmulh)
PAIRS_U(VPMAX, vsmax, vumax)
PAIRS_U(VPMIN, vsmin, vumin)
LIFT(vfp, VPADD_i) { return pairs(b, IR_OP_vadd, d->size, RD, RN, RM); }
LIFT(vfp, VMUL_p) { return same(b, IR_OP_vpmul, IR_B, d->Q, RD, RN, RM); }
LIFT(vfp, VAND) { return same(b, IR_OP_vand, IR_B, d->Q, RD, RN, RM); }
LIFT(vfp, VBIC) { return same(b, IR_OP_vandn, IR_B, d->Q, RD, RN, RM); }
LIFT(vfp, VORR) { return same(b, IR_OP_vor, IR_B, d->Q, RD, RN, RM); }
LIFT(vfp, VORN) { return same(b, IR_OP_vorn, IR_B, d->Q, RD, RN, RM); }
LIFT(vfp, VEOR) { return same(b, IR_OP_vxor, IR_B, d->Q, RD, RN, RM); }

/* Bits of x where the mask is 1, of y where it is 0. */
static enum flow select_bits(struct ir_build *b, unsigned q, unsigned rd, unsigned mask, unsigned x, unsigned y)
{
    if (odd(q, mask, x, y))
        return FLOW_UNDEFINED;
    ir_ref m = neon_get(b, mask, q);
    neon_put(b, rd, q, ir_op3(b, IR_OP_vbsl, neon_sub(IR_B, q), m, neon_get(b, x, q), neon_get(b, y, q), 0));
    return FLOW_NEXT;
}
LIFT(vfp, VBSL) { return select_bits(b, d->Q, RD, RD, RN, RM); }
LIFT(vfp, VBIT) { return select_bits(b, d->Q, RD, RM, RN, RD); }
LIFT(vfp, VBIF) { return select_bits(b, d->Q, RD, RM, RD, RN); }

static enum flow same_accumulated(struct ir_build *b, enum ir_opcode sum, enum ir_opcode op, unsigned size, unsigned q,
                                  unsigned rd, unsigned rn, unsigned rm)
{
    if (odd(q, rd, rn, rm))
        return FLOW_UNDEFINED;
    return accumulated(b, sum, op, size, q, rd, neon_get(b, rn, q), neon_get(b, rm, q));
}
LIFT(vfp, VABA) { return same_accumulated(b, IR_OP_vadd, d->U ? IR_OP_vuabd : IR_OP_vsabd, d->size, d->Q, RD, RN, RM); }
LIFT(vfp, VMLA_i) { return same_accumulated(b, IR_OP_vadd, IR_OP_vmul, d->size, d->Q, RD, RN, RM); }
LIFT(vfp, VMLS_i) { return same_accumulated(b, IR_OP_vsub, IR_OP_vmul, d->size, d->Q, RD, RN, RM); }

static enum flow rounding_multiply_add(struct ir_build *b, bool subtract, unsigned size, unsigned q, unsigned rd, ir_ref n, ir_ref m)
{
    neon_put(b, rd, q, ir_op3(b, subtract ? IR_OP_vsqrdmlsh : IR_OP_vsqrdmlah, neon_sub(size, q), n, m, neon_get(b, rd, q), 0));
    return FLOW_NEXT;
}
#define ROUNDING(name, subtract)                                                                                       \
    LIFT(vfp, name)                                                                                                    \
    {                                                                                                                  \
        if (odd(d->Q, RD, RN, RM))                                                                                     \
            return FLOW_UNDEFINED;                                                                                     \
        return rounding_multiply_add(b, subtract, d->size, d->Q, RD, neon_get(b, RN, d->Q), neon_get(b, RM, d->Q));    \
    }
ROUNDING(VQRDMLAH, false)
ROUNDING(VQRDMLSH, true)

/* --- three registers of different lengths ------------------------------------------------------------------------------------ */

static ir_ref extended(struct ir_build *b, unsigned n, unsigned size, bool u)
{
    return neon_1(b, u ? IR_OP_vuxtl : IR_OP_vsxtl, neon_sub(size, 1), neon_get(b, n, 0), 0);
}
/* rd = extended (or, wide: long) rn op extended rm, or accumulated. */
static enum flow lengthened(struct ir_build *b, enum ir_opcode op, bool wide, bool accumulate, unsigned size, bool u, unsigned rd,
                            unsigned rn, unsigned rm)
{
    if ((rd & 1) || (wide && (rn & 1)))
        return FLOW_UNDEFINED;
    ir_ref n = wide ? neon_get(b, rn, 1) : extended(b, rn, size, u), m = extended(b, rm, size, u);
    if (accumulate)
        return accumulated(b, IR_OP_vadd, op, size + 1, 1, rd, n, m);
    neon_put(b, rd, 1, neon_2(b, op, neon_sub(size + 1, 1), n, m));
    return FLOW_NEXT;
}
LIFT(vfp, VADDL) { return lengthened(b, IR_OP_vadd, false, false, d->size, d->U, RD, RN, RM); }
LIFT(vfp, VADDW) { return lengthened(b, IR_OP_vadd, true, false, d->size, d->U, RD, RN, RM); }
LIFT(vfp, VSUBL) { return lengthened(b, IR_OP_vsub, false, false, d->size, d->U, RD, RN, RM); }
LIFT(vfp, VSUBW) { return lengthened(b, IR_OP_vsub, true, false, d->size, d->U, RD, RN, RM); }
LIFT(vfp, VABDL) { return lengthened(b, d->U ? IR_OP_vuabd : IR_OP_vsabd, false, false, d->size, d->U, RD, RN, RM); }
LIFT(vfp, VABAL) { return lengthened(b, d->U ? IR_OP_vuabd : IR_OP_vsabd, false, true, d->size, d->U, RD, RN, RM); }

/* The upper halves of sums or differences. */
static enum flow high_half(struct ir_build *b, bool subtract, bool round, unsigned size, unsigned rd, unsigned rn, unsigned rm)
{
    if ((rn | rm) & 1)
        return FLOW_UNDEFINED;
    u8 wide = neon_sub(size + 1, 1);
    ir_ref r = neon_2(b, subtract ? IR_OP_vsub : IR_OP_vadd, wide, neon_get(b, rn, 1), neon_get(b, rm, 1));
    r = neon_1(b, round ? IR_OP_vurshr_imm : IR_OP_vshr_imm, wide, r, 8u << size);
    neon_put(b, rd, 0, neon_1(b, IR_OP_vxtn, neon_sub(size, 0), r, 0));
    return FLOW_NEXT;
}
LIFT(vfp, VADDHN) { return high_half(b, false, false, d->size, RD, RN, RM); }
LIFT(vfp, VRADDHN) { return high_half(b, false, true, d->size, RD, RN, RM); }
LIFT(vfp, VSUBHN) { return high_half(b, true, false, d->size, RD, RN, RM); }
LIFT(vfp, VRSUBHN) { return high_half(b, true, true, d->size, RD, RN, RM); }

/* Long products; sum IR_OP_none: not accumulated. */
static enum flow long_product(struct ir_build *b, enum ir_opcode sum, enum ir_opcode op, unsigned size, unsigned rd, ir_ref n, ir_ref m)
{
    if (rd & 1)
        return FLOW_UNDEFINED;
    ir_ref r = ir_op2(b, op, neon_sub(size, 1), n, m, 0);
    if (sum != IR_OP_none)
        r = neon_2(b, sum, neon_sub(size + 1, 1), neon_get(b, rd, 1), r);
    neon_put(b, rd, 1, r);
    return FLOW_NEXT;
}
static ir_ref scalar_of(struct ir_build *b, unsigned size, unsigned m)
{
    unsigned reg = size == 1 ? m & 7 : m & 15, index = size == 1 ? m >> 3 : m >> 4;
    return neon_1(b, IR_OP_vdup_lane, neon_sub(size, 1), neon_get(b, reg, 0), index);
}
#define LONG(name, sum, op)                                                                                            \
    LIFT(vfp, name) { return long_product(b, IR_OP_##sum, op, d->size, RD, neon_get(b, RN, 0), neon_get(b, RM, 0)); }  \
    LIFT(vfp, name##_x) { return long_product(b, IR_OP_##sum, op, d->size, RD, neon_get(b, RN, 0), scalar_of(b, d->size, RM)); }
LONG(VMLAL, vadd, d->U ? IR_OP_vumull : IR_OP_vsmull)
LONG(VMLSL, vsub, d->U ? IR_OP_vumull : IR_OP_vsmull)
LONG(VMULL, none, d->U ? IR_OP_vumull : IR_OP_vsmull)
LONG(VQDMLAL, vsqadd, IR_OP_vsqdmull)
LONG(VQDMLSL, vsqsub, IR_OP_vsqdmull)
LONG(VQDMULL, none, IR_OP_vsqdmull)
LIFT(vfp, VMULL_p8) { return long_product(b, IR_OP_none, IR_OP_vpmull, IR_B, RD, neon_get(b, RN, 0), neon_get(b, RM, 0)); }
LIFT(vfp, VMULL_p64) { return long_product(b, IR_OP_none, IR_OP_vpmull, IR_D, RD, neon_get(b, RN, 0), neon_get(b, RM, 0)); }

/* --- by a scalar -------------------------------------------------------------------------------------------------------------- */

static enum flow by_scalar(struct ir_build *b, enum ir_opcode sum, enum ir_opcode op, unsigned size, unsigned q, unsigned rd,
                           unsigned rn, unsigned rm)
{
    if (odd(q, rd, rn, 0))
        return FLOW_UNDEFINED;
    ir_ref n = neon_get(b, rn, q), m = scalar_of(b, size, rm);
    if (sum != IR_OP_none)
        return accumulated(b, sum, op, size, q, rd, n, m);
    neon_put(b, rd, q, neon_2(b, op, neon_sub(size, q), n, m));
    return FLOW_NEXT;
}
LIFT(vfp, VMLA_x) { return by_scalar(b, IR_OP_vadd, IR_OP_vmul, d->size, d->Q, RD, RN, RM); }
LIFT(vfp, VMLS_x) { return by_scalar(b, IR_OP_vsub, IR_OP_vmul, d->size, d->Q, RD, RN, RM); }
LIFT(vfp, VMUL_x) { return by_scalar(b, IR_OP_none, IR_OP_vmul, d->size, d->Q, RD, RN, RM); }
LIFT(vfp, VQDMULH_x) { return by_scalar(b, IR_OP_none, IR_OP_vsqdmulh, d->size, d->Q, RD, RN, RM); }
LIFT(vfp, VQRDMULH_x) { return by_scalar(b, IR_OP_none, IR_OP_vsqrdmulh, d->size, d->Q, RD, RN, RM); }
#define ROUNDING_X(name, subtract)                                                                                     \
    LIFT(vfp, name)                                                                                                    \
    {                                                                                                                  \
        if (odd(d->Q, RD, RN, 0))                                                                                      \
            return FLOW_UNDEFINED;                                                                                     \
        return rounding_multiply_add(b, subtract, d->size, d->Q, RD, neon_get(b, RN, d->Q), scalar_of(b, d->size, RM)); \
    }
ROUNDING_X(VQRDMLAH_x, false)
ROUNDING_X(VQRDMLSH_x, true)

/* --- two registers ------------------------------------------------------------------------------------------------------------ */

static enum flow one(struct ir_build *b, enum ir_opcode op, unsigned size, unsigned q, unsigned rd, unsigned rm, u64 imm)
{
    if (odd(q, rd, rm, 0))
        return FLOW_UNDEFINED;
    neon_put(b, rd, q, neon_1(b, op, neon_sub(size, q), neon_get(b, rm, q), imm));
    return FLOW_NEXT;
}
LIFT(vfp, VREV) { return one(b, IR_OP_vrev, d->size, d->Q, RD, RM, 3 - d->op); }
LIFT(vfp, VCLS) { return one(b, IR_OP_vcls, d->size, d->Q, RD, RM, 0); }
LIFT(vfp, VCLZ) { return one(b, IR_OP_vclz, d->size, d->Q, RD, RM, 0); }
LIFT(vfp, VCNT) { return one(b, IR_OP_vcnt, IR_B, d->Q, RD, RM, 0); }
LIFT(vfp, VMVN) { return one(b, IR_OP_vnot, IR_B, d->Q, RD, RM, 0); }
LIFT(vfp, VQABS) { return one(b, IR_OP_vsqabs, d->size, d->Q, RD, RM, 0); }
LIFT(vfp, VPADDL) { return one(b, d->U ? IR_OP_vuaddlp : IR_OP_vsaddlp, d->size + 1, d->Q, RD, RM, 0); }
LIFT(vfp, VPADAL)
{
    if (odd(d->Q, RD, RM, 0))
        return FLOW_UNDEFINED;
    u8 sub = neon_sub(d->size + 1, d->Q);
    ir_ref r = neon_1(b, d->U ? IR_OP_vuaddlp : IR_OP_vsaddlp, sub, neon_get(b, RM, d->Q), 0);
    neon_put(b, RD, d->Q, neon_2(b, IR_OP_vadd, sub, neon_get(b, RD, d->Q), r));
    return FLOW_NEXT;
}
LIFT(vfp, VQNEG)
{
    if (odd(d->Q, RD, RM, 0))
        return FLOW_UNDEFINED;
    neon_put(b, RD, d->Q, neon_2(b, IR_OP_vsqsub, neon_sub(d->size, d->Q), neon_zero(b), neon_get(b, RM, d->Q)));
    return FLOW_NEXT;
}

static bool no_half(const struct ir_build *b, unsigned f, unsigned size) { return f && size == 1 && !a32_feature(b, A32_FEAT_fp16); }

/* Comparison with zero, the operands exchanged for "less". */
static enum flow with_zero(struct ir_build *b, enum ir_opcode op, bool exchanged, bool f, unsigned size, unsigned q, unsigned rd,
                           unsigned rm)
{
    if (odd(q, rd, rm, 0) || no_half(b, f, size))
        return FLOW_UNDEFINED;
    ir_ref x = neon_get(b, rm, q), zero = neon_zero(b);
    if (f)
        neon_standard(b);
    ir_ref r = neon_2(b, op, neon_sub(size, q), exchanged ? zero : x, exchanged ? x : zero);
    if (f)
        neon_standard_end(b);
    neon_put(b, rd, q, r);
    return FLOW_NEXT;
}
#define WITH_ZERO(name, i, f, exchanged)                                                                               \
    LIFT(vfp, name) { return with_zero(b, d->F ? IR_OP_##f : IR_OP_##i, exchanged, d->F, d->size, d->Q, RD, RM); }
WITH_ZERO(VCGT_0, vcmpgt, vfcmgt, false)
WITH_ZERO(VCGE_0, vcmpge, vfcmge, false)
WITH_ZERO(VCEQ_0, vcmpeq, vfcmeq, false)
WITH_ZERO(VCLE_0, vcmpge, vfcmge, true)
WITH_ZERO(VCLT_0, vcmpgt, vfcmgt, true)
LIFT(vfp, VABS_v)
{
    return no_half(b, d->F, d->size) ? FLOW_UNDEFINED : one(b, d->F ? IR_OP_vfabs : IR_OP_vabs, d->size, d->Q, RD, RM, 0);
}
LIFT(vfp, VNEG_v)
{
    return no_half(b, d->F, d->size) ? FLOW_UNDEFINED : one(b, d->F ? IR_OP_vfneg : IR_OP_vneg, d->size, d->Q, RD, RM, 0);
}

/* Both registers are written. */
static enum flow exchange(struct ir_build *b, enum ir_opcode first, enum ir_opcode second, unsigned size, unsigned q, unsigned rd,
                          unsigned rm)
{
    if (odd(q, rd, rm, 0))
        return FLOW_UNDEFINED;
    ir_ref x = neon_get(b, rd, q), y = neon_get(b, rm, q);
    u8 sub = neon_sub(size, q);
    ir_ref low = first == IR_OP_none ? y : neon_2(b, first, sub, x, y);
    ir_ref high = first == IR_OP_none ? x : neon_2(b, second, sub, x, y);
    neon_put(b, rd, q, low);
    neon_put(b, rm, q, high);
    return FLOW_NEXT;
}
LIFT(vfp, VSWP) { return exchange(b, IR_OP_none, IR_OP_none, 0, d->Q, RD, RM); }
LIFT(vfp, VTRN) { return exchange(b, IR_OP_vtrn1, IR_OP_vtrn2, d->size, d->Q, RD, RM); }
LIFT(vfp, VUZP) { return exchange(b, IR_OP_vuzp1, IR_OP_vuzp2, d->size, d->Q, RD, RM); }
LIFT(vfp, VZIP) { return exchange(b, IR_OP_vzip1, IR_OP_vzip2, d->size, d->Q, RD, RM); }

static enum flow narrowed(struct ir_build *b, enum ir_opcode op, unsigned size, unsigned rd, unsigned rm)
{
    if (rm & 1)
        return FLOW_UNDEFINED;
    neon_put(b, rd, 0, neon_1(b, op, neon_sub(size, 0), neon_get(b, rm, 1), 0));
    return FLOW_NEXT;
}
LIFT(vfp, VMOVN) { return narrowed(b, IR_OP_vxtn, d->size, RD, RM); }
LIFT(vfp, VQMOVUN) { return narrowed(b, IR_OP_vsqxtun, d->size, RD, RM); }
LIFT(vfp, VQMOVN) { return narrowed(b, d->U ? IR_OP_vuqxtn : IR_OP_vsqxtn, d->size, RD, RM); }

static enum flow widened(struct ir_build *b, unsigned size, bool u, unsigned count, unsigned rd, unsigned rm)
{
    if (rd & 1)
        return FLOW_UNDEFINED;
    ir_ref r = extended(b, rm, size, u);
    neon_put(b, rd, 1, count ? neon_1(b, IR_OP_vshl_imm, neon_sub(size + 1, 1), r, count) : r);
    return FLOW_NEXT;
}
LIFT(vfp, VSHLL_max) { return widened(b, d->size, true, 8u << d->size, RD, RM); }

/* --- shifts by an immediate ------------------------------------------------------------------------------------------------------ */

struct count {
    unsigned size, left, right;
};
static struct count count_of(u32 l, u32 imm)
{
    u32 all = l << 6 | imm;
    unsigned size = 31 - clz32(all >> 3);
    return (struct count){size, all - (8u << size), (16u << size) - all};
}
static enum flow shifted(struct ir_build *b, enum ir_opcode op, bool accumulate, unsigned size, unsigned q, unsigned rd,
                         unsigned rm, unsigned count)
{
    if (odd(q, rd, rm, 0))
        return FLOW_UNDEFINED;
    u8 sub = neon_sub(size, q);
    ir_ref r = neon_1(b, op, sub, neon_get(b, rm, q), count);
    neon_put(b, rd, q, accumulate ? neon_2(b, IR_OP_vadd, sub, neon_get(b, rd, q), r) : r);
    return FLOW_NEXT;
}
#define RIGHT(name, s, u, accumulate)                                                                                  \
    LIFT(vfp, name)                                                                                                    \
    {                                                                                                                  \
        struct count c = count_of(d->L, d->imm);                                                                       \
        return shifted(b, d->U ? IR_OP_##u : IR_OP_##s, accumulate, c.size, d->Q, RD, RM, c.right);                    \
    }
RIGHT(VSHR, vsar_imm, vshr_imm, false)
RIGHT(VSRA, vsar_imm, vshr_imm, true)
RIGHT(VRSHR, vsrshr_imm, vurshr_imm, false)
RIGHT(VRSRA, vsrshr_imm, vurshr_imm, true)
LIFT(vfp, VSHL_i)
{
    struct count c = count_of(d->L, d->imm);
    return shifted(b, IR_OP_vshl_imm, false, c.size, d->Q, RD, RM, c.left);
}
LIFT(vfp, VQSHLU)
{
    struct count c = count_of(d->L, d->imm);
    return shifted(b, IR_OP_vsqshlu_imm, false, c.size, d->Q, RD, RM, c.left);
}
LIFT(vfp, VQSHL_i)
{
    struct count c = count_of(d->L, d->imm);
    if (odd(d->Q, RD, RM, 0))
        return FLOW_UNDEFINED;
    ir_ref by = neon_splat(b, c.size, c.left);
    neon_put(b, RD, d->Q, neon_2(b, d->U ? IR_OP_vuqshl : IR_OP_vsqshl, neon_sub(c.size, d->Q), neon_get(b, RM, d->Q), by));
    return FLOW_NEXT;
}

/* SRI and SLI: the bits that the shift leaves free stay. */
static enum flow inserted(struct ir_build *b, bool left, struct count c, unsigned q, unsigned rd, unsigned rm)
{
    if (odd(q, rd, rm, 0))
        return FLOW_UNDEFINED;
    u8 sub = neon_sub(c.size, q);
    unsigned width = 8u << c.size;
    u64 kept = left ? ones(c.left) : ~(c.right == width ? 0 : ones(width) >> c.right);
    ir_ref r = neon_1(b, left ? IR_OP_vshl_imm : IR_OP_vshr_imm, sub, neon_get(b, rm, q), left ? c.left : c.right);
    ir_ref rest = neon_2(b, IR_OP_vand, sub, neon_get(b, rd, q), neon_splat(b, c.size, kept));
    neon_put(b, rd, q, neon_2(b, IR_OP_vor, sub, rest, r));
    return FLOW_NEXT;
}
LIFT(vfp, VSRI) { return inserted(b, false, count_of(d->L, d->imm), d->Q, RD, RM); }
LIFT(vfp, VSLI) { return inserted(b, true, count_of(d->L, d->imm), d->Q, RD, RM); }

/* Shifted right and narrowed: the count is of the narrow lanes. */
static enum flow shift_narrow(struct ir_build *b, enum ir_opcode shift, enum ir_opcode narrow, u32 imm, unsigned rd, unsigned rm)
{
    struct count c = count_of(0, imm);
    if (rm & 1)
        return FLOW_UNDEFINED;
    ir_ref r = neon_1(b, shift, neon_sub(c.size + 1, 1), neon_get(b, rm, 1), c.right);
    neon_put(b, rd, 0, neon_1(b, narrow, neon_sub(c.size, 0), r, 0));
    return FLOW_NEXT;
}
LIFT(vfp, VSHRN) { return shift_narrow(b, IR_OP_vshr_imm, IR_OP_vxtn, d->imm, RD, RM); }
LIFT(vfp, VRSHRN) { return shift_narrow(b, IR_OP_vurshr_imm, IR_OP_vxtn, d->imm, RD, RM); }
LIFT(vfp, VQSHRUN) { return shift_narrow(b, IR_OP_vsar_imm, IR_OP_vsqxtun, d->imm, RD, RM); }
LIFT(vfp, VQRSHRUN) { return shift_narrow(b, IR_OP_vsrshr_imm, IR_OP_vsqxtun, d->imm, RD, RM); }
LIFT(vfp, VQSHRN)
{
    return shift_narrow(b, d->U ? IR_OP_vshr_imm : IR_OP_vsar_imm, d->U ? IR_OP_vuqxtn : IR_OP_vsqxtn, d->imm, RD, RM);
}
LIFT(vfp, VQRSHRN)
{
    return shift_narrow(b, d->U ? IR_OP_vurshr_imm : IR_OP_vsrshr_imm, d->U ? IR_OP_vuqxtn : IR_OP_vsqxtn, d->imm, RD, RM);
}
LIFT(vfp, VSHLL)
{
    struct count c = count_of(0, d->imm);
    return widened(b, c.size, d->U, c.left, RD, RM);
}

/* --- immediates, permutations ------------------------------------------------------------------------------------------------------ */

/* [AdvSIMDExpandImm] */
static u64 expand(unsigned op, unsigned cmode, u64 imm)
{
    u64 r = 0;
    switch (cmode >> 1) {
    case 0:
    case 1:
    case 2:
    case 3: return (imm << 8 * (cmode >> 1)) * 0x100000001;
    case 4:
    case 5: return (imm << 8 * (cmode >> 1 & 1)) * 0x1000100010001;
    case 6: return (cmode & 1 ? imm << 16 | 0xffff : imm << 8 | 0xff) * 0x100000001;
    default:
        if (cmode & 1)
            return vfp_expand_imm(VFP_SINGLE, (unsigned)imm) * 0x100000001;
        if (!op)
            return imm * 0x101010101010101;
        for (unsigned i = 0; i < 8; i++)
            r |= imm >> i & 1 ? 0xffull << 8 * i : 0;
        return r;
    }
}
LIFT(vfp, VMOV_imm)
{
    u64 value = expand(d->op, d->cmode, d->imm);
    bool logic = (d->cmode & 1) && d->cmode < 12; /* VORR, VBIC */
    if (odd(d->Q, RD, 0, 0))
        return FLOW_UNDEFINED;
    ir_ref v = ir_const_v128(b, value, value);
    u8 sub = neon_sub(IR_D, d->Q);
    if (logic)
        v = neon_2(b, d->op ? IR_OP_vandn : IR_OP_vor, sub, neon_get(b, RD, d->Q), v);
    else if (d->op && d->cmode != 14) /* VMVN */
        v = ir_const_v128(b, ~value, ~value);
    neon_put(b, RD, d->Q, v);
    return FLOW_NEXT;
}

LIFT(vfp, VEXT)
{
    if (odd(d->Q, RD, RN, RM))
        return FLOW_UNDEFINED;
    neon_put(b, RD, d->Q, ir_op2(b, IR_OP_vext, neon_sub(IR_B, d->Q), neon_get(b, RN, d->Q), neon_get(b, RM, d->Q), d->imm));
    return FLOW_NEXT;
}

/* Tables of 1 to 4 doublewords, sixteen bytes at a time; x: bytes out of range stay. */
LIFT(vfp, VTBL)
{
    unsigned n = RN, count = d->len + 1;
    if (n + count > 32)
        return FLOW_UNDEFINED;
    ir_ref index = neon_get(b, RM, 0), r = d->x ? neon_get(b, RD, 0) : neon_zero(b);
    for (unsigned at = 0; at < count; at += 2) {
        ir_ref table = neon_get(b, n + at, 0), i = index;
        if (at)
            i = neon_2(b, IR_OP_vsub, IR_B, i, neon_splat(b, IR_B, 8 * at));
        if (at + 1 < count)
            table = ir_op_typed(b, IR_OP_vinsert, IR_V128, IR_D, table, ir_get(b, IR_I64, vfp_d(n + at + 1)), IR_NONE, 1);
        else /* half a table: indices from 8 on are out of range */
            i = neon_2(b, IR_OP_vor, IR_B, i, neon_2(b, IR_OP_vcmphi, IR_B, i, neon_splat(b, IR_B, 7)));
        r = ir_op3(b, IR_OP_vtbx, IR_B, table, i, r, 0);
    }
    neon_put(b, RD, 0, r);
    return FLOW_NEXT;
}

LIFT(vfp, VDUP_x)
{
    unsigned size = ctz64(d->imm);
    if (odd(d->Q, RD, 0, 0))
        return FLOW_UNDEFINED;
    neon_put(b, RD, d->Q, neon_1(b, IR_OP_vdup_lane, neon_sub(size, d->Q), neon_get(b, RM, 0), d->imm >> (size + 1)));
    return FLOW_NEXT;
}

/* --- dot products and matrices ------------------------------------------------------------------------------------------------------- */

static enum flow dot(struct ir_build *b, enum ir_opcode op, unsigned q, unsigned rd, unsigned rn, ir_ref n, ir_ref m)
{
    if (odd(q, rd, rn, 0))
        return FLOW_UNDEFINED;
    neon_put(b, rd, q, ir_op3(b, op, neon_sub(IR_S, q), n, m, neon_get(b, rd, q), 0));
    return FLOW_NEXT;
}
LIFT(vfp, VSDOT)
{
    if (odd(d->Q, RM, 0, 0))
        return FLOW_UNDEFINED;
    return dot(b, d->U ? IR_OP_vudot : IR_OP_vsdot, d->Q, RD, RN, neon_get(b, RN, d->Q), neon_get(b, RM, d->Q));
}
LIFT(vfp, VUSDOT)
{
    if (odd(d->Q, RM, 0, 0))
        return FLOW_UNDEFINED;
    return dot(b, IR_OP_vusdot, d->Q, RD, RN, neon_get(b, RN, d->Q), neon_get(b, RM, d->Q));
}
LIFT(vfp, VSDOT_x)
{
    ir_ref m = neon_1(b, IR_OP_vdup_lane, neon_sub(IR_S, 1), neon_get(b, d->vm, 0), d->x);
    return dot(b, d->U ? IR_OP_vudot : IR_OP_vsdot, d->Q, RD, RN, neon_get(b, RN, d->Q), m);
}
LIFT(vfp, VUSDOT_x) /* the operand that is not signed comes first */
{
    ir_ref m = neon_1(b, IR_OP_vdup_lane, neon_sub(IR_S, 1), neon_get(b, d->vm, 0), d->x), n = neon_get(b, RN, d->Q);
    return dot(b, IR_OP_vusdot, d->Q, RD, RN, d->U ? m : n, d->U ? n : m);
}
LIFT(vfp, VMMLA)
{
    if (RM & 1)
        return FLOW_UNDEFINED;
    enum ir_opcode op = d->x ? IR_OP_vusmmla : d->U ? IR_OP_vummla : IR_OP_vsmmla;
    return dot(b, op, 1, RD, RN, neon_get(b, RN, 1), neon_get(b, RM, 1));
}

/* --- cryptography ---------------------------------------------------------------------------------------------------------------------- */

enum order { D_M, M, M_D, N_M_D };
static enum flow crypto(struct ir_build *b, enum ir_opcode op, enum order order, unsigned rd, unsigned rn, unsigned rm)
{
    if ((rd | rn | rm) & 1)
        return FLOW_UNDEFINED;
    ir_ref x = neon_get(b, rd, 1), z = neon_get(b, rm, 1), r;
    switch (order) {
    case D_M: r = neon_2(b, op, IR_FULL, x, z); break;
    case M_D: r = neon_2(b, op, IR_FULL, z, x); break;
    case M: r = neon_1(b, op, IR_FULL, z, 0); break;
    default: r = ir_op3(b, op, IR_FULL, neon_get(b, rn, 1), z, x, 0); break;
    }
    neon_put(b, rd, 1, r);
    return FLOW_NEXT;
}
LIFT(vfp, AESE) { return crypto(b, IR_OP_vaese, D_M, RD, 0, RM); }
LIFT(vfp, AESD) { return crypto(b, IR_OP_vaesd, D_M, RD, 0, RM); }
LIFT(vfp, AESMC) { return crypto(b, IR_OP_vaesmc, M, RD, 0, RM); }
LIFT(vfp, AESIMC) { return crypto(b, IR_OP_vaesimc, M, RD, 0, RM); }
LIFT(vfp, SHA1H) { return crypto(b, IR_OP_vsha1h, M, RD, 0, RM); }
LIFT(vfp, SHA1SU1) { return crypto(b, IR_OP_vsha1su1, M_D, RD, 0, RM); }
LIFT(vfp, SHA256SU0) { return crypto(b, IR_OP_vsha256su0, M_D, RD, 0, RM); }
LIFT(vfp, SHA1C) { return crypto(b, IR_OP_vsha1c, N_M_D, RD, RN, RM); }
LIFT(vfp, SHA1P) { return crypto(b, IR_OP_vsha1p, N_M_D, RD, RN, RM); }
LIFT(vfp, SHA1M) { return crypto(b, IR_OP_vsha1m, N_M_D, RD, RN, RM); }
LIFT(vfp, SHA1SU0) { return crypto(b, IR_OP_vsha1su0, N_M_D, RD, RN, RM); }
static enum flow sha256(struct ir_build *b, bool second, unsigned rd, unsigned rn, unsigned rm)
{
    if ((rd | rn | rm) & 1)
        return FLOW_UNDEFINED;
    ir_ref old = neon_get(b, rd, 1), other = neon_get(b, rn, 1), words = neon_get(b, rm, 1);
    neon_put(b, rd, 1, ir_sha256(b, second ? other : old, second ? old : other, words, second));
    return FLOW_NEXT;
}
LIFT(vfp, SHA256H) { return sha256(b, false, RD, RN, RM); }
LIFT(vfp, SHA256H2) { return sha256(b, true, RD, RN, RM); }
LIFT(vfp, SHA256SU1) { return crypto(b, IR_OP_vsha256su1, N_M_D, RD, RN, RM); }
