/* Multiplication, saturating addition, division: Arm ARM (DDI 0406C) A5.2.5 to A5.2.7, A5.4.4, A6.3.16, A6.3.17. */
#include "a32_decode.h"
#include "t16_decode.h"
#include "t32_decode.h"
#include "guest/a32/a32.h"

/* --- 32 x 32 ---------------------------------------------------------------------------------------------------------- */

/* N and Z; C and V stay (C was unpredictable before ARMv5). */
static enum flow multiply(struct ir_build *b, bool s, unsigned rd, unsigned rn, unsigned rm)
{
    ir_ref r = ir_mul(b, a32_get(b, rn), a32_get(b, rm));
    if (s)
        a32_set_nz(b, r, IR_NONE);
    a32_put_r(b, rd, r);
    return FLOW_NEXT;
}

static enum flow multiply_add(struct ir_build *b, bool s, unsigned rd, unsigned rn, unsigned rm, unsigned ra)
{
    ir_ref r = ir_add(b, ir_mul(b, a32_get(b, rn), a32_get(b, rm)), a32_get(b, ra));
    if (s)
        a32_set_nz(b, r, IR_NONE);
    a32_put_r(b, rd, r);
    return FLOW_NEXT;
}

static enum flow multiply_subtract(struct ir_build *b, unsigned rd, unsigned rn, unsigned rm, unsigned ra)
{
    a32_put_r(b, rd, ir_sub(b, a32_get(b, ra), ir_mul(b, a32_get(b, rn), a32_get(b, rm))));
    return FLOW_NEXT;
}

/* Registers 15 are unpredictable in all of these: undefined here. */
static bool has_pc(unsigned a, unsigned b, unsigned c, unsigned d)
{
    return a == A32_PC || b == A32_PC || c == A32_PC || d == A32_PC;
}
#define NO_PC(a, b, c, d)                                                                                              \
    if (has_pc(a, b, c, d))                                                                                            \
        return FLOW_UNDEFINED

LIFT(a32, MUL) { NO_PC(d->rd, d->rn, d->rm, 0); return multiply(b, d->s, d->rd, d->rn, d->rm); }
LIFT(t32, MUL) { NO_PC(d->rd, d->rn, d->rm, 0); return multiply(b, false, d->rd, d->rn, d->rm); }
LIFT(t16, MUL) { return multiply(b, !a32_in_it(b), d->rd, d->rm, d->rd); }
LIFT(a32, MLA) { NO_PC(d->rd, d->rn, d->rm, d->ra); return multiply_add(b, d->s, d->rd, d->rn, d->rm, d->ra); }
LIFT(t32, MLA) { NO_PC(d->rd, d->rn, d->rm, 0); return multiply_add(b, false, d->rd, d->rn, d->rm, d->ra); }
LIFT_BOTH(MLS, NO_PC(d->rd, d->rn, d->rm, d->ra); return multiply_subtract(b, d->rd, d->rn, d->rm, d->ra);)

/* --- 32 x 32 to 64 -------------------------------------------------------------------------------------------------------- */

static ir_ref wide(struct ir_build *b, ir_ref x, bool is_signed) { return is_signed ? ir_sext(b, x) : ir_zext(b, x); }

static ir_ref get_pair(struct ir_build *b, unsigned lo, unsigned hi)
{
    return ir_or(b, ir_zext(b, a32_get(b, lo)), ir_shl(b, ir_zext(b, a32_get(b, hi)), ir_imm(b, 64, 32)));
}

static void put_pair(struct ir_build *b, unsigned lo, unsigned hi, ir_ref value)
{
    a32_put_r(b, lo, ir_trunc(b, value));
    a32_put_r(b, hi, ir_trunc(b, ir_shr(b, value, ir_imm(b, 64, 32))));
}

