/* The interpreter and the compiler against straight evaluation: random functions, with loads and stores that fault at random, must leave
 * the same registers, the same memory and the same pc. */
#define _GNU_SOURCE
#include "interp/interp.h"
#include "jit/jit.h"
#include "jit/x64/host.h"
#include "run/run.h"
#include "state/a64_state.h"
#include "state/fpenv.h"
#include "state/helper_mem.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { MEMORY = 4096, MAX_OPS = 120, ROUNDS = 20000 };

static u64 random_state = 1;
static u64 rnd(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}
static u32 below(u32 n) { return (u32)(rnd() >> 33) % n; }
/* Numbers that carry, overflow and compare equal more often than random ones. */
static u64 interesting(void)
{
    static const u64 edges[] = {0, 1, 2, 7, 8, 31, 32, 63, 64, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
                                0x7fffffffffffffff, 0x8000000000000000, ~0ull};
    return below(3) ? edges[below(ARRAY_SIZE(edges))] : rnd();
}

/* One page of memory with pages that fault on both sides. */
static u8 *page;
static struct cpu_common *running;

static void on_signal(int sig, siginfo_t *info, void *context)
{
    if (!cpu_host_fault(running, sig, info, context))
        abort();
}

struct machine {
    struct cpu_common *cpu;
    struct a64_state *s;
};

static struct machine new_machine(void)
{
    size_t bytes = sizeof(struct a64_state);
    struct machine m = {.cpu = aligned_alloc(64, align_up(bytes + INTERP_SCRATCH, 64))};
    m.s = (struct a64_state *)m.cpu;
    memset(m.cpu, 0, bytes);
    m.cpu->engine = calloc(1, sizeof(struct interp_thread));
    m.cpu->addr_mask = 0x00ffffffffffffff;
    m.cpu->mem_limit = 1ull << 47;
    interp_prepare(m.cpu, bytes);
    cache_thread_add(&((struct interp_thread *)m.cpu->engine)->cache, &m.cpu->poll);
    return m;
}

static void free_machine(struct machine *m)
{
    cache_thread_remove(&((struct interp_thread *)m->cpu->engine)->cache);
    interp_thread_free(m->cpu->engine);
    free(m->cpu->engine);
    free(m->cpu);
}

/* --- random functions ---------------------------------------------------------------------------------------------- */

static ir_ref pick(struct ir_build *b, enum ir_type t)
{
    struct ir_fn *fn = b->fn;
    for (int i = 0; i < 12; i++) {
        ir_ref v = 1 + below(fn->count - 1);
        if (fn->ops[v].type == t)
            return v;
    }
    if (t == IR_FLAGS)
        return ir_emit(b, IR_OP_get, IR_FLAGS, 0, 0, 0, 0, offsetof(struct a64_state, nzcv));
    if (t == IR_V128) {
        if (!below(4))
            return ir_emit(b, IR_OP_const, t, 0, 0, (ir_ref)rnd(), (ir_ref)rnd(), rnd());
        return ir_emit(b, IR_OP_get, t, 0, 0, 0, 0, offsetof(struct a64_state, v[below(4)]));
    }
    if (below(2))
        return ir_emit(b, IR_OP_const, t, 0, 0, 0, 0, t == IR_I32 ? (u32)interesting() : interesting());
    return ir_emit(b, IR_OP_get, t, 0, 0, 0, 0, offsetof(struct a64_state, x[below(6)]));
}

static enum ir_type int_type(void) { return below(2) ? IR_I32 : IR_I64; }

static enum ir_opcode row_of_kind(u8 kind)
{
    for (;;) {
        enum ir_opcode op = 1 + below(IR_OP_COUNT - 1);
        if (ir_op_info[op].kind == kind && !(ir_op_info[op].effects & IR_FP))
            return op;
    }
}

/* The first rounds have no pointers with tags: compiled code is another then. */
static bool tags;
enum { PAGE_REGISTER = 10 };

/* An address: inside the page with room for 16 bytes, or (rarely) one that faults; a constant, or the sum of a register and
 * constants. */
