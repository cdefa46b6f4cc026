/* Socket options. Most are ints, the same for all guests but for byte order; what holds longs or pointers, or has
 * another layout where long is short, is converted here. */
#include "syscalls/control.h"
#include "syscalls/syscall.h"

#include <linux/filter.h>
#include <stdlib.h>

enum {
    MAX_OPTION = 4096,
    LEVEL_IP = 0,
    LEVEL_TCP = 6,
    LEVEL_IP6 = 41,
    REUSEPORT_CBPF = 51,
    RCVTIMEO_NEW = 66, /* 64-bit seconds in every ABI; libc's headers hide them */
    SNDTIMEO_NEW = 67,
    JOIN_GROUP = 42, /* of both IP levels: u32, then socket addresses, which have the alignment of a long */
    MSFILTER = 48,
    ZEROCOPY_RECEIVE = 35,
};

enum shape {
    AS_IT_IS, /* numbers of one width */
    TIME,     /* struct timeval */
    FILTER,   /* struct sock_fprog */
    GROUP,    /* see JOIN_GROUP */
    ADDRESS,  /* holds an address of the guest */
};

static enum shape shape_of(int level, int option)
{
    if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO))
        return TIME;
    if (level == SOL_SOCKET && (option == SO_ATTACH_FILTER || option == REUSEPORT_CBPF))
        return FILTER;
    if ((level == LEVEL_IP || level == LEVEL_IP6) && option >= JOIN_GROUP && option <= MSFILTER)
        return abi_narrow(&sys_abi) ? GROUP : AS_IT_IS;
    return level == LEVEL_TCP && option == ZEROCOPY_RECEIVE ? ADDRESS : AS_IT_IS;
}

/* Width of the numbers that an option of a big-endian guest is made of; 1: text. */
static unsigned unit_of(int level, int option)
{
    if (level == SOL_SOCKET && (option == SO_BINDTODEVICE || option == SO_PEERSEC))
        return 1;
    if (level == SOL_SOCKET && (option == SO_COOKIE || option == RCVTIMEO_NEW || option == SNDTIMEO_NEW))
        return 8;
    return level == LEVEL_TCP && (option == 13 || option == 31) /* CONGESTION, ULP */ ? 1 : 4;
}

static void turn(u8 *value, int len, unsigned unit)
{
    for (int at = 0; sys_abi.big_endian && at + (int)unit <= len; at += (int)unit) {
        u64 v = abi_load(&sys_abi, value + at, unit);
        memcpy(value + at, &v, unit);
    }
}

/* --- setting ------------------------------------------------------------------------------------------------------ */

static long set_time(int fd, int option, u64 value, int len)
{
    struct timeval t;
    if (len < (int)abi_bytes(&sys_abi, ST_timeval))
        return sys_host_quick(__NR_setsockopt, fd, SOL_SOCKET, option, &t, 0);
    if (abi_copy_in(&sys_abi, ST_timeval, &t, value))
        return -EFAULT;
    return sys_host_quick(__NR_setsockopt, fd, SOL_SOCKET, option, &t, sizeof t);
}

static long set_filter(int fd, int option, u64 value, int len)
{
    struct abi_sock_fprog p;
    if (len != (int)abi_bytes(&sys_abi, ST_sock_fprog))
        return sys_host_quick(__NR_setsockopt, fd, SOL_SOCKET, option, &p, 0);
    if (abi_copy_in(&sys_abi, ST_sock_fprog, &p, value))
        return -EFAULT;
    struct sock_filter *code = malloc((p.len + 1u) * sizeof *code);
    if (!code)
        return -ENOMEM;
    long r = copy_in(code, p.filter, p.len * sizeof *code);
    for (unsigned i = 0; i < p.len && sys_abi.big_endian; i++) {
        code[i].code = __builtin_bswap16(code[i].code);
        code[i].k = __builtin_bswap32(code[i].k);
    }
    p.filter = (unsigned long)code;
    if (!r)
        r = sys_host_quick(__NR_setsockopt, fd, SOL_SOCKET, option, &p, sizeof p);
    free(code);
    return r;
}

