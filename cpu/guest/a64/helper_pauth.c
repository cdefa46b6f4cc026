/* Pointer authentication codes: where they sit in a pointer, and the function that computes them.
 *
 * Linux gives user space 48-bit addresses with the top byte ignored in the lower half, so that a code takes bits 54..48
 * there; a pointer to the upper half (bit 55 set), which has no ignored byte, has room in bits 63..56 too. The rules are
 * those of AddPAC(), Auth() and Strip() in the Arm ARM; the suffix 2 is FEAT_PAuth2, where the code is exclusive-ored into
 * the pointer and a failure leaves the difference. The algorithm is the implementation's choice (ID_AA64ISAR1_EL1.API):
 * a keyed 64-bit mixer in two rounds of multiply and fold, chosen for speed; it need not resist an attacker who can run
 * code, which can call these functions anyway. */
#include "state/common.h"

static const u64 LOW_BITS = 0x007f000000000000;  /* bits 54..48 */
static const u64 HIGH_BITS = 0xff7f000000000000; /* and 63..56 */

static u64 fold(u64 x, u64 y)
{
    u128 p = (u128)x * y;
    return (u64)p ^ (u64)(p >> 64);
}

static u64 code(u64 pointer, u64 modifier, u64 key_lo, u64 key_hi)
{
    u64 a = fold(pointer ^ key_lo ^ 0x9e3779b97f4a7c15, modifier ^ key_hi ^ 0xc2b2ae3d27d4eb4f);
    u64 b = fold(a ^ key_hi, pointer + rotr64(key_lo, 23) + 0x165667b19e3779f9);
    return fold(b ^ modifier, a | 1) ^ b;
}

/* Bits of a pointer that hold a code. */
static u64 code_bits(u64 pointer) { return pointer >> 55 & 1 ? HIGH_BITS : LOW_BITS; }

static u64 strip(u64 pointer) { return pointer >> 55 & 1 ? pointer | HIGH_BITS : pointer & ~LOW_BITS; }

static bool canonical(u64 pointer) { return strip(pointer) == pointer; }

u64 helper_pac_strip(struct cpu_common *cpu, u64 pointer);
u64 helper_pac_sign(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi);
u64 helper_pac_sign2(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi);
u64 helper_pac_auth(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi, u32 error_code);
u64 helper_pac_auth2(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi);
u64 helper_pac_generic(struct cpu_common *cpu, u64 x, u64 y, u64 key_lo, u64 key_hi);

u64 helper_pac_strip(struct cpu_common *cpu, u64 pointer)
{
    (void)cpu;
    return strip(pointer);
}

u64 helper_pac_sign(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi)
{
    (void)cpu;
    u64 where = code_bits(pointer), pac = code(strip(pointer), modifier, key_lo, key_hi);
    if (!canonical(pointer)) /* a code for what is no pointer must not authenticate */
        pac ^= 1ull << (where == LOW_BITS ? 54 : 62);
    return (pointer & ~where) | (pac & where);
}

u64 helper_pac_sign2(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi)
{
    (void)cpu;
    return pointer ^ (code(strip(pointer), modifier, key_lo, key_hi) & code_bits(pointer));
}

u64 helper_pac_auth(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi, u32 error_code)
{
    (void)cpu;
    u64 where = code_bits(pointer), original = strip(pointer);
    if (!((code(original, modifier, key_lo, key_hi) ^ pointer) & where))
        return original;
    unsigned at = where == LOW_BITS ? 53 : 61;
    return (original & ~(3ull << at)) | (u64)error_code << at;
}

u64 helper_pac_auth2(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi)
{
    (void)cpu;
    return pointer ^ (code(strip(pointer), modifier, key_lo, key_hi) & code_bits(pointer));
}

u64 helper_pac_generic(struct cpu_common *cpu, u64 x, u64 y, u64 key_lo, u64 key_hi)
{
    (void)cpu;
    return code(x, y, key_lo, key_hi) & 0xffffffff00000000;
}
