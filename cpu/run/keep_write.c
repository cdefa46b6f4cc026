/* Writing the file of kept translations. See keep.h.
 *
 * The blocks of this process, then what the old file has and this process did not need. Written once the process is
 * about to end, under the cache's lock; other threads may still run what is there. */
#define _GNU_SOURCE
#include "run/keep.h"
#include "interp/watch.h"
#include "softmmu/softmmu.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FILE_MOST = 64 << 20,
    FOLDER_MOST = 256 << 20,
    BUFFER = 256 << 10,
    RECORD_MOST = 64 << 10,
    LEAST_FRESH = 64, /* blocks that make writing worth it ... */
    FRESH_PART = 16,  /* ... or this part of what was there; twice as many for every two times it was written */
};

enum { KEY_DIGITS = 16 }; /* at the beginning of a file's name */
enum { MET_GRAIN = 32, USED = 1, REPLACED = 2 };
_Static_assert(sizeof(struct keep_record) + sizeof(struct keep_source) >= MET_GRAIN, "no two records in one grain");

struct writer {
    int fd;
    bool failed;
    u8 *buffer;
    size_t filled;
    u64 written; /* position in the file of what is in the buffer */
    struct keep_slot *entries;
    u32 count, capacity;
    u8 *met;   /* what became of each record of the old file, by its offset / MET_GRAIN */
    u64 least; /* addresses from here on are this process's */
};

static void flush(struct writer *w)
{
    for (size_t at = 0; at < w->filled && !w->failed;) {
        ssize_t n = write(w->fd, w->buffer + at, w->filled - at);
        w->failed = n <= 0;
        at += n > 0 ? (size_t)n : 0;
    }
    w->written += w->filled;
    w->filled = 0;
}

/* Room for a record. */
static struct keep_record *begin(struct writer *w)
{
    if (BUFFER - w->filled < RECORD_MOST)
        flush(w);
    return (struct keep_record *)(w->buffer + w->filled);
}

static void end(struct writer *w, struct keep_record *r)
{
    if (w->count == w->capacity) {
        w->capacity = w->capacity ? 2 * w->capacity : 4096;
        w->entries = realloc(w->entries, w->capacity * sizeof *w->entries);
        must(w->entries);
    }
    r->check = keep_check(r);
    w->entries[w->count++] = (struct keep_slot){keep_hash(r->pc, r->mode), (u32)((w->written + w->filled) / KEEP_GRAIN)};
    w->filled += r->bytes;
}

static bool can_keep(const struct block *b)
{
    return b->source && !(b->mode & CACHE_MODE_SINGLE) &&
           (!b->native_bytes || (!jit_tagged() && !watch_on()));
}

/* Evaluators and counters lie in the program; what lies beyond it would not be there again. */
static bool has_address(const u8 *code, u32 bytes, u64 least)
{
    for (u32 i = 0; i + 8 <= bytes; i += 8) {
        u64 v;
        memcpy(&v, code + i, 8);
        if (v >= least && v >> 47 == 0)
            return true;
    }
    return false;
}

static void meet(struct writer *w, const struct block *b, u8 what)
{
    const struct keep_record *old = w->met ? keep_find(b->pc, b->mode) : NULL;
    if (old)
        w->met[((const u8 *)old - keep.file) / MET_GRAIN] |= what;
}

static bool write_block(const struct block *b, void *context)
{
    struct writer *w = context;
    meet(w, b, USED);
    if (!can_keep(b))
        return true;
    if (w->failed || w->written + w->filled > FILE_MOST)
        return false;
    const struct keep_source *s = b->source;
    struct keep_record *r = begin(w);
    *r = (struct keep_record){.pc = b->pc,
                              .mode = b->mode,
                              .exit_count = b->exit_count,
                              .map_count = b->map_count,
                              .native = b->native_bytes != 0,
                              .may_link = b->may_link};
    r->code_bytes = r->native ? jit_kept_bytes(b, &r->info_at) : b->code_bytes;
    u64 source_at = sizeof *r + keep_exit_bytes(r) +
                    align_up(r->map_count * sizeof(struct block_map) + (u64)r->code_bytes, KEEP_GRAIN);
    u64 bytes = source_at + keep_sources_bytes(s);
    if (bytes > RECORD_MOST)
        return true;
    r->source_at = (u32)source_at;
    r->bytes = (u32)bytes;
    u8 *exits = (u8 *)(r + 1), *map = exits + keep_exit_bytes(r), *code = map + r->map_count * sizeof(struct block_map);
    memset((u8 *)r + source_at - KEEP_GRAIN, 0, KEEP_GRAIN);
    memcpy(map, b->map, r->map_count * sizeof(struct block_map));
    memcpy((u8 *)r + source_at, s, keep_sources_bytes(s));
    if (r->native) {
        if (!jit_keep(b, code, (struct jit_kept_exit *)exits, w->least))
            return true;
    } else {
        for (u32 i = 0; i < b->exit_count; i++)
            ((struct interp_exit *)exits)[i] = (struct interp_exit){b->exits[i].pc, b->exits[i].exchange};
        memcpy(code, b->code, r->code_bytes);
        if (has_address(code, r->code_bytes, w->least))
            return true;
    }
    end(w, r);
    meet(w, b, REPLACED);
    return true;
}

