/* msync, madvise, mincore, mlock, munlock: the host does the work; here are the checks that keep xrun's own memory out
 * of reach and that give the errno of a kernel whose address space ends at mem.limit. */
#define _GNU_SOURCE
#include "softmmu/area.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A page-rounded range with the part that can be mapped at all. */
struct range {
    u64 start, len;
    bool beyond; /* it reaches past mem.limit: what is there counts as not mapped */
};

static struct range clip(u64 start, u64 len)
{
    struct range r = {.start = start, .len = len};
    if (start >= mem.limit) {
        r.len = 0;
        r.beyond = len != 0;
    } else if (len > mem.limit - start) {
        r.len = mem.limit - start;
        r.beyond = true;
    }
    return r;
}

/* An argument's top byte is ignored in the guest's half of the address space only (arm64's untagged_addr()). */
static u64 untag(u64 addr) { return addr >> 55 & 1 ? addr : mem_untag(addr); }

i64 mem_msync(u64 addr, u64 len, int flags)
{
    addr = untag(addr);
    if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || addr % MEM_PAGE)
        return -EINVAL;
    if ((flags & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
        return -EINVAL;
    len = align_up(len, MEM_PAGE);
    if (addr + len < addr)
        return -ENOMEM;
    struct range r = clip(addr, len);
    if (r.len && msync(mem_host(r.start), r.len, flags))
        return -errno;
    return r.beyond ? -ENOMEM : 0;
}

/* Applies the advice area by area, so that nothing but guest memory is touched. */
static i64 advise_areas(const struct range *r, int advice)
{
    bool hole = r->beyond;
    i64 e = 0;
    area_lock();
    u64 at = r->start, end = r->start + r->len;
    for (size_t i = area_index(at); !e && i < area_count() && area_at(i)->start < end; i++) {
        const struct area *a = area_at(i);
        u64 from = a->start > at ? a->start : at, to = a->end < end ? a->end : end;
        hole |= from > at;
        if (madvise(mem_host(from), to - from, advice))
            e = -errno;
        at = to;
    }
    hole |= at < end;
    area_unlock();
    return e ? e : hole ? -ENOMEM : 0;
}

i64 mem_madvise(u64 addr, u64 len, int advice)
{
    addr = untag(addr);
    if (madvise(NULL, 0, advice) && errno == EINVAL)
        return -EINVAL;
    if (addr % MEM_PAGE)
        return -EINVAL;
    u64 rounded = align_up(len, MEM_PAGE);
    if ((len && !rounded) || addr + rounded < addr)
        return -EINVAL;
    struct range r = clip(addr, rounded);
    i64 e = 0;
    if (mem_shared_space)
        e = advise_areas(&r, advice);
    else if (r.len && madvise(mem_host(r.start), r.len, advice))
        e = -errno;
    /* What can change contents can change code. */
    bool discards = advice == MADV_DONTNEED || advice == MADV_REMOVE || advice == MADV_FREE;
    if (discards && r.len && mem_code_changed) {
        area_lock();
        bool exec = area_has_exec(r.start, r.start + r.len);
        area_unlock();
        if (exec)
            mem_code_changed(r.start, r.len);
    }
    return e ? e : r.beyond ? -ENOMEM : 0;
}

i64 mem_mincore(u64 addr, u64 len, u64 vec)
{
    addr = untag(addr);
    if (addr % MEM_PAGE)
        return -EINVAL;
    u64 rounded = align_up(len, MEM_PAGE);
    if (rounded < len || !mem_ok(addr, rounded))
        return -ENOMEM;
    if (!mem_ok(mem_untag(vec), rounded / MEM_PAGE))
        return -EFAULT;
    /* The host writes the guest's vector itself: how much of it is written before a hole is found is part of the
     * call. */
    return mincore(mem_host(addr), rounded, mem_host(mem_untag(vec))) ? -errno : 0;
}

i64 mem_mlock(u64 addr, u64 len, int flags)
{
    addr = untag(addr);
    u64 start = align_down(addr, MEM_PAGE), rounded = align_up(len + addr % MEM_PAGE, MEM_PAGE);
    if (start + rounded < start)
        return -EINVAL;
    struct range r = clip(start, rounded);
    if (mlock2(mem_host(r.start), r.len, (unsigned)flags))
        return -errno;
    return r.beyond ? -ENOMEM : 0;
}

i64 mem_munlock(u64 addr, u64 len)
{
    addr = untag(addr);
    u64 start = align_down(addr, MEM_PAGE), rounded = align_up(len + addr % MEM_PAGE, MEM_PAGE);
    if (start + rounded < start)
        return -EINVAL;
    struct range r = clip(start, rounded);
    if (r.len && syscall(SYS_munlock, mem_host(r.start), r.len)) /* libc's is without effect under sanitizers */
        return -errno;
    return r.beyond ? -ENOMEM : 0;
}