static enum flow multiply_long(struct ir_build *b, bool s, bool is_signed, bool accumulate, unsigned lo, unsigned hi,
                               unsigned rn, unsigned rm)
{
    NO_PC(lo, hi, rn, rm);
    ir_ref r = ir_mul(b, wide(b, a32_get(b, rn), is_signed), wide(b, a32_get(b, rm), is_signed));
    if (accumulate)
        r = ir_add(b, r, get_pair(b, lo, hi));
    if (s) {
        ir_ref cv = a32_flags_word(b, a32_get_nzcv(b));
        a32_set_nzcv(b, ir_flags_nz(b, r, r, cv));
    }
    put_pair(b, lo, hi, r);
    return FLOW_NEXT;
}
LIFT(a32, UMULL) { return multiply_long(b, d->s, false, false, d->lo, d->hi, d->rn, d->rm); }
LIFT(a32, UMLAL) { return multiply_long(b, d->s, false, true, d->lo, d->hi, d->rn, d->rm); }
LIFT(a32, SMULL) { return multiply_long(b, d->s, true, false, d->lo, d->hi, d->rn, d->rm); }
LIFT(a32, SMLAL) { return multiply_long(b, d->s, true, true, d->lo, d->hi, d->rn, d->rm); }
LIFT(t32, UMULL) { return multiply_long(b, false, false, false, d->lo, d->hi, d->rn, d->rm); }
LIFT(t32, UMLAL) { return multiply_long(b, false, false, true, d->lo, d->hi, d->rn, d->rm); }
LIFT(t32, SMULL) { return multiply_long(b, false, true, false, d->lo, d->hi, d->rn, d->rm); }
LIFT(t32, SMLAL) { return multiply_long(b, false, true, true, d->lo, d->hi, d->rn, d->rm); }

static enum flow multiply_add_add(struct ir_build *b, unsigned lo, unsigned hi, unsigned rn, unsigned rm)
{
    NO_PC(lo, hi, rn, rm);
    ir_ref r = ir_mul(b, ir_zext(b, a32_get(b, rn)), ir_zext(b, a32_get(b, rm)));
    r = ir_add(b, ir_add(b, r, ir_zext(b, a32_get(b, lo))), ir_zext(b, a32_get(b, hi)));
    put_pair(b, lo, hi, r);
    return FLOW_NEXT;
}
LIFT_BOTH(UMAAL, return multiply_add_add(b, d->lo, d->hi, d->rn, d->rm);)

/* --- halfwords ------------------------------------------------------------------------------------------------------------ */

/* The signed upper or lower half of an i32. */
static ir_ref half(struct ir_build *b, ir_ref x, bool upper)
{
    return upper ? ir_sar(b, x, a32_imm(b, 16)) : ir_sext_low(b, x, 16);
}

/* rd = the low word of an i64; Q if that is not all of it. */
static void put_checked(struct ir_build *b, unsigned rd, ir_ref value)
{
    ir_ref low = ir_trunc(b, value);
    a32_set_q(b, ir_ne(b, ir_sext(b, low), value));
    a32_put_r(b, rd, low);
}

/* rd = x + y; Q if that overflows. */
static void put_sum(struct ir_build *b, unsigned rd, ir_ref x, ir_ref y)
{
    ir_ref sum = ir_add(b, x, y);
    a32_set_q(b, ir_cond(b, IR_VS, ir_flags_add(b, x, y)));
    a32_put_r(b, rd, sum);
}

