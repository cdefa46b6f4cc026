/* Advanced SIMD loads and stores of structures: Arm ARM (DDI 0406C) A7.7. */
#include "guest/a32/lift_neon.h"

/* After the access: the base moves by the bytes accessed (rm 13) or by a register; not at all for rm 15. */
static void write_back(struct ir_build *b, unsigned rn, unsigned rm, ir_ref base, unsigned bytes)
{
    if (rm != A32_PC)
        a32_put_r(b, rn, ir_add(b, base, rm == A32_SP ? a32_imm(b, bytes) : a32_get(b, rm)));
}

/* One element as an i64. */
static ir_ref load_element(struct ir_build *b, unsigned size, ir_ref base, unsigned at)
{
    return a32_load(b, IR_I64, (u8)size, base, at);
}

/* Doubleword with one lane replaced. */
static ir_ref with_lane(struct ir_build *b, ir_ref whole, unsigned size, unsigned lane, ir_ref value)
{
    unsigned shift = (8u << size) * lane;
    if (size == 3)
        return value;
    ir_ref kept = ir_and(b, whole, ir_imm(b, 64, ~(ones(8u << size) << shift)));
    return ir_or(b, kept, ir_shl(b, value, ir_imm(b, 64, shift)));
}
static ir_ref lane_of(struct ir_build *b, ir_ref whole, unsigned lane, unsigned size)
{
    return lane ? ir_shr(b, whole, ir_imm(b, 64, (8u << size) * lane)) : whole;
}

/* All lanes of n structures' elements; register r of the structure is d + r * step. */
static void structures(struct ir_build *b, bool load, unsigned n, unsigned step, unsigned size, unsigned d, ir_ref base, unsigned at)
{
    ir_ref value[4];
    unsigned lanes = 8u >> size;
    for (unsigned r = 0; r < n; r++)
        value[r] = load ? ir_imm(b, 64, 0) : ir_get(b, IR_I64, vfp_d(d + r * step));
    for (unsigned lane = 0; lane < lanes; lane++)
        for (unsigned r = 0; r < n; r++, at += 1u << size)
            if (load)
                value[r] = with_lane(b, value[r], size, lane, load_element(b, size, base, at));
            else
                a32_store(b, (u8)size, base, at, lane_of(b, value[r], lane, size));
    for (unsigned r = 0; load && r < n; r++)
        a32_put(b, vfp_d(d + r * step), value[r]);
}

/* Registers whose lanes lie in memory as they do here; two that are a quadword register at once, as others will use them. */
static void whole_registers(struct ir_build *b, bool load, unsigned count, unsigned d, ir_ref base)
{
    ir_ref value[4];
    for (unsigned i = 0, q; i < count; i += 1 + q) {
        q = !b->swap && !((d + i) & 1) && i + 1 < count;
        if (load)
            value[i] = a32_load(b, q ? IR_V128 : IR_I64, (u8)(3 + q), base, 8 * i);
        else
            a32_store(b, (u8)(3 + q), base, 8 * i, ir_get(b, q ? IR_V128 : IR_I64, vfp_d(d + i)));
    }
    for (unsigned i = 0, q; load && i < count; i += 1 + q) {
        q = !b->swap && !((d + i) & 1) && i + 1 < count;
        a32_put(b, vfp_d(d + i), value[i]);
    }
}

LIFT(vfp, VLDST)
{
    /* by type: elements of a structure, registers between them, how often */
    static const struct { u8 n, step, repeat, least_align; } types[11] = {
        {4, 1, 1, 3}, {4, 2, 1, 3}, {1, 1, 4, 3}, {2, 2, 2, 3}, {3, 1, 1, 1}, {3, 2, 1, 1},
        {1, 1, 3, 1}, {1, 1, 1, 1}, {2, 1, 1, 2}, {2, 2, 1, 2}, {1, 1, 2, 2},
    };
    unsigned n = types[d->type].n, step = types[d->type].step, repeat = types[d->type].repeat, vd = neon_reg(d->vd, d->D);
    unsigned last = vd + (n - 1) * step + (repeat - 1) * (n == 2 ? 1 : 1);
    if ((n > 1 && d->size == 3) || d->align > types[d->type].least_align || last > 31 || d->rn == A32_PC)
        return FLOW_UNDEFINED;
    ir_ref base = a32_get(b, d->rn);
    if (d->align)
        a32_check_aligned(b, base, 0, 4u << d->align);
    if (n == 1 && (!b->swap || d->size == 3))
        whole_registers(b, d->l, repeat, vd, base);
    else
        for (unsigned i = 0; i < repeat; i++)
            structures(b, d->l, n, step, d->size, vd + i, base, 8 * n * i);
    write_back(b, d->rn, d->rm, base, 8 * n * repeat);
    return FLOW_NEXT;
}

