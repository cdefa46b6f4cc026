/* Waiting for descriptors. Masks are the guest's: sig_temporary_mask() does what the kernel's set_user_sigmask()
 * does. */
#include "syscalls/syscall.h"

#include <stdio.h>
#include <stdlib.h>

/* The mask argument of ppoll and its kin: 0 or -errno. */
static long use_mask(const u64 *mask, size_t size)
{
    if (!mask)
        return 0;
    if (size != 8)
        return -EINVAL;
    return sig_temporary_mask(sys_self, *mask);
}

/* The host kernel writes what is left into *timeout, and sys_dispatch() hands it to the guest, so that a call that is
 * run again waits for the rest. */
SYSCALL(ppoll, struct pollfd *fds, unsigned nfds, struct timespec *timeout, const u64 *mask, size_t masksize)
{
    long r = use_mask(mask, masksize);
    return r ? r : sys_unless_handler(sys_host(__NR_ppoll, fds, nfds, timeout, NULL, 8));
}

SYSCALL(poll, struct pollfd *fds, unsigned nfds, int timeout)
{
    struct timespec left;
    if (timeout >= 0)
        left = sys_ns_timespec(
            timeout ? sys_deadline(CLOCK_MONOTONIC, timeout * 1000000ll) - sys_now(CLOCK_MONOTONIC) : 0);
    return sys_unless_handler(sys_host(__NR_ppoll, fds, nfds, timeout < 0 ? NULL : &left, NULL, 8));
}

/* fd_sets are arrays of longs: where bits lie depends on the width and the byte order of those. */
static long set_in(u64 *host, u64 addr, unsigned bits)
{
    unsigned bytes = (unsigned)abi_bytes(&sys_abi, ST_ulong), width = 8 * bytes;
    memset(host, 0, 8 * ((bits + 63) / 64));
    for (unsigned at = 0; at < bits; at += width) {
        unsigned long word;
        if (abi_copy_in(&sys_abi, ST_ulong, &word, addr + at / 8))
            return -EFAULT;
        host[at / 64] |= (u64)word << at % 64;
    }
    return 0;
}

static long set_out(const u64 *host, u64 addr, unsigned bits)
{
    unsigned bytes = (unsigned)abi_bytes(&sys_abi, ST_ulong), width = 8 * bytes;
    for (unsigned at = 0; at < bits; at += width) {
        unsigned long word = host[at / 64] >> at % 64;
        if (abi_copy_out(&sys_abi, ST_ulong, addr + at / 8, &word))
            return -EFAULT;
    }
    return 0;
}

/* The kernel cuts a number of descriptors to the size of the process' table and reads no more of a set
 * (fs/select.c). */
static int table_size(void)
{
    int size = 1024;
    char line[128];
    FILE *f = fopen("/proc/self/status", "re");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "FDSize: %d", &size) == 1)
            break;
    if (f)
        fclose(f);
    return size;
}

static bool readable(int nfds, const u64 addr[3])
{
    u64 set[1024 / 64];
    for (int i = 0; i < 3; i++)
        if (addr[i] && set_in(set, addr[i], (unsigned)nfds))
            return false;
    return true;
}

static long select_copied(int nfds, const u64 addr[3], struct timespec *timeout)
{
    /* Beyond the table nothing is read; whether that matters is seen when there is something that cannot be. */
    int size = nfds > 1024 || (nfds > 64 && !readable(nfds, addr)) ? table_size() : 1024;
    nfds = nfds < size ? nfds : size;
    unsigned words = (unsigned)(nfds + 63) / 64;
    u64 few[3 * 1024 / 64], *sets = nfds > 1024 ? malloc(3 * 8 * (size_t)words) : few, *used[3] = {0};
    long r = sets ? 0 : -ENOMEM;
    for (int i = 0; i < 3 && !r; i++)
        if (addr[i])
            r = set_in(used[i] = sets + (size_t)i * words, addr[i], (unsigned)nfds);
    if (!r)
        r = sys_host(__NR_pselect6, nfds, used[0], used[1], used[2], timeout, NULL);
    for (int i = 0; i < 3 && r >= 0; i++)
        if (addr[i] && set_out(used[i], addr[i], (unsigned)nfds))
            r = -EFAULT;
    if (sets != few)
        free(sets);
    return r;
}

