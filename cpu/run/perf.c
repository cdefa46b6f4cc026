/* The two interfaces of perf to code that is made at run time. See perf.h.
 *
 * A piece of code may hold several functions of the guest: each run of instructions of one function is an entry of its
 * own. Entries are written at once with O_APPEND, so threads need no lock. Code that is dropped keeps its entries: in the
 * dump, where entries have times, later code at the same place wins; in the map, perf takes the last. */
#define _GNU_SOURCE
#include "run/perf.h"
#include "jit/watch.h"
#include "run/symbols.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NAME_BYTES = 200, RECORD_CODE_LOAD = 0, MARKER_BYTES = 4096 };

struct dump_header {
    u32 magic, version, total_size, elf_mach, pad, pid;
    u64 timestamp, flags;
};
struct dump_load {
    u32 id, total_size; /* of every record */
    u64 timestamp;
    u32 pid, tid;
    u64 vma, code_addr, code_size, code_index;
    char name[]; /* with its NUL; then the code */
} __attribute__((packed));
_Static_assert(sizeof(struct dump_header) == 40 && sizeof(struct dump_load) == 56, "the format of perf");
static const u32 dump_magic = 0x4a695444; /* "JiTD" */

static struct {
    int map, dump; /* -1: off */
    char *folder;
    u64 index; /* of the next record */
} perf = {.map = -1, .dump = -1};

/* --- entries ------------------------------------------------------------------------------------------------------------ */

static void map_entry(const u8 *code, u64 bytes, const char *name)
{
    char line[NAME_BYTES + 64];
    int n = snprintf(line, sizeof line, "%lx %lx %s\n", (unsigned long)(uintptr_t)code, (unsigned long)bytes, name);
    if (write(perf.map, line, (size_t)n) != n)
        perf.map = -1; /* no room: what is there stays valid */
}

static void dump_entry(const u8 *code, u64 bytes, const char *name)
{
    size_t name_bytes = strlen(name) + 1, total = sizeof(struct dump_load) + name_bytes + bytes;
    struct dump_load *r = malloc(total);
    must(r);
    *r = (struct dump_load){
        .id = RECORD_CODE_LOAD,
        .total_size = (u32)total,
        .timestamp = monotonic_ns(),
        .pid = (u32)getpid(),
        .tid = (u32)syscall(SYS_gettid),
        .vma = (uintptr_t)code,
        .code_addr = (uintptr_t)code,
        .code_size = bytes,
        .code_index = __atomic_fetch_add(&perf.index, 1, __ATOMIC_RELAXED),
    };
    memcpy(r->name, name, name_bytes);
    memcpy(r->name + name_bytes, code, bytes);
    if (write(perf.dump, r, total) != (ssize_t)total)
        perf.dump = -1;
    free(r);
}

static void entry(const struct jit_piece *p, u32 from, u32 to, const char *name)
{
    if (from == to)
        return;
    if (perf.map >= 0)
        map_entry(p->code + from, to - from, name);
    if (perf.dump >= 0)
        dump_entry(p->code + from, to - from, name);
}

static void watch(const struct jit_piece *p)
{
    char name[NAME_BYTES], other[NAME_BYTES];
    u64 pc = p->fn->pc;
    u32 from = 0;
    symbols_guest(pc, false, name, sizeof name);
    for (u32 i = 0; i < p->mark_count; i++) {
        const struct jit_mark *m = &p->marks[i];
        if (m->pc == pc || m->op == JIT_MARK_DATA)
            continue;
        pc = m->pc;
        symbols_guest(pc, false, other, sizeof other);
        /* Without a symbol each instruction has a name of its own; a piece is enough. */
        if (!strcmp(name, other) || strchr(other, '+'))
            continue;
        entry(p, from, m->at, name);
        from = m->at;
        memcpy(name, other, sizeof name);
    }
    entry(p, from, p->bytes, name);
}

/* --- files -------------------------------------------------------------------------------------------------------------- */

static int open_file(const char *path, bool append)
{
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | (append ? 0 : O_TRUNC), 0644);
    return fd < 0 ? -errno : own_fd_add(fd);
}

