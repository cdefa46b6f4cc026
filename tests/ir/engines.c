/* Random programs on every engine.
 *
 * usage: ir_engines COUNT [SEED]        COUNT programs from SEED on; a program that fails is shrunk and printed
 *
 * A program is a page of instructions, each of which is a few random operations (gen.h) drawn from its address and the seed: so
 * a toy guest lifts it alike in blocks of any length, in regions, and one instruction at a time. Programs have conditional
 * branches, jumps, calls, returns, indirect jumps and loops, bounded by fuel in x28; they change the instruction set, in one
 * of which some instructions are counted; loads, stores, atomics and exclusives,
 * some of which fault; traps and system calls, all of which the test answers. The interpreter without passes, stopped after
 * every instruction, says what is right; every other way must end in the same state after the same events.
 */
#define _GNU_SOURCE
#include "gen.h"
#include "guest/a64/model.h"
#include "run/run.h"
#include "softmmu/softmmu.h"
#include "state/a64_state.h"
#include "state/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    CODE = 0x10000, SLOTS = 24, SLOT = 4, INSNS = SLOTS * SLOT, END = CODE + 4 * INSNS,
    DATA = 0x40000, DATA_BYTES = 4096, LOW = 0x1000, /* nothing is mapped below */
    BATCH = 200, FUEL = 300, MAX_EVENTS = 3000,
    XREGS = 12, VREGS = 6, X_THUMB = 26, X_DATA = 27, X_FUEL = 28, X_LINK = 30,
};

struct outcome {
    struct a64_state s;
    u64 fpsr, events, hash, data[DATA_BYTES / 8];
    bool endless;
};
struct way {
    const char *name;
    struct cpu_config config;
    bool single;
};
static const struct way ways[] = {
    {"interpreter, stepped, no passes", {.no_optimise = true, .max_block_insns = 1}, true}, /* what is right */
    {"interpreter", {.engine = CPU_INTERP}, false},
    {"compiler, no passes", {.engine = CPU_JIT, .no_optimise = true}, false},
    {"compiler", {.engine = CPU_JIT}, false},
    {"compiler, when warm", {.engine = CPU_JIT, .jit_threshold = 8}, false},
    {"regions", {.engine = CPU_JIT, .jit_threshold = 2, .region_threshold = 3}, false},
    {"regions, smallest cache", {.engine = CPU_JIT, .cache_bytes = 1, .jit_threshold = 1, .region_threshold = 1}, false},
    {"compiler, smallest cache", {.engine = CPU_JIT, .cache_bytes = 1, .jit_threshold = 1}, false},
};

/* Shared with the processes that run programs: a batch as it should be, as it is, and the two runs that the shrinker compares. */
static struct outcome *outcomes, *shrunk;
static u64 seed;
static bool disabled[INSNS];      /* by the shrinker */
static unsigned fuel = FUEL;

/* --- the guest ------------------------------------------------------------------------------------------------------------ */

static u32 x_at(unsigned n) { return (u32)(offsetof(struct a64_state, x) + 8 * n); }
static u32 v_at(unsigned n) { return (u32)(offsetof(struct a64_state, v) + 16 * n); }
enum { NZCV_AT = offsetof(struct a64_state, nzcv) };

/* Some programs use parts of vector registers as registers, as 32-bit ARM does: all sizes of some, of others mostly one. */
static bool has_parts(void) { return seed & 2; }
static u32 vector_at(enum ir_type t)
{
    u32 bytes = ir_type_bits(t) / 8, n = draw(VREGS);
    static const u8 usual[3] = {0, 4, 8};
    if (!has_parts())
        return v_at(n);
    while (usual[n % 3] && usual[n % 3] != bytes && draw(8))
        n = draw(VREGS);
    return v_at(n) + (bytes >= 4 ? bytes * draw(16 / bytes) : 0);
}

