/* Lifts one basic block of A32 or Thumb code: decodes each instruction and gives it its condition.
 *
 * Two ways to be conditional. An instruction that only computes (but not the flags) is lifted as if it were executed, and what
 * it writes is selected: put(select(condition, new, old)). One that does more (a32.h) gets an IR block of its own, a `region`:
 *
 *     br condition, A, B          A: the instruction, and those after it with the same condition; jump B
 *                                 B: goes on; or what has the opposite condition, and then C
 *
 * A region whose instruction leaves the block (POPNE {pc}) ends there, and lifting goes on with B. Which of the two ways it
 * is follows from the operations that the lift function appends: if they may not happen unconditionally, they are taken
 * back. The same is done to make cpu_common.mode exact: the IT state is written to it only where an instruction inside an IT
 * block may leave, and is back to what the block was lifted under before any exit to a constant address, so that blocks with
 * IT instructions can be linked. */
#include "a32_decode.h"
#include "t16_decode.h"
#include "t32_decode.h"
#include "vfp_decode.h"
#include "guest/a32/a32.h"
#include "guest/a32/encoding.h"
#include "guest/a32/lift.h"
#include "guest/a32/print.h"
#include "state/names.h"

enum { AL = 14, MODE_OFFSET = offsetof(struct cpu_common, mode) };

struct region {
    bool open, is_else;
    u32 cond, join; /* the IR block after it */
    u32 mode;       /* what cpu_common.mode held when it was entered, and will hold at its end */
    u16 aligned;    /* what was known then, less what is no longer known at its ends so far */
};

struct a32_mark a32_set_mark(const struct ir_build *b)
{
    const struct ir_fn *fn = b->fn;
    return (struct a32_mark){*a32_lifter(b), fn->count, fn->block_count, fn->arg_count, b->block, b->swap};
}

void a32_take_back(struct ir_build *b, const struct a32_mark *m)
{
    struct ir_fn *fn = b->fn;
    *a32_lifter(b) = m->lifter;
    fn->count = m->count;
    fn->block_count = m->block_count;
    fn->arg_count = m->arg_count;
    fn->blocks[m->block].end = 0;
    b->block = m->block;
    b->swap = m->swap;
}

/* The effects of the operations since the mark, but for those that get and put state. */
static u16 effects_since(const struct ir_build *b, const struct a32_mark *m)
{
    u16 effects = 0;
    for (u32 i = m->count; i < b->fn->count; i++)
        if (b->fn->ops[i].op != IR_OP_put && b->fn->ops[i].op != IR_OP_get)
            effects |= ir_effects(&b->fn->ops[i]);
    return effects;
}

/* --- mode ----------------------------------------------------------------------------------------------------------- */

static u32 mode_with_it(const struct ir_build *b, u32 it)
{
    return (b->fn->mode & ~(u32)A32_MODE_IT) | (it & 15 ? it << A32_MODE_IT_SHIFT : 0);
}

void a32_put_mode(struct ir_build *b, u32 mode)
{
    struct a32_lifter *l = a32_lifter(b);
    if (l->mode_now != mode)
        ir_put(b, MODE_OFFSET, a32_imm(b, mode));
    l->mode_now = mode;
}

void a32_exit_next(struct ir_build *b, u32 pc, u32 mode)
{
    a32_put_mode(b, mode);
    if (mode == b->fn->mode)
        ir_exit_next(b, pc);
    else
        ir_exit_indirect(b, a32_imm(b, pc), IR_HINT_JUMP, 0);
}

/* --- decoding --------------------------------------------------------------------------------------------------------- */

/* Before ARMv6T2 the only T32 instructions are BL and BLX, as pairs of halfwords that hold 11 bits each. */
static bool is_long_branch(u32 insn) { return (insn & 0xf800f800) == 0xf000f800 || (insn & 0xf800f801) == 0xf000e800; }

