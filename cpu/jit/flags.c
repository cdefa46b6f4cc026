/* Where condition flags are seen. See flags.h. */
#include "jit/flags.h"
#include "ir/flags.h"
#include "ir/special.h"
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

static bool may_change_all(const struct ir_op *op) { return op->op == IR_OP_call && ir_effects(op) & IR_ANY; }

/* --- light gets ---------------------------------------------------------------------------------------------------------- */

static bool replaces_nz(const struct ir_op *op)
{
    return (op->op == IR_OP_flags_nz && op->a == op->b) || op->op == IR_OP_flags_nzc;
}

/* The flags that an operation flags_nz or flags_nzc takes C and V, or V, from; IR_NONE: no flags. */
static ir_ref passed_by(const struct ir_fn *fn, const struct ir_op *op)
{
    const struct ir_op *word = &fn->ops[op->c];
    return word->op == IR_OP_flags_word && fn->ops[op->a].type == IR_I32 ? word->a : IR_NONE;
}

static bool whole_get(const struct jit *j, const struct ir_op *op)
{
    return op->op == IR_OP_get && op->imm == j->flags_offset && op->type == IR_FLAGS;
}

/* Where flags were last put so far in the block: all of them, N and Z (and C) alone, C with N and Z alone. */
struct last_puts {
    u32 all, parts, carry;
};

/* True if flags_nz or flags_nzc of get `from` may pass what is in memory: that is what was got, but for what it replaces. */
static bool passes(const struct last_puts *last, const struct ir_op *op, ir_ref from)
{
    return from > last->all && (op->op == IR_OP_flags_nzc || from > last->carry);
}

/* Operation k uses v as a light get, or what comes of one on the way to a put, may be used. */
static bool is_light_use(const struct jit *j, u32 k, ir_ref v, const struct last_puts *last)
{
    const struct ir_op *op = &j->fn->ops[k], *of = &j->fn->ops[v];
    if (of->op == IR_OP_get)
        return op->op == IR_OP_flags_word ||
               (op->op == IR_OP_cond && op->sub < IR_AL && v > last->all && v > last->parts);
    if (of->op == IR_OP_flags_word)
        return replaces_nz(op) && op->a != v && op->b != v;
    return is_put(j, op) && passes(last, of, passed_by(j->fn, of));
}

static void note_put(struct jit *j, u32 k, struct last_puts *last)
{
    const struct ir_fn *fn = j->fn;
    const struct ir_op *op = &fn->ops[k];
    if (may_change_all(op))
        last->all = k;
    if (!is_put(j, op))
        return;
    const struct ir_op *value = &fn->ops[op->a];
    ir_ref from = replaces_nz(value) ? passed_by(fn, value) : IR_NONE;
    bool part = from && whole_get(j, &fn->ops[from]) && passes(last, value, from);
    j->values[k].flags_passes = part;
    if (!part)
        last->all = k;
    else
        last->parts = k;
    if (part && value->op == IR_OP_flags_nzc)
        last->carry = k;
}

/* Operand i; IR_NONE: the operation has none there. */
static ir_ref operand(const struct ir_fn *fn, const struct ir_op *op, unsigned i)
{
    const ir_ref three[] = {op->a, op->b, op->c};
    if (op->op == IR_OP_call)
        return fn->args[op->a + i];
    return ir_refs(op->op) >> i & 1 ? three[i] : IR_NONE;
}

/* A use that is not light makes a value heavy, and what it is made of. */
static void find_light(struct jit *j, const struct ir_block *block)
{
    const struct ir_fn *fn = j->fn;
    u32 before = block->first - 1;
    struct last_puts last = {before, before, before};
    for (u32 k = block->first; k < block->end; k++) {
        const struct ir_op *op = &fn->ops[k];
        unsigned n = op->op == IR_OP_call ? op->b : 3;
        for (unsigned i = 0; i < n; i++) {
            ir_ref v = operand(fn, op, i);
            if (!v || !j->values[v].flags_light)
                continue;
            if (!is_light_use(j, k, v, &last))
                j->values[v].flags_light = false;
            else if (op->op == IR_OP_cond)
                j->values[v].flags_asked = true;
        }
        j->values[k].flags_light = whole_get(j, op) || op->op == IR_OP_flags_word || replaces_nz(op);
        note_put(j, k, &last);
    }
    for (u32 k = block->end; k-- > block->first;) {
        const struct ir_op *op = &fn->ops[k];
        if (replaces_nz(op) && !j->values[k].flags_light)
            j->values[op->c].flags_light = false;
        else if (op->op == IR_OP_flags_word && !j->values[k].flags_light)
            j->values[op->a].flags_light = false;
    }
}

bool flags_are_in_memory(const struct jit *j, ir_ref f)
{
    return j->values[f].flags_light && j->fn->ops[f].op == IR_OP_get;
}

