/* For programs without a C library: system calls, printing, the start. Built for both byte orders; what a program prints
 * must not depend on the order. */
#ifndef BARE_H
#define BARE_H
#include <asm/ioctls.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/auxvec.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/types.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s64 i64;
#ifdef __SIZEOF_INT128__
typedef unsigned __int128 u128;
#endif
#if defined(__AARCH64EB__) || defined(__ARMEB__)
#define BIG 1
#else
#define BIG 0
#endif

#ifdef __arm__
static inline long call6(long nr, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f)
{
    struct { u32 nr, a, b, c, d, e, f; } all = {(u32)nr, a, b, c, d, e, f};
    register u32 r0 __asm__("r0") = (u32)&all;
    /* r7 may be the frame pointer */
    __asm__ volatile("push {r7}\n mov r6, r0\n ldm r6, {r7}\n ldr r0, [r6, #4]\n ldr r1, [r6, #8]\n ldr r2, [r6, #12]\n"
                     "ldr r3, [r6, #16]\n ldr r4, [r6, #20]\n ldr r5, [r6, #24]\n svc 0\n pop {r7}"
                     : "+r"(r0) : : "r1", "r2", "r3", "r4", "r5", "r6", "memory");
    return (long)r0;
}
#define ARG(x) ((u32)(x))
#else
static inline long call6(long nr, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f)
{
    register u64 x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c, x3 __asm__("x3") = d;
    register u64 x4 __asm__("x4") = e, x5 __asm__("x5") = f;
    register long x8 __asm__("x8") = nr;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x8) : "memory");
    return (long)x0;
}
#define ARG(x) ((u64)(x))
#endif
#define call(nr, ...) call_(nr, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define call_(nr, a, b, c, d, e, f, ...) call6(nr, ARG(a), ARG(b), ARG(c), ARG(d), ARG(e), ARG(f))

static inline size_t length(const char *s)
{
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}
static inline int equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}
static inline void text(const char *s) { call(__NR_write, 1, s, length(s)); }

static inline void hex(u64 v)
{
    char out[17], *p = out + sizeof out;
    *--p = 0;
    do
        *--p = "0123456789abcdef"[v & 15];
    while (v >>= 4);
    text(p);
}

/* "name value" on a line, the value in hexadecimal. */
static inline void show(const char *name, u64 v)
{
    text(name);
    text(" ");
    hex(v);
    text("\n");
}
#define SHOW(e) show(#e, (u64)(e))

/* The bytes of one stored value, most significant first, whatever the order. */
static inline void image(const char *name, const void *p, size_t bytes)
{
    text(name);
    for (size_t i = 0; i < bytes; i++) {
        text(" ");
        hex(((const volatile u8 *)p)[BIG ? i : bytes - 1 - i]);
    }
    text("\n");
}

void *memset(void *to, int value, size_t n);
void *memset(void *to, int value, size_t n)
{
    for (volatile u8 *p = to; n--;)
        *p++ = (u8)value;
    return to;
}
void *memcpy(void *to, const void *from, size_t n);
void *memcpy(void *to, const void *from, size_t n)
{
    const volatile u8 *q = from;
    for (volatile u8 *p = to; n--;)
        *p++ = *q++;
    return to;
}

static void run(u64 *stack);
__attribute__((used, noreturn)) static void begin(u64 *stack)
{
    run(stack);
    call(__NR_exit_group, 0);
    __builtin_unreachable();
}
#ifdef __arm__
__asm__(".globl _start\n.type _start, %function\n.arm\n_start: mov r11, #0\n mov r0, sp\n ldr r1, =begin\n bx r1\n .ltorg\n"
#ifdef __thumb__
        ".thumb\n"
#endif
);
#else
__asm__(".globl _start\n_start: mov x29, xzr\n mov x30, xzr\n mov x0, sp\n b begin\n");
#endif
#endif
