/* Floating-point comparisons and everything that uses their flags, for all pairs of special numbers. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const double numbers[] = {0.0, -0.0, 1, -1, 2, __builtin_inf(), -__builtin_inf(), __builtin_nan(""), 5e-324, 1e308};
enum { COUNT = sizeof numbers / sizeof *numbers };

static uint64_t hash = 1;
static void mix(uint64_t v)
{
    hash = (hash ^ v) * 0x9e3779b97f4a7c15ull;
    hash ^= hash >> 29;
}

#define CONDITIONS(X) X(eq) X(ne) X(cs) X(cc) X(mi) X(pl) X(vs) X(vc) X(hi) X(ls) X(ge) X(lt) X(gt) X(le)

#define COMPARE(cond)                                                                                                  \
    __attribute__((noinline)) static void compare_##cond(double a, double b)                                           \
    {                                                                                                                  \
        uint64_t r, f;                                                                                                 \
        double s;                                                                                                      \
        __asm__ volatile("fcmp %d1, %d2\n b." #cond " 1f\n mov %0, #7\n b 2f\n1: mov %0, #9\n2:"                       \
                         : "=r"(r) : "w"(a), "w"(b) : "cc");                                                           \
        mix(r);                                                                                                        \
        __asm__ volatile("fcmpe %d1, %d2\n cset %0, " #cond : "=r"(r) : "w"(a), "w"(b) : "cc");                        \
        mix(r);                                                                                                        \
        __asm__ volatile("fcmp %d2, %d3\n fcsel %d0, %d2, %d3, " #cond "\n mrs %1, nzcv"                               \
                         : "=&w"(s), "=r"(f) : "w"(a), "w"(b) : "cc");                                                 \
        memcpy(&r, &s, sizeof r);                                                                                      \
        mix(r);                                                                                                        \
        mix(f);                                                                                                        \
        __asm__ volatile("fcmp %d2, %d3\n csel %0, %4, xzr, " #cond "\n cset %1, lt\n adc %0, %0, %1"                  \
                         : "=&r"(r), "=&r"(f) : "w"(a), "w"(b), "r"(12345ull) : "cc");                                 \
        mix(r);                                                                                                        \
        __asm__ volatile("fcmp %d2, %d3\n fccmp %d3, %d2, #5, " #cond "\n mrs %0, nzcv\n cset %1, " #cond              \
                         : "=&r"(r), "=&r"(f) : "w"(a), "w"(b) : "cc");                                                \
        mix(r);                                                                                                        \
        mix(f);                                                                                                        \
        __asm__ volatile("fcmp %s2, %s3\n cset %0, " #cond "\n cset %1, hi"                                            \
                         : "=&r"(r), "=&r"(f) : "w"((float)a), "w"((float)b) : "cc");                                  \
        mix(r);                                                                                                        \
        mix(f);                                                                                                        \
        __asm__ volatile("fcmp %d2, %d3\n mrs %0, nzcv\n tst %0, %0\n cset %1, " #cond                                 \
                         : "=&r"(r), "=&r"(f) : "w"(a), "w"(b) : "cc");                                                \
        mix(r);                                                                                                        \
        mix(f);                                                                                                        \
        __asm__ volatile("mrs %0, fpsr\n msr fpsr, xzr" : "=r"(f));                                                    \
        mix(f);                                                                                                        \
    }
CONDITIONS(COMPARE)

int main(void)
{
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < COUNT; i++) {
            for (int j = 0; j < COUNT; j++) {
#define RUN(cond) compare_##cond(numbers[i], numbers[j]);
                CONDITIONS(RUN)
            }
            printf("%d %g %016lx\n", round, numbers[i], hash);
        }
    return 0;
}
