/* Where values live: which need no operation, which are read or computed in the guest's state itself, which are merged
 * with the operation that uses them.
 *
 * Backward over each block: uses, last uses, next writes of state bytes. Then forward over what touches the state: a
 * `get` is read in place if nothing overwrites the register before the last use; a value that a `put` stores is computed
 * in place if, between the two, nothing may leave the block and nothing reads the old contents, and if it can be read
 * there afterwards.
 *
 * Every block that is run goes through here, most of them once: the walks look at a table of traits, so that what is
 * common takes few branches. */
#include "interp/lower.h"

/* What the walks want to know of an operation. */
enum trait {
    REMOVABLE = 1 << 0, /* nothing happens if nobody uses its value */
    STATE = 1 << 1,     /* get, put */
    LEAVES = 1 << 2,    /* may leave the block or look at the state; all calls, whose helper says more */
    ALIASES = 1 << 3,   /* may be the same bytes as its operand */
    FITS = 1 << 4,      /* may be left to its user */
    MERGES = 1 << 5,    /* may share an operation with another one */
    FLAGS = 1 << 6,     /* is computed with a result, if it merges */
    LISTED = 1 << 7,    /* operands are not simply a, b and c */
    ALONE = 1 << 8,     /* no operands; a, b and c may be something else */
};
static u16 traits[IR_OP_COUNT];

ir_ref interp_root(const struct lowering *l, ir_ref v)
{
    while (l->values[v].alias)
        v = l->fn->ops[v].a;
    return v;
}

static bool is_compare(u16 op) { return ir_op_info[op].kind == IR_KIND_CMP2; }

static u16 traits_of(u16 op)
{
    const struct ir_op_info *info = &ir_op_info[op];
    u16 t = 0;
    if (!(info->effects & ~IR_READ_STATE) && op != IR_OP_param)
        t |= REMOVABLE;
    if (info->effects & (IR_FAULTS | IR_ANY))
        t |= LEAVES;
    if (is_compare(op))
        t |= FITS;
    switch (op) {
    case IR_OP_get: return t | STATE | ALONE;
    case IR_OP_put: return t | STATE;
    case IR_OP_trunc:
    case IR_OP_copy:
    case IR_OP_low:
    case IR_OP_flags_word:
    case IR_OP_zext:
    case IR_OP_bitcast:
    case IR_OP_zext_low:
    case IR_OP_sext_low: return t | ALIASES;
    case IR_OP_cond: return t | FITS;
    case IR_OP_flags_sub: return t | FITS | MERGES | FLAGS;
    case IR_OP_and: return t | FITS | MERGES;
    case IR_OP_flags_add:
    case IR_OP_flags_logic: return t | MERGES | FLAGS;
    case IR_OP_add:
    case IR_OP_sub: return t | MERGES;
    case IR_OP_call: return t | LEAVES | LISTED;
    case IR_OP_const:
    case IR_OP_param:
    case IR_OP_insn:
    case IR_OP_prefetch: /* interpreting takes longer than memory does */
    case IR_OP_exit_next:
    case IR_OP_exit_call:
    case IR_OP_exit_syscall:
    case IR_OP_exit_trap: return t | ALONE;
    case IR_OP_exit_branch:
    case IR_OP_br:
    case IR_OP_jump: return t | LISTED;
    default: return t;
    }
}

void interp_analyse_init(void)
{
    for (u16 op = 0; op < IR_OP_COUNT; op++)
        traits[op] = traits_of(op);
}

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

static u16 op_effects(const struct ir_op *op)
{
    return op->op == IR_OP_call ? ir_helpers[op->imm].effects : ir_op_info[op->op].effects;
}

/* A call that reads or writes registers behind the IR's back. */
static bool is_opaque(const struct ir_op *op)
{
    return op->op == IR_OP_call && (op_effects(op) & (IR_ANY | IR_READ_STATE | IR_WRITE_STATE | IR_FAULTS));
}

/* --- the walks ---------------------------------------------------------------------------------------------------- */

