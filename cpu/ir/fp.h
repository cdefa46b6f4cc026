/* Floating point on bit patterns: what the floating-point rows of the operation tables compute.
 *
 * Every function is exact in result and flags for all that cpu->fp_mode says (rounding, flushing of denormals, default
 * NaN, alternative half precision, choice of NaNs, tininess). Two layers: integer arithmetic, one algorithm for all
 * formats (fp_soft.c), and in front of it for f32 and f64 the host's own instruction where that is known to agree
 * (fp_host.h, fp.c). The host's instruction leaves its flags in the host's status register, the integer layer in
 * cpu->fp_flags; fpenv_flags() merges. The host's rounding mode must be the guest's meanwhile: fpenv_enter().
 *
 * Rules are those of the pseudocode in the Arm manual (DDI 0487, section J1.3, functions FPAdd and so on) unless
 * fp_mode says otherwise. A name in brackets is the manual's function.
 */
#ifndef XRUN_IR_FP_H
#define XRUN_IR_FP_H

#include "state/common.h"

/* Binary formats. */
enum fp_format { FP_F16, FP_F32, FP_F64, FP_BF16 };

/* A rounding mode given with the operation; 0..3 are those of enum fp_mode. */
enum fp_rounding {
    FP_TIES_AWAY = 4, /* to nearest, ties away from zero */
    FP_TO_ODD = 5,    /* von Neumann: an inexact result gets its last bit set */
    FP_CURRENT = 6,   /* as fp_mode says */
};

/* `imm` of the operations that round to an integer or convert to or from one. */
enum fp_imm {
    FP_IMM_ROUND_MASK = 7,   /* enum fp_rounding or 0..3 */
    FP_IMM_INEXACT = 1 << 3, /* rint: raise the inexact flag */
    FP_IMM_FBITS_SHIFT = 8,  /* fraction bits of the fixed-point operand or result, 0..64 */
};
#define FP_IMM(rounding, fbits) ((u64)(rounding) | (u64)(fbits) << FP_IMM_FBITS_SHIFT)

/* imm of fp*_round_int(): FRINT32 and FRINT64. */
enum { FP_INT32 = 32, FP_INT64 = 64 };

/* The functions of one format; `W` is its width, u##W its type.
 *   add sub mul div sqrt     [FPAdd FPSub FPMul FPDiv FPSqrt]
 *   muladd(addend, x, y)     addend + x * y, rounded once [FPMulAdd]; for FP_NAN_X86 NaNs are chosen in the order x, y,
 *                            addend, otherwise addend, x, y
 *   min max minnm maxnm      [FPMin FPMax FPMinNum FPMaxNum]
 *   mulx                     product with 0 * inf = 2 [FPMulX]
 *   recps rsqrts             2 - x * y and (3 - x * y) / 2, rounded once [FPRecipStepFused FPRSqrtStepFused]
 *   recpe rsqrte recpx       estimates [FPRecipEstimate FPRSqrtEstimate FPRecpX]
 *   abs neg abd              sign operations, not arithmetic; abd is |x - y|
 *   rint                     to an integral value; imm = rounding and FP_IMM_INEXACT [FPRoundInt]
 *   round_int                to an integral value that fits 32 or 64 bits; imm = rounding | (32 or 64) << 8
 *                            [FPRoundIntN]
 *   cmp cmpe                 quiet and signalling comparison: the word with N Z C V in bits 31..28 [FPCompare]
 *   cmeq cmge cmgt           all ones where true [FPCompareEQ FPCompareGE FPCompareGT]; acge acgt: of magnitudes
 *   to_s to_u                to an integer as wide as the format, saturated; imm = FP_IMM() [FPToFixed]
 *   from_s from_u            from such an integer [FixedToFP]
 */
#define FP_DECLARE(W)                                                                                                  \
    u##W fp##W##_add(struct cpu_common *cpu, u##W a, u##W b);                                                          \
    u##W fp##W##_sub(struct cpu_common *cpu, u##W a, u##W b);                                                          \
    u##W fp##W##_mul(struct cpu_common *cpu, u##W a, u##W b);                                                          \
    u##W fp##W##_div(struct cpu_common *cpu, u##W a, u##W b);                                                          \
    u##W fp##W##_sqrt(struct cpu_common *cpu, u##W a);                                                                 \
    u##W fp##W##_muladd(struct cpu_common *cpu, u##W addend, u##W x, u##W y);                                          \
    u##W fp##W##_min(struct cpu_common *cpu, u##W a, u##W b);                                                          \
    u##W fp##W##_max(struct cpu_common *cpu, u##W a, u##W b);                                                          \
    u##W fp##W##_minnm(struct cpu_common *cpu, u##W a, u##W b);                                                        \
    u##W fp##W##_maxnm(struct cpu_common *cpu, u##W a, u##W b);                                                        \
    u##W fp##W##_mulx(struct cpu_common *cpu, u##W a, u##W b);                                                         \
    u##W fp##W##_recps(struct cpu_common *cpu, u##W a, u##W b);                                                        \
    u##W fp##W##_rsqrts(struct cpu_common *cpu, u##W a, u##W b);                                                       \
    u##W fp##W##_recpe(struct cpu_common *cpu, u##W a);                                                                \
    u##W fp##W##_rsqrte(struct cpu_common *cpu, u##W a);                                                               \
    u##W fp##W##_recpx(struct cpu_common *cpu, u##W a);                                                                \
    u##W fp##W##_abd(struct cpu_common *cpu, u##W a, u##W b);                                                          \
    u##W fp##W##_rint(struct cpu_common *cpu, u##W a, u64 imm);                                                        \
    u##W fp##W##_round_int(struct cpu_common *cpu, u##W a, u64 imm);                                                   \
    u32 fp##W##_cmp(struct cpu_common *cpu, u##W a, u##W b);                                                           \
    u32 fp##W##_cmpe(struct cpu_common *cpu, u##W a, u##W b);                                                          \
    u##W fp##W##_cmeq(struct cpu_common *cpu, u##W a, u##W b);                                                         \
    u##W fp##W##_cmge(struct cpu_common *cpu, u##W a, u##W b);                                                         \
    u##W fp##W##_cmgt(struct cpu_common *cpu, u##W a, u##W b);                                                         \
    u##W fp##W##_acge(struct cpu_common *cpu, u##W a, u##W b);                                                         \
    u##W fp##W##_acgt(struct cpu_common *cpu, u##W a, u##W b);                                                         \
    u##W fp##W##_to_s(struct cpu_common *cpu, u##W a, u64 imm);                                                        \
    u##W fp##W##_to_u(struct cpu_common *cpu, u##W a, u64 imm);                                                        \
    u##W fp##W##_from_s(struct cpu_common *cpu, u##W a, u64 imm);                                                      \
    u##W fp##W##_from_u(struct cpu_common *cpu, u##W a, u64 imm);                                                      \
    static inline u##W fp##W##_abs(u##W a) { return a & (u##W)(((u##W) ~(u##W)0) >> 1); }                              \
    static inline u##W fp##W##_neg(u##W a) { return a ^ (u##W)((u##W)1 << (W - 1)); }
