/* The system calls about signals. */
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"

#include <signal.h>
#include <sys/syscall.h>

enum { MASK_BYTES = 8 };

SYSCALL(rt_sigaction, int sig, const struct abi_sigaction *new, struct abi_sigaction *old, size_t masksize)
{
    struct sig_action a, before;

    if (masksize != MASK_BYTES)
        return -EINVAL;
    if (new)
        a = (struct sig_action){ new->handler, new->flags, new->restorer, new->mask };
    int error = sig_set_action(sys_self->actions, sig, new ? &a : NULL, &before);
    if (!error && old)
        *old = (struct abi_sigaction){ before.handler, before.flags, before.restorer, before.mask };
    return error;
}

/* The old form knows the first 32 signals only. */
SYSCALL(sigaction, int sig, const struct abi_old_sigaction *new, struct abi_old_sigaction *old)
{
    struct sig_action a, before;

    if (new)
        a = (struct sig_action){ new->handler, new->flags, new->restorer, new->mask };
    int error = sig_set_action(sys_self->actions, sig, new ? &a : NULL, &before);
    if (!error && old)
        *old = (struct abi_old_sigaction){ before.handler, (u32)before.mask, before.flags, before.restorer };
    return error;
}

/* first: the signals that the call can name. */
static long change_mask(int how, u64 set, u64 first)
{
    struct sys_thread *t = sys_self;
    u64 mask = t->blocked;

    switch (how) {
    case SIG_BLOCK:
        mask |= set;
        break;
    case SIG_UNBLOCK:
        mask &= ~set;
        break;
    case SIG_SETMASK:
        mask = (mask & ~first) | set;
        break;
    default:
        return -EINVAL;
    }
    if (sig_came_first(t)) /* its handler sees the old mask */
        return SYS_RESTART_NOINTR;
    sig_set_mask(t, mask);
    return 0;
}

SYSCALL(rt_sigprocmask, int how, const u64 *new, u64 *old, size_t masksize)
{
    if (masksize != MASK_BYTES)
        return -EINVAL;
    if (old)
        *old = sys_self->blocked;
    return new ? change_mask(how, *new, ~0ull) : 0;
}

SYSCALL(sigprocmask, int how, const unsigned long *new, unsigned long *old)
{
    if (old)
        *old = (u32)sys_self->blocked;
    return new ? change_mask(how, (u32)*new, 0xffffffff) : 0;
}

/* Signals that are blocked and have been sent: what the kernel has and what is queued here. */
static long pending_signals(u64 *set)
{
    long r = sys_host_quick(SYS_rt_sigpending, set, sizeof *set);
    *set |= sys_self->pending->set & sys_self->blocked;
    return r;
}

SYSCALL(sigpending, unsigned long *set)
{
    u64 pending = 0;
    long r = pending_signals(&pending);
    if (!set)
        return -EFAULT;
    *set = (u32)pending;
    return r;
}

SYSCALL(rt_sigpending, u64 set, size_t masksize)
{
    u64 pending = 0;
    u8 bytes[MASK_BYTES];

    if (masksize > MASK_BYTES)
        return -EINVAL;
    long r = pending_signals(&pending);
    if (r < 0)
        return r;
    abi_to_guest(&sys_abi, ST_sigset, bytes, &pending);
    return masksize ? copy_out(set, bytes, masksize) : 0;
}

SYSCALL(rt_sigsuspend, const u64 *mask, size_t masksize)
{
    if (masksize != MASK_BYTES)
        return -EINVAL;
    if (!mask)
        return -EFAULT;
    long r = sig_temporary_mask(sys_self, *mask);
    return r ? r : sys_unless_handler(sys_host(SYS_ppoll, NULL, 0, NULL, NULL, 0));
}

SYSCALL(sigsuspend, int unused1, int unused2, unsigned long mask)
{
    (void)unused1;
    (void)unused2;
    u64 set = (u32)mask;
    return sys_do_rt_sigsuspend(&set, MASK_BYTES);
}

/* One that is queued here and waited for: see give_back() for what stays queued while it is blocked. */
static int take_queued(struct sys_thread *t, u64 set, siginfo_t *info)
{
    int sig = 0;
    sig_host_block();
    u64 found = t->pending->set & set;
    if (found) {
        sig = (int)ctz64(found) + 1;
        *info = t->pending->info[sig];
        sig_take_out(t, sig);
    }
    sig_host_mask(sig_mask_for(t));
    return sig;
}