/* One block: what the walks use all the time. */
struct walk {
    const struct ir_fn *fn;
    const struct ir_op *ops;
    struct value *values;
    struct cell *cells;
    u32 first, count; /* operations of the block */
    u32 *visit, visits; /* those that touch the state or may leave */
    u32 cell_count;
    u16 all; /* traits in the block */
    bool several; /* blocks */
};

/* The cells that a get or put touches: *n of them. */
static inline struct cell *cells_of(const struct walk *w, const struct ir_op *op, u32 *n)
{
    u8 type = op->op == IR_OP_put ? w->ops[op->a].type : op->type;
    u32 first = (u32)op->imm / CELL_BYTES, last = ((u32)op->imm + interp_type_bytes(type) - 1) / CELL_BYTES;
    must(last < w->cell_count);
    *n = last - first + 1;
    return w->cells + first;
}

/* Cells as if nothing were known, and values unless that has been done; lists what the forward walk looks at. */
static void prepare(struct walk *w)
{
    u16 all = 0;
    u32 visits = 0;
    for (u32 k = w->first; k < w->first + w->count; k++) {
        const struct ir_op *op = &w->ops[k];
        u16 t = traits[op->op];
        all |= t;
        if (!w->several)
            w->values[k] = (struct value){.at = NOWHERE, .computed_at = k};
        w->visit[visits] = k;
        visits += (t & (STATE | LEAVES)) != 0;
        if (t & STATE) {
            u32 n;
            for (struct cell *c = cells_of(w, op, &n); n--; c++)
                *c = (struct cell){.next_write = FAR};
        }
    }
    w->visits = visits;
    w->all = all;
}

static inline void note_use(const struct walk *w, ir_ref v, u32 user, u32 position)
{
    struct value *value = &w->values[v];
    value->uses++;
    value->user = user;
    if (unlikely(v - w->first >= w->count))
        position = FAR;
    value->last = value->last < position ? position : value->last;
}

/* Operands beyond a, b and c, or fewer. */
static void use_listed(const struct walk *w, u32 k, u32 position)
{
    const struct ir_op *op = &w->ops[k];
    if (op->op == IR_OP_br || op->op == IR_OP_exit_branch)
        note_use(w, op->a, k, position);
    const ir_ref *args = w->fn->args + (op->op == IR_OP_call ? op->a : op->b);
    u32 count = op->op == IR_OP_call ? op->b : op->op == IR_OP_exit_branch ? 0 : op->c;
    /* A helper that gets a pointer to a register may write that register before it reads its operand: one later. */
    bool opaque = is_opaque(op);
    for (u32 i = 0; i < count; i++)
        note_use(w, args[i], k, position + (opaque && w->ops[args[i]].type == IR_V128));
}

static inline void use_operands(const struct walk *w, u32 k, u32 position)
{
    const struct ir_op *op = &w->ops[k];
    if (op->a)
        note_use(w, op->a, k, position);
    if (op->b)
        note_use(w, op->b, k, position);
    if (op->c)
        note_use(w, op->c, k, position);
}

static inline void note_next_write(const struct walk *w, u32 k, u32 opaque_at)
{
    const struct ir_op *op = &w->ops[k];
    u32 n, next = opaque_at;
    for (struct cell *c = cells_of(w, op, &n); n--; c++) {
        next = c->next_write < next ? c->next_write : next;
        if (op->op == IR_OP_put)
            c->next_write = k;
    }
    w->values[k].next_write = next;
}

/* ops[k] is used: does its user compute it, or another operation with its own result? Returns the operation that
 * needs its operands. */
static u32 find_place(const struct lowering *l, const struct walk *w, u32 k, u16 t)
{
    struct value *value = &w->values[k];
    if (t & FITS && value->uses == 1 && value->last != FAR && fits_user(l, k)) {
        value->in_user = true;
        return value->last;
    }
    if (t & MERGES && !w->several && !value->merged && (value->merged = find_merge(l, w->first, k))) {
        u32 position = value->computed_at = value->merged;
        w->values[position].merged = k;
        w->values[position].uses++;
        return position;
    }
    return k;
}

