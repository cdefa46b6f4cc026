/* Integers, flags, conditions. */
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

/* --- flags ----------------------------------------------------------------------------------------------------------- */

void x64_set_flags(struct x64 *x, ir_ref k, enum flags_kind kind)
{
    x->flags_of = k;
    x->flags_kind = kind;
}

/* NZCV as a word, of a comparison: one of four. EFLAGS stay. */
static void produce_float(struct x64 *x, unsigned reg)
{
    enum { LESS = 8, EQUAL = 6, GREATER = 2, UNORDERED = 3 };
    struct x64_code *c = &x->c;
    bool exchanged = x->flags_kind == FLAGS_FLOAT_EXCHANGED;
    x64_const(c, reg, (exchanged ? LESS : GREATER) * (1ull << 28));
    x64_const(c, RAX, (exchanged ? GREATER : LESS) * (1ull << 28));
    x64_cmov(c, CC_B, false, reg, RAX);
    x64_const(c, RAX, EQUAL * (1ull << 28));
    x64_cmov(c, CC_E, false, reg, RAX);
    x64_const(c, RAX, UNORDERED * (1ull << 28));
    x64_cmov(c, CC_P, false, reg, RAX);
}

/* NZCV as a word. AH gets SF ZF - AF - PF - CF, AL gets OF; the four wanted bits are 15, 14, 8 and 0. */
void x64_produce(struct jit *j, ir_ref v)
{
    struct x64 *x = (struct x64 *)j;
    must(x->flags_of == v);
    struct x64_code *c = &x->c;
    bool borrow = x->flags_kind == FLAGS_SUB;
    unsigned reg = def(x, v);
    if (x->flags_kind >= FLAGS_FLOAT) {
        produce_float(x, reg);
        return;
    }
    if (borrow)
        x64_byte(c, 0xf5); /* cmc */
    x64_byte(c, 0x9f);     /* lahf */
    x64_setcc(c, CC_O, RAX);
    if (x64_shared.bmi2) {
        if (borrow)
            x64_byte(c, 0xf5);
        x64_rvm(c, X64_pext, RAX, RAX, x64_at(RSP, FRAME_PEXT));
        x64_rorx32(c, reg, RAX, 4);
        return;
    }
    /* One product moves all four to the top; no two partial products meet. */
    x64_rri(c, X64_and_i, 0, RAX, 0xc101);
    x64_rri(c, X64_imul_i, reg, RAX, 1 << 16 | 1 << 21 | 1 << 28);
    x64_rri(c, X64_and_i, 0, reg, (i32)0xf0000000);
    x->flags_of = 0;
}

static const u8 cc_of_sub[14] = {CC_E, CC_NE, CC_AE, CC_B, CC_S, CC_NS, CC_O, CC_NO, CC_A, CC_BE, CC_GE, CC_L, CC_G, CC_LE};

/* Two conditions of EFLAGS in one: al op cl. */
static enum x64_cc combine(struct x64 *x, enum x64_cc a, unsigned insn, enum x64_cc b)
{
    x64_clobber_flags(x);
    x64_setcc(&x->c, a, RAX);
    x64_setcc(&x->c, b, RCX);
    x64_rr(&x->c, insn, RAX, RCX);
    x64_rri(&x->c, X64_test_i, 0, RAX, 1);
    return CC_NE;
}

/* From ucomis: less CF, equal ZF, unordered ZF PF CF; with the operands exchanged greater is CF. */
static enum x64_cc float_condition(struct x64 *x, unsigned cond)
{
    static const u8 direct[14] = {[IR_VS] = CC_P, [IR_VC] = CC_NP, [IR_GE] = CC_AE, [IR_LT] = CC_B, [IR_GT] = CC_A, [IR_LE] = CC_BE};
    static const u8 exchanged[14] = {[IR_VS] = CC_P, [IR_VC] = CC_NP, [IR_CC] = CC_A, [IR_MI] = CC_A,
                                     [IR_CS] = CC_BE, [IR_PL] = CC_BE, [IR_HI] = CC_B, [IR_LS] = CC_AE};
    const u8 *cc = x->flags_kind == FLAGS_FLOAT ? direct : exchanged;
    if (cc[cond])
        return (enum x64_cc)cc[cond];
    enum x64_cc holds;
    switch (cond) {
    case IR_EQ:
    case IR_NE: holds = combine(x, CC_E, X64_and, CC_NP); break;
    case IR_CC: /* less, not unordered */
    case IR_MI:
    case IR_CS:
    case IR_PL: holds = combine(x, CC_B, X64_and, CC_NP); break;
    case IR_HI: /* greater or unordered */
    case IR_LS: holds = combine(x, CC_A, X64_or, CC_P); break;
    case IR_GE: /* exchanged: greater or equal, not unordered */
    case IR_LT: holds = combine(x, CC_BE, X64_and, CC_NP); break;
    default: holds = combine(x, CC_B, X64_and, CC_NP); break;
    }
    bool inverse = cond == IR_NE || cond == IR_CS || cond == IR_PL || cond == IR_LS || cond == IR_LT || cond == IR_LE;
    return inverse ? x64_not(holds) : holds;
}

