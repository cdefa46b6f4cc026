/* System registers that are more than a word of state. */
#include "state/a64_state.h"

u64 helper_get_fpsr(struct cpu_common *cpu);
void helper_set_fpsr(struct cpu_common *cpu, u64 value);
u32 helper_set_fpcr(struct cpu_common *cpu, u64 value);
u64 helper_cntvct(struct cpu_common *cpu);

u64 helper_get_fpsr(struct cpu_common *cpu) { return a64_get_fpsr((struct a64_state *)cpu); }
void helper_set_fpsr(struct cpu_common *cpu, u64 value) { a64_set_fpsr((struct a64_state *)cpu, value); }
u32 helper_set_fpcr(struct cpu_common *cpu, u64 value)
{
    a64_set_fpcr((struct a64_state *)cpu, value);
    return cpu->mode;
}

/* CNTFRQ_EL0 is 1 GHz, so that the counter is CLOCK_MONOTONIC and agrees with what the kernel's clocks say. */
u64 helper_cntvct(struct cpu_common *cpu)
{
    (void)cpu;
    return monotonic_ns();
}
