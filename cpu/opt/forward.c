/* Forwarding of guest state within a block.
 *
 *     put x[0], %5              put x[0], %5
 *     %7:i32 = get x[0]   =>    %7:i32 = trunc %5
 *
 * The map holds, for each granule, the put or get that last defined it. What may change all state (IR_ANY) raises the
 * barrier below which entries do not count; nothing needs to be cleared. */
#include "opt/opt.h"
#include "opt/state_map.h"

static unsigned type_bytes(enum ir_type t) { return ir_type_bits(t) / 8; }

/* The value that a put or get at `at` leaves in the state. */
static ir_ref held(const struct ir_fn *fn, ir_ref at) { return fn->ops[at].op == IR_OP_put ? fn->ops[at].a : at; }

/* Turns get o into an operation on value v, which holds its bytes at the start, if there is one operation for that. */
static void take_low(const struct ir_fn *fn, struct ir_op *o, ir_ref v)
{
    enum ir_type have = fn->ops[v].type, want = o->type;
    enum ir_opcode op;
    if (have == want)
        op = IR_OP_copy;
    else if (have == IR_V128 && want != IR_FLAGS)
        op = IR_OP_low;
    else if (have == IR_I64 && want == IR_I32)
        op = IR_OP_trunc;
    else if (have == IR_FLAGS && want == IR_I32)
        op = IR_OP_flags_word;
    else if (have == IR_FLAGS || want == IR_FLAGS || type_bytes(have) != type_bytes(want))
        return;
    else
        op = IR_OP_bitcast;
    *o = (struct ir_op){.op = op, .type = want, .a = v};
}

static void forward_get(struct ir_fn *fn, struct state_map *map, ir_ref barrier, ir_ref r)
{
    struct ir_op *o = &fn->ops[r];
    unsigned first, count, bytes = type_bytes(o->type);
    u64 offset = o->imm;
    if (!state_range(offset, bytes, &first, &count))
        return;
    ir_ref at = map->at[first];
    bool same = at > barrier;
    for (unsigned i = 1; i < count; i++)
        same &= map->at[first + i] == at;
    if (same && fn->ops[at].imm == offset && bytes <= type_bytes(fn->ops[held(fn, at)].type)) {
        take_low(fn, o, held(fn, at));
        return; /* what is known of the wider value stays known */
    }
    bool whole = offset % STATE_GRANULE == 0 && bytes % STATE_GRANULE == 0;
    for (unsigned i = 0; whole && i < count; i++)
        map->at[first + i] = r;
}

static void note_put(const struct ir_fn *fn, struct state_map *map, ir_ref r)
{
    const struct ir_op *o = &fn->ops[r];
    unsigned first, count, bytes = type_bytes(fn->ops[o->a].type);
    if (!state_range(o->imm, bytes, &first, &count))
        return;
    bool whole = o->imm % STATE_GRANULE == 0 && bytes % STATE_GRANULE == 0;
    for (unsigned i = 0; i < count; i++)
        map->at[first + i] = whole ? r : IR_NONE;
}

void opt_forward(struct ir_fn *fn)
{
    struct state_map map;
    memset(&map, 0, sizeof map);
    for (u32 n = 0; n < fn->block_count; n++) {
        ir_ref barrier = fn->blocks[n].first - 1;
        for (ir_ref r = fn->blocks[n].first; r < fn->blocks[n].end; r++) {
            const struct ir_op *o = &fn->ops[r];
            if (o->op == IR_OP_get)
                forward_get(fn, &map, barrier, r);
            else if (o->op == IR_OP_put)
                note_put(fn, &map, r);
            else if (o->op == IR_OP_call && ir_effects(o) & IR_ANY)
                barrier = r;
        }
    }
}
