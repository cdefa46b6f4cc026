/* Pieces by size class from chunks. See pool.h. */
#define _GNU_SOURCE
#include "base/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

/* FIRST: small programs need no more, and a huge page costs as much as bringing some dozens of small ones. */
enum { STEP = 32, CLASSES = 128, MOST = STEP * CLASSES, FIRST = 256 << 10, HUGE = 2 << 20 };

/* Sanitizers see what is used after it was freed only in memory of malloc(). */
#ifdef __SANITIZE_ADDRESS__
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
    bool grown;                      /* the first chunk is used up */
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER};

static u8 *map(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(p != MAP_FAILED);
    return p;
}

/* A huge page's worth of memory, aligned to it: newer kernels align such mappings themselves. */
static u8 *map_huge(void)
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
    madvise(p, HUGE, MADV_HUGEPAGE);
    return p;
}

/* What is left of the last chunk is a piece, too. Lock held. */
static void next_chunk(void)
{
    size_t left = (size_t)(pool.end - pool.at);
    if (left) {
        struct piece *p = (struct piece *)pool.at;
        p->next = pool.free[left / STEP];
        pool.free[left / STEP] = p;
    }
    size_t bytes = pool.grown || pool.end ? HUGE : FIRST;
    pool.grown = bytes == HUGE;
    pool.at = pool.grown ? map_huge() : map(bytes);
    pool.end = pool.at + bytes;
}

static size_t rounded(size_t bytes) { return align_up(bytes, STEP); }

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
    if (p) {
        pool.free[size / STEP] = p->next;
    } else {
        if ((size_t)(pool.end - pool.at) < size)
            next_chunk();
        p = (struct piece *)pool.at;
        pool.at += size;
    }
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

void pool_fork_prepare(void) { pthread_mutex_lock(&pool.lock); }
void pool_fork_done(void) { pthread_mutex_unlock(&pool.lock); }
