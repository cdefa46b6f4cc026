/* Data processing of all three instruction sets: Arm ARM (DDI 0406C) A5.2, A6.2.1, A6.3.1, A6.3.11. */
#include "a32_decode.h"
#include "t16_decode.h"
#include "t32_decode.h"
#include "guest/a32/a32.h"

/* --- flags ---------------------------------------------------------------------------------------------------------- */

void a32_set_nzcv(struct ir_build *b, ir_ref flags)
{
    struct a32_lifter *l = a32_lifter(b);
    l->nz_value = IR_NONE;
    l->flags_set = true;
    a32_put(b, A32_OFF(nzcv, 0), flags);
}

void a32_set_nz(struct ir_build *b, ir_ref value, ir_ref carry)
{
    struct a32_lifter *l = a32_lifter(b);
    ir_ref cv = a32_flags_word(b, a32_get_nzcv(b));
    a32_set_nzcv(b, carry ? ir_flags_nzc(b, value, carry, cv) : ir_flags_nz(b, value, value, cv));
    if (!l->select) {
        l->nz_value = value;
        l->nz_block = b->block;
    }
}

ir_ref a32_cond(struct ir_build *b, unsigned cond)
{
    struct a32_lifter *l = a32_lifter(b);
    if (l->nz_value && l->nz_block == b->block) {
        ir_ref zero = a32_imm(b, 0);
        switch (cond) {
        case IR_EQ: return ir_eq(b, l->nz_value, zero);
        case IR_NE: return ir_ne(b, l->nz_value, zero);
        case IR_MI: return ir_slt(b, l->nz_value, zero);
        case IR_PL: return ir_sle(b, zero, l->nz_value);
        default: break;
        }
    }
    return ir_cond(b, (enum ir_cond)cond, a32_get_nzcv(b));
}

void a32_set_q(struct ir_build *b, ir_ref saturated)
{
    ir_ref q = ir_get(b, IR_I32, A32_OFF(q_flag, 0));
    a32_put(b, A32_OFF(q_flag, 0), ir_or(b, q, saturated));
}

/* --- the operations --------------------------------------------------------------------------------------------------- */

static enum flow logic(struct ir_build *b, enum a32_dp op, bool s, unsigned rd, ir_ref n, struct a32_shifted o)
{
    ir_ref r;
    bool test = op == DP_TST || op == DP_TEQ;
    switch (op) {
    case DP_AND:
    case DP_TST: r = ir_and(b, n, o.value); break;
    case DP_EOR:
    case DP_TEQ: r = ir_xor(b, n, o.value); break;
    case DP_ORR: r = ir_or(b, n, o.value); break;
    case DP_ORN: r = ir_orn(b, n, o.value); break;
    case DP_BIC: r = ir_andn(b, n, o.value); break;
    case DP_MVN: r = ir_not(b, o.value); break;
    default: r = o.value; break;
    }
    if (s || test)
        a32_set_nz(b, r, o.carry);
    return test ? FLOW_NEXT : a32_set(b, rd, r);
}

/* x + y + carry, where carry is that of CPSR or (IR_NONE) 0. */
static enum flow add_carry(struct ir_build *b, bool s, unsigned rd, ir_ref x, ir_ref y)
{
    ir_ref carry = a32_get_carry(b);
    ir_ref r = ir_add(b, ir_add(b, x, y), carry);
    if (s)
        a32_set_nzcv(b, ir_flags_adc(b, x, y, carry));
    return a32_set(b, rd, r);
}

static enum flow add(struct ir_build *b, bool s, unsigned rd, ir_ref x, ir_ref y)
{
    ir_ref r = ir_add(b, x, y);
    if (s)
        a32_set_nzcv(b, ir_flags_add(b, x, y));
    return a32_set(b, rd, r);
}

static enum flow subtract(struct ir_build *b, bool s, unsigned rd, ir_ref x, ir_ref y)
{
    ir_ref r = ir_sub(b, x, y);
    if (s)
        a32_set_nzcv(b, ir_flags_sub(b, x, y));
    return a32_set(b, rd, r);
}

