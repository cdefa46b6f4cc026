/* Load- and store-exclusive loops of several threads: counters of every width, compare-and-swap loops, locks, and a
 * stack whose pop is right only if the store-exclusive notices that the top came back. The host's build does the
 * same with the compiler's atomics and a lock: what counts is the sums. */
#include "t.h"

#include <pthread.h>
#include <stdint.h>

enum { THREADS = 4, ROUNDS = 20000, NODES = 16 };

#if defined(__aarch64__)
#define LOOP(type, suffix, w, middle)                                                                                  \
    ({                                                                                                                 \
        uint64_t old_, new_, status_;                                                                                  \
        __asm__ volatile("1: ldaxr" suffix " %" w "0, [%3]\n" middle "\n"                                              \
                         "stlxr" suffix " %w2, %" w "1, [%3]\n cbnz %w2, 1b"                                           \
                         : "=&r"(old_), "=&r"(new_), "=&r"(status_)                                                    \
                         : "r"(p), "r"((uint64_t)v)                                                                    \
                         : "memory");                                                                                  \
        (type) old_;                                                                                                   \
    })
static uint8_t add8(uint8_t *p, uint8_t v) { return LOOP(uint8_t, "b", "w", "add %w1, %w0, %w4"); }
static uint16_t add16(uint16_t *p, uint16_t v) { return LOOP(uint16_t, "h", "w", "add %w1, %w0, %w4"); }
static uint32_t add32(uint32_t *p, uint32_t v) { return LOOP(uint32_t, "", "w", "add %w1, %w0, %w4"); }
static uint64_t add64(uint64_t *p, uint64_t v) { return LOOP(uint64_t, "", "x", "add %1, %0, %4"); }
static uint64_t xor64(uint64_t *p, uint64_t v) { return LOOP(uint64_t, "", "x", "eor %1, %0, %4"); }
/* Not a single operation of the processor, and one with memory accesses of its own between the two. */
static uint64_t triple64(uint64_t *p, uint64_t v) { return LOOP(uint64_t, "", "x", "mul %1, %0, %4\n add %1, %1, #1"); }
static uint64_t slow64(uint64_t *p, uint64_t v)
{
    return LOOP(uint64_t, "", "x", "str %0, [sp, #-16]!\n ldr %1, [sp], #16\n add %1, %1, %4");
}
static int cas32(uint32_t *p, uint32_t expected, uint32_t desired)
{
    uint32_t old, status;
    __asm__ volatile("1: ldaxr %w0, [%2]\n cmp %w0, %w3\n b.ne 2f\n stlxr %w1, %w4, [%2]\n cbnz %w1, 1b\n2:"
                     : "=&r"(old), "=&r"(status)
                     : "r"(p), "r"(expected), "r"(desired)
                     : "memory", "cc");
    return old == expected;
}
static void lock(uint32_t *p)
{
    uint32_t status;
    __asm__ volatile("1: ldaxr %w0, [%1]\n cbnz %w0, 1b\n stxr %w0, %w2, [%1]\n cbnz %w0, 1b"
                     : "=&r"(status) : "r"(p), "r"(1) : "memory");
}
static void unlock(uint32_t *p) { __asm__ volatile("stlr wzr, [%0]" : : "r"(p) : "memory"); }
#elif defined(__arm__) && __ARM_ARCH >= 7
#define A32 __attribute__((noinline, target("arm")))
#define T32 __attribute__((noinline, target("thumb")))
#define LOOP(type, suffix, middle)                                                                                     \
    ({                                                                                                                 \
        uint32_t old_, new_, status_;                                                                                  \
        __asm__ volatile("dmb ish\n 1: ldrex" suffix " %0, [%3]\n" middle "\n"                                         \
                         "strex" suffix " %2, %1, [%3]\n cmp %2, #0\n bne 1b\n dmb ish"                                \
                         : "=&r"(old_), "=&r"(new_), "=&r"(status_)                                                    \
                         : "r"(p), "r"((uint32_t)v)                                                                    \
                         : "memory", "cc");                                                                            \
        (type) old_;                                                                                                   \
    })
#define LOOP64(middle)                                                                                                 \
    ({                                                                                                                 \
        uint64_t old_, new_;                                                                                           \
        uint32_t status_;                                                                                              \
        __asm__ volatile("1: ldrexd %0, %H0, [%3]\n" middle "\n strexd %2, %1, %H1, [%3]\n cmp %2, #0\n bne 1b"       \
                         : "=&r"(old_), "=&r"(new_), "=&r"(status_)                                                    \
                         : "r"(p), "r"((uint64_t)v)                                                                    \
                         : "memory", "cc");                                                                            \
        old_;                                                                                                          \
    })
