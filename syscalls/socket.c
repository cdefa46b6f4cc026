/* Sockets: addresses, options, and messages with their ancillary data.
 *
 * Little-endian guests have the host's bytes everywhere here, so that names and ancillary data are windows for the host
 * kernel; only struct msghdr and the iovecs are copied, because they hold pointers that must be checked. For big-endian
 * guests families, lengths and the known numbers are swapped; what is in network order stays.
 */
#include "syscalls/control.h"
#include "syscalls/syscall.h"

#include <stdlib.h>

long sys_socket_wait(int fd, bool sending, long r)
{
    struct timeval t = {0};
    socklen_t length = sizeof t;
    if (r != SYS_RESTART)
        return r;
    long error = sys_host_quick(__NR_getsockopt, fd, SOL_SOCKET, sending ? SO_SNDTIMEO : SO_RCVTIMEO, &t, &length);
    return !error && (t.tv_sec || t.tv_usec) ? SYS_RESTART_NOHAND : r;
}

/* --- addresses ---------------------------------------------------------------------------------------------------- */

/* Swaps what a socket address holds in the machine's order. `length` bytes are valid. */
static void swap_address(struct sockaddr_storage *a, int length, bool to_host)
{
    u8 *p = (u8 *)a;
    if (!sys_abi.big_endian || length < 2)
        return;
    u16 family = to_host ? (u16)abi_load(&sys_abi, p, 2) : a->ss_family;
    if (family == AF_NETLINK && length >= 12) { /* pid and groups */
        for (int at = 4; at < 12; at += 4) {
            u32 v;
            memcpy(&v, p + at, 4);
            abi_store(&sys_abi, p + at, 4, v);
        }
    }
    if (to_host)
        a->ss_family = family;
    else
        abi_store(&sys_abi, p, 2, family);
}

/* A guest's address for the host kernel: a copy in *room, or SYS_BAD_POINTER, so that errors keep the kernel's
 * order. */
static const void *address_in(struct sockaddr_storage *room, u64 addr, int length)
{
    if (!addr || length < 0 || length > (int)sizeof *room)
        return addr ? room : NULL; /* the kernel looks at the length first */
    if (copy_in(room, addr, (size_t)length))
        return SYS_BAD_POINTER;
    swap_address(room, length, true);
    return room;
}

/* What the kernel's move_addr_to_user() does: as much as fits, and the full length. */
static long address_out(struct sockaddr_storage *a, socklen_t length, u64 addr, u64 length_addr)
{
    int room, full = (int)length;
    if (abi_copy_in(&sys_abi, ST_int, &room, length_addr))
        return -EFAULT;
    if (room < 0)
        return -EINVAL;
    if (length > sizeof *a)
        length = sizeof *a;
    swap_address(a, (int)length, false);
    if (copy_out(addr, a, room < (int)length ? (size_t)room : length))
        return -EFAULT;
    return abi_copy_out(&sys_abi, ST_int, length_addr, &full) ? -EFAULT : 0;
}

SYSCALL(bind, int fd, u64 addr, int len)
{
    struct sockaddr_storage room;
    return sys_host_quick(__NR_bind, fd, address_in(&room, addr, len), len);
}

SYSCALL(connect, int fd, u64 addr, int len)
{
    struct sockaddr_storage room;
    return sys_socket_wait(fd, true, sys_host(__NR_connect, fd, address_in(&room, addr, len), len));
}

SYSCALL(accept4, int fd, u64 addr, u64 len, u64 flags)
{
    struct sockaddr_storage peer;
    socklen_t length = sizeof peer;
    long r = sys_socket_wait(fd, false, sys_host(__NR_accept4, fd, addr ? &peer : NULL, addr ? &length : NULL, flags));
    if (r < 0 || !addr)
        return r;
    long bad = address_out(&peer, length, addr, len);
    if (bad)
        sys_host_quick(__NR_close, r);
    return bad ? bad : r;
}

SYSCALL(accept, int fd, u64 addr, u64 len) { return sys_do_accept4(fd, addr, len, 0); }

