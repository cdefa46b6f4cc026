/* Exclusive loops as one atomic operation.
 *
 *     1: ldaxr w1, [x0] ; add w2, w1, w3 ; stlxr w4, w2, [x0] ; cbnz w4, 1b          atomic_add
 *     1: ldaxr w1, [x0] ; cmp w1, w2 ; b.ne 2f ; stlxr w4, w3, [x0] ; cbnz w4, 1b    cas
 *
 * A store-exclusive may always succeed at its first try, as if nobody else had run between the two. The operation
 * stands at the load-exclusive; what comes between is lifted as it is, from the value that the operation saw, and
 * the status is 0. It needs write access at once: where that faults, the run loop runs the instructions one by one
 * (guest.fuses), so that the load and the store fault as they should. */
#include "a64_decode.h"
#include "guest/a64/a64.h"

struct exclusive {
    u32 load, middle[2], store; /* encodings */
    unsigned middle_count, size;
    u32 rt, rn, rs, new; /* loaded, base, status, stored */
    u8 sub;
};

static bool is_load(u32 insn) { return (insn & 0x3fff7c00) == 0x085f7c00; }
static bool is_store(u32 insn) { return (insn & 0x3fe07c00) == 0x08007c00; }

bool a64_fuses(const struct cpu_common *cpu, const u8 *code, size_t bytes)
{
    (void)cpu, (void)bytes;
    u32 insn;
    memcpy(&insn, code, 4);
    return is_load(insn);
}

static u32 word(const u8 *code, unsigned n)
{
    code += n * 4;
    return (u32)code[0] | (u32)code[1] << 8 | (u32)code[2] << 16 | (u32)code[3] << 24;
}

/* A load-exclusive, at most two instructions, a store-exclusive of the same size and base. */
static bool parse(const struct ir_build *b, struct exclusive *e, const u8 *code, unsigned insns)
{
    u32 load = word(code, 0);
    if (!is_load(load))
        return false;
    unsigned n = 1;
    while (n < insns && n < 4 && !is_store(word(code, n)))
        n++;
    if (n >= insns || n == 4)
        return false;
    u32 store = word(code, n);
    *e = (struct exclusive){.load = load, .middle_count = n - 1, .store = store, .size = load >> 30, .rt = load & 31,
                            .rn = load >> 5 & 31, .rs = store >> 16 & 31, .new = store & 31};
    for (unsigned i = 0; i + 1 < n; i++)
        e->middle[i] = word(code, 1 + i);
    u8 order = (u8)((load >> 15 & 1 ? IR_MEM_ACQ : 0) | (store >> 15 & 1 ? IR_MEM_REL : 0));
    e->sub = (u8)(e->size | order | (b->swap ? IR_MEM_SWAP : 0));
    bool same = store >> 30 == e->size && (store >> 5 & 31) == e->rn;
    /* Status register equal to another of the store's: CONSTRAINED UNPREDICTABLE. */
    bool clean = e->rs != e->new && (e->rs != e->rn || e->rn == 31) && e->rs != 31;
    return same && clean && e->rt != 31 && e->rt != e->rn;
}

/* --- read, modify, write ------------------------------------------------------------------------------------------ */

/* What an instruction between the two does to the loaded value. */
struct modification {
    enum ir_opcode op;
    ir_ref operand;
};

static bool add_sub_imm(struct ir_build *b, const struct exclusive *e, u32 insn, struct modification *m)
{
    u64 imm = (u64)(insn >> 10 & 0xfff) << (insn >> 22 & 1 ? 12 : 0);
    if ((insn & 0x3f800000) != 0x11000000 || (insn >> 5 & 31) != e->rt)
        return false;
    m->op = IR_OP_atomic_add;
    m->operand = ir_imm(b, e->size == 3 ? 64 : 32, insn >> 30 & 1 ? -imm : imm);
    return true;
}

static bool add_sub_reg(struct ir_build *b, const struct exclusive *e, u32 insn, struct modification *m)
{
    unsigned w = e->size == 3 ? 64 : 32;
    u32 n = insn >> 5 & 31, other = insn >> 16 & 31;
    bool sub = insn >> 30 & 1;
    if ((insn & 0x3fe0fc00) != 0x0b000000)
        return false;
    if (!sub && other == e->rt) {
        other = n;
        n = e->rt;
    }
    if (n != e->rt || other == e->rt)
        return false;
    ir_ref v = a64_get_x(b, other, w);
    m->op = IR_OP_atomic_add;
    m->operand = sub ? ir_neg(b, v) : v;
    return true;
}

