/* Vectors: what SSE4.2 has as one or a few instructions. A form without IR_FULL clears the upper half. */
#include "jit/x64/rules.h"

unsigned def_vector_from(struct x64 *x, ir_ref result, ir_ref v)
{
    unsigned from = use(x, v), to = jit_take(&x->j, v, result);
    if (to != JIT_NOWHERE)
        return to - JIT_VECTOR;
    to = def(x, result);
    x64_rr(&x->c, X64_movaps, to - JIT_VECTOR, from - JIT_VECTOR);
    return to - JIT_VECTOR;
}

/* dst = a op b by lane; 0: no such instruction. */
struct lane_row {
    u16 op;
    u16 insn[4]; /* by lane */
    bool swap;   /* b op a */
};
static const struct lane_row lane_rows[] = {
    {IR_OP_vand, {X64_pand, X64_pand, X64_pand, X64_pand}, false},
    {IR_OP_vor, {X64_por, X64_por, X64_por, X64_por}, false},
    {IR_OP_vxor, {X64_pxor, X64_pxor, X64_pxor, X64_pxor}, false},
    {IR_OP_vandn, {X64_pandn, X64_pandn, X64_pandn, X64_pandn}, true},
    {IR_OP_vadd, {X64_paddb, X64_paddw, X64_paddd, X64_paddq}, false},
    {IR_OP_vsub, {X64_psubb, X64_psubw, X64_psubd, X64_psubq}, false},
    {IR_OP_vmul, {0, X64_pmullw, X64_pmulld, 0}, false},
    {IR_OP_vsmin, {X64_pminsb, X64_pminsw, X64_pminsd, 0}, false},
    {IR_OP_vsmax, {X64_pmaxsb, X64_pmaxsw, X64_pmaxsd, 0}, false},
    {IR_OP_vumin, {X64_pminub, X64_pminuw, X64_pminud, 0}, false},
    {IR_OP_vumax, {X64_pmaxub, X64_pmaxuw, X64_pmaxud, 0}, false},
    {IR_OP_vcmpeq, {X64_pcmpeqb, X64_pcmpeqw, X64_pcmpeqd, X64_pcmpeqq}, false},
    {IR_OP_vcmpgt, {X64_pcmpgtb, X64_pcmpgtw, X64_pcmpgtd, X64_pcmpgtq}, false},
};
/* Those that make sense for whole registers only. */
static const struct lane_row full_rows[] = {
    {IR_OP_vzip1, {X64_punpcklbw, X64_punpcklwd, X64_punpckldq, X64_punpcklqdq}, false},
    {IR_OP_vzip2, {X64_punpckhbw, X64_punpckhwd, X64_punpckhdq, X64_punpckhqdq}, false},
};
static const struct lane_row shift_rows[] = {
    {IR_OP_vshl_imm, {0, X64_psllw_i, X64_pslld_i, X64_psllq_i}, false},
    {IR_OP_vshr_imm, {0, X64_psrlw_i, X64_psrld_i, X64_psrlq_i}, false},
    {IR_OP_vsar_imm, {0, X64_psraw_i, X64_psrad_i, 0}, false},
};

static const struct lane_row *find(const struct lane_row *rows, size_t count, const struct ir_op *op)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].op == op->op)
            return rows[i].insn[op->sub & IR_LANE_MASK] ? &rows[i] : NULL;
    return NULL;
}

bool x64_vector_has(const struct ir_op *op)
{
    switch (op->op) {
    case IR_OP_vnot:
    case IR_OP_vdup:
    case IR_OP_vbsl:
    case IR_OP_vinsert: return true;
    case IR_OP_vextract: return !jit_is_vector(op->type);
    case IR_OP_vext: return op->sub & IR_FULL && op->imm < 16;
    case IR_OP_vtbl: return true;
    case IR_OP_vdup_lane: return (op->sub & IR_LANE_MASK) == IR_S || (op->sub & IR_LANE_MASK) == IR_D;
    default: break;
    }
    if (op->sub & IR_FULL && find(full_rows, ARRAY_SIZE(full_rows), op))
        return true;
    return find(lane_rows, ARRAY_SIZE(lane_rows), op) || find(shift_rows, ARRAY_SIZE(shift_rows), op);
}

static void clear_upper(struct x64 *x, unsigned reg, const struct ir_op *op)
{
    if (!(op->sub & IR_FULL))
        x64_rr(&x->c, X64_movq, reg, reg);
}

static void two(struct x64 *x, u32 k, const struct ir_op *op, const struct lane_row *row)
{
    ir_ref first = row->swap ? op->b : op->a, second = row->swap ? op->a : op->b;
    unsigned b = use_vector(x, second), dst;
    if (first == second) {
        /* b must stay as it is until the operation */
        dst = def_vector(x, k);
        x64_rr(&x->c, X64_movaps, dst, b);
    } else {
        dst = def_vector_from(x, k, first);
    }
    x64_rr(&x->c, row->insn[op->sub & IR_LANE_MASK], dst, b);
    clear_upper(x, dst, op);
}

static void dup(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    unsigned a = use(x, op->a), dst = def_vector(x, k);
    x64_rr(c, X64_movd_xg | X64_W, dst, a);
    switch (op->sub & IR_LANE_MASK) {
    case IR_B:
        x64_rr(c, X64_pxor, 0, 0);
        x64_rr(c, X64_pshufb, dst, 0);
        break;
    case IR_H:
        x64_rr(c, X64_punpcklwd, dst, dst);
        x64_rri(c, X64_pshufd, dst, dst, 0);
        break;
    case IR_S: x64_rri(c, X64_pshufd, dst, dst, 0); break;
    default: x64_rr(c, X64_punpcklqdq, dst, dst); break;
    }
    clear_upper(x, dst, op);
}

