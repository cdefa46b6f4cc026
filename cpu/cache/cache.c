/* The shared table of blocks, links between them, and their end. See cache.h for the rules. */
#include "cache/cache.h"
#include "base/pool.h"
#include "cache/pages.h"

#include <pthread.h>
#include <stdlib.h>

/* Neighbouring code falls into the same and into neighbouring buckets, so that a small program touches few pages of the
 * table: blocks are about 20 bytes long. */
enum { HASH_BITS = 16, HASH_SIZE = 1 << HASH_BITS, HASH_GRAIN_BITS = 4 };
/* So much dropped memory waits before threads are bothered: coming by costs a thread its table. */
enum { WAITING_BYTES = 256 << 10 };
/* Ranges remembered for threads that are lifting while code is invalidated. */
enum { RECENT_RANGES = 64 };

static struct {
    pthread_mutex_t lock;
    struct block **hash; /* HASH_SIZE */
    struct block *oldest, **newest; /* first in, first out */
    struct block *waiting, **waiting_end; /* dropped, oldest first */
    u64 epoch;
    u64 freed;  /* blocks that were dropped before this epoch may have been freed */
    u64 wanted; /* threads with an older epoch are asked to come by */
    u64 version;
    struct {
        u64 start, end;
    } recent[RECENT_RANGES];
    struct cache_thread *threads;
    u32 jump_modes[CACHE_JUMP_MODES]; /* mode + 1; 0: unused */
    size_t limit;
    struct cache_stats stats;
} cache = {.lock = PTHREAD_MUTEX_INITIALIZER, .epoch = 1};

static struct cache_native_hooks native;

static unsigned hash_index(u64 pc)
{
    pc >>= HASH_GRAIN_BITS;
    return (unsigned)(pc ^ pc >> HASH_BITS) & (HASH_SIZE - 1);
}
static void lock(void) { pthread_mutex_lock(&cache.lock); }
static void unlock(void) { pthread_mutex_unlock(&cache.lock); }

void cache_init(size_t limit)
{
    cache.limit = limit;
    if (!cache.hash)
        cache.hash = pool_table(HASH_SIZE * sizeof *cache.hash);
    pages_init();
    if (!cache.newest)
        cache.newest = &cache.oldest;
    if (!cache.waiting_end)
        cache.waiting_end = &cache.waiting;
}

/* --- blocks ------------------------------------------------------------------------------------------------------ */

struct block *cache_alloc(u64 pc, u64 pc_end, u32 mode, u32 exit_count, u32 map_count, size_t code_bytes)
{
    size_t exits = exit_count * sizeof(struct block_exit), map = align_up(map_count * sizeof(struct block_map), 8);
    size_t bytes = sizeof(struct block) + exits + map + code_bytes;
    struct block *b = pool_alloc(bytes);
    memset(b, 0, sizeof *b + exits);
    b->live_pc = b->pc = pc;
    b->pc_end = pc_end > pc ? pc_end : pc + 1;
    b->mode = mode;
    b->exit_count = exit_count;
    b->map_count = map_count;
    b->code_bytes = (u32)code_bytes;
    b->map = (void *)((u8 *)b->exits + exits);
    b->code = (u8 *)b->map + map;
    b->bytes = b->room = (u32)bytes;
    for (u32 i = 0; i < exit_count; i++)
        b->exits[i].from = b;
    if (unlikely(pages_between(b->pc, b->pc_end) > 1))
        cache_set_ranges(b, &(struct block_range){b->pc, b->pc_end}, 1);
    return b;
}

void cache_set_ranges(struct block *b, const struct block_range *ranges, u32 count)
{
    u64 most = 0;
    for (u32 i = 0; i < count; i++)
        most += pages_between(ranges[i].start, ranges[i].end);
    u64 numbers[most];
    u32 pages = pages_of(ranges, count, numbers);
    free(b->more);
    size_t bytes = sizeof *b->more + pages * sizeof b->more->pages[0] + count * sizeof *ranges;
    b->more = calloc(1, bytes);
    must(b->more);
    b->more->range_count = count;
    b->more->page_count = pages;
    b->more->ranges = (struct block_range *)&b->more->pages[pages];
    memcpy(b->more->ranges, ranges, count * sizeof *ranges);
    b->bytes += (u32)bytes;
}

