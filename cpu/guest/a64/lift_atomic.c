/* Atomic memory operations, FEAT_LSE: Arm ARM C4.1.94, "Atomic memory operations" and "Compare and swap". */
#include "a64_decode.h"
#include "guest/a64/a64.h"

static u8 order(u32 a, u32 r) { return (u8)((a ? IR_MEM_ACQ : 0) | (r ? IR_MEM_REL : 0)); }
static u8 swap(const struct ir_build *b) { return b->swap ? IR_MEM_SWAP : 0; }

/* Old value to rt; memory becomes the operation of it and rs. */
static enum flow atomic(struct ir_build *b, enum ir_opcode op, u32 size, u8 order, u32 rs, u32 rn, u32 rt)
{
    unsigned w = size == 3 ? 64 : 32;
    ir_ref base = a64_base(b, rn);
    u8 sub = (u8)size | order | swap(b) | a64_aligned(b, base, 0, 1u << size);
    a64_set_x(b, rt, w, ir_atomic(b, op, a64_type(w), sub, base, a64_get_x(b, rs, w)));
    return FLOW_NEXT;
}

#define ATOMIC(name, op)                                                                                               \
    LIFT(a64, name) { return atomic(b, IR_OP_atomic_##op, d->size, order(d->a, d->r), d->rs, d->rn, d->rt); }
ATOMIC(LDADD, add)
ATOMIC(LDCLR, andn)
ATOMIC(LDEOR, xor)
ATOMIC(LDSET, or)
ATOMIC(LDSMAX, smax)
ATOMIC(LDSMIN, smin)
ATOMIC(LDUMAX, umax)
ATOMIC(LDUMIN, umin)
ATOMIC(SWP, swap)
#undef ATOMIC

LIFT(a64, CAS)
{
    unsigned w = d->size == 3 ? 64 : 32;
    ir_ref base = a64_base(b, d->rn);
    u8 sub = (u8)d->size | order(d->a, d->r) | swap(b) | a64_aligned(b, base, 0, 1u << d->size);
    ir_ref old = ir_cas(b, a64_type(w), sub, base, a64_get_x(b, d->rs, w), a64_get_x(b, d->rt, w));
    a64_set_x(b, d->rs, w, old);
    return FLOW_NEXT;
}

/* The second register of a pair; the pair's first is even, and 30 pairs with the zero register. */
LIFT(a64, CASP)
{
    unsigned w = a64_width(d->sf);
    ir_ref base = a64_base(b, d->rn), x, y;
    u8 sub = order(d->a, d->r) | a64_aligned(b, base, 0, d->sf ? 16 : 8);
    ir_ref s = a64_get_x(b, d->rs, w), s2 = a64_get_x(b, d->rs + 1, w);
    ir_ref t = a64_get_x(b, d->rt, w), t2 = a64_get_x(b, d->rt + 1, w);
    if (d->sf)
        a64_split_x(b, ir_cas(b, IR_V128, sub | 4, base, a64_join_x(b, s, s2), a64_join_x(b, t, t2)), &x, &y);
    else
        a64_split_w(b, ir_cas(b, IR_I64, sub | 3 | swap(b), base, a64_join_w(b, s, s2), a64_join_w(b, t, t2)), &x, &y);
    a64_set_x(b, d->rs, w, x);
    a64_set_x(b, d->rs + 1, w, y);
    return FLOW_NEXT;
}
