/* Ancillary data: a header and data for each control message, aligned to longs.
 *
 * Headers hold a long, and so do the old kinds of time stamps; everything else has the same members for all guests,
 * which big-endian ones have turned.
 */
#include "syscalls/control.h"
#include "syscalls/syscall.h"

#include <stdlib.h>

enum {
    MAX_CONTROL = 64 << 10, /* bytes; net.core.optmem_max is smaller */
    LEVEL_IP = 0,
    LEVEL_UDP = 17,
    LEVEL_IP6 = 41,
    /* types of SOL_SOCKET; *_NEW have 64 bits everywhere */
    SECURITY = 3,
    STAMP = 29,
    STAMP_NS = 35,
    STAMPING = 37,
    TX_TIME = 61,
    STAMP_NEW = 63,
    STAMPING_NEW = 65,
};

bool control_converts(void) { return sys_abi.big_endian || abi_narrow(&sys_abi); }

/* --- data --------------------------------------------------------------------------------------------------------- */

/* Where numbers in the machine's order lie in a control message of this kind: pairs of offset and width, ended by
 * width 0. The rest is addresses and text. NULL: the message is an array of numbers, see unit_of(). */
static const u8 *members_of(const struct cmsghdr *h)
{
    enum { PKTINFO = 8, RECVERR = 11, SEGMENT = 103, PKTINFO6 = 50, RECVERR6 = 25 };
    static const u8 index[] = {0, 4, 0, 0}, index6[] = {16, 4, 0, 0}, error[] = {0, 4, 8, 4, 12, 4, 16, 2, 0, 0};
    static const u8 size[] = {0, 2, 0, 0};
    if (h->cmsg_level == LEVEL_IP && h->cmsg_type == PKTINFO)
        return index;
    if (h->cmsg_level == LEVEL_IP6 && h->cmsg_type == PKTINFO6)
        return index6;
    if ((h->cmsg_level == LEVEL_IP && h->cmsg_type == RECVERR) || (h->cmsg_level == LEVEL_IP6 && h->cmsg_type == RECVERR6))
        return error;
    return h->cmsg_level == LEVEL_UDP && h->cmsg_type == SEGMENT ? size : NULL;
}

/* Width of the numbers that the data is an array of, 1: text. */
static unsigned unit_of(const struct cmsghdr *h, size_t bytes)
{
    if (h->cmsg_level != SOL_SOCKET)
        return bytes == 4 ? 4 : 1;
    if (h->cmsg_type == SECURITY)
        return 1;
    return h->cmsg_type == TX_TIME || (h->cmsg_type >= STAMP_NEW && h->cmsg_type <= STAMPING_NEW) ? 8 : 4;
}

static bool has_longs(const struct cmsghdr *h)
{
    return h->cmsg_level == SOL_SOCKET &&
           (h->cmsg_type == STAMP || h->cmsg_type == STAMP_NS || h->cmsg_type == STAMPING);
}

static void turn(u8 *at, unsigned width)
{
    u64 v = abi_load(&sys_abi, at, width);
    memcpy(at, &v, width);
}

/* Turns numbers in place; longs apart. */
static void turn_data(const struct cmsghdr *h, u8 *data, size_t bytes)
{
    const u8 *member = members_of(h);
    unsigned unit = member ? 1 : unit_of(h, bytes);
    for (; member && member[1] && (size_t)member[0] + member[1] <= bytes; member += 2)
        turn(data + member[0], member[1]);
    for (size_t at = 0; unit > 1 && at + unit <= bytes; at += unit)
        turn(data + at, unit);
}

/* Both return the length that the data has on the other side, where there is room for twice as much. */
static size_t data_to_host(const struct cmsghdr *h, u8 *to, const u8 *from, size_t bytes)
{
    if (has_longs(h)) {
        size_t word = abi_bytes(&sys_abi, ST_long), n = bytes / word;
        for (size_t i = 0; i < n; i++)
            abi_to_host(&sys_abi, ST_long, to + 8 * i, from + word * i);
        return 8 * n;
    }
    memcpy(to, from, bytes);
    turn_data(h, to, bytes);
    return bytes;
}

