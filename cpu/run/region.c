/* Regions: the blocks that a hot block leads to along hot edges, as one function.
 *
 * Each block is lifted again from guest memory and appended as a block of IR; values stay within it, so joining needs no
 * more than jumps in the place of exits. What leads elsewhere stays an exit.
 *
 * A call that is followed makes the callee's blocks part of the region once for each place that calls it: a node is a
 * guest pc and the return addresses that the calls on the way to it left. The callee's return then is a comparison with
 * the one that is expected, and a jump; every other return address leaves the region.
 *
 * An indirect call is taken to lead where the register that holds its target points to now, while the region is made, if
 * there is a hot block: the same comparison in front of it.
 *
 * An indirect jump leads to those blocks near it that compiled code has jumped to before: the handlers of an interpreter, the
 * cases of a switch. */
#define _GNU_SOURCE
#include "run/keep.h"
#include "ir/special.h"
#include "opt/opt.h"
#include "softmmu/softmmu.h"

enum {
    MAX_NODES = 64,
    MAX_INSNS = 400,
    MAX_BLOCKS = 256,
    MAX_CONTEXTS = 64,
    MAX_DEPTH = 4,
    MAX_TARGETS = 32,
    NEAR = 64 << 10, /* bytes from an indirect jump to what it may lead to within a region */
    COLD = 8, /* a block that runs this many times less often than the first stays outside */
    NOWHERE = 0xffff,
};
/* In the place of a br's targets, until join_guess() fills them in: where a callee returns to, what an indirect call calls. */
#define RETURN_TARGETS (~0ull)
#define CALL_TARGETS (~1ull)

/* Calls that are followed. Number 0: none. */
struct context {
    u16 parent;
    u16 depth;
    u64 callee, return_pc;
};

struct node {
    u64 pc, pc_end;
    u64 runs;
    u16 context;
    u16 to[3];   /* nodes that the end leads to (taken, or the only one, or what it calls; not taken), and where it returns to;
                  * NOWHERE */
    u64 callee;  /* of an indirect call with CALL_TARGETS */
    u16 block;   /* the first of its blocks in the function; NOWHERE: it is not in it. The last has the end */
    u16 blocks;
    bool lifted, placed, refused;
    bool target; /* of indirect jumps of the region */
    int prot;
    u32 code;    /* where the guest's code is in the region's copy */
};

struct region {
    struct cpu_common *cpu;
    struct cpu_engine *e;
    struct node nodes[MAX_NODES];
    struct context contexts[MAX_CONTEXTS];
    unsigned node_count, context_count;
    u32 insns;
    u64 least_runs;
    bool has_targets; /* they are among the nodes: add_targets() was here */
    u16 order[MAX_NODES];
    unsigned placed;
    u8 code[(MAX_INSNS + MAX_BLOCK_INSNS) * 4 + MAX_INSN_BYTES];
    u32 code_bytes;
};

static u64 runs_of(const struct block *b)
{
    u64 warm = engine.config.jit_threshold, hot = engine.config.region_threshold;
    u64 left = jit_runs_left(b);
    if (!b->native_bytes)
        return interp_runs(b->pc);
    return warm + (left <= hot ? hot - left : hot);
}

/* --- nodes --------------------------------------------------------------------------------------------------------- */

static u16 find_node(const struct region *r, u64 pc, u16 context)
{
    for (unsigned i = 0; i < r->node_count; i++)
        if (r->nodes[i].pc == pc && r->nodes[i].context == context)
            return (u16)i;
    return NOWHERE;
}

/* The node for a pc, if it is hot enough; it is lifted later. */
static u16 want_node(struct region *r, u64 pc, u16 context)
{
    u16 n = find_node(r, pc, context);
    if (n != NOWHERE || r->node_count == MAX_NODES)
        return n;
    const struct block *b = cache_find(pc, r->cpu->mode);
    u64 runs = b ? runs_of(b) : 0;
    if (r->node_count && runs < r->least_runs)
        return NOWHERE;
    r->nodes[r->node_count] =
        (struct node){.pc = pc, .runs = runs, .context = context, .to = {NOWHERE, NOWHERE, NOWHERE}, .block = NOWHERE};
    return (u16)r->node_count++;
}