static ir_ref make(struct ir_build *b, enum ir_type t)
{
    if (t == IR_V128 && !draw(3))
        return ir_emit(b, IR_OP_const, t, 0, 0, (u32)interesting(), (u32)interesting(), interesting());
    if (t != IR_V128 && !draw(4))
        return ir_emit(b, IR_OP_const, t, 0, 0, 0, 0, t == IR_FLAGS ? (u64)draw(16) << 28 : interesting() & ones(ir_type_bits(t)));
    bool integer = t == IR_I32 || t == IR_I64;
    u32 at = t == IR_FLAGS ? NZCV_AT : integer && !(has_parts() && draw(2)) ? x_at(draw(XREGS)) : vector_at(t);
    return ir_emit(b, IR_OP_get, t, 0, 0, 0, 0, at);
}

static void add_put(struct ir_build *b)
{
    static const enum ir_type parts[] = {IR_I32, IR_I64, IR_F32, IR_F64, IR_F32, IR_F64, IR_V128};
    ir_ref v;
    if (has_parts() && draw(2)) {
        enum ir_type t = parts[draw(ARRAY_SIZE(parts))];
        v = pick(b, t), ir_emit(b, IR_OP_put, IR_VOID, 0, v, 0, 0, vector_at(t));
        return;
    }
    switch (draw(4)) {
    case 0: v = pick(b, IR_FLAGS), ir_emit(b, IR_OP_put, IR_VOID, 0, v, 0, 0, NZCV_AT); return;
    case 1: v = pick(b, IR_V128), ir_emit(b, IR_OP_put, IR_VOID, 0, v, 0, 0, v_at(draw(VREGS))); return;
    default: v = pick(b, IR_I64), ir_emit(b, IR_OP_put, IR_VOID, 0, v, 0, 0, x_at(draw(XREGS)));
    }
}

/* An address in the data page, now and then one of nothing. */
static ir_ref address(struct ir_build *b, unsigned align)
{
    if (!draw(16))
        return ir_emit(b, IR_OP_const, IR_I64, 0, 0, 0, 0, draw(2) ? draw(LOW) : DATA + DATA_BYTES - draw(16));
    ir_ref base = ir_emit(b, IR_OP_get, IR_I64, 0, 0, 0, 0, x_at(X_DATA)), x = pick(b, IR_I64);
    ir_ref mask = ir_emit(b, IR_OP_const, IR_I64, 0, 0, 0, 0, (DATA_BYTES / 2 - 1) & ~(u64)(align - 1));
    return ir_emit(b, IR_OP_add, IR_I64, 0, base, ir_emit(b, IR_OP_and, IR_I64, 0, x, mask, 0, 0), 0, 0);
}

static void add_memory(struct ir_build *b)
{
    static const enum ir_type types[] = {IR_I32, IR_I64, IR_I64, IR_F16, IR_F32, IR_F64, IR_V128};
    static const u8 flags[] = {0, 0, 0, IR_MEM_SWAP, IR_MEM_ALIGN, IR_MEM_ACQ | IR_MEM_REL};
    enum ir_type t = types[draw(ARRAY_SIZE(types))], w = draw_int();
    bool integer = t == IR_I32 || t == IR_I64;
    u8 log2 = (u8)__builtin_ctz(ir_type_bits(t) / 8), size = integer ? (u8)draw(log2 + 1u) : log2;
    u8 wsize = (u8)draw(w == IR_I64 ? 4 : 3), order = draw(2) ? IR_MEM_ACQ | IR_MEM_REL : 0;
    ir_ref a, v;
    switch (draw(9)) {
    case 0:
    case 1:
    case 2: {
        u8 sub = size | flags[draw(ARRAY_SIZE(flags))] | (integer && size < log2 && draw(2) ? IR_MEM_SIGN : 0);
        ir_emit(b, IR_OP_load, t, sub & (u8)~IR_MEM_REL, address(b, draw(4) ? 8 : 1), 0, 0, draw(2) ? draw(64) : 0);
        return;
    }
    case 3:
    case 4:
    case 5:
        a = address(b, draw(4) ? 8 : 1), v = pick(b, t);
        ir_emit(b, IR_OP_store, IR_VOID, (size | flags[draw(ARRAY_SIZE(flags))]) & (u8)~IR_MEM_ACQ, a, v, 0, draw(2) ? draw(64) : 0);
        return;
    case 6:
        a = address(b, 16), v = pick(b, w);
        ir_emit(b, IR_OP_atomic_add + draw(IR_OP_atomic_swap - IR_OP_atomic_add + 1), w, wsize | order, a, v, 0, 0);
        return;
    case 7:
        a = address(b, 16), v = pick(b, w);
        ir_emit(b, IR_OP_cas, w, wsize | order, a, v, pick(b, w), 0);
        return;
    default:
        a = address(b, 16);
        v = ir_emit(b, IR_OP_load_ex, w, wsize, a, 0, 0, 0);
        if (draw(4))
            ir_emit(b, IR_OP_store_ex, IR_I32, wsize, a, draw(2) ? v : pick(b, w), 0, 0);
    }
}

