/* Where values live: which need no operation, which are read or computed in the guest's state itself, which are merged
 * with the operation that uses them.
 *
 * Backward over each block: uses, last uses, next writes of state bytes. Then forward: a `get` is read in place if
 * nothing overwrites the register before the last use; a value that a `put` stores is computed in place if, between the
 * two, nothing may leave the block and nothing reads the old contents, and if it can be read there afterwards. */
#include "interp/lower.h"

unsigned interp_operands(const struct ir_fn *fn, const struct ir_op *op, ir_ref out[3], const ir_ref **args,
                         unsigned *arg_count)
{
    unsigned n = 0;
    *arg_count = 0;
    switch (op->op) {
    case IR_OP_const:
    case IR_OP_param:
    case IR_OP_get:
    case IR_OP_insn:
    case IR_OP_exit_next:
    case IR_OP_exit_call:
    case IR_OP_exit_syscall:
    case IR_OP_exit_trap: return 0;
    case IR_OP_call:
        *args = fn->args + op->a;
        *arg_count = op->b;
        return 0;
    case IR_OP_br: out[n++] = op->a; /* fall through */
    case IR_OP_jump:
        *args = fn->args + op->b;
        *arg_count = op->c;
        return n;
    case IR_OP_exit_branch: out[n++] = op->a; return n;
    default:
        if (op->a)
            out[n++] = op->a;
        if (op->b)
            out[n++] = op->b;
        if (op->c)
            out[n++] = op->c;
        return n;
    }
}

ir_ref interp_root(const struct lowering *l, ir_ref v)
{
    while (l->values[v].alias)
        v = l->fn->ops[v].a;
    return v;
}

static bool is_compare(u16 op) { return ir_op_info[op].kind == IR_KIND_CMP2; }

bool interp_is_clean(const struct ir_fn *fn, ir_ref v)
{
    const struct ir_op *op = &fn->ops[v];
    switch (op->op) {
    case IR_OP_copy: return interp_is_clean(fn, op->a);
    case IR_OP_sext_low:
    case IR_OP_zext_low:
        if (op->imm >= 32)
            return interp_is_clean(fn, op->a); /* no operation */
        return true;
    case IR_OP_cond:
    case IR_OP_select:
    case IR_OP_load:
    case IR_OP_load_ex:
    case IR_OP_store_ex:
    case IR_OP_cas:
    case IR_OP_call:
    case IR_OP_const:
    case IR_OP_atomic_add ... IR_OP_atomic_swap: return op->type == IR_I32;
    default: break;
    }
    u8 kind = ir_op_info[op->op].kind;
    return op->type == IR_I32 && (kind == IR_KIND_INT1 || kind == IR_KIND_INT2 || kind == IR_KIND_CMP2);
}
_Static_assert(IR_OP_atomic_swap - IR_OP_atomic_add == 8, "the atomics are neighbours in ops_mem.def");

unsigned interp_written_bytes(const struct ir_fn *fn, ir_ref v)
{
    const struct ir_op *op = &fn->ops[v];
    switch (op->op) {
    case IR_OP_get:
    case IR_OP_const:
    case IR_OP_param: return 0;
    case IR_OP_call: return op->type == IR_V128 ? 0 : 8;
    default: break;
    }
    if (op->type == IR_FLAGS)
        return 4;
    if (op->type == IR_V128)
        return 16;
    switch (ir_op_info[op->op].kind) {
    case IR_KIND_INT1:
    case IR_KIND_INT2:
    case IR_KIND_CMP2:
    case IR_KIND_SPECIAL: return 8;
    default: return 0;
    }
}

static bool is_alias(const struct ir_fn *fn, const struct ir_op *op)
{
    switch (op->op) {
    case IR_OP_trunc:
    case IR_OP_copy:
    case IR_OP_low:
    case IR_OP_flags_word: return true;
    case IR_OP_zext: return interp_is_clean(fn, op->a);
    case IR_OP_bitcast: return fn->ops[op->a].type != IR_F16;
    case IR_OP_zext_low: return op->imm >= ir_type_bits(op->type);
    case IR_OP_sext_low: return op->imm >= ir_type_bits(op->type);
    default: return false;
    }
}

static bool is_zero(const struct ir_fn *fn, ir_ref v) { return fn->ops[v].op == IR_OP_const && !fn->ops[v].imm; }

/* The condition that flags of a - b stand for is one comparison; for N and V alone it is not. */
static bool is_comparison(unsigned cond)
{
    return cond <= IR_CC || (cond >= IR_HI && cond <= IR_LE);
}

