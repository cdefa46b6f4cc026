/* Which rule compiles which operation, and what the rest of the compiler asks of this host. */
#define _GNU_SOURCE
#include "jit/x64/host.h"
#include "jit/x64/rules_int.h"
#include "base/host_cpu.h"
#include "ir/flags.h"
#include "jit/flags.h"

#include <stdlib.h>
#include <ucontext.h>

#if defined(__x86_64__)
struct x64_shared x64_shared;

struct rule {
    x64_rule *fn;
    bool keeps_flags;                                         /* leaves EFLAGS alone, or looks after them itself */
    bool (*has)(const struct x64 *x, const struct ir_op *op); /* NULL: all forms */
};

static bool has_vector(const struct x64 *x, const struct ir_op *op)
{
    (void)x;
    return x64_vector_has(op);
}

static bool has_counting(const struct x64 *x, const struct ir_op *op)
{
    (void)x;
    return op->op == IR_OP_clz ? x64_shared.lzcnt : op->op == IR_OP_ctz ? x64_shared.bmi1 : true;
}

/* Without a row: the evaluator. */
static const struct rule rules[IR_OP_COUNT] = {
    [IR_OP_add] = {x64_add, true, NULL},
    [IR_OP_sub] = {x64_arithmetic, false, NULL},
    [IR_OP_and] = {x64_arithmetic, false, NULL},
    [IR_OP_or] = {x64_arithmetic, false, NULL},
    [IR_OP_xor] = {x64_arithmetic, false, NULL},
    [IR_OP_andn] = {x64_inverted, false, NULL},
    [IR_OP_orn] = {x64_inverted, false, NULL},
    [IR_OP_xorn] = {x64_inverted, false, NULL},
    [IR_OP_mul] = {x64_multiply, false, NULL},
    [IR_OP_umulh] = {x64_multiply, false, NULL},
    [IR_OP_smulh] = {x64_multiply, false, NULL},
    [IR_OP_udiv] = {x64_divide, false, NULL},
    [IR_OP_sdiv] = {x64_divide, false, NULL},
    [IR_OP_shl ... IR_OP_rotr] = {x64_shift, false, NULL},
    [IR_OP_not] = {x64_unary, true, NULL},
    [IR_OP_neg] = {x64_unary, false, NULL},
    [IR_OP_clz] = {x64_count_bits, false, has_counting},
    [IR_OP_ctz] = {x64_count_bits, false, has_counting},
    [IR_OP_popcount] = {x64_count_bits, false, has_counting},
    [IR_OP_bswap] = {x64_bswap, true, NULL},
    [IR_OP_crc32_1 ... IR_OP_crc32c_8] = {x64_crc, false, x64_crc_has},
    [IR_OP_eq ... IR_OP_sle] = {x64_compare, false, NULL},
    [IR_OP_cond] = {x64_compare, true, NULL},
    [IR_OP_flags_add] = {x64_flags, false, NULL},
    [IR_OP_flags_sub] = {x64_flags, false, NULL},
    [IR_OP_flags_logic] = {x64_flags, false, NULL},
    [IR_OP_flags_nz] = {x64_flags_nz, false, NULL},
    [IR_OP_flags_nzc] = {x64_flags_nz, false, NULL},
    [IR_OP_flags_adc] = {x64_flags_adc, true, NULL},
    [IR_OP_flags_pack] = {x64_pack, false, NULL},
    [IR_OP_flags_word] = {x64_copy, true, NULL},
    [IR_OP_copy] = {x64_copy, true, NULL},
    [IR_OP_zext] = {x64_extend, true, NULL},
    [IR_OP_sext] = {x64_extend, true, NULL},
    [IR_OP_trunc] = {x64_extend, true, NULL},
    [IR_OP_sext_low] = {x64_extend, true, NULL},
    [IR_OP_zext_low] = {x64_extend, true, NULL},
    [IR_OP_bitcast] = {x64_bitcast, true, NULL},
    [IR_OP_select] = {x64_select, true, NULL},
    [IR_OP_get] = {x64_get, true, NULL},
    [IR_OP_put] = {x64_put, true, NULL},
    [IR_OP_load] = {x64_load, true, NULL},
    [IR_OP_store] = {x64_store, true, NULL},
    [IR_OP_atomic_add ... IR_OP_atomic_swap] = {x64_atomic, false, NULL},
    [IR_OP_cas] = {x64_cas, false, NULL},
    [IR_OP_load_ex] = {x64_load_ex, false, NULL},
    [IR_OP_store_ex] = {x64_store_ex, false, NULL},
    [IR_OP_clear_ex] = {x64_clear_ex, true, NULL},
    [IR_OP_prefetch] = {x64_prefetch, true, NULL},
    [IR_OP_fence] = {x64_fence, true, NULL},
    [IR_OP_call] = {x64_call_helper, false, NULL},
    [IR_OP_trap_if] = {x64_trap_if, true, NULL},
    [IR_OP_jump] = {x64_jump, false, NULL},
    [IR_OP_br] = {x64_br, true, NULL},
    [IR_OP_exit_next] = {x64_exit_direct, false, NULL},
    [IR_OP_exit_call] = {x64_exit_direct, false, NULL},
    [IR_OP_exit_branch] = {x64_exit_branch, true, NULL},
    [IR_OP_exit_indirect] = {x64_exit_indirect, false, NULL},
    [IR_OP_exit_syscall] = {x64_exit_other, false, NULL},
    [IR_OP_exit_trap] = {x64_exit_other, false, NULL},
    [IR_OP_vec] = {x64_vec, true, NULL},
    [IR_OP_low] = {x64_low, true, NULL},
    [IR_OP_fadd] = {x64_float, false, x64_float_has},
    [IR_OP_fsub] = {x64_float, false, x64_float_has},
    [IR_OP_fmul] = {x64_float, false, x64_float_has},
    [IR_OP_fdiv] = {x64_float, false, x64_float_has},
    [IR_OP_fsqrt] = {x64_float, false, x64_float_has},
    [IR_OP_fmuladd] = {x64_float, false, x64_float_has},
    [IR_OP_fabs] = {x64_fabs_neg, true, x64_float_has},
    [IR_OP_fneg] = {x64_fabs_neg, true, x64_float_has},
    [IR_OP_fmin] = {x64_fminmax, false, x64_float_has},
    [IR_OP_fmax] = {x64_fminmax, false, x64_float_has},
    [IR_OP_fminnm] = {x64_fminmax, false, x64_float_has},
    [IR_OP_fmaxnm] = {x64_fminmax, false, x64_float_has},
    [IR_OP_fcmp] = {x64_fcompare, false, x64_float_has},
    [IR_OP_fcmpe] = {x64_fcompare, false, x64_float_has},
    [IR_OP_fcmeq] = {x64_fcompare_mask, false, x64_float_has},
    [IR_OP_fcmge] = {x64_fcompare_mask, false, x64_float_has},
    [IR_OP_fcmgt] = {x64_fcompare_mask, false, x64_float_has},
    [IR_OP_facge] = {x64_fcompare_mask, false, x64_float_has},
    [IR_OP_facgt] = {x64_fcompare_mask, false, x64_float_has},
    [IR_OP_frint] = {x64_frint, false, x64_float_has},
    [IR_OP_fto_s] = {x64_fto_s, false, x64_convert_has},
    [IR_OP_fto_u] = {x64_fto_u, false, x64_convert_has},
    [IR_OP_ffrom_s] = {x64_ffrom, false, x64_convert_has},
    [IR_OP_ffrom_u] = {x64_ffrom, false, x64_convert_has},
    [IR_OP_fcvt] = {x64_fcvt, false, x64_convert_has},
#define VFLOAT(name, keeps_flags) [IR_OP_##name] = {x64_vfloat, keeps_flags, x64_vfloat_has}
    VFLOAT(vfadd, false), VFLOAT(vfsub, false), VFLOAT(vfmul, false), VFLOAT(vfdiv, false), VFLOAT(vfsqrt, false),
    VFLOAT(vfmuladd, false), VFLOAT(vfabd, false), VFLOAT(vfabs, true), VFLOAT(vfneg, true), VFLOAT(vfmin, false),
    VFLOAT(vfmax, false), VFLOAT(vfminnm, false), VFLOAT(vfmaxnm, false), VFLOAT(vfminv, false), VFLOAT(vfmaxv, false),
    VFLOAT(vfminnmv, false), VFLOAT(vfmaxnmv, false), VFLOAT(vfcmeq, false), VFLOAT(vfcmge, false), VFLOAT(vfcmgt, false),
    VFLOAT(vfacge, false), VFLOAT(vfacgt, false), VFLOAT(vfrint, false), VFLOAT(vfto_s, false), VFLOAT(vfto_u, false),
    VFLOAT(vffrom_s, false), VFLOAT(vffrom_u, false), VFLOAT(vfwiden, false), VFLOAT(vfnarrow, false),
#undef VFLOAT
#define OP(name, kind, effects, value, doc) [IR_OP_##name] = {x64_vector, true, has_vector},
#include "ir/ops_vec.def"
#undef OP
};

