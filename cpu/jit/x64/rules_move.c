/* Moves, conversions between integers, selection; guest state, with the flags that are left pending in it. */
#include "jit/x64/rules_int.h"
#include "ir/flags.h"
#include "jit/flags.h"

void x64_extend(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    if (op->op == IR_OP_trunc || (op->op == IR_OP_zext && !x->j.values[op->a].loose)) {
        use(x, op->a);
        jit_alias(&x->j, k, op->a);
        x->j.values[k].loose = op->op == IR_OP_trunc;
        return;
    }
    unsigned ra = use(x, op->a), w = wide(op->type), dst = def(x, k);
    bool sign = op->op == IR_OP_sext_low;
    if (op->op == IR_OP_sext)
        x64_rr(c, X64_movsxd | X64_W, dst, ra);
    else if (op->op == IR_OP_zext || (op->imm == 32 && !sign))
        x64_rr(c, X64_mov_rr, dst, ra);
    else if (op->imm == 32)
        x64_rr(c, (w ? X64_movsxd : X64_mov_rr) | w, dst, ra);
    else if (sign)
        x64_rr(c, (op->imm == 8 ? X64_movsx8 : X64_movsx16) | w, dst, ra);
    else
        x64_rr(c, op->imm == 8 ? X64_movzx8 : X64_movzx16, dst, ra);
}

void x64_copy(struct x64 *x, u32 k, const struct ir_op *op)
{
    use(x, op->a);
    jit_alias(&x->j, k, op->a);
    x->j.values[k].loose = x->j.values[op->a].loose;
}

void x64_pack(struct x64 *x, u32 k, const struct ir_op *op)
{
    x64_rri(&x->c, X64_and_i, 0, def_from(x, k, op->a), (i32)0xf0000000);
}

void x64_bitcast(struct x64 *x, u32 k, const struct ir_op *op)
{
    u8 from = x64_op(x, op->a)->type;
    if (jit_is_vector(op->type)) {
        unsigned ra = use(x, op->a);
        x64_rr(&x->c, X64_movd_xg | (from == IR_I64 ? X64_W : 0), def_vector(x, k), ra);
        return;
    }
    unsigned va = use_vector(x, op->a), dst = def(x, k);
    if (from == IR_F16)
        x64_rri(&x->c, X64_pextrw, dst, va, 0);
    else
        x64_rr(&x->c, X64_movd_gx | wide(op->type), va, dst);
}

void x64_select(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    if (op->type == IR_F32 || op->type == IR_F64) {
        unsigned w = op->type == IR_F64 ? X64_W : 0, yes = use_vector(x, op->b), no = use_vector(x, op->c);
        unsigned dst = def_vector(x, k);
        enum x64_cc cc = x64_condition(x, op->a);
        x64_rr(c, X64_movd_gx | w, yes, RAX);
        x64_rr(c, X64_movd_gx | w, no, RCX);
        x64_cmov(c, cc, true, RCX, RAX);
        x64_rr(c, X64_movd_xg | w, dst, RCX);
        return;
    }
    if (jit_is_vector(op->type)) {
        unsigned yes = use_vector(x, op->b), no = use_vector(x, op->c), dst = def_vector(x, k);
        enum x64_cc cc = x64_condition(x, op->a);
        x64_rr(c, X64_movaps, dst, no);
        u32 over = x64_jcc(c, x64_not(cc));
        x64_rr(c, X64_movaps, dst, yes);
        x64_here(c, over);
        return;
    }
    u64 one, other;
    if (jit_const(&x->j, op->b, &one) && jit_const(&x->j, op->c, &other) && one + other == 1 && one <= 1) {
        enum x64_cc cc = x64_condition(x, op->a);
        x64_setcc(c, one ? cc : x64_not(cc), RAX);
        x64_rr(c, X64_movzx8, def(x, k), RAX);
        return;
    }
    unsigned yes = use(x, op->b), no = use(x, op->c), dst = def(x, k);
    enum x64_cc cc = x64_condition(x, op->a);
    bool w = op->type == IR_I64;
    x64_rr(c, X64_mov_rr | wide(op->type), dst, no);
    x64_cmov(c, cc, w, dst, yes);
}