void cache_free(struct block *b)
{
    free(b->more);
    if (b->native_bytes)
        native.release(b);
    pool_free(b, b->room);
}

void cache_set_native(struct block *b, const void *native, u32 bytes, const void *info, size_t info_bytes)
{
    b->native = b->native_code = native;
    b->native_info = info;
    b->native_bytes = bytes;
    b->bytes += bytes + (u32)info_bytes;
}

static bool is_live(const struct block *b) { return b->live_pc != CACHE_DEAD; }

static void unlink_exit(struct block_exit *e)
{
    if (!e->to)
        return;
    *e->prev = e->next;
    if (e->next)
        e->next->prev = e->prev;
    __atomic_store_n(&e->to, NULL, __ATOMIC_RELAXED);
    if (e->native)
        native.link(e, NULL);
}

/* Queues a dropped block until no thread can be inside. Lock held; the caller has made it unreachable. */
static void wait_for_threads(struct block *b)
{
    b->fifo_next = NULL;
    b->retired_at = __atomic_fetch_add(&cache.epoch, 1, __ATOMIC_SEQ_CST);
    *cache.waiting_end = b;
    cache.waiting_end = &b->fifo_next;
    cache.stats.bytes_waiting += b->bytes;
    if (cache.stats.bytes_waiting > WAITING_BYTES || cache.stats.bytes_waiting > cache.limit / 64)
        __atomic_store_n(&cache.wanted, cache.epoch, __ATOMIC_RELAXED);
}

/* The zeros of a new table are none, but for the place where pc 0 belongs. It is not touched before it is in use. */
static void begin_jumps(struct cache_thread *t, int table)
{
    if (cache.jump_modes[table])
        t->jumps[table][0].pc = cache_jump_none(0);
}

/* Lock held; no code looks there yet. */
static void set_jump_mode(int table, u32 mode_and_1)
{
    cache.jump_modes[table] = mode_and_1;
    for (struct cache_thread *t = cache.threads; t; t = t->next)
        begin_jumps(t, table);
}

int cache_jump_mode(u32 mode)
{
    int found = -1;
    lock();
    for (int i = 0; found < 0 && i < CACHE_JUMP_MODES; i++) {
        if (!cache.jump_modes[i])
            set_jump_mode(i, mode + 1);
        if (cache.jump_modes[i] == mode + 1)
            found = i;
    }
    unlock();
    return found;
}

void cache_get_jump_modes(u32 modes[CACHE_JUMP_MODES])
{
    lock();
    memcpy(modes, cache.jump_modes, sizeof cache.jump_modes);
    unlock();
}

void cache_set_jump_modes(const u32 modes[CACHE_JUMP_MODES])
{
    lock();
    for (int i = 0; i < CACHE_JUMP_MODES; i++)
        set_jump_mode(i, modes[i]);
    unlock();
}

/* No thread's indirect branches lead to a block that is no longer live. A thread that writes the entry right now looks at
 * live_pc once more afterwards. Lock held. */
static void forget_jumps(const struct block *b)
{
    if (!b->native_bytes)
        return;
    u64 pc = cpu_branch_address(b->pc, b->mode);
    for (int i = 0; i < CACHE_JUMP_MODES; i++) {
        if (cache.jump_modes[i] != b->mode + 1)
            continue;
        for (struct cache_thread *t = cache.threads; t; t = t->next) {
            struct cache_jump *jump = &t->jumps[i][cache_jump_index(pc)];
            if (__atomic_load_n(&jump->native, __ATOMIC_SEQ_CST) == b->native)
                __atomic_store_n(&jump->pc, cache_jump_none(pc), __ATOMIC_RELAXED);
        }
    }
}

/* Takes a block out of everything but the lists of exits that lead to it. Lock held. */
static void detach(struct block *b)
{
    struct block **p = &cache.hash[hash_index(b->pc)];
    while (*p != b)
        p = &(*p)->hash_next;
    __atomic_store_n(p, b->hash_next, __ATOMIC_RELEASE);
    __atomic_store_n(&b->live_pc, CACHE_DEAD, __ATOMIC_SEQ_CST);
    forget_jumps(b);
    for (u32 i = 0; i < b->exit_count; i++)
        unlink_exit(&b->exits[i]);
    pages_remove(b);
    *b->fifo_prev = b->fifo_next;
    if (b->fifo_next)
        b->fifo_next->fifo_prev = b->fifo_prev;
    else
        cache.newest = b->fifo_prev;
}

