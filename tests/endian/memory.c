/* Loads and stores of every kind: values, and the order of the bytes in memory. */
#include "bare.h"

static u8 room[256] __attribute__((aligned(64)));
#define ASM(code, ...) __asm__ volatile(code __VA_ARGS__)
#define LOAD(code) ({ u64 r_; __asm__ volatile(code : "=&r"(r_) : "r"(room) : "memory"); r_; })
#define LOADW(code) ({ u32 r_; __asm__ volatile(code : "=&r"(r_) : "r"(room) : "memory"); r_; })
#define STORE(code, value) __asm__ volatile(code : : "r"((u64)(value)), "r"(room) : "memory")

static void clear(void) { memset(room, 0x5a, sizeof room); }

static void integers(void)
{
    clear();
    STORE("strb %w0, [%1]", 0x81); image("strb", room, 1);
    STORE("strh %w0, [%1, #2]", 0x8182); image("strh", room + 2, 2);
    STORE("str %w0, [%1, #4]", 0x81828384); image("str w", room + 4, 4);
    STORE("str %0, [%1, #8]", 0x8182838485868788); image("str x", room + 8, 8);
    STORE("stur %0, [%1, #17]", 0x9192939495969798); image("stur", room + 17, 8);
    STORE("sttr %0, [%1, #32]", 0xa1a2a3a4a5a6a7a8); image("sttr", room + 32, 8);
    show("ldrb", LOAD("ldrb %w0, [%1]"));
    show("ldrsb x", LOAD("ldrsb %0, [%1]"));
    show("ldrsb w", LOADW("ldrsb %w0, [%1]"));
    show("ldrh", LOAD("ldrh %w0, [%1, #2]"));
    show("ldrsh x", LOAD("ldrsh %0, [%1, #2]"));
    show("ldrsh w", LOADW("ldrsh %w0, [%1, #2]"));
    show("ldr w", LOADW("ldr %w0, [%1, #4]"));
    show("ldrsw", LOAD("ldrsw %0, [%1, #4]"));
    show("ldr x", LOAD("ldr %0, [%1, #8]"));
    show("ldur", LOAD("ldur %0, [%1, #17]"));
    show("ldtr", LOAD("ldtr %0, [%1, #32]"));
    show("ldr post", LOAD("add x9, %1, #8\n ldr %0, [x9], #24\n ldr x10, [x9]\n eor %0, %0, x10, ror #1"));
    show("ldr register", LOAD("mov x9, #4\n ldr %0, [%1, x9, lsl #3]"));
    show("ldr literal", LOAD("ldr %0, =0x0123456789abcdef"));
    show("ldrsw literal", LOAD("ldrsw %0, 1f\n b 2f\n1: .word 0x87654321\n2:"));
}

static void pairs(void)
{
    clear();
    ASM("stp %w0, %w1, [%2]", : : "r"(0x11121314), "r"(0x91929394), "r"(room) : "memory");
    image("stp w first", room, 4); image("stp w second", room + 4, 4);
    ASM("stp %0, %1, [%2, #16]", : : "r"(0x1112131415161718), "r"(0x2122232425262728), "r"(room) : "memory");
    image("stp x first", room + 16, 8); image("stp x second", room + 24, 8);
    u64 a, b;
    ASM("ldp %w0, %w1, [%2]", : "=&r"(a), "=&r"(b) : "r"(room) : "memory"); show("ldp w", (u32)a); show("ldp w", (u32)b);
    ASM("ldpsw %0, %1, [%2]", : "=&r"(a), "=&r"(b) : "r"(room) : "memory"); show("ldpsw", a); show("ldpsw", b);
    ASM("ldp %0, %1, [%2, #16]", : "=&r"(a), "=&r"(b) : "r"(room) : "memory"); show("ldp x", a); show("ldp x", b);
    ASM("ldnp %0, %1, [%2, #16]", : "=&r"(a), "=&r"(b) : "r"(room) : "memory"); show("ldnp x", a); show("ldnp x", b);
}

