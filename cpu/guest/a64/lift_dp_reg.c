/* Data processing, register: Arm ARM C4.1.95. */
#include "a64_decode.h"
#include "guest/a64/a64.h"

/* --- shifted and extended operands -------------------------------------------------------------------------------- */

ir_ref a64_shift(struct ir_build *b, ir_ref value, unsigned type, unsigned w, unsigned amount)
{
    if (amount == 0)
        return value;
    ir_ref n = ir_imm(b, w, amount);
    switch (type) {
    case 0:
        return ir_shl(b, value, n);
    case 1:
        return ir_shr(b, value, n);
    case 2:
        return ir_sar(b, value, n);
    default:
        return ir_rotr(b, value, n);
    }
}

ir_ref a64_extend_reg(struct ir_build *b, unsigned n, unsigned option, unsigned w, unsigned shift)
{
    bool is_signed = option & 4;
    unsigned from = 8u << (option & 3);
    ir_ref x;
    if (from >= w)
        x = a64_get_x(b, n, w);
    else if (from == 32)
        x = is_signed ? ir_sext(b, a64_get_x(b, n, 32)) : ir_zext(b, a64_get_x(b, n, 32));
    else
        x = is_signed ? ir_sext_low(b, a64_get_x(b, n, w), from) : ir_zext_low(b, a64_get_x(b, n, w), from);
    return a64_shift(b, x, 0, w, shift);
}

/* --- logical ------------------------------------------------------------------------------------------------------ */

#define LOGICAL(name, op)                                                                                              \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        unsigned w = a64_width(d->sf);                                                                                 \
        ir_ref y = a64_shift(b, a64_get_x(b, d->rm, w), d->shift, w, d->imm);                                          \
        a64_set_x(b, d->rd, w, op(b, a64_get_x(b, d->rn, w), y));                                                      \
        return FLOW_NEXT;                                                                                              \
    }
LOGICAL(AND_sh, ir_and)
LOGICAL(BIC_sh, ir_andn)
LOGICAL(ORR_sh, ir_or)
LOGICAL(ORN_sh, ir_orn)
LOGICAL(EOR_sh, ir_xor)
LOGICAL(EON_sh, ir_xorn)
#undef LOGICAL

static enum flow ands(struct ir_build *b, unsigned w, u32 rd, ir_ref x, ir_ref y)
{
    ir_ref flags = ir_flags_logic(b, x, y);
    a64_set_with_flags(b, rd, w, flags, ir_and(b, x, y));
    return FLOW_NEXT;
}

LIFT(a64, ANDS_sh)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_shift(b, a64_get_x(b, d->rm, w), d->shift, w, d->imm);
    return ands(b, w, d->rd, a64_get_x(b, d->rn, w), y);
}

LIFT(a64, BICS_sh)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_shift(b, a64_get_x(b, d->rm, w), d->shift, w, d->imm);
    return ands(b, w, d->rd, a64_get_x(b, d->rn, w), ir_not(b, y));
}

/* --- add and subtract --------------------------------------------------------------------------------------------- */

static enum flow adds(struct ir_build *b, unsigned w, u32 rd, ir_ref x, ir_ref y)
{
    ir_ref flags = ir_flags_add(b, x, y);
    a64_set_with_flags(b, rd, w, flags, ir_add(b, x, y));
    return FLOW_NEXT;
}

static enum flow subs(struct ir_build *b, unsigned w, u32 rd, ir_ref x, ir_ref y)
{
    ir_ref flags = ir_flags_sub(b, x, y);
    a64_set_with_flags(b, rd, w, flags, ir_sub(b, x, y));
    return FLOW_NEXT;
}

LIFT(a64, ADD_sh)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_shift(b, a64_get_x(b, d->rm, w), d->shift, w, d->imm);
    a64_set_x(b, d->rd, w, ir_add(b, a64_get_x(b, d->rn, w), y));
    return FLOW_NEXT;
}

LIFT(a64, SUB_sh)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_shift(b, a64_get_x(b, d->rm, w), d->shift, w, d->imm);
    a64_set_x(b, d->rd, w, ir_sub(b, a64_get_x(b, d->rn, w), y));
    return FLOW_NEXT;
}

LIFT(a64, ADDS_sh)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_shift(b, a64_get_x(b, d->rm, w), d->shift, w, d->imm);
    return adds(b, w, d->rd, a64_get_x(b, d->rn, w), y);
}

