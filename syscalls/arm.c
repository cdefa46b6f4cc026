/* The private calls of 32-bit Arm (arch/arm/kernel/traps.c arm_syscall()). */
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"
#include "state/a32_state.h"

/* The instruction has been left: the signal is about it, and the handler finds the pc there. */
SYSCALL(arm_breakpoint, void)
{
    struct sys_thread *t = sys_self;
    t->cpu->pc = t->syscall_pc;
    sig_fault(t, SIGTRAP, TRAP_BRKPT, t->syscall_pc);
    return SYS_NO_RESULT;
}

SYSCALL(arm_cacheflush, u64 start, u64 end, unsigned flags)
{
    struct mem_area area;
    if (end < start || flags)
        return -EINVAL;
    if (!mem_ok(start, end - start))
        return -EFAULT;
    sys.engine->code_written(sys_self->cpu, start, end - start);
    for (u64 at = start; at < end; at = area.end) /* cleaning lines that are not mapped faults */
        if (!mem_find(at, &area) || area.start > at)
            return -EFAULT;
    return 0;
}

/* To 26-bit mode and back: only for processors that have it. */
static long no_26_bits(void)
{
    struct sys_thread *t = sys_self;
    t->pending->fault_esr = t->syscall_nr;
    sig_fault(t, SIGILL, ILL_ILLTRP, t->syscall_pc);
    return SYS_NO_RESULT;
}
SYSCALL(arm_usr26, void) { return no_26_bits(); }
SYSCALL(arm_usr32, void) { return no_26_bits(); }

SYSCALL(arm_set_tls, u64 tls)
{
    ((struct a32_state *)sys_self->cpu)->tpidruro[0] = (u32)tls;
    return 0;
}

SYSCALL(arm_get_tls, void) { return ((struct a32_state *)sys_self->cpu)->tpidruro[0]; }
