/* Translated blocks: found by (pc, mode), linked to each other, dropped when the guest's code changes, bounded in memory.
 *
 * Constraints. Any number of threads look up, insert, link and invalidate at once. Finding is lock-free; everything that
 * changes the structures is done under one lock. A block that was dropped keeps its memory until every thread has been
 * seen outside of it: a thread is in an epoch between cache_enter() and cache_leave(), and says with cache_quiesce()
 * that it holds no pointer to any block. A dropped block has live_pc = CACHE_DEAD, so that stale pointers in the
 * threads' own tables never match, and no exit leads to it any more; a thread that runs it leaves it at its next exit.
 *
 * Example, the slow path of the run loop:
 *
 *     struct block *b = cache_lookup(thread, pc, mode);
 *     if (!b) {
 *         u64 version = cache_version();
 *         ... fetch guest code, lift, lower into a block from cache_alloc() ...
 *         b = cache_insert(block, version);          NULL: the code changed meanwhile, lift again
 *     }
 *     if (from)
 *         cache_link(from, b);                       next time without coming here
 */
#ifndef XRUN_CACHE_H
#define XRUN_CACHE_H

#include "base/base.h"
#include "state/common.h"

#define CACHE_DEAD (~0ull)

struct block;

/* A way out of a block to a constant pc. `to` is read without a lock by the thread that takes the exit. */
struct block_exit {
    u64 pc;
    struct block *to; /* NULL: not linked */
    struct block *from;
    struct block_exit *next, **prev; /* exits that lead to the same block */
    void *native;        /* of compiled code: the jump to patch, for cache_native.link */
    i32 native_unlinked; /* and its displacement while the exit is not linked */
    bool exchange;       /* the mode there has the other CPU_MODE_THUMB */
};

/* Where in the code the operations of a guest instruction begin. */
struct block_map {
    u32 at; /* engine's unit: operation index for the interpreter */
    u32 pc_delta;
};

struct block_range {
    u64 start, end;
};

struct block_page {
    struct block *block; /* NULL: unused */
    struct block_page *next, **prev;
};

/* Of a block that touches several pages, perhaps because it was lifted from several places: these, and an entry for each
 * page. */
struct block_more {
    u32 range_count, page_count;
    struct block_range *ranges; /* behind the pages */
    struct block_page pages[];
};

struct block {
    /* What is looked at to find a block and to enter it lies together. */
    u64 live_pc; /* guest pc of the entry; CACHE_DEAD once dropped */
    struct block *hash_next; /* private to the cache, as what is below */
    u32 mode;           /* cpu_common.mode it was lifted under, CACHE_MODE_* bits */
    u32 native_bytes;   /* of compiled code that belongs to this block; 0: none */
    const void *native; /* entry from compiled code; NULL until there is any */
    const void *code;   /* the interpreter's operations */
    const void *native_code, *native_info; /* its beginning, and what the compiler keeps about it */
    u32 order;          /* the owner's: cache_each() goes by it */
    u32 exit_count, map_count, code_bytes;
    bool may_link;      /* the mode at its exits is the mode it was lifted under, or what block_exit.exchange makes of it */
    u8 jumped_to;       /* by compiled code, indirectly: neither a call nor a return */
    bool info_is_kept;  /* native_info lies in the file of kept translations */
    u32 heat;           /* of compiled code that counts: how often runs_left will reach 0 until the engine is told */
    u8 *runs_left;      /* NULL: it does not count. See jit_runs_left() */
    u64 pc, pc_end;     /* guest bytes it was lifted from */
    const struct block_map *map;
    const void *source; /* what the owner of the cache knows of its origin */
    /* private to the cache */
    u32 bytes; /* that count against the limit */
    u32 room;  /* of the piece of memory */
    struct block *fifo_next;
    union {
        struct block **fifo_prev; /* while it is live */
        u64 retired_at;           /* once it waits for threads */
    };
    struct block_exit *incoming;
    struct block_page page;  /* of a block without `more` */
    struct block_more *more; /* of a block that touches several pages */
    struct block_exit exits[]; /* then the map and the code */
};

/* The mode where an exit leads, if its block may be linked. */
static inline u32 cache_exit_mode(const struct block_exit *e) { return e->from->mode ^ (e->exchange ? CPU_MODE_THUMB : 0); }

/* Bits of block.mode that no guest uses. */
enum { CACHE_MODE_SINGLE = 1u << 31 }; /* one instruction, every exit leaves */

enum { CACHE_TABLE_SIZE = 16384 }; /* entries of a thread's own table; a page of it is touched when it is used */
/* A bit of cpu_common.poll: the engine itself wants the thread to come by; the run loop clears it. */
enum { CACHE_POLL = 2 };

/* Where indirect branches of compiled code to a pc lead: filled and followed by compiled code of one thread, in one mode;
 * an entry goes when its block is dropped. */
struct cache_jump {
    u64 pc; /* as cpu_branch_address() has it; one that belongs elsewhere in the table: none, see cache_jump_none() */
    const void *native;
};
/* Modes that have such a table: the first ones that code is compiled for. */
enum { CACHE_JUMPS = 65536, CACHE_JUMP_MODES = 4 };

/* One per thread that runs guest code. */
struct cache_thread {
    u64 epoch;      /* 0: outside; else blocks that are dropped from then on stay in memory */
    u64 generation; /* the epoch since when the table has been filled */
    u32 *poll;
    struct cache_thread *next, **prev;
    struct block *table[CACHE_TABLE_SIZE];
    struct cache_jump jumps[CACHE_JUMP_MODES][CACHE_JUMPS];
};

