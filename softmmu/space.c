/* The address space as a whole: where guests may map, where mappings go, what it looks like. */
#define _GNU_SOURCE
#include "softmmu/area.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <unistd.h>

struct mem_space mem;
bool mem_shared_space;
void (*mem_code_changed)(u64 addr, u64 len);

static const u64 GiB = 1ull << 30, TiB = 1ull << 40;

extern char __executable_start[]; /* by the linker: lowest address of xrun's image */

/* The highest limit that leaves all of xrun above it. The image and its heap are at a fixed high place; where the
 * host's kernel puts mappings of libc and threads depends on its randomisation (up to 16 TiB below the top) and on
 * the stack limit: an unlimited stack selects the old bottom-up layout, which starts at a third of the address
 * space. */
static u64 highest_limit(void)
{
    const u64 best = 126 * TiB, host_top = 128 * TiB, oldest_base = host_top / 3;
    u64 limit = best;
    void *probe = mmap(NULL, MEM_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    u64 marks[] = {
        probe == MAP_FAILED ? best : (u64)(uintptr_t)probe,
        getauxval(AT_SYSINFO_EHDR) ? getauxval(AT_SYSINFO_EHDR) : best,
        getauxval(AT_BASE) ? getauxval(AT_BASE) : best,
        (u64)(uintptr_t)&limit,
    };
    if (probe != MAP_FAILED)
        munmap(probe, MEM_PAGE);
    for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
        bool bottom_up = marks[i] < host_top / 2;
        /* Half a terabyte of room: with less the limit, and what depends on it, would differ from one start to the next. */
        u64 below = bottom_up ? align_down(oldest_base, 1ull << 32) : align_down(marks[i] - TiB / 2, TiB);
        limit = below < limit ? below : limit;
    }
    /* A sanitizer's runtime maps its heap and shadow all over the place. */
    mem_shared_space = (u64)(uintptr_t)__executable_start < limit;
    return mem_shared_space ? best : limit;
}

/* Whether the host has nothing in these addresses, and could map there. */
static bool host_is_free(u64 start, u64 bytes)
{
    void *want = (void *)(uintptr_t)start; // NOLINT(performance-no-int-to-ptr)
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE;
    void *got = mmap(want, bytes, PROT_NONE, flags, -1, 0);
    if (got == MAP_FAILED && errno == ENOMEM && bytes > MEM_PAGE)
        return host_is_free(start, MEM_PAGE); /* ulimit -v, or beyond the end of the host's address space */
    if (got == MAP_FAILED)
        return false;
    munmap(got, bytes);
    return got == want;
}

static u64 choose_limit(void)
{
    u64 limit = highest_limit();
    while (limit > 2 * TiB && !host_is_free(limit, MEM_GUARD))
        limit -= TiB;
    return limit;
}

/* Up to 2^bits pages of displacement, from the bytes that the kernel gave this process. 0 if the user switched
 * randomisation off. */
static u64 random_pages(unsigned at, unsigned bits)
{
    u8 bytes[16];
    u64 r;
    const void *given = (const void *)(uintptr_t)getauxval(AT_RANDOM); // NOLINT(performance-no-int-to-ptr)
    int p = personality(0xffffffff);
    if (!given || (p != -1 && p & ADDR_NO_RANDOMIZE))
        return 0;
    memcpy(bytes, given, sizeof bytes);
    memcpy(&r, bytes + at, sizeof r);
    r ^= (u64)(uintptr_t)&r >> 4; /* the stack's own displacement: AT_RANDOM's bytes themselves stay secret */
    r *= 0x9e3779b97f4a7c15ull;
    return (r >> (64 - bits)) * MEM_PAGE;
}

/* The kernel's mmap_base(): room for the stack to grow, at least 128 MiB, at most five sixths of everything. */
static u64 room_for_stack(u64 top)
{
    struct rlimit stack;
    u64 bytes = 8 << 20, least = 128 << 20, most = top / 6 * 5;
    if (!getrlimit(RLIMIT_STACK, &stack))
        bytes = stack.rlim_cur;
    return bytes < least ? least : bytes > most ? most : bytes;
}

/* 2^bits pages of displacement for what holds code. */
static void place(unsigned bits)
{
    mem.random_bytes = (u64)MEM_PAGE << bits;
    mem.mmap_base = mem.mmap_top - random_pages(0, bits);
    mem.pie_base = mem.pie_bottom + random_pages(8, bits);
}

