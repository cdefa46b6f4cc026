/* Exclusive loops as one atomic operation, as those of AArch64 (../a64/lift_exclusive.c says why that is right).
 *
 *     1: ldrex r1, [r0] ; add r2, r1, #1 ; strex r3, r2, [r0] ; cmp r3, #0 ; bne 1b            atomic_add
 *     1: ldrex r1, [r0] ; cmp r1, r2 ; bne 2f ; strex r3, r4, [r0] ; cmp r3, #0 ; bne 1b ; 2:    cas
 *     1: ldrex r1, [r0] ; teq r1, r2 ; [it eq ;] strexeq r3, r4, [r0]                          cas
 *     1: ldrexd r2, r3, [r0] ; cmp r3, r5 ; [it eq ;] cmpeq r2, r4 ; bne 2f ; strexd r1, r6, r7, [r0] ; ...
 *
 * What an instruction does is seen in the operations that its own lift function appends; they are taken back. */
#include "guest/a32/lift.h"
#include "guest/a32/encoding.h"

enum { NO_REG = 16 };

/* One instruction of the sequence. */
struct step {
    u32 insn;
    unsigned bytes;
    u64 pc;
};

struct sequence {
    struct step step[9];
    unsigned count;
    unsigned store;          /* step of the store-exclusive */
    unsigned rt, rn, rs, new; /* loaded, base, status, stored */
    unsigned rt2, new2;       /* of doublewords */
    u32 offset;
    u8 sub; /* size and orders */
};

static bool is_load(u32 insn, unsigned bytes, bool thumb)
{
    if (!thumb)
        return (insn & 0xff900cf0) == 0xe1900c90;
    return bytes == 4 && ((insn & 0xfff00f00) == 0xe8500f00 || ((insn & 0xfff00000) == 0xe8d00000 && insn >> 6 & 3));
}

bool a32_fuses(const struct cpu_common *cpu, const u8 *code, size_t bytes)
{
    u32 insn;
    bool thumb = cpu->mode & A32_MODE_T;
    unsigned size = a32_fetch(code, bytes, thumb, cpu->mode & A32_MODE_BE32, &insn);
    return size && is_load(insn, size, thumb);
}

/* --- what an instruction does ------------------------------------------------------------------------------------------- */

/* Lifts it on trial; its operations are those from m.count on. */
static bool try(struct ir_build *b, const struct step *s, struct a32_mark *m)
{
    *m = a32_set_mark(b);
    ir_insn(b, s->pc, s->insn, s->bytes);
    return a32_decode_any(b) == FLOW_NEXT;
}

static const struct ir_op *find(const struct ir_build *b, const struct a32_mark *m, enum ir_opcode op)
{
    const struct ir_op *found = NULL;
    for (u32 i = m->count; i < b->fn->count; i++)
        if (b->fn->ops[i].op == op)
            found = &b->fn->ops[i];
    return found;
}

/* The value that is put to a place, or none. */
static ir_ref put_to(const struct ir_build *b, const struct a32_mark *m, u32 offset)
{
    ir_ref v = IR_NONE;
    for (u32 i = m->count; i < b->fn->count; i++)
        if (b->fn->ops[i].op == IR_OP_put && b->fn->ops[i].imm == offset)
            v = b->fn->ops[i].a;
    return v;
}

/* The register whose value v is; NO_REG if it is something else. */
static unsigned register_of(const struct ir_build *b, ir_ref v)
{
    const struct ir_op *op = &b->fn->ops[v];
    u64 n = (op->imm - A32_OFF(r, 0)) / 4;
    return op->op == IR_OP_get && op->type == IR_I32 && op->imm >= A32_OFF(r, 0) && n < A32_PC ? (unsigned)n : NO_REG;
}
static unsigned put_register(const struct ir_build *b, const struct a32_mark *m, ir_ref v)
{
    for (unsigned n = 0; n < A32_PC; n++)
        if (put_to(b, m, A32_OFF(r, n)) == v)
            return n;
    return NO_REG;
}

/* A register plus a constant. */
static unsigned address_of(const struct ir_build *b, ir_ref v, u32 *offset)
{
    const struct ir_op *op = &b->fn->ops[v];
    u64 k = 0;
    if (op->op == IR_OP_add && ir_is_const(b, op->b, &k))
        v = op->a;
    *offset = (u32)k;
    return register_of(b, v);
}

