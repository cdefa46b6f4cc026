/* Atomics, exclusives, fences. Every locked instruction is a full barrier, so acquire and release come with it.
 *
 * Misaligned ones lie within 16 aligned bytes (check_alignment()), where the processor keeps them whole. What is not
 * direct or byte-swapped, and 16 bytes there, goes through the interpreter's functions. */
#include "jit/x64/rules_mem.h"
#include "interp/watch.h"

static void lock(struct x64 *x) { x64_byte(&x->c, 0xf0); }

/* The rows of an instruction for 1, 2, 4 and 8 bytes. */
#define SIZES(name) {X64_##name##8, X64_##name##16, X64_##name, X64_##name | X64_W}

static unsigned size_of(const struct ir_op *op) { return op->sub & IR_MEM_SIZE_MASK; }
static unsigned wide_size(unsigned size) { return size == 3 ? X64_W : 0; }

/* dst = the low `size` bytes of RAX, zero-extended. */
static void take_old(struct x64 *x, unsigned dst, unsigned size)
{
    static const u16 insns[] = {X64_movzx8, X64_movzx16, X64_mov_rr, X64_mov_rr | X64_W};
    x64_rr(&x->c, insns[size], dst, RAX);
}

static bool unused(const struct x64 *x, u32 k) { return !x->j.values[k].uses; }

/* --- read, modify, write ------------------------------------------------------------------------------------------ */

static u16 plain_form(u16 op, unsigned size)
{
    static const u16 add[] = SIZES(add_mr), and[] = SIZES(and_mr), or[] = SIZES(or_mr), xor[] = SIZES(xor_mr);
    switch (op) {
    case IR_OP_atomic_add: return add[size];
    case IR_OP_atomic_andn: return and[size];
    case IR_OP_atomic_or: return or[size];
    case IR_OP_atomic_xor: return xor[size];
    default: return 0;
    }
}

/* RDX = what replaces the old value in RAX. For narrow minima and maxima b is extended: extended(). */
static void new_value(struct x64 *x, const struct ir_op *op, unsigned b, unsigned w)
{
    struct x64_code *c = &x->c;
    enum x64_cc keeps;
    switch (op->op) {
    case IR_OP_atomic_andn:
        x64_rr(c, X64_mov_rr | w, RDX, b);
        x64_rr(c, X64_not | w, 0, RDX);
        x64_rr(c, X64_and | w, RDX, RAX);
        return;
    case IR_OP_atomic_or:
    case IR_OP_atomic_xor:
        x64_rr(c, X64_mov_rr | w, RDX, RAX);
        x64_rr(c, (op->op == IR_OP_atomic_or ? X64_or : X64_xor) | w, RDX, b);
        return;
    case IR_OP_atomic_smax: keeps = CC_GE; break;
    case IR_OP_atomic_smin: keeps = CC_LE; break;
    case IR_OP_atomic_umax: keeps = CC_AE; break;
    default: keeps = CC_BE; break;
    }
    unsigned size = size_of(op);
    bool sign = op->op == IR_OP_atomic_smax || op->op == IR_OP_atomic_smin;
    unsigned extend = size == 0 ? (sign ? X64_movsx8 : X64_movzx8) : size == 1 ? (sign ? X64_movsx16 : X64_movzx16)
                                                                               : X64_mov_rr | w;
    x64_rr(c, extend, RDX, RAX);
    x64_rr(c, X64_cmp | w, RDX, b);
    x64_cmov(c, x64_not(keeps), w, RDX, b);
}

/* A loop around compare-and-exchange. The first look is a plain load, which leaves the old value in RAX. */
static void loop(struct x64 *x, const struct ir_op *op, struct x64_mem m, unsigned b)
{
    static const u16 exchange[] = SIZES(cmpxchg), look[] = {X64_movzx8, X64_movzx16, X64_mov_rr, X64_mov_rr | X64_W};
    struct x64_code *c = &x->c;
    unsigned size = size_of(op);
    x64_rm(c, look[size], RAX, m);
    u32 again = c->count;
    new_value(x, op, b, wide_size(size));
    lock(x);
    x64_rm(c, exchange[size], RDX, m);
    x64_patch(c, x64_jcc(c, CC_NE), again);
}

