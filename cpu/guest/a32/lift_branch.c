/* Branches: Arm ARM (DDI 0406C) A4.3, A8; the functions of A2.3.2 that write the pc. */
#include "a32_decode.h"
#include "t16_decode.h"
#include "t32_decode.h"
#include "guest/a32/a32.h"

enum { MODE_OFFSET = offsetof(struct cpu_common, mode) };

/* --- leaving the block ---------------------------------------------------------------------------------------------- */

static u32 next_pc(const struct ir_build *b) { return (u32)b->pc + b->insn_bytes; }

/* The mode after this instruction, if it stays in the instruction set. */
static u32 next_mode(const struct ir_build *b)
{
    u32 it = a32_lifter(b)->next_it;
    return (b->fn->mode & ~(u32)A32_MODE_IT) | (it & 15 ? it << A32_MODE_IT_SHIFT : 0);
}

/* The mode at the target of a branch: outside of IT blocks. */
static u32 target_mode(const struct ir_build *b, bool thumb)
{
    u32 mode = b->fn->mode & ~(u32)(A32_MODE_IT | A32_MODE_T);
    return mode | (thumb ? A32_MODE_T : 0);
}

/* Whether a two-way exit will do: the mode is right on both ways. */
static bool mode_is_settled(const struct ir_build *b)
{
    u32 mode = b->fn->mode;
    return next_mode(b) == mode && target_mode(b, a32_thumb(b)) == mode && a32_lifter(b)->mode_now == mode;
}

enum flow a32_jump(struct ir_build *b, u32 target)
{
    struct a32_lifter *l = a32_lifter(b);
    if (!l->select) {
        a32_exit_next(b, target, target_mode(b, a32_thumb(b)));
    } else if (mode_is_settled(b)) {
        ir_exit_branch(b, l->select, target, next_pc(b));
        l->select_used = true;
    } else {
        return FLOW_STOP; /* not under a selection: lifted again */
    }
    return FLOW_END;
}

enum flow a32_jump_if(struct ir_build *b, ir_ref cond, u32 target)
{
    if (mode_is_settled(b) && !a32_lifter(b)->select) {
        ir_exit_branch(b, cond, target, next_pc(b));
    } else {
        ir_ref to = ir_select(b, cond, a32_imm(b, target), a32_imm(b, next_pc(b)));
        ir_ref mode = ir_select(b, cond, a32_imm(b, target_mode(b, a32_thumb(b))), a32_imm(b, next_mode(b)));
        ir_put(b, MODE_OFFSET, mode);
        ir_exit_indirect(b, to, IR_HINT_JUMP, 0);
    }
    return FLOW_END;
}

enum flow a32_jump_exchange(struct ir_build *b, ir_ref target, enum ir_hint hint, u32 return_pc)
{
    a32_put_mode(b, target_mode(b, a32_thumb(b)));
    ir_exit_exchange(b, target, hint, return_pc);
    return FLOW_END;
}

/* In Thumb it is an exchange, too, whose target is always odd: compiled code compares such addresses as they are. */
enum flow a32_jump_register(struct ir_build *b, ir_ref target, enum ir_hint hint)
{
    if (a32_thumb(b))
        return a32_jump_exchange(b, ir_or(b, target, a32_imm(b, 1)), hint, 0);
    a32_put_mode(b, target_mode(b, false));
    ir_exit_indirect(b, ir_and(b, target, a32_imm(b, ~3u)), hint, 0);
    return FLOW_END;
}

enum flow a32_jump_loaded(struct ir_build *b, ir_ref target, enum ir_hint hint)
{
    if (a32_feature(b, A32_FEAT_v5))
        return a32_jump_exchange(b, target, hint, 0);
    return a32_jump_register(b, target, hint);
}

enum flow a32_set(struct ir_build *b, unsigned n, ir_ref value)
{
    if (n == A32_PC) {
        if (!a32_thumb(b) && a32_feature(b, A32_FEAT_v7))
            return a32_jump_exchange(b, value, IR_HINT_JUMP, 0);
        return a32_jump_register(b, value, IR_HINT_JUMP);
    }
    a32_put_r(b, n, value);
    return FLOW_NEXT;
}

/* --- direct ----------------------------------------------------------------------------------------------------------- */

static u32 pc_value(const struct ir_build *b) { return (u32)b->pc + (a32_thumb(b) ? 4 : 8); }

static u32 return_address(const struct ir_build *b) { return next_pc(b) | (a32_thumb(b) ? 1 : 0); }

/* BL, and BLX to a constant: `exchange` changes the instruction set. */
static enum flow call(struct ir_build *b, u32 target, bool exchange)
{
    bool thumb = a32_thumb(b) != exchange;
    a32_put_r(b, A32_LR, a32_imm(b, return_address(b)));
    u32 mode = target_mode(b, thumb);
    a32_put_mode(b, mode);
    if ((mode & ~(u32)A32_MODE_T) == (b->fn->mode & ~(u32)A32_MODE_T)) /* not from within an IT block */
        ir_exit_call(b, target, next_pc(b), exchange);
    else
        ir_exit_indirect(b, a32_imm(b, target), IR_HINT_CALL, next_pc(b));
    return FLOW_END;
}

static u32 forward(const struct ir_build *b, u32 imm, unsigned width, unsigned shift)
{
    return pc_value(b) + ((u32)sext(imm, width) << shift);
}

