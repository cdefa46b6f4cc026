/* Guest memory, evaluators and helper calls. */
#include "jit/x64/rules.h"
#include "interp/access.h"

/* --- typed moves --------------------------------------------------------------------------------------------------- */

void x64_load_typed(struct x64 *x, unsigned reg, struct x64_mem m, u8 type)
{
    struct x64_code *c = &x->c;
    switch (type) {
    case IR_I64: x64_rm(c, X64_mov_rr | X64_W, reg, m); return;
    case IR_V128: x64_rm(c, X64_movups, reg - JIT_VECTOR, m); return;
    case IR_F64: x64_rm(c, X64_movsd, reg - JIT_VECTOR, m); return;
    case IR_F32: x64_rm(c, X64_movss, reg - JIT_VECTOR, m); return;
    case IR_F16:
        x64_rm(c, X64_movzx16, RAX, m);
        x64_rr(c, X64_movd_xg, reg - JIT_VECTOR, RAX);
        return;
    default: x64_rm(c, X64_mov_rr, reg, m); return;
    }
}

void x64_store_typed(struct x64 *x, unsigned reg, struct x64_mem m, u8 type)
{
    struct x64_code *c = &x->c;
    switch (type) {
    case IR_I64: x64_rm(c, X64_mov_mr | X64_W, reg, m); return;
    case IR_V128: x64_rm(c, X64_movups_mr, reg - JIT_VECTOR, m); return;
    case IR_F64: x64_rm(c, X64_movsd_mr, reg - JIT_VECTOR, m); return;
    case IR_F32: x64_rm(c, X64_movss_mr, reg - JIT_VECTOR, m); return;
    case IR_F16:
        x64_rri(c, X64_pextrw, RAX, reg - JIT_VECTOR, 0);
        x64_rm(c, X64_mov_mr16, RAX, m);
        return;
    default: x64_rm(c, X64_mov_mr, reg, m); return;
    }
}

static struct x64_mem value_at(unsigned n) { return x64_at(RSP, FRAME_VALUES + 16 * (i32)n); }

/* All 8 or 16 bytes, so that whoever reads wider than the type reads something defined. */
void x64_store_value(struct x64 *x, unsigned n, ir_ref v)
{
    unsigned reg = use(x, v);
    if (reg >= JIT_VECTOR)
        x64_rm(&x->c, X64_movups_mr, reg - JIT_VECTOR, value_at(n));
    else
        x64_rm(&x->c, X64_mov_mr | X64_W, reg, value_at(n));
}

/* --- calls --------------------------------------------------------------------------------------------------------- */

void x64_note_pc(struct x64 *x, u64 pc)
{
    x64_write_pins(x, x->j.dirty);
    x->j.dirty = 0;
    x64_rm(&x->c, X64_mov_rr | X64_W, RCX, x64_at(CPU, offsetof(struct cpu_common, engine)));
    x64_const(&x->c, RAX, pc);
    x64_rm(&x->c, X64_mov_mr | X64_W, RAX, x64_at(RCX, offsetof(struct interp_thread, native_pc)));
}

void x64_call_fn(struct x64 *x, const void *fn)
{
    x64_const(&x->c, RAX, (u64)(uintptr_t)fn);
    x64_byte(&x->c, 0xff); /* call rax */
    x64_byte(&x->c, 0xd0);
}

void x64_eval(struct x64 *x, u32 k, const struct ir_op *op)
{
    ir_eval_fn *fn = ir_eval_find(op->op, op->type, x64_op(x, op->a)->type, op->sub);
    if (!fn) {
        x->j.failed = true;
        return;
    }
    ir_ref operand[] = {op->a, op->b, op->c};
    for (unsigned i = 0; i < 3; i++)
        if (operand[i])
            x64_store_value(x, i, operand[i]);
    bool vectors = false;
    for (unsigned r = JIT_VECTOR; r < JIT_REGS; r++)
        vectors |= x->j.in_reg[r] && x->j.values[x->j.in_reg[r]].last > k;
    x64_const(&x->c, RAX, (u64)(uintptr_t)fn);
    x64_const(&x->c, RDX, op->imm);
    x64_external(x, x64_call(&x->c), vectors ? x64_shared.eval : x64_shared.eval_general);
    x64_load_typed(x, def(x, k), x64_at(RSP, FRAME_RESULT), op->type);
}