LIFT(a64, SUBS_sh)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_shift(b, a64_get_x(b, d->rm, w), d->shift, w, d->imm);
    return subs(b, w, d->rd, a64_get_x(b, d->rn, w), y);
}

LIFT(a64, ADD_ext)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_extend_reg(b, d->rm, d->option, w, d->imm);
    a64_set_xsp(b, d->rd, w, ir_add(b, a64_get_xsp(b, d->rn, w), y));
    return FLOW_NEXT;
}

LIFT(a64, SUB_ext)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_extend_reg(b, d->rm, d->option, w, d->imm);
    a64_set_xsp(b, d->rd, w, ir_sub(b, a64_get_xsp(b, d->rn, w), y));
    return FLOW_NEXT;
}

LIFT(a64, ADDS_ext)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_extend_reg(b, d->rm, d->option, w, d->imm);
    return adds(b, w, d->rd, a64_get_xsp(b, d->rn, w), y);
}

LIFT(a64, SUBS_ext)
{
    unsigned w = a64_width(d->sf);
    ir_ref y = a64_extend_reg(b, d->rm, d->option, w, d->imm);
    return subs(b, w, d->rd, a64_get_xsp(b, d->rn, w), y);
}

/* x + y + C, with flags or without; a subtraction passes y inverted. */
static enum flow add_carry(struct ir_build *b, unsigned w, u32 rd, ir_ref x, ir_ref y, bool flags)
{
    ir_ref c = ir_cond(b, IR_CS, a64_get_nzcv(b));
    ir_ref sum = ir_add(b, ir_add(b, x, y), w == 64 ? ir_zext(b, c) : c);
    if (flags)
        a64_set_nzcv(b, ir_flags_adc(b, x, y, c));
    if (rd != 31)
        a64_set_x(b, rd, w, sum);
    return FLOW_NEXT;
}

LIFT(a64, ADC)
{
    unsigned w = a64_width(d->sf);
    return add_carry(b, w, d->rd, a64_get_x(b, d->rn, w), a64_get_x(b, d->rm, w), false);
}

LIFT(a64, ADCS)
{
    unsigned w = a64_width(d->sf);
    return add_carry(b, w, d->rd, a64_get_x(b, d->rn, w), a64_get_x(b, d->rm, w), true);
}

LIFT(a64, SBC)
{
    unsigned w = a64_width(d->sf);
    return add_carry(b, w, d->rd, a64_get_x(b, d->rn, w), ir_not(b, a64_get_x(b, d->rm, w)), false);
}

LIFT(a64, SBCS)
{
    unsigned w = a64_width(d->sf);
    return add_carry(b, w, d->rd, a64_get_x(b, d->rn, w), ir_not(b, a64_get_x(b, d->rm, w)), true);
}

/* --- flags from registers ----------------------------------------------------------------------------------------- */

LIFT(a64, RMIF) /* bits 3..0 of the rotated register replace the flags that mask selects */
{
    u32 mask = d->mask << 28;
    ir_ref x = a64_shift(b, a64_get_x(b, d->rn, 64), 3, 64, d->imm);
    ir_ref new = ir_and(b, ir_shl(b, ir_trunc(b, x), ir_imm(b, 32, 28)), ir_imm(b, 32, mask));
    ir_ref old = ir_and(b, a64_flags_word(b, a64_get_nzcv(b)), ir_imm(b, 32, ~mask));
    a64_set_nzcv(b, a64_flags_pack(b, ir_or(b, old, new)));
    return FLOW_NEXT;
}

/* N and Z of the low n bits, V = bit n different from bit n - 1, C unchanged. */
static enum flow setf(struct ir_build *b, u32 rn, unsigned n)
{
    ir_ref x = a64_get_x(b, rn, 32);
    ir_ref top = ir_shl(b, x, ir_imm(b, 32, 32 - n));
    ir_ref nz = ir_and(b, a64_flags_word(b, ir_flags_logic(b, top, top)), ir_imm(b, 32, A64_N | A64_Z));
    ir_ref differ = ir_xor(b, x, ir_shl(b, x, ir_imm(b, 32, 1))); /* bit n: bits n and n - 1 */
    ir_ref v = ir_and(b, ir_shl(b, differ, ir_imm(b, 32, 28 - n)), ir_imm(b, 32, A64_V));
    ir_ref c = ir_and(b, a64_flags_word(b, a64_get_nzcv(b)), ir_imm(b, 32, A64_C));
    a64_set_nzcv(b, a64_flags_pack(b, ir_or(b, ir_or(b, nz, v), c)));
    return FLOW_NEXT;
}

