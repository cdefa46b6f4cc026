/* Programs that write code: in private memory, through another mapping, while others run it, mapped over, protected, by
 * itself, in a child. After the flush that the architecture asks for, the new code runs. */
#include "code.h"

enum { P = 4096, SLOTS = 64 };
static unsigned long wrong;
static unsigned random_state = 1;
static unsigned draw(unsigned below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

static void private_memory(long times)
{
    char *code = code_map(P);
    unsigned value[SLOTS];
    for (unsigned i = 0; i < SLOTS; i++)
        code_return(code + i * CODE_BYTES, value[i] = i);
    code_flush(code, P);
    for (long n = 0; n < times; n++) {
        unsigned i = draw(SLOTS), j = draw(SLOTS);
        code_return(code + i * CODE_BYTES, value[i] = draw(1u << 24) * 3);
        code_flush(code + i * CODE_BYTES, CODE_BYTES);
        wrong += code_call(code + i * CODE_BYTES) != value[i];
        wrong += code_call(code + j * CODE_BYTES) != value[j];
    }
    munmap(code, P);
    printf("private memory: wrong %lu\n", wrong);
}

/* A loop that changes one of its own instructions each time. */
static void changes_itself(long times)
{
    unsigned long sum = 0, expected = 0;
#ifdef __aarch64__
    static const unsigned loop[] = {
        __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 0x5ac00825 /* rev w5, w1 */ : 0x2a0103e5, /* mov w5, w1 */
        0xb9000045, /* str w5, [x2] */
        0xd50b7b22, /* dc cvau, x2 */
        0xd5033b9f, /* dsb ish */
        0xd50b7522, /* ic ivau, x2 */
        0xd5033b9f, /* dsb ish */
        0xd5033fdf, /* isb */
        0x52800003, /* mov w3, #0: changed by the store */
        0x8b030000, /* add x0, x0, x3 */
        0x11008021, /* add w1, w1, #32: the next number */
        0xf1000484, /* subs x4, x4, #1 */
        0x54fffea1, /* b.ne to the first */
        0xd65f03c0, /* ret */
    };
    char *code = code_map(P);
    for (unsigned i = 0; i < sizeof loop / 4; i++)
        ((unsigned *)code)[i] = code_word(loop[i]);
    code_flush(code, sizeof loop);
#endif
    for (long left = times; left > 0; left -= 50000) {
        long n = left < 50000 ? left : 50000;
        expected += (unsigned long)n * (unsigned long)(n - 1) / 2;
#ifdef __aarch64__
        register unsigned long x0 asm("x0") = 0;
        register unsigned long x1 asm("x1") = 0x52800003;
        register char *x2 asm("x2") = code + 28;
        register long x4 asm("x4") = n;
        asm volatile("blr %5"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x4)
                     : "r"(x4), "r"(code)
                     : "x3", "x5", "x30", "memory", "cc");
        sum += x0;
#else
        sum = expected;
#endif
    }
    printf("code that changes itself: %s\n", sum == expected ? "right" : "wrong");
}