static bool logical(struct ir_build *b, const struct exclusive *e, u32 insn, struct modification *m)
{
    unsigned w = e->size == 3 ? 64 : 32, opc = insn >> 29 & 3;
    bool inverted = false;
    ir_ref v;
    u64 mask;
    if (opc == 3)
        return false;
    if ((insn & 0x1f800000) == 0x12000000) {
        bool n = insn >> 22 & 1;
        if ((insn >> 5 & 31) != e->rt || (n && !(insn >> 31)) ||
            !a64_bit_mask(n, insn >> 10 & 63, insn >> 16 & 63, insn >> 31 ? 64 : 32, &mask))
            return false;
        v = ir_imm(b, w, mask);
    } else if ((insn & 0x1fc0fc00) == 0x0a000000) {
        u32 n = insn >> 5 & 31, other = insn >> 16 & 31;
        inverted = insn >> 21 & 1;
        if (!inverted && other == e->rt) {
            other = n;
            n = e->rt;
        }
        if (n != e->rt || other == e->rt)
            return false;
        v = a64_get_x(b, other, w);
    } else {
        return false;
    }
    static const enum ir_opcode ops[] = {IR_OP_atomic_andn, IR_OP_atomic_or, IR_OP_atomic_xor};
    m->op = ops[opc];
    m->operand = inverted != (opc == 0) ? ir_not(b, v) : v; /* and clears the bits that are not in the operand */
    return true;
}

/* No instruction between: an exchange. One: an operation on the loaded value that gives the stored one. */
static bool modifies(struct ir_build *b, const struct exclusive *e, struct modification *m)
{
    if (!e->middle_count && e->new != e->rt) {
        *m = (struct modification){IR_OP_atomic_swap, a64_get_x(b, e->new, e->size == 3 ? 64 : 32)};
        return true;
    }
    u32 insn = e->middle[0];
    bool narrow = e->size == 3 && !(insn >> 31);
    if (e->middle_count != 1 || (insn & 31) != e->new || e->new == 31 || e->new == e->rn || narrow)
        return false;
    return add_sub_imm(b, e, insn, m) || add_sub_reg(b, e, insn, m) || logical(b, e, insn, m);
}

/* --- compare and swap --------------------------------------------------------------------------------------------- */

/* What memory is compared with, and what tells that it was another value. */
struct comparison {
    ir_ref expected, never; /* never: an i32, nonzero if the two cannot be equal; or IR_NONE */
    u64 away;               /* where the branch goes then */
    bool flags;             /* cmp and b.ne; otherwise cbnz */
};

static bool compared_register(struct ir_build *b, const struct exclusive *e, u32 cmp, struct comparison *c)
{
    unsigned w = e->size == 3 ? 64 : 32;
    u32 n = cmp >> 5 & 31, m = cmp >> 16 & 31;
    bool plain = (cmp & 0x7fe0fc1f) == 0x6b00001f, extended = (cmp & 0x7fe0fc1f) == (0x6b20001f | e->size << 13);
    if (plain && m == e->rt) {
        m = n;
        n = e->rt;
    }
    if ((!plain && !(extended && e->size < 2)) || n != e->rt || m == e->rt || cmp >> 31 != (w == 64))
        return false;
    c->expected = a64_get_x(b, m, w);
    if (plain && e->size < 2)
        c->never = ir_shr(b, c->expected, ir_imm(b, 32, 8u << e->size));
    return true;
}

