/* What the floating-point rules share.
 *
 * A rule runs the host's instruction and compares its result with what may be wrong: a NaN (Arm chooses another one), and
 * the smallest normal number where a result can be rounded up to it (Arm calls that an underflow, x86 does not). Doubtful
 * results are computed again by the evaluator, out of line, from operands that are still intact; what flags the first
 * attempt left are those that the right answer raises too. Operations for which that is not true look at their operands
 * first.
 *
 * With CPU_MODE_FP_TRAPS the host's invalid-operation exception is unmasked: a default NaN and a signalling NaN always raise
 * it, and quiet NaNs are passed on as Arm does, by all operations but the fused multiply-add. So the check for NaNs goes; the
 * operation's code is a site, from where the handler goes on out of line. A quotient is never rounded up to a power of two
 * (its significands are integers below 2^p), so of all results only products and narrowed ones can become the smallest
 * normal number. */
#ifndef XRUN_JIT_X64_RULES_FP_H
#define XRUN_JIT_X64_RULES_FP_H

#include "jit/x64/rules.h"
#include "ir/fp.h"

/* 16 bytes each, every lane the same; the row of doubles follows that of singles. */
enum x64_fp_constant {
    FPC_ABS,                       /* all bits but the sign */
    FPC_SIGN = FPC_ABS + 2,        /* the sign */
    FPC_MIN = FPC_SIGN + 2,        /* the smallest normal number */
    FPC_ONE = FPC_MIN + 2,
    FPC_HALF = FPC_ONE + 2,
    FPC_INTEGERS = FPC_HALF + 2,   /* from here on every number is an integer: 2^23, 2^52 */
    FPC_BELOW = FPC_INTEGERS + 2,  /* the bit pattern below that */
    FPC_UNSIGNED = FPC_BELOW + 2,  /* the bit pattern below 2^31, 2^63 */
    FPC_LEAST = FPC_UNSIGNED + 2,  /* least signed integer */
    FPC_SPLIT = FPC_LEAST + 2,     /* singles: 2^16; doubles: 0xffff in lanes of 32 bits */
    FPC_ZERO = FPC_SPLIT + 2,
    FPC_UNIT = FPC_ZERO + 2,       /* integer 1 */
    FPC_PRODUCT = FPC_UNIT + 2,    /* bit patterns of factors whose product is normal add up to this at least; of a product */
    FPC_FUSED = FPC_PRODUCT + 2,   /* whose last bit is not below that of denormals */
    FPC_SCALE = FPC_FUSED + 2,     /* 2^-n for n = 0 .. 64: singles and doubles in turn */
    FPC_COUNT = FPC_SCALE + 2 * 65,
};
/* The constant 2^-n of a format. */
static inline unsigned x64_fp_scale(bool f64, unsigned n) { return FPC_SCALE + 2 * n + f64; }

/* Predicates of cmpps and its kin (Intel SDM 2A, CMPPD). Those from 8 on need VEX. */
enum { CMP_EQ = 0, CMP_LT = 1, CMP_LE = 2, CMP_UNORD = 3, CMP_EQ_UNORD = 8, CMP_NOT_GE_QUIET = 0x19 };

/* dst = a insn b with a VEX form or a move in front; dst is not b unless a is. */
void x64_three(struct x64 *x, unsigned insn, unsigned dst, unsigned a, unsigned b, i32 imm);
/* dst = insn a, for instructions that do not read dst. */
void x64_two(struct x64 *x, unsigned insn, unsigned dst, unsigned a, i32 imm);
/* dst = a insn constant; without a: two operands. */
void x64_three_const(struct x64 *x, unsigned insn, unsigned dst, unsigned a, unsigned constant, i32 imm);
void x64_two_const(struct x64 *x, unsigned insn, unsigned dst, unsigned constant);

/* Whether denormals may be flushed when the operation runs: never, perhaps (known at run time), always. */
enum fp_flush { FLUSH_NEVER, FLUSH_PERHAPS, FLUSH_ALWAYS };
static inline enum fp_flush x64_flush(const struct x64 *x)
{
    const struct ir_fp_model *fp = &x->fp;
    return !(fp->known & FP_FZ) ? FLUSH_PERHAPS : fp->value & FP_FZ ? FLUSH_ALWAYS : FLUSH_NEVER;
}

/* rules_fp_flush.c: where x64_flush() is FLUSH_ALWAYS. Lanes that count: all, of one size, or the lowest. `s` is the path to the
 * evaluator that is taken from there if need be. All change RAX and xmm0, and leave flags of MXCSR alone. */
struct fp_lanes {
    bool f64, scalar;
};
/* Before the operation: no denormals in a; in a and b (temp, another vector register, changes). */
void x64_flush_operand(struct x64 *x, const struct slow *s, const struct fp_lanes *l, unsigned a);
void x64_flush_operands(struct x64 *x, const struct slow *s, const struct fp_lanes *l, unsigned a, unsigned b, unsigned temp);
/* After that, before a multiplication: the product of a and b is not tiny. Fused: it has no bits below the least denormal. */
void x64_flush_product(struct x64 *x, const struct slow *s, const struct fp_lanes *l, unsigned a, unsigned b, unsigned temp,
                       bool fused);
/* After it: r has no NaN and no denormal. Without AVX xmm1 changes, too. */
void x64_flush_result(struct x64 *x, const struct slow *s, const struct fp_lanes *l, unsigned r);
/* The result at k has no denormals; whether v is known to have none. */
void x64_note_flushed(struct x64 *x, u32 k);
bool x64_is_flushed(const struct x64 *x, ir_ref v, bool f64);
/* True if MXCSR rounds as fp_mode says here; if that is to nearest for certain, and as `rounding` says. */
bool x64_host_rounds(const struct x64 *x);
bool x64_rounds_to_nearest(const struct x64 *x, unsigned rounding);

/* The path to the evaluator, before the operation; taken from here if denormals are flushed. dst is the number of a
 * register of either class. */
struct slow *x64_fp_slow(struct x64 *x, unsigned dst, const struct ir_op *op);
/* The end of the operation: where the path comes back. If the operation traps it goes there, too. */
void x64_fp_done(struct x64 *x, struct slow *s);
/* True if no result needs a look because of NaNs: what differs from Arm's choice is an invalid operation, which traps. */
bool x64_nans_trap(const struct x64 *x);
/* One more jump to it. */
void x64_fp_doubt(struct slow *s, u32 jump);
/* Jumps to it if a scalar result is doubtful; tiny: it may have been rounded up to the smallest normal number. */
void x64_fp_check(struct x64 *x, struct slow *s, unsigned reg, bool f64, bool tiny);
/* dst = a to an integral value, ties away from zero: toward zero, then one more if what was cut off is at least a half. Exact,
 * so without flags. NaNs and numbers from 2^23 (2^52) on are doubtful. Changes xmm0 and xmm1; dst may be xmm2. */
void x64_round_away(struct x64 *x, struct slow *s, unsigned dst, unsigned a, bool f64);
/* The immediate of roundss for a rounding mode 0..3 or FP_CURRENT. */
i32 x64_round_imm(unsigned rounding);

#endif
