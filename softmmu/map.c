/* mmap, munmap, mprotect and brk with the checks, the order of checks and the errnos of the kernel's mm/mmap.c and
 * mm/mprotect.c. What the host's kernel checks itself (file modes, limits, huge pages) is left to it. */
#define _GNU_SOURCE
#include "softmmu/area.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <linux/magic.h>
#include <unistd.h>

enum {
    X86_ONLY_FLAGS = 0x40 | 0x80, /* MAP_32BIT and MAP_ABOVE4G: no such flags on other processors, which ignore them */
    HUGE_BYTES = 2 << 20,         /* the host's huge page when no other size is asked for */
};

static void code_changed(u64 addr, u64 len)
{
    if (mem_code_changed)
        mem_code_changed(addr, len);
}

/* What /proc/self/maps shows of a mapped file. Sets *no_exec if its mount forbids execution. */
static struct mem_file *describe_file(int fd, bool *no_exec, bool *huge)
{
    struct stat st;
    struct statvfs vfs;
    struct statfs fs;
    char link[32], path[PATH_MAX];
    if (fstat(fd, &st))
        return NULL;
    *no_exec = S_ISREG(st.st_mode) && !fstatvfs(fd, &vfs) && vfs.f_flag & ST_NOEXEC;
    *huge = st.st_blksize >= HUGE_BYTES && !fstatfs(fd, &fs) && fs.f_type == HUGETLBFS_MAGIC;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n > 0 ? n : 0] = 0;
    return mem_file_new(st.st_dev, st.st_ino, path);
}

i64 mem_unmap_locked(u64 start, u64 end, bool *had_exec)
{
    if (!mem_shared_space) {
        if (munmap(mem_host(start), end - start))
            return -errno;
    } else {
        for (size_t i = area_index(start); i < area_count() && area_at(i)->start < end; i++) {
            u64 from = area_at(i)->start > start ? area_at(i)->start : start;
            u64 to = area_at(i)->end < end ? area_at(i)->end : end;
            if (munmap(mem_host(from), to - from))
                return -errno;
        }
    }
    *had_exec |= area_remove(start, end);
    return 0;
}

struct request {
    u64 addr, len;
    u32 prot;
    int flags; /* the host's, without MAP_FIXED and MAP_FIXED_NOREPLACE */
    int fd;
    u64 offset;
    u64 align;
};

