/* Vectors of single-precision numbers where denormals are flushed: Advanced SIMD of 32-bit ARM, AArch64 with FPCR.FZ. Results
 * and cumulative flags of each instruction alone, in every rounding mode, for all pairs of special numbers in one lane and in
 * different ones, and for products and sums around the least normal number. */
#include <arm_neon.h>
#include <stdint.h>
#include <stdio.h>

typedef uint32x4_t vec;

#ifdef __aarch64__
enum { RMODE_SHIFT = 22, FZ = 1 << 24, DN = 1 << 25 };
static void set_control(unsigned long control) { __asm__ volatile("msr fpcr, %0" : : "r"(control)); }
static void clear_flags(void) { __asm__ volatile("msr fpsr, xzr"); }
static unsigned flags(void)
{
    unsigned long f;
    __asm__ volatile("mrs %0, fpsr" : "=r"(f));
    return (unsigned)f & 0x9f;
}
#define FULL2(arm, a64)  a64 " %0.4s, %1.4s, %2.4s"
#define HALF2(arm, a64)  a64 " %0.2s, %1.2s, %2.2s"
#define FULL1(arm, a64)  a64
#else
enum { RMODE_SHIFT = 22, FZ = 1 << 24, DN = 1 << 25 };
static unsigned long control_now;
static void set_control(unsigned long control)
{
    control_now = control;
    __asm__ volatile("vmsr fpscr, %0" : : "r"(control));
}
static void clear_flags(void) { __asm__ volatile("vmsr fpscr, %0" : : "r"(control_now)); }
static unsigned flags(void)
{
    unsigned f;
    __asm__ volatile("vmrs %0, fpscr" : "=r"(f));
    return f & 0x9f;
}
#define FULL2(arm, a64)  arm " %q0, %q1, %q2"
#define HALF2(arm, a64)  arm " %e0, %e1, %e2"
#define FULL1(arm, a64)  arm
#endif

static uint64_t hash;
static void note(vec r)
{
    unsigned f = flags();
    hash = (hash ^ vgetq_lane_u32(r, 0)) * 0x100000001b3;
    hash = (hash ^ vgetq_lane_u32(r, 1)) * 0x100000001b3;
    hash = (hash ^ vgetq_lane_u32(r, 2)) * 0x100000001b3;
    hash = (hash ^ vgetq_lane_u32(r, 3)) * 0x100000001b3;
    hash = (hash ^ f) * 0x100000001b3;
}

/* name(accumulator, a, b) does one instruction. */
#define OP(name, text)                                                                                                 \
    static void name(vec r, vec a, vec b)                                                                              \
    {                                                                                                                  \
        clear_flags();                                                                                                 \
        __asm__ volatile(text : "+w"(r) : "w"(a), "w"(b));                                                             \
        note(r);                                                                                                       \
    }
OP(add, FULL2("vadd.f32", "fadd"))
OP(sub, FULL2("vsub.f32", "fsub"))
OP(mul, FULL2("vmul.f32", "fmul"))
OP(abd, FULL2("vabd.f32", "fabd"))
OP(max, FULL2("vmax.f32", "fmax"))
OP(min, FULL2("vmin.f32", "fmin"))
OP(fused, FULL2("vfma.f32", "fmla"))
OP(fused_less, FULL2("vfms.f32", "fmls"))
OP(ceq, FULL2("vceq.f32", "fcmeq"))
OP(cge, FULL2("vcge.f32", "fcmge"))
OP(cgt, FULL2("vcgt.f32", "fcmgt"))
OP(cage, FULL2("vacge.f32", "facge"))
OP(cagt, FULL2("vacgt.f32", "facgt"))
OP(recps, FULL2("vrecps.f32", "frecps"))
OP(rsqrts, FULL2("vrsqrts.f32", "frsqrts"))
OP(half_add, HALF2("vadd.f32", "fadd"))
OP(half_mul, HALF2("vmul.f32", "fmul"))
OP(half_fma, HALF2("vfma.f32", "fmla"))
OP(half_max, HALF2("vmax.f32", "fmax"))
OP(half_cgt, HALF2("vcgt.f32", "fcmgt"))
OP(half_pairs, HALF2("vpadd.f32", "faddp"))
OP(sum_of_product, FULL1("vmla.f32 %q0, %q1, %q2", "fmul v31.4s, %1.4s, %2.4s\n fadd %0.4s, %0.4s, v31.4s"))
OP(less_product, FULL1("vmls.f32 %q0, %q1, %q2", "fmul v31.4s, %1.4s, %2.4s\n fsub %0.4s, %0.4s, v31.4s"))
OP(to_signed, FULL1("vcvt.s32.f32 %q0, %q1", "fcvtzs %0.4s, %1.4s"))
OP(to_unsigned, FULL1("vcvt.u32.f32 %q0, %q1", "fcvtzu %0.4s, %1.4s"))
OP(to_fixed, FULL1("vcvt.s32.f32 %q0, %q1, #7", "fcvtzs %0.4s, %1.4s, #7"))
OP(from_signed, FULL1("vcvt.f32.s32 %q0, %q1", "scvtf %0.4s, %1.4s"))
OP(from_unsigned, FULL1("vcvt.f32.u32 %q0, %q1", "ucvtf %0.4s, %1.4s"))
OP(from_fixed, FULL1("vcvt.f32.u32 %q0, %q1, #9", "ucvtf %0.4s, %1.4s, #9"))
OP(recpe, FULL1("vrecpe.f32 %q0, %q1", "frecpe %0.4s, %1.4s"))
OP(rsqrte, FULL1("vrsqrte.f32 %q0, %q1", "frsqrte %0.4s, %1.4s"))
OP(compare_zero, FULL1("vcgt.f32 %q0, %q1, #0", "fcmgt %0.4s, %1.4s, #0.0"))
OP(negate, FULL1("vneg.f32 %q0, %q1", "fneg %0.4s, %1.4s"))
/* Several in one block: nothing is looked at twice. */
OP(chain, FULL1("vmul.f32 %q0, %q1, %q2\n vadd.f32 %q0, %q0, %q1\n vmul.f32 %q0, %q0, %q0\n vsub.f32 %q0, %q2, %q0\n vabs.f32 %q0, %q0\n"
                " vmul.f32 %q0, %q0, %q1",
                "fmul %0.4s, %1.4s, %2.4s\n fadd %0.4s, %0.4s, %1.4s\n fmul %0.4s, %0.4s, %0.4s\n fsub %0.4s, %2.4s, %0.4s\n"
                " fabs %0.4s, %0.4s\n fmul %0.4s, %0.4s, %1.4s"))

