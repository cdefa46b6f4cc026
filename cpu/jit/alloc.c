/* Register allocation. See alloc.h. */
#include "jit/alloc.h"
#include "jit/flags.h"
#include "jit/pins.h"
#include "ir/special.h"

#include <stdlib.h>

bool jit_const(const struct jit *j, ir_ref v, u64 *value)
{
    const struct ir_op *op = &j->fn->ops[v];
    *value = op->type == IR_I32 ? (u32)op->imm : op->imm;
    return op->op == IR_OP_const && op->type != IR_V128;
}

/* Of the value that a get or put is about. */
static u8 state_type(const struct jit *j, const struct ir_op *op)
{
    return op->op == IR_OP_put ? j->fn->ops[op->a].type : op->type;
}

/* --- analysis ------------------------------------------------------------------------------------------------------ */

u32 jit_computed_at(const struct jit *j, u32 k)
{
    while (j->values[k].deferred)
        k = j->values[k].user;
    return k;
}

static unsigned operands(const struct jit *j, u32 k, const ir_ref **out, ir_ref few[FLAGS_OPERANDS])
{
    const struct ir_fn *fn = j->fn;
    const struct ir_op *op = &fn->ops[k];
    if (op->op == IR_OP_put) {
        struct flags_operands flags;
        *out = few;
        few[0] = op->a;
        switch (flags_put(j, k, &flags)) {
        case FLAGS_PUT_WORD: return 1;
        case FLAGS_PUT_NOTHING: return 0;
        case FLAGS_PUT_PENDING: return flags_refs(&flags, few);
        }
    }
    if (op->op == IR_OP_cond && flags_are_in_memory(j, op->a))
        return 0;
    if (j->values[k].deferred && j->values[k].told_by) {
        few[0] = j->values[k].told_by;
        few[1] = op->b;
        return op->op == IR_OP_flags_add ? 2 : 1;
    }
    if (op->op == IR_OP_flags_adc && j->values[k].sum) {
        *out = &j->values[k].sum;
        return 1;
    }
    if (op->op == IR_OP_call) {
        *out = fn->args + op->a;
        return op->b;
    }
    unsigned n = 0, refs = ir_refs(op->op);
    *out = few;
    if (op->op == IR_OP_add && j->values[k].sum) {
        few[0] = fn->ops[j->values[k].sum].a;
        few[1] = fn->ops[j->values[k].sum].b;
        few[2] = op->b;
        return 3;
    }
    if (op->op == IR_OP_exit_branch)
        refs = IR_REF_A; /* the others are constants */
    if (op->op == IR_OP_exit_call)
        return 0;
    if (refs & IR_REF_A && op->a)
        few[n++] = op->a;
    if (refs & IR_REF_B && op->b)
        few[n++] = op->b;
    if (refs & IR_REF_C && op->c)
        few[n++] = op->c;
    return n;
}

ir_ref jit_added_carry(const struct jit *j, const struct ir_op *op)
{
    const struct ir_op *ops = j->fn->ops;
    if (op->op != IR_OP_add)
        return IR_NONE;
    ir_ref carry = ops[op->b].op == IR_OP_zext ? ops[op->b].a : op->b;
    return ops[carry].op == IR_OP_cond && ops[carry].sub == IR_CS ? carry : IR_NONE;
}

/* The addition before k, flags of a sum with carry, that gives the sum; 0: none. */
static u32 find_sum(const struct jit *j, u32 k, u32 first)
{
    enum { NEAR = 8 };
    const struct ir_op *ops = j->fn->ops, *op = &ops[k];
    u64 zero;
    for (u32 i = k - 1; i >= first && i + NEAR > k; i--) {
        if (jit_added_carry(j, &ops[i]) != op->c || j->values[i].sum)
            continue;
        const struct ir_op *inner = &ops[ops[i].a];
        if (inner->op == IR_OP_add && inner->a == op->a && inner->b == op->b)
            return i;
        if (ops[i].a == op->a && jit_const(j, op->b, &zero) && !zero)
            return i;
    }
    return 0;
}

