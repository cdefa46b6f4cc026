/* Integer vectors: which rule compiles which operation, lanes to and from general registers, bitwise operations. */
#include "jit/x64/vec.h"

unsigned def_vector_from(struct x64 *x, ir_ref result, ir_ref v)
{
    unsigned from = use(x, v), to = jit_take(&x->j, v, result);
    if (to != JIT_NOWHERE)
        return to - JIT_VECTOR;
    to = def(x, result);
    x64_rr(&x->c, X64_movaps, to - JIT_VECTOR, from - JIT_VECTOR);
    return to - JIT_VECTOR;
}

/* --- the table ----------------------------------------------------------------------------------------------------------- */

/* OP(fn, lanes of the floor, of AVX2, of AVX-512, flags); INSN(lanes, flags, instructions by lane). */
#define OP(name, on_sse, on_avx2, on_avx512, how)                                                                      \
    {.fn = name, .sse = on_sse, .avx2 = on_avx2, .avx512 = on_avx512, .flags = how}
#define INSN(on_sse, on_avx512, how, ...) {.fn = vec_lanes, .insn = {__VA_ARGS__}, .sse = on_sse, .avx512 = on_avx512, .flags = how}
#define OP_INSN(name, on_sse, on_avx512, how, ...)                                                                     \
    {.fn = name, .insn = {__VA_ARGS__}, .sse = on_sse, .avx512 = on_avx512, .flags = how}
#define RAW(name, how) {.raw = name, .sse = LANES_ALL, .flags = how}
#define CRYPTO(name, feature) {.fn = name, .sse = LANES_ALL, .needs = VEC_NEEDS(feature)}