/* Without what the builder folds, so that the same is drawn wherever a block begins. */
static ir_ref op3(struct ir_build *b, enum ir_opcode op, enum ir_type t, ir_ref x, ir_ref y, ir_ref z)
{
    return ir_emit(b, op, t, 0, x, y, z, 0);
}
static ir_ref flags_now(struct ir_build *b) { return ir_emit(b, IR_OP_get, IR_FLAGS, 0, 0, 0, 0, NZCV_AT); }
static void put_flags(struct ir_build *b, ir_ref flags) { ir_emit(b, IR_OP_put, IR_VOID, 0, flags, 0, 0, NZCV_AT); }
static ir_ref condition(struct ir_build *b, enum ir_cond cond, ir_ref flags)
{
    return ir_emit(b, IR_OP_cond, IR_I32, (u8)cond, flags, 0, 0, 0);
}
static void put_x(struct ir_build *b, ir_ref v) { ir_emit(b, IR_OP_put, IR_VOID, 0, v, 0, 0, x_at(draw(XREGS))); }

/* x + y or x - y - 1, with the carry; as lifters write it. */
static void add_with_carry(struct ir_build *b)
{
    enum ir_type t = draw_int();
    ir_ref x = pick(b, t), y = draw(4) ? pick(b, t) : ir_emit(b, IR_OP_const, t, 0, 0, 0, 0, draw(3) ? draw(300) : 0);
    if (draw(2))
        y = op3(b, IR_OP_not, t, y, 0, 0);
    ir_ref carry = condition(b, IR_CS, draw(2) ? flags_now(b) : pick(b, IR_FLAGS));
    ir_ref wide = t == IR_I64 ? op3(b, IR_OP_zext, t, carry, 0, 0) : carry;
    ir_ref sum = op3(b, IR_OP_add, t, op3(b, IR_OP_add, t, x, y, 0), wide, 0);
    if (draw(3))
        put_flags(b, op3(b, IR_OP_flags_adc, IR_FLAGS, x, y, carry));
    if (draw(3))
        put_x(b, t == IR_I64 ? sum : op3(b, IR_OP_zext, IR_I64, sum, 0, 0));
}

/* What 32-bit guests do to flags: N and Z alone, with C, looking at them without having set them. */
static void add_flags(struct ir_build *b)
{
    ir_ref x = pick(b, IR_I32), y = pick(b, IR_I32), yes, no;
    switch (draw(8)) {
    case 0: put_flags(b, op3(b, IR_OP_flags_nz, IR_FLAGS, x, x, op3(b, IR_OP_flags_word, IR_I32, flags_now(b), 0, 0))); return;
    case 1: put_flags(b, op3(b, IR_OP_flags_nzc, IR_FLAGS, x, y, op3(b, IR_OP_flags_word, IR_I32, flags_now(b), 0, 0))); return;
    case 2: add_with_carry(b); return;
    case 3: put_flags(b, op3(b, draw(2) ? IR_OP_flags_sub : IR_OP_flags_add, IR_FLAGS, x, y, 0)); return;
    case 4:
        x = condition(b, (enum ir_cond)draw(14), draw(2) ? flags_now(b) : pick(b, IR_FLAGS));
        put_x(b, op3(b, IR_OP_zext, IR_I64, x, 0, 0));
        return;
    default:
        yes = pick(b, IR_I64);
        no = pick(b, IR_I64);
        put_x(b, op3(b, IR_OP_select, IR_I64, condition(b, (enum ir_cond)draw(14), flags_now(b)), yes, no));
    }
}

