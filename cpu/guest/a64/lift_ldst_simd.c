/* Loads and stores of SIMD and floating-point registers: Arm ARM C4.1.94. Order within an instruction: lift_ldst.c. */
#include "a64_decode.h"
#include "guest/a64/a64.h"

/* --- one register ------------------------------------------------------------------------------------------------- */

enum write_back { PLAIN, POST, PRE };

/* A register of 1 << size bytes; the rest of it becomes zero. */
static ir_ref load_scalar(struct ir_build *b, unsigned size, ir_ref addr, i64 offset)
{
    if (size == 4)
        return a64_load(b, IR_V128, 4, addr, offset);
    return ir_vec(b, a64_load(b, size == 3 ? IR_I64 : IR_I32, (u8)size, addr, offset));
}

static void store_scalar(struct ir_build *b, unsigned size, ir_ref addr, i64 offset, u32 rt)
{
    enum ir_type t = size == 4 ? IR_V128 : size == 3 ? IR_I64 : IR_I32;
    a64_store(b, (u8)size, addr, offset, a64_get_f(b, rt, t));
}

static enum flow load(struct ir_build *b, unsigned size, u32 rt, u32 rn, i64 offset, enum write_back wb)
{
    ir_ref base = a64_base(b, rn);
    a64_set_v(b, rt, load_scalar(b, size, base, wb == POST ? 0 : offset));
    if (wb != PLAIN)
        a64_write_back(b, rn, base, offset);
    return FLOW_NEXT;
}

static enum flow store(struct ir_build *b, unsigned size, u32 rt, u32 rn, i64 offset, enum write_back wb)
{
    ir_ref base = a64_base(b, rn);
    store_scalar(b, size, base, wb == POST ? 0 : offset, rt);
    if (wb != PLAIN)
        a64_write_back(b, rn, base, offset);
    return FLOW_NEXT;
}

static unsigned log_bytes(u32 q, u32 size) { return q << 2 | size; }

LIFT(a64, STUR_v) { return store(b, log_bytes(d->q, d->size), d->rt, d->rn, sext(d->imm, 9), PLAIN); }
LIFT(a64, LDUR_v) { return load(b, log_bytes(d->q, d->size), d->rt, d->rn, sext(d->imm, 9), PLAIN); }
LIFT(a64, STR_post_v) { return store(b, log_bytes(d->q, d->size), d->rt, d->rn, sext(d->imm, 9), POST); }
LIFT(a64, LDR_post_v) { return load(b, log_bytes(d->q, d->size), d->rt, d->rn, sext(d->imm, 9), POST); }
LIFT(a64, STR_pre_v) { return store(b, log_bytes(d->q, d->size), d->rt, d->rn, sext(d->imm, 9), PRE); }
LIFT(a64, LDR_pre_v) { return load(b, log_bytes(d->q, d->size), d->rt, d->rn, sext(d->imm, 9), PRE); }

LIFT(a64, STR_imm_v)
{
    unsigned size = log_bytes(d->q, d->size);
    return store(b, size, d->rt, d->rn, (i64)d->imm << size, PLAIN);
}

LIFT(a64, LDR_imm_v)
{
    unsigned size = log_bytes(d->q, d->size);
    return load(b, size, d->rt, d->rn, (i64)d->imm << size, PLAIN);
}

static ir_ref indexed(struct ir_build *b, u32 rn, u32 rm, u32 option, unsigned shift)
{
    ir_ref base = a64_base(b, rn);
    return ir_add(b, base, a64_extend_reg(b, rm, option, 64, shift));
}

LIFT(a64, STR_reg_v)
{
    unsigned size = log_bytes(d->q, d->size);
    store_scalar(b, size, indexed(b, d->rn, d->rm, d->option, d->s ? size : 0), 0, d->rt);
    return FLOW_NEXT;
}

LIFT(a64, LDR_reg_v)
{
    unsigned size = log_bytes(d->q, d->size);
    a64_set_v(b, d->rt, load_scalar(b, size, indexed(b, d->rn, d->rm, d->option, d->s ? size : 0), 0));
    return FLOW_NEXT;
}

LIFT(a64, LDR_lit_v)
{
    ir_ref addr = ir_imm(b, 64, b->pc + ((u64)sext(d->imm, 19) << 2));
    a64_set_v(b, d->rt, load_scalar(b, d->opc + 2, addr, 0));
    return FLOW_NEXT;
}

/* --- pair --------------------------------------------------------------------------------------------------------- */