/* An `and` with a constant that a test instruction takes. */
static bool tests_bits(const struct jit *j, const struct ir_op *op)
{
    u64 mask;
    return op->op == IR_OP_and && jit_const(j, op->b, &mask) && (op->type == IR_I32 || mask == (u64)(i64)(i32)mask);
}

/* Operations that leave a host's flags alone, whatever they become. */
static bool leaves_flags(const struct ir_op *op)
{
    switch (op->op) {
    case IR_OP_none:
    case IR_OP_insn:
    case IR_OP_const:
    case IR_OP_get:
    case IR_OP_put:
    case IR_OP_copy:
    case IR_OP_zext:
    case IR_OP_not:
    case IR_OP_trunc: return true;
    default: return false;
    }
}

/* The result that tells condition cond of flags f: by being zero or negative, or (C of an addition) by being less than operand
 * b. IR_NONE: none does, or it is not computed where the flags are. */
static ir_ref telling_result(const struct jit *j, ir_ref f, ir_ref result, unsigned cond)
{
    bool carry = j->fn->ops[f].op == IR_OP_flags_add && (cond == IR_CS || cond == IR_CC);
    bool computed = result && (result < f || (!j->values[result].done && !j->values[result].deferred));
    return computed && (flags_told_by_result(cond) || carry) ? result : IR_NONE;
}

/* Flags for one condition are better computed where it is looked at if other operations come between; those that come
 * with a result are not, unless it tells the condition. */
static bool can_defer_flags(struct jit *j, u32 k)
{
    u32 cond = j->values[k].user;
    if (j->fn->ops[cond].op != IR_OP_cond)
        return false;
    u32 end = jit_computed_at(j, cond);
    ir_ref result = flags_result(j, k, end);
    bool clobbered = false;
    for (u32 i = k + 1; i < end && !clobbered; i++)
        clobbered = !leaves_flags(&j->fn->ops[i]) && !j->values[i].deferred && !j->values[i].done && i != result;
    j->values[k].told_by = telling_result(j, k, result, j->fn->ops[cond].sub);
    return clobbered && (!result || j->values[k].told_by);
}

/* A shift, k, that the address of an addition can hold: a + (b << 1..3). */
static bool scales_index(const struct jit *j, u32 k, const struct ir_op *op)
{
    const struct jit_value *sum = &j->values[j->values[k].user];
    const struct ir_op *ops = j->fn->ops, *user = &ops[j->values[k].user];
    u64 count;
    if (op->op != IR_OP_shl || user->op != IR_OP_add || user->a == user->b || !jit_const(j, op->b, &count))
        return false;
    if (jit_added_carry(j, user) || (sum->deferred && jit_added_carry(j, &ops[sum->user])))
        return false;
    return count >= 1 && count <= 3 && ops[user->a].op != IR_OP_const && ops[user->b].op != IR_OP_const &&
           !j->values[user->a].deferred && !j->values[user->b].deferred;
}

/* What an addition with carry does itself: x + y, y being inverted, and looking for the carry. */
static bool is_part_of_carry_sum(const struct jit *j, u32 k, const struct ir_op *op)
{
    u32 sum = j->values[k].user, by = sum;
    if (j->values[by].deferred && (op->op == IR_OP_not || op->op == IR_OP_cond))
        sum = j->values[by].user;
    const struct ir_op *user = &j->fn->ops[by], *adds = &j->fn->ops[sum];
    if (user->op == IR_OP_flags_adc && !j->values[by].sum)
        return op->op == IR_OP_not ? user->b == k : op->op == IR_OP_cond && op->sub == IR_CS && user->c == k;
    ir_ref carry = jit_added_carry(j, adds);
    if (!carry)
        return false;
    switch (op->op) {
    case IR_OP_not:
        if (sum == by)
            return j->values[sum].sum && j->fn->ops[j->values[sum].sum].b == k;
        return user->op == IR_OP_add && user->b == k && adds->a == by;
    case IR_OP_add: return adds->a == k && !j->values[sum].sum && !jit_added_carry(j, op);
    case IR_OP_zext: return adds->b == k;
    case IR_OP_cond: return carry == k;
    default: return false;
    }
}