static long socket_name(long nr, int fd, u64 addr, u64 len)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;
    long r = sys_host_quick(nr, fd, &name, &length);
    return r < 0 ? r : address_out(&name, length, addr, len);
}

SYSCALL(getsockname, int fd, u64 addr, u64 len) { return socket_name(__NR_getsockname, fd, addr, len); }
SYSCALL(getpeername, int fd, u64 addr, u64 len) { return socket_name(__NR_getpeername, fd, addr, len); }

SYSCALL(sendto, int fd, const void *buf, size_t len, u64 flags, u64 addr, int addrlen)
{
    struct sockaddr_storage room;
    long r = sys_host(__NR_sendto, fd, buf, len, flags, address_in(&room, addr, addrlen), addrlen);
    return sys_socket_wait(fd, true, r);
}

SYSCALL(recvfrom, int fd, void *buf, size_t len, u64 flags, u64 addr, u64 addrlen)
{
    struct sockaddr_storage from;
    socklen_t length = sizeof from;
    long r = sys_host(__NR_recvfrom, fd, buf, len, flags, addr ? &from : NULL, addr ? &length : NULL);
    r = sys_socket_wait(fd, false, r);
    if (r < 0 || !addr)
        return r;
    long bad = address_out(&from, length, addr, addrlen);
    return bad ? bad : r;
}

/* --- messages ----------------------------------------------------------------------------------------------------- */

/* A msghdr of the guest's, ready for the host kernel. */
struct message {
    struct abi_msghdr guest;
    struct msghdr host;
    struct iovec *iov;
    u8 *control; /* a copy, where ancillary data is converted */
    struct sockaddr_storage name;
};

static void message_free(struct message *m)
{
    free(m->iov);
    free(m->control);
}

/* The iovecs and pointers of a msghdr at addr. sending: name and ancillary data are read by the kernel. */
static long message_in(struct message *m, u64 addr, bool sending)
{
    memset(m, 0, sizeof *m);
    if (abi_copy_in(&sys_abi, ST_msghdr, &m->guest, addr))
        return -EFAULT;
    const struct abi_msghdr *g = &m->guest;
    if (g->msg_iovlen > UIO_MAXIOV)
        return -EMSGSIZE;
    if (g->msg_name && g->msg_namelen < 0)
        return -EINVAL;
    m->iov = malloc(sizeof *m->iov * (g->msg_iovlen + 1));
    if (!m->iov)
        return -ENOMEM;
    long r = sys_copy_iov(m->iov, g->msg_iov, g->msg_iovlen);
    if (r)
        return r;
    m->host.msg_iov = m->iov;
    m->host.msg_iovlen = g->msg_iovlen;
    m->host.msg_flags = (int)g->msg_flags;
    if (g->msg_name) {
        m->host.msg_namelen = (socklen_t)g->msg_namelen < sizeof m->name ? (socklen_t)g->msg_namelen : sizeof m->name;
        m->host.msg_name = sending ? (void *)address_in(&m->name, g->msg_name, (int)m->host.msg_namelen) : &m->name;
        if (!sending)
            m->host.msg_namelen = sizeof m->name;
    }
    m->host.msg_controllen = g->msg_controllen;
    if (!g->msg_control)
        return 0;
    if (!control_converts()) {
        m->host.msg_control = sys_window(g->msg_control, g->msg_controllen);
        return 0;
    }
    if (sending) {
        r = g->msg_controllen ? control_in(&m->control, &m->host.msg_controllen, g->msg_control, g->msg_controllen) : 0;
    } else {
        m->host.msg_controllen = control_room(g->msg_controllen);
        m->control = malloc(m->host.msg_controllen + 1);
        r = m->control ? 0 : -ENOMEM;
    }
    m->host.msg_control = m->control;
    return r;
}