static ir_ref address(struct ir_build *b)
{
    u64 start = (u64)(uintptr_t)page, a = start + below(MEMORY - 32);
    if (!below(12))
        a = below(2) ? start + MEMORY - below(8) : below(2) ? 0x00f0000000000000ull + below(100) : start - 1 - below(MEMORY - 16);
    if (tags && !below(4))
        a |= 0xab00000000000000;
    if (below(2))
        return ir_emit(b, IR_OP_const, IR_I64, 0, 0, 0, 0, a);
    ir_ref sum = ir_emit(b, IR_OP_get, IR_I64, 0, 0, 0, 0, offsetof(struct a64_state, x[PAGE_REGISTER]));
    u64 part = below(100);
    sum = ir_emit(b, IR_OP_add, IR_I64, 0, sum, ir_emit(b, IR_OP_const, IR_I64, 0, 0, 0, 0, a - start + part), 0, 0);
    return ir_emit(b, IR_OP_sub, IR_I64, 0, sum, ir_emit(b, IR_OP_const, IR_I64, 0, 0, 0, 0, part), 0, 0);
}

static void random_memory(struct ir_build *b)
{
    static const u8 flags[] = {0, 0, 0, IR_MEM_SWAP, IR_MEM_ALIGN, IR_MEM_ACQ | IR_MEM_REL};
    enum ir_type t = below(5) ? int_type() : IR_V128;
    unsigned size = t == IR_V128 ? 4 : below(t == IR_I64 ? 4 : 3);
    u8 sub = (u8)(size | flags[below(ARRAY_SIZE(flags))]);
    ir_ref a = address(b);
    if (below(2)) {
        if (size < (t == IR_I64 ? 3u : 2u) && below(2))
            sub |= IR_MEM_SIGN;
        ir_emit(b, IR_OP_load, t, sub, a, 0, 0, below(8));
    } else {
        ir_emit(b, IR_OP_store, IR_VOID, sub, a, pick(b, t), 0, below(8));
    }
}

static void random_put(struct ir_build *b)
{
    switch (below(6)) {
    case 0: ir_put(b, offsetof(struct a64_state, nzcv), pick(b, IR_FLAGS)); break;
    case 1: ir_put(b, offsetof(struct a64_state, v[below(4)]), pick(b, IR_V128)); break;
    case 2: ir_put(b, (u32)offsetof(struct a64_state, x[below(6)]), pick(b, IR_I32)); break;
    default: ir_put(b, (u32)offsetof(struct a64_state, x[below(6)]), pick(b, IR_I64)); break;
    }
}

static void random_special(struct ir_build *b)
{
    enum ir_type t = int_type();
    switch (below(12)) {
    case 0: ir_emit(b, IR_OP_zext, IR_I64, 0, pick(b, IR_I32), 0, 0, 0); break;
    case 1: ir_emit(b, IR_OP_sext, IR_I64, 0, pick(b, IR_I32), 0, 0, 0); break;
    case 2: ir_emit(b, IR_OP_trunc, IR_I32, 0, pick(b, IR_I64), 0, 0, 0); break;
    case 3: ir_emit(b, IR_OP_sext_low, t, 0, pick(b, t), 0, 0, 8u << below(3)); break;
    case 4: ir_emit(b, IR_OP_zext_low, t, 0, pick(b, t), 0, 0, 8u << below(3)); break;
    case 5: {
        static const enum ir_type any[] = {IR_I32, IR_I64, IR_FLAGS, IR_V128};
        t = any[below(4)];
        ir_ref x = pick(b, t), y = pick(b, t);
        ir_ref c = below(2) ? pick(b, IR_I32) : ir_emit(b, IR_OP_cond, IR_I32, (u8)below(16), pick(b, IR_FLAGS), 0, 0, 0);
        ir_emit(b, IR_OP_select, t, 0, c, x, y, 0);
        break;
    }
    case 6: ir_emit(b, IR_OP_cond, IR_I32, (u8)below(16), pick(b, IR_FLAGS), 0, 0, 0); break;
    case 7: ir_emit(b, IR_OP_flags_pack, IR_FLAGS, 0, pick(b, IR_I32), 0, 0, 0); break;
    case 8: ir_emit(b, IR_OP_flags_word, IR_I32, 0, pick(b, IR_FLAGS), 0, 0, 0); break;
    case 9: ir_emit(b, IR_OP_vec, IR_V128, 0, pick(b, t), 0, 0, 0); break;
    case 10: ir_emit(b, IR_OP_low, t, 0, pick(b, IR_V128), 0, 0, 0); break;
    default: {
        ir_ref x = pick(b, t), c = ir_emit(b, IR_OP_slt, IR_I32, 0, x, pick(b, t), 0, 0);
        if (below(2))
            ir_emit(b, IR_OP_trap_if, IR_VOID, TRAP_ALIGNMENT, c, below(2) ? pick(b, IR_I64) : 0, 0, 5);
        break;
    }
    }
}

