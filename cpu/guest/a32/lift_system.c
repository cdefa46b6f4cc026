/* Status registers, hints, barriers, coprocessor 15: Arm ARM (DDI 0406C) A5.2.11, A5.6, B3.17. */
#include "a32_decode.h"
#include "t16_decode.h"
#include "t32_decode.h"
#include "guest/a32/a32.h"

/* --- status registers --------------------------------------------------------------------------------------------------- */

/* User code reads the flags, Q and GE; E and the mode are shown in CPSR, too [MRS of the CPSR; Linux programs see 0x10]. */
static ir_ref read_psr(struct ir_build *b)
{
    ir_ref word = a32_flags_word(b, a32_get_nzcv(b));
    word = ir_or(b, word, ir_shl(b, ir_get(b, IR_I32, A32_OFF(q_flag, 0)), a32_imm(b, 27)));
    ir_ref ge = ir_and(b, ir_get(b, IR_I32, A32_OFF(ge, 0)), a32_imm(b, 0x08040201)); /* bit i of byte i */
    ge = ir_mul(b, ge, a32_imm(b, 0x01010101)); /* together in the highest byte */
    word = ir_or(b, word, ir_shl(b, ir_shr(b, ge, a32_imm(b, 24)), a32_imm(b, A32_PSR_GE_SHIFT)));
    bool e = (b->fn->mode & (A32_MODE_BE | A32_MODE_BE32)) == A32_MODE_BE;
    u32 rest = A32_PSR_MODE_USER | (e ? A32_PSR_E : 0);
    return ir_or(b, word, a32_imm(b, rest));
}

/* mask bit 3: flags and Q; bit 2: GE; bit 1: E, with which the next block is another. User code cannot write the rest. */
static enum flow write_psr(struct ir_build *b, u32 mask, ir_ref value)
{
    bool endian = mask & 2 && a32_feature(b, A32_FEAT_v6);
    if (endian && a32_lifter(b)->select)
        return FLOW_STOP; /* lifted again, in a region */
    if (mask & 8) {
        a32_set_nzcv(b, a32_flags_pack(b, value));
        a32_put(b, A32_OFF(q_flag, 0), ir_and(b, ir_shr(b, value, a32_imm(b, 27)), a32_imm(b, 1)));
    }
    if (mask & 4 && a32_feature(b, A32_FEAT_v6)) {
        ir_ref ge = ir_and(b, ir_shr(b, value, a32_imm(b, A32_PSR_GE_SHIFT)), a32_imm(b, 15));
        /* bit i to bit 8 * i, then each over its byte */
        ge = ir_and(b, ir_mul(b, ge, a32_imm(b, 0x00204081)), a32_imm(b, 0x01010101));
        a32_put(b, A32_OFF(ge, 0), ir_mul(b, ge, a32_imm(b, 255)));
    }
    if (!endian)
        return FLOW_NEXT;
    u32 mode = b->fn->mode & ~(u32)(A32_MODE_BE | A32_MODE_IT), it = a32_lifter(b)->next_it;
    _Static_assert(A32_MODE_BE == 1 && A32_PSR_E == 1 << 9, "bit 9 becomes bit 0");
    ir_ref e = ir_and(b, ir_shr(b, value, a32_imm(b, 9)), a32_imm(b, 1));
    mode |= it & 15 ? it << A32_MODE_IT_SHIFT : 0;
    ir_put(b, offsetof(struct cpu_common, mode), ir_or(b, e, a32_imm(b, mode)));
    ir_exit_indirect(b, a32_imm(b, (u32)b->pc + b->insn_bytes), IR_HINT_JUMP, 0);
    return FLOW_END;
}

LIFT_BOTH(MRS, return d->rd == A32_PC ? FLOW_UNDEFINED : a32_set(b, d->rd, read_psr(b));)
LIFT(a32, MSR_r) { return write_psr(b, d->mask, a32_get(b, d->rn)); }
LIFT(a32, MSR_i) { return write_psr(b, d->mask, a32_expand_imm(b, d->rot, d->imm).value); }
LIFT(t32, MSR) { return write_psr(b, d->mask, a32_get(b, d->rn)); }

