/* Vector instructions in the form that the processor has, and constants behind the code. */
#include "jit/x64/vec.h"

const u16 vec_add[4] = {X64_paddb, X64_paddw, X64_paddd, X64_paddq};
const u16 vec_sub[4] = {X64_psubb, X64_psubw, X64_psubd, X64_psubq};
const u16 vec_cmpeq[4] = {X64_pcmpeqb, X64_pcmpeqw, X64_pcmpeqd, X64_pcmpeqq};
const u16 vec_cmpgt[4] = {X64_pcmpgtb, X64_pcmpgtw, X64_pcmpgtd, X64_pcmpgtq};

_Static_assert(BUFFER_HEADER % 16 == 0, "constants are aligned as SSE wants them");

static bool has_vex(unsigned insn) { return x64_shared.avx || x64_rows[insn].map & (X64_VEX | X64_EVEX); }

/* --- constants ----------------------------------------------------------------------------------------------------------- */

static u16 literal(struct x64 *x, u64 low, u64 high)
{
    enum { RECENT = 64 };
    for (u32 i = x->literal_count > RECENT ? x->literal_count - RECENT : 0; i < x->literal_count; i++)
        if (x->literal[i].d[0] == low && x->literal[i].d[1] == high)
            return (u16)i;
    if (x->literal_count == LITERAL_MAX) {
        x->j.failed = true;
        return 0;
    }
    x->literal[x->literal_count].d[0] = low;
    x->literal[x->literal_count].d[1] = high;
    return (u16)x->literal_count++;
}

/* After an instruction whose displacement, the last but `behind` bytes of immediate, means the constant. */
static void use_literal(struct x64 *x, u16 n, unsigned behind)
{
    if (x->literal_uses == LITERAL_USES) {
        x->j.failed = true;
        return;
    }
    x->literal_use[x->literal_uses].at = x->c.count - 4 - behind;
    x->literal_use[x->literal_uses].literal = n;
    x->literal_use[x->literal_uses++].behind = (u8)behind;
}

void x64_write_literals(struct x64 *x)
{
    struct x64_code *c = &x->c;
    if (!x->literal_count)
        return;
    while (c->count % 16)
        x64_byte(c, 0xcc);
    u32 start = c->count;
    for (u32 i = 0; i < x->literal_count; i++)
        for (unsigned n = 0; n < 16; n++)
            x64_byte(c, x->literal[i].b[n]);
    for (u32 i = 0; i < x->literal_uses; i++)
        x64_patch(c, x->literal_use[i].at, start + 16u * x->literal_use[i].literal - x->literal_use[i].behind);
}

void x64_literal_load(struct x64 *x, unsigned reg, u64 low, u64 high)
{
    if (low == ~0ull && high == ~0ull) {
        x64_rr(&x->c, X64_pcmpeqd, reg, reg);
        return;
    }
    u16 n = literal(x, low, high);
    if (x64_shared.avx)
        x64_rvm(&x->c, X64_movaps, reg, 0, x64_at(X64_RIP, 0));
    else
        x64_rm(&x->c, X64_movaps, reg, x64_at(X64_RIP, 0));
    use_literal(x, n, 0);
}

/* --- instructions -------------------------------------------------------------------------------------------------------- */

void vec_move(struct x64 *x, unsigned d, unsigned a)
{
    if (d != a)
        x64_rr(&x->c, X64_movaps, d, a);
}

void vec_zero(struct x64 *x, unsigned d) { x64_rr(&x->c, X64_pxor, d, d); }

void vec3i(struct x64 *x, unsigned insn, unsigned d, unsigned a, unsigned b, i32 imm)
{
    if (has_vex(insn)) {
        x64_rvri(&x->c, insn, d, a, b, imm);
        return;
    }
    must(d == a || d != b);
    vec_move(x, d, a);
    x64_rri(&x->c, insn, d, b, imm);
}

void vec3(struct x64 *x, unsigned insn, unsigned d, unsigned a, unsigned b) { vec3i(x, insn, d, a, b, 0); }

