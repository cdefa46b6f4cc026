/* Marks pairs of load- and store-exclusive between which nothing but registers is worked on (IR_MEM_ALONE). Nobody
 * can tell whether the load of such a pair was done when its turn came or just before the store, so that comparing
 * the value is enough for it. */
#include "opt/opt.h"

static bool alike(const struct ir_op *load, const struct ir_op *store)
{
    return load->a == store->a && !((load->sub ^ store->sub) & IR_MEM_SIZE_MASK);
}

void opt_exclusive(struct ir_fn *fn)
{
    enum { MEMORY = IR_READ_MEM | IR_WRITE_MEM | IR_ANY };
    for (u32 n = 0; n < fn->block_count; n++) {
        struct ir_op *load = NULL;
        for (ir_ref r = fn->blocks[n].first; r < fn->blocks[n].end; r++) {
            struct ir_op *op = &fn->ops[r];
            if (op->op == IR_OP_store_ex && load && alike(load, op)) {
                load->sub |= IR_MEM_ALONE;
                op->sub |= IR_MEM_ALONE;
            }
            if (op->op == IR_OP_load_ex)
                load = op;
            else if (op->op == IR_OP_clear_ex || ir_effects(op) & MEMORY)
                load = NULL;
        }
    }
}
