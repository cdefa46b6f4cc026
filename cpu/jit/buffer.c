/* The code buffer. See buffer.h. */
#define _GNU_SOURCE
#include "jit/buffer.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { GRANULE = 64, WORD = 64 };

static struct {
    pthread_mutex_t lock;
    u8 *rw, *rx;
    size_t bytes;
    u32 granules, cursor, high; /* high: first granule never used */
    u64 *used, *starts;         /* bit per granule */
    int child_fd;               /* between fork_prepare and fork_done */
} buffer = {.lock = PTHREAD_MUTEX_INITIALIZER, .child_fd = -1};

static bool bit(const u64 *map, u32 n) { return map[n / WORD] >> n % WORD & 1; }
static void set_bit(u64 *map, u32 n) { map[n / WORD] |= 1ull << n % WORD; }
static void clear_bit(u64 *map, u32 n) { map[n / WORD] &= ~(1ull << n % WORD); }
static u32 granules_of(u32 bytes) { return (bytes + BUFFER_HEADER + GRANULE - 1) / GRANULE; }

static int new_object(void)
{
    int fd = memfd_create("xrun-code", MFD_CLOEXEC);
    if (fd >= 0 && ftruncate(fd, (off_t)buffer.bytes)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Maps the object twice, at the old places if there are any. */
static bool map_object(int fd)
{
    int fixed = buffer.rw ? MAP_FIXED : 0;
    u8 *rw = mmap(buffer.rw, buffer.bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE | fixed, fd, 0);
    u8 *rx = mmap(buffer.rx, buffer.bytes, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_NORESERVE | fixed, fd, 0);
    if (rw == MAP_FAILED || rx == MAP_FAILED)
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
    int fd = new_object();
    bool done = buffer.used && buffer.starts && fd >= 0 && map_object(fd);
    if (fd >= 0)
        close(fd);
    return done;
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

const u8 *buffer_add(const struct block *b, const u8 *code, u32 bytes)
{
    u32 n = granules_of(bytes);
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

/* The copy is made before the fork, while nobody can change the original. */
void buffer_fork_prepare(void)
{
    pthread_mutex_lock(&buffer.lock);
    if (!buffer.rw)
        return;
    buffer.child_fd = new_object();
    must(buffer.child_fd >= 0);
    size_t bytes = (size_t)buffer.high * GRANULE;
    for (size_t done = 0; done < bytes;) {
        ssize_t n = pwrite(buffer.child_fd, buffer.rw + done, bytes - done, (off_t)done);
        must(n > 0);
        done += (size_t)n;
    }
}

void buffer_fork_done(bool child)
{
    if (buffer.child_fd >= 0) {
        if (child)
            must(map_object(buffer.child_fd));
        close(buffer.child_fd);
        buffer.child_fd = -1;
    }
    pthread_mutex_unlock(&buffer.lock);
}