void vec_literal(struct x64 *x, unsigned insn, unsigned d, unsigned a, u64 low, u64 high, i32 imm)
{
    u16 n = literal(x, low, high);
    struct x64_mem m = x64_at(X64_RIP, 0);
    if (has_vex(insn)) {
        x64_rvmi(&x->c, insn, d, a, m, imm);
    } else {
        vec_move(x, d, a);
        x64_rmi(&x->c, insn, d, m, imm);
    }
    use_literal(x, n, x64_rows[insn].imm);
}

void vec3ll(struct x64 *x, unsigned insn, unsigned d, unsigned a, u64 low, u64 high)
{
    vec_literal(x, insn, d, a, low, high, 0);
}
void vec3l(struct x64 *x, unsigned insn, unsigned d, unsigned a, u64 both) { vec_literal(x, insn, d, a, both, both, 0); }

void vec2i(struct x64 *x, unsigned insn, unsigned d, unsigned a, i32 imm)
{
    if (x64_rows[insn].map & (X64_VEX | X64_EVEX))
        x64_rvri(&x->c, insn, d, 0, a, imm);
    else
        x64_rri(&x->c, insn, d, a, imm);
}
void vec2(struct x64 *x, unsigned insn, unsigned d, unsigned a) { vec2i(x, insn, d, a, 0); }

void vec_shift(struct x64 *x, unsigned insn, unsigned d, unsigned a, i32 count)
{
    if (has_vex(insn)) {
        x64_rvri(&x->c, insn, 0, d, a, count);
        return;
    }
    vec_move(x, d, a);
    x64_rri(&x->c, insn, 0, d, count);
}

void vec_ternary(struct x64 *x, unsigned d, unsigned a, unsigned b, i32 imm)
{
    x64_rvri(&x->c, X64_vpternlogd, d, a, b, imm);
}

/* --- common steps -------------------------------------------------------------------------------------------------------- */

void vec_not(struct x64 *x, unsigned d, unsigned a)
{
    if (vec_avx512()) {
        vec_ternary(x, d, a, a, 0x55);
        return;
    }
    x64_rr(&x->c, X64_pcmpeqd, T2, T2);
    vec3(x, X64_pxor, d, a, T2);
}

void vec_shuffle(struct x64 *x, unsigned d, unsigned a, const u8 pick[16])
{
    union v128 m;
    memcpy(m.b, pick, 16);
    vec3ll(x, X64_pshufb, d, a, m.d[0], m.d[1]);
}

void vec_sign(struct x64 *x, unsigned lane, unsigned d, unsigned a)
{
    if (d == a) {
        vec_zero(x, T2);
        vec3(x, vec_cmpgt[lane], T2, T2, a);
        vec_move(x, d, T2);
        return;
    }
    vec_zero(x, d);
    vec3(x, vec_cmpgt[lane], d, d, a);
}

/* The matrix of GF2P8AFFINEQB that makes bit i of each byte the bit from[i], or 0 for one out of range: row i is byte
 * 7 - i. */
static u64 bit_matrix(enum vec_shift kind, unsigned count)
{
    u64 m = 0;
    for (unsigned i = 0; i < 8; i++) {
        unsigned from = kind == VEC_LEFT ? i - count : i + count;
        if (kind == VEC_ARITHMETIC && from > 7)
            from = 7;
        if (kind == VEC_ROTATE)
            from &= 7;
        if (from < 8)
            m |= 1ull << from << 8 * (7 - i);
    }
    return m;
}

static void shift_bytes(struct x64 *x, enum vec_shift kind, unsigned d, unsigned a, unsigned count)
{
    if (x64_shared.gfni) {
        u64 m = bit_matrix(kind, count);
        vec_literal(x, x64_shared.avx ? X64_vgf2p8affineqb : X64_gf2p8affineqb, d, a, m, m, 0);
        return;
    }
    if (kind == VEC_ROTATE) {
        vec_shift(x, X64_psllw_i, T2, a, (i32)(8 - count));
        vec3l(x, X64_pand, T2, T2, splat8((u8)(0xff << (8 - count))));
    }
    vec_shift(x, kind == VEC_LEFT ? X64_psllw_i : X64_psrlw_i, d, a, (i32)count);
    vec3l(x, X64_pand, d, d, splat8((u8)(kind == VEC_LEFT ? 0xff << count : 0xff >> count)));
    if (kind == VEC_ROTATE)
        vec3(x, X64_por, d, d, T2);
    if (kind == VEC_ARITHMETIC) {
        vec3l(x, X64_pxor, d, d, splat8((u8)(0x80 >> count)));
        vec3l(x, X64_psubb, d, d, splat8((u8)(0x80 >> count)));
    }
}