static void random_op(struct ir_build *b)
{
    enum ir_type t = int_type();
    switch (below(12)) {
    case 0: ir_emit(b, row_of_kind(IR_KIND_INT1), t, 0, pick(b, t), 0, 0, 0); break;
    case 1:
    case 2:
    case 3: {
        ir_ref x = pick(b, t), y = pick(b, t);
        ir_emit(b, row_of_kind(IR_KIND_INT2), t, 0, x, y, 0, 0);
        break;
    }
    case 4: {
        /* a result and its flags, as most instructions with flags have them */
        static const enum ir_opcode pairs[][2] = {
            {IR_OP_add, IR_OP_flags_add}, {IR_OP_sub, IR_OP_flags_sub}, {IR_OP_and, IR_OP_flags_logic}};
        ir_ref x = pick(b, t), y = pick(b, t);
        u32 p = below(3), first = below(2);
        for (u32 i = 0; i < 2; i++)
            ir_emit(b, pairs[p][i ^ first], (i ^ first) ? IR_FLAGS : t, 0, x, y, 0, 0);
        break;
    }
    case 5: {
        ir_ref x = pick(b, t), y = pick(b, t);
        ir_emit(b, row_of_kind(below(2) ? IR_KIND_CMP2 : IR_KIND_CMP2), IR_I32, 0, x, y, 0, 0);
        break;
    }
    case 6: {
        ir_ref x = pick(b, t), y = pick(b, t);
        ir_emit(b, row_of_kind(IR_KIND_FLAGS2), IR_FLAGS, 0, x, y, 0, 0);
        ir_ref c = ir_emit(b, IR_OP_cond, IR_I32, (u8)below(16), pick(b, IR_FLAGS), 0, 0, 0);
        ir_emit(b, IR_OP_flags_adc, IR_FLAGS, 0, x, y, c, 0);
        break;
    }
    case 7: ir_emit(b, row_of_kind(IR_KIND_VL2), IR_V128, (u8)below(8), pick(b, IR_V128), pick(b, IR_V128), 0, 0); break;
    case 8:
        if (!below(3)) {
            random_memory(b);
            break;
        }
        random_put(b);
        break;
    case 9: random_put(b); break;
    default: random_special(b); break;
    }
}

static void random_exit(struct ir_build *b)
{
    enum ir_type t = int_type();
    u64 taken = 0x1000, other = 0x2000;
    ir_ref c;
    switch (below(7)) {
    case 0: ir_exit_next(b, taken); return;
    case 1:
        if (below(2))
            ir_exit_indirect(b, pick(b, IR_I64), IR_HINT_JUMP, 0);
        else
            ir_exit_exchange(b, pick(b, IR_I32), (enum ir_hint)below(3), 0);
        return;
    case 2: {
        ir_ref x = pick(b, t), y = pick(b, t);
        c = ir_emit(b, row_of_kind(IR_KIND_CMP2), IR_I32, 0, x, y, 0, 0);
        break;
    }
    case 3: {
        ir_ref x = pick(b, t), k = ir_emit(b, IR_OP_const, t, 0, 0, 0, 0, 1u << below(31));
        ir_ref a = ir_emit(b, IR_OP_and, t, 0, x, k, 0, 0), zero = ir_emit(b, IR_OP_const, t, 0, 0, 0, 0, 0);
        c = ir_emit(b, below(2) ? IR_OP_ne : IR_OP_eq, IR_I32, 0, a, zero, 0, 0);
        break;
    }
    case 4: {
        ir_ref x = pick(b, t), y = pick(b, t), f = ir_emit(b, IR_OP_flags_sub, IR_FLAGS, 0, x, y, 0, 0);
        if (below(2))
            ir_put(b, offsetof(struct a64_state, nzcv), f);
        c = ir_emit(b, IR_OP_cond, IR_I32, (u8)below(16), f, 0, 0, 0);
        break;
    }
    case 5: c = ir_emit(b, IR_OP_cond, IR_I32, (u8)below(16), pick(b, IR_FLAGS), 0, 0, 0); break;
    default: c = pick(b, IR_I32); break;
    }
    ir_ref k = ir_emit(b, IR_OP_const, IR_I64, 0, 0, 0, 0, taken);
    ir_emit(b, IR_OP_exit_branch, IR_VOID, 0, c, k, ir_emit(b, IR_OP_const, IR_I64, 0, 0, 0, 0, other), 0);
}

