/* Lowers what leaves a block: jumps and branches within the function, exits, traps. */
#include "interp/lower.h"

/* The first form of leaving by a comparison: _32_rr. */
static enum handler first_exit_form(u16 op)
{
    switch (op) {
#define EXIT_INT1(name)
#define EXIT_INT2(name)
#define EXIT_CMP2(name)                                                                                                \
    case IR_OP_##name: return H_exit_##name##_32_rr;
#define EXIT_FLAGS2(name)
#define EXIT_FLAGS3(name)
#define OP(name, kind, effects, value, doc) EXIT_##kind(name)
#include "ir/ops_int.def"
#undef OP
    default: must(!"a comparison of ops_int.def"); return 0;
    }
}

static u16 new_exit(struct lowering *l, u64 pc, bool exchange)
{
    GROW(l->exits, l->exit_count, l->exit_capacity);
    l->exits[l->exit_count] = (struct interp_exit){pc, exchange};
    return (u16)l->exit_count++;
}

void lower_exit_next(struct lowering *l, const struct ir_op *op)
{
    lower_emit(l, H_exit_next, new_exit(l, op->imm, ir_is_exchange(op)), 0, 0, 0, 0);
}

/* flags of x - y under a condition, as one comparison. */
static struct { u8 op; bool swapped; } const flag_comparison[16] = {
    [IR_EQ] = {IR_OP_eq, false},  [IR_NE] = {IR_OP_ne, false},  [IR_CS] = {IR_OP_ule, true}, [IR_CC] = {IR_OP_ult, false},
    [IR_HI] = {IR_OP_ult, true},  [IR_LS] = {IR_OP_ule, false}, [IR_GE] = {IR_OP_sle, true}, [IR_LT] = {IR_OP_slt, false},
    [IR_GT] = {IR_OP_slt, true},  [IR_LE] = {IR_OP_sle, false},
};
_Static_assert(IR_OP_sle < 256, "comparison fits a byte");

static void exit_compare(struct lowering *l, u16 op, ir_ref x, ir_ref y, u64 taken, u64 other)
{
    struct two t = lower_two_operands(l, first_exit_form(op), op, x, y);
    u16 d = new_exit(l, taken, false);
    new_exit(l, other, false);
    lower_emit(l, t.h, d, t.a, t.b, 0, t.imm);
}

static void exit_test(struct lowering *l, enum handler h, ir_ref value, u16 table, u64 imm, u64 taken, u64 other)
{
    u16 a = lower_at(l, value), d = new_exit(l, taken, false);
    new_exit(l, other, false);
    lower_emit(l, h, d, a, 0, table, imm);
}

void lower_branch(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k), *test = ir(l, op->a);
    u64 taken = ir(l, op->b)->imm, other = ir(l, op->c)->imm;
    if (!l->values[op->a].in_user) {
        exit_test(l, H_exit_nz, op->a, 0, 0, taken, other);
    } else if (test->op == IR_OP_cond) {
        const struct ir_op *flags = ir(l, test->a);
        if (!l->values[test->a].in_user)
            exit_test(l, H_exit_cond, test->a, lower_truth_table(test->sub), 0, taken, other);
        else if (flag_comparison[test->sub].swapped)
            exit_compare(l, flag_comparison[test->sub].op, flags->b, flags->a, taken, other);
        else
            exit_compare(l, flag_comparison[test->sub].op, flags->a, flags->b, taken, other);
    } else if (l->values[test->a].in_user) {
        const struct ir_op *and = ir(l, test->a);
        bool ne = test->op == IR_OP_ne;
        exit_test(l, and->type == IR_I64 ? H_exit_bits_64 : H_exit_bits_32, and->a, 0, ir(l, and->b)->imm,
                  ne ? taken : other, ne ? other : taken);
    } else {
        exit_compare(l, test->op, test->a, test->b, taken, other);
    }
}

/* Parameters of the target get their values, all at once. */
static void pass_arguments(struct lowering *l, const struct ir_op *op, u32 target)
{
    const struct ir_block *block = &l->fn->blocks[target];
    u16 copies[16];
    must(op->c <= ARRAY_SIZE(copies) && op->c == block->param_count);
    for (u32 i = 0; i < op->c; i++) {
        ir_ref arg = l->fn->args[op->b + i];
        u16 from = lower_at(l, arg);
        copies[i] = op->c == 1 ? from : lower_take_slot(l);
        if (op->c > 1)
            lower_emit(l, lower_move_of(ir(l, arg)->type), copies[i], from, 0, 0, 0);
    }
    for (u32 i = 0; i < op->c; i++) {
        lower_emit(l, lower_move_of(ir(l, block->first + i)->type), l->values[block->first + i].at, copies[i], 0, 0, 0);
        if (op->c > 1)
            lower_give_slot(l, copies[i]);
    }
}

static void jump_to(struct lowering *l, u32 from, u32 target)
{
    const struct ir_block *to = &l->fn->blocks[target];
    bool can_leave = target <= from && !to->param_count && to->first < to->end && ir(l, to->first)->op == IR_OP_insn;
    GROW(l->fixups, l->fixup_count, l->fixup_capacity);
    l->fixups[l->fixup_count++] = (struct block_fixup){l->count, target};
    lower_emit(l, can_leave ? H_jump_back : H_jump, 0, 0, 0, 0, 0);
}

void lower_jump(struct lowering *l, u32 k, u32 from)
{
    const struct ir_op *op = ir(l, k);
    pass_arguments(l, op, (u32)op->imm);
    jump_to(l, from, (u32)op->imm);
}

void lower_br(struct lowering *l, u32 k, u32 from)
{
    const struct ir_op *op = ir(l, k);
    lower_emit(l, H_br, 0, lower_at(l, op->a), 0, 0, 0);
    u32 test = l->count - 1;
    pass_arguments(l, op, (u32)op->imm);
    jump_to(l, from, (u32)op->imm);
    l->ops[test].imm = l->count - test;
    pass_arguments(l, op, (u32)(op->imm >> 32));
    jump_to(l, from, (u32)(op->imm >> 32));
}

void lower_trap_if(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k);
    u16 a = lower_at(l, op->a), b = op->b ? lower_at(l, op->b) : 0;
    lower_emit(l, H_trap_if, 0, a, b, op->sub, op->imm);
    lower_release(l, k);
}

void lower_indirect(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k);
    u16 a = lower_at(l, op->a);
    enum indirect_operand b = op->sub & IR_EXCHANGE               ? INDIRECT_EXCHANGE
                              : ir(l, op->a)->type == IR_I32 ? INDIRECT_32
                                                             : INDIRECT_64;
    lower_emit(l, l->no_link ? H_exit_indirect_slow : H_exit_indirect, 0, a, (u16)b, 0, 0);
}