/* A load or store of a whole register whose address the host can add up itself. */
static bool adds_address(const struct jit *j, const struct ir_op *user)
{
    if ((user->op != IR_OP_load && user->op != IR_OP_store) || user->imm || !j->direct ||
        user->sub & ~(IR_MEM_SIZE_MASK | IR_MEM_SIGN))
        return false;
    u8 type = user->op == IR_OP_load ? user->type : j->fn->ops[user->b].type;
    unsigned size = user->sub & IR_MEM_SIZE_MASK;
    return jit_is_vector(type) ? 8u << size == ir_type_bits((enum ir_type)type) : type != IR_FLAGS && size <= 3;
}

/* A sum that is the address of such an access soon after it. */
static bool is_address(const struct jit *j, u32 k, const struct ir_op *op, const struct ir_op *user)
{
    enum { SOON = 6 }; /* its operands must live until then */
    if (op->op != IR_OP_add || op->type != IR_I64 || jit_added_carry(j, op))
        return false;
    return user->a == k && (user->op != IR_OP_store || user->b != k) &&
           j->values[k].user - k <= SOON && j->fn->ops[op->a].op != IR_OP_const && j->fn->ops[op->b].op != IR_OP_const &&
           adds_address(j, user);
}

static bool can_defer(struct jit *j, u32 k)
{
    const struct ir_op *op = &j->fn->ops[k], *user = &j->fn->ops[j->values[k].user];
    if (j->values[k].uses != 1)
        return false;
    if (op->op == IR_OP_cond && flags_are_in_memory(j, op->a) &&
        flags_change_between(j, k, jit_computed_at(j, j->values[k].user)))
        return false;
    if (is_part_of_carry_sum(j, k, op))
        return true;
    if (scales_index(j, k, op) || is_address(j, k, op, user))
        return true;
    if (user->a != k)
        return false;
    if (op->op == IR_OP_flags_sub || op->op == IR_OP_flags_logic || op->op == IR_OP_flags_add)
        return can_defer_flags(j, k);
    u64 zero;
    if (tests_bits(j, op) && (user->op == IR_OP_eq || user->op == IR_OP_ne))
        return j->values[j->values[k].user].deferred && jit_const(j, user->b, &zero) && !zero;
    if (op->op != IR_OP_cond && ir_op_info[op->op].kind != IR_KIND_CMP2 && !tests_bits(j, op))
        return false;
    return user->op == IR_OP_exit_branch || user->op == IR_OP_br || user->op == IR_OP_select || user->op == IR_OP_trap_if;
}

/* Walking backward: the nearest later put of each pinned register, and the nearest later operation that would see it. */
struct targets {
    ir_ref put_value[JIT_REGS];
    u32 put_at[JIT_REGS];
    u32 observer;
};

static bool dies_in(const struct jit *j, ir_ref v)
{
    u16 from = j->fn->ops[v].op;
    return !j->values[v].uses && from != IR_OP_get && from != IR_OP_const;
}

/* The operand of op in whose register the result is best; it dies here. IR_NONE: none is. Called before op's own uses are
 * counted. */
static ir_ref register_from(const struct jit *j, const struct ir_op *op)
{
    switch (op->op) {
    case IR_OP_zext: return op->a; /* it is the same register */
    case IR_OP_add:
    case IR_OP_and:
    case IR_OP_or:
    case IR_OP_xor: return dies_in(j, op->a) ? op->a : dies_in(j, op->b) ? op->b : IR_NONE;
    case IR_OP_sub:
    case IR_OP_shl:
    case IR_OP_shr:
    case IR_OP_sar:
    case IR_OP_rotr: return dies_in(j, op->a) ? op->a : IR_NONE;
    default: return IR_NONE;
    }
}

