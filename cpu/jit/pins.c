/* Choosing pinned registers, and the two flow problems behind them. See pins.h. */
#include "jit/pins.h"

enum { UNIT = 4, UNITS = 512, MAX_SLOTS = 96 };

/* A part of the state that the function uses as one register. */
struct slot {
    u16 offset;
    u8 bytes;
    bool vector, refused;
    u64 weight;
};

struct pins {
    struct slot slots[MAX_SLOTS];
    unsigned count;
    u8 of_unit[UNITS]; /* slot number + 1 */
};

bool pins_observed(const struct ir_op *op)
{
    if (op->op == IR_OP_jump || op->op == IR_OP_br)
        return false;
    return ir_effects(op) & (IR_FAULTS | IR_ANY | IR_END);
}

static unsigned value_bytes(u8 type) { return ir_type_bits((enum ir_type)type) / 8; }

static struct slot *slot_at(struct pins *p, u64 offset, unsigned bytes, bool vector)
{
    u64 unit = (offset - sizeof(struct cpu_common)) / UNIT;
    if (offset < sizeof(struct cpu_common) || offset % UNIT || unit + 4 > UNITS)
        return NULL;
    if (!p->of_unit[unit]) {
        if (p->count == MAX_SLOTS)
            return NULL;
        p->slots[p->count] = (struct slot){(u16)offset, (u8)bytes, vector, false, 0};
        for (unsigned i = 0; i < bytes / UNIT; i++) {
            if (p->of_unit[unit + i]) /* overlaps another: neither has one shape */
                p->slots[p->of_unit[unit + i] - 1].refused = p->slots[p->count].refused = true;
            p->of_unit[unit + i] = (u8)(p->count + 1);
        }
        p->count++;
    }
    return &p->slots[p->of_unit[unit] - 1];
}

/* The first access of a register says how wide it is: puts write whole registers, and gets of a part of a vector come
 * with its full width. Anything that does not fit that refuses the register. */
static void note_access(struct pins *p, const struct ir_fn *fn, const struct ir_op *op, u64 weight)
{
    bool put = op->op == IR_OP_put;
    u8 type = put ? fn->ops[op->a].type : op->type;
    unsigned bytes = value_bytes(type);
    bool vector = jit_is_vector(type);
    struct slot *s = slot_at(p, op->imm, vector ? 16 : bytes < UNIT ? UNIT : bytes, vector);
    if (!s)
        return;
    for (u64 at = op->imm + UNIT; at < op->imm + bytes; at += UNIT) { /* others that it covers */
        struct slot *other = slot_at(p, at, UNIT, vector);
        if (other && other != s)
            s->refused = other->refused = true;
    }
    if (type == IR_FLAGS || s->offset != op->imm || s->vector != vector || (put ? bytes != s->bytes : bytes > s->bytes))
        s->refused = true;
    if (!put || fn->ops[op->a].op != IR_OP_const) /* which is stored as it is */
        s->weight += weight;
}

/* Registers are 8 bytes wide if anything is: a narrow get must not decide. */
static void note_widths(struct pins *p, const struct ir_fn *fn)
{
    for (u32 k = 1; k < fn->count; k++) {
        const struct ir_op *op = &fn->ops[k];
        if (op->op == IR_OP_put || (op->op == IR_OP_get && op->type != IR_I32)) {
            u8 type = op->op == IR_OP_put ? fn->ops[op->a].type : op->type;
            bool vector = jit_is_vector(type);
            unsigned bytes = value_bytes(type);
            slot_at(p, op->imm, vector ? 16 : bytes < UNIT ? UNIT : bytes, vector);
        }
    }
}

static void take_best(struct jit *j, struct pins *p, u64 least, bool vector)
{
    u32 set = j->host->pins & (vector ? j->host->vector : j->host->general);
    /* Registers that calls keep first: they need no reload. */
    u32 order[2] = {set & j->host->saved, set & ~j->host->saved};
    while (set & ~j->pinned) {
        struct slot *best = NULL;
        for (unsigned i = 0; i < p->count; i++) {
            struct slot *s = &p->slots[i];
            if (!s->refused && s->vector == vector && s->weight > least && (!best || s->weight > best->weight))
                best = s;
        }
        if (!best)
            return;
        u32 free = order[0] & ~j->pinned ? order[0] & ~j->pinned : order[1] & ~j->pinned;
        unsigned reg = (unsigned)__builtin_ctz(free);
        j->pinned |= 1u << reg;
        j->pin_offset[reg] = best->offset;
        j->pin_bytes[reg] = best->bytes;
        best->refused = true;
    }
}

/* --- flow ---------------------------------------------------------------------------------------------------------- */

static unsigned targets(const struct ir_fn *fn, u32 out[IR_TARGETS])
{
    unsigned count = 0;
    for (u32 n = 0; n < fn->block_count; n++)
        if (fn->blocks[n].target)
            out[count++] = n;
    return count;
}

