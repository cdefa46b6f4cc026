/* Branches, exception generation, branch target identification: Arm ARM C4.1.93, D8.4.4.
 *
 * PSTATE.BTYPE. Indirect branches but RET note it and where they lead to; everywhere else it is 0. So nothing needs to
 * clear it, and only the first instruction of a block on a guarded page looks. (A direct branch to where the last indirect
 * one led finds the same answer again; a system call and IC IVAU, which may change what is there, forget it.) */
#include "a64_decode.h"
#include "guest/a64/a64.h"
#include "guest/a64/pauth.h"

static void put_btype(struct ir_build *b, u32 btype, ir_ref to)
{
    ir_put(b, A64_OFF(btype, 0), ir_imm(b, 32, btype));
    ir_put(b, A64_OFF(btype_pc, 0), to);
}

void a64_forget_btype(struct ir_build *b) { ir_put(b, A64_OFF(btype_pc, 0), ir_imm(b, 64, A64_NO_BTYPE)); }

/* BTYPE values, one bit each, with which an instruction on a guarded page may be reached; Linux sets SCTLR_EL1.BT0, so
 * PACIxSP refuses 3. Source: Arm ARM, BTypeCompatible_BTI() and BTypeCompatible_PACIXSP(). */
static u32 allowed_btypes(u32 insn)
{
    enum { C = 1 << 1 | 1 << 2, J = 1 << 1 | 1 << 3 };
    switch (insn) {
    case 0xd503233f: /* PACIASP */
    case 0xd503237f: /* PACIBSP */
    case 0xd503245f: /* BTI c */
        return 1 | C;
    case 0xd503249f: /* BTI j */
        return 1 | J;
    case 0xd50324df: /* BTI jc */
        return 1 | C | J;
    }
    bool breakpoint = (insn & 0xffe0001f) == 0xd4200000 || (insn & 0xffe0001f) == 0xd4400000;
    return breakpoint ? 15 : 1;
}

void a64_enter_block(struct ir_build *b)
{
    b->known = 0;
    if (!b->guarded)
        return;
    u32 allowed = allowed_btypes(b->insn);
    if (allowed == 15)
        return;
    ir_ref refused = ir_eq(b, ir_get(b, IR_I64, A64_OFF(btype_pc, 0)), ir_imm(b, 64, b->pc));
    if (allowed != 1) { /* bit BTYPE of the refused ones */
        ir_ref btype = ir_get(b, IR_I32, A64_OFF(btype, 0));
        refused = ir_and(b, refused, ir_and(b, ir_shr(b, ir_imm(b, 32, ~allowed & 15), btype), ir_imm(b, 32, 1)));
    }
    ir_trap_if(b, refused, TRAP_BTI, 0, IR_NONE);
}

/* --- direct branches ---------------------------------------------------------------------------------------------- */

static u64 target(const struct ir_build *b, u32 imm, unsigned width) { return b->pc + ((u64)sext(imm, width) << 2); }

static enum flow jump(struct ir_build *b, u64 to)
{
    ir_exit_next(b, to);
    return FLOW_END;
}

static enum flow jump_if(struct ir_build *b, ir_ref cond, u64 to)
{
    ir_exit_branch(b, cond, to, b->pc + 4);
    return FLOW_END;
}

LIFT(a64, B) { return jump(b, target(b, d->imm, 26)); }

LIFT(a64, BL)
{
    a64_set_x(b, 30, 64, ir_imm(b, 64, b->pc + 4));
    ir_exit_call(b, target(b, d->imm, 26), b->pc + 4, false);
    return FLOW_END;
}

LIFT(a64, B_cond)
{
    u64 to = target(b, d->imm, 19);
    return d->cond >= IR_AL ? jump(b, to) : jump_if(b, a64_cond(b, d->cond), to);
}

LIFT(a64, CBZ)
{
    unsigned w = a64_width(d->sf);
    return jump_if(b, ir_eq(b, a64_get_x(b, d->rt, w), ir_imm(b, w, 0)), target(b, d->imm, 19));
}