static const u8 arg_regs[6] = {RDI, RSI, RDX, RCX, R8, R9};

static void lea_value(struct x64 *x, unsigned reg, i32 at) { x64_rm(&x->c, X64_lea | X64_W, reg, x64_at(RSP, at)); }

void x64_call_helper(struct x64 *x, u32 k, const struct ir_op *op)
{
    const struct ir_helper *h = &ir_helpers[op->imm];
    const ir_ref *args = x->j.fn->args + op->a;
    for (unsigned i = 0; i < op->b; i++)
        x64_store_value(x, i, args[i]);
    bool any = h->effects & IR_ANY;
    jit_save_for_call(&x->j);
    if (any)
        jit_forget_pins(&x->j);
    x64_note_pc(x, x->j.guest_pc);
    unsigned n = 1;
    x64_rr(&x->c, X64_mov_rr | X64_W, RDI, CPU);
    if (h->result == IR_V128)
        lea_value(x, arg_regs[n++], FRAME_RESULT);
    for (unsigned i = 0; i < op->b; i++, n++) {
        unsigned reg = n < 6 ? arg_regs[n] : RAX;
        if (h->args[i] == IR_V128)
            lea_value(x, reg, FRAME_VALUES + 16 * (i32)i);
        else
            x64_rm(&x->c, X64_mov_rr | X64_W, reg, value_at(i));
        if (n >= 6)
            x64_rm(&x->c, X64_mov_mr | X64_W, RAX, x64_at(RSP, FRAME_OUT + 8 * (i32)(n - 6)));
    }
    x64_call_fn(x, h->fn);
    x64_after_call(x, any);
    if (h->result == IR_V128)
        x64_load_typed(x, def(x, k), x64_at(RSP, FRAME_RESULT), IR_V128);
    else if (h->result != IR_VOID)
        x64_rr(&x->c, X64_mov_rr | (h->result == IR_I64 ? X64_W : 0), def(x, k), RAX);
}

/* --- out of line ------------------------------------------------------------------------------------------------------- */

static void slow_trap(struct x64 *x, enum cpu_trap trap, u32 code, unsigned addr_reg, u64 pc)
{
    if (addr_reg == JIT_NOWHERE)
        x64_const(&x->c, RDI, 0);
    else
        x64_rr(&x->c, X64_mov_rr | X64_W, RDI, addr_reg);
    x64_note_pc(x, pc);
    x64_rr(&x->c, X64_mov_rr | X64_W, RCX, RDI);
    x64_rr(&x->c, X64_mov_rr | X64_W, RDI, CPU);
    x64_const(&x->c, RSI, trap);
    x64_const(&x->c, RDX, code);
    x64_call_fn(x, (const void *)guest_trap);
}

static void slow_align(struct x64 *x, const struct slow *s) { slow_trap(x, TRAP_ALIGNMENT, 0, RAX, s->pc); }

void x64_slow_trap(struct x64 *x, const struct slow *s)
{
    const struct ir_op *op = x64_op(x, s->op);
    slow_trap(x, (enum cpu_trap)op->sub, (u32)op->imm, s->src[0], s->pc);
}

void x64_slow_eval(struct x64 *x, const struct slow *s)
{
    struct x64_code *c = &x->c;
    const struct ir_op *op = x64_op(x, s->op);
    ir_eval_fn *fn = ir_eval_find(op->op, op->type, x64_op(x, op->a)->type, op->sub);
    must(fn);
    for (unsigned i = 0; i < 3; i++) {
        struct x64_mem m = x64_at(RSP, FRAME_VALUES + 16 * (i32)i);
        if (s->src[i] != JIT_NOWHERE && s->src[i] >= JIT_VECTOR)
            x64_rm(c, X64_movups_mr, s->src[i] - JIT_VECTOR, m);
        else if (s->src[i] != JIT_NOWHERE)
            x64_rm(c, X64_mov_mr | X64_W, s->src[i], m);
    }
    x64_const(c, RAX, (u64)(uintptr_t)fn);
    x64_const(c, RDX, op->imm);
    x64_external(x, x64_call(c), x64_shared.eval);
    x64_load_typed(x, s->dst, x64_at(RSP, FRAME_RESULT), op->type);
    x64_patch(c, x64_jmp(c), s->back);
}

