/* Taking signals out of a thread's queue: default actions, handlers, restart of the interrupted call, altstacks. The
 * rules are those of the kernel's kernel/signal.c and arch/arm64/kernel/signal.c. */
#include "syscalls/signal/signal.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1u << 31)
#endif

const struct sig_arch *sig_arch = &sig_arch_a64;

u64 sig_ready(const struct sys_thread *t)
{
    return __atomic_load_n(&t->pending->set, __ATOMIC_ACQUIRE) & ~t->blocked;
}

/* The end of sig_host_block() when the guest's mask or the queue has changed. */
static void follow_mask(struct sys_thread *t)
{
    if (sig_ready(t))
        __atomic_store_n(&t->cpu->poll, 1, __ATOMIC_RELEASE);
    sig_host_mask(sig_mask_for(t));
}

void sig_set_mask(struct sys_thread *t, u64 mask)
{
    sig_host_block();
    t->blocked = mask & ~SIG_UNBLOCKABLE;
    follow_mask(t);
}

bool sig_came_first(struct sys_thread *t)
{
    sig_host_block();
    if (!sig_ready(t))
        return false;
    sig_host_mask(sig_mask_for(t));
    return true;
}

long sig_temporary_mask(struct sys_thread *t, u64 mask)
{
    if (sig_came_first(t))
        return SYS_RESTART_NOINTR;
    t->saved_mask = t->blocked;
    t->restore_mask = true;
    sig_set_mask(t, mask);
    return 0;
}

void sig_take_out(struct sys_thread *t, int sig)
{
    /* The handlers of synchronous signals, which are never blocked, change the set, too. */
    __atomic_and_fetch(&t->pending->set, ~sig_bit(sig), __ATOMIC_RELAXED);
    t->pending->forced &= ~sig_bit(sig);
}

/* --- alternate stacks --------------------------------------------------------------------------------------------- */

bool sig_on_altstack(const struct sys_thread *t, u64 sp)
{
    if (t->altstack_flags & SS_AUTODISARM)
        return false;
    return sp > t->altstack_sp && sp - t->altstack_sp <= t->altstack_size;
}

u64 sig_frame_sp(const struct sys_thread *t, const struct sig_action *a)
{
    u64 sp = sig_arch->stack_pointer(t->cpu);
    if (a->flags & SA_ONSTACK && t->altstack_size && !sig_on_altstack(t, sp))
        return t->altstack_sp + t->altstack_size;
    return sp;
}

void sig_altstack_entered(struct sys_thread *t)
{
    if (t->altstack_flags & SS_AUTODISARM) {
        t->altstack_sp = t->altstack_size = 0;
        t->altstack_flags = SS_DISABLE;
    }
}

int sig_set_altstack(struct sys_thread *t, u64 sp, i32 flags, u64 size, u64 min)
{
    u32 mode = (u32)flags & ~SS_AUTODISARM;

    if (sig_on_altstack(t, sig_arch->stack_pointer(t->cpu)))
        return -EPERM;
    if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
        return -EINVAL;
    if (t->altstack_sp == sp && t->altstack_size == size && t->altstack_flags == (u32)flags)
        return 0;
    if (mode == SS_DISABLE)
        sp = size = 0;
    else if (size < min)
        return -ENOMEM;
    t->altstack_sp = sp;
    t->altstack_size = size;
    t->altstack_flags = (u32)flags;
    return 0;
}

/* --- delivery ----------------------------------------------------------------------------------------------------- */

/* Now that it is known whether a handler runs (action, or NULL): the interrupted call fails with EINTR, or runs
 * again. */
static void finish_restart(struct sys_thread *t, const struct sig_action *action)
{
    i64 r = t->restart;
    if (!r)
        return;
    t->restart = 0;
    if (action && (r == SYS_RESTART_NOHAND || r == SYS_RESTART_BLOCK ||
                   (r == SYS_RESTART && !(action->flags & SA_RESTART))))
        sig_arch->set_result(t->cpu, -EINTR);
    else
        t->cpu->pc = t->syscall_pc;
}

/* The next signal to take, 0: none. What the thread did itself comes first, then low numbers before high ones. */
static int next_signal(const struct sys_thread *t)
{
    u64 ready = sig_ready(t);
    if (ready & t->pending->forced)
        ready &= t->pending->forced;
    else if (ready & SIG_SYNC)
        ready &= SIG_SYNC;
    return ready ? (int)ctz64(ready) + 1 : 0;
}

static bool ignored_by_default(int sig) { return sig == SIGCHLD || sig == SIGCONT || sig == SIGURG || sig == SIGWINCH; }
static bool stops_by_default(int sig) { return sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU || sig == SIGSTOP; }

/* The guest leaves the signal to its default, and so does the host: let the host act. */
static void default_action(struct sys_thread *t, int sig)
{
    if (ignored_by_default(sig))
        return;
    if (!stops_by_default(sig)) {
        log_print(LOG_INT, "%d: killed by signal %d at pc %#llx\n", (int)t->tid, sig, (unsigned long long)t->cpu->pc);
        sys_ending();
        sig_die(sig);
    }
    sys_host_quick(SYS_tgkill, getpid(), t->tid, sig);
    sig_host_mask(~SIG_SYNC & ~sig_bit(sig)); /* stops here until SIGCONT */
    sig_host_block();
}

