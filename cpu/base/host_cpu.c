/* See host_cpu.h. */
#include "base/host_cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#define KEPT_BY_LIBC 1
#endif

enum { OSXSAVE = 1 << 27, STATE_AVX = 6 };

struct host_features host_found;

static bool kept(u32 leaf, u32 subleaf, u32 regs[4])
{
#if defined(KEPT_BY_LIBC)
    unsigned at;
    if (leaf == 1 && !subleaf)
        at = CPUID_INDEX_1;
    else if (leaf == 7 && subleaf <= 1)
        at = subleaf ? CPUID_INDEX_7_ECX_1 : CPUID_INDEX_7;
    else if (leaf == 0x80000001 && !subleaf)
        at = CPUID_INDEX_80000001;
    else
        return false;
    const struct cpuid_feature *f = __x86_get_cpuid_feature_leaf(at);
    memcpy(regs, f->cpuid_array, sizeof f->cpuid_array);
    return true;
#else
    (void)leaf, (void)subleaf, (void)regs;
    return false;
#endif
}

bool host_cpuid(u32 leaf, u32 subleaf, u32 regs[4])
{
    if (kept(leaf, subleaf, regs))
        return true;
    memset(regs, 0, 4 * sizeof *regs);
    return __get_cpuid_count(leaf, subleaf, &regs[HOST_EAX], &regs[HOST_EBX], &regs[HOST_ECX], &regs[HOST_EDX]);
}

u64 host_states(void)
{
    u32 r[4], low, high;
    if (!host_cpuid(1, 0, r) || !(r[HOST_ECX] & OSXSAVE))
        return 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (u64)high << 32 | low;
}

void host_find_features(void)
{
    u32 r[4];
    host_cpuid(1, 0, r);
    host_found.sse41 = r[HOST_ECX] >> 19 & 1;
    host_found.sse42 = r[HOST_ECX] >> 20 & 1;
    host_found.popcnt = r[HOST_ECX] >> 23 & 1;
    host_found.fma = r[HOST_ECX] >> 12 & 1 && (host_states() & STATE_AVX) == STATE_AVX;
    __atomic_store_n(&host_found.known, true, __ATOMIC_RELEASE);
}
#endif
