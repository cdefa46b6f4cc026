/* Data processing, immediate: Arm ARM C4.1.92. */
#include "a64_decode.h"
#include "guest/a64/a64.h"

/* --- PC-relative addresses ---------------------------------------------------------------------------------------- */

LIFT(a64, ADR)
{
    a64_set_x(b, d->rd, 64, ir_imm(b, 64, b->pc + (u64)sext(d->immhi << 2 | d->immlo, 21)));
    return FLOW_NEXT;
}

LIFT(a64, ADRP)
{
    u64 page = b->pc & ~0xfffull;
    a64_set_x(b, d->rd, 64, ir_imm(b, 64, page + ((u64)sext(d->immhi << 2 | d->immlo, 21) << 12)));
    return FLOW_NEXT;
}

/* --- add and subtract --------------------------------------------------------------------------------------------- */

static ir_ref imm12(struct ir_build *b, unsigned w, u32 imm, u32 sh) { return ir_imm(b, w, (u64)imm << (sh ? 12 : 0)); }

LIFT(a64, ADD_imm) /* no flags; register 31 is SP on both sides */
{
    unsigned w = a64_width(d->sf);
    u32 known = d->rn == 31 && w == 64 && (d->sh || !(d->imm & 15)) ? b->known : 0; /* SP stays aligned */
    a64_set_xsp(b, d->rd, w, ir_add(b, a64_get_xsp(b, d->rn, w), imm12(b, w, d->imm, d->sh)));
    b->known |= known;
    return FLOW_NEXT;
}

LIFT(a64, SUB_imm)
{
    unsigned w = a64_width(d->sf);
    u32 known = d->rn == 31 && w == 64 && (d->sh || !(d->imm & 15)) ? b->known : 0; /* SP stays aligned */
    a64_set_xsp(b, d->rd, w, ir_sub(b, a64_get_xsp(b, d->rn, w), imm12(b, w, d->imm, d->sh)));
    b->known |= known;
    return FLOW_NEXT;
}

LIFT(a64, ADDS_imm)
{
    unsigned w = a64_width(d->sf);
    ir_ref x = a64_get_xsp(b, d->rn, w), y = imm12(b, w, d->imm, d->sh);
    ir_ref flags = ir_flags_add(b, x, y);
    a64_set_with_flags(b, d->rd, w, flags, ir_add(b, x, y));
    return FLOW_NEXT;
}

LIFT(a64, SUBS_imm)
{
    unsigned w = a64_width(d->sf);
    ir_ref x = a64_get_xsp(b, d->rn, w), y = imm12(b, w, d->imm, d->sh);
    ir_ref flags = ir_flags_sub(b, x, y);
    a64_set_with_flags(b, d->rd, w, flags, ir_sub(b, x, y));
    return FLOW_NEXT;
}

/* --- logical ------------------------------------------------------------------------------------------------------ */

bool a64_bit_mask(unsigned n, unsigned imms, unsigned immr, unsigned w, u64 *mask)
{
    u32 length_bits = n << 6 | (~imms & 63);
    if (length_bits < 2 || (n && w == 32)) /* element size 2^len, len >= 1 */
        return false;
    unsigned size = 1u << (31 - clz32(length_bits));
    unsigned s = imms & (size - 1), r = immr & (size - 1);
    if (s == size - 1)
        return false;
    u64 element = ones(s + 1);
    if (r)
        element = (element >> r | element << (size - r)) & ones(size);
    for (unsigned have = size; have < 64; have *= 2)
        element |= element << have;
    *mask = element & ones(w);
    return true;
}

/* The rows' conditions leave valid masks only. */
static ir_ref bit_mask(struct ir_build *b, unsigned w, u32 n, u32 imms, u32 immr)
{
    u64 mask = 0;
    must(a64_bit_mask(n, imms, immr, w, &mask));
    return ir_imm(b, w, mask);
}

LIFT(a64, AND_imm)
{
    unsigned w = a64_width(d->sf);
    a64_set_xsp(b, d->rd, w, ir_and(b, a64_get_x(b, d->rn, w), bit_mask(b, w, d->N, d->imms, d->immr)));
    return FLOW_NEXT;
}

LIFT(a64, ORR_imm)
{
    unsigned w = a64_width(d->sf);
    a64_set_xsp(b, d->rd, w, ir_or(b, a64_get_x(b, d->rn, w), bit_mask(b, w, d->N, d->imms, d->immr)));
    return FLOW_NEXT;
}

LIFT(a64, EOR_imm)
{
    unsigned w = a64_width(d->sf);
    a64_set_xsp(b, d->rd, w, ir_xor(b, a64_get_x(b, d->rn, w), bit_mask(b, w, d->N, d->imms, d->immr)));
    return FLOW_NEXT;
}