/* The context in the callee. A function that is on the way already is entered without one: its returns leave the region,
 * but a recursion stays in it. */
static u16 enter_call(struct region *r, u16 from, u64 callee, u64 return_pc)
{
    for (u16 c = from; c; c = r->contexts[c].parent)
        if (r->contexts[c].callee == callee)
            return 0;
    if (callee == r->nodes[0].pc || r->contexts[from].depth == MAX_DEPTH)
        return 0;
    for (unsigned i = 1; i < r->context_count; i++)
        if (r->contexts[i].parent == from && r->contexts[i].callee == callee && r->contexts[i].return_pc == return_pc)
            return (u16)i;
    if (r->context_count == MAX_CONTEXTS)
        return 0;
    r->contexts[r->context_count] = (struct context){from, (u16)(r->contexts[from].depth + 1), callee, return_pc};
    return (u16)r->context_count++;
}

/* --- lifting ------------------------------------------------------------------------------------------------------- */

static bool has_params(const struct ir_fn *fn)
{
    for (u32 n = 0; n < fn->block_count; n++)
        if (fn->blocks[n].param_count)
            return true;
    return false;
}

/* Offset of a register that holds value v at the end of the block; 0: none does. */
static u32 register_with(const struct ir_fn *fn, const struct ir_block *block, ir_ref v)
{
    u64 at = 0;
    for (u32 k = block->first; k < block->end; k++) {
        const struct ir_op *o = &fn->ops[k];
        bool put = o->op == IR_OP_put;
        u64 end = o->imm + (put ? ir_type_bits((enum ir_type)fn->ops[o->a].type) / 8 : 0);
        if ((o->op == IR_OP_get && k == v) || (put && o->a == v))
            at = o->imm;
        else if ((put && o->imm < at + 8 && end > at) || ir_effects(o) & IR_ANY)
            at = 0;
    }
    return (u32)at;
}

/* The end of a callee, or an indirect call: a branch, whether it leads to `want`, and where its address is for those that lead
 * elsewhere. */
static void append_guess(struct region *r, struct ir_build *b, const struct ir_op *exit, u64 want, u32 at, u64 targets)
{
    enum ir_type t = (enum ir_type)b->fn->ops[exit->a].type;
    if (exit->sub & IR_EXCHANGE)
        want = cpu_branch_address(want, r->cpu->mode);
    if (!at) {
        at = offsetof(struct cpu_common, pc);
        ir_emit(b, IR_OP_put, IR_VOID, 0, exit->a, 0, 0, at);
    }
    ir_ref same = ir_emit(b, IR_OP_eq, IR_I32, 0, exit->a, ir_emit(b, IR_OP_const, t, 0, 0, 0, 0, want), 0, 0);
    ir_emit(b, IR_OP_br, IR_VOID, exit->sub, same, at, t, targets);
}

static bool is_return(const struct ir_op *o) { return o->op == IR_OP_br && o->imm == RETURN_TARGETS; }
static bool is_call(const struct ir_op *o) { return o->op == IR_OP_br && o->imm == CALL_TARGETS; }

/* What the register at `at` points to now. */
static u64 callee_in(const struct region *r, const struct ir_op *exit, enum ir_type t, u32 at)
{
    u64 callee = 0;
    memcpy(&callee, (const u8 *)r->cpu + at, ir_type_bits(t) / 8);
    return exit->sub & IR_EXCHANGE ? callee - cpu_branch_address(0, r->cpu->mode) : callee;
}

static bool is_hot(const struct region *r, u64 pc)
{
    const struct block *b = cache_find(pc, r->cpu->mode);
    return b && runs_of(b) >= r->least_runs;
}

