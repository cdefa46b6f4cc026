/* Copies, constants, identities and equal operations, in one walk. */
#include "opt/opt.h"
#include "ir/special.h"

enum { RECENT = 256 };

/* What a value was replaced by. Copies are resolved in order, so one step is enough. */
static inline ir_ref resolve(const struct ir_op *ops, ir_ref r) { return ops[r].op == IR_OP_copy ? ops[r].a : r; }

static void resolve_operands(struct ir_fn *fn, struct ir_op *o)
{
    unsigned refs = ir_refs(o->op);
    if (refs & IR_REF_A)
        o->a = resolve(fn->ops, o->a);
    if (refs & IR_REF_B)
        o->b = resolve(fn->ops, o->b);
    if (refs & IR_REF_C)
        o->c = resolve(fn->ops, o->c);
    u32 count, first = ir_arg_list(o, &count);
    for (u32 i = 0; i < count; i++)
        fn->args[first + i] = resolve(fn->ops, fn->args[first + i]);
}

static void simplify_pure(struct ir_fn *fn, ir_ref recent[RECENT], ir_ref block_first, ir_ref r)
{
    struct ir_op *o = &fn->ops[r];
    while (o->op != IR_OP_copy && ir_fold(fn->ops, o))
        ;
    if (o->op == IR_OP_copy || o->op == IR_OP_param || o->op == IR_OP_none)
        return;
    ir_ref *slot = &recent[ir_hash(o) % RECENT], found = *slot;
    if (found >= block_first && !memcmp(&fn->ops[found], o, sizeof *o))
        *o = (struct ir_op){.op = IR_OP_copy, .type = o->type, .a = found};
    else
        *slot = r;
}

void opt_simplify(struct ir_fn *fn)
{
    ir_ref recent[RECENT];
    memset(recent, 0, sizeof recent);
    for (u32 n = 0; n < fn->block_count; n++) {
        ir_ref first = fn->blocks[n].first;
        for (ir_ref r = first; r < fn->blocks[n].end; r++) {
            struct ir_op *o = &fn->ops[r];
            resolve_operands(fn, o);
            if (ir_op_info[o->op].effects == IR_PURE)
                simplify_pure(fn, recent, first, r);
            else if (o->op == IR_OP_trap_if && fn->ops[o->a].op == IR_OP_const && !fn->ops[o->a].imm)
                *o = (struct ir_op){.op = IR_OP_none};
            else if (o->op == IR_OP_exit_branch && fn->ops[o->a].op == IR_OP_const)
                *o = (struct ir_op){.op = IR_OP_exit_next, .imm = fn->ops[fn->ops[o->a].imm ? o->b : o->c].imm};
        }
    }
}