/* Can ops[v] be left to its only user? */
static bool fits_user(const struct lowering *l, ir_ref v)
{
    const struct ir_op *op = &l->fn->ops[v], *user = &l->fn->ops[l->values[v].user];
    const struct value *user_value = &l->values[l->values[v].user];
    if (user->a != v)
        return false;
    switch (user->op) {
    case IR_OP_exit_branch: return op->op == IR_OP_cond || is_compare(op->op);
    case IR_OP_select: return op->op == IR_OP_cond;
    case IR_OP_cond:
        return op->op == IR_OP_flags_sub && user_value->in_user && is_comparison(user->sub) &&
               l->fn->ops[user_value->user].op == IR_OP_exit_branch;
    case IR_OP_ne:
    case IR_OP_eq:
        return op->op == IR_OP_and && user_value->in_user && is_zero(l->fn, user->b) &&
               l->fn->ops[op->b].op == IR_OP_const;
    default: return false;
    }
}

enum { MERGE_DISTANCE = 6 };

/* The result that flags operation k can be computed with, or the reverse: an earlier operation on the same operands. */
static ir_ref find_merge(const struct lowering *l, u32 first, u32 k)
{
    const struct ir_op *op = &l->fn->ops[k];
    u16 other;
    switch (op->op) {
    case IR_OP_flags_add: other = IR_OP_add; break;
    case IR_OP_flags_sub: other = IR_OP_sub; break;
    case IR_OP_flags_logic: other = IR_OP_and; break;
    case IR_OP_add: other = IR_OP_flags_add; break;
    case IR_OP_sub: other = IR_OP_flags_sub; break;
    case IR_OP_and: other = IR_OP_flags_logic; break;
    default: return 0;
    }
    for (u32 i = k - 1; i >= first && i + MERGE_DISTANCE >= k; i--) {
        const struct ir_op *o = &l->fn->ops[i];
        bool same = o->op == other && o->a == op->a && o->b == op->b &&
                    l->fn->ops[o->a].type == l->fn->ops[op->a].type;
        bool of_result = op->op == IR_OP_flags_logic && o->op == IR_OP_and && op->a == i && op->b == i;
        if ((same || of_result) && !l->values[i].merged)
            return i;
    }
    return 0;
}

/* --- the state as cells of 4 bytes --------------------------------------------------------------------------------- */

static struct cell *cell_range(struct lowering *l, const struct ir_op *op, struct cell **end)
{
    u8 type = op->op == IR_OP_put ? l->fn->ops[op->a].type : op->type;
    u32 first = (u32)op->imm / 4, last = ((u32)op->imm + interp_type_bytes(type) - 1) / 4;
    must(last < l->cell_count);
    *end = l->cells + last + 1;
    return l->cells + first;
}

static void clear_cells(struct lowering *l, const struct ir_block *block)
{
    for (u32 k = block->first; k < block->end; k++) {
        const struct ir_op *op = &l->fn->ops[k];
        if (op->op != IR_OP_get && op->op != IR_OP_put)
            continue;
        struct cell *end, *c = cell_range(l, op, &end);
        for (; c < end; c++)
            *c = (struct cell){.next_write = FAR};
    }
}

static u16 op_effects(const struct ir_op *op)
{
    return op->op == IR_OP_call ? ir_helpers[op->imm].effects : ir_op_info[op->op].effects;
}

/* A call that reads or writes registers behind the IR's back. */
static bool is_opaque(const struct ir_op *op)
{
    return op->op == IR_OP_call && (op_effects(op) & (IR_ANY | IR_READ_STATE | IR_WRITE_STATE | IR_FAULTS));
}

/* --- backward ----------------------------------------------------------------------------------------------------- */

static bool is_removable(const struct ir_op *op)
{
    return !(op_effects(op) & ~IR_READ_STATE) && op->op != IR_OP_param && op->type != IR_VOID;
}

static void note_use(struct lowering *l, const struct ir_block *block, ir_ref v, u32 user, u32 position)
{
    struct value *value = &l->values[v];
    value->uses++;
    value->user = user;
    if (v < block->first || v >= block->end)
        value->last = FAR;
    else if (value->last < position)
        value->last = position;
}

static void use_operands(struct lowering *l, const struct ir_block *block, u32 k, u32 position)
{
    const struct ir_op *op = &l->fn->ops[k];
    ir_ref operand[3];
    const ir_ref *args = NULL;
    unsigned arg_count, n = interp_operands(l->fn, op, operand, &args, &arg_count);
    bool opaque = is_opaque(op);
    for (unsigned i = 0; i < n; i++)
        note_use(l, block, operand[i], k, position);
    /* A helper that gets a pointer to a register may write that register before it reads its operand: one later. */
    for (unsigned i = 0; i < arg_count; i++)
        note_use(l, block, args[i], k, position + (opaque && l->fn->ops[args[i]].type == IR_V128));
}

