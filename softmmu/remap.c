/* mremap with the checks of the kernel's mm/mremap.c, and System V shared memory. */
#define _GNU_SOURCE
#include "softmmu/area.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/shm.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

struct move {
    u64 old_addr, old_len, new_addr, new_len;
    int flags;
    bool had_exec;
    u64 dropped_addr, dropped_len; /* what a fixed target replaced */
};

/* The host's part of a move to a place that is free or may be replaced, and the list's. */
static i64 move_area(struct move *m)
{
    struct area a = *area_at(area_index(m->old_addr));
    int flags = MREMAP_MAYMOVE | MREMAP_FIXED | (m->flags & MREMAP_DONTUNMAP);
    void *p = mremap(mem_host(m->old_addr), m->old_len, m->new_len, flags, mem_host(m->new_addr));
    if (p == MAP_FAILED)
        return -errno;
    m->had_exec |= area_remove(m->new_addr, m->new_addr + m->new_len);
    if (!(a.flags & MAP_ANONYMOUS))
        a.offset += m->old_addr - a.start;
    a.start = m->new_addr;
    a.end = m->new_addr + m->new_len;
    mem_file_ref(a.file);
    if (m->old_len && !(m->flags & MREMAP_DONTUNMAP))
        m->had_exec |= area_remove(m->old_addr, m->old_addr + m->old_len);
    area_insert(&a);
    return (i64)m->new_addr;
}

/* vma_to_resize(): may the area at old_addr be moved or grown as a whole? */
static i64 check_source(const struct move *m)
{
    mem_follow_growth(m->old_addr);
    size_t i = area_index(m->old_addr);
    if (i == area_count() || area_at(i)->start > m->old_addr)
        return -EFAULT;
    if (!m->old_len && !(area_at(i)->flags & MAP_SHARED))
        return -EINVAL;
    u64 moved = m->old_len < m->new_len ? m->old_len : m->new_len; /* the rest is unmapped first */
    return moved > area_at(i)->end - m->old_addr || !mem_ok(m->old_addr, m->old_len) ? -EFAULT : 0;
}

static i64 move_to(struct move *m);

/* Linux 6.17: a move to a fixed place without a change of size takes all areas in the range along, one by one; between
 * them may be holes. The range must start in an area. */
static i64 move_many(struct move *m)
{
    u64 start = m->old_addr, end = m->old_addr + m->old_len, to = m->new_addr;
    for (u64 at = start; at < end;) {
        size_t i = area_index(at);
        if (i == area_count() || area_at(i)->start >= end)
            break;
        u64 from = area_at(i)->start > at ? area_at(i)->start : at;
        at = area_at(i)->end < end ? area_at(i)->end : end;
        if (area_at(i)->shm && (at < end || from > start))
            return -EFAULT; /* System V memory moves alone */
        struct move one = *m;
        one.old_addr = from;
        one.new_addr = to + (from - start);
        one.old_len = one.new_len = at - from;
        i64 e = area_reserve(6) ? -ENOMEM : move_to(&one);
        m->had_exec |= one.had_exec;
        if (e < 0)
            return e;
    }
    m->dropped_addr = to;
    m->dropped_len = m->new_len;
    return (i64)to;
}

static i64 move_to(struct move *m)
{
    i64 e = check_source(m);
    if (e)
        return e;
    if (m->flags & MREMAP_FIXED) {
        m->dropped_addr = m->new_addr;
        m->dropped_len = m->new_len;
        if (mem_shared_space) /* else the host's mremap() does it, after its own checks */
            e = mem_unmap_locked(m->new_addr, m->new_addr + m->new_len, &m->had_exec);
        if (e)
            return e;
    }
    if (!(m->flags & MREMAP_FIXED)) {
        m->new_addr = mem_place(m->new_addr, m->new_len, MEM_PAGE);
        if (!m->new_addr)
            return -ENOMEM;
    }
    return move_area(m);
}

/* Grows where it is, if the space behind is free. 0, -ENOMEM if it is not, or the host's error. */
static i64 grow_in_place(const struct move *m)
{
    size_t i = area_index(m->old_addr);
    u64 old_end = m->old_addr + m->old_len, new_end = m->old_addr + m->new_len;
    if (!mem_can_map(m->old_addr, m->new_len))
        return -ENOMEM;
    /* What is free here is known to the host's kernel as well, except for xrun's own memory. */
    if (mem_shared_space && i + 1 < area_count()) {
        u64 guard = area_at(i + 1)->flags & MAP_GROWSDOWN ? STACK_GUARD : 0;
        if (area_at(i + 1)->start < new_end + guard)
            return -ENOMEM;
    }
    struct area a = *area_at(i);
    if (mremap(mem_host(m->old_addr), m->old_len, m->new_len, 0) == MAP_FAILED)
        return -errno;
    if (!(a.flags & MAP_ANONYMOUS))
        a.offset += old_end - a.start;
    a.start = old_end;
    a.end = new_end;
    mem_file_ref(a.file);
    area_insert(&a);
    return 0;
}

