/* Opening, closing and what hangs on descriptors. Most file calls are FORWARD rows. */
#include "syscalls/syscall.h"

#include <limits.h>
#include <stdio.h>

/* What sys_path() makes of a guest's path for an open with these host flags. */
static const char *open_path(int dirfd, const char *path, u64 flags, char *buffer)
{
    if (sys_bad_path(path))
        return path;
    if (flags & O_NOFOLLOW || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL))
        return sys_path_nofollow(path, buffer, PATH_MAX);
    return proc_follow_exe(dirfd, sys_path(path, buffer, PATH_MAX));
}

/* A program that does not say that it knows of large files must not get one (fs/open.c generic_file_open()). Writing beyond
 * 2 GiB through such a descriptor is not refused. */
static bool too_large(int fd, u64 flags)
{
    struct stat st;
    return !(flags & O_PATH) && !fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > INT32_MAX;
}

SYSCALL(openat, int dirfd, const char *path, u64 flags, unsigned mode)
{
    char buffer[PATH_MAX];
    /* The kernel's O_LARGEFILE is implied for 64-bit guests. */
    bool large = flags & 0100000 || !abi_narrow(&sys_abi);
    flags |= 0100000;
    long fd = sys_host(__NR_openat, dirfd, open_path(dirfd, path, flags, buffer), flags, mode);
    if (fd >= 0 && !large && too_large((int)fd, flags)) {
        sys_host_quick(__NR_close, fd);
        return -EOVERFLOW;
    }
    return fd < 0 ? fd : proc_opened((int)fd, (int)flags);
}

/* struct open_how may be longer than it is known here: the rest must be zero (copy_struct_from_user()). */
SYSCALL(openat2, int dirfd, const char *path, u64 how, size_t size)
{
    struct open_how h;
    u8 tail[256], buffer[PATH_MAX];
    if (size < 24)
        return -EINVAL;
    if (size > MEM_PAGE)
        return -E2BIG;
    if (abi_copy_in(&sys_abi, ST_open_how, &h, how))
        return -EFAULT;
    for (size_t at = 24; at < size;) {
        size_t n = size - at < sizeof tail ? size - at : sizeof tail;
        if (copy_in(tail, how + at, n))
            return -EFAULT;
        for (size_t i = 0; i < n; i++)
            if (tail[i])
                return -E2BIG;
        at += n;
    }
    h.flags = abi_flags_to_host(&sys_abi, CT_open, h.flags);
    /* Inside a RESOLVE_IN_ROOT or RESOLVE_BENEATH tree the path is not ours to change. */
    const char *host =
        h.resolve & (RESOLVE_IN_ROOT | RESOLVE_BENEATH) ? path : open_path(dirfd, path, h.flags, (char *)buffer);
    long fd = sys_host(__NR_openat2, dirfd, host, &h, sizeof h);
    return fd < 0 ? fd : proc_opened((int)fd, (int)h.flags);
}

/* close(2) must not be restarted: the descriptor is gone even after EINTR (fs/open.c). */
SYSCALL(close, int fd)
{
    if (sys_own_fd(fd))
        return -EBADF;
    return sys_host_quick(__NR_close, fd);
}

SYSCALL(dup3, int oldfd, int newfd, u64 flags)
{
    if (sys_own_fd(oldfd))
        return -EBADF;
    if (sys_own_fd(newfd))
        return -EBUSY;
    return sys_host_quick(__NR_dup3, oldfd, newfd, flags);
}

/* xrun's own descriptors stay open: the range is closed in pieces around them. */
SYSCALL(close_range, unsigned first, unsigned last, u64 flags)
{
    if (flags & ~6ull || first > last)
        return -EINVAL;
    long r = 0;
    for (unsigned at = first; !r;) {
        int own = at > INT_MAX ? -1 : own_fd_next((int)at);
        bool inside = own >= 0 && (unsigned)own <= last;
        if (!inside)
            return sys_host_quick(__NR_close_range, at, last, flags);
        if ((unsigned)own > at)
            r = sys_host_quick(__NR_close_range, at, own - 1, flags);
        at = (unsigned)own + 1;
        if ((unsigned)own == last)
            break;
    }
    return r;
}

SYSCALL(readlinkat, int dirfd, const char *path, u64 buf, int size)
{
    char host_path[PATH_MAX], text[PATH_MAX];
    if (size <= 0)
        return -EINVAL;
    size_t bytes = size < PATH_MAX ? (size_t)size : PATH_MAX;
    const char *host = sys_bad_path(path) ? path : sys_path_nofollow(path, host_path, sizeof host_path);
    long r = sys_host_quick(__NR_readlinkat, dirfd, host, text, bytes);
    if (r >= 0)
        r = proc_readlinked(dirfd, host, text, bytes, r);
    if (r > 0 && copy_out(buf, text, (size_t)r))
        return -EFAULT;
    return r;
}

/* struct file_handle: u32 handle_bytes, i32 handle_type, bytes. */
enum { MAX_HANDLE = 128 };
struct handle {
    u32 bytes;
    i32 type;
    u8 data[MAX_HANDLE];
};

static long read_handle(struct handle *h, u64 addr, bool data)
{
    u8 head[8];
    if (copy_in(head, addr, sizeof head))
        return -EFAULT;
    h->bytes = (u32)abi_load(&sys_abi, head, 4);
    h->type = (i32)abi_load(&sys_abi, head + 4, 4);
    if (h->bytes > MAX_HANDLE)
        return -EINVAL;
    return data && copy_in(h->data, addr + 8, h->bytes) ? -EFAULT : 0;
}

SYSCALL(name_to_handle_at, int dirfd, const char *path, u64 handle, u64 mount_id, u64 flags)
{
    struct handle h;
    u8 head[8];
    int id = 0;
    bool bad = read_handle(&h, handle, false) == -EFAULT;
    u32 room = h.bytes;
    if (bad || room > MAX_HANDLE)
        return sys_host_quick(__NR_name_to_handle_at, dirfd, path, bad ? SYS_BAD_POINTER : &h, &id, flags);
    long r = sys_host_quick(__NR_name_to_handle_at, dirfd, path, &h, &id, flags);
    if (r && r != -EOVERFLOW)
        return r;
    /* fs/fhandle.c: with EOVERFLOW too, the size that is needed and the mount are told */
    abi_store(&sys_abi, head, 4, h.bytes);
    abi_store(&sys_abi, head + 4, 4, (u32)h.type);
    if (copy_out(handle, head, sizeof head) || (!r && h.bytes <= room && copy_out(handle + 8, h.data, h.bytes)))
        return -EFAULT;
    return abi_copy_out(&sys_abi, ST_int, mount_id, &id) ? -EFAULT : r;
}

SYSCALL(open_by_handle_at, int mount_fd, u64 handle, u64 flags)
{
    struct handle h;
    long r = read_handle(&h, handle, true);
    return r ? r : sys_host(__NR_open_by_handle_at, mount_fd, &h, flags);
}