enum flow a32_decode_any(struct ir_build *b)
{
    u32 insn;
    enum a32_table table = a32_table_of(b->insn, b->insn_bytes, a32_thumb(b), &insn);
    if (a32_thumb(b) && b->insn_bytes == 4 && !a32_feature(b, A32_FEAT_v6t2) && !is_long_branch(insn))
        return FLOW_UNDEFINED;
    switch (table) {
    case A32_TABLE_A32: return a32_decode(b, insn);
    case A32_TABLE_T32: return t32_decode(b, insn);
    case A32_TABLE_T16: return t16_decode(b, insn);
    case A32_TABLE_VFP: return vfp_decode(b, insn);
    }
    return FLOW_UNDEFINED;
}

/* Lifts the instruction; if something may leave the block in it, cpu_common.mode is exact there. */
static enum flow lift_insn(struct ir_build *b)
{
    struct a32_mark m = a32_set_mark(b);
    u32 mode = mode_with_it(b, m.lifter.it);
    enum flow flow = a32_decode_any(b);
    if (m.lifter.mode_now != mode &&
        (flow == FLOW_UNDEFINED || effects_since(b, &m) & (IR_FAULTS | IR_ANY | IR_END))) {
        a32_take_back(b, &m);
        a32_put_mode(b, mode);
        flow = a32_decode_any(b);
    }
    if (flow == FLOW_UNDEFINED)
        ir_exit_trap(b, TRAP_UNDEFINED, b->insn);
    return flow;
}

/* --- conditions ------------------------------------------------------------------------------------------------------- */

/* Leaves the region's IR block for the one after it. */
static void enter_join(struct ir_build *b, struct region *r, u32 join)
{
    struct a32_lifter *l = a32_lifter(b);
    ir_use_block(b, join);
    r->open = false;
    l->mode_now = r->mode;
    l->aligned = r->aligned;
}

static void end_region(struct ir_build *b, struct region *r, u32 to)
{
    a32_put_mode(b, r->mode);
    r->aligned &= a32_lifter(b)->aligned;
    ir_jump(b, to, 0, NULL);
}

/* Before an instruction with condition cond: ends the region, or turns it over, unless the instruction belongs to it. */
static void settle_region(struct ir_build *b, struct region *r, u32 cond)
{
    struct a32_lifter *l = a32_lifter(b);
    if (!r->open || (cond == r->cond && !l->flags_set))
        return;
    if (cond != (r->cond ^ 1) || cond == AL || l->flags_set || r->is_else) {
        end_region(b, r, r->join);
        enter_join(b, r, r->join);
        return;
    }
    u32 other = r->join, join = ir_new_block(b);
    u16 aligned = r->aligned;
    end_region(b, r, join);
    u16 at_join = r->aligned;
    r->aligned = aligned;
    enter_join(b, r, other);
    *r = (struct region){true, true, cond, join, r->mode, at_join};
}

static void open_region(struct ir_build *b, struct region *r, u32 cond, ir_ref holds)
{
    struct a32_lifter *l = a32_lifter(b);
    u32 inside = ir_new_block(b), join = ir_new_block(b);
    ir_br(b, holds, inside, join, 0, NULL);
    ir_use_block(b, inside);
    l->flags_set = false;
    *r = (struct region){true, false, cond, join, l->mode_now, l->aligned};
}

static enum flow lift_conditional(struct ir_build *b, struct region *r, u32 cond)
{
    struct a32_lifter *l = a32_lifter(b);
    ir_ref holds = a32_cond(b, cond);
    struct a32_mark m = a32_set_mark(b);
    l->select = holds;
    l->flags_set = false;
    enum flow flow = a32_decode_any(b);
    bool done = l->select_used ? flow == FLOW_END : flow == FLOW_NEXT && !l->flags_set && !effects_since(b, &m);
    l->select = IR_NONE;
    l->select_used = false;
    if (done)
        return flow;
    a32_take_back(b, &m);
    open_region(b, r, cond, holds);
    return lift_insn(b);
}

static u32 advance_it(u32 it) { return it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0; }

/* T16 BKPT and HLT are executed in any case. */
static bool ignores_it(u32 insn) { return insn >> 8 == 0xbe || insn >> 6 == 0xba80 >> 6; }

