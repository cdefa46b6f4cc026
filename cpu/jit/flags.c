/* Where condition flags are seen. See flags.h. */
#include "jit/flags.h"
#include "ir/flags.h"
#include "jit/pins.h"

enum { FLAGS_BYTES = 4, NEAR = 6 };

static bool is_put(const struct jit *j, const struct ir_op *op)
{
    return op->op == IR_OP_put && op->imm == j->flags_offset && j->fn->ops[op->a].type == IR_FLAGS;
}

bool flags_get(const struct jit *j, const struct ir_op *op)
{
    return op->op == IR_OP_get && op->imm < j->flags_offset + FLAGS_BYTES &&
           op->imm + ir_type_bits((enum ir_type)op->type) / 8 > j->flags_offset;
}

/* --- flow ---------------------------------------------------------------------------------------------------------- */

/* What happens to the flags that are there at operation k, up to the end of the block: FLAGS_READ, FLAGS_SEEN; *kept: no put
 * replaces them. */
static u8 follow(const struct jit *j, u32 k, u32 end, bool *kept)
{
    u8 found = 0;
    *kept = false;
    for (; k < end; k++) {
        const struct ir_op *op = &j->fn->ops[k];
        if (is_put(j, op))
            return found;
        if (flags_get(j, op))
            return found | FLAGS_READ;
        if (pins_observed(op))
            found |= FLAGS_SEEN;
    }
    *kept = true;
    return found;
}

static void find_uses(struct jit *j)
{
    const struct ir_fn *fn = j->fn;
    u8 in[fn->block_count];
    memset(in, 0, fn->block_count);
    for (bool changed = true; changed;) {
        changed = false;
        for (u32 n = fn->block_count; n-- > 0;) {
            u32 to[IR_TARGETS];
            u8 out = 0;
            bool kept;
            for (unsigned i = jit_successors(fn, n, to); i-- > 0;)
                out |= in[to[i]] | (to[i] <= n ? FLAGS_SEEN : 0); /* polls */
            j->flags_out[n] = out;
            u8 now = follow(j, fn->blocks[n].first, fn->blocks[n].end, &kept);
            now |= kept ? out : 0;
            changed |= now != in[n];
            in[n] = now;
        }
    }
}

/* --- puts ---------------------------------------------------------------------------------------------------------- */

enum ir_opcode flags_result_op(u16 op)
{
    return op == IR_OP_flags_add ? IR_OP_add : op == IR_OP_flags_sub ? IR_OP_sub : IR_OP_and;
}

ir_ref flags_result(const struct jit *j, ir_ref f, u32 end)
{
    const struct ir_op *ops = j->fn->ops, *op = &ops[f];
    enum ir_opcode want = flags_result_op(op->op);
    const struct ir_block *block = &j->fn->blocks[j->block_index];
    u32 from = f > block->first + NEAR ? f - NEAR : block->first;
    for (u32 k = from; k < end && k < f + NEAR; k++)
        if (ops[k].op == want && ops[k].a == op->a && ops[k].b == op->b)
            return k;
    return IR_NONE;
}

/* A small number needs no store of its own. */
static void put_number_in_kind(const struct jit *j, struct flags_operands *flags)
{
    u64 bits;
    if (!jit_const(j, flags->b, &bits))
        return;
    i64 number = flags->kind & FLAGS_OF_64 ? (i64)bits : (i32)bits;
    if (number > FLAGS_NUMBER_MOST || number < -FLAGS_NUMBER_MOST)
        return;
    flags->kind |= FLAGS_NUMBER | (u32)number << FLAGS_NUMBER_SHIFT;
    flags->b = IR_NONE;
}

