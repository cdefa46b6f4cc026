/* Integer vectors: lanes that move. */
#include "jit/x64/vec.h"

static const u16 unpack_low[4] = {X64_punpcklbw, X64_punpcklwd, X64_punpckldq, X64_punpcklqdq};

/* d = bytes of the low halves of a and b, by number: 0 to 7 of a, 8 to 15 of b; 0x80: zero. */
static void pick_of_halves(struct x64 *x, const struct vec *v, const u8 pick[16])
{
    vec3(x, X64_punpcklqdq, v->d, v->a, v->b);
    vec_shuffle(x, v->d, v->d, pick);
}

void vec_zip_half(struct x64 *x, const struct vec *v)
{
    vec3(x, unpack_low[v->lane], v->d, v->a, v->b);
    if (!v->full)
        x64_rr(&x->c, X64_movq, v->d, v->d);
}

void vec_zip2_half(struct x64 *x, const struct vec *v)
{
    if (v->full) {
        vec3(x, v->row->insn[v->lane], v->d, v->a, v->b);
        return;
    }
    vec3(x, unpack_low[v->lane], v->d, v->a, v->b);
    vec_shift(x, X64_psrldq_i, v->d, v->d, 8);
}

/* T = the lanes of a that count, in the low halves of lanes twice as wide, as packing with saturation needs them. */
static void prepare_pack(struct x64 *x, unsigned lane, unsigned to, unsigned a, bool odd)
{
    if (odd)
        vec_shift(x, lane == IR_B ? X64_psrlw_i : X64_psrld_i, to, a, (i32)lane_bits(lane));
    else
        vec3l(x, X64_pand, to, a, splat(lane + 1, ones(lane_bits(lane))));
}

void vec_uzp(struct x64 *x, const struct vec *v)
{
    bool odd = v->op->op == IR_OP_vuzp2;
    if (!v->full) {
        u8 pick[16], bytes = (u8)(1u << v->lane);
        for (unsigned i = 0; i < 16; i++) {
            unsigned lane = i / bytes;
            pick[i] = i < 8 ? (u8)((2 * lane + odd) * bytes + i % bytes) : 0x80;
        }
        pick_of_halves(x, v, pick);
    } else if (v->lane == IR_D) {
        vec3(x, odd ? X64_punpckhqdq : X64_punpcklqdq, v->d, v->a, v->b);
    } else if (v->lane == IR_S) {
        vec3i(x, X64_shufps, v->d, v->a, v->b, odd ? 0xdd : 0x88);
    } else {
        unsigned second = v->op->a == v->op->b ? v->d : T0;
        prepare_pack(x, v->lane, v->d, v->a, odd);
        if (second == T0)
            prepare_pack(x, v->lane, T0, v->b, odd);
        vec3(x, v->lane == IR_B ? X64_packuswb : X64_packusdw, v->d, v->d, second);
    }
}

void vec_trn(struct x64 *x, const struct vec *v)
{
    static const u16 left[] = {X64_psllw_i, X64_pslld_i, X64_psllq_i}, right[] = {X64_psrlw_i, X64_psrld_i, X64_psrlq_i};
    bool odd = v->op->op == IR_OP_vtrn2;
    if (v->lane == IR_D) {
        vec3(x, odd ? X64_punpckhqdq : X64_punpcklqdq, v->d, v->a, v->b);
        return;
    }
    unsigned bits = lane_bits(v->lane), low = v->a, high = v->b;
    if (odd) {
        vec_shift(x, right[v->lane], T0, v->a, (i32)bits);
        low = T0;
    } else {
        vec_shift(x, left[v->lane], T0, v->b, (i32)bits);
        high = T0;
    }
    if (v->lane == IR_B) {
        vec3l(x, X64_pand, v->d, odd ? high : low, splat16(odd ? 0xff00 : 0xff));
        vec3(x, X64_por, v->d, v->d, T0);
    } else {
        vec3i(x, X64_pblendw, v->d, low, high, v->lane == IR_H ? 0xaa : 0xcc);
    }
}

void vec_rev(struct x64 *x, const struct vec *v)
{
    unsigned flip = (1u << (((unsigned)v->op->imm - v->lane) & 3)) - 1, bytes = 1u << v->lane;
    if (v->lane == IR_S && flip == 1) {
        x64_rri(&x->c, X64_pshufd, v->d, v->a, 0xb1);
        vec_half(x, v, v->d);
        return;
    }
    u8 pick[16];
    for (unsigned i = 0; i < 16; i++)
        pick[i] = i < 8 || v->full ? (u8)((i / bytes ^ flip) * bytes + i % bytes) : 0x80;
    vec_shuffle(x, v->d, v->a, pick);
}

