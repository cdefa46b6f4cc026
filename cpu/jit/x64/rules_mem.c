/* Guest memory, evaluators and helper calls. */
#include "jit/x64/rules_mem.h"
#include "interp/watch.h"

/* --- typed moves -------------------------------------------------------------------------------------------------- */

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
        x64_rmi(c, X64_pextrw_m, reg - JIT_VECTOR, m, 0);
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

/* --- calls -------------------------------------------------------------------------------------------------------- */

/* The mode that only the map has so far. */
static void store_mode(struct x64 *x)
{
    if (x->j.mode == JIT_MODE_STORED)
        return;
    x64_set32(x, offsetof(struct cpu_common, mode), x->j.mode);
    x->mode_in_state = x->j.mode;
    x->j.mode = JIT_MODE_STORED;
}

void x64_note_pc(struct x64 *x, u64 pc)
{
    x64_write_pins(x, x->j.dirty);
    x->j.dirty = 0;
    store_mode(x);
    x64_rm(&x->c, X64_mov_rr | X64_W, RCX, cpu_field(offsetof(struct cpu_common, engine)));
    x64_const(&x->c, RAX, pc);
    x64_rm(&x->c, X64_mov_mr | X64_W, RAX, x64_at(RCX, offsetof(struct interp_thread, native_pc)));
}

void x64_call_fn(struct x64 *x, const void *fn)
{
    x64_const(&x->c, RAX, (u64)(uintptr_t)fn);
    x64_byte(&x->c, 0xff); /* call rax */
    x64_byte(&x->c, 0xd0);
}