static bool operands_of(const struct jit *j, u32 k, struct flags_operands *out)
{
    ir_ref f = j->fn->ops[k].a;
    const struct ir_op *op = &j->fn->ops[f];
    if (op->op == IR_OP_fcmp || op->op == IR_OP_fcmpe) {
        u8 type = j->fn->ops[op->a].type;
        bool flushes = !(j->fn->fp.known & FP_FZ) || j->fn->fp.value & FP_FZ;
        *out = (struct flags_operands){FLAGS_OF_FLOAT | (type == IR_F64 ? FLAGS_OF_64 : 0), op->a, op->b};
        return !flushes && type != IR_F16;
    }
    if (op->op != IR_OP_flags_add && op->op != IR_OP_flags_sub && op->op != IR_OP_flags_logic)
        return false;
    ir_ref result = flags_result(j, f, k);
    u32 kind = op->op == IR_OP_flags_add   ? (result ? FLAGS_OF_ADD_RESULT : FLAGS_OF_ADD)
              : op->op == IR_OP_flags_sub ? (result ? FLAGS_OF_SUB_RESULT : FLAGS_OF_SUB)
                                          : FLAGS_OF_LOGIC;
    out->kind = kind | (j->fn->ops[op->a].type == IR_I64 ? FLAGS_OF_64 : 0);
    out->a = result ? result : op->a;
    out->b = op->b;
    if (result && op->op == IR_OP_flags_logic) {
        out->kind |= FLAGS_NUMBER | ~0u << FLAGS_NUMBER_SHIFT; /* the result and itself */
        out->b = IR_NONE;
    } else {
        put_number_in_kind(j, out);
    }
    return true;
}

enum flags_put flags_put(const struct jit *j, u32 k, struct flags_operands *out)
{
    if (!j->flags_offset || !is_put(j, &j->fn->ops[k]))
        return FLAGS_PUT_WORD;
    bool kept;
    u8 use = follow(j, k + 1, j->fn->blocks[j->block_index].end, &kept);
    use |= kept ? j->flags_out[j->block_index] : 0;
    if (!use)
        return FLAGS_PUT_NOTHING;
    return use & FLAGS_READ || !operands_of(j, k, out) ? FLAGS_PUT_WORD : FLAGS_PUT_PENDING;
}

/* --- kinds --------------------------------------------------------------------------------------------------------- */

u32 flags_kind_after(const struct jit *j, u32 k, u32 kind)
{
    const struct ir_op *op = &j->fn->ops[k];
    struct flags_operands flags;
    if (flags_get(j, op) || (op->op == IR_OP_call && ir_effects(op) & IR_ANY))
        return FLAGS_NOT_PENDING;
    if (!is_put(j, op))
        return kind;
    switch (flags_put(j, k, &flags)) {
    case FLAGS_PUT_WORD: return FLAGS_NOT_PENDING;
    case FLAGS_PUT_PENDING: return flags.kind;
    default: return kind;
    }
}

static void set_all(u32 *kinds, u32 count, u32 kind)
{
    for (u32 i = 0; i < count; i++)
        kinds[i] = kind;
}

static void find_kinds(struct jit *j)
{
    enum { NOT_REACHED = FLAGS_KIND_UNKNOWN + 1 };
    const struct ir_fn *fn = j->fn;
    set_all(j->flags_kind_in, fn->block_count, NOT_REACHED);
    j->flags_kind_in[0] = FLAGS_KIND_UNKNOWN;
    for (bool changed = true; changed;) {
        changed = false;
        for (j->block_index = 0; j->block_index < fn->block_count; j->block_index++) {
            const struct ir_block *b = &fn->blocks[j->block_index];
            u32 kind = j->flags_kind_in[j->block_index];
            if (kind == NOT_REACHED)
                continue;
            for (u32 k = b->first; k < b->end; k++)
                kind = flags_kind_after(j, k, kind);
            u32 to[IR_TARGETS];
            for (unsigned i = jit_successors(fn, j->block_index, to); i-- > 0;) {
                u32 *in = &j->flags_kind_in[to[i]], now = *in == NOT_REACHED || *in == kind ? kind : FLAGS_KIND_UNKNOWN;
                changed |= *in != now;
                *in = now;
            }
        }
    }
}

void flags_analyse(struct jit *j)
{
    memset(j->flags_out, 0, j->fn->block_count);
    set_all(j->flags_kind_in, j->fn->block_count, FLAGS_KIND_UNKNOWN);
    if (!j->flags_offset)
        return;
    find_uses(j);
    if (j->fn->block_count > 1)
        find_kinds(j);
}
