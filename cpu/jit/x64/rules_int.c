/* Integers, with the flags that come with a result. */
#include "jit/x64/rules_int.h"
#include "ir/special.h"
#include "jit/flags.h"

bool x64_imm(const struct x64 *x, ir_ref v, i32 *imm)
{
    u64 value;
    if (!jit_const(&x->j, v, &value))
        return false;
    if (x64_op(x, v)->type != IR_I64)
        value = (u64)(i64)(i32)value;
    *imm = (i32)value;
    return value == (u64)(i64)*imm;
}

unsigned def_from(struct x64 *x, ir_ref result, ir_ref v)
{
    unsigned from = use(x, v), to = jit_take(&x->j, v, result);
    if (to != JIT_NOWHERE)
        return to;
    to = def(x, result);
    x64_rr(&x->c, X64_mov_rr | wide(x64_op(x, v)->type), to, from);
    return to;
}

unsigned use_zero_extended(struct x64 *x, ir_ref v)
{
    unsigned reg = use(x, v);
    if (!x->j.values[v].loose)
        return reg;
    x64_rr(&x->c, X64_mov_rr, RAX, reg);
    return RAX;
}

void x64_two_operands(struct x64 *x, unsigned insn, unsigned insn_imm, unsigned w, unsigned dst, ir_ref b)
{
    i32 imm;
    if (!x64_imm(x, b, &imm)) {
        x64_rr(&x->c, insn | w, dst, use(x, b));
        return;
    }
    /* The row of the 8-bit immediate follows that of the 32-bit one at a fixed distance. */
    unsigned short_form = insn_imm - X64_add_i + X64_add_i8;
    x64_rri(&x->c, (imm == (i8)imm ? short_form : insn_imm) | w, 0, dst, imm);
}

/* Operation `later` is done at k instead: v dies there, if nothing between needs it. */
static void used_now(struct x64 *x, ir_ref v, u32 k, u32 later)
{
    struct jit_value *value = &x->j.values[jit_root(&x->j, v)];
    if (value->last != later)
        return;
    for (u32 i = k + 1; i < later; i++) {
        const struct ir_op *o = x64_op(x, i);
        struct flags_operands flags;
        ir_ref put[FLAGS_OPERANDS];
        if (flags_put(&x->j, i, &flags) == FLAGS_PUT_PENDING)
            for (unsigned n = flags_refs(&flags, put); n-- > 0;)
                if (jit_root(&x->j, put[n]) == value->root)
                    return;
        unsigned refs = ir_refs(o->op);
        if ((refs & IR_REF_A && jit_root(&x->j, o->a) == value->root) ||
            (refs & IR_REF_B && jit_root(&x->j, o->b) == value->root) ||
            (refs & IR_REF_C && jit_root(&x->j, o->c) == value->root))
            return;
    }
    value->last = k;
}

/* A result on the same operands soon after: computed at once, so that one instruction gives both. Its operands are used
 * now then. */
static u32 find_partner(struct x64 *x, u32 k, enum ir_opcode other)
{
    const struct ir_op *op = x64_op(x, k);
    u32 end = x->j.fn->blocks[x->j.block_index].end;
    for (u32 i = k + 1; i < end && i < k + 7; i++) {
        const struct ir_op *o = x64_op(x, i);
        if (o->op == IR_OP_put && x64_op(x, o->a)->type == IR_FLAGS)
            continue;
        if (o->op == IR_OP_call || ir_effects(o) & ~IR_MARK) /* a get may be of the register that the result goes to */
            return 0;
        if (o->op != other || o->a != op->a || o->b != op->b || x->j.values[i].done || x->j.values[i].deferred)
            continue;
        used_now(x, op->a, k, i);
        used_now(x, op->b, k, i);
        return i;
    }
    return 0;
}

struct arithmetic {
    u16 insn, insn_imm;
    bool commutes;
    u16 flags; /* IR operation that gives its flags */
    u8 kind;
};
static struct arithmetic arithmetic_of(u16 op)
{
    switch (op) {
    case IR_OP_add: return (struct arithmetic){X64_add, X64_add_i, true, IR_OP_flags_add, FLAGS_CARRY};
    case IR_OP_sub: return (struct arithmetic){X64_sub, X64_sub_i, false, IR_OP_flags_sub, FLAGS_SUB};
    case IR_OP_and: return (struct arithmetic){X64_and, X64_and_i, true, IR_OP_flags_logic, FLAGS_CARRY};
    case IR_OP_or: return (struct arithmetic){X64_or, X64_or_i, true, 0, 0};
    default: return (struct arithmetic){X64_xor, X64_xor_i, true, 0, 0};
    }
}

