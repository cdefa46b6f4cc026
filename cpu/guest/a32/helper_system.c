/* What is more than a word of state. */
#include "guest/a32/model.h"
#include "state/helper_mem.h"

void helper_a32_fetch_fault(struct cpu_common *cpu, u64 addr);
u32 helper_a32_get_fpscr(struct cpu_common *cpu);
void helper_a32_set_fpscr(struct cpu_common *cpu, u32 value);

void helper_a32_fetch_fault(struct cpu_common *cpu, u64 addr) { guest_fault(cpu, addr, false); }
u32 helper_a32_get_fpscr(struct cpu_common *cpu) { return a32_get_fpscr((struct a32_state *)cpu); }
void helper_a32_set_fpscr(struct cpu_common *cpu, u32 value)
{
    a32_set_fpscr((struct a32_state *)cpu, value, a32_fpscr_bits(cpu));
}