static void lay_out_64(void)
{
    mem = (struct mem_space){.limit = choose_limit(), .addr_mask = ones(56), .mmap_min = 64 << 10};
    mem.map_limit = mem.limit;
    mem.mmap_top = align_down(mem.limit - room_for_stack(mem.limit), MEM_PAGE) - 2 * STACK_GUARD;
    mem.pie_bottom = align_down(mem.limit / 3 * 2, MEM_PAGE);
    place(18);
    mem.stack_top = mem.limit - MEM_PAGE - random_pages(4, 8);
    mem.brk_random = random_pages(2, 13);
}

/* A window that nothing else will use: the host's kernel hands out addresses from the top, or (unlimited stack) from a third
 * of its 128 TiB on; sanitizers keep their shadow below 17 TiB and their heap far above. So nothing need be reserved, which
 * would count for ulimit -v. 0: none is free. */
static u64 find_window(void)
{
    for (u64 base = 32 * TiB; base < 40 * TiB; base += TiB)
        if (host_is_free(base - MEM_GUARD, 4 * GiB + 2 * (u64)MEM_GUARD))
            return base;
    return 0;
}

/* As arm64's kernel lays out 32-bit programs. most: the space ends there. */
static int lay_out_32(u64 base, u64 most)
{
    const u64 task_size = 0xfffff000, vectors = 0xffff0000, three_gigabytes = 0xc0000000;
    int p = personality(0xffffffff);
    bool three = p != -1 && p & ADDR_LIMIT_3GB;
    if (base % MEM_PAGE || most % MEM_PAGE)
        return -EINVAL;
    if (base && !host_is_free(base, 4 * GiB))
        return -EEXIST;
    if (!base && !(base = find_window()))
        return -ENOMEM;
    mem = (struct mem_space){.base = base, .limit = task_size, .addr_mask = 0xffffffff, .mmap_min = MEM_MIN_32};
    mem.map_limit = three ? three_gigabytes : task_size;
    mem.map_limit = most && most < mem.map_limit ? most : mem.map_limit;
    u64 top = mem.map_limit < vectors ? mem.map_limit : vectors;
    u64 stack_random = top / MEM_PAGE >= 1 << 18 ? 11 : 3; /* bits; little space is not to be cut up */
    mem.mmap_top = align_down(top - room_for_stack(top), MEM_PAGE) - 2 * STACK_GUARD;
    mem.pie_bottom = 4 << 20;
    place(11);
    mem.stack_top = top - random_pages(4, (unsigned)stack_random);
    mem.brk_random = random_pages(2, 13);
    return 0;
}

int mem_init(unsigned bits, u64 base, u64 most_bytes)
{
    if (bits == 64 && (base || most_bytes))
        return -EINVAL;
    int e = 0;
    if (bits == 64)
        lay_out_64();
    else
        e = lay_out_32(base, most_bytes);
    return e ? e : area_reserve(1);
}

bool mem_set_layout(u64 mmap_base, u64 pie_base)
{
    if ((mmap_base | pie_base) % MEM_PAGE || mem.mmap_top - mmap_base > mem.random_bytes ||
        pie_base - mem.pie_bottom > mem.random_bytes)
        return false;
    mem.mmap_base = mmap_base;
    mem.pie_base = pie_base;
    return true;
}

void mem_fork_prepare(void) { area_lock(); }
void mem_fork_done(bool child)
{
    (void)child; /* the child's one thread is the one that took the lock */
    area_unlock();
}

int mem_host_prot(u32 prot)
{
    int host = (int)prot & (PROT_READ | PROT_WRITE);
    return prot & PROT_EXEC ? host | PROT_READ : host;
}

u64 mem_place(u64 hint, u64 len, u64 align)
{
    if (hint) {
        hint = align_down(hint, MEM_PAGE);
        hint = hint < mem.mmap_min ? mem.mmap_min : hint;
        hint = align_up(hint, align);
        if (mem_can_map(hint, len) && hint >= mem.mmap_min) {
            size_t i = area_index(hint);
            u64 guard = i < area_count() && area_at(i)->flags & MAP_GROWSDOWN ? STACK_GUARD : 0;
            if (i == area_count() || hint + len <= (area_at(i)->start > guard ? area_at(i)->start - guard : 0))
                return hint;
        }
    }
    u64 found = area_find_gap(len, align, mem.mmap_base);
    return found ? found : area_find_gap(len, align, mem.map_limit);
}