LIFT(a64, SETF8) { return setf(b, d->rn, 8); }
LIFT(a64, SETF16) { return setf(b, d->rn, 16); }

/* --- conditional compare and select ------------------------------------------------------------------------------- */

static enum flow conditional_compare(struct ir_build *b, u32 cond, ir_ref flags, u32 nzcv)
{
    a64_set_nzcv(b, ir_select(b, a64_cond(b, cond), flags, ir_const(b, IR_FLAGS, (u64)nzcv << 28)));
    return FLOW_NEXT;
}

LIFT(a64, CCMN_reg)
{
    unsigned w = a64_width(d->sf);
    return conditional_compare(b, d->cond, ir_flags_add(b, a64_get_x(b, d->rn, w), a64_get_x(b, d->rm, w)), d->nzcv);
}

LIFT(a64, CCMN_imm)
{
    unsigned w = a64_width(d->sf);
    return conditional_compare(b, d->cond, ir_flags_add(b, a64_get_x(b, d->rn, w), ir_imm(b, w, d->imm)), d->nzcv);
}

LIFT(a64, CCMP_reg)
{
    unsigned w = a64_width(d->sf);
    return conditional_compare(b, d->cond, ir_flags_sub(b, a64_get_x(b, d->rn, w), a64_get_x(b, d->rm, w)), d->nzcv);
}

LIFT(a64, CCMP_imm)
{
    unsigned w = a64_width(d->sf);
    return conditional_compare(b, d->cond, ir_flags_sub(b, a64_get_x(b, d->rn, w), ir_imm(b, w, d->imm)), d->nzcv);
}

LIFT(a64, CSEL)
{
    unsigned w = a64_width(d->sf);
    a64_set_x(b, d->rd, w, ir_select(b, a64_cond(b, d->cond), a64_get_x(b, d->rn, w), a64_get_x(b, d->rm, w)));
    return FLOW_NEXT;
}

LIFT(a64, CSINC)
{
    unsigned w = a64_width(d->sf);
    ir_ref other = ir_add(b, a64_get_x(b, d->rm, w), ir_imm(b, w, 1));
    a64_set_x(b, d->rd, w, ir_select(b, a64_cond(b, d->cond), a64_get_x(b, d->rn, w), other));
    return FLOW_NEXT;
}

LIFT(a64, CSINV)
{
    unsigned w = a64_width(d->sf);
    ir_ref other = ir_not(b, a64_get_x(b, d->rm, w));
    a64_set_x(b, d->rd, w, ir_select(b, a64_cond(b, d->cond), a64_get_x(b, d->rn, w), other));
    return FLOW_NEXT;
}

LIFT(a64, CSNEG)
{
    unsigned w = a64_width(d->sf);
    ir_ref other = ir_neg(b, a64_get_x(b, d->rm, w));
    a64_set_x(b, d->rd, w, ir_select(b, a64_cond(b, d->cond), a64_get_x(b, d->rn, w), other));
    return FLOW_NEXT;
}

/* --- two sources -------------------------------------------------------------------------------------------------- */

#define TWO_SOURCES(name, op)                                                                                          \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        unsigned w = a64_width(d->sf);                                                                                 \
        a64_set_x(b, d->rd, w, op(b, a64_get_x(b, d->rn, w), a64_get_x(b, d->rm, w)));                                 \
        return FLOW_NEXT;                                                                                              \
    }
TWO_SOURCES(UDIV, ir_udiv)
TWO_SOURCES(SDIV, ir_sdiv)
TWO_SOURCES(LSLV, ir_shl)
TWO_SOURCES(LSRV, ir_shr)
TWO_SOURCES(ASRV, ir_sar)
TWO_SOURCES(RORV, ir_rotr)
#undef TWO_SOURCES

static enum flow crc(struct ir_build *b, enum ir_opcode op, u32 rd, u32 rn, u32 rm, u32 sz)
{
    a64_set_x(b, rd, 32, ir_crc(b, op, a64_get_x(b, rn, 32), a64_get_x(b, rm, 64), sz));
    return FLOW_NEXT;
}

LIFT(a64, CRC32) { return crc(b, IR_OP_crc32_1, d->rd, d->rn, d->rm, d->sz); }
LIFT(a64, CRC32C) { return crc(b, IR_OP_crc32c_1, d->rd, d->rn, d->rm, d->sz); }

/* --- one source --------------------------------------------------------------------------------------------------- */

