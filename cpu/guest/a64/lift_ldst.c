/* Loads and stores of general registers: Arm ARM C4.1.94.
 *
 * Order within an instruction: base and data registers are read, the access is done, then the base is written back, then
 * the loaded registers are put; so a fault leaves everything as it was. Where a load's register is also its base with
 * write-back (CONSTRAINED UNPREDICTABLE), the base's new value wins, and a store writes the old one. */
#include "a64_decode.h"
#include "guest/a64/a64.h"

u8 a64_aligned(struct ir_build *b, ir_ref addr, i64 offset, unsigned bytes)
{
    if (bytes == 1)
        return 0;
    if (a64_feature(b, A64_FEAT_lse2))
        return IR_MEM_ALIGN;
    ir_ref at = ir_add(b, addr, ir_imm(b, 64, (u64)offset));
    ir_trap_if(b, ir_and(b, ir_trunc(b, at), ir_imm(b, 32, bytes - 1)), TRAP_ALIGNMENT, 0, at);
    return 0;
}

/* --- one register ------------------------------------------------------------------------------------------------- */

enum write_back { PLAIN, POST, PRE };

/* What a load does with a narrow value. */
struct load_kind {
    u8 sub;
    enum ir_type type;
    u8 width;
};

static struct load_kind zero_load(u32 size) { return (struct load_kind){(u8)size, size == 3 ? IR_I64 : IR_I32, size == 3 ? 64 : 32}; }
static struct load_kind sign_load(u32 size, u32 w)
{
    return (struct load_kind){(u8)(size | IR_MEM_SIGN), w ? IR_I32 : IR_I64, w ? 32 : 64};
}

static enum flow load(struct ir_build *b, struct load_kind k, u32 rt, u32 rn, i64 offset, enum write_back wb)
{
    ir_ref base = a64_base(b, rn);
    ir_ref value = a64_load(b, k.type, k.sub, base, wb == POST ? 0 : offset);
    if (wb == PLAIN || rt != rn)
        a64_set_x(b, rt, k.width, value);
    if (wb != PLAIN)
        a64_write_back(b, rn, base, offset);
    return FLOW_NEXT;
}

static enum flow store(struct ir_build *b, u32 size, u32 rt, u32 rn, i64 offset, enum write_back wb)
{
    ir_ref base = a64_base(b, rn);
    a64_store(b, (u8)size, base, wb == POST ? 0 : offset, a64_get_x(b, rt, size == 3 ? 64 : 32));
    if (wb != PLAIN)
        a64_write_back(b, rn, base, offset);
    return FLOW_NEXT;
}

LIFT(a64, STUR) { return store(b, d->size, d->rt, d->rn, sext(d->imm, 9), PLAIN); }
LIFT(a64, STTR) { return store(b, d->size, d->rt, d->rn, sext(d->imm, 9), PLAIN); }
LIFT(a64, STR_post) { return store(b, d->size, d->rt, d->rn, sext(d->imm, 9), POST); }
LIFT(a64, STR_pre) { return store(b, d->size, d->rt, d->rn, sext(d->imm, 9), PRE); }
LIFT(a64, STR_imm) { return store(b, d->size, d->rt, d->rn, (i64)d->imm << d->size, PLAIN); }

LIFT(a64, LDUR) { return load(b, zero_load(d->size), d->rt, d->rn, sext(d->imm, 9), PLAIN); }
LIFT(a64, LDTR) { return load(b, zero_load(d->size), d->rt, d->rn, sext(d->imm, 9), PLAIN); }
LIFT(a64, LDR_post) { return load(b, zero_load(d->size), d->rt, d->rn, sext(d->imm, 9), POST); }
LIFT(a64, LDR_pre) { return load(b, zero_load(d->size), d->rt, d->rn, sext(d->imm, 9), PRE); }
LIFT(a64, LDR_imm) { return load(b, zero_load(d->size), d->rt, d->rn, (i64)d->imm << d->size, PLAIN); }

LIFT(a64, LDURS) { return load(b, sign_load(d->size, d->w), d->rt, d->rn, sext(d->imm, 9), PLAIN); }
LIFT(a64, LDTRS) { return load(b, sign_load(d->size, d->w), d->rt, d->rn, sext(d->imm, 9), PLAIN); }
LIFT(a64, LDRS_post) { return load(b, sign_load(d->size, d->w), d->rt, d->rn, sext(d->imm, 9), POST); }
LIFT(a64, LDRS_pre) { return load(b, sign_load(d->size, d->w), d->rt, d->rn, sext(d->imm, 9), PRE); }
LIFT(a64, LDRS_imm) { return load(b, sign_load(d->size, d->w), d->rt, d->rn, (i64)d->imm << d->size, PLAIN); }