T32 static uint8_t add8(uint8_t *p, uint8_t v) { return LOOP(uint8_t, "b", "add %1, %0, %4"); }
A32 static uint16_t add16(uint16_t *p, uint16_t v) { return LOOP(uint16_t, "h", "add %1, %0, %4"); }
A32 static uint32_t add32a(uint32_t *p, uint32_t v) { return LOOP(uint32_t, "", "add %1, %4, %0"); }
T32 static uint32_t add32(uint32_t *p, uint32_t v) { return v & 1 ? add32a(p, v) : LOOP(uint32_t, "", "adds %1, %0, %4"); }
A32 static uint64_t add64(uint64_t *p, uint64_t v) { return LOOP64("adds %Q1, %Q0, %Q4\n adc %R1, %R0, %R4"); }
T32 static uint64_t xor64(uint64_t *p, uint64_t v) { return LOOP64("eor %Q1, %Q0, %Q4\n eor %R1, %R0, %R4"); }
T32 static uint64_t triple64(uint64_t *p, uint64_t v)
{
    return LOOP64("umull %Q1, %R1, %Q0, %Q4\n mla %R1, %R0, %Q4, %R1\n mla %R1, %Q0, %R4, %R1\n adds %Q1, %Q1, #1\n adc %R1, %R1, #0");
}
A32 static uint64_t slow64(uint64_t *p, uint64_t v)
{
    return LOOP64("str %Q0, [sp, #-8]!\n ldr %Q1, [sp], #8\n adds %Q1, %Q1, %Q4\n adc %R1, %R0, %R4");
}
#define CAS32(text)                                                                                                    \
    ({                                                                                                                 \
        uint32_t old_, status_ = 1;                                                                                    \
        __asm__ volatile(text : "=&r"(old_), "+&r"(status_) : "r"(p), "r"(expected), "r"(desired) : "memory", "cc");   \
        old_ == expected && !status_;                                                                                  \
    })