/* From flags in EFLAGS. */
static enum x64_cc live_condition(struct x64 *x, unsigned cond)
{
    if (x->flags_kind >= FLAGS_FLOAT)
        return float_condition(x, cond);
    if (x->flags_kind == FLAGS_CARRY) {
        if (cond == IR_CS)
            return CC_B;
        if (cond == IR_CC)
            return CC_AE;
        if (cond == IR_HI || cond == IR_LS) {
            x64_byte(&x->c, 0xf5); /* cmc: as after a subtraction now */
            x->flags_kind = FLAGS_SUB;
        }
    }
    return cc_of_sub[cond];
}

/* What one condition needs of the flags: itself, ahead of its time, when a pinned register that it will be put to may still be
 * another's. */
static void produce_condition(struct x64 *x, ir_ref cond)
{
    struct jit_value *value = &x->j.values[cond];
    value->deferred = false;
    value->done = true;
    value->target = JIT_NOWHERE;
    x64_setcc(&x->c, live_condition(x, x64_op(x, cond)->sub), RAX);
    x64_rr(&x->c, X64_movzx8, def(x, cond), RAX);
}

void x64_clobber_flags(struct x64 *x)
{
    ir_ref v = x->flags_of;
    if (!v)
        return;
    struct jit_value *value = &x->j.values[v];
    const struct ir_op *user = x64_op(x, value->user);
    bool wanted = value->last > x->j.at && value->reg == JIT_NOWHERE && value->slot == JIT_NOWHERE;
    if (wanted && value->uses == 1 && user->op == IR_OP_cond && user->sub < IR_AL) {
        x->flags_of = 0;
        produce_condition(x, value->user);
    } else if (wanted) {
        x64_produce(&x->j, v);
    }
    x->flags_of = 0;
}

/* From flags as a word. */
static enum x64_cc word_condition(struct x64 *x, unsigned cond, unsigned reg)
{
    struct x64_code *c = &x->c;
    enum x64_cc holds;
    switch (cond >> 1) {
    case 0: x64_rri(c, X64_test_i, 0, reg, 1 << 30); holds = CC_NE; break;
    case 1: x64_rri(c, X64_test_i, 0, reg, 1 << 29); holds = CC_NE; break;
    case 2: x64_rri(c, X64_test_i, 0, reg, (i32)(1u << 31)); holds = CC_NE; break;
    case 3: x64_rri(c, X64_test_i, 0, reg, 1 << 28); holds = CC_NE; break;
    case 4: /* C and not Z */
        x64_rr(c, X64_mov_rr, RAX, reg);
        x64_rri(c, X64_and_i, 0, RAX, 3 << 29);
        x64_rri(c, X64_cmp_i, 0, RAX, 1 << 29);
        holds = CC_E;
        break;
    case 5: /* N == V */
        x64_rr(c, X64_mov_rr, RAX, reg);
        x64_rri(c, X64_shl_i, 0, RAX, 3);
        x64_rr(c, X64_xor, RAX, reg);
        holds = CC_NS;
        break;
    default: /* N == V and not Z */
        x64_rr(c, X64_mov_rr, RAX, reg);
        x64_rri(c, X64_shl_i, 0, RAX, 3);
        x64_rr(c, X64_xor, RAX, reg);
        x64_rri(c, X64_and_i, 0, RAX, (i32)(1u << 31));
        x64_rr(c, X64_mov_rr, RCX, reg);
        x64_rri(c, X64_and_i, 0, RCX, 1 << 30);
        x64_rr(c, X64_or, RAX, RCX);
        holds = CC_E;
    }
    return cond & 1 ? x64_not(holds) : holds;
}

static void compare(struct x64 *x, ir_ref a, ir_ref b)
{
    unsigned w = wide(x64_op(x, a)->type), ra = use(x, a);
    i32 imm;
    if (!x64_imm(x, b, &imm))
        x64_rr(&x->c, X64_cmp | w, ra, use(x, b));
    else if (!imm)
        x64_rr(&x->c, X64_test | w, ra, ra);
    else
        x64_rri(&x->c, (imm == (i8)imm ? X64_cmp_i8 : X64_cmp_i) | w, 0, ra, imm);
}

static void two_operands(struct x64 *x, unsigned insn, unsigned insn_imm, unsigned w, unsigned dst, ir_ref b)
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