FP_DECLARE(16)
FP_DECLARE(32)
FP_DECLARE(64)
#undef FP_DECLARE

/* Between formats, rounding as `rounding` says [FPConvert]. To FP_BF16: from f32 only [FPConvertBF]. From FP_BF16: to
 * f32, exact. f16 obeys FP_AHP and never FP_FZ16. */
u64 fp_convert(struct cpu_common *cpu, enum fp_format to, enum fp_format from, u64 a, unsigned rounding);
/* A float to an integer of `width` bits (16, 32, 64), saturated; NaN gives 0. imm = FP_IMM(). The result's upper bits
 * are zero. [FPToFixed] */
u64 fp_to_int(struct cpu_common *cpu, enum fp_format from, u64 a, unsigned width, bool is_signed, u64 imm);
/* An integer of `width` bits, divided by 2 to the fraction bits of imm, to a float. [FixedToFP] */
u64 fp_from_int(struct cpu_common *cpu, enum fp_format to, u64 a, unsigned width, bool is_signed, u64 imm);
/* f64 to a 32-bit integer toward zero, modulo 2^32: the integer in the low half, in bit 32 whether it is exact (the Z
 * flag of FJCVTZS). [FPToFixedJS] */
u64 fp_to_int_js(struct cpu_common *cpu, u64 a);

/* Vectors; lane is enum ir_lane's H, S or D, `full` whether the upper 64 bits take part. */

/* Adds or subtracts pairs as complex numbers, y turned by 90 (rot 0) or 270 degrees (rot 1) [FCADD]. */
union v128 fp_vec_cadd(struct cpu_common *cpu, unsigned lane, bool full, union v128 x, union v128 y, unsigned rot);
/* acc + x * y on complex pairs; rot: 0..3 quarter turns [FCMLA]. */
union v128 fp_vec_cmla(struct cpu_common *cpu, unsigned lane, bool full, union v128 acc, union v128 x, union v128 y,
                       unsigned rot);
/* acc.S + x.H * y.H, the lanes of the low (part 0) or high (part 1) half of the source (its 64 bits if not full);
 * products negated if `negate` [FMLAL FMLSL]. */
union v128 fp_vec_mlal(struct cpu_common *cpu, bool full, union v128 acc, union v128 x, union v128 y, unsigned part,
                       bool negate);
/* acc.S + sums of two products of bf16, rounded to odd, denormals flushed, no flags [BFDotAdd]. */
union v128 fp_vec_bfdot(bool full, union v128 acc, union v128 x, union v128 y);
/* 2x2 acc.S plus 2x4 x times 4x2 y, of bf16 [BFMatMulAdd]. */
union v128 fp_vec_bfmmla(union v128 acc, union v128 x, union v128 y);
/* acc.S + x * y of the even (part 0) or odd (part 1) bf16 lanes [BFMLALB BFMLALT]. */
union v128 fp_vec_bfmlal(struct cpu_common *cpu, union v128 acc, union v128 x, union v128 y, unsigned part);
/* Lanes of one half (part) of x to twice the size: lane is the narrow one, H or S [FCVTL]. */
union v128 fp_vec_widen(struct cpu_common *cpu, unsigned lane, union v128 x, unsigned part);
/* Lanes of twice the size to `lane`, into the low half [FCVTN, FCVTXN with FP_TO_ODD]. */
union v128 fp_vec_narrow(struct cpu_common *cpu, unsigned lane, union v128 x, unsigned rounding);
/* f32 lanes to bf16, into the low half [BFCVTN]. */
union v128 fp_vec_bfcvtn(struct cpu_common *cpu, union v128 x);
/* Reduces all lanes to lane 0 by pairs, low half with high half first [Reduce]. */
enum fp_reduction { FP_REDUCE_MAX, FP_REDUCE_MIN, FP_REDUCE_MAXNM, FP_REDUCE_MINNM };
union v128 fp_vec_reduce(struct cpu_common *cpu, unsigned lane, bool full, union v128 x, enum fp_reduction what);

#endif