LIFT(a64, CBNZ)
{
    unsigned w = a64_width(d->sf);
    return jump_if(b, ir_ne(b, a64_get_x(b, d->rt, w), ir_imm(b, w, 0)), target(b, d->imm, 19));
}

static ir_ref test_bit(struct ir_build *b, u32 rt, u32 bit)
{
    unsigned w = bit < 32 ? 32 : 64;
    return ir_and(b, a64_get_x(b, rt, w), ir_imm(b, w, 1ull << bit));
}

LIFT(a64, TBZ)
{
    unsigned w = d->bit < 32 ? 32 : 64;
    return jump_if(b, ir_eq(b, test_bit(b, d->rt, d->bit), ir_imm(b, w, 0)), target(b, d->imm, 14));
}

LIFT(a64, TBNZ)
{
    unsigned w = d->bit < 32 ? 32 : 64;
    return jump_if(b, ir_ne(b, test_bit(b, d->rt, d->bit), ir_imm(b, w, 0)), target(b, d->imm, 14));
}

/* --- indirect branches -------------------------------------------------------------------------------------------- */

/* A jump through x16 or x17 is a tail call or a veneer; from an unguarded page every jump counts as one. */
static enum flow branch_register(struct ir_build *b, ir_ref to, u32 rn)
{
    put_btype(b, b->guarded && rn != 16 && rn != 17 ? 3 : 1, to);
    ir_exit_indirect(b, to, IR_HINT_JUMP, 0);
    return FLOW_END;
}

static enum flow call_register(struct ir_build *b, ir_ref to)
{
    a64_set_x(b, 30, 64, ir_imm(b, 64, b->pc + 4));
    put_btype(b, 2, to);
    ir_exit_indirect(b, to, IR_HINT_CALL, b->pc + 4);
    return FLOW_END;
}

static enum flow return_to(struct ir_build *b, ir_ref to)
{
    ir_exit_indirect(b, to, IR_HINT_RETURN, 0);
    return FLOW_END;
}

LIFT(a64, BR) { return branch_register(b, a64_get_x(b, d->rn, 64), d->rn); }
LIFT(a64, BLR) { return call_register(b, a64_get_x(b, d->rn, 64)); }
LIFT(a64, RET) { return return_to(b, a64_get_x(b, d->rn, 64)); }

/* The address in rn, authenticated with instruction key A or B. */
static ir_ref authenticated(struct ir_build *b, u32 rn, ir_ref modifier, u32 m)
{
    return a64_auth(b, a64_get_x(b, rn, 64), modifier, m ? A64_KEY_IB : A64_KEY_IA, true);
}

LIFT(a64, BRAZ) { return branch_register(b, authenticated(b, d->rn, ir_imm(b, 64, 0), d->m), d->rn); }
LIFT(a64, BLRAZ) { return call_register(b, authenticated(b, d->rn, ir_imm(b, 64, 0), d->m)); }
LIFT(a64, RETA) { return return_to(b, authenticated(b, 30, a64_get_xsp(b, 31, 64), d->m)); }
LIFT(a64, BRA) { return branch_register(b, authenticated(b, d->rn, a64_get_xsp(b, d->rm, 64), d->m), d->rn); }
LIFT(a64, BLRA) { return call_register(b, authenticated(b, d->rn, a64_get_xsp(b, d->rm, 64), d->m)); }

/* --- exceptions --------------------------------------------------------------------------------------------------- */

LIFT(a64, SVC) /* the kernel does not look at the immediate */
{
    a64_forget_btype(b);
    ir_exit_syscall(b, b->pc + 4);
    return FLOW_END;
}

LIFT(a64, BRK)
{
    ir_exit_trap(b, TRAP_BREAKPOINT, d->imm);
    return FLOW_END;
}

LIFT(a64, HLT) { return FLOW_UNDEFINED; }
LIFT(a64, UDF) { return FLOW_UNDEFINED; }