/* dst = a + (b << k), the shift being deferred: one of the operands. */
static void add_scaled(struct x64 *x, u32 v)
{
    const struct ir_op *op = x64_op(x, v);
    bool first = x->j.values[op->a].deferred;
    const struct ir_op *shift = x64_op(x, first ? op->a : op->b);
    u64 count = 0;
    must(jit_const(&x->j, shift->b, &count));
    unsigned ra = use(x, first ? op->b : op->a), rb = use(x, shift->a);
    x64_rm(&x->c, X64_lea | wide(op->type), def(x, v), x64_at_index(ra, rb, (unsigned)count, 0));
}

/* dst = a op b for value v, which is computed at this operation or ahead of its time. flags: EFLAGS must be the result's. An
 * addition without them leaves EFLAGS alone if they are wanted. */
static void arithmetic(struct x64 *x, u32 v, bool flags)
{
    const struct ir_op *op = x64_op(x, v);
    struct arithmetic row = arithmetic_of(op->op);
    ir_ref a = op->a, b = op->b;
    unsigned w = wide(op->type), rb = 0;
    i32 imm = 0;
    if (row.commutes && x64_imm(x, a, &imm)) {
        a = op->b;
        b = op->a;
    }
    if (op->op == IR_OP_add && (x->j.values[a].deferred || x->j.values[b].deferred)) {
        must(!flags); /* whose operation would be a second user of the shift */
        add_scaled(x, v);
        return;
    }
    unsigned ra = use(x, a), dst = JIT_NOWHERE;
    bool is_imm = x64_imm(x, b, &imm);
    if (!is_imm)
        rb = use(x, b);
    else if (op->op == IR_OP_and && imm >= 0)
        w = 0; /* the upper half of the result is zero */
    if (op->op == IR_OP_and && is_imm && !flags && (imm == 0xff || imm == 0xffff)) {
        x64_rr(&x->c, imm == 0xff ? X64_movzx8 : X64_movzx16, def(x, v), ra);
        return;
    }
    if (row.commutes && !is_imm && rb == x->j.values[v].target) {
        ir_ref other = a;
        a = b;
        b = other;
        rb = ra;
        ra = use(x, a);
    }
    bool by_lea = op->op == IR_OP_add && !flags && (jit_has_target(&x->j, v) || x64_flags_are_wanted(x));
    if (!by_lea)
        dst = jit_take(&x->j, a, v);
    if (dst == JIT_NOWHERE && row.commutes && !is_imm && !by_lea && (dst = jit_take(&x->j, b, v)) != JIT_NOWHERE) {
        x64_rr(&x->c, row.insn | w, dst, ra);
        return;
    }
    if (dst == JIT_NOWHERE) {
        dst = def(x, v);
        if (op->op == IR_OP_add && !flags) {
            x64_rm(&x->c, X64_lea | w, dst, is_imm ? x64_at(ra, imm) : x64_at_index(ra, rb, 0, 0));
            return;
        }
        x64_rr(&x->c, X64_mov_rr | w, dst, ra);
    }
    if (is_imm)
        x64_two_operands(x, row.insn, row.insn_imm, w, dst, b);
    else
        x64_rr(&x->c, row.insn | w, dst, rb);
}

void x64_arithmetic(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct arithmetic row = arithmetic_of(op->op);
    u32 partner = row.flags ? find_partner(x, k, (enum ir_opcode)row.flags) : 0;
    if (partner || !x64_flags_are_wanted(x))
        x64_clobber_flags(x);
    arithmetic(x, k, partner != 0);
    if (partner) {
        x->j.values[partner].done = true;
        x64_set_flags(x, partner, (enum flags_kind)row.kind);
    }
}

/* CF = the carry that is added, or its opposite: true. */
static bool carry_to_cf(struct x64 *x, ir_ref carry)
{
    const struct ir_op *op = x64_op(x, carry);
    if (op->op == IR_OP_zext && x->j.values[carry].deferred) {
        carry = op->a;
        op = x64_op(x, carry);
    }
    if (!x->j.values[carry].deferred) {
        x64_clobber_flags(x);
        x64_rr(&x->c, X64_mov_rr, RCX, use(x, carry));
        x64_rri(&x->c, X64_add_i8, 0, RCX, -1);
        return false;
    }
    if (x->flags_of && x->j.values[x->flags_of].last > x->j.at)
        x64_clobber_flags(x); /* it becomes a word first */
    enum x64_cc cc = x64_flags_condition(x, IR_CS, op->a);
    if (cc == CC_B || cc == CC_AE)
        return cc == CC_AE;
    x64_setcc(&x->c, cc, RAX);
    x64_rr(&x->c, X64_movzx8, RAX, RAX);
    x64_rri(&x->c, X64_add_i8, 0, RAX, -1);
    return false;
}