static bool host_has(u64 page)
{
    unsigned char state;
    return !mincore(mem_host(page), MEM_PAGE, &state);
}

/* Lowest page that area i may have grown to. */
static u64 growth_floor(size_t i) { return i ? area_at(i - 1)->end : mem.mmap_min; }

bool mem_follow_growth(u64 addr)
{
    size_t i = area_index(addr);
    if (i == area_count())
        return false;
    const struct area *a = area_at(i);
    if (a->start <= addr)
        return true;
    u64 page = align_down(addr, MEM_PAGE);
    if (!(a->flags & MAP_GROWSDOWN) || page < growth_floor(i) || !host_has(page))
        return false;
    /* The host's kernel grows without holes, so everything in between is there too. */
    area_grow(i, page);
    return true;
}

/* Brings an area that grows down up to date: nothing else can be in the gap below it, so what is mapped there is a run
 * of pages that ends at the area's start. */
static void follow_whole_growth(size_t i)
{
    if (!(area_at(i)->flags & MAP_GROWSDOWN))
        return;
    u64 have = area_at(i)->start, none = growth_floor(i);
    if (have == none || !host_has(have - MEM_PAGE))
        return;
    while (have > none) {
        u64 middle = align_down(none + (have - none) / 2, MEM_PAGE);
        if (host_has(middle))
            have = middle;
        else
            none = middle + MEM_PAGE;
    }
    area_grow(i, have);
}

static void follow_all_growth(void)
{
    for (size_t i = 0; i < area_count(); i++)
        follow_whole_growth(i);
}

bool mem_find(u64 addr, struct mem_area *area)
{
    addr = mem_untag(addr);
    area_lock();
    size_t i = area_index(addr);
    bool found = i < area_count();
    if (found) {
        follow_whole_growth(i);
        const struct area *a = area_at(i);
        *area = (struct mem_area){
            .start = a->start,
            .end = a->end,
            .prot = (int)a->prot,
            .flags = (int)a->flags & ~AREA_NO_EXEC,
            .offset = a->offset,
            .dev = a->file ? a->file->dev : 0,
            .inode = a->file ? a->file->inode : 0,
            .name = a->file ? a->file->name : NULL,
        };
    }
    area_unlock();
    return found;
}

int mem_prot(u64 addr)
{
    struct area a;
    return area_peek(addr, &a) ? (int)a.prot : -1;
}

int mem_fault_code(u64 addr)
{
    enum { MAPERR = 1, ACCERR = 2 }; /* SEGV_* of <signal.h>, the same on all of Linux */
    addr = mem_untag(addr);
    struct area a;
    return area_peek(addr, &a) ? ACCERR : MAPERR;
}

void mem_name(u64 addr, u64 len, const char *name)
{
    addr = mem_untag(addr);
    u64 end = align_up(addr + len, MEM_PAGE);
    struct mem_file *f = name ? mem_file_new(0, 0, name) : NULL;
    area_lock();
    if (mem_ok(addr, len) && addr < end && (f || !name) && !area_reserve(3))
        area_set_file(align_down(addr, MEM_PAGE), end, f);
    mem_file_drop(f);
    area_unlock();
}

void mem_log_change(const char *what, u64 addr, u64 len)
{
    if (!log_on(LOG_PAGE))
        return;
    char *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        return;
    fprintf(out, "%s 0x%llx-0x%llx\n", what, (unsigned long long)addr, (unsigned long long)(addr + len));
    area_lock();
    follow_all_growth();
    for (size_t i = 0; i < area_count(); i++) {
        const struct area *a = area_at(i);
        fprintf(out, "  %012llx-%012llx %c%c%c%c %08llx %s\n", (unsigned long long)a->start,
                (unsigned long long)a->end, a->prot & PROT_READ ? 'r' : '-', a->prot & PROT_WRITE ? 'w' : '-',
                a->prot & PROT_EXEC ? 'x' : '-', a->flags & MAP_SHARED ? 's' : 'p', (unsigned long long)a->offset,
                a->file ? a->file->name : "");
    }
    area_unlock();
    if (!fclose(out))
        log_print(LOG_PAGE, "%s", text);
    free(text);
}
