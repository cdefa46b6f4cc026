/* Interpreters: indirect jumps from many places to many handlers, interrupted by signals and by faults of a handler. */
#include "t.h"

enum { OPS = 24, LENGTH = 600 };

struct machine {
    uint64_t r[8];
    uint64_t steps;
    const uint8_t *p;
};

static const uint8_t *volatile nowhere; /* NULL for a program that faults */
static sigjmp_buf away;
static struct machine *volatile running;
static volatile sig_atomic_t ticks;

/* Each handler ends with a jump of its own, as compiled `switch`es of interpreters do. */
static uint64_t run(struct machine *m, const uint8_t *program, uint64_t most)
{
    static void *const handlers[OPS] = {&&o0, &&o1, &&o2, &&o3, &&o4, &&o5, &&o6, &&o7, &&o8, &&o9, &&o10, &&o11,
        &&o12, &&o13, &&o14, &&o15, &&o16, &&o17, &&o18, &&o19, &&o20, &&o21, &&o22, &&o23};
    const uint8_t *p = program;
    uint64_t a = m->r[0], b = m->r[1], c = m->r[2];
#define NEXT                                                                                                           \
    do {                                                                                                               \
        m->p = p;                                                                                                      \
        if (++m->steps == most)                                                                                        \
            goto out;                                                                                                  \
        if (p == program + LENGTH)                                                                                     \
            p = program;                                                                                               \
        goto *handlers[*p++];                                                                                          \
    } while (0)
    NEXT;
o0: a += b; NEXT;
o1: b ^= a << 3; NEXT;
o2: c = a * 0x9e3779b97f4a7c15u + b; NEXT;
o3: a = a >> 7 | a << 57; NEXT;
o4: if (a & 1) p++; if (p > program + LENGTH) p = program + LENGTH; NEXT;
o5: m->r[a & 7] ^= c; NEXT;
o6: c -= m->r[b & 7]; NEXT;
o7: a = c % 1000003 + b; NEXT;
o8: b = b < a ? b + 1 : b - 1; NEXT;
o9: if ((int64_t)c < 0) a = ~a; NEXT;
o10: for (int i = 0; i < (int)(a & 3); i++) b += b >> 1; NEXT;
o11: m->r[3] += a; NEXT;
o12: c = (uint64_t)(double)(uint32_t)c; NEXT;
o13: a ^= b >> 32; NEXT;
o14: b = __builtin_bswap64(b); NEXT;
o15: c += a > b ? a - b : b - a; NEXT;
o16: a = (uint32_t)a; NEXT;
o17: b = (uint64_t)(int64_t)(int8_t)b; NEXT;
o18: c = c / (b | 1); NEXT;
o19: a += 0x123456789abcdefu; NEXT;
o20: m->r[4] = a; m->r[5] = b; NEXT;
o21: b = m->r[4] - m->r[5] + c; NEXT;
o22: a += nowhere ? *nowhere : 1; NEXT;
o23: if (most >> 40) c += *(volatile uint8_t *)8; c++; NEXT;
out:
    m->r[0] = a, m->r[1] = b, m->r[2] = c;
    return a ^ b ^ c;
}

static void tick(int sig, siginfo_t *i, void *u)
{
    (void)sig, (void)i, (void)u;
    ticks = ticks + 1;
}

static void fault(int sig, siginfo_t *i, void *u)
{
    (void)sig, (void)u;
    printf("fault at %p after %d\n", i->si_addr, (int)running->steps);
    siglongjmp(away, 1);
}

static void fill(uint8_t *program, unsigned seed, unsigned ops)
{
    for (int i = 0; i < LENGTH; i++) {
        seed = seed * 1103515245 + 12345;
        program[i] = (uint8_t)((seed >> 16) % ops);
    }
}

static __attribute__((noinline)) unsigned cases(unsigned n, unsigned x)
{
    switch (n) {
    case 0: return x + 1;
    case 1: return x * 5;
    case 2: return x ^ x >> 3;
    case 3: return x - 77;
    case 4: return x << 2 | x >> 30;
    case 5: return x / 3;
    case 6: return ~x;
    case 7: return x & 0xff00ff;
    case 8: return x % 1001;
    default: return 0x12345;
    }
}

int main(void)
{
    static uint8_t program[LENGTH];
    struct machine m;
    handle(SIGALRM, tick, SA_RESTART);
    handle(SIGSEGV, fault, SA_NODEFER);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 2000}, {0, 2000}}, NULL);
    for (unsigned seed = 1; seed <= 12; seed++) {
        memset(&m, (int)seed, sizeof m);
        m.steps = 0;
        fill(program, seed, seed % 3 ? OPS : 6 + seed);
        uint64_t result = run(&m, program, (uint64_t)repeat(100000, 3000000));
        printf("%2u: %016llx %016llx %016llx\n", seed, (unsigned long long)result, (unsigned long long)m.r[3],
               (unsigned long long)m.r[5]);
    }
    for (unsigned seed = 20; seed < 24; seed++) { /* the fault is far into the run: in compiled code */
        memset(&m, 0, sizeof m);
        fill(program, seed, OPS - 1);
        running = &m;
        run(&m, program, 60000);
        m.steps = 0;
        program[LENGTH - 1] = OPS - 1;
        if (!sigsetjmp(away, 1))
            printf("%llx\n", (unsigned long long)run(&m, program, 1ull << 41));
        printf("%d\n", (int)(m.p - program));
    }
    unsigned x = 1, sum = 0;
    for (unsigned i = 0; i < 300000; i++) {
        x = cases(x % 11, x + i);
        sum = sum * 31 + x;
    }
    printf("%x\n", sum);
    while (ticks < 4)
        nowhere = NULL;
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    return 0;
}