static void random_function(struct ir_build *b, struct ir_fn *fn)
{
    ir_begin(b, fn, 0x8000, 0);
    u32 n = 3 + below(MAX_OPS);
    u64 pc = 0x8000;
    ir_insn(b, pc, 0, 4);
    while (fn->count < n) {
        if (!below(4))
            ir_insn(b, pc += 4, 0, 4);
        random_op(b);
    }
    random_exit(b);
    fn->pc_end = pc + 4;
}

/* --- straight evaluation --------------------------------------------------------------------------------------------- */

struct outcome {
    enum interp_result result;
    u64 pc;
};

static bool accessible(u64 addr, unsigned bytes)
{
    u64 start = (u64)(uintptr_t)page;
    return addr >= start && addr + bytes <= start + MEMORY;
}

/* Returns false if it faults or traps. */
static bool evaluate_memory(struct cpu_common *cpu, const struct ir_op *op, union ir_value *v, u32 k, struct outcome *o)
{
    u64 addr = (v[op->a].u64 + op->imm) & cpu->addr_mask;
    unsigned bytes = 1u << (op->sub & IR_MEM_SIZE_MASK);
    if ((op->sub & IR_MEM_ALIGN) && (addr & 15) + bytes > 16) {
        o->result = INTERP_TRAP;
        cpu->trap = TRAP_ALIGNMENT;
        return false;
    }
    if (!accessible(addr, bytes)) {
        o->result = INTERP_FAULT;
        return false;
    }
    u8 data[16] = {0};
    u8 *p = (u8 *)(uintptr_t)addr;
    bool swap = op->sub & IR_MEM_SWAP;
    for (unsigned i = 0; i < bytes; i++)
        if (op->op == IR_OP_load)
            data[i] = p[swap ? bytes - 1 - i : i];
        else
            p[swap ? bytes - 1 - i : i] = v[op->b].v.b[i];
    if (op->op == IR_OP_store)
        return true;
    if ((op->sub & IR_MEM_SIGN) && data[bytes - 1] & 0x80)
        memset(data + bytes, 0xff, 16 - bytes);
    memcpy(&v[k].v, data, 16);
    return true;
}

