/* 32-bit ARM: loads and stores of every kind, the start of a program, the user helpers, a few system calls. Built for A32 and
 * T32 with VFP and NEON (big-endian: BE8), and for ARMv5TE (big-endian: BE32, instructions included). */
#include "../bare.h"

static u8 room[256] __attribute__((aligned(64)));
#define STORE(code, value) __asm__ volatile(code : : "r"((u32)(value)), "r"(room) : "memory")
#define LOAD(code) ({ u32 r_; __asm__ volatile(code : "=&r"(r_) : "r"(room) : "memory"); r_; })

static void integers(void)
{
    memset(room, 0x5a, sizeof room);
    STORE("strb %0, [%1]", 0x81); image("strb", room, 1);
    STORE("strh %0, [%1, #2]", 0x8182); image("strh", room + 2, 2);
    STORE("str %0, [%1, #4]", 0x81828384); image("str", room + 4, 4);
    show("ldrb", LOAD("ldrb %0, [%1]"));
    show("ldrsb", LOAD("ldrsb %0, [%1]"));
    show("ldrh", LOAD("ldrh %0, [%1, #2]"));
    show("ldrsh", LOAD("ldrsh %0, [%1, #2]"));
    show("ldr", LOAD("ldr %0, [%1, #4]"));
    show("ldr literal", LOAD("ldr %0, =0x01234567"));
    show("ldr post", LOAD("add r12, %1, #4\n ldr %0, [r12], #-4\n ldrb r12, [r12]\n eor %0, %0, r12"));
    __asm__ volatile("ldr r4, =0x11121314\n ldr r5, =0x21222324\n strd r4, r5, [%0]\n stm %0, {r4, r5}\n" : : "r"(room + 16) : "r4", "r5", "memory");
    image("strd first", room + 16, 4); image("strd second", room + 20, 4);
    u32 a, b;
    __asm__ volatile("ldrd r4, r5, [%2]\n mov %0, r4\n mov %1, r5" : "=&r"(a), "=&r"(b) : "r"(room + 16) : "r4", "r5", "memory");
    SHOW(a); SHOW(b);
    __asm__ volatile("ldm %2, {%0, %1}" : "=&r"(a), "=&r"(b) : "r"(room + 16) : "memory");
    SHOW(a); SHOW(b);
    volatile u64 wide = 0x0102030405060708;
    image("u64", (const void *)&wide, 8); SHOW(wide);
}

static void atomics(void)
{
#if __ARM_ARCH >= 7
    *(volatile u32 *)room = 0x81828384;
    *(volatile u64 *)(room + 8) = 0x1112131415161718;
    u32 old, failed, low, high;
    __asm__ volatile("ldrex %0, [%2]\n add r12, %0, #3\n strex %1, r12, [%2]" : "=&r"(old), "=&r"(failed) : "r"(room) : "r12", "memory");
    SHOW(old); SHOW(failed); image("strex", room, 4);
    *(volatile u16 *)room = 0x9192;
    __asm__ volatile("ldrexh %0, [%2]\n add r12, %0, #3\n strexh %1, r12, [%2]" : "=&r"(old), "=&r"(failed) : "r"(room) : "r12", "memory");
    SHOW(old); SHOW(failed); image("strexh", room, 2);
    __asm__ volatile("ldrexd r4, r5, [%3]\n mov %0, r4\n mov %1, r5\n add r4, r4, #1\n strexd %2, r4, r5, [%3]"
                     : "=&r"(low), "=&r"(high), "=&r"(failed) : "r"(room + 8) : "r4", "r5", "memory");
    SHOW(BIG ? high : low); SHOW(BIG ? low : high); SHOW(failed); /* the first register has the word at the address */
#else
    *(volatile u32 *)room = 0x81828384;
    u32 old;
    __asm__ volatile("swp %0, %1, [%2]" : "=&r"(old) : "r"(0x11121314), "r"(room) : "memory");
    SHOW(old); image("swp", room, 4);
    room[0] = 0x91;
    __asm__ volatile("swpb %0, %1, [%2]" : "=&r"(old) : "r"(0x21), "r"(room) : "memory");
    SHOW(old);
#endif
}

#if __ARM_ARCH >= 7
static void vectors(void)
{
    volatile u64 *d = (volatile u64 *)room;
    volatile u32 *s = (volatile u32 *)room;
    volatile u16 *h = (volatile u16 *)room;
    u32 low, high;
    d[0] = 0x8182838485868788;
    __asm__ volatile("vldr d0, [%2]\n vmov %0, %1, d0\n vstr d0, [%2, #8]" : "=r"(low), "=r"(high) : "r"(room) : "d0", "memory");
    SHOW(low); SHOW(high); SHOW(d[1]);
    s[0] = 0x3f800000;
    __asm__ volatile("vldr s0, [%1]\n vadd.f32 s0, s0, s0\n vmov %0, s0\n vstr s0, [%1, #4]" : "=r"(low) : "r"(room) : "d0", "memory");
    SHOW(low); SHOW(s[1]);
    for (unsigned i = 0; i < 16; i++)
        h[i] = (u16)(0x8180 + i);
    __asm__ volatile("vld2.16 {d0, d1}, [%2]\n vmov %0, %1, d1\n vst1.16 {d1}, [%3]" : "=r"(low), "=r"(high)
                     : "r"(room), "r"(room + 64) : "d0", "d1", "memory");
    SHOW(low); SHOW(high); image("vst1.16", room + 64, 2);
    __asm__ volatile("vld1.16 {d0[]}, [%1]\n vmov.u16 %0, d0[3]" : "=r"(low) : "r"(room) : "d0", "memory");
    SHOW(low);
    s[0] = 0x01020304;
    __asm__ volatile("vld1.8 {d0}, [%1]\n vmov.u8 %0, d0[0]" : "=r"(low) : "r"(room) : "d0", "memory");
    SHOW(low == (BIG ? 1 : 4));
}
#endif

