/* Addresses of guest memory.
 *
 * Where the guest's addresses are the host's (direct), an access is done at [register + displacement] after the
 * register was compared with LIMIT. Nothing is mapped within CPU_GUARD bytes from LIMIT on, nor just below address
 * 0, so that the displacement does no harm; and a value that differs from a compared one by a constant is not
 * compared again. Elsewhere, or once the guest has shown a pointer with a tag, each address is masked first.
 *
 * The window of a 32-bit guest lies at BASE: an access is done at [BASE + register + displacement]. Nothing is mapped
 * within MEM_GUARD bytes before and behind it. A displacement that runs over an end of the window should wrap; what it
 * wraps to is not mapped either, if it is small: the first 32 KiB of addresses never are (MEM_MIN_32), nor the last
 * 4 KiB. Other displacements are added before. */
#include "jit/x64/rules_mem.h"

/* How far from a compared value an access may be. Below 0 lies the kernel's half; what has a page there that may be
 * read is 10 MiB below its end (vsyscall). */
enum { BELOW = 8 << 20 };
_Static_assert(CPU_GUARD <= 1 << 30, "two displacements fit 32 bits");

/* Displacements that need not wrap. */
enum { WRAP_BELOW = 4 << 10, WRAP_ABOVE = 32 << 10 };

static bool within(i64 distance) { return distance >= -BELOW && distance < CPU_GUARD - 16; }

/* --- out of line -------------------------------------------------------------------------------------------------- */

/* RDI = address of the access. */
static void slow_address(struct x64 *x, const struct slow *s)
{
    if (s->disp || s->src[0] != RDI)
        x64_rm(&x->c, X64_lea | X64_W, RDI, x64_at(s->src[0], s->disp));
}

/* There is one for most accesses and it is hardly ever taken: the map says what it would have to say. */
static void slow_beyond(struct x64 *x, const struct slow *s)
{
    slow_address(x, s);
    x64_external(x, x64_call(&x->c), s->write ? x64_shared.beyond_write : x64_shared.beyond_read);
}

/* Shared code. RDI: the address; the return address says where it was accessed. */
void x64_write_beyond(struct x64_code *c, bool write)
{
    enum { VECTORS = offsetof(struct jit_regs, vector), BYTES = sizeof(struct jit_regs) + 8 };
    _Static_assert(BYTES % 16 == 8, "keeps the stack aligned after the return address");
    x64_rri(c, X64_sub_i | X64_W, 0, RSP, BYTES);
    for (unsigned reg = 0; reg < 16; reg++)
        if (reg != RSP)
            x64_rm(c, X64_mov_mr | X64_W, reg, x64_at(RSP, 8 * (i32)reg));
    for (unsigned reg = 0; reg < 16; reg++)
        x64_rm(c, X64_movups_mr, reg, x64_at(RSP, VECTORS + 16 * (i32)reg));
    x64_rr(c, X64_mov_rr | X64_W, RSI, RDI);
    x64_cpu_pointer(c, RDI);
    x64_const(c, RDX, write);
    x64_rm(c, X64_lea | X64_W, RCX, x64_at(RSP, 0));
    x64_rm(c, X64_mov_rr | X64_W, R8, x64_at(RSP, BYTES));
    x64_const(c, RAX, (u64)(uintptr_t)jit_beyond);
    x64_byte(c, 0xff); /* call rax */
    x64_byte(c, 0xd0);
}

/* FEAT_LSE2: what lies within 16 aligned bytes may be misaligned. */
static void slow_misaligned(struct x64 *x, const struct slow *s)
{
    struct x64_code *c = &x->c;
    x64_rm(c, X64_lea | X64_W, RCX, x64_at(s->src[0], s->disp));
    x64_rri(c, X64_and_i8, 0, RCX, 15);
    x64_rri(c, X64_cmp_i8, 0, RCX, 16 - s->bytes);
    x64_patch(c, x64_jcc(c, CC_BE), s->back);
    slow_address(x, s);
    x64_rm(c, X64_and | X64_W, RDI, cpu_field(offsetof(struct cpu_common, addr_mask)));
    x64_trap(x, TRAP_ALIGNMENT, 0, s->pc);
}

static struct slow *slow_at(struct x64 *x, x64_slow_path *emit, u32 jump, unsigned reg, i32 disp)
{
    struct slow *s = x64_slow(x, emit, jump);
    s->src[0] = (u8)reg;
    s->disp = disp;
    return s;
}

/* --- what is known ------------------------------------------------------------------------------------------------ */

/* The value that v differs from by a constant, and the constant. */
static ir_ref root_of(const struct x64 *x, ir_ref v, i64 *distance)
{
    u64 k;
    *distance = 0;
    for (unsigned steps = 0; steps < 16; steps++) {
        const struct ir_op *op = x64_op(x, v);
        if (op->type != IR_I64)
            break;
        if (op->op == IR_OP_add && jit_const(&x->j, op->b, &k))
            *distance = (i64)((u64)*distance + k);
        else if (op->op == IR_OP_sub && jit_const(&x->j, op->b, &k))
            *distance = (i64)((u64)*distance - k);
        else
            break;
        v = op->a;
    }
    return v;
}

