/* What the host's processor is asked. The instruction CPUID traps in virtual machines, which costs 20 to 70 microseconds
 * each time: nothing here runs it where the C library has kept what it found at its start. */
#ifndef XRUN_HOST_CPU_H
#define XRUN_HOST_CPU_H

#include "base/base.h"

#if defined(__x86_64__)
enum { HOST_EAX, HOST_EBX, HOST_ECX, HOST_EDX };
/* Registers that CPUID gives for a leaf; false and zeros if this processor has no such leaf. */
bool host_cpuid(u32 leaf, u32 subleaf, u32 regs[4]);
/* XCR0: the register states that the kernel saves (Intel SDM 1, 13.3); 0: not told. */
u64 host_states(void);

/* Features that code outside of the compiler uses. */
struct host_features {
    bool known, sse41, sse42, popcnt, fma;
};
extern struct host_features host_found;
void host_find_features(void);
static inline const struct host_features *host_features(void)
{
    if (unlikely(!__atomic_load_n(&host_found.known, __ATOMIC_ACQUIRE)))
        host_find_features();
    return &host_found;
}
#endif

#endif
