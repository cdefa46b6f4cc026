/* Writes threaded code for a function whose values analyse.c has placed. */
#include "interp/lower.h"
#include "ir/eval_support.h"

static void *reserve(void *array, size_t *capacity, size_t count, size_t bytes)
{
    if (count <= *capacity)
        return array;
    *capacity = count * 2;
    array = realloc(array, *capacity * bytes);
    must(array);
    return array;
}

/* --- slots and operations ------------------------------------------------------------------------------------------ */

u16 lower_take_slot(struct lowering *l)
{
    if (l->free_count)
        return l->free_slots[--l->free_count];
    size_t at = l->state_bytes + 16 * (size_t)l->slot_top;
    if (16 * (l->slot_top + 1) > INTERP_SCRATCH || at > 0xfff0) {
        l->too_large = true;
        return (u16)l->state_bytes;
    }
    l->slot_top++;
    return (u16)at;
}

void lower_give_slot(struct lowering *l, u16 slot)
{
    if (!l->too_large)
        l->free_slots[l->free_count++] = slot;
}

struct interp_op *lower_emit(struct lowering *l, enum handler h, u16 d, u16 a, u16 b, u16 c, u64 imm)
{
    GROW(l->ops, l->count, l->capacity);
    struct interp_op *op = &l->ops[l->count++];
    *op = (struct interp_op){interp_handlers[h], d, a, b, c, imm};
    return op;
}

/* A slot for value v that is given back after its last use. */
static u16 slot_until_last(struct lowering *l, ir_ref v)
{
    u16 slot = lower_take_slot(l);
    u32 last = l->values[v].last < v ? v : l->values[v].last;
    if (last != FAR && last < l->fn->count) {
        l->values[v].next_expiring = l->values[last].expiring;
        l->values[last].expiring = v;
    }
    l->values[v].at = slot;
    return slot;
}

void lower_release(struct lowering *l, u32 k)
{
    for (u32 v = l->values[k].expiring; v; v = l->values[v].next_expiring)
        lower_give_slot(l, l->values[v].at);
    l->values[k].expiring = 0;
}

/* --- operands ------------------------------------------------------------------------------------------------------ */

static bool as_const(const struct lowering *l, ir_ref v, u64 *value)
{
    v = interp_root(l, v);
    *value = ir(l, v)->imm;
    return ir(l, v)->op == IR_OP_const && ir(l, v)->type != IR_V128;
}

static u16 const_at(struct lowering *l, ir_ref v)
{
    const struct ir_op *op = ir(l, v);
    if (op->type == IR_V128) {
        u16 slot = slot_until_last(l, v);
        lower_emit(l, H_movi128, slot, 0, 0, 0, op->imm);
        lower_emit(l, H_movi128, 0, 0, 0, 0, (u64)op->c << 32 | op->b);
        return slot;
    }
    int shared = interp_const_slot(op->imm);
    if (shared >= 0)
        return l->values[v].at = (u16)(l->state_bytes + 16 * (size_t)shared);
    u16 slot = slot_until_last(l, v);
    lower_emit(l, H_movi64, slot, 0, 0, 0, op->imm);
    return slot;
}

u16 lower_at(struct lowering *l, ir_ref v)
{
    v = interp_root(l, v);
    if (l->values[v].at == NOWHERE) {
        must(ir(l, v)->op == IR_OP_const);
        return const_at(l, v);
    }
    return l->values[v].at;
}

/* Where the result of ops[v] goes. */
static u16 result_at(struct lowering *l, ir_ref v)
{
    struct value *value = &l->values[v];
    if (value->in_state)
        return value->at;
    return slot_until_last(l, v);
}

enum handler lower_move_of(u8 type)
{
    switch (interp_type_bytes(type)) {
    case 2: return H_mov16;
    case 4: return H_mov32;
    case 8: return H_mov64;
    default: return H_mov128;
    }
}

/* --- integer operations -------------------------------------------------------------------------------------------- */

