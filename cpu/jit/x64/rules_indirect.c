/* Indirect branches.
 *
 * They look for the target's host code in a table of the thread; what is not there is found by shared code. A jump in a
 * function that has blocks with `target`, the handlers of an interpreter's loop, looks for those first, in a table behind
 * the code: pcs, then distances of the blocks' code from the table. The place of a pc is the top of its product with a factor
 * for which all targets have different places. */
#include "jit/x64/rules.h"
#include "interp/access.h"

static const i32 table_offset = offsetof(struct interp_thread, cache) + offsetof(struct cache_thread, table);
static const i32 jumps_offset = offsetof(struct interp_thread, cache) + offsetof(struct cache_thread, jumps);

void x64_write_exchange(struct x64_code *c, unsigned reg, unsigned temp)
{
    _Static_assert(CPU_MODE_THUMB == 2, "twice bit 0");
    x64_rm(c, X64_lea, temp, x64_at_index(reg, reg, 0, 0));
    x64_rri(c, X64_and_i8, 0, reg, -2);
    x64_rm(c, X64_xor, temp, cpu_field(offsetof(struct cpu_common, mode)));
    x64_rri(c, X64_and_i8, 0, temp, CPU_MODE_THUMB);
    u32 same = x64_jcc(c, CC_E);
    x64_rm(c, X64_xor_mr, temp, cpu_field(offsetof(struct cpu_common, mode)));
    x64_here(c, same);
}

/* Code for Thumb has bit 0 of an exit's target set, whether it is an exchange or not. */
static bool is_exchange(const struct x64 *x, unsigned sub)
{
    return sub & IR_EXCHANGE || x->j.fn->mode & CPU_MODE_THUMB;
}

static void slow_indirect_poll(struct x64 *x, const struct slow *s)
{
    x64_rr(&x->c, X64_mov_rr | X64_W, RAX, s->src[0]);
    x64_external(x, x64_jmp(&x->c), is_exchange(x, s->op) ? x64_shared.poll_exchange : x64_shared.poll);
}

/* RDX: engine; RAX: index of the entry, times 4. */
static void slow_indirect_miss(struct x64 *x, const struct slow *s)
{
    bool jump = (s->op & IR_HINT_MASK) == IR_HINT_JUMP;
    if (s->src[0] != RDI)
        x64_rr(&x->c, X64_mov_rr | X64_W, RDI, s->src[0]);
    x64_rm(&x->c, X64_lea | X64_W, RCX, x64_at_index(RDX, RAX, 2, s->disp));
    const u8 *plain = jump ? x64_shared.find_jump : x64_shared.find;
    const u8 *exchange = jump ? x64_shared.find_exchange_jump : x64_shared.find_exchange;
    x64_external(x, x64_jmp(&x->c), is_exchange(x, s->op) ? exchange : plain);
}

/* Follows a table of jumps of the thread; RDX: engine. */
static void look_up(struct x64 *x, unsigned pc, unsigned sub, int table)
{
    struct x64_code *c = &x->c;
    x64_rmi(c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, poll)), 0);
    struct slow *poll = x64_slow(x, slow_indirect_poll, x64_jcc(c, CC_NE));
    poll->src[0] = (u8)pc;
    poll->op = sub;
    x64_rr(c, X64_mov_rr, RAX, pc);
    x64_rri(c, X64_shr_i, 0, RAX, 13);
    x64_rr(c, X64_xor, RAX, pc);
    x64_rri(c, X64_and_i, 0, RAX, (CACHE_JUMPS - 1) << 2);
    i32 entry = jumps_offset + table * (i32)sizeof(struct cache_jump[CACHE_JUMPS]);
    x64_rm(c, X64_cmp | X64_W, pc, x64_at_index(RDX, RAX, 2, entry + (i32)offsetof(struct cache_jump, pc)));
    struct slow *miss = x64_slow(x, slow_indirect_miss, x64_jcc(c, CC_NE));
    miss->src[0] = (u8)pc;
    miss->op = sub;
    miss->disp = entry;
    x64_rm(c, X64_jmp_m, 0, x64_at_index(RDX, RAX, 2, entry + (i32)offsetof(struct cache_jump, native)));
}
_Static_assert(sizeof(struct cache_jump) == 16, "four times the index, scaled by four");

/* From A32 code to Thumb code, as from the procedure linkage tables of programs whose other code is Thumb. */
static void slow_thumb(struct x64 *x, const struct slow *s)
{
    x64_set32(x, offsetof(struct cpu_common, mode), x->j.fn->mode | CPU_MODE_THUMB);
    look_up(x, s->src[0], s->op, x->j.thumb_table);
}