bool flags_change_between(const struct jit *j, u32 from, u32 to)
{
    for (u32 k = from + 1; k < to; k++)
        if (is_put(j, &j->fn->ops[k]) || may_change_all(&j->fn->ops[k]))
            return true;
    return false;
}

/* --- flow ---------------------------------------------------------------------------------------------------------- */

/* What becomes of flags, FLAGS_READ and FLAGS_SEEN, for parts of them: those that FLAGS_NZ, FLAGS_CARRY_BIT and the rest of
 * a kind tell, one upon the other in a byte. */
enum { OF_NZ = 3, OF_CARRY = 3 << 2, OF_BASE = 3 << 4, OF_ALL = OF_NZ | OF_CARRY | OF_BASE, EACH = 1 | 1 << 2 | 1 << 4 };

static u8 together(u8 uses) { return (uses | uses >> 2 | uses >> 4) & 3; }

/* What becomes of the flags that are there where a block begins, if `uses` is what becomes of those that it leaves. Notes for
 * each put what becomes of those that it puts. */
static u8 follow_back(struct jit *j, const struct ir_block *block, u8 uses)
{
    for (u32 k = block->end; k-- > block->first;) {
        const struct ir_op *op = &j->fn->ops[k];
        struct jit_value *value = &j->values[k];
        if (is_put(j, op)) {
            const struct ir_op *flags = &j->fn->ops[op->a];
            u8 puts = !value->flags_passes ? OF_ALL : flags->op == IR_OP_flags_nzc ? OF_NZ | OF_CARRY : OF_NZ;
            value->flags_use = together(uses & puts);
            uses &= (u8)~puts;
            if (value->flags_passes && value->flags_use & FLAGS_READ)
                j->values[passed_by(j->fn, flags)].flags_word = true;
        } else if (flags_get(j, op)) {
            if (!value->flags_light || value->flags_word)
                uses |= FLAGS_READ * EACH;
            if (value->flags_asked)
                uses |= FLAGS_SEEN * EACH;
        } else if (pins_observed(op)) {
            uses |= FLAGS_SEEN * EACH;
        }
    }
    return uses;
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
            for (unsigned i = jit_successors(fn, n, to); i-- > 0;)
                out |= in[to[i]] | (to[i] <= n ? FLAGS_SEEN * EACH : 0); /* polls */
            u8 now = follow_back(j, &fn->blocks[n], out);
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
    if (j->flags_alike || !jit_const(j, flags->b, &bits))
        return;
    i64 number = flags->kind & FLAGS_OF_64 ? (i64)bits : (i32)bits;
    if (number > FLAGS_NUMBER_MOST || number < -FLAGS_NUMBER_MOST)
        return;
    flags->kind |= FLAGS_NUMBER | (u32)number << FLAGS_NUMBER_SHIFT;
    flags->b = IR_NONE;
}

/* Of flags f that an operation at k puts, and that give all four. */
static bool base_operands(const struct jit *j, ir_ref f, u32 k, struct flags_operands *out)
{
    const struct ir_op *op = &j->fn->ops[f];
    out->base = f;
    out->a = op->a;
    out->b = op->b;
    if (op->op == IR_OP_fcmp || op->op == IR_OP_fcmpe) {
        u8 type = j->fn->ops[op->a].type;
        bool flushes = !(j->fn->fp.known & FP_FZ) || j->fn->fp.value & FP_FZ;
        out->kind = FLAGS_OF_FLOAT | (type == IR_F64 ? FLAGS_OF_64 : 0);
        return !flushes && type != IR_F16;
    }
    if (op->op != IR_OP_flags_add && op->op != IR_OP_flags_sub && op->op != IR_OP_flags_logic)
        return false;
    ir_ref result = flags_result(j, f, k);
    u32 kind = op->op == IR_OP_flags_add   ? (result ? FLAGS_OF_ADD_RESULT : FLAGS_OF_ADD)
              : op->op == IR_OP_flags_sub ? (result ? FLAGS_OF_SUB_RESULT : FLAGS_OF_SUB)
                                          : FLAGS_OF_LOGIC;
    out->kind = kind | (j->fn->ops[op->a].type == IR_I64 ? FLAGS_OF_64 : 0);
    if (result)
        out->a = result;
    if (result && op->op == IR_OP_flags_logic && j->flags_alike) {
        out->b = result;
    } else if (result && op->op == IR_OP_flags_logic) {
        out->kind |= FLAGS_NUMBER | ~0u << FLAGS_NUMBER_SHIFT; /* the result and itself */
        out->b = IR_NONE;
    } else {
        put_number_in_kind(j, out);
    }
    return true;
}

static bool operands_of(const struct jit *j, u32 k, struct flags_operands *out)
{
    ir_ref f = j->fn->ops[k].a;
    const struct ir_op *op = &j->fn->ops[f];
    *out = (struct flags_operands){.passes = j->values[k].flags_passes};
    if (!replaces_nz(op))
        return base_operands(j, f, k, out);
    ir_ref from = passed_by(j->fn, op);
    if (!out->passes && (!from || !base_operands(j, from, k, out)))
        return false;
    out->nz = op->a;
    out->carry = op->op == IR_OP_flags_nzc ? op->b : IR_NONE;
    out->kind |= FLAGS_NZ | (out->carry ? FLAGS_CARRY_BIT : 0);
    return true;
}

