/* Leaving a block for a constant pc, and the paths out of line. */
#include "jit/x64/rules.h"
#include "interp/access.h"

void x64_leave(struct x64 *x, enum interp_result result)
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

/* The jump of an exit is patched when the exit is linked; its displacement lies in four aligned bytes, so that it changes at
 * once. */
static void align_jump(struct x64_code *c, unsigned opcode_bytes)
{
    x64_nop(c, (0u - opcode_bytes - c->count - BUFFER_HEADER) % 4);
}

static void add_exit(struct x64 *x, u64 pc, bool exchange, u32 jump)
{
    unsigned n = x->j.exits++;
    x->j.block->exits[n].pc = pc;
    x->j.block->exits[n].exchange = exchange;
    x->exit_jump[n] = jump;
    x64_slow(x, slow_unlinked, jump)->op = n;
}

/* Pieces that lead to each other in a circle go back in the guest's addresses somewhere: polls are there. */
static bool polls(const struct x64 *x, u64 pc) { return pc <= x->j.fn->pc; }

static void take_exit(struct x64 *x, u64 pc, bool exchange)
{
    if (polls(x, pc))
        poll(x, slow_poll, x->j.exits);
    align_jump(&x->c, 1);
    add_exit(x, pc, exchange, x64_jmp(&x->c));
}

void x64_exit_direct(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    x64_write_pins(x, x->j.dirty);
    take_exit(x, op->imm, ir_is_exchange(op));
}

void x64_exit_branch(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    enum x64_cc cc = x64_condition(x, op->a);
    u64 taken = x64_op(x, op->b)->imm, other = x64_op(x, op->c)->imm;
    x64_write_pins(x, x->j.dirty);
    if (polls(x, taken) && !polls(x, other)) {
        u64 swap = taken;
        taken = other;
        other = swap;
        cc = x64_not(cc);
    }
    if (polls(x, taken)) {
        u32 over = x64_jcc(&x->c, x64_not(cc));
        take_exit(x, taken, false);
        x64_here(&x->c, over);
    } else {
        align_jump(&x->c, 2);
        add_exit(x, taken, false, x64_jcc(&x->c, cc));
    }
    take_exit(x, other, false);
}

/* --- other ways out ---------------------------------------------------------------------------------------------------- */

void x64_set32(struct x64 *x, size_t offset, u32 value)
{
    x64_rmi(&x->c, X64_mov_mi, 0, cpu_field(offset), (i32)value);
}

void x64_exit_other(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    x64_write_pins(x, x->j.dirty);
    if (op->op == IR_OP_exit_syscall) {
        set_pc(x, op->imm);
        x64_leave(x, INTERP_SYSCALL);
        return;
    }
    x64_set32(x, offsetof(struct cpu_common, trap), op->sub);
    x64_set32(x, offsetof(struct cpu_common, trap_code), (u32)op->imm);
    set_pc(x, x->j.guest_pc);
    x64_rm(&x->c, X64_mov_mr | X64_W, RAX, cpu_field(offsetof(struct cpu_common, trap_addr)));
    x64_leave(x, INTERP_TRAP);
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

/* The block is in front of its code. */
static void slow_hot(struct x64 *x, const struct slow *s)
{
    struct x64_code *c = &x->c;
    x64_rm(c, X64_mov_rr | X64_W, RAX, x64_at(X64_RIP, 0));
    x64_patch(c, c->count - 4, 0u - BUFFER_HEADER);
    x64_external(x, x64_call(c), x64_shared.hot);
    x64_patch(c, x64_jmp(c), s->back);
}

/* Shared code. RAX: the block. Returns unless the block is hot. */
void x64_write_hot(struct x64_code *c)
{
    x64_rmi(c, X64_sub_i8, 0, x64_at(RAX, offsetof(struct block, heat)), 1);
    u32 hot = x64_jcc(c, CC_E);
    x64_byte(c, 0xc3);
    x64_here(c, hot);
    x64_rri(c, X64_add_i8 | X64_W, 0, RSP, 8);
    x64_rm(c, X64_mov_rr | X64_W, RAX, x64_at(RAX, offsetof(struct block, pc)));
    x64_rm(c, X64_mov_mr | X64_W, RAX, cpu_field(offsetof(struct cpu_common, pc)));
    x64_const(c, RAX, INTERP_HOT);
    x64_write_leave(c, false);
}

static void leave_for_poll(struct x64 *x, u64 pc)
{
    x64_const(&x->c, RAX, pc);
    x64_external(x, x64_jmp(&x->c), x64_shared.poll);
}

/* Shared code. RAX: the guest pc; exchange: as a branch has it. */
void x64_write_poll(struct x64_code *c, bool exchange)
{
    if (exchange)
        x64_write_exchange(c, RAX, RCX);
    x64_rm(c, X64_mov_mr | X64_W, RAX, cpu_field(offsetof(struct cpu_common, pc)));
    x64_const(c, RAX, INTERP_POLL);
    x64_write_leave(c, false);
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
    leave_for_poll(x, first->imm);
}

static void slow_poll(struct x64 *x, const struct slow *s)
{
    leave_for_poll(x, x->j.block->exits[s->op].pc);
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
        x->j.mode = s->mode;
        jit_note_map(&x->j, s->pc, s->dirty);
        s->emit(x, s);
    }
}
