/* The guest's state after every single instruction, on every engine.
 *
 * usage: single PROGRAM.c [ROUNDS]
 *
 * The program is stepped through the interpreter with cpu->stop_single, and the hash of all registers and of all memory that
 * it can write is kept for every instruction. Every other way to run it must show states of that sequence, in its order:
 * free running at each event and at the end; stepped, at every instruction; disturbed by a timer, wherever it stops; and
 * changing at random between running and stepping. Prints 'N passed, N failed'; 77: skipped.
 */
#define _GNU_SOURCE
#include "guest/a64/model.h"
#include "run/run.h"
#include "softmmu/softmmu.h"
#include "state/a64_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CODE = 0x10000, CODE_BYTES = 64 << 10, DATA = 0x40000, DATA_BYTES = 4096, MAX_STEPS = 4 << 20, LOW = 4096 };

/* Shared by all runs, each of which is a process of its own. */
struct record {
    u64 steps;
    u64 hash[MAX_STEPS];
};
static struct record *record;
static u8 code[CODE_BYTES];
static u64 rounds = 250; /* a million instructions */

enum how { FREE, STEPPED, POLLED, MIXED };
struct way {
    const char *name;
    struct cpu_config config;
    enum how how;
};

/* --- building ---------------------------------------------------------------------------------------------------------- */

static bool build(const char *source)
{
    char folder[] = "/tmp/single.XXXXXX", command[8192], path[64];
    must(mkdtemp(folder) != NULL);
    snprintf(command, sizeof command,
             "cd %s && aarch64-linux-gnu-gcc -O2 -ftree-vectorize -march=armv8.2-a+crypto -ffreestanding -fno-stack-protector -fno-math-errno "
             "-fno-pic -fno-pie -no-pie -mno-outline-atomics -nostdlib -static -Wl,--build-id=none -Wl,-Ttext=%#x -Wl,-e%#x "
             "-Wl,--no-warn-rwx-segments -Wl,-N -o a.elf %s && aarch64-linux-gnu-objcopy -O binary a.elf a.bin",
             folder, CODE, CODE, source);
    bool built = system(command) == 0;
    snprintf(path, sizeof path, "%s/a.bin", folder);
    FILE *f = built ? fopen(path, "rb") : NULL;
    if (f) {
        built = fread(code, 1, sizeof code, f) > 0;
        fclose(f);
    }
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 && built;
}

/* --- running ------------------------------------------------------------------------------------------------------------ */

static struct a64_state *cpu;
static void on_fault(int signal, siginfo_t *info, void *context)
{
    if (!cpu_host_fault(&cpu->c, signal, info, context))
        _exit(3);
}

static u64 hash_words(u64 h, const void *from, size_t bytes)
{
    const u8 *p = from;
    u64 h2 = h ^ 0x5555;
    for (size_t i = 0; i + 16 <= bytes; i += 16) {
        u64 a, b;
        memcpy(&a, p + i, 8);
        memcpy(&b, p + i + 8, 8);
        h = (h ^ a) * 0x9e3779b97f4a7c15;
        h2 = (h2 ^ b) * 0xd1342543de82ef95;
        h ^= h >> 29, h2 ^= h2 >> 31;
    }
    return h ^ h2 << 1;
}

/* All that the guest can see of itself. */
static u64 state_hash(void)
{
    u64 more[2] = {cpu->c.pc, a64_get_fpsr(cpu)};
    u64 h = hash_words(1, more, sizeof more);
    h = hash_words(h, (u8 *)cpu + sizeof(struct cpu_common), (sizeof *cpu - sizeof(struct cpu_common)) / 16 * 16);
    return hash_words(h, (void *)(uintptr_t)(mem.base + DATA), DATA_BYTES);
}

/* Answers an event. False: the program has ended, or something is wrong. */
static bool answer(enum cpu_exit e, bool *bad)
{
    switch (e) {
    case EXIT_POLL: return true;
    case EXIT_SYSCALL: cpu->x[0] = cpu->x[0] * 3 + 7; return true;
    case EXIT_FAULT:
        *bad |= cpu->c.fault_addr >= LOW;
        cpu->c.pc += 4;
        return !*bad;
    case EXIT_TRAP: *bad |= cpu->c.trap != TRAP_BREAKPOINT; return false;
    }
    return false;
}

static void start_program(const struct cpu_config *config)
{
    struct cpu_config c = *config;
    c.guest = &guest_a64;
    must(mem_init(64, 0, 0) == 0);
    cpu_init(&c);
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    int fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    must(mem_mmap(CODE, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC, fixed, -1, 0) == CODE);
    must(mem_mmap(DATA, DATA_BYTES, PROT_READ | PROT_WRITE, fixed, -1, 0) == DATA);
    must(copy_out(CODE, code, sizeof code) == 0);
    cpu = (struct a64_state *)cpu_new(NULL);
    cpu->c.model = a64_model_find("max");
    a64_set_fpcr(cpu, 0);
    cpu->c.pc = CODE;
    cpu->x[0] = DATA;
    cpu->x[1] = rounds;
    A64_SP(cpu) = DATA + DATA_BYTES;
}

static void on_timer(int signal)
{
    (void)signal;
    cpu_request_poll(&cpu->c);
}

