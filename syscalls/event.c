/* Event descriptors. What is read from them is bytes of the kernel's; eventfd, timerfd, inotify and fanotify are FORWARD. */
#include "syscalls/syscall.h"

/* Signals that the guest blocks are blocked on the host, so that the host's signalfd sees them. */
SYSCALL(signalfd4, int fd, const u64 *mask, size_t masksize, u64 flags)
{
    if (masksize != 8)
        return -EINVAL;
    return sys_host_quick(__NR_signalfd4, fd, mask, masksize, flags);
}
