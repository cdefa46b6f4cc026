/* Hints, barriers, PSTATE, system registers, cache maintenance: Arm ARM C4.1.93, C5. */
#include "a64_decode.h"
#include "guest/a64/a64.h"

/* --- hints and barriers ------------------------------------------------------------------------------------------- */

/* WFE and WFI may end at once, so all of these may do nothing. */
LIFT(a64, HINT) { return FLOW_NEXT; }

LIFT(a64, CLREX)
{
    ir_clear_ex(b);
    return FLOW_NEXT;
}

/* Bits 1..0 of CRm: 1 loads before, 2 stores before and after, 0 and 3 everything. */
static enum flow barrier(struct ir_build *b, u32 crm)
{
    static const u8 order[4] = {IR_MEM_ACQ | IR_MEM_REL, IR_MEM_ACQ, IR_MEM_REL, IR_MEM_ACQ | IR_MEM_REL};
    ir_fence(b, order[crm & 3]);
    return FLOW_NEXT;
}

LIFT(a64, DMB) { return barrier(b, d->crm); }
LIFT(a64, DSB) { return barrier(b, 3); }
/* What follows is fetched anew: another thread may have changed it. */
LIFT(a64, ISB) { return FLOW_SYNC; }
LIFT(a64, SB) { return FLOW_NEXT; }

/* --- flag manipulation -------------------------------------------------------------------------------------------- */

/* The flag at bit `from` of w moved to bit `to`, other bits zero. */
static ir_ref flag_at(struct ir_build *b, ir_ref w, unsigned from, unsigned to)
{
    ir_ref moved = from > to ? ir_shr(b, w, ir_imm(b, 32, from - to)) : ir_shl(b, w, ir_imm(b, 32, to - from));
    return ir_and(b, moved, ir_imm(b, 32, 1u << to));
}

enum { BIT_V = 28, BIT_C = 29, BIT_Z = 30, BIT_N = 31 };

LIFT(a64, CFINV)
{
    ir_ref w = a64_flags_word(b, a64_get_nzcv(b));
    a64_set_nzcv(b, a64_flags_pack(b, ir_xor(b, w, ir_imm(b, 32, A64_C))));
    return FLOW_NEXT;
}

LIFT(a64, XAFLAG) /* N = !C & !Z, Z = Z & C, C = C | Z, V = !C & Z */
{
    ir_ref w = a64_flags_word(b, a64_get_nzcv(b));
    ir_ref c = flag_at(b, w, BIT_C, 0), z = flag_at(b, w, BIT_Z, 0), one = ir_imm(b, 32, 1);
    ir_ref either = ir_or(b, c, z);
    ir_ref r = ir_shl(b, ir_xor(b, either, one), ir_imm(b, 32, BIT_N));
    r = ir_or(b, r, ir_shl(b, ir_and(b, c, z), ir_imm(b, 32, BIT_Z)));
    r = ir_or(b, r, ir_shl(b, either, ir_imm(b, 32, BIT_C)));
    r = ir_or(b, r, ir_shl(b, ir_andn(b, z, c), ir_imm(b, 32, BIT_V)));
    a64_set_nzcv(b, a64_flags_pack(b, r));
    return FLOW_NEXT;
}

LIFT(a64, AXFLAG) /* N = 0, Z = Z | V, C = C & !V, V = 0 */
{
    ir_ref w = a64_flags_word(b, a64_get_nzcv(b));
    ir_ref z = ir_and(b, ir_or(b, w, flag_at(b, w, BIT_V, BIT_Z)), ir_imm(b, 32, A64_Z));
    ir_ref c = ir_and(b, ir_andn(b, w, flag_at(b, w, BIT_V, BIT_C)), ir_imm(b, 32, A64_C));
    a64_set_nzcv(b, a64_flags_pack(b, ir_or(b, z, c)));
    return FLOW_NEXT;
}

/* --- PSTATE fields and system registers --------------------------------------------------------------------------- */

enum { SSBS_SHIFT = 12, DIT_SHIFT = 24 }; /* where MRS shows the one bit */

LIFT(a64, MSR_imm_SSBS)
{
    ir_put(b, A64_OFF(ssbs, 0), ir_imm(b, 32, d->crm & 1));
    return FLOW_NEXT;
}

LIFT(a64, MSR_imm_DIT)
{
    ir_put(b, A64_OFF(dit, 0), ir_imm(b, 32, d->crm & 1));
    return FLOW_NEXT;
}

static enum flow read_constant(struct ir_build *b, u32 rt, u64 value)
{
    a64_set_x(b, rt, 64, ir_imm(b, 64, value));
    return FLOW_NEXT;
}

static enum flow read_bit(struct ir_build *b, u32 rt, u32 offset, unsigned shift)
{
    a64_set_x(b, rt, 64, ir_zext(b, ir_shl(b, ir_get(b, IR_I32, offset), ir_imm(b, 32, shift))));
    return FLOW_NEXT;
}

static enum flow write_bit(struct ir_build *b, u32 rt, u32 offset, unsigned shift)
{
    ir_ref x = ir_shr(b, a64_get_x(b, rt, 32), ir_imm(b, 32, shift));
    ir_put(b, offset, ir_and(b, x, ir_imm(b, 32, 1)));
    return FLOW_NEXT;
}

