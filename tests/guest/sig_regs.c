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
#elif defined __arm__
enum { ROUNDS = 3000, COUNTED = 12, DOUBLES = 31 };
struct regs {
    uint32_t r[COUNTED], rounds; /* r0 to r11; each round adds k + 1 to rk */
    uint32_t fpscr;
    uint64_t d[DOUBLES + 1]; /* and d31 to each of the others */
};

/* r0: struct regs; left as the registers then are. r12 counts down; its flags decide after the sums of doubles. */
void regs_spin(struct regs *r);
extern const char regs_spin_body[], regs_spin_end[];
__asm__(".pushsection .text\n .syntax unified\n .arch armv7-a\n .fpu neon\n .balign 4\n .global regs_spin\n .type regs_spin, %function\n"
#ifdef __thumb__
        ".thumb\n"
#else
        ".arm\n"
#endif
        "regs_spin: push {r0, r4-r11, lr}\n vpush {d8-d15}\n ldr r1, [r0, #52]\n vmsr fpscr, r1\n add r1, r0, #56\n"
        "vldm r1!, {d0-d15}\n vldm r1, {d16-d31}\n ldr r12, [r0, #48]\n ldm r0, {r0-r11}\n"
        "regs_spin_body: add r0, #1\n add r1, #2\n add r2, #3\n add r3, #4\n add r4, #5\n add r5, #6\n add r6, #7\n add r7, #8\n"
        "add r8, #9\n add r9, #10\n add r10, #11\n add r11, #12\n subs r12, #1\n"
        ".irp k, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30\n"
        "vadd.i64 d\\k, d\\k, d31\n .endr\n bne regs_spin_body\n"
        "regs_spin_end: push {r0}\n ldr r0, [sp, #68]\n add r0, #4\n stm r0!, {r1-r12}\n vmrs r1, fpscr\n str r1, [r0]\n"
        "add r1, r0, #4\n vstm r1!, {d0-d15}\n vstm r1, {d16-d31}\n pop {r1}\n str r1, [r0, #-52]\n"
        "vpop {d8-d15}\n pop {r0, r4-r11, pc}\n .popsection");

static struct regs start;
static volatile bool spinning;

/* What the context has wrong; the pc is at the head of the loop. */
static long check_head(const ucontext_t *uc)
{
    const unsigned long *r = &uc->uc_mcontext.arm_r0;
    const char *vfp = (const char *)uc->uc_regspace + 8;
    uint32_t done = ROUNDS - (uint32_t)r[12];
    long bad = 0;
    for (uint32_t k = 0; k < COUNTED; k++)
        bad += r[k] != start.r[k] + done * (k + 1);
    for (unsigned k = 0; k < DOUBLES; k++) {
        uint64_t d;
        memcpy(&d, vfp + 8 * k, sizeof d);
        bad += d != start.d[k] + done * start.d[DOUBLES];
    }
    return bad + (memcmp(vfp + 256, &start.fpscr, 4) != 0);
}

static void on_timer(int sig, siginfo_t *i, void *u)
{
    ucontext_t *uc = u;
    uintptr_t pc = uc->uc_mcontext.arm_pc, body = (uintptr_t)regs_spin_body & ~1u;
    (void)sig, (void)i;
    seen++;
    if (spinning) {
        inside += pc >= body && pc < ((uintptr_t)regs_spin_end & ~1u);
        wrong += pc == body ? check_head(uc) : 0;
    }
    /* Everything that the handler changes is its own. */
    struct regs mine;
    memset(&mine, (int)seen, sizeof mine);
    mine.rounds = 2, mine.fpscr = 0;
    regs_spin(&mine);
    __asm__ volatile(".arch armv7-a\n .fpu neon\n vmsr fpscr, %0" ::"r"((seen & 3l) << 22));
}

static void spin(uint64_t seed)
{
    struct regs r;
    for (unsigned k = 0; k < COUNTED; k++)
        r.r[k] = (uint32_t)seed * 0x9e3779b9 + k;
    for (unsigned k = 0; k <= DOUBLES; k++)
        r.d[k] = seed * 0x9e3779b97f4a7c15 + k;
    r.rounds = ROUNDS, r.fpscr = (uint32_t)(seed & 3) << 22 | 0x10;
    start = r;
    spinning = true;
    regs_spin(&r);
    spinning = false;
    for (unsigned k = 0; k < COUNTED; k++)
        wrong += r.r[k] != start.r[k] + ROUNDS * (k + 1);
    for (unsigned k = 0; k < DOUBLES; k++)
        wrong += r.d[k] != start.d[k] + ROUNDS * start.d[DOUBLES];
    wrong += r.rounds || r.fpscr != start.fpscr;
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