/* A constant or a register other than `not`: what may be computed before the sequence. */
struct input {
    bool constant;
    unsigned reg;
    u32 value;
};
static bool input_of(const struct ir_build *b, ir_ref v, unsigned not, struct input *in)
{
    u64 k = 0;
    in->constant = ir_is_const(b, v, &k);
    in->value = (u32)k;
    in->reg = register_of(b, v);
    return in->constant || (in->reg != NO_REG && in->reg != not);
}
static ir_ref value_of(struct ir_build *b, const struct input *in)
{
    return in->constant ? a32_imm(b, in->value) : a32_get(b, in->reg);
}

/* --- the parts of a sequence --------------------------------------------------------------------------------------------- */

static bool is_double(const struct sequence *s) { return (s->sub & IR_MEM_SIZE_MASK) == 3; }

/* Where the halves of the doubleword v are put. */
static void halves(const struct ir_build *b, const struct a32_mark *m, ir_ref v, unsigned *low, unsigned *high)
{
    *low = *high = NO_REG;
    for (unsigned n = 0; n < A32_PC; n++) {
        const struct ir_op *half = &b->fn->ops[put_to(b, m, A32_OFF(r, n))];
        if (half->op == IR_OP_trunc)
            *(half->a == v ? low : high) = n;
    }
}

static bool load(struct ir_build *b, struct sequence *s)
{
    struct a32_mark m;
    bool good = try(b, &s->step[0], &m);
    const struct ir_op *op = good ? find(b, &m, IR_OP_load_ex) : NULL;
    if (op) {
        ir_ref v = (ir_ref)(op - b->fn->ops);
        s->sub = op->sub;
        s->rn = address_of(b, op->a, &s->offset);
        s->rt = put_register(b, &m, v);
        s->rt2 = NO_REG;
        if (is_double(s) && !b->swap)
            halves(b, &m, v, &s->rt, &s->rt2);
    }
    a32_take_back(b, &m);
    return op && s->rt < A32_PC && s->rn < A32_PC && s->rt != s->rn && s->rt2 != s->rn && s->rt2 != s->rt &&
           is_double(s) == (s->rt2 != NO_REG);
}

/* The registers that the stored value comes from. */
static void stored(const struct ir_build *b, struct sequence *s, ir_ref v)
{
    const struct ir_op *ops = b->fn->ops, *op = &ops[v];
    s->new = register_of(b, v);
    s->new2 = NO_REG;
    if (is_double(s) && op->op == IR_OP_or && ops[op->a].op == IR_OP_zext && ops[op->b].op == IR_OP_shl &&
        ops[ops[op->b].a].op == IR_OP_zext) {
        s->new = register_of(b, ops[op->a].a);
        s->new2 = register_of(b, ops[ops[op->b].a].a);
    }
}

/* The store of the pair at step n. */
static bool store(struct ir_build *b, struct sequence *s, unsigned n)
{
    struct a32_mark m;
    u32 offset = 0;
    bool good = n < s->count && try(b, &s->step[n], &m);
    if (n >= s->count)
        return false;
    const struct ir_op *op = good ? find(b, &m, IR_OP_store_ex) : NULL;
    good = op && !((op->sub ^ s->sub) & (IR_MEM_SIZE_MASK | IR_MEM_SWAP)) &&
           address_of(b, op->a, &offset) == s->rn && offset == s->offset;
    if (good) {
        s->sub |= op->sub & IR_MEM_REL;
        stored(b, s, op->b);
        s->rs = put_register(b, &m, (ir_ref)(op - b->fn->ops));
        s->store = n;
    }
    a32_take_back(b, &m);
    return good && s->rs < A32_PC && s->new < A32_PC && s->rs != s->rn && s->rs != s->new && s->rs != s->new2 &&
           is_double(s) == (s->new2 != NO_REG);
}

enum comparing { COMPARES_NOT, COMPARES_SUB, COMPARES_BITS };

/* Step n sets Z if `reg` is equal to an input: by subtraction, or by exclusive or, which leaves C and V. */
static enum comparing comparison(struct ir_build *b, const struct sequence *s, unsigned n, unsigned reg, struct input *with)
{
    struct a32_mark m;
    enum comparing how = COMPARES_NOT;
    if (n >= s->count)
        return how;
    if (try(b, &s->step[n], &m)) {
        ir_ref flags = put_to(b, &m, A32_OFF(nzcv, 0));
        const struct ir_op *op = &b->fn->ops[flags];
        if (op->op == IR_OP_flags_nz) {
            op = &b->fn->ops[op->a];
            how = op->op == IR_OP_xor ? COMPARES_BITS : COMPARES_NOT;
        } else if (op->op == IR_OP_flags_sub) {
            how = COMPARES_SUB;
        }
        ir_ref other = !how                               ? IR_NONE
                       : register_of(b, op->a) == reg ? op->b
                       : register_of(b, op->b) == reg ? op->a
                                                      : IR_NONE;
        if (!other || !input_of(b, other, reg, with))
            how = COMPARES_NOT;
    }
    a32_take_back(b, &m);
    return how;
}

