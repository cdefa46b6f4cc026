/* Futex operations in which the kernel itself reads and writes the word, for guests whose words have the other byte
 * order.
 *
 * WAKE_OP is what the kernel does, with the atomic operation done here. A PI futex keeps its protocol (the owner's id,
 * FUTEX_WAITERS, FUTEX_OWNER_DIED), but waiters sleep on the plain futex and take the word when it is free: nobody
 * inherits a priority, and who wakes first is the next owner. Requeueing to a PI futex needs the kernel and is ENOSYS.
 */
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <linux/futex.h>
#include <sys/syscall.h>

/* val3 of FUTEX_WAKE_OP; kernel/futex/waitwake.c futex_atomic_op_inuser(). */
static long new_word(u32 how, u32 old, u32 *new)
{
    i32 operand = (i32)(how << 8) >> 20;
    if (how >> 31)
        operand = (i32)(1u << (operand & 31));
    switch (how >> 28 & 7) {
    case FUTEX_OP_SET:
        *new = (u32)operand;
        return 0;
    case FUTEX_OP_ADD:
        *new = old + (u32)operand;
        return 0;
    case FUTEX_OP_OR:
        *new = old | (u32)operand;
        return 0;
    case FUTEX_OP_ANDN:
        *new = old & ~(u32)operand;
        return 0;
    case FUTEX_OP_XOR:
        *new = old ^ (u32)operand;
        return 0;
    default:
        return -ENOSYS;
    }
}

/* Whether the second futex is woken, too. */
static long compare(u32 how, i32 old)
{
    i32 with = (i32)(how << 20) >> 20;
    switch (how >> 24 & 15) {
    case FUTEX_OP_CMP_EQ:
        return old == with;
    case FUTEX_OP_CMP_NE:
        return old != with;
    case FUTEX_OP_CMP_LT:
        return old < with;
    case FUTEX_OP_CMP_GE:
        return old >= with;
    case FUTEX_OP_CMP_LE:
        return old <= with;
    case FUTEX_OP_CMP_GT:
        return old > with;
    default:
        return -ENOSYS;
    }
}

/* Changes the word: 0 or -errno; *old is what it was. */
static long wake_op_change(u64 addr, u32 how, u32 *old)
{
    u32 raw, new;
    int differs;
    if (copy_in(&raw, addr, sizeof raw))
        return -EFAULT;
    do {
        *old = __builtin_bswap32(raw);
        long r = new_word(how, *old, &new);
        if (r)
            return r;
        differs = mem_swap(addr, &raw, __builtin_bswap32(new));
    } while (differs > 0);
    return differs;
}

static long wake(u64 addr, int flags, u32 count)
{
    return sys_host_quick(SYS_futex, sys_window(addr, 4), FUTEX_WAKE | flags, count);
}

static long wake_op(u64 addr, int flags, u32 count, u32 count2, u64 addr2, u32 how)
{
    u32 old;
    if (addr % 4 || addr2 % 4)
        return -EINVAL;
    if (!mem_window(addr, 4))
        return -EFAULT;
    long r = wake_op_change(addr2, how, &old);
    long both = r ? r : compare(how, (i32)old);
    if (both < 0)
        return both;
    long woken = wake(addr, flags, count);
    if (woken < 0 || !both)
        return woken;
    long more = wake(addr2, flags, count2);
    return more < 0 ? more : woken + more;
}

/* One look at a PI futex. 0: taken; 1: try again, with *word what must be slept on if *sleep; or -errno. */
static long pi_step(u64 addr, u32 tid, bool slept, u32 *word, bool *sleep)
{
    u32 raw = __builtin_bswap32(*word), owner = *word & FUTEX_TID_MASK, new;
    *sleep = false;
    if (owner == tid)
        return -EDEADLK;
    if (!owner) /* there may be more sleepers */
        new = tid | (*word & FUTEX_OWNER_DIED) | (slept ? FUTEX_WAITERS : *word & FUTEX_WAITERS);
    else if (sys_host_quick(SYS_kill, owner, 0) == -ESRCH)
        return -ESRCH;
    else
        new = *word | FUTEX_WAITERS;
    long r = mem_swap(addr, &raw, __builtin_bswap32(new));
    *word = r ? __builtin_bswap32(raw) : new;
    *sleep = !r && owner;
    return r < 0 ? r : r > 0 || owner;
}

static long lock_pi(u64 addr, int flags, u32 tid, u64 timeout, bool only_try)
{
    u32 word;
    bool slept = false, sleep;
    if (addr % 4)
        return -EINVAL;
    for (;;) {
        if (copy_in(&word, addr, sizeof word))
            return -EFAULT;
        word = __builtin_bswap32(word);
        if (only_try && word & FUTEX_TID_MASK)
            return (word & FUTEX_TID_MASK) == tid ? -EDEADLK : -EAGAIN;
        long r = pi_step(addr, tid, slept, &word, &sleep);
        if (r <= 0)
            return r;
        if (!sleep)
            continue;
        r = sys_host(SYS_futex, sys_window(addr, 4), FUTEX_WAIT_BITSET | flags, __builtin_bswap32(word), timeout, 0,
                     ~0u);
        if (r == SYS_RESTART)
            return SYS_RESTART_NOINTR;
        if (r && r != -EAGAIN)
            return r;
        slept = true;
    }
}

static long unlock_pi(u64 addr, int flags, u32 tid)
{
    u32 raw;
    int differs;
    if (addr % 4)
        return -EINVAL;
    if (copy_in(&raw, addr, sizeof raw))
        return -EFAULT;
    do {
        if ((__builtin_bswap32(raw) & FUTEX_TID_MASK) != tid)
            return -EPERM;
        differs = mem_swap(addr, &raw, 0);
    } while (differs > 0);
    if (!differs && __builtin_bswap32(raw) & FUTEX_WAITERS)
        wake(addr, flags, 1);
    return differs;
}

long futex_swapped(u64 uaddr, int op, u32 val, u64 fourth, u64 uaddr2, u32 val3)
{
    int command = op & FUTEX_CMD_MASK, flags = op & FUTEX_PRIVATE_FLAG;
    u32 tid = (u32)sys_self->tid;

    if (op & FUTEX_CLOCK_REALTIME && command != FUTEX_LOCK_PI2)
        return -ENOSYS;
    switch (command) {
    case FUTEX_WAKE_OP:
        return wake_op(uaddr, flags, val, (u32)fourth, uaddr2, val3);
    case FUTEX_LOCK_PI: /* always by the clock of the day */
        return lock_pi(uaddr, flags | FUTEX_CLOCK_REALTIME, tid, fourth, false);
    case FUTEX_LOCK_PI2:
        return lock_pi(uaddr, op & ~FUTEX_CMD_MASK, tid, fourth, false);
    case FUTEX_TRYLOCK_PI:
        return lock_pi(uaddr, flags, tid, 0, true);
    case FUTEX_UNLOCK_PI:
        return unlock_pi(uaddr, flags, tid);
    default:
        return -ENOSYS;
    }
}