/* Where branches within a guest block lead, its first IR block being `first` in the region. */
static u64 shift_targets(const struct ir_op *o, u32 first)
{
    if (o->op == IR_OP_br && !is_return(o) && !is_call(o))
        return ((u32)o->imm + first) | ((o->imm >> 32) + first) << 32;
    return o->op == IR_OP_jump ? (u32)o->imm + first : o->imm;
}

static void append_block(struct region *r, struct ir_build *b, struct node *n, u32 index, u32 first)
{
    const struct ir_fn *fn = &r->e->fn;
    const struct ir_block *block = &fn->blocks[index];
    bool keeps_mode = ir_block_keeps_mode(fn, block); /* a jump does not look at the mode */
    bool last = index + 1 == fn->block_count;
    u32 shift = b->fn->count - block->first;
    for (u32 k = block->first; k < block->end; k++) {
        struct ir_op o = fn->ops[k];
        unsigned refs = ir_refs(o.op);
        o.a += refs & IR_REF_A && o.a ? shift : 0;
        o.b += refs & IR_REF_B && o.b ? shift : 0;
        o.c += refs & IR_REF_C && o.c ? shift : 0;
        if (o.op == IR_OP_call) {
            ir_ref args[IR_CALL_ARGS];
            for (u32 i = 0; i < o.b; i++)
                args[i] = fn->args[o.a + i] + shift;
            o.a = ir_add_args(b->fn, o.b, args);
        }
        unsigned hint = o.op == IR_OP_exit_indirect && keeps_mode ? o.sub & IR_HINT_MASK : IR_HINT_JUMP;
        u32 at = hint == IR_HINT_JUMP ? 0 : register_with(fn, block, fn->ops[k].a);
        u64 callee = hint == IR_HINT_CALL && last && at ? callee_in(r, &o, (enum ir_type)fn->ops[fn->ops[k].a].type, at) : 0;
        if (hint == IR_HINT_RETURN && n->context) {
            append_guess(r, b, &o, r->contexts[n->context].return_pc, at, RETURN_TARGETS);
        } else if (callee && is_hot(r, callee)) {
            n->callee = callee;
            append_guess(r, b, &o, callee, at, CALL_TARGETS);
        } else {
            ir_emit(b, o.op, o.type, o.sub, o.a, o.b, o.c, shift_targets(&o, first));
        }
    }
}

/* Appends the guest block that was lifted to e->fn. */
static u32 append(struct region *r, struct node *n)
{
    struct ir_fn *region = &r->e->region;
    struct ir_build b = {.fn = region, .block = region->block_count - 1};
    u32 first = r->insns ? region->block_count : 0;
    for (u32 index = 0; index < r->e->fn.block_count; index++) {
        if (r->insns || index)
            ir_use_block(&b, ir_new_block(&b));
        append_block(r, &b, n, index, first);
    }
    r->insns += r->e->fn.insn_count;
    return first;
}

static u32 end_at(const struct ir_fn *fn, u32 block) { return fn->blocks[block].end - 1; }
static struct ir_op *end_of(struct ir_fn *fn, const struct node *n) { return &fn->ops[end_at(fn, n->block + n->blocks - 1u)]; }

/* The hottest blocks near pc that are jumped to. */
static void add_targets(struct region *r, u64 pc)
{
    const struct interp_thread *t = r->cpu->engine;
    int mode = cache_jump_mode(r->cpu->mode);
    u64 odd = cpu_branch_address(0, r->cpu->mode);
    struct {
        u64 pc, runs;
    } found[MAX_TARGETS];
    unsigned count = 0;
    r->has_targets = true;
    for (u64 near = (pc - NEAR) & ~3ull; mode >= 0 && near != ((pc + NEAR) & ~3ull); near += 4) {
        u64 to = t->cache.jumps[mode][cache_jump_index(near)].pc - odd;
        if ((to & ~3ull) != near)
            continue;
        const struct block *b = cache_find(to, r->cpu->mode);
        u64 runs = b && b->jumped_to ? runs_of(b) : 0;
        if (runs < r->least_runs || (count == MAX_TARGETS && runs <= found[count - 1].runs))
            continue;
        unsigned at = count < MAX_TARGETS ? count++ : count - 1;
        for (; at && found[at - 1].runs < runs; at--)
            found[at] = found[at - 1];
        found[at].pc = to;
        found[at].runs = runs;
    }
    for (unsigned i = 0; i < count; i++) {
        u16 n = want_node(r, found[i].pc, 0);
        if (n != NOWHERE)
            r->nodes[n].target = true;
    }
}