/* x + y + carry, or x - y - 1 + carry: what is added, how, and CF for it. */
struct carry_sum {
    bool is_imm, subtracts; /* what: an sbb */
    i32 imm;
    unsigned reg;
};
static struct carry_sum begin_carry_sum(struct x64 *x, ir_ref b, ir_ref carry)
{
    struct carry_sum sum = {0};
    bool borrow = carry_to_cf(x, carry);
    if (b && x->j.values[b].deferred) { /* inverted */
        sum.subtracts = true;
        b = x64_op(x, b)->a;
    }
    sum.is_imm = !b || x64_imm(x, b, &sum.imm);
    if (!sum.is_imm) {
        sum.reg = use(x, b);
        if (sum.subtracts != borrow)
            x64_byte(&x->c, 0xf5); /* cmc */
    } else {
        sum.imm = sum.subtracts == borrow ? sum.imm : ~sum.imm;
        sum.subtracts = borrow;
    }
    return sum;
}

/* flags: what EFLAGS are then; 0: nobody needs them. */
static void end_carry_sum(struct x64 *x, const struct carry_sum *sum, unsigned w, unsigned dst, ir_ref flags)
{
    if (!sum->is_imm)
        x64_rr(&x->c, (sum->subtracts ? X64_sbb : X64_adc) | w, dst, sum->reg);
    else if (sum->imm == (i8)sum->imm)
        x64_rri(&x->c, (sum->subtracts ? X64_sbb_i8 : X64_adc_i8) | w, 0, dst, sum->imm);
    else
        x64_rri(&x->c, (sum->subtracts ? X64_sbb_i : X64_adc_i) | w, 0, dst, sum->imm);
    x64_set_flags(x, flags, sum->subtracts ? FLAGS_SUB : FLAGS_CARRY);
}

static void add_with_carry(struct x64 *x, u32 k, const struct ir_op *op)
{
    ir_ref a = op->a, b = IR_NONE, flags = x->j.values[k].sum;
    if (flags || x->j.values[a].deferred) {
        const struct ir_op *both = x64_op(x, flags ? flags : a);
        a = both->a;
        b = both->b;
    }
    if (flags)
        x->j.values[flags].done = true;
    struct carry_sum sum = begin_carry_sum(x, b, op->b);
    end_carry_sum(x, &sum, wide(op->type), def_from(x, k, a), flags);
}

/* Without a result. */
void x64_flags_adc(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned w = wide(x64_op(x, op->a)->type);
    struct carry_sum sum = begin_carry_sum(x, op->b, op->c);
    x64_rr(&x->c, X64_mov_rr | w, RAX, use(x, op->a));
    end_carry_sum(x, &sum, w, RAX, k);
}

void x64_add(struct x64 *x, u32 k, const struct ir_op *op)
{
    if (jit_added_carry(&x->j, op)) {
        add_with_carry(x, k, op);
        return;
    }
    x64_arithmetic(x, k, op);
}

void x64_flags(struct x64 *x, u32 k, const struct ir_op *op)
{
    u32 partner = find_partner(x, k, flags_result_op(op->op));
    if (!partner) {
        x64_compute_flags(x, k, op);
        return;
    }
    arithmetic(x, partner, true);
    x->j.values[partner].done = true;
    x64_set_flags(x, k, op->op == IR_OP_flags_sub ? FLAGS_SUB : FLAGS_CARRY);
}

/* flags_nz and flags_nzc. LAHF leaves SF and ZF in bits 15 and 14. */
void x64_flags_nz(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    bool carry = op->op == IR_OP_flags_nzc;
    unsigned ra = use(x, op->a), rb = use(x, op->b), rc = use(x, op->c);
    x64_rr(c, X64_test | wide(x64_op(x, op->a)->type), carry ? ra : rb, ra);
    x64_byte(c, 0x9f); /* lahf */
    x64_rr(c, X64_mov_rr, RCX, rc);
    x64_rri(c, X64_shl_i, 0, RAX, 16);
    x64_rri(c, X64_and_i, 0, RCX, carry ? 1 << 28 : 3 << 28);
    x64_rri(c, X64_and_i, 0, RAX, (i32)(3u << 30));
    x64_rr(c, X64_or, RCX, RAX);
    if (carry) {
        x64_rr(c, X64_mov_rr, RAX, rb);
        x64_rri(c, X64_and_i8, 0, RAX, 1);
        x64_rri(c, X64_shl_i, 0, RAX, 29);
        x64_rr(c, X64_or, RCX, RAX);
    }
    x64_rr(c, X64_mov_rr, def(x, k), RCX);
}

/* --- other integer operations ------------------------------------------------------------------------------------------ */

