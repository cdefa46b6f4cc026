/* Folding of one operation: constants through the evaluators, and identities. Purpose: lifting alone yields decent
 * code, and the passes see what forwarding has uncovered. It never needs a further operation: the result is a constant,
 * a copy, or the same operation with other operands. */
#include "ir/eval_support.h"
#include "ir/special.h"

enum { MAX_OPERANDS = 3 };

static void become_copy(struct ir_op *o, ir_ref a) { *o = (struct ir_op){.op = IR_OP_copy, .type = o->type, .a = a}; }

static void become_const(struct ir_op *o, u64 value)
{
    *o = (struct ir_op){.op = IR_OP_const, .type = o->type, .imm = value};
}

static union ir_value const_value(const struct ir_op *k)
{
    union ir_value v = {.v = {.d = {k->imm, k->type == IR_V128 ? k->b | (u64)k->c << 32 : 0}}};
    return v;
}

/* All operands constant, and there is one: asks the evaluator. */
static bool fold_constants(const struct ir_op *ops, struct ir_op *o)
{
    const ir_ref operand[MAX_OPERANDS] = {o->a, o->b, o->c};
    union ir_value in[MAX_OPERANDS] = {{.v = {.q = 0}}}, out = {.v = {.q = 0}};
    for (int i = 0; i < MAX_OPERANDS; i++)
        if (operand[i]) {
            if (ops[operand[i]].op != IR_OP_const)
                return false;
            in[i] = const_value(&ops[operand[i]]);
        }
    ir_eval_fn *eval = ir_eval_find(o->op, o->type, ops[o->a].type, o->sub);
    if (!eval)
        return false;
    eval(NULL, &out, &in[0], o->b ? &in[1] : NULL, o->c ? &in[2] : NULL, o->imm);
    unsigned width = ir_type_bits(o->type);
    become_const(o, width < 64 ? out.u64 & ones(width) : out.u64);
    if (o->type == IR_V128) {
        o->b = (u32)out.v.d[1];
        o->c = (u32)(out.v.d[1] >> 32);
    }
    return true;
}

static bool is_const(const struct ir_op *ops, ir_ref a, u64 *value)
{
    *value = ops[a].imm;
    return ops[a].op == IR_OP_const && ops[a].type != IR_V128;
}

/* Trailing zeros as Arm counts them. */
static bool fold_ctz(const struct ir_op *ops, struct ir_op *o)
{
    if (o->op != IR_OP_clz || ops[o->a].op != IR_OP_bitrev)
        return false;
    o->op = IR_OP_ctz;
    o->a = ops[o->a].a;
    return true;
}

/* Integer operations whose right operand is the constant k; m is all ones of the width. */
static bool fold_right_const(struct ir_op *o, u64 k, u64 m, unsigned width)
{
    switch (o->op) {
    case IR_OP_add:
    case IR_OP_sub:
    case IR_OP_or:
    case IR_OP_xor:
    case IR_OP_andn:
        if (k == 0)
            return become_copy(o, o->a), true;
        if (k == m && o->op != IR_OP_add && o->op != IR_OP_sub && o->op != IR_OP_xor)
            return become_const(o, o->op == IR_OP_or ? m : 0), true;
        return false;
    case IR_OP_and:
    case IR_OP_orn:
    case IR_OP_xorn:
        if (k == m)
            return become_copy(o, o->a), true;
        if (k == 0 && o->op != IR_OP_xorn)
            return become_const(o, o->op == IR_OP_orn ? m : 0), true;
        return false;
    case IR_OP_shl:
    case IR_OP_shr:
    case IR_OP_sar:
    case IR_OP_rotr:
        if ((k & (width - 1)) == 0)
            return become_copy(o, o->a), true;
        return false;
    case IR_OP_mul:
        if (k == 0)
            return become_const(o, 0), true;
        if (k == 1)
            return become_copy(o, o->a), true;
        return false;
    case IR_OP_udiv:
    case IR_OP_sdiv:
        if (k == 0)
            return become_const(o, 0), true;
        if (k == 1)
            return become_copy(o, o->a), true;
        return false;
    case IR_OP_ult:
        if (k == 0)
            return become_const(o, 0), true;
        return false;
    default: return false;
    }
}

