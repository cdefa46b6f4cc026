/* Pieces by size class from chunks. See pool.h. */
#define _GNU_SOURCE
#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { STEP = 32, CLASSES = 128, MOST = STEP * CLASSES, HUGE = 2 << 20, PAGE = 4096, LINE = 64 };

/* Sanitizers see what is used after it was freed only in memory of malloc(). */
#ifdef XRUN_SANITIZE
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

struct piece {
    struct piece *next;
};

static struct {
    pthread_mutex_t lock;
    struct piece *free[CLASSES + 1]; /* by size / STEP */
    u8 *at, *end;                    /* of the last chunk: not used yet */
    u32 chunks;
    bool dear; /* a huge page at once costs less than the faults that even a small program has */
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static u8 *map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(p != MAP_FAILED);
    return p;
}

/* Memory that a huge page can be: newer kernels align such mappings themselves. */
static u8 *map_aligned(void)
{
    u8 *p = map(HUGE);
    if ((uintptr_t)p % HUGE) {
        munmap(p, HUGE);
        u8 *room = map(2 * HUGE);
        p = (u8 *)align_up((uintptr_t)room, HUGE);
        if (p > room)
            munmap(room, (size_t)(p - room));
        munmap(p + HUGE, (size_t)(room + HUGE - p));
    }
    return p;
}

/* Two pages say what a fault takes: the lesser, so that none is dear because of what else went on. */
static void first_chunk(void)
{
    enum { PROBES = 2, DEAR_NS = 3000 };
    u64 least = ~0ull;
    pool.at = map(PROBES * PAGE);
    pool.end = pool.at + PROBES * PAGE;
    for (u8 *p = pool.at; p < pool.end; p += PAGE) {
        u64 start = monotonic_ns();
        *(volatile u8 *)p = 0;
        u64 took = monotonic_ns() - start;
        least = took < least ? took : least;
    }
    pool.dear = least > DEAR_NS;
}

/* What is left of the last chunk is used for pieces. Lock held. */
static void next_chunk(void)
{
    while (pool.at < pool.end) {
        size_t left = (size_t)(pool.end - pool.at), size = left < MOST ? left : MOST;
        struct piece *p = (struct piece *)pool.at;
        p->next = pool.free[size / STEP];
        pool.free[size / STEP] = p;
        pool.at += size;
    }
    if (!pool.chunks) {
        first_chunk();
    } else {
        pool.at = map_aligned();
        pool.end = pool.at + HUGE;
        if (pool.dear || pool.chunks > 1)
            madvise(pool.at, HUGE, MADV_HUGEPAGE);
    }
    pool.chunks++;
}

static size_t rounded(size_t bytes) { return align_up(bytes, STEP); }

/* Lock held. */
static u8 *carve(size_t size)
{
    while ((size_t)(pool.end - pool.at) < size)
        next_chunk();
    u8 *p = pool.at;
    pool.at += size;
    return p;
}

void *pool_alloc(size_t bytes)
{
    size_t size = rounded(bytes);
    if (SANITIZED || size > MOST) {
        void *p = malloc(bytes);
        must(p);
        return p;
    }
    pthread_mutex_lock(&pool.lock);
    struct piece *p = pool.free[size / STEP];
    if (p)
        pool.free[size / STEP] = p->next;
    else
        p = (struct piece *)carve(size);
    pthread_mutex_unlock(&pool.lock);
    return p;
}

void pool_free(void *piece, size_t bytes)
{
    size_t size = rounded(bytes);
    if (SANITIZED || size > MOST) {
        free(piece);
        return;
    }
    struct piece *p = piece;
    if (!p)
        return;
    pthread_mutex_lock(&pool.lock);
    p->next = pool.free[size / STEP];
    pool.free[size / STEP] = p;
    pthread_mutex_unlock(&pool.lock);
}

void *pool_table(size_t bytes)
{
    must(bytes <= HUGE / 2);
    if (SANITIZED) {
        void *p = calloc(1, bytes);
        must(p);
        return p;
    }
    pthread_mutex_lock(&pool.lock);
    size_t gap = (size_t)(-(uintptr_t)pool.at % LINE);
    if ((size_t)(pool.end - pool.at) >= gap)
        pool.at += gap;
    u8 *p = carve(align_up(bytes, LINE));
    pthread_mutex_unlock(&pool.lock);
    return p;
}

void *pool_pages(size_t *bytes, bool once)
{
    bool huge = once && pool.dear;
    *bytes = align_up(*bytes, huge ? HUGE : PAGE);
    u8 *p = map(*bytes);
    if (huge)
        madvise(p, *bytes, MADV_HUGEPAGE);
    return p;
}

void pool_fork_prepare(void) { pthread_mutex_lock(&pool.lock); }
void pool_fork_done(void) { pthread_mutex_unlock(&pool.lock); }