static void backward(const struct lowering *l, const struct walk *w)
{
    u16 placed = w->all & FLAGS ? FITS | MERGES : FITS; /* results merge with flags only */
    u32 opaque_at = FAR;
    for (u32 k = w->first + w->count; k-- > w->first;) {
        const struct ir_op *op = &w->ops[k];
        struct value *value = &w->values[k];
        u16 t = traits[op->op];
        u32 position = k;
        if (t & REMOVABLE && !value->uses && op->type != IR_VOID && !w->several) {
            value->done = true;
            continue;
        }
        if (t & placed)
            position = find_place(l, w, k, t);
        if (t & ALIASES && is_alias(w->fn, op)) {
            value->alias = true;
            position = value->last > k ? value->last : k;
        }
        if (!(t & (LISTED | ALONE)))
            use_operands(w, k, position);
        else if (t & LISTED)
            use_listed(w, k, position);
        if (t & STATE)
            note_next_write(w, k, opaque_at);
        else if (t & LEAVES && is_opaque(op))
            opaque_at = k;
    }
}

static void place_get(const struct walk *w, u32 k)
{
    struct value *value = &w->values[k];
    value->in_state = value->last != FAR && value->next_write >= value->last;
    u32 n, read = value->in_state && value->last > k ? value->last : k;
    for (struct cell *c = cells_of(w, &w->ops[k], &n); n--; c++)
        c->last_read = c->last_read < read ? read : c->last_read;
}

/* Put k of value v: may v be computed in place? */
static bool can_place(const struct walk *w, u32 k, ir_ref v, u32 barrier)
{
    const struct ir_op *op = &w->ops[k];
    const struct value *value = &w->values[v];
    if (v - w->first >= w->count || value->in_state || value->in_user || value->last == FAR)
        return false;
    /* What operations read without saying so (fp_mode) is written at its own place. */
    if (op->imm < sizeof(struct cpu_common))
        return false;
    if (barrier > value->computed_at || value->last > w->values[k].next_write)
        return false;
    if (interp_written_bytes(w->fn, v) != interp_type_bytes(w->ops[op->a].type))
        return false;
    u32 n;
    for (struct cell *c = cells_of(w, op, &n); n--; c++)
        if (c->last_read > value->computed_at || c->last_write > value->computed_at)
            return false;
    return true;
}

static void place_put(const struct lowering *l, const struct walk *w, u32 k, u32 barrier)
{
    const struct ir_op *op = &w->ops[k];
    ir_ref v = interp_root(l, op->a);
    u32 n, read = 0;
    if (can_place(w, k, v, barrier)) {
        w->values[v].in_state = true;
        w->values[v].at = (u16)op->imm;
        w->values[k].done = true;
        read = w->values[v].last;
    }
    for (struct cell *c = cells_of(w, op, &n); n--; c++) {
        c->last_write = k;
        c->last_read = c->last_read < read ? read : c->last_read;
    }
}

static void forward(const struct lowering *l, const struct walk *w)
{
    u32 barrier = 0; /* the last operation that may leave the block or look at the state */
    for (u32 i = 0; i < w->visits; i++) {
        u32 k = w->visit[i];
        const struct ir_op *op = &w->ops[k];
        if (w->values[k].done)
            continue;
        if (op->op == IR_OP_get)
            place_get(w, k);
        else if (op->op == IR_OP_put)
            place_put(l, w, k, barrier);
        else if (op->op != IR_OP_call || (op_effects(op) & (IR_FAULTS | IR_ANY)) || is_opaque(op))
            barrier = k;
    }
}

void interp_analyse(struct lowering *l)
{
    const struct ir_fn *fn = l->fn;
    struct walk w = {.fn = fn, .ops = fn->ops, .values = l->values, .cells = l->cells, .visit = l->visit,
                     .cell_count = l->cell_count, .several = fn->block_count > 1};
    l->values[0] = (struct value){.at = NOWHERE};
    for (u32 k = 1; w.several && k < fn->count; k++) /* constants may be used by other blocks */
        l->values[k] = (struct value){.at = NOWHERE, .computed_at = k};
    for (u32 i = fn->block_count; i-- > 0;) {
        w.first = fn->blocks[i].first;
        w.count = fn->blocks[i].end - w.first;
        prepare(&w);
        backward(l, &w);
        forward(l, &w);
    }
}