static void plain(struct ir_build *b)
{
    for (u32 n = 1 + draw(seed % 2 ? 12 : 4); n--;) {
        if (!draw(5))
            add_memory(b);
        else if (!draw(6))
            add_flags(b);
        else if (seed % 2) /* what compilers write most: values wait for each other in registers */
            add_integer(b);
        else
            add_row(b);
    }
    if (!draw(40))
        ir_emit(b, IR_OP_trap_if, IR_VOID, TRAP_FP, make(b, IR_I32), 0, 0, draw(8));
    for (u32 n = 1 + draw(seed % 2 ? 4 : 2); n--;)
        add_put(b);
}

static void use_fuel(struct ir_build *b, u64 pc)
{
    ir_ref left = ir_sub(b, ir_get(b, IR_I64, x_at(X_FUEL)), ir_const(b, IR_I64, 1));
    ir_put(b, x_at(X_FUEL), left);
    ir_exit_branch(b, ir_eq(b, left, ir_const(b, IR_I64, 0)), END, pc + 4);
}

static void indirect_jump(struct ir_build *b, u64 pc, bool call)
{
    ir_ref r = ir_get(b, IR_I64, x_at(draw(XREGS)));
    ir_ref x = ir_add(b, ir_and(b, r, ir_const(b, IR_I64, 7 * SLOT * 4)), ir_const(b, IR_I64, CODE));
    if (call)
        ir_put(b, x_at(X_LINK), ir_const(b, IR_I64, cpu_branch_address(pc + 4, b->fn->mode)));
    if (draw(3))
        ir_exit_exchange(b, ir_trunc(b, draw(2) ? ir_or(b, x, ir_and(b, r, ir_const(b, IR_I64, 1))) : x),
                         call ? IR_HINT_CALL : IR_HINT_JUMP, call ? pc + 4 : 0);
    else
        ir_exit_indirect(b, x, call ? IR_HINT_CALL : IR_HINT_JUMP, call ? pc + 4 : 0);
}

static void control(struct ir_build *b, u64 pc)
{
    u64 target = CODE + (u64)draw(SLOTS) * SLOT * 4;
    u32 what = pc + 4 == END ? 4 : draw(12);
    bool exchange;
    ir_ref x;
    switch (what) {
    case 0: ir_exit_syscall(b, pc + 4); return;
    case 1: ir_exit_exchange(b, ir_get(b, IR_I32, x_at(X_LINK)), IR_HINT_RETURN, 0); return;
    case 2:
    case 3:
        ir_put(b, x_at(X_LINK), ir_const(b, IR_I64, cpu_branch_address(pc + 4, b->fn->mode)));
        if ((exchange = draw(2)))
            ir_put(b, offsetof(struct cpu_common, mode), ir_const(b, IR_I32, b->fn->mode ^ CPU_MODE_THUMB));
        ir_exit_call(b, target, pc + 4, exchange);
        return;
    case 4: ir_exit_next(b, target); return;
    case 5:
    case 6: indirect_jump(b, pc, what == 5); return;
    case 7:
        x = ir_ne(b, ir_get(b, IR_I64, x_at(draw(XREGS))), ir_get(b, IR_I64, x_at(draw(XREGS))));
        ir_exit_branch(b, x, target, pc + 4);
        return;
    default: x = ir_cond(b, (enum ir_cond)draw(14), ir_get(b, IR_FLAGS, NZCV_AT)); ir_exit_branch(b, x, target, pc + 4);
    }
}

