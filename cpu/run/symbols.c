/* Reads symbol tables with libelf, each file once. */
#define _GNU_SOURCE
#include "run/symbols.h"
#include "softmmu/softmmu.h"

#include <fcntl.h>
#include <gelf.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct symbol {
    u64 addr, size;
    char *name;
};

struct segment {
    u64 offset, end, addr; /* of the file; where the ELF file wants it */
};

struct file {
    u64 dev, inode;
    struct symbol *symbols; /* by address */
    size_t count, capacity;
    struct segment *segments;
    size_t segment_count;
    struct file *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file *files, *own;
static u64 own_bias; /* run-time address less address in the file */

static int by_address(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    return x->size == y->size ? strcmp(x->name, y->name) : x->size > y->size ? -1 : 1;
}

static void read_section(struct file *f, Elf *elf, Elf_Scn *section, const GElf_Shdr *header)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t n = data && header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
    for (size_t i = 0; i < n; i++) {
        GElf_Sym s;
        if (!gelf_getsym(data, (int)i, &s) || GELF_ST_TYPE(s.st_info) != STT_FUNC || s.st_shndx == SHN_UNDEF)
            continue;
        const char *name = elf_strptr(elf, header->sh_link, s.st_name);
        if (!name || !*name)
            continue;
        if (f->count == f->capacity) {
            f->capacity = f->capacity ? 2 * f->capacity : 256;
            f->symbols = realloc(f->symbols, f->capacity * sizeof *f->symbols);
            must(f->symbols);
        }
        f->symbols[f->count++] = (struct symbol){s.st_value, s.st_size, strdup(name)};
    }
}

/* The full table if the file has one, else what dynamic linking needs. */
static void read_symbols(struct file *f, Elf *elf)
{
    static const GElf_Word kinds[] = {SHT_SYMTAB, SHT_DYNSYM};
    for (size_t k = 0; k < ARRAY_SIZE(kinds) && !f->count; k++)
        for (Elf_Scn *s = NULL; (s = elf_nextscn(elf, s)) != NULL;) {
            GElf_Shdr header;
            if (gelf_getshdr(s, &header) && header.sh_type == kinds[k])
                read_section(f, elf, s, &header);
        }
    if (f->count)
        qsort(f->symbols, f->count, sizeof *f->symbols, by_address);
}

static void read_segments(struct file *f, Elf *elf)
{
    size_t n;
    if (elf_getphdrnum(elf, &n) || !n)
        return;
    f->segments = calloc(n, sizeof *f->segments);
    must(f->segments);
    for (size_t i = 0; i < n; i++) {
        GElf_Phdr p;
        if (gelf_getphdr(elf, (int)i, &p) && p.p_type == PT_LOAD)
            f->segments[f->segment_count++] = (struct segment){p.p_offset, p.p_offset + p.p_filesz, p.p_vaddr};
    }
}

static struct file *read_file(const char *path)
{
    struct file *f = calloc(1, sizeof *f);
    must(f);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    Elf *elf = fd >= 0 && elf_version(EV_CURRENT) != EV_NONE ? elf_begin(fd, ELF_C_READ, NULL) : NULL;
    if (elf) {
        read_symbols(f, elf);
        read_segments(f, elf);
        elf_end(elf);
    }
    if (fd >= 0)
        close(fd);
    return f;
}

/* The last symbol at or below addr, if it reaches that far. A symbol without a size reaches to the next one. */
static const struct symbol *find(const struct file *f, u64 addr)
{
    size_t low = 0, high = f->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (f->symbols[middle].addr <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return NULL;
    u64 start = f->symbols[low - 1].addr;
    while (low > 1 && f->symbols[low - 2].addr == start)
        low--;
    const struct symbol *s = &f->symbols[low - 1];
    return !s->size || addr - s->addr < s->size ? s : NULL;
}

static struct file *file_of(const struct mem_area *area)
{
    for (struct file *f = files; f; f = f->next)
        if (f->dev == area->dev && f->inode == area->inode)
            return f;
    struct file *f = read_file(area->name);
    f->dev = area->dev;
    f->inode = area->inode;
    f->next = files;
    files = f;
    return f;
}

static bool elf_address(const struct file *f, u64 offset, u64 *addr)
{
    for (size_t i = 0; i < f->segment_count; i++)
        if (offset >= f->segments[i].offset && offset < f->segments[i].end) {
            *addr = f->segments[i].addr + (offset - f->segments[i].offset);
            return true;
        }
    return false;
}

void symbols_guest(u64 pc, bool offsets, char *text, size_t bytes)
{
    struct mem_area area;
    u64 addr;
    if (!mem_find(pc, &area) || area.start > pc || !area.name) {
        snprintf(text, bytes, "[anonymous]");
        return;
    }
    u64 offset = area.offset + (pc - area.start);
    const char *slash = strrchr(area.name, '/');
    if (!slash) {
        snprintf(text, bytes, "%s+%#lx", area.name, offset);
        return;
    }
    pthread_mutex_lock(&lock);
    const struct file *f = file_of(&area);
    const struct symbol *s = elf_address(f, offset, &addr) ? find(f, addr) : NULL;
    if (s && (!offsets || s->addr == addr))
        snprintf(text, bytes, "%s", s->name);
    else if (s)
        snprintf(text, bytes, "%s+%#lx", s->name, addr - s->addr);
    else
        snprintf(text, bytes, "%s+%#lx", slash + 1, offset);
    pthread_mutex_unlock(&lock);
}

/* Where the image lies is known from a function whose place is known both ways. */
static void read_own(void)
{
    own = read_file("/proc/self/exe");
    for (size_t i = 0; i < own->count; i++)
        if (!strcmp(own->symbols[i].name, "symbols_own"))
            own_bias = (uintptr_t)symbols_own - own->symbols[i].addr;
}

void symbols_fork_prepare(void) { pthread_mutex_lock(&lock); }
void symbols_fork_done(void) { pthread_mutex_unlock(&lock); }

const char *symbols_own(const void *address)
{
    pthread_mutex_lock(&lock);
    if (!own)
        read_own();
    const struct symbol *s = find(own, (uintptr_t)address - own_bias);
    const char *name = s && s->addr + own_bias == (uintptr_t)address ? s->name : NULL;
    pthread_mutex_unlock(&lock);
    return name;
}
