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

static x64_slow_path slow_poll, slow_unlinked, slow_edge;

static void poll(struct x64 *x, x64_slow_path *slow, u32 op)
{
    x64_rmi(&x->c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, poll)), 0);
    x64_slow(x, slow, x64_jcc(&x->c, CC_NE))->op = op;
}

/* --- within the function --------------------------------------------------------------------------------------------- */

static void edge(struct x64 *x, u32 displacement, u32 block)
{
    x->edges[x->edge_count].at = displacement;
    x->edges[x->edge_count++].block = block;
}

/* A loop looks for signals where it begins again. */
static void jump_to(struct x64 *x, u32 block)
{
    if (block <= x->j.block_index)
        poll(x, slow_edge, block);
    if (block != x->j.block_index + 1)
        edge(x, x64_jmp(&x->c), block);
}

void x64_jump(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    jump_to(x, (u32)op->imm);
}

void x64_br(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    u32 yes = (u32)op->imm, no = (u32)(op->imm >> 32), here = x->j.block_index;
    enum x64_cc cc = x64_condition(x, op->a);
    if (yes == here + 1 || (no <= here && yes > here)) {
        u32 swap = yes;
        yes = no;
        no = swap;
        cc = x64_not(cc);
    }
    if (yes > here) {
        edge(x, x64_jcc(&x->c, cc), yes);
        jump_to(x, no);
        return;
    }
    /* back: around the poll, and one jump for the loop */
    u32 out = x64_jcc(&x->c, x64_not(cc));
    x64_rmi(&x->c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, poll)), 0);
    edge(x, x64_jcc(&x->c, CC_E), yes);
    x64_slow(x, slow_edge, x64_jmp(&x->c))->op = yes;
    if (no <= here) {
        x64_here(&x->c, out);
        jump_to(x, no);
    } else {
        edge(x, out, no);
    }
}

/* --- out of the function --------------------------------------------------------------------------------------------- */

/* A jump that is patched when the exit is linked; its displacement lies in four aligned bytes, so that it changes at
 * once. Pieces that lead to each other in a circle go back in the guest's addresses somewhere: polls are there. */
static void take_exit(struct x64 *x, u64 pc)
{
    struct x64_code *c = &x->c;
    unsigned n = x->j.exits++;
    x->j.block->exits[n].pc = pc;
    if (pc <= x->j.fn->pc)
        poll(x, slow_poll, n);
    x64_nop(c, (3 - (c->count + BUFFER_HEADER)) % 4);
    x->exit_jump[n] = x64_jmp(c);
    x64_slow(x, slow_unlinked, x->exit_jump[n])->op = n;
}

void x64_exit_direct(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    x64_write_pins(x, x->j.dirty);
    take_exit(x, op->imm);
}

void x64_exit_branch(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    enum x64_cc cc = x64_condition(x, op->a);
    x64_write_pins(x, x->j.dirty);
    u32 taken = x64_jcc(&x->c, cc);
    take_exit(x, x64_op(x, op->c)->imm);
    x64_here(&x->c, taken);
    take_exit(x, x64_op(x, op->b)->imm);
}

/* --- indirect branches ------------------------------------------------------------------------------------------------ */

static const i32 table_offset = offsetof(struct interp_thread, cache) + offsetof(struct cache_thread, table);
static const i32 jumps_offset = offsetof(struct interp_thread, cache) + offsetof(struct cache_thread, jumps);

static void slow_indirect_poll(struct x64 *x, const struct slow *s)
{
    x64_rm(&x->c, X64_mov_mr | X64_W, s->src[0], cpu_field(offsetof(struct cpu_common, pc)));
    leave(x, INTERP_POLL);
}

/* RDX: engine; RAX: index of the entry, times 4. */
static void slow_indirect_miss(struct x64 *x, const struct slow *s)
{
    x64_rm(&x->c, X64_mov_mr | X64_W, s->src[0], cpu_field(offsetof(struct cpu_common, pc)));
    x64_rm(&x->c, X64_lea | X64_W, RCX, x64_at_index(RDX, RAX, 2, s->disp));
    x64_external(x, x64_jmp(&x->c), x64_shared.find);
}

