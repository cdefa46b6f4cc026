/* Closes the gaps that removed operations and copies left, and renumbers. */
#include "opt/opt.h"
#include "ir/special.h"

void opt_compact(struct ir_fn *fn)
{
    u32 *to = ir_scratch(fn, fn->count); /* new number of each old one */
    ir_ref next = 1;
    to[0] = IR_NONE;
    for (ir_ref r = 1; r < fn->count; r++) {
        struct ir_op o = fn->ops[r];
        if (o.op == IR_OP_none || o.op == IR_OP_copy) {
            to[r] = o.op == IR_OP_copy ? to[o.a] : IR_NONE;
            continue;
        }
        unsigned refs = ir_refs(o.op);
        if (refs & IR_REF_A)
            o.a = to[o.a];
        if (refs & IR_REF_B)
            o.b = to[o.b];
        if (refs & IR_REF_C)
            o.c = to[o.c];
        u32 count, first = ir_arg_list(&o, &count);
        for (u32 i = 0; i < count; i++)
            fn->args[first + i] = to[fn->args[first + i]];
        to[r] = next;
        fn->ops[next++] = o;
    }
    /* The last operation of a block is never removed, so its new number says where the block ends. */
    for (u32 n = 0; n < fn->block_count; n++) {
        struct ir_block *block = &fn->blocks[n];
        ir_ref first = block->first;
        while (to[first] == IR_NONE)
            first++;
        block->first = to[first];
        block->end = to[block->end - 1] + 1;
    }
    fn->count = next;
}