/* Makes a block unreachable. Lock held. */
static void drop(struct block *b)
{
    detach(b);
    while (b->incoming)
        unlink_exit(b->incoming);
    wait_for_threads(b);
}

/* The oldest epoch of all threads that are inside. */
static u64 oldest_epoch(void)
{
    u64 oldest = cache.epoch;
    for (struct cache_thread *t = cache.threads; t; t = t->next) {
        u64 epoch = __atomic_load_n(&t->epoch, __ATOMIC_SEQ_CST);
        if (epoch && epoch < oldest)
            oldest = epoch;
    }
    return oldest;
}

/* The threads that may be inside of a block that was dropped at `retired_at`, or of a later one, leave code soon. Lock held. */
static void ask_threads(u64 retired_at)
{
    for (struct cache_thread *t = cache.threads; t; t = t->next) {
        u64 epoch = __atomic_load_n(&t->epoch, __ATOMIC_SEQ_CST);
        if (epoch && epoch <= retired_at)
            __atomic_fetch_or(t->poll, CACHE_POLL, __ATOMIC_RELEASE);
    }
}

/* Frees what no thread can be inside any more. A thread that enters with an old table publishes the table's epoch and then
 * looks at `freed`; here `freed` is published and then the threads are looked at once more: one of the two sides sees
 * the other. Lock held. */
static void reclaim(void)
{
    u64 oldest = oldest_epoch();
    if (cache.waiting && cache.waiting->retired_at < oldest) {
        __atomic_store_n(&cache.freed, oldest, __ATOMIC_SEQ_CST);
        u64 again = oldest_epoch();
        oldest = again < oldest ? again : oldest;
    }
    while (cache.waiting && cache.waiting->retired_at < oldest) {
        struct block *b = cache.waiting;
        cache.waiting = b->fifo_next;
        if (!cache.waiting)
            cache.waiting_end = &cache.waiting;
        cache.stats.bytes_waiting -= b->bytes;
        cache.stats.bytes_used -= b->bytes;
        cache_free(b);
    }
    if (cache.waiting && cache.stats.bytes_waiting >= cache.limit / 16)
        ask_threads(cache.waiting->retired_at);
}

void cache_evict_native(size_t bytes)
{
    size_t found = 0;
    lock();
    for (struct block *b = cache.waiting; b; b = b->fifo_next)
        found += b->native_bytes;
    for (struct block *b = cache.oldest, *next; b && found < bytes; b = next) {
        next = b->fifo_next;
        if (!b->native_bytes)
            continue;
        found += b->native_bytes;
        drop(b);
        cache.stats.evicted++;
    }
    __atomic_store_n(&cache.wanted, cache.epoch, __ATOMIC_RELAXED);
    if (cache.waiting)
        ask_threads(cache.waiting->retired_at);
    unlock();
}

/* --- threads ----------------------------------------------------------------------------------------------------- */

void cache_thread_add(struct cache_thread *t, u32 *poll)
{
    t->epoch = 0;
    t->poll = poll;
    lock();
    for (int i = 0; i < CACHE_JUMP_MODES; i++)
        begin_jumps(t, i);
    t->generation = cache.epoch;
    t->next = cache.threads;
    t->prev = &cache.threads;
    if (t->next)
        t->next->prev = &t->next;
    cache.threads = t;
    unlock();
}

void cache_thread_remove(struct cache_thread *t)
{
    lock();
    *t->prev = t->next;
    if (t->next)
        t->next->prev = t->prev;
    unlock();
}

/* Blocks that this thread's table names may have been freed while the thread was outside. The order matters: see
 * reclaim(). */
void cache_enter(struct cache_thread *t)
{
    __atomic_store_n(&t->epoch, t->generation, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&cache.freed, __ATOMIC_SEQ_CST) <= t->generation)
        return;
    memset(t->table, 0, sizeof t->table);
    t->generation = __atomic_load_n(&cache.epoch, __ATOMIC_SEQ_CST);
    __atomic_store_n(&t->epoch, t->generation, __ATOMIC_SEQ_CST);
}