/* For narrow minima and maxima: RCX = b, extended as the comparison wants it. */
static unsigned extended(struct x64 *x, const struct ir_op *op, unsigned b)
{
    unsigned size = size_of(op);
    if (size > 1 || op->op < IR_OP_atomic_smax || op->op > IR_OP_atomic_umin)
        return b;
    bool sign = op->op == IR_OP_atomic_smax || op->op == IR_OP_atomic_smin;
    x64_rr(&x->c, size ? (sign ? X64_movsx16 : X64_movzx16) : (sign ? X64_movsx8 : X64_movzx8), RCX, b);
    return RCX;
}
_Static_assert(IR_OP_atomic_umin - IR_OP_atomic_smax == 3, "the minima and maxima are neighbours in ops_mem.def");

void x64_atomic(struct x64 *x, u32 k, const struct ir_op *op)
{
    static const u16 exchange[] = SIZES(xchg), add[] = SIZES(xadd);
    struct x64_code *c = &x->c;
    unsigned size = size_of(op);
    if ((op->sub & IR_MEM_SWAP && size) || watch_on()) {
        x64_access(x, k, op);
        return;
    }
    u16 plain = unused(x, k) ? plain_form(op->op, size) : 0;
    unsigned b = use(x, op->b), dst = def(x, k);
    struct x64_mem m = x64_operand(x, op, dst, true);
    if (plain) {
        if (op->op == IR_OP_atomic_andn) {
            x64_rr(c, X64_mov_rr | X64_W, RAX, b);
            x64_rr(c, X64_not | X64_W, 0, RAX);
            b = RAX;
        }
        lock(x);
        x64_rm(c, plain, b, m);
    } else if (op->op == IR_OP_atomic_add || op->op == IR_OP_atomic_swap) {
        x64_rr(c, X64_mov_rr | X64_W, RAX, b);
        if (op->op == IR_OP_atomic_add)
            lock(x);
        x64_rm(c, (op->op == IR_OP_atomic_add ? add : exchange)[size], RAX, m);
        take_old(x, dst, size);
    } else {
        loop(x, op, m, extended(x, op, b));
        take_old(x, dst, size);
    }
}

/* --- compare and swap --------------------------------------------------------------------------------------------- */

/* RDX:RAX and RCX:RBX take part; RBX is the processor's state, kept in the frame meanwhile. */
static void exchange16(struct x64 *x, struct x64_mem m, unsigned desired)
{
    struct x64_code *c = &x->c;
    x64_rm(c, X64_mov_mr | X64_W, CPU, x64_at(RSP, FRAME_RESULT));
    x64_rri(c, X64_pextrq | X64_W, desired, RCX, 1);
    x64_rr(c, X64_movd_gx | X64_W, desired, RBX);
    lock(x);
    x64_rm(c, X64_cmpxchg16b | X64_W, 0, m);
    x64_rm(c, X64_mov_rr | X64_W, CPU, x64_at(RSP, FRAME_RESULT));
}

static void cas16(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    struct ir_op aligned = *op;
    aligned.sub |= IR_MEM_ALIGN;
    unsigned expected = use_vector(x, op->b), desired = use_vector(x, op->c);
    struct x64_mem m = x64_operand(x, &aligned, RAX, true);
    x64_rr(c, X64_movd_gx | X64_W, expected, RAX);
    x64_rri(c, X64_pextrq | X64_W, expected, RDX, 1);
    exchange16(x, m, desired);
    unsigned dst = def_vector(x, k);
    x64_rr(c, X64_movd_xg | X64_W, dst, RAX);
    x64_rri(c, X64_pinsrq | X64_W, dst, RDX, 1);
}

/* A constant address is in RAX, which 16 bytes need for themselves. */
static bool has_16(const struct x64 *x, const struct ir_op *op)
{
    u64 k;
    return x->j.direct && !jit_const(&x->j, op->a, &k) && !op->imm;
}

void x64_cas(struct x64 *x, u32 k, const struct ir_op *op)
{
    static const u16 exchange[] = SIZES(cmpxchg);
    unsigned size = size_of(op);
    if ((op->sub & IR_MEM_SWAP && size) || (size == 4 && !has_16(x, op)) || watch_on()) {
        x64_access(x, k, op);
        return;
    }
    if (size == 4) {
        cas16(x, k, op);
        return;
    }
    unsigned expected = use(x, op->b), desired = use(x, op->c), dst = def(x, k);
    struct x64_mem m = x64_operand(x, op, dst, true);
    x64_rr(&x->c, X64_mov_rr | X64_W, RAX, expected);
    lock(x);
    x64_rm(&x->c, exchange[size], desired, m);
    take_old(x, dst, size);
}

/* --- exclusives --------------------------------------------------------------------------------------------------- */

static struct x64_mem monitor(size_t offset) { return cpu_field(offset); }
#define MONITOR(field) monitor(offsetof(struct cpu_common, field))