SYSCALL(rt_sigtimedwait, const u64 *set, u64 info_addr, const struct timespec *timeout, size_t masksize)
{
    siginfo_t info;
    u8 bytes[SIGINFO_BYTES];

    if (masksize != MASK_BYTES)
        return -EINVAL;
    if (!set)
        return -EFAULT;
    u64 wanted = *set & ~SIG_UNBLOCKABLE;
    long sig = take_queued(sys_self, wanted, &info);
    if (!sig)
        sig = sys_unless_handler(sys_host(SYS_rt_sigtimedwait, &wanted, &info, timeout, MASK_BYTES));
    if (sig > 0 && info_addr) {
        siginfo_to_guest(bytes, &info);
        if (copy_out(info_addr, bytes, sizeof bytes) != 0)
            return -EFAULT;
    }
    return sig;
}

static long siginfo_in(siginfo_t *info, u64 addr, int sig)
{
    u8 bytes[SIGINFO_BYTES];
    if (copy_in(bytes, addr, sizeof bytes) != 0)
        return -EFAULT;
    siginfo_from_guest(info, bytes);
    info->si_signo = sig;
    return 0;
}

/* A synchronous signal that the guest sends to itself with the code of a fault must not look like a fault of xrun's own
 * to the host handler: it goes into the queue directly. */
static bool queue_own(int sig, const siginfo_t *info)
{
    struct sys_thread *t = sys_self;
    if (sig < 1 || sig > SIG_COUNT || !(sig_bit(sig) & SIG_SYNC) || info->si_code <= 0)
        return false;
    sig_host_block();
    if (!(t->pending->set & sig_bit(sig))) {
        t->pending->info[sig] = *info;
        __atomic_or_fetch(&t->pending->set, sig_bit(sig), __ATOMIC_RELAXED);
    }
    sig_host_mask(sig_mask_for(t));
    return true;
}

SYSCALL(rt_sigqueueinfo, pid_t pid, int sig, u64 info_addr)
{
    siginfo_t info;
    long r = siginfo_in(&info, info_addr, sig);
    if (r < 0)
        return r;
    if (pid == sys_self->tid && queue_own(sig, &info))
        return 0;
    return sys_host_quick(SYS_rt_sigqueueinfo, pid, sig, &info);
}

SYSCALL(rt_tgsigqueueinfo, pid_t tgid, pid_t tid, int sig, u64 info_addr)
{
    siginfo_t info;
    long r = siginfo_in(&info, info_addr, sig);
    if (r < 0)
        return r;
    if (tgid == getpid() && tid == sys_self->tid && queue_own(sig, &info))
        return 0;
    return sys_host_quick(SYS_rt_tgsigqueueinfo, tgid, tid, sig, &info);
}

SYSCALL(pidfd_send_signal, int pidfd, int sig, u64 info_addr, unsigned flags)
{
    siginfo_t info;
    if (!info_addr)
        return sys_host_quick(SYS_pidfd_send_signal, pidfd, sig, NULL, flags);
    long r = siginfo_in(&info, info_addr, sig);
    if (r < 0)
        return r;
    return sys_host_quick(SYS_pidfd_send_signal, pidfd, sig, &info, flags);
}

SYSCALL(sigaltstack, const struct abi_sigaltstack *new, struct abi_sigaltstack *old)
{
    struct sys_thread *t = sys_self;
    if (old) {
        bool on = sig_on_altstack(t, sig_arch->stack_pointer(t->cpu));
        u32 state = !t->altstack_size ? SS_DISABLE : on ? SS_ONSTACK : 0;
        state |= t->altstack_flags & 1u << 31; /* SS_AUTODISARM */
        *old = (struct abi_sigaltstack){ t->altstack_sp, (int)state, t->altstack_size };
    }
    return new ? sig_set_altstack(t, new->sp, new->flags, new->size, sig_arch->least_altstack) : 0;
}

static long return_from_handler(bool (*pop)(struct sys_thread *t, u64 *mask))
{
    struct sys_thread *t = sys_self;
    u64 mask;

    if (sig_came_first(t)) /* under the handler's mask */
        return SYS_RESTART_NOINTR;
    if (!pop(t, &mask)) {
        log_print(LOG_INT, "%d: bad signal frame\n", (int)t->tid);
        sig_set_mask(t, t->blocked);
        sig_fault(t, SIGSEGV, SI_KERNEL, 0);
        return SYS_NO_RESULT;
    }
    sig_set_mask(t, mask);
    return SYS_NO_RESULT;
}

SYSCALL(rt_sigreturn, void) { return return_from_handler(sig_arch->pop); }
SYSCALL(sigreturn, void) { return return_from_handler(sig_arch->pop_old); }
