/* What every lift function of the AArch64 frontend uses: registers, flags, guest memory, sections' shared rules.
 *
 *     LIFT(a64, ADD_imm)           -- no flags; register 31 is SP on both sides
 *     {
 *         unsigned w = a64_width(d->sf);
 *         ir_ref k = ir_imm(b, w, (u64)d->imm << (d->sh ? 12 : 0));
 *         a64_set_xsp(b, d->rd, w, ir_add(b, a64_get_xsp(b, d->rn, w), k));
 *         return FLOW_NEXT;
 *     }
 *
 * Conventions: n is a register number 0..31; w is 32 or 64; a value of width w is an i32 or an i64. All functions append
 * to the block being built and return the new value.
 */
#ifndef XRUN_A64_H
#define XRUN_A64_H

#include "guest/guest.h"
#include "guest/a64/model.h"
#include "ir/ir.h"
#include "state/a64_state.h"

/* Byte offset of register `index` of a row of a64.regs within the state. */
#define A64_OFF(field, index) ((u32)(offsetof(struct a64_state, field) + (index) * sizeof(((struct a64_state *)0)->field[0])))

/* Width in bits for an instruction's sf field; the integer type of a width. */
static inline unsigned a64_width(u32 sf) { return sf ? 64 : 32; }
static inline enum ir_type a64_type(unsigned w) { return w == 64 ? IR_I64 : IR_I32; }
/* True if the CPU model has the feature; for tests that a row's `needs` cannot express. */
static inline bool a64_feature(const struct ir_build *b, enum a64_feature f) { return a64_has(b->cpu, f); }

/* Bits of ir_build.known. */
enum a64_known { A64_KNOWN_SP_ALIGNED = 1 << 0 };

/* --- general registers ------------------------------------------------------------------------------------------ */

/* Register n as a value of width w; 31 is the zero register. */
static inline ir_ref a64_get_x(struct ir_build *b, unsigned n, unsigned w)
{
    if (n == 31)
        return ir_imm(b, w, 0);
    return ir_get(b, a64_type(w), A64_OFF(x, n));
}
/* The same where 31 is SP. */
static inline ir_ref a64_get_xsp(struct ir_build *b, unsigned n, unsigned w)
{
    return ir_get(b, a64_type(w), n == 31 ? A64_OFF(sp, 0) : A64_OFF(x, n));
}
/* Writes a value of width w; the upper half becomes zero for 32. 31: the value is dropped. */
static inline void a64_set_x(struct ir_build *b, unsigned n, unsigned w, ir_ref value)
{
    if (n != 31)
        ir_put(b, A64_OFF(x, n), w == 64 ? value : ir_zext(b, value));
}
/* The same where 31 is SP. What was known of SP is forgotten. */
static inline void a64_set_xsp(struct ir_build *b, unsigned n, unsigned w, ir_ref value)
{
    if (n == 31)
        b->known &= ~(u32)A64_KNOWN_SP_ALIGNED;
    ir_put(b, n == 31 ? A64_OFF(sp, 0) : A64_OFF(x, n), w == 64 ? value : ir_zext(b, value));
}

/* --- SIMD and floating-point registers -------------------------------------------------------------------------- */

/* All 128 bits of vector register n. */
static inline ir_ref a64_get_v(struct ir_build *b, unsigned n) { return ir_get(b, IR_V128, A64_OFF(v, n)); }
static inline void a64_set_v(struct ir_build *b, unsigned n, ir_ref v128) { ir_put(b, A64_OFF(v, n), v128); }
/* The low part of register n as a scalar: IR_F16, IR_F32, IR_F64, IR_I32 or IR_I64. */
static inline ir_ref a64_get_f(struct ir_build *b, unsigned n, enum ir_type type)
{
    return ir_get(b, type, A64_OFF(v, n));
}
/* Writes a scalar (f16, f32, f64, i32, i64); the upper bits become zero. */
static inline void a64_set_f(struct ir_build *b, unsigned n, ir_ref scalar)
{
    ir_put(b, A64_OFF(v, n), ir_vec(b, scalar));
}

/* --- flags and conditions --------------------------------------------------------------------------------------- */

/* PSTATE.NZCV as a value of type flags. */
static inline ir_ref a64_get_nzcv(struct ir_build *b) { return ir_get(b, IR_FLAGS, A64_OFF(nzcv, 0)); }
static inline void a64_set_nzcv(struct ir_build *b, ir_ref flags) { ir_put(b, A64_OFF(nzcv, 0), flags); }
/* Flags and result of one instruction. The result stands before the flags are put, which may then be kept as it
 * (ir/flags.h). Register 31 is no destination. */