static void note_target(struct jit *j, struct targets *t, u32 k)
{
    const struct ir_op *op = &j->fn->ops[k];
    struct jit_value *value = &j->values[k];
    ir_ref heir;
    if (value->target != JIT_NOWHERE) {
        unsigned pin = value->target;
        bool changes_early = pins_observed(op) && op->op != IR_OP_load; /* the register, and faults then */
        if (t->put_value[pin] != k || t->observer < t->put_at[pin] || changes_early)
            value->target = JIT_NOWHERE;
    }
    if (op->op == IR_OP_put || op->op == IR_OP_get) {
        u32 at = jit_pins_at(j, op->imm, ir_type_bits((enum ir_type)state_type(j, op)) / 8);
        for (u32 rest = at; rest; rest &= rest - 1)
            t->put_value[__builtin_ctz(rest)] = IR_NONE;
        unsigned pin = at && op->op == IR_OP_put ? jit_pin_of(j, op) : JIT_NOWHERE;
        if (pin != JIT_NOWHERE) {
            t->put_value[pin] = op->a;
            t->put_at[pin] = k;
            j->values[op->a].target = (u8)pin;
        }
    } else if (value->target != JIT_NOWHERE && (heir = register_from(j, op))) {
        j->values[heir].target = value->target;
        t->put_value[value->target] = heir;
    } else if (pins_observed(op)) {
        t->observer = k;
    }
}

static void analyse_block(struct jit *j, const struct ir_block *b)
{
    const struct ir_fn *fn = j->fn;
    struct targets targets = {.observer = ~0u};
    for (u32 k = b->end; k-- > b->first;) {
        const struct ir_op *op = &fn->ops[k];
        struct jit_value *value = &j->values[k];
        bool pure = !(ir_effects(op) & ~IR_READ_STATE) && op->type != IR_VOID;
        if (pure && !value->uses) {
            value->done = true;
            continue;
        }
        if (j->pinned)
            note_target(j, &targets, k);
        if (op->op == IR_OP_flags_adc && (value->sum = find_sum(j, k, b->first)))
            j->values[value->sum].sum = k;
        value->deferred = can_defer(j, k);
        u32 position = jit_computed_at(j, k);
        ir_ref few[FLAGS_OPERANDS];
        const ir_ref *list;
        unsigned n = operands(j, k, &list, few);
        for (unsigned i = 0; i < n; i++) {
            struct jit_value *operand = &j->values[list[i]];
            operand->uses++;
            operand->user = k;
            if (operand->last < position)
                operand->last = position;
        }
    }
}

void jit_forget_values(struct jit *j)
{
    for (u32 k = 0; k < j->fn->count; k++)
        j->values[k] = (struct jit_value){.root = k, .reg = JIT_NOWHERE, .slot = JIT_NOWHERE, .target = JIT_NOWHERE};
}

void jit_analyse(struct jit *j)
{
    for (j->block_index = 0; j->block_index < j->fn->block_count; j->block_index++)
        analyse_block(j, &j->fn->blocks[j->block_index]);
}

/* --- registers ----------------------------------------------------------------------------------------------------- */

void jit_alloc_reset(struct jit *j)
{
    memset(j->in_reg, 0, sizeof j->in_reg);
    j->held = 0;
    memset(j->in_slot, 0, sizeof j->in_slot);
    memset(j->put_at, 0, sizeof j->put_at);
    j->locked = 0;
}

static void hold(struct jit *j, unsigned reg, ir_ref v)
{
    j->in_reg[reg] = v;
    j->held = v ? j->held | 1u << reg : j->held & ~(1u << reg);
}

static bool is_pinned(const struct jit *j, unsigned reg) { return j->pinned >> reg & 1; }

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

/* The register no longer holds its value; whoever needs it finds it in its slot. */
static void evict(struct jit *j, unsigned reg)
{
    ir_ref v = j->in_reg[reg];
    if (!v)
        return;
    if (j->values[v].last >= j->at)
        to_slot(j, v);
    j->values[v].reg = JIT_NOWHERE;
    hold(j, reg, 0);
}

static void assign(struct jit *j, unsigned reg, ir_ref v)
{
    hold(j, reg, v);
    j->values[v].reg = (u8)reg;
    j->locked |= 1u << reg;
}

/* A register that is not pinned; JIT_NOWHERE: none is free, and none may be emptied. */
static unsigned pick(const struct jit *j, bool vector, bool only_free)
{
    u32 set = vector ? j->host->vector : j->host->general;
    unsigned best = JIT_NOWHERE;
    u32 best_last = 0;
    for (u32 rest = set & ~j->locked & ~j->pinned; rest; rest &= rest - 1) {
        unsigned reg = (unsigned)__builtin_ctz(rest);
        if (!j->in_reg[reg])
            return reg;
        u32 last = j->values[j->in_reg[reg]].last;
        if (!only_free && (best == JIT_NOWHERE || last > best_last)) {
            best = reg;
            best_last = last;
        }
    }
    return best;
}

