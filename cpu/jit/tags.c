/* Addresses beyond the end of the guest's space: faults, or pointers with something in their ignored top byte.
 *
 * Compiled code compares an address as it stands, and relies on it for the addresses near it. A pointer with a tag
 * fails the comparison though it is good. Few programs have such pointers: the first one has all code compiled anew,
 * by rules that mask every address before they compare it. */
#include "jit/jit.h"
#include "interp/access.h"

static bool tagged;

bool jit_tagged(void) { return __atomic_load_n(&tagged, __ATOMIC_RELAXED); }

void jit_beyond_limit(struct cpu_common *cpu, u64 addr, u64 write)
{
    u64 masked = addr & cpu->addr_mask;
    if (masked > cpu->mem_limit)
        guest_fault(cpu, masked, write);
    __atomic_store_n(&tagged, true, __ATOMIC_RELEASE);
    cache_flush();
    struct interp_thread *t = cpu->engine;
    t->from = NULL;
    interp_land(cpu, INTERP_LOOKUP); /* the instruction is done again */
}