/* The first form of a row's handlers: _32 or _32_rr. */
static enum handler first_form(u16 op)
{
    switch (op) {
#define FIRST_INT1(name) H_##name##_32
#define FIRST_INT2(name) H_##name##_32_rr
#define FIRST_CMP2(name) H_##name##_32_rr
#define FIRST_FLAGS2(name) H_##name##_32_rr
#define FIRST_FLAGS3(name) H_##name##_32
#define OP(name, kind, effects, value, doc)                                                                            \
    case IR_OP_##name: return FIRST_##kind(name);
#include "ir/ops_int.def"
#undef OP
    default: must(!"an operation of ops_int.def"); return 0;
    }
}

static bool commutes(u16 op)
{
    switch (op) {
    case IR_OP_add:
    case IR_OP_mul:
    case IR_OP_umulh:
    case IR_OP_smulh:
    case IR_OP_and:
    case IR_OP_or:
    case IR_OP_xor:
    case IR_OP_eq:
    case IR_OP_ne:
    case IR_OP_flags_add:
    case IR_OP_flags_logic: return true;
    default: return false;
    }
}

struct two lower_two_operands(struct lowering *l, enum handler first, u16 op, ir_ref x, ir_ref y)
{
    u64 value;
    if (commutes(op) && as_const(l, x, &value) && !as_const(l, y, &value)) {
        ir_ref swap = x;
        x = y;
        y = swap;
    }
    bool wide = ir(l, x)->type == IR_I64;
    struct two t = {.h = first + (wide ? 2 : 0), .a = lower_at(l, x)};
    if (as_const(l, y, &value)) {
        t.h++;
        t.imm = value;
    } else {
        t.b = lower_at(l, y);
    }
    return t;
}

/* A result and its flags in one operation. */
static void lower_merged(struct lowering *l, u32 k)
{
    u32 other = l->values[k].merged;
    bool flags_first = ir_op_info[ir(l, k)->op].kind == IR_KIND_FLAGS2;
    ir_ref result = flags_first ? other : k, flags = flags_first ? k : other;
    const struct ir_op *op = ir(l, result);
    enum handler first = op->op == IR_OP_add ? H_adds_32_rr : op->op == IR_OP_sub ? H_subs_32_rr : H_ands_32_rr;
    struct two t = lower_two_operands(l, first, op->op, op->a, op->b);
    u16 d = result_at(l, result), c = result_at(l, flags);
    lower_emit(l, t.h, d, t.a, t.b, c, t.imm);
    lower_release(l, k);
}

static void lower_int(struct lowering *l, u32 k, u8 kind)
{
    const struct ir_op *op = ir(l, k);
    if (kind == IR_KIND_INT1) {
        u16 a = lower_at(l, op->a);
        lower_release(l, k);
        lower_emit(l, first_form(op->op) + (op->type == IR_I64), result_at(l, k), a, 0, 0, 0);
    } else if (kind == IR_KIND_FLAGS3) {
        u16 a = lower_at(l, op->a), b = lower_at(l, op->b), c = lower_at(l, op->c);
        bool wide = ir(l, op->a)->type == IR_I64;
        lower_release(l, k);
        lower_emit(l, first_form(op->op) + wide, result_at(l, k), a, b, c, 0);
    } else {
        struct two t = lower_two_operands(l, first_form(op->op), op->op, op->a, op->b);
        lower_release(l, k);
        lower_emit(l, t.h, result_at(l, k), t.a, t.b, 0, t.imm);
    }
}

u16 lower_truth_table(unsigned cond)
{
    u16 table = 0;
    for (u32 f = 0; f < 16; f++)
        table |= (u16)(ir_cond_holds(cond, f << 28) << f);
    return table;
}