/* Pairs that need no more than the value (watch.h), while nothing counts writes. */
static bool inline_exclusive(const struct x64 *x, const struct ir_op *op)
{
    u64 k;
    bool whole = op->sub & IR_MEM_ALONE && !watch_on() && !op->imm && !jit_const(&x->j, op->a, &k);
    bool addresses = x->j.direct || (x->window && !x->j.values[op->a].loose);
    return whole && addresses && size_of(op) < 4 && !(op->sub & IR_MEM_SWAP && size_of(op));
}

void x64_load_ex(struct x64 *x, u32 k, const struct ir_op *op)
{
    static const u16 look[] = {X64_movzx8, X64_movzx16, X64_mov_rr, X64_mov_rr | X64_W};
    struct x64_code *c = &x->c;
    if (!inline_exclusive(x, op)) {
        x64_access(x, k, op);
        return;
    }
    unsigned size = size_of(op);
    struct x64_mem m = x64_operand(x, op, RAX, false);
    unsigned dst = def(x, k);
    x64_rm(c, look[size], dst, m);
    x64_rm(c, X64_mov_mr | X64_W, use(x, op->a), MONITOR(excl_addr));
    x64_rm(c, X64_mov_mr | X64_W, dst, MONITOR(excl_lo));
    x64_rmi(c, X64_mov_mi, 0, MONITOR(excl_size), 1 << size | EXCL_ALONE);
}

void x64_store_ex(struct x64 *x, u32 k, const struct ir_op *op)
{
    static const u16 exchange[] = SIZES(cmpxchg);
    struct x64_code *c = &x->c;
    if (!inline_exclusive(x, op)) {
        x64_access(x, k, op);
        return;
    }
    unsigned size = size_of(op), value = use(x, op->b), ra = use(x, op->a), dst = def(x, k);
    /* The monitor is asked first: an address that it does not hold is not looked at, one that it holds was checked. */
    x64_const(c, dst, 1);
    x64_rmi(c, X64_cmp_i, 0, MONITOR(excl_size), 1 << size | EXCL_ALONE);
    u32 other_size = x64_jcc(c, CC_NE);
    x64_rm(c, X64_cmp | X64_W, ra, MONITOR(excl_addr));
    u32 other_address = x64_jcc(c, CC_NE);
    x64_rm(c, X64_mov_rr | X64_W, RAX, MONITOR(excl_lo));
    lock(x);
    x64_rm(c, exchange[size], value, x->window ? x64_at_index(BASE, ra, 0, 0) : x64_at(ra, 0));
    x64_setcc(c, CC_NE, dst);
    x64_here(c, other_size);
    x64_here(c, other_address);
    x64_rmi(c, X64_mov_mi, 0, MONITOR(excl_size), 0);
}

void x64_clear_ex(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k, (void)op;
    x64_rmi(&x->c, X64_mov_mi, 0, MONITOR(excl_size), 0);
}

/* --- fences ------------------------------------------------------------------------------------------------------- */

static bool is_locked(const struct ir_op *op)
{
    return op->op == IR_OP_cas || (op->op >= IR_OP_atomic_add && op->op <= IR_OP_atomic_swap);
}

/* True if an atomic operation comes before any other access to memory, in one of the directions: it is a full barrier here. */
static bool beside_atomic(const struct x64 *x, u32 k)
{
    enum { NEAR = 24, STOP = IR_READ_MEM | IR_WRITE_MEM | IR_ANY | IR_END };
    const struct ir_block *block = &x->j.fn->blocks[x->j.block_index];
    for (u32 i = k + 1; i < block->end && i < k + NEAR; i++) {
        const struct ir_op *op = x64_op(x, i);
        if (is_locked(op))
            return true;
        if (ir_effects(op) & STOP)
            break;
    }
    for (u32 i = k; i-- > block->first && i + NEAR > k;) {
        const struct ir_op *op = x64_op(x, i);
        if (is_locked(op))
            return true;
        if (ir_effects(op) & STOP)
            break;
    }
    return false;
}

/* Only a store that a later load must not pass needs an instruction. A locked one that does nothing is cheaper than
 * mfence. */
void x64_fence(struct x64 *x, u32 k, const struct ir_op *op)
{
    if (op->sub != (IR_MEM_ACQ | IR_MEM_REL) || beside_atomic(x, k))
        return;
    x64_clobber_flags(x);
    lock(x);
    x64_rmi(&x->c, X64_or_i8, 0, x64_at(RSP, 0), 0);
}