static const struct vec_row rows[IR_OP_COUNT] = {
    [IR_OP_vand] = INSN(LANES_ALL, 0, VEC_ZERO, X64_pand, X64_pand, X64_pand, X64_pand),
    [IR_OP_vor] = INSN(LANES_ALL, 0, VEC_ZERO, X64_por, X64_por, X64_por, X64_por),
    [IR_OP_vxor] = INSN(LANES_ALL, 0, VEC_ZERO, X64_pxor, X64_pxor, X64_pxor, X64_pxor),
    [IR_OP_vandn] = INSN(LANES_ALL, 0, VEC_SWAP | VEC_ZERO, X64_pandn, X64_pandn, X64_pandn, X64_pandn),
    [IR_OP_vorn] = OP(vec_orn, LANES_ALL, 0, 0, 0),
    [IR_OP_vnot] = OP(vec_complement, LANES_ALL, 0, 0, 0),
    [IR_OP_vbsl] = RAW(vec_select_bits, 0),

    [IR_OP_vadd] = INSN(LANES_ALL, 0, VEC_ZERO, X64_paddb, X64_paddw, X64_paddd, X64_paddq),
    [IR_OP_vsub] = INSN(LANES_ALL, 0, VEC_ZERO, X64_psubb, X64_psubw, X64_psubd, X64_psubq),
    [IR_OP_vmul] = OP(vec_mul, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vneg] = OP(vec_neg, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vabs] = OP_INSN(vec_abs, LANES_ALL, 0, VEC_ZERO, X64_pabsb, X64_pabsw, X64_pabsd),
    [IR_OP_vsmin] = INSN(LANES_BHS, LANE_D, VEC_ZERO, X64_pminsb, X64_pminsw, X64_pminsd, X64_vpminsq),
    [IR_OP_vsmax] = INSN(LANES_BHS, LANE_D, VEC_ZERO, X64_pmaxsb, X64_pmaxsw, X64_pmaxsd, X64_vpmaxsq),
    [IR_OP_vumin] = INSN(LANES_BHS, LANE_D, VEC_ZERO, X64_pminub, X64_pminuw, X64_pminud, X64_vpminuq),
    [IR_OP_vumax] = INSN(LANES_BHS, LANE_D, VEC_ZERO, X64_pmaxub, X64_pmaxuw, X64_pmaxud, X64_vpmaxuq),
    [IR_OP_vsabd] = OP_INSN(vec_abs_difference, LANES_BHS, LANE_D, VEC_ZERO, X64_pmaxsb, X64_pmaxsw, X64_pmaxsd, X64_vpmaxsq),
    [IR_OP_vuabd] = OP_INSN(vec_abs_difference, LANES_BHS, LANE_D, VEC_ZERO, X64_pmaxub, X64_pmaxuw, X64_pmaxud, X64_vpmaxuq),
    [IR_OP_vshadd ... IR_OP_vuhsub] = OP(vec_halve, LANES_ALL, 0, 0, 0),
    [IR_OP_vclz] = OP(vec_clz, LANES_ALL, 0, 0, 0),
    [IR_OP_vcls] = OP(vec_cls, LANES_ALL, 0, 0, 0),
    [IR_OP_vcnt] = OP(vec_cnt, LANE_B, 0, 0, VEC_ZERO),
    [IR_OP_vrbit] = OP(vec_cnt, LANE_B, 0, 0, VEC_ZERO),
    [IR_OP_vpmul] = OP(vec_pmul, LANE_B, 0, 0, VEC_ZERO),

    [IR_OP_vcmpeq] = INSN(LANES_ALL, 0, 0, X64_pcmpeqb, X64_pcmpeqw, X64_pcmpeqd, X64_pcmpeqq),
    [IR_OP_vcmpgt] = INSN(LANES_ALL, 0, VEC_ZERO, X64_pcmpgtb, X64_pcmpgtw, X64_pcmpgtd, X64_pcmpgtq),
    [IR_OP_vcmpge] = OP_INSN(vec_compare_ge, LANES_ALL, 0, 0, X64_pmaxsb, X64_pmaxsw, X64_pmaxsd, X64_vpmaxsq),
    [IR_OP_vcmphi] = OP_INSN(vec_compare_hi, LANES_ALL, 0, 0, X64_pminub, X64_pminuw, X64_pminud, X64_vpminuq),
    [IR_OP_vcmphs] = OP_INSN(vec_compare_ge, LANES_ALL, 0, 0, X64_pmaxub, X64_pmaxuw, X64_pmaxud, X64_vpmaxuq),
    [IR_OP_vtest] = OP(vec_test, LANES_ALL, 0, 0, 0),

    [IR_OP_vshl_imm] = OP(vec_shift_const, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vshr_imm] = OP(vec_shift_const, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vsar_imm] = OP(vec_shift_const, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vrotr_imm] = OP(vec_shift_const, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vurshr_imm] = OP(vec_shift_rounded, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vsrshr_imm] = OP(vec_shift_rounded, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vushl] = OP(vec_shift_lanes, 0, LANE_S | LANE_D, LANES_BH, VEC_ZERO),
    [IR_OP_vsshl] = OP(vec_shift_lanes, 0, LANE_S | LANE_D, LANE_H, VEC_ZERO),
    [IR_OP_vurshl] = OP(vec_shift_lanes, 0, LANE_S | LANE_D, LANE_H, VEC_ZERO),
    [IR_OP_vsrshl] = OP(vec_shift_lanes, 0, LANE_S | LANE_D, LANE_H, VEC_ZERO),
    [IR_OP_vuqshl ... IR_OP_vsqrshl] = OP(vec_qshl, 0, LANE_S | LANE_D, LANE_H, VEC_EFLAGS),
    [IR_OP_vsqshlu_imm] = OP(vec_qshlu, LANES_ALL, 0, 0, VEC_EFLAGS),

    [IR_OP_vsqadd] = OP(vec_qadd, LANES_ALL, 0, 0, VEC_EFLAGS),
    [IR_OP_vuqadd] = OP(vec_qadd, LANES_ALL, 0, 0, VEC_EFLAGS),
    [IR_OP_vsqsub] = OP(vec_qadd, LANES_ALL, 0, 0, VEC_EFLAGS),
    [IR_OP_vuqsub] = OP(vec_qadd, LANES_ALL, 0, 0, VEC_EFLAGS),
    [IR_OP_vsuqadd] = OP(vec_mixed_qadd, LANES_BH, 0, 0, VEC_EFLAGS),
    [IR_OP_vusqadd] = OP(vec_mixed_qadd, LANES_BH, 0, 0, VEC_EFLAGS),
    [IR_OP_vsqabs] = OP(vec_qabs, LANES_BHS, 0, LANE_D, VEC_EFLAGS),
    [IR_OP_vsqdmulh] = OP(vec_qdmulh, LANES_HS, 0, 0, VEC_EFLAGS),
    [IR_OP_vsqrdmulh] = OP(vec_qdmulh, LANES_HS, 0, 0, VEC_EFLAGS),

    [IR_OP_vsxtl] = OP(vec_extend, LANES_BHS, 0, 0, 0),
    [IR_OP_vuxtl] = OP(vec_extend, LANES_BHS, 0, 0, 0),
    [IR_OP_vsmull] = OP(vec_mull, LANES_BHS, 0, 0, 0),
    [IR_OP_vumull] = OP(vec_mull, LANES_BHS, 0, 0, 0),
    [IR_OP_vpmull] = OP(vec_pmull, LANE_B | LANE_D, 0, 0, 0),
    [IR_OP_vsqdmull] = OP(vec_qdmull, LANES_HS, 0, 0, VEC_EFLAGS | VEC_FULL_ONLY),
    [IR_OP_vsaddlp] = OP(vec_addlp, LANES_ALL & ~LANE_B, 0, 0, VEC_ZERO),
    [IR_OP_vuaddlp] = OP(vec_addlp, LANES_ALL & ~LANE_B, 0, 0, VEC_ZERO),
    [IR_OP_vxtn] = OP(vec_xtn, LANES_BHS, 0, 0, VEC_CLEARED),
    [IR_OP_vsqxtn] = OP(vec_narrow, LANES_BH, 0, LANE_S, VEC_EFLAGS | VEC_CLEARED),
    [IR_OP_vuqxtn] = OP(vec_narrow, LANES_BH, 0, LANE_S, VEC_EFLAGS | VEC_CLEARED),
    [IR_OP_vsqxtun] = OP(vec_narrow, LANES_BH, 0, LANE_S, VEC_EFLAGS | VEC_CLEARED),
    [IR_OP_vsdot] = OP(vec_dot, LANES_ALL, 0, 0, 0),
    [IR_OP_vudot] = OP(vec_dot, LANES_ALL, 0, 0, 0),
    [IR_OP_vusdot] = OP(vec_dot, LANES_ALL, 0, 0, 0),

    [IR_OP_vaddv] = OP(vec_addv, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vsaddlv] = OP(vec_addlv, LANES_BHS, 0, 0, VEC_CLEARED),
    [IR_OP_vuaddlv] = OP(vec_addlv, LANES_BHS, 0, 0, VEC_CLEARED),
    [IR_OP_vsmaxv] = OP_INSN(vec_minmaxv, LANES_BHS, LANE_D, VEC_CLEARED, 0, 0, X64_pmaxsd, X64_vpmaxsq),
    [IR_OP_vumaxv] = OP_INSN(vec_minmaxv, LANES_BHS, LANE_D, VEC_CLEARED, 0, 0, X64_pmaxud, X64_vpmaxuq),
    [IR_OP_vsminv] = OP_INSN(vec_minmaxv, LANES_BHS, LANE_D, VEC_CLEARED, 0, 0, X64_pminsd, X64_vpminsq),
    [IR_OP_vuminv] = OP_INSN(vec_minmaxv, LANES_BHS, LANE_D, VEC_CLEARED, 0, 0, X64_pminud, X64_vpminuq),

    [IR_OP_vextract] = RAW(vec_to_general, 0),
    [IR_OP_vdup] = RAW(vec_from_general, 0),
    [IR_OP_vinsert] = RAW(vec_insert_general, 0),
    [IR_OP_vinsert_lane] = OP(vec_insert_lane, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vdup_lane] = OP(vec_dup_lane, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vlow] = OP(vec_low_lane, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vrev] = OP(vec_rev, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vext] = OP(vec_ext, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vzip1] = OP(vec_zip_half, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vzip2] = OP_INSN(vec_zip2_half, LANES_ALL, 0, VEC_CLEARED, X64_punpckhbw, X64_punpckhwd, X64_punpckhdq, X64_punpckhqdq),
    [IR_OP_vuzp1] = OP(vec_uzp, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vuzp2] = OP(vec_uzp, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vtrn1] = OP(vec_trn, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vtrn2] = OP(vec_trn, LANES_ALL, 0, 0, VEC_ZERO),
    [IR_OP_vtbl] = OP(vec_tbl, LANES_ALL, 0, 0, 0),
    [IR_OP_vtbx] = OP(vec_tbx, LANES_ALL, 0, 0, 0),

    [IR_OP_vaese] = {.raw = vec_aes_mix, .sse = LANES_ALL, .flags = VEC_FULL_ONLY, .needs = VEC_NEEDS(aes)},
    [IR_OP_vaesd] = {.raw = vec_aes_mix, .sse = LANES_ALL, .flags = VEC_FULL_ONLY, .needs = VEC_NEEDS(aes)},
    [IR_OP_vaesmc] = CRYPTO(vec_aesmc, aes),
    [IR_OP_vaesimc] = CRYPTO(vec_aesmc, aes),
    [IR_OP_vsha1c] = CRYPTO(vec_sha1, sha),
    [IR_OP_vsha1p] = CRYPTO(vec_sha1, sha),
    [IR_OP_vsha1m] = CRYPTO(vec_sha1, sha),
    [IR_OP_vsha1h] = OP(vec_sha1h, LANES_ALL, 0, 0, VEC_CLEARED),
    [IR_OP_vsha1su0] = OP(vec_sha1su0, LANES_ALL, 0, 0, 0),
    [IR_OP_vsha1su1] = OP(vec_sha1su1, LANES_ALL, 0, 0, 0),
    [IR_OP_vsha256rounds] = CRYPTO(vec_sha256, sha),
    [IR_OP_vsha256su0] = CRYPTO(vec_sha256su0, sha),
    [IR_OP_vsha256su1] = CRYPTO(vec_sha256su1, sha),
    [IR_OP_vsha512h] = OP(vec_sha512, 0, 0, LANES_ALL, 0),
    [IR_OP_vsha512h2] = OP(vec_sha512, 0, 0, LANES_ALL, 0),
    [IR_OP_vsha512su0] = OP(vec_sha512su0, 0, 0, LANES_ALL, 0),
    [IR_OP_vsha512su1] = OP(vec_sha512su1, 0, 0, LANES_ALL, 0),
};
#undef OP
#undef INSN
#undef OP_INSN
#undef RAW
#undef CRYPTO

