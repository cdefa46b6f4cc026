/* Dead puts and dead values, in one walk from the end of each block.
 *
 * A put is dead when every granule it writes is written again before anything can see it. Seers are: a get that
 * overlaps; and whatever may leave the function or read all state (IR_FAULTS, IR_ANY, the block's end): guest state is
 * exact there. */
#include "opt/opt.h"
#include "opt/state_map.h"
#include "ir/special.h"

/* Operations with a value but no other effect than these may go when the value is unused. Those that fault or
 * accumulate floating-point flags stay. */
static const u16 removable = IR_READ_STATE;

struct dead {
    struct ir_fn *fn;
    u32 *used;             /* by ir_ref: a bit set, one bit a value */
    ir_ref seer;           /* the nearest later operation that sees all state */
    struct state_map over; /* by granule: the nearest later put of the whole granule; counts if before the seer */
};

static void use(struct dead *d, ir_ref r) { d->used[r >> 5] |= 1u << (r & 31); }
static bool is_used(const struct dead *d, ir_ref r) { return d->used[r >> 5] >> (r & 31) & 1; }

static void use_operands(struct dead *d, const struct ir_op *o)
{
    unsigned refs = ir_refs(o->op);
    if (refs & IR_REF_A)
        use(d, o->a);
    if (refs & IR_REF_B)
        use(d, o->b);
    if (refs & IR_REF_C)
        use(d, o->c);
    u32 count, first = ir_arg_list(o, &count);
    for (u32 i = 0; i < count; i++)
        use(d, d->fn->args[first + i]);
}

/* Whether the put at r is overwritten unseen; otherwise it now overwrites what is before it. */
static bool dead_put(struct dead *d, ir_ref r)
{
    const struct ir_op *o = &d->fn->ops[r];
    unsigned first, count, bytes = ir_type_bits(d->fn->ops[o->a].type) / 8;
    if (!state_range(o->imm, bytes, &first, &count))
        return false;
    bool dead = true;
    for (unsigned i = 0; i < count; i++)
        dead &= d->over.at[first + i] && d->over.at[first + i] < d->seer;
    if (dead)
        return true;
    if (o->imm % STATE_GRANULE == 0 && bytes % STATE_GRANULE == 0)
        for (unsigned i = 0; i < count; i++)
            d->over.at[first + i] = r;
    return false;
}

static void see(struct dead *d, const struct ir_op *get)
{
    unsigned first, count;
    if (state_range(get->imm, ir_type_bits(get->type) / 8, &first, &count))
        memset(&d->over.at[first], 0, count * sizeof d->over.at[0]);
}

static void dead_in_block(struct dead *d, const struct ir_block *block)
{
    struct ir_op *ops = d->fn->ops;
    d->seer = block->end - 1;
    for (ir_ref r = block->end; r-- > block->first;) {
        struct ir_op *o = &ops[r];
        u16 effects = ir_effects(o);
        bool unused = o->op == IR_OP_put
                          ? dead_put(d, r)
                          : o->op != IR_OP_param && o->type != IR_VOID && !(effects & ~removable) && !is_used(d, r);
        if (unused) {
            *o = (struct ir_op){.op = IR_OP_none};
            continue;
        }
        if (o->op == IR_OP_get)
            see(d, o);
        else if (effects & (IR_FAULTS | IR_ANY | IR_END))
            d->seer = r;
        use_operands(d, o);
    }
}

void opt_dead(struct ir_fn *fn)
{
    u32 words = fn->count / 32 + 1;
    struct dead d = {.fn = fn, .used = ir_scratch(fn, words)};
    memset(d.used, 0, words * sizeof *d.used);
    for (u32 n = fn->block_count; n-- > 0;) {
        if (n + 1 < fn->block_count)
            memset(&d.over, 0, sizeof d.over); /* a later block is another path */
        dead_in_block(&d, &fn->blocks[n]);
    }
}