/* Returns true if the block ended. */
static bool lift_insn(struct ir_build *b, u64 pc)
{
    unsigned at = (unsigned)(pc - CODE) / 4, k = at % SLOT;
    gen_state = (seed << 20 ^ (at / SLOT + 1000)) * 0x9e3779b97f4a7c15 + 7;
    bool last = at / SLOT == SLOTS - 1, controls = last || draw(5) < 3;
    gen_state = (seed << 20 ^ at) * 0xd1342543de82ef95 + 3;
    draw(2);
    gen_first = b->fn->count;
    if (at >= INSNS)
        return ir_exit_trap(b, TRAP_BREAKPOINT, 0), true;
    bool bounded = k == SLOT - 2 && controls && !disabled[at + 1]; /* a branch that is left keeps its bound */
    if (disabled[at] && !bounded)
        return false;
    if (k == SLOT - 2 && controls)
        return use_fuel(b, pc), true;
    if (k == SLOT - 1 && controls)
        return control(b, pc), true;
    plain(b);
    if (b->fn->mode & CPU_MODE_THUMB && k == 0)
        ir_put(b, x_at(X_THUMB), ir_add(b, ir_get(b, IR_I64, x_at(X_THUMB)), ir_const(b, IR_I64, 1)));
    return false;
}

static void lift(struct ir_build *b, struct ir_fn *fn, u64 pc, const u8 *code, size_t bytes, unsigned max, bool guarded)
{
    (void)code, (void)guarded;
    bool ended = false;
    unsigned n = 0;
    gen_make = make;
    ir_begin(b, fn, pc, b->cpu->mode);
    for (; !ended && n < max && 4 * (n + 1) <= bytes; n++) {
        ir_insn(b, pc + 4 * n, 0, 4);
        ended = lift_insn(b, pc + 4 * n);
    }
    if (!ended)
        ir_exit_next(b, pc + 4 * n);
    fn->insn_count = n;
    fn->pc_end = pc + 4 * n;
}

static unsigned print_insn(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes)
{
    (void)code, (void)bytes;
    snprintf(text, text_bytes, "random %#llx", (unsigned long long)pc);
    return 4;
}

static struct guest guest_random;

/* --- running --------------------------------------------------------------------------------------------------------------- */

static struct a64_state *cpu;
static void on_fault(int signal, siginfo_t *info, void *context)
{
    if (!cpu_host_fault(&cpu->c, signal, info, context))
        _exit(3);
}

static u64 mix(u64 a, u64 b)
{
    a = (a ^ b) * 0x9e3779b97f4a7c15;
    return a ^ a >> 29;
}

static u64 hash(u64 h, const void *p, size_t bytes)
{
    for (size_t i = 0; i + 8 <= bytes; i += 8) {
        u64 w;
        memcpy(&w, (const u8 *)p + i, 8);
        h = mix(h, w);
    }
    return h;
}

/* Everything that an event shows: all registers, exactly as they must be there. */
static void observe(struct outcome *o, u64 what)
{
    o->events++;
    o->hash = mix(mix(mix(o->hash, what), cpu->c.pc ^ (u64)cpu->c.mode << 32), a64_get_fpsr(cpu));
    o->hash = hash(o->hash, (u8 *)cpu + sizeof(struct cpu_common), sizeof *cpu - sizeof(struct cpu_common));
    o->hash = hash(o->hash, (void *)(uintptr_t)(mem.base + DATA), DATA_BYTES);
}

/* False: the program is at its end. */
static bool answer(struct outcome *o, enum cpu_exit e)
{
    switch (e) {
    case EXIT_POLL: return true;
    case EXIT_SYSCALL:
        observe(o, 1);
        cpu->x[0] = cpu->x[0] * 3 + 7;
        return true;
    case EXIT_FAULT:
        observe(o, mix(cpu->c.fault_addr, cpu->c.fault_signal));
        cpu->c.pc += 4;
        return true;
    case EXIT_TRAP:
        observe(o, mix(cpu->c.trap, cpu->c.trap_code));
        cpu->c.pc += 4;
        return cpu->c.trap != TRAP_BREAKPOINT;
    }
    return false;
}

