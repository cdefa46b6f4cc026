/* What every lift function of the 32-bit ARM frontend uses: registers, flags, conditions, guest memory, branches.
 *
 *     LIFT(a32, CLZ)
 *     {
 *         return a32_set(b, d->rd, ir_clz(b, a32_get(b, d->rm)));
 *     }
 *
 * Conditions. A lift function says what its instruction does when it is executed; the block lifter (lift.c) adds the
 * condition. It first lets the function append its operations with `lifter->select` set: then every write to the state
 * keeps the old value where the condition fails. If an operation came out that must not happen at all then (memory, traps,
 * floating-point flags, leaving the block), the operations are taken back and lifted again in an IR block of their own that
 * is entered only if the condition holds. So lift functions write the state with a32_put() and the functions above it
 * only, never with ir_put(), and end the block with the functions below.
 */
#ifndef XRUN_A32_H
#define XRUN_A32_H

#include "guest/guest.h"
#include "guest/a32/model.h"
#include "ir/ir.h"
#include "state/a32_state.h"

/* What the block lifter keeps; ir_build.lifter. */
struct a32_lifter {
    ir_ref select;     /* the condition under which state is written; IR_NONE: always */
    bool select_used;  /* the instruction has put the condition into its own exit */
    u32 cond;          /* of the instruction being lifted: 0..14 */
    u32 it, next_it;   /* IT state of this instruction and of the next one */
    u32 mode_now;      /* what cpu_common.mode holds at this point */
    u16 aligned;       /* bit n: register n is known to be a multiple of 4 */
    ir_ref nz_value;   /* the N and Z flags are those of this value, which belongs to IR block nz_block */
    u32 nz_block;
    bool flags_set;    /* NZCV has been written since the region (lift.c) was entered */
};
static inline struct a32_lifter *a32_lifter(const struct ir_build *b) { return b->lifter; }

/* Byte offset of register `index` of a row of a32.regs within the state. */
#define A32_OFF(field, index) ((u32)(offsetof(struct a32_state, field) + (index) * sizeof(((struct a32_state *)0)->field[0])))

/* The kernel's vectors page, with the user helpers: code there is the kernel's own, and one code for all models. */
enum { A32_VECTORS_PAGE = 0xffff0 };
static inline bool a32_feature(const struct ir_build *b, enum a32_feature f)
{
    return a32_has(b->cpu, f) || b->pc >> 12 == A32_VECTORS_PAGE;
}
static inline bool a32_thumb(const struct ir_build *b) { return b->fn->mode & A32_MODE_T; }
/* T16 data processing sets the flags outside of IT blocks only. */
static inline bool a32_in_it(const struct ir_build *b) { return a32_lifter(b)->it & 15; }

/* --- state ---------------------------------------------------------------------------------------------------------- */

/* Writes state, or leaves it as it was if the instruction's condition fails. */
static inline void a32_put(struct ir_build *b, u32 offset, ir_ref value)
{
    ir_ref cond = a32_lifter(b)->select;
    if (cond)
        value = ir_select(b, cond, value, ir_get(b, ir_type_of(b, value), offset));
    ir_put(b, offset, value);
}

static inline ir_ref a32_imm(struct ir_build *b, u32 value) { return ir_imm(b, 32, value); }

/* General register n as an i32; 15 reads as the instruction's address plus 8 (A32) or 4. */
static inline ir_ref a32_get(struct ir_build *b, unsigned n)
{
    if (n == A32_PC)
        return a32_imm(b, (u32)b->pc + (a32_thumb(b) ? 4 : 8));
    return ir_get(b, IR_I32, A32_OFF(r, n));
}
/* The same with 15 aligned to a word, as addresses relative to the pc are. */
static inline ir_ref a32_get_aligned_pc(struct ir_build *b, unsigned n)
{
    return n == A32_PC ? a32_imm(b, ((u32)b->pc + (a32_thumb(b) ? 4 : 8)) & ~3u) : a32_get(b, n);
}
/* Writes a register other than 15. */
static inline void a32_put_r(struct ir_build *b, unsigned n, ir_ref value)
{
    struct a32_lifter *l = a32_lifter(b);
    must(n < A32_PC);
    l->aligned &= (u16)~(1u << n);
    a32_put(b, A32_OFF(r, n), value);
}
/* The same, and says what the lift function returns. 15: a branch that stays in the instruction set [ALUWritePC before
 * ARMv7; in T32 always] or may change it [A32 from ARMv7 on]. */
enum flow a32_set(struct ir_build *b, unsigned n, ir_ref value);

/* --- flags ---------------------------------------------------------------------------------------------------------- */

static inline ir_ref a32_get_nzcv(struct ir_build *b) { return ir_get(b, IR_FLAGS, A32_OFF(nzcv, 0)); }
void a32_set_nzcv(struct ir_build *b, ir_ref flags);
static inline ir_ref a32_flags_pack(struct ir_build *b, ir_ref word)
{
    return ir_op_typed(b, IR_OP_flags_pack, IR_FLAGS, 0, word, IR_NONE, IR_NONE, 0);
}
static inline ir_ref a32_flags_word(struct ir_build *b, ir_ref flags)
{
    return ir_op_typed(b, IR_OP_flags_word, IR_I32, 0, flags, IR_NONE, IR_NONE, 0);
}
/* N and Z of an i32; C becomes carry (an i32 of 0 or 1; IR_NONE: stays), V stays. */
void a32_set_nz(struct ir_build *b, ir_ref value, ir_ref carry);
/* CPSR.C as 0 or 1. */
static inline ir_ref a32_get_carry(struct ir_build *b) { return ir_cond(b, IR_CS, a32_get_nzcv(b)); }
/* An i32, 0 or 1: condition 0..14 tested on the current flags. */
ir_ref a32_cond(struct ir_build *b, unsigned cond);
/* CPSR.Q becomes 1 if the i32, 0 or 1, is. */
void a32_set_q(struct ir_build *b, ir_ref saturated);