/* Whether root + distance is near a value that was compared, or cannot be large. */
static bool is_known(const struct x64 *x, ir_ref root, i64 distance)
{
    const struct ir_op *op = x64_op(x, root);
    if ((op->op == IR_OP_zext || op->type == IR_I32) && within(distance))
        return true;
    for (unsigned i = 0; i < ARRAY_SIZE(x->checked); i++)
        if (x->checked[i].root == root && within((i64)((u64)distance - (u64)x->checked[i].distance)))
            return true;
    return false;
}

static void note_checked(struct x64 *x, ir_ref root, i64 distance)
{
    x->checked[x->checked_next].root = root;
    x->checked[x->checked_next].distance = distance;
    x->checked_next = (x->checked_next + 1) % ARRAY_SIZE(x->checked);
}

void x64_forget_addresses(struct x64 *x)
{
    memset(x->checked, 0, sizeof x->checked);
    x->checked_next = 0;
}

/* --- operands ----------------------------------------------------------------------------------------------------- */

void x64_sum_address(struct x64 *x, unsigned reg, const struct ir_op *op)
{
    unsigned ra = use(x, op->a);
    if (!op->imm) {
        x64_rr(&x->c, X64_mov_rr | X64_W, reg, ra);
    } else if ((i64)op->imm == (i32)op->imm) {
        x64_rm(&x->c, X64_lea | X64_W, reg, x64_at(ra, (i32)op->imm));
    } else {
        x64_const(&x->c, reg, op->imm);
        x64_rm(&x->c, X64_lea | X64_W, reg, x64_at_index(reg, ra, 0, 0));
    }
}

static void check_alignment(struct x64 *x, const struct ir_op *op, struct x64_mem m, bool write)
{
    struct x64_code *c = &x->c;
    unsigned bytes = 1u << (op->sub & IR_MEM_SIZE_MASK), reg = m.base;
    if (bytes == 1)
        return;
    if (m.disp & (i32)(bytes - 1)) {
        x64_rm(c, X64_lea, RCX, m);
        reg = RCX;
    }
    x64_rri(c, X64_test_i8, 0, reg, (i32)(bytes - 1));
    struct slow *s = slow_at(x, slow_misaligned, x64_jcc(c, CC_NE), m.base, m.disp);
    s->bytes = (u8)bytes;
    s->write = write;
    s->back = c->count;
}

static void compare_limit(struct x64 *x, struct x64_mem m, bool write)
{
    x64_rr(&x->c, X64_cmp | X64_W, m.base, LIMIT);
    slow_at(x, slow_beyond, x64_jcc(&x->c, CC_A), m.base, m.disp)->write = write;
}

static struct x64_mem window_operand(struct x64 *x, const struct ir_op *op, unsigned scratch, bool write)
{
    struct x64_code *c = &x->c;
    i64 disp = (i64)op->imm;
    u64 constant;
    if (op->sub & IR_MEM_ALIGN) {
        x64_clobber_flags(x);
        x64_rm(c, X64_lea, scratch, x64_at(use(x, op->a), (i32)op->imm));
        check_alignment(x, op, x64_at(scratch, 0), write);
        return x64_at_index(BASE, scratch, 0, 0);
    }
    if (jit_const(&x->j, op->a, &constant) && (u32)(constant + op->imm) < 1u << 31)
        return x64_at(BASE, (i32)(constant + op->imm));
    unsigned reg = use(x, op->a);
    bool whole = x64_op(x, op->a)->type != IR_I32 || x->j.values[op->a].loose;
    if (!whole && disp >= -WRAP_BELOW && disp < WRAP_ABOVE - 16)
        return x64_at_index(BASE, reg, 0, (i32)disp);
    x64_rm(c, X64_lea, scratch, x64_at(reg, (i32)op->imm));
    return x64_at_index(BASE, scratch, 0, 0);
}

/* Masked, compared, and turned into the host's. */
static struct x64_mem general_operand(struct x64 *x, const struct ir_op *op, unsigned scratch, bool write)
{
    struct x64_code *c = &x->c;
    x64_clobber_flags(x);
    x64_sum_address(x, scratch, op);
    if (x->j.addr_mask == 0xffffffff)
        x64_rr(c, X64_mov_rr, scratch, scratch);
    else
        x64_rm(c, X64_and | X64_W, scratch, cpu_field(offsetof(struct cpu_common, addr_mask)));
    if (op->sub & IR_MEM_ALIGN)
        check_alignment(x, op, x64_at(scratch, 0), write);
    compare_limit(x, x64_at(scratch, 0), write);
    if (x->j.mem_base)
        x64_rm(c, X64_add | X64_W, scratch, cpu_field(offsetof(struct cpu_common, mem_base)));
    return x64_at(scratch, 0);
}

