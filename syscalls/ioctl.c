/* ioctl(2) by the table ioctl.def: one row per request that is known, with what its argument is. */
#include "syscalls/syscall.h"

#include <linux/fiemap.h>
#include <linux/if_tun.h>
#include <linux/loop.h>
#include <linux/random.h>
#include <linux/rtc.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>

enum how {
    HOW_NONE,  /* no argument */
    HOW_VALUE, /* a number */
    HOW_IN,    /* a pointer to what the kernel reads */
    HOW_OUT,
    HOW_INOUT,
    HOW_BYTES, /* a pointer to bytes without numbers, or to numbers that only little-endian guests get right */
    HOW_BYTES_64, /* not for 32-bit guests */
};

static const struct request {
    u32 number;
    u8 how;
    i16 type; /* enum abi_struct_id; bytes for HOW_BYTES */
    const char *name;
} requests[] = {
#define IOCTL(number, how, type) {(u32)(number), HOW_##how, ST_##type, #number},
#define IOCTL_BYTES(number, bytes) {(u32)(number), HOW_BYTES, bytes, #number},
#define IOCTL_BYTES_64(number, bytes) {(u32)(number), HOW_BYTES_64, bytes, #number},
#define IOCTL_ARM(number, other)
#include "syscalls/ioctl.def"
#undef IOCTL
#undef IOCTL_BYTES
#undef IOCTL_BYTES_64
#undef IOCTL_ARM
};

static const struct { u32 number, arm; } renumbered[] = {
#define IOCTL(number, how, type)
#define IOCTL_BYTES(number, bytes)
#define IOCTL_BYTES_64(number, bytes)
#define IOCTL_ARM(number, other) {(u32)(number), (u32)(other)},
#include "syscalls/ioctl.def"
#undef IOCTL
#undef IOCTL_BYTES
#undef IOCTL_BYTES_64
#undef IOCTL_ARM
};

/* The guest's number of a request as the host's; 0: the guest has no such number. */
static u32 host_number(u32 number)
{
    for (size_t i = 0; sys_abi.id == ABI_arm && i < ARRAY_SIZE(renumbered); i++) {
        if (renumbered[i].arm == number)
            return renumbered[i].number;
        if (renumbered[i].number == number)
            return 0;
    }
    return number;
}

static const struct request *find_request(u32 guest_number)
{
    u32 number = host_number(guest_number);
    for (size_t i = 0; i < ARRAY_SIZE(requests); i++)
        if (requests[i].number == number)
            return &requests[i];
    return NULL;
}

const char *sys_ioctl_name(u32 number)
{
    const struct request *q = find_request(number);
    return q ? q->name : NULL;
}

/* FS_IOC_FIEMAP: a head, then as many extents as it says. The layout is the same everywhere but for byte order. */
static long fiemap(int fd, u64 arg)
{
    struct abi_fiemap_head head;
    if (abi_copy_in(&sys_abi, ST_fiemap_head, &head, arg))
        return -EFAULT;
    u64 bytes = sizeof head + head.extent_count * sizeof(struct abi_fiemap_extent);
    if (!sys_abi.big_endian)
        return sys_host_quick(__NR_ioctl, fd, FS_IOC_FIEMAP, sys_window(arg, bytes));
    if (head.extent_count > 65536)
        return -EINVAL;
    u8 *copy = calloc(1, bytes);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, &head, sizeof head);
    long r = sys_host_quick(__NR_ioctl, fd, FS_IOC_FIEMAP, copy);
    memcpy(&head, copy, sizeof head);
    if (r >= 0 && abi_copy_out(&sys_abi, ST_fiemap_head, arg, &head))
        r = -EFAULT;
    for (u32 i = 0; r >= 0 && i < head.mapped_extents && i < head.extent_count; i++)
        if (abi_copy_out(&sys_abi, ST_fiemap_extent, arg + sizeof head + i * sizeof(struct abi_fiemap_extent),
                         copy + sizeof head + i * sizeof(struct abi_fiemap_extent)))
            r = -EFAULT;
    free(copy);
    return r;
}

/* SIOCGIFCONF: a length and a pointer to where interface descriptions go. */
static long interface_list(int fd, u64 arg)
{
    struct abi_ifconf c, host;
    size_t unit = abi_bytes(&sys_abi, ST_ifreq_address), host_unit = abi_structs[ST_ifreq_address].host_bytes;
    if (abi_copy_in(&sys_abi, ST_ifconf, &c, arg))
        return -EFAULT;
    size_t room = c.buf && c.len > 0 ? (size_t)c.len / unit : 0;
    if (room > 65536)
        room = 65536;
    struct abi_ifreq_address *list = calloc(room + 1, sizeof *list);
    if (!list)
        return -ENOMEM;
    host = (struct abi_ifconf){(int)(room * host_unit), c.buf ? (unsigned long)list : 0};
    long r = sys_host_quick(__NR_ioctl, fd, SIOCGIFCONF, &host);
    size_t count = (size_t)host.len / host_unit;
    c.len = (int)(count * unit);
    for (size_t i = 0; r >= 0 && c.buf && i < count; i++)
        if (abi_copy_out(&sys_abi, ST_ifreq_address, c.buf + i * unit, &list[i]))
            r = -EFAULT;
    free(list);
    return r >= 0 && abi_copy_out(&sys_abi, ST_ifconf, arg, &c) ? -EFAULT : r;
}
_Static_assert(sizeof(struct abi_ifreq_address) == sizeof(struct ifreq), "struct ifreq");

static long convert_request(int fd, const struct request *q, u64 arg)
{
    enum abi_struct_id s = (enum abi_struct_id)q->type;
    if (abi_same(&sys_abi, s)) /* tcdrain and the like wait in the kernel: through sys_host() */
        return sys_host(__NR_ioctl, fd, q->number, sys_window(arg, abi_bytes(&sys_abi, s)));
    u8 copy[ABI_MAX_BYTES] = {0};
    if (q->how != HOW_OUT && abi_copy_in(&sys_abi, s, copy, arg))
        return -EFAULT;
    long r = sys_host(__NR_ioctl, fd, q->number, copy);
    return r >= 0 && q->how != HOW_IN && abi_copy_out(&sys_abi, s, arg, copy) ? -EFAULT : r;
}

SYSCALL(ioctl, int fd, unsigned long number, unsigned long arg)
{
    if (sys_own_fd(fd))
        return -EBADF;
    switch (host_number((u32)number)) {
    case FS_IOC_FIEMAP:
        return fiemap(fd, arg);
    case SIOCGIFCONF:
        return interface_list(fd, arg);
    }
    const struct request *q = find_request((u32)number);
    if (!q) {
        log_print(LOG_UNIMP, "ioctl %#x is not in the table\n", (u32)number);
        return sys_host_quick(__NR_fcntl, fd, F_GETFD, 0) < 0 ? -EBADF : -ENOTTY;
    }
    switch (q->how) {
    case HOW_NONE:
        return sys_host(__NR_ioctl, fd, q->number, 0);
    case HOW_VALUE:
        return sys_host(__NR_ioctl, fd, q->number, arg);
    case HOW_BYTES_64:
        if (abi_narrow(&sys_abi)) {
            log_print(LOG_UNIMP, "ioctl %s is not implemented for this guest\n", q->name);
            return -ENOTTY;
        }
        return sys_host(__NR_ioctl, fd, q->number, sys_window(arg, (u64)q->type));
    case HOW_BYTES:
        return sys_host(__NR_ioctl, fd, q->number, sys_window(arg, (u64)q->type));
    default:
        return convert_request(fd, q, arg);
    }
}
