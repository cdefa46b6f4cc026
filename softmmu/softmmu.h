/* The guest's address space: mappings, protections, access from the host side, code-page watch.
 *
 * Direct mode: host address = mem_space.base + guest address. 64-bit guests have base 0, so that a guest pointer is a
 * host pointer; 32-bit guests have a window of 4 GiB far from everything else. xrun's own memory (image, heap, stacks,
 * code cache) lies at or above mem_space.limit; every guest range is checked against it as the kernel's access_ok()
 * checks TASK_SIZE, so a guest cannot name xrun's memory.
 *
 * The map of guest areas kept here is the truth; host mappings follow it, without PROT_EXEC (guest code is never run
 * directly). One address space per process; all functions are thread-safe. Those called from system calls return a
 * negative Linux errno on failure, with the errno that the arm64 kernel's mm/ gives.
 */
#ifndef XRUN_SOFTMMU_H
#define XRUN_SOFTMMU_H

#include "base/base.h"

enum { MEM_PAGE = 4096 }; /* guest page size in bytes */
/* Bytes of host addresses from mem_space.limit on where nothing is mapped, ever: compiled code lets accesses run
 * over the limit, and the host's fault is the guest's. Around a 32-bit guest's window on both sides. */
enum { MEM_GUARD = 1 << 30 };

/* vm.mmap_min_addr as arm's kernels have it: old programs are linked for 0x8000. */
enum { MEM_MIN_32 = 32 << 10 };

/* Protection bits beyond PROT_READ, PROT_WRITE, PROT_EXEC (the guest's numbers; arm64's PROT_BTI). */
enum { MEM_PROT_BTI = 0x10 };

struct mem_space {
    u64 base;      /* host address of guest address 0 */
    u64 limit;     /* first guest address where nothing is ever mapped (TASK_SIZE) */
    u64 map_limit; /* first address that the calls below refuse to map: limit, or less (ADDR_LIMIT_3GB, -R) */
    u64 addr_mask; /* address bits that count: 0x00ffffffffffffff (top byte ignored in data accesses), 0xffffffff */
    u64 mmap_base; /* where mmap without an address starts, going down */
    u64 mmap_min;  /* lowest address for mmap (vm.mmap_min_addr) */
    u64 brk_start, brk;
    bool read_implies_exec; /* PROT_READ brings PROT_EXEC (READ_IMPLIES_EXEC, the personality of old arm programs) */
    /* Where a kernel would put things, randomised unless ADDR_NO_RANDOMIZE is set; page-aligned. For the loader. */
    u64 stack_top;  /* end of the main stack */
    u64 pie_base;   /* position-independent programs */
    /* What these two would be without randomisation, and by how much it moves them at most: mmap_base down, pie_base up. */
    u64 mmap_top, pie_bottom, random_bytes;
    u64 brk_random; /* bytes between the end of bss and the start of the heap */
};
extern struct mem_space mem;

/* Sets up an empty address space. bits: 64 or 32 (width of guest pointers). base, for 32 bits: 0, or where the guest's
 * address 0 shall be (-B of the command line). most_bytes: 0, or how much of the space the guest gets (-R). Returns 0,
 * -EINVAL (not a multiple of pages; not for this width), -EEXIST (something is in the way at base), -ENOMEM. */
int mem_init(unsigned bits, u64 base, u64 most_bytes);
/* Before anything is mapped: another process's mmap_base and pie_base, so that code lies where it lay there. False, and
 * nothing changes, if they are none that mem_init() could have chosen. */
bool mem_set_layout(u64 mmap_base, u64 pie_base);
/* Around fork(2): takes the locks, and releases them on both sides; the child keeps the whole map. */
void mem_fork_prepare(void);
void mem_fork_done(bool child);

/* mmap(2): flags are the host's MAP_*; prot may hold MEM_PROT_BTI. Returns the guest address or -errno. */
i64 mem_mmap(u64 addr, u64 len, int prot, int flags, int fd, u64 offset);
/* The system calls of the same names, with their errors: 0 (mremap: the address) or -errno. Addresses are the
 * guest's (vec, too), their ignored top byte is dropped where the kernel does it; lengths in bytes; flags are the
 * host's numbers. */
i64 mem_munmap(u64 addr, u64 len);
/* mprotect(2): prot as the guest gave it, all bits; PROT_GROWSDOWN works, PROT_GROWSUP and unknown bits are refused. */
i64 mem_mprotect(u64 addr, u64 len, u64 prot);
i64 mem_mremap(u64 old_addr, u64 old_len, u64 new_len, int flags, u64 new_addr);
i64 mem_brk(u64 addr); /* the new break, or the old one if it cannot be had: like the kernel */
void mem_set_brk(u64 start); /* loader: end of bss, page-aligned up inside */
i64 mem_msync(u64 addr, u64 len, int flags);
i64 mem_madvise(u64 addr, u64 len, int advice);
i64 mem_mincore(u64 addr, u64 len, u64 vec);
i64 mem_mlock(u64 addr, u64 len, int flags);
i64 mem_munlock(u64 addr, u64 len);
/* shmat/shmdt: maps a SysV segment of the host. Returns the guest address or -errno. */
i64 mem_shmat(int shmid, u64 addr, int flags);
i64 mem_shmdt(u64 addr);
/* Maps what the kernel itself puts into a process: `bytes` bytes, copied from contents, on pages of their own, at addr or
 * (0) where mmap puts them; also above map_limit. Returns the address or -errno. */
