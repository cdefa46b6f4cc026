/* The compiler's helper functions for 128-bit floating point (long double) and to make code visible, for big-endian
 * AArch64: its libgcc is not packaged. Rounds to nearest, sets no flags: enough for a C library's printf and strtod.
 * Names and results are those of GCC's internals manual, "Soft float library routines".
 */
typedef unsigned __int128 u128;
typedef unsigned long u64;
typedef long double quad;

enum kind { ZERO, FINITE, INFINITE, NOT_A_NUMBER };
/* value = sig / 2^112 * 2^exp; bit 112 of sig is set if FINITE. */
struct number {
    enum kind kind;
    int sign, exp;
    u128 sig;
};
/* Fraction and exponent bits of a format. */
struct format {
    int fraction, exponent;
};
static const struct format QUAD = {112, 15}, DOUBLE = {52, 11}, SINGLE = {23, 8};

static int bias(struct format f) { return (1 << (f.exponent - 1)) - 1; }
static int all_ones(struct format f) { return (1 << f.exponent) - 1; }

static struct number unpack(u128 bits, struct format f)
{
    int e = (int)(bits >> f.fraction) & all_ones(f);
    struct number n = {FINITE, (int)(bits >> (f.fraction + f.exponent)) & 1, e - bias(f), 0};
    n.sig = (bits & (((u128)1 << f.fraction) - 1)) << (112 - f.fraction);
    if (e == all_ones(f)) {
        n.kind = n.sig ? NOT_A_NUMBER : INFINITE;
    } else if (e) {
        n.sig |= (u128)1 << 112;
    } else if (!n.sig) {
        n.kind = ZERO;
    } else {
        for (n.exp++; !(n.sig >> 112); n.exp--)
            n.sig <<= 1;
    }
    return n;
}

static u128 shift_sticky(u128 v, int by)
{
    if (by <= 0)
        return v;
    return by > 127 ? v != 0 : v >> by | ((v & (((u128)1 << by) - 1)) != 0);
}

static u128 special(enum kind kind, int sign, struct format f)
{
    u128 bits = (u128)sign << (f.fraction + f.exponent);
    if (kind != ZERO)
        bits |= (u128)all_ones(f) << f.fraction;
    return kind == NOT_A_NUMBER ? bits | (u128)1 << (f.fraction - 1) : bits;
}

/* sig / 2^115 * 2^exp, rounded; the last bit of sig is sticky. */
static u128 pack(int sign, int exp, u128 sig, struct format f)
{
    if (!sig)
        return special(ZERO, sign, f);
    for (; sig >> 116; exp++)
        sig = shift_sticky(sig, 1);
    for (; !(sig >> 115); exp--)
        sig <<= 1;
    sig = shift_sticky(sig, 112 - f.fraction);
    int e = exp + bias(f);
    if (e < 1) { /* a subnormal number */
        sig = shift_sticky(sig, 1 - e);
        e = 0;
    }
    int low = (int)(sig & 7);
    sig >>= 3;
    if (low > 4 || (low == 4 && sig & 1))
        sig++;
    u128 bits = e ? ((u128)(e - 1) << f.fraction) + sig : sig; /* a carry into the exponent is right */
    if (bits >> f.fraction >= (u128)all_ones(f))
        return special(INFINITE, sign, f);
    return bits | (u128)sign << (f.fraction + f.exponent);
}

static u128 bits_of(quad q) { return ((union { quad q; u128 bits; }){.q = q}).bits; }
static quad quad_of(u128 bits) { return ((union { u128 bits; quad q; }){.bits = bits}).q; }
static struct number number(quad q) { return unpack(bits_of(q), QUAD); }
static quad special_quad(enum kind kind, int sign) { return quad_of(special(kind, sign, QUAD)); }
static quad packed(int sign, int exp, u128 sig) { return quad_of(pack(sign, exp, sig, QUAD)); }

quad __addtf3(quad a, quad b)
{
    struct number x = number(a), y = number(b);
    if (x.kind == NOT_A_NUMBER || y.kind == NOT_A_NUMBER ||
        (x.kind == INFINITE && y.kind == INFINITE && x.sign != y.sign))
        return special_quad(NOT_A_NUMBER, 0);
    if (x.kind == INFINITE || y.kind == INFINITE)
        return x.kind == INFINITE ? a : b;
    if (x.kind == ZERO || y.kind == ZERO)
        return x.kind == ZERO && y.kind == ZERO ? special_quad(ZERO, x.sign & y.sign) : x.kind == ZERO ? b : a;
    if (x.exp < y.exp || (x.exp == y.exp && x.sig < y.sig)) {
        struct number swap = x;
        x = y, y = swap;
    }
    u128 big = x.sig << 3, small = shift_sticky(y.sig << 3, x.exp - y.exp);
    if (x.sign == y.sign)
        return packed(x.sign, x.exp, big + small);
    return big == small ? special_quad(ZERO, 0) : packed(x.sign, x.exp, big - small);
}
quad __negtf2(quad a) { return quad_of(bits_of(a) ^ (u128)1 << 127); }
quad __subtf3(quad a, quad b) { return __addtf3(a, __negtf2(b)); }