/* After a receive: address, lengths and flags back to the guest's msghdr. */
static long message_out(struct message *m, u64 addr)
{
    struct abi_msghdr *g = &m->guest;
    size_t used = m->host.msg_controllen;
    if (m->control && control_out(m->control, used, g->msg_control, g->msg_controllen, &used, &m->host.msg_flags))
        return -EFAULT;
    if (g->msg_name) {
        size_t full = m->host.msg_namelen, length = full < sizeof m->name ? full : sizeof m->name;
        swap_address(&m->name, (int)length, false);
        if (copy_out(g->msg_name, &m->name, (size_t)g->msg_namelen < length ? (size_t)g->msg_namelen : length))
            return -EFAULT;
        g->msg_namelen = (int)full;
    }
    g->msg_controllen = used;
    g->msg_flags = (unsigned)m->host.msg_flags;
    return abi_copy_out(&sys_abi, ST_msghdr, addr, g) ? -EFAULT : 0;
}

SYSCALL(sendmsg, int fd, u64 msg, u64 flags)
{
    struct message m;
    long r = message_in(&m, msg, true);
    if (r == -EFAULT && !m.iov) /* the kernel looks at the descriptor first */
        return sys_host(__NR_sendmsg, fd, SYS_BAD_POINTER, flags);
    if (!r)
        r = sys_socket_wait(fd, true, sys_host(__NR_sendmsg, fd, &m.host, flags));
    message_free(&m);
    return r;
}

SYSCALL(recvmsg, int fd, u64 msg, u64 flags)
{
    struct message m;
    long r = message_in(&m, msg, false);
    if (r == -EFAULT && !m.iov)
        return sys_host(__NR_recvmsg, fd, SYS_BAD_POINTER, flags);
    if (!r)
        r = sys_socket_wait(fd, false, sys_host(__NR_recvmsg, fd, &m.host, flags));
    if (r >= 0) {
        long bad = message_out(&m, msg);
        r = bad ? bad : r;
    }
    message_free(&m);
    return r;
}

/* Both work as the kernel does it: message by message, and an error after the first one waits for the next call. */
SYSCALL(sendmmsg, int fd, u64 msgs, unsigned count, u64 flags)
{
    size_t step = abi_bytes(&sys_abi, ST_mmsghdr), length_at = abi_bytes(&sys_abi, ST_msghdr);
    if (count > UIO_MAXIOV)
        count = UIO_MAXIOV;
    if (!count) /* is it a socket? */
        return sys_host_quick(__NR_sendmmsg, fd, NULL, 0, flags);
    for (unsigned i = 0; i < count; i++) {
        long r = sys_do_sendmsg(fd, msgs + i * step, flags);
        u32 sent = (u32)r;
        if (r >= 0 && abi_copy_out(&sys_abi, ST_u32, msgs + i * step + length_at, &sent))
            r = -EFAULT;
        if (r < 0)
            return i ? (long)i : r;
    }
    return count;
}

SYSCALL(recvmmsg, int fd, u64 msgs, unsigned count, u64 flags, struct timespec *timeout)
{
    size_t step = abi_bytes(&sys_abi, ST_mmsghdr), length_at = abi_bytes(&sys_abi, ST_msghdr);
    i64 end = 0;
    if (timeout) {
        i64 ns = sys_timespec_ns(timeout);
        if (ns < 0)
            return -EINVAL;
        end = sys_deadline(CLOCK_MONOTONIC, ns);
    }
    if (!count)
        return sys_host_quick(__NR_recvmmsg, fd, NULL, 0, flags, NULL);
    unsigned i = 0;
    long r = 0;
    while (i < count) {
        r = sys_do_recvmsg(fd, msgs + i * step, flags & ~(u64)MSG_WAITFORONE);
        u32 got = (u32)r;
        if (r >= 0 && abi_copy_out(&sys_abi, ST_u32, msgs + i * step + length_at, &got))
            r = -EFAULT;
        if (r < 0)
            break;
        i++;
        if (flags & MSG_WAITFORONE)
            flags |= MSG_DONTWAIT;
        if (timeout) {
            i64 left = end - sys_now(CLOCK_MONOTONIC);
            *timeout = sys_ns_timespec(left);
            if (left <= 0)
                break;
        }
    }
    return i ? (long)i : r;
}
