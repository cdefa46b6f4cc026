/* Choosing pinned registers, and the two flow problems behind them. See pins.h. */
#include "jit/pins.h"

enum { GROUP = 16, GROUPS = 128, USED = 64, UNIT = 4, UNITS = GROUP / UNIT };
enum size { WORDS, DOUBLES, QUADS, SIZES };

/* Accesses to 16 aligned bytes of the state, by size and first unit. */
struct group {
    u64 get[SIZES][UNITS], put[SIZES][UNITS]; /* weights */
    u8 gets[SIZES], puts[SIZES];              /* by unit: there are some */
    u8 refused, vector;                       /* by unit */
    u16 offset;
};

/* A part of the state that the function uses as one register. */
struct slot {
    u16 offset;
    u8 bytes;
    bool vector, taken;
    u64 weight;
};

struct pins {
    struct group groups[USED];
    unsigned group_count;
    u8 number[GROUPS + 1]; /* of a group + 1 */
    struct slot slots[USED * UNITS];
    unsigned count;
};

bool pins_observed(const struct ir_op *op)
{
    if (op->op == IR_OP_jump || op->op == IR_OP_br)
        return false;
    return ir_effects(op) & (IR_FAULTS | IR_ANY | IR_END);
}

static unsigned value_bytes(u8 type) { return ir_type_bits((enum ir_type)type) / 8; }
static u8 access_type(const struct ir_fn *fn, const struct ir_op *op)
{
    return op->op == IR_OP_put ? fn->ops[op->a].type : op->type;
}

static struct group *group_at(struct pins *p, u64 offset)
{
    u64 n = offset / GROUP - sizeof(struct cpu_common) / GROUP;
    if (offset < sizeof(struct cpu_common) || n >= GROUPS)
        return NULL;
    if (!p->number[n]) {
        if (p->group_count == USED)
            return NULL;
        p->groups[p->group_count] = (struct group){.offset = (u16)(offset / GROUP * GROUP)};
        p->number[n] = (u8)++p->group_count;
    }
    return &p->groups[p->number[n] - 1];
}

static void note_access(struct pins *p, const struct ir_fn *fn, const struct ir_op *op, u64 weight)
{
    bool put = op->op == IR_OP_put;
    u8 type = access_type(fn, op);
    unsigned bytes = value_bytes(type), at = op->imm % GROUP;
    struct group *g = group_at(p, op->imm), *next = at + bytes > GROUP ? group_at(p, op->imm + GROUP) : NULL;
    if (!g)
        return;
    unsigned units = (bytes + UNIT - 1) / UNIT, unit = at / UNIT;
    u8 covered = (u8)(((1u << units) - 1) << unit);
    if (type == IR_FLAGS || at % (units * UNIT) || (put && bytes < UNIT)) {
        g->refused |= covered;
        if (next)
            next->refused = (1 << UNITS) - 1;
        return;
    }
    enum size size = units / 2;
    if (jit_is_vector(type))
        g->vector |= covered;
    (put ? g->puts : g->gets)[size] |= (u8)(1u << unit);
    if (!put || fn->ops[op->a].op != IR_OP_const) /* which is stored as it is */
        (put ? g->put : g->get)[size][unit] += weight;
}

static void add_slot(struct pins *p, const struct group *g, unsigned unit, enum size size)
{
    unsigned units = 1u << size, mask = ((1u << units) - 1) << unit;
    struct slot s = {.offset = (u16)(g->offset + UNIT * unit), .bytes = (u8)(UNIT * units), .vector = g->vector & mask};
    if (g->refused & mask)
        return;
    unsigned used = 0;
    for (unsigned i = 0; i < SIZES; i++)
        for (unsigned u = 0; u < UNITS; u++)
            if (mask & ((1u << (1u << i)) - 1) << u) {
                s.weight += g->get[i][u] + g->put[i][u];
                used |= (unsigned)(g->gets[i] | g->puts[i]) >> u & 1;
            }
    /* A part of a general register is its low one, and never put. */
    if (!s.vector && size == DOUBLES && (((unsigned)g->puts[WORDS] >> unit & 3) || ((unsigned)g->gets[WORDS] >> unit & 2)))
        return;
    if (used)
        p->slots[p->count++] = s;
}