quad __multf3(quad a, quad b)
{
    struct number x = number(a), y = number(b);
    int sign = x.sign ^ y.sign;
    if (x.kind == NOT_A_NUMBER || y.kind == NOT_A_NUMBER || (x.kind == ZERO && y.kind == INFINITE) ||
        (x.kind == INFINITE && y.kind == ZERO))
        return special_quad(NOT_A_NUMBER, 0);
    if (x.kind == INFINITE || y.kind == INFINITE)
        return special_quad(INFINITE, sign);
    if (x.kind == ZERO || y.kind == ZERO)
        return special_quad(ZERO, sign);
    u64 x0 = (u64)x.sig, x1 = (u64)(x.sig >> 64), y0 = (u64)y.sig, y1 = (u64)(y.sig >> 64);
    u128 middle = (u128)x0 * y1, low = (u128)x0 * y0 + (middle << 64), carry = low < middle << 64;
    u128 high = (u128)x1 * y1 + (middle >> 64) + carry, other = (u128)x1 * y0;
    low += other << 64;
    high += (other >> 64) + (low < other << 64);
    /* the product's leading bit is 224 or 225; bit 224 goes to 115 */
    return packed(sign, x.exp + y.exp, high << 19 | low >> 109 | ((low & (((u128)1 << 109) - 1)) != 0));
}

quad __divtf3(quad a, quad b)
{
    struct number x = number(a), y = number(b);
    int sign = x.sign ^ y.sign;
    if (x.kind == NOT_A_NUMBER || y.kind == NOT_A_NUMBER || (x.kind == y.kind && x.kind != FINITE))
        return special_quad(NOT_A_NUMBER, 0);
    if (x.kind == INFINITE || y.kind == ZERO)
        return special_quad(INFINITE, sign);
    if (x.kind == ZERO || y.kind == INFINITE)
        return special_quad(ZERO, sign);
    u128 rest = x.sig, result = 0;
    for (int bit = 116; bit >= 0; bit--, rest <<= 1) {
        result <<= 1;
        if (rest >= y.sig)
            rest -= y.sig, result |= 1;
    }
    return packed(sign, x.exp - y.exp - 1, result | (rest != 0)); /* the first bit was worth 2^116 */
}

static int compare(quad a, quad b, int unordered)
{
    struct number x = number(a), y = number(b);
    if (x.kind == NOT_A_NUMBER || y.kind == NOT_A_NUMBER)
        return unordered;
    if (x.kind == ZERO && y.kind == ZERO)
        return 0;
    u128 mask = ~((u128)1 << 127), p = bits_of(a) & mask, q = bits_of(b) & mask;
    if (x.sign != y.sign)
        return x.sign ? -1 : 1;
    int less = p < q ? -1 : p > q;
    return x.sign ? -less : less;
}
int __eqtf2(quad a, quad b) { return compare(a, b, 1); }
int __netf2(quad a, quad b) { return compare(a, b, 1); }
int __letf2(quad a, quad b) { return compare(a, b, 1); }
int __lttf2(quad a, quad b) { return compare(a, b, 1); }
int __getf2(quad a, quad b) { return compare(a, b, -1); }
int __gttf2(quad a, quad b) { return compare(a, b, -1); }
int __unordtf2(quad a, quad b) { return number(a).kind == NOT_A_NUMBER || number(b).kind == NOT_A_NUMBER; }

static u128 convert(u128 bits, struct format from, struct format to)
{
    struct number n = unpack(bits, from);
    return n.kind == FINITE ? pack(n.sign, n.exp, n.sig << 3, to) : special(n.kind, n.sign, to);
}
quad __extenddftf2(double a) { return quad_of(convert(((union { double d; u64 bits; }){.d = a}).bits, DOUBLE, QUAD)); }
quad __extendsftf2(float a)
{
    return quad_of(convert(((union {
                               float f;
                               unsigned bits;
                           }){.f = a})
                               .bits,
                           SINGLE, QUAD));
}
double __trunctfdf2(quad a)
{
    return ((union { u64 bits; double d; }){.bits = (u64)convert(bits_of(a), QUAD, DOUBLE)}).d;
}
float __trunctfsf2(quad a)
{
    return ((union { unsigned bits; float f; }){.bits = (unsigned)convert(bits_of(a), QUAD, SINGLE)}).f;
}

/* Out of range, the result is undefined. */
long __fixtfdi(quad a)
{
    struct number n = number(a);
    u64 size = n.kind != FINITE || n.exp < 0 ? 0 : (u64)(n.sig >> (n.exp > 63 ? 49 : 112 - n.exp));
    return (long)(n.sign ? -size : size);
}
int __fixtfsi(quad a) { return (int)__fixtfdi(a); }
unsigned __fixunstfsi(quad a) { return (unsigned)__fixtfdi(a); }
u64 __fixunstfdi(quad a) { return (u64)__fixtfdi(a); }
quad __floatunditf(u64 a) { return packed(0, 115, a); }
quad __floatditf(long a) { return packed(a < 0, 115, a < 0 ? -(u64)a : (u64)a); }
quad __floatsitf(int a) { return __floatditf(a); }
quad __floatunsitf(unsigned a) { return __floatunditf(a); }

/* By the smallest lines that the architecture has. */
void __clear_cache(char *from, char *to)
{
    enum { LINE = 16 };
    char *first = from - (u64)from % LINE;
    for (char *p = first; p < to; p += LINE)
        __asm__ volatile("dc cvau, %0" : : "r"(p) : "memory");
    __asm__ volatile("dsb ish" : : : "memory");
    for (char *p = first; p < to; p += LINE)
        __asm__ volatile("ic ivau, %0" : : "r"(p) : "memory");
    __asm__ volatile("dsb ish\nisb" : : : "memory");
}