static void run_program(const struct way *w, struct outcome *o)
{
    u8 *data = (u8 *)(uintptr_t)(mem.base + DATA);
    cpu_invalidate(CODE, MEM_PAGE);
    memset(o, 0, sizeof *o);
    memset((u8 *)cpu + sizeof(struct cpu_common), 0, sizeof *cpu - sizeof(struct cpu_common));
    gen_state = seed * 0x9e3779b97f4a7c15 + 5;
    cpu->c.mode &= ~(u32)CPU_MODE_THUMB;
    a64_set_fpcr(cpu, draw(2) ? 0 : (u64)(draw(4) << 22 | draw(2) << 24 | draw(2) << 25 | draw(2) << 19));
    a64_set_fpsr(cpu, draw(2) ? 0 : 0x9f & draw(256));
    for (unsigned i = 0; i < 31; i++)
        cpu->x[i] = interesting();
    for (unsigned i = 0; i < 32; i++)
        cpu->v[i] = (union v128){.d = {interesting(), interesting()}};
    for (unsigned i = 0; i < DATA_BYTES; i++)
        data[i] = (u8)draw(256);
    A64_NZCV(cpu) = draw(16) << 28;
    cpu->x[X_DATA] = DATA;
    cpu->x[X_FUEL] = fuel;
    cpu->x[X_LINK] = END;
    cpu->c.pc = CODE;
    cpu->c.excl_size = 0;
    cpu->c.stop_single = w->single;
    while (answer(o, cpu_run(&cpu->c)))
        if (o->events > MAX_EVENTS) {
            o->endless = true;
            break;
        }
    o->s = *cpu;
    o->fpsr = a64_get_fpsr(cpu);
    memcpy(o->data, data, DATA_BYTES);
}

static void run_all(const struct way *w, u64 first, unsigned count, struct outcome *to)
{
    struct cpu_config c = w->config;
    c.guest = &guest_random;
    must(mem_init(64, 0, 0) == 0);
    cpu_init(&c);
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    int fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    must(mem_mmap(CODE, MEM_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, fixed, -1, 0) == CODE);
    must(mem_mmap(DATA, DATA_BYTES, PROT_READ | PROT_WRITE, fixed, -1, 0) == DATA);
    cpu = (struct a64_state *)cpu_new(NULL);
    cpu->c.model = a64_model_find("max");
    for (unsigned i = 0; i < count; i++) {
        seed = first + i;
        run_program(w, &to[i]);
    }
}

/* In a process of its own. False: it did not end well. */
static bool run_apart(const struct way *w, u64 first, unsigned count, struct outcome *to)
{
    fflush(stdout);
    int status = 1;
    pid_t pid = fork();
    if (pid == 0) {
        alarm(count == 1 ? 5 : 100);
        run_all(w, first, count, to);
        _exit(0);
    }
    must(pid > 0 && waitpid(pid, &status, 0) == pid);
    return status == 0;
}

/* --- comparing, shrinking ----------------------------------------------------------------------------------------------------- */

static bool same(const struct outcome *a, const struct outcome *b)
{
    size_t from = sizeof(struct cpu_common);
    return a->events == b->events && a->hash == b->hash && a->fpsr == b->fpsr && !memcmp(a->data, b->data, sizeof a->data) &&
           !memcmp((const u8 *)&a->s + from, (const u8 *)&b->s + from, sizeof a->s - from);
}

static bool still_fails(const struct way *w)
{
    return run_apart(&ways[0], seed, 1, &shrunk[0]) && !shrunk[0].endless && (!run_apart(w, seed, 1, &shrunk[1]) || !same(&shrunk[0], &shrunk[1]));
}

