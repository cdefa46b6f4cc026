/* Old forms of calls, which guests with old kernel interfaces have beside the new ones: most do what a newer call does with
 * fewer arguments. Those that the host has are FORWARD rows. */
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <limits.h>
#include <linux/sched.h>
#include <stdlib.h>

SYSCALL(fork, void) { return clone_run(sys_self, &(struct clone_request){.exit_signal = SIGCHLD}); }

SYSCALL(vfork, void)
{
    return clone_run(sys_self, &(struct clone_request){.flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD});
}

/* --- files -------------------------------------------------------------------------------------------------------- */

SYSCALL(open, const char *path, u64 flags, unsigned mode) { return sys_do_openat(AT_FDCWD, path, flags, mode); }

SYSCALL(creat, const char *path, unsigned mode)
{
    return sys_do_openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

SYSCALL(readlink, const char *path, u64 buf, int size) { return sys_do_readlinkat(AT_FDCWD, path, buf, size); }

SYSCALL(dup2, int oldfd, int newfd)
{
    if (oldfd == newfd) {
        long r = sys_own_fd(oldfd) ? -EBADF : sys_host_quick(__NR_fcntl, oldfd, F_GETFD, 0);
        return r < 0 ? r : newfd;
    }
    return sys_do_dup3(oldfd, newfd, 0);
}

SYSCALL(epoll_wait, int epfd, struct epoll_event *events, int maxevents, int timeout)
{
    return sys_do_epoll_pwait(epfd, events, maxevents, timeout, NULL, 8);
}

SYSCALL(signalfd, int fd, const u64 *mask, size_t masksize) { return sys_do_signalfd4(fd, mask, masksize, 0); }

SYSCALL(sysfs, int option, u64 arg1, u64 arg2)
{
    enum { INDEX_OF_NAME = 1, NAME_OF_INDEX, COUNT };
    char name[NAME_MAX + 1];
    long r;
    switch (option) {
    case INDEX_OF_NAME:
        return sys_host_quick(__NR_sysfs, option, sys_window(arg1, 1), 0);
    case NAME_OF_INDEX:
        r = sys_host_quick(__NR_sysfs, option, arg1, name);
        return r >= 0 && copy_out(arg2, name, strlen(name) + 1) ? -EFAULT : r;
    case COUNT:
        return sys_host_quick(__NR_sysfs, option, 0, 0);
    default:
        return -EINVAL;
    }
}

/* --- sockets ------------------------------------------------------------------------------------------------------ */

SYSCALL(send, int fd, const void *buf, size_t len, u64 flags) { return sys_do_sendto(fd, buf, len, flags, 0, 0); }
SYSCALL(recv, int fd, void *buf, size_t len, u64 flags) { return sys_do_recvfrom(fd, buf, len, flags, 0, 0); }

/* --- processes ---------------------------------------------------------------------------------------------------- */

/* kernel/sched/syscalls.c: cut to what a nice value can be, on the way and at the end. */
SYSCALL(nice, int increment)
{
    enum { LEAST = -20, MOST = 19, WIDTH = 40 };
    increment = increment < -WIDTH ? -WIDTH : increment > WIDTH ? WIDTH : increment;
    long nice = 20 - sys_host_quick(__NR_getpriority, PRIO_PROCESS, 0) + increment;
    long r = sys_host_quick(__NR_setpriority, PRIO_PROCESS, 0, nice < LEAST ? LEAST : nice > MOST ? MOST : nice);
    return r == -EACCES ? -EPERM : r;
}

/* --- ids of 16 bits ----------------------------------------------------------------------------------------------- */

/* One that does not fit is shown as nobody (/proc/sys/kernel/overflowuid). */
static u16 short_id(unsigned id) { return id > 0xffff ? 65534 : (u16)id; }

SYSCALL(getuid16, void) { return short_id(getuid()); }
SYSCALL(geteuid16, void) { return short_id(geteuid()); }
SYSCALL(getgid16, void) { return short_id(getgid()); }
SYSCALL(getegid16, void) { return short_id(getegid()); }
SYSCALL(setfsuid16, unsigned uid) { return short_id((unsigned)sys_host_quick(__NR_setfsuid, uid)); }
SYSCALL(setfsgid16, unsigned gid) { return short_id((unsigned)sys_host_quick(__NR_setfsgid, gid)); }

static long three_ids(long nr, u16 *real, u16 *effective, u16 *saved)
{
    unsigned id[3];
    long r = sys_host_quick(nr, &id[0], &id[1], &id[2]);
    if (r)
        return r;
    if (!real || !effective || !saved)
        return -EFAULT;
    *real = short_id(id[0]);
    *effective = short_id(id[1]);
    *saved = short_id(id[2]);
    return 0;
}

SYSCALL(getresuid16, u16 *ruid, u16 *euid, u16 *suid) { return three_ids(__NR_getresuid, ruid, euid, suid); }
SYSCALL(getresgid16, u16 *rgid, u16 *egid, u16 *sgid) { return three_ids(__NR_getresgid, rgid, egid, sgid); }

enum { MAX_GROUPS = 65536 };

SYSCALL(getgroups16, int size, u64 list)
{
    if (size < 0 || size > MAX_GROUPS || !size)
        return sys_host_quick(__NR_getgroups, size < 0 ? -1 : 0, NULL);
    unsigned *ids = malloc((size_t)size * sizeof *ids);
    if (!ids)
        return -ENOMEM;
    long r = sys_host_quick(__NR_getgroups, size, ids);
    for (long i = 0; i < r; i++) {
        u16 id = short_id(ids[i]);
        if (abi_copy_out(&sys_abi, ST_u16, list + 2 * (u64)i, &id))
            r = -EFAULT;
    }
    free(ids);
    return r;
}

SYSCALL(setgroups16, int size, u64 list)
{
    if (size <= 0 || size > MAX_GROUPS) /* EPERM comes before EINVAL */
        return sys_host_quick(__NR_setgroups, size, NULL);
    unsigned *ids = malloc((size_t)size * sizeof *ids);
    long r = ids ? 0 : -ENOMEM;
    for (int i = 0; i < size && !r; i++) {
        u16 id;
        if (abi_copy_in(&sys_abi, ST_u16, &id, list + 2 * (u64)i))
            r = -EFAULT;
        else
            ids[i] = id;
    }
    if (!r)
        r = sys_host_quick(__NR_setgroups, size, ids);
    free(ids);
    return r;
}