LIFT(a64, MRS_ID)
{
    u64 value;
    if (!a64_id_register(b->cpu->model, d->crm, d->op2, &value))
        return FLOW_UNDEFINED;
    return read_constant(b, d->rt, value);
}

LIFT(a64, MRS_CTR) { return read_constant(b, d->rt, A64_CTR); }
LIFT(a64, MRS_DCZID) { return read_constant(b, d->rt, A64_DCZID); }
LIFT(a64, MRS_CNTFRQ) { return read_constant(b, d->rt, A64_CNTFRQ); }
/* Linux keeps zero here for 64-bit programs. */
LIFT(a64, MRS_TPIDRRO) { return read_constant(b, d->rt, 0); }
LIFT(a64, MRS_DIT) { return read_bit(b, d->rt, A64_OFF(dit, 0), DIT_SHIFT); }
LIFT(a64, MRS_SSBS) { return read_bit(b, d->rt, A64_OFF(ssbs, 0), SSBS_SHIFT); }
LIFT(a64, MSR_DIT) { return write_bit(b, d->rt, A64_OFF(dit, 0), DIT_SHIFT); }
LIFT(a64, MSR_SSBS) { return write_bit(b, d->rt, A64_OFF(ssbs, 0), SSBS_SHIFT); }

LIFT(a64, MRS_NZCV)
{
    a64_set_x(b, d->rt, 64, ir_zext(b, a64_flags_word(b, a64_get_nzcv(b))));
    return FLOW_NEXT;
}

LIFT(a64, MSR_NZCV)
{
    a64_set_nzcv(b, a64_flags_pack(b, a64_get_x(b, d->rt, 32)));
    return FLOW_NEXT;
}

LIFT(a64, MRS_TPIDR)
{
    a64_set_x(b, d->rt, 64, ir_get(b, IR_I64, A64_OFF(tpidr, 0)));
    return FLOW_NEXT;
}

LIFT(a64, MSR_TPIDR)
{
    ir_put(b, A64_OFF(tpidr, 0), a64_get_x(b, d->rt, 64));
    return FLOW_NEXT;
}

LIFT(a64, MRS_FPCR)
{
    a64_set_x(b, d->rt, 64, ir_get(b, IR_I64, A64_OFF(fpcr, 0)));
    return FLOW_NEXT;
}

LIFT(a64, MRS_FPSR)
{
    a64_set_x(b, d->rt, 64, ir_call(b, IR_HELPER_get_fpsr, 0, NULL));
    return FLOW_NEXT;
}

LIFT(a64, MSR_FPCR) /* the mode is written again for engines to see: what follows may be another translation */
{
    ir_ref x = a64_get_x(b, d->rt, 64);
    ir_put(b, offsetof(struct cpu_common, mode), ir_call(b, IR_HELPER_set_fpcr, 1, &x));
    return FLOW_STOP;
}

LIFT(a64, MSR_FPSR)
{
    ir_ref x = a64_get_x(b, d->rt, 64);
    ir_call(b, IR_HELPER_set_fpsr, 1, &x);
    return FLOW_NEXT;
}

LIFT(a64, MRS_CNTVCT)
{
    a64_set_x(b, d->rt, 64, ir_call(b, IR_HELPER_cntvct, 0, NULL));
    return FLOW_NEXT;
}

/* --- cache maintenance -------------------------------------------------------------------------------------------- */

LIFT(a64, IC_IVAU)
{
    ir_ref line = ir_and(b, a64_get_x(b, d->rt, 64), ir_imm(b, 64, ~(u64)(A64_LINE_BYTES - 1)));
    ir_ref args[] = {line, ir_imm(b, 64, A64_LINE_BYTES)};
    ir_call(b, IR_HELPER_icache_invalidate, 2, args);
    a64_forget_btype(b);
    return FLOW_STOP;
}

LIFT(a64, DC_ZVA)
{
    ir_ref addr = a64_get_x(b, d->rt, 64);
    ir_ref block = ir_and(b, addr, ir_imm(b, 64, ~(u64)(A64_ZVA_BYTES - 1)));
    ir_store(b, 0, addr, 0, ir_imm(b, 32, 0)); /* the address that a fault reports */
    ir_ref zero = ir_const_v128(b, 0, 0);
    for (unsigned at = 0; at < A64_ZVA_BYTES; at += 16)
        ir_store(b, 4, block, at, zero);
    return FLOW_NEXT;
}

/* Memory is coherent here; what remains of cleaning a line is that the address must be readable. */
static enum flow clean(struct ir_build *b, u32 rt)
{
    ir_load(b, IR_I32, 0, a64_get_x(b, rt, 64), 0);
    return FLOW_NEXT;
}

LIFT(a64, DC_CVAC) { return clean(b, d->rt); }
LIFT(a64, DC_CVAU) { return clean(b, d->rt); }
LIFT(a64, DC_CVAP) { return clean(b, d->rt); }
LIFT(a64, DC_CVADP) { return clean(b, d->rt); }
LIFT(a64, DC_CIVAC) { return clean(b, d->rt); }