static enum flow half_multiply_add(struct ir_build *b, bool n, bool m, unsigned rd, unsigned rn, unsigned rm, unsigned ra)
{
    NO_PC(rd, rn, rm, ra);
    ir_ref product = ir_mul(b, half(b, a32_get(b, rn), n), half(b, a32_get(b, rm), m));
    put_sum(b, rd, product, a32_get(b, ra));
    return FLOW_NEXT;
}
static enum flow half_multiply(struct ir_build *b, bool n, bool m, unsigned rd, unsigned rn, unsigned rm)
{
    NO_PC(rd, rn, rm, 0);
    a32_put_r(b, rd, ir_mul(b, half(b, a32_get(b, rn), n), half(b, a32_get(b, rm), m)));
    return FLOW_NEXT;
}
/* Bits 47..16 of a word times a halfword, sign-extended. */
static ir_ref word_half_product(struct ir_build *b, bool m, unsigned rn, unsigned rm)
{
    ir_ref product = ir_mul(b, ir_sext(b, a32_get(b, rn)), ir_sext(b, half(b, a32_get(b, rm), m)));
    return ir_sar(b, product, ir_imm(b, 64, 16));
}
static enum flow word_half_add(struct ir_build *b, bool m, unsigned rd, unsigned rn, unsigned rm, unsigned ra)
{
    NO_PC(rd, rn, rm, ra);
    put_sum(b, rd, ir_trunc(b, word_half_product(b, m, rn, rm)), a32_get(b, ra));
    return FLOW_NEXT;
}
static enum flow word_half(struct ir_build *b, bool m, unsigned rd, unsigned rn, unsigned rm)
{
    NO_PC(rd, rn, rm, 0);
    a32_put_r(b, rd, ir_trunc(b, word_half_product(b, m, rn, rm)));
    return FLOW_NEXT;
}
static enum flow half_multiply_long(struct ir_build *b, bool n, bool m, unsigned lo, unsigned hi, unsigned rn, unsigned rm)
{
    NO_PC(lo, hi, rn, rm);
    ir_ref product = ir_mul(b, half(b, a32_get(b, rn), n), half(b, a32_get(b, rm), m));
    put_pair(b, lo, hi, ir_add(b, get_pair(b, lo, hi), ir_sext(b, product)));
    return FLOW_NEXT;
}
LIFT_BOTH(SMLAxy, return half_multiply_add(b, d->n, d->m, d->rd, d->rn, d->rm, d->ra);)
LIFT_BOTH(SMULxy, return half_multiply(b, d->n, d->m, d->rd, d->rn, d->rm);)
LIFT_BOTH(SMLAWy, return word_half_add(b, d->m, d->rd, d->rn, d->rm, d->ra);)
LIFT_BOTH(SMULWy, return word_half(b, d->m, d->rd, d->rn, d->rm);)
LIFT_BOTH(SMLALxy, return half_multiply_long(b, d->n, d->m, d->lo, d->hi, d->rn, d->rm);)

/* --- two products of halfwords ---------------------------------------------------------------------------------------------- */

/* The sum or difference of the products of the halves, as an i64. */
static ir_ref dual(struct ir_build *b, bool subtract, bool x, unsigned rn, unsigned rm)
{
    ir_ref n = a32_get(b, rn), m = a32_rotated(b, rm, x ? 2 : 0);
    ir_ref low = ir_sext(b, ir_mul(b, half(b, n, false), half(b, m, false)));
    ir_ref high = ir_sext(b, ir_mul(b, half(b, n, true), half(b, m, true)));
    return subtract ? ir_sub(b, low, high) : ir_add(b, low, high);
}
static enum flow dual_add(struct ir_build *b, bool subtract, bool x, unsigned rd, unsigned rn, unsigned rm, unsigned ra)
{
    NO_PC(rd, rn, rm, 0);
    ir_ref r = dual(b, subtract, x, rn, rm);
    if (ra != A32_PC)
        r = ir_add(b, r, ir_sext(b, a32_get(b, ra)));
    put_checked(b, rd, r);
    return FLOW_NEXT;
}
static enum flow dual_long(struct ir_build *b, bool subtract, bool x, unsigned lo, unsigned hi, unsigned rn, unsigned rm)
{
    NO_PC(lo, hi, rn, rm);
    put_pair(b, lo, hi, ir_add(b, get_pair(b, lo, hi), dual(b, subtract, x, rn, rm)));
    return FLOW_NEXT;
}
LIFT(a32, SMLAD) { return dual_add(b, false, d->x, d->rd, d->rn, d->rm, d->ra); }
LIFT(a32, SMUAD) { return dual_add(b, false, d->x, d->rd, d->rn, d->rm, A32_PC); }
LIFT(a32, SMLSD) { return dual_add(b, true, d->x, d->rd, d->rn, d->rm, d->ra); }
LIFT(a32, SMUSD) { return dual_add(b, true, d->x, d->rd, d->rn, d->rm, A32_PC); }
LIFT(t32, SMLAD) { return dual_add(b, false, d->x, d->rd, d->rn, d->rm, d->ra); }
LIFT(t32, SMLSD) { return dual_add(b, true, d->x, d->rd, d->rn, d->rm, d->ra); }
LIFT_BOTH(SMLALD, return dual_long(b, false, d->x, d->lo, d->hi, d->rn, d->rm);)
LIFT_BOTH(SMLSLD, return dual_long(b, true, d->x, d->lo, d->hi, d->rn, d->rm);)

/* --- the most significant word ---------------------------------------------------------------------------------------------- */