static void lower_select(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k), *cond = ir(l, op->a);
    bool merged = l->values[op->a].in_user;
    u16 a = lower_at(l, merged ? cond->a : op->a), b = lower_at(l, op->b), c = lower_at(l, op->c);
    enum handler h = merged ? H_csel_64 : H_sel_64;
    if (op->type == IR_I32)
        h += H_sel_32 - H_sel_64;
    else if (op->type == IR_FLAGS)
        h += H_sel_flags - H_sel_64;
    else if (op->type == IR_V128)
        h += H_sel_128 - H_sel_64;
    lower_release(l, k);
    lower_emit(l, h, result_at(l, k), a, b, c, merged ? lower_truth_table(cond->sub) : 0);
}
_Static_assert(H_sel_128 - H_sel_64 == H_csel_128 - H_csel_64, "both kinds of selection in the same order");

/* --- extensions, vectors, evaluated operations ----------------------------------------------------------------------- */

/* The bits of a scalar where an evaluator may read it: 16-byte aligned. */
static u16 aligned_at(struct lowering *l, ir_ref v, u16 *borrowed)
{
    u16 where = lower_at(l, v);
    if (where % 16 == 0)
        return where;
    u16 slot = lower_take_slot(l);
    lower_emit(l, ir(l, v)->type == IR_V128 ? H_mov128 : H_mov64, slot, where, 0, 0, 0);
    *borrowed = slot;
    return slot;
}

static void lower_eval(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k);
    ir_eval_fn *fn = ir_eval_find(op->op, op->type, ir(l, op->a)->type, op->sub);
    must(fn);
    u16 borrowed[3] = {0}, a = 0, b = 0, c = 0;
    if (op->a)
        a = aligned_at(l, op->a, &borrowed[0]);
    if (op->b)
        b = aligned_at(l, op->b, &borrowed[1]);
    if (op->c)
        c = aligned_at(l, op->c, &borrowed[2]);
    u16 d = result_at(l, k);
    lower_emit(l, H_eval, d, a, b, c, (u64)(uintptr_t)fn);
    lower_emit(l, H_eval, 0, 0, 0, 0, op->imm);
    for (int i = 0; i < 3; i++)
        if (borrowed[i])
            lower_give_slot(l, borrowed[i]);
    lower_release(l, k);
}

static void lower_unary(struct lowering *l, u32 k, enum handler h, u64 imm)
{
    u16 a = lower_at(l, ir(l, k)->a);
    lower_release(l, k);
    lower_emit(l, h, result_at(l, k), a, 0, 0, imm);
}

static void lower_sext_low(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k);
    if (op->type == IR_I32)
        lower_unary(l, k, op->imm == 8 ? H_sx8_32 : H_sx16_32, 0);
    else
        lower_unary(l, k, op->imm == 8 ? H_sx8_64 : op->imm == 16 ? H_sx16_64 : H_sx32_64, 0);
}

static void lower_get(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k);
    if (l->values[k].in_state) {
        l->values[k].at = (u16)op->imm;
        return;
    }
    lower_emit(l, lower_move_of(op->type), slot_until_last(l, k), (u16)op->imm, 0, 0, 0);
}

static void lower_put(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k);
    u8 type = ir(l, op->a)->type;
    u64 value;
    if (as_const(l, op->a, &value)) {
        enum handler h = lower_move_of(type);
        lower_emit(l, h == H_mov16 ? H_movi16 : h == H_mov32 ? H_movi32 : H_movi64, (u16)op->imm, 0, 0, 0, value);
    } else {
        lower_emit(l, lower_move_of(type), (u16)op->imm, lower_at(l, op->a), 0, 0, 0);
    }
    lower_release(l, k);
}

/* --- memory -------------------------------------------------------------------------------------------------------- */