static struct outcome evaluate(struct cpu_common *cpu, const struct ir_fn *fn)
{
    union ir_value *v = calloc(fn->count, sizeof *v);
    u8 *state = (u8 *)cpu;
    struct outcome o = {INTERP_LOOKUP, fn->pc};
    for (u32 k = fn->blocks[0].first; k < fn->blocks[0].end; k++) {
        const struct ir_op *op = &fn->ops[k];
        unsigned bytes = ir_type_bits(op->type) / 8;
        switch (op->op) {
        case IR_OP_insn: o.pc = op->imm; continue;
        case IR_OP_const:
            v[k].v = (union v128){.d = {op->imm, op->type == IR_V128 ? (u64)op->c << 32 | op->b : 0}};
            continue;
        case IR_OP_get: memcpy(&v[k], state + op->imm, bytes); continue;
        case IR_OP_put: memcpy(state + op->imm, &v[op->a], ir_type_bits(fn->ops[op->a].type) / 8); continue;
        case IR_OP_load:
        case IR_OP_store:
            if (!evaluate_memory(cpu, op, v, k, &o))
                goto out;
            continue;
        case IR_OP_trap_if:
            if (v[op->a].u32) {
                o.result = INTERP_TRAP;
                cpu->trap = op->sub;
                goto out;
            }
            continue;
        case IR_OP_exit_next: o.pc = op->imm; goto out;
        case IR_OP_exit_indirect: o.pc = op->sub & IR_EXCHANGE ? cpu_exchange(cpu, v[op->a].u32) : v[op->a].u64; goto out;
        case IR_OP_exit_branch: o.pc = fn->ops[v[op->a].u32 ? op->b : op->c].imm; goto out;
        default: break;
        }
        ir_eval_fn *f = ir_eval_find(op->op, op->type, fn->ops[op->a].type, op->sub);
        ck_assert_msg(f != NULL, "no evaluator for %s", ir_op_info[op->op].name);
        union ir_value r = {.u64 = 0};
        f(cpu, &r, &v[op->a], &v[op->b], &v[op->c], op->imm);
        v[k] = r;
    }
out:
    free(v);
    return o;
}

/* --- comparison ------------------------------------------------------------------------------------------------------ */

static struct outcome interpret(struct cpu_common *cpu, struct block *b)
{
    struct interp_thread *t = cpu->engine;
    running = cpu;
    t->inside = true;
    enum interp_result r = _setjmp(t->landing) ? t->landed : interp_run(cpu, b);
    t->inside = false;
    return (struct outcome){r, cpu->pc};
}

static void fill(struct a64_state *s, u8 *memory)
{
    for (int i = 0; i < 31; i++)
        s->x[i] = interesting();
    for (int i = 0; i < 32; i++)
        s->v[i] = (union v128){.d = {interesting(), interesting()}};
    A64_NZCV(s) = (u32)rnd() & 0xf0000000;
    s->x[PAGE_REGISTER] = (u64)(uintptr_t)page | (tags && below(2) ? 0x1200000000000000 : 0);
    for (int i = 0; i < MEMORY; i++)
        memory[i] = (u8)rnd();
}