static void print_difference(const struct outcome *a, const struct outcome *b)
{
#define REG(field, type, count, bits, feature, printed)                                                                    \
    for (unsigned i = 0; i < count; i++)                                                                                   \
        if (memcmp(&a->s.field[i], &b->s.field[i], sizeof(type))) {                                                        \
            u64 w[2] = {0}, g[2] = {0};                                                                                    \
            memcpy(w, &a->s.field[i], sizeof(type));                                                                       \
            memcpy(g, &b->s.field[i], sizeof(type));                                                                       \
            printf("  %s%u is %016llx%016llx, not %016llx%016llx\n", printed, i, (long long)g[1], (long long)g[0],       \
                   (long long)w[1], (long long)w[0]);                                                                      \
        }
#include "state/a64.regs"
#undef REG
    if (a->fpsr != b->fpsr)
        printf("  fpsr is %llx, not %llx\n", (long long)b->fpsr, (long long)a->fpsr);
    if (a->events != b->events)
        printf("  %llu events, not %llu\n", (long long)b->events, (long long)a->events);
    else if (a->hash != b->hash)
        printf("  the state at some event differs\n");
    for (unsigned i = 0; i < DATA_BYTES / 8; i++)
        if (a->data[i] != b->data[i])
            printf("  data+%#x is %016llx, not %016llx\n", i * 8, (long long)b->data[i], (long long)a->data[i]);
}

static void print_program(void)
{
    static struct ir_build b;
    static struct ir_fn fn;
    struct cpu_common nobody = {0};
    b.cpu = &nobody;
    for (unsigned i = 0; i < INSNS; i++)
        if (!disabled[i]) {
            lift(&b, &fn, CODE + 4 * i, NULL, 4, 1, false);
            ir_print(&fn, guest_a64.names, stdout);
        }
}

static void shrink(const struct way *w)
{
    fuel = FUEL;
    memset(disabled, 0, sizeof disabled);
    if (!still_fails(w)) {
        printf("  (not alone in a process: only after the programs before it)\n");
        return;
    }
    for (unsigned less = fuel / 2; less; less /= 2) {
        unsigned before = fuel;
        fuel = less;
        if (!still_fails(w)) {
            fuel = before;
            break;
        }
    }
    for (unsigned part = 16; part; part /= 4) /* groups first, then one at a time */
        for (unsigned i = 0; i < INSNS - 2; i += part) {
            bool before[16];
            memcpy(before, disabled + i, part);
            for (unsigned k = i; k < i + part && k < INSNS - 2; k++)
                disabled[k] = true;
            if (!still_fails(w))
                memcpy(disabled + i, before, part);
        }
    bool bad = still_fails(w);
    printf("  fuel %u, fpcr %#llx; the instructions that are left%s:\n", fuel, (long long)shrunk[0].s.fpcr[0], bad ? "" : " (unstable)");
    print_program();
    print_difference(&shrunk[0], &shrunk[1]);
    memset(disabled, 0, sizeof disabled);
    fuel = FUEL;
}

int main(int argc, char **argv)
{
    u64 count = argc > 1 ? strtoull(argv[1], NULL, 0) : 1000, first = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    u64 passed = 0, failed = 0, events = 0, shown = 0;
    guest_random = guest_a64;
    guest_random.lift = lift;
    guest_random.print_insn = print_insn;
    outcomes = mmap(NULL, (2 * BATCH + 2) * sizeof *outcomes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(outcomes != MAP_FAILED);
    shrunk = outcomes + 2 * BATCH;
    for (u64 at = first; at < first + count && shown < 5; at += BATCH) {
        unsigned n = (unsigned)(first + count - at < BATCH ? first + count - at : BATCH);
        must(run_apart(&ways[0], at, n, outcomes));
        for (unsigned k = 1; k < ARRAY_SIZE(ways); k++) {
            bool ended = run_apart(&ways[k], at, n, outcomes + BATCH);
            for (unsigned i = 0; i < n; i++) {
                events += outcomes[i].events;
                seed = at + i;
                /* A process that did not end well: which program was it? */
                if (ended ? same(&outcomes[i], &outcomes[BATCH + i]) : !still_fails(&ways[k])) {
                    passed++;
                    continue;
                }
                failed++;
                if (shown++ < 5) {
                    printf("FAILED %s, seed %llu\n", ways[k].name, (unsigned long long)seed);
                    shrink(&ways[k]);
                }
            }
        }
    }
    printf("%llu events\n%llu passed, %llu failed\n", (unsigned long long)events, (unsigned long long)passed, (unsigned long long)failed);
    return failed != 0;
}