/* What the old file has beyond that, unless it was not used for long. */
static void write_old(struct writer *w)
{
    u64 offset = sizeof *keep.header;
    for (u32 i = 0; i < keep.header->record_count && !w->failed && w->written + w->filled < FILE_MOST; i++) {
        const struct keep_record *old = keep_record_at(offset);
        if (!old)
            return;
        u8 met = w->met[offset / MET_GRAIN];
        offset += old->bytes;
        if (old->age + 1 >= KEEP_AGE_LIMIT || old->bytes > RECORD_MOST || met & REPLACED)
            continue;
        struct keep_record *r = begin(w);
        memcpy(r, old, old->bytes);
        r->age = met & USED ? 0 : old->age + 1;
        end(w, r);
    }
}

static void write_table(struct writer *w, struct keep_header *h)
{
    h->table_bits = KEEP_HASH_LEAST;
    while ((1u << h->table_bits) / 4 * 3 < w->count)
        h->table_bits++;
    u32 size = 1u << h->table_bits;
    struct keep_slot *table = calloc(size, sizeof *table);
    must(table);
    for (u32 i = 0; i < w->count; i++) {
        u32 slot = w->entries[i].hash & (size - 1);
        while (table[slot].number)
            slot = (slot + 1) & (size - 1);
        table[slot] = w->entries[i];
    }
    flush(w);
    h->table_at = w->written;
    h->record_count = w->count;
    for (size_t at = 0, n; at < size * sizeof *table; at += n) {
        n = size * sizeof *table - at < BUFFER ? size * sizeof *table - at : BUFFER;
        memcpy(w->buffer, (u8 *)table + at, n);
        w->filled = n;
        flush(w);
    }
    free(table);
    h->bytes = w->written;
}

static bool write_file(int fd)
{
    extern u8 _end[];
    struct keep_header h = {
        .magic = KEEP_MAGIC, .key = keep.key, .mmap_base = keep.layout[0], .pie_base = keep.layout[1]};
    struct writer w = {.fd = fd, .buffer = malloc(BUFFER), .filled = sizeof h, .least = (u64)(uintptr_t)_end};
    if (!w.buffer)
        return false;
    memset(w.buffer, 0, sizeof h);
    cache_get_jump_modes(h.jump_modes);
    bool old = keep.file && !keep.borrowed;
    w.met = old ? calloc(keep.header->bytes / MET_GRAIN + 1, 1) : NULL;
    cache_each(write_block, &w);
    if (old && w.met) {
        h.saves = keep.header->saves + 1;
        write_old(&w);
    }
    write_table(&w, &h);
    free(w.buffer);
    free(w.entries);
    free(w.met);
    return !w.failed && pwrite(fd, &h, sizeof h, 0) == sizeof h;
}

/* --- what will be warm next time ----------------------------------------------------------------------------------- */

/* The next process need not interpret a block until it is warm: what ran some times in this one is compiled for it, what ran
 * most first, as long as that takes a small part of the time that this one has run. */
struct warm {
    struct warm_block {
        u64 pc;
        u32 mode, runs;
    } * blocks;
    u32 count, capacity;
};

static bool add_warm(const struct block *b, void *context)
{
    enum { LEAST = 16 }; /* by measurement: compiling pays for itself in the next process or the one after it */
    struct warm *w = context;
    u32 runs = interp_runs(b->pc);
    if (b->native_bytes || !can_keep(b) || runs < LEAST)
        return true;
    if (w->count == w->capacity) {
        w->capacity = w->capacity ? 2 * w->capacity : 1024;
        w->blocks = realloc(w->blocks, w->capacity * sizeof *w->blocks);
        must(w->blocks);
    }
    w->blocks[w->count++] = (struct warm_block){b->pc, b->mode, runs};
    return true;
}

static int compare_runs(const void *p, const void *q)
{
    const struct warm_block *a = p, *b = q;
    return a->runs != b->runs ? (a->runs < b->runs ? 1 : -1) : a->pc < b->pc ? -1 : a->pc > b->pc;
}