/* The host has four bytes of padding behind the first four. */
static long set_group(int fd, int level, int option, u64 value, int len)
{
    u8 copy[MAX_OPTION + 4] = {0};
    if (len < 4 || len > MAX_OPTION)
        return len < 4 ? -EINVAL : -ENOBUFS;
    if (copy_in(copy, value, 4) || copy_in(copy + 8, value + 4, (size_t)len - 4))
        return -EFAULT;
    turn(copy, 4, 4);
    for (int at = 8; at < len + 4 && sys_abi.big_endian; at += (int)sizeof(struct sockaddr_storage)) {
        if (option == MSFILTER && at == 8 + (int)sizeof(struct sockaddr_storage)) { /* two more numbers */
            turn(copy + at, 8, 4);
            at += 8;
        }
        turn(copy + at, 2, 2);
    }
    return sys_host_quick(__NR_setsockopt, fd, level, option, copy, len + 4);
}

SYSCALL(setsockopt, int fd, int level, int option, u64 value, int len)
{
    u8 copy[MAX_OPTION];
    enum shape shape = control_converts() && len >= 0 ? shape_of(level, option) : AS_IT_IS;
    switch (shape) {
    case TIME:
        return set_time(fd, option, value, len);
    case FILTER:
        return set_filter(fd, option, value, len);
    case GROUP:
        return set_group(fd, level, option, value, len);
    default:
        break;
    }
    if (!sys_abi.big_endian || len < 0 || len > MAX_OPTION)
        return sys_host_quick(__NR_setsockopt, fd, level, option, sys_window(value, len < 0 ? 0 : (u64)len), len);
    if (copy_in(copy, value, (size_t)len))
        return -EFAULT;
    turn(copy, len, unit_of(level, option));
    return sys_host_quick(__NR_setsockopt, fd, level, option, copy, len);
}

/* --- getting ------------------------------------------------------------------------------------------------------ */

static long get_time(int fd, int option, u64 value, int *length)
{
    struct timeval t;
    u8 guest[sizeof t];
    int bytes = (int)abi_bytes(&sys_abi, ST_timeval), host_length = sizeof t;
    if (*length < 0)
        return -EINVAL;
    long r = sys_host_quick(__NR_getsockopt, fd, SOL_SOCKET, option, &t, &host_length);
    if (r < 0)
        return r;
    abi_to_guest(&sys_abi, ST_timeval, guest, &t);
    *length = *length < bytes ? *length : bytes;
    return copy_out(value, guest, (size_t)*length) ? -EFAULT : r;
}

static long get_numbers(int fd, int level, int option, u64 value, int *length)
{
    u8 copy[MAX_OPTION];
    bool swap = sys_abi.big_endian && *length >= 0 && *length <= MAX_OPTION;
    void *to = swap ? (void *)copy : sys_window(value, *length < 0 ? 0 : (u64)*length);
    long r = sys_host_quick(__NR_getsockopt, fd, level, option, to, length);
    if (r < 0 || !swap)
        return r;
    turn(copy, *length, unit_of(level, option));
    return copy_out(value, copy, (size_t)*length) ? -EFAULT : r;
}

SYSCALL(getsockopt, int fd, int level, int option, u64 value, u64 len)
{
    int length;
    if (abi_copy_in(&sys_abi, ST_int, &length, len))
        return sys_host_quick(__NR_getsockopt, fd, level, option, sys_window(value, 1), SYS_BAD_POINTER);
    enum shape shape = control_converts() ? shape_of(level, option) : AS_IT_IS;
    if (shape == GROUP || (shape == ADDRESS && mem.base)) {
        log_print(LOG_UNIMP, "getsockopt: option %d of level %d is not implemented\n", option, level);
        return -ENOPROTOOPT;
    }
    long r = shape == TIME ? get_time(fd, option, value, &length) : get_numbers(fd, level, option, value, &length);
    if (r < 0)
        return r;
    return abi_copy_out(&sys_abi, ST_int, len, &length) ? -EFAULT : r;
}