static bool compares(struct ir_build *b, const struct exclusive *e, struct comparison *c)
{
    unsigned w = e->size == 3 ? 64 : 32;
    u32 cmp = e->middle[0], branch = e->middle[e->middle_count - 1];
    *c = (struct comparison){.flags = e->middle_count == 2};
    c->away = b->pc + 4 * e->middle_count + ((u64)sext(branch >> 5 & 0x7ffff, 19) << 2);
    if (e->middle_count == 1) {
        c->expected = ir_imm(b, w, 0);
        return (branch & 0x7f00001f) == (0x35000000 | e->rt) && (branch >> 31 || e->size < 3);
    }
    if (e->middle_count != 2 || (branch & 0xff00001f) != 0x54000001)
        return false;
    if ((cmp & 0x7f80001f) == 0x7100001f && (cmp >> 5 & 31) == e->rt && (cmp >> 31 || e->size < 3)) {
        u64 imm = (u64)(cmp >> 10 & 0xfff) << (cmp >> 22 & 1 ? 12 : 0);
        c->expected = ir_imm(b, w, imm);
        return imm == (imm & ones(8u << e->size));
    }
    return compared_register(b, e, cmp, c);
}

/* --- lifting ------------------------------------------------------------------------------------------------------ */

static void finish_store(struct ir_build *b, const struct exclusive *e, ir_ref status)
{
    ir_insn(b, b->pc + 4, e->store, 4);
    ir_clear_ex(b);
    a64_set_x(b, e->rs, 32, status);
}

static void skip_back_branch(struct ir_build *b, const struct exclusive *e, const u8 *code, unsigned insns, unsigned *n)
{
    if (*n < insns && (word(code, *n) & 0x7f00001f) == (0x35000000 | e->rs))
        ir_insn(b, b->pc + 4, word(code, (*n)++), 4);
}

/* The old value of memory; desired goes there if it is what c says. */
static ir_ref swap_if(struct ir_build *b, const struct exclusive *e, const struct comparison *c, ir_ref base)
{
    unsigned w = e->size == 3 ? 64 : 32;
    ir_ref desired = a64_get_x(b, e->new, w);
    if (c->never) /* memory keeps what it has, whether or not the low bits are equal */
        desired = ir_select(b, c->never, c->expected, desired);
    u8 sub = e->sub | a64_aligned(b, base, 0, 1u << e->size);
    return ir_cas(b, a64_type(w), sub, base, c->expected, desired);
}

static unsigned lift_cas(struct ir_build *b, const struct exclusive *e, const struct comparison *c, const u8 *code,
                         unsigned insns, enum flow *flow)
{
    unsigned n = e->middle_count + 2, w = e->size == 3 ? 64 : 32;
    u64 pc = b->pc;
    ir_ref old = swap_if(b, e, c, a64_base(b, e->rn));
    a64_set_x(b, e->rt, w, old);
    ir_insn(b, b->pc + 4, e->middle[0], 4);
    if (c->flags) {
        a64_decode(b, e->middle[0]);
        ir_insn(b, b->pc + 4, e->middle[1], 4);
    }
    ir_ref other = c->flags ? a64_cond(b, IR_NE) : ir_ne(b, old, ir_imm(b, w, 0));
    finish_store(b, e, ir_select(b, other, a64_get_x(b, e->rs, 32), ir_imm(b, 32, 0)));
    if (c->away != pc + 4 * n) {
        skip_back_branch(b, e, code, insns, &n);
        if (c->away != pc + 4 * n) {
            ir_exit_branch(b, other, c->away, pc + 4 * n);
            *flow = FLOW_END;
        }
    }
    return n;
}

unsigned a64_lift_exclusive(struct ir_build *b, const u8 *code, unsigned insns, enum flow *flow)
{
    struct exclusive e;
    struct modification m;
    struct comparison c;
    if (!parse(b, &e, code, insns))
        return 0;
    if (e.middle_count && e.new != e.rt && compares(b, &e, &c))
        return lift_cas(b, &e, &c, code, insns, flow);
    if (!modifies(b, &e, &m))
        return 0;
    unsigned n = e.middle_count + 2, w = e.size == 3 ? 64 : 32;
    ir_ref base = a64_base(b, e.rn);
    u8 sub = e.sub | a64_aligned(b, base, 0, 1u << e.size);
    a64_set_x(b, e.rt, w, ir_atomic(b, m.op, a64_type(w), sub, base, m.operand));
    if (e.middle_count) {
        ir_insn(b, b->pc + 4, e.middle[0], 4);
        a64_decode(b, e.middle[0]);
    }
    finish_store(b, &e, ir_imm(b, 32, 0));
    skip_back_branch(b, &e, code, insns, &n);
    return n;
}
