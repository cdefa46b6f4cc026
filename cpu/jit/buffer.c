/* The code buffer. See buffer.h. */
#define _GNU_SOURCE
#include "jit/buffer.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { GRANULE = 64, WORD = 64 };

static struct {
    pthread_mutex_t lock;
    u8 *rw, *rx;
    size_t bytes;
    u32 granules, cursor, high; /* high: first granule never used */
    u64 *used, *starts;         /* bit per granule */
    u8 *copy;                   /* the child's, between fork_prepare and fork_done */
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

/* Maps the object a second time (mremap(2) with an old size of 0), at the old places if there are any. */
static bool map_object(u8 *object)
{
    int fixed = buffer.rw ? MREMAP_FIXED : 0;
    u8 *rw = fixed ? mremap(object, buffer.bytes, buffer.bytes, MREMAP_MAYMOVE | fixed, buffer.rw) : object;
    u8 *rx = rw == MAP_FAILED ? rw : mremap(rw, 0, buffer.bytes, MREMAP_MAYMOVE | fixed, buffer.rx);
    if (rx == MAP_FAILED || mprotect(rx, buffer.bytes, PROT_READ | PROT_EXEC))
        return false;
    buffer.rw = rw;
    buffer.rx = rx;
    return true;
}

bool buffer_init(size_t bytes)
{
    buffer.bytes = align_up(bytes, GRANULE * WORD);
    buffer.granules = (u32)(buffer.bytes / GRANULE);
    buffer.used = calloc(buffer.granules / WORD, 8);
    buffer.starts = calloc(buffer.granules / WORD, 8);
    u8 *object = new_object();
    return buffer.used && buffer.starts && object && map_object(object);
}

const u8 *buffer_base(void) { return buffer.rx; }
u8 *buffer_writable(const u8 *code) { return buffer.rw + (code - buffer.rx); }

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

const u8 *buffer_add(const struct block *b, const u8 *code, u32 bytes, u32 room)
{
    u32 n = granules_of(room);
    pthread_mutex_lock(&buffer.lock);
    u32 at = find_run(buffer.cursor, buffer.granules, n);
    if (at == buffer.granules && (at = find_run(0, buffer.cursor, n)) == buffer.cursor) {
        pthread_mutex_unlock(&buffer.lock);
        return NULL;
    }
    for (u32 i = 0; i < n; i++)
        set_bit(buffer.used, at + i);
    set_bit(buffer.starts, at);
    buffer.cursor = at + n;
    if (buffer.cursor > buffer.high)
        buffer.high = buffer.cursor;
    u8 *to = buffer.rw + (size_t)at * GRANULE;
    memcpy(to, &b, sizeof b);
    memcpy(to + BUFFER_HEADER, code, bytes);
    pthread_mutex_unlock(&buffer.lock);
    return buffer.rx + (size_t)at * GRANULE + BUFFER_HEADER;
}

void buffer_remove(const u8 *code, u32 room)
{
    u32 at = (u32)((code - BUFFER_HEADER - buffer.rx) / GRANULE), n = granules_of(room);
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

/* The copy is made before the fork, while nobody can change the original. */
void buffer_fork_prepare(void)
{
    pthread_mutex_lock(&buffer.lock);
    if (!buffer.rw)
        return;
    buffer.copy = new_object();
    if (buffer.copy)
        memcpy(buffer.copy, buffer.rw, (size_t)buffer.high * GRANULE);
}

bool buffer_fork_done(bool child)
{
    bool done = true;
    if (child && buffer.rw)
        done = buffer.copy && map_object(buffer.copy);
    else if (buffer.copy)
        munmap(buffer.copy, buffer.bytes);
    buffer.copy = NULL;
    pthread_mutex_unlock(&buffer.lock);
    return done;
}
