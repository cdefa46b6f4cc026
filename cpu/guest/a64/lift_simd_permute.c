/* Advanced SIMD moves of lanes: permute, extract, table lookup, copy. Source: Arm ARM C7.2. */
#include "a64_decode.h"
#include "guest/a64/simd.h"

#define PERMUTE(name, op)                                                                                              \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        ir_ref n = a64_get_v(b, d->rn), m = a64_get_v(b, d->rm);                                                       \
        a64_set_v(b, d->rd, simd_2(b, IR_OP_##op, simd_sub(d->size, d->Q), n, m));                                     \
        return FLOW_NEXT;                                                                                              \
    }

PERMUTE(ZIP1_v, vzip1)
PERMUTE(ZIP2_v, vzip2)
PERMUTE(UZP1_v, vuzp1)
PERMUTE(UZP2_v, vuzp2)
PERMUTE(TRN1_v, vtrn1)
PERMUTE(TRN2_v, vtrn2)

LIFT(a64, EXT_v)
{
    ir_ref n = a64_get_v(b, d->rn), m = a64_get_v(b, d->rm);
    a64_set_v(b, d->rd, ir_op2(b, IR_OP_vext, simd_sub(IR_B, d->Q), n, m, d->imm4));
    return FLOW_NEXT;
}

/* Looks `index` up in count registers from rn (31 is followed by 0), starting from what an index out of range gives. Each
 * register answers for its own 16 indices; the next one sees them 16 lower. At most 64: wrapped ones stay out of range. */
static ir_ref table_lookup(struct ir_build *b, u8 sub, unsigned rn, unsigned count, ir_ref index, ir_ref otherwise)
{
    ir_ref sixteen = simd_splat(b, IR_B, 16);
    for (unsigned i = 0; i < count; i++) {
        if (i)
            index = simd_2(b, IR_OP_vsub, sub, index, sixteen);
        otherwise = simd_3(b, IR_OP_vtbx, sub, a64_get_v(b, (rn + i) % 32), index, otherwise);
    }
    return otherwise;
}

LIFT(a64, TBL_v)
{
    u8 sub = simd_sub(IR_B, d->Q);
    ir_ref index = a64_get_v(b, d->rm);
    if (d->len == 0)
        a64_set_v(b, d->rd, simd_2(b, IR_OP_vtbl, sub, a64_get_v(b, d->rn), index));
    else
        a64_set_v(b, d->rd, table_lookup(b, sub, d->rn, d->len + 1, index, simd_zero(b)));
    return FLOW_NEXT;
}

LIFT(a64, TBX_v)
{
    ir_ref index = a64_get_v(b, d->rm), old = a64_get_v(b, d->rd);
    a64_set_v(b, d->rd, table_lookup(b, simd_sub(IR_B, d->Q), d->rn, d->len + 1, index, old));
    return FLOW_NEXT;
}

/* --- copy: the lowest one of imm5 gives the lane size, the bits above it the index -------------------------------- */

static unsigned copy_size(u32 imm5) { return (unsigned)ctz64(imm5); }
static unsigned copy_index(u32 imm5) { return imm5 >> (copy_size(imm5) + 1); }
static unsigned copy_width(u32 imm5) { return a64_width(copy_size(imm5) == IR_D); }

static ir_ref extract(struct ir_build *b, unsigned w, u32 imm5, unsigned rn)
{
    return ir_op_typed(b, IR_OP_vextract, a64_type(w), (u8)copy_size(imm5), a64_get_v(b, rn), IR_NONE, IR_NONE,
                       copy_index(imm5));
}

LIFT(a64, DUP_elem_v)
{
    u8 sub = simd_sub(copy_size(d->imm5), d->Q);
    a64_set_v(b, d->rd, simd_imm(b, IR_OP_vdup_lane, sub, a64_get_v(b, d->rn), copy_index(d->imm5)));
    return FLOW_NEXT;
}

LIFT(a64, DUP_elem_s)
{
    a64_set_f(b, d->rd, extract(b, copy_width(d->imm5), d->imm5, d->rn));
    return FLOW_NEXT;
}

LIFT(a64, DUP_gen_v)
{
    ir_ref x = a64_get_x(b, d->rn, copy_width(d->imm5));
    u8 sub = simd_sub(copy_size(d->imm5), d->Q);
    a64_set_v(b, d->rd, ir_op_typed(b, IR_OP_vdup, IR_V128, sub, x, IR_NONE, IR_NONE, 0));
    return FLOW_NEXT;
}

LIFT(a64, SMOV_v)
{
    unsigned w = a64_width(d->Q);
    ir_ref x = extract(b, w, d->imm5, d->rn);
    a64_set_x(b, d->rd, w, ir_sext_low(b, x, 8u << copy_size(d->imm5)));
    return FLOW_NEXT;
}

LIFT(a64, UMOV_v)
{
    unsigned w = a64_width(d->Q);
    a64_set_x(b, d->rd, w, extract(b, w, d->imm5, d->rn));
    return FLOW_NEXT;
}

LIFT(a64, INS_gen)
{
    ir_ref x = a64_get_x(b, d->rn, copy_width(d->imm5));
    u8 sub = (u8)copy_size(d->imm5);
    a64_set_v(b, d->rd,
              ir_op_typed(b, IR_OP_vinsert, IR_V128, sub, a64_get_v(b, d->rd), x, IR_NONE, copy_index(d->imm5)));
    return FLOW_NEXT;
}

LIFT(a64, INS_elem)
{
    unsigned size = copy_size(d->imm5), from = d->imm4 >> size;
    a64_set_v(b, d->rd,
              ir_op2(b, IR_OP_vinsert_lane, simd_sub(size, 1), a64_get_v(b, d->rd), a64_get_v(b, d->rn),
                     from << 4 | copy_index(d->imm5)));
    return FLOW_NEXT;
}
