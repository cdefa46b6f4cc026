/* Threads that signal each other while they compute with all registers; handlers that raise further signals. */
#include "regs.h"

enum { THREADS = 4 };
static pthread_t threads[THREADS];
static atomic_int ready, done;
static atomic_long wrong, handled, nested;
static long times;

#ifdef __aarch64__
static __thread struct regs start;
static __thread volatile bool spinning;
static void check(void *u)
{
    if (spinning)
        wrong += regs_check_spin(&start, u);
}
static void spin(uint64_t seed)
{
    struct regs r, expected;
    regs_fill(&r, seed, 300);
    expected = start = r;
    spinning = true;
    regs_spin(&r);
    spinning = false;
    regs_spin(&expected);
    wrong += memcmp(&r, &expected, sizeof r) != 0;
}
#else
static void check(void *u) { (void)u; }
static void spin(uint64_t seed)
{
    volatile uint64_t x = seed;
    for (int i = 0; i < 3000; i++)
        x = x * 3 + 1;
}
#endif

static __thread volatile int level;

static void inner(int sig, siginfo_t *i, void *u)
{
    (void)sig, (void)i, (void)u;
    nested++;
}

static void outer(int sig, siginfo_t *i, void *u)
{
    (void)i;
    if (!level)
        check(u);
    level++;
    handled++;
    if (level < 2)
        pthread_kill(pthread_self(), sig == SIGUSR1 ? SIGUSR2 : SIGUSR1); /* the other handler, inside this one */
    raise(SIGHUP);
    level--;
}

static void *worker(void *p)
{
    long me = (long)p;
    ready++;
    while (ready <= THREADS) /* until threads[] is filled, too */
        sched_yield();
    for (long n = 0; n < times; n++) {
        spin((uint64_t)(n * THREADS + me));
        pthread_kill(threads[(me + 1 + n % (THREADS - 1)) % THREADS], n & 1 ? SIGUSR1 : SIGUSR2);
    }
    done++;
    while (done < THREADS) /* all can be signalled until the last has finished */
        spin((uint64_t)me);
    return NULL;
}

int main(void)
{
    times = repeat(1000, 20000);
    handle(SIGUSR1, outer, SA_RESTART);
    handle(SIGUSR2, outer, SA_RESTART);
    handle(SIGHUP, inner, SA_RESTART | SA_NODEFER);
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, worker, (void *)i);
    ready++;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("wrong %ld, every handler raised one more: %d, some ran: %d\n", (long)wrong, nested == handled, handled > 0);
    return 0;
}