/* Base plus extended register, shifted by the access size if s. */
static ir_ref indexed(struct ir_build *b, u32 rn, u32 rm, u32 option, unsigned shift)
{
    ir_ref base = a64_base(b, rn);
    return ir_add(b, base, a64_extend_reg(b, rm, option, 64, shift));
}

LIFT(a64, STR_reg)
{
    ir_ref addr = indexed(b, d->rn, d->rm, d->option, d->s ? d->size : 0);
    a64_store(b, (u8)d->size, addr, 0, a64_get_x(b, d->rt, d->size == 3 ? 64 : 32));
    return FLOW_NEXT;
}

static enum flow load_indexed(struct ir_build *b, struct load_kind k, u32 rt, ir_ref addr)
{
    a64_set_x(b, rt, k.width, a64_load(b, k.type, k.sub, addr, 0));
    return FLOW_NEXT;
}

LIFT(a64, LDR_reg)
{
    return load_indexed(b, zero_load(d->size), d->rt, indexed(b, d->rn, d->rm, d->option, d->s ? d->size : 0));
}

LIFT(a64, LDRS_reg)
{
    return load_indexed(b, sign_load(d->size, d->w), d->rt, indexed(b, d->rn, d->rm, d->option, d->s ? d->size : 0));
}

/* --- literal, prefetch -------------------------------------------------------------------------------------------- */

static enum flow load_literal(struct ir_build *b, struct load_kind k, u32 rt, u32 imm)
{
    ir_ref addr = ir_imm(b, 64, b->pc + ((u64)sext(imm, 19) << 2));
    return load_indexed(b, k, rt, addr);
}

LIFT(a64, LDR_lit) { return load_literal(b, zero_load(d->sf ? 3 : 2), d->rt, d->imm); }
LIFT(a64, LDRSW_lit) { return load_literal(b, sign_load(2, 0), d->rt, d->imm); }

/* prfop: the type (PLD, PLI, PST, reserved), the cache level from 0 on, and whether it is used once. Of instructions, the
 * host's caches hold what they were translated to. */
static enum flow prefetch(struct ir_build *b, u32 prfop, ir_ref addr, i64 offset)
{
    enum { PLD, PLI, PST };
    u32 type = prfop >> 3, level = prfop >> 1 & 3;
    if ((type == PLD || type == PST) && level < 3)
        ir_prefetch(b, (u8)((prfop & 1 ? IR_PREFETCH_ONCE : level) | (type == PST ? IR_PREFETCH_WRITE : 0)), addr, offset);
    return FLOW_NEXT;
}

/* SP as a base need not be aligned. */
LIFT(a64, PRFM_lit) { return prefetch(b, d->rt, ir_imm(b, 64, b->pc + ((u64)sext(d->imm, 19) << 2)), 0); }
LIFT(a64, PRFUM) { return prefetch(b, d->rt, a64_get_xsp(b, d->rn, 64), sext(d->imm, 9)); }
LIFT(a64, PRFM_imm) { return prefetch(b, d->rt, a64_get_xsp(b, d->rn, 64), (i64)d->imm << 3); }
LIFT(a64, PRFM_reg)
{
    ir_ref index = a64_extend_reg(b, d->rm, d->option, 64, d->s ? 3 : 0);
    return prefetch(b, d->rt, ir_add(b, a64_get_xsp(b, d->rn, 64), index), 0);
}

/* --- pair --------------------------------------------------------------------------------------------------------- */

/* With FEAT_LSE2 two X registers inside an aligned 16 bytes move as one, which libatomic relies on; a stack slot, which
 * other threads do not watch, need not. */
static bool pair_is_one(const struct ir_build *b, u32 sf, u32 rn)
{
    return sf && rn != 31 && rn != 29 && !b->swap && a64_feature(b, A64_FEAT_lse2);
}

static enum flow store_pair(struct ir_build *b, u32 sf, u32 rt, u32 rt2, u32 rn, u32 imm, enum write_back wb)
{
    unsigned w = a64_width(sf);
    i64 offset = sext(imm, 7) * (w / 8), at = wb == POST ? 0 : offset;
    u8 sub = sf ? 3 : 2;
    ir_ref base = a64_base(b, rn), x = a64_get_x(b, rt, w), y = a64_get_x(b, rt2, w);
    if (pair_is_one(b, sf, rn)) {
        ir_store(b, 4, base, at, ir_op_typed(b, IR_OP_vinsert, IR_V128, IR_D, ir_vec(b, x), y, IR_NONE, 1));
    } else {
        a64_store(b, sub, base, at, x);
        a64_store(b, sub, base, at + w / 8, y);
    }
    if (wb != PLAIN)
        a64_write_back(b, rn, base, offset);
    return FLOW_NEXT;
}

