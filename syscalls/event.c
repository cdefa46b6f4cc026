/* Reading and writing, and the descriptors from which the kernel's own numbers are read: eventfd, timerfd, signalfd,
 * inotify and fanotify. To a guest of the host's byte order they are like any other. For a guest of the other order the
 * descriptor is recognised by its kind (they have no file type) and by the name that the kernel gives it, and what
 * passes is turned.
 */
#include "syscalls/syscall.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

/* Signals that the guest blocks are blocked on the host, so that the host's signalfd sees them. */
SYSCALL(signalfd4, int fd, const u64 *mask, size_t masksize, u64 flags)
{
    if (masksize != 8)
        return -EINVAL;
    return sys_host_quick(__NR_signalfd4, fd, mask, masksize, flags);
}

enum { EVENT_BYTES = 64 << 10 }; /* read or written at once; more events wait for the next call */

/* Turns the numbers of `bytes` bytes that were read or are to be written; their own lengths are in the host's order. */
typedef void turn_fn(u8 *data, size_t bytes);

static void turn(u8 *at, unsigned bytes)
{
    abi_store(&sys_abi, at, bytes, abi_load(&(struct sys_abi){sys_abi.id, false}, at, bytes));
}

static void turn_u64(u8 *data, size_t bytes)
{
    if (bytes >= 8)
        turn(data, 8);
}

/* struct signalfd_siginfo: members of 4 bytes, then others. */
static void turn_signals(u8 *data, size_t bytes)
{
    static const struct {
        u8 offset, bytes;
    } others[] = {
        {offsetof(struct signalfd_siginfo, ssi_ptr), 8},   {offsetof(struct signalfd_siginfo, ssi_utime), 8},
        {offsetof(struct signalfd_siginfo, ssi_stime), 8}, {offsetof(struct signalfd_siginfo, ssi_addr), 8},
        {offsetof(struct signalfd_siginfo, ssi_addr_lsb), 2}, {offsetof(struct signalfd_siginfo, ssi_syscall), 4},
        {offsetof(struct signalfd_siginfo, ssi_call_addr), 8}, {offsetof(struct signalfd_siginfo, ssi_arch), 4},
    };
    for (; bytes >= sizeof(struct signalfd_siginfo); bytes -= sizeof(struct signalfd_siginfo)) {
        struct signalfd_siginfo s;
        memcpy(&s, data, sizeof s);
        if (!abi_narrow(&sys_abi)) /* a union sigval: the int lies where the pointer's bytes of highest value are */
            s.ssi_int = (i32)(s.ssi_ptr >> 32);
        memcpy(data, &s, sizeof s);
        for (unsigned at = 0; at < offsetof(struct signalfd_siginfo, ssi_ptr); at += 4)
            turn(data + at, 4);
        for (unsigned i = 0; i < ARRAY_SIZE(others); i++)
            turn(data + others[i].offset, others[i].bytes);
        data += sizeof(struct signalfd_siginfo);
    }
}

static void turn_inotify(u8 *data, size_t bytes)
{
    for (size_t at = 0; at + sizeof(struct inotify_event) <= bytes;) {
        struct inotify_event e;
        memcpy(&e, data + at, sizeof e);
        for (unsigned i = 0; i < sizeof e; i += 4)
            turn(data + at + i, 4);
        at += sizeof e + e.len;
    }
}

/* The information records behind the fixed part are left as they are. */
static void turn_fanotify(u8 *data, size_t bytes)
{
    for (size_t at = 0; at + sizeof(struct fanotify_event_metadata) <= bytes;) {
        struct fanotify_event_metadata e;
        memcpy(&e, data + at, sizeof e);
        turn(data + at + offsetof(struct fanotify_event_metadata, event_len), 4);
        turn(data + at + offsetof(struct fanotify_event_metadata, metadata_len), 2);
        turn(data + at + offsetof(struct fanotify_event_metadata, mask), 8);
        turn(data + at + offsetof(struct fanotify_event_metadata, fd), 4);
        turn(data + at + offsetof(struct fanotify_event_metadata, pid), 4);
        if (e.event_len < sizeof e)
            return;
        at += e.event_len;
    }
}

static void turn_response(u8 *data, size_t bytes)
{
    if (bytes >= sizeof(struct fanotify_response))
        turn(data, 4), turn(data + 4, 4);
}