unsigned jit_successors(const struct ir_fn *fn, u32 n, u32 out[IR_TARGETS])
{
    const struct ir_op *last = &fn->ops[fn->blocks[n].end - 1];
    switch (last->op) {
    case IR_OP_exit_indirect: return (last->sub & IR_HINT_MASK) == IR_HINT_JUMP ? targets(fn, out) : 0;
    case IR_OP_br: out[1] = (u32)(last->imm >> 32); out[0] = (u32)last->imm; return 2;
    case IR_OP_jump: out[0] = (u32)last->imm; return 1;
    default: return 0;
    }
}

static bool has_loop(const struct ir_fn *fn)
{
    u32 to[IR_TARGETS];
    for (u32 n = 0; n < fn->block_count; n++)
        for (unsigned i = jit_successors(fn, n, to); i-- > 0;)
            if (to[i] <= n)
                return true;
    return false;
}

static u32 pin_bit(const struct jit *j, const struct ir_op *op)
{
    unsigned pin = jit_pin_of(j, op->imm);
    return pin == JIT_NOWHERE ? 0 : 1u << pin;
}

static void find_dirty(struct jit *j)
{
    const struct ir_fn *fn = j->fn;
    u32 puts[fn->block_count];
    for (u32 n = 0; n < fn->block_count; n++) {
        puts[n] = j->dirty_in[n] = 0;
        for (u32 k = fn->blocks[n].first; k < fn->blocks[n].end; k++)
            if (fn->ops[k].op == IR_OP_put)
                puts[n] |= pin_bit(j, &fn->ops[k]);
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (u32 n = 0; n < fn->block_count; n++) {
            u32 to[IR_TARGETS], out = j->dirty_in[n] | puts[n];
            for (unsigned i = jit_successors(fn, n, to); i-- > 0;)
                if (out & ~j->dirty_in[to[i]]) {
                    j->dirty_in[to[i]] |= out;
                    changed = true;
                }
        }
    }
}

/* Registers that must be valid where block n begins, those that its successors need apart. */
static u32 needs(const struct jit *j, u32 n, u32 *defined)
{
    const struct ir_fn *fn = j->fn;
    u32 used = 0, dirty = j->dirty_in[n], to[IR_TARGETS];
    *defined = 0;
    for (u32 k = fn->blocks[n].first; k < fn->blocks[n].end; k++) {
        const struct ir_op *op = &fn->ops[k];
        if (op->op == IR_OP_get) {
            used |= pin_bit(j, op) & ~*defined;
        } else if (op->op == IR_OP_put) {
            *defined |= pin_bit(j, op);
            dirty |= pin_bit(j, op);
        } else if (pins_observed(op)) {
            used |= dirty & ~*defined;
        }
    }
    for (unsigned i = jit_successors(fn, n, to); i-- > 0;)
        if (to[i] <= n) /* polls */
            used |= dirty & ~*defined;
    return used;
}

static void find_entry(struct jit *j)
{
    const struct ir_fn *fn = j->fn;
    u32 live[fn->block_count], defined[fn->block_count];
    for (u32 n = 0; n < fn->block_count; n++)
        live[n] = needs(j, n, &defined[n]);
    for (bool changed = true; changed;) {
        changed = false;
        for (u32 n = fn->block_count; n-- > 0;) {
            u32 to[IR_TARGETS], in = live[n];
            for (unsigned i = jit_successors(fn, n, to); i-- > 0;)
                in |= live[to[i]] & ~defined[n];
            changed |= in != live[n];
            live[n] = in;
        }
    }
    j->entry_pins = live[0];
}

void pins_none(struct jit *j)
{
    j->pinned = j->dirty = j->entry_pins = 0;
    memset(j->dirty_in, 0, j->fn->block_count * sizeof *j->dirty_in);
}

void pins_choose(struct jit *j)
{
    const struct ir_fn *fn = j->fn;
    pins_none(j);
    if (fn->block_count == 1 || (!has_loop(fn) && fn->block_count < 4))
        return;
    struct pins p;
    p.count = 0;
    memset(p.of_unit, 0, sizeof p.of_unit);
    note_widths(&p, fn);
    u64 entries = fn->blocks[0].weight + 1;
    for (u32 n = 0; n < fn->block_count; n++)
        for (u32 k = fn->blocks[n].first; k < fn->blocks[n].end; k++)
            if (fn->ops[k].op == IR_OP_get || fn->ops[k].op == IR_OP_put)
                note_access(&p, fn, &fn->ops[k], fn->blocks[n].weight);
    u64 least = has_loop(fn) ? entries / 4 : 2 * entries;
    take_best(j, &p, least, false);
    take_best(j, &p, least, true);
    find_dirty(j);
    find_entry(j);
}
