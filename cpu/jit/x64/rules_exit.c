/* Leaving a block, and the paths out of line. */
#include "jit/x64/rules.h"
#include "interp/access.h"

static struct x64_mem cpu_field(size_t offset) { return x64_at(CPU, (i32)offset); }

static void leave(struct x64 *x, enum interp_result result)
{
    x64_const(&x->c, RAX, result);
    x64_external(x, x64_jmp(&x->c), x64_shared.leave);
}

static void set_pc(struct x64 *x, u64 pc)
{
    x64_const(&x->c, RAX, pc);
    x64_rm(&x->c, X64_mov_mr | X64_W, RAX, cpu_field(offsetof(struct cpu_common, pc)));
}

static x64_slow_path slow_poll, slow_unlinked;

/* A jump that is patched when the exit is linked; its displacement lies in four aligned bytes, so that it changes at
 * once. */
static void take_exit(struct x64 *x, unsigned n)
{
    struct x64_code *c = &x->c;
    x64_rmi(c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, poll)), 0);
    x64_slow(x, slow_poll, x64_jcc(c, CC_NE))->op = n;
    while ((c->count + 1 + BUFFER_HEADER) % 4)
        x64_byte(c, 0x90);
    x->exit_jump[n] = x64_jmp(c);
    x64_slow(x, slow_unlinked, x->exit_jump[n])->op = n;
}

void x64_exit_direct(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k, (void)op;
    take_exit(x, 0);
}

void x64_exit_branch(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    enum x64_cc cc = x64_condition(x, op->a);
    u32 taken = x64_jcc(&x->c, cc);
    take_exit(x, 1);
    x64_here(&x->c, taken);
    take_exit(x, 0);
}

/* Looks the target up in the thread's table, as cache_fast() does. */
void x64_exit_indirect(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    (void)k;
    unsigned pc = use(x, op->a);
    x64_rm(c, X64_mov_mr | X64_W, pc, cpu_field(offsetof(struct cpu_common, pc)));
    x64_rm(c, X64_mov_rr | X64_W, RDX, cpu_field(offsetof(struct cpu_common, engine)));
    u32 misses[3] = {0};
    if (!x->j.no_link) {
        x64_rmi(c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, poll)), 0);
        u32 poll = x64_jcc(c, CC_NE);
        x64_rr(c, X64_mov_rr, RAX, pc);
        x64_rr(c, X64_mov_rr, RCX, pc);
        x64_rri(c, X64_shr_i, 0, RAX, 2);
        x64_rri(c, X64_shr_i, 0, RCX, 13);
        x64_rr(c, X64_xor, RAX, RCX);
        x64_rri(c, X64_and_i, 0, RAX, CACHE_TABLE_SIZE - 1);
        x64_rm(c, X64_mov_rr | X64_W, RAX,
               x64_at_index(RDX, RAX, 3, offsetof(struct interp_thread, cache) + offsetof(struct cache_thread, table)));
        x64_rr(c, X64_test | X64_W, RAX, RAX);
        misses[0] = x64_jcc(c, CC_E);
        x64_rm(c, X64_cmp | X64_W, pc, x64_at(RAX, offsetof(struct block, live_pc)));
        misses[1] = x64_jcc(c, CC_NE);
        x64_rm(c, X64_mov_rr, RCX, x64_at(RAX, offsetof(struct block, mode)));
        x64_rm(c, X64_cmp, RCX, cpu_field(offsetof(struct cpu_common, mode)));
        misses[2] = x64_jcc(c, CC_NE);
        x64_rm(c, X64_jmp_m, 0, x64_at(RAX, offsetof(struct block, native)));
        x64_here(c, poll);
        leave(x, INTERP_POLL);
        for (int i = 0; i < 3; i++)
            x64_here(c, misses[i]);
    }
    x64_rmi(c, X64_mov_mi | X64_W, 0, x64_at(RDX, offsetof(struct interp_thread, from)), 0);
    leave(x, INTERP_LOOKUP);
}

static void set32(struct x64 *x, size_t offset, u32 value)
{
    x64_rmi(&x->c, X64_mov_mi, 0, cpu_field(offset), (i32)value);
}

void x64_exit_other(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    if (op->op == IR_OP_exit_syscall) {
        set_pc(x, op->imm);
        leave(x, INTERP_SYSCALL);
        return;
    }
    set32(x, offsetof(struct cpu_common, trap), op->sub);
    set32(x, offsetof(struct cpu_common, trap_code), (u32)op->imm);
    set_pc(x, x->j.guest_pc);
    x64_rm(&x->c, X64_mov_mr | X64_W, RAX, cpu_field(offsetof(struct cpu_common, trap_addr)));
    leave(x, INTERP_TRAP);
}

/* --- out of line ------------------------------------------------------------------------------------------------------- */

/* Not linked to compiled code: to an interpreted block if there is one, else to the run loop. */
static void slow_unlinked(struct x64 *x, const struct slow *s)
{
    struct x64_code *c = &x->c;
    x->exit_slow[s->op] = c->count;
    x64_const(c, RCX, (u64)(uintptr_t)&x->j.block->exits[s->op]);
    x64_rm(c, X64_mov_rr | X64_W, RAX, x64_at(RCX, offsetof(struct block_exit, to)));
    x64_rr(c, X64_test | X64_W, RAX, RAX);
    u32 none = x64_jcc(c, CC_E);
    x64_rm(c, X64_jmp_m, 0, x64_at(RAX, offsetof(struct block, native)));
    x64_here(c, none);
    x64_rm(c, X64_mov_rr | X64_W, RDX, cpu_field(offsetof(struct cpu_common, engine)));
    x64_rm(c, X64_mov_mr | X64_W, RCX, x64_at(RDX, offsetof(struct interp_thread, from)));
    set_pc(x, x->j.block->exits[s->op].pc);
    leave(x, INTERP_LOOKUP);
}

static void slow_poll(struct x64 *x, const struct slow *s)
{
    set_pc(x, x->j.block->exits[s->op].pc);
    leave(x, INTERP_POLL);
}

void x64_write_slow_paths(struct x64 *x)
{
    for (u32 i = 0; i < x->slow_count; i++) {
        const struct slow *s = &x->slow[i];
        jit_mark(&x->j, 0, s->pc, (const void *)s->emit);
        for (unsigned n = 0; n < ARRAY_SIZE(s->jump); n++)
            if (s->jump[n])
                x64_here(&x->c, s->jump[n]);
        s->emit(x, s);
    }
}