static struct x64 *x64_of(struct jit *j) { return (struct x64 *)j; }

/* True if the operation may read fp_mode in memory, or let others do. Evaluators are looked after where they are called. */
static bool x64_sees_fp_mode(const struct ir_op *op)
{
    if (op->op == IR_OP_get)
        return op->imm == offsetof(struct cpu_common, fp_mode);
    return op->op != IR_OP_put && ir_effects(op) & ~(IR_FP | IR_READ_STATE | IR_MARK);
}

static void compile_op(struct jit *j, u32 k)
{
    struct x64 *x = x64_of(j);
    const struct ir_op *op = x64_op(x, k);
    const struct rule *rule = &rules[op->op];
    bool fits = rule->fn && (!rule->has || rule->has(x, op));
    if (x64_sees_fp_mode(op))
        x64_store_fp_mode(x);
    if (!fits || !rule->keeps_flags)
        x64_clobber_flags(x);
    (fits ? rule->fn : x64_eval)(x, k, op);
    if (x->c.count + CODE_ROOM > x->c.capacity || x->slow_count + 8 > SLOW_MAX || x->external_count + 8 > EXTERN_MAX ||
        x->edge_count + 4 > EDGE_MAX)
        j->failed = true;
}

static void begin(struct jit *j)
{
    struct x64 *x = x64_of(j);
    x->c.count = 0;
    x->c.full = false;
    x->heat_at = 0;
    x->slow_count = x->external_count = x->edge_count = 0;
    x->window = j->mem_base && j->addr_mask == 0xffffffff;
    x->literal_count = x->literal_uses = 0;
    x64_choose_targets(x);
    x->jump_table = j->block->may_link ? cache_jump_mode(j->block->mode) : -1;
    if (j->block->exit_count > EXIT_MAX || j->fn->block_count > BLOCK_MAX) {
        j->failed = true;
        return;
    }
    if (j->heat)
        x64_count_heat(x);
    x64_read_pins(x, j->entry_pins);
}

