/* The code buffer. See buffer.h. */
#define _GNU_SOURCE
#include "jit/buffer.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { GRANULE = 64, WORD = 64, PAGE = 4096, BYTES_PER_COUNTER = 256 };

/* A fork leaves parent and child with one object. Neither writes to it any more: the first one that wants to gets an object
 * of its own for new code (thaw()), and copies of the pages that it changes (own_pages()). A child that only runs what
 * was compiled, or starts another program, pays nothing. */
static struct {
    pthread_mutex_t lock;
    u8 *rx;     /* where code runs; never moves */
    u8 *rw;     /* the process's own object, writable */
    u8 *source; /* the same, executable: mappings for rx are copied from here. NULL: rx is that */
    size_t bytes;
    u32 granules, cursor, high; /* high: first granule never used */
    u32 written;                /* granule of the last chunk */
    size_t brought;             /* bytes whose pages are there */
    u64 *used, *starts;         /* bit per granule */
    u64 *frozen;                /* bit per page of rx: it belongs to an object that others use, too */
    bool shared;                /* rw does, too */
    u8 *counters;               /* in front of rx */
    u32 counter_count, counters_used; /* used: ever */
    u32 *free_counters, free_count, free_capacity;
} buffer = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool bit(const u64 *map, u32 n) { return map[n / WORD] >> n % WORD & 1; }
static void set_bit(u64 *map, u32 n) { map[n / WORD] |= 1ull << n % WORD; }
static void clear_bit(u64 *map, u32 n) { map[n / WORD] &= ~(1ull << n % WORD); }
static u32 granules_of(u32 bytes) { return (bytes + BUFFER_HEADER + GRANULE - 1) / GRANULE; }