i64 mem_map_special(u64 addr, const void *contents, size_t bytes, int prot, const char *name);
/* Names an area for /proc/self/maps: "[stack]", "[heap]", "[vdso]", or prctl's PR_SET_VMA_ANON_NAME text. */
void mem_name(u64 addr, u64 len, const char *name);

/* What is mapped at an address. */
struct mem_area {
    u64 start, end;   /* page-aligned guest addresses */
    int prot;         /* PROT_* | MEM_PROT_BTI of the guest */
    int flags;        /* MAP_SHARED or MAP_PRIVATE, MAP_GROWSDOWN, MAP_ANONYMOUS */
    u64 offset, dev, inode;
    const char *name; /* path or [name]; NULL for plain anonymous memory; valid until the area changes */
};
/* The area that holds addr, or the next one above it. false: none. */
bool mem_find(u64 addr, struct mem_area *area);
/* Protection of the page at addr (top byte not ignored), -1 if not mapped. Fast, no lock wait: used on code fetch. */
int mem_prot(u64 addr);

/* Copies between xrun and the guest; addr's ignored top byte is dropped. 0 or -EFAULT, also when another thread unmaps
 * the range meanwhile. A partial copy may have happened when they fail. */
__attribute__((warn_unused_result)) int copy_in(void *to, u64 guest_addr, size_t bytes);
__attribute__((warn_unused_result)) int copy_out(u64 guest_addr, const void *from, size_t bytes);
/* Atomically replaces the word *expected (as it lies in memory) by new. 0, 1 if another word is there (*expected
 * gets it), or -EFAULT, also for an address that is not aligned. */
__attribute__((warn_unused_result)) int mem_swap(u64 guest_addr, u32 *expected, u32 new);
/* A NUL-terminated string of at most max bytes with its NUL. Returns its length, -EFAULT, or -ENAMETOOLONG. */
__attribute__((warn_unused_result)) i64 copy_in_string(char *to, u64 guest_addr, size_t max);
/* A direct window for bulk data that is handed to the host kernel, which reports EFAULT itself: the host pointer of
 * a range that lies in guest space as a whole, or NULL if it does not (then the result is -EFAULT). For 0 bytes it
 * is never NULL, so that a call with a null pointer and no length succeeds as the kernel's. Nothing is said about
 * what is mapped there; xrun itself never dereferences it. */
void *mem_window(u64 guest_addr, u64 bytes);
/* For code fetch: copies up to `bytes` bytes of executable memory from guest_addr. Returns how many could be fetched
 * (up to the end of the last executable page), 0 and *fault_code = SEGV_MAPERR or SEGV_ACCERR if none; *prot gets
 * the page's protection (for BTI). */
size_t mem_fetch(u64 guest_addr, void *to, size_t bytes, int *prot, int *fault_code);

/* If a host fault at this host pc is inside one of these, where to continue; else 0. For the signal handler. */
uintptr_t mem_fault_fixup(uintptr_t host_pc);
/* si_code of a data fault at addr as the guest's kernel would report it (SEGV_MAPERR, SEGV_ACCERR). */
int mem_fault_code(u64 addr);

/* Called (with no lock held) after the contents or the executability of a range may have changed by mmap over it,
 * munmap, mremap or mprotect that removes PROT_EXEC: translations of it must go. Set once by the run loop; may be
 * NULL. */
extern void (*mem_code_changed)(u64 addr, u64 len);
/* Where else the bytes of [addr, addr + len) are mapped with PROT_EXEC: other mappings of the same pages of a file
 * or of System V memory, if addr lies in a shared mapping (what is beyond that mapping is not looked at). Fills in
 * at most `room` and returns how many there are. Cheap for private memory. */
struct mem_view {
    u64 addr, len;
};
size_t mem_other_views(u64 addr, u64 len, struct mem_view *views, size_t room);
/* True if [addr, addr + bytes) lies below mem.limit, where xrun's own memory begins. */
static inline bool mem_ok(u64 addr, u64 bytes) { return bytes <= mem.limit && addr <= mem.limit - bytes; }
/* True if the guest may have a mapping there. */
static inline bool mem_can_map(u64 addr, u64 bytes) { return bytes <= mem.map_limit && addr <= mem.map_limit - bytes; }

#endif