static enum flow top_word(struct ir_build *b, bool subtract, bool round, unsigned rd, unsigned rn, unsigned rm, unsigned ra)
{
    NO_PC(rd, rn, rm, 0);
    ir_ref r = ir_mul(b, ir_sext(b, a32_get(b, rn)), ir_sext(b, a32_get(b, rm)));
    if (ra != A32_PC) {
        ir_ref a = ir_shl(b, ir_zext(b, a32_get(b, ra)), ir_imm(b, 64, 32));
        r = subtract ? ir_sub(b, a, r) : ir_add(b, a, r);
    }
    if (round)
        r = ir_add(b, r, ir_imm(b, 64, 0x80000000));
    a32_put_r(b, rd, ir_trunc(b, ir_shr(b, r, ir_imm(b, 64, 32))));
    return FLOW_NEXT;
}
LIFT_BOTH(SMMLA, return top_word(b, false, d->r, d->rd, d->rn, d->rm, d->ra);)
LIFT(a32, SMMUL) { return top_word(b, false, d->r, d->rd, d->rn, d->rm, A32_PC); }
LIFT_BOTH(SMMLS, NO_PC(d->ra, 0, 0, 0); return top_word(b, true, d->r, d->rd, d->rn, d->rm, d->ra);)

/* --- sums of absolute differences ------------------------------------------------------------------------------------------- */

static enum flow differences(struct ir_build *b, unsigned rd, unsigned rn, unsigned rm, unsigned ra)
{
    NO_PC(rd, rn, rm, 0);
    ir_ref n = ir_vec(b, a32_get(b, rn)), m = ir_vec(b, a32_get(b, rm));
    ir_ref each = ir_op2(b, IR_OP_vuabd, IR_B, n, m, 0);
    ir_ref sum = ir_low(b, IR_I32, ir_op1(b, IR_OP_vuaddlv, IR_B, each, 0));
    a32_put_r(b, rd, ra == A32_PC ? sum : ir_add(b, sum, a32_get(b, ra)));
    return FLOW_NEXT;
}
LIFT(a32, USAD8) { return differences(b, d->rd, d->rn, d->rm, A32_PC); }
LIFT_BOTH(USADA8, return differences(b, d->rd, d->rn, d->rm, d->ra);)

/* --- saturating addition ------------------------------------------------------------------------------------------------------ */

/* An i64 saturated to a signed word; Q if it had to be. */
static ir_ref saturate(struct ir_build *b, ir_ref value)
{
    ir_ref low = ir_trunc(b, value), fits = ir_eq(b, ir_sext(b, low), value);
    ir_ref limit = ir_xor(b, ir_trunc(b, ir_sar(b, value, ir_imm(b, 64, 63))), a32_imm(b, 0x7fffffff));
    a32_set_q(b, ir_xor(b, fits, a32_imm(b, 1)));
    return ir_select(b, fits, low, limit);
}

static enum flow saturating(struct ir_build *b, bool subtract, bool twice, unsigned rd, unsigned rm, unsigned rn)
{
    NO_PC(rd, rn, rm, 0);
    ir_ref x = ir_sext(b, a32_get(b, rm)), y = ir_sext(b, a32_get(b, rn));
    if (twice)
        y = ir_sext(b, saturate(b, ir_add(b, y, y)));
    a32_put_r(b, rd, saturate(b, subtract ? ir_sub(b, x, y) : ir_add(b, x, y)));
    return FLOW_NEXT;
}
LIFT_BOTH(QADD, return saturating(b, false, false, d->rd, d->rm, d->rn);)
LIFT_BOTH(QSUB, return saturating(b, true, false, d->rd, d->rm, d->rn);)
LIFT_BOTH(QDADD, return saturating(b, false, true, d->rd, d->rm, d->rn);)
LIFT_BOTH(QDSUB, return saturating(b, true, true, d->rd, d->rm, d->rn);)

/* --- division ------------------------------------------------------------------------------------------------------------------- */

LIFT_BOTH(SDIV, NO_PC(d->rd, d->rn, d->rm, 0); a32_put_r(b, d->rd, ir_sdiv(b, a32_get(b, d->rn), a32_get(b, d->rm)));
          return FLOW_NEXT;)
LIFT_BOTH(UDIV, NO_PC(d->rd, d->rn, d->rm, 0); a32_put_r(b, d->rd, ir_udiv(b, a32_get(b, d->rn), a32_get(b, d->rm)));
          return FLOW_NEXT;)
