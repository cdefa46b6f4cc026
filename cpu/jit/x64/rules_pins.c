/* Pinned registers of guests whose registers are parts of one another (S, D and Q of 32-bit ARM): gets and puts that are not of
 * the whole of one register. pins.c has chosen the sizes, so that these are few. */
#include "jit/x64/rules_int.h"

static unsigned bytes_of(u8 type) { return ir_type_bits((enum ir_type)type) / 8; }

/* Words between two places in the state. */
static unsigned lane(u64 from, u64 to) { return (unsigned)(to - from) / 4; }

/* True if one pinned register has all of [offset, offset + bytes). */
static bool within(const struct jit *j, u32 pins, u64 offset, unsigned bytes)
{
    unsigned reg = (unsigned)__builtin_ctz(pins);
    return j->pin_offset[reg] <= offset && offset + bytes <= (u64)j->pin_offset[reg] + j->pin_bytes[reg];
}

/* Bytes that the registers have together; they do not overlap. */
static unsigned bytes_in(const struct jit *j, u32 pins)
{
    unsigned bytes = 0;
    for (; pins; pins &= pins - 1)
        bytes += j->pin_bytes[__builtin_ctz(pins)];
    return bytes;
}

/* The vector from word `first` on. */
static void from_lane(struct x64 *x, unsigned dst, unsigned src, unsigned first)
{
    enum { REST = 3 << 6 | 3 << 4 | 3 << 2 };
    static const u8 order[4] = {0, 1 | 2 << 2 | REST, 2 | 3 << 2 | REST, 3 | REST};
    if (first)
        x64_rri(&x->c, X64_pshufd, dst, src, order[first]);
    else
        x64_rr(&x->c, X64_movaps, dst, src);
}

static void get_part(struct x64 *x, u32 k, const struct ir_op *op, unsigned pin, unsigned first)
{
    struct x64_code *c = &x->c;
    must(pin >= JIT_VECTOR);
    unsigned src = pin - JIT_VECTOR, w = op->type == IR_I64 ? X64_W : 0;
    if (jit_is_vector(op->type))
        from_lane(x, def_vector(x, k), src, first);
    else if (first)
        x64_rri(c, X64_pextrq | w, src, def(x, k), (i32)(w ? first / 2 : first));
    else
        x64_rr(c, X64_movd_gx | w, src, def(x, k));
}

/* Two registers as one value. */
static void get_pair(struct x64 *x, u32 k, const struct ir_op *op, unsigned low, unsigned high)
{
    bool vector = jit_is_vector(op->type);
    unsigned dst = vector ? def_vector(x, k) : 0;
    x64_rr(&x->c, X64_movaps, dst, low - JIT_VECTOR);
    x64_rr(&x->c, op->type == IR_V128 ? X64_punpcklqdq : X64_punpckldq, dst, high - JIT_VECTOR);
    if (!vector)
        x64_rr(&x->c, X64_movd_gx | X64_W, dst, def(x, k));
}

bool x64_get_parts(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct jit *j = &x->j;
    unsigned bytes = bytes_of(op->type);
    u32 pins = jit_pins_at(j, op->imm, bytes);
    if (!pins)
        return false;
    unsigned a = (unsigned)__builtin_ctz(pins), b = 31 - (unsigned)__builtin_clz(pins);
    if (within(j, pins, op->imm, bytes))
        get_part(x, k, op, a, lane(j->pin_offset[a], op->imm));
    else if (__builtin_popcount(pins) == 2 && bytes_in(j, pins) == bytes && j->pin_bytes[a] == j->pin_bytes[b])
        get_pair(x, k, op, j->pin_offset[a] < j->pin_offset[b] ? a : b, j->pin_offset[a] < j->pin_offset[b] ? b : a);
    else {
        x64_write_pins(x, pins & j->dirty);
        x64_load_typed(x, def(x, k), cpu_field(op->imm), op->type);
    }
    return true;
}

static void put_part(struct x64 *x, const struct ir_op *op, u8 type, unsigned pin, unsigned first)
{
    struct x64_code *c = &x->c;
    must(pin >= JIT_VECTOR);
    unsigned from = jit_put_pin_part(&x->j, op->a, pin), w = type == IR_I64 ? X64_W : 0;
    bool whole = bytes_of(type) == x->j.pin_bytes[pin];
    pin -= JIT_VECTOR;
    if (!jit_is_vector(type) && whole)
        x64_rr(c, X64_movd_xg | w, pin, from);
    else if (!jit_is_vector(type))
        x64_rri(c, X64_pinsrq | w, pin, from, (i32)(w ? first / 2 : first));
    else if (type == IR_F32 && first)
        x64_rri(c, X64_insertps, pin, from - JIT_VECTOR, (i32)first << 4);
    else
        x64_rr(c, type == IR_F32 ? X64_movss : first ? X64_punpcklqdq : X64_movsd, pin, from - JIT_VECTOR);
}

/* A value of which several registers have parts, each all of itself. */
static void put_over(struct x64 *x, const struct ir_op *op, u8 type, u32 pins)
{
    struct jit *j = &x->j;
    unsigned from = use(x, op->a), src = 0;
    if (bytes_in(j, pins) < bytes_of(type))
        x64_store_typed(x, from, cpu_field(op->imm), type);
    if (!jit_is_vector(type))
        x64_rr(&x->c, X64_movd_xg | X64_W, src, from);
    else if (pins >> from & 1)
        x64_rr(&x->c, X64_movaps, src, from - JIT_VECTOR);
    else
        src = from - JIT_VECTOR;
    for (; pins; pins &= pins - 1) {
        unsigned pin = (unsigned)__builtin_ctz(pins);
        must(pin >= JIT_VECTOR);
        jit_put_pin_part(j, op->a, pin);
        from_lane(x, pin - JIT_VECTOR, src, lane(op->imm, j->pin_offset[pin]));
    }
}

bool x64_put_parts(struct x64 *x, const struct ir_op *op)
{
    struct jit *j = &x->j;
    u8 type = x64_op(x, op->a)->type;
    u32 pins = jit_pins_at(j, op->imm, bytes_of(type));
    if (!pins)
        return false;
    unsigned pin = (unsigned)__builtin_ctz(pins);
    if (within(j, pins, op->imm, bytes_of(type)))
        put_part(x, op, type, pin, lane(j->pin_offset[pin], op->imm));
    else
        put_over(x, op, type, pins);
    return true;
}