/* The address is a constant. False: one that cannot be good, to be found out where it runs. */
static bool constant_operand(struct x64 *x, const struct ir_op *op, unsigned scratch, struct x64_mem *m)
{
    u64 at;
    if (!jit_const(&x->j, op->a, &at) || (at += op->imm) > x->j.mem_limit - 16)
        return false;
    unsigned bytes = 1u << (op->sub & IR_MEM_SIZE_MASK);
    if (op->sub & IR_MEM_ALIGN && at & (bytes - 1))
        return false;
    if ((i64)op->imm == (i32)op->imm && jit_reg(&x->j, op->a) != JIT_NOWHERE) {
        *m = x64_at(use(x, op->a), (i32)op->imm);
        return true;
    }
    x64_const(&x->c, scratch, at);
    *m = x64_at(scratch, 0);
    return true;
}

unsigned x64_address_parts(const struct x64 *x, ir_ref address, ir_ref parts[2])
{
    const struct ir_op *sum = x64_op(x, address);
    bool first = x->j.values[sum->a].deferred;
    parts[0] = first ? sum->b : sum->a;
    parts[1] = first ? sum->a : sum->b;
    u64 count = 0;
    if (x->j.values[parts[1]].deferred) {
        must(jit_const(&x->j, x64_op(x, parts[1])->b, &count));
        parts[1] = x64_op(x, parts[1])->a;
    }
    return (unsigned)count;
}

/* The sum of two registers that only this access needs: the comparison is beside the way to memory. */
static struct x64_mem sum_operand(struct x64 *x, ir_ref address, unsigned scratch, bool write)
{
    ir_ref parts[2];
    unsigned count = x64_address_parts(x, address, parts), base = use(x, parts[0]);
    struct x64_mem m = x64_at_index(base, use(x, parts[1]), count, 0);
    x64_clobber_flags(x);
    x64_rm(&x->c, X64_lea | X64_W, scratch, m);
    compare_limit(x, x64_at(scratch, 0), write);
    return m;
}

struct x64_mem x64_operand(struct x64 *x, const struct ir_op *op, unsigned scratch, bool write)
{
    struct x64_mem m;
    if (x->window)
        return window_operand(x, op, scratch, write);
    if (!x->j.direct)
        return general_operand(x, op, scratch, write);
    if (x->j.values[op->a].deferred)
        return sum_operand(x, op->a, scratch, write);
    if (constant_operand(x, op, scratch, &m))
        return m;
    i64 distance;
    ir_ref root = root_of(x, op->a, &distance);
    bool near = within((i64)op->imm), known = is_known(x, root, (i64)((u64)distance + op->imm));
    bool aligned = op->sub & IR_MEM_ALIGN && op->sub & IR_MEM_SIZE_MASK;
    unsigned ra = use(x, op->a);
    if (!known || aligned)
        x64_clobber_flags(x);
    if (near || (known && (i64)op->imm == (i32)op->imm)) {
        m = x64_at(ra, (i32)op->imm);
    } else {
        x64_sum_address(x, scratch, op);
        m = x64_at(scratch, 0);
        distance = (i64)((u64)distance + op->imm);
    }
    if (aligned)
        check_alignment(x, op, m, write);
    if (!known) {
        compare_limit(x, m, write);
        note_checked(x, root, distance);
    }
    return m;
}

/* Nothing is compared: a prefetch does nothing where it may not. It reads into a cache only, so xrun's own memory does no
 * harm either. */
void x64_prefetch(struct x64 *x, u32 k, const struct ir_op *op)
{
    static const u16 insns[] = {[IR_PREFETCH_L1] = X64_prefetcht0,
                                [IR_PREFETCH_L2] = X64_prefetcht1,
                                [IR_PREFETCH_L3] = X64_prefetcht2,
                                [IR_PREFETCH_ONCE] = X64_prefetchnta};
    (void)k;
    u16 insn = op->sub & IR_PREFETCH_WRITE ? X64_prefetchw : insns[op->sub & IR_PREFETCH_WHERE];
    struct x64_mem m = x64_at(RCX, 0);
    if (x->window) {
        m = window_operand(x, op, RCX, false);
    } else if (x->j.direct && (i64)op->imm == (i32)op->imm) {
        m = x64_at(use(x, op->a), (i32)op->imm);
    } else {
        if (!x->j.direct)
            x64_clobber_flags(x);
        x64_sum_address(x, RCX, op);
        if (!x->j.direct) {
            x64_rm(&x->c, X64_and | X64_W, RCX, cpu_field(offsetof(struct cpu_common, addr_mask)));
            x64_rm(&x->c, X64_add | X64_W, RCX, cpu_field(offsetof(struct cpu_common, mem_base)));
        }
    }
    x64_rm(&x->c, insn, 0, m);
}