enum flow a32_dp(struct ir_build *b, enum a32_dp op, bool s, unsigned rd, unsigned rn, struct a32_shifted o)
{
    bool writes = op < DP_TST || op > DP_CMN;
    if (s && writes && rd == A32_PC) /* return from an exception */
        return FLOW_UNDEFINED;
    ir_ref n = op == DP_MOV || op == DP_MVN ? IR_NONE : a32_get(b, rn);
    struct a32_lifter *l = a32_lifter(b);
    u16 aligned = l->aligned;
    u64 k;
    enum flow flow;
    switch (op) {
    case DP_SUB: flow = subtract(b, s, rd, n, o.value); break;
    case DP_RSB: flow = subtract(b, s, rd, o.value, n); break;
    case DP_ADD: flow = add(b, s, rd, n, o.value); break;
    case DP_ADC: flow = add_carry(b, s, rd, n, o.value); break;
    case DP_SBC: flow = add_carry(b, s, rd, n, ir_not(b, o.value)); break;
    case DP_RSC: flow = add_carry(b, s, rd, o.value, ir_not(b, n)); break;
    case DP_CMP: a32_set_nzcv(b, ir_flags_sub(b, n, o.value)); return FLOW_NEXT;
    case DP_CMN: a32_set_nzcv(b, ir_flags_add(b, n, o.value)); return FLOW_NEXT;
    default: return logic(b, op, s, rd, n, o);
    }
    /* A stack pointer that moves by words stays aligned. */
    if ((op == DP_ADD || op == DP_SUB) && rd == rn && ir_is_const(b, o.value, &k) && !(k & 3))
        l->aligned |= aligned & (u16)(1u << rd);
    return flow;
}

/* --- A32 -------------------------------------------------------------------------------------------------------------- */

static struct a32_shifted by_register(struct ir_build *b, unsigned rm, unsigned type, unsigned rs, bool s)
{
    return a32_shift_reg(b, a32_get(b, rm), type, a32_get(b, rs), s);
}