/* EFLAGS = flags k, without a result. */
static void compute_flags(struct x64 *x, ir_ref k, const struct ir_op *op)
{
    unsigned w = wide(x64_op(x, op->a)->type);
    if (op->op == IR_OP_flags_sub) {
        compare(x, op->a, op->b);
    } else if (op->op == IR_OP_flags_logic) {
        unsigned ra = use(x, op->a);
        i32 imm;
        if (x64_imm(x, op->b, &imm))
            x64_rri(&x->c, X64_test_i | w, 0, ra, imm);
        else
            x64_rr(&x->c, X64_test | w, use(x, op->b), ra);
    } else {
        x64_rr(&x->c, X64_mov_rr | w, RAX, use(x, op->a));
        two_operands(x, X64_add, X64_add_i, w, RAX, op->b);
    }
    x64_set_flags(x, k, op->op == IR_OP_flags_sub ? FLAGS_SUB : FLAGS_CARRY);
}

static void cpu_imm(struct x64 *x, unsigned insn, size_t field, i32 imm) { x64_rmi(&x->c, insn, 0, cpu_field(field), imm); }
static void cpu_reg(struct x64 *x, unsigned insn, unsigned reg, size_t field)
{
    x64_rm(&x->c, insn, reg, cpu_field(field));
}

/* EFLAGS = those of the operands in memory, flags of this kind being pending. */
static void compare_pending(struct x64 *x, u32 kind)
{
    enum { A = offsetof(struct cpu_common, flags_a), B = offsetof(struct cpu_common, flags_b) };
    unsigned w = kind & FLAGS_OF_64 ? X64_W : 0, base = kind & FLAGS_BASE;
    bool number = kind & FLAGS_NUMBER;
    i32 imm = (i32)kind >> FLAGS_NUMBER_SHIFT;
    struct x64_code *c = &x->c;
    if (base == FLAGS_OF_SUB && number) {
        x64_rmi(c, (imm == (i8)imm ? X64_cmp_i8 : X64_cmp_i) | w, 0, cpu_field(A), imm);
        return;
    }
    cpu_reg(x, X64_mov_rr | w, RAX, A);
    switch (base) {
    case FLAGS_OF_ADD_RESULT: /* back to the other operand, and again */
        number ? x64_rri(c, X64_sub_i | w, 0, RAX, imm) : cpu_reg(x, X64_sub | w, RAX, B);
        break;
    case FLAGS_OF_SUB_RESULT: number ? x64_rri(c, X64_add_i | w, 0, RAX, imm) : cpu_reg(x, X64_add | w, RAX, B); break;
    default: break;
    }
    switch (base) {
    case FLAGS_OF_ADD:
    case FLAGS_OF_ADD_RESULT: number ? x64_rri(c, X64_add_i | w, 0, RAX, imm) : cpu_reg(x, X64_add | w, RAX, B); break;
    case FLAGS_OF_LOGIC: number ? x64_rri(c, X64_and_i | w, 0, RAX, imm) : cpu_reg(x, X64_and | w, RAX, B); break;
    default: number ? x64_rri(c, X64_cmp_i | w, 0, RAX, imm) : cpu_reg(x, X64_cmp | w, RAX, B); break;
    }
}

/* Of flags that are in memory. */
static enum x64_cc condition_in_memory(struct x64 *x, unsigned cond)
{
    u32 kind = x->flags_kind_now;
    x64_clobber_flags(x);
    if (!flags_tell(kind, cond)) {
        x64_settle_flags(x);
        kind = FLAGS_NOT_PENDING;
    }
    u32 base = kind & FLAGS_BASE;
    bool of_result = flags_told_by_result(cond);
    if (of_result && kind & FLAGS_NZ) {
        cpu_imm(x, X64_cmp_i8, offsetof(struct cpu_common, flags_nz), 0);
        return (enum x64_cc)cc_of_sub[cond];
    }
    if (of_result && (base == FLAGS_OF_ADD_RESULT || base == FLAGS_OF_SUB_RESULT)) {
        cpu_imm(x, X64_cmp_i8 | (kind & FLAGS_OF_64 ? X64_W : 0), offsetof(struct cpu_common, flags_a), 0);
        return (enum x64_cc)cc_of_sub[cond];
    }
    if (kind & FLAGS_CARRY_BIT && (cond == IR_CS || cond == IR_CC)) {
        cpu_imm(x, X64_test_i8, offsetof(struct cpu_common, flags_carry), 1);
        return cond == IR_CS ? CC_NE : CC_E;
    }
    if (base) {
        compare_pending(x, kind);
        x64_set_flags(x, 0, base == FLAGS_OF_SUB || base == FLAGS_OF_SUB_RESULT ? FLAGS_SUB : FLAGS_CARRY);
        return live_condition(x, cond);
    }
    x64_rm(&x->c, X64_mov_rr, RDX, cpu_field(x->j.flags_offset));
    return word_condition(x, cond, RDX);
}