static enum handler load_handler(const struct ir_op *op)
{
    if (op->sub & (IR_MEM_SWAP | IR_MEM_ACQ | IR_MEM_REL | IR_MEM_ALIGN))
        return H_ld_any;
    bool wide = op->type == IR_I64;
    switch (op->sub & (IR_MEM_SIZE_MASK | IR_MEM_SIGN)) {
    case 0: return H_ld_u8;
    case 1: return H_ld_u16;
    case 2: return H_ld_u32;
    case 3: return H_ld_u64;
    case 4: return H_ld_128;
    case 0 | IR_MEM_SIGN: return wide ? H_ld_s8_64 : H_ld_s8_32;
    case 1 | IR_MEM_SIGN: return wide ? H_ld_s16_64 : H_ld_s16_32;
    case 2 | IR_MEM_SIGN: return wide ? H_ld_s32_64 : H_ld_u32;
    default: return H_ld_any;
    }
}

static void lower_load(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k);
    u16 a = lower_at(l, op->a);
    enum handler h = load_handler(op);
    lower_release(l, k);
    lower_emit(l, h, result_at(l, k), a, h == H_ld_any ? op->type : 0, op->sub, op->imm);
}

static void lower_store(struct lowering *l, u32 k)
{
    static const u16 plain[] = {H_st_8, H_st_16, H_st_32, H_st_64, H_st_128};
    const struct ir_op *op = ir(l, k);
    unsigned size = op->sub & IR_MEM_SIZE_MASK;
    u16 a = lower_at(l, op->a), b = lower_at(l, op->b);
    bool any = op->sub & (IR_MEM_SWAP | IR_MEM_ACQ | IR_MEM_REL | IR_MEM_ALIGN);
    must(size <= 4);
    lower_emit(l, any ? H_st_any : (enum handler)plain[size], 0, a, b, op->sub, op->imm);
    lower_release(l, k);
}

/* Atomics and exclusives: operands in a, b, c; imm says the rest. */
static void lower_access(struct lowering *l, u32 k, enum handler h, u64 imm)
{
    const struct ir_op *op = ir(l, k);
    u16 borrowed[2] = {0};
    u16 a = lower_at(l, op->a), b = op->b ? aligned_at(l, op->b, &borrowed[0]) : 0;
    u16 c = op->c ? aligned_at(l, op->c, &borrowed[1]) : 0;
    u16 d = result_at(l, k);
    lower_emit(l, h, d, a, b, c, imm);
    for (int i = 0; i < 2; i++)
        if (borrowed[i])
            lower_give_slot(l, borrowed[i]);
    lower_release(l, k);
}

static void lower_call(struct lowering *l, u32 k)
{
    const struct ir_op *op = ir(l, k);
    u16 where[IR_CALL_ARGS + 2] = {0};
    for (u32 i = 0; i < op->b; i++)
        where[i] = lower_at(l, l->fn->args[op->a + i]);
    u32 more = (op->b + 3) / 4;
    u16 d = op->type == IR_VOID ? 0 : result_at(l, k);
    lower_emit(l, H_call, d, (u16)(1 + more), 0, 0, op->imm);
    for (u32 i = 0; i < more; i++)
        lower_emit(l, H_call, where[4 * i + 3], where[4 * i], where[4 * i + 1], where[4 * i + 2], 0);
    lower_release(l, k);
}

/* --- everything ------------------------------------------------------------------------------------------------------ */

static void note_insn(struct lowering *l, u64 pc)
{
    if (l->map_count && l->map[l->map_count - 1].at == l->count) {
        l->map[l->map_count - 1].pc_delta = (u32)(pc - l->fn->pc);
        return;
    }
    GROW(l->map, l->map_count, l->map_capacity);
    l->map[l->map_count++] = (struct block_map){l->count, (u32)(pc - l->fn->pc)};
}