/* What accesses to parts of larger registers, and to several smaller ones, cost more than those of a whole one. */
static u64 cost_as_quad(const struct group *g)
{
    u64 cost = 0;
    for (unsigned u = 0; u < UNITS; u++)
        cost += g->put[WORDS][u] + g->put[DOUBLES][u] + (u ? g->get[WORDS][u] + g->get[DOUBLES][u] : 0);
    return cost;
}
static u64 cost_as_double(const struct group *g, unsigned u)
{
    return g->put[WORDS][u] + g->put[WORDS][u + 1] + g->get[WORDS][u + 1];
}
static u64 cost_as_words(const struct group *g, unsigned u) { return 2 * (g->get[DOUBLES][u] + g->put[DOUBLES][u]); }

static void choose_shape(struct pins *p, struct group *g)
{
    bool words[2];
    u64 cost = 2 * (g->get[QUADS][0] + g->put[QUADS][0]);
    for (unsigned half = 0; half < 2; half++) {
        unsigned u = 2 * half, mask = 3u << u;
        u64 as_double = cost_as_double(g, u), as_words = cost_as_words(g, u);
        bool doubles = (unsigned)(g->gets[DOUBLES] | g->puts[DOUBLES]) & mask;
        bool quads = (g->gets[QUADS] | g->puts[QUADS]) && !((unsigned)(g->gets[WORDS] | g->puts[WORDS]) & mask);
        bool larger = doubles || quads;
        if (larger && g->vector & mask) /* all of them: there is no part of a general register */
            g->vector |= (u8)mask;
        words[half] = !larger || (g->vector & mask && as_words < as_double);
        cost += words[half] ? as_words : as_double;
    }
    if ((g->gets[QUADS] | g->puts[QUADS]) && cost_as_quad(g) <= cost) {
        add_slot(p, g, 0, QUADS);
        return;
    }
    for (unsigned half = 0; half < 2; half++) {
        add_slot(p, g, 2 * half, words[half] ? WORDS : DOUBLES);
        if (words[half])
            add_slot(p, g, 2 * half + 1, WORDS);
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
            if (!s->taken && s->vector == vector && s->weight > least && (!best || s->weight > best->weight))
                best = s;
        }
        if (!best)
            return;
        u32 free = order[0] & ~j->pinned ? order[0] & ~j->pinned : order[1] & ~j->pinned;
        unsigned reg = (unsigned)__builtin_ctz(free);
        j->pinned |= 1u << reg;
        j->pin_offset[reg] = best->offset;
        j->pin_bytes[reg] = best->bytes;
        best->taken = true;
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

/* The pinned registers that a get or put reads or changes. */
static u32 pin_bits(const struct jit *j, const struct ir_op *op)
{
    return jit_pins_at(j, op->imm, value_bytes(access_type(j->fn, op)));
}

/* True if a put leaves a part of the one pinned register that it changes as it is. */
static bool puts_part(const struct jit *j, const struct ir_op *op, u32 pin)
{
    return pin && value_bytes(access_type(j->fn, op)) < j->pin_bytes[__builtin_ctz(pin)];
}

static void find_dirty(struct jit *j)
{
    const struct ir_fn *fn = j->fn;
    u32 puts[fn->block_count];
    for (u32 n = 0; n < fn->block_count; n++) {
        puts[n] = j->dirty_in[n] = 0;
        for (u32 k = fn->blocks[n].first; k < fn->blocks[n].end; k++)
            if (fn->ops[k].op == IR_OP_put)
                puts[n] |= pin_bits(j, &fn->ops[k]);
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
            used |= pin_bits(j, op) & ~*defined;
        } else if (op->op == IR_OP_put) {
            u32 bits = pin_bits(j, op);
            if (puts_part(j, op, bits))
                used |= bits & ~*defined;
            *defined |= bits;
            dirty |= bits;
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
    p.count = p.group_count = 0;
    memset(p.number, 0, sizeof p.number);
    u64 entries = fn->blocks[0].weight + 1;
    for (u32 n = 0; n < fn->block_count; n++)
        for (u32 k = fn->blocks[n].first; k < fn->blocks[n].end; k++)
            if (fn->ops[k].op == IR_OP_get || fn->ops[k].op == IR_OP_put)
                note_access(&p, fn, &fn->ops[k], fn->blocks[n].weight);
    for (unsigned i = 0; i < p.group_count; i++)
        choose_shape(&p, &p.groups[i]);
    u64 least = has_loop(fn) ? entries / 4 : 2 * entries;
    take_best(j, &p, least, false);
    take_best(j, &p, least, true);
    find_dirty(j);
    find_entry(j);
}