/* The pinned register that v is put to soon, if nothing needs its present value any more. After a put it is another's: v, or what
 * was computed from it, is there already. */
static unsigned free_target(const struct jit *j, ir_ref v)
{
    unsigned pin = j->values[v].target;
    if (pin == JIT_NOWHERE || j->locked >> pin & 1 || j->put_at[pin] > v)
        return JIT_NOWHERE;
    ir_ref old = j->in_reg[pin];
    return old && j->values[old].last > j->at ? JIT_NOWHERE : pin;
}

static unsigned allocate(struct jit *j, ir_ref v)
{
    unsigned reg = free_target(j, v);
    if (reg == JIT_NOWHERE)
        reg = pick(j, jit_is_vector(j->fn->ops[v].type), false);
    if (reg == JIT_NOWHERE) {
        j->failed = true; /* too many operands for what the pins leave: compiled without pins */
        reg = (unsigned)__builtin_ctz(jit_is_vector(j->fn->ops[v].type) ? j->host->vector : j->host->general);
    }
    evict(j, reg);
    assign(j, reg, v);
    return reg;
}

unsigned jit_use(struct jit *j, ir_ref v)
{
    v = jit_root(j, v);
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

bool jit_has_target(const struct jit *j, ir_ref v) { return free_target(j, v) != JIT_NOWHERE; }

unsigned jit_take(struct jit *j, ir_ref v, ir_ref result)
{
    struct jit_value *value = &j->values[jit_root(j, v)];
    unsigned reg = value->reg;
    if (value->last > j->at || reg == JIT_NOWHERE || (is_pinned(j, reg) && j->values[result].target != reg))
        return JIT_NOWHERE;
    value->reg = JIT_NOWHERE;
    assign(j, reg, result);
    return reg;
}

void jit_alias(struct jit *j, ir_ref v, ir_ref of)
{
    ir_ref root = jit_root(j, of);
    j->values[v].root = root;
    if (j->values[root].last < j->values[v].last)
        j->values[root].last = j->values[v].last;
}

/* --- pinned registers ---------------------------------------------------------------------------------------------- */

u32 jit_pins_at(const struct jit *j, u64 offset, unsigned bytes)
{
    u32 found = 0;
    for (u32 rest = j->pinned; rest; rest &= rest - 1) {
        unsigned reg = (unsigned)__builtin_ctz(rest);
        if (offset < (u64)j->pin_offset[reg] + j->pin_bytes[reg] && j->pin_offset[reg] < offset + bytes)
            found |= 1u << reg;
    }
    return found;
}

unsigned jit_pin_of(const struct jit *j, const struct ir_op *op)
{
    u8 type = state_type(j, op);
    unsigned bytes = ir_type_bits((enum ir_type)type) / 8;
    for (u32 rest = j->pinned; rest; rest &= rest - 1) {
        unsigned reg = (unsigned)__builtin_ctz(rest);
        if (j->pin_offset[reg] != op->imm)
            continue;
        bool fits = op->op == IR_OP_put ? bytes == j->pin_bytes[reg] : bytes <= j->pin_bytes[reg];
        return fits && jit_is_vector(type) == (reg >= JIT_VECTOR) ? reg : JIT_NOWHERE;
    }
    return JIT_NOWHERE;
}

void jit_get_pin(struct jit *j, ir_ref v, unsigned pin)
{
    if (j->in_reg[pin])
        jit_alias(j, v, j->in_reg[pin]);
    else
        assign(j, pin, v);
}

/* The value in a pinned register that is about to change goes elsewhere, if it is still needed. */
static void displace(struct jit *j, unsigned pin)
{
    ir_ref old = j->in_reg[pin];
    if (!old)
        return;
    hold(j, pin, 0);
    struct jit_value *value = &j->values[old];
    if (value->last <= j->at || j->fn->ops[old].op == IR_OP_const) {
        value->reg = JIT_NOWHERE;
        return;
    }
    unsigned to = pick(j, pin >= JIT_VECTOR, true);
    if (to == JIT_NOWHERE) {
        to_slot(j, old);
        value->reg = JIT_NOWHERE;
        return;
    }
    j->host->move(j, to, pin);
    hold(j, to, old);
    value->reg = (u8)to;
}

void jit_put_pin(struct jit *j, ir_ref v, unsigned pin)
{
    ir_ref root = jit_root(j, v);
    struct jit_value *value = &j->values[root];
    j->dirty |= 1u << pin;
    j->put_at[pin] = j->at;
    if (j->in_reg[pin] == root)
        return;
    if (value->reg == JIT_NOWHERE && j->fn->ops[root].op != IR_OP_const && value->slot == JIT_NOWHERE)
        jit_use(j, root); /* flags and the like */
    displace(j, pin);
    unsigned from = value->reg;
    if (from == JIT_NOWHERE) {
        assign(j, pin, root);
        if (value->slot != JIT_NOWHERE)
            j->host->reload(j, pin, value->slot, j->fn->ops[root].type);
        else
            j->host->constant(j, pin, &j->fn->ops[root]);
        return;
    }
    j->host->move(j, pin, from);
    if (is_pinned(j, from))
        return;
    hold(j, from, 0);
    assign(j, pin, root);
}

unsigned jit_put_pin_part(struct jit *j, ir_ref v, unsigned pin)
{
    ir_ref root = jit_root(j, v);
    j->dirty |= 1u << pin;
    j->put_at[pin] = j->at;
    unsigned from = j->in_reg[pin] == root ? pin : jit_use(j, root);
    displace(j, pin);
    return from;
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
        hold(j, reg, 0);
    }
}

