/* Finding the file of kept translations, and restoring blocks from it. See keep.h. */
#define _GNU_SOURCE
#include "run/keep.h"
#include "interp/watch.h"
#include "jit/watch.h"
#include "jit/x64/host.h"
#include "softmmu/softmmu.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__x86_64__)
#define FEATURE_BITS x64_feature_bits()
#else
#define FEATURE_BITS 0
#endif

struct keep keep;

/* --- the key ------------------------------------------------------------------------------------------------------- */

static u64 mix(u64 h, u64 v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15ull;
    return h ^ h >> 29;
}

static u64 mix_bytes(u64 h, const void *p, size_t n)
{
    const u8 *bytes = p;
    for (size_t i = 0; i < n; i++)
        h = mix(h, bytes[i]);
    return mix(h, n);
}

/* The linker's identification of this program; false if it has none. */
static bool build_id(u64 *h)
{
    extern const ElfW(Ehdr) __ehdr_start
        __attribute__((weak, visibility("hidden")));
    const ElfW(Ehdr) *elf = &__ehdr_start;
    if (!elf || elf->e_type != ET_EXEC) /* addresses of handlers are kept: the program must not move */
        return false;
    const ElfW(Phdr) *p = (const void *)((const u8 *)elf + elf->e_phoff);
    for (unsigned i = 0; i < elf->e_phnum; i++) {
        if (p[i].p_type != PT_NOTE)
            continue;
        const u8 *at = (const u8 *)(uintptr_t)p[i].p_vaddr,
                 *end = at + p[i].p_memsz;
        while (at + sizeof(ElfW(Nhdr)) <= end) {
            const ElfW(Nhdr) *n = (const void *)at;
            const u8 *name = at + sizeof *n, *value = name + align_up(n->n_namesz, 4);
            if (n->n_type == NT_GNU_BUILD_ID && n->n_namesz == 4 && !memcmp(name, "GNU", 4)) {
                *h = mix_bytes(*h, value, n->n_descsz);
                return true;
            }
            at = value + align_up(n->n_descsz, 4);
        }
    }
    return false;
}

static bool make_key(const char *model, u64 *key)
{
    const struct cpu_config *c = &engine.config;
    u64 h = 0;
    if (!build_id(&h))
        return false;
    h = mix_bytes(h, c->guest->name, strlen(c->guest->name));
    h = mix_bytes(h, model, strlen(model));
    u64 numbers[] = {c->jit_threshold, c->region_threshold, c->max_block_insns, c->fp_traps,    mem.base,
                     mem.limit,        mem.addr_mask,       mem.mmap_top,       mem.pie_bottom, c->guest->state_bytes,
                     FEATURE_BITS};
    *key = mix_bytes(h, numbers, sizeof numbers);
    return true;
}

/* --- opening ------------------------------------------------------------------------------------------------------- */

/* Ours alone: nobody else may have written what will be run. */
static bool is_private(const struct stat *st) { return st->st_uid == geteuid() && !(st->st_mode & 022); }

