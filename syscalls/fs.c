/* Mounts. Strings are looked up only where the kernel reads them as strings. */
#include "syscalls/syscall.h"

#include <limits.h>

/* A string argument that may be NULL. */
static long optional_string(char *text, u64 addr, const char **result)
{
    *result = NULL;
    if (!addr)
        return 0;
    i64 n = copy_in_string(text, addr, PATH_MAX);
    *result = text;
    return n < 0 ? n : 0;
}

SYSCALL(mount, u64 source, u64 target, u64 type, u64 flags, u64 data)
{
    char text[4][PATH_MAX];
    const char *from, *to, *kind;
    long r;
    if ((r = optional_string(text[0], source, &from)) || (r = optional_string(text[1], target, &to)) ||
        (r = optional_string(text[2], type, &kind)))
        return r;
    if (to)
        to = sys_path(to, text[3], PATH_MAX);
    /* data is at most a page, and text for every file system of today */
    return sys_host(__NR_mount, from, to, kind, flags, sys_window(data, 1));
}

SYSCALL(fsconfig, int fd, unsigned cmd, u64 key, u64 value, int aux)
{
    u64 bytes = cmd == FSCONFIG_SET_BINARY && aux > 0 ? (u64)aux : 1;
    char path[PATH_MAX], buffer[PATH_MAX];
    if (cmd != FSCONFIG_SET_PATH || !value)
        return sys_host(__NR_fsconfig, fd, cmd, sys_window(key, 1), sys_window(value, bytes), aux);
    i64 n = copy_in_string(path, value, sizeof path);
    if (n < 0)
        return n;
    return sys_host(__NR_fsconfig, fd, cmd, sys_window(key, 1), sys_path(path, buffer, sizeof buffer), aux);
}

/* struct mount_attr may grow: what is not known here must be zero. */
SYSCALL(mount_setattr, int dirfd, const char *path, unsigned long flags, u64 attr, size_t size)
{
    struct abi_mount_attr a;
    if (size < 32)
        return -EINVAL;
    if (size > MEM_PAGE)
        return -E2BIG;
    if (abi_copy_in(&sys_abi, ST_mount_attr, &a, attr))
        return -EFAULT;
    for (size_t at = 32; at < size; at++) {
        u8 byte;
        if (copy_in(&byte, attr + at, 1))
            return -EFAULT;
        if (byte)
            return -E2BIG;
    }
    return sys_host_quick(__NR_mount_setattr, dirfd, path, flags, &a, sizeof a);
}