unsigned flags_refs(const struct flags_operands *flags, ir_ref out[FLAGS_OPERANDS])
{
    const ir_ref all[FLAGS_OPERANDS] = {flags->a, flags->b, flags->nz, flags->carry};
    unsigned n = 0;
    for (unsigned i = 0; i < FLAGS_OPERANDS; i++) {
        bool known = !all[i];
        for (unsigned before = 0; before < n; before++)
            known |= out[before] == all[i];
        if (!known)
            out[n++] = all[i];
    }
    return n;
}

enum flags_put flags_put(const struct jit *j, u32 k, struct flags_operands *out)
{
    if (!j->flags_offset || !is_put(j, &j->fn->ops[k]))
        return FLAGS_PUT_WORD;
    u8 use = j->values[k].flags_use;
    if (!use)
        return FLAGS_PUT_NOTHING;
    return use & FLAGS_READ || !operands_of(j, k, out) ? FLAGS_PUT_WORD : FLAGS_PUT_PENDING;
}

/* --- kinds --------------------------------------------------------------------------------------------------------- */

u32 flags_kind_after(const struct jit *j, u32 k, u32 kind)
{
    const struct ir_op *op = &j->fn->ops[k];
    struct flags_operands flags;
    if (may_change_all(op) || (flags_get(j, op) && (!j->values[k].flags_light || j->values[k].flags_word)))
        return FLAGS_NOT_PENDING;
    if (!is_put(j, op))
        return kind;
    switch (flags_put(j, k, &flags)) {
    case FLAGS_PUT_WORD: return FLAGS_NOT_PENDING;
    case FLAGS_PUT_PENDING:
        return !flags.passes ? flags.kind : kind == FLAGS_KIND_UNKNOWN ? kind : kind | flags.kind;
    default: return kind;
    }
}

static void set_all(u32 *kinds, u32 count, u32 kind)
{
    for (u32 i = 0; i < count; i++)
        kinds[i] = kind;
}

/* Kinds that would be one without numbers. */
static bool differ_by_numbers(u32 one, u32 other)
{
    u32 base = one & FLAGS_BASE;
    return base && base <= FLAGS_OF_LOGIC && ((one ^ other) & (FLAGS_NUMBER - 1)) == 0;
}

/* As find_flow() says. */
static bool find_kinds(struct jit *j)
{
    enum { NOT_REACHED = FLAGS_KIND_UNKNOWN | FLAGS_NZ };
    const struct ir_fn *fn = j->fn;
    set_all(j->flags_kind_in, fn->block_count, NOT_REACHED);
    j->flags_kind_in[0] = FLAGS_KIND_UNKNOWN;
    bool numbers = false;
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
                numbers |= now != kind && differ_by_numbers(*in, kind);
                changed |= *in != now;
                *in = now;
            }
        }
    }
    return numbers;
}

bool flags_tell(u32 kind, unsigned cond)
{
    u32 base = kind & FLAGS_BASE;
    if (base > FLAGS_OF_LOGIC)
        return false;
    return !(kind & FLAGS_NZ) || cond < IR_HI;
}

/* Gets of which memory does not tell what conditions ask; true if there are any. They become heavy. */
static bool find_heavy(struct jit *j, bool change)
{
    const struct ir_fn *fn = j->fn;
    bool found = false;
    for (j->block_index = 0; j->block_index < fn->block_count; j->block_index++) {
        const struct ir_block *b = &fn->blocks[j->block_index];
        u32 kind = j->flags_kind_in[j->block_index];
        for (u32 k = b->first; k < b->end; kind = flags_kind_after(j, k, kind), k++) {
            const struct ir_op *op = &fn->ops[k];
            if (op->op != IR_OP_cond || !flags_are_in_memory(j, op->a) || flags_tell(kind, op->sub))
                continue;
            j->values[op->a].flags_light &= !change;
            found = true;
        }
    }
    return found;
}

/* True if kinds meet that differ by their numbers. */
static bool find_flow(struct jit *j)
{
    find_uses(j);
    return j->fn->block_count > 1 && find_kinds(j);
}

void flags_analyse(struct jit *j)
{
    set_all(j->flags_kind_in, j->fn->block_count, FLAGS_KIND_UNKNOWN);
    if (!j->flags_offset)
        return;
    for (u32 n = 0; n < j->fn->block_count; n++)
        find_light(j, &j->fn->blocks[n]);
    j->flags_alike = false;
    if (find_flow(j) && find_heavy(j, false)) {
        j->flags_alike = true;
        find_flow(j);
    }
    while (find_heavy(j, true))
        find_flow(j);
}