/* Polls at moments that have nothing to do with the program. */
static void disturb(long microseconds)
{
    struct itimerval every = {{0, microseconds}, {0, microseconds}};
    struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    must(setitimer(ITIMER_REAL, &every, NULL) == 0);
}

/* Moves *at forward to where the state is now. */
static bool find(u64 *at, u64 furthest)
{
    u64 h = state_hash();
    for (u64 i = *at; i < record->steps && i <= furthest; i++)
        if (record->hash[i] == h)
            return *at = i, true;
    return false;
}

/* One run. 0: right; a message is printed otherwise. */
static int run_way(const struct way *w)
{
    bool first = !record->steps, bad = false, going = true;
    u64 at = 0, n = 1, stops = 0, steps_left = 0, random = 1;
    start_program(&w->config);
    if (first)
        record->hash[0] = state_hash();
    if (w->how == POLLED || w->how == MIXED)
        disturb(w->how == POLLED ? 40 : 200);
    while (going) {
        bool step = w->how == STEPPED || (w->how == MIXED && steps_left);
        cpu->c.stop_single = step;
        enum cpu_exit e = cpu_run(&cpu->c);
        bool polled = cpu->c.poll != 0;
        __atomic_store_n(&cpu->c.poll, 0, __ATOMIC_RELEASE);
        stops++;
        going = answer(e, &bad);
        if (first && going) {
            must(n < MAX_STEPS);
            record->hash[n++] = state_hash();
            record->steps = n;
        }
        if (first)
            continue;
        u64 before = at;
        bool next = step && going; /* the trap at the end is no step */
        if (bad || !find(&at, step ? at + 1 : ~0ull) || (next && w->how == STEPPED && at != before + 1)) {
            printf("FAILED %s: stop %llu (exit %d) shows a state that is not in the sequence after step %llu of %llu; pc %#llx\n",
                   w->name, (unsigned long long)stops, (int)e, (unsigned long long)before, (unsigned long long)record->steps,
                   (unsigned long long)cpu->c.pc);
            a64_dump(cpu, 1);
            fflush(stdout);
            return 1;
        }
        if (steps_left)
            steps_left--;
        else if (polled && (random = random * 6364136223846793005 + 1) >> 63)
            steps_left = random >> 33 & 255;
    }
    if (bad || (!first && at != record->steps - 1)) {
        printf("FAILED %s: ends at step %llu of %llu\n", w->name, (unsigned long long)at, (unsigned long long)record->steps);
        return 1;
    }
    printf("%s: %llu stops\n", w->name, (unsigned long long)stops);
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct way ways[] = {
        {"interpreter, stepped, not optimised", {.no_optimise = true}, STEPPED}, /* first: the sequence */
        {"interpreter, stepped", {.engine = CPU_INTERP}, STEPPED},
        {"interpreter", {.engine = CPU_INTERP}, FREE},
        {"interpreter, polled", {.engine = CPU_INTERP}, POLLED},
        {"interpreter, mixed", {.engine = CPU_INTERP}, MIXED},
        {"compiler, stepped", {.engine = CPU_JIT}, STEPPED},
        {"compiler", {.engine = CPU_JIT}, FREE},
        {"compiler, not optimised", {.engine = CPU_JIT, .no_optimise = true}, FREE},
        {"compiler, one instruction a block", {.engine = CPU_JIT, .max_block_insns = 1}, FREE},
        {"compiler, nothing linked", {.engine = CPU_JIT, .no_link = true}, FREE},
        {"compiler, smallest cache", {.engine = CPU_JIT, .cache_bytes = 1}, FREE},
        {"compiler, when warm", {.engine = CPU_JIT, .jit_threshold = 30}, FREE},
        {"regions", {.engine = CPU_JIT, .jit_threshold = 3, .region_threshold = 5}, FREE},
        {"regions, polled", {.engine = CPU_JIT, .jit_threshold = 3, .region_threshold = 5}, POLLED},
        {"compiler, polled", {.engine = CPU_JIT, .jit_threshold = 5}, POLLED},
        {"compiler, mixed", {.engine = CPU_JIT}, MIXED},
        {"compiler, smallest cache, mixed", {.engine = CPU_JIT, .cache_bytes = 4096}, MIXED},
    };
    char source[4096];
    unsigned passed = 0, failed = 0;
    if (argc < 2 || !realpath(argv[1], source)) {
        fprintf(stderr, "usage: single PROGRAM.c [ROUNDS]\n");
        return 2;
    }
    if (system("command -v aarch64-linux-gnu-gcc >/dev/null")) {
        fprintf(stderr, "SKIPPED: no cross compiler aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu)\n");
        return 77;
    }
    rounds = argc > 2 ? strtoull(argv[2], NULL, 0) : rounds;
    must(build(source));
    record = mmap(NULL, sizeof *record, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(record != MAP_FAILED);
    for (unsigned i = 0; i < ARRAY_SIZE(ways); i++) {
        int status = 1;
        pid_t pid = fork();
        if (pid == 0)
            _exit(run_way(&ways[i]));
        must(pid > 0 && waitpid(pid, &status, 0) == pid);
        if (WIFSIGNALED(status))
            printf("FAILED %s: signal %d\n", ways[i].name, WTERMSIG(status));
        passed += status == 0;
        failed += status != 0;
        if (i == 0)
            printf("%llu instructions\n", (unsigned long long)record->steps - 1);
        fflush(stdout);
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