LIFT(a64, RBIT)
{
    unsigned w = a64_width(d->sf);
    a64_set_x(b, d->rd, w, ir_bitrev(b, a64_get_x(b, d->rn, w)));
    return FLOW_NEXT;
}

LIFT(a64, REV16)
{
    unsigned w = a64_width(d->sf);
    ir_ref x = a64_get_x(b, d->rn, w), even = ir_imm(b, w, 0x00ff00ff00ff00ff);
    ir_ref down = ir_and(b, a64_shift(b, x, 1, w, 8), even);
    a64_set_x(b, d->rd, w, ir_or(b, down, a64_shift(b, ir_and(b, x, even), 0, w, 8)));
    return FLOW_NEXT;
}

LIFT(a64, REV_w)
{
    a64_set_x(b, d->rd, 32, ir_bswap(b, a64_get_x(b, d->rn, 32)));
    return FLOW_NEXT;
}

LIFT(a64, REV32)
{
    a64_set_x(b, d->rd, 64, a64_shift(b, ir_bswap(b, a64_get_x(b, d->rn, 64)), 3, 64, 32));
    return FLOW_NEXT;
}

LIFT(a64, REV_x)
{
    a64_set_x(b, d->rd, 64, ir_bswap(b, a64_get_x(b, d->rn, 64)));
    return FLOW_NEXT;
}

LIFT(a64, CLZ)
{
    unsigned w = a64_width(d->sf);
    a64_set_x(b, d->rd, w, ir_clz(b, a64_get_x(b, d->rn, w)));
    return FLOW_NEXT;
}

LIFT(a64, CLS) /* the bits that differ from their upper neighbour: the first one ends the run of sign bits */
{
    unsigned w = a64_width(d->sf);
    ir_ref x = a64_get_x(b, d->rn, w);
    ir_ref changes = ir_xor(b, x, a64_shift(b, x, 2, w, 1));
    a64_set_x(b, d->rd, w, ir_sub(b, ir_clz(b, changes), ir_imm(b, w, 1)));
    return FLOW_NEXT;
}

/* --- three sources ------------------------------------------------------------------------------------------------ */

/* ra + product or ra - product; ra 31 is zero, so MUL and MNEG fold. */
static enum flow accumulate(struct ir_build *b, unsigned w, u32 rd, u32 ra, ir_ref product, bool subtract)
{
    ir_ref a = a64_get_x(b, ra, w);
    a64_set_x(b, rd, w, subtract ? ir_sub(b, a, product) : ir_add(b, a, product));
    return FLOW_NEXT;
}

LIFT(a64, MADD)
{
    unsigned w = a64_width(d->sf);
    return accumulate(b, w, d->rd, d->ra, ir_mul(b, a64_get_x(b, d->rn, w), a64_get_x(b, d->rm, w)), false);
}

LIFT(a64, MSUB)
{
    unsigned w = a64_width(d->sf);
    return accumulate(b, w, d->rd, d->ra, ir_mul(b, a64_get_x(b, d->rn, w), a64_get_x(b, d->rm, w)), true);
}

static ir_ref long_product(struct ir_build *b, u32 rn, u32 rm, bool is_signed)
{
    ir_ref x = a64_get_x(b, rn, 32), y = a64_get_x(b, rm, 32);
    return is_signed ? ir_mul(b, ir_sext(b, x), ir_sext(b, y)) : ir_mul(b, ir_zext(b, x), ir_zext(b, y));
}

LIFT(a64, SMADDL) { return accumulate(b, 64, d->rd, d->ra, long_product(b, d->rn, d->rm, true), false); }
LIFT(a64, SMSUBL) { return accumulate(b, 64, d->rd, d->ra, long_product(b, d->rn, d->rm, true), true); }
LIFT(a64, UMADDL) { return accumulate(b, 64, d->rd, d->ra, long_product(b, d->rn, d->rm, false), false); }
LIFT(a64, UMSUBL) { return accumulate(b, 64, d->rd, d->ra, long_product(b, d->rn, d->rm, false), true); }

LIFT(a64, SMULH)
{
    a64_set_x(b, d->rd, 64, ir_smulh(b, a64_get_x(b, d->rn, 64), a64_get_x(b, d->rm, 64)));
    return FLOW_NEXT;
}

LIFT(a64, UMULH)
{
    a64_set_x(b, d->rd, 64, ir_umulh(b, a64_get_x(b, d->rn, 64), a64_get_x(b, d->rm, 64)));
    return FLOW_NEXT;
}