void x64_get(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned pin = jit_pin_of(&x->j, op);
    if (pin != JIT_NOWHERE) {
        jit_get_pin(&x->j, k, pin);
        x->j.values[k].loose = op->type == IR_I32 && x->j.pin_bytes[pin] > 4;
        return;
    }
    if (x64_get_parts(x, k, op))
        return;
    if (flags_get(&x->j, op)) {
        x64_clobber_flags(x);
        x64_settle_flags(x);
    }
    x64_load_typed(x, def(x, k), cpu_field(op->imm), op->type);
}

static void slow_settle(struct x64 *x, const struct slow *s)
{
    x64_external(x, x64_call(&x->c), x64_shared.settle);
    x64_patch(&x->c, x64_jmp(&x->c), s->back);
}

void x64_settle_flags(struct x64 *x)
{
    if (x->flags_kind_now == FLAGS_NOT_PENDING || !x->j.flags_offset)
        return;
    x64_rmi(&x->c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, flags_kind)), 0);
    x64_slow(x, slow_settle, x64_jcc(&x->c, CC_NE))->back = x->c.count;
    x->flags_kind_now = FLAGS_NOT_PENDING;
    x->flags_base = IR_NONE;
}

static void store_flags_operand(struct x64 *x, size_t offset, ir_ref v)
{
    struct x64_mem m = cpu_field(offset);
    u8 type = x64_op(x, v)->type;
    i32 imm;
    if (!jit_is_vector(type) && jit_reg(&x->j, v) == JIT_NOWHERE && x64_imm(x, v, &imm))
        x64_rmi(&x->c, X64_mov_mi | wide(type), 0, m, imm);
    else
        x64_store_typed(x, use(x, v), m, type);
}

static void set_flags_kind(struct x64 *x, u32 kind)
{
    if (x->flags_kind_now != kind)
        x64_rmi(&x->c, X64_mov_mi, 0, cpu_field(offsetof(struct cpu_common, flags_kind)), (i32)kind);
    x->flags_kind_now = kind;
}

static void leave_flags_pending(struct x64 *x, const struct flags_operands *flags)
{
    enum { PARTS = FLAGS_NZ | FLAGS_CARRY_BIT };
    u32 kind = flags->kind;
    if (!flags->passes && (x->flags_base != flags->base || ((x->flags_kind_now ^ kind) & ~(u32)PARTS))) {
        store_flags_operand(x, offsetof(struct cpu_common, flags_a), flags->a);
        if (flags->b)
            store_flags_operand(x, offsetof(struct cpu_common, flags_b), flags->b);
        x->flags_base = flags->base;
    }
    if (flags->nz)
        store_flags_operand(x, offsetof(struct cpu_common, flags_nz), flags->nz);
    if (flags->carry)
        store_flags_operand(x, offsetof(struct cpu_common, flags_carry), flags->carry);
    if (flags->passes && x->flags_kind_now == FLAGS_KIND_UNKNOWN) {
        x64_clobber_flags(x);
        x64_rmi(&x->c, X64_or_i, 0, cpu_field(offsetof(struct cpu_common, flags_kind)), (i32)kind);
    } else {
        set_flags_kind(x, flags->passes ? x->flags_kind_now | kind : kind);
    }
}

/* True if nothing else has to be done for the put at k. */
static bool put_flags(struct x64 *x, u32 k)
{
    struct flags_operands flags;
    switch (flags_put(&x->j, k, &flags)) {
    case FLAGS_PUT_NOTHING: return true;
    case FLAGS_PUT_PENDING: leave_flags_pending(x, &flags); return true;
    case FLAGS_PUT_WORD: break;
    }
    const struct ir_op *op = x64_op(x, k);
    if (x->j.flags_offset && op->imm == x->j.flags_offset) {
        set_flags_kind(x, FLAGS_NOT_PENDING);
        x->flags_base = IR_NONE;
    }
    return false;
}

/* What is known of fp_mode after value v was put to it: what the function may rely on, if it is what was there before. */
static struct ir_fp_model model_of(const struct x64 *x, ir_ref v)
{
    const struct ir_op *op = x64_op(x, v);
    u64 bits;
    if (op->op == IR_OP_get && op->imm == offsetof(struct cpu_common, fp_mode))
        return x->j.fn->fp;
    if (jit_const(&x->j, v, &bits))
        return (struct ir_fp_model){~0u, (u32)bits};
    return (struct ir_fp_model){0, 0};
}