static enum flow load_pair(struct ir_build *b, u32 sf, u32 rt, u32 rt2, u32 rn, u32 imm, enum write_back wb)
{
    unsigned w = a64_width(sf);
    i64 offset = sext(imm, 7) * (w / 8), at = wb == POST ? 0 : offset;
    u8 sub = sf ? 3 : 2;
    ir_ref base = a64_base(b, rn), x, y;
    if (pair_is_one(b, sf, rn)) {
        ir_ref both = ir_load(b, IR_V128, 4, base, at);
        x = ir_low(b, IR_I64, both);
        y = ir_op_typed(b, IR_OP_vextract, IR_I64, IR_D, both, IR_NONE, IR_NONE, 1);
    } else {
        x = a64_load(b, a64_type(w), sub, base, at);
        y = a64_load(b, a64_type(w), sub, base, at + w / 8);
    }
    a64_set_x(b, rt, w, x);
    a64_set_x(b, rt2, w, y);
    if (wb != PLAIN)
        a64_write_back(b, rn, base, offset);
    return FLOW_NEXT;
}

LIFT(a64, STNP) { return store_pair(b, d->sf, d->rt, d->rt2, d->rn, d->imm, PLAIN); }
LIFT(a64, STP_off) { return store_pair(b, d->sf, d->rt, d->rt2, d->rn, d->imm, PLAIN); }
LIFT(a64, STP_post) { return store_pair(b, d->sf, d->rt, d->rt2, d->rn, d->imm, POST); }
LIFT(a64, STP_pre) { return store_pair(b, d->sf, d->rt, d->rt2, d->rn, d->imm, PRE); }
LIFT(a64, LDNP) { return load_pair(b, d->sf, d->rt, d->rt2, d->rn, d->imm, PLAIN); }
LIFT(a64, LDP_off) { return load_pair(b, d->sf, d->rt, d->rt2, d->rn, d->imm, PLAIN); }
LIFT(a64, LDP_post) { return load_pair(b, d->sf, d->rt, d->rt2, d->rn, d->imm, POST); }
LIFT(a64, LDP_pre) { return load_pair(b, d->sf, d->rt, d->rt2, d->rn, d->imm, PRE); }

static enum flow load_pair_signed(struct ir_build *b, u32 rt, u32 rt2, u32 rn, u32 imm, enum write_back wb)
{
    i64 offset = sext(imm, 7) * 4, at = wb == POST ? 0 : offset;
    ir_ref base = a64_base(b, rn);
    ir_ref x = a64_load(b, IR_I64, 2 | IR_MEM_SIGN, base, at);
    ir_ref y = a64_load(b, IR_I64, 2 | IR_MEM_SIGN, base, at + 4);
    a64_set_x(b, rt, 64, x);
    a64_set_x(b, rt2, 64, y);
    if (wb != PLAIN)
        a64_write_back(b, rn, base, offset);
    return FLOW_NEXT;
}

LIFT(a64, LDPSW_off) { return load_pair_signed(b, d->rt, d->rt2, d->rn, d->imm, PLAIN); }
LIFT(a64, LDPSW_post) { return load_pair_signed(b, d->rt, d->rt2, d->rn, d->imm, POST); }
LIFT(a64, LDPSW_pre) { return load_pair_signed(b, d->rt, d->rt2, d->rn, d->imm, PRE); }

/* --- acquire and release ------------------------------------------------------------------------------------------ */

static enum flow load_acquire(struct ir_build *b, struct load_kind k, u32 rt, u32 rn, i64 offset)
{
    ir_ref base = a64_base(b, rn);
    u8 align = a64_aligned(b, base, offset, 1u << (k.sub & IR_MEM_SIZE_MASK));
    a64_set_x(b, rt, k.width, a64_load(b, k.type, k.sub | IR_MEM_ACQ | align, base, offset));
    return FLOW_NEXT;
}

static enum flow store_release(struct ir_build *b, u32 size, u32 rt, u32 rn, i64 offset)
{
    ir_ref base = a64_base(b, rn);
    u8 align = a64_aligned(b, base, offset, 1u << size);
    a64_store(b, (u8)size | IR_MEM_REL | align, base, offset, a64_get_x(b, rt, size == 3 ? 64 : 32));
    return FLOW_NEXT;
}