static void begin_block(struct jit *j)
{
    struct x64 *x = x64_of(j);
    x->flags_of = 0;
    x->flags_kind_now = j->flags_kind_in[j->block_index];
    x->flags_base = IR_NONE;
    x->mode_written = false;
    x->mode_in_state = j->fn->mode;
    x->fp = j->fn->fp;
    x->fp_pending = (struct fp_pending){(x->fp.known & FP_MODE_ALL) == FP_MODE_ALL, x->fp.value, x->fp.value};
    memset(x->flushed, 0, sizeof x->flushed);
    x->label[j->block_index] = x->c.count;
    x64_forget_addresses(x);
}

static bool end(struct jit *j, const u8 **code, u32 *bytes)
{
    struct x64 *x = x64_of(j);
    for (u32 i = 0; i < x->edge_count; i++)
        x64_patch(&x->c, x->edges[i].at, x->label[x->edges[i].block]);
    x64_write_slow_paths(x);
    x64_write_targets(x);
    for (u32 i = 0; i < j->site_count; i++)
        if (j->sites[i].to != JIT_SITE_UNORDERED)
            j->sites[i].to = x->slow[j->sites[i].to].at;
    if (x->literal_count)
        jit_mark(j, JIT_MARK_DATA, j->fn->pc, NULL);
    x64_write_literals(x);
    for (u32 i = 0; i < x->external_count; i++)
        jit_note_place(j, x->external[i].at, JIT_PLACE_SHARED);
    if (x->heat_at)
        jit_note_place(j, x->heat_at, JIT_PLACE_HEAT);
    *code = x->c.at;
    *bytes = x->c.count;
    return !x->c.full;
}

void x64_external(struct x64 *x, u32 displacement, const u8 *to)
{
    if (x->external_count == EXTERN_MAX) {
        x->j.failed = true;
        return;
    }
    x->external[x->external_count].at = displacement;
    x->external[x->external_count++].to = to;
}