static enum x64_cc told_by_result(struct x64 *x, ir_ref result, const struct ir_op *flags, unsigned cond)
{
    if (flags_told_by_result(cond)) {
        unsigned reg = use(x, result);
        x64_rr(&x->c, X64_test | wide(x64_op(x, result)->type), reg, reg);
        return (enum x64_cc)cc_of_sub[cond];
    }
    compare(x, result, flags->b);
    return cond == IR_CS ? CC_B : CC_AE;
}

static enum x64_cc flags_condition(struct x64 *x, unsigned cond, ir_ref flags)
{
    if (cond < IR_AL && flags_are_in_memory(&x->j, flags))
        return condition_in_memory(x, cond);
    if (x->j.values[flags].deferred) {
        x64_clobber_flags(x);
        if (x->j.values[flags].told_by)
            return told_by_result(x, x->j.values[flags].told_by, x64_op(x, flags), cond);
        compute_flags(x, flags, x64_op(x, flags));
    }
    if (x->flags_of == flags && cond < IR_AL)
        return live_condition(x, cond);
    unsigned reg = use(x, flags);
    x64_clobber_flags(x);
    if (cond >= IR_AL) {
        x64_rr(&x->c, X64_cmp, RAX, RAX);
        return CC_E;
    }
    return word_condition(x, cond, reg);
}

/* A deferred `and`: are there common bits? */
static enum x64_cc test_bits(struct x64 *x, const struct ir_op *op)
{
    u64 mask = 0;
    must(jit_const(&x->j, op->b, &mask));
    x64_rri(&x->c, mask <= 0xff ? X64_test_i8 : X64_test_i | wide(op->type), 0, use(x, op->a), (i32)mask);
    return CC_NE;
}

static enum x64_cc comparison(struct x64 *x, const struct ir_op *op)
{
    if (x->j.values[op->a].deferred) {
        enum x64_cc set = test_bits(x, x64_op(x, op->a));
        return op->op == IR_OP_ne ? set : x64_not(set);
    }
    compare(x, op->a, op->b);
    switch (op->op) {
    case IR_OP_eq: return CC_E;
    case IR_OP_ne: return CC_NE;
    case IR_OP_ult: return CC_B;
    case IR_OP_ule: return CC_BE;
    case IR_OP_slt: return CC_L;
    default: return CC_LE;
    }
}

enum x64_cc x64_condition(struct x64 *x, ir_ref v)
{
    const struct ir_op *op = x64_op(x, v);
    if (x->j.values[v].deferred && op->op == IR_OP_cond)
        return flags_condition(x, op->sub, op->a);
    x64_clobber_flags(x);
    if (x->j.values[v].deferred && op->op == IR_OP_and)
        return test_bits(x, op);
    if (x->j.values[v].deferred)
        return comparison(x, op);
    unsigned reg = use(x, v);
    x64_rr(&x->c, X64_test, reg, reg);
    return CC_NE;
}

void x64_compare(struct x64 *x, u32 k, const struct ir_op *op)
{
    enum x64_cc cc = op->op == IR_OP_cond ? flags_condition(x, op->sub, op->a) : comparison(x, op);
    x64_setcc(&x->c, cc, RAX);
    x64_rr(&x->c, X64_movzx8, def(x, k), RAX);
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

/* dst = a op b for value v, which is computed at this operation or ahead of its time. flags: EFLAGS must be the result's. */
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
    if (op->op != IR_OP_add || flags || !jit_has_target(&x->j, v))
        dst = jit_take(&x->j, a, v);
    if (dst == JIT_NOWHERE && row.commutes && !is_imm && (op->op != IR_OP_add || flags || !jit_has_target(&x->j, v)) && (dst = jit_take(&x->j, b, v)) != JIT_NOWHERE) {
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
        two_operands(x, row.insn, row.insn_imm, w, dst, b);
    else
        x64_rr(&x->c, row.insn | w, dst, rb);
}

void x64_arithmetic(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct arithmetic row = arithmetic_of(op->op);
    u32 partner = row.flags ? find_partner(x, k, (enum ir_opcode)row.flags) : 0;
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
    enum x64_cc cc = flags_condition(x, IR_CS, op->a);
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
    x64_clobber_flags(x);
    x64_arithmetic(x, k, op);
}

void x64_flags(struct x64 *x, u32 k, const struct ir_op *op)
{
    u32 partner = find_partner(x, k, flags_result_op(op->op));
    if (!partner) {
        compute_flags(x, k, op);
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