static size_t data_to_guest(const struct cmsghdr *h, u8 *to, const u8 *from, size_t bytes)
{
    if (has_longs(h)) {
        size_t word = abi_bytes(&sys_abi, ST_long), n = bytes / 8;
        for (size_t i = 0; i < n; i++)
            abi_to_guest(&sys_abi, ST_long, to + word * i, from + 8 * i);
        return word * n;
    }
    memcpy(to, from, bytes);
    turn_data(h, to, bytes);
    return bytes;
}

/* --- sending ------------------------------------------------------------------------------------------------------ */

long control_in(u8 **host, size_t *length, u64 addr, size_t bytes)
{
    size_t head = abi_bytes(&sys_abi, ST_cmsghdr), word = abi_bytes(&sys_abi, ST_long), used = 0;
    *host = NULL;
    *length = 0;
    if (bytes > MAX_CONTROL)
        return -ENOBUFS;
    u8 *guest = malloc(bytes + 1), *out = calloc(1, 4 * bytes + 1);
    *host = out;
    long r = !guest || !out ? -ENOMEM : copy_in(guest, addr, bytes);
    for (size_t at = 0; !r && bytes >= at && bytes - at >= head;) {
        struct cmsghdr h;
        abi_to_host(&sys_abi, ST_cmsghdr, &h, guest + at);
        if (h.cmsg_len < head || h.cmsg_len > bytes - at) {
            r = -EINVAL;
            break;
        }
        size_t guest_length = h.cmsg_len;
        h.cmsg_len =
            sizeof h + data_to_host(&h, out + used + sizeof h, guest + at + head, guest_length - head);
        memcpy(out + used, &h, sizeof h);
        used += align_up(h.cmsg_len, 8);
        at += align_up(guest_length, word);
    }
    if (!r && !used && abi_narrow(&sys_abi))
        r = -EINVAL;
    *length = used;
    free(guest);
    return r;
}

/* --- receiving ---------------------------------------------------------------------------------------------------- */

/* With 64 bits as much as the guest's, so that the kernel cuts messages itself. */
size_t control_room(size_t bytes)
{
    if (bytes > MAX_CONTROL)
        bytes = MAX_CONTROL;
    return abi_narrow(&sys_abi) && bytes ? 2 * bytes + 64 : bytes;
}

/* The data of a message that has room for `room` bytes of it only. Descriptors are passed whole or not at all. */
static size_t cut(const struct cmsghdr *h, const u8 *data, size_t bytes, size_t room, int *flags)
{
    if (bytes <= room)
        return bytes;
    *flags |= MSG_CTRUNC;
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
        return room;
    room &= ~(size_t)3;
    for (size_t at = room; at + 4 <= bytes; at += 4) {
        int fd;
        memcpy(&fd, data + at, 4);
        sys_host_quick(__NR_close, fd);
    }
    return room;
}

long control_out(const u8 *host, size_t length, u64 addr, size_t bytes, size_t *used, int *flags)
{
    size_t head = abi_bytes(&sys_abi, ST_cmsghdr), word = abi_bytes(&sys_abi, ST_long);
    u8 *out = calloc(1, bytes + length + 1);
    struct cmsghdr h;
    *used = 0;
    if (!out)
        return -ENOMEM;
    for (size_t at = 0; length >= at && length - at >= sizeof h; at += align_up(h.cmsg_len, 8)) {
        memcpy(&h, host + at, sizeof h);
        if (h.cmsg_len < sizeof h || h.cmsg_len > length - at)
            break;
        const u8 *data = host + at + sizeof h;
        size_t room = bytes - *used, n = h.cmsg_len - sizeof h;
        bool rights = h.cmsg_level == SOL_SOCKET && h.cmsg_type == SCM_RIGHTS;
        if (room < head + (rights ? 4 : 0)) {
            cut(&h, data, n, 0, flags);
            *flags |= MSG_CTRUNC;
            continue;
        }
        u8 *to = out + *used;
        n = data_to_guest(&h, to + head, data, n);
        n = cut(&h, data, n, room - head, flags);
        struct cmsghdr guest = h;
        guest.cmsg_len = head + n;
        abi_to_guest(&sys_abi, ST_cmsghdr, to, &guest);
        size_t space = align_up(head + n, word);
        *used += space < room ? space : room;
    }
    long r = *used && copy_out(addr, out, *used) ? -EFAULT : 0;
    free(out);
    return r;
}