bool x64_vector_has(const struct ir_op *op)
{
    const struct vec_row *row = &rows[op->op];
    unsigned lane = 1u << (op->sub & IR_LANE_MASK);
    bool there = row->sse & lane || (row->avx2 & lane && x64_shared.avx2) || (row->avx512 & lane && vec_avx512());
    if (!there || (row->flags & VEC_FULL_ONLY && !(op->sub & IR_FULL)))
        return false;
    if (op->op == IR_OP_vpmull && lane == LANE_D)
        return x64_shared.pclmul;
    return !row->needs || *((const bool *)&x64_shared + row->needs);
}

/* True if the upper half of v is known to be zero. */
static bool upper_is_zero(const struct x64 *x, ir_ref v)
{
    const struct ir_op *op = x64_op(x, v);
    if (op->op == IR_OP_const)
        return !op->b && !op->c;
    if (op->op == IR_OP_vec)
        return true;
    return rows[op->op].fn && !(op->sub & IR_FULL);
}

void x64_vector(struct x64 *x, u32 k, const struct ir_op *op)
{
    const struct vec_row *row = &rows[op->op];
    if (row->flags & VEC_EFLAGS)
        x64_clobber_flags(x);
    if (row->raw) {
        row->raw(x, k, op);
        return;
    }
    struct vec v = {.row = row, .op = op, .k = k, .lane = op->sub & IR_LANE_MASK, .full = op->sub & IR_FULL};
    v.a = use_vector(x, op->a);
    v.b = op->b ? use_vector(x, op->b) : 0;
    v.c = op->c ? use_vector(x, op->c) : 0;
    v.d = def_vector(x, k);
    row->fn(x, &v);
    if (v.full || row->flags & VEC_CLEARED)
        return;
    if (row->flags & VEC_ZERO && upper_is_zero(x, op->a) && (!op->b || upper_is_zero(x, op->b)))
        return;
    x64_rr(&x->c, X64_movq, v.d, v.d);
}