/* A load-exclusive with what belongs to it; the bytes, 0 if it is something else. */
static unsigned lift_exclusive(struct ir_build *b, const struct region *r, const struct a32_code *code, unsigned *insns,
                               bool *ended)
{
    struct a32_lifter *l = a32_lifter(b);
    if (r->open || l->next_it & 15)
        return 0;
    enum flow flow;
    l->it = 0;
    l->cond = AL;
    unsigned size = a32_lift_exclusive(b, code, insns, &flow);
    *ended = size && flow == FLOW_END;
    return size;
}

/* One instruction; false if the block has ended. */
static bool lift_one(struct ir_build *b, struct region *r, u64 pc, u32 insn, unsigned size)
{
    struct a32_lifter *l = a32_lifter(b);
    l->it = l->next_it;
    l->next_it = advance_it(l->it);
    u32 cond = a32_thumb(b) ? (l->it & 15 && !ignores_it(insn) ? l->it >> 4 : AL) : insn >> 28;
    l->cond = cond = cond > AL ? AL : cond;
    settle_region(b, r, cond);
    ir_insn(b, pc, insn, size);
    if (!a32_thumb(b) && pc & 2) {
        ir_exit_trap(b, TRAP_PC_ALIGNMENT, 0);
        return false;
    }
    enum flow flow = cond == AL || r->open ? lift_insn(b) : lift_conditional(b, r, cond);
    if (flow == FLOW_NEXT)
        return true;
    if (flow == FLOW_STOP) {
        a32_exit_next(b, (u32)(pc + size), mode_with_it(b, l->next_it));
    } else if (flow == FLOW_SYNC) {
        a32_put_mode(b, mode_with_it(b, l->next_it));
        ir_exit_indirect(b, a32_imm(b, (u32)(pc + size)), IR_HINT_SYNC, 0);
    }
    if (!r->open)
        return false;
    enter_join(b, r, r->join); /* only what the region does leaves */
    return true;
}

static void a32_lift(struct ir_build *b, struct ir_fn *fn, u64 pc, const u8 *code, size_t bytes, unsigned max_insns,
                     bool guarded)
{
    (void)guarded;
    u32 mode = b->cpu->mode, insn;
    struct a32_lifter l = {.mode_now = mode, .next_it = (mode & A32_MODE_IT) >> A32_MODE_IT_SHIFT};
    struct region region = {0};
    bool ended = false;
    bool swapped = mode & A32_MODE_BE32;
    size_t at = 0;
    unsigned n = 0, size, count;
    ir_begin(b, fn, pc, mode);
    fn->fp = (struct ir_fp_model){FP_MODE_ALL, a32_fp_of_mode(mode)};
    b->lifter = &l;
    b->swap = mode & A32_MODE_BE;
    for (; !ended && n < max_insns && (size = a32_fetch(code + at, bytes - at, mode & A32_MODE_T, swapped, &insn));
         n += count, at += size) {
        struct a32_code here = {code + at, bytes - at, max_insns - n, swapped, pc + at};
        unsigned together = lift_exclusive(b, &region, &here, &count, &ended);
        if (together) {
            size = together;
            continue;
        }
        count = 1;
        ended = !lift_one(b, &region, pc + at, insn, size);
    }
    if (n == 0) { /* the second half of a T32 instruction cannot be fetched */
        ir_insn(b, pc, a32_halfword(code, swapped), 2);
        ir_ref address = ir_const(b, IR_I64, (u32)(pc + 2));
        ir_call(b, IR_HELPER_a32_fetch_fault, 1, &address);
        n = 1;
        at = 2;
    }
    if (region.open) {
        end_region(b, &region, region.join);
        enter_join(b, &region, region.join);
    }
    if (!ended)
        a32_exit_next(b, (u32)(pc + at), mode_with_it(b, l.next_it));
    b->lifter = NULL;
    fn->insn_count = n;
    fn->pc_end = pc + at;
}

static void dump(const struct cpu_common *cpu, int fd) { a32_dump((const struct a32_state *)cpu, fd); }

const struct guest guest_a32 = {
    .name = "arm",
    .state_bytes = sizeof(struct a32_state),
    .insn_align = 2,
    .max_insn_bytes = 4,
    .flags_offset = offsetof(struct a32_state, nzcv),
    .lift = a32_lift,
    .print_insn = a32_print_insn,
    .names = &a32_names,
    .fuses = a32_fuses,
    .dump = dump,
};