/* RAX is the address. */
static void slow_limit(struct x64 *x, const struct slow *s)
{
    struct x64_code *c = &x->c;
    x64_rm(c, X64_mov_rr | X64_W, RCX, x64_at(CPU, offsetof(struct cpu_common, mem_limit)));
    x64_rri(c, X64_sub_i8 | X64_W, 0, RCX, s->bytes);
    x64_rr(c, X64_cmp | X64_W, RAX, RCX);
    x64_patch(c, x64_jcc(c, CC_BE), s->back);
    x64_rr(c, X64_mov_rr | X64_W, RSI, RAX);
    x64_note_pc(x, s->pc);
    x64_rr(c, X64_mov_rr | X64_W, RDI, CPU);
    x64_const(c, RDX, s->write);
    x64_call_fn(x, (const void *)guest_fault);
}

/* --- memory -------------------------------------------------------------------------------------------------------- */

struct slow *x64_slow(struct x64 *x, x64_slow_path *emit, u32 jump)
{
    if (x->slow_count == SLOW_MAX) {
        x->j.failed = true;
        x->slow_count = 0;
    }
    struct slow *s = &x->slow[x->slow_count++];
    *s = (struct slow){.emit = emit, .jump = {jump}, .pc = x->j.guest_pc, .op = x->j.at, .dirty = x->j.dirty};
    return s;
}

/* RAX = the guest address: operand a plus the constant offset. */
static void sum_address(struct x64 *x, const struct ir_op *op)
{
    unsigned ra = use(x, op->a);
    if (!op->imm) {
        x64_rr(&x->c, X64_mov_rr | X64_W, RAX, ra);
    } else if ((i64)op->imm == (i32)op->imm) {
        x64_rm(&x->c, X64_lea | X64_W, RAX, x64_at(ra, (i32)op->imm));
    } else {
        x64_const(&x->c, RAX, op->imm);
        x64_rr(&x->c, X64_add | X64_W, RAX, ra);
    }
}

/* RAX = the host address, checked. LIMIT is 16 bytes below the end of the guest's space; the few addresses between are
 * looked at out of line. */
static void host_address(struct x64 *x, const struct ir_op *op, bool write)
{
    struct x64_code *c = &x->c;
    u8 bytes = (u8)(1u << (op->sub & IR_MEM_SIZE_MASK));
    sum_address(x, op);
    x64_rr(c, X64_and | X64_W, RAX, MASK);
    if (op->sub & IR_MEM_ALIGN) {
        x64_rr(c, X64_mov_rr, RCX, RAX);
        x64_rri(c, X64_and_i8, 0, RCX, 15);
        x64_rri(c, X64_cmp_i8, 0, RCX, 16 - bytes);
        x64_slow(x, slow_align, x64_jcc(c, CC_A));
    }
    x64_rr(c, X64_cmp | X64_W, RAX, LIMIT);
    struct slow *s = x64_slow(x, slow_limit, x64_jcc(c, CC_A));
    s->bytes = bytes;
    s->write = write;
    s->back = c->count;
    if (x->j.mem_base)
        x64_rm(c, X64_add | X64_W, RAX, x64_at(CPU, offsetof(struct cpu_common, mem_base)));
}

void x64_load(struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned size = op->sub & IR_MEM_SIZE_MASK, w = wide(op->type), insn;
    if (op->sub & IR_MEM_SWAP || (op->type != IR_I32 && op->type != IR_I64 && op->type != IR_V128)) {
        x64_access(x, k, op);
        return;
    }
    host_address(x, op, false);
    unsigned dst = def(x, k);
    bool sign = op->sub & IR_MEM_SIGN;
    switch (size) {
    case 0: insn = sign ? X64_movsx8 | w : X64_movzx8; break;
    case 1: insn = sign ? X64_movsx16 | w : X64_movzx16; break;
    case 2: insn = sign && w ? X64_movsxd | w : X64_mov_rr; break;
    case 3: insn = X64_mov_rr | X64_W; break;
    default: x64_rm(&x->c, X64_movups, dst - JIT_VECTOR, x64_at(RAX, 0)); return;
    }
    x64_rm(&x->c, insn, dst, x64_at(RAX, 0));
    if (size == 3 && !w)
        x64_rr(&x->c, X64_mov_rr, dst, dst);
}