static void note_next_write(struct lowering *l, u32 k, u32 opaque_at)
{
    struct value *value = &l->values[k];
    struct cell *end, *c = cell_range(l, &l->fn->ops[k], &end);
    value->next_write = opaque_at;
    for (; c < end; c++) {
        if (c->next_write < value->next_write)
            value->next_write = c->next_write;
        if (l->fn->ops[k].op == IR_OP_put)
            c->next_write = k;
    }
}

static void backward(struct lowering *l, const struct ir_block *block)
{
    bool several = l->fn->block_count > 1;
    u32 opaque_at = FAR;
    for (u32 k = block->end; k-- > block->first;) {
        const struct ir_op *op = &l->fn->ops[k];
        struct value *value = &l->values[k];
        if (!value->uses && is_removable(op) && !several) {
            value->done = true;
            continue;
        }
        u32 position = k;
        value->alias = is_alias(l->fn, op);
        if (value->uses == 1 && value->last != FAR && fits_user(l, k)) {
            value->in_user = true;
            position = value->last;
        } else if (!several && !value->merged && (value->merged = find_merge(l, block->first, k))) {
            position = value->computed_at = value->merged;
            l->values[position].merged = k;
            l->values[position].uses++;
        }
        use_operands(l, block, k, value->alias ? (value->last > k ? value->last : k) : position);
        if (is_opaque(op))
            opaque_at = k;
        else if (op->op == IR_OP_get || op->op == IR_OP_put)
            note_next_write(l, k, opaque_at);
    }
}

/* --- forward ------------------------------------------------------------------------------------------------------ */

static void place_get(struct lowering *l, u32 k)
{
    struct value *value = &l->values[k];
    value->in_state = value->last != FAR && value->next_write >= value->last;
    struct cell *end, *c = cell_range(l, &l->fn->ops[k], &end);
    u32 read = value->in_state && value->last > k ? value->last : k;
    for (; c < end; c++)
        if (c->last_read < read)
            c->last_read = read;
}

/* Put k: may its value be computed in place? */
static bool can_place(struct lowering *l, const struct ir_block *block, u32 k, u32 barrier)
{
    const struct ir_op *op = &l->fn->ops[k];
    ir_ref v = interp_root(l, op->a);
    const struct value *value = &l->values[v];
    if (v < block->first || v >= block->end || value->in_state || value->in_user || value->last == FAR)
        return false;
    /* What operations read without saying so (fp_mode) is written at its own place. */
    if (op->imm < sizeof(struct cpu_common))
        return false;
    if (interp_written_bytes(l->fn, v) != interp_type_bytes(l->fn->ops[op->a].type))
        return false;
    if (barrier > value->computed_at || value->last > l->values[k].next_write)
        return false;
    struct cell *end, *c = cell_range(l, op, &end);
    for (; c < end; c++)
        if (c->last_read > value->computed_at || c->last_write > value->computed_at)
            return false;
    return true;
}

static void place_put(struct lowering *l, const struct ir_block *block, u32 k, u32 barrier)
{
    const struct ir_op *op = &l->fn->ops[k];
    ir_ref v = interp_root(l, op->a);
    bool placed = can_place(l, block, k, barrier);
    if (placed) {
        l->values[v].in_state = true;
        l->values[v].at = (u16)op->imm;
        l->values[k].done = true;
    }
    struct cell *end, *c = cell_range(l, op, &end);
    for (; c < end; c++) {
        c->last_write = k;
        if (placed && c->last_read < l->values[v].last)
            c->last_read = l->values[v].last;
    }
}

static void forward(struct lowering *l, const struct ir_block *block)
{
    u32 barrier = 0; /* the last operation that may leave the block or look at the state */
    for (u32 k = block->first; k < block->end; k++) {
        const struct ir_op *op = &l->fn->ops[k];
        if (l->values[k].done)
            continue;
        if (op->op == IR_OP_get)
            place_get(l, k);
        else if (op->op == IR_OP_put)
            place_put(l, block, k, barrier);
        else if ((op_effects(op) & (IR_FAULTS | IR_ANY)) || is_opaque(op))
            barrier = k;
    }
}

void interp_analyse(struct lowering *l)
{
    const struct ir_fn *fn = l->fn;
    memset(l->values, 0, fn->count * sizeof *l->values);
    for (u32 k = 0; k < fn->count; k++) {
        l->values[k].at = NOWHERE;
        l->values[k].computed_at = k;
    }
    for (u32 i = fn->block_count; i-- > 0;) {
        clear_cells(l, &fn->blocks[i]);
        backward(l, &fn->blocks[i]);
    }
    for (u32 i = 0; i < fn->block_count; i++) {
        clear_cells(l, &fn->blocks[i]);
        forward(l, &fn->blocks[i]);
    }
}