/* What must be turned on this descriptor; NULL: nothing. */
static turn_fn *turn_for(int fd, bool write)
{
    static const struct {
        const char *name;
        turn_fn *read, *write;
    } kinds[] = {
        {"anon_inode:[eventfd]", turn_u64, turn_u64},     {"anon_inode:[timerfd]", turn_u64, NULL},
        {"anon_inode:[signalfd]", turn_signals, NULL},    {"anon_inode:inotify", turn_inotify, NULL},
        {"anon_inode:[fanotify]", turn_fanotify, turn_response},
    };
    struct stat st;
    char link[32], name[32];
    if (!sys_abi.big_endian || fstat(fd, &st) || st.st_mode & S_IFMT)
        return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long n = readlink(link, name, sizeof name - 1);
    name[n < 0 ? 0 : n] = 0;
    for (unsigned i = 0; i < ARRAY_SIZE(kinds); i++)
        if (!strcmp(name, kinds[i].name))
            return write ? kinds[i].write : kinds[i].read;
    return NULL;
}

/* Copies between pieces of xrun's memory and the guest's memory, whose windows are in iov. */
static long move(const struct iovec *piece, const struct iovec *iov, unsigned long count, size_t bytes, bool to_guest)
{
    for (unsigned long i = 0; i < count && bytes; i++) {
        size_t n = piece[i].iov_len < bytes ? piece[i].iov_len : bytes;
        u64 addr = (u64)iov[i].iov_base - mem.base;
        if (to_guest ? copy_out(addr, piece[i].iov_base, n) : copy_in(piece[i].iov_base, addr, n))
            return -EFAULT;
        bytes -= n;
    }
    return 0;
}

/* The call with memory of our own in the same pieces, so that the kernel takes them as it would take the guest's. Each
 * piece that is written is an event of its own. */
static long turned_transfer(int fd, const struct iovec *iov, unsigned long count, turn_fn *turn_all, bool write)
{
    size_t bytes = 0;
    u8 *data = malloc(EVENT_BYTES + count * sizeof *iov);
    struct iovec *piece = (struct iovec *)(data + EVENT_BYTES);
    if (!data)
        return -ENOMEM;
    for (unsigned long i = 0; i < count; i++) {
        size_t n = iov[i].iov_len < EVENT_BYTES - bytes ? iov[i].iov_len : EVENT_BYTES - bytes;
        piece[i] = (struct iovec){data + bytes, n};
        bytes += n;
    }
    long r = write ? move(piece, iov, count, bytes, false) : 0;
    for (unsigned long i = 0; write && !r && i < count; i++)
        turn_all(piece[i].iov_base, piece[i].iov_len);
    if (!r)
        r = sys_host(write ? __NR_writev : __NR_readv, fd, piece, count);
    if (!write && r > 0) {
        turn_all(data, (size_t)r);
        long error = move(piece, iov, count, (size_t)r, true);
        r = error ? error : r;
    }
    free(data);
    return r;
}

SYSCALL(read, int fd, void *buf, size_t count)
{
    turn_fn *t = turn_for(fd, false);
    if (t)
        return turned_transfer(fd, &(struct iovec){buf, count}, 1, t, false);
    return sys_socket_wait(fd, false, sys_host(__NR_read, fd, buf, count));
}

SYSCALL(write, int fd, const void *buf, size_t count)
{
    turn_fn *t = turn_for(fd, true);
    if (t)
        return turned_transfer(fd, &(struct iovec){(void *)buf, count}, 1, t, true);
    return sys_socket_wait(fd, true, sys_host(__NR_write, fd, buf, count));
}

static bool good_vector(const struct iovec *iov, unsigned long count)
{
    return count && count <= UIO_MAXIOV && iov && iov != SYS_BAD_POINTER;
}

SYSCALL(readv, unsigned long fd, const struct iovec *iov, unsigned long count)
{
    turn_fn *t = good_vector(iov, count) ? turn_for((int)fd, false) : NULL;
    if (t)
        return turned_transfer((int)fd, iov, count, t, false);
    return sys_socket_wait((int)fd, false, sys_host(__NR_readv, fd, iov, count));
}

SYSCALL(writev, unsigned long fd, const struct iovec *iov, unsigned long count)
{
    turn_fn *t = good_vector(iov, count) ? turn_for((int)fd, true) : NULL;
    if (t)
        return turned_transfer((int)fd, iov, count, t, true);
    return sys_socket_wait((int)fd, true, sys_host(__NR_writev, fd, iov, count));
}