/* Looks where the block leads. */
static void add_successors(struct region *r, struct node *n)
{
    struct ir_fn *fn = &r->e->region;
    const struct ir_op *last = end_of(fn, n);
    for (u32 i = 0; i < n->blocks; i++)
        if (is_return(&fn->ops[end_at(fn, n->block + i)]))
            n->to[2] = want_node(r, r->contexts[n->context].return_pc, r->contexts[n->context].parent);
    switch (last->op) {
    case IR_OP_exit_next: n->to[0] = want_node(r, last->imm, n->context); break;
    case IR_OP_exit_branch:
        n->to[0] = want_node(r, fn->ops[last->b].imm, n->context);
        n->to[1] = want_node(r, fn->ops[last->c].imm, n->context);
        break;
    case IR_OP_exit_call:
        if (ir_is_exchange(last)) /* a region has one mode */
            break;
        n->to[0] = want_node(r, last->imm, enter_call(r, n->context, last->imm, fn->ops[last->a].imm));
        break;
    case IR_OP_br: /* is_call(last), or a return */
        if (is_call(last))
            n->to[0] = want_node(r, n->callee, enter_call(r, n->context, n->callee, n->pc_end));
        break;
    case IR_OP_exit_indirect:
        if ((last->sub & IR_HINT_MASK) == IR_HINT_JUMP && !r->has_targets)
            add_targets(r, n->pc);
        break;
    }
}

static bool lift_node(struct region *r, struct node *n)
{
    u8 code[MAX_BLOCK_INSNS * 4 + 16];
    int prot = 0, fault_code;
    struct cpu_engine *e = r->e;
    const struct guest *g = engine.config.guest;
    size_t bytes = mem_fetch(n->pc, code, sizeof code, &prot, &fault_code);
    if (n->pc % g->insn_align || bytes < g->insn_align)
        return false;
    e->build.cpu = r->cpu;
    g->lift(&e->build, &e->fn, n->pc, code, bytes, engine.config.max_block_insns, prot & MEM_PROT_BTI);
    u16 last = e->fn.ops[e->fn.blocks[e->fn.block_count - 1].end - 1].op;
    if (last == IR_OP_br || last == IR_OP_jump || has_params(&e->fn) || !ir_keeps_mode(&e->fn) || e->region.block_count + e->fn.block_count > MAX_BLOCKS)
        return false;
    if (!r->insns)
        e->region.fp = e->fn.fp;
    else if (memcmp(&e->region.fp, &e->fn.fp, sizeof e->fn.fp))
        return false;
    opt_run(&e->fn);
    n->block = (u16)append(r, n);
    n->blocks = (u16)e->fn.block_count;
    n->pc_end = e->fn.pc_end;
    n->prot = prot;
    n->code = r->code_bytes;
    r->code_bytes += (u32)(n->pc_end - n->pc);
    must(r->code_bytes <= sizeof r->code);
    memcpy(r->code + n->code, code, n->pc_end - n->pc);
    for (unsigned i = 0; i < n->blocks; i++)
        e->region.blocks[n->block + i].weight = (u32)(n->runs < UINT32_MAX ? n->runs : UINT32_MAX);
    return true;
}

/* The hottest node that is not lifted yet. */
static struct node *next_node(struct region *r)
{
    struct node *best = NULL;
    for (unsigned i = 0; i < r->node_count; i++)
        if (!r->nodes[i].lifted && !r->nodes[i].refused && (!best || r->nodes[i].runs > best->runs))
            best = &r->nodes[i];
    return best;
}