/* Step n is executed in any case. */
static bool always(const struct ir_build *b, const struct sequence *s, unsigned n)
{
    return n < s->count && (a32_thumb(b) || s->step[n].insn >> 28 == 14);
}

/* BNE at step n: where it goes. */
static bool branch_if_not_equal(const struct ir_build *b, const struct sequence *s, unsigned n, u32 *to)
{
    if (n >= s->count)
        return false;
    const struct step *at = &s->step[n];
    u32 insn = at->insn, pc = (u32)at->pc;
    if (!a32_thumb(b)) {
        *to = pc + 8 + ((u32)sext(insn & 0xffffff, 24) << 2);
        return insn >> 24 == 0x1a;
    }
    if (at->bytes == 2) {
        *to = pc + 4 + ((u32)sext(insn & 0xff, 8) << 1);
        return insn >> 8 == 0xd1;
    }
    u32 imm = (insn >> 26 & 1) << 19 | (insn >> 11 & 1) << 18 | (insn >> 13 & 1) << 17 | (insn >> 16 & 63) << 11 |
              (insn & 0x7ff);
    *to = pc + 4 + ((u32)sext(imm, 20) << 1);
    return (insn & 0xfbc0d000) == 0xf0408000;
}

/* --- read, modify, write -------------------------------------------------------------------------------------------------- */

struct modification {
    enum ir_opcode op;
    struct input operand;
    bool negated, inverted;
};

/* Step 1 computes the stored value from the loaded one and an input. */
static bool modification_of(const struct ir_build *b, const struct a32_mark *m, const struct sequence *s,
                            struct modification *mod)
{
    ir_ref v = put_to(b, m, A32_OFF(r, s->new));
    const struct ir_op *op = &b->fn->ops[v];
    bool first = register_of(b, op->a) == s->rt;
    *mod = (struct modification){.op = IR_OP_atomic_or, .operand = {.constant = true}};
    if (register_of(b, v) == s->rt) /* computes the same value */
        return true;
    switch (op->op) {
    case IR_OP_add: mod->op = IR_OP_atomic_add; break;
    case IR_OP_or: mod->op = IR_OP_atomic_or; break;
    case IR_OP_xor: mod->op = IR_OP_atomic_xor; break;
    case IR_OP_and: mod->op = IR_OP_atomic_andn, mod->inverted = true; break;
    case IR_OP_sub: mod->op = IR_OP_atomic_add, mod->negated = true; break;
    case IR_OP_andn: mod->op = IR_OP_atomic_andn; break;
    case IR_OP_orn: mod->op = IR_OP_atomic_or, mod->inverted = true; break;
    default: return false;
    }
    bool symmetric = op->op == IR_OP_add || op->op == IR_OP_or || op->op == IR_OP_xor || op->op == IR_OP_and;
    if (!first && !(symmetric && register_of(b, op->b) == s->rt))
        return false;
    return input_of(b, first ? op->b : op->a, s->rt, &mod->operand);
}

static bool modifies(struct ir_build *b, const struct sequence *s, struct modification *mod)
{
    struct a32_mark m;
    bool good = try(b, &s->step[1], &m) && modification_of(b, &m, s, mod);
    a32_take_back(b, &m);
    return good;
}

/* --- lifting --------------------------------------------------------------------------------------------------------------- */

static void mark(struct ir_build *b, const struct step *s) { ir_insn(b, s->pc, s->insn, s->bytes); }

static void again(struct ir_build *b, const struct step *s)
{
    mark(b, s);
    enum flow flow = a32_decode_any(b);
    must(flow == FLOW_NEXT);
}

/* The same under a condition: it only computes. */
static void again_if(struct ir_build *b, const struct step *s, unsigned cond)
{
    struct a32_lifter *l = a32_lifter(b);
    ir_ref holds = a32_cond(b, cond);
    l->select = holds;
    again(b, s);
    l->select = IR_NONE;
}

static ir_ref doubleword(struct ir_build *b, ir_ref low, ir_ref high)
{
    return ir_or(b, ir_zext(b, low), ir_shl(b, ir_zext(b, high), ir_imm(b, 64, 32)));
}

static ir_ref aligned_base(struct ir_build *b, const struct sequence *s)
{
    ir_ref at = ir_add(b, a32_get(b, s->rn), a32_imm(b, s->offset));
    a32_check_aligned(b, at, 0, 1u << (s->sub & IR_MEM_SIZE_MASK));
    return at;
}