/* Both operands are the same value. */
static bool fold_same(struct ir_op *o, u64 m)
{
    switch (o->op) {
    case IR_OP_sub:
    case IR_OP_xor:
    case IR_OP_andn:
    case IR_OP_ne:
    case IR_OP_ult:
    case IR_OP_slt: return become_const(o, 0), true;
    case IR_OP_orn:
    case IR_OP_xorn: return become_const(o, m), true;
    case IR_OP_eq:
    case IR_OP_ule:
    case IR_OP_sle: return become_const(o, 1), true;
    case IR_OP_and:
    case IR_OP_or: return become_copy(o, o->a), true;
    default: return false;
    }
}

static bool fold_int2(const struct ir_op *ops, struct ir_op *o)
{
    unsigned width = ir_type_bits(ops[o->a].type);
    u64 k, m = ones(width);
    switch (o->op) {
    case IR_OP_add:
    case IR_OP_mul:
    case IR_OP_and:
    case IR_OP_or:
    case IR_OP_xor:
    case IR_OP_eq:
    case IR_OP_ne: /* the constant goes to the right, so that engines match one form */
        if (ops[o->a].op == IR_OP_const && ops[o->b].op != IR_OP_const) {
            ir_ref t = o->a;
            o->a = o->b;
            o->b = t;
            return true;
        }
        break;
    case IR_OP_sub:
        if (is_const(ops, o->a, &k) && k == 0) {
            *o = (struct ir_op){.op = IR_OP_neg, .type = o->type, .a = o->b};
            return true;
        }
        break;
    case IR_OP_orn:
        if (is_const(ops, o->a, &k) && k == 0) { /* MVN is written so */
            *o = (struct ir_op){.op = IR_OP_not, .type = o->type, .a = o->b};
            return true;
        }
        break;
    default: break;
    }
    if (is_const(ops, o->b, &k))
        return fold_right_const(o, k, m, width);
    return o->a == o->b && fold_same(o, m);
}

/* Conversions of conversions. */
static bool fold_conversion(const struct ir_op *ops, struct ir_op *o)
{
    const struct ir_op *a = &ops[o->a];
    switch (o->op) {
    case IR_OP_trunc:
        if (a->op == IR_OP_zext || a->op == IR_OP_sext)
            return become_copy(o, a->a), true;
        return false;
    case IR_OP_bitcast:
        if (o->type == a->type)
            return become_copy(o, o->a), true;
        if (a->op == IR_OP_bitcast && ops[a->a].type == o->type && ir_type_bits(o->type) == ir_type_bits(a->type))
            return become_copy(o, a->a), true;
        if (a->op == IR_OP_low) { /* the low part at once under the other type */
            if (ir_type_bits(o->type) != ir_type_bits(a->type))
                return false;
            o->op = IR_OP_low;
            o->a = a->a;
            return true;
        }
        return false;
    case IR_OP_low:
        if (a->op == IR_OP_vec && ops[a->a].type == o->type)
            return become_copy(o, a->a), true;
        return false;
    case IR_OP_flags_pack:
        if (a->op == IR_OP_flags_word)
            return become_copy(o, a->a), true;
        return false;
    case IR_OP_zext_low:
    case IR_OP_sext_low:
        if (o->imm >= ir_type_bits(o->type) || (a->op == o->op && a->imm <= o->imm))
            return become_copy(o, o->a), true;
        if (o->op == IR_OP_zext_low && o->imm == 32 && a->op == IR_OP_zext)
            return become_copy(o, o->a), true;
        return false;
    default: return false;
    }
}

static bool replaces_nz(u16 op) { return op == IR_OP_flags_nz || op == IR_OP_flags_nzc; }