/* Evaluators that compute in floating point run with exceptions masked. */
const u8 *x64_eval_stub(const struct x64 *x, const struct ir_op *op, bool vectors)
{
    const struct ir_op_info *info = &ir_op_info[op->op];
    bool integers = info->kind == IR_KIND_VL1 || info->kind == IR_KIND_VL2 || info->kind == IR_KIND_VL3;
    if (x->j.fp_traps && info->effects & IR_FP && !integers)
        return x64_shared.eval_fp;
    return vectors ? x64_shared.eval : x64_shared.eval_general;
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
    bool vectors = x->j.pinned >> JIT_VECTOR;
    for (unsigned r = JIT_VECTOR; r < JIT_REGS; r++)
        vectors |= x->j.in_reg[r] && x->j.values[x->j.in_reg[r]].last > k;
    x64_const(&x->c, RAX, (u64)(uintptr_t)fn);
    x64_const(&x->c, RDX, op->imm);
    bool mode = ir_op_info[op->op].effects & IR_FP;
    if (mode)
        x64_fp_mode_enter(x, &x->fp_pending);
    x64_external(x, x64_call(&x->c), x64_eval_stub(x, op, vectors));
    if (mode)
        x64_fp_mode_leave(x, &x->fp_pending);
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
    if (any) {
        x64_settle_flags(x);
        x->mode_written = true; /* perhaps */
        x->mode_in_state = MODE_UNKNOWN;
    }
    unsigned n = 1;
    x64_cpu_pointer(&x->c, RDI);
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

/* --- out of line -------------------------------------------------------------------------------------------------- */

void x64_trap(struct x64 *x, enum cpu_trap trap, u32 code, u64 pc)
{
    x64_write_pins(x, x->j.dirty);
    store_mode(x);
    x64_const(&x->c, RAX, pc);
    x64_const(&x->c, RSI, (u64)code << 32 | trap);
    x64_external(x, x64_jmp(&x->c), x64_shared.trap);
}

/* Shared code. RDI: address; RAX: guest pc; RSI: trap, and its code in the upper half. */
void x64_write_trap(struct x64_code *c)
{
    x64_rm(c, X64_mov_rr | X64_W, RCX, cpu_field(offsetof(struct cpu_common, engine)));
    x64_rm(c, X64_mov_mr | X64_W, RAX, x64_at(RCX, offsetof(struct interp_thread, native_pc)));
    x64_rr(c, X64_mov_rr | X64_W, RCX, RDI);
    x64_rr(c, X64_mov_rr | X64_W, RDX, RSI);
    x64_rri(c, X64_shr_i | X64_W, 0, RDX, 32);
    x64_rr(c, X64_mov_rr, RSI, RSI);
    x64_cpu_pointer(c, RDI);
    x64_const(c, RAX, (u64)(uintptr_t)guest_trap);
    x64_byte(c, 0xff); /* call rax */
    x64_byte(c, 0xd0);
}

void x64_slow_trap(struct x64 *x, const struct slow *s)
{
    const struct ir_op *op = x64_op(x, s->op);
    if (s->src[0] == JIT_NOWHERE)
        x64_const(&x->c, RDI, 0);
    else
        x64_rr(&x->c, X64_mov_rr | X64_W, RDI, s->src[0]);
    x64_trap(x, (enum cpu_trap)op->sub, (u32)op->imm, s->pc);
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
    x64_fp_mode_enter(x, &s->pending);
    x64_external(x, x64_call(c), x64_eval_stub(x, op, true));
    x64_fp_mode_leave(x, &s->pending);
    x64_load_typed(x, s->dst, x64_at(RSP, FRAME_RESULT), op->type);
    x64_patch(c, x64_jmp(c), s->back);
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

struct slow *x64_slow(struct x64 *x, x64_slow_path *emit, u32 jump)
{
    if (x->slow_count == SLOW_MAX) {
        x->j.failed = true;
        x->slow_count = 0;
    }
    struct slow *s = &x->slow[x->slow_count++];
    *s = (struct slow){.emit = emit, .jump = {jump}, .pc = x->j.guest_pc, .op = x->j.at, .dirty = x->j.dirty,
                       .mode = x->j.mode, .pending = x->fp_pending};
    return s;
}

/* Of the other byte order, 2 to 8 bytes, integers. */
static void load_swapped(struct x64 *x, unsigned dst, struct x64_mem m, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    unsigned size = op->sub & IR_MEM_SIZE_MASK, w = wide(op->type);
    bool sign = op->sub & IR_MEM_SIGN;
    x64_rm(c, size == 3 ? X64_mov_rr | X64_W : size == 2 ? X64_mov_rr : X64_movzx16, dst, m);
    x64_bswap_reg(c, dst, size == 3);
    if (size == 1)
        x64_rri(c, sign ? X64_sar_i : X64_shr_i, 0, dst, 16);
    if (sign && w && size < 3)
        x64_rr(c, X64_movsxd | X64_W, dst, dst);
}

static void load_int(struct x64 *x, unsigned dst, struct x64_mem m, const struct ir_op *op)
{
    unsigned size = op->sub & IR_MEM_SIZE_MASK, w = wide(op->type), insn;
    bool sign = op->sub & IR_MEM_SIGN;
    switch (size) {
    case 0: insn = sign ? X64_movsx8 | w : X64_movzx8; break;
    case 1: insn = sign ? X64_movsx16 | w : X64_movzx16; break;
    case 2: insn = sign && w ? X64_movsxd | w : X64_mov_rr; break;
    default: insn = X64_mov_rr | w; break;
    }
    x64_rm(&x->c, insn, dst, m);
}

/* Forms that the interpreter's functions do. */
static bool by_function(const struct ir_op *op, u8 type)
{
    unsigned size = op->sub & IR_MEM_SIZE_MASK;
    if (jit_is_vector(type))
        return op->sub & IR_MEM_SWAP || 8u << size != ir_type_bits((enum ir_type)type);
    return size > 3 || (type != IR_I32 && type != IR_I64);
}

/* A whole integer that only the next operation uses, to put it into a vector register: loaded there. */
static bool loads_vector(const struct x64 *x, u32 k, const struct ir_op *op)
{
    unsigned size = op->sub & IR_MEM_SIZE_MASK;
    if (op->sub & IR_MEM_SWAP || size != (op->type == IR_I64 ? 3 : 2) || jit_is_vector(op->type) || x->j.values[k].uses != 1)
        return false;
    const struct ir_op *next = x64_op(x, k + 1);
    return next->op == IR_OP_vec && next->a == k && !x->j.values[k + 1].done;
}

bool x64_stores_vector(const struct x64 *x, u32 k)
{
    const struct jit_value *value = &x->j.values[k];
    const struct ir_op *user = x64_op(x, value->user);
    return value->uses == 1 && user->op == IR_OP_store && user->b == k && user->a != k &&
           user->sub == (x64_op(x, k)->type == IR_I64 ? 3 : 2);
}

/* The register of an integer that is loaded: where it is put to, or that of a part of the address that is not needed any
 * more, or a free one. */
static unsigned loaded_register(struct x64 *x, u32 k, const struct ir_op *op)
{
    ir_ref parts[2] = {op->a, IR_NONE};
    if (x->j.values[op->a].deferred)
        x64_address_parts(x, op->a, parts);
    unsigned target = x->j.values[k].target;
    for (unsigned pass = 0; pass < 2; pass++) {
        for (unsigned i = 0; i < 2 && parts[i]; i++) {
            bool wanted = pass || (target != JIT_NOWHERE && jit_reg(&x->j, parts[i]) == target);
            unsigned reg = wanted ? jit_take(&x->j, parts[i], k) : JIT_NOWHERE;
            if (reg != JIT_NOWHERE)
                return reg;
        }
        if (jit_has_target(&x->j, k))
            break;
    }
    return def(x, k);
}

void x64_load(struct x64 *x, u32 k, const struct ir_op *op)
{
    if (by_function(op, op->type)) {
        x64_clobber_flags(x);
        x64_access(x, k, op);
        return;
    }
    bool swap = op->sub & IR_MEM_SWAP && op->sub & IR_MEM_SIZE_MASK;
    if (swap)
        x64_clobber_flags(x);
    struct x64_mem m = x64_operand(x, op, RAX, false);
    if (loads_vector(x, k, op)) {
        x64_rm(&x->c, op->type == IR_I64 ? X64_movq : X64_movss, def_vector(x, k + 1), m);
        x->j.values[k + 1].done = true;
        return;
    }
    unsigned dst = jit_is_vector(op->type) ? def(x, k) : loaded_register(x, k, op);
    if (jit_is_vector(op->type))
        x64_load_typed(x, dst, m, op->type);
    else if (swap)
        load_swapped(x, dst, m, op);
    else
        load_int(x, dst, m, op);
}

/* Nothing that comes later may pass a store-release: the processor lets no load pass an exchange. */
static void store_release(struct x64 *x, struct x64_mem m, unsigned size)
{
    static const u16 insns[] = {X64_xchg8, X64_xchg16, X64_xchg, X64_xchg | X64_W};
    x64_rm(&x->c, insns[size], RDX, m);
}

static void store_int(struct x64 *x, struct x64_mem m, const struct ir_op *op)
{
    static const u16 insns[] = {X64_mov_mr8, X64_mov_mr16, X64_mov_mr, X64_mov_mr | X64_W};
    static const u16 imms[] = {X64_mov_mi8, X64_mov_mi16, X64_mov_mi, X64_mov_mi | X64_W};
    struct x64_code *c = &x->c;
    unsigned size = op->sub & IR_MEM_SIZE_MASK;
    bool swap = op->sub & IR_MEM_SWAP && size, release = op->sub & IR_MEM_REL;
    i32 imm;
    if (!swap && !release && jit_reg(&x->j, op->b) == JIT_NOWHERE && x64_imm(x, op->b, &imm)) {
        x64_rmi(c, imms[size], 0, m, imm);
        return;
    }
    unsigned value = use(x, op->b);
    if (swap || release) {
        x64_rr(c, X64_mov_rr | X64_W, RDX, value);
        value = RDX;
    }
    if (swap)
        x64_bswap_reg(c, RDX, size == 3);
    if (swap && size == 1)
        x64_rri(c, X64_shr_i, 0, RDX, 16);
    if (release)
        store_release(x, m, size);
    else
        x64_rm(c, insns[size], value, m);
}

void x64_store(struct x64 *x, u32 k, const struct ir_op *op)
{
    u8 type = x64_op(x, op->b)->type;
    bool vector = jit_is_vector(type), swap = op->sub & IR_MEM_SWAP && op->sub & IR_MEM_SIZE_MASK;
    if (by_function(op, type) || (op->sub & IR_MEM_REL && (vector || watch_on()))) {
        x64_clobber_flags(x);
        x64_access(x, k, op);
        return;
    }
    i32 imm;
    if (swap)
        x64_clobber_flags(x);
    if (vector || swap || op->sub & IR_MEM_REL || !x64_imm(x, op->b, &imm))
        use(x, op->b);
    struct x64_mem m = x64_operand(x, op, RAX, true);
    if (vector)
        x64_store_typed(x, use(x, op->b), m, type);
    else if (jit_reg(&x->j, op->b) != JIT_NOWHERE && jit_reg(&x->j, op->b) >= JIT_VECTOR) /* x64_stores_vector() */
        x64_store_typed(x, use(x, op->b), m, type == IR_I64 ? IR_F64 : IR_F32);
    else
        store_int(x, m, op);
}

/* Memory operations through the interpreter's functions: (cpu, [op,] address, sub, ...). */
void x64_access(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    const void *fn = (const void *)access_atomic;
    x64_sum_address(x, RAX, op);
    x64_rm(c, X64_mov_mr | X64_W, RAX, value_at(0));
    if (op->b)
        x64_store_value(x, 1, op->b);
    if (op->c)
        x64_store_value(x, 2, op->c);
    jit_save_for_call(&x->j);
    x64_note_pc(x, x->j.guest_pc);
    x64_cpu_pointer(c, RDI);
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

void x64_trap_if(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    unsigned addr = op->b ? use(x, op->b) : JIT_NOWHERE;
    enum x64_cc cc = x64_condition(x, op->a);
    struct slow *s = x64_slow(x, x64_slow_trap, x64_jcc(&x->c, cc));
    s->src[0] = (u8)addr;
}