void vec_ext(struct x64 *x, const struct vec *v)
{
    unsigned skip = (unsigned)v->op->imm & (v->full ? 15 : 7);
    if (v->full) {
        vec3i(x, X64_palignr, v->d, v->b, v->a, (i32)skip);
        return;
    }
    vec3(x, X64_punpcklqdq, v->d, v->a, v->b);
    vec_shift(x, X64_psrldq_i, v->d, v->d, (i32)skip);
    x64_rr(&x->c, X64_movq, v->d, v->d);
}

void vec_dup_lane(struct x64 *x, const struct vec *v)
{
    static const u8 of_s[] = {0x00, 0x55, 0xaa, 0xff}, of_d[] = {0x44, 0xee};
    u64 imm = v->op->imm;
    if (v->lane == IR_D && imm & 1) {
        vec3(x, X64_punpckhqdq, v->d, v->a, v->a);
        vec_half(x, v, v->d);
    } else if (v->lane >= IR_S) {
        x64_rri(&x->c, X64_pshufd, v->d, v->a, v->lane == IR_D ? of_d[imm & 1] : of_s[imm & 3]);
        vec_half(x, v, v->d);
    } else {
        u8 pick[16];
        unsigned bytes = 1u << v->lane, from = (unsigned)imm << v->lane & 15;
        for (unsigned i = 0; i < 16; i++)
            pick[i] = i < 8 || v->full ? (u8)(from + i % bytes) : 0x80;
        vec_shuffle(x, v->d, v->a, pick);
    }
}

/* a with lane `to` replaced by lane `from` of b. */
void vec_insert_lane(struct x64 *x, const struct vec *v)
{
    struct x64_code *c = &x->c;
    unsigned lanes = 16u >> v->lane, to = (unsigned)v->op->imm & 15 & (lanes - 1);
    unsigned from = (unsigned)(v->op->imm >> 4) & (lanes - 1);
    if (v->lane == IR_S) {
        vec3i(x, X64_insertps, v->d, v->a, v->b, (i32)(from << 6 | to << 4));
    } else if (v->lane == IR_D && from == to) {
        vec3i(x, X64_pblendw, v->d, v->a, v->b, to ? 0xf0 : 0x0f);
    } else if (v->lane == IR_D && to) {
        vec3(x, X64_punpcklqdq, v->d, v->a, v->b);
    } else if (v->lane == IR_D) {
        vec3(x, X64_punpckhqdq, v->d, v->b, v->a);
    } else if (v->lane == IR_H && from == to) {
        vec3i(x, X64_pblendw, v->d, v->a, v->b, 1 << to);
    } else if (v->lane == IR_H) {
        x64_rri(c, X64_pextrw, RAX, v->b, (i32)from);
        vec3i(x, X64_pinsrw, v->d, v->a, RAX, (i32)to);
    } else {
        x64_rri(c, X64_pextrb, v->b, RAX, (i32)from);
        vec3i(x, X64_pinsrb, v->d, v->a, RAX, (i32)to);
    }
    vec_half(x, v, v->d);
}

/* PSHUFB gives zero for an index with the top bit, and otherwise takes it modulo 16: with 0x70 added, saturated, exactly the
 * indices above 15 have it. */
void vec_tbl(struct x64 *x, const struct vec *v)
{
    const struct ir_op *index = x64_op(x, v->op->b);
    if (index->op == IR_OP_const) {
        union v128 m = {.d = {index->imm, (u64)index->c << 32 | index->b}};
        for (unsigned i = 0; i < 16; i++)
            m.b[i] = m.b[i] < 16 ? m.b[i] : 0x80;
        vec_shuffle(x, v->d, v->a, m.b);
        return;
    }
    vec3l(x, X64_paddusb, T0, v->b, splat8(0x70));
    vec3(x, X64_pshufb, v->d, v->a, T0);
}

void vec_tbx(struct x64 *x, const struct vec *v)
{
    vec3l(x, X64_paddusb, T0, v->b, splat8(0x70));
    vec3(x, X64_pshufb, v->d, v->a, T0);
    x64_rr(&x->c, X64_pblendvb, v->d, v->c); /* z where T0 has the top bit */
}
