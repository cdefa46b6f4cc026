/* Marks pairs of load- and store-exclusive between which nothing but registers is worked on (IR_MEM_ALONE). Nobody
 * can tell whether the load of such a pair was done when its turn came or just before the store, so that comparing
 * the value is enough for it. */
#include "opt/opt.h"
#include "ir/special.h"

/* True if nothing between two operations writes the state that a get of this one reads. */
static bool unchanged(const struct ir_fn *fn, ir_ref from, ir_ref to, const struct ir_op *get)
{
    for (ir_ref r = from + 1; r < to; r++) {
        const struct ir_op *op = &fn->ops[r];
        bool near = op->imm < get->imm + 16 && get->imm < op->imm + 16;
        if (op->op == IR_OP_put ? near : ir_effects(op) & IR_ANY)
            return false;
    }
    return true;
}

/* True if both have one value. Equal operations are not yet one where the passes have not run. */
static bool same(const struct ir_fn *fn, ir_ref a, ir_ref b, unsigned depth)
{
    const struct ir_op *x = &fn->ops[a], *y = &fn->ops[b];
    if (a == b)
        return true;
    if (!depth || x->op != y->op || x->type != y->type || x->sub != y->sub || x->imm != y->imm)
        return false;
    if (x->op == IR_OP_get)
        return unchanged(fn, a, b, x);
    if (x->op == IR_OP_const)
        return x->b == y->b && x->c == y->c;
    unsigned refs = ir_refs(x->op);
    return !ir_effects(x) && refs && (!(refs & IR_REF_A) || same(fn, x->a, y->a, depth - 1)) &&
           (!(refs & IR_REF_B) || same(fn, x->b, y->b, depth - 1)) && (!(refs & IR_REF_C) || same(fn, x->c, y->c, depth - 1));
}

static bool alike(const struct ir_fn *fn, const struct ir_op *load, const struct ir_op *store)
{
    enum { DEEP = 4 };
    return !((load->sub ^ store->sub) & IR_MEM_SIZE_MASK) && same(fn, load->a, store->a, DEEP);
}

void opt_exclusive(struct ir_fn *fn)
{
    enum { MEMORY = IR_READ_MEM | IR_WRITE_MEM | IR_ANY };
    for (u32 n = 0; n < fn->block_count; n++) {
        struct ir_op *load = NULL;
        for (ir_ref r = fn->blocks[n].first; r < fn->blocks[n].end; r++) {
            struct ir_op *op = &fn->ops[r];
            if (op->op == IR_OP_store_ex && load && alike(fn, load, op)) {
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