static u64 time_run(void)
{
    struct timespec t;
    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) ? 0 : (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

static void compile_for_next(struct cpu_common *cpu, struct cpu_engine *e)
{
    enum { PART = 4, SOME = 64 };
    struct warm w = {0};
    u64 pc = cpu->pc, until = time_run();
    u32 mode = cpu->mode;
    until += until / PART;
    cache_each(add_warm, &w);
    if (w.count)
        qsort(w.blocks, w.count, sizeof *w.blocks, compare_runs);
    cache_enter(&e->interp.cache);
    for (u32 i = 0; i < w.count && (i % SOME || time_run() < until); i++) {
        cpu->pc = w.blocks[i].pc;
        cpu->mode = w.blocks[i].mode;
        struct block *b = cache_find(cpu->pc, cpu->mode);
        if (b && !b->native_bytes)
            compile_warm(cpu, e, b);
    }
    cache_leave(&e->interp.cache);
    cpu->pc = pc;
    cpu->mode = mode;
    free(w.blocks);
}

/* --- the file ------------------------------------------------------------------------------------------------------ */

/* Deletes the files that were not used for the longest time, until the others are few enough. */
static void limit_folder(int folder)
{
    for (;;) {
        char oldest[NAME_MAX + 1] = "";
        u64 all = 0;
        time_t least = 0;
        int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *d = fd < 0 ? NULL : fdopendir(fd);
        if (!d)
            return;
        for (struct dirent *e; (e = readdir(d)) != NULL;) {
            struct stat st;
            if (strlen(e->d_name) < KEY_DIGITS + 2 || e->d_name[KEY_DIGITS] != '-' || /* not ours */
                strspn(e->d_name, "0123456789abcdef") != KEY_DIGITS)
                continue;
            if (fstatat(folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
                continue;
            all += (u64)st.st_size;
            time_t used = st.st_atime > st.st_mtime ? st.st_atime : st.st_mtime;
            if (!oldest[0] || used < least) {
                least = used;
                snprintf(oldest, sizeof oldest, "%s", e->d_name);
            }
        }
        closedir(d);
        if (all <= FOLDER_MOST || !oldest[0] || unlinkat(folder, oldest, 0))
            return;
    }
}

static void write_into(int folder)
{
    char temporary[64], name[64], any[64];
    snprintf(temporary, sizeof temporary, "%016lx-%016lx.%d", keep.key, keep.program, (int)getpid());
    snprintf(name, sizeof name, "%016lx-%016lx", keep.key, keep.program);
    snprintf(any, sizeof any, "%016lx-any", keep.key);
    struct stat st;
    if (!fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) && st.st_ino != keep.file_ino) /* many may end at once */
        return;
    int fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    bool good = write_file(fd);
    good = !close(fd) && good;
    if (!good || renameat(folder, temporary, folder, name)) {
        unlinkat(folder, temporary, 0);
        return;
    }
    /* A program without a file begins with another's: the C library's start is the same. */
    if (!keep.file || (keep.borrowed && keep.taken < keep.fresh / 4)) {
        unlinkat(folder, any, 0);
        linkat(folder, name, folder, any, 0);
    }
    limit_folder(folder);
}

static bool worth_it(void)
{
    if (!keep.file || keep.borrowed)
        return keep.fresh >= LEAST_FRESH;
    u64 least = keep.header->record_count / FRESH_PART;
    least = least < LEAST_FRESH ? LEAST_FRESH : least;
    u32 doubled = keep.header->saves / 2;
    return doubled < 16 && keep.fresh >= least << doubled;
}

/* Whether a process of the program has ended before. The file for that is a table of hashes; one that takes another's place
 * only makes that one be forgotten. */
static bool ended_before(int folder)
{
    enum { SLOTS = 16384 };
    char name[64];
    struct stat st;
    u32 slot = (u32)(keep.program % SLOTS), mark = (u32)(keep.program >> 32) | 1, found = 0;
    snprintf(name, sizeof name, "%016lx-seen", keep.key);
    int fd = openat(folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
    bool before = regular && pread(fd, &found, sizeof found, slot * sizeof found) == sizeof found && found == mark;
    regular = regular && !before && pwrite(fd, &mark, sizeof mark, slot * sizeof mark) > 0;
    close(fd);
    return before;
}

/* Writing takes a few microseconds for each block; at most an eighth of what the process has run. */
static bool ran_long(void)
{
    enum { WRITE_NS = 4000, PART = 8 };
    return time_run() > keep.fresh * WRITE_NS * PART;
}

void keep_write(struct cpu_common *cpu, struct cpu_engine *e)
{
    struct stat st;
    sigset_t all, old;
    struct rlimit most; /* the guest's: going beyond it would be a signal */
    static bool begun;
    /* keep.writing stays on: what compile_for_next() makes is noted, too. */
    if (!keep.on || !__atomic_load_n(&keep.writing, __ATOMIC_RELAXED) || __atomic_exchange_n(&begun, true, __ATOMIC_RELAXED) ||
        !worth_it() || geteuid() != keep.uid || getrlimit(RLIMIT_FSIZE, &most) || most.rlim_cur < FILE_MOST)
        return;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    int folder = open(keep.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Not another one, after a chroot(2). */
    if (folder >= 0 && !fstat(folder, &st) && st.st_dev == keep.folder_dev && st.st_ino == keep.folder_ino) {
        if (!keep.sparing || (keep.file && !keep.borrowed) || ran_long() || ended_before(folder)) {
            compile_for_next(cpu, e);
            write_into(folder);
        }
    }
    if (folder >= 0)
        close(folder);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
}