void x64_inverted(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned insn = op->op == IR_OP_andn ? X64_and : op->op == IR_OP_orn ? X64_or : X64_xor, w = wide(op->type);
    x64_rr(&x->c, X64_mov_rr | w, RAX, use(x, op->b));
    x64_rr(&x->c, X64_not | w, 0, RAX);
    x64_rr(&x->c, insn | w, def_from(x, k, op->a), RAX);
}

void x64_unary(struct x64 *x, u32 k, const struct ir_op *op)
{
    x64_rr(&x->c, (op->op == IR_OP_not ? X64_not : X64_neg) | wide(op->type), 0, def_from(x, k, op->a));
}

void x64_count_bits(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned insn = op->op == IR_OP_clz ? X64_lzcnt : op->op == IR_OP_ctz ? X64_tzcnt : X64_popcnt, ra = use(x, op->a);
    x64_rr(&x->c, insn | wide(op->type), def(x, k), ra);
}

void x64_bswap(struct x64 *x, u32 k, const struct ir_op *op)
{
    x64_bswap_reg(&x->c, def_from(x, k, op->a), op->type == IR_I64);
}

void x64_multiply(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned w = wide(op->type), ra = use(x, op->a);
    i32 imm;
    if (op->op == IR_OP_mul && x64_imm(x, op->b, &imm)) {
        x64_rri(&x->c, X64_imul_i | w, def(x, k), ra, imm);
        return;
    }
    unsigned rb = use(x, op->b);
    if (op->op == IR_OP_mul) {
        unsigned dst = jit_take(&x->j, op->b, k);
        if (dst != JIT_NOWHERE) {
            x64_rr(&x->c, X64_imul | w, dst, ra);
            return;
        }
        x64_rr(&x->c, X64_imul | w, def_from(x, k, op->a), rb);
        return;
    }
    x64_rr(&x->c, X64_mov_rr | w, RAX, ra);
    x64_rr(&x->c, (op->op == IR_OP_umulh ? X64_mul : X64_imul1) | w, 0, rb);
    x64_rr(&x->c, X64_mov_rr | w, def(x, k), RDX);
}

/* Division by zero gives 0 and never traps; nor does the least number by -1. */
void x64_divide(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    unsigned w = wide(op->type), ra = use(x, op->a), rb = use(x, op->b);
    x64_rr(c, X64_mov_rr | w, RAX, ra);
    x64_rr(c, X64_mov_rr | w, RCX, rb);
    x64_rr(c, X64_test | w, RCX, RCX);
    u32 zero = x64_jcc(c, CC_E), minus = 0, done;
    if (op->op == IR_OP_sdiv) {
        x64_rri(c, X64_cmp_i8 | w, 0, RCX, -1);
        minus = x64_jcc(c, CC_E);
        if (w)
            x64_byte(c, 0x48);
        x64_byte(c, 0x99); /* cdq, cqo */
        x64_rr(c, X64_idiv | w, 0, RCX);
        done = x64_jmp(c);
        x64_here(c, minus);
        x64_rr(c, X64_neg | w, 0, RAX);
        minus = x64_jmp(c);
    } else {
        x64_const(c, RDX, 0);
        x64_rr(c, X64_div | w, 0, RCX);
        done = x64_jmp(c);
    }
    x64_here(c, zero);
    x64_const(c, RAX, 0);
    x64_here(c, done);
    if (minus)
        x64_here(c, minus);
    x64_rr(c, X64_mov_rr | w, def(x, k), RAX);
}

void x64_shift(struct x64 *x, u32 k, const struct ir_op *op)
{
    static const u16 by_imm[] = {X64_shl_i, X64_shr_i, X64_sar_i, X64_ror_i};
    static const u16 by_cl[] = {X64_shl_cl, X64_shr_cl, X64_sar_cl, X64_ror_cl};
    static const u16 by_reg[] = {X64_shlx, X64_shrx, X64_sarx};
    unsigned n = op->op - IR_OP_shl, w = wide(op->type);
    u64 count;
    if (jit_const(&x->j, op->b, &count)) {
        unsigned dst = def_from(x, k, op->a);
        count &= w ? 63 : 31;
        if (!count && x->j.values[op->a].loose)
            x64_rr(&x->c, X64_mov_rr, dst, dst);
        if (count)
            x64_rri(&x->c, by_imm[n] | w, 0, dst, (i32)count);
    } else if (n < 3 && x64_shared.bmi2) {
        unsigned ra = use(x, op->a), rb = use(x, op->b);
        x64_rvr(&x->c, by_reg[n] | w, def(x, k), rb, ra);
    } else {
        x64_rr(&x->c, X64_mov_rr, RCX, use(x, op->b));
        x64_rr(&x->c, by_cl[n] | w, 0, def_from(x, k, op->a));
    }
}
_Static_assert(IR_OP_rotr - IR_OP_shl == 3, "the shifts are neighbours in ops_int.def");