/* --- shifts (lift_shift.c) -------------------------------------------------------------------------------------------- */

struct a32_shifted {
    ir_ref value, carry; /* carry: 0 or 1, IR_NONE: C as it is; only if asked for */
};
/* type 0 LSL, 1 LSR, 2 ASR, 3 ROR with the five bits of an immediate, as encoded: LSR and ASR 0 mean 32, ROR 0 RRX. */
struct a32_shifted a32_shift_imm(struct ir_build *b, ir_ref x, unsigned type, unsigned imm5, bool want_carry);
/* By the low eight bits of a register. */
struct a32_shifted a32_shift_reg(struct ir_build *b, ir_ref x, unsigned type, ir_ref amount, bool want_carry);
/* A32 modified immediate: imm8 rotated right by 2 * rot; T32 modified immediate of 12 bits. */
struct a32_shifted a32_expand_imm(struct ir_build *b, unsigned rot, unsigned imm8);
struct a32_shifted a32_expand_t32(struct ir_build *b, unsigned imm12);
u32 a32_expand_t32_value(unsigned imm12);
/* Register rotated right by 8 * rot bits. */
ir_ref a32_rotated(struct ir_build *b, unsigned n, unsigned rot);

/* --- data processing shared by the instruction sets (lift_dp.c, lift_mul.c, lift_media.c) ------------------------------- */

enum a32_dp { DP_AND, DP_EOR, DP_SUB, DP_RSB, DP_ADD, DP_ADC, DP_SBC, DP_RSC, DP_TST, DP_TEQ, DP_CMP, DP_CMN, DP_ORR, DP_MOV, DP_BIC, DP_MVN, DP_ORN };
/* rd = rn op operand; with flags if s. rd is not used by TST to CMN, rn not by MOV and MVN. */
enum flow a32_dp(struct ir_build *b, enum a32_dp op, bool s, unsigned rd, unsigned rn, struct a32_shifted operand);
/* An op's second operand that is a register shifted by an immediate. */
static inline struct a32_shifted a32_operand(struct ir_build *b, unsigned rm, unsigned type, unsigned imm5, bool s)
{
    return a32_shift_imm(b, a32_get(b, rm), type, imm5, s);
}

/* --- guest memory --------------------------------------------------------------------------------------------------- */

/* Loads and stores that honour the guest's byte order; the address is an i32. sub = enum ir_mem without IR_MEM_SWAP. */
static inline ir_ref a32_load(struct ir_build *b, enum ir_type t, u8 sub, ir_ref addr, i64 offset)
{
    return ir_load(b, t, (u8)(sub | (b->swap ? IR_MEM_SWAP : 0)), addr, offset);
}
static inline void a32_store(struct ir_build *b, u8 sub, ir_ref addr, i64 offset, ir_ref value)
{
    ir_store(b, (u8)(sub | (b->swap ? IR_MEM_SWAP : 0)), addr, offset, value);
}
/* Traps unless addr + offset is a multiple of bytes (a power of two). */
void a32_check_aligned(struct ir_build *b, ir_ref addr, i64 offset, unsigned bytes);
/* The same for a multiple of 4 and what register n holds, once for each value of the register; base + offset is accessed, and
 * named by the signal. */
void a32_check_access(struct ir_build *b, unsigned n, ir_ref base, i64 offset);
static inline void a32_check_base(struct ir_build *b, unsigned n, ir_ref base) { a32_check_access(b, n, base, 0); }

/* --- branches (lift_branch.c) ----------------------------------------------------------------------------------------- */

/* To a constant address in the same instruction set. */
enum flow a32_jump(struct ir_build *b, u32 target);
/* The same if cond (an i32) is not zero, else to the next instruction. */
enum flow a32_jump_if(struct ir_build *b, ir_ref cond, u32 target);
/* To an address whose lowest bit selects Thumb [BXWritePC]. */
enum flow a32_jump_exchange(struct ir_build *b, ir_ref target, enum ir_hint hint, u32 return_pc);
/* To an address in the same instruction set [BranchWritePC]. */
enum flow a32_jump_register(struct ir_build *b, ir_ref target, enum ir_hint hint);
/* What a load of the pc does [LoadWritePC]: exchanges from ARMv5 on. */
enum flow a32_jump_loaded(struct ir_build *b, ir_ref target, enum ir_hint hint);
/* Ends the block: on to the next instruction, whose mode may differ from this block's. */
void a32_exit_next(struct ir_build *b, u32 pc, u32 mode);
/* Before an exit: cpu_common.mode gets this value. */
void a32_put_mode(struct ir_build *b, u32 mode);

/* The instruction set of an instruction does not matter: lifts both. The body uses d->field. */
#define LIFT_BOTH(name, ...)                                                                                           \
    LIFT(a32, name) { __VA_ARGS__ }                                                                                    \
    LIFT(t32, name) { __VA_ARGS__ }

#endif
