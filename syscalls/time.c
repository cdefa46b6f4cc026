/* Sleeping and timers. Reading clocks is FORWARD.
 *
 * A sleep that a signal without a handler interrupts goes on until its original end: the kernel keeps that end in a
 * restart block. Here the call is run again with its first arguments; the end is remembered beside them
 * (sys_deadline) and is valid as long as the same call at the same pc is repeated with nothing in between.
 */
#include "syscalls/syscall.h"

enum { NS = 1000000000 };

static __thread struct {
    bool valid;
    u64 pc, nr, args[6];
    i64 end;
} restart_end;

i64 sys_now(int clock)
{
    struct timespec now;
    return clock_gettime(clock, &now) ? 0 : (i64)now.tv_sec * NS + now.tv_nsec;
}

i64 sys_deadline(int clock, i64 relative)
{
    const struct sys_thread *t = sys_self;
    if (restart_end.valid && restart_end.pc == t->syscall_pc && restart_end.nr == t->syscall_nr &&
        !memcmp(restart_end.args, t->syscall_args, sizeof restart_end.args))
        return restart_end.end;
    i64 now = sys_now(clock);
    restart_end.valid = true;
    restart_end.pc = t->syscall_pc;
    restart_end.nr = t->syscall_nr;
    memcpy(restart_end.args, t->syscall_args, sizeof restart_end.args);
    restart_end.end = relative > INT64_MAX - now ? INT64_MAX : now + relative;
    return restart_end.end;
}

void sys_deadline_forget(void) { restart_end.valid = false; }

i64 sys_timespec_ns(const struct timespec *ts)
{
    if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= NS)
        return -1;
    return ts->tv_sec >= INT64_MAX / NS ? INT64_MAX : (i64)ts->tv_sec * NS + ts->tv_nsec;
}

struct timespec sys_ns_timespec(i64 ns)
{
    if (ns < 0)
        ns = 0;
    return (struct timespec){.tv_sec = ns / NS, .tv_nsec = ns % NS};
}

/* Source: kernel/time/hrtimer.c hrtimer_nanosleep(): the rest is written before it is known whether a handler runs. */
static long sleep_relative(int clock, const struct timespec *request, u64 remain, enum abi_struct_id timespec)
{
    if (!request)
        return -EFAULT;
    i64 ns = sys_timespec_ns(request);
    if (ns < 0)
        return -EINVAL;
    i64 end = sys_deadline(clock, ns);
    struct timespec until = sys_ns_timespec(end);
    long r = sys_host(__NR_clock_nanosleep, clock, TIMER_ABSTIME, &until, NULL);
    if (r != SYS_RESTART)
        return r;
    if (remain) {
        struct timespec rest = sys_ns_timespec(end - sys_now(clock));
        if (abi_copy_out(&sys_abi, timespec, remain, &rest))
            return -EFAULT;
    }
    return SYS_RESTART_BLOCK;
}

SYSCALL(nanosleep, const struct timespec *request, u64 remain)
{
    return sleep_relative(CLOCK_MONOTONIC, request, remain, ST_timespec);
}

/* timespec: the guest's struct at remain. */
static long clock_sleep(int clock, u64 flags, const struct timespec *request, u64 remain, enum abi_struct_id timespec)
{
    if (flags & TIMER_ABSTIME)
        return sys_unless_handler(sys_host(__NR_clock_nanosleep, clock, flags, request, NULL));
    switch (clock) {
    case CLOCK_REALTIME: /* a relative sleep does not follow when the clock is set */
    case CLOCK_TAI:
        return sleep_relative(CLOCK_MONOTONIC, request, remain, timespec);
    case CLOCK_MONOTONIC:
    case CLOCK_BOOTTIME:
    case CLOCK_PROCESS_CPUTIME_ID:
        return sleep_relative(clock, request, remain, timespec);
    default: { /* other processes' clocks, alarms, and what the kernel refuses */
        struct timespec rest;
        long r = sys_unless_handler(sys_host(__NR_clock_nanosleep, clock, flags, request, &rest));
        if (r == SYS_RESTART_NOHAND && remain && abi_copy_out(&sys_abi, timespec, remain, &rest))
            return -EFAULT;
        return r;
    }
    }
}

SYSCALL(clock_nanosleep, int clock, u64 flags, const struct timespec *request, u64 remain)
{
    return clock_sleep(clock, flags, request, remain, ST_timespec);
}

SYSCALL(clock_nanosleep_time64, int clock, u64 flags, const struct timespec *request, u64 remain)
{
    return clock_sleep(clock, flags, request, remain, ST_timespec64);
}

/* The kernel's struct sigevent on the host; value of SIGEV_THREAD is the address of a cookie for mq_notify. */
int sys_read_sigevent(struct abi_sigevent *event, u64 addr) { return abi_copy_in(&sys_abi, ST_sigevent, event, addr); }

SYSCALL(timer_create, int clock, u64 event, int *id)
{
    struct abi_sigevent e;
    if (event && sys_read_sigevent(&e, event))
        return -EFAULT;
    return sys_host_quick(__NR_timer_create, clock, event ? &e : NULL, id);
}

/* Nothing needs this call to go on (see above); a guest that makes it gets what the kernel gives without a block. */
SYSCALL(restart_syscall, void) { return -EINTR; }