static void show_vector(const char *name, unsigned which)
{
    u64 low, high;
    if (which == 0)
        ASM("umov %0, v0.d[0]\n umov %1, v0.d[1]", : "=r"(low), "=r"(high));
    else if (which == 1)
        ASM("umov %0, v1.d[0]\n umov %1, v1.d[1]", : "=r"(low), "=r"(high));
    else if (which == 2)
        ASM("umov %0, v2.d[0]\n umov %1, v2.d[1]", : "=r"(low), "=r"(high));
    else
        ASM("umov %0, v3.d[0]\n umov %1, v3.d[1]", : "=r"(low), "=r"(high));
    text(name); text(" "); hex(high); text("."); hex(low); text("\n");
}

/* Fills the room with elements 1, 2, 3.. of a size, as data of this byte order. */
static void fill(unsigned bytes)
{
    memset(room + 128, 0, 128);
    for (unsigned i = 0; i < 128 / bytes; i++) {
        u64 v = 0x8070605040302010 + (i + 1) * 0x0101010101010101;
        if (bytes == 1) room[i] = (u8)v;
        else if (bytes == 2) ((volatile u16 *)room)[i] = (u16)v;
        else if (bytes == 4) ((volatile u32 *)room)[i] = (u32)v;
        else ((volatile u64 *)room)[i] = v;
    }
}

#define VECTORS(code) __asm__ volatile(code : : "r"(room), "r"(room + 128) : "memory", "v0", "v1", "v2", "v3", "x9")
#define SCALAR(code) do { VECTORS(code); show_vector(code, 0); } while (0)
static void simd_registers(void)
{
    clear();
    *(volatile u128 *)room = (u128)0x8182838485868788 << 64 | 0x1112131415161718;
    *(volatile u64 *)(room + 16) = 0x2122232425262728;
    *(volatile u32 *)(room + 24) = 0x31323334;
    *(volatile u16 *)(room + 28) = 0x4142;
    room[30] = 0x51;
    SCALAR("ldr q0, [%0]");
    SCALAR("ldr d0, [%0, #16]");
    SCALAR("ldr s0, [%0, #24]");
    SCALAR("ldr h0, [%0, #28]");
    SCALAR("ldr b0, [%0, #30]");
    SCALAR("ldur q0, [%0]");
    VECTORS("ldr q0, [%0]\n str q0, [%1]\n str d0, [%1, #16]\n str s0, [%1, #24]\n str h0, [%1, #28]\n str b0, [%1, #30]");
    image("str q", room + 128, 16); image("str d", room + 144, 8); image("str s", room + 152, 4); image("str h", room + 156, 2);
    image("str b", room + 158, 1);
    fill(8);
    VECTORS("ldp d0, d1, [%0]"); show_vector("ldp d", 0); show_vector("ldp d", 1);
    fill(4);
    VECTORS("ldp s0, s1, [%0]"); show_vector("ldp s", 0); show_vector("ldp s", 1);
    *(volatile u128 *)room = (u128)0x8182838485868788 << 64 | 0x1112131415161718;
    *(volatile u128 *)(room + 16) = (u128)0xa1a2a3a4a5a6a7a8 << 64 | 0xb1b2b3b4b5b6b7b8;
    VECTORS("ldp q0, q1, [%0]\n stp q1, q0, [%1]"); show_vector("ldp q", 0); show_vector("ldp q", 1);
    image("stp q first", room + 128, 16); image("stp q second", room + 144, 16);
    SCALAR("ldr q0, 1f\n b 2f\n .balign 16\n1: .quad 0x1112131415161718, 0x1112131415161718\n2:");
}

#define STRUCTURES(T, bytes)                                                                                                     \
    fill(bytes);                                                                                                                 \
    VECTORS("ld1 {v0." T ", v1." T "}, [%0]"); show_vector("ld1 " T, 0); show_vector("ld1 " T, 1);                               \
    VECTORS("ld2 {v0." T ", v1." T "}, [%0]"); show_vector("ld2 " T, 0); show_vector("ld2 " T, 1);                               \
    VECTORS("ld3 {v0." T ", v1." T ", v2." T "}, [%0]"); show_vector("ld3 " T, 0); show_vector("ld3 " T, 2);                     \
    VECTORS("ld4 {v0." T ", v1." T ", v2." T ", v3." T "}, [%0]"); show_vector("ld4 " T, 0); show_vector("ld4 " T, 3);           \
    VECTORS("ld1r {v0." T "}, [%0]"); show_vector("ld1r " T, 0);                                                                 \
    VECTORS("ld4 {v0." T ", v1." T ", v2." T ", v3." T "}, [%0]\n st3 {v0." T ", v1." T ", v2." T "}, [%1]");                    \
    for (unsigned i = 0; i < 48; i += bytes)                                                                                     \
        image("st3 " T, room + 128 + i, bytes)
