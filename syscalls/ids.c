/* Limits and scheduling. User and group ids are FORWARD: the calls act on one thread, and the guest's libc tells the
 * others, as on any kernel. */
#include "syscalls/syscall.h"

#include <pthread.h>

/* Limits on memory are counted here (sys_memory_allowed), because the host's count would include xrun itself. */
static struct rlimit64 memory_limits[2]; /* RLIMIT_AS, RLIMIT_DATA */
static bool memory_limits_known;
static pthread_mutex_t limits_lock = PTHREAD_MUTEX_INITIALIZER;

static struct rlimit64 *memory_limit(unsigned resource)
{
    if (!memory_limits_known) {
        sys_host_quick(__NR_prlimit64, 0, RLIMIT_AS, NULL, &memory_limits[0]);
        sys_host_quick(__NR_prlimit64, 0, RLIMIT_DATA, NULL, &memory_limits[1]);
        memory_limits_known = true;
    }
    return resource == RLIMIT_AS ? &memory_limits[0] : resource == RLIMIT_DATA ? &memory_limits[1] : NULL;
}

/* kernel/sys.c do_prlimit(): the hard limit can be raised with CAP_SYS_RESOURCE only; here by root. */
static long set_memory_limit(struct rlimit64 *limit, const struct rlimit64 *new)
{
    if (new->rlim_cur > new->rlim_max)
        return -EINVAL;
    if (new->rlim_max > limit->rlim_max && geteuid() != 0)
        return -EPERM;
    *limit = *new;
    return 0;
}

static long change_limit(int pid, unsigned resource, const struct rlimit64 *new, struct rlimit64 *old)
{
    bool here = (resource == RLIMIT_AS || resource == RLIMIT_DATA) && (!pid || pid == getpid());
    if (!here)
        return sys_host_quick(__NR_prlimit64, pid, resource, new, old);
    pthread_mutex_lock(&limits_lock);
    struct rlimit64 *limit = memory_limit(resource);
    if (old)
        *old = *limit;
    long r = new ? set_memory_limit(limit, new) : 0;
    pthread_mutex_unlock(&limits_lock);
    return r;
}

bool sys_memory_allowed(u64 more, bool data)
{
    if (!memory_limits_known)
        return true;
    u64 total = 0, writable = 0;
    struct mem_area area;
    for (u64 at = 0; mem_find(at, &area); at = area.end) {
        u64 bytes = area.end - (area.start > at ? area.start : at);
        total += bytes;
        if (area.prot & PROT_WRITE && !(area.flags & MAP_SHARED))
            writable += bytes;
    }
    return more <= memory_limits[0].rlim_cur && total <= memory_limits[0].rlim_cur - more &&
           (!data || (more <= memory_limits[1].rlim_cur && writable <= memory_limits[1].rlim_cur - more));
}

SYSCALL(getrlimit, int resource, struct rlimit64 *limit)
{
    struct rlimit64 unused;
    long r = change_limit(0, (unsigned)resource, NULL, limit ? limit : &unused);
    return r == 0 && !limit ? -EFAULT : r;
}

SYSCALL(setrlimit, int resource, const struct rlimit64 *limit)
{
    return limit ? change_limit(0, (unsigned)resource, limit, NULL) : -EFAULT;
}

SYSCALL(prlimit64, int pid, int resource, const struct rlimit64 *new, struct rlimit64 *old)
{
    return change_limit(pid, (unsigned)resource, new, old);
}

/* Masks of processors are arrays of longs. */
enum { MAX_MASK = 1024 };

static unsigned long_bytes(void) { return (unsigned)abi_bytes(&sys_abi, ST_ulong); }

SYSCALL(sched_setaffinity, int pid, unsigned size, u64 mask)
{
    u8 words[MAX_MASK] = {0};
    u64 set[MAX_MASK / 8] = {0};
    unsigned bytes = size < MAX_MASK ? size : MAX_MASK, unit = long_bytes();
    if (bytes && copy_in(words, mask, bytes))
        return -EFAULT;
    for (unsigned at = 0; at < MAX_MASK; at += unit)
        set[at / 8] |= abi_load(&sys_abi, words + at, unit) << at % 8 * 8;
    return sys_host_quick(__NR_sched_setaffinity, pid, align_up(bytes, 8), set);
}

SYSCALL(sched_getaffinity, int pid, unsigned size, u64 mask)
{
    u8 words[MAX_MASK];
    u64 set[MAX_MASK / 8] = {0};
    unsigned unit = long_bytes();
    if (size & (unit - 1))
        return -EINVAL;
    long r = sys_host_quick(__NR_sched_getaffinity, pid, size < MAX_MASK ? align_up(size, 8) : MAX_MASK, set);
    if (r > (long)size)
        r = (long)size;
    for (long at = 0; at < r; at += unit)
        abi_store(&sys_abi, words + at, unit, set[at / 8] >> at % 8 * 8);
    return r > 0 && copy_out(mask, words, (size_t)r) ? -EFAULT : r;
}

/* struct sched_attr says its own size and grows at its end: what is unknown must be zero (kernel/sched/syscalls.c). */
enum { SCHED_ATTR_V0 = 48, SCHED_ATTR_V1 = 56 };

static long attr_too_big(u64 attr)
{
    u32 known = SCHED_ATTR_V1;
    return abi_copy_out(&sys_abi, ST_u32, attr, &known) ? -EFAULT : -E2BIG;
}

SYSCALL(sched_setattr, int pid, u64 attr, unsigned flags)
{
    struct abi_sched_attr a;
    u8 bytes[SCHED_ATTR_V1] = {0};
    u32 size;
    if (!attr || pid < 0 || flags)
        return -EINVAL;
    if (abi_copy_in(&sys_abi, ST_u32, &size, attr))
        return -EFAULT;
    if (!size)
        size = SCHED_ATTR_V0;
    if (size < SCHED_ATTR_V0 || size > MEM_PAGE)
        return attr_too_big(attr);
    if (copy_in(bytes, attr, size < sizeof bytes ? size : sizeof bytes))
        return -EFAULT;
    for (u32 at = sizeof bytes; at < size; at++) {
        u8 byte;
        if (copy_in(&byte, attr + at, 1))
            return -EFAULT;
        if (byte)
            return attr_too_big(attr);
    }
    abi_to_host(&sys_abi, ST_sched_attr, &a, bytes);
    a.size = size < SCHED_ATTR_V1 ? SCHED_ATTR_V0 : SCHED_ATTR_V1;
    return sys_host_quick(__NR_sched_setattr, pid, &a, flags);
}

SYSCALL(sched_getattr, int pid, u64 attr, unsigned size, unsigned flags)
{
    struct abi_sched_attr a;
    u8 bytes[SCHED_ATTR_V1];
    if (!attr || pid < 0 || size > MEM_PAGE || size < SCHED_ATTR_V0 || flags)
        return -EINVAL;
    u32 known = size < SCHED_ATTR_V1 ? SCHED_ATTR_V0 : SCHED_ATTR_V1;
    long r = sys_host_quick(__NR_sched_getattr, pid, &a, known, 0);
    if (r < 0)
        return r;
    abi_to_guest(&sys_abi, ST_sched_attr, bytes, &a);
    return copy_out(attr, bytes, known) ? -EFAULT : 0;
}