/* Shared memory without a descriptor: no limit of the guest on files applies. */
static u8 *new_object(void)
{
    u8 *p = mmap(NULL, buffer.bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? NULL : p;
}

/* Maps shared memory a second time (mremap(2) with an old size of 0), at `to` if that is not NULL. */
static u8 *map_again(u8 *from, size_t bytes, u8 *to)
{
    u8 *p = to ? mremap(from, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, to) : mremap(from, 0, bytes, MREMAP_MAYMOVE);
    return p == MAP_FAILED ? NULL : p;
}

/* A second, executable mapping of an object, at `to` if that is not NULL. */
static u8 *map_executable(u8 *object, u8 *to)
{
    u8 *p = map_again(object, buffer.bytes, to);
    if (p && mprotect(p, buffer.bytes, PROT_READ | PROT_EXEC)) {
        munmap(p, buffer.bytes);
        return NULL;
    }
    return p;
}

bool buffer_init(size_t bytes)
{
    buffer.bytes = align_up(bytes, GRANULE * WORD > PAGE ? GRANULE * WORD : PAGE);
    buffer.granules = (u32)(buffer.bytes / GRANULE);
    buffer.used = calloc(buffer.granules / WORD, 8);
    buffer.starts = calloc(buffer.granules / WORD, 8);
    buffer.frozen = calloc(buffer.bytes / PAGE / WORD + 1, 8);
    if (!buffer.used || !buffer.starts || !buffer.frozen || !(buffer.rw = new_object()))
        return false;
    buffer.counter_count = (u32)(buffer.bytes / BYTES_PER_COUNTER);
    size_t counters = align_up(buffer.counter_count, PAGE);
    u8 *room = mmap(NULL, counters + buffer.bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED || mprotect(room, counters, PROT_READ | PROT_WRITE))
        return false;
    buffer.counters = room;
    buffer.counters_used = 1;
    buffer.rx = map_executable(buffer.rw, room + counters);
    return buffer.rx != NULL;
}

u8 *buffer_add_counter(u8 value)
{
    u32 number = 0; /* the shared one */
    pthread_mutex_lock(&buffer.lock);
    if (buffer.free_count)
        number = buffer.free_counters[--buffer.free_count];
    else if (buffer.counters_used < buffer.counter_count)
        number = buffer.counters_used++;
    pthread_mutex_unlock(&buffer.lock);
    __atomic_store_n(&buffer.counters[number], value, __ATOMIC_RELAXED);
    return &buffer.counters[number];
}

void buffer_remove_counter(u8 *counter)
{
    u32 number = (u32)(counter - buffer.counters);
    if (!number)
        return;
    pthread_mutex_lock(&buffer.lock);
    if (buffer.free_count == buffer.free_capacity) {
        buffer.free_capacity = buffer.free_capacity ? 2 * buffer.free_capacity : 1024;
        buffer.free_counters = realloc(buffer.free_counters, buffer.free_capacity * sizeof *buffer.free_counters);
        must(buffer.free_counters);
    }
    buffer.free_counters[buffer.free_count++] = number;
    pthread_mutex_unlock(&buffer.lock);
}

/* --- after a fork -------------------------------------------------------------------------------------------------- */

static size_t used_bytes(void) { return align_up((size_t)buffer.high * GRANULE, PAGE); }

/* An object of this process's own for what comes. Lock held. */
static bool thaw(void)
{
    if (!buffer.shared)
        return true;
    if (buffer.rw)
        munmap(buffer.rw, buffer.bytes);
    if (buffer.source)
        munmap(buffer.source, buffer.bytes);
    buffer.source = NULL;
    buffer.rw = new_object();
    if (!buffer.rw || !(buffer.source = map_executable(buffer.rw, NULL)))
        return false;
    size_t used = used_bytes();
    if (used < buffer.bytes && !map_again(buffer.source + used, buffer.bytes - used, buffer.rx + used))
        return false;
    buffer.shared = false;
    return true;
}

/* Copies the pages of [at, at + bytes) that others use, too. Other threads may run what is there. Lock held. */
static bool own_pages(size_t at, size_t bytes)
{
    if (unlikely(!thaw()))
        return false;
    for (size_t page = at / PAGE; page <= (at + bytes - 1) / PAGE; page++) {
        if (likely(!bit(buffer.frozen, (u32)page)))
            continue;
        memcpy(buffer.rw + page * PAGE, buffer.rx + page * PAGE, PAGE);
        if (!map_again(buffer.source + page * PAGE, PAGE, buffer.rx + page * PAGE))
            return false;
        clear_bit(buffer.frozen, (u32)page);
    }
    return true;
}

const u8 *buffer_base(void) { return buffer.rx; }
u8 *buffer_writable(const u8 *code) { return buffer.rw + (code - buffer.rx); }

u8 *buffer_open(const u8 *code, u32 bytes)
{
    pthread_mutex_lock(&buffer.lock);
    bool writable = own_pages((size_t)(code - buffer.rx), bytes);
    must(writable);
    return buffer_writable(code);
}

void buffer_close(void) { pthread_mutex_unlock(&buffer.lock); }

/* First run of n free granules in [from, to); `to` if there is none. */
static u32 find_run(u32 from, u32 to, u32 n)
{
    u32 length = 0;
    for (u32 i = from; i < to; i++) {
        if (i % WORD == 0 && buffer.used[i / WORD] == ~0ull) {
            length = 0;
            i += WORD - 1;
            continue;
        }
        length = bit(buffer.used, i) ? 0 : length + 1;
        if (length == n)
            return i + 1 - n;
    }
    return to;
}

/* Brings pages for the next chunks at once: a fault for each, in both views, costs more than writing them. Nothing happens
 * where the kernel (before Linux 5.14) cannot. */
static void bring_pages(u32 end)
{
    enum { LEAST = 8 * PAGE, MOST = 64 * PAGE, POPULATE_READ = 22, POPULATE_WRITE = 23 };
    size_t need = align_up((size_t)end * GRANULE, PAGE), more = align_down(need / 4, PAGE);
    if (need <= buffer.brought || buffer.shared)
        return;
    more = more < LEAST ? LEAST : more > MOST ? MOST : more;
    size_t from = buffer.brought, to = need + more < buffer.bytes ? need + more : buffer.bytes;
    madvise(buffer.rw + from, to - from, POPULATE_WRITE);
    madvise(buffer.rx + from, to - from, POPULATE_READ);
    buffer.brought = to;
}

/* Pages that have been written are written again for links that are set, most of them soon, and each time that needs a
 * fault. Later they would only count twice as this process's memory, as they are mapped twice. */
static void unmap_written(u32 at)
{
    enum { SOME = (8 << 20) / GRANULE };
    if (at / SOME == buffer.written / SOME)
        return;
    size_t ready = align_down((size_t)at * GRANULE, PAGE);
    madvise(buffer.rw, ready, MADV_DONTNEED);
    buffer.written = at;
}

const u8 *buffer_add(const struct block *b, const u8 *code, u32 bytes)
{
    u32 n = granules_of(bytes);
    pthread_mutex_lock(&buffer.lock);
    u32 at = find_run(buffer.cursor, buffer.granules, n);
    bool full = at == buffer.granules && (at = find_run(0, buffer.cursor, n)) == buffer.cursor;
    if (full || !own_pages((size_t)at * GRANULE, (size_t)n * GRANULE)) {
        pthread_mutex_unlock(&buffer.lock);
        return NULL;
    }
    for (u32 i = 0; i < n; i++)
        set_bit(buffer.used, at + i);
    set_bit(buffer.starts, at);
    buffer.cursor = at + n;
    if (buffer.cursor > buffer.high)
        buffer.high = buffer.cursor;
    bring_pages(at + n);
    u8 *to = buffer.rw + (size_t)at * GRANULE;
    memcpy(to, &b, sizeof b);
    memcpy(to + BUFFER_HEADER, code, bytes);
    unmap_written(at);
    pthread_mutex_unlock(&buffer.lock);
    return buffer.rx + (size_t)at * GRANULE + BUFFER_HEADER;
}

void buffer_remove(const u8 *code, u32 bytes)
{
    u32 at = (u32)((code - BUFFER_HEADER - buffer.rx) / GRANULE), n = granules_of(bytes);
    pthread_mutex_lock(&buffer.lock);
    for (u32 i = 0; i < n; i++)
        clear_bit(buffer.used, at + i);
    clear_bit(buffer.starts, at);
    pthread_mutex_unlock(&buffer.lock);
}

const struct block *buffer_find(uintptr_t pc, const u8 **start)
{
    uintptr_t distance = pc - (uintptr_t)buffer.rx;
    if (!buffer.rx || distance >= buffer.bytes)
        return NULL;
    u32 at = (u32)(distance / GRANULE);
    while (at && !bit(buffer.starts, at))
        at--;
    const struct block *b;
    memcpy(&b, buffer.rx + (size_t)at * GRANULE, sizeof b);
    *start = buffer.rx + (size_t)at * GRANULE + BUFFER_HEADER;
    return b;
}

bool buffer_has(const u8 *at, size_t bytes)
{
    uintptr_t distance = (uintptr_t)at - (uintptr_t)buffer.rx;
    return distance < buffer.bytes && bytes <= buffer.bytes - distance;
}

void buffer_fork_prepare(void) { pthread_mutex_lock(&buffer.lock); }

void buffer_fork_done(void)
{
    if (buffer.rx) {
        for (size_t page = 0; page < used_bytes() / PAGE; page++)
            set_bit(buffer.frozen, (u32)page);
        buffer.shared = true;
    }
    pthread_mutex_unlock(&buffer.lock);
}