#define LANES(L, index, bytes)                                                                                                   \
    fill(bytes);                                                                                                                 \
    VECTORS("movi v0.16b, #0\n ld1 {v0." L "}[" index "], [%0]"); show_vector("ld1 lane " L, 0);                                 \
    VECTORS("movi v0.16b, #0\n movi v1.16b, #0\n ld2 {v0." L ", v1." L "}[" index "], [%0]"); show_vector("ld2 lane " L, 1);     \
    VECTORS("st1 {v1." L "}[" index "], [%1]"); image("st1 lane " L, room + 128, bytes)
static void simd_structures(void)
{
    STRUCTURES("16b", 1); STRUCTURES("8h", 2); STRUCTURES("4s", 4); STRUCTURES("2d", 8);
    STRUCTURES("8b", 1); STRUCTURES("4h", 2); STRUCTURES("2s", 4);
    LANES("b", "11", 1); LANES("h", "5", 2); LANES("s", "2", 4); LANES("d", "1", 8);
}

#define EXCLUSIVE(name, load, store, bytes)                                                                                      \
    do {                                                                                                                         \
        u64 old; u32 failed;                                                                                                     \
        fill(bytes);                                                                                                             \
        __asm__ volatile(load "\n add x9, %0, #3\n " store : "=&r"(old), "=&r"(failed) : "r"(room) : "memory", "x9");            \
        show(name " old", old); show(name " failed", failed); image(name, room, bytes);                                          \
    } while (0)
static void exclusives(void)
{
    EXCLUSIVE("ldxrb", "ldxrb %w0, [%2]", "stxrb %w1, w9, [%2]", 1);
    EXCLUSIVE("ldxrh", "ldxrh %w0, [%2]", "stxrh %w1, w9, [%2]", 2);
    EXCLUSIVE("ldxr w", "ldxr %w0, [%2]", "stxr %w1, w9, [%2]", 4);
    EXCLUSIVE("ldxr x", "ldxr %0, [%2]", "stxr %w1, x9, [%2]", 8);
    EXCLUSIVE("ldaxr x", "ldaxr %0, [%2]", "stlxr %w1, x9, [%2]", 8);
    EXCLUSIVE("ldar", "ldar %0, [%2]", "stlr x9, [%2]\n mov %w1, #0", 8);
    EXCLUSIVE("ldxp x", "ldxp %0, x10, [%2]", "stxp %w1, x9, x10, [%2]\n eor %0, %0, x10", 8);
    EXCLUSIVE("ldxp w", "ldxp %w0, w10, [%2]", "stxp %w1, w9, w10, [%2]\n eor %w0, %w0, w10", 4);
    fill(8);
    u64 a, b; u32 failed;
    ASM("ldxp %0, %1, [%3]\n stxp %w2, %1, %0, [%3]", : "=&r"(a), "=&r"(b), "=&r"(failed) : "r"(room) : "memory");
    show("ldxp first", a); show("ldxp second", b); show("stxp failed", failed);
    image("stxp first", room, 8); image("stxp second", room + 8, 8);
    fill(4);
    ASM("ldxp %w0, %w1, [%3]\n stxp %w2, %w1, %w0, [%3]", : "=&r"(a), "=&r"(b), "=&r"(failed) : "r"(room) : "memory");
    show("ldxp w first", (u32)a); show("ldxp w second", (u32)b); show("stxp w failed", failed);
    image("stxp w first", room, 4); image("stxp w second", room + 4, 4);
}

#define ATOMIC(op, suffix, width, bytes)                                                                                         \
    do {                                                                                                                         \
        u64 old = 0;                                                                                                             \
        fill(bytes);                                                                                                             \
        __asm__ volatile(".arch armv8.4-a\n " op suffix " %" width "1, %" width "0, [%2]"                                        \
                         : "+&r"(old) : "r"((u64)0x7172737475767778), "r"(room) : "memory");                                     \
        show(op suffix " " width, old); image(op suffix " " width, room, bytes);                                                 \
    } while (0)
