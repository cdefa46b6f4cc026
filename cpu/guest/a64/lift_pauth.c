/* Pointer authentication: Arm ARM D8.10, C6.2 PAC*, AUT*, XPAC*, LDRAA, LDRAB. The arithmetic is in helper_pauth.c. */
#include "a64_decode.h"
#include "guest/a64/pauth.h"

static ir_ref key_half(struct ir_build *b, enum a64_key key, unsigned high)
{
    return ir_get(b, IR_I64, A64_OFF(pac_keys, 2 * key + high));
}

ir_ref a64_sign(struct ir_build *b, ir_ref pointer, ir_ref modifier, enum a64_key key)
{
    ir_ref args[] = {pointer, modifier, key_half(b, key, 0), key_half(b, key, 1)};
    return ir_call(b, a64_feature(b, A64_FEAT_pauth2) ? IR_HELPER_pac_sign2 : IR_HELPER_pac_sign, 4, args);
}

ir_ref a64_auth(struct ir_build *b, ir_ref pointer, ir_ref modifier, enum a64_key key, bool combined)
{
    if (!a64_feature(b, A64_FEAT_pauth2)) {
        u64 error_code = key == A64_KEY_IB || key == A64_KEY_DB ? 2 : 1;
        ir_ref args[] = {pointer, modifier, key_half(b, key, 0), key_half(b, key, 1), ir_imm(b, 32, error_code)};
        return ir_call(b, IR_HELPER_pac_auth, 5, args);
    }
    ir_ref args[] = {pointer, modifier, key_half(b, key, 0), key_half(b, key, 1)};
    ir_ref r = ir_call(b, IR_HELPER_pac_auth2, 4, args);
    if (a64_feature(b, combined ? A64_FEAT_fpaccombine : A64_FEAT_fpac)) {
        ir_ref stripped = ir_call(b, IR_HELPER_pac_strip, 1, &r);
        ir_trap_if(b, ir_ne(b, r, stripped), TRAP_PAC, 0, IR_NONE);
    }
    return r;
}

static enum a64_key key_of(u32 data, u32 b) { return (enum a64_key)((data ? A64_KEY_DA : A64_KEY_IA) + b); }

static enum flow sign(struct ir_build *b, u32 rd, ir_ref modifier, enum a64_key key)
{
    a64_set_x(b, rd, 64, a64_sign(b, a64_get_x(b, rd, 64), modifier, key));
    return FLOW_NEXT;
}

static enum flow auth(struct ir_build *b, u32 rd, ir_ref modifier, enum a64_key key)
{
    a64_set_x(b, rd, 64, a64_auth(b, a64_get_x(b, rd, 64), modifier, key, false));
    return FLOW_NEXT;
}

static enum flow strip(struct ir_build *b, u32 rd)
{
    ir_ref x = a64_get_x(b, rd, 64);
    a64_set_x(b, rd, 64, ir_call(b, IR_HELPER_pac_strip, 1, &x));
    return FLOW_NEXT;
}

/* --- hint space --------------------------------------------------------------------------------------------------- */

static bool off(const struct ir_build *b) { return !a64_feature(b, A64_FEAT_pauth); }

LIFT(a64, XPACLRI) { return off(b) ? FLOW_NEXT : strip(b, 30); }
LIFT(a64, PAC_1716) { return off(b) ? FLOW_NEXT : sign(b, 17, a64_get_x(b, 16, 64), key_of(0, d->b)); }
LIFT(a64, AUT_1716) { return off(b) ? FLOW_NEXT : auth(b, 17, a64_get_x(b, 16, 64), key_of(0, d->b)); }
LIFT(a64, PAC_z) { return off(b) ? FLOW_NEXT : sign(b, 30, ir_imm(b, 64, 0), key_of(0, d->b)); }
LIFT(a64, AUT_z) { return off(b) ? FLOW_NEXT : auth(b, 30, ir_imm(b, 64, 0), key_of(0, d->b)); }
LIFT(a64, PAC_sp) { return off(b) ? FLOW_NEXT : sign(b, 30, a64_get_xsp(b, 31, 64), key_of(0, d->b)); }
LIFT(a64, AUT_sp) { return off(b) ? FLOW_NEXT : auth(b, 30, a64_get_xsp(b, 31, 64), key_of(0, d->b)); }

/* --- general forms ------------------------------------------------------------------------------------------------ */

LIFT(a64, PAC) { return sign(b, d->rd, a64_get_xsp(b, d->rn, 64), key_of(d->data, d->b)); }
LIFT(a64, AUT) { return auth(b, d->rd, a64_get_xsp(b, d->rn, 64), key_of(d->data, d->b)); }
LIFT(a64, PACZ) { return sign(b, d->rd, ir_imm(b, 64, 0), key_of(d->data, d->b)); }
LIFT(a64, AUTZ) { return auth(b, d->rd, ir_imm(b, 64, 0), key_of(d->data, d->b)); }
LIFT(a64, XPAC) { return strip(b, d->rd); }

LIFT(a64, PACGA)
{
    ir_ref args[] = {a64_get_x(b, d->rn, 64), a64_get_xsp(b, d->rm, 64), key_half(b, A64_KEY_GA, 0),
                     key_half(b, A64_KEY_GA, 1)};
    a64_set_x(b, d->rd, 64, ir_call(b, IR_HELPER_pac_generic, 4, args));
    return FLOW_NEXT;
}

/* The written-back base is the authenticated one. */
LIFT(a64, LDRA)
{
    ir_ref base = a64_auth(b, a64_base(b, d->rn), ir_imm(b, 64, 0), d->b ? A64_KEY_DB : A64_KEY_DA, true);
    i64 offset = sext(d->imm, 10) * 8;
    ir_ref value = a64_load(b, IR_I64, 3, base, offset);
    a64_set_x(b, d->rt, 64, value);
    if (d->w)
        a64_write_back(b, d->rn, base, offset);
    return FLOW_NEXT;
}