LIFT(a32, B) { return a32_jump(b, forward(b, d->imm, 24, 2)); }
LIFT(a32, BL) { return call(b, forward(b, d->imm, 24, 2), false); }
LIFT(a32, BLX_i) { return call(b, forward(b, d->imm << 1 | d->h, 25, 1), true); }

LIFT(t16, B_cond) { return a32_jump_if(b, a32_cond(b, d->cond), forward(b, d->imm, 8, 1)); }
LIFT(t16, B) { return a32_jump(b, forward(b, d->imm, 11, 1)); }

/* CBZ and CBNZ */
LIFT(t16, CBZ)
{
    ir_ref zero = a32_imm(b, 0), n = a32_get(b, d->rn);
    return a32_jump_if(b, d->n ? ir_ne(b, n, zero) : ir_eq(b, n, zero), pc_value(b) + (d->imm << 1));
}

/* Bits 24..1 of a T32 offset: J1 and J2 are inverted if it is positive. */
static u32 t32_offset(u32 s, u32 j1, u32 j2, u32 high10, u32 low11)
{
    u32 i1 = !(j1 ^ s), i2 = !(j2 ^ s);
    return s << 23 | i1 << 22 | i2 << 21 | high10 << 11 | low11;
}

LIFT(t32, B_cond)
{
    u32 imm = d->s << 19 | d->j2 << 18 | d->j1 << 17 | d->high << 11 | d->low;
    return a32_jump_if(b, a32_cond(b, d->cond), forward(b, imm, 20, 1));
}
LIFT(t32, B) { return a32_jump(b, forward(b, t32_offset(d->s, d->j1, d->j2, d->high, d->low), 24, 1)); }
LIFT(t32, BL) { return call(b, forward(b, t32_offset(d->s, d->j1, d->j2, d->high, d->low), 24, 1), false); }
LIFT(t32, BLX)
{
    u32 imm = t32_offset(d->s, d->j1, d->j2, d->high, d->low << 1);
    return call(b, (pc_value(b) & ~3u) + ((u32)sext(imm, 24) << 1), true);
}

/* --- to a register ------------------------------------------------------------------------------------------------------ */

static enum flow exchange(struct ir_build *b, unsigned rm)
{
    return a32_jump_exchange(b, a32_get(b, rm), rm == A32_LR ? IR_HINT_RETURN : IR_HINT_JUMP, 0);
}

static enum flow call_register(struct ir_build *b, unsigned rm)
{
    ir_ref target = a32_get(b, rm);
    a32_put_r(b, A32_LR, a32_imm(b, return_address(b)));
    return a32_jump_exchange(b, target, IR_HINT_CALL, next_pc(b));
}

LIFT(a32, BX) { return exchange(b, d->rm); }
LIFT_BOTH(BXJ, return exchange(b, d->rm);) /* no Jazelle state: like BX */
LIFT(a32, BLX_r) { return call_register(b, d->rm); }
LIFT(t16, BX) { return exchange(b, d->rm); }
LIFT(t16, BLX) { return call_register(b, d->rm); }

/* TBB and TBH: halfwords to skip, from a table */
static enum flow table_branch(struct ir_build *b, unsigned rn, unsigned rm, unsigned size)
{
    ir_ref index = a32_get(b, rm);
    if (size)
        index = ir_shl(b, index, a32_imm(b, 1));
    ir_ref skip = a32_load(b, IR_I32, (u8)size, ir_add(b, a32_get(b, rn), index), 0);
    ir_ref target = ir_add(b, ir_shl(b, skip, a32_imm(b, 1)), a32_imm(b, pc_value(b) | 1));
    return a32_jump_exchange(b, target, IR_HINT_JUMP, 0);
}
LIFT(t32, TBB) { return table_branch(b, d->rn, d->rm, 0); }
LIFT(t32, TBH) { return table_branch(b, d->rn, d->rm, 1); }

/* --- exceptions --------------------------------------------------------------------------------------------------------- */

static enum flow system_call(struct ir_build *b)
{
    a32_put_mode(b, next_mode(b));
    ir_exit_syscall(b, next_pc(b));
    return FLOW_END;
}
/* The EABI has the number in r7, the old ABI in the instruction: the kernel reads it from there, and so does whoever handles
 * EXIT_SYSCALL. */
LIFT(a32, SVC) { return system_call(b); }
LIFT(t16, SVC) { return system_call(b); }

static enum flow breakpoint(struct ir_build *b, u32 code)
{
    ir_exit_trap(b, TRAP_BREAKPOINT, code);
    return FLOW_END;
}
LIFT(a32, BKPT) { return breakpoint(b, d->imm); }
LIFT(t16, BKPT) { return breakpoint(b, d->imm); }
/* Undefined while no debugger has halting enabled. */
LIFT(a32, HLT) { return FLOW_UNDEFINED; }
LIFT(t16, HLT) { return FLOW_UNDEFINED; }

/* Some of the permanently undefined encodings are Linux's breakpoints (arch/arm/kernel/ptrace.c). */
LIFT(a32, UDF) { return (d->insn & 0x0fffffff) == 0x07f001f0 ? breakpoint(b, 0) : FLOW_UNDEFINED; }
LIFT(t16, UDF) { return d->imm == 1 ? breakpoint(b, 0) : FLOW_UNDEFINED; }
LIFT(t32, UDF) { return d->insn == 0xf7f0a000 ? breakpoint(b, 0) : FLOW_UNDEFINED; }

/* The IT instruction itself does nothing; what follows is told by its state. */
LIFT(t16, IT)
{
    a32_lifter(b)->next_it = d->cond << 4 | d->mask;
    return FLOW_NEXT;
}
