/* The run loop with a toy guest whose instructions are 4 bytes (operation << 24 | signed 24-bit number): linking, exact
 * faults, polls, single steps, changing code, eviction, threads, fork. */
#define _GNU_SOURCE
#include "run/run.h"
#include "jit/x64/host.h"
#include "softmmu/softmmu.h"
#include "state/a64_state.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum toy { ADD0, ADD1, BRANCH, JUMP, SYSCALL, LOAD, STORE, INDIRECT, ICACHE, TOY_COUNT };
static u32 toy(enum toy op, int number) { return (u32)op << 24 | ((u32)number & 0xffffff); }

static u32 reg(int n) { return (u32)offsetof(struct a64_state, x) + 8 * (u32)n; }
static ir_ref get(struct ir_build *b, int n) { return ir_get(b, IR_I64, reg(n)); }

/* Returns true if the block ended. */
static bool lift_insn(struct ir_build *b, u64 pc, u32 insn)
{
    i64 number = sext(insn, 24);
    switch (insn >> 24) {
    case ADD0:
    case ADD1: {
        int n = insn >> 24 == ADD1;
        ir_put(b, reg(n), ir_add(b, get(b, n), ir_const(b, IR_I64, (u64)number)));
        return false;
    }
    case BRANCH:
        ir_exit_branch(b, ir_ne(b, get(b, 0), ir_const(b, IR_I64, 0)), pc + (u64)(number * 4), pc + 4);
        return true;
    case JUMP: ir_exit_next(b, pc + (u64)(number * 4)); return true;
    case SYSCALL: ir_exit_syscall(b, pc + 4); return true;
    case LOAD: ir_put(b, reg(1), ir_load(b, IR_I64, 3, get(b, 2), number)); return false;
    case STORE: ir_store(b, 3, get(b, 2), number, get(b, 1)); return false;
    case INDIRECT: ir_exit_indirect(b, get(b, 3), IR_HINT_JUMP, 0); return true;
    case ICACHE:
        ir_call(b, IR_HELPER_icache_invalidate, 2, (ir_ref[]){get(b, 2), ir_const(b, IR_I64, 4)});
        ir_exit_next(b, pc + 4);
        return true;
    default: ir_exit_trap(b, TRAP_UNDEFINED, insn); return true;
    }
}

static void toy_lift(struct ir_build *b, struct ir_fn *fn, u64 pc, const u8 *code, size_t bytes, unsigned max, bool guarded)
{
    (void)guarded;
    ir_begin(b, fn, pc, b->cpu->mode);
    bool ended = false;
    unsigned n = 0;
    for (; !ended && n < max && 4 * (n + 1) <= bytes; n++) {
        u32 insn;
        memcpy(&insn, code + 4 * n, 4);
        ir_insn(b, pc + 4 * n, insn, 4);
        ended = lift_insn(b, pc + 4 * n, insn);
    }
    if (!ended)
        ir_exit_next(b, pc + 4 * n);
    fn->insn_count = n;
    fn->pc_end = pc + 4 * n;
}

static unsigned toy_print(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes)
{
    (void)pc, (void)code, (void)bytes;
    snprintf(text, text_bytes, "toy");
    return 4;
}

static const struct guest guest_toy = {
    .name = "toy", .state_bytes = sizeof(struct a64_state), .insn_align = 4, .max_insn_bytes = 4, .flags_offset = offsetof(struct a64_state, nzcv), .lift = toy_lift,
    .print_insn = toy_print,
};

static _Thread_local struct cpu_common *running;
static void on_signal(int sig, siginfo_t *info, void *context)
{
    if (!cpu_host_fault(running, sig, info, context))
        abort();
}

/* The tests run on each engine; `tiers` compiles what runs a second time. */
static const struct {
    enum cpu_engine_kind kind;
    u32 threshold;
} engines[] = {{CPU_INTERP, 0}, {CPU_JIT, 0}, {CPU_JIT, 2}};
static unsigned engine_used;
static bool compiles(void) { return engines[engine_used].kind == CPU_JIT && jit_x64; }
static void use_interpreter(void) { engine_used = 0; }
static void use_compiler(void) { engine_used = 1; }
static void use_tiers(void) { engine_used = 2; }

