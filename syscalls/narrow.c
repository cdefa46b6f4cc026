/* Calls of guests with 32 bits whose results must fit, or whose arguments are halves. */
#include "syscalls/syscall.h"

#include <limits.h>

/* --- offsets ------------------------------------------------------------------------------------------------------ */

/* Directories have offsets of their own, see dirent.c. */
SYSCALL(lseek_32, int fd, long offset, int whence)
{
    i64 r = sys_seek(fd, offset, whence);
    return r > INT32_MAX ? -EOVERFLOW : r;
}

SYSCALL(_llseek, int fd, unsigned long high, unsigned long low, i64 *result, int whence)
{
    i64 r = sys_seek(fd, (i64)((u64)high << 32 | (u32)low), whence);
    if (r < 0)
        return r;
    if (!result)
        return -EFAULT;
    *result = r;
    return 0;
}

/* The offset of preadv and its kin is in two longs; with 64 bits the kernel looks at the first only. */
static u64 joined(unsigned long low, unsigned long high)
{
    return abi_narrow(&sys_abi) ? (u64)high << 32 | (u32)low : low;
}

SYSCALL(preadv, unsigned long fd, const struct iovec *iov, unsigned long count, unsigned long offset,
        unsigned long offset_high)
{
    return sys_host(__NR_preadv, fd, iov, count, joined(offset, offset_high), 0);
}

SYSCALL(pwritev, unsigned long fd, const struct iovec *iov, unsigned long count, unsigned long offset,
        unsigned long offset_high)
{
    return sys_host(__NR_pwritev, fd, iov, count, joined(offset, offset_high), 0);
}

SYSCALL(preadv2, unsigned long fd, const struct iovec *iov, unsigned long count, unsigned long offset,
        unsigned long offset_high, u64 flags)
{
    return sys_host(__NR_preadv2, fd, iov, count, joined(offset, offset_high), 0, flags);
}

SYSCALL(pwritev2, unsigned long fd, const struct iovec *iov, unsigned long count, unsigned long offset,
        unsigned long offset_high, u64 flags)
{
    return sys_host(__NR_pwritev2, fd, iov, count, joined(offset, offset_high), 0, flags);
}

SYSCALL(arm_fadvise64_64, int fd, int advice, i64 offset, i64 len)
{
    return sys_host_quick(__NR_fadvise64, fd, offset, len, advice);
}

SYSCALL(arm_sync_file_range, int fd, unsigned flags, i64 offset, i64 len)
{
    return sys_host(__NR_sync_file_range, fd, offset, len, flags);
}

SYSCALL(mmap2, u64 addr, size_t len, u64 prot, u64 flags, int fd, unsigned long pages)
{
    return sys_do_mmap(addr, len, prot, flags, fd, (u64)pages * MEM_PAGE);
}

/* --- files and file systems --------------------------------------------------------------------------------------- */

/* fs/stat.c cp_new_stat(): what does not fit is EOVERFLOW, but for times and ids. */
static long old_stat(const struct stat *s, struct abi_stat_old *old)
{
    /* Device numbers of 16 bits: 8 of each kind (old_encode_dev()). */
    unsigned dev = (unsigned)s->st_dev, rdev = (unsigned)s->st_rdev;
    if (s->st_size > INT32_MAX || s->st_nlink > 0xffff || dev > 0xffff || rdev > 0xffff)
        return -EOVERFLOW;
    *old = (struct abi_stat_old){
        .st_dev = dev,
        .st_ino = (u32)(s->st_ino ^ s->st_ino >> 32),
        .st_mode = (u16)s->st_mode,
        .st_nlink = (u16)s->st_nlink,
        .st_uid = s->st_uid > 0xffff ? 65534 : (u16)s->st_uid,
        .st_gid = s->st_gid > 0xffff ? 65534 : (u16)s->st_gid,
        .st_rdev = rdev,
        .st_size = (unsigned long)s->st_size,
        .st_blksize = (unsigned long)s->st_blksize,
        .st_blocks = (unsigned long)s->st_blocks,
        .st_atime_s = (unsigned long)s->st_atim.tv_sec,
        .st_atime_ns = (unsigned long)s->st_atim.tv_nsec,
        .st_mtime_s = (unsigned long)s->st_mtim.tv_sec,
        .st_mtime_ns = (unsigned long)s->st_mtim.tv_nsec,
        .st_ctime_s = (unsigned long)s->st_ctim.tv_sec,
        .st_ctime_ns = (unsigned long)s->st_ctim.tv_nsec,
    };
    if (sys_abi.big_endian) { /* there the devices are 16 bits and padding */
        old->st_dev <<= 16;
        old->st_rdev <<= 16;
    }
    return 0;
}