static enum flow load_pair(struct ir_build *b, u32 opc, u32 rt, u32 rt2, u32 rn, u32 imm, enum write_back wb)
{
    unsigned size = opc + 2;
    i64 offset = sext(imm, 7) * (1 << size), at = wb == POST ? 0 : offset;
    ir_ref base = a64_base(b, rn);
    ir_ref x = load_scalar(b, size, base, at), y = load_scalar(b, size, base, at + (1 << size));
    a64_set_v(b, rt, x);
    a64_set_v(b, rt2, y);
    if (wb != PLAIN)
        a64_write_back(b, rn, base, offset);
    return FLOW_NEXT;
}

static enum flow store_pair(struct ir_build *b, u32 opc, u32 rt, u32 rt2, u32 rn, u32 imm, enum write_back wb)
{
    unsigned size = opc + 2;
    i64 offset = sext(imm, 7) * (1 << size), at = wb == POST ? 0 : offset;
    ir_ref base = a64_base(b, rn);
    store_scalar(b, size, base, at, rt);
    store_scalar(b, size, base, at + (1 << size), rt2);
    if (wb != PLAIN)
        a64_write_back(b, rn, base, offset);
    return FLOW_NEXT;
}

LIFT(a64, STNP_v) { return store_pair(b, d->opc, d->rt, d->rt2, d->rn, d->imm, PLAIN); }
LIFT(a64, STP_off_v) { return store_pair(b, d->opc, d->rt, d->rt2, d->rn, d->imm, PLAIN); }
LIFT(a64, STP_post_v) { return store_pair(b, d->opc, d->rt, d->rt2, d->rn, d->imm, POST); }
LIFT(a64, STP_pre_v) { return store_pair(b, d->opc, d->rt, d->rt2, d->rn, d->imm, PRE); }
LIFT(a64, LDNP_v) { return load_pair(b, d->opc, d->rt, d->rt2, d->rn, d->imm, PLAIN); }
LIFT(a64, LDP_off_v) { return load_pair(b, d->opc, d->rt, d->rt2, d->rn, d->imm, PLAIN); }
LIFT(a64, LDP_post_v) { return load_pair(b, d->opc, d->rt, d->rt2, d->rn, d->imm, POST); }
LIFT(a64, LDP_pre_v) { return load_pair(b, d->opc, d->rt, d->rt2, d->rn, d->imm, PRE); }

/* --- multiple structures ------------------------------------------------------------------------------------------ */

struct multiple {
    unsigned n;      /* registers */
    unsigned q, size;
    bool structured; /* LD2 to LD4: elements of a structure go to different registers */
};

static u8 lanes(const struct multiple *m) { return (u8)(m->size | (m->q ? IR_FULL : 0)); }

/* A register's worth of memory; elements in the guest's byte order. */
static ir_ref load_chunk(struct ir_build *b, const struct multiple *m, ir_ref base, i64 offset)
{
    ir_ref x = m->q ? ir_load(b, IR_V128, 4, base, offset) : ir_vec(b, ir_load(b, IR_I64, 3, base, offset));
    return b->swap && m->size ? ir_op1(b, IR_OP_vrev, IR_B | IR_FULL, x, m->size) : x;
}

static void store_chunk(struct ir_build *b, const struct multiple *m, ir_ref base, i64 offset, ir_ref x)
{
    if (b->swap && m->size)
        x = ir_op1(b, IR_OP_vrev, IR_B | IR_FULL, x, m->size);
    if (m->q)
        ir_store(b, 4, base, offset, x);
    else
        ir_store(b, 3, base, offset, ir_low(b, IR_I64, x));
}

/* to[k] = the bytes of from[0], from[1], from[2] (as one run) that index(m, k, byte) names. */
static void permute3(struct ir_build *b, const struct multiple *m, const ir_ref *from, ir_ref *to,
                     unsigned (*index)(const struct multiple *m, unsigned k, unsigned byte))
{
    unsigned bytes = m->q ? 16 : 8;
    for (unsigned k = 0; k < 3; k++) {
        ir_ref r = IR_NONE;
        for (unsigned source = 0; source < 3; source++) {
            union v128 table;
            for (unsigned i = 0; i < 16; i++) {
                unsigned at = i < bytes ? index(m, k, i) : ~0u;
                table.b[i] = at / bytes == source ? (u8)(at % bytes) : 0xff;
            }
            ir_ref y = ir_const_v128(b, table.d[0], table.d[1]);
            r = r ? ir_op3(b, IR_OP_vtbx, IR_B | IR_FULL, from[source], y, r, 0)
                  : ir_op2(b, IR_OP_vtbl, IR_B | IR_FULL, from[source], y, 0);
        }
        to[k] = r;
    }
}

