/* Private to softmmu/: the sorted list of guest areas and its locks. */
#ifndef XRUN_SOFTMMU_AREA_H
#define XRUN_SOFTMMU_AREA_H

#include "softmmu/softmmu.h"

/* What a mapping shows in /proc/self/maps. Shared by the areas that mmap, mprotect and munmap cut out of one mapping;
 * the count is guarded by the area lock. */
struct mem_file {
    u32 refs;
    u64 dev, inode;
    char name[];
};

struct area {
    u64 start, end; /* page-aligned, start < end */
    u32 prot;       /* guest's PROT_* | MEM_PROT_BTI */
    u32 flags;      /* MAP_SHARED or MAP_PRIVATE, MAP_GROWSDOWN, MAP_ANONYMOUS, AREA_* */
    u64 offset;     /* file offset of start in bytes; 0 for anonymous memory */
    u64 shm;        /* address that shmat() returned, 0: not SysV memory */
    struct mem_file *file; /* NULL: plain anonymous memory */
};

enum {
    AREA_NO_EXEC = 1 << 30,  /* the file lies on a noexec mount: PROT_EXEC is refused */
    STACK_GUARD = 256 << 12, /* bytes kept free below a MAP_GROWSDOWN area (the kernel's stack_guard_gap) */
};

/* All changes happen between these two. Guest memory is never touched in between: a fault handler may take the lock. */
void area_lock(void);
void area_unlock(void);

/* Makes room for `extra` more areas, so that the changes that follow cannot fail. 0 or -ENOMEM. */
int area_reserve(size_t extra);
/* Index of the first area that ends above addr; area_count() if none. */
size_t area_index(u64 addr);
size_t area_count(void);
/* Area by index; valid until the next change. */
const struct area *area_at(size_t index);
/* Forgets [start, end). True if some of it was executable. Needs room for two more areas. */
bool area_remove(u64 start, u64 end);
/* Adds an area where nothing is; takes over the caller's reference to file. Joins it with its neighbours if they are
 * alike. Needs room for one more. */
void area_insert(const struct area *area);
/* Sets prot on the parts of areas inside [start, end). Needs room for two more. */
void area_set_prot(u64 start, u64 end, u32 prot);
/* Gives the parts of areas inside [start, end) a new file record (may be NULL). Needs room for two more. */
void area_set_file(u64 start, u64 end, struct mem_file *file);
/* Moves the lower end of an area that grows down. */
void area_grow(size_t index, u64 new_start);
/* True if nothing is mapped in [start, end). */
bool area_is_free(u64 start, u64 end);
/* True if some executable area meets [start, end). */
bool area_has_exec(u64 start, u64 end);
/* The highest free range of len bytes, aligned, that ends at or below `below`. 0: none. */
u64 area_find_gap(u64 len, u64 align, u64 below);
/* A copy of the area that holds addr, without waiting for the lock. False: nothing is mapped there. */
bool area_peek(u64 addr, struct area *area);

/* A record with one reference; NULL: no memory. mem_file_ref() adds one, mem_file_drop() gives one back; both take
 * NULL. */
struct mem_file *mem_file_new(u64 dev, u64 inode, const char *name);
static inline struct mem_file *mem_file_ref(struct mem_file *f)
{
    if (f)
        f->refs++;
    return f;
}
void mem_file_drop(struct mem_file *f);

/* True if memory below mem.limit may hold something that is not the guest's: sanitizer builds, whose image cannot be
 * placed. Then no host mapping may be replaced that is not in the list. */
extern bool mem_shared_space;

/* Host address of a guest address. */
static inline void *mem_host(u64 addr)
{
    return (void *)(uintptr_t)(mem.base + addr);
} // NOLINT(performance-no-int-to-ptr)
/* The host's protection for the guest's: code is read by the translator, never run in place. */
int mem_host_prot(u32 prot);
/* Prints the map on the page log. */
void mem_log_change(const char *what, u64 addr, u64 len);
/* Drops an address's ignored top byte. */
static inline u64 mem_untag(u64 addr) { return addr & mem.addr_mask; }
/* Follows the growth of the MAP_GROWSDOWN area above addr that the host's kernel has done on its own. Takes no lock:
 * call it with the lock held. True if addr now is inside an area. */
bool mem_follow_growth(u64 addr);
/* mem_munmap() of a checked range, lock held, room for two more reserved. */
i64 mem_unmap_locked(u64 start, u64 end, bool *had_exec);
/* Finds a place for len bytes for mmap without MAP_FIXED. 0: none. Lock held. */
u64 mem_place(u64 hint, u64 len, u64 align);

#endif