void cache_leave(struct cache_thread *t) { __atomic_store_n(&t->epoch, 0, __ATOMIC_RELEASE); }

bool cache_wants_quiesce(const struct cache_thread *t)
{
    return t->epoch < __atomic_load_n(&cache.wanted, __ATOMIC_RELAXED);
}

void cache_quiesce(struct cache_thread *t)
{
    if (!cache_wants_quiesce(t))
        return;
    cache_leave(t);
    memset(t->table, 0, sizeof t->table);
    lock();
    t->generation = cache.epoch;
    reclaim();
    unlock();
    cache_enter(t);
}

/* --- finding and inserting --------------------------------------------------------------------------------------- */

/* Lock-free. A chain changes only by new heads and by stores that skip a dropped block; such a block keeps its
 * hash_next, and what that leads to cannot be freed before the walker has left. */
static struct block *find(u64 pc, u32 mode)
{
    struct block *b = __atomic_load_n(&cache.hash[hash_index(pc)], __ATOMIC_ACQUIRE);
    for (; b; b = __atomic_load_n(&b->hash_next, __ATOMIC_ACQUIRE))
        if (__atomic_load_n(&b->live_pc, __ATOMIC_RELAXED) == pc && b->mode == mode)
            return b;
    return NULL;
}

struct block *cache_find(u64 pc, u32 mode)
{
    __atomic_fetch_add(&cache.stats.lookups, 1, __ATOMIC_RELAXED);
    return find(pc, mode);
}

struct block *cache_lookup(struct cache_thread *t, u64 pc, u32 mode)
{
    struct block *b = cache_fast(t, pc, mode);
    if (b)
        return b;
    b = cache_find(pc, mode);
    if (b)
        t->table[cache_table_index(pc)] = b;
    return b;
}

u64 cache_version(void) { return __atomic_load_n(&cache.version, __ATOMIC_ACQUIRE); }

/* Lock held: was one of the block's bytes invalidated since? */
static bool is_stale(const struct block *b, u64 version)
{
    if (cache.version - version > RECENT_RANGES)
        return true;
    for (u64 v = version; v != cache.version; v++)
        if (pages_touches(b, cache.recent[v % RECENT_RANGES].start, cache.recent[v % RECENT_RANGES].end))
            return true;
    return false;
}

/* Drops the oldest blocks when b does not fit; some more than needed, so that this is rare. Lock held. */
static void make_room(size_t bytes)
{
    size_t live = cache.stats.bytes_used - cache.stats.bytes_waiting;
    if (live + bytes <= cache.limit)
        return;
    size_t goal = cache.limit - cache.limit / 8;
    while (cache.oldest && cache.stats.bytes_used - cache.stats.bytes_waiting + bytes > goal) {
        drop(cache.oldest);
        cache.stats.evicted++;
    }
    reclaim();
}

/* Lock held; nothing is findable under its pc and mode. */
static void insert(struct block *b)
{
    if (!b->native)
        b->native = native.interpreted;
    b->fifo_prev = cache.newest;
    *cache.newest = b;
    cache.newest = &b->fifo_next;
    pages_add(b);
    struct block **head = &cache.hash[hash_index(b->pc)];
    b->hash_next = *head;
    __atomic_store_n(head, b, __ATOMIC_RELEASE);
    cache.stats.bytes_used += b->bytes;
    cache.stats.inserted++;
}

/* Lock held. As cache_insert(), but b is left to the caller if it is not the result. */
static struct block *insert_unless_known(struct block *b, u64 version)
{
    if (is_stale(b, version))
        return NULL;
    struct block *known = find(b->pc, b->mode);
    if (known)
        return known;
    make_room(b->bytes);
    insert(b);
    return b;
}

struct block *cache_insert(struct block *b, u64 version)
{
    lock();
    struct block *result = insert_unless_known(b, version);
    unlock();
    if (result != b)
        cache_free(b);
    return result;
}