/* An exchange in A32 code may lead to Thumb code, whose table it then looks into. Thumb code leads to A32 code too rarely. */
static void add_way_to_thumb(struct x64 *x, unsigned pc, unsigned sub)
{
    if (!(sub & IR_EXCHANGE) || x->j.fn->mode & CPU_MODE_THUMB)
        return;
    x->j.thumb_table = cache_jump_mode(x->j.fn->mode | CPU_MODE_THUMB);
    if (x->j.thumb_table < 0)
        return;
    x64_rri(&x->c, X64_test_i8, 0, pc, 1);
    struct slow *thumb = x64_slow(x, slow_thumb, x64_jcc(&x->c, CC_NE));
    thumb->src[0] = (u8)pc;
    thumb->op = sub;
}

/* Follows the thread's table of jumps for the mode of this code; table < 0: for whatever the mode is now. */
static void leave_to(struct x64 *x, unsigned pc, unsigned sub, int table)
{
    struct x64_code *c = &x->c;
    x64_write_pins(x, x->j.dirty);
    x64_rm(c, X64_mov_rr | X64_W, RDX, cpu_field(offsetof(struct cpu_common, engine)));
    if (table < 0) {
        if (sub & IR_EXCHANGE) {
            x64_rr(c, X64_mov_rr, RCX, pc);
            x64_write_exchange(c, pc = RCX, RAX);
        }
        x64_rm(c, X64_mov_mr | X64_W, pc, cpu_field(offsetof(struct cpu_common, pc)));
        if (!x->j.no_link) {
            x64_external(x, x64_jmp(c), x64_shared.find_any);
            return;
        }
        x64_rmi(c, X64_mov_mi | X64_W, 0, x64_at(RDX, offsetof(struct interp_thread, from)), 0);
        x64_leave(x, INTERP_LOOKUP);
        return;
    }
    add_way_to_thumb(x, pc, sub);
    look_up(x, pc, sub, table);
}

/* A poll, or no target: the guest pc is in s->src[0]. */
static void slow_no_target(struct x64 *x, const struct slow *s)
{
    leave_to(x, s->src[0], s->op, x->jump_table);
}

static void jump_to_target(struct x64 *x, unsigned pc, unsigned sub)
{
    struct x64_code *c = &x->c;
    u32 size = 1u << x->targets.bits;
    x64_rmi(c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, poll)), 0);
    struct slow *out = x64_slow(x, slow_no_target, x64_jcc(c, CC_NE));
    out->src[0] = (u8)pc;
    out->op = sub;
    x64_rri(c, X64_imul_i, RAX, pc, (i32)x->targets.factor);
    x64_rri(c, X64_shr_i, 0, RAX, 32 - (i32)x->targets.bits);
    x64_rm(c, X64_lea | X64_W, RDX, x64_at(X64_RIP, 0));
    x->targets.use[x->targets.uses++] = c->count - 4;
    x64_rm(c, X64_cmp | X64_W, pc, x64_at_index(RDX, RAX, 3, 0));
    out->jump[1] = x64_jcc(c, CC_NE);
    x64_rm(c, X64_movsxd | X64_W, RAX, x64_at_index(RDX, RAX, 2, 8 * (i32)size));
    x64_rr(c, X64_add | X64_W, RDX, RAX);
    x64_rr(c, X64_jmp_m, 0, RDX);
}

void x64_exit_indirect(struct x64 *x, u32 k, const struct ir_op *op)
{
    (void)k;
    unsigned pc = x64_op(x, op->a)->type == IR_I32 ? use_zero_extended(x, op->a) : use(x, op->a);
    if (pc == RAX) {
        x64_rr(&x->c, X64_mov_rr | X64_W, RCX, RAX);
        pc = RCX;
    }
    int table = x->mode_written ? -1 : x->jump_table;
    if (x->j.fn->mode & CPU_MODE_THUMB && !(op->sub & IR_EXCHANGE) && table >= 0) {
        x64_rm(&x->c, X64_lea, RCX, x64_at(pc, 1));
        pc = RCX;
    }
    bool jump = (op->sub & IR_HINT_MASK) == IR_HINT_JUMP;
    if (x->targets.count && jump && table >= 0 && x->targets.uses < ARRAY_SIZE(x->targets.use))
        jump_to_target(x, pc, op->sub);
    else
        leave_to(x, pc, op->sub, table);
}

/* --- the table of targets -------------------------------------------------------------------------------------------------- */

/* As jumps have it. */
static u64 pc_of(const struct x64 *x, u32 block)
{
    return cpu_branch_address(x64_op(x, x->j.fn->blocks[block].first)->imm, x->j.fn->mode);
}

static u32 place_of(const struct x64 *x, u64 pc) { return (u32)pc * x->targets.factor >> (32 - x->targets.bits); }

enum { MOST_BITS = 10 };

/* True if all targets have different places. */
static bool all_apart(const struct x64 *x, const u64 *pcs)
{
    u8 taken[1 << MOST_BITS];
    memset(taken, 0, 1u << x->targets.bits);
    for (u32 i = 0; i < x->targets.count; i++)
        if (taken[place_of(x, pcs[i])]++)
            return false;
    return true;
}