static bool lift_region(struct region *r, u64 pc)
{
    struct ir_build b = {0};
    ir_begin(&b, &r->e->region, pc, r->cpu->mode);
    r->context_count = 1;
    if (want_node(r, pc, 0) != 0)
        return false;
    r->nodes[0].runs += !r->nodes[0].runs;
    r->least_runs = r->nodes[0].runs / COLD + 1;
    for (struct node *n; r->insns < MAX_INSNS && (n = next_node(r));) {
        if (!lift_node(r, n)) {
            if (n == r->nodes)
                return false;
            n->refused = true;
            continue;
        }
        n->lifted = true;
        add_successors(r, n);
    }
    return true;
}

/* --- joining ------------------------------------------------------------------------------------------------------- */

static bool is_in(const struct region *r, u16 node) { return node != NOWHERE && r->nodes[node].lifted; }

/* Orders blocks, from the first on, so that each is followed by the successor that is taken most, where that is possible. */
static void place_nodes(struct region *r, u16 first)
{
    u16 stack[3 * MAX_NODES];
    unsigned depth = 0;
    stack[depth++] = first;
    while (depth) {
        u16 i = stack[--depth];
        struct node *n = &r->nodes[i];
        if (n->placed)
            continue;
        n->placed = true;
        r->order[r->placed++] = i;
        u16 a = n->to[0], b = n->to[1], c = n->to[2];
        if (is_in(r, a) && is_in(r, b) && r->nodes[a].runs > r->nodes[b].runs) {
            a = n->to[1];
            b = n->to[0];
        }
        if (is_in(r, c) && !r->nodes[c].placed)
            stack[depth++] = c;
        if (is_in(r, a) && !r->nodes[a].placed)
            stack[depth++] = a;
        if (is_in(r, b) && !r->nodes[b].placed)
            stack[depth++] = b;
    }
}

/* A block that only leaves, to pc. */
static u32 add_exit(struct ir_build *b, u64 pc)
{
    u32 block = ir_new_block(b);
    ir_use_block(b, block);
    ir_emit(b, IR_OP_exit_next, IR_VOID, 0, 0, 0, 0, pc);
    return block;
}

/* A block that leads to where append_guess() says. */
static u32 add_other(struct ir_build *b, const struct ir_op *o)
{
    u32 block = ir_new_block(b);
    ir_use_block(b, block);
    ir_ref pc = ir_emit(b, IR_OP_get, (enum ir_type)o->c, 0, 0, 0, 0, o->b);
    ir_emit(b, IR_OP_exit_indirect, IR_VOID, o->sub, pc, 0, 0, 0);
    return block;
}

static u32 block_of(const struct region *r, u16 node) { return r->nodes[node].block; }

static void join_branch(struct region *r, struct ir_build *b, struct node *n, struct ir_op *end)
{
    if (!is_in(r, n->to[0]) && !is_in(r, n->to[1]))
        return;
    struct ir_op o = *end;
    u32 at = (u32)(end - b->fn->ops), to[2];
    for (int i = 0; i < 2; i++)
        to[i] = is_in(r, n->to[i]) ? block_of(r, n->to[i]) : add_exit(b, b->fn->ops[i ? o.c : o.b].imm);
    b->fn->ops[at] = (struct ir_op){.op = IR_OP_br, .a = o.a, .imm = to[0] | (u64)to[1] << 32};
}

static void join_guess(struct region *r, struct ir_build *b, u16 to, u64 pc, u32 at)
{
    struct ir_op o = b->fn->ops[at];
    u32 known = is_in(r, to) ? block_of(r, to) : add_exit(b, pc);
    u64 other = add_other(b, &o);
    b->fn->ops[at] = (struct ir_op){.op = IR_OP_br, .a = o.a, .imm = known | other << 32};
}