static int open_map(bool append)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%d.map", (int)getpid());
    return open_file(path, append);
}

/* perf finds the dump by this mapping of it, which must be executable; it is never used. */
static bool mark_dump(int fd) { return mmap(NULL, MARKER_BYTES, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) != MAP_FAILED; }

static bool write_header(int fd)
{
    struct dump_header h = {
        .magic = dump_magic,
        .version = 1,
        .total_size = sizeof h,
#if defined(__x86_64__)
        .elf_mach = EM_X86_64,
#else
        .elf_mach = EM_AARCH64,
#endif
        .pid = (u32)getpid(),
        .timestamp = monotonic_ns(),
    };
    return write(fd, &h, sizeof h) == sizeof h;
}

static int open_dump(bool append)
{
    char *path;
    struct stat s;
    must(asprintf(&path, "%s/jit-%d.dump", perf.folder, (int)getpid()) >= 0);
    int fd = open_file(path, append);
    free(path);
    if (fd < 0)
        return fd;
    if (fstat(fd, &s) || (!s.st_size && !write_header(fd)) || !mark_dump(fd)) {
        int e = errno;
        own_fd_close(fd);
        return -e;
    }
    return fd;
}

static u8 *contents(int fd, size_t *bytes)
{
    struct stat s;
    u8 *data = fstat(fd, &s) ? NULL : malloc((size_t)s.st_size + 1);
    ssize_t n = data ? pread(fd, data, (size_t)s.st_size, 0) : -1;
    *bytes = n > 0 ? (size_t)n : 0;
    return data;
}

/* The record at *at in a dump, which is moved on; NULL: the end. */
static struct dump_load *next_record(u8 *data, size_t bytes, size_t *at)
{
    struct dump_load *r = (void *)(data + *at);
    if (*at + sizeof *r > bytes || r->total_size < sizeof *r || r->total_size > bytes - *at)
        return NULL;
    *at += r->total_size;
    return r;
}

int perf_map_start(bool append)
{
    perf.map = open_map(append);
    if (perf.map < 0)
        return perf.map;
    if (perf.dump < 0)
        jit_watch(watch);
    return 0;
}

int perf_dump_start(const char *folder, bool append)
{
    perf.folder = realpath(folder, NULL);
    if (!perf.folder)
        return -errno;
    perf.dump = open_dump(append);
    if (perf.dump < 0)
        return perf.dump;
    size_t bytes, at = sizeof(struct dump_header);
    u8 *data = contents(perf.dump, &bytes);
    while (data && next_record(data, bytes, &at))
        perf.index++;
    free(data);
    if (perf.map < 0)
        jit_watch(watch);
    return 0;
}

/* --- fork --------------------------------------------------------------------------------------------------------------- */

/* Whole lines only: a thread of the parent may be writing. */
static void copy_map(int old)
{
    size_t bytes;
    u8 *data = contents(old, &bytes);
    while (bytes && data[bytes - 1] != '\n')
        bytes--;
    if (bytes && write(perf.map, data, bytes) != (ssize_t)bytes)
        perf.map = -1;
    free(data);
}

static void copy_dump(int old)
{
    size_t bytes, start = sizeof(struct dump_header), end = start;
    u8 *data = contents(old, &bytes);
    perf.index = 0;
    for (struct dump_load *r; data && (r = next_record(data, bytes, &end)) != NULL; perf.index++) {
        r->pid = r->tid = (u32)getpid();
        r->timestamp = monotonic_ns();
    }
    if (end > start && write(perf.dump, data + start, end - start) != (ssize_t)(end - start))
        perf.dump = -1;
    free(data);
}

void perf_fork_done(void)
{
    int map = perf.map, dump = perf.dump;
    if (map >= 0) {
        perf.map = open_map(false);
        copy_map(map);
        own_fd_close(map);
    }
    if (dump >= 0) {
        perf.dump = open_dump(false);
        copy_dump(dump);
        own_fd_close(dump);
    }
}