#if __ARM_ARCH >= 7
/* SETEND changes the order of data for what follows. */
static void set_end(void)
{
    u32 other;
    *(volatile u32 *)room = 0x01020304;
#if BIG
    __asm__ volatile("setend le\n ldr %0, [%1]\n setend be" : "=&r"(other) : "r"(room) : "memory");
#else
    __asm__ volatile("setend be\n ldr %0, [%1]\n setend le" : "=&r"(other) : "r"(room) : "memory");
#endif
    SHOW(other);
}
#endif

static void helpers(void)
{
    int (*cmpxchg)(int, int, volatile int *) = (int (*)(int, int, volatile int *))0xffff0fc0;
    int (*cmpxchg64)(const i64 *, const i64 *, volatile i64 *) = (int (*)(const i64 *, const i64 *, volatile i64 *))0xffff0f60;
    void (*barrier)(void) = (void (*)(void))0xffff0fa0;
    u32 (*get_tls)(void) = (u32 (*)(void))0xffff0fe0;
    volatile int word = 0x01020304;
    volatile i64 wide = 0x0102030405060708;
    i64 old = 0x0102030405060708, new = 0x1112131415161718;
    SHOW(*(volatile u32 *)0xffff0ffc);
    SHOW(cmpxchg(1, 2, &word) != 0); SHOW((u32)word);
    SHOW(cmpxchg(0x01020304, 0x11121314, &word)); SHOW((u32)word);
    SHOW(cmpxchg64(&new, &old, &wide) != 0); SHOW(wide);
    SHOW(cmpxchg64(&old, &new, &wide)); SHOW(wide);
    call(__ARM_NR_set_tls, 0x12345678);
    barrier();
    SHOW(get_tls());
}

__attribute__((target("thumb"), noinline)) static u32 in_thumb(u32 a, u32 b) { return a * 3 + b; }
__attribute__((target("arm"), noinline)) static u32 in_arm(u32 a, u32 b) { return a * 5 + b; }

static void calls(void)
{
    struct { i64 sec; long nsec; } big_time = {0, 0};
    char cwd[256] = "";
    struct stat64 st;
    char names[6][65] = {""}; /* struct utsname */
    u32 last = 0;
    SHOW(call(__NR_uname, names));
    while (names[4][last] && names[4][last + 1])
        last++;
    SHOW(names[4][last] == (BIG ? 'b' : 'l'));
    SHOW(call(__NR_clock_gettime64, 1, &big_time) == 0 && big_time.sec >= 0 && big_time.sec < 1 << 30);
    SHOW(call(__NR_stat64, "/", &st)); SHOW(st.st_mode); SHOW(st.st_nlink > 1); SHOW(st.st_size < 1 << 20);
    SHOW(call(__NR_getcwd, cwd, sizeof cwd) > 1);
    SHOW(call(__NR_fstat64, 99, &st) == -EBADF);
    SHOW(call(__NR_getpid) > 1);
    u8 *p = (u8 *)call(__NR_mmap2, 0, 4096, 3, 0x22, -1, 0);
    SHOW((u32)p > 0x10000 && (u32)p < 0xffff0000);
    *(volatile u32 *)p = 0x01020304;
    image("mmap", p, 4);
}

static void start(u32 *stack)
{
    u32 argc = *stack++;
    SHOW(argc);
    for (u32 i = 0; i < argc; i++)
        if (i)
            text((const char *)stack[i]), text("\n");
    stack += argc + 1;
    for (; *stack; stack++)
        text((const char *)*stack), text("\n");
    for (stack++; *stack; stack += 2) {
        switch (stack[0]) {
        case AT_PAGESZ: show("page size", stack[1]); break;
        case AT_PHENT: show("phent", stack[1]); break;
        case AT_HWCAP: show("hwcap", stack[1]); break;
        case AT_HWCAP2: show("hwcap2", stack[1]); break;
        case AT_SYSINFO_EHDR: show("vdso", *(const volatile u8 *)stack[1]); break;
        case AT_PLATFORM: SHOW(((const char *)stack[1])[2] == (BIG ? 'b' : 'l')); break;
        default: break;
        }
    }
}

static void run(u64 *stack)
{
    SHOW(*(volatile u8 *)&(u16){1} == !BIG);
    start((u32 *)stack);
    integers();
    atomics();
#if __ARM_ARCH >= 7
    vectors();
    set_end();
#endif
    helpers();
    SHOW(in_thumb(7, in_arm(3, 4)));
    calls();
}
