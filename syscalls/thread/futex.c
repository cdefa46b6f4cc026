/* futex(2): the host's kernel works on the guest's own memory, so waiters, wakers and other processes meet there.
 *
 * A big-endian guest has its words in the other byte order: the expected value is turned for the kernel; operations
 * that make the kernel itself read or write a number in the word are done in futex_swapped.c.
 */
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <linux/futex.h>
#include <sys/syscall.h>

static bool has_timeout(int command)
{
    switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
    case FUTEX_WAIT_REQUEUE_PI:
        return true;
    default:
        return false;
    }
}

static bool kernel_does_arithmetic(int command)
{
    switch (command) {
    case FUTEX_WAKE_OP:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2:
    case FUTEX_TRYLOCK_PI:
    case FUTEX_UNLOCK_PI:
    case FUTEX_WAIT_REQUEUE_PI:
    case FUTEX_CMP_REQUEUE_PI:
        return true;
    default:
        return false;
    }
}

/* How an interrupted wait goes on; kernel/futex. */
static long interrupted(int command, bool timeout)
{
    if (command == FUTEX_LOCK_PI || command == FUTEX_LOCK_PI2 || command == FUTEX_WAIT_REQUEUE_PI)
        return SYS_RESTART_NOINTR;
    return timeout ? SYS_RESTART_NOHAND : SYS_RESTART;
}

/* timespec: the guest's struct. */
static long futex_call(u64 uaddr, int op, unsigned val, u64 timeout_addr, u64 uaddr2, unsigned val3,
                       enum abi_struct_id timespec)
{
    int command = op & FUTEX_CMD_MASK;
    struct timespec timeout;
    u64 fourth = timeout_addr; /* a timeout, or a number */

    if (sys_abi.big_endian) {
        if (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET)
            val = __builtin_bswap32(val);
        if (command == FUTEX_CMP_REQUEUE)
            val3 = __builtin_bswap32(val3);
    }
    if (has_timeout(command) && timeout_addr) {
        if (abi_copy_in(&sys_abi, timespec, &timeout, timeout_addr))
            return -EFAULT;
        fourth = (u64)&timeout;
    }
    if (sys_abi.big_endian && kernel_does_arithmetic(command))
        return futex_swapped(uaddr, op, val, fourth, uaddr2, val3);
    long r = sys_host(SYS_futex, sys_window(uaddr, 4), op, val, fourth, sys_window(uaddr2, 4), val3);
    return r == SYS_RESTART ? interrupted(command, timeout_addr) : r;
}

SYSCALL(futex, u64 uaddr, int op, unsigned val, u64 timeout, u64 uaddr2, unsigned val3)
{
    return futex_call(uaddr, op, val, timeout, uaddr2, val3, ST_timespec);
}

SYSCALL(futex_time64, u64 uaddr, int op, unsigned val, u64 timeout, u64 uaddr2, unsigned val3)
{
    return futex_call(uaddr, op, val, timeout, uaddr2, val3, ST_timespec64);
}

SYSCALL(futex_waitv, u64 waiters, unsigned count, unsigned flags, u64 timeout_addr, int clock)
{
    enum { LIMIT = 128 };
    struct abi_futex_waitv list[LIMIT];
    struct timespec timeout;

    if (flags || !count || count > LIMIT || !waiters)
        return -EINVAL;
    if (timeout_addr && abi_copy_in(&sys_abi, ST_timespec64, &timeout, timeout_addr))
        return -EFAULT;
    for (unsigned i = 0; i < count; i++) {
        if (abi_copy_in(&sys_abi, ST_futex_waitv, &list[i], waiters + i * abi_bytes(&sys_abi, ST_futex_waitv)))
            return -EFAULT;
        list[i].uaddr = (u64)sys_window(list[i].uaddr, 4);
        if (sys_abi.big_endian)
            list[i].val = __builtin_bswap32((u32)list[i].val);
    }
    return sys_host(SYS_futex_waitv, list, count, flags, timeout_addr ? &timeout : NULL, clock);
}