/* A frame for one handler. */
static void enter_handler(struct sys_thread *t, int sig, const siginfo_t *info, const struct sig_action *action)
{
    u64 old_mask = t->restore_mask ? t->saved_mask : t->blocked;

    log_print(LOG_INT, "%d: signal %d code %d at pc %#llx\n", (int)t->tid, sig, info->si_code,
              (unsigned long long)t->cpu->pc);
    finish_restart(t, action);
    if (!sig_arch->push(t, sig, info, action, old_mask)) {
        if (sig == SIGSEGV) {
            sys_ending();
            sig_die(SIGSEGV);
        }
        sig_fault(t, SIGSEGV, SI_KERNEL, 0);
        return;
    }
    t->restore_mask = false;
    sig_altstack_entered(t);
    t->blocked |= action->mask | (action->flags & SA_NODEFER ? 0 : sig_bit(sig));
    t->cpu->excl_size = 0; /* the monitor does not survive an exception */
}

static struct sig_action take_action(struct sys_thread *t, int sig)
{
    struct sig_actions *table = t->actions;
    sig_lock(table);
    struct sig_action action = table->action[sig];
    if (action.handler > 1 && action.flags & SA_RESETHAND) {
        table->action[sig].handler = 0;
        sig_mirror(sig, &table->action[sig]);
    }
    sig_unlock(table);
    return action;
}

/* The handler of a fault may block what was taken from the kernel just before. That goes back, for other threads,
 * signalfd and sigtimedwait to find; but not a real-time signal, which would come behind others of its number. */
static void give_back(struct sys_thread *t)
{
    u64 back = t->pending->set & t->blocked & SIG_STANDARD & ~SIG_SYNC;
    for (; back; back &= back - 1) {
        int sig = (int)ctz64(back) + 1;
        siginfo_t *info = &t->pending->info[sig];
        long r = -EPERM;
        if (info->si_code != SI_TKILL)
            r = sys_host_quick(SYS_rt_sigqueueinfo, getpid(), sig, info);
        if (r < 0)
            r = sys_host_quick(SYS_rt_tgsigqueueinfo, getpid(), t->tid, sig, info);
        if (r == 0)
            sig_take_out(t, sig);
    }
}

void sig_deliver(struct sys_thread *t)
{
    bool handled = false;

    __atomic_store_n(&t->cpu->poll, 0, __ATOMIC_SEQ_CST);
    if (!sig_ready(t) && !t->restart && !t->restore_mask)
        return;
    sig_host_block();
    t->cpu->poll = 0;
    for (int sig; (sig = next_signal(t)) != 0;) {
        siginfo_t info = t->pending->info[sig];
        struct sig_action action = take_action(t, sig);
        sig_take_out(t, sig);
        if (action.handler == 0) {
            default_action(t, sig);
        } else if (action.handler != 1) {
            enter_handler(t, sig, &info, &action);
            handled = true;
        }
    }
    if (!handled)
        finish_restart(t, NULL);
    if (t->restore_mask) {
        t->restore_mask = false;
        t->blocked = t->saved_mask;
    }
    give_back(t);
    t->cpu->poll = 0;
    follow_mask(t);
}

/* --- faults ------------------------------------------------------------------------------------------------------- */

void sig_force(struct sys_thread *t, const siginfo_t *info)
{
    int signal = info->si_signo;
    u64 bit = sig_bit(signal), mask = sig_host_block();
    struct sys_pending *p = t->pending;

    sig_lock(t->actions);
    struct sig_action *a = &t->actions->action[signal];
    if (t->blocked & bit || a->handler == 1) {
        a->handler = 0;
        t->blocked &= ~bit;
    }
    sig_unlock(t->actions);
    p->info[signal] = *info;
    __atomic_or_fetch(&p->set, bit, __ATOMIC_RELAXED);
    p->forced |= bit;
    sig_host_mask(mask);
}

void sig_fault(struct sys_thread *t, int signal, int code, u64 addr)
{
    siginfo_t info = { .si_signo = signal, .si_code = code };
    info.si_addr = (void *)(uintptr_t)addr;
    sig_force(t, &info);
}

static void from_trap(struct sys_thread *t)
{
    struct cpu_common *cpu = t->cpu;
    struct sys_pending *p = t->pending;

    switch ((enum cpu_trap)cpu->trap) {
    case TRAP_BREAKPOINT:
        sig_fault(t, SIGTRAP, TRAP_BRKPT, cpu->pc);
        return;
    case TRAP_ALIGNMENT:
        p->fault_address = cpu_misaligned(cpu);
        p->fault_esr = sig_arch->syndrome(cpu, SIGBUS);
        sig_fault(t, SIGBUS, BUS_ADRALN, p->fault_address);
        return;
    case TRAP_PC_ALIGNMENT:
        p->fault_address = p->fault_esr = 0;
        sig_fault(t, SIGBUS, BUS_ADRALN, cpu->pc);
        return;
    case TRAP_FP:
        p->fault_address = p->fault_esr = 0;
        sig_fault(t, SIGFPE, cpu->trap_code ? (int)cpu->trap_code : FPE_FLTUNK, cpu->pc);
        return;
    case TRAP_MOPS:
        sig_arch->restart_mops(cpu);
        return;
    case TRAP_PAC:
        p->fault_address = p->fault_esr = 0;
        sig_fault(t, SIGILL, ILL_ILLOPN, cpu->pc);
        return;
    default:
        p->fault_address = 0;
        p->fault_esr = sig_arch->syndrome(cpu, SIGILL);
        sig_fault(t, SIGILL, ILL_ILLOPC, cpu->pc);
        return;
    }
}

void sig_from_exit(struct sys_thread *t, enum cpu_exit e)
{
    struct cpu_common *cpu = t->cpu;

    if (e == EXIT_TRAP) {
        from_trap(t);
        return;
    }
    t->pending->fault_address = cpu->fault_addr;
    t->pending->fault_esr = sig_arch->syndrome(cpu, (int)cpu->fault_signal);
    sig_fault(t, (int)cpu->fault_signal, (int)cpu->fault_code, cpu->fault_addr);
}
