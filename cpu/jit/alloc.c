/* Register allocation. See alloc.h. */
#include "jit/jit.h"
#include "jit/alloc.h"

bool jit_const(const struct jit *j, ir_ref v, u64 *value)
{
    const struct ir_op *op = &j->fn->ops[v];
    *value = op->type == IR_I32 ? (u32)op->imm : op->imm;
    return op->op == IR_OP_const && op->type != IR_V128;
}

/* --- analysis ------------------------------------------------------------------------------------------------------ */

static unsigned operands(const struct ir_fn *fn, const struct ir_op *op, const ir_ref **out, ir_ref few[3])
{
    unsigned n = 0;
    *out = few;
    switch (op->op) {
    case IR_OP_const:
    case IR_OP_get:
    case IR_OP_insn:
    case IR_OP_exit_next:
    case IR_OP_exit_call:
    case IR_OP_exit_syscall:
    case IR_OP_exit_trap: return 0;
    case IR_OP_call: *out = fn->args + op->a; return op->b;
    case IR_OP_exit_branch: few[n++] = op->a; return n;
    default:
        if (op->a)
            few[n++] = op->a;
        if (op->b)
            few[n++] = op->b;
        if (op->c)
            few[n++] = op->c;
        return n;
    }
}

static bool can_defer(const struct jit *j, u32 k)
{
    const struct ir_op *op = &j->fn->ops[k], *user = &j->fn->ops[j->values[k].user];
    if (j->values[k].uses != 1 || user->a != k)
        return false;
    if (op->op != IR_OP_cond && ir_op_info[op->op].kind != IR_KIND_CMP2)
        return false;
    return user->op == IR_OP_exit_branch || user->op == IR_OP_select || user->op == IR_OP_trap_if;
}

void jit_analyse(struct jit *j)
{
    const struct ir_fn *fn = j->fn;
    const struct ir_block *b = &fn->blocks[0];
    for (u32 k = 0; k < fn->count; k++)
        j->values[k] = (struct jit_value){.reg = JIT_NOWHERE, .slot = JIT_NOWHERE};
    for (u32 k = b->end; k-- > b->first;) {
        const struct ir_op *op = &fn->ops[k];
        struct jit_value *value = &j->values[k];
        bool pure = !(ir_effects(op) & ~IR_READ_STATE) && op->type != IR_VOID;
        if (pure && !value->uses) {
            value->done = true;
            continue;
        }
        value->deferred = can_defer(j, k);
        u32 position = value->deferred ? value->user : k;
        ir_ref few[3];
        const ir_ref *list;
        unsigned n = operands(fn, op, &list, few);
        for (unsigned i = 0; i < n; i++) {
            struct jit_value *operand = &j->values[list[i]];
            operand->uses++;
            operand->user = k;
            if (operand->last < position)
                operand->last = position;
        }
    }
}

/* --- registers ----------------------------------------------------------------------------------------------------- */

void jit_alloc_reset(struct jit *j)
{
    memset(j->in_reg, 0, sizeof j->in_reg);
    memset(j->in_slot, 0, sizeof j->in_slot);
    j->locked = 0;
}

static unsigned free_slot(struct jit *j)
{
    for (unsigned s = 0; s < JIT_SLOTS; s++) {
        ir_ref v = j->in_slot[s];
        if (!v || j->values[v].last < j->at)
            return s;
    }
    j->failed = true;
    return 0;
}

static void to_slot(struct jit *j, ir_ref v)
{
    struct jit_value *value = &j->values[v];
    const struct ir_op *op = &j->fn->ops[v];
    if (value->slot != JIT_NOWHERE || op->op == IR_OP_const)
        return;
    value->slot = (u8)free_slot(j);
    j->in_slot[value->slot] = v;
    j->host->spill(j, value->reg, value->slot, op->type);
}

static void evict(struct jit *j, unsigned reg)
{
    ir_ref v = j->in_reg[reg];
    if (j->values[v].last >= j->at)
        to_slot(j, v);
    j->values[v].reg = JIT_NOWHERE;
    j->in_reg[reg] = 0;
}

static unsigned allocate(struct jit *j, ir_ref v)
{
    u32 set = jit_is_vector(j->fn->ops[v].type) ? j->host->vector : j->host->general;
    unsigned best = JIT_NOWHERE;
    u32 best_last = 0;
    for (u32 rest = set & ~j->locked; rest; rest &= rest - 1) {
        unsigned reg = (unsigned)__builtin_ctz(rest);
        if (!j->in_reg[reg]) {
            best = reg;
            break;
        }
        u32 last = j->values[j->in_reg[reg]].last;
        if (best == JIT_NOWHERE || last > best_last) {
            best = reg;
            best_last = last;
        }
    }
    must(best != JIT_NOWHERE);
    if (j->in_reg[best])
        evict(j, best);
    j->in_reg[best] = v;
    j->values[v].reg = (u8)best;
    j->locked |= 1u << best;
    return best;
}

unsigned jit_use(struct jit *j, ir_ref v)
{
    struct jit_value *value = &j->values[v];
    if (value->reg == JIT_NOWHERE) {
        const struct ir_op *op = &j->fn->ops[v];
        if (op->op == IR_OP_const)
            j->host->constant(j, allocate(j, v), op);
        else if (value->slot != JIT_NOWHERE)
            j->host->reload(j, allocate(j, v), value->slot, op->type);
        else
            j->host->produce(j, v);
    }
    j->locked |= 1u << value->reg;
    return value->reg;
}

unsigned jit_def(struct jit *j, ir_ref v) { return allocate(j, v); }

unsigned jit_take(struct jit *j, ir_ref v, ir_ref result)
{
    struct jit_value *value = &j->values[v];
    if (value->last > j->at || value->reg == JIT_NOWHERE)
        return JIT_NOWHERE;
    unsigned reg = value->reg;
    value->reg = JIT_NOWHERE;
    j->values[result].reg = (u8)reg;
    j->in_reg[reg] = result;
    j->locked |= 1u << reg;
    return reg;
}

void jit_save_for_call(struct jit *j)
{
    for (unsigned reg = 0; reg < JIT_REGS; reg++) {
        ir_ref v = j->in_reg[reg];
        if (!v || j->host->saved >> reg & 1)
            continue;
        if (j->values[v].last > j->at)
            to_slot(j, v);
        j->values[v].reg = JIT_NOWHERE;
        j->in_reg[reg] = 0;
    }
}

void jit_end_op(struct jit *j)
{
    j->locked = 0;
    for (unsigned reg = 0; reg < JIT_REGS; reg++) {
        ir_ref v = j->in_reg[reg];
        if (v && j->values[v].last <= j->at) {
            j->values[v].reg = JIT_NOWHERE;
            j->in_reg[reg] = 0;
        }
    }
}