/* Follows the thread's table of jumps for the mode of this code, or of whatever the mode is now. */
void x64_exit_indirect(struct x64 *x, u32 k, const struct ir_op *op)
{
    struct x64_code *c = &x->c;
    (void)k;
    unsigned pc = x64_op(x, op->a)->type == IR_I32 ? use_zero_extended(x, op->a) : use(x, op->a);
    x64_write_pins(x, x->j.dirty);
    x64_rm(c, X64_mov_rr | X64_W, RDX, cpu_field(offsetof(struct cpu_common, engine)));
    int table = x->mode_written || x->j.no_link ? -1 : x->jump_table;
    if (table < 0) {
        x64_rm(c, X64_mov_mr | X64_W, pc, cpu_field(offsetof(struct cpu_common, pc)));
        if (!x->j.no_link) {
            x64_external(x, x64_jmp(c), x64_shared.find_any);
            return;
        }
        x64_rmi(c, X64_mov_mi | X64_W, 0, x64_at(RDX, offsetof(struct interp_thread, from)), 0);
        leave(x, INTERP_LOOKUP);
        return;
    }
    x64_rmi(c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, poll)), 0);
    x64_slow(x, slow_indirect_poll, x64_jcc(c, CC_NE))->src[0] = (u8)pc;
    if (pc == RAX) {
        x64_rr(c, X64_mov_rr, RCX, RAX);
        pc = RCX;
    }
    x64_rr(c, X64_mov_rr, RAX, pc);
    x64_rri(c, X64_shr_i, 0, RAX, 13);
    x64_rr(c, X64_xor, RAX, pc);
    x64_rri(c, X64_and_i, 0, RAX, (CACHE_JUMPS - 1) << 2);
    i32 entry = jumps_offset + table * (i32)sizeof(struct cache_jump[CACHE_JUMPS]);
    x64_rm(c, X64_cmp | X64_W, pc, x64_at_index(RDX, RAX, 2, entry + (i32)offsetof(struct cache_jump, pc)));
    struct slow *miss = x64_slow(x, slow_indirect_miss, x64_jcc(c, CC_NE));
    miss->src[0] = (u8)pc;
    miss->disp = entry;
    x64_rm(c, X64_jmp_m, 0, x64_at_index(RDX, RAX, 2, entry + (i32)offsetof(struct cache_jump, native)));
}
_Static_assert(sizeof(struct cache_jump) == 16, "four times the index, scaled by four");

/* Shared code. RDX: engine; the target is cpu_common.pc. Finds it in the thread's table of blocks, as cache_fast() does,
 * or leaves. fill: notes it in the entry that RCX points to, and then looks whether the block was dropped meanwhile (see
 * forget_jumps() in the cache). */
void x64_write_find(struct x64_code *c, bool fill)
{
    u32 poll = 0, misses[3], go[2] = {0};
    if (!fill) {
        x64_rmi(c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, poll)), 0);
        poll = x64_jcc(c, CC_NE);
    }
    x64_rm(c, X64_mov_rr | X64_W, RDI, cpu_field(offsetof(struct cpu_common, pc)));
    x64_rr(c, X64_mov_rr, RAX, RDI);
    x64_rr(c, X64_mov_rr, RSI, RDI);
    x64_rri(c, X64_shr_i, 0, RAX, 2);
    x64_rri(c, X64_shr_i, 0, RSI, 13);
    x64_rr(c, X64_xor, RAX, RSI);
    x64_rri(c, X64_and_i, 0, RAX, CACHE_TABLE_SIZE - 1);
    x64_rm(c, X64_mov_rr | X64_W, RAX, x64_at_index(RDX, RAX, 3, table_offset));
    x64_rr(c, X64_test | X64_W, RAX, RAX);
    misses[0] = x64_jcc(c, CC_E);
    x64_rm(c, X64_cmp | X64_W, RDI, x64_at(RAX, offsetof(struct block, live_pc)));
    misses[1] = x64_jcc(c, CC_NE);
    x64_rm(c, X64_mov_rr, RSI, x64_at(RAX, offsetof(struct block, mode)));
    x64_rm(c, X64_cmp, RSI, cpu_field(offsetof(struct cpu_common, mode)));
    misses[2] = x64_jcc(c, CC_NE);
    if (fill) {
        x64_rmi(c, X64_cmp_i8, 0, x64_at(RAX, offsetof(struct block, native_bytes)), 0);
        go[0] = x64_jcc(c, CC_E);
        x64_rm(c, X64_mov_rr | X64_W, RSI, x64_at(RAX, offsetof(struct block, native)));
        x64_rm(c, X64_mov_mr | X64_W, RSI, x64_at(RCX, offsetof(struct cache_jump, native)));
        x64_rm(c, X64_mov_mr | X64_W, RDI, x64_at(RCX, offsetof(struct cache_jump, pc)));
        x64_byte(c, 0xf0); /* lock: what was written is seen before live_pc is read */
        x64_rmi(c, X64_or_i8, 0, x64_at(RSP, 0), 0);
        x64_rm(c, X64_cmp | X64_W, RDI, x64_at(RAX, offsetof(struct block, live_pc)));
        go[1] = x64_jcc(c, CC_E);
        x64_rri(c, X64_xor_i8 | X64_W, 0, RDI, 4); /* cache_jump_none() */
        x64_rm(c, X64_mov_mr | X64_W, RDI, x64_at(RCX, offsetof(struct cache_jump, pc)));
        x64_here(c, go[0]);
        x64_here(c, go[1]);
    }
    x64_rm(c, X64_jmp_m, 0, x64_at(RAX, offsetof(struct block, native)));
    for (int i = 0; i < 3; i++)
        x64_here(c, misses[i]);
    x64_rmi(c, X64_mov_mi | X64_W, 0, x64_at(RDX, offsetof(struct interp_thread, from)), 0);
    x64_const(c, RAX, INTERP_LOOKUP);
    if (!fill) {
        u32 out = x64_jmp(c);
        x64_here(c, poll);
        x64_const(c, RAX, INTERP_POLL);
        x64_here(c, out);
    }
    x64_write_leave(c, false);
}
static void set32(struct x64 *x, size_t offset, u32 value)
{
    x64_rmi(&x->c, X64_mov_mi, 0, cpu_field(offset), (i32)value);
}