static enum flow set_endian(struct ir_build *b, u32 e)
{
    struct a32_lifter *l = a32_lifter(b);
    if (l->select)
        return FLOW_STOP; /* lifted again, in a region */
    u32 mode = b->fn->mode & ~(u32)(A32_MODE_BE | A32_MODE_IT), it = l->next_it;
    mode |= (e ? A32_MODE_BE : 0) | (it & 15 ? it << A32_MODE_IT_SHIFT : 0);
    a32_exit_next(b, (u32)b->pc + b->insn_bytes, mode);
    return FLOW_END;
}
LIFT(a32, SETEND) { return set_endian(b, d->e); }
LIFT(t16, SETEND) { return set_endian(b, d->e); }

/* User code cannot change what CPS and SETPAN change. */
LIFT_BOTH(CPS, return FLOW_NEXT;)
LIFT(t16, CPS) { return FLOW_NEXT; }
LIFT(a32, SETPAN) { return FLOW_NEXT; }
LIFT(t16, SETPAN) { return FLOW_NEXT; }

/* --- hints and barriers ------------------------------------------------------------------------------------------------- */

LIFT_BOTH(HINT, return FLOW_NEXT;)
LIFT(t16, HINT) { return FLOW_NEXT; }

LIFT_BOTH(CLREX, ir_clear_ex(b); return FLOW_NEXT;)

static enum flow fence(struct ir_build *b, u32 option)
{
    /* Bits 1..0: 1 loads before, 2 stores before and after, otherwise everything. */
    static const u8 order[4] = {IR_MEM_ACQ | IR_MEM_REL, IR_MEM_ACQ, IR_MEM_REL, IR_MEM_ACQ | IR_MEM_REL};
    ir_fence(b, order[option & 3]);
    return FLOW_NEXT;
}
LIFT_BOTH(DMB, return fence(b, d->imm);)
LIFT_BOTH(DSB, return fence(b, 3);)
LIFT_BOTH(ISB, return FLOW_SYNC;)
LIFT_BOTH(SB, return FLOW_NEXT;)
LIFT(a32, CP15_DMB) { return fence(b, 3); }
LIFT(a32, CP15_DSB) { return fence(b, 3); }
LIFT(a32, CP15_ISB) { return FLOW_SYNC; }

/* --- coprocessor 15 ------------------------------------------------------------------------------------------------------- */

LIFT(a32, MCR_TPIDRURW)
{
    a32_put(b, A32_OFF(tpidrurw, 0), a32_get(b, d->rt));
    return FLOW_NEXT;
}

static enum flow read_word(struct ir_build *b, u32 rt, ir_ref value)
{
    if (rt == A32_PC) /* MRC to the pc sets the flags */
        return a32_set_nzcv(b, a32_flags_pack(b, value)), FLOW_NEXT;
    return a32_set(b, rt, value);
}
LIFT(a32, MRC_TPIDRURW) { return read_word(b, d->rt, ir_get(b, IR_I32, A32_OFF(tpidrurw, 0))); }
LIFT(a32, MRC_TPIDRURO) { return read_word(b, d->rt, ir_get(b, IR_I32, A32_OFF(tpidruro, 0))); }
LIFT(a32, MRC_CNTFRQ) { return read_word(b, d->rt, a32_imm(b, 1000000000)); }

LIFT(a32, MRRC_CNTVCT)
{
    if (d->rt == A32_PC || d->rt2 == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref count = ir_call(b, IR_HELPER_cntvct, 0, NULL);
    a32_put_r(b, d->rt, ir_trunc(b, count));
    a32_put_r(b, d->rt2, ir_trunc(b, ir_shr(b, count, ir_imm(b, 64, 32))));
    return FLOW_NEXT;
}