static const struct {
    const char *name;
    void (*fn)(vec, vec, vec);
} ops[] = {
#define ROW(name) {#name, name},
    ROW(add) ROW(sub) ROW(mul) ROW(abd) ROW(max) ROW(min) ROW(fused) ROW(fused_less) ROW(ceq) ROW(cge) ROW(cgt) ROW(cage) ROW(cagt)
    ROW(recps) ROW(rsqrts) ROW(half_add) ROW(half_mul) ROW(half_fma) ROW(half_max) ROW(half_cgt) ROW(half_pairs)
    ROW(sum_of_product) ROW(less_product) ROW(to_signed) ROW(to_unsigned) ROW(to_fixed) ROW(from_signed) ROW(from_unsigned)
    ROW(from_fixed) ROW(recpe) ROW(rsqrte) ROW(compare_zero) ROW(negate) ROW(chain)
};

static const uint32_t special[] = {
    0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x007fffff, 0x807fffff, 0x00400000, 0x00800000, 0x80800000, 0x00800001,
    0x00ffffff, 0x01000000, 0x0d000000, 0x0d7fffff, 0x1a000000, 0x20000001, 0x33000000, 0x33800001, 0x3effffff, 0x3f000000,
    0x3f7fffff, 0x3f800000, 0xbf800000, 0x3fc00000, 0x40000000, 0xc0400000, 0x4b000001, 0x4effffff, 0x4f000000, 0xcf000000,
    0x4f7fffff, 0x5f000000, 0x7e800000, 0x7f000000, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00001,
    0x7f800001, 0xffa00000,
};
enum { SPECIALS = sizeof special / sizeof *special };

static uint32_t random_number(void)
{
    static uint64_t x = 1;
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    return (uint32_t)(x >> 16);
}
/* Products around the least normal number, and addends of that size. */
static uint32_t small(int exponent)
{
    return (random_number() & 0x80000000) | (uint32_t)(exponent + (int)(random_number() % 6)) << 23 | (random_number() & 0x7fffff);
}
static vec four(uint32_t a, uint32_t b, uint32_t c, uint32_t d) { return (vec){a, b, c, d}; }

static float number(uint32_t bits) { return ((union { uint32_t u; float f; }){bits}).f; }
static uint32_t cancels(uint32_t a, uint32_t b)
{
    return ((union { float f; uint32_t u; }){(float)-((double)number(a) * (double)number(b))}).u;
}

static void run(void (*fn)(vec, vec, vec))
{
    for (int i = 0; i < SPECIALS; i++)
        for (int j = 0; j < SPECIALS; j++) {
            uint32_t a = special[i], b = special[j], c = special[(i + j) % SPECIALS];
            fn(four(c, c, c, c), four(a, a, a, a), four(b, b, b, b));
            fn(four(0, c, 0x3f800000, b), four(0x3f800000, a, 0, b), four(a, 0x3f800000, b, 0x40000000));
        }
    for (int i = 0; i < 1000; i++) {
        int e = (int)(random_number() % 100);
        fn(four(small(0), small(20), small(1), 0), four(small(e), small(10), small(64), small(e)),
           four(small(124 - e), small(114), small(60), small(150 - e)));
        /* A product that the addend cancels but for its last bits. */
        uint32_t a = small(e), b = small(140 - e), c = small(147 - e);
        fn(four(cancels(a, b), cancels(a, c), cancels(b, c), 0), four(a, a, b, 0), four(b, c, c, 0));
    }
}

int main(void)
{
    for (unsigned mode = 0; mode < 4; mode++)
        for (unsigned more = 0; more < 2; more++) {
            unsigned long control = (unsigned long)mode << RMODE_SHIFT | FZ | (more ? DN : 0);
#ifndef __aarch64__
            control = (unsigned long)mode << RMODE_SHIFT | (more ? FZ : 0); /* which Advanced SIMD does not look at */
#endif
            for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++) {
                hash = 0xcbf29ce484222325;
                set_control(control);
                run(ops[i].fn);
                set_control(0);
                printf("%08lx %-15s %016llx\n", control, ops[i].name, (unsigned long long)hash);
            }
        }
    return 0;
}
