/* Loads and stores of general registers: Arm ARM (DDI 0406C) A5.3, A5.2.8, A6.2.4, A6.3.5 to A6.3.10. Everything is read and
 * loaded before the first register is written, so that a fault leaves all as it was. */
#include "a32_decode.h"
#include "t16_decode.h"
#include "t32_decode.h"
#include "guest/a32/a32.h"

/* --- addresses ---------------------------------------------------------------------------------------------------------- */

void a32_check_aligned(struct ir_build *b, ir_ref addr, i64 offset, unsigned bytes)
{
    ir_ref at = ir_add(b, addr, a32_imm(b, (u32)offset));
    ir_trap_if(b, ir_and(b, at, a32_imm(b, bytes - 1)), TRAP_ALIGNMENT, 0, ir_zext(b, at));
}

/* The trap's code is what has to be added to its address. */
void a32_check_access(struct ir_build *b, unsigned n, ir_ref base, i64 offset)
{
    struct a32_lifter *l = a32_lifter(b);
    if (n != A32_PC && l->aligned >> n & 1)
        return;
    ir_trap_if(b, ir_and(b, base, a32_imm(b, 3)), TRAP_ALIGNMENT, (u32)offset, ir_zext(b, base));
    if (n != A32_PC)
        l->aligned |= (u16)(1u << n);
}

/* A base register, what is added to it, and when. */
struct address {
    unsigned rn;
    ir_ref base;
    ir_ref index;  /* added to the base; IR_NONE: the constant */
    i64 offset;
    bool pre, write_back;
};

static struct address offset_address(struct ir_build *b, unsigned rn, bool p, bool u, bool w, u32 imm)
{
    return (struct address){rn, a32_get_aligned_pc(b, rn), IR_NONE, u ? (i64)imm : -(i64)imm, p, !p || w};
}

static struct address index_address(struct ir_build *b, unsigned rn, bool p, bool u, bool w, unsigned rm, unsigned type,
                                    unsigned imm5)
{
    ir_ref index = a32_shift_imm(b, a32_get(b, rm), type, imm5, false).value;
    return (struct address){rn, a32_get(b, rn), u ? index : ir_neg(b, index), 0, p, !p || w};
}

static struct address plain_address(struct ir_build *b, unsigned rn, i64 offset)
{
    return (struct address){rn, a32_get_aligned_pc(b, rn), IR_NONE, offset, true, false};
}

static ir_ref accessed(struct ir_build *b, const struct address *a)
{
    return a->pre && a->index ? ir_add(b, a->base, a->index) : a->base;
}
static i64 accessed_offset(const struct address *a) { return a->pre ? a->offset : 0; }

static void write_back(struct ir_build *b, const struct address *a)
{
    struct a32_lifter *l = a32_lifter(b);
    if (!a->write_back)
        return;
    u16 aligned = a->index || a->offset & 3 ? 0 : l->aligned & (u16)(1u << a->rn);
    a32_put_r(b, a->rn, ir_add(b, a->base, a->index ? a->index : a32_imm(b, (u32)a->offset)));
    l->aligned |= aligned;
}

/* Writing back to the pc is unpredictable. */
static bool bad(const struct address *a) { return a->write_back && a->rn == A32_PC; }

/* --- one register ------------------------------------------------------------------------------------------------------- */

static enum flow load(struct ir_build *b, u8 sub, unsigned rt, struct address a)
{
    if (bad(&a) || (rt == A32_PC && (sub & IR_MEM_SIZE_MASK) != 2))
        return FLOW_UNDEFINED;
    ir_ref value = a32_load(b, IR_I32, sub, accessed(b, &a), accessed_offset(&a));
    write_back(b, &a);
    if (rt == A32_PC)
        return a32_jump_loaded(b, value, a.rn == A32_SP && a.write_back ? IR_HINT_RETURN : IR_HINT_JUMP);
    a32_put_r(b, rt, value);
    return FLOW_NEXT;
}

static enum flow store(struct ir_build *b, u8 sub, unsigned rt, struct address a)
{
    if (bad(&a))
        return FLOW_UNDEFINED;
    a32_store(b, sub, accessed(b, &a), accessed_offset(&a), a32_get(b, rt));
    write_back(b, &a);
    return FLOW_NEXT;
}