LIFT(vfp, VLDST_lane)
{
    unsigned n = d->n + 1, size = d->size, low = d->index & (u32)ones(size + 1), lane = d->index >> (size + 1);
    unsigned step = size && n > 1 && (low >> (size == 2 ? 2 : 1) & 1) ? 2 : 1, align = 0, vd = neon_reg(d->vd, d->D);
    unsigned bits = size == 2 ? low & 3 : low & 1;
    bool bad = n == 1 && size && (low >> (size == 2 ? 2 : 1) & 1);
    switch (n) {
    case 1:
        bad |= (size == 0 && bits) || (size == 2 && bits != 0 && bits != 3);
        align = bits ? 1u << size : 0;
        break;
    case 2:
        bad |= size == 2 && bits > 1;
        align = bits ? 2u << size : 0;
        break;
    case 3: bad |= bits != 0; break;
    default:
        bad |= size == 2 && bits == 3;
        align = bits ? (size == 2 ? 4u << bits : 4u << size) : 0;
        break;
    }
    if (bad || d->rn == A32_PC || vd + (n - 1) * step > 31)
        return FLOW_UNDEFINED;
    ir_ref base = a32_get(b, d->rn), value[4];
    if (align)
        a32_check_aligned(b, base, 0, align);
    for (unsigned r = 0; r < n; r++) {
        ir_ref whole = ir_get(b, IR_I64, vfp_d(vd + r * step));
        if (d->l)
            value[r] = with_lane(b, whole, size, lane, load_element(b, size, base, r << size));
        else
            a32_store(b, (u8)size, base, r << size, lane_of(b, whole, lane, size));
    }
    for (unsigned r = 0; d->l && r < n; r++)
        a32_put(b, vfp_d(vd + r * step), value[r]);
    write_back(b, d->rn, d->rm, base, n << size);
    return FLOW_NEXT;
}

LIFT(vfp, VLD_all)
{
    unsigned n = d->n + 1, size = d->size, vd = neon_reg(d->vd, d->D), align = 0, regs = n == 1 ? (d->T ? 2 : 1) : n;
    unsigned step = n > 1 && d->T ? 2 : 1;
    bool bad = d->rn == A32_PC || vd + (regs - 1) * step > 31;
    switch (n) {
    case 1:
        bad |= size == 3 || (size == 0 && d->a);
        align = d->a ? 1u << size : 0;
        break;
    case 2:
        bad |= size == 3;
        align = d->a ? 2u << size : 0;
        break;
    case 3: bad |= size == 3 || d->a; break;
    default:
        bad |= size == 3 && !d->a;
        align = !d->a ? 0 : size == 3 ? 16 : size == 2 ? 8 : 4u << size;
        size = size == 3 ? 2 : size;
        break;
    }
    if (bad)
        return FLOW_UNDEFINED;
    ir_ref base = a32_get(b, d->rn), value[4];
    if (align)
        a32_check_aligned(b, base, 0, align);
    for (unsigned r = 0; r < n; r++)
        value[r] = ir_op_typed(b, IR_OP_vdup, IR_V128, (u8)size, load_element(b, size, base, r << size), IR_NONE, IR_NONE, 0);
    for (unsigned r = 0; r < regs; r++)
        neon_put(b, vd + r * step, 0, value[n == 1 ? 0 : r]);
    write_back(b, d->rn, d->rm, base, n << size);
    return FLOW_NEXT;
}