void x64_store(struct x64 *x, u32 k, const struct ir_op *op)
{
    static const u16 insns[] = {X64_mov_mr8, X64_mov_mr16, X64_mov_mr, X64_mov_mr | X64_W};
    unsigned size = op->sub & IR_MEM_SIZE_MASK;
    u8 type = x64_op(x, op->b)->type;
    if (op->sub & IR_MEM_SWAP || (size == 4) != (type == IR_V128) || (jit_is_vector(type) && type != IR_V128)) {
        x64_access(x, k, op);
        return;
    }
    unsigned value = use(x, op->b);
    host_address(x, op, true);
    if (size == 4)
        x64_rm(&x->c, X64_movups_mr, value - JIT_VECTOR, x64_at(RAX, 0));
    else
        x64_rm(&x->c, insns[size], value, x64_at(RAX, 0));
    if (op->sub & IR_MEM_REL) {
        static const u8 lock_or_stack[] = {0xf0, 0x83, 0x0c, 0x24, 0x00};
        for (unsigned i = 0; i < sizeof lock_or_stack; i++)
            x64_byte(&x->c, lock_or_stack[i]);
    }
}

/* Memory operations through the interpreter's functions: (cpu, [op,] address, sub, ...). */
void x64_access(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    const void *fn = (const void *)access_atomic;
    sum_address(x, op);
    x64_rm(c, X64_mov_mr | X64_W, RAX, value_at(0));
    if (op->b)
        x64_store_value(x, 1, op->b);
    if (op->c)
        x64_store_value(x, 2, op->c);
    jit_save_for_call(&x->j);
    x64_note_pc(x, x->j.guest_pc);
    x64_rr(c, X64_mov_rr | X64_W, RDI, CPU);
    x64_rm(c, X64_mov_rr | X64_W, RSI, value_at(0));
    x64_const(c, RDX, op->sub);
    switch (op->op) {
    case IR_OP_load:
        fn = (const void *)access_load;
        x64_const(c, RCX, op->type);
        lea_value(x, R8, FRAME_RESULT);
        break;
    case IR_OP_store:
        fn = (const void *)access_store;
        lea_value(x, RCX, FRAME_VALUES + 16);
        break;
    case IR_OP_cas:
        fn = (const void *)access_cas;
        lea_value(x, RCX, FRAME_VALUES + 16);
        lea_value(x, R8, FRAME_VALUES + 32);
        lea_value(x, R9, FRAME_RESULT);
        break;
    case IR_OP_load_ex:
        fn = (const void *)access_load_ex;
        lea_value(x, RCX, FRAME_RESULT);
        break;
    case IR_OP_store_ex:
        fn = (const void *)access_store_ex;
        lea_value(x, RCX, FRAME_VALUES + 16);
        break;
    default:
        x64_rr(c, X64_mov_rr | X64_W, RDX, RSI);
        x64_const(c, RSI, op->op);
        x64_const(c, RCX, op->sub);
        lea_value(x, R8, FRAME_VALUES + 16);
        lea_value(x, R9, FRAME_RESULT);
        break;
    }
    x64_call_fn(x, fn);
    x64_after_call(x, false);
    if (op->op == IR_OP_store_ex)
        x64_rr(c, X64_mov_rr, def(x, k), RAX);
    else if (op->type != IR_VOID)
        x64_load_typed(x, def(x, k), x64_at(RSP, FRAME_RESULT), op->type);
}

void x64_clear_ex(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k, (void)op;
    x64_rmi(&x->c, X64_mov_mi, 0, x64_at(CPU, offsetof(struct cpu_common, excl_size)), 0);
}

/* Only a store that a later load must not pass needs an instruction here. */
void x64_fence(struct x64 *x, u32 k, const struct ir_op *op)
{
    static const u8 mfence[] = {0x0f, 0xae, 0xf0};
    (void)k;
    if (op->sub == (IR_MEM_ACQ | IR_MEM_REL))
        for (unsigned i = 0; i < sizeof mfence; i++)
            x64_byte(&x->c, mfence[i]);
}

void x64_trap_if(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    unsigned addr = op->b ? use(x, op->b) : JIT_NOWHERE;
    enum x64_cc cc = x64_condition(x, op->a);
    struct slow *s = x64_slow(x, x64_slow_trap, x64_jcc(&x->c, cc));
    s->src[0] = (u8)addr;
}
