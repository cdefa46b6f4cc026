/* The verifier: what every engine and pass may rely on. Driven by the types column of special.c. */
#include "ir/special.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char message[200];

struct verifier {
    const struct ir_fn *fn;
    const struct ir_block *block;
    ir_ref at;
};

__attribute__((format(printf, 2, 3))) static bool wrong(const struct verifier *v, const char *format, ...)
{
    const struct ir_op *o = &v->fn->ops[v->at];
    int n = snprintf(message, sizeof message, "%%%u %s: ", v->at, o->op < IR_OP_COUNT ? ir_op_info[o->op].name : "?");
    va_list args;
    va_start(args, format);
    vsnprintf(message + n, sizeof message - (size_t)n, format, args);
    va_end(args);
    return false;
}

static bool is_float(enum ir_type t) { return t == IR_F16 || t == IR_F32 || t == IR_F64; }
static bool is_int(enum ir_type t) { return t == IR_I32 || t == IR_I64; }

static bool matches(char letter, enum ir_type t, enum ir_type result, enum ir_type first)
{
    switch (letter) {
    case 'i': return t == IR_I32;
    case 'l': return t == IR_I64;
    case 'g': return is_int(t);
    case 'f': return is_float(t);
    case 'v': return t == IR_V128;
    case 'F': return t == IR_FLAGS;
    case 's': return is_int(t) || is_float(t);
    case 'a': return t != IR_VOID;
    case '-': return t == IR_VOID;
    case 'T': return t == result;
    case 'A': return t == first;
    default: return false;
    }
}

/* An operand is a value of the same block, defined before; 0 where there is none. */
static bool check_ref(const struct verifier *v, ir_ref r)
{
    if (r && (r < v->block->first || r >= v->at))
        return wrong(v, "operand %%%u is not defined before it in its block", r);
    if (r && v->fn->ops[r].type == IR_VOID)
        return wrong(v, "operand %%%u has no value", r);
    return true;
}

static bool check_types(const struct verifier *v, const struct ir_op *o)
{
    const ir_ref operand[3] = {o->a, o->b, o->c};
    unsigned refs = ir_refs(o->op);
    for (int i = 0; i < 3; i++)
        if (refs >> i & 1 && !check_ref(v, operand[i]))
            return false;
    enum ir_type first = refs & IR_REF_A ? v->fn->ops[o->a].type : IR_VOID;
    const char *letter = ir_special_of(o->op)->types;
    if (!(o->op == IR_OP_call || matches(*letter, o->type, first, first)))
        return wrong(v, "result type %s", ir_type_name(o->type));
    letter += 2;
    bool optional = false;
    for (int i = 0; i < 3; i++) {
        if (*letter == '?') {
            optional = true;
            letter++;
        }
        if (!(refs >> i & 1))
            continue;
        if (!*letter      ? operand[i] != 0
            : !operand[i] ? !optional
                          : !matches(*letter, v->fn->ops[operand[i]].type, o->type, first))
            return wrong(v, "operand %c is %s", 'a' + i,
                         operand[i] ? ir_type_name(v->fn->ops[operand[i]].type) : "missing");
        letter += *letter != 0;
    }
    return true;
}

static bool check_memory(const struct verifier *v, const struct ir_op *o)
{
    unsigned size = o->sub & IR_MEM_SIZE_MASK;
    bool stores = o->op == IR_OP_store || o->op == IR_OP_store_ex;
    enum ir_type t = stores ? v->fn->ops[o->b].type : o->type;
    unsigned width = ir_type_bits(t);
    if (t == IR_FLAGS || size > 4 || (is_int(t) ? 8u << size > width : 8u << size != width))
        return wrong(v, "%u bytes as %s", 1u << size, ir_type_name(t));
    bool exclusive = o->op == IR_OP_load_ex || o->op == IR_OP_store_ex; /* there the bit is IR_MEM_ALONE */
    if (o->sub & IR_MEM_SIGN && !exclusive && (!is_int(t) || o->op != IR_OP_load))
        return wrong(v, "sign extension of %s", ir_type_name(t));
    return true;
}

static bool check_sub(const struct verifier *v, const struct ir_op *o)
{
    switch (ir_suffix_of(o->op)) {
    case IR_SUFFIX_COND:
        if (o->sub > IR_NV)
            return wrong(v, "condition %u", o->sub);
        return true;
    case IR_SUFFIX_LANE:
        if (o->sub & ~(IR_LANE_MASK | IR_FULL))
            return wrong(v, "lane %u", o->sub);
        return true;
    case IR_SUFFIX_MEM: return check_memory(v, o);
    case IR_SUFFIX_ORDER: return !(o->sub & ~(IR_MEM_ACQ | IR_MEM_REL)) || wrong(v, "order %u", o->sub);
    case IR_SUFFIX_NUMBER:
        if (o->op == IR_OP_prefetch)
            return o->sub <= (IR_PREFETCH_WHERE | IR_PREFETCH_WRITE) || wrong(v, "sub %u", o->sub);
        if (o->op == IR_OP_exit_call)
            return !(o->sub & ~IR_EXCHANGE) || wrong(v, "sub %u", o->sub);
        return o->sub < (ir_op_info[o->op].kind == IR_KIND_CUSTOM ? IR_CUSTOM_SUBS : 1) || wrong(v, "sub %u", o->sub);
    case IR_SUFFIX_NONE:
        if (o->op == IR_OP_exit_indirect ? o->sub != IR_HINT_SYNC && (o->sub & ~IR_EXCHANGE) > IR_HINT_RETURN
                                         : o->op != IR_OP_insn && o->sub >= TRAP_COUNT)
            return wrong(v, "sub %u", o->sub);
        return true;
    }
    return true;
}