/* Exits that lead to `from` lead to `to`. Lock held. */
static void redirect(struct block *from, struct block *to)
{
    struct block_exit **end = &to->incoming;
    while (*end)
        end = &(*end)->next;
    for (struct block_exit *e = from->incoming; e; e = e->next) {
        __atomic_store_n(&e->to, to, __ATOMIC_RELEASE);
        if (e->native)
            native.link(e, to);
    }
    *end = from->incoming;
    if (*end)
        (*end)->prev = end;
    from->incoming = NULL;
}

struct block *cache_replace(struct block *old, struct block *b, u64 version)
{
    must(old->pc == b->pc && old->mode == b->mode);
    lock();
    if (is_live(old) && !is_stale(b, version))
        make_room(b->bytes);
    struct block *result;
    if (is_live(old) && !is_stale(b, version)) {
        detach(old);
        insert(b);
        redirect(old, b);
        wait_for_threads(old);
        result = b;
    } else {
        result = insert_unless_known(b, version);
    }
    unlock();
    if (result != b)
        cache_free(b);
    return result;
}

void cache_native_start(const struct cache_native_hooks *hooks)
{
    lock();
    native = *hooks;
    for (struct block *b = cache.oldest; b; b = b->fifo_next)
        b->native = native.interpreted;
    unlock();
}

void cache_insert_once(struct block *b)
{
    lock();
    b->live_pc = CACHE_DEAD;
    cache.stats.bytes_used += b->bytes;
    wait_for_threads(b);
    unlock();
}

void cache_link(struct block_exit *e, struct block *to)
{
    lock();
    if (is_live(e->from) && is_live(to) && !e->to) {
        e->next = to->incoming;
        e->prev = &to->incoming;
        if (e->next)
            e->next->prev = &e->next;
        to->incoming = e;
        __atomic_store_n(&e->to, to, __ATOMIC_RELEASE);
        if (e->native)
            native.link(e, to);
        cache.stats.links++;
    }
    unlock();
}

/* Of pointers to blocks; their place in the array is their age. */
struct ordered {
    u32 order, age;
    const struct block *block;
};

static int compare_order(const void *p, const void *q)
{
    const struct ordered *a = p, *b = q;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return a->age < b->age ? -1 : 1;
}

void cache_each(bool (*visit)(const struct block *b, void *context), void *context)
{
    u32 count = 0, n = 0;
    lock();
    for (const struct block *b = cache.oldest; b; b = b->fifo_next)
        count++;
    struct ordered *all = malloc((count + 1) * sizeof *all);
    must(all);
    for (const struct block *b = cache.oldest; b; b = b->fifo_next, n++)
        all[n] = (struct ordered){b->order, n, b};
    qsort(all, count, sizeof *all, compare_order);
    for (n = 0; n < count && visit(all[n].block, context); n++)
        ;
    unlock();
    free(all);
}

/* --- invalidation ------------------------------------------------------------------------------------------------ */

static void drop_invalid(struct block *b)
{
    drop(b);
    cache.stats.invalidated++;
}

void cache_invalidate(u64 addr, u64 len)
{
    u64 end = addr + len < addr ? ~0ull : addr + len;
    if (addr == end)
        return;
    lock();
    cache.recent[cache.version % RECENT_RANGES].start = addr;
    cache.recent[cache.version % RECENT_RANGES].end = end;
    __atomic_store_n(&cache.version, cache.version + 1, __ATOMIC_RELEASE);
    u64 before = cache.stats.invalidated;
    pages_for_each(addr, end, drop_invalid);
    if (cache.stats.invalidated != before) /* a region that is a loop would go on with the old code for ever */
        ask_threads(cache.epoch);
    if (cache.waiting)
        reclaim();
    unlock();
}

void cache_flush(void) { cache_invalidate(0, ~0ull); }

/* --- fork and counters ------------------------------------------------------------------------------------------- */

void cache_fork_prepare(void)
{
    lock();
    pool_fork_prepare();
}

void cache_fork_done(bool child)
{
    /* The threads of the parent do not exist in the child; the one that forks is outside of guest code. */
    if (child)
        for (struct cache_thread *t = cache.threads; t; t = t->next)
            t->epoch = 0;
    pool_fork_done();
    unlock();
}

void cache_get_stats(struct cache_stats *s)
{
    lock();
    *s = cache.stats;
    s->lookups = __atomic_load_n(&cache.stats.lookups, __ATOMIC_RELAXED);
    unlock();
}