static inline void a64_set_with_flags(struct ir_build *b, u32 rd, unsigned width, ir_ref flags, ir_ref result)
{
    a64_set_nzcv(b, flags);
    if (rd != 31)
        a64_set_x(b, rd, width, result);
}
/* N Z C V in bits 31..28 of an i32 (other bits ignored) as flags, and back (other bits zero). */
static inline ir_ref a64_flags_pack(struct ir_build *b, ir_ref word)
{
    return ir_op_typed(b, IR_OP_flags_pack, IR_FLAGS, 0, word, IR_NONE, IR_NONE, 0);
}
static inline ir_ref a64_flags_word(struct ir_build *b, ir_ref flags)
{
    return ir_op_typed(b, IR_OP_flags_word, IR_I32, 0, flags, IR_NONE, IR_NONE, 0);
}
/* An i32, 0 or 1: the condition field of an instruction, tested on the current flags. 14 and 15 are always true. */
static inline ir_ref a64_cond(struct ir_build *b, unsigned cond)
{
    if (cond >= IR_AL)
        return ir_imm(b, 32, 1);
    return ir_cond(b, (enum ir_cond)cond, a64_get_nzcv(b));
}

/* --- guest memory ----------------------------------------------------------------------------------------------- */

/* Loads and stores that honour the guest's byte order. sub = enum ir_mem without IR_MEM_SWAP. */
static inline ir_ref a64_load(struct ir_build *b, enum ir_type t, u8 sub, ir_ref addr, i64 offset)
{
    return ir_load(b, t, (u8)(sub | (b->swap ? IR_MEM_SWAP : 0)), addr, offset);
}
static inline void a64_store(struct ir_build *b, u8 sub, ir_ref addr, i64 offset, ir_ref value)
{
    ir_store(b, (u8)(sub | (b->swap ? IR_MEM_SWAP : 0)), addr, offset, value);
}

/* Before an access whose base is SP: traps if SP is not a multiple of 16, once for each value of SP in a block. Linux turns
 * the check on for user programs (SCTLR_EL1.SA0). */
static inline void a64_check_sp(struct ir_build *b)
{
    if (b->known & A64_KNOWN_SP_ALIGNED)
        return;
    b->known |= A64_KNOWN_SP_ALIGNED;
    ir_ref sp = ir_get(b, IR_I64, A64_OFF(sp, 0));
    ir_trap_if(b, ir_and(b, ir_trunc(b, sp), ir_imm(b, 32, 15)), TRAP_ALIGNMENT, 0, sp);
}
/* The base register of an access: xn or SP, with the alignment check of SP. */
static inline ir_ref a64_base(struct ir_build *b, unsigned n)
{
    if (n == 31)
        a64_check_sp(b);
    return a64_get_xsp(b, n, 64);
}
/* Base register plus offset, written back after an access. */
static inline void a64_write_back(struct ir_build *b, unsigned n, ir_ref base, i64 offset)
{
    u32 known = offset & 15 ? 0 : b->known;
    a64_set_xsp(b, n, 64, ir_add(b, base, ir_imm(b, 64, (u64)offset)));
    b->known |= known;
}
/* For accesses that must be aligned (exclusive, atomic, acquire, release): emits what the CPU model asks of the address
 * of an access of `bytes` bytes, and returns what to or into the access's `sub`. */
u8 a64_aligned(struct ir_build *b, ir_ref addr, i64 offset, unsigned bytes);
/* Register pairs of exclusives and CASP as one value: two W registers as an i64 to be accessed with b->swap's byte order,
 * two X registers as a v128 to be accessed as it is. first is at the lower address.
 * a64_split_*() undo it. */
ir_ref a64_join_w(struct ir_build *b, ir_ref first, ir_ref second);
void a64_split_w(struct ir_build *b, ir_ref both, ir_ref *first, ir_ref *second);
ir_ref a64_join_x(struct ir_build *b, ir_ref first, ir_ref second);
void a64_split_x(struct ir_build *b, ir_ref both, ir_ref *first, ir_ref *second);

/* --- shift and extend fields (lift_dp_reg.c) --------------------------------------------------------------------- */

/* `type` 0 LSL, 1 LSR, 2 ASR, 3 ROR by a constant. */
ir_ref a64_shift(struct ir_build *b, ir_ref value, unsigned type, unsigned w, unsigned amount);
/* option 0..7 UXTB UXTH UXTW UXTX SXTB SXTH SXTW SXTX of register n, then left by `shift`. */
ir_ref a64_extend_reg(struct ir_build *b, unsigned n, unsigned option, unsigned w, unsigned shift);
/* DecodeBitMasks() of the manual for logical immediates: false if N:imms is reserved for width w. */
bool a64_bit_mask(unsigned n, unsigned imms, unsigned immr, unsigned w, u64 *mask);

/* --- exclusive loops (lift_exclusive.c) ---------------------------------------------------------------------------- */

/* If a load-exclusive at code[0], whose ir_insn() was done, begins a sequence that is one atomic operation: lifts it and
 * returns how many of the `insns` instructions that are there it took, and *flow if it ended the block. Else 0. */
unsigned a64_lift_exclusive(struct ir_build *b, const u8 *code, unsigned insns, enum flow *flow);
/* guest.fuses */
bool a64_fuses(const struct cpu_common *cpu, const u8 *code, size_t bytes);

/* --- branch targets (lift_branch.c) ------------------------------------------------------------------------------ */

/* Called by the block lifter after ir_insn() of a block's first instruction: on a guarded page (b->guarded) traps if
 * PSTATE.BTYPE does not allow the instruction. */
void a64_enter_block(struct ir_build *b);
/* What indirect branches led to counts no more. */
void a64_forget_btype(struct ir_build *b);

#endif
