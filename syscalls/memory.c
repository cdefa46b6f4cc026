/* Memory: the guest's map lives in softmmu; here is only what the kernel checks before it gets there. */
#include "syscalls/syscall.h"

#include <stdlib.h>

SYSCALL(brk, u64 addr)
{
    if (addr > mem.brk && !sys_memory_allowed(align_up(addr, MEM_PAGE) - align_up(mem.brk, MEM_PAGE), true))
        return (long)mem.brk;
    return mem_brk(addr);
}

SYSCALL(mmap, u64 addr, size_t len, u64 prot, u64 flags, int fd, unsigned long offset)
{
    if (offset & (MEM_PAGE - 1))
        return -EINVAL;
    if (!sys_memory_allowed(len, prot & PROT_WRITE && !(flags & MAP_SHARED)))
        return -ENOMEM;
    return mem_mmap(addr, len, (int)(prot & (7 | MEM_PROT_BTI)), (int)flags, fd, offset);
}

SYSCALL(munmap, u64 addr, size_t len) { return mem_munmap(addr, len); }

SYSCALL(mprotect, u64 addr, size_t len, u64 prot) { return mem_mprotect(addr, len, prot); }

SYSCALL(pkey_mprotect, u64 addr, size_t len, u64 prot, int pkey)
{
    return pkey == -1 ? sys_do_mprotect(addr, len, prot) : -EINVAL;
}

SYSCALL(mremap, u64 addr, size_t old_len, size_t new_len, u64 flags, u64 new_addr)
{
    if (new_len > old_len && !sys_memory_allowed(new_len - old_len, true))
        return -ENOMEM;
    return mem_mremap(addr, old_len, new_len, (int)flags, new_addr);
}

SYSCALL(msync, u64 addr, size_t len, u64 flags) { return mem_msync(addr, len, (int)flags); }
SYSCALL(mlock, u64 addr, size_t len) { return mem_mlock(addr, len, 0); }
SYSCALL(munlock, u64 addr, size_t len) { return mem_munlock(addr, len); }
SYSCALL(mincore, u64 addr, size_t len, u64 vec) { return mem_mincore(addr, len, vec); }
/* A length that is nothing when it is rounded up was a small negative number. */
SYSCALL(madvise, u64 addr, size_t len, int advice)
{
    bool wraps = abi_narrow(&sys_abi) && len && !(u32)align_up(len, MEM_PAGE);
    return wraps ? -EINVAL : mem_madvise(addr, len, advice);
}

SYSCALL(mlock2, u64 addr, size_t len, unsigned long flags)
{
    return flags & ~1ul /* MLOCK_ONFAULT */ ? -EINVAL : mem_mlock(addr, len, (int)flags);
}

/* NUMA policy is a hint about where pages lie: the host's policy is the guest's. Masks are arrays of longs. */
static long mask_window(u64 mask, unsigned long maxnode, void **host)
{
    if (maxnode > 8ul * MEM_PAGE)
        return -EINVAL;
    *host = sys_window(mask, (maxnode + 63) / 64 * 8);
    return sys_abi.big_endian || (sys_abi.id != ABI_arm64 && sys_abi.id != ABI_amd64) ? -ENOSYS : 0;
}

SYSCALL(mbind, u64 addr, size_t len, int mode, u64 mask, unsigned long maxnode, unsigned flags)
{
    void *host;
    long r = mask_window(mask, maxnode, &host);
    return r ? r : sys_host_quick(__NR_mbind, sys_window(addr, len), len, mode, host, maxnode, flags);
}

SYSCALL(set_mempolicy, int mode, u64 mask, unsigned long maxnode)
{
    void *host;
    long r = mask_window(mask, maxnode, &host);
    return r ? r : sys_host_quick(__NR_set_mempolicy, mode, host, maxnode);
}

SYSCALL(get_mempolicy, int *mode, u64 mask, unsigned long maxnode, u64 addr, unsigned long flags)
{
    void *host;
    long r = mask_window(mask, maxnode, &host);
    return r ? r : sys_host_quick(__NR_get_mempolicy, mode, host, maxnode, sys_window(addr, 1), flags);
}

/* Another process' memory: the addresses on both sides are guest ones, and base 0 makes them host ones. */
static long vm_transfer(long nr, int pid, u64 local, u64 nlocal, u64 remote, u64 nremote, u64 flags)
{
    struct iovec here[UIO_MAXIOV], *there;
    if (nlocal > UIO_MAXIOV || nremote > UIO_MAXIOV)
        return -EINVAL;
    long r = sys_copy_iov(here, local, nlocal);
    if (r)
        return r;
    there = malloc(sizeof *there * (nremote + 1));
    if (!there)
        return -ENOMEM;
    r = sys_copy_iov(there, remote, nremote);
    if (!r)
        r = sys_host_quick(nr, pid, here, nlocal, there, nremote, flags);
    free(there);
    return r;
}

SYSCALL(process_vm_readv, int pid, u64 local, unsigned long nlocal, u64 remote, unsigned long nremote,
        unsigned long flags)
{
    return vm_transfer(__NR_process_vm_readv, pid, local, nlocal, remote, nremote, flags);
}

SYSCALL(process_vm_writev, int pid, u64 local, unsigned long nlocal, u64 remote, unsigned long nremote,
        unsigned long flags)
{
    return vm_transfer(__NR_process_vm_writev, pid, local, nlocal, remote, nremote, flags);
}

SYSCALL(process_madvise, int pidfd, u64 iov, unsigned long count, int advice, unsigned long flags)
{
    struct iovec v[UIO_MAXIOV];
    long r = sys_copy_iov(v, iov, count);
    return r ? r : sys_host_quick(__NR_process_madvise, pidfd, v, count, advice, flags);
}

/* Barriers order the host's accesses, which are the guest's. The expedited private kinds work by interrupting the
 * process' threads, and those are host threads here; SYNC_CORE concerns code that was written: translations are dropped
 * by the cache instructions that must precede it. */
SYSCALL(membarrier, int cmd, unsigned flags, int cpu)
{
    return sys_host_quick(__NR_membarrier, cmd, flags, cpu);
}