SYSCALL(pselect6, int nfds, u64 readfds, u64 writefds, u64 exceptfds, struct timespec *timeout, u64 sig)
{
    struct abi_sigmask_arg arg = {0};
    u64 mask, addr[3] = {readfds, writefds, exceptfds};
    if (sig && abi_copy_in(&sys_abi, ST_sigmask_arg, &arg, sig))
        return -EFAULT;
    if (arg.mask && arg.size != 8)
        return -EINVAL;
    if (arg.mask && abi_copy_in(&sys_abi, ST_sigset, &mask, arg.mask))
        return -EFAULT;
    if (nfds < 0)
        return -EINVAL;
    long r = use_mask(arg.mask ? &mask : NULL, 8);
    if (r)
        return r;
    if (sys_abi.big_endian || abi_narrow(&sys_abi))
        return sys_unless_handler(select_copied(nfds, addr, timeout));
    /* fs/select.c cuts nfds to the size of the process' table; more than this is not certain to be there. */
    u64 bytes = nfds > 1024 ? 128 : ((u64)nfds + 63) / 64 * 8;
    return sys_unless_handler(sys_host(__NR_pselect6, nfds, sys_window(readfds, bytes), sys_window(writefds, bytes),
                                       sys_window(exceptfds, bytes), timeout, NULL));
}

/* What is left comes back in *timeout. */
SYSCALL(_newselect, int nfds, u64 readfds, u64 writefds, u64 exceptfds, struct timeval *timeout)
{
    const u64 addr[3] = {readfds, writefds, exceptfds};
    struct timespec left;
    if (timeout) {
        if (timeout->tv_sec < 0 || timeout->tv_usec < 0)
            return -EINVAL;
        left = (struct timespec){timeout->tv_sec + timeout->tv_usec / 1000000, timeout->tv_usec % 1000000 * 1000};
    }
    if (nfds < 0)
        return -EINVAL;
    long r = sys_unless_handler(select_copied(nfds, addr, timeout ? &left : NULL));
    if (timeout)
        *timeout = (struct timeval){left.tv_sec, left.tv_nsec / 1000};
    return r;
}

SYSCALL(epoll_pwait, int epfd, struct epoll_event *events, int maxevents, int timeout, const u64 *mask, size_t masksize)
{
    long r = use_mask(mask, masksize);
    if (r)
        return r;
    if (timeout > 0) {
        i64 left = sys_deadline(CLOCK_MONOTONIC, timeout * 1000000ll) - sys_now(CLOCK_MONOTONIC);
        timeout = left > 0 ? (int)((left + 999999) / 1000000) : 0;
    }
    return sys_unless_handler(sys_host(__NR_epoll_pwait, epfd, events, maxevents, timeout, NULL, 8));
}

SYSCALL(epoll_pwait2, int epfd, struct epoll_event *events, int maxevents, const struct timespec *timeout,
        const u64 *mask, size_t masksize)
{
    struct timespec left;
    if (timeout) {
        i64 ns = sys_timespec_ns(timeout);
        if (ns < 0)
            return -EINVAL;
        left = sys_ns_timespec(ns ? sys_deadline(CLOCK_MONOTONIC, ns) - sys_now(CLOCK_MONOTONIC) : 0);
    }
    long r = use_mask(mask, masksize);
    if (r)
        return r;
    return sys_unless_handler(sys_host(__NR_epoll_pwait2, epfd, events, maxevents, timeout ? &left : NULL, NULL, 8));
}
