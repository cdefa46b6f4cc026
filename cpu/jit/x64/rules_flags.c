/* Flags and conditions: what EFLAGS hold, NZCV as a word, flags that are pending in the state. */
#include "jit/x64/rules_int.h"
#include "jit/flags.h"

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
    static const u8 direct[14] = {[IR_VS] = CC_P, [IR_VC] = CC_NP, [IR_GE] = CC_AE, [IR_LT] = CC_B,
                                  [IR_GT] = CC_A, [IR_LE] = CC_BE};
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

bool x64_flags_are_wanted(const struct x64 *x)
{
    const struct jit_value *v = &x->j.values[x->flags_of];
    return x->flags_of && v->last > x->j.at && v->reg == JIT_NOWHERE && v->slot == JIT_NOWHERE;
}

/* The condition that is all that flags v are needed for from now on; IR_NONE: they are needed for more. */
static ir_ref only_condition(const struct x64 *x, ir_ref v)
{
    ir_ref found = IR_NONE;
    for (u32 i = v + 1; i <= x->j.values[v].last; i++) {
        const struct ir_op *op = x64_op(x, i);
        bool looks = op->a == v || op->b == v || op->c == v || op->op == IR_OP_call;
        if (!looks || x->j.values[i].done || jit_computed_at(&x->j, i) < x->j.at)
            continue;
        if (found || op->op != IR_OP_cond || op->sub >= IR_AL)
            return IR_NONE;
        found = i;
    }
    return found;
}

void x64_clobber_flags(struct x64 *x)
{
    ir_ref v = x->flags_of;
    ir_ref cond = x64_flags_are_wanted(x) ? only_condition(x, v) : IR_NONE;
    if (!cond && x64_flags_are_wanted(x))
        x64_produce(&x->j, v);
    x->flags_of = 0; /* also for the condition: making it of two may change EFLAGS, and nobody else wants them */
    if (cond)
        produce_condition(x, cond);
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

void x64_compute_flags(struct x64 *x, ir_ref k, const struct ir_op *op)
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
        x64_two_operands(x, X64_add, X64_add_i, w, RAX, op->b);
    }
    x64_set_flags(x, k, op->op == IR_OP_flags_sub ? FLAGS_SUB : FLAGS_CARRY);
}

static void cpu_imm(struct x64 *x, unsigned insn, size_t field, i32 imm)
{
    x64_rmi(&x->c, insn, 0, cpu_field(field), imm);
}

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

enum x64_cc x64_flags_condition(struct x64 *x, unsigned cond, ir_ref flags)
{
    if (cond < IR_AL && flags_are_in_memory(&x->j, flags))
        return condition_in_memory(x, cond);
    if (x->j.values[flags].deferred) {
        x64_clobber_flags(x);
        if (x->j.values[flags].told_by)
            return told_by_result(x, x->j.values[flags].told_by, x64_op(x, flags), cond);
        x64_compute_flags(x, flags, x64_op(x, flags));
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
        return x64_flags_condition(x, op->sub, op->a);
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
    enum x64_cc cc = op->op == IR_OP_cond ? x64_flags_condition(x, op->sub, op->a) : comparison(x, op);
    x64_setcc(&x->c, cc, RAX);
    x64_rr(&x->c, X64_movzx8, def(x, k), RAX);
}