static void lower_special(struct lowering *l, u32 k, u32 block)
{
    const struct ir_op *op = ir(l, k);
    switch (op->op) {
    case IR_OP_none: /* removed by a pass */
    case IR_OP_const:
    case IR_OP_param: return;
    case IR_OP_insn: note_insn(l, op->imm); return;
    case IR_OP_get: lower_get(l, k); return;
    case IR_OP_put: lower_put(l, k); return;
    case IR_OP_zext: lower_unary(l, k, H_zx32, 0); return;
    case IR_OP_sext: lower_unary(l, k, H_sx32_64, 0); return;
    case IR_OP_bitcast: lower_unary(l, k, H_zx16, 0); return;
    case IR_OP_sext_low: lower_sext_low(l, k); return;
    case IR_OP_zext_low:
        lower_unary(l, k, op->type == IR_I64 ? H_and_64_ri : H_and_32_ri, ones((unsigned)op->imm));
        return;
    case IR_OP_select: lower_select(l, k); return;
    case IR_OP_cond: lower_unary(l, k, H_cond, lower_truth_table(op->sub)); return;
    case IR_OP_flags_pack: lower_unary(l, k, H_pack, 0); return;
    case IR_OP_vec: {
        unsigned bits = ir_type_bits(ir(l, op->a)->type);
        lower_unary(l, k, bits == 16 ? H_vec16 : bits == 32 ? H_vec32 : H_vec64, 0);
        return;
    }
    case IR_OP_load: lower_load(l, k); return;
    case IR_OP_store: lower_store(l, k); return;
    case IR_OP_atomic_add ... IR_OP_atomic_swap: lower_access(l, k, H_atomic, (u64)op->op << 8 | op->sub); return;
    case IR_OP_cas: lower_access(l, k, H_cas, op->sub); return;
    case IR_OP_load_ex: lower_access(l, k, H_load_ex, op->sub); return;
    case IR_OP_store_ex: lower_access(l, k, H_store_ex, op->sub); return;
    case IR_OP_clear_ex: lower_emit(l, H_clear_ex, 0, 0, 0, 0, 0); return;
    case IR_OP_prefetch: return;
    case IR_OP_fence: lower_emit(l, H_fence, 0, 0, 0, 0, op->sub); return;
    case IR_OP_call: lower_call(l, k); return;
    case IR_OP_trap_if: lower_trap_if(l, k); return;
    case IR_OP_jump: lower_jump(l, k, block); return;
    case IR_OP_br: lower_br(l, k, block); return;
    case IR_OP_exit_next:
    case IR_OP_exit_call: lower_exit_next(l, op); return;
    case IR_OP_exit_branch: lower_branch(l, k); return;
    case IR_OP_exit_indirect: lower_indirect(l, k); return;
    case IR_OP_exit_syscall: lower_emit(l, H_exit_syscall, 0, 0, 0, 0, op->imm); return;
    case IR_OP_exit_trap: lower_emit(l, H_exit_trap, 0, 0, 0, op->sub, op->imm); return;
    default: must(!"an operation that the interpreter knows");
    }
}

static void lower_op(struct lowering *l, u32 k, u32 block)
{
    struct value *value = &l->values[k];
    if (!value->done && !value->alias && !value->in_user) {
        u8 kind = ir_op_info[ir(l, k)->op].kind;
        if (value->merged && value->computed_at == k)
            lower_merged(l, k);
        else if (value->merged)
            ; /* came with the one it is merged with */
        else if (kind == IR_KIND_SPECIAL)
            lower_special(l, k, block);
        else if (kind == IR_KIND_INT1 || kind == IR_KIND_INT2 || kind == IR_KIND_CMP2 || kind == IR_KIND_FLAGS2 ||
                 kind == IR_KIND_FLAGS3)
            lower_int(l, k, kind);
        else
            lower_eval(l, k);
    }
    lower_release(l, k);
}

/* Parameters live in slots from the start; constants are made anew in each block, since one made in another may not
 * have been run. */