/* --- bitwise ------------------------------------------------------------------------------------------------------------- */

void vec_complement(struct x64 *x, const struct vec *v) { vec_not(x, v->d, v->a); }

void vec_orn(struct x64 *x, const struct vec *v)
{
    vec_not(x, T0, v->b);
    vec3(x, X64_por, v->d, v->a, T0);
}

/* By the three-input instruction the result takes the place of an operand, and the function depends on which. */
void vec_select_bits(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned mask = use_vector(x, op->a), yes = use_vector(x, op->b), no = use_vector(x, op->c), d;
    if (!vec_avx512()) {
        d = def_vector(x, k);
        vec3(x, X64_pand, T0, yes, mask);
        vec3(x, X64_pandn, d, mask, no);
        vec3(x, X64_por, d, d, T0);
    } else if ((d = jit_take(&x->j, op->b, k)) != JIT_NOWHERE) {
        vec_ternary(x, d -= JIT_VECTOR, mask, no, 0xe2); /* b ? a : c */
    } else if ((d = jit_take(&x->j, op->c, k)) != JIT_NOWHERE) {
        vec_ternary(x, d -= JIT_VECTOR, mask, yes, 0xb8); /* b ? c : a */
    } else {
        d = def_vector_from(x, k, op->a);
        vec_ternary(x, d, yes, no, 0xca); /* a ? b : c */
    }
    if (!(op->sub & IR_FULL))
        x64_rr(&x->c, X64_movq, d, d);
}

