/* VFP: Arm ARM (DDI 0406C) A7.5 to A7.9, A2.6; (DDI 0487) F4.1. */
#include "guest/a32/vector.h"

/* --- status ------------------------------------------------------------------------------------------------------------- */

/* LEN and STRIDE change how what follows is lifted: the next block is looked up with the new mode. */
LIFT(vfp, VMSR)
{
    if (d->rt == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref value = a32_get(b, d->rt);
    u32 it = a32_lifter(b)->next_it;
    a32_put_mode(b, (b->fn->mode & ~(u32)A32_MODE_IT) | (it & 15 ? it << A32_MODE_IT_SHIFT : 0));
    ir_call(b, IR_HELPER_a32_set_fpscr, 1, &value);
    ir_exit_indirect(b, a32_imm(b, (u32)b->pc + b->insn_bytes), IR_HINT_JUMP, 0);
    return FLOW_END;
}

LIFT(vfp, VMRS)
{
    if (d->rt == A32_PC) { /* to the flags */
        a32_set_nzcv(b, ir_get(b, IR_FLAGS, A32_OFF(fpscr_nzcv, 0)));
        return FLOW_NEXT;
    }
    return a32_set(b, d->rt, ir_call(b, IR_HELPER_a32_get_fpscr, 0, NULL));
}

/* --- loads and stores ------------------------------------------------------------------------------------------------------ */

/* A single or double register in memory: as what arithmetic takes, but integers are what can be of the other byte order. */
static enum ir_type memory_type(const struct ir_build *b, bool dp)
{
    if (b->swap)
        return dp ? IR_I64 : IR_I32;
    return dp ? IR_F64 : IR_F32;
}

static enum flow load_store(struct ir_build *b, bool load, unsigned sz, unsigned n, unsigned rn, i64 offset)
{
    if (!vfp_has(b, sz, n, 0, 0) || (!load && rn == A32_PC && a32_thumb(b)))
        return FLOW_UNDEFINED;
    ir_ref base = a32_get_aligned_pc(b, rn);
    if (sz == VFP_HALF)
        a32_check_aligned(b, base, offset, 2);
    else
        a32_check_access(b, rn, base, offset);
    enum ir_type type = sz == VFP_HALF ? IR_I32 : memory_type(b, sz == VFP_DOUBLE);
    u32 at = sz == VFP_DOUBLE ? vfp_d(n) : vfp_s(n);
    if (load)
        a32_put(b, at, a32_load(b, type, (u8)sz, base, offset));
    else
        a32_store(b, (u8)sz, base, offset, ir_get(b, type, at));
    return FLOW_NEXT;
}

static i64 literal(u32 u, u32 imm, unsigned sz)
{
    i64 offset = (i64)imm * (sz == VFP_HALF ? 2 : 4);
    return u ? offset : -offset;
}
LIFT(vfp, VLDR)
{
    return load_store(b, true, d->sz, vfp_reg(d->sz, d->vd, d->D), d->rn, literal(d->u, d->imm, d->sz));
}
LIFT(vfp, VSTR)
{
    return load_store(b, false, d->sz, vfp_reg(d->sz, d->vd, d->D), d->rn, literal(d->u, d->imm, d->sz));
}

struct multiple {
    bool load, add, write_back, doubles;
    unsigned first, rn, words;
};

/* An odd number of words with doubleword registers is the old FLDMX and FSTMX: the last word is skipped. A fault on the way
 * leaves the registers before it loaded, as that of LDM. */
static enum flow load_store_multiple(struct ir_build *b, struct multiple m)
{
    unsigned count = m.doubles ? m.words / 2 : m.words;
    if (!count || m.first + count > 32 || (m.doubles && (count > 16 || !vfp_has_d(b, m.first + count - 1))) ||
        (m.rn == A32_PC && (m.write_back || a32_thumb(b))))
        return FLOW_UNDEFINED;
    ir_ref base = a32_get(b, m.rn);
    i64 at = m.add ? 0 : -4 * (i64)m.words;
    enum ir_type type = memory_type(b, m.doubles);
    u8 size = m.doubles ? 3 : 2;
    a32_check_access(b, m.rn, base, at);
    for (unsigned i = 0; i < count; i++, at += 1 << size) {
        u32 reg = m.doubles ? vfp_d(m.first + i) : vfp_s(m.first + i);
        if (m.load)
            a32_put(b, reg, a32_load(b, type, size, base, at));
        else
            a32_store(b, size, base, at, ir_get(b, type, reg));
    }
    if (m.write_back) {
        a32_put_r(b, m.rn, ir_add(b, base, a32_imm(b, (u32)(m.add ? 4 * (i64)m.words : -4 * (i64)m.words))));
        a32_lifter(b)->aligned |= (u16)(1u << m.rn);
    }
    return FLOW_NEXT;
}
LIFT(vfp, VLDM)
{
    unsigned first = vfp_reg(VFP_SINGLE + d->dp, d->vd, d->D);
    return load_store_multiple(b, (struct multiple){true, d->u, d->w, d->dp, first, d->rn, d->imm});
}
LIFT(vfp, VSTM)
{
    unsigned first = vfp_reg(VFP_SINGLE + d->dp, d->vd, d->D);
    return load_store_multiple(b, (struct multiple){false, d->u, d->w, d->dp, first, d->rn, d->imm});
}

/* --- moves to and from general registers ------------------------------------------------------------------------------------ */

LIFT(vfp, VMOV_2)
{
    unsigned m = vfp_reg(VFP_SINGLE + d->dp, d->vm, d->M), word = d->dp ? 2 * m : m;
    if (d->rt == A32_PC || d->rt2 == A32_PC || (d->l && d->rt == d->rt2) || (d->dp && !vfp_has_d(b, m)) || word == 31)
        return FLOW_UNDEFINED;
    if (d->l) {
        ir_ref low = vfp_get_word(b, word), high = vfp_get_word(b, word + 1);
        a32_put_r(b, d->rt, low);
        a32_put_r(b, d->rt2, high);
    } else if (d->dp) { /* at once, as it will be used */
        ir_ref low = ir_zext(b, a32_get(b, d->rt)), high = ir_zext(b, a32_get(b, d->rt2));
        a32_put(b, vfp_d(m), ir_or(b, low, ir_shl(b, high, ir_imm(b, 64, 32))));
    } else {
        vfp_put_word(b, word, a32_get(b, d->rt));
        vfp_put_word(b, word + 1, a32_get(b, d->rt2));
    }
    return FLOW_NEXT;
}

LIFT(vfp, VMOV_s)
{
    unsigned n = vfp_reg(VFP_SINGLE, d->vn, d->N);
    if (d->rt == A32_PC || !vfp_has(b, d->sz, 0, 0, 0))
        return FLOW_UNDEFINED;
    ir_ref value = d->l ? vfp_get_word(b, n) : a32_get(b, d->rt);
    if (d->sz == VFP_HALF)
        value = ir_zext_low(b, value, 16);
    if (d->l)
        a32_put_r(b, d->rt, value);
    else
        vfp_put_word(b, n, value);
    return FLOW_NEXT;
}

/* Lane x of 1 << size bytes of a doubleword register. */
static enum flow to_lane(struct ir_build *b, unsigned size, unsigned x, unsigned n, unsigned rt)
{
    if (rt == A32_PC || !vfp_has_d(b, n))
        return FLOW_UNDEFINED;
    ir_ref value = a32_get(b, rt);
    unsigned word = 2 * n + (x << size >> 2), shift = 8 * (x << size & 3);
    if (size < 2) {
        u32 mask = (u32)ones(8u << size) << shift;
        ir_ref old = ir_and(b, vfp_get_word(b, word), a32_imm(b, ~mask));
        value = ir_or(b, old, ir_and(b, ir_shl(b, value, a32_imm(b, shift)), a32_imm(b, mask)));
    }
    vfp_put_word(b, word, value);
    return FLOW_NEXT;
}
static enum flow from_lane(struct ir_build *b, unsigned size, bool zero, unsigned x, unsigned n, unsigned rt)
{
    if (rt == A32_PC || !vfp_has_d(b, n))
        return FLOW_UNDEFINED;
    ir_ref value = vfp_get_word(b, 2 * n + (x << size >> 2));
    if (size < 2) {
        value = ir_shr(b, value, a32_imm(b, 8 * (x << size & 3)));
        value = zero ? ir_zext_low(b, value, 8u << size) : ir_sext_low(b, value, 8u << size);
    }
    return a32_set(b, rt, value);
}
LIFT(vfp, VMOV_to_32) { return to_lane(b, 2, d->x, d->D << 4 | d->vd, d->rt); }
LIFT(vfp, VMOV_to_16) { return to_lane(b, 1, d->x, d->D << 4 | d->vd, d->rt); }
LIFT(vfp, VMOV_to_8) { return to_lane(b, 0, d->x, d->D << 4 | d->vd, d->rt); }
LIFT(vfp, VMOV_from_32) { return from_lane(b, 2, true, d->x, d->D << 4 | d->vd, d->rt); }
LIFT(vfp, VMOV_from_16) { return from_lane(b, 1, d->U, d->x, d->D << 4 | d->vd, d->rt); }
LIFT(vfp, VMOV_from_8) { return from_lane(b, 0, d->U, d->x, d->D << 4 | d->vd, d->rt); }

LIFT(vfp, VDUP_r)
{
    if (d->rt == A32_PC)
        return FLOW_UNDEFINED;
    u8 size = d->b ? IR_B : d->e ? IR_H : IR_S;
    ir_ref all = ir_op_typed(b, IR_OP_vdup, IR_V128, size | (d->Q ? IR_FULL : 0), ir_zext(b, a32_get(b, d->rt)), IR_NONE,
                             IR_NONE, 0);
    a32_put(b, vfp_d(d->D << 4 | d->vd), d->Q ? all : ir_low(b, IR_I64, all));
    return FLOW_NEXT;
}

/* --- arithmetic, by single registers or short vectors -------------------------------------------------------------------------- */

enum operation { OP_MLA, OP_MLS, OP_NMLS, OP_NMLA, OP_MUL, OP_NMUL, OP_ADD, OP_SUB, OP_DIV, OP_FNMS, OP_FNMA, OP_FMA, OP_FMS,
                 OP_IMM, OP_MOV, OP_ABS, OP_NEG, OP_SQRT };

static ir_ref negated(struct ir_build *b, ir_ref x) { return ir_op1(b, IR_OP_fneg, 0, x, 0); }
static ir_ref sum(struct ir_build *b, ir_ref x, ir_ref y) { return ir_op2(b, IR_OP_fadd, 0, x, y, 0); }
static ir_ref product(struct ir_build *b, ir_ref x, ir_ref y) { return ir_op2(b, IR_OP_fmul, 0, x, y, 0); }
static ir_ref fused(struct ir_build *b, ir_ref a, ir_ref x, ir_ref y) { return ir_op3(b, IR_OP_fmuladd, 0, a, x, y, 0); }

/* Negation comes before the sum, for NaNs too. */
static ir_ref compute(struct ir_build *b, enum operation op, ir_ref d, ir_ref n, ir_ref m)
{
    switch (op) {
    case OP_MLA: return sum(b, d, product(b, n, m));
    case OP_MLS: return sum(b, d, negated(b, product(b, n, m)));
    case OP_NMLS: return sum(b, negated(b, d), product(b, n, m));
    case OP_NMLA: return sum(b, negated(b, d), negated(b, product(b, n, m)));
    case OP_MUL: return product(b, n, m);
    case OP_NMUL: return negated(b, product(b, n, m));
    case OP_ADD: return sum(b, n, m);
    case OP_SUB: return ir_op2(b, IR_OP_fsub, 0, n, m, 0);
    case OP_DIV: return ir_op2(b, IR_OP_fdiv, 0, n, m, 0);
    case OP_FNMS: return fused(b, negated(b, d), n, m);
    case OP_FNMA: return fused(b, negated(b, d), negated(b, n), m);
    case OP_FMA: return fused(b, d, n, m);
    case OP_FMS: return fused(b, d, negated(b, n), m);
    case OP_ABS: return ir_op1(b, IR_OP_fabs, 0, m, 0);
    case OP_NEG: return negated(b, m);
    case OP_SQRT: return ir_op1(b, IR_OP_fsqrt, 0, m, 0);
    default: return m;
    }
}

struct operands {
    unsigned sz, d, n, m;
    bool has_n, has_m;
    u64 imm;
};

static void element(struct ir_build *b, enum operation op, const struct operands *o, unsigned d, unsigned n, unsigned m)
{
    bool accumulates = op <= OP_NMLA || (op >= OP_FNMS && op <= OP_FMS);
    ir_ref x = accumulates ? vfp_get(b, o->sz, d) : IR_NONE;
    ir_ref y = o->has_n ? vfp_get(b, o->sz, n) : IR_NONE;
    ir_ref z = o->has_m ? vfp_get(b, o->sz, m) : ir_const(b, vfp_type(o->sz), o->imm);
    vfp_put(b, o->sz, d, compute(b, op, x, y, z));
}

/* Registers are in banks of eight single or four double ones; the first bank (for doubles also the fifth) holds scalars. A
 * vector wraps around in its bank [A2.6.3]. */
static unsigned bank_mask(unsigned sz) { return sz == VFP_DOUBLE ? 3 : 7; }
static bool is_scalar(unsigned sz, unsigned n) { return sz == VFP_DOUBLE ? (n & 12) == 0 : (n & 24) == 0; }
static unsigned advance(unsigned sz, unsigned n, unsigned by)
{
    unsigned mask = bank_mask(sz);
    return (n & ~mask) | ((n + by) & mask);
}

static enum flow arithmetic(struct ir_build *b, enum operation op, struct operands o)
{
    if (!vfp_has(b, o.sz, o.d, o.has_n ? o.n : 0, o.has_m ? o.m : 0))
        return FLOW_UNDEFINED;
    unsigned len = (b->fn->mode & A32_MODE_LEN) >> A32_MODE_LEN_SHIFT;
    unsigned stride = b->fn->mode & A32_MODE_STRIDE ? 2 : 1;
    bool vectors = len || (b->fn->mode & A32_MODE_STRIDE);
    if (vectors && (o.sz == VFP_HALF || (op >= OP_FNMS && op <= OP_FMS)))
        return FLOW_UNDEFINED;
    unsigned count = is_scalar(o.sz, o.d) ? 1 : len + 1;
    bool scalar_m = is_scalar(o.sz, o.m);
    for (unsigned i = 0; i < count; i++)
        element(b, op, &o, advance(o.sz, o.d, i * stride), advance(o.sz, o.n, i * stride),
                scalar_m || count == 1 ? o.m : advance(o.sz, o.m, i * stride));
    return FLOW_NEXT;
}

#define THREE(name, op)                                                                                                \
    LIFT(vfp, name)                                                                                                    \
    {                                                                                                                  \
        unsigned sz = d->sz;                                                                                           \
        return arithmetic(b, op, (struct operands){sz, vfp_reg(sz, d->vd, d->D), vfp_reg(sz, d->vn, d->N),             \
                                                   vfp_reg(sz, d->vm, d->M), true, true, 0});                          \
    }
#define TWO(name, op)                                                                                                  \
    LIFT(vfp, name)                                                                                                    \
    {                                                                                                                  \
        unsigned sz = d->sz;                                                                                           \
        return arithmetic(b, op, (struct operands){sz, vfp_reg(sz, d->vd, d->D), 0, vfp_reg(sz, d->vm, d->M), false,   \
                                                   true, 0});                                                          \
    }
THREE(VMLA, OP_MLA)
THREE(VMLS, OP_MLS)
THREE(VNMLS, OP_NMLS)
THREE(VNMLA, OP_NMLA)
THREE(VMUL, OP_MUL)
THREE(VNMUL, OP_NMUL)
THREE(VADD, OP_ADD)
THREE(VSUB, OP_SUB)
THREE(VDIV, OP_DIV)
THREE(VFNMS, OP_FNMS)
THREE(VFNMA, OP_FNMA)
THREE(VFMA, OP_FMA)
THREE(VFMS, OP_FMS)
TWO(VMOV, OP_MOV)
TWO(VABS, OP_ABS)
TWO(VNEG, OP_NEG)
TWO(VSQRT, OP_SQRT)
LIFT(vfp, VMOV_i)
{
    unsigned n = vfp_reg(d->sz, d->vd, d->D);
    return arithmetic(b, OP_IMM, (struct operands){d->sz, n, 0, 0, false, false, vfp_expand_imm(d->sz, d->imm)});
}

/* --- comparison -------------------------------------------------------------------------------------------------------------- */

static enum flow compare(struct ir_build *b, bool signalling, unsigned sz, unsigned n, ir_ref y)
{
    ir_ref x = vfp_get(b, sz, n);
    a32_put(b, A32_OFF(fpscr_nzcv, 0),
            ir_op_typed(b, signalling ? IR_OP_fcmpe : IR_OP_fcmp, IR_FLAGS, 0, x, y, IR_NONE, 0));
    return FLOW_NEXT;
}
LIFT(vfp, VCMP)
{
    unsigned n = vfp_reg(d->sz, d->vd, d->D), m = vfp_reg(d->sz, d->vm, d->M);
    return vfp_has(b, d->sz, n, m, 0) ? compare(b, d->E, d->sz, n, vfp_get(b, d->sz, m)) : FLOW_UNDEFINED;
}
LIFT(vfp, VCMP_0)
{
    unsigned n = vfp_reg(d->sz, d->vd, d->D);
    return vfp_has(b, d->sz, n, 0, 0) ? compare(b, d->E, d->sz, n, ir_const(b, vfp_type(d->sz), 0)) : FLOW_UNDEFINED;
}

LIFT(vfp, VSEL)
{
    static const u8 cond[4] = {IR_EQ, IR_VS, IR_GE, IR_GT};
    unsigned sz = d->sz, n = vfp_reg(sz, d->vn, d->N), m = vfp_reg(sz, d->vm, d->M), to = vfp_reg(sz, d->vd, d->D);
    if (!vfp_has(b, sz, to, n, m))
        return FLOW_UNDEFINED;
    vfp_put(b, sz, to, ir_select(b, a32_cond(b, cond[d->cc]), vfp_get(b, sz, n), vfp_get(b, sz, m)));
    return FLOW_NEXT;
}

/* --- rounding, minimum, maximum ------------------------------------------------------------------------------------------------ */

/* Newer instructions know no short vectors. */
static bool short_vectors(const struct ir_build *b) { return b->fn->mode & (A32_MODE_LEN | A32_MODE_STRIDE); }

static enum flow two(struct ir_build *b, enum ir_opcode op, unsigned sz, unsigned to, unsigned n, unsigned m)
{
    if (!vfp_has(b, sz, to, n, m) || short_vectors(b))
        return FLOW_UNDEFINED;
    vfp_put(b, sz, to, ir_op2(b, op, 0, vfp_get(b, sz, n), vfp_get(b, sz, m), 0));
    return FLOW_NEXT;
}
LIFT(vfp, VMAXNM)
{
    return two(b, IR_OP_fmaxnm, d->sz, vfp_reg(d->sz, d->vd, d->D), vfp_reg(d->sz, d->vn, d->N), vfp_reg(d->sz, d->vm, d->M));
}
LIFT(vfp, VMINNM)
{
    return two(b, IR_OP_fminnm, d->sz, vfp_reg(d->sz, d->vd, d->D), vfp_reg(d->sz, d->vn, d->N), vfp_reg(d->sz, d->vm, d->M));
}

static enum flow round_to_integral(struct ir_build *b, unsigned sz, unsigned to, unsigned m, u64 imm)
{
    if (!vfp_has(b, sz, to, m, 0))
        return FLOW_UNDEFINED;
    vfp_put(b, sz, to, ir_op1(b, IR_OP_frint, 0, vfp_get(b, sz, m), imm));
    return FLOW_NEXT;
}
/* rm: A N P M */
static const u8 directed[4] = {FP_TIES_AWAY, FP_ROUND_NEAREST, FP_ROUND_UP, FP_ROUND_DOWN};
#define ROUND(name, imm)                                                                                               \
    LIFT(vfp, name) { return round_to_integral(b, d->sz, vfp_reg(d->sz, d->vd, d->D), vfp_reg(d->sz, d->vm, d->M), imm); }
ROUND(VRINTR, FP_CURRENT)
ROUND(VRINTZ, FP_ROUND_ZERO)
ROUND(VRINTX, FP_CURRENT | FP_IMM_INEXACT)
ROUND(VRINT, directed[d->rm])

/* --- conversion ---------------------------------------------------------------------------------------------------------------- */

static ir_ref convert(struct ir_build *b, enum ir_opcode op, enum ir_type to, ir_ref x, u64 imm)
{
    return ir_op_typed(b, op, to, 0, x, IR_NONE, IR_NONE, imm);
}

/* One half of a word as a float. */
static ir_ref half_of(struct ir_build *b, unsigned n, bool top)
{
    ir_ref word = vfp_get_word(b, n);
    return ir_bitcast(b, IR_F16, top ? ir_shr(b, word, a32_imm(b, 16)) : word);
}
static void put_half(struct ir_build *b, unsigned n, bool top, ir_ref half)
{
    ir_ref bits = ir_bitcast(b, IR_I32, half), old = vfp_get_word(b, n);
    if (top)
        vfp_put_word(b, n, ir_or(b, ir_zext_low(b, old, 16), ir_shl(b, bits, a32_imm(b, 16))));
    else
        vfp_put_word(b, n, ir_or(b, ir_and(b, old, a32_imm(b, 0xffff0000)), bits));
}
LIFT(vfp, VCVT_from_half)
{
    unsigned sz = VFP_SINGLE + d->dp, to = vfp_reg(sz, d->vd, d->D);
    if (!vfp_has(b, sz, to, 0, 0) || (d->dp && !a32_feature(b, A32_FEAT_v8)))
        return FLOW_UNDEFINED;
    vfp_put(b, sz, to, convert(b, IR_OP_fcvt, vfp_type(sz), half_of(b, vfp_reg(VFP_SINGLE, d->vm, d->M), d->t), FP_CURRENT));
    return FLOW_NEXT;
}
LIFT(vfp, VCVT_to_half)
{
    unsigned sz = VFP_SINGLE + d->dp, m = vfp_reg(sz, d->vm, d->M);
    if (!vfp_has(b, sz, m, 0, 0) || (d->dp && !a32_feature(b, A32_FEAT_v8)))
        return FLOW_UNDEFINED;
    put_half(b, vfp_reg(VFP_SINGLE, d->vd, d->D), d->t, convert(b, IR_OP_fcvt, IR_F16, vfp_get(b, sz, m), FP_CURRENT));
    return FLOW_NEXT;
}
LIFT(vfp, VCVT_to_bf16)
{
    ir_ref x = vfp_get(b, VFP_SINGLE, vfp_reg(VFP_SINGLE, d->vm, d->M));
    put_half(b, vfp_reg(VFP_SINGLE, d->vd, d->D), d->t, convert(b, IR_OP_fcvt_bf16, IR_F16, x, 0));
    return FLOW_NEXT;
}

static enum flow change_precision(struct ir_build *b, unsigned from, unsigned to, unsigned n, unsigned m)
{
    if (!vfp_has_d(b, to == VFP_DOUBLE ? n : m))
        return FLOW_UNDEFINED;
    vfp_put(b, to, n, convert(b, IR_OP_fcvt, vfp_type(to), vfp_get(b, from, m), FP_CURRENT));
    return FLOW_NEXT;
}
LIFT(vfp, VCVT_double)
{
    return change_precision(b, VFP_SINGLE, VFP_DOUBLE, vfp_reg(VFP_DOUBLE, d->vd, d->D), vfp_reg(VFP_SINGLE, d->vm, d->M));
}
LIFT(vfp, VCVT_single)
{
    return change_precision(b, VFP_DOUBLE, VFP_SINGLE, vfp_reg(VFP_SINGLE, d->vd, d->D), vfp_reg(VFP_DOUBLE, d->vm, d->M));
}

LIFT(vfp, VCVT_from_int)
{
    unsigned to = vfp_reg(d->sz, d->vd, d->D);
    if (!vfp_has(b, d->sz, to, 0, 0))
        return FLOW_UNDEFINED;
    ir_ref word = vfp_get_word(b, vfp_reg(VFP_SINGLE, d->vm, d->M));
    vfp_put(b, d->sz, to, convert(b, d->s ? IR_OP_ffrom_s : IR_OP_ffrom_u, vfp_type(d->sz), word, FP_IMM(FP_CURRENT, 0)));
    return FLOW_NEXT;
}

static enum flow to_int(struct ir_build *b, unsigned sz, unsigned to, unsigned m, bool is_signed, unsigned rounding)
{
    if (!vfp_has(b, sz, m, 0, 0))
        return FLOW_UNDEFINED;
    vfp_put_word(b, to, convert(b, is_signed ? IR_OP_fto_s : IR_OP_fto_u, IR_I32, vfp_get(b, sz, m), FP_IMM(rounding, 0)));
    return FLOW_NEXT;
}
LIFT(vfp, VCVT_to_int)
{
    return to_int(b, d->sz, vfp_reg(VFP_SINGLE, d->vd, d->D), vfp_reg(d->sz, d->vm, d->M), d->s,
                  d->op ? FP_ROUND_ZERO : FP_CURRENT);
}
LIFT(vfp, VCVT_mode)
{
    return to_int(b, d->sz, vfp_reg(VFP_SINGLE, d->vd, d->D), vfp_reg(d->sz, d->vm, d->M), d->s, directed[d->rm]);
}

LIFT(vfp, VJCVT)
{
    unsigned m = vfp_reg(VFP_DOUBLE, d->vm, d->M);
    ir_ref r = ir_op_typed(b, IR_OP_fto_js, IR_I64, 0, vfp_get(b, VFP_DOUBLE, m), IR_NONE, IR_NONE, 0);
    ir_ref exact = ir_trunc(b, ir_shr(b, r, ir_imm(b, 64, 32)));
    vfp_put_word(b, vfp_reg(VFP_SINGLE, d->vd, d->D), ir_trunc(b, r));
    a32_put(b, A32_OFF(fpscr_nzcv, 0), a32_flags_pack(b, ir_shl(b, exact, a32_imm(b, 30))));
    return FLOW_NEXT;
}

/* Fixed point in the same register: 16 or 32 bits (sx), of which imm4:i less than all are fraction. */
LIFT(vfp, VCVT_fixed)
{
    unsigned n = vfp_reg(d->sz, d->vd, d->D), bits = d->sx ? 32 : 16, imm5 = d->imm4 << 1 | d->imm;
    if (!vfp_has(b, d->sz, n, 0, 0) || imm5 > bits)
        return FLOW_UNDEFINED;
    unsigned fraction = bits - imm5, word = d->sz == VFP_DOUBLE ? 2 * n : n;
    enum ir_type type = d->sx ? IR_I32 : IR_F16; /* 16-bit integers are in an f16 */
    if (!d->op) {
        ir_ref x = vfp_get_word(b, word);
        x = d->sx ? x : ir_bitcast(b, IR_F16, x);
        vfp_put(b, d->sz, n, convert(b, d->U ? IR_OP_ffrom_u : IR_OP_ffrom_s, vfp_type(d->sz), x,
                                     FP_IMM(FP_ROUND_NEAREST, fraction)));
        return FLOW_NEXT;
    }
    ir_ref r = convert(b, d->U ? IR_OP_fto_u : IR_OP_fto_s, type, vfp_get(b, d->sz, n), FP_IMM(FP_ROUND_ZERO, fraction));
    if (!d->sx)
        r = d->U ? ir_bitcast(b, IR_I32, r) : ir_sext_low(b, ir_bitcast(b, IR_I32, r), 16);
    if (d->sz == VFP_DOUBLE)
        a32_put(b, vfp_d(n), d->U ? ir_zext(b, r) : ir_sext(b, r));
    else
        vfp_put_word(b, n, r);
    return FLOW_NEXT;
}

/* --- halves ------------------------------------------------------------------------------------------------------------------- */

LIFT(vfp, VMOVX)
{
    if (short_vectors(b))
        return FLOW_UNDEFINED;
    ir_ref word = vfp_get_word(b, vfp_reg(VFP_SINGLE, d->vm, d->M));
    vfp_put_word(b, vfp_reg(VFP_SINGLE, d->vd, d->D), ir_shr(b, word, a32_imm(b, 16)));
    return FLOW_NEXT;
}
LIFT(vfp, VINS)
{
    if (short_vectors(b))
        return FLOW_UNDEFINED;
    unsigned to = vfp_reg(VFP_SINGLE, d->vd, d->D);
    ir_ref low = ir_zext_low(b, vfp_get_word(b, to), 16), word = vfp_get_word(b, vfp_reg(VFP_SINGLE, d->vm, d->M));
    vfp_put_word(b, to, ir_or(b, low, ir_shl(b, word, a32_imm(b, 16))));
    return FLOW_NEXT;
}