#define ATOMICS(op) ATOMIC(op, "b", "w", 1); ATOMIC(op, "h", "w", 2); ATOMIC(op, "", "w", 4); ATOMIC(op, "", "x", 8);            \
    ATOMIC(op, "al", "x", 8)
#define COMPARE(suffix, width, bytes, expected)                                                                                  \
    do {                                                                                                                         \
        u64 old;                                                                                                                 \
        fill(bytes);                                                                                                             \
        old = expected;                                                                                                          \
        __asm__ volatile(".arch armv8.4-a\n cas" suffix " %" width "0, %" width "1, [%2]"                                        \
                         : "+&r"(old) : "r"((u64)0x7172737475767778), "r"(room) : "memory");                                     \
        show("cas" suffix " " width, old); image("cas" suffix " " width, room, bytes);                                           \
    } while (0)
static void atomics(void)
{
    ATOMICS("ldadd"); ATOMICS("ldclr"); ATOMICS("ldeor"); ATOMICS("ldset"); ATOMICS("swp");
    ATOMIC("ldsmax", "h", "w", 2); ATOMIC("ldsmin", "", "w", 4); ATOMIC("ldumax", "", "x", 8); ATOMIC("ldumin", "b", "w", 1);
    COMPARE("b", "w", 1, 0x11); COMPARE("h", "w", 2, 0x2111); COMPARE("", "w", 4, 0x41312111);
    COMPARE("", "x", 8, 0x8171615141312111); COMPARE("al", "x", 8, 0);
    fill(8);
    register u64 x2 __asm__("x2") = *(volatile u64 *)room, x3 __asm__("x3") = *(volatile u64 *)(room + 8);
    register u64 x4 __asm__("x4") = 0x1234, x5 __asm__("x5") = 0x5678;
    ASM(".arch armv8.4-a\n caspal x2, x3, x4, x5, [%4]", : "+r"(x2), "+r"(x3) : "r"(x4), "r"(x5), "r"(room) : "memory");
    u64 first = x2, second = x3;
    show("casp x", first); show("casp x", second);
    image("casp x first", room, 8); image("casp x second", room + 8, 8);
    fill(4);
    register u64 x6 __asm__("x6") = *(volatile u32 *)room, x7 __asm__("x7") = *(volatile u32 *)(room + 4);
    register u64 x8 __asm__("x8") = 0x1234, x9 __asm__("x9") = 0x5678;
    ASM(".arch armv8.4-a\n casp w6, w7, w8, w9, [%4]", : "+r"(x6), "+r"(x7) : "r"(x8), "r"(x9), "r"(room) : "memory");
    first = x6, second = x7;
    show("casp w", first); show("casp w", second);
    image("casp w first", room, 4); image("casp w second", room + 4, 4);
    fill(8);
    show("ldapr", LOAD(".arch armv8.4-a\n ldapr %0, [%1]"));
    show("ldapur", LOAD(".arch armv8.4-a\n ldapur %0, [%1, #8]"));
    STORE(".arch armv8.4-a\n stlur %0, [%1, #16]", 0x6162636465666768); image("stlur", room + 16, 8);
}

static void unaligned_and_pages(void)
{
    u8 *p = (u8 *)call(__NR_mmap, 0, 8192, 3, 0x22, -1, 0);
    for (unsigned i = 4089; i < 4100; i++) {
        *(volatile u64 *)(p + i) = 0x0102030405060708 * (i - 4080);
        image("across a page", p + i, 8);
        show("across a page", *(volatile u64 *)(p + i));
    }
    *(volatile u128 *)(p + 4091) = (u128)0x8182838485868788 << 64 | 0x1112131415161718;
    ASM("ldr q0, [%0]", : : "r"(p + 4091) : "v0");
    show_vector("vector across a page", 0);
}

static void run(u64 *stack)
{
    (void)stack;
    SHOW(*(volatile u8 *)&(u16){1} == !BIG);
    integers();
    pairs();
    simd_registers();
    simd_structures();
    exclusives();
    atomics();
    unaligned_and_pages();
}