#define BRANCHES "1: ldrex %0, [%2]\n cmp %0, %3\n bne 2f\n strex %1, %4, [%2]\n cmp %1, #0\n bne 1b\n dmb ish\n2:"
#define WEAK "ldrex %0, [%2]\n cmp %0, %3\n itt eq\n strexeq %1, %4, [%2]\n cmpeq %1, #0\n"
#define BY_BITS "1: ldrex %0, [%2]\n teq %0, %3\n it eq\n strexeq %1, %4, [%2]\n bne 2f\n teq %1, #0\n bne 1b\n 2:"
T32 static int cas32_t(uint32_t *p, uint32_t expected, uint32_t desired) { return CAS32(BRANCHES); }
A32 static int cas32_a(uint32_t *p, uint32_t expected, uint32_t desired) { return CAS32(BRANCHES); }
T32 static int cas32_weak_t(uint32_t *p, uint32_t expected, uint32_t desired) { return CAS32(WEAK); }
A32 static int cas32_weak_a(uint32_t *p, uint32_t expected, uint32_t desired) { return CAS32(WEAK); }
T32 static int cas32_bits_t(uint32_t *p, uint32_t expected, uint32_t desired) { return CAS32(BY_BITS); }
A32 static int cas32_bits_a(uint32_t *p, uint32_t expected, uint32_t desired) { return CAS32(BY_BITS); }
static int cas32(uint32_t *p, uint32_t expected, uint32_t desired)
{
    switch (desired % 6) {
    case 0: return cas32_t(p, expected, desired);
    case 1: return cas32_a(p, expected, desired);
    case 2: return cas32_weak_t(p, expected, desired);
    case 3: return cas32_weak_a(p, expected, desired);
    case 4: return cas32_bits_t(p, expected, desired);
    default: return cas32_bits_a(p, expected, desired);
    }
}
T32 static void lock(uint32_t *p)
{
    uint32_t status;
    __asm__ volatile("1: ldrex %0, [%1]\n cmp %0, #0\n bne 1b\n strex %0, %2, [%1]\n cmp %0, #0\n bne 1b\n dmb ish"
                     : "=&r"(status) : "r"(p), "r"(1) : "memory", "cc");
}
static void unlock(uint32_t *p) { __atomic_store_n(p, 0, __ATOMIC_RELEASE); }
#else
static uint8_t add8(uint8_t *p, uint8_t v) { return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST); }
static uint16_t add16(uint16_t *p, uint16_t v) { return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST); }
static uint32_t add32(uint32_t *p, uint32_t v) { return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST); }
static uint64_t add64(uint64_t *p, uint64_t v) { return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST); }
static uint64_t xor64(uint64_t *p, uint64_t v) { return __atomic_fetch_xor(p, v, __ATOMIC_SEQ_CST); }
static uint64_t slow64(uint64_t *p, uint64_t v) { return __atomic_fetch_add(p, v, __ATOMIC_SEQ_CST); }
static uint64_t triple64(uint64_t *p, uint64_t v)
{
    uint64_t old = *p;
    while (!__atomic_compare_exchange_n(p, &old, old * v + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        ;
    return old;
}
static int cas32(uint32_t *p, uint32_t expected, uint32_t desired)
{
    return __atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
static void lock(uint32_t *p)
{
    while (__atomic_exchange_n(p, 1, __ATOMIC_ACQUIRE))
        ;
}
static void unlock(uint32_t *p) { __atomic_store_n(p, 0, __ATOMIC_RELEASE); }
#endif

/* --- a stack without a lock: pop reads the second node between load- and store-exclusive -------------------------- */

struct node {
    struct node *next;
    uint64_t taken;
};
static struct node nodes[NODES], *top;

#if defined(__aarch64__)
static struct node *pop(void)
{
    struct node *n, *next;
    uint32_t status;
    __asm__ volatile("1: ldaxr %0, [%3]\n cbz %0, 2f\n ldr %1, [%0]\n stlxr %w2, %1, [%3]\n cbnz %w2, 1b\n 2:"
                     : "=&r"(n), "=&r"(next), "=&r"(status) : "r"(&top) : "memory");
    return n;
}
static void push(struct node *n)
{
    struct node *next;
    uint32_t status;
    __asm__ volatile("1: ldaxr %0, [%2]\n str %0, [%3]\n stlxr %w1, %3, [%2]\n cbnz %w1, 1b"
                     : "=&r"(next), "=&r"(status) : "r"(&top), "r"(n) : "memory");
}
#elif defined(__arm__) && __ARM_ARCH >= 7
static struct node *pop(void)
{
    struct node *n, *next;
    uint32_t status;
    __asm__ volatile("1: ldrex %0, [%3]\n cmp %0, #0\n beq 2f\n ldr %1, [%0]\n strex %2, %1, [%3]\n cmp %2, #0\n bne 1b\n dmb ish\n 2:"
                     : "=&r"(n), "=&r"(next), "=&r"(status) : "r"(&top) : "memory", "cc");
    return n;
}
static void push(struct node *n)
{
    struct node *next;
    uint32_t status;
    __asm__ volatile("dmb ish\n 1: ldrex %0, [%2]\n str %0, [%3]\n strex %1, %3, [%2]\n cmp %1, #0\n bne 1b"
                     : "=&r"(next), "=&r"(status) : "r"(&top), "r"(n) : "memory", "cc");
}
#else
static uint32_t stack_lock;
static struct node *pop(void)
{
    lock(&stack_lock);
    struct node *n = top;
    if (n)
        top = n->next;
    unlock(&stack_lock);
    return n;
}
static void push(struct node *n)
{
    lock(&stack_lock);
    n->next = top;
    top = n;
    unlock(&stack_lock);
}
#endif

static uint64_t corrupt;

static void use_stack(void)
{
    struct node *a = pop(), *b = pop();
    struct node *mine[] = {b, a};
    for (int i = 0; i < 2; i++)
        if (mine[i] && __atomic_exchange_n(&mine[i]->taken, 1, __ATOMIC_SEQ_CST))
            __atomic_fetch_add(&corrupt, 1, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 2; i++)
        if (mine[1 - i]) {
            __atomic_store_n(&mine[1 - i]->taken, 0, __ATOMIC_SEQ_CST);
            push(mine[1 - i]);
        }
}

/* --- the threads -------------------------------------------------------------------------------------------------- */

static struct {
    uint8_t b[8];
    uint16_t h[4];
    uint32_t s, by_cas, lock, under_lock;
    uint64_t d, x, t, slow, by_cas64;
    uint8_t by_cas8;
} shared __attribute__((aligned(64)));

static void *work(void *arg)
{
    long me = (long)arg;
    for (int i = 0; i < ROUNDS; i++) {
        add8(&shared.b[me], 3);
        add16(&shared.h[me & 3], 5);
        add32(&shared.s, 7);
        add64(&shared.d, 1ull << 33);
        xor64(&shared.x, 0x1234567 + (uint64_t)i);
        triple64(&shared.t, 1);
        slow64(&shared.slow, 3);
        uint32_t old;
        do
            old = *(volatile uint32_t *)&shared.by_cas;
        while (!cas32(&shared.by_cas, old, old + 1));
        uint64_t old64 = __atomic_load_n(&shared.by_cas64, __ATOMIC_RELAXED);
        while (!__atomic_compare_exchange_n(&shared.by_cas64, &old64, old64 + (1ull << 31), 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            ;
        uint8_t old8 = shared.by_cas8;
        while (!__atomic_compare_exchange_n(&shared.by_cas8, &old8, (uint8_t)(old8 + 3), 1, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            ;
        lock(&shared.lock);
        shared.under_lock++;
        unlock(&shared.lock);
        use_stack();
    }
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];
    for (int i = 0; i < NODES; i++)
        push(&nodes[i]);
    for (long i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, work, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    for (int i = 0; i < THREADS; i++)
        printf("byte %d, half %d\n", shared.b[i], shared.h[i]);
    printf("word %u, double %llx, xor %llx, triple %llu, slow %llu\n", shared.s, (unsigned long long)shared.d,
           (unsigned long long)shared.x, (unsigned long long)shared.t, (unsigned long long)shared.slow);
    printf("cas %u, %llx, %u, lock %u\n", shared.by_cas, (unsigned long long)shared.by_cas64, shared.by_cas8, shared.under_lock);
    int left = 0;
    while (left <= NODES && pop())
        left++;
    printf("stack %d, corrupt %llu\n", left, (unsigned long long)corrupt);
    return 0;
}