/* mmap where nothing is. Returns 0 or -errno; -EEXIST if the host has something there. */
static i64 host_map_free(const struct request *r)
{
    void *want = mem_host(r->addr);
    /* MAP_SHARED_VALIDATE refuses the flag: the room is taken first. */
    bool validate = (r->flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
    int flags = r->flags | MAP_FIXED_NOREPLACE;
    if (validate) {
        void *room =
            mmap(want, r->len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
        if (room == MAP_FAILED)
            return -errno;
        if (room != want) {
            munmap(room, r->len);
            return -EEXIST;
        }
        flags = r->flags | MAP_FIXED;
    }
    void *p = mmap(want, r->len, mem_host_prot(r->prot), flags, r->fd, (off_t)r->offset);
    if (p == MAP_FAILED) {
        int error = errno;
        if (validate)
            munmap(want, r->len);
        return -error;
    }
    if (p != want) { /* a kernel that does not know the flag took the address for a hint */
        munmap(p, r->len);
        return -EEXIST;
    }
    return 0;
}

/* Claims the parts of [start, end) that are not in the list, so that nobody else can map there, or gives them back. Returns
 * how far that went: end, or where something is that is not the guest's. */
static u64 claim_holes(u64 start, u64 end, bool claim)
{
    for (size_t i = area_index(start); start < end; i++) {
        bool last = i == area_count() || area_at(i)->start >= end;
        u64 hole_end = last ? end : area_at(i)->start;
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
        if (hole_end > start && !claim)
            munmap(mem_host(start), hole_end - start);
        else if (hole_end > start && mmap(mem_host(start), hole_end - start, PROT_NONE, flags, -1, 0) == MAP_FAILED)
            return start;
        start = last ? end : area_at(i)->end;
    }
    return end;
}

/* mmap over whatever is there. */
static i64 host_map_over(const struct request *r)
{
    u64 end = r->addr + r->len;
    if (mem_shared_space) {
        if (area_is_free(r->addr, end)) {
            i64 e = host_map_free(r);
            return e == -EEXIST ? -ENOMEM : e;
        }
        u64 claimed = claim_holes(r->addr, end, true);
        if (claimed < end) {
            claim_holes(r->addr, claimed, false);
            return -ENOMEM;
        }
    }
    void *p = mmap(mem_host(r->addr), r->len, mem_host_prot(r->prot), r->flags | MAP_FIXED, r->fd, (off_t)r->offset);
    if (p != MAP_FAILED)
        return 0;
    int e = errno;
    if (mem_shared_space)
        claim_holes(r->addr, end, false);
    return -e;
}

/* mmap at a place of our choice. */
static i64 host_map_anywhere(struct request *r, u64 hint)
{
    u64 skip = MEM_PAGE;
    u64 place = mem_place(hint, r->len, r->align);
    for (; place; place = place > skip ? area_find_gap(r->len, r->align, place - skip) : 0, skip *= 2) {
        r->addr = place;
        i64 e = host_map_free(r);
        if (e != -EEXIST)
            return e;
        /* The stack grew there, or a sanitizer's runtime owns it: look further down. */
        mem_follow_growth(place + r->len - MEM_PAGE);
    }
    return -ENOMEM;
}

static void record(const struct request *r, struct mem_file *file, bool no_exec)
{
    u32 flags = (u32)r->flags & (MAP_ANONYMOUS | MAP_GROWSDOWN);
    flags |= (r->flags & MAP_TYPE) == MAP_PRIVATE ? MAP_PRIVATE : MAP_SHARED;
    struct area a = {
        .start = r->addr,
        .end = r->addr + r->len,
        .prot = r->prot,
        .flags = flags | (no_exec ? AREA_NO_EXEC : 0),
        .offset = r->flags & MAP_ANONYMOUS ? 0 : r->offset,
        .file = file,
    };
    area_insert(&a);
}

/* The part of mmap() that runs under the lock. */
static i64 map_locked(struct request *r, int flags, u64 hint, struct mem_file *file, bool no_exec, bool *had_exec)
{
    if (area_reserve(4))
        return -ENOMEM;
    i64 e;
    u64 end = r->addr + r->len;
    if (flags & MAP_FIXED_NOREPLACE) {
        mem_follow_growth(end - 1);
        if (!area_is_free(r->addr, end))
            return -EEXIST;
        e = host_map_free(r);
    } else if (flags & MAP_FIXED) {
        e = host_map_over(r);
    } else {
        e = host_map_anywhere(r, hint);
    }
    if (e)
        return e;
    *had_exec |= area_remove(r->addr, r->addr + r->len);
    record(r, file, no_exec);
    return (i64)r->addr;
}

/* The sizes that arm64 has with pages of 4 KiB, as logarithms; 0: the default. */
static bool good_huge_size(int flags)
{
    unsigned shift = (unsigned)flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
    return shift == 0 || shift == 16 || shift == 21 || shift == 25 || shift == 30;
}

/* The checks of mmap() that depend on numbers only. */
static i64 check_request(struct request *r, int flags)
{
    if (r->offset % MEM_PAGE)
        return -EINVAL;
    bool anonymous = flags & MAP_ANONYMOUS;
    if (!anonymous && fcntl(r->fd, F_GETFL) < 0)
        return -EBADF;
    if (anonymous && flags & MAP_HUGETLB && !good_huge_size(flags))
        return -EINVAL;
    if (!r->len)
        return -EINVAL;
    bool shared_validate = (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
    if (shared_validate && !anonymous && flags & X86_ONLY_FLAGS)
        return -EOPNOTSUPP;
    r->len = align_up(r->len, r->align);
    if (!r->len)
        return -ENOMEM;
    if (r->len > mem.map_limit)
        return -ENOMEM;
    if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)))
        return 0;
    if (!mem_can_map(r->addr, r->len))
        return -ENOMEM;
    if (r->addr % MEM_PAGE)
        return -EINVAL;
    return mem.base && r->addr < mem.mmap_min ? -EPERM : 0; /* with base 0 the host's kernel looks at that */
}

/* A power of two of MAP_HUGE_SHIFT's field, or the default. */
static u64 huge_bytes(int flags)
{
    unsigned shift = (unsigned)flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
    return shift >= 12 && shift < 40 ? 1ull << shift : HUGE_BYTES;
}