void x64_choose_targets(struct x64 *x)
{
    enum { TRIES = 64 };
    const struct ir_fn *fn = x->j.fn;
    u64 pcs[IR_TARGETS];
    x->targets.count = x->targets.uses = 0;
    for (u32 n = 0; n < fn->block_count; n++)
        if (fn->blocks[n].target)
            pcs[x->targets.count++] = pc_of(x, n);
    u32 least = 1;
    while (1u << least < x->targets.count)
        least++;
    for (x->targets.bits = least; x->targets.count && x->targets.bits <= MOST_BITS; x->targets.bits++) {
        x->targets.factor = 0x9e3779b1; /* odd, as all that follow */
        for (unsigned i = 0; i < TRIES; i++, x->targets.factor = x->targets.factor * 0x2c1b3c6d + 0x297a2d3a)
            if (all_apart(x, pcs))
                return;
    }
    x->targets.count = 0;
}

static void put(struct x64_code *c, const void *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        x64_byte(c, ((const u8 *)data)[i]);
}

/* Where no target has its place stands the pc of one that has another. */
void x64_write_targets(struct x64 *x)
{
    struct x64_code *c = &x->c;
    if (!x->targets.uses)
        return;
    u32 size = 1u << x->targets.bits, some = 0;
    u64 pcs[1 << MOST_BITS];
    i32 to[1 << MOST_BITS];
    while (!x->j.fn->blocks[some].target)
        some++;
    while (c->count % 8)
        x64_byte(c, 0xcc);
    u32 start = c->count;
    jit_mark(&x->j, JIT_MARK_DATA, x->j.fn->pc, NULL);
    for (u32 i = 0; i < size; i++) {
        pcs[i] = pc_of(x, some);
        to[i] = 0;
    }
    for (u32 n = 0; n < x->j.fn->block_count; n++)
        if (x->j.fn->blocks[n].target) {
            u32 at = place_of(x, pc_of(x, n));
            pcs[at] = pc_of(x, n);
            to[at] = (i32)(x->label[n] - start);
        }
    put(c, pcs, size * sizeof *pcs);
    put(c, to, size * sizeof *to);
    for (u32 i = 0; i < x->targets.uses; i++)
        x64_patch(c, x->targets.use[i], start);
}

/* --- shared code ------------------------------------------------------------------------------------------------------------ */

/* Shared code. RDX: engine; RDI, of ANY cpu_common.pc: the target. Finds it in the thread's table of blocks, as cache_fast()
 * does, or leaves. FILL, JUMP: notes it in the entry that RCX points to, and then looks whether the block was dropped
 * meanwhile (see forget_jumps() in the cache). JUMP: also notes in the block that it is jumped to. exchange: the target is
 * an address as a branch has it; not of ANY. */
void x64_write_find(struct x64_code *c, enum x64_find how, bool exchange)
{
    enum { KEY = R8 }; /* cache_jump.pc */
    bool fill = how != X64_FIND_ANY;
    u32 poll = 0, misses[3], go[2] = {0};
    if (!fill) {
        x64_rmi(c, X64_cmp_i8, 0, cpu_field(offsetof(struct cpu_common, poll)), 0);
        poll = x64_jcc(c, CC_NE);
    }
    if (fill)
        x64_rr(c, X64_mov_rr | X64_W, KEY, RDI);
    if (exchange) {
        x64_write_exchange(c, RDI, RSI);
        x64_rm(c, X64_lea | X64_W, RAX, x64_at(RSP, FRAME_OUT));
        x64_rr(c, X64_test, RSI, RSI);
        x64_cmov(c, CC_NE, true, RCX, RAX); /* noted where nobody looks */
    }
    x64_rm(c, (fill ? X64_mov_mr : X64_mov_rr) | X64_W, RDI, cpu_field(offsetof(struct cpu_common, pc)));
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
    if (how == X64_FIND_JUMP)
        x64_rmi(c, X64_mov_mi8, 0, x64_at(RAX, offsetof(struct block, jumped_to)), 1);
    if (fill) {
        x64_rmi(c, X64_cmp_i8, 0, x64_at(RAX, offsetof(struct block, native_bytes)), 0);
        go[0] = x64_jcc(c, CC_E);
        x64_rm(c, X64_mov_rr | X64_W, RSI, x64_at(RAX, offsetof(struct block, native)));
        x64_rm(c, X64_mov_mr | X64_W, RSI, x64_at(RCX, offsetof(struct cache_jump, native)));
        x64_rm(c, X64_mov_mr | X64_W, KEY, x64_at(RCX, offsetof(struct cache_jump, pc)));
        x64_byte(c, 0xf0); /* lock: what was written is seen before live_pc is read */
        x64_rmi(c, X64_or_i8, 0, x64_at(RSP, 0), 0);
        x64_rm(c, X64_cmp | X64_W, RDI, x64_at(RAX, offsetof(struct block, live_pc)));
        go[1] = x64_jcc(c, CC_E);
        x64_rri(c, X64_xor_i8 | X64_W, 0, KEY, 4); /* cache_jump_none() */
        x64_rm(c, X64_mov_mr | X64_W, KEY, x64_at(RCX, offsetof(struct cache_jump, pc)));
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