/* --- lanes and general registers ----------------------------------------------------------------------------------------- */

void vec_low_lane(struct x64 *x, const struct vec *v)
{
    if (v->lane == IR_D)
        x64_rr(&x->c, X64_movq, v->d, v->a);
    else if (v->lane == IR_S)
        vec3i(x, X64_insertps, v->d, v->a, v->a, 0x0e);
    else
        vec3ll(x, X64_pand, v->d, v->a, ones(lane_bits(v->lane)), 0);
}

/* The register of an integer as a lane; an i32 as a doubleword has zeros above it. */
static unsigned general_lane(struct x64 *x, ir_ref v, unsigned lane)
{
    unsigned reg = use(x, v);
    if (lane != IR_D || x64_op(x, v)->type != IR_I32)
        return reg;
    x64_rr(&x->c, X64_mov_rr, RAX, reg);
    return RAX;
}

void vec_from_general(struct x64 *x, u32 k, const struct ir_op *op)
{
    static const u16 broadcast[] = {X64_vpbroadcastb_g, X64_vpbroadcastw_g, X64_vpbroadcastd_g, X64_vpbroadcastq_g};
    struct x64_code *c = &x->c;
    unsigned a = general_lane(x, op->a, op->sub & IR_LANE_MASK), d = def_vector(x, k), lane = op->sub & IR_LANE_MASK;
    if (vec_avx512()) {
        x64_rvr(c, broadcast[lane], d, 0, a);
    } else {
        x64_rr(c, X64_movd_xg | X64_W, d, a);
        if (lane == IR_B) {
            vec_zero(x, T0);
            x64_rr(c, X64_pshufb, d, T0);
        } else if (lane == IR_D) {
            x64_rr(c, X64_punpcklqdq, d, d);
        } else {
            if (lane == IR_H)
                x64_rr(c, X64_punpcklwd, d, d);
            x64_rri(c, X64_pshufd, d, d, 0);
        }
    }
    if (!(op->sub & IR_FULL))
        x64_rr(c, X64_movq, d, d);
}

