/* Calls through pointers: one function for long, then others; functions that call each other and themselves through
 * pointers; qsort(3); a pointer that leads to no code; signals in between. */
#include "t.h"

typedef unsigned step(unsigned x, unsigned y);

static volatile sig_atomic_t ticks;
static sigjmp_buf away;

static void tick(int sig, siginfo_t *i, void *u)
{
    (void)sig, (void)i, (void)u;
    ticks = ticks + 1;
}

static void fault(int sig, siginfo_t *i, void *u)
{
    (void)sig, (void)u;
    printf("fault at %p\n", i->si_addr);
    siglongjmp(away, 1);
}

static __attribute__((noinline)) unsigned add(unsigned x, unsigned y) { return x + y; }
static __attribute__((noinline)) unsigned mix(unsigned x, unsigned y) { return (x ^ y) * 0x9e3779b1u; }
static __attribute__((noinline)) unsigned turn(unsigned x, unsigned y) { return x << (y & 15) | x >> (32 - (y & 15)) % 32; }
static __attribute__((noinline)) unsigned less(unsigned x, unsigned y)
{
    if (x < y)
        return y - x;
    return x % (y | 1);
}

static step *volatile deeper;

/* Calls itself and others, a few levels deep. */
static __attribute__((noinline)) unsigned nested(unsigned x, unsigned y)
{
    step *f = y % 7 ? deeper : mix;
    return y % 5 ? f(x + 1, y / 2) ^ y : x;
}

/* The pointer stays in its register for all of the loop. */
static __attribute__((noinline)) unsigned many(step *f, unsigned n, unsigned x)
{
    for (unsigned i = 0; i < n; i++)
        x = f(x, i) + (x >> 3);
    return x;
}

/* And here it changes within it. */
static __attribute__((noinline)) unsigned each(step *const *f, unsigned n, unsigned count, unsigned x)
{
    for (unsigned i = 0; i < n; i++)
        x = f[i % count](x, i);
    return x;
}

struct shape {
    step *area;
    unsigned a;
};

static __attribute__((noinline)) unsigned sum(const struct shape *s, unsigned n)
{
    unsigned all = 0;
    for (unsigned i = 0; i < n; i++)
        all += s[i].area(s[i].a, all);
    return all;
}

static unsigned compared;
static int up(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    compared++;
    return x < y ? -1 : x > y;
}
static int down(const void *a, const void *b) { return -up(a, b); }

int main(void)
{
    static step *const steps[] = {add, mix, turn, less, nested};
    static struct shape shapes[64];
    static unsigned numbers[5000];
    unsigned n = (unsigned)repeat(60000, 1000000), x = 1;
    handle(SIGALRM, tick, SA_RESTART);
    handle(SIGSEGV, fault, SA_NODEFER);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 2000}, {0, 2000}}, NULL);
    deeper = nested;
    for (unsigned i = 0; i < 12; i++) { /* the same loop with another function in it */
        x = many(steps[i * 3 % 5], n, x);
        printf("many %u: %08x\n", i, x);
    }
    for (unsigned count = 1; count <= 5; count++)
        printf("each %u: %08x\n", count, x = each(steps, 4 * n, count, x));
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned k = 0; k < 64; k++)
            shapes[k] = (struct shape){steps[k < 60 + i ? i : 4 - i], k * 77 + i};
        for (unsigned k = 0; k < n / 32; k++)
            x += sum(shapes, 64);
        printf("shapes %u: %08x\n", i, x);
    }
    for (unsigned i = 0; i < 20; i++) {
        for (unsigned k = 0; k < 5000; k++)
            numbers[k] = x = x * 1664525 + 1013904223;
        qsort(numbers, 5000, sizeof *numbers, i % 4 == 3 ? down : up);
        for (unsigned k = 1; k < 5000; k++)
            if (i % 4 == 3 ? numbers[k - 1] < numbers[k] : numbers[k - 1] > numbers[k])
                printf("not in order: %u\n", k);
        printf("sorted %u: %08x %08x\n", i, numbers[0], numbers[4999]);
    }
    if (!sigsetjmp(away, 1))
        x = many((step *)(uintptr_t)16, 3, x);
    printf("%u: %08x\n", compared > 0, many(add, 10, x));
    while (ticks < 4)
        deeper = nested;
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    return 0;
}