void jit_forget_pins(struct jit *j)
{
    for (u32 rest = j->pinned; rest; rest &= rest - 1) {
        unsigned reg = (unsigned)__builtin_ctz(rest);
        ir_ref v = j->in_reg[reg];
        if (v && j->values[v].last > j->at)
            to_slot(j, v);
        if (v)
            j->values[v].reg = JIT_NOWHERE;
        hold(j, reg, 0);
    }
}

void jit_end_op(struct jit *j)
{
    j->locked = 0;
    for (u32 rest = j->held; rest; rest &= rest - 1) {
        unsigned reg = (unsigned)__builtin_ctz(rest);
        ir_ref v = j->in_reg[reg];
        if (j->values[v].last <= j->at) {
            j->values[v].reg = JIT_NOWHERE;
            hold(j, reg, 0);
        }
    }
}

void jit_note_map(struct jit *j, u64 pc, u32 dirty)
{
    u32 at = j->host->position(j);
    i32 delta = (i32)(pc - j->fn->pc);
    struct jit_map *last = j->map_count ? &j->map[j->map_count - 1] : NULL;
    if (last && last->pc == delta && last->dirty == dirty && last->mode == j->mode)
        return;
    if (!last || last->at != at) {
        if (j->map_count == j->map_capacity) {
            j->map_capacity = j->map_capacity ? 2 * j->map_capacity : 256;
            j->map = realloc(j->map, j->map_capacity * sizeof *j->map);
            must(j->map);
        }
        last = &j->map[j->map_count++];
    }
    *last = (struct jit_map){at, delta, dirty, j->mode};
}

void jit_note_site(struct jit *j, u32 from, u32 end, u32 to)
{
    if (j->site_count == j->site_capacity) {
        j->site_capacity = j->site_capacity ? 2 * j->site_capacity : 64;
        j->sites = realloc(j->sites, j->site_capacity * sizeof *j->sites);
        must(j->sites);
    }
    j->sites[j->site_count++] = (struct jit_site){from, end, to};
}

void jit_note_place(struct jit *j, u32 at, enum jit_place_kind kind)
{
    if (j->place_count == j->place_capacity) {
        j->place_capacity = j->place_capacity ? 2 * j->place_capacity : 64;
        j->places = realloc(j->places, j->place_capacity * sizeof *j->places);
        must(j->places);
    }
    j->places[j->place_count++] = (struct jit_place){at, kind};
}