/* A lane as a scalar float: what lies above it does not count. */
static void to_float(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned a = use_vector(x, op->a), d = def_vector(x, k), lane = op->sub & IR_LANE_MASK;
    unsigned bytes = (unsigned)(op->imm << lane) & 15;
    if (bytes)
        vec_shift(x, X64_psrldq_i, d, a, (i32)bytes);
    else
        vec_move(x, d, a);
}

void vec_to_general(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    if (jit_is_vector(op->type)) {
        to_float(x, k, op);
        return;
    }
    unsigned a = use_vector(x, op->a), d = def(x, k), lane = op->sub & IR_LANE_MASK, number = (unsigned)op->imm & ((16u >> lane) - 1);
    if (number == 0 && lane >= IR_S) {
        x64_rr(c, X64_movd_gx | (lane == IR_D && op->type == IR_I64 ? X64_W : 0), a, d);
        return;
    }
    switch (lane) {
    case IR_B: x64_rri(c, X64_pextrb, a, d, (i32)number); break;
    case IR_H: x64_rri(c, X64_pextrw, d, a, (i32)number); break;
    case IR_S: x64_rri(c, X64_pextrq, a, d, (i32)number); break;
    default: x64_rri(c, X64_pextrq | X64_W, a, d, (i32)number); break;
    }
    if (op->type == IR_I32 && lane == IR_D)
        x64_rr(c, X64_mov_rr, d, d);
}

void vec_insert_general(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned b = general_lane(x, op->b, op->sub & IR_LANE_MASK), d = def_vector_from(x, k, op->a);
    i32 lane = (i32)op->imm;
    switch (op->sub & IR_LANE_MASK) {
    case IR_B: x64_rri(&x->c, X64_pinsrb, d, b, lane & 15); break;
    case IR_H: x64_rri(&x->c, X64_pinsrw, d, b, lane & 7); break;
    case IR_S: x64_rri(&x->c, X64_pinsrq, d, b, lane & 3); break;
    default: x64_rri(&x->c, X64_pinsrq | X64_W, d, b, lane & 1); break;
    }
}

/* --- scalars in vector registers ----------------------------------------------------------------------------------------- */

void x64_vec(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    u8 type = x64_op(x, op->a)->type;
    if (!jit_is_vector(type)) {
        unsigned a = use(x, op->a);
        x64_rr(c, X64_movd_xg | wide(type), def_vector(x, k), a);
        return;
    }
    unsigned a = use_vector(x, op->a), dst = def_vector(x, k);
    if (type == IR_F64)
        x64_rr(c, X64_movq, dst, a);
    else if (type == IR_F32)
        vec3i(x, X64_insertps, dst, a, a, 0x0e);
    else
        vec3ll(x, X64_pand, dst, a, 0xffff, 0);
}

void x64_low(struct x64 *x, u32 k, const struct ir_op *op)
{
    if (jit_is_vector(op->type)) {
        def_vector_from(x, k, op->a);
        return;
    }
    unsigned a = use_vector(x, op->a);
    if (x64_stores_vector(x, k)) {
        jit_alias(&x->j, k, op->a);
        return;
    }
    x64_rr(&x->c, X64_movd_gx | wide(op->type), a, def(x, k));
}