LIFT(a64, LDAR) { return load_acquire(b, zero_load(d->size), d->rt, d->rn, 0); }
LIFT(a64, LDLAR) { return load_acquire(b, zero_load(d->size), d->rt, d->rn, 0); }
LIFT(a64, LDAPR) { return load_acquire(b, zero_load(d->size), d->rt, d->rn, 0); }
LIFT(a64, LDAPUR) { return load_acquire(b, zero_load(d->size), d->rt, d->rn, sext(d->imm, 9)); }
LIFT(a64, LDAPURS) { return load_acquire(b, sign_load(d->size, d->w), d->rt, d->rn, sext(d->imm, 9)); }
LIFT(a64, STLR) { return store_release(b, d->size, d->rt, d->rn, 0); }
LIFT(a64, STLLR) { return store_release(b, d->size, d->rt, d->rn, 0); }
LIFT(a64, STLUR) { return store_release(b, d->size, d->rt, d->rn, sext(d->imm, 9)); }

/* --- exclusive ---------------------------------------------------------------------------------------------------- */

static u8 swap(const struct ir_build *b) { return b->swap ? IR_MEM_SWAP : 0; }

LIFT(a64, LDXR)
{
    struct load_kind k = zero_load(d->size);
    ir_ref base = a64_base(b, d->rn);
    u8 sub = a64_aligned(b, base, 0, 1u << d->size) | (d->o ? IR_MEM_ACQ : 0) | swap(b);
    a64_set_x(b, d->rt, k.width, ir_load_ex(b, k.type, sub | k.sub, base));
    return FLOW_NEXT;
}

LIFT(a64, STXR)
{
    ir_ref base = a64_base(b, d->rn);
    u8 sub = a64_aligned(b, base, 0, 1u << d->size) | (d->o ? IR_MEM_REL : 0) | swap(b);
    ir_ref status = ir_store_ex(b, sub | (u8)d->size, base, a64_get_x(b, d->rt, d->size == 3 ? 64 : 32));
    a64_set_x(b, d->rs, 32, status);
    return FLOW_NEXT;
}

/* Two W registers are one doubleword of which the first is at the lower address. */
ir_ref a64_join_w(struct ir_build *b, ir_ref first, ir_ref second)
{
    ir_ref low = b->swap ? second : first, high = b->swap ? first : second;
    return ir_or(b, ir_zext(b, low), ir_shl(b, ir_zext(b, high), ir_imm(b, 64, 32)));
}

void a64_split_w(struct ir_build *b, ir_ref both, ir_ref *first, ir_ref *second)
{
    ir_ref low = ir_trunc(b, both), high = ir_trunc(b, ir_shr(b, both, ir_imm(b, 64, 32)));
    *first = b->swap ? high : low;
    *second = b->swap ? low : high;
}

/* Two X registers are a v128 in memory order, the first in the low half; each half has the data's byte order. */
ir_ref a64_join_x(struct ir_build *b, ir_ref first, ir_ref second)
{
    if (b->swap) {
        first = ir_bswap(b, first);
        second = ir_bswap(b, second);
    }
    return ir_op_typed(b, IR_OP_vinsert, IR_V128, IR_D, ir_vec(b, first), second, IR_NONE, 1);
}

void a64_split_x(struct ir_build *b, ir_ref both, ir_ref *first, ir_ref *second)
{
    *first = ir_low(b, IR_I64, both);
    *second = ir_op_typed(b, IR_OP_vextract, IR_I64, IR_D, both, IR_NONE, IR_NONE, 1);
    if (b->swap) {
        *first = ir_bswap(b, *first);
        *second = ir_bswap(b, *second);
    }
}

LIFT(a64, LDXP)
{
    ir_ref base = a64_base(b, d->rn), x, y;
    u8 sub = a64_aligned(b, base, 0, d->sf ? 16 : 8) | (d->o ? IR_MEM_ACQ : 0);
    if (d->sf)
        a64_split_x(b, ir_load_ex(b, IR_V128, sub | 4, base), &x, &y);
    else
        a64_split_w(b, ir_load_ex(b, IR_I64, sub | 3 | swap(b), base), &x, &y);
    a64_set_x(b, d->rt, a64_width(d->sf), x);
    a64_set_x(b, d->rt2, a64_width(d->sf), y);
    return FLOW_NEXT;
}

LIFT(a64, STXP)
{
    unsigned w = a64_width(d->sf);
    ir_ref base = a64_base(b, d->rn), x = a64_get_x(b, d->rt, w), y = a64_get_x(b, d->rt2, w), status;
    u8 sub = a64_aligned(b, base, 0, d->sf ? 16 : 8) | (d->o ? IR_MEM_REL : 0);
    if (d->sf)
        status = ir_store_ex(b, sub | 4, base, a64_join_x(b, x, y));
    else
        status = ir_store_ex(b, sub | 3 | swap(b), base, a64_join_w(b, x, y));
    a64_set_x(b, d->rs, 32, status);
    return FLOW_NEXT;
}
