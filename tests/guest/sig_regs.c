/* Timers at 1 kHz while all registers count: a handler sees each as it must be at its pc, does what it likes with them, and
 * the loop goes on unharmed. */
#include "regs.h"

static volatile long wrong, seen, inside;
static volatile double sink;

#ifdef __aarch64__
static struct regs start;
static volatile bool spinning;

static void on_timer(int sig, siginfo_t *i, void *u)
{
    ucontext_t *uc = u;
    (void)sig, (void)i;
    seen++;
    if (spinning) {
        wrong += regs_check_spin(&start, uc);
        inside += uc->uc_mcontext.pc >= (uintptr_t)regs_spin_body && uc->uc_mcontext.pc < (uintptr_t)regs_spin_end;
    }
    /* Everything that the handler changes is its own. */
    struct regs mine;
    regs_fill(&mine, (uint64_t)seen, 2);
    regs_spin(&mine);
    asm volatile("msr fpcr, %0\n msr fpsr, %1" ::"r"((seen & 3l) << 22), "r"(0x9fl));
    sink = sink / 3;
}

static void spin(uint64_t seed)
{
    struct regs r, expected;
    regs_fill(&r, seed, 3000);
    start = expected = r;
    spinning = true;
    regs_spin(&r);
    spinning = false;
    regs_spin(&expected);
    wrong += memcmp(&r, &expected, sizeof r) != 0;
    for (unsigned k = 0; k < 29; k++)
        wrong += r.x[k] != start.x[k] + 3000 * (k + 1);
    wrong += r.fpcr != start.fpcr || (r.fpsr & ~0x10ul) != start.fpsr;
}
#else
static void on_timer(int sig, siginfo_t *i, void *u)
{
    (void)sig, (void)i, (void)u;
    seen++, inside++;
}
static void spin(uint64_t seed)
{
    for (int i = 0; i < 100000; i++)
        sink += (double)seed;
}
#endif

static void storm(int which, int signal, long seconds)
{
    struct itimerval every = {{0, 1000}, {0, 1000}}, never = {{0, 0}, {0, 0}};
    time_t end = time(NULL) + seconds;
    seen = inside = 0;
    handle(signal, on_timer, SA_RESTART);
    setitimer(which, &every, NULL);
    for (uint64_t n = 1; time(NULL) <= end || inside < 20; n++)
        spin(n);
    setitimer(which, &never, NULL);
    printf("timer %d: wrong %ld\n", which, wrong);
}

int main(void)
{
    long seconds = repeat(0, 5);
    storm(ITIMER_PROF, SIGPROF, seconds);
    storm(ITIMER_REAL, SIGALRM, seconds);
    return 0;
}