static u32 *code; /* two pages of guest code, then one that cannot be executed */
static u64 code_at;

static void start(size_t cache_bytes)
{
    struct cpu_config config = {
        .guest = &guest_toy, .cache_bytes = cache_bytes, .engine = engines[engine_used].kind,
        .jit_threshold = engines[engine_used].threshold,
    };
    ck_assert_int_eq(mem_init(64, 0, 0), 0);
    cpu_init(&config);
    i64 at = mem_mmap(0, 3 * MEM_PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_int_gt(at, 0);
    code_at = (u64)at;
    code = (u32 *)(mem.base + code_at);
    ck_assert_int_eq(mem_mprotect(code_at + 2 * MEM_PAGE, MEM_PAGE, PROT_READ | PROT_WRITE), 0);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

static u64 *x_of(struct cpu_common *cpu) { return ((struct a64_state *)cpu)->x; }

static struct cpu_common *new_cpu(void)
{
    struct cpu_common *cpu = cpu_new(NULL);
    cpu->pc = code_at;
    running = cpu;
    return cpu;
}

START_TEST(loop_runs_linked)
{
    start(0);
    const u32 program[] = {toy(ADD0, 1000), toy(ADD1, 3), toy(ADD0, -1), toy(BRANCH, -2), toy(SYSCALL, 0)};
    memcpy(code, program, sizeof program);
    struct cpu_common *cpu = new_cpu();
    ck_assert_int_eq(cpu_run(cpu), EXIT_SYSCALL);
    ck_assert_uint_eq(cpu->pc, code_at + 20);
    ck_assert_uint_eq(x_of(cpu)[1], 3000);
    struct cpu_stats s;
    cpu_get_stats(&s);
    ck_assert_uint_eq(s.blocks_lifted, 3);
    ck_assert_uint_eq(s.blocks_compiled, !compiles() ? 0 : engines[engine_used].threshold ? 1 : 3);
    ck_assert_uint_ge(s.links, 3);
    ck_assert_uint_le(s.lookups, 6);
    cpu_free(cpu);
}
END_TEST

START_TEST(faults_are_exact)
{
    start(0);
    const u32 program[] = {toy(ADD0, 7), toy(ADD1, 1), toy(STORE, 0), toy(ADD0, 1), toy(ADD1, 1), toy(LOAD, 8), toy(ADD0, 1),
                           toy(SYSCALL, 0)};
    memcpy(code, program, sizeof program);
    struct cpu_common *cpu = new_cpu();
    x_of(cpu)[2] = code_at + 3 * MEM_PAGE - 8; /* the store is the last word, the load beyond */
    ck_assert_int_eq(cpu_run(cpu), EXIT_FAULT);
    ck_assert_uint_eq(cpu->pc, code_at + 20);
    ck_assert_uint_eq(cpu->fault_addr, code_at + 3 * MEM_PAGE);
    ck_assert_uint_eq(cpu->fault_signal, SIGSEGV);
    ck_assert_uint_eq(cpu->fault_code, SEGV_MAPERR);
    ck_assert(!cpu->fault_write);
    ck_assert_uint_eq(x_of(cpu)[0], 8);
    ck_assert_uint_eq(x_of(cpu)[1], 2);
    ck_assert_uint_eq(code[3 * MEM_PAGE / 4 - 2], 1);
    /* a write to a page that may only be read; then the guest repairs it and goes on */
    ck_assert_int_eq(mem_mprotect(code_at + 2 * MEM_PAGE, MEM_PAGE, PROT_READ), 0);
    cpu->pc = code_at + 8;
    ck_assert_int_eq(cpu_run(cpu), EXIT_FAULT);
    ck_assert_uint_eq(cpu->pc, code_at + 8);
    ck_assert_uint_eq(cpu->fault_code, SEGV_ACCERR);
    ck_assert(cpu->fault_write);
    ck_assert_int_eq(mem_mprotect(code_at + 2 * MEM_PAGE, MEM_PAGE, PROT_READ | PROT_WRITE), 0);
    x_of(cpu)[2] -= 8;
    ck_assert_int_eq(cpu_run(cpu), EXIT_SYSCALL);
    /* beyond the end of the guest's space */
    x_of(cpu)[2] = mem.limit - 8;
    cpu->pc = code_at + 20;
    ck_assert_int_eq(cpu_run(cpu), EXIT_FAULT);
    ck_assert_uint_eq(cpu->fault_addr, mem.limit);
    ck_assert_uint_eq(cpu->fault_code, SEGV_MAPERR);
    cpu_free(cpu);
}
END_TEST

START_TEST(code_that_cannot_be_fetched)
{
    start(0);
    struct cpu_common *cpu = new_cpu();
    u32 last = 2 * MEM_PAGE / 4 - 1;
    code[last] = toy(ADD0, 1); /* then falls into the page that is not executable */
    cpu->pc = code_at + 4 * last;
    ck_assert_int_eq(cpu_run(cpu), EXIT_FAULT);
    ck_assert_uint_eq(x_of(cpu)[0], 1);
    ck_assert_uint_eq(cpu->pc, code_at + 2 * MEM_PAGE);
    ck_assert_uint_eq(cpu->fault_addr, code_at + 2 * MEM_PAGE);
    ck_assert_uint_eq(cpu->fault_code, SEGV_ACCERR);
    cpu->pc = code_at + 3 * MEM_PAGE;
    ck_assert_int_eq(cpu_run(cpu), EXIT_FAULT);
    ck_assert_uint_eq(cpu->fault_code, SEGV_MAPERR);
    cpu->pc = code_at + 2;
    ck_assert_int_eq(cpu_run(cpu), EXIT_TRAP);
    ck_assert_uint_eq(cpu->trap, TRAP_PC_ALIGNMENT);
    ck_assert_uint_eq(cpu->trap_addr, code_at + 2);
    code[0] = 0xff000000;
    cpu->pc = code_at;
    ck_assert_int_eq(cpu_run(cpu), EXIT_TRAP);
    ck_assert_uint_eq(cpu->trap, TRAP_UNDEFINED);
    ck_assert_uint_eq(cpu->pc, code_at);
    cpu_free(cpu);
}
END_TEST

START_TEST(single_steps)
{
    start(0);
    const u32 program[] = {toy(ADD0, 1), toy(ADD1, 1), toy(BRANCH, -1), toy(SYSCALL, 0)};
    memcpy(code, program, sizeof program);
    struct cpu_common *cpu = new_cpu();
    cpu->stop_single = 1;
    for (u64 i = 0; i < 3; i++) {
        ck_assert_uint_eq(cpu->pc, code_at + 4 * i);
        ck_assert_int_eq(cpu_run(cpu), EXIT_POLL);
    }
    ck_assert_uint_eq(cpu->pc, code_at + 4);
    ck_assert_uint_eq(x_of(cpu)[1], 1);
    x_of(cpu)[3] = code_at + 12;
    code[1] = toy(INDIRECT, 0);
    cpu_invalidate(code_at + 4, 4);
    ck_assert_int_eq(cpu_run(cpu), EXIT_POLL);
    ck_assert_uint_eq(cpu->pc, code_at + 12);
    ck_assert_int_eq(cpu_run(cpu), EXIT_SYSCALL);
    cpu_free(cpu);
}
END_TEST

START_TEST(changed_code_after_invalidation)
{
    start(0);
    const u32 program[] = {toy(JUMP, 4), toy(ADD1, 1), toy(SYSCALL, 0), 0, toy(STORE, 0), toy(ICACHE, 0), toy(JUMP, -5)};
    memcpy(code, program, sizeof program);
    struct cpu_common *cpu = new_cpu();
    cpu->pc = code_at + 4;
    ck_assert_int_eq(cpu_run(cpu), EXIT_SYSCALL); /* translates the code that is changed next */
    ck_assert_uint_eq(x_of(cpu)[1], 1);
    x_of(cpu)[2] = code_at + 4;
    x_of(cpu)[1] = (u64)toy(SYSCALL, 0) << 32 | toy(ADD0, 5);
    cpu->pc = code_at;
    ck_assert_int_eq(cpu_run(cpu), EXIT_SYSCALL);
    ck_assert_uint_eq(x_of(cpu)[0], 5);
    cpu_free(cpu);
}
END_TEST

static void *run_until_exit(void *arg)
{
    running = arg;
    return (void *)(uintptr_t)cpu_run(arg);
}

static void wait_until(volatile u64 *word, u64 past)
{
    while (*word <= past)
        sched_yield();
}

START_TEST(poll_ends_a_loop)
{
    start(0);
    const u32 program[] = {toy(ADD1, 1), toy(JUMP, -1)};
    memcpy(code, program, sizeof program);
    for (int i = 0; i < 100; i++) {
        struct cpu_common *cpu = new_cpu();
        pthread_t thread;
        pthread_create(&thread, NULL, run_until_exit, cpu);
        wait_until(&x_of(cpu)[1], (u64)i);
        cpu_request_poll(cpu);
        void *exit;
        pthread_join(thread, &exit);
        ck_assert_int_eq((int)(uintptr_t)exit, EXIT_POLL);
        ck_assert(cpu->pc == code_at);
        cpu_free(cpu);
    }
}
END_TEST

/* Another thread changes the code of a running loop; the loop must notice at its next block exit. */
START_TEST(invalidation_while_another_thread_runs)
{
    start(0);
    for (int i = 0; i < 200; i++) {
        code[0] = toy(ADD1, 1);
        code[1] = i & 1 ? toy(INDIRECT, 0) : toy(JUMP, -1);
        cpu_invalidate(code_at, 8);
        struct cpu_common *cpu = new_cpu();
        x_of(cpu)[3] = code_at;
        pthread_t thread;
        pthread_create(&thread, NULL, run_until_exit, cpu);
        wait_until(&x_of(cpu)[1], 1000);
        __atomic_store_n(&code[0], toy(SYSCALL, 0), __ATOMIC_RELEASE);
        cpu_invalidate(code_at, 4);
        void *exit;
        pthread_join(thread, &exit);
        ck_assert_int_eq((int)(uintptr_t)exit, EXIT_SYSCALL);
        cpu_free(cpu);
    }
}
END_TEST

/* More code than fits: chains of small blocks, run by several threads while pages are invalidated. */
enum { CHAIN = 500, LAPS = 60 };

static void make_chain(void)
{
    for (int i = 0; i < CHAIN; i++) {
        code[2 * i] = toy(ADD1, 1);
        code[2 * i + 1] = toy(JUMP, 1);
    }
    code[2 * CHAIN] = toy(ADD0, -1);
    code[2 * CHAIN + 1] = toy(BRANCH, -2 * CHAIN - 1);
    code[2 * CHAIN + 2] = toy(SYSCALL, 0);
}

static void *run_chain(void *arg)
{
    (void)arg;
    struct cpu_common *cpu = new_cpu();
    x_of(cpu)[0] = LAPS;
    enum cpu_exit exit;
    while ((exit = cpu_run(cpu)) == EXIT_POLL)
        __atomic_store_n(&cpu->poll, 0, __ATOMIC_RELAXED);
    u64 count = x_of(cpu)[1];
    cpu_free(cpu);
    return (void *)(uintptr_t)(exit == EXIT_SYSCALL ? count : 0);
}

START_TEST(eviction)
{
    size_t limit = 16 << 10;
    start(limit);
    make_chain();
    ck_assert_uint_eq((uintptr_t)run_chain(NULL), CHAIN * LAPS);
    struct cpu_stats s;
    cpu_get_stats(&s);
    ck_assert_uint_gt(s.evictions, CHAIN);
    ck_assert_uint_le(s.bytes_used, 2 * limit);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, run_chain, NULL);
    for (int i = 0; i < 2000; i++)
        cpu_invalidate(code_at + (u64)(i * 64) % (8 * CHAIN), 64);
    for (int i = 0; i < 4; i++) {
        void *count;
        pthread_join(threads[i], &count);
        ck_assert_uint_eq((uintptr_t)count, CHAIN * LAPS);
    }
}
END_TEST

START_TEST(without_linking)
{
    start(0);
    struct cpu_config config = {.guest = &guest_toy, .no_link = true, .max_block_insns = 1};
    cpu_init(&config);
    make_chain();
    ck_assert_uint_eq((uintptr_t)run_chain(NULL), CHAIN * LAPS);
    struct cpu_stats s;
    cpu_get_stats(&s);
    ck_assert_uint_eq(s.links, 0);
    ck_assert_uint_ge(s.lookups, 2 * CHAIN);
}
END_TEST

static void *invalidate_often(void *stop)
{
    while (!__atomic_load_n((u32 *)stop, __ATOMIC_RELAXED))
        cpu_invalidate(code_at, 64);
    return NULL;
}

START_TEST(fork_while_a_thread_holds_locks)
{
    start(0);
    make_chain();
    u32 stop = 0;
    pthread_t thread;
    pthread_create(&thread, NULL, invalidate_often, &stop);
    for (int i = 0; i < 50; i++) {
        cpu_fork_prepare();
        pid_t child = fork();
        cpu_fork_done(child == 0);
        if (child == 0)
            _exit((uintptr_t)run_chain(NULL) == CHAIN * LAPS ? 0 : 1);
        int status;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
}
END_TEST

/* A loop whose body changes its links when it is compiled, in several threads at once: all reach the threshold together. */
static void *run_warm(void *arg)
{
    struct cpu_common *cpu = arg;
    running = cpu;
    for (int i = 0; i < 50; i++) {
        x_of(cpu)[0] = 0;
        cpu->pc = code_at;
        ck_assert_int_eq(cpu_run(cpu), EXIT_SYSCALL);
        cpu_invalidate(code_at, 4 * MEM_PAGE); /* cold again, also under the other threads' feet */
    }
    return cpu;
}

START_TEST(warm_in_many_threads)
{
    start(0);
    const u32 program[] = {toy(ADD0, 300), toy(ADD1, 3), toy(ADD0, -1), toy(BRANCH, -2), toy(SYSCALL, 0)};
    memcpy(code, program, sizeof program);
    pthread_t threads[4];
    struct cpu_common *cpus[4];
    for (int i = 0; i < 4; i++) {
        cpus[i] = new_cpu();
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_warm, cpus[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_uint_eq(x_of(cpus[i])[1], 50 * 900);
        cpu_free(cpus[i]);
    }
    struct cpu_stats s;
    cpu_get_stats(&s);
    ck_assert(!compiles() || s.blocks_compiled);
}
END_TEST

START_TEST(copies_are_independent)
{
    start(0);
    const u32 program[] = {toy(ADD1, 1), toy(SYSCALL, 0)};
    memcpy(code, program, sizeof program);
    struct cpu_common *cpu = new_cpu();
    x_of(cpu)[1] = 41;
    struct cpu_common *copy = cpu_new(cpu);
    ck_assert_uint_eq(copy->pc, code_at);
    ck_assert_int_eq(cpu_run(copy), EXIT_SYSCALL);
    ck_assert_uint_eq(x_of(copy)[1], 42);
    ck_assert_uint_eq(x_of(cpu)[1], 41);
    cpu_free(copy);
    ck_assert_int_eq(cpu_run(cpu), EXIT_SYSCALL);
    cpu_free(cpu);
}
END_TEST

static void add_tests(Suite *s, const char *name, void (*engine)(void))
{
    TCase *t = tcase_create(name);
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, engine, NULL);
    tcase_add_test(t, loop_runs_linked);
    tcase_add_test(t, faults_are_exact);
    tcase_add_test(t, code_that_cannot_be_fetched);
    tcase_add_test(t, single_steps);
    tcase_add_test(t, changed_code_after_invalidation);
    tcase_add_test(t, poll_ends_a_loop);
    tcase_add_test(t, invalidation_while_another_thread_runs);
    tcase_add_test(t, eviction);
    tcase_add_test(t, without_linking);
    tcase_add_test(t, fork_while_a_thread_holds_locks);
    tcase_add_test(t, warm_in_many_threads);
    tcase_add_test(t, copies_are_independent);
    suite_add_tcase(s, t);
}

int main(void)
{
    Suite *s = suite_create("run");
    add_tests(s, "interpreter", use_interpreter);
    add_tests(s, "compiler", use_compiler);
    add_tests(s, "tiers", use_tiers);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r), all = srunner_ntests_run(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", all - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