/* Once, before anything else. limit: bytes for all blocks, beyond which the oldest are evicted. */
void cache_init(size_t limit);
/* Makes a zeroed t known; it starts outside. poll: the thread's cpu_common.poll, which gets CACHE_POLL when memory
 * waits. */
void cache_thread_add(struct cache_thread *t, u32 *poll);
/* Forgets t, which is outside; t may be freed then. */
void cache_thread_remove(struct cache_thread *t);
/* Around running blocks. */
void cache_enter(struct cache_thread *t);
void cache_leave(struct cache_thread *t);
/* The thread holds no pointer to a block now: dropped ones may be freed. Cheap when little was dropped. */
void cache_quiesce(struct cache_thread *t);
/* True if much memory waits for this thread's cache_quiesce(). */
bool cache_wants_quiesce(const struct cache_thread *t);

/* Entry of a pc in a thread's table. */
static inline unsigned cache_table_index(u64 pc) { return (unsigned)(pc >> 2 ^ pc >> 13) & (CACHE_TABLE_SIZE - 1); }
/* The same in cache_thread.jumps. */
static inline unsigned cache_jump_index(u64 pc) { return (unsigned)(pc >> 2 ^ pc >> 15) & (CACHE_JUMPS - 1); }
/* A pc that is not found at the place of this one, whatever that is. */
static inline u64 cache_jump_none(u64 pc) { return pc ^ 4; }
/* The table of a mode in cache_thread.jumps; -1: it has none. */
int cache_jump_mode(u32 mode);
/* The modes that have one, each + 1, in the order of the tables; 0: not given away yet. Code depends on the order: who restores
 * code of another process sets its order first, before any code is there. */
void cache_get_jump_modes(u32 modes[CACHE_JUMP_MODES]);
void cache_set_jump_modes(const u32 modes[CACHE_JUMP_MODES]);
/* The thread's own table: a live block or NULL. */
static inline struct block *cache_fast(struct cache_thread *t, u64 pc, u32 mode)
{
    struct block *b = t->table[cache_table_index(pc)];
    return likely(b && __atomic_load_n(&b->live_pc, __ATOMIC_RELAXED) == pc && b->mode == mode) ? b : NULL;
}
/* The thread's table, then the shared one; fills the thread's table. NULL: not translated. */
struct block *cache_lookup(struct cache_thread *t, u64 pc, u32 mode);
/* Only asks; the thread is between cache_enter() and cache_leave(). */
struct block *cache_find(u64 pc, u32 mode);

/* A block with room for code and map (block.code, block.map are set; the caller fills them and the exits' pc). Never
 * NULL. It belongs to the caller until it is inserted or freed. */
struct block *cache_alloc(u64 pc, u64 pc_end, u32 mode, u32 exit_count, u32 map_count, size_t code_bytes);
/* Says that a block was lifted from these guest bytes, the first of which are those at its pc; before it is inserted. */
void cache_set_ranges(struct block *b, const struct block_range *ranges, u32 count);
/* Frees a block that was not inserted. */
void cache_free(struct block *b);
/* Gives compiled code, and what its owner keeps about it, to a block that is not inserted yet; it counts against the
 * limit and dies with the block. */
void cache_set_native(struct block *b, const void *native, u32 bytes, const void *info, size_t info_bytes);
/* What the owner of compiled code does when blocks change; called under the cache's lock, cache_free() apart. */
struct cache_native_hooks {
    void (*release)(struct block *b);                         /* no thread can be inside any more */
    void (*link)(struct block_exit *e, const struct block *to); /* e leads to `to` now; NULL: nowhere */
    const void *interpreted; /* block.native of blocks without compiled code */
};
/* Once, before the first compiled block: blocks that exist get their `native`. */
void cache_native_start(const struct cache_native_hooks *hooks);
/* A number that changes with each invalidation; read before fetching guest code. */
u64 cache_version(void);
/* Makes b findable; or frees it and returns the block that another thread inserted first; or frees it and returns NULL
 * when its guest bytes were invalidated since `version`. May evict others. */
struct block *cache_insert(struct block *b, u64 version);
/* As cache_insert(), in the place of `old`, a block of the same pc and mode: it is dropped, and what is linked to it
 * leads to b. If old is not live any more, this is cache_insert(). */
struct block *cache_replace(struct block *old, struct block *b, u64 version);
/* For code that changes all the time: b is not findable and is freed once the thread has left it. */
void cache_insert_once(struct block *b);
/* Drops the oldest blocks that have compiled code until they have given back this much of it, what waits to be freed
 * included, and asks all threads to let go of them: the room is there when they have. */
void cache_evict_native(size_t bytes);
/* Lets an exit lead to `to` directly, if both are still live. */
void cache_link(struct block_exit *e, struct block *to);
/* Calls visit for every live block, by block.order, the older one first where that is the same, until it returns false;
 * it must not call back. */
void cache_each(bool (*visit)(const struct block *b, void *context), void *context);
/* Drops all blocks with bytes in [addr, addr + len). Threads that may be inside of one are asked to leave (CACHE_POLL): code that
 * goes round within one block would not see the change otherwise. */
void cache_invalidate(u64 addr, u64 len);
/* Drops everything. */
void cache_flush(void);

/* Around fork(2): the lock is taken, then released on both sides; the child keeps all blocks. */
void cache_fork_prepare(void);
void cache_fork_done(bool child);

/* Counters since the start, for tests and the run loop's own. */
struct cache_stats {
    u64 inserted, evicted, invalidated, lookups, links;
    size_t bytes_used; /* blocks findable and those that wait to be freed */
    size_t bytes_waiting; /* the latter */
};
void cache_get_stats(struct cache_stats *s);

#endif