static bool check_args(const struct verifier *v, u32 first, u32 count)
{
    if (first > v->fn->arg_count || count > v->fn->arg_count - first)
        return wrong(v, "operand list outside the function's");
    for (u32 i = 0; i < count; i++)
        if (!v->fn->args[first + i])
            return wrong(v, "operand %u is missing", i);
        else if (!check_ref(v, v->fn->args[first + i]))
            return false;
    return true;
}

static bool check_call(const struct verifier *v, const struct ir_op *o)
{
    if (o->imm >= IR_HELPER_COUNT)
        return wrong(v, "unknown helper");
    const struct ir_helper *h = &ir_helpers[o->imm];
    if (o->type != h->result || o->b != h->arg_count)
        return wrong(v, "%s: result or number of operands", h->name);
    if (!check_args(v, o->a, o->b))
        return false;
    for (u32 i = 0; i < o->b; i++)
        if (v->fn->ops[v->fn->args[o->a + i]].type != h->args[i])
            return wrong(v, "%s: type of operand %u", h->name, i);
    return true;
}

static bool check_edge(const struct verifier *v, u32 target, u32 first, u32 count)
{
    if (target >= v->fn->block_count)
        return wrong(v, "no block%u", target);
    const struct ir_block *block = &v->fn->blocks[target];
    if (block->param_count != count)
        return wrong(v, "block%u has %u parameters", target, block->param_count);
    if (!check_args(v, first, count))
        return false;
    for (u32 i = 0; i < count; i++)
        if (v->fn->ops[v->fn->args[first + i]].type != v->fn->ops[block->first + i].type)
            return wrong(v, "type of operand %u for block%u", i, target);
    return true;
}

static bool check_special(const struct verifier *v, const struct ir_op *o)
{
    const struct ir_op *ops = v->fn->ops;
    unsigned from = ir_type_bits(ops[ir_refs(o->op) & IR_REF_A ? o->a : 0].type), to = ir_type_bits(o->type);
    switch (o->op) {
    case IR_OP_const: return to >= 64 || o->imm >> to == 0 || wrong(v, "constant wider than its type");
    case IR_OP_param: return v->at == v->block->first + o->imm || wrong(v, "parameters come first, in order");
    case IR_OP_sext_low:
    case IR_OP_zext_low: return ((o->imm == 8 || o->imm == 16 || o->imm == 32) && o->imm <= to) || wrong(v, "width");
    case IR_OP_bitcast:
        if (from != to && !(from == 16 && o->type == IR_I32) && !(o->type == IR_F16 && ops[o->a].type == IR_I32))
            return wrong(v, "%u bits as %u", from, to);
        return true;
    case IR_OP_call: return check_call(v, o);
    case IR_OP_jump: return check_edge(v, (u32)o->imm, o->b, o->c);
    case IR_OP_br: return check_edge(v, (u32)o->imm, o->b, o->c) && check_edge(v, (u32)(o->imm >> 32), o->b, o->c);
    case IR_OP_exit_branch:
        return (ops[o->b].op == IR_OP_const && ops[o->c].op == IR_OP_const) || wrong(v, "targets are constants");
    case IR_OP_exit_indirect: return !(o->sub & IR_EXCHANGE) || from == 32 || wrong(v, "an exchange of %u bits", from);
    case IR_OP_exit_call: return ops[o->a].op == IR_OP_const || wrong(v, "the return address is a constant");
    default: return true;
    }
}

static bool check_op(const struct verifier *v)
{
    const struct ir_op *o = &v->fn->ops[v->at];
    if (o->op >= IR_OP_COUNT || o->type >= IR_TYPE_COUNT)
        return wrong(v, "no such operation or type");
    if (o->op == IR_OP_none) /* removed by a pass that is not finished */
        return o->type == IR_VOID || wrong(v, "has a type");
    if (!(ir_op_info[o->op].effects & IR_END) != (v->at != v->block->end - 1))
        return wrong(v, "only the last operation of a block ends it");
    if (!check_types(v, o) || !check_sub(v, o) || !check_special(v, o))
        return false;
    unsigned kind = ir_op_info[o->op].kind;
    if (kind != IR_KIND_SPECIAL && !ir_eval_find(o->op, o->type, v->fn->ops[o->a].type, o->sub))
        return wrong(v, "no evaluator for %s.%u", ir_type_name(o->type), o->sub);
    return true;
}

const char *ir_verify(const struct ir_fn *fn)
{
    struct verifier v = {.fn = fn, .at = 0};
    u32 targets = 0;
    if (!fn->count || !fn->block_count)
        return "the function is empty";
    for (u32 i = 0; i < fn->block_count; i++) {
        v.block = &fn->blocks[i];
        targets += v.block->target;
        if (!v.block->first || v.block->first >= v.block->end || v.block->end > fn->count ||
            v.block->param_count >= v.block->end - v.block->first) {
            snprintf(message, sizeof message, "block%u is not complete", i);
            return message;
        }
        if (targets > IR_TARGETS || (v.block->target && fn->ops[v.block->first].op != IR_OP_insn)) {
            snprintf(message, sizeof message, "block%u cannot be a target", i);
            return message;
        }
        for (v.at = v.block->first; v.at < v.block->end; v.at++)
            if (!check_op(&v) || (v.at < v.block->first + v.block->param_count && fn->ops[v.at].op != IR_OP_param &&
                                  !wrong(&v, "not a parameter")))
                return message;
    }
    return NULL;
}