static unsigned split3(const struct multiple *m, unsigned k, unsigned byte)
{
    unsigned element = byte >> m->size;
    return ((element * 3 + k) << m->size) + (byte & ((1u << m->size) - 1));
}

static unsigned join3(const struct multiple *m, unsigned k, unsigned byte)
{
    unsigned bytes = m->q ? 16 : 8, at = k * bytes + byte, element = at >> m->size;
    return element % 3 * bytes + (element / 3 << m->size) + (byte & ((1u << m->size) - 1));
}

/* Memory order to registers: even elements, odd elements, and for four that twice. */
static void split(struct ir_build *b, const struct multiple *m, ir_ref *x)
{
    u8 sub = lanes(m);
    ir_ref y[4];
    if (m->n == 3) {
        permute3(b, m, x, y, split3);
        memcpy(x, y, 3 * sizeof *x);
        return;
    }
    for (unsigned i = 0; i < m->n; i += 2) {
        y[i / 2] = ir_op2(b, IR_OP_vuzp1, sub, x[i], x[i + 1], 0);
        y[i / 2 + m->n / 2] = ir_op2(b, IR_OP_vuzp2, sub, x[i], x[i + 1], 0);
    }
    if (m->n == 2) {
        memcpy(x, y, 2 * sizeof *x);
        return;
    }
    x[0] = ir_op2(b, IR_OP_vuzp1, sub, y[0], y[1], 0);
    x[2] = ir_op2(b, IR_OP_vuzp2, sub, y[0], y[1], 0);
    x[1] = ir_op2(b, IR_OP_vuzp1, sub, y[2], y[3], 0);
    x[3] = ir_op2(b, IR_OP_vuzp2, sub, y[2], y[3], 0);
}

/* Registers to memory order. */
static void join(struct ir_build *b, const struct multiple *m, ir_ref *x)
{
    u8 sub = lanes(m);
    ir_ref y[4];
    if (m->n == 3) {
        permute3(b, m, x, y, join3);
        memcpy(x, y, 3 * sizeof *x);
        return;
    }
    if (m->n == 2) {
        y[0] = ir_op2(b, IR_OP_vzip1, sub, x[0], x[1], 0);
        y[1] = ir_op2(b, IR_OP_vzip2, sub, x[0], x[1], 0);
        memcpy(x, y, 2 * sizeof *x);
        return;
    }
    y[0] = ir_op2(b, IR_OP_vzip1, sub, x[0], x[2], 0);
    y[1] = ir_op2(b, IR_OP_vzip2, sub, x[0], x[2], 0);
    y[2] = ir_op2(b, IR_OP_vzip1, sub, x[1], x[3], 0);
    y[3] = ir_op2(b, IR_OP_vzip2, sub, x[1], x[3], 0);
    x[0] = ir_op2(b, IR_OP_vzip1, sub, y[0], y[2], 0);
    x[1] = ir_op2(b, IR_OP_vzip2, sub, y[0], y[2], 0);
    x[2] = ir_op2(b, IR_OP_vzip1, sub, y[1], y[3], 0);
    x[3] = ir_op2(b, IR_OP_vzip2, sub, y[1], y[3], 0);
}

static void multiple(struct ir_build *b, const struct multiple *m, bool is_load, ir_ref base, u32 rt)
{
    ir_ref x[4];
    unsigned bytes = m->q ? 16 : 8;
    if (is_load) {
        for (unsigned i = 0; i < m->n; i++)
            x[i] = load_chunk(b, m, base, i * bytes);
        if (m->structured)
            split(b, m, x);
        for (unsigned i = 0; i < m->n; i++)
            a64_set_v(b, (rt + i) % 32, x[i]);
        return;
    }
    for (unsigned i = 0; i < m->n; i++)
        x[i] = a64_get_v(b, (rt + i) % 32);
    if (m->structured)
        join(b, m, x);
    for (unsigned i = 0; i < m->n; i++)
        store_chunk(b, m, base, i * bytes, x[i]);
}

/* rm 31: the base moves past what was transferred. */
static void post_index(struct ir_build *b, u32 rn, u32 rm, ir_ref base, unsigned bytes)
{
    if (rm == 31)
        a64_write_back(b, rn, base, bytes);
    else
        a64_set_xsp(b, rn, 64, ir_add(b, base, a64_get_x(b, rm, 64)));
}