/* Puts the blocks into the order of the nodes; branches within a guest block move with it. */
static void order_blocks(struct region *r)
{
    struct ir_fn *fn = &r->e->region;
    struct ir_block ordered[MAX_BLOCKS];
    u32 count = 0;
    for (unsigned i = 0; i < r->placed; i++) {
        struct node *n = &r->nodes[r->order[i]];
        u32 moved = count - n->block;
        for (u32 k = 0; k < n->blocks; k++) {
            ordered[count] = fn->blocks[n->block + k];
            struct ir_op *end = &fn->ops[ordered[count++].end - 1];
            if (k + 1u < n->blocks)
                end->imm = shift_targets(end, moved);
        }
        n->block = (u16)(n->block + moved);
    }
    memcpy(fn->blocks, ordered, count * sizeof *ordered);
    fn->block_count = count;
}

static void join(struct region *r)
{
    struct ir_fn *fn = &r->e->region;
    order_blocks(r);
    struct ir_build b = {.fn = fn, .block = fn->block_count - 1};
    for (unsigned i = 0; i < r->placed; i++) {
        struct node *n = &r->nodes[r->order[i]];
        fn->blocks[n->block].target = n->target;
        for (u32 k = 0; k < n->blocks; k++) {
            u32 at = end_at(fn, n->block + k);
            if (is_return(&fn->ops[at]))
                join_guess(r, &b, n->to[2], r->contexts[n->context].return_pc, at);
            else if (is_call(&fn->ops[at]))
                join_guess(r, &b, n->to[0], n->callee, at);
        }
        struct ir_op *end = end_of(fn, n);
        switch (end->op) {
        case IR_OP_exit_next:
        case IR_OP_exit_call:
            if (is_in(r, n->to[0]))
                *end = (struct ir_op){.op = IR_OP_jump, .imm = block_of(r, n->to[0])};
            break;
        case IR_OP_exit_branch: join_branch(r, &b, n, end); break;
        }
    }
    fn->insn_count = r->insns;
    fn->pc_end = r->nodes[0].pc_end;
}

/* Tells the cache and the file of translations the guest bytes of all nodes, each once. */
static void note_code(const struct region *r, struct block *b, const struct block *head)
{
    struct block_range ranges[MAX_NODES];
    struct keep_stretch from[MAX_NODES];
    unsigned count = 0;
    for (unsigned i = 0; i < r->placed; i++) {
        const struct node *n = &r->nodes[r->order[i]];
        unsigned k = 0;
        while (k < count && ranges[k].start != n->pc)
            k++;
        if (k < count)
            continue;
        from[count] = (struct keep_stretch){n->pc, (u32)(n->pc_end - n->pc), n->prot, r->code + n->code};
        ranges[count++] = (struct block_range){n->pc, n->pc_end};
    }
    cache_set_ranges(b, ranges, count);
    keep_note(b, head, from, count);
}

void compile_hot(struct cpu_common *cpu, struct cpu_engine *e, struct block *head)
{
    struct region r;
    r.cpu = cpu;
    r.e = e;
    r.node_count = r.context_count = r.insns = r.placed = r.code_bytes = 0;
    r.contexts[0] = (struct context){0};
    r.has_targets = false;
    u64 version = cache_version(), lifting = engine_clock();
    if (__atomic_load_n(&head->live_pc, __ATOMIC_ACQUIRE) == CACHE_DEAD || engine.config.no_link || !lift_region(&r, head->pc))
        return;
    place_nodes(&r, 0);
    for (u16 n = 1; n < r.node_count; n++)
        if (r.nodes[n].target && r.nodes[n].lifted)
            place_nodes(&r, n);
    join(&r);
    engine_count(&engine.count.lift_ns, engine_clock() - lifting);
    engine_count(&engine.count.insns_lifted, e->region.insn_count);
    ir_log(LOG_IR_OPT, &e->region, engine.config.guest->names);
#ifdef XRUN_DEBUG
    const char *problem = ir_verify(&e->region);
    must(!problem);
#endif
    struct block *b = compile_function(cpu, e, &e->region, 0);
    if (!b)
        return;
    engine_count(&engine.count.regions_compiled, 1);
    note_code(&r, b, head);
    cache_replace(head, b, version);
}