static void setup(void)
{
    struct cpu_config config = {.guest = &guest_a64, .engine = CPU_JIT};
    cpu_init(&config);
    u8 *p = mmap(NULL, 3 * MEMORY, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page = p + MEMORY;
    mprotect(page, MEMORY, PROT_READ | PROT_WRITE);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
}

START_TEST(random_functions)
{
    struct machine m = new_machine(), want = new_machine();
    struct ir_fn fn = {0};
    struct ir_build b = {.cpu = m.cpu};
    u8 before[MEMORY], after[MEMORY];
    u32 seen[8] = {0};
    struct jit_thread *jit = NULL;
    if (_i & 1 && !jit_ready())
        return;
    random_state = 88172645463325252ull + (u64)_i;
    for (u32 round = 0; round < ROUNDS; round++) {
        tags = round > ROUNDS / 2;
        random_function(&b, &fn);
        fill(m.s, page);
        m.cpu->mode = want.cpu->mode = 0;
        memcpy(before, page, MEMORY);
        memcpy(want.s->x, m.s->x, sizeof *m.s - offsetof(struct a64_state, x));
        struct outcome expect = evaluate(want.cpu, &fn);
        memcpy(after, page, MEMORY);
        memcpy(page, before, MEMORY);
        struct block *block = _i & 1 ? jit_compile(&jit, &fn, 0, m.cpu, 0, false)
                                     : interp_lower(m.cpu->engine, &fn, sizeof(struct a64_state), 0, 0);
        ck_assert_ptr_nonnull(block);
        bool knew_tags = jit_tagged();
        struct outcome got = interpret(m.cpu, block);
        if (jit_tagged() != knew_tags) { /* left for the run loop, which would compile it anew: once only */
            ck_assert(tags);
            cache_free(block);
            continue;
        }
        bool same = expect.result == got.result && expect.pc == got.pc && want.cpu->mode == m.cpu->mode &&
                    !memcmp(want.s->x, m.s->x, sizeof *m.s - offsetof(struct a64_state, x)) &&
                    !memcmp(after, page, MEMORY) &&
                    (got.result != INTERP_TRAP || want.cpu->trap == m.cpu->trap);
        if (!same) {
            ir_print(&fn, NULL, stderr);
            fprintf(stderr, "result %d %d pc %#lx %#lx nzcv %#x %#x\n", expect.result, got.result, expect.pc, got.pc,
                    A64_NZCV(want.s), A64_NZCV(m.s));
            for (int i = 0; i < 6; i++)
                fprintf(stderr, "x%d %#lx %#lx\n", i, want.s->x[i], m.s->x[i]);
            for (int i = 0; i < 4; i++)
                fprintf(stderr, "v%d %#lx %#lx, %#lx %#lx\n", i, want.s->v[i].d[0], m.s->v[i].d[0], want.s->v[i].d[1],
                        m.s->v[i].d[1]);
        }
        ck_assert_msg(same, "%s, round %u", _i & 1 ? "compiled" : "interpreted", round);
        seen[got.result]++;
        cache_free(block);
    }
    ck_assert_uint_gt(seen[INTERP_FAULT], 100);
    ck_assert_uint_gt(seen[INTERP_TRAP], 100);
    ck_assert_uint_gt(seen[INTERP_LOOKUP], 100);
    ir_fn_free(&fn);
    jit_thread_free(jit);
    free_machine(&m);
    free_machine(&want);
}
END_TEST

/* A loop over blocks with parameters: the sum of 1..n. */
START_TEST(blocks_with_parameters)
{
    struct machine m = new_machine();
    struct ir_fn fn = {0};
    struct ir_build b = {.cpu = m.cpu};
    ir_begin(&b, &fn, 0x8000, 0);
    ir_insn(&b, 0x8000, 0, 4);
    u32 loop = ir_new_block(&b), again = ir_new_block(&b), done = ir_new_block(&b);
    ir_ref start[] = {ir_get(&b, IR_I64, offsetof(struct a64_state, x[0])), ir_const(&b, IR_I64, 0)};
    ir_jump(&b, loop, 2, start);
    ir_use_block(&b, loop);
    ir_ref n = ir_param(&b, IR_I64), sum = ir_param(&b, IR_I64);
    ir_ref next[] = {ir_sub(&b, n, ir_const(&b, IR_I64, 1)), ir_add(&b, sum, n)};
    ir_br(&b, ir_ne(&b, next[0], ir_const(&b, IR_I64, 0)), again, done, 2, next);
    ir_use_block(&b, again);
    ir_ref swapped[] = {ir_param(&b, IR_I64), ir_param(&b, IR_I64)};
    ir_jump(&b, loop, 2, swapped);
    ir_use_block(&b, done);
    (void)ir_param(&b, IR_I64);
    ir_put(&b, offsetof(struct a64_state, x[1]), ir_param(&b, IR_I64));
    ir_exit_next(&b, 0x8004);
    fn.pc_end = 0x8004;
    const char *wrong = ir_verify(&fn);
    ck_assert_msg(!wrong, "%s", wrong);
    struct block *block = interp_lower(m.cpu->engine, &fn, sizeof(struct a64_state), 0, 0);
    m.s->x[0] = 1000;
    struct outcome o = interpret(m.cpu, block);
    ck_assert_int_eq(o.result, INTERP_LOOKUP);
    ck_assert_uint_eq(o.pc, 0x8004);
    ck_assert_uint_eq(m.s->x[1], 500500);
    cache_free(block);
    ir_fn_free(&fn);
    free_machine(&m);
}
END_TEST

/* Exclusives, compare-and-swap and the atomic operations on one word of every size. */
START_TEST(atomics)
{
    struct machine m = new_machine();
    struct ir_fn fn = {0};
    struct ir_build b = {.cpu = m.cpu};
    for (unsigned size = 0; size < 4; size++) {
        enum ir_type t = size == 3 ? IR_I64 : IR_I32;
        u64 mask = ones(8u << size), initial = 0x8182838485868788;
        memcpy(page + 64, &initial, 8);
        ir_begin(&b, &fn, 0x8000, 0);
        ir_insn(&b, 0x8000, 0, 4);
        ir_ref a = ir_const(&b, IR_I64, (u64)(uintptr_t)page + 64);
        u32 x0 = offsetof(struct a64_state, x), at = x0;
        ir_ref results[] = {
            ir_atomic(&b, IR_OP_atomic_add, t, (u8)size, a, ir_const(&b, t, 5)),
            ir_atomic(&b, IR_OP_atomic_smax, t, (u8)size, a, ir_const(&b, t, 3)),
            ir_atomic(&b, IR_OP_atomic_umin, t, (u8)(size | IR_MEM_ACQ), a, ir_const(&b, t, 9)),
            ir_cas(&b, t, (u8)size, a, ir_const(&b, t, 3), ir_const(&b, t, 0x77)),
            ir_load_ex(&b, t, (u8)size, a),
            ir_store_ex(&b, (u8)size, a, ir_const(&b, t, 0x55)),
            ir_store_ex(&b, (u8)size, a, ir_const(&b, t, 0x66)),
        };
        for (unsigned i = 0; i < ARRAY_SIZE(results); i++, at += 8)
            ir_put(&b, at, ir_type_of(&b, results[i]) == IR_I32 ? ir_zext(&b, results[i]) : results[i]);
        ir_exit_next(&b, 0x8004);
        fn.pc_end = 0x8004;
        struct block *block = interp_lower(m.cpu->engine, &fn, sizeof(struct a64_state), 0, 0);
        ck_assert_int_eq(interpret(m.cpu, block).result, INTERP_LOOKUP);
        u64 want[] = {initial & mask, (initial + 5) & mask, 3, 3, 0x77, 0, 1};
        for (unsigned i = 0; i < ARRAY_SIZE(want); i++)
            ck_assert_uint_eq(m.s->x[i], want[i]);
        u64 left = 0;
        memcpy(&left, page + 64, 1u << size);
        ck_assert_uint_eq(left, 0x55);
        cache_free(block);
    }
    ir_fn_free(&fn);
    free_machine(&m);
}
END_TEST

/* What a pair of 16 bytes does: compare-and-swap, and exclusives that see a change. */
START_TEST(pairs)
{
    struct machine m = new_machine();
    struct ir_fn fn = {0};
    struct ir_build b = {.cpu = m.cpu};
    u64 data[2] = {1, 2};
    memcpy(page, data, 16);
    ir_begin(&b, &fn, 0x8000, 0);
    ir_insn(&b, 0x8000, 0, 4);
    ir_ref a = ir_const(&b, IR_I64, (u64)(uintptr_t)page), old = ir_const_v128(&b, 1, 2), new = ir_const_v128(&b, 3, 4);
    ir_put(&b, offsetof(struct a64_state, v[0]), ir_cas(&b, IR_V128, 4, a, old, new));
    ir_put(&b, offsetof(struct a64_state, v[1]), ir_load_ex(&b, IR_V128, 4, a));
    ir_store(&b, 3, a, 8, ir_const(&b, IR_I64, 9));
    ir_put(&b, offsetof(struct a64_state, x[0]), ir_zext(&b, ir_store_ex(&b, 4, a, old)));
    ir_exit_next(&b, 0x8004);
    fn.pc_end = 0x8004;
    struct block *block = interp_lower(m.cpu->engine, &fn, sizeof(struct a64_state), 0, 0);
    ck_assert_int_eq(interpret(m.cpu, block).result, INTERP_LOOKUP);
    ck_assert(m.s->v[0].d[0] == 1 && m.s->v[0].d[1] == 2);
    ck_assert(m.s->v[1].d[0] == 3 && m.s->v[1].d[1] == 4);
    ck_assert_uint_eq(m.s->x[0], 1);
    memcpy(data, page, 16);
    ck_assert(data[0] == 3 && data[1] == 9);
    cache_free(block);
    ir_fn_free(&fn);
    free_machine(&m);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("interp");
    TCase *t = tcase_create("interp");
    tcase_add_unchecked_fixture(t, setup, NULL);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, random_functions, 0, 4);
    tcase_add_test(t, blocks_with_parameters);
    tcase_add_test(t, atomics);
    tcase_add_test(t, pairs);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r), all = srunner_ntests_run(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", all - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