static void lower_blocks(struct lowering *l)
{
    const struct ir_fn *fn = l->fn;
    for (u32 i = 0; i < fn->block_count; i++)
        for (u32 p = 0; p < fn->blocks[i].param_count; p++)
            l->values[fn->blocks[i].first + p].at = lower_take_slot(l);
    for (u32 i = 0; i < fn->block_count; i++) {
        l->block_at[i] = l->count;
        if (i)
            for (u32 k = 1; k < fn->count; k++)
                if (fn->ops[k].op == IR_OP_const)
                    l->values[k].at = NOWHERE;
        for (u32 k = fn->blocks[i].first; k < fn->blocks[i].end; k++)
            lower_op(l, k, i);
    }
    for (u32 i = 0; i < l->fixup_count; i++)
        l->ops[l->fixups[i].at].imm = (u64)((i64)l->block_at[l->fixups[i].target] - (i64)l->fixups[i].at);
}

static struct block *make_block(const struct lowering *l, u32 mode)
{
    const struct ir_fn *fn = l->fn;
    struct block *b =
        cache_alloc(fn->pc, fn->pc_end, mode, l->exit_count, l->map_count, l->count * sizeof *l->ops);
    memcpy((void *)b->map, l->map, l->map_count * sizeof *l->map);
    memcpy((void *)b->code, l->ops, l->count * sizeof *l->ops);
    for (u32 i = 0; i < l->exit_count; i++)
        interp_set_exit(&b->exits[i], &l->exits[i]);
    b->may_link = !l->no_link && ir_keeps_mode(fn);
    return b;
}

static struct lowering *new_lowering(void)
{
    struct lowering *l = calloc(1, sizeof *l);
    must(l);
    return l;
}

void interp_thread_free(struct interp_thread *t)
{
    struct lowering *l = t->lowering;
    if (!l)
        return;
    free(l->values);
    free(l->ops);
    free(l->map);
    free(l->exits);
    free(l->visit);
    free(l->block_at);
    free(l->fixups);
    free(l->cells);
    free(l);
    t->lowering = NULL;
}

/* Not in the blocks themselves: after a fork the two processes would copy every page that has one. */
enum { COUNTERS = 1 << 15, COUNTER_GRAIN_BITS = 4 };
static u32 counters[COUNTERS];

static u32 *counter_of(u64 pc)
{
    pc >>= COUNTER_GRAIN_BITS;
    return &counters[(pc ^ pc >> 15) % COUNTERS];
}

u32 interp_runs(u64 pc) { return __atomic_load_n(counter_of(pc), __ATOMIC_RELAXED); }

void interp_stop_counting(const struct block *b)
{
    const struct interp_op *count = b->code;
    must(count->go == interp_handlers[H_count]);
    __atomic_store_n(interp_count_limit(count), ~0u, __ATOMIC_RELAXED);
}

struct block *interp_lower(struct interp_thread *t, const struct ir_fn *fn, size_t state_bytes, u32 mode,
                           enum interp_lower_flags flags)
{
    if (!t->lowering)
        t->lowering = new_lowering();
    struct lowering *l = t->lowering;
    l->fn = fn;
    l->values = reserve(l->values, &l->value_capacity, fn->count, sizeof *l->values);
    l->visit = reserve(l->visit, &l->visit_capacity, fn->count, sizeof *l->visit);
    l->block_at = reserve(l->block_at, &l->block_at_capacity, fn->block_count, sizeof *l->block_at);
    if (!l->cells) {
        l->cell_count = (u32)(state_bytes / CELL_BYTES);
        l->cells = calloc(l->cell_count, sizeof *l->cells);
        must(l->cells);
    }
    l->state_bytes = state_bytes;
    l->count = l->map_count = l->exit_count = l->fixup_count = l->free_count = 0;
    l->slot_top = INTERP_CONSTS;
    l->too_large = false;
    l->no_link = flags & INTERP_NO_LINK;
    if (flags & INTERP_COUNT)
        *interp_count_limit(lower_emit(l, H_count, 0, 0, 0, 0, (u64)(uintptr_t)counter_of(fn->pc))) = t->warm_after;
    interp_analyse(l);
    lower_blocks(l);
    return l->too_large ? NULL : make_block(l, mode);
}
