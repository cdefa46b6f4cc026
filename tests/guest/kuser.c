/* The kernel's user helpers of 32-bit ARM, at the end of the address space (Documentation/arch/arm/kernel_user_helpers.rst):
 * what they return and the C flag, and that they are atomic against threads and signals. Other builds have functions of the same
 * meaning. */
#include "t.h"

#ifdef __arm__
/* Calls a helper: what it returns, and with carry, the C flag. */
static int helper(unsigned address, const void *a, const void *b, const volatile void *p, bool *carry)
{
    register unsigned r0 __asm__("r0") = (unsigned)a, r1 __asm__("r1") = (unsigned)b, r2 __asm__("r2") = (unsigned)p;
    register unsigned flag __asm__("r4") = address;
    __asm__ volatile("cmp r0, r0\n blx r4\n mov r4, #0\n adc r4, r4, #0"
                     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(flag)::"r3", "ip", "lr", "cc", "memory");
    *carry = flag;
    return (int)r0;
}
static int cmpxchg(int old, int new, volatile int *p, bool *carry)
{
    return helper(0xffff0fc0, (void *)old, (void *)new, p, carry);
}
static int cmpxchg64(const int64_t *old, const int64_t *new, volatile int64_t *p, bool *carry)
{
    return helper(0xffff0f60, old, new, p, carry);
}
static int version(void) { return *(volatile int *)0xffff0ffc; }
static void barrier(void) { ((void (*)(void))0xffff0fa0)(); }
static unsigned get_tls(void) { return ((unsigned (*)(void))0xffff0fe0)(); }
static bool tls_is(unsigned pointer) { return get_tls() == pointer; }
static void set_tls(unsigned pointer) { syscall(0xf0005, pointer); }
static unsigned pointer(void) { return (unsigned)__builtin_thread_pointer(); }
#else
static int cmpxchg(int old, int new, volatile int *p, bool *carry)
{
    *carry = __atomic_compare_exchange_n(p, &old, new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return !*carry;
}
static int cmpxchg64(const int64_t *old, const int64_t *new, volatile int64_t *p, bool *carry)
{
    int64_t expected = *old;
    *carry = __atomic_compare_exchange_n(p, &expected, *new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return !*carry;
}
static int version(void) { return 5; }
static void barrier(void) { __sync_synchronize(); }
static _Thread_local unsigned tls;
static bool tls_is(unsigned pointer) { return tls == pointer; }
static void set_tls(unsigned pointer) { tls = pointer; }
static unsigned pointer(void) { return tls; }
#endif

static volatile int word;
static volatile int64_t wide;
enum { THREADS = 3, ROUNDS = 20000 };
static const int64_t STEP = 0x100000001;

static void add(int n)
{
    bool carry;
    int old;
    do
        old = word;
    while (cmpxchg(old, old + n, &word, &carry));
}

static void *count(void *unused)
{
    for (int i = 0; i < ROUNDS; i++) {
        int64_t old, new;
        bool carry;
        add(1);
        do {
            old = wide; /* may be two loads: then the exchange fails */
            new = old + STEP;
        } while (cmpxchg64(&old, &new, &wide, &carry));
    }
    return unused;
}

static volatile int ticks;
static void tick(int sig, siginfo_t *i, void *u)
{
    (void)sig, (void)i, (void)u;
    ticks++;
    add(1);
}

int main(void)
{
    int64_t old = 0x1122334455667788, new = -2, other = 0x1122334455667789;
    bool carry;
    SHOW(version());
    word = 5;
    SHOW(cmpxchg(4, 9, &word, &carry) != 0);
    printf("carry %d word %d\n", carry, word);
    SHOW(cmpxchg(5, 9, &word, &carry));
    printf("carry %d word %d\n", carry, word);
    wide = old;
    SHOW(cmpxchg64(&other, &new, &wide, &carry) != 0);
    printf("carry %d wide %llx\n", carry, (long long)wide);
    SHOW(cmpxchg64(&old, &new, &wide, &carry));
    printf("carry %d wide %llx\n", carry, (long long)wide);
    barrier();

    unsigned before = pointer();
    SHOW(tls_is(before));
    set_tls(0x12345678);
    bool there = tls_is(0x12345678);
    set_tls(before);
    SHOW(there);

    pthread_t thread[THREADS];
    word = 0, wide = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, count, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    printf("threads: word %d wide %d\n", word == THREADS * ROUNDS, wide == THREADS * ROUNDS * STEP);

    handle(SIGALRM, tick, SA_RESTART);
    word = 0;
    int mine = 0;
    struct itimerval every = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &every, NULL);
    for (; ticks < repeat(50, 5000); mine++)
        add(1);
    setitimer(ITIMER_REAL, &never, NULL);
    printf("signals: lost %d\n", mine + ticks - word);
    return 0;
}