/* Two views: one to write, one to run. The flush names the one or, which is as good, the other. */
static void two_views(long times)
{
    int fd = memfd_create("code", 0);
    if (ftruncate(fd, P))
        exit(1);
    char *write_view = mmap(NULL, P, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *run_view = mmap(NULL, P, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    char *second = mmap(NULL, P, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
    for (long n = 0; n < times; n++) {
        unsigned at = draw(SLOTS) * CODE_BYTES, value = draw(1u << 24) * 5;
        code_return(write_view + at, value);
        if (n % 3)
            code_flush(run_view + at, CODE_BYTES);
        else
            code_flush(write_view + at, CODE_BYTES);
        wrong += code_call(run_view + at) != value;
        if (n % 2)
            wrong += code_call(second + at) != value;
    }
    munmap(run_view, P), munmap(second, P), munmap(write_view, P);
    close(fd);
    printf("two views: wrong %lu\n", wrong);
}

static sigjmp_buf away;
static void leave(int sig, siginfo_t *i, void *u)
{
    (void)u;
    siglongjmp(away, sig == SIGSEGV ? i->si_code : 100 + sig);
}

/* Calls p; what it returns, or the code of the fault plus 1 million. */
static unsigned try_call(void *p)
{
    int code = sigsetjmp(away, 1);
    return code ? 1000000 + (unsigned)code : code_call(p);
}

static void mapped_over(long times)
{
    char *at = code_map(2 * P);
    unsigned long codes = 0;
    handle(SIGSEGV, leave, 0);
    for (long n = 0; n < times; n++) {
        unsigned value = draw(1u << 20);
        switch (n % 6) {
        case 0: mmap(at, P, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0); break;
        case 1:
            munmap(at, P);
            codes += try_call(at);
            if (mmap(at, P, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != at)
                wrong++;
            break;
        case 2:
            mprotect(at, P, PROT_NONE);
            codes += try_call(at);
            mprotect(at, P, PROT_READ | PROT_WRITE | PROT_EXEC);
            break;
        case 3: /* data now, code again later: what it held runs again without a flush */
            code_return(at, value);
            code_flush(at, CODE_BYTES);
            wrong += code_call(at) != value;
            mprotect(at, P, PROT_READ | PROT_WRITE);
            codes += try_call(at);
            mprotect(at, P, PROT_READ | PROT_EXEC);
            wrong += code_call(at) != value;
            mprotect(at, P, PROT_READ | PROT_WRITE | PROT_EXEC);
            break;
        case 4: /* another page moves here */
            code_return(at + P, value);
            code_flush(at + P, CODE_BYTES);
            wrong += code_call(at + P) != value;
            if (mremap(at + P, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, at) != at)
                wrong++;
            wrong += code_call(at) != value;
            codes += try_call(at + P);
            mmap(at + P, P, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
            break;
        default: madvise(at, P, MADV_DONTNEED);
        }
        code_return(at, value + 1);
        code_flush(at, CODE_BYTES);
        wrong += code_call(at) != value + 1;
    }
    munmap(at, 2 * P);
    printf("mapped over: wrong %lu, faults %lu\n", wrong, codes);
}

/* --- a branch that is changed while others run it ------------------------------------------------------------------------ */

enum { TARGETS = 16, READERS = 3 };
static char *shared;
static atomic_ulong version;
static atomic_bool stop;
static atomic_ulong violations, calls;
#if !defined __aarch64__ && !defined __arm__
static _Atomic(void *) host_branch;
#endif

/* The branch is at the start, target k at (k + 1) * CODE_BYTES. */
static void set_branch(unsigned k)
{
#ifdef __aarch64__
    __atomic_store_n((unsigned *)shared, code_word(0x14000000u | (k + 1) * CODE_BYTES / 4), __ATOMIC_RELEASE);
    code_flush(shared, 4);
#elif defined __arm__
    __atomic_store_n((unsigned *)shared, code_word(0xea000000u | ((k + 1) * CODE_BYTES / 4 - 2)), __ATOMIC_RELEASE);
    code_flush(shared, 4);
#else
    host_branch = shared + (k + 1) * CODE_BYTES;
#endif
}

static unsigned long call_branch(void)
{
#ifdef __aarch64__
    asm volatile("isb" ::: "memory");
    return code_call(shared);
#elif defined __arm__
    return code_call(shared);
#else
    return code_call(host_branch);
#endif
}

static void *reader(void *p)
{
    while (!stop) {
        unsigned long before = version, k = call_branch(), after = version;
        if (after - before < TARGETS - 2) { /* else all values are possible */
            unsigned long n = before;
            while (n % TARGETS != k)
                n++;
            violations += n > after + 1;
        }
        calls++;
    }
    return p;
}

static void other_threads(long times)
{
    pthread_t t[READERS];
    shared = code_map(P);
    for (unsigned k = 0; k < TARGETS; k++)
        code_return(shared + (k + 1) * CODE_BYTES, k);
    code_flush(shared, P);
    set_branch(0);
    for (int i = 0; i < READERS; i++)
        pthread_create(&t[i], NULL, reader, NULL);
    for (unsigned long n = 1; n <= (unsigned long)times || calls < 1000; n++) {
        set_branch(n % TARGETS);
        version = n;
        if (n % 64 == 0)
            sched_yield();
    }
    stop = true;
    for (int i = 0; i < READERS; i++)
        pthread_join(t[i], NULL);
    printf("a branch that others run: violations %lu\n", (unsigned long)violations);
}

/* A loop that only waits for the function that it calls to become another one. */
static atomic_bool gave_up;
static void *waiter(void *p)
{
    while (code_call(p) != 7 && !gave_up)
        ;
    return p;
}

static void changed_in_loops(void)
{
    pthread_t t[2];
    char *code = code_map(P);
    code_return(code, 3);
    code_flush(code, CODE_BYTES);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, waiter, code);
    nanosleep(&(struct timespec){0, 300000000}, NULL); /* their loops are hot by then */
    code_return(code, 7);
    code_flush(code, CODE_BYTES);
    int late = 0;
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 20;
    for (int i = 0; i < 2; i++)
        late += pthread_timedjoin_np(t[i], NULL, &limit) != 0;
    gave_up = true;
    printf("loops that wait for new code: %d for ever\n", late);
    if (!late)
        munmap(code, P);
}

/* Each thread compiles and runs its own. */
static atomic_ulong thread_wrong;
static void *compiler(void *p)
{
    unsigned seed = (unsigned)(uintptr_t)p;
    long times = repeat(3000, 50000);
    char *code = code_map(16 * P);
    for (long n = 0; n < times; n++) {
        unsigned at = (seed = seed * 1664525 + 1013904223) >> 16 & 0xfff0;
        code_return(code + at, seed);
        code_flush(code + at, CODE_BYTES);
        thread_wrong += code_call(code + at) != seed;
    }
    munmap(code, 16 * P);
    return NULL;
}

static void many_compilers(void)
{
    pthread_t t[4];
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, compiler, (void *)(i + 1));
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    printf("threads that compile: wrong %lu\n", (unsigned long)thread_wrong);
}

/* A child's code is its own. */
static void after_fork(long times)
{
    char *code = code_map(P);
    unsigned failed = 0;
    for (long n = 0; n < times; n++) {
        code_return(code, (unsigned)n);
        code_flush(code, CODE_BYTES);
        wrong += code_call(code) != (unsigned)n;
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            bool right = code_call(code) == (unsigned)n;
            code_return(code, 1000 + (unsigned)n);
            code_flush(code, CODE_BYTES);
            _exit(right && code_call(code) == 1000 + (unsigned)n ? 0 : 1);
        }
        wrong += code_call(code) != (unsigned)n;
        int status = 1;
        waitpid(pid, &status, 0);
        failed += status != 0;
        wrong += code_call(code) != (unsigned)n;
    }
    printf("after fork: wrong %lu, children that failed %u\n", wrong, failed);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    private_memory(repeat(20000, 300000));
    changes_itself(100000);
    two_views(repeat(10000, 100000));
    mapped_over(repeat(600, 6000));
    other_threads(repeat(3000, 50000));
    changed_in_loops();
    many_compilers();
    after_fork(repeat(20, 200));
    return 0;
}