/* Flags of which some are those of other flags: what those others replaced themselves does not matter. */
static bool fold_flags(const struct ir_op *ops, struct ir_op *o)
{
    if (!replaces_nz(o->op))
        return false;
    const struct ir_op *b = &ops[o->b], *old = &ops[o->c];
    u64 k;
    if (o->op == IR_OP_flags_nzc && b->op == IR_OP_and && is_const(ops, b->b, &k) && k & 1) {
        o->b = b->a;
        return true;
    }
    if (old->op != IR_OP_flags_word || !replaces_nz(ops[old->a].op))
        return false;
    old = &ops[old->a];
    if (o->op == IR_OP_flags_nz && old->op == IR_OP_flags_nzc) {
        if (o->a != o->b || ops[o->a].type != ops[old->b].type)
            return false;
        o->op = IR_OP_flags_nzc;
        o->b = old->b;
    }
    o->c = old->c;
    return true;
}

/* C and V alone, of flags that have them from others. */
static bool fold_cond(const struct ir_op *ops, struct ir_op *o)
{
    const struct ir_op *flags = &ops[o->a];
    bool of_v = o->sub == IR_VS || o->sub == IR_VC, of_c = o->sub == IR_CS || o->sub == IR_CC;
    if (o->sub >= IR_AL)
        return become_const(o, 1), true;
    if ((flags->op != IR_OP_flags_nz || !(of_v || of_c)) && (flags->op != IR_OP_flags_nzc || !of_v))
        return false;
    if (ops[flags->c].op != IR_OP_flags_word)
        return false;
    o->a = ops[flags->c].a;
    return true;
}

static bool fold_select(const struct ir_op *ops, struct ir_op *o)
{
    u64 k;
    if (o->b == o->c)
        return become_copy(o, o->b), true;
    if (is_const(ops, o->a, &k))
        return become_copy(o, k ? o->b : o->c), true;
    return false;
}

static bool is_zip(const struct ir_op *o)
{
    return (o->op == IR_OP_vzip1 || o->op == IR_OP_vzip2) && o->sub == (IR_D | IR_FULL);
}

static bool same_reverse(const struct ir_op *a, const struct ir_op *b)
{
    return a->op == IR_OP_vrev && b->op == IR_OP_vrev && a->sub == b->sub && a->imm == b->imm && a->sub & IR_FULL;
}

/* Moves of whole doublewords and reversals within them, which undo each other. */
static bool fold_vector(const struct ir_op *ops, struct ir_op *o)
{
    const struct ir_op *a = &ops[o->a];
    if (o->op == IR_OP_vrev && o->imm == IR_D && is_zip(a) && same_reverse(o, &ops[a->a]) && same_reverse(o, &ops[a->b])) {
        *o = (struct ir_op){.op = a->op, .type = o->type, .sub = a->sub, .a = ops[a->a].a, .b = ops[a->b].a};
        return true;
    }
    if (o->op == IR_OP_vrev && same_reverse(o, a))
        return become_copy(o, a->a), true;
    if (is_zip(o) && is_zip(a) && is_zip(&ops[o->b])) {
        const struct ir_op *b = &ops[o->b];
        if (a->op == IR_OP_vzip1 && b->op == IR_OP_vzip2 && a->a == b->a && a->b == b->b)
            return become_copy(o, o->op == IR_OP_vzip1 ? a->a : a->b), true;
    }
    return false;
}

bool ir_fold(const struct ir_op *ops, struct ir_op *o)
{
    /* What reads fp_mode or accumulates flags is left alone, as are constants and parameters themselves. */
    if (ir_op_info[o->op].effects != IR_PURE || !o->a)
        return false;
    if (ops[o->a].op == IR_OP_const && fold_constants(ops, o))
        return true;
    switch (ir_op_info[o->op].kind) {
    case IR_KIND_INT2:
    case IR_KIND_CMP2: return fold_int2(ops, o);
    case IR_KIND_INT1:
        if ((o->op == IR_OP_not || o->op == IR_OP_neg || o->op == IR_OP_bswap || o->op == IR_OP_bitrev) &&
            ops[o->a].op == o->op)
            return become_copy(o, ops[o->a].a), true;
        return fold_ctz(ops, o);
    case IR_KIND_SPECIAL:
        if (o->op == IR_OP_select)
            return fold_select(ops, o);
        if (o->op == IR_OP_cond)
            return fold_cond(ops, o);
        return fold_conversion(ops, o);
    case IR_KIND_FLAGS3: return fold_flags(ops, o);
    case IR_KIND_V: return fold_vector(ops, o);
    default: return false;
    }
}