enum { BYTE = 0, HALF = 1, WORD = 2, SIGNED_BYTE = 0 | IR_MEM_SIGN, SIGNED_HALF = 1 | IR_MEM_SIGN };

#define A32_ACCESS(name, function, sub, type, imm5)                                                                    \
    LIFT(a32, name##_i) { return function(b, sub, d->rt, offset_address(b, d->rn, d->p, d->u, d->w, d->imm)); }        \
    LIFT(a32, name##_r)                                                                                                \
    {                                                                                                                  \
        return function(b, sub, d->rt, index_address(b, d->rn, d->p, d->u, d->w, d->rm, type, imm5));                  \
    }
#define A32_USER(name, function, sub)                                                                                  \
    LIFT(a32, name##_i) { return function(b, sub, d->rt, offset_address(b, d->rn, 0, d->u, 0, d->imm)); }              \
    LIFT(a32, name##_r) { return function(b, sub, d->rt, index_address(b, d->rn, 0, d->u, 0, d->rm, 0, 0)); }
A32_ACCESS(LDR, load, WORD, d->type, d->imm)
A32_ACCESS(LDRB, load, BYTE, d->type, d->imm)
A32_ACCESS(STR, store, WORD, d->type, d->imm)
A32_ACCESS(STRB, store, BYTE, d->type, d->imm)
A32_ACCESS(LDRH, load, HALF, 0, 0)
A32_ACCESS(LDRSB, load, SIGNED_BYTE, 0, 0)
A32_ACCESS(LDRSH, load, SIGNED_HALF, 0, 0)
A32_ACCESS(STRH, store, HALF, 0, 0)
A32_USER(LDRHT, load, HALF)
A32_USER(LDRSBT, load, SIGNED_BYTE)
A32_USER(LDRSHT, load, SIGNED_HALF)
A32_USER(STRHT, store, HALF)
#undef A32_ACCESS
#undef A32_USER

static struct address t32_index(struct ir_build *b, unsigned rn, unsigned rm, unsigned imm)
{
    return index_address(b, rn, true, true, false, rm, 0, imm);
}
LIFT(t32, LDR_i12) { return load(b, (u8)d->size, d->rt, plain_address(b, d->rn, d->imm)); }
LIFT(t32, LDRS_i12) { return load(b, (u8)d->size | IR_MEM_SIGN, d->rt, plain_address(b, d->rn, d->imm)); }
LIFT(t32, STR_i12) { return store(b, (u8)d->size, d->rt, plain_address(b, d->rn, d->imm)); }
LIFT(t32, LDR_i8) { return load(b, (u8)d->size, d->rt, offset_address(b, d->rn, d->p, d->u, d->w, d->imm)); }
LIFT(t32, LDRS_i8)
{
    return load(b, (u8)d->size | IR_MEM_SIGN, d->rt, offset_address(b, d->rn, d->p, d->u, d->w, d->imm));
}
LIFT(t32, STR_i8) { return store(b, (u8)d->size, d->rt, offset_address(b, d->rn, d->p, d->u, d->w, d->imm)); }
LIFT(t32, LDR_r) { return load(b, (u8)d->size, d->rt, t32_index(b, d->rn, d->rm, d->imm)); }
LIFT(t32, LDRS_r) { return load(b, (u8)d->size | IR_MEM_SIGN, d->rt, t32_index(b, d->rn, d->rm, d->imm)); }
LIFT(t32, STR_r) { return store(b, (u8)d->size, d->rt, t32_index(b, d->rn, d->rm, d->imm)); }
LIFT(t32, LDR_lit) { return load(b, (u8)d->size, d->rt, offset_address(b, A32_PC, true, d->u, false, d->imm)); }
LIFT(t32, LDRS_lit)
{
    return load(b, (u8)d->size | IR_MEM_SIGN, d->rt, offset_address(b, A32_PC, true, d->u, false, d->imm));
}

static struct address t16_index(struct ir_build *b, unsigned rn, unsigned rm) { return t32_index(b, rn, rm, 0); }
LIFT(t16, LDR_lit) { return load(b, WORD, d->rt, plain_address(b, A32_PC, d->imm * 4)); }
LIFT(t16, STR_r) { return store(b, WORD, d->rt, t16_index(b, d->rn, d->rm)); }
LIFT(t16, STRH_r) { return store(b, HALF, d->rt, t16_index(b, d->rn, d->rm)); }
LIFT(t16, STRB_r) { return store(b, BYTE, d->rt, t16_index(b, d->rn, d->rm)); }
LIFT(t16, LDRSB_r) { return load(b, SIGNED_BYTE, d->rt, t16_index(b, d->rn, d->rm)); }
LIFT(t16, LDR_r) { return load(b, WORD, d->rt, t16_index(b, d->rn, d->rm)); }
LIFT(t16, LDRH_r) { return load(b, HALF, d->rt, t16_index(b, d->rn, d->rm)); }
LIFT(t16, LDRB_r) { return load(b, BYTE, d->rt, t16_index(b, d->rn, d->rm)); }
LIFT(t16, LDRSH_r) { return load(b, SIGNED_HALF, d->rt, t16_index(b, d->rn, d->rm)); }
LIFT(t16, STR_i) { return store(b, WORD, d->rt, plain_address(b, d->rn, d->imm * 4)); }
LIFT(t16, LDR_i) { return load(b, WORD, d->rt, plain_address(b, d->rn, d->imm * 4)); }
LIFT(t16, STRB_i) { return store(b, BYTE, d->rt, plain_address(b, d->rn, d->imm)); }
LIFT(t16, LDRB_i) { return load(b, BYTE, d->rt, plain_address(b, d->rn, d->imm)); }
LIFT(t16, STRH_i) { return store(b, HALF, d->rt, plain_address(b, d->rn, d->imm * 2)); }
LIFT(t16, LDRH_i) { return load(b, HALF, d->rt, plain_address(b, d->rn, d->imm * 2)); }
LIFT(t16, STR_sp) { return store(b, WORD, d->rt, plain_address(b, A32_SP, d->imm * 4)); }
LIFT(t16, LDR_sp) { return load(b, WORD, d->rt, plain_address(b, A32_SP, d->imm * 4)); }

/* Prefetching needs nothing, not even a valid address. */
static enum flow prefetch(struct ir_build *b, u8 sub, struct address a)
{
    ir_prefetch(b, sub, accessed(b, &a), accessed_offset(&a));
    return FLOW_NEXT;
}
LIFT(a32, PLD_i) { return prefetch(b, 0, offset_address(b, d->rn, true, d->u, false, d->imm)); }
LIFT(a32, PLDW_i) { return prefetch(b, IR_PREFETCH_WRITE, offset_address(b, d->rn, true, d->u, false, d->imm)); }
LIFT(a32, PLI_i) { return FLOW_NEXT; }
LIFT(a32, PLD_r) { return prefetch(b, 0, index_address(b, d->rn, true, d->u, false, d->rm, d->type, d->imm)); }
LIFT(a32, PLDW_r)
{
    return prefetch(b, IR_PREFETCH_WRITE, index_address(b, d->rn, true, d->u, false, d->rm, d->type, d->imm));
}
LIFT(a32, PLI_r) { return FLOW_NEXT; }
/* h 1: PLDW (a hint that does nothing if signed), i 1: PLI */
static enum flow t32_prefetch(struct ir_build *b, u32 i, u32 h, struct address a)
{
    if (i)
        return FLOW_NEXT;
    if (h && !a32_feature(b, A32_FEAT_mp))
        return FLOW_UNDEFINED;
    return prefetch(b, h ? IR_PREFETCH_WRITE : 0, a);
}
LIFT(t32, PLD_i12) { return t32_prefetch(b, d->i, d->h, plain_address(b, d->rn, d->imm)); }
LIFT(t32, PLD_i8) { return t32_prefetch(b, d->i, d->h, offset_address(b, d->rn, true, false, false, d->imm)); }
LIFT(t32, PLD_r) { return t32_prefetch(b, d->i, d->h, t32_index(b, d->rn, d->rm, d->imm)); }
LIFT(t32, PLD_lit) { return t32_prefetch(b, d->i, d->h, offset_address(b, A32_PC, true, d->u, false, d->imm)); }

/* --- two registers ------------------------------------------------------------------------------------------------------ */

/* Two words as one doubleword in memory order, to be accessed with b->swap's byte order; and back. */
static ir_ref join(struct ir_build *b, ir_ref first, ir_ref second)
{
    ir_ref low = b->swap ? second : first, high = b->swap ? first : second;
    return ir_or(b, ir_zext(b, low), ir_shl(b, ir_zext(b, high), ir_imm(b, 64, 32)));
}
static void split(struct ir_build *b, ir_ref both, ir_ref *first, ir_ref *second)
{
    ir_ref low = ir_trunc(b, both), high = ir_trunc(b, ir_shr(b, both, ir_imm(b, 64, 32)));
    *first = b->swap ? high : low;
    *second = b->swap ? low : high;
}

static void check_doubleword(struct ir_build *b, const struct address *a)
{
    if (!a->index && !(accessed_offset(a) & 3))
        a32_check_access(b, a->rn, a->base, accessed_offset(a));
    else
        a32_check_aligned(b, accessed(b, a), accessed_offset(a), 4);
}

static enum flow load_double(struct ir_build *b, unsigned rt, unsigned rt2, struct address a)
{
    ir_ref x, y;
    if (bad(&a) || rt == A32_PC || rt2 == A32_PC)
        return FLOW_UNDEFINED;
    check_doubleword(b, &a);
    split(b, a32_load(b, IR_I64, 3, accessed(b, &a), accessed_offset(&a)), &x, &y);
    write_back(b, &a);
    a32_put_r(b, rt, x);
    a32_put_r(b, rt2, y);
    return FLOW_NEXT;
}

static enum flow store_double(struct ir_build *b, unsigned rt, unsigned rt2, struct address a)
{
    if (bad(&a) || rt == A32_PC || rt2 == A32_PC)
        return FLOW_UNDEFINED;
    check_doubleword(b, &a);
    a32_store(b, 3, accessed(b, &a), accessed_offset(&a), join(b, a32_get(b, rt), a32_get(b, rt2)));
    write_back(b, &a);
    return FLOW_NEXT;
}
LIFT(a32, LDRD_i) { return load_double(b, d->rt, d->rt + 1, offset_address(b, d->rn, d->p, d->u, d->w, d->imm)); }
LIFT(a32, STRD_i) { return store_double(b, d->rt, d->rt + 1, offset_address(b, d->rn, d->p, d->u, d->w, d->imm)); }
LIFT(a32, LDRD_r)
{
    return load_double(b, d->rt, d->rt + 1, index_address(b, d->rn, d->p, d->u, d->w, d->rm, 0, 0));
}
LIFT(a32, STRD_r)
{
    return store_double(b, d->rt, d->rt + 1, index_address(b, d->rn, d->p, d->u, d->w, d->rm, 0, 0));
}
LIFT(t32, LDRD) { return load_double(b, d->rt, d->rt2, offset_address(b, d->rn, d->p, d->u, d->w, d->imm * 4)); }
LIFT(t32, STRD) { return store_double(b, d->rt, d->rt2, offset_address(b, d->rn, d->p, d->u, d->w, d->imm * 4)); }

/* --- several registers ---------------------------------------------------------------------------------------------------- */

struct multiple {
    unsigned rn, list;
    ir_ref base;
    i64 first, change; /* offsets from the base: of the lowest register, to what is written back */
    bool write_back;
};

static struct multiple multiple(struct ir_build *b, unsigned rn, unsigned list, bool p, bool u, bool w)
{
    i64 bytes = 4 * __builtin_popcount(list);
    i64 first = u ? (p ? 4 : 0) : (p ? -bytes : 4 - bytes);
    ir_ref base = a32_get(b, rn);
    a32_check_access(b, rn, base, first);
    return (struct multiple){rn, list, base, first, u ? bytes : -bytes, w};
}

static void multiple_write_back(struct ir_build *b, const struct multiple *m)
{
    if (!m->write_back)
        return;
    a32_put_r(b, m->rn, ir_add(b, m->base, a32_imm(b, (u32)m->change)));
    a32_lifter(b)->aligned |= (u16)(1u << m->rn);
}

/* A fault on the way leaves the registers before it loaded, but the base as it was, as the architecture allows: it is done again
 * from there. */
static enum flow load_multiple(struct ir_build *b, unsigned rn, unsigned list, bool p, bool u, bool w)
{
    if (rn == A32_PC || !list)
        return FLOW_UNDEFINED;
    struct multiple m = multiple(b, rn, list, p, u, w);
    ir_ref new_base = IR_NONE, pc = IR_NONE;
    i64 at = m.first;
    for (unsigned n = 0; n < 16; n++) {
        if (!(list >> n & 1))
            continue;
        ir_ref value = a32_load(b, IR_I32, WORD, m.base, at);
        at += 4;
        if (n == A32_PC)
            pc = value;
        else if (n == rn)
            new_base = value;
        else
            a32_put_r(b, n, value);
    }
    multiple_write_back(b, &m);
    if (new_base)
        a32_put_r(b, rn, new_base);
    return pc ? a32_jump_loaded(b, pc, rn == A32_SP ? IR_HINT_RETURN : IR_HINT_JUMP) : FLOW_NEXT;
}

static enum flow store_multiple(struct ir_build *b, unsigned rn, unsigned list, bool p, bool u, bool w)
{
    if (rn == A32_PC || !list)
        return FLOW_UNDEFINED;
    struct multiple m = multiple(b, rn, list, p, u, w);
    i64 at = m.first;
    for (unsigned n = 0; n < 16; n++)
        if (list >> n & 1) {
            a32_store(b, WORD, m.base, at, a32_get(b, n));
            at += 4;
        }
    multiple_write_back(b, &m);
    return FLOW_NEXT;
}
LIFT(a32, LDM) { return load_multiple(b, d->rn, d->list, d->p, d->u, d->w); }
LIFT(a32, STM) { return store_multiple(b, d->rn, d->list, d->p, d->u, d->w); }
LIFT(t32, LDM) { return load_multiple(b, d->rn, d->list, false, true, d->w); }
LIFT(t32, STM) { return store_multiple(b, d->rn, d->list, false, true, d->w); }
LIFT(t32, LDMDB) { return load_multiple(b, d->rn, d->list, true, false, d->w); }
LIFT(t32, STMDB) { return store_multiple(b, d->rn, d->list, true, false, d->w); }
LIFT(t16, LDM) { return load_multiple(b, d->rn, d->list, false, true, !(d->list >> d->rn & 1)); }
LIFT(t16, STM) { return store_multiple(b, d->rn, d->list, false, true, true); }
LIFT(t16, PUSH) { return store_multiple(b, A32_SP, d->list | d->m << A32_LR, true, false, true); }
LIFT(t16, POP) { return load_multiple(b, A32_SP, d->list | d->p << A32_PC, false, true, true); }

/* --- exclusive, ordered, swap ----------------------------------------------------------------------------------------------- */

static u8 swap(const struct ir_build *b) { return b->swap ? IR_MEM_SWAP : 0; }

/* order: IR_MEM_ACQ or 0; size 3 loads two registers. */
static enum flow load_exclusive(struct ir_build *b, u8 size, u8 order, unsigned rt, unsigned rt2, unsigned rn, u32 offset)
{
    if (rt == A32_PC || rn == A32_PC || (size == 3 && rt2 == A32_PC))
        return FLOW_UNDEFINED;
    ir_ref at = ir_add(b, a32_get(b, rn), a32_imm(b, offset)), x, y;
    a32_check_aligned(b, at, 0, 1u << size);
    ir_ref value = ir_load_ex(b, size == 3 ? IR_I64 : IR_I32, size | order | swap(b), at);
    if (size != 3)
        return a32_set(b, rt, value);
    split(b, value, &x, &y);
    a32_put_r(b, rt, x);
    a32_put_r(b, rt2, y);
    return FLOW_NEXT;
}

static enum flow store_exclusive(struct ir_build *b, u8 size, u8 order, unsigned rd, unsigned rt, unsigned rt2, unsigned rn,
                                 u32 offset)
{
    if (rd == A32_PC || rt == A32_PC || rn == A32_PC || (size == 3 && rt2 == A32_PC))
        return FLOW_UNDEFINED;
    ir_ref at = ir_add(b, a32_get(b, rn), a32_imm(b, offset)), value = a32_get(b, rt);
    if (size == 3)
        value = join(b, value, a32_get(b, rt2));
    a32_check_aligned(b, at, 0, 1u << size);
    return a32_set(b, rd, ir_store_ex(b, size | order | swap(b), at, value));
}

#define EXCLUSIVE(suffix, size)                                                                                        \
    LIFT_BOTH(LDREX##suffix, return load_exclusive(b, size, 0, d->rt, 0, d->rn, 0);)                                   \
    LIFT_BOTH(STREX##suffix, return store_exclusive(b, size, 0, d->rd, d->rt, 0, d->rn, 0);)                           \
    LIFT_BOTH(LDAEX##suffix, return load_exclusive(b, size, IR_MEM_ACQ, d->rt, 0, d->rn, 0);)                          \
    LIFT_BOTH(STLEX##suffix, return store_exclusive(b, size, IR_MEM_REL, d->rd, d->rt, 0, d->rn, 0);)
EXCLUSIVE(B, 0)
EXCLUSIVE(H, 1)
#undef EXCLUSIVE
LIFT(a32, LDREX) { return load_exclusive(b, 2, 0, d->rt, 0, d->rn, 0); }
LIFT(a32, STREX) { return store_exclusive(b, 2, 0, d->rd, d->rt, 0, d->rn, 0); }
LIFT(t32, LDREX) { return load_exclusive(b, 2, 0, d->rt, 0, d->rn, d->imm * 4); }
LIFT(t32, STREX) { return store_exclusive(b, 2, 0, d->rd, d->rt, 0, d->rn, d->imm * 4); }
LIFT_BOTH(LDAEX, return load_exclusive(b, 2, IR_MEM_ACQ, d->rt, 0, d->rn, 0);)
LIFT_BOTH(STLEX, return store_exclusive(b, 2, IR_MEM_REL, d->rd, d->rt, 0, d->rn, 0);)
LIFT(a32, LDREXD) { return load_exclusive(b, 3, 0, d->rt, d->rt + 1, d->rn, 0); }
LIFT(a32, STREXD) { return store_exclusive(b, 3, 0, d->rd, d->rt, d->rt + 1, d->rn, 0); }
LIFT(a32, LDAEXD) { return load_exclusive(b, 3, IR_MEM_ACQ, d->rt, d->rt + 1, d->rn, 0); }
LIFT(a32, STLEXD) { return store_exclusive(b, 3, IR_MEM_REL, d->rd, d->rt, d->rt + 1, d->rn, 0); }
LIFT(t32, LDREXD) { return load_exclusive(b, 3, 0, d->rt, d->rt2, d->rn, 0); }
LIFT(t32, STREXD) { return store_exclusive(b, 3, 0, d->rd, d->rt, d->rt2, d->rn, 0); }
LIFT(t32, LDAEXD) { return load_exclusive(b, 3, IR_MEM_ACQ, d->rt, d->rt2, d->rn, 0); }
LIFT(t32, STLEXD) { return store_exclusive(b, 3, IR_MEM_REL, d->rd, d->rt, d->rt2, d->rn, 0); }

static enum flow load_acquire(struct ir_build *b, u8 size, unsigned rt, unsigned rn)
{
    if (rt == A32_PC || rn == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref at = a32_get(b, rn);
    a32_check_aligned(b, at, 0, 1u << size);
    return a32_set(b, rt, a32_load(b, IR_I32, size | IR_MEM_ACQ, at, 0));
}
static enum flow store_release(struct ir_build *b, u8 size, unsigned rt, unsigned rn)
{
    if (rt == A32_PC || rn == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref at = a32_get(b, rn);
    a32_check_aligned(b, at, 0, 1u << size);
    a32_store(b, size | IR_MEM_REL, at, 0, a32_get(b, rt));
    return FLOW_NEXT;
}
LIFT_BOTH(LDAB, return load_acquire(b, 0, d->rt, d->rn);)
LIFT_BOTH(LDAH, return load_acquire(b, 1, d->rt, d->rn);)
LIFT_BOTH(LDA, return load_acquire(b, 2, d->rt, d->rn);)
LIFT_BOTH(STLB, return store_release(b, 0, d->rt, d->rn);)
LIFT_BOTH(STLH, return store_release(b, 1, d->rt, d->rn);)
LIFT_BOTH(STL, return store_release(b, 2, d->rt, d->rn);)

static enum flow swap_memory(struct ir_build *b, u8 size, unsigned rt, unsigned rm, unsigned rn)
{
    if (rt == A32_PC || rm == A32_PC || rn == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref at = a32_get(b, rn);
    a32_check_aligned(b, at, 0, 1u << size);
    return a32_set(b, rt, ir_atomic(b, IR_OP_atomic_swap, IR_I32, size | swap(b), at, a32_get(b, rm)));
}
LIFT(a32, SWP) { return swap_memory(b, 2, d->rt, d->rm, d->rn); }
LIFT(a32, SWPB) { return swap_memory(b, 0, d->rt, d->rm, d->rn); }
