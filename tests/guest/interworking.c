/* Calls between functions of both instruction sets of 32-bit ARM, direct ones and through pointers, in loops and under
 * signals, from one callee to another at the same place. Elsewhere they are functions like others. */
#include "t.h"

#ifdef __arm__
#define ARM __attribute__((noinline, noclone, target("arm")))
#define THUMB __attribute__((noinline, noclone, target("thumb")))
#else
#define ARM __attribute__((noinline, noclone))
#define THUMB __attribute__((noinline, noclone))
#endif

typedef unsigned step(unsigned x);

static ARM unsigned arm_leaf(unsigned x) { return x * 5 + 1; }
static THUMB unsigned thumb_leaf(unsigned x) { return (x ^ x >> 3) + 7; }
static ARM unsigned arm_to_thumb(unsigned x) { return thumb_leaf(x) + arm_leaf(x); }
static THUMB unsigned thumb_to_arm(unsigned x) { return arm_leaf(x) ^ thumb_leaf(x + 1); }
static ARM unsigned arm_jumps(unsigned x) { return thumb_to_arm(x); }
static THUMB unsigned thumb_jumps(unsigned x) { return arm_to_thumb(x + 3); }
static ARM unsigned arm_calls(step *f, unsigned x) { return f(x) + 1; }
static THUMB unsigned thumb_calls(step *f, unsigned x) { return f(x) - 1; }

static ARM unsigned arm_depth(unsigned n);
static THUMB unsigned thumb_depth(unsigned n) { return n ? arm_depth(n - 1) * 3 + n : 1; }
static ARM unsigned arm_depth(unsigned n) { return n ? thumb_depth(n - 1) + n : 2; }

static volatile sig_atomic_t ticks;
static THUMB void tick_thumb(int sig) { ticks += sig == SIGALRM; }
static ARM void tick_arm(int sig) { ticks += sig == SIGALRM; }

static ARM unsigned arm_loop(step *const *steps, unsigned count, unsigned rounds)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < rounds; i++)
        sum = sum * 31 + steps[i % count](sum + i);
    return sum;
}
static THUMB unsigned thumb_loop(step *const *steps, unsigned count, unsigned rounds)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < rounds; i++)
        sum = sum * 31 + steps[i % count](sum + i) + thumb_to_arm(i);
    return sum;
}

int main(void)
{
    static step *const steps[] = { arm_leaf, thumb_leaf, arm_to_thumb, thumb_to_arm, arm_jumps, thumb_jumps };
    enum { COUNT = sizeof steps / sizeof *steps };
    for (int n = 0; n < 2; n++) {
        signal(SIGALRM, n ? tick_arm : tick_thumb);
        setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 700 }, { 0, 700 } }, NULL);
        for (unsigned i = 0; i < COUNT; i++)
            printf("one: %u %u\n", arm_loop(steps + i, 1, 50000), thumb_loop(steps + i, 1, 50000));
        printf("all: %u %u\n", arm_loop(steps, COUNT, 300000), thumb_loop(steps, COUNT, 300000));
        unsigned sum = 0;
        for (unsigned i = 0; i < 100000; i++)
            sum += arm_calls(steps[i % COUNT], i) ^ thumb_calls(steps[i * 7 % COUNT], sum);
        printf("pointers: %u\n", sum);
        for (unsigned i = sum = 0; i < 3000; i++)
            sum += arm_depth(i % 40) + thumb_depth(i % 23);
        printf("depth: %u\n", sum);
        while (ticks < 20)
            usleep(1000);
        ticks = 0;
    }
    return 0;
}