void x64_block_address(struct x64 *x, unsigned reg, const void *within)
{
    x64_const64(&x->c, reg, (u64)(uintptr_t)within);
    jit_note_place(&x->j, x->c.count - 8, JIT_PLACE_BLOCK);
}

/* What an exit needs for being linked: its jump, where that leads while it is not, both in executable memory. */
static void place(struct jit *j, const u8 *code)
{
    struct x64 *x = x64_of(j);
    u8 *writable = buffer_writable(code);
    for (u32 i = 0; i < x->external_count; i++) {
        i32 distance = (i32)(x->external[i].to - (code + x->external[i].at + 4));
        memcpy(writable + x->external[i].at, &distance, 4);
    }
    if (x->heat_at) {
        i32 distance = jit_heat_distance(j->block, code + x->heat_at);
        memcpy(writable + x->heat_at, &distance, 4);
    }
    for (u32 i = 0; i < j->block->exit_count; i++) {
        struct block_exit *e = &j->block->exits[i];
        e->native = (void *)(code + x->exit_jump[i]);
        e->native_unlinked = (i32)(x->exit_slow[i] - (x->exit_jump[i] + 4));
    }
}

static void link_exit(struct block_exit *e, const struct block *to)
{
    const u8 *jump = e->native;
    i32 distance = e->native_unlinked;
    if (to && to->native_bytes)
        distance = (i32)((const u8 *)to->native - (jump + 4));
    __atomic_store_n((i32 *)buffer_open(jump, 4), distance, __ATOMIC_RELEASE);
    buffer_close();
}

/* --- registers ----------------------------------------------------------------------------------------------------------- */

static void spill(struct jit *j, unsigned reg, unsigned slot, u8 type)
{
    struct x64_mem m = x64_at(RSP, FRAME_SLOTS + 16 * (i32)slot);
    (void)type;
    if (reg >= JIT_VECTOR)
        x64_rm(&x64_of(j)->c, X64_movups_mr, reg - JIT_VECTOR, m);
    else
        x64_rm(&x64_of(j)->c, X64_mov_mr | X64_W, reg, m);
}

static void reload(struct jit *j, unsigned reg, unsigned slot, u8 type)
{
    struct x64_mem m = x64_at(RSP, FRAME_SLOTS + 16 * (i32)slot);
    (void)type;
    if (reg >= JIT_VECTOR)
        x64_rm(&x64_of(j)->c, X64_movups, reg - JIT_VECTOR, m);
    else
        x64_rm(&x64_of(j)->c, X64_mov_rr | X64_W, reg, m);
}

static void move(struct jit *j, unsigned to, unsigned from)
{
    if (to >= JIT_VECTOR)
        x64_rr(&x64_of(j)->c, X64_movaps, to - JIT_VECTOR, from - JIT_VECTOR);
    else
        x64_rr(&x64_of(j)->c, X64_mov_rr | X64_W, to, from);
}

static void constant(struct jit *j, unsigned reg, const struct ir_op *op)
{
    struct x64_code *c = &x64_of(j)->c;
    u64 high = op->type == IR_V128 ? (u64)op->c << 32 | op->b : 0;
    if (reg < JIT_VECTOR) {
        x64_const(c, reg, op->type == IR_I64 ? op->imm : (u32)op->imm);
        return;
    }
    reg -= JIT_VECTOR;
    if (!op->imm && !high)
        x64_rr(c, X64_pxor, reg, reg);
    else
        x64_literal_load(x64_of(j), reg, op->imm, high);
}

/* --- pinned registers ------------------------------------------------------------------------------------------------------ */

static u8 pin_type(const struct jit *j, unsigned reg)
{
    if (reg < JIT_VECTOR)
        return j->pin_bytes[reg] == 8 ? IR_I64 : IR_I32;
    return j->pin_bytes[reg] == 16 ? IR_V128 : j->pin_bytes[reg] == 8 ? IR_F64 : IR_F32;
}

void x64_write_pins(struct x64 *x, u32 mask)
{
    for (; mask; mask &= mask - 1) {
        unsigned reg = (unsigned)__builtin_ctz(mask);
        x64_store_typed(x, reg, cpu_field(x->j.pin_offset[reg]), pin_type(&x->j, reg));
    }
}

void x64_read_pins(struct x64 *x, u32 mask)
{
    for (; mask; mask &= mask - 1) {
        unsigned reg = (unsigned)__builtin_ctz(mask);
        x64_load_typed(x, reg, cpu_field(x->j.pin_offset[reg]), pin_type(&x->j, reg));
    }
}