static i64 resize(struct move *m)
{
    size_t i = area_index(m->old_addr);
    if (i == area_count() || area_at(i)->start > m->old_addr)
        return -EFAULT;
    bool same_size = m->old_len == m->new_len;
    if (m->flags & MREMAP_FIXED && same_size && m->old_len > area_at(i)->end - m->old_addr)
        return move_many(m);
    if (m->flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
        return move_to(m);
    if (m->old_len >= m->new_len) {
        if (m->old_len > m->new_len && !mem_ok(m->old_addr, m->old_len))
            return -EINVAL;
        i64 e = 0;
        if (m->old_len > m->new_len)
            e = mem_unmap_locked(m->old_addr + m->new_len, m->old_addr + m->old_len, &m->had_exec);
        return e ? e : (i64)m->old_addr;
    }
    i64 e = check_source(m);
    if (e)
        return e;
    e = m->old_len ? grow_in_place(m) : -ENOMEM;
    if (!e)
        return (i64)m->old_addr;
    if (e != -ENOMEM || !(m->flags & MREMAP_MAYMOVE))
        return e;
    m->new_addr = 0;
    return move_to(m);
}

i64 mem_mremap(u64 old_addr, u64 old_len, u64 new_len, int flags, u64 new_addr)
{
    old_addr = mem_untag(old_addr);
    if (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP))
        return -EINVAL;
    if (flags & MREMAP_FIXED && !(flags & MREMAP_MAYMOVE))
        return -EINVAL;
    if (flags & MREMAP_DONTUNMAP && !(flags & MREMAP_MAYMOVE))
        return -EINVAL;
    struct move m = {
        .old_addr = old_addr,
        .old_len = align_up(old_len, MEM_PAGE),
        .new_len = align_up(new_len, MEM_PAGE),
        .new_addr = new_addr,
        .flags = flags,
    };
    if (flags & MREMAP_DONTUNMAP && m.old_len != m.new_len)
        return -EINVAL;
    if (old_addr % MEM_PAGE || !m.new_len)
        return -EINVAL;
    if (m.new_len > mem.map_limit)
        return -EINVAL;
    if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) {
        if (new_addr % MEM_PAGE || !mem_can_map(new_addr, m.new_len))
            return -EINVAL;
        if (mem.base && new_addr < mem.mmap_min && flags & MREMAP_FIXED)
            return -EPERM;
        if (old_addr + m.old_len > new_addr && new_addr + m.new_len > old_addr)
            return -EINVAL;
    }
    u64 old_len_before = m.old_len;
    area_lock();
    mem_follow_growth(old_addr);
    i64 result = area_reserve(6) ? -ENOMEM : resize(&m);
    area_unlock();
    if (m.had_exec && mem_code_changed) {
        if (mem_ok(old_addr, old_len_before))
            mem_code_changed(old_addr, old_len_before);
        if (m.dropped_len)
            mem_code_changed(m.dropped_addr, m.dropped_len);
    }
    if (result >= 0)
        mem_log_change("mremap", (u64)result, m.new_len);
    return result;
}

static i64 attach_locked(int shmid, u64 addr, u64 len, int flags, struct mem_file *file, bool *had_exec)
{
    if (area_reserve(4))
        return -ENOMEM;
    if (!addr)
        addr = mem_place(0, len, MEM_PAGE);
    else if (!(flags & SHM_REMAP) && !area_is_free(addr, addr + len))
        return -EINVAL;
    if (!addr)
        return -ENOMEM;
    if (shmat(shmid, mem_host(addr), flags & ~SHM_EXEC) == (void *)-1)
        return -errno;
    *had_exec = area_remove(addr, addr + len);
    u32 prot = PROT_READ | (flags & SHM_RDONLY ? 0 : PROT_WRITE) | (flags & SHM_EXEC ? PROT_EXEC : 0);
    struct area a = {
        .start = addr, .end = addr + len, .prot = prot, .flags = MAP_SHARED, .shm = addr, .file = file};
    area_insert(&a);
    return (i64)addr;
}

i64 mem_shmat(int shmid, u64 addr, int flags)
{
    struct shmid_ds segment;
    bool had_exec = false;
    if (shmid < 0)
        return -EINVAL;
    if (addr % MEM_PAGE) {
        if (!(flags & SHM_RND))
            return -EINVAL;
        addr = align_down(addr, MEM_PAGE);
    }
    flags &= ~SHM_RND;
    if (!addr && flags & SHM_REMAP)
        return -EINVAL;
    if (shmctl(shmid, IPC_STAT, &segment))
        return -errno;
    u64 len = align_up(segment.shm_segsz, MEM_PAGE);
    if (addr && !mem_can_map(addr, len))
        return -ENOMEM;
    if (addr && addr < mem.mmap_min)
        return -EPERM;
    char name[32];
    snprintf(name, sizeof name, "/SYSV%08x (deleted)", (unsigned)segment.shm_perm.__key);
    struct mem_file *file = mem_file_new(1, (u64)shmid, name);
    area_lock();
    i64 result = file ? attach_locked(shmid, addr, len, flags, file, &had_exec) : -ENOMEM;
    if (result < 0)
        mem_file_drop(file);
    area_unlock();
    if (had_exec && mem_code_changed)
        mem_code_changed((u64)result, len);
    if (result >= 0)
        mem_log_change("shmat", (u64)result, len);
    return result;
}

i64 mem_shmdt(u64 addr)
{
    addr = mem_untag(addr);
    if (addr % MEM_PAGE || !mem_ok(addr, MEM_PAGE))
        return -EINVAL;
    bool had_exec = false;
    u64 start = addr, end = addr;
    area_lock();
    i64 e = area_reserve(3);
    if (!e && shmdt(mem_host(addr)))
        e = -errno;
    /* The attachment may have been cut into pieces; pieces that were mapped over are no longer part of it. */
    for (size_t i = area_index(addr); !e && i < area_count();) {
        struct area a = *area_at(i);
        if (a.shm != addr) {
            if (a.start >= addr + (1ull << 40))
                break;
            i++;
            continue;
        }
        had_exec |= area_remove(a.start, a.end);
        end = a.end;
    }
    area_unlock();
    if (had_exec && mem_code_changed)
        mem_code_changed(start, end - start);
    if (!e)
        mem_log_change("shmdt", start, end - start);
    return e;
}