static long stat_by(long nr, u64 what, struct abi_stat_old *old)
{
    struct stat s;
    struct abi_stat_old unused;
    long r = sys_host_quick(nr, what, &s);
    if (!r)
        r = old_stat(&s, old ? old : &unused);
    return r || old ? r : -EFAULT;
}

SYSCALL(stat_old, const char *path, struct abi_stat_old *buf) { return stat_by(__NR_stat, (u64)path, buf); }
SYSCALL(lstat_old, const char *path, struct abi_stat_old *buf) { return stat_by(__NR_lstat, (u64)path, buf); }
SYSCALL(fstat_old, int fd, struct abi_stat_old *buf) { return stat_by(__NR_fstat, (u64)fd, buf); }

/* fs/statfs.c: blocks and their sizes must fit; that all ones stand for an unknown number of files is kept. */
static long short_statfs(long r, const struct statfs *s, struct statfs *buf)
{
    if (r)
        return r;
    if (!buf)
        return -EFAULT;
    u64 all = (u64)s->f_blocks | s->f_bfree | s->f_bavail | (u64)s->f_bsize | (u64)s->f_frsize;
    if (all >> 32 || (s->f_files != ~0ul && s->f_files >> 32) || (s->f_ffree != ~0ul && s->f_ffree >> 32))
        return -EOVERFLOW;
    *buf = *s;
    return 0;
}

SYSCALL(statfs_32, const char *path, struct statfs *buf)
{
    struct statfs s;
    return short_statfs(sys_host_quick(__NR_statfs, path, &s), &s, buf);
}

SYSCALL(fstatfs_32, int fd, struct statfs *buf)
{
    struct statfs s;
    return short_statfs(sys_host_quick(__NR_fstatfs, fd, &s), &s, buf);
}

/* Libraries that do not know that the struct is packed pass four bytes more (arch/arm/kernel/sys_arm.c). */
static bool statfs64_size(size_t size)
{
    size_t bytes = abi_bytes(&sys_abi, ST_statfs64);
    return size == bytes || (sys_abi.id == ABI_arm && size == bytes + 4);
}

SYSCALL(statfs64, const char *path, size_t size, struct statfs64 *buf)
{
    struct statfs64 s;
    if (!statfs64_size(size))
        return -EINVAL;
    char buffer[PATH_MAX];
    const char *host = sys_bad_path(path) ? path : proc_follow_exe(AT_FDCWD, sys_path(path, buffer, sizeof buffer));
    long r = sys_host_quick(__NR_statfs, host, buf ? buf : &s);
    return r || buf ? r : -EFAULT;
}

SYSCALL(fstatfs64, int fd, size_t size, struct statfs64 *buf)
{
    struct statfs64 s;
    if (!statfs64_size(size))
        return -EINVAL;
    long r = sys_host_quick(__NR_fstatfs, fd, buf ? buf : &s);
    return r || buf ? r : -EFAULT;
}

/* --- limits and the system ---------------------------------------------------------------------------------------- */

/* All ones are no limit in both widths. */
static unsigned long short_limit(u64 limit) { return limit > 0xffffffff ? 0xffffffff : limit; }
static u64 long_limit(unsigned long limit) { return limit == 0xffffffff ? RLIM64_INFINITY : limit; }

SYSCALL(ugetrlimit, int resource, struct rlimit *limit)
{
    struct rlimit64 l;
    long r = sys_do_getrlimit(resource, &l);
    if (r || !limit)
        return r ? r : -EFAULT;
    *limit = (struct rlimit){short_limit(l.rlim_cur), short_limit(l.rlim_max)};
    return 0;
}

SYSCALL(setrlimit_32, int resource, const struct rlimit *limit)
{
    if (!limit)
        return -EFAULT;
    struct rlimit64 l = {long_limit(limit->rlim_cur), long_limit(limit->rlim_max)};
    return sys_do_setrlimit(resource, &l);
}

/* Sizes that do not fit are counted in larger units, pages at most (kernel/sys.c compat_sysinfo()). */
SYSCALL(sysinfo_32, struct sysinfo *info)
{
    struct sysinfo unused, *s = info ? info : &unused;
    long r = sys_host_quick(__NR_sysinfo, s);
    if (r)
        return r;
    unsigned shift = 0;
    if (s->totalram >> 32 || s->totalswap >> 32)
        while (s->mem_unit < MEM_PAGE) {
            s->mem_unit <<= 1;
            shift++;
        }
    unsigned long *sizes[] = {&s->totalram, &s->freeram, &s->sharedram, &s->bufferram,
                              &s->totalswap, &s->freeswap, &s->totalhigh, &s->freehigh};
    for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++)
        *sizes[i] >>= shift;
    return info ? 0 : -EFAULT;
}
