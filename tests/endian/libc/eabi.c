/* The compiler's helper functions for big-endian 32-bit ARM, whose libgcc is not packaged: what GCC calls for ARMv7 with
 * integer divide and VFP, and to make code visible. Names, arguments and results are those of the "Run-time ABI for the Arm Architecture", section 5;
 * they take floating-point values in core registers whatever the program's calling convention is.
 */
typedef unsigned long long u64;
typedef long long s64;

#define BASE __attribute__((pcs("aapcs")))

/* Called from the assembly below. Division by zero: the result is 0. */
u64 divide(u64 n, u64 d, u64 *rest) __attribute__((visibility("hidden")));
u64 divide(u64 n, u64 d, u64 *rest)
{
    u64 quotient = 0, r = 0;
    for (int bit = 63; d && bit >= 0; bit--) {
        int carry = (int)(r >> 63);
        r = r << 1 | (n >> bit & 1);
        if (carry || r >= d) {
            r -= d;
            quotient |= 1ULL << bit;
        }
    }
    *rest = r;
    return quotient;
}

s64 divide_signed(s64 n, s64 d, s64 *rest) __attribute__((visibility("hidden")));
s64 divide_signed(s64 n, s64 d, s64 *rest)
{
    u64 r, quotient = divide(n < 0 ? -(u64)n : (u64)n, d < 0 ? -(u64)d : (u64)d, &r);
    *rest = (s64)(n < 0 ? -r : r);
    return (s64)((n < 0) != (d < 0) ? -quotient : quotient);
}

/* The quotient in r0 and r1, the rest in r2 and r3: C cannot say so. */
#define DIVMOD(name, function)                                                                                         \
    __asm__(".pushsection .text\n.arm\n.globl " #name "\n.type " #name ", %function\n" #name ":\n"                      \
            "push {r4, lr}\nsub sp, sp, #16\nadd r12, sp, #8\nstr r12, [sp]\nbl " #function "\n"                        \
            "ldr r2, [sp, #8]\nldr r3, [sp, #12]\nadd sp, sp, #16\npop {r4, pc}\n.size " #name ", . - " #name           \
            "\n.popsection")
DIVMOD(__aeabi_uldivmod, divide);
DIVMOD(__aeabi_ldivmod, divide_signed);

/* A 64-bit integer has up to 64 digits, a double 53: the low ones that do not matter alone become one sticky digit, so that
 * the sum of the two exact halves is rounded once, also to float. */
static double sum(double high, unsigned low) { return high * 4294967296.0 + low; }
BASE double __aeabi_ul2d(u64 v) { return sum((unsigned)(v >> 32), (unsigned)v); }
BASE double __aeabi_l2d(s64 v) { return sum((int)(v >> 32), (unsigned)v); }

static float magnitude_to_float(u64 v)
{
    if (v >> 53)
        v = (v >> 11 | ((v & 0x7ff) != 0)) << 11;
    return (float)sum((unsigned)(v >> 32), (unsigned)v);
}
BASE float __aeabi_ul2f(u64 v) { return magnitude_to_float(v); }
BASE float __aeabi_l2f(s64 v) { return v < 0 ? -magnitude_to_float(-(u64)v) : magnitude_to_float((u64)v); }

/* Out of range, the result is undefined. */
BASE u64 __aeabi_d2ulz(double v)
{
    unsigned high = (unsigned)(v / 4294967296.0);
    return (u64)high << 32 | (unsigned)(v - high * 4294967296.0);
}
BASE s64 __aeabi_d2lz(double v) { return v < 0 ? -(s64)__aeabi_d2ulz(-v) : (s64)__aeabi_d2ulz(v); }
BASE u64 __aeabi_f2ulz(float v) { return __aeabi_d2ulz(v); }
BASE s64 __aeabi_f2lz(float v) { return __aeabi_d2lz(v); }

/* The kernel's cacheflush. */
void __clear_cache(void *from, void *to)
{
    register void *r0 __asm__("r0") = from, *r1 __asm__("r1") = to;
    register long r2 __asm__("r2") = 0, r7 __asm__("r7") = 0x0f0002;
    __asm__ volatile("svc #0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r7) : "memory");
}

/* Unwind tables name these; C programs are never unwound. */
void __aeabi_unwind_cpp_pr0(void) {}
void __aeabi_unwind_cpp_pr1(void) {}