static void finish_store(struct ir_build *b, const struct sequence *s, ir_ref status)
{
    mark(b, &s->step[s->store]);
    ir_clear_ex(b);
    a32_put_r(b, s->rs, status);
}

/* After a store that succeeds: `cmp rs, #0 ; bne back` does not branch. The comparison is lifted, unless the flags are those that
 * one of the kind `done` leaves for equality. */
static unsigned skip_retry(struct ir_build *b, const struct sequence *s, unsigned n, enum comparing done)
{
    u32 to;
    struct input zero;
    if (!always(b, s, n))
        return n;
    enum comparing how = comparison(b, s, n, s->rs, &zero);
    if (!how || (done && how != done) || !zero.constant || zero.value || !branch_if_not_equal(b, s, n + 1, &to) ||
        to != (u32)s->step[0].pc)
        return n;
    if (done)
        mark(b, &s->step[n]);
    else
        again(b, &s->step[n]);
    mark(b, &s->step[n + 1]);
    return n + 2;
}

static unsigned lift_modification(struct ir_build *b, struct sequence *s, const struct modification *mod)
{
    mark(b, &s->step[0]);
    ir_ref operand = value_of(b, &mod->operand), at = aligned_base(b, s);
    if (mod->negated)
        operand = ir_neg(b, operand);
    if (mod->inverted)
        operand = ir_not(b, operand);
    a32_put_r(b, s->rt, ir_atomic(b, mod->op, IR_I32, s->sub, at, operand));
    if (s->store == 2)
        again(b, &s->step[1]);
    finish_store(b, s, a32_imm(b, 0));
    return skip_retry(b, s, s->store + 1, COMPARES_NOT);
}

/* Memory has what it was compared with, or something else: `other`, an i32. */
static ir_ref lift_cas(struct ir_build *b, struct sequence *s, const struct input *with)
{
    unsigned bits = 8u << (s->sub & IR_MEM_SIZE_MASK);
    mark(b, &s->step[0]);
    ir_ref expected = value_of(b, with), desired = a32_get(b, s->new), at = aligned_base(b, s);
    if (bits < 32) { /* it cannot have what has more bits: it keeps what it has, whether or not the low bits are equal */
        ir_ref never = ir_shr(b, expected, a32_imm(b, bits));
        desired = ir_select(b, ir_ne(b, never, a32_imm(b, 0)), expected, desired);
    }
    a32_put_r(b, s->rt, ir_cas(b, IR_I32, s->sub, at, expected, desired));
    again(b, &s->step[1]);
    return a32_cond(b, IR_NE);
}

static bool is_barrier(const struct ir_build *b, const struct step *s)
{
    return a32_feature(b, A32_FEAT_v7) && (s->insn & 0xfffffff0) == (a32_thumb(b) ? 0xf3bf8f50 : 0xf57ff050);
}

/* The store and what comes after it, where a branch went away if the flags say that memory had another value. */
static unsigned lift_end(struct ir_build *b, struct sequence *s, enum comparing how, u32 away, enum flow *flow)
{
    ir_ref other = a32_cond(b, IR_NE);
    finish_store(b, s, ir_select(b, other, a32_get(b, s->rs), a32_imm(b, 0)));
    unsigned n = skip_retry(b, s, s->store + 1, how);
    u32 next = (u32)s->step[n - 1].pc + s->step[n - 1].bytes;
    if (away != next && n < s->count && away == next + s->step[n].bytes && is_barrier(b, &s->step[n])) {
        again(b, &s->step[n++]); /* not needed where memory had another value, and no harm */
        next = away;
    }
    if (away != next)
        *flow = a32_jump_if(b, other, away);
    return n;
}

/* load ; compare ; bne away ; store. */
static unsigned lift_branching(struct ir_build *b, struct sequence *s, const struct input *with, enum comparing how, u32 away,
                               enum flow *flow)
{
    lift_cas(b, s, with);
    mark(b, &s->step[2]);
    return lift_end(b, s, how, away, flow);
}

/* load ; compare ; [it eq ;] store if equal. */
static unsigned lift_conditional(struct ir_build *b, struct sequence *s, const struct input *with)
{
    ir_ref other = lift_cas(b, s, with);
    if (s->store == 3) {
        u32 it = s->step[2].insn;
        mark(b, &s->step[2]);
        a32_lifter(b)->next_it = it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
    }
    finish_store(b, s, ir_select(b, other, a32_get(b, s->rs), a32_imm(b, 0)));
    return s->store + 1;
}