void x64_exit_other(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    x64_write_pins(x, x->j.dirty);
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
    x->exit_slow[s->op] = x->c.count;
    x64_block_address(x, RCX, &x->j.block->exits[s->op]);
    x64_external(x, x64_jmp(&x->c), x64_shared.unlinked);
}

/* Shared code. RCX: the exit. */
void x64_write_unlinked(struct x64_code *c)
{
    x64_rm(c, X64_mov_rr | X64_W, RAX, x64_at(RCX, offsetof(struct block_exit, to)));
    x64_rr(c, X64_test | X64_W, RAX, RAX);
    u32 none = x64_jcc(c, CC_E);
    x64_rm(c, X64_jmp_m, 0, x64_at(RAX, offsetof(struct block, native)));
    x64_here(c, none);
    x64_rm(c, X64_mov_rr | X64_W, RDX, cpu_field(offsetof(struct cpu_common, engine)));
    x64_rm(c, X64_mov_mr | X64_W, RCX, x64_at(RDX, offsetof(struct interp_thread, from)));
    x64_rm(c, X64_mov_rr | X64_W, RAX, x64_at(RCX, offsetof(struct block_exit, pc)));
    x64_rm(c, X64_mov_mr | X64_W, RAX, cpu_field(offsetof(struct cpu_common, pc)));
    x64_const(c, RAX, INTERP_LOOKUP);
    x64_write_leave(c, false);
}

static void slow_hot(struct x64 *x, const struct slow *s)
{
    x64_block_address(x, RAX, &x->j.block->heat);
    x64_rmi(&x->c, X64_sub_i8, 0, x64_at(RAX, 0), 1);
    x64_patch(&x->c, x64_jcc(&x->c, CC_NE), s->back);
    set_pc(x, x->j.fn->pc);
    leave(x, INTERP_HOT);
}

void x64_count_heat(struct x64 *x)
{
    x64_rmi(&x->c, X64_sub_mi8, 0, x64_at(X64_RIP, 0), 1);
    x->heat_at = x->c.count - 5;
    struct slow *s = x64_slow(x, slow_hot, x64_jcc(&x->c, CC_E));
    s->back = x->c.count;
}

/* A poll within the function: the next instruction is the first of a block. */
static void slow_edge(struct x64 *x, const struct slow *s)
{
    const struct ir_op *first = x64_op(x, x->j.fn->blocks[s->op].first);
    must(first->op == IR_OP_insn);
    x64_write_pins(x, s->dirty);
    set_pc(x, first->imm);
    leave(x, INTERP_POLL);
}

static void slow_poll(struct x64 *x, const struct slow *s)
{
    set_pc(x, x->j.block->exits[s->op].pc);
    leave(x, INTERP_POLL);
}

void x64_write_slow_paths(struct x64 *x)
{
    for (u32 i = 0; i < x->slow_count; i++) {
        struct slow *s = &x->slow[i];
        s->at = x->c.count;
        jit_mark(&x->j, 0, s->pc, (const void *)s->emit);
        for (unsigned n = 0; n < ARRAY_SIZE(s->jump); n++)
            if (s->jump[n])
                x64_here(&x->c, s->jump[n]);
        x->j.dirty = s->dirty;
        jit_note_map(&x->j, s->pc, s->dirty);
        s->emit(x, s);
    }
}
