/* Memory copy and memory set instructions that start in the state of "option B", as after a move to another processor:
 * the kernel has the prologue run again. The host shows what must come out. */
#include "t.h"

enum { BYTES = 20000 };
static unsigned char from[BYTES + 64], to[BYTES + 64];

#ifdef __aarch64__
#define FLAGS ".arch_extension mops\nmsr nzcv, %3\n"
/* Enters behind the prologue, or behind the main part. */
#define STAGES(enter, prologue, main, epilogue) FLAGS "b " enter "f\n" prologue "\n1:" main "\n2:" epilogue
#define OPERANDS(d, s, n, nzcv)                                                                                        \
    : "+r"(d), "+r"(s), "+r"(n) : "r"((unsigned long)(nzcv) << 28) : "memory", "cc"
#define COPY(enter)                                                                                                    \
    ".arch_extension mops\n" STAGES(enter, "cpyp [%0]!, [%1]!, %2!", "cpym [%0]!, [%1]!, %2!", "cpye [%0]!, [%1]!, %2!")
#define COPY_F(enter)                                                                                                  \
    ".arch_extension mops\n" STAGES(enter, "cpyfp [%0]!, [%1]!, %2!", "cpyfm [%0]!, [%1]!, %2!",                       \
                                    "cpyfe [%0]!, [%1]!, %2!")
#define SET(enter)                                                                                                     \
    ".arch_extension mops\n" STAGES(enter, "setp [%0]!, %2!, %1", "setm [%0]!, %2!, %1", "sete [%0]!, %2!, %1")
#endif

static unsigned long sum(void)
{
    unsigned long h = 0;
    for (size_t i = 0; i < sizeof to; i++)
        h = h * 31 + to[i];
    return h;
}

static void fill(void)
{
    for (size_t i = 0; i < sizeof from; i++) {
        from[i] = (unsigned char)(i * 7 + i / 251);
        to[i] = (unsigned char)(i * 13);
    }
}

static void set(bool epilogue, unsigned long n)
{
    fill();
    unsigned char *d = to + 5;
    unsigned long value = 0x1234567890;
#ifdef __aarch64__
    if (epilogue)
        __asm__ volatile(SET("2") OPERANDS(d, value, n, 2));
    else
        __asm__ volatile(SET("1") OPERANDS(d, value, n, 2));
#else
    memset(d, (int)value, n);
    d += n;
    n = 0;
    (void)epilogue;
#endif
    printf("set %d: %lx to +%td, %lu left\n", epilogue, sum(), d - to, n);
}

static void copy_forwards(bool epilogue, unsigned long n)
{
    fill();
    unsigned char *d = to + 5, *s = from + 9;
#ifdef __aarch64__
    if (epilogue)
        __asm__ volatile(COPY_F("2") OPERANDS(d, s, n, 2));
    else
        __asm__ volatile(COPY_F("1") OPERANDS(d, s, n, 2));
#else
    memcpy(d, s, n);
    d += n, s += n, n = 0;
    (void)epilogue;
#endif
    printf("copy forwards %d: %lx to +%td from +%td, %lu left\n", epilogue, sum(), d - to, s - from, n);
}

/* N says that option B goes down: then the registers hold the ends. */
static void copy_backwards(bool epilogue, unsigned long n)
{
    fill();
    unsigned char *d = to + 30, *s = to + 9;
#ifdef __aarch64__
    d += n;
    s += n;
    if (epilogue)
        __asm__ volatile(COPY("2") OPERANDS(d, s, n, 10));
    else
        __asm__ volatile(COPY("1") OPERANDS(d, s, n, 10));
#else
    memmove(d, s, n);
    n = 0;
    (void)epilogue;
#endif
    printf("copy backwards %d: %lx to +%td from +%td, %lu left\n", epilogue, sum(), d - to, s - to, n);
}

int main(void)
{
    static const unsigned long sizes[] = {0, 1, 17, 4096, BYTES};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int epilogue = 0; epilogue < 2; epilogue++) {
            set(epilogue, sizes[i]);
            copy_forwards(epilogue, sizes[i]);
            if (sizes[i] >= 100)
                copy_backwards(epilogue, sizes[i]);
        }
    return 0;
}