/* The condition of the store is EQ: in its encoding, or by the IT instruction before it. */
static bool stores_if_equal(struct ir_build *b, struct sequence *s)
{
    if (a32_thumb(b))
        return s->count > 3 && s->step[2].bytes == 2 && (s->step[2].insn & 0xfff0) == 0xbf00 && s->step[2].insn & 15 && store(b, s, 3);
    return s->count > 2 && s->step[2].insn >> 28 == 0 && store(b, s, 2);
}

/* An IT instruction for one that is executed if Z is set. */
static bool is_it_eq(const struct step *s) { return s->bytes == 2 && s->insn == 0xbf08; }

/* load ; compare one half ; [it eq ;] compare the other if equal ; bne away ; store. */
static unsigned lift_double(struct ir_build *b, struct sequence *s, enum flow *flow)
{
    struct input with[2];
    u32 away;
    unsigned second = a32_thumb(b) ? 3 : 2;
    bool low_first = comparison(b, s, 1, s->rt, &with[0]) == COMPARES_SUB;
    if (!low_first && comparison(b, s, 1, s->rt2, &with[1]) != COMPARES_SUB)
        return 0;
    bool conditional = second < s->count && (a32_thumb(b) ? is_it_eq(&s->step[2]) : s->step[2].insn >> 28 == 0);
    if (!conditional || comparison(b, s, second, low_first ? s->rt2 : s->rt, &with[low_first]) != COMPARES_SUB ||
        !branch_if_not_equal(b, s, second + 1, &away) || !always(b, s, second + 2) || !store(b, s, second + 2))
        return 0;
    for (unsigned i = 0; i < 2; i++)
        if (!with[i].constant && (with[i].reg == s->rt || with[i].reg == s->rt2))
            return 0;
    if (s->new == s->rt || s->new == s->rt2 || s->new2 == s->rt || s->new2 == s->rt2)
        return 0;
    mark(b, &s->step[0]);
    ir_ref expected = doubleword(b, value_of(b, &with[0]), value_of(b, &with[1]));
    ir_ref desired = doubleword(b, a32_get(b, s->new), a32_get(b, s->new2)), at = aligned_base(b, s);
    ir_ref old = ir_cas(b, IR_I64, s->sub, at, expected, desired);
    a32_put_r(b, s->rt, ir_trunc(b, old));
    a32_put_r(b, s->rt2, ir_trunc(b, ir_shr(b, old, ir_imm(b, 64, 32))));
    again(b, &s->step[1]);
    if (second == 3)
        mark(b, &s->step[2]);
    again_if(b, &s->step[second], IR_EQ);
    mark(b, &s->step[second + 1]);
    return lift_end(b, s, COMPARES_SUB, away, flow);
}

static unsigned lift(struct ir_build *b, struct sequence *s, enum flow *flow)
{
    struct input with;
    struct modification mod;
    u32 away;
    if (!load(b, s) || !always(b, s, 1))
        return 0;
    if (is_double(s))
        return lift_double(b, s, flow);
    if (store(b, s, 1) && s->new != s->rt) {
        mod = (struct modification){.op = IR_OP_atomic_swap, .operand = {.reg = s->new}};
        return lift_modification(b, s, &mod);
    }
    if (always(b, s, 2) && store(b, s, 2))
        return modifies(b, s, &mod) ? lift_modification(b, s, &mod) : 0;
    enum comparing how = comparison(b, s, 1, s->rt, &with);
    if (!how)
        return 0;
    if (branch_if_not_equal(b, s, 2, &away) && always(b, s, 3) && store(b, s, 3) && s->new != s->rt)
        return lift_branching(b, s, &with, how, away, flow);
    return stores_if_equal(b, s) && s->new != s->rt ? lift_conditional(b, s, &with) : 0;
}

unsigned a32_lift_exclusive(struct ir_build *b, const struct a32_code *code, unsigned *insns, enum flow *flow)
{
    struct sequence s = {.count = 0};
    unsigned size, at = 0;
    u32 insn;
    bool thumb = a32_thumb(b);
    size = a32_fetch(code->at, code->bytes, thumb, code->swapped, &insn);
    if (!size || !is_load(insn, size, thumb))
        return 0;
    for (; s.count < ARRAY_SIZE(s.step) && s.count < code->insns; at += size) {
        size = a32_fetch(code->at + at, code->bytes - at, thumb, code->swapped, &insn);
        if (!size)
            break;
        s.step[s.count++] = (struct step){insn, size, code->pc + at};
    }
    *flow = FLOW_NEXT;
    *insns = lift(b, &s, flow);
    if (!*insns)
        return 0;
    const struct step *last = &s.step[*insns - 1];
    return (unsigned)(last->pc + last->bytes - code->pc);
}