/* The folder and those above it. */
static void make_folders(void)
{
    for (char *slash = strchr(keep.folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(keep.folder, 0700);
        *slash = '/';
    }
    mkdir(keep.folder, 0700);
}

static bool open_folder(void)
{
    struct stat st;
    int fd = open(keep.folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        make_folders();
        fd = open(keep.folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    }
    bool good = fd >= 0 && !fstat(fd, &st) && is_private(&st);
    if (good) {
        keep.folder_dev = st.st_dev;
        keep.folder_ino = st.st_ino;
    }
    if (fd >= 0)
        close(fd);
    return good;
}

static bool is_valid(const struct keep_header *h, u64 bytes)
{
    return !memcmp(h->magic, KEEP_MAGIC, sizeof h->magic) && h->key == keep.key && h->bytes == bytes &&
           h->table_bits >= KEEP_HASH_LEAST && h->table_bits < 30 && h->table_at % KEEP_GRAIN == 0 &&
           h->table_at <= bytes && bytes - h->table_at == sizeof(struct keep_slot) << h->table_bits;
}

static bool map_file(const char *name, u64 *ino)
{
    enum { SMALL = 2 << 20 };
    struct stat st;
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", keep.folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return false;
    void *p = MAP_FAILED;
    bool there = !fstat(fd, &st);
    *ino = there ? st.st_ino : 0;
    if (there && S_ISREG(st.st_mode) && is_private(&st) && st.st_size >= (off_t)sizeof(struct keep_header))
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | (st.st_size <= SMALL ? MAP_POPULATE : 0), fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return false;
    keep.in_place = st.st_size <= SMALL && !mprotect(p, (size_t)st.st_size, PROT_READ | PROT_WRITE);
    if (st.st_size > SMALL)
        madvise(p, (size_t)st.st_size, MADV_NOHUGEPAGE); /* else all of it would count as this process's memory */
    if (!is_valid(p, (u64)st.st_size) ||
        !mem_set_layout(((struct keep_header *)p)->mmap_base, ((struct keep_header *)p)->pie_base)) {
        munmap(p, (size_t)st.st_size);
        return false;
    }
    keep.file = p;
    keep.header = p;
    keep.table = (const struct keep_slot *)(keep.file + keep.header->table_at);
    return true;
}

void cpu_keep(const char *folder, const char *program, const char *model, bool sparing)
{
    enum {
        LOOKS = 1 << LOG_IN_ASM | 1 << LOG_IR | 1 << LOG_IR_OPT | 1 << LOG_OP | 1 << LOG_OUT_ASM | 1 << LOG_REGIONS
    };
    const struct cpu_config *c = &engine.config;
    if (!folder || !*folder || c->engine != CPU_JIT || c->no_optimise || c->no_link || !c->jit_threshold ||
        log_mask & LOOKS || jit_watched() || getauxval(AT_SECURE) || !make_key(model, &keep.key))
        return;
    keep.folder = strdup(folder);
    must(keep.folder);
    keep.program = mix_bytes(0, program, strlen(program));
    keep.uid = geteuid();
    keep.sparing = sparing;
    char name[64];
    snprintf(name, sizeof name, "%016lx-%016lx", keep.key, keep.program);
    if (!open_folder())
        return;
    if (!map_file(name, &keep.file_ino)) {
        u64 other;
        snprintf(name, sizeof name, "%016lx-any", keep.key);
        keep.borrowed = map_file(name, &other);
    }
    if (keep.file)
        cache_set_jump_modes(keep.header->jump_modes);
    keep.layout[0] = mem.mmap_base;
    keep.layout[1] = mem.pie_base;
    keep.on = keep.writing = true;
}

void keep_forked(void) { __atomic_store_n(&keep.writing, false, __ATOMIC_RELAXED); }

/* --- restoring ----------------------------------------------------------------------------------------------------- */

static void mix_word(u64 *h, const u8 *at)
{
    u64 w;
    memcpy(&w, at, sizeof w);
    *h = (*h ^ w) * 0x9e3779b97f4a7c15ull;
    *h ^= *h >> 32;
}

u32 keep_check(const struct keep_record *r)
{
    enum { LANES = 4, STRIDE = LANES * 8 }; /* so that one multiplication need not wait for the one before */
    u64 lanes[LANES] = {r->bytes, 1, 2, 3}, h = 0;
    const u8 *at = (const u8 *)r + 2 * sizeof(u32), *end = (const u8 *)r + r->bytes;
    for (; end - at >= STRIDE; at += STRIDE)
        for (unsigned n = 0; n < LANES; n++)
            mix_word(&lanes[n], at + 8 * n);
    for (unsigned n = 0; at < end; n++, at += 8)
        mix_word(&lanes[n], at);
    for (unsigned n = 0; n < LANES; n++)
        h = mix(h, lanes[n]);
    return (u32)(h ^ h >> 32);
}

static bool sources_fit(const struct keep_record *r)
{
    u64 at = r->source_at;
    for (unsigned left = 1, n = 0; left; left--, n++) {
        const struct keep_source *s = (const struct keep_source *)((const u8 *)r + at);
        if (at + sizeof *s > r->bytes || s->bytes > KEEP_SOURCE_MOST || (n && s->more != left - 1))
            return false;
        if (!n)
            left += s->more;
        at += keep_source_bytes(s);
        if (at > r->bytes || left > KEEP_SOURCES_MOST)
            return false;
    }
    return keep_source_of(r)->pc == r->pc;
}

const struct keep_record *keep_record_at(u64 offset)
{
    u64 end = keep.header->table_at;
    const struct keep_record *r = (const struct keep_record *)(keep.file + offset);
    if (offset < sizeof *keep.header || offset > end || end - offset < sizeof *r || r->bytes > end - offset ||
        r->bytes < sizeof *r || r->bytes % KEEP_GRAIN || keep_check(r) != r->check)
        return NULL;
    /* What was written whole holds together; this is for what was not written by us. */
    u64 needs = sizeof *r + (u64)r->exit_count * sizeof(struct jit_kept_exit) +
                (u64)r->map_count * sizeof(struct block_map) + r->code_bytes;
    bool fits = r->exit_count < 1 << 20 && r->map_count < 1 << 20 &&
                needs <= (u64)r->source_at + (u64)r->exit_count * 8 + KEEP_GRAIN && r->source_at % KEEP_GRAIN == 0 &&
                sources_fit(r);
    return fits ? r : NULL;
}

const struct keep_record *keep_find(u64 pc, u32 mode)
{
    u32 hash = keep_hash(pc, mode), mask = (1u << keep.header->table_bits) - 1;
    for (u32 i = hash & mask, n = 0; keep.table[i].number && n <= mask; i = (i + 1) & mask, n++) {
        u64 offset = (u64)keep.table[i].number * KEEP_GRAIN;
        if (keep.table[i].hash != hash)
            continue;
        if (offset + sizeof(struct keep_record) > keep.header->table_at)
            return NULL;
        const struct keep_record *r = (const struct keep_record *)(keep.file + offset);
        if (r->pc == pc && r->mode == mode)
            return keep_record_at(offset);
    }
    return NULL;
}

static struct block *restore_native(const struct keep_record *r, const u8 *exits, const u8 *code)
{
    const struct jit_kept_exit *e = (const struct jit_kept_exit *)exits;
    if (jit_tagged() || watch_on() || !jit_kept_valid(code, r->code_bytes, r->info_at, e, r->exit_count) ||
        !compiler_start())
        return NULL;
    struct block *b = jit_new_block(r->pc, r->pc + keep_source_of(r)->bytes, r->mode, r->exit_count, r->may_link);
    b->heat = engine.config.region_threshold;
    if (jit_restore(code, r->info_at, e, b))
        return b;
    cache_free(b);
    return NULL;
}

static struct block *restore_interpreted(const struct keep_record *r, const u8 *exits, const u8 *map, const u8 *code)
{
    struct block *b = cache_alloc(r->pc, r->pc + keep_source_of(r)->bytes, r->mode, r->exit_count,
                                  keep.in_place ? 0 : r->map_count, keep.in_place ? 0 : r->code_bytes);
    for (u32 i = 0; i < r->exit_count; i++)
        interp_set_exit(&b->exits[i], &((const struct interp_exit *)exits)[i]);
    if (keep.in_place) {
        b->map = (const struct block_map *)map;
        b->code = code;
        b->map_count = r->map_count;
        b->code_bytes = r->code_bytes;
    } else {
        memcpy((void *)b->map, map, r->map_count * sizeof *b->map);
        memcpy((void *)b->code, code, r->code_bytes);
    }
    b->may_link = r->may_link;
    return b;
}

static struct block *restore(const struct keep_record *r)
{
    const u8 *exits = (const u8 *)(r + 1), *map = exits + keep_exit_bytes(r),
             *code = map + r->map_count * sizeof(struct block_map);
    struct block *b = r->native ? restore_native(r, exits, code) : restore_interpreted(r, exits, map, code);
    const struct keep_source *s = keep_source_of(r);
    if (!b)
        return NULL;
    b->source = s;
    if (s->more) {
        struct block_range ranges[KEEP_SOURCES_MOST];
        unsigned count = s->more + 1u;
        for (unsigned i = 0; i < count; i++, s = keep_next_source(s))
            ranges[i] = (struct block_range){s->pc, s->pc + s->bytes};
        cache_set_ranges(b, ranges, count);
    }
    return b;
}

/* Whether memory holds what the record was made from. */
static bool is_same(const struct keep_source *s)
{
    u8 code[KEEP_SOURCE_MOST];
    for (unsigned left = s->more + 1u; left; left--, s = keep_next_source(s)) {
        int prot = 0, fault_code;
        if (mem_fetch(s->pc, code, s->bytes, &prot, &fault_code) != s->bytes || memcmp(code, s->code, s->bytes) ||
            s->guarded != (prot & MEM_PROT_BTI))
            return false;
    }
    return true;
}

/* The file's pages count as this process's memory, although all share them, and a record is read once. A fault brings
 * those around it, too. */
static void let_pages_go(const struct keep_record *r)
{
    enum { AROUND = 64 << 10, SOME = (8 << 20) / AROUND };
    u64 place = (u64)((const u8 *)r - keep.file) / AROUND;
    if (keep.in_place || __atomic_exchange_n(&keep.place, place, __ATOMIC_RELAXED) == place ||
        __atomic_add_fetch(&keep.places, 1, __ATOMIC_RELAXED) < SOME)
        return;
    __atomic_store_n(&keep.places, 0, __ATOMIC_RELAXED);
    madvise((void *)keep.file, keep.header->table_at, MADV_DONTNEED);
}

static u32 next_order(void) { return __atomic_add_fetch(&keep.order, 1, __ATOMIC_RELAXED); }

static struct block *take(const struct keep_record *r)
{
    u64 version = cache_version();
    if (!is_same(keep_source_of(r)))
        return NULL;
    struct block *b = restore(r);
    let_pages_go(r);
    if (!b)
        return NULL;
    b->order = next_order();
    b = cache_insert(b, version);
    if (b)
        __atomic_fetch_add(&keep.taken, 1, __ATOMIC_RELAXED);
    return b;
}

enum { AHEAD_MOST = 32 };

/* Links the exits of blocks that were taken together to what is in the cache. */
static void link_all(struct block *const *taken, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (u32 n = 0; n < taken[i]->exit_count; n++) {
            struct block_exit *e = &taken[i]->exits[n];
            struct block *to = taken[i]->may_link ? cache_find(e->pc, cache_exit_mode(e)) : NULL;
            if (to)
                cache_link(e, to);
        }
}

/* Records lie in the order in which a process wanted them. As long as this one wants them in that order the next ones are
 * taken with each, more and more of them: leaving code for a block costs more than taking it. */
static void take_ahead(const struct keep_record *r, struct block *b)
{
    enum { NEAR = 16 << 10 };
    struct block *taken[1 + AHEAD_MOST] = {b};
    unsigned count = 1;
    u64 at = (u64)((const u8 *)r - keep.file), expected = __atomic_load_n(&keep.ahead_at, __ATOMIC_RELAXED);
    u32 most = __atomic_load_n(&keep.ahead, __ATOMIC_RELAXED);
    most = at - expected < NEAR ? 2 * most + 1 : most / 4;
    most = most < AHEAD_MOST ? most : AHEAD_MOST;
    at += r->bytes;
    for (u32 n = 0; n < most && (r = keep_record_at(at)); n++, at += r->bytes) {
        if (cache_find(r->pc, r->mode))
            continue;
        if (!(b = take(r)))
            break;
        taken[count++] = b;
    }
    __atomic_store_n(&keep.ahead, most, __ATOMIC_RELAXED);
    __atomic_store_n(&keep.ahead_at, at, __ATOMIC_RELAXED);
    link_all(taken, count);
}

struct block *keep_take(const struct cpu_common *cpu)
{
    const struct keep_record *r = keep.file ? keep_find(cpu->pc, cpu->mode) : NULL;
    struct block *b = r ? take(r) : NULL;
    if (b)
        take_ahead(r, b);
    return b;
}

/* Memory until the process ends; NULL: enough of it was taken. */
static u8 *remember(u64 bytes)
{
    enum { CHUNK = 32 << 10, MOST = 16 << 20 };
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static u8 *at, *end;
    static size_t all;
    u8 *result = NULL;
    pthread_mutex_lock(&lock);
    if ((u64)(end - at) < bytes && bytes <= CHUNK && all < MOST && (at = malloc(CHUNK))) {
        end = at + CHUNK;
        all += CHUNK;
    }
    if (at && (u64)(end - at) >= bytes) {
        result = at;
        at += bytes;
    }
    pthread_mutex_unlock(&lock);
    return result;
}

void keep_note(struct block *b, const struct block *old, const struct keep_stretch *from, unsigned count)
{
    /* What the child of a fork translates is not written; another thread may have held remember()'s lock when it began. */
    if (!keep.on || !__atomic_load_n(&keep.writing, __ATOMIC_RELAXED))
        return;
    b->order = old ? old->order : next_order();
    __atomic_fetch_add(&keep.fresh, count, __ATOMIC_RELAXED);
    u64 bytes = 0;
    for (unsigned i = 0; i < count; i++) {
        bytes += align_up(sizeof(struct keep_source) + from[i].bytes, KEEP_GRAIN);
        if (from[i].bytes > KEEP_SOURCE_MOST)
            return;
    }
    u8 *at = count <= KEEP_SOURCES_MOST ? remember(bytes) : NULL;
    if (!at)
        return;
    b->source = at;
    for (unsigned i = 0; i < count; i++) {
        struct keep_source *s = (struct keep_source *)at;
        *s = (struct keep_source){.pc = from[i].pc,
                                  .bytes = from[i].bytes,
                                  .guarded = (u16)(from[i].prot & MEM_PROT_BTI),
                                  .more = (u16)(count - 1 - i)};
        memcpy(s->code, from[i].code, s->bytes);
        at += keep_source_bytes(s);
    }
}