static void store_fp_mode(struct x64 *x, u32 value)
{
    x64_rmi(&x->c, X64_mov_mi, 0, cpu_field(offsetof(struct cpu_common, fp_mode)), (i32)value);
}

void x64_store_fp_mode(struct x64 *x)
{
    struct fp_pending *p = &x->fp_pending;
    x64_fp_mode_enter(x, p);
    p->memory = p->value;
}

void x64_fp_mode_enter(struct x64 *x, const struct fp_pending *p)
{
    if (p->known && p->value != p->memory)
        store_fp_mode(x, p->value);
}

void x64_fp_mode_leave(struct x64 *x, const struct fp_pending *p)
{
    if (p->known && p->value != p->memory)
        store_fp_mode(x, p->memory);
}

/* True if the put of fp_mode at k waits until somebody reads it: Advanced SIMD of 32-bit guests changes it for each
 * instruction. */
static bool put_fp_mode(struct x64 *x, const struct ir_op *op)
{
    u64 bits;
    x->fp = model_of(x, op->a);
    if (!jit_const(&x->j, op->a, &bits)) {
        x->fp_pending.known = false;
        return false;
    }
    bool waits = x->fp_pending.known;
    x->fp_pending = (struct fp_pending){true, (u32)bits, waits ? x->fp_pending.memory : (u32)bits};
    return waits;
}

/* True if a mode that operation k puts is seen by faults and traps only until the next one is put in the same IR block: within
 * an IT block of Thumb code. */
static bool mode_may_wait(const struct x64 *x, u32 k)
{
    const struct ir_block *block = &x->j.fn->blocks[x->j.block_index];
    u64 mode;
    for (u32 i = k + 1; x->window && i < block->end; i++) {
        const struct ir_op *op = x64_op(x, i);
        bool maps = op->op == IR_OP_load || op->op == IR_OP_store || op->op == IR_OP_trap_if;
        if (op->op == IR_OP_put && op->imm == offsetof(struct cpu_common, mode))
            return jit_const(&x->j, op->a, &mode);
        if (ir_effects(op) & (IR_ANY | IR_END) || (ir_effects(op) & IR_FAULTS && !maps))
            return false;
    }
    return false;
}

/* What faults and traps need to know of it is in the map; true if it need not be stored. */
static bool put_mode(struct x64 *x, u32 k, const struct ir_op *op)
{
    u64 mode;
    bool known = jit_const(&x->j, op->a, &mode);
    x->mode_written = !ir_puts_own_mode(x->j.fn, op);
    x->j.mode = JIT_MODE_STORED;
    if (known && mode == x->mode_in_state)
        return true;
    if (known && mode_may_wait(x, k)) {
        x->j.mode = (u32)mode;
        return true;
    }
    x->mode_in_state = known ? mode : MODE_UNKNOWN;
    return false;
}

void x64_put(struct x64 *x, u32 k, const struct ir_op *op)
{
    if (op->imm == offsetof(struct cpu_common, mode) && put_mode(x, k, op))
        return;
    if (op->imm == offsetof(struct cpu_common, fp_mode) && put_fp_mode(x, op))
        return;
    if (put_flags(x, k))
        return;
    u8 type = x64_op(x, op->a)->type;
    i32 imm;
    unsigned pin = jit_pin_of(&x->j, op);
    if (pin != JIT_NOWHERE) {
        if (type == IR_I32 && x->j.values[op->a].loose)
            x64_rr(&x->c, X64_mov_rr, pin, jit_put_pin_part(&x->j, op->a, pin));
        else
            jit_put_pin(&x->j, op->a, pin);
        return;
    }
    if (x64_put_parts(x, op))
        return;
    if ((type == IR_I32 || type == IR_I64) && jit_reg(&x->j, op->a) == JIT_NOWHERE && x64_imm(x, op->a, &imm))
        x64_rmi(&x->c, X64_mov_mi | wide(type), 0, cpu_field(op->imm), imm);
    else
        x64_store_typed(x, use(x, op->a), cpu_field(op->imm), type);
}