/* READ_IMPLIES_EXEC, as do_mmap() and do_mprotect_pkey() have it. */
static u32 implied_prot(u32 prot, bool no_exec)
{
    return mem.read_implies_exec && prot & PROT_READ && !no_exec ? prot | PROT_EXEC : prot;
}

i64 mem_mmap(u64 addr, u64 len, int prot, int flags, int fd, u64 offset)
{
    bool no_exec = false, huge = flags & MAP_ANONYMOUS && flags & MAP_HUGETLB, had_exec = false;
    struct request r = {
        .addr = addr,
        .len = len,
        .prot = (u32)prot & (PROT_READ | PROT_WRITE | PROT_EXEC | MEM_PROT_BTI),
        .flags = flags & ~(MAP_FIXED | MAP_FIXED_NOREPLACE | X86_ONLY_FLAGS),
        .fd = fd,
        .offset = offset,
        .align = huge ? huge_bytes(flags) : MEM_PAGE,
    };
    i64 e = check_request(&r, flags);
    if (e)
        return e;
    struct mem_file *file = NULL;
    if (!(flags & MAP_ANONYMOUS)) {
        file = describe_file(fd, &no_exec, &huge);
        r.align = huge ? HUGE_BYTES : MEM_PAGE;
        r.len = align_up(r.len, r.align);
        e = !file ? -ENOMEM : no_exec && prot & PROT_EXEC ? -EPERM : 0;
    } else if ((flags & MAP_TYPE) != MAP_PRIVATE) {
        file = mem_file_new(0, 0, "/dev/zero (deleted)");
        e = file ? 0 : -ENOMEM;
    } else if (!(r.len % HUGE_BYTES)) {
        r.align = r.align > HUGE_BYTES ? r.align : HUGE_BYTES; /* transparent huge pages, as the kernel does */
    }
    bool fixed = flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
    r.prot = implied_prot(r.prot, no_exec);
    area_lock();
    if (!e)
        e = map_locked(&r, flags, fixed ? 0 : addr, file, no_exec, &had_exec);
    if (e < 0)
        mem_file_drop(file);
    area_unlock();
    if (had_exec)
        code_changed(r.addr, r.len);
    if (e >= 0)
        mem_log_change("mmap", r.addr, r.len);
    return e;
}

i64 mem_munmap(u64 addr, u64 len)
{
    addr = mem_untag(addr);
    if (addr % MEM_PAGE || !mem_ok(addr, len))
        return -EINVAL;
    len = align_up(len, MEM_PAGE);
    if (!len)
        return -EINVAL;
    bool had_exec = false;
    area_lock();
    mem_follow_growth(addr);
    i64 e = area_reserve(3);
    if (!e)
        e = mem_unmap_locked(addr, addr + len, &had_exec);
    area_unlock();
    if (had_exec)
        code_changed(addr, len);
    mem_log_change("munmap", addr, len);
    return e;
}

/* One area, or the part of it inside [start, end). */
static i64 protect_piece(u64 start, u64 end, u32 prot, u32 flags)
{
    prot = implied_prot(prot, flags & AREA_NO_EXEC);
    if (prot & PROT_EXEC && flags & AREA_NO_EXEC)
        return -EACCES;
    if (mprotect(mem_host(start), end - start, mem_host_prot(prot)))
        return -errno;
    area_set_prot(start, end, prot);
    return 0;
}

static i64 protect_locked(u64 *start, u64 end, u32 prot, u64 grows, bool *lost_exec)
{
    mem_follow_growth(*start);
    size_t i = area_index(*start);
    if (i == area_count())
        return -ENOMEM;
    const struct area *a = area_at(i);
    if (grows & PROT_GROWSDOWN) {
        if (a->start >= end)
            return -ENOMEM;
        if (!(a->flags & MAP_GROWSDOWN))
            return -EINVAL;
        *start = a->start;
    } else if (a->start > *start) {
        return -ENOMEM;
    } else if (grows & PROT_GROWSUP) {
        return -EINVAL; /* no area grows up on this processor */
    }
    for (u64 at = *start; at < end;) {
        if (area_reserve(3))
            return -ENOMEM;
        i = area_index(at);
        if (i == area_count() || area_at(i)->start > at)
            return -ENOMEM;
        u64 piece_end = area_at(i)->end < end ? area_at(i)->end : end;
        bool was_exec = area_at(i)->prot & PROT_EXEC;
        i64 e = protect_piece(at, piece_end, prot, area_at(i)->flags);
        if (e)
            return e;
        *lost_exec |= was_exec;
        at = piece_end;
    }
    return 0;
}