LIFT(a64, ANDS_imm)
{
    unsigned w = a64_width(d->sf);
    ir_ref x = a64_get_x(b, d->rn, w), y = bit_mask(b, w, d->N, d->imms, d->immr);
    ir_ref flags = ir_flags_logic(b, x, y);
    a64_set_with_flags(b, d->rd, w, flags, ir_and(b, x, y));
    return FLOW_NEXT;
}

/* --- move wide ---------------------------------------------------------------------------------------------------- */

LIFT(a64, MOVN)
{
    unsigned w = a64_width(d->sf);
    a64_set_x(b, d->rd, w, ir_imm(b, w, ~((u64)d->imm << 16 * d->hw)));
    return FLOW_NEXT;
}

LIFT(a64, MOVZ)
{
    unsigned w = a64_width(d->sf);
    a64_set_x(b, d->rd, w, ir_imm(b, w, (u64)d->imm << 16 * d->hw));
    return FLOW_NEXT;
}

LIFT(a64, MOVK)
{
    unsigned w = a64_width(d->sf);
    ir_ref kept = ir_and(b, a64_get_x(b, d->rd, w), ir_imm(b, w, ~(0xffffull << 16 * d->hw)));
    a64_set_x(b, d->rd, w, ir_or(b, kept, ir_imm(b, w, (u64)d->imm << 16 * d->hw)));
    return FLOW_NEXT;
}

/* --- bitfield and extract ----------------------------------------------------------------------------------------- */

/* imms >= immr: bits imms..immr move to the bottom; otherwise bits imms..0 move up to w - immr. */
LIFT(a64, SBFM)
{
    unsigned w = a64_width(d->sf);
    ir_ref r;
    if (d->immr == 0 && d->imms == 31 && w == 64) {
        r = ir_sext(b, a64_get_x(b, d->rn, 32));
    } else if (d->immr == 0 && (d->imms == 7 || d->imms == 15)) {
        r = ir_sext_low(b, a64_get_x(b, d->rn, w), d->imms + 1);
    } else {
        unsigned up = w - 1 - d->imms; /* the field's sign bit goes to the top, then comes down */
        unsigned down = d->imms >= d->immr ? up + d->immr : d->immr - d->imms - 1;
        r = a64_shift(b, a64_shift(b, a64_get_x(b, d->rn, w), 0, w, up), 2, w, down);
    }
    a64_set_x(b, d->rd, w, r);
    return FLOW_NEXT;
}

LIFT(a64, UBFM)
{
    unsigned w = a64_width(d->sf);
    ir_ref x = a64_get_x(b, d->rn, w), r;
    if (d->imms >= d->immr) {
        r = a64_shift(b, x, 1, w, d->immr);
        if (d->imms != w - 1)
            r = ir_and(b, r, ir_imm(b, w, ones(d->imms - d->immr + 1)));
    } else {
        if (d->imms + 1 != d->immr)
            x = ir_and(b, x, ir_imm(b, w, ones(d->imms + 1)));
        r = a64_shift(b, x, 0, w, w - d->immr);
    }
    a64_set_x(b, d->rd, w, r);
    return FLOW_NEXT;
}

LIFT(a64, BFM)
{
    unsigned w = a64_width(d->sf);
    ir_ref x = a64_get_x(b, d->rn, w);
    u64 mask; /* of the bits that are replaced */
    if (d->imms >= d->immr) {
        mask = ones(d->imms - d->immr + 1);
        x = a64_shift(b, x, 1, w, d->immr);
    } else {
        mask = ones(d->imms + 1) << (w - d->immr);
        x = a64_shift(b, x, 0, w, w - d->immr);
    }
    ir_ref kept = ir_and(b, a64_get_x(b, d->rd, w), ir_imm(b, w, ~mask));
    a64_set_x(b, d->rd, w, ir_or(b, kept, ir_and(b, x, ir_imm(b, w, mask))));
    return FLOW_NEXT;
}

LIFT(a64, EXTR)
{
    unsigned w = a64_width(d->sf);
    ir_ref low = a64_get_x(b, d->rm, w), r;
    if (d->imms == 0)
        r = low;
    else if (d->rn == d->rm)
        r = a64_shift(b, low, 3, w, d->imms);
    else
        r = ir_or(b, a64_shift(b, low, 1, w, d->imms), a64_shift(b, a64_get_x(b, d->rn, w), 0, w, w - d->imms));
    a64_set_x(b, d->rd, w, r);
    return FLOW_NEXT;
}