#define DP(name)                                                                                                       \
    LIFT(a32, name##_r) { return a32_dp(b, DP_##name, d->s, d->rd, d->rn, a32_operand(b, d->rm, d->type, d->imm, d->s)); } \
    LIFT(a32, name##_rr) { return a32_dp(b, DP_##name, d->s, d->rd, d->rn, by_register(b, d->rm, d->type, d->rs, d->s)); } \
    LIFT(a32, name##_i) { return a32_dp(b, DP_##name, d->s, d->rd, d->rn, a32_expand_imm(b, d->rot, d->imm)); }
#define MOVE(name)                                                                                                     \
    LIFT(a32, name##_r) { return a32_dp(b, DP_##name, d->s, d->rd, 0, a32_operand(b, d->rm, d->type, d->imm, d->s)); } \
    LIFT(a32, name##_rr) { return a32_dp(b, DP_##name, d->s, d->rd, 0, by_register(b, d->rm, d->type, d->rs, d->s)); } \
    LIFT(a32, name##_i) { return a32_dp(b, DP_##name, d->s, d->rd, 0, a32_expand_imm(b, d->rot, d->imm)); }
#define TEST(name)                                                                                                     \
    LIFT(a32, name##_r) { return a32_dp(b, DP_##name, true, 0, d->rn, a32_operand(b, d->rm, d->type, d->imm, true)); } \
    LIFT(a32, name##_rr) { return a32_dp(b, DP_##name, true, 0, d->rn, by_register(b, d->rm, d->type, d->rs, true)); } \
    LIFT(a32, name##_i) { return a32_dp(b, DP_##name, true, 0, d->rn, a32_expand_imm(b, d->rot, d->imm)); }
DP(AND)
DP(EOR)
DP(SUB)
DP(RSB)
DP(ADD)
DP(ADC)
DP(SBC)
DP(RSC)
TEST(TST)
TEST(TEQ)
TEST(CMP)
TEST(CMN)
DP(ORR)
DP(BIC)
MOVE(MVN)
LIFT(a32, MOV_rr) { return a32_dp(b, DP_MOV, d->s, d->rd, 0, by_register(b, d->rm, d->type, d->rs, d->s)); }
LIFT(a32, MOV_i) { return a32_dp(b, DP_MOV, d->s, d->rd, 0, a32_expand_imm(b, d->rot, d->imm)); }
LIFT(a32, MOV_r)
{
    if (d->rd == A32_PC && d->rm == A32_LR && !d->s && !d->type && !d->imm) { /* how old code returns */
        ir_ref lr = a32_get(b, A32_LR);
        return a32_feature(b, A32_FEAT_v7) ? a32_jump_exchange(b, lr, IR_HINT_RETURN, 0)
                                           : a32_jump_register(b, lr, IR_HINT_RETURN);
    }
    return a32_dp(b, DP_MOV, d->s, d->rd, 0, a32_operand(b, d->rm, d->type, d->imm, d->s));
}
#undef DP
#undef MOVE
#undef TEST

static enum flow move_top(struct ir_build *b, unsigned rd, u32 imm)
{
    ir_ref low = ir_zext_low(b, a32_get(b, rd), 16);
    return a32_set(b, rd, ir_or(b, low, a32_imm(b, imm << 16)));
}
LIFT(a32, MOVW) { return a32_set(b, d->rd, a32_imm(b, d->imm)); }
LIFT(a32, MOVT) { return move_top(b, d->rd, d->imm); }

/* --- T32 -------------------------------------------------------------------------------------------------------------- */

/* Where rd or rn is 15, four operations are others. */
static enum flow t32_dp(struct ir_build *b, enum a32_dp op, bool s, unsigned rd, unsigned rn, struct a32_shifted o)
{
    if (rd == A32_PC && s)
        switch (op) {
        case DP_AND: op = DP_TST; break;
        case DP_EOR: op = DP_TEQ; break;
        case DP_ADD: op = DP_CMN; break;
        case DP_SUB: op = DP_CMP; break;
        default: break;
        }
    if (rn == A32_PC && op == DP_ORR)
        op = DP_MOV;
    if (rn == A32_PC && op == DP_ORN)
        op = DP_MVN;
    if (rd == A32_PC && (op < DP_TST || op > DP_CMN))
        return FLOW_UNDEFINED;
    return a32_dp(b, op, s, rd, rn, o);
}

#define T32_DP(name)                                                                                                   \
    LIFT(t32, name##_r) { return t32_dp(b, DP_##name, d->s, d->rd, d->rn, a32_operand(b, d->rm, d->type, d->imm, d->s)); } \
    LIFT(t32, name##_i) { return t32_dp(b, DP_##name, d->s, d->rd, d->rn, a32_expand_t32(b, d->imm)); }
T32_DP(AND)
T32_DP(BIC)
T32_DP(ORR)
T32_DP(ORN)
T32_DP(EOR)
T32_DP(ADD)
T32_DP(ADC)
T32_DP(SBC)
T32_DP(SUB)
T32_DP(RSB)
#undef T32_DP

LIFT(t32, SHIFT_r) /* LSL, LSR, ASR, ROR by a register */
{
    return a32_dp(b, DP_MOV, d->s, d->rd, 0, by_register(b, d->rn, d->type, d->rm, d->s));
}
LIFT(t32, ADDW) { return a32_set(b, d->rd, ir_add(b, a32_get_aligned_pc(b, d->rn), a32_imm(b, d->imm))); }
LIFT(t32, SUBW) { return a32_set(b, d->rd, ir_sub(b, a32_get_aligned_pc(b, d->rn), a32_imm(b, d->imm))); }
static u32 imm16(u32 imm4, u32 i, u32 imm3, u32 imm8) { return imm4 << 12 | i << 11 | imm3 << 8 | imm8; }
LIFT(t32, MOVW) { return a32_set(b, d->rd, a32_imm(b, imm16(d->imm4, d->i, d->imm3, d->imm8))); }
LIFT(t32, MOVT) { return move_top(b, d->rd, imm16(d->imm4, d->i, d->imm3, d->imm8)); }

/* --- T16 -------------------------------------------------------------------------------------------------------------- */

/* What a T16 instruction does to the flags it does outside of IT blocks only. */
static bool s16(const struct ir_build *b) { return !a32_in_it(b); }

LIFT(t16, SHIFT_i)
{
    return a32_dp(b, DP_MOV, s16(b), d->rd, 0, a32_operand(b, d->rm, d->type, d->imm, s16(b)));
}
static struct a32_shifted plain(ir_ref value) { return (struct a32_shifted){value, IR_NONE}; }
LIFT(t16, ADD_r) { return a32_dp(b, DP_ADD, s16(b), d->rd, d->rn, plain(a32_get(b, d->rm))); }
LIFT(t16, SUB_r) { return a32_dp(b, DP_SUB, s16(b), d->rd, d->rn, plain(a32_get(b, d->rm))); }
LIFT(t16, ADD_i3) { return a32_dp(b, DP_ADD, s16(b), d->rd, d->rn, plain(a32_imm(b, d->imm))); }
LIFT(t16, SUB_i3) { return a32_dp(b, DP_SUB, s16(b), d->rd, d->rn, plain(a32_imm(b, d->imm))); }
LIFT(t16, MOV_i8) { return a32_dp(b, DP_MOV, s16(b), d->rd, 0, plain(a32_imm(b, d->imm))); }
LIFT(t16, CMP_i8) { return a32_dp(b, DP_CMP, true, 0, d->rd, plain(a32_imm(b, d->imm))); }
LIFT(t16, ADD_i8) { return a32_dp(b, DP_ADD, s16(b), d->rd, d->rd, plain(a32_imm(b, d->imm))); }
LIFT(t16, SUB_i8) { return a32_dp(b, DP_SUB, s16(b), d->rd, d->rd, plain(a32_imm(b, d->imm))); }

#define T16_DP(name)                                                                                                   \
    LIFT(t16, name) { return a32_dp(b, DP_##name, s16(b), d->rd, d->rd, plain(a32_get(b, d->rm))); }
T16_DP(AND)
T16_DP(EOR)
T16_DP(ADC)
T16_DP(SBC)
T16_DP(ORR)
T16_DP(BIC)
T16_DP(MVN)
T16_DP(TST)
T16_DP(CMP)
T16_DP(CMN)
#undef T16_DP
LIFT(t16, RSB) { return a32_dp(b, DP_RSB, s16(b), d->rd, d->rm, plain(a32_imm(b, 0))); }
#define T16_SHIFT(name, type)                                                                                          \
    LIFT(t16, name) { return a32_dp(b, DP_MOV, s16(b), d->rd, 0, by_register(b, d->rd, type, d->rm, s16(b))); }
T16_SHIFT(LSL, 0)
T16_SHIFT(LSR, 1)
T16_SHIFT(ASR, 2)
T16_SHIFT(ROR, 3)
#undef T16_SHIFT

LIFT(t16, ADD_high) { return a32_dp(b, DP_ADD, false, d->rd, d->rd, plain(a32_get(b, d->rm))); }
LIFT(t16, CMP_high) { return a32_dp(b, DP_CMP, true, 0, d->rn, plain(a32_get(b, d->rm))); }
LIFT(t16, MOV_high)
{
    if (d->rd == A32_PC && d->rm == A32_LR)
        return a32_jump_register(b, a32_get(b, A32_LR), IR_HINT_RETURN);
    return a32_dp(b, DP_MOV, false, d->rd, 0, plain(a32_get(b, d->rm)));
}
LIFT(t16, ADR) { return a32_set(b, d->rd, a32_imm(b, ((u32)(b->pc + 4) & ~3u) + d->imm * 4)); }
LIFT(t16, ADD_sp_r) { return a32_dp(b, DP_ADD, false, d->rd, A32_SP, plain(a32_imm(b, d->imm * 4))); }
LIFT(t16, ADD_sp) { return a32_dp(b, DP_ADD, false, A32_SP, A32_SP, plain(a32_imm(b, d->imm * 4))); }
LIFT(t16, SUB_sp) { return a32_dp(b, DP_SUB, false, A32_SP, A32_SP, plain(a32_imm(b, d->imm * 4))); }
