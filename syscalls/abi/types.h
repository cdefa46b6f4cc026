/* Every host type that structs.def names: the host's own headers, and the kernel's structs that no libc header has. */
#ifndef XRUN_ABI_TYPES_H
#define XRUN_ABI_TYPES_H

#include "base/base.h"

#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/openat2.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* The host's longs have 64 bits; tests/abi has definitions of its own for guests. */
#ifndef ABI_OWN_TIME64
#define abi_timespec64 timespec
#define abi_itimerspec64 itimerspec
#define abi_timeval64 timeval
#define abi_timex64 timex
#endif
struct abi_timespec2 { struct timespec a, b; };
#ifndef ABI_OWN_TIME64
#define abi_timespec64_2 abi_timespec2
#endif
struct abi_timeval2 { struct timeval a, b; };
struct abi_stat_old {
    unsigned long st_dev, st_ino;
    u16 st_mode, st_nlink, st_uid, st_gid;
    unsigned long st_rdev, st_size, st_blksize, st_blocks, st_atime_s, st_atime_ns, st_mtime_s, st_mtime_ns, st_ctime_s,
        st_ctime_ns, unused[2];
};
struct abi_ustat { int f_tfree; unsigned long f_tinode; char f_fname[6], f_fpack[6]; };
struct abi_fdpair { int fd[2]; };
struct abi_f_owner_ex { int type, pid; };
struct abi_cachestat_range { u64 off, len; };
struct abi_cachestat { u64 nr_cache, nr_dirty, nr_writeback, nr_evicted, nr_recently_evicted; };
struct abi_mount_attr { u64 attr_set, attr_clr, propagation, userns_fd; };
struct abi_sigmask_arg { unsigned long mask, size; };
struct abi_msghdr {
    unsigned long msg_name;
    int msg_namelen;
    unsigned long msg_iov, msg_iovlen, msg_control, msg_controllen;
    unsigned msg_flags;
};
struct abi_mmsghdr { struct abi_msghdr msg_hdr; unsigned msg_len; };
struct abi_sock_fprog { u16 len; unsigned long filter; };
struct abi_sigevent { unsigned long value; int signo, notify, tid; char rest[64 - 12 - sizeof(long)]; };
#ifdef ABI_OWN_TIME64 /* a guest with short longs: its sigset_t is two of them */
struct abi_sigaction { unsigned long handler, flags, restorer, mask[8 / sizeof(long)]; };
#else
struct abi_sigaction { unsigned long handler, flags, restorer; u64 mask; };
#endif
struct abi_old_sigaction { unsigned long handler, mask, flags, restorer; };
struct abi_sigaltstack { unsigned long sp; int flags; unsigned long size; };
struct abi_clone_args {
    u64 flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};
struct abi_robust_list_head { unsigned long next, offset, pending; };
struct abi_futex_waitv { u64 val, uaddr; u32 flags, reserved; };
struct abi_sched_attr {
    u32 size, sched_policy;
    u64 sched_flags;
    i32 sched_nice;
    u32 sched_priority;
    u64 sched_runtime, sched_deadline, sched_period;
    u32 sched_util_min, sched_util_max;
};
struct abi_cap_header { u32 version; int pid; };
struct abi_cap_data { u32 effective, permitted, inheritable; };
struct abi_fiemap_head { u64 start, length; u32 flags, mapped_extents, extent_count, reserved; };
struct abi_fiemap_extent { u64 logical, physical, length, reserved64[2]; u32 flags, reserved[3]; };
/* struct ifreq by what its union holds: 24 bytes for 64-bit ABIs, 16 for the others */
enum { ABI_IFREQ_UNION = sizeof(long) == 8 ? 24 : 16 };
struct abi_ifreq_int { char name[16]; int value; u8 rest[ABI_IFREQ_UNION - 4]; };
struct abi_ifreq_short { char name[16]; i16 value; u8 rest[ABI_IFREQ_UNION - 2]; };
struct abi_ifreq_address { char name[16]; u16 family; u8 data[ABI_IFREQ_UNION - 2]; };
struct abi_ifreq_map { char name[16]; unsigned long mem_start, mem_end; u16 base_addr; u8 irq, dma, port, pad[3]; };
struct abi_fsxattr { u32 number[5]; u8 pad[8]; };
struct abi_u64_2 { u64 v[2]; };
struct abi_u64_3 { u64 v[3]; };
struct abi_u64_4 { u64 v[4]; };
struct abi_rtc_time { int v[9]; };
struct abi_ifconf { int len; unsigned long buf; };

#endif