static void arithmetic64(struct x64 *x, unsigned d, unsigned a, unsigned count)
{
    if (vec_avx512()) {
        vec_shift(x, X64_vpsraq_i, d, a, (i32)count);
        return;
    }
    vec_zero(x, T2);
    vec3(x, X64_pcmpgtq, T2, T2, a);
    if (count >= 63) {
        vec_move(x, d, T2);
        return;
    }
    vec_shift(x, X64_psrlq_i, d, a, (i32)count);
    vec_shift(x, X64_psllq_i, T2, T2, 64 - (i32)count);
    vec3(x, X64_por, d, d, T2);
}

static void rotate(struct x64 *x, unsigned lane, unsigned d, unsigned a, unsigned count)
{
    static const u16 left[] = {0, X64_psllw_i, X64_pslld_i, X64_psllq_i}, right[] = {0, X64_psrlw_i, X64_psrld_i, X64_psrlq_i};
    if (lane >= IR_S && vec_avx512()) {
        vec_shift(x, lane == IR_S ? X64_vprord_i : X64_vprorq_i, d, a, (i32)count);
        return;
    }
    vec_shift(x, left[lane], T2, a, (i32)(lane_bits(lane) - count));
    vec_shift(x, right[lane], d, a, (i32)count);
    vec3(x, X64_por, d, d, T2);
}

void vec_shift_imm(struct x64 *x, enum vec_shift kind, unsigned lane, unsigned d, unsigned a, u64 count)
{
    static const u16 insns[3][4] = {{0, X64_psllw_i, X64_pslld_i, X64_psllq_i},
                                    {0, X64_psrlw_i, X64_psrld_i, X64_psrlq_i},
                                    {0, X64_psraw_i, X64_psrad_i, 0}};
    unsigned bits = lane_bits(lane);
    if (kind == VEC_ROTATE)
        count %= bits;
    else if (kind == VEC_ARITHMETIC && count >= bits)
        count = bits - 1;
    if (!count) {
        vec_move(x, d, a);
    } else if (count >= bits) {
        vec_zero(x, d);
    } else if (lane == IR_B) {
        shift_bytes(x, kind, d, a, (unsigned)count);
    } else if (kind == VEC_ROTATE) {
        rotate(x, lane, d, a, (unsigned)count);
    } else if (kind == VEC_ARITHMETIC && lane == IR_D) {
        arithmetic64(x, d, a, (unsigned)count);
    } else {
        vec_shift(x, insns[kind][lane], d, a, (i32)count);
    }
}

void vec_blend(struct x64 *x, unsigned d, unsigned a, unsigned b)
{
    vec_move(x, d, a);
    x64_rr(&x->c, X64_pblendvb, d, b);
}

static void slow_saturated(struct x64 *x, const struct slow *s)
{
    x64_rmi(&x->c, X64_or_i, 0, cpu_field(offsetof(struct cpu_common, fp_flags)), FP_QC);
    x64_patch(&x->c, x64_jmp(&x->c), s->back);
}

void vec_saturated(struct x64 *x, unsigned reg)
{
    x64_rr(&x->c, X64_ptest, reg, reg);
    x64_slow(x, slow_saturated, x64_jcc(&x->c, CC_NE))->back = x->c.count;
}

void vec_half(struct x64 *x, const struct vec *v, unsigned reg)
{
    if (!v->full)
        x64_rr(&x->c, X64_movq, reg, reg);
}

void vec_lanes(struct x64 *x, const struct vec *v)
{
    unsigned insn = v->row->insn[v->lane];
    if (v->row->flags & VEC_SWAP)
        vec3(x, insn, v->d, v->b, v->a);
    else
        vec3(x, insn, v->d, v->a, v->b);
}