static void extract(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    unsigned a = use_vector(x, op->a), dst = def(x, k);
    i32 lane = (i32)op->imm;
    switch (op->sub & IR_LANE_MASK) {
    case IR_B: x64_rri(c, X64_pextrb, a, dst, lane & 15); break;
    case IR_H: x64_rri(c, X64_pextrw, dst, a, lane & 7); break;
    case IR_S: x64_rri(c, X64_pextrq, a, dst, lane & 3); break;
    default: x64_rri(c, X64_pextrq | X64_W, a, dst, lane & 1); break;
    }
    if (op->type == IR_I32 && (op->sub & IR_LANE_MASK) == IR_D)
        x64_rr(c, X64_mov_rr, dst, dst);
}

static void insert(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned b = use(x, op->b), dst = def_vector_from(x, k, op->a);
    i32 lane = (i32)op->imm;
    switch (op->sub & IR_LANE_MASK) {
    case IR_B: x64_rri(&x->c, X64_pinsrb, dst, b, lane & 15); break;
    case IR_H: x64_rri(&x->c, X64_pinsrw, dst, b, lane & 7); break;
    case IR_S: x64_rri(&x->c, X64_pinsrq, dst, b, lane & 3); break;
    default: x64_rri(&x->c, X64_pinsrq | X64_W, dst, b, lane & 1); break;
    }
}

static void shift(struct x64 *x, u32 k, const struct ir_op *op, const struct lane_row *row)
{
    unsigned lane_bits = 8u << (op->sub & IR_LANE_MASK), dst = def_vector_from(x, k, op->a);
    /* Counts from the width up give 0, or the sign in every bit: as in the IR. */
    x64_rri(&x->c, row->insn[op->sub & IR_LANE_MASK], 0, dst, (i32)(op->imm > lane_bits ? lane_bits : op->imm));
    clear_upper(x, dst, op);
}

static void bit_select(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    unsigned mask = use_vector(x, op->a), yes = use_vector(x, op->b), no = use_vector(x, op->c), dst = def_vector(x, k);
    x64_rr(c, X64_movaps, 0, mask);
    x64_rr(c, X64_movaps, dst, mask);
    x64_rr(c, X64_pand, 0, yes);
    x64_rr(c, X64_pandn, dst, no);
    x64_rr(c, X64_por, dst, 0);
    clear_upper(x, dst, op);
}

void x64_vector(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    const struct lane_row *row;
    unsigned a, b, dst;
    switch (op->op) {
    case IR_OP_vnot:
        dst = def_vector_from(x, k, op->a);
        x64_rr(c, X64_pcmpeqd, 0, 0);
        x64_rr(c, X64_pxor, dst, 0);
        clear_upper(x, dst, op);
        return;
    case IR_OP_vdup: dup(x, k, op); return;
    case IR_OP_vbsl: bit_select(x, k, op); return;
    case IR_OP_vinsert: insert(x, k, op); return;
    case IR_OP_vextract: extract(x, k, op); return;
    case IR_OP_vext:
        a = use_vector(x, op->a);
        b = use_vector(x, op->b);
        dst = def_vector(x, k);
        x64_rr(c, X64_movaps, dst, b);
        x64_rri(c, X64_palignr, dst, a, (i32)op->imm);
        return;
    case IR_OP_vtbl:
        a = use_vector(x, op->a);
        b = use_vector(x, op->b);
        dst = def_vector(x, k);
        x64_const(c, RAX, 0x0f0f0f0f0f0f0f0f);
        x64_rr(c, X64_movd_xg | X64_W, 0, RAX);
        x64_rr(c, X64_punpcklqdq, 0, 0);
        x64_rr(c, X64_movaps, 1, b);
        x64_rr(c, X64_pmaxub, 1, 0);
        x64_rr(c, X64_pcmpeqb, 1, 0); /* ones where the index is at most 15 */
        x64_rr(c, X64_movaps, dst, a);
        x64_rr(c, X64_pshufb, dst, b);
        x64_rr(c, X64_pand, dst, 1);
        clear_upper(x, dst, op);
        return;
    case IR_OP_vdup_lane: {
        static const u8 of_s[] = {0x00, 0x55, 0xaa, 0xff}, of_d[] = {0x44, 0xee};
        a = use_vector(x, op->a);
        dst = def_vector(x, k);
        bool d = (op->sub & IR_LANE_MASK) == IR_D;
        x64_rri(c, X64_pshufd, dst, a, d ? of_d[op->imm & 1] : of_s[op->imm & 3]);
        clear_upper(x, dst, op);
        return;
    }
    default: break;
    }
    if ((row = find(shift_rows, ARRAY_SIZE(shift_rows), op))) {
        shift(x, k, op, row);
        return;
    }
    row = find(lane_rows, ARRAY_SIZE(lane_rows), op);
    two(x, k, op, row ? row : find(full_rows, ARRAY_SIZE(full_rows), op));
}

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
    if (type == IR_F64) {
        x64_rr(c, X64_movq, dst, a);
    } else if (type == IR_F32) {
        x64_rri(c, X64_insertps, dst, a, 0x0e);
    } else {
        x64_rri(c, X64_pextrw, RAX, a, 0);
        x64_rr(c, X64_movd_xg, dst, RAX);
    }
}

void x64_low(struct x64 *x, u32 k, const struct ir_op *op)
{
    if (jit_is_vector(op->type)) {
        def_vector_from(x, k, op->a);
        return;
    }
    unsigned a = use_vector(x, op->a);
    x64_rr(&x->c, X64_movd_gx | wide(op->type), a, def(x, k));
}
