/* Private to the rules of integer vectors: instructions with three operands in whatever form the processor has, constants,
 * and the steps that many operations share. */
#ifndef XRUN_JIT_X64_VEC_H
#define XRUN_JIT_X64_VEC_H

#include "jit/x64/rules.h"

/* An operation as its rule sees it: registers are numbers of xmm registers; d is none of a, b, c. */
struct vec_row;
struct vec {
    const struct vec_row *row;
    const struct ir_op *op;
    u32 k;
    unsigned lane, d, a, b, c;
    bool full;
};
typedef void vec_rule(struct x64 *x, const struct vec *v);

enum { T0, T1, T2 }; /* xmm registers that every rule may change */

/* Sets of lanes, by 1 << enum ir_lane. */
enum { LANES_NONE = 0, LANE_B = 1, LANE_H = 2, LANE_S = 4, LANE_D = 8, LANES_BH = 3, LANES_BHS = 7, LANES_HS = 6, LANES_ALL = 15 };

enum vec_flags {
    VEC_CLEARED = 1 << 0, /* a half form leaves the upper half of the result zero */
    VEC_EFLAGS = 1 << 1,  /* changes EFLAGS */
    VEC_SWAP = 1 << 2,    /* vec_lanes: b op a */
    VEC_ZERO = 1 << 3,    /* zero lanes give zero */
    VEC_FULL_ONLY = 1 << 4,
};

struct vec_row {
    vec_rule *fn;
    x64_rule *raw; /* instead of fn: looks after its operands itself */
    u16 insn[4];   /* by lane, for vec_lanes and others */
    u8 sse, avx2, avx512; /* lanes with the floor, with AVX2, with AVX-512 F, VL, BW, DQ and CD */
    u8 flags;      /* enum vec_flags */
    u16 needs;     /* offset in x64_shared of a feature without which there is no rule; 0: none */
};
#define VEC_NEEDS(feature) offsetof(struct x64_shared, feature)
/* AVX-512 as the rows mean it. */
static inline bool vec_avx512(void)
{
    return x64_shared.avx512vl && x64_shared.avx512bw && x64_shared.avx512dq && x64_shared.avx512cd;
}

static inline u64 splat8(u8 v) { return v * 0x0101010101010101ull; }
static inline u64 splat16(u16 v) { return v * 0x0001000100010001ull; }
static inline u64 splat32(u32 v) { return v | (u64)v << 32; }
/* The low bits of v in each lane of 64 bits. */
static inline u64 splat(unsigned lane, u64 v)
{
    return lane == IR_B ? splat8((u8)v) : lane == IR_H ? splat16((u16)v) : lane == IR_S ? splat32((u32)v) : v;
}
static inline u64 lane_top(unsigned lane) { return splat(lane, 1ull << ((8u << lane) - 1)); }
static inline unsigned lane_bits(unsigned lane) { return 8u << lane; }

/* d = a op b. Without AVX d must not be b unless it is a as well. */
void vec3(struct x64 *x, unsigned insn, unsigned d, unsigned a, unsigned b);
void vec3i(struct x64 *x, unsigned insn, unsigned d, unsigned a, unsigned b, i32 imm);
/* The second operand is a constant of twice the same 64 bits; or of two different ones. */
void vec3l(struct x64 *x, unsigned insn, unsigned d, unsigned a, u64 both);
void vec3ll(struct x64 *x, unsigned insn, unsigned d, unsigned a, u64 low, u64 high);
void vec_literal(struct x64 *x, unsigned insn, unsigned d, unsigned a, u64 low, u64 high, i32 imm);
/* d = op a; d = op a, imm. */
void vec2(struct x64 *x, unsigned insn, unsigned d, unsigned a);
void vec2i(struct x64 *x, unsigned insn, unsigned d, unsigned a, i32 imm);
/* d = a shifted by the instruction with an immediate count (psllw_i ..). */
void vec_shift(struct x64 *x, unsigned insn, unsigned d, unsigned a, i32 count);
void vec_move(struct x64 *x, unsigned d, unsigned a);
void vec_zero(struct x64 *x, unsigned d);
void vec_not(struct x64 *x, unsigned d, unsigned a);           /* may change T2 */
/* d = bytes of a picked by constant indices; 0x80 and up: zero. */
void vec_shuffle(struct x64 *x, unsigned d, unsigned a, const u8 pick[16]);
/* d = a shifted or rotated by a constant count from 0; d may be a. May change T2. */
enum vec_shift { VEC_LEFT, VEC_RIGHT, VEC_ARITHMETIC, VEC_ROTATE };
void vec_shift_imm(struct x64 *x, enum vec_shift kind, unsigned lane, unsigned d, unsigned a, u64 count);
/* Three-input function of d, a, b by the truth table imm (vpternlog's), into d. AVX-512 only. */
void vec_ternary(struct x64 *x, unsigned d, unsigned a, unsigned b, i32 imm);
/* FP_QC if any bit of reg is set; changes EFLAGS. */
void vec_saturated(struct x64 *x, unsigned reg);
/* Clears lanes above the first 64 bits where only those count. */
void vec_half(struct x64 *x, const struct vec *v, unsigned reg);
/* d = 0 > a in each lane: its sign everywhere. */
void vec_sign(struct x64 *x, unsigned lane, unsigned d, unsigned a);
/* Instructions by lane. */
extern const u16 vec_add[4], vec_sub[4], vec_cmpeq[4], vec_cmpgt[4];
/* d = a where the bits of mask are 0, b where they are 1, mask all ones or zeros by bytes; d may be a; mask is T0. */
void vec_blend(struct x64 *x, unsigned d, unsigned a, unsigned b);

/* The rules that rows of rules_vec.c name; each writes v->d from v->a, v->b, v->c. vec_lanes: the row's instruction. */
vec_rule vec_lanes;
vec_rule vec_orn, vec_complement, vec_low_lane;
vec_rule vec_mul, vec_neg, vec_abs, vec_abs_difference, vec_halve, vec_compare_ge, vec_compare_hi, vec_test, vec_clz, vec_cls,
    vec_cnt, vec_pmul;
vec_rule vec_shift_const, vec_shift_rounded, vec_shift_lanes;
vec_rule vec_uzp, vec_trn, vec_zip_half, vec_zip2_half, vec_rev, vec_ext, vec_dup_lane, vec_insert_lane, vec_tbl, vec_tbx;
vec_rule vec_extend, vec_mull, vec_pmull, vec_addlp, vec_xtn, vec_narrow, vec_dot, vec_addv, vec_addlv, vec_minmaxv;
vec_rule vec_qadd, vec_mixed_qadd, vec_qabs, vec_qdmulh, vec_qdmull, vec_qshl, vec_qshlu;
vec_rule vec_aesmc, vec_sha256, vec_sha1, vec_sha1h, vec_sha1su0, vec_sha1su1, vec_sha256su0, vec_sha256su1, vec_sha512,
    vec_sha512su0, vec_sha512su1;
x64_rule vec_select_bits, vec_from_general, vec_to_general, vec_insert_general, vec_aes_mix;

#endif