#define MULTIPLE(name, count, is_structured)                                                                           \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        struct multiple m = {count, d->q, d->size, is_structured};                                                     \
        multiple(b, &m, d->l, a64_base(b, d->rn), d->rt);                                                              \
        return FLOW_NEXT;                                                                                              \
    }                                                                                                                  \
    LIFT(a64, name##_post)                                                                                             \
    {                                                                                                                  \
        struct multiple m = {count, d->q, d->size, is_structured};                                                     \
        ir_ref base = a64_base(b, d->rn);                                                                              \
        multiple(b, &m, d->l, base, d->rt);                                                                            \
        post_index(b, d->rn, d->rm, base, count * (d->q ? 16 : 8));                                                    \
        return FLOW_NEXT;                                                                                              \
    }
MULTIPLE(LD1_1, 1, false)
MULTIPLE(LD1_2, 2, false)
MULTIPLE(LD1_3, 3, false)
MULTIPLE(LD1_4, 4, false)
MULTIPLE(LD2, 2, true)
MULTIPLE(LD3, 3, true)
MULTIPLE(LD4, 4, true)
#undef MULTIPLE

/* --- single structures -------------------------------------------------------------------------------------------- */

/* One element of each of n registers. */
static void single(struct ir_build *b, bool is_load, unsigned n, unsigned size, unsigned lane, ir_ref base, u32 rt)
{
    enum ir_type t = size == 3 ? IR_I64 : IR_I32;
    ir_ref x[4];
    for (unsigned i = 0; i < n; i++) {
        i64 offset = (i64)i << size;
        if (is_load)
            x[i] = a64_load(b, t, (u8)size, base, offset);
        else
            a64_store(b, (u8)size, base, offset,
                      ir_op_typed(b, IR_OP_vextract, t, (u8)size, a64_get_v(b, (rt + i) % 32), IR_NONE, IR_NONE, lane));
    }
    for (unsigned i = 0; is_load && i < n; i++) {
        u32 r = (rt + i) % 32;
        a64_set_v(b, r, ir_op_typed(b, IR_OP_vinsert, IR_V128, (u8)size, a64_get_v(b, r), x[i], IR_NONE, lane));
    }
}

/* The same element in all lanes. */
static void replicate(struct ir_build *b, unsigned n, unsigned size, unsigned q, ir_ref base, u32 rt)
{
    ir_ref x[4];
    for (unsigned i = 0; i < n; i++)
        x[i] = a64_load(b, size == 3 ? IR_I64 : IR_I32, (u8)size, base, (i64)i << size);
    for (unsigned i = 0; i < n; i++)
        a64_set_v(b, (rt + i) % 32,
                  ir_op_typed(b, IR_OP_vdup, IR_V128, (u8)(size | (q ? IR_FULL : 0)), x[i], IR_NONE, IR_NONE, 0));
}

#define LANE(name, lane_size, lane)                                                                                    \
    LIFT(a64, name)                                                                                                    \
    {                                                                                                                  \
        single(b, d->l, (d->three << 1 | d->r) + 1, lane_size, lane, a64_base(b, d->rn), d->rt);                       \
        return FLOW_NEXT;                                                                                              \
    }                                                                                                                  \
    LIFT(a64, name##_post)                                                                                             \
    {                                                                                                                  \
        unsigned n = (d->three << 1 | d->r) + 1;                                                                       \
        ir_ref base = a64_base(b, d->rn);                                                                              \
        single(b, d->l, n, lane_size, lane, base, d->rt);                                                              \
        post_index(b, d->rn, d->rm, base, n << lane_size);                                                             \
        return FLOW_NEXT;                                                                                              \
    }
LANE(LD_lane_b, 0, d->q << 3 | d->s << 2 | d->size)
LANE(LD_lane_h, 1, d->q << 2 | d->s << 1 | d->size)
LANE(LD_lane_s, 2, d->q << 1 | d->s)
LANE(LD_lane_d, 3, d->q)
#undef LANE

LIFT(a64, LD_rep)
{
    replicate(b, (d->three << 1 | d->r) + 1, d->size, d->q, a64_base(b, d->rn), d->rt);
    return FLOW_NEXT;
}

LIFT(a64, LD_rep_post)
{
    unsigned n = (d->three << 1 | d->r) + 1;
    ir_ref base = a64_base(b, d->rn);
    replicate(b, n, d->size, d->q, base, d->rt);
    post_index(b, d->rn, d->rm, base, n << d->size);
    return FLOW_NEXT;
}