void x64_after_call(struct x64 *x, bool any) { x64_read_pins(x, any ? x->j.pinned : x->j.pinned & ~x->j.host->saved); }

/* Order of the general registers in a signal frame. */
static const u8 greg_of[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                               REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static void get_regs(const void *ucontext, struct jit_regs *out)
{
    const mcontext_t *regs = &((const ucontext_t *)ucontext)->uc_mcontext;
    for (unsigned reg = 0; reg < 16; reg++) {
        out->general[reg] = (u64)regs->gregs[greg_of[reg]];
        memcpy(&out->vector[reg], &regs->fpregs->_xmm[reg], sizeof out->vector[reg]);
    }
}

/* --- floating-point exceptions -------------------------------------------------------------------------------------------- */

/* MXCSR: the sticky flag of invalid operations and its mask. */
enum { MXCSR_IE = 1 << 0, MXCSR_IM = 1 << 7 };
_Static_assert((u32)FP_IOC == (u32)MXCSR_IE, "moved as it is");

/* While the exception is unmasked its sticky flag is clear, so that it says something about the last operation alone.
 * Changes RCX when it unmasks. */
static void set_exceptions(struct x64_code *c, bool masked, i32 frame)
{
    struct x64_mem csr = x64_at(RSP, frame + FRAME_MXCSR);
    x64_rm(c, X64_stmxcsr, 0, csr);
    if (masked) {
        x64_rmi(c, X64_or_i, 0, csr, MXCSR_IM);
    } else {
        x64_rm(c, X64_mov_rr, RCX, csr);
        x64_rri(c, X64_and_i8, 0, RCX, MXCSR_IE);
        x64_rm(c, X64_or_mr, RCX, cpu_field(offsetof(struct cpu_common, fp_flags)));
        x64_rmi(c, X64_and_i, 0, csr, ~(MXCSR_IE | MXCSR_IM));
    }
    x64_rm(c, X64_ldmxcsr, 0, csr);
}

static void after_fp_trap(struct cpu_common *cpu, const struct jit_site *site, const u8 *code, void *ucontext)
{
    mcontext_t *regs = &((ucontext_t *)ucontext)->uc_mcontext;
    if (!site) {
        regs->fpregs->mxcsr |= MXCSR_IM;
        return;
    }
    regs->fpregs->mxcsr &= ~(u32)MXCSR_IE;
    if (site->to != JIT_SITE_UNORDERED) {
        regs->gregs[REG_RIP] = (greg_t)(uintptr_t)(code + site->to);
        return;
    }
    enum { CF = 1, PF = 1 << 2, AF = 1 << 4, ZF = 1 << 6, SF = 1 << 7, OF = 1 << 11 };
    regs->gregs[REG_EFL] = (regs->gregs[REG_EFL] & ~(AF | SF | OF)) | ZF | PF | CF;
    regs->gregs[REG_RIP] = (greg_t)(uintptr_t)(code + site->end);
    cpu->fp_flags |= FP_IOC;
}

/* --- shared code --------------------------------------------------------------------------------------------------------- */

static const u8 pushed[] = {RBP, RBX, R12, R13, R14, R15};

static const u8 *add_shared(struct x64_code *c)
{
    must(!c->full);
    const u8 *at = buffer_add(NULL, c->at, c->count);
    must(at);
    c->count = 0;
    return at;
}

/* enter(cpu, block): fills the registers that have one meaning and jumps to the block. */
static void write_enter(struct x64_code *c)
{
    for (unsigned i = 0; i < sizeof pushed; i++)
        x64_push(c, pushed[i]);
    x64_rri(c, X64_sub_i | X64_W, 0, RSP, FRAME_BYTES);
    x64_rm(c, X64_lea | X64_W, CPU, x64_at(RDI, X64_CPU_BIAS));
    x64_rm(c, X64_mov_rr | X64_W, LIMIT, cpu_field(offsetof(struct cpu_common, mem_limit)));
    x64_rm(c, X64_mov_rr | X64_W, RAX, cpu_field(offsetof(struct cpu_common, mem_base)));
    x64_rr(c, X64_test | X64_W, RAX, RAX);
    x64_cmov(c, CC_NE, true, BASE, RAX);
    x64_rmi(c, X64_mov_mi, 0, x64_at(RSP, FRAME_PEXT), 0xc101);
    x64_rmi(c, X64_test_i, 0, cpu_field(offsetof(struct cpu_common, mode)), CPU_MODE_FP_TRAPS);
    u32 masked = x64_jcc(c, CC_E);
    set_exceptions(c, false, 0);
    x64_here(c, masked);
    x64_rm(c, X64_jmp_m, 0, x64_at(RSI, offsetof(struct block, native)));
}

/* leave: RAX is the result. interpreted: RAX is the block to go on with. */
void x64_write_leave(struct x64_code *c, bool to_block)
{
    if (to_block)
        x64_rr(c, X64_mov_rr | X64_W, RDX, RAX);
    else
        x64_const(c, RDX, 0);
    set_exceptions(c, true, 0);
    x64_rri(c, X64_add_i | X64_W, 0, RSP, FRAME_BYTES);
    for (unsigned i = sizeof pushed; i-- > 0;)
        x64_pop(c, pushed[i]);
    x64_byte(c, 0xc3);
}

enum { GENERAL = 1 << RSI | 1 << RDI | 1 << RBP | 0xf << R8 | 3 << R12 | 1 << R15, SAVED = 1 << RBP | 3 << R12 | 1 << R15 };
/* Pinned registers: not those that carry arguments; four of each kind stay for values. */
enum { PINS = SAVED | 1 << R10 | 1 << R11 };
#define VECTOR_PINS (0x1ffu << (JIT_VECTOR + 7))

static void move_saved(struct x64_code *c, bool vectors, bool restore)
{
    i32 at = FRAME_SAVED + 16; /* below: return address and alignment */
    for (unsigned r = 0; r < JIT_VECTOR; r++)
        if ((GENERAL & ~SAVED) >> r & 1) {
            x64_rm(c, (restore ? X64_mov_rr : X64_mov_mr) | X64_W, r, x64_at(RSP, at));
            at += 8;
        }
    for (unsigned r = TEMP_VECTORS; vectors && r < 16; r++, at += 16)
        x64_rm(c, restore ? X64_movups : X64_movups_mr, r, x64_at(RSP, at));
}
_Static_assert(FRAME_PEXT - FRAME_SAVED >= 6 * 8 + 13 * 16, "room for all registers that calls change");

/* RAX: evaluator; RDX: its immediate; operands and result in the frame. Keeps all registers that are given out. */
static void write_eval(struct x64_code *c, bool vectors, bool masked)
{
    x64_rri(c, X64_sub_i8 | X64_W, 0, RSP, 8);
    if (masked)
        set_exceptions(c, true, 16);
    move_saved(c, vectors, false);
    x64_rr(c, X64_mov_rr | X64_W, R9, RDX);
    x64_cpu_pointer(c, RDI);
    x64_rm(c, X64_lea | X64_W, RSI, x64_at(RSP, FRAME_RESULT + 16));
    x64_rm(c, X64_lea | X64_W, RDX, x64_at(RSP, FRAME_VALUES + 16));
    x64_rm(c, X64_lea | X64_W, RCX, x64_at(RSP, FRAME_VALUES + 32));
    x64_rm(c, X64_lea | X64_W, R8, x64_at(RSP, FRAME_VALUES + 48));
    x64_byte(c, 0xff); /* call rax */
    x64_byte(c, 0xd0);
    if (masked)
        set_exceptions(c, false, 16);
    move_saved(c, vectors, true);
    x64_rri(c, X64_add_i8 | X64_W, 0, RSP, 8);
    x64_byte(c, 0xc3);
}

/* flags_settle(), keeping all registers that are given out. */
static void write_settle(struct x64_code *c)
{
    x64_rri(c, X64_sub_i8 | X64_W, 0, RSP, 8);
    move_saved(c, false, false);
    x64_cpu_pointer(c, RDI);
    x64_const(c, RAX, (u64)(uintptr_t)flags_settle);
    x64_byte(c, 0xff); /* call rax */
    x64_byte(c, 0xd0);
    move_saved(c, false, true);
    x64_rri(c, X64_add_i8 | X64_W, 0, RSP, 8);
    x64_byte(c, 0xc3);
}

static interp_native_fn *init(const void **interpreted)
{
    u8 bytes[1024];
    struct x64_code c = {.at = bytes, .capacity = sizeof bytes};
    x64_apply_features();
    write_enter(&c);
    const u8 *enter = add_shared(&c);
    x64_write_leave(&c, false);
    x64_shared.leave = add_shared(&c);
    x64_write_leave(&c, true);
    *interpreted = x64_shared.interpreted = add_shared(&c);
    write_eval(&c, true, false);
    x64_shared.eval = add_shared(&c);
    write_eval(&c, false, false);
    x64_shared.eval_general = add_shared(&c);
    write_eval(&c, true, true);
    x64_shared.eval_fp = add_shared(&c);
    x64_write_unlinked(&c);
    x64_shared.unlinked = add_shared(&c);
    x64_write_beyond(&c, false);
    x64_shared.beyond_read = add_shared(&c);
    x64_write_beyond(&c, true);
    x64_shared.beyond_write = add_shared(&c);
    x64_write_find(&c, X64_FIND_FILL, false);
    x64_shared.find = add_shared(&c);
    x64_write_find(&c, X64_FIND_JUMP, false);
    x64_shared.find_jump = add_shared(&c);
    x64_write_find(&c, X64_FIND_ANY, false);
    x64_shared.find_any = add_shared(&c);
    x64_write_find(&c, X64_FIND_FILL, true);
    x64_shared.find_exchange = add_shared(&c);
    x64_write_find(&c, X64_FIND_JUMP, true);
    x64_shared.find_exchange_jump = add_shared(&c);
    x64_write_poll(&c, false);
    x64_shared.poll = add_shared(&c);
    x64_write_poll(&c, true);
    x64_shared.poll_exchange = add_shared(&c);
    x64_write_hot(&c);
    x64_shared.hot = add_shared(&c);
    x64_write_trap(&c);
    x64_shared.trap = add_shared(&c);
    write_settle(&c);
    x64_shared.settle = add_shared(&c);
    x64_fp_init();
    return (interp_native_fn *)(uintptr_t)enter;
}

static const char *shared_name(const u8 *code)
{
    return code == x64_shared.leave              ? "leave"
           : code == x64_shared.interpreted        ? "leave_to_interpreter"
           : code == x64_shared.eval               ? "eval"
           : code == x64_shared.eval_general       ? "eval_general"
           : code == x64_shared.eval_fp            ? "eval_fp"
           : code == x64_shared.unlinked           ? "unlinked"
           : code == x64_shared.beyond_read        ? "beyond_limit_read"
           : code == x64_shared.beyond_write       ? "beyond_limit_write"
           : code == x64_shared.find               ? "find"
           : code == x64_shared.find_jump          ? "find_jump"
           : code == x64_shared.find_any           ? "find_any"
           : code == x64_shared.find_exchange      ? "find_exchange"
           : code == x64_shared.find_exchange_jump ? "find_exchange_jump"
           : code == x64_shared.poll               ? "leave_for_poll"
           : code == x64_shared.poll_exchange      ? "leave_for_poll_exchange"
           : code == x64_shared.hot                ? "count_heat"
           : code == x64_shared.trap               ? "trap"
           : code == x64_shared.settle             ? "settle_flags"
                                                 : NULL;
}

static bool usable(void) { return host_features()->sse42 && host_features()->popcnt; }

static struct jit *new_thread(void)
{
    struct x64 *x = calloc(1, sizeof *x);
    must(x);
    x->c.capacity = CODE_MAX;
    x->c.at = malloc(CODE_MAX);
    must(x->c.at);
    return &x->j;
}

static void free_thread(struct jit *j)
{
    free(x64_of(j)->c.at);
    free(j);
}

static u32 position(const struct jit *j) { return ((const struct x64 *)j)->c.count; }

static const struct jit_host host = {
    .general = GENERAL,
    .vector = 0xffffu << JIT_VECTOR & ~(7u << JIT_VECTOR),
    .saved = SAVED,
    .pins = PINS | VECTOR_PINS,
    .usable = usable,
    .init = init,
    .new_thread = new_thread,
    .free_thread = free_thread,
    .begin = begin,
    .begin_block = begin_block,
    .op = compile_op,
    .end = end,
    .position = position,
    .place = place,
    .link = link_exit,
    .spill = spill,
    .reload = reload,
    .move = move,
    .get_regs = get_regs,
    .has_number = x64_has_number,
    .after_fp_trap = after_fp_trap,
    .constant = constant,
    .shared_name = shared_name,
    .produce = x64_produce,
};
const struct jit_host *const jit_x64 = &host;
#else
const struct jit_host *const jit_x64 = NULL;
#endif