i64 mem_mprotect(u64 addr, u64 len, u64 prot)
{
    const u64 grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
    addr = mem_untag(addr);
    prot &= ~(u64)(PROT_GROWSDOWN | PROT_GROWSUP);
    if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || addr % MEM_PAGE)
        return -EINVAL;
    if (!len)
        return 0;
    len = align_up(len, MEM_PAGE);
    u64 end = addr + len, start = addr;
    if (end <= addr)
        return -ENOMEM;
    enum { SEM = 8 }; /* PROT_SEM: accepted, means nothing */
    if (prot & ~(u64)(PROT_READ | PROT_WRITE | PROT_EXEC | SEM | MEM_PROT_BTI))
        return -EINVAL;
    bool lost_exec = false;
    area_lock();
    i64 e = protect_locked(&start, end, (u32)prot & ~(u32)SEM, grows, &lost_exec);
    area_unlock();
    /* Also when PROT_EXEC stays: BTI may have changed. */
    if (lost_exec)
        code_changed(start, end - start);
    mem_log_change("mprotect", start, end - start);
    return e;
}

i64 mem_map_special(u64 addr, const void *contents, size_t bytes, int prot, const char *name)
{
    struct request r = {
        .addr = addr,
        .len = align_up(bytes, MEM_PAGE),
        .prot = PROT_READ | PROT_WRITE,
        .flags = MAP_PRIVATE | MAP_ANONYMOUS,
        .fd = -1,
        .align = MEM_PAGE,
    };
    struct mem_file *file = mem_file_new(0, 0, name);
    bool had_exec = false;
    if (!file || (addr && !mem_ok(addr, r.len))) {
        mem_file_drop(file);
        return -ENOMEM;
    }
    area_lock();
    i64 e = map_locked(&r, addr ? MAP_FIXED_NOREPLACE : 0, 0, file, false, &had_exec);
    if (e < 0)
        mem_file_drop(file);
    area_unlock();
    if (e < 0)
        return e;
    if (copy_out(r.addr, contents, bytes))
        return -EFAULT;
    e = mem_mprotect(r.addr, r.len, (u64)prot);
    return e < 0 ? e : (i64)r.addr;
}

void mem_set_brk(u64 start) { mem.brk_start = mem.brk = align_up(start, MEM_PAGE); }

static bool grow_brk(u64 from, u64 to)
{
    struct rlimit limit;
    if (!getrlimit(RLIMIT_DATA, &limit) && to - mem.brk_start > limit.rlim_cur)
        return false;
    if (!mem_can_map(to, MEM_PAGE) || area_reserve(3))
        return false;
    /* One more page stays free, and a stack above keeps its guard. */
    size_t i = area_index(from);
    if (i < area_count()) {
        u64 guard = area_at(i)->flags & MAP_GROWSDOWN ? STACK_GUARD : 0;
        if (area_at(i)->start < to + MEM_PAGE + guard)
            return false;
    }
    struct request r = {
        .addr = from,
        .len = to - from,
        .prot = implied_prot(PROT_READ | PROT_WRITE, false),
        .flags = MAP_PRIVATE | MAP_ANONYMOUS,
        .fd = -1,
    };
    struct mem_file *name = mem_file_new(0, 0, "[heap]");
    if (!name || host_map_free(&r)) {
        mem_file_drop(name);
        return false;
    }
    record(&r, name, false);
    return true;
}

i64 mem_brk(u64 addr)
{
    bool had_exec = false;
    area_lock();
    u64 old_end = align_up(mem.brk, MEM_PAGE), new_end = align_up(addr, MEM_PAGE);
    bool ok = addr >= mem.brk_start && new_end >= addr && mem.brk_start;
    if (ok && new_end > old_end)
        ok = grow_brk(old_end, new_end);
    else if (ok && new_end < old_end)
        ok = !area_reserve(3) && !mem_unmap_locked(new_end, old_end, &had_exec);
    if (ok)
        mem.brk = addr;
    i64 result = (i64)mem.brk;
    area_unlock();
    if (had_exec)
        code_changed(new_end, old_end - new_end);
    if (ok && new_end != old_end)
        mem_log_change("brk", mem.brk_start, (u64)result - mem.brk_start);
    return result;
}
