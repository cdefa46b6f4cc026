/* Loops in which operations are invalid all the time: results and FPSR are exact, they end, and no signal that a compiler
 * may use for them is seen by the guest, which handles or blocks the same signal. */
#include <fenv.h>
#include <math.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int hits;
static void on_signal(int signal) { hits += signal == SIGFPE; }

static uint64_t bits(double d)
{
    uint64_t u;
    memcpy(&u, &d, sizeof u);
    return u;
}
static double number(uint64_t u)
{
    double d;
    memcpy(&d, &u, sizeof d);
    return d;
}
static unsigned long fpsr(void)
{
    unsigned long f;
    __asm__ volatile("mrs %0, fpsr\n msr fpsr, xzr" : "=r"(f));
    return f;
}

__attribute__((noinline)) static uint64_t scalars(volatile double *a, volatile double *b, long n)
{
    uint64_t h = 0;
    for (long i = 0; i < n; i++) {
        h = h * 31 + bits(*a - *b);
        h = h * 31 + bits(*a * *b);
        h = h * 31 + bits(*a / *b);
        h = h * 31 + bits(sqrt(-*a));
        h = h * 31 + bits(fma(*a, *b, *a));
        h = h * 31 + bits(fmax(*a, *b));
        h = h * 31 + bits(rint(*b));
        h = h * 31 + bits((float)*b);
        h += (*a < *b) + 2 * (*a == *b) + 4 * (*a >= *b) + 8 * isless(*a, *b);
        h += (uint64_t)(int64_t)*a + (uint32_t)(int32_t)*b + (uint64_t)*b;
    }
    return h;
}

__attribute__((noinline)) static uint64_t vectors(volatile float *a, volatile float *b, long n)
{
    uint64_t h = 0;
    for (long i = 0; i < n; i++) {
        float r[4], s[4];
        for (int k = 0; k < 4; k++) {
            s[k] = b[k];
            r[k] = a[k];
        }
        for (int k = 0; k < 4; k++)
            r[k] = r[k] * s[k] + s[k];
        for (int k = 0; k < 4; k++)
            r[k] = r[k] < s[k] ? r[k] - s[k] : r[k] / s[k];
        for (int k = 0; k < 4; k++) {
            uint32_t u;
            memcpy(&u, &r[k], sizeof u);
            h = h * 31 + u;
        }
    }
    return h;
}

static void show(const char *name, double x, double y, long n)
{
    volatile double a = x, b = y;
    fpsr();
    uint64_t h = scalars(&a, &b, n);
    printf("%s %016lx %lx\n", name, h, fpsr());
}

static void all(long often)
{
    show("number", 1, 2, 1000);
    show("infinity", INFINITY, INFINITY, 1);
    show("quiet", number(0x7ff8000000000123), 1, 3);
    show("negative quiet", 1, number(0xfff8000000000321), 3);
    show("signalling", 1, number(0x7ff0000000000123), 3);
    show("both", number(0x7ff8000000000001), number(0xfff0000000000002), 3);
    show("zero", 0, 0, 3);
    show("often", INFINITY, INFINITY, often);
    show("number", 3, 5, 1000);
    float x[4] = {INFINITY, 1, NAN, -0.0f}, y[4] = {0, 2, 3, 4};
    fpsr();
    uint64_t h = vectors(x, y, often / 4);
    printf("vectors %016lx %lx\n", h, fpsr());
}

int main(void)
{
    sigset_t set;
    signal(SIGFPE, on_signal);
    all(1000000);
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    all(2000);
    raise(SIGFPE);
    all(2000);
    printf("signals %d\n", hits);
    sigemptyset(&set);
    sigprocmask(SIG_SETMASK, &set, NULL);
    printf("signals %d\n", hits);
    fesetround(FE_UPWARD);
    all(2000);
    fesetround(FE_TONEAREST);
    signal(SIGFPE, SIG_IGN);
    fflush(stdout);
    if (!fork()) {
        all(2000);
        fflush(stdout);
        _exit(0);
    }
    wait(NULL);
    return 0;
}
