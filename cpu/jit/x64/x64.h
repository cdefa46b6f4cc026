/* Writes x86-64 instructions. Forms are rows of insns.def; only the addressing modes that the rules need exist. */
#ifndef XRUN_JIT_X64_X64_H
#define XRUN_JIT_X64_X64_H

#include "state/common.h"

enum x64_insn {
#define X64(name, ...) X64_##name,
#include "jit/x64/insns.def"
#undef X64
    X64_INSN_COUNT,
    X64_W = 1 << 12, /* added to an instruction: 64-bit operands */
};

enum x64_reg { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, X64_NO_REG = 0xff,
               X64_RIP = 0x85 /* as a base: the displacement counts from the next instruction */ };

/* Compiled code's pointer to the state (RBX) is so far from its beginning: displacements of one byte begin with CPU_HOT. */
enum { X64_CPU_BIAS = CPU_HOT + 128 };

/* Condition codes as in the opcode's low four bits. */
enum x64_cc { CC_O, CC_NO, CC_B, CC_AE, CC_E, CC_NE, CC_BE, CC_A, CC_S, CC_NS, CC_P, CC_NP, CC_L, CC_GE, CC_LE, CC_G };

/* Where code goes: memory of fixed size. Nothing is written beyond it; `full` says that something did not fit. */
struct x64_code {
    u8 *at;
    u32 count, capacity;
    bool full;
};

struct x64_mem {
    u8 base, index, scale; /* index X64_NO_REG: none; scale: log2 */
    i32 disp;
};
static inline struct x64_mem x64_at(unsigned base, i32 disp)
{
    return (struct x64_mem){(u8)base, X64_NO_REG, 0, disp};
}
static inline struct x64_mem x64_at_index(unsigned base, unsigned index, unsigned scale, i32 disp)
{
    return (struct x64_mem){(u8)base, (u8)index, (u8)scale, disp};
}

/* reg: the operand `reg` of the row (ignored where the row has an opcode extension); rm: the other one. */
void x64_rr(struct x64_code *c, unsigned insn, unsigned reg, unsigned rm);
void x64_rm(struct x64_code *c, unsigned insn, unsigned reg, struct x64_mem m);
void x64_rri(struct x64_code *c, unsigned insn, unsigned reg, unsigned rm, i32 imm);
void x64_rmi(struct x64_code *c, unsigned insn, unsigned reg, struct x64_mem m, i32 imm);
/* VEX forms: rows with V, and every SSE row that has a form with VEX; two-operand ones have vvvv = 0. Where the row has an
 * opcode extension vvvv is the destination. */
void x64_rvri(struct x64_code *c, unsigned insn, unsigned reg, unsigned vvvv, unsigned rm, i32 imm);
void x64_rvmi(struct x64_code *c, unsigned insn, unsigned reg, unsigned vvvv, struct x64_mem m, i32 imm);
void x64_rvr(struct x64_code *c, unsigned insn, unsigned reg, unsigned vvvv, unsigned rm);
void x64_rvm(struct x64_code *c, unsigned insn, unsigned reg, unsigned vvvv, struct x64_mem m);
void x64_rorx32(struct x64_code *c, unsigned reg, unsigned rm, u8 count);
/* reg = value by the shortest form that leaves the flags alone. */
void x64_const(struct x64_code *c, unsigned reg, u64 value);
/* The same in the longest form, whose last eight bytes are the value. */
void x64_const64(struct x64_code *c, unsigned reg, u64 value);
/* jit_host.has_number(): may take other bytes for such an operand, but overlooks none. */
bool x64_has_number(const u8 *code, u32 bytes, u64 least);
void x64_cmov(struct x64_code *c, enum x64_cc cc, bool wide, unsigned reg, unsigned rm);
void x64_setcc(struct x64_code *c, enum x64_cc cc, unsigned rm);
/* Single bytes of fixed meaning: cmc, lahf, cdq, cqo (with X64_W), ret. */
void x64_byte(struct x64_code *c, u8 byte);
/* One instruction of 0 to 3 bytes that does nothing (Intel SDM 2B, NOP). */
void x64_nop(struct x64_code *c, unsigned bytes);
/* Reverses the bytes of a register, 4 or 8. */
void x64_bswap_reg(struct x64_code *c, unsigned reg, bool wide);
void x64_push(struct x64_code *c, unsigned reg);
void x64_pop(struct x64_code *c, unsigned reg);
/* Jumps with 32-bit displacements; the result is the displacement's position for x64_patch(). */
u32 x64_jcc(struct x64_code *c, enum x64_cc cc);
u32 x64_jmp(struct x64_code *c);
u32 x64_call(struct x64_code *c);
/* Lets the jump at `position` lead to `target`; both are positions in the code. */
void x64_patch(struct x64_code *c, u32 position, u32 target);
static inline void x64_here(struct x64_code *c, u32 position) { x64_patch(c, position, c->count); }
static inline enum x64_cc x64_not(enum x64_cc cc) { return (enum x64_cc)(cc ^ 1); }

/* For the test. */
struct x64_row {
    const char *mnemonic;
    u8 prefix, map, opcode;
    i8 ext;
    u8 order, reg, rm, imm;
};
enum x64_order { X64_ORDER_RM, X64_ORDER_MR, X64_ORDER_M, X64_ORDER_MV };
enum x64_class { X64_CLASS_N, X64_CLASS_G, X64_CLASS_B, X64_CLASS_H, X64_CLASS_D, X64_CLASS_Q, X64_CLASS_X, X64_CLASS_M };
extern const struct x64_row x64_rows[X64_INSN_COUNT];
enum { X64_VEX = 8, X64_VEX_W = 16, X64_EVEX = 32 }; /* in x64_row.map */

#endif
