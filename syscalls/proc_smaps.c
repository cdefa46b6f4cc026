/* /proc/<pid>/smaps and smaps_rollup: what the host's kernel counts for each of its mappings, summed up by the guest's.
 *
 * The two lists differ where the host has merged neighbours that only the guest tells apart (an executable area is none
 * on the host). What such a mapping holds is split by the pagemap, which knows what is shared, but neither what is
 * clean nor what was used: anonymous memory counts as dirty, that of files as clean. */
#include "syscalls/proc_text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Lines of a mapping in the kernel's order, fs/proc/task_mmu.c: __show_smap(). */
#define COUNTS                                                                                                         \
    C(RSS, "Rss:")                                                                                                     \
    C(PSS, "Pss:") C(PSS_DIRTY, "Pss_Dirty:") C(SHARED_CLEAN, "Shared_Clean:") C(SHARED_DIRTY, "Shared_Dirty:")        \
        C(PRIVATE_CLEAN, "Private_Clean:") C(PRIVATE_DIRTY, "Private_Dirty:") C(REFERENCED, "Referenced:")             \
            C(ANONYMOUS, "Anonymous:") C(KSM, "KSM:") C(LAZY_FREE, "LazyFree:") C(ANON_HUGE, "AnonHugePages:")         \
                C(SHMEM_PMD, "ShmemPmdMapped:") C(FILE_PMD, "FilePmdMapped:") C(SHARED_HUGETLB, "Shared_Hugetlb:")     \
                    C(PRIVATE_HUGETLB, "Private_Hugetlb:") C(SWAP, "Swap:") C(SWAP_PSS, "SwapPss:")                    \
                        C(LOCKED, "Locked:")
#define C(id, name) id,
enum count { COUNTS COUNT_OF };
#undef C
#define C(id, name) name,
static const char *const count_name[] = {COUNTS};
#undef C

struct counts {
    u64 kb[COUNT_OF];
};

/* A mapping of the host. */
struct mapping {
    u64 start, end;
    struct counts counts;
    char flags[160]; /* after "VmFlags:" */
};

struct smaps {
    FILE *in;
    int pagemap;
    char *line;
    size_t room;
    struct mapping now; /* start == end: none left */
};

static void read_count(struct counts *c, const char *line)
{
    for (unsigned i = 0; i < COUNT_OF; i++) {
        size_t n = strlen(count_name[i]);
        if (!strncmp(line, count_name[i], n))
            c->kb[i] = strtoull(line + n, NULL, 10);
    }
}

/* The host's next mapping becomes s->now. Each ends with its flags. */
static void next_mapping(struct smaps *s)
{
    s->now = (struct mapping){0};
    while (s->in && getline(&s->line, &s->room, s->in) > 0) {
        unsigned long long start, end;
        if (sscanf(s->line, "%llx-%llx ", &start, &end) == 2) {
            s->now.start = start;
            s->now.end = end;
        } else if (!strncmp(s->line, "VmFlags:", 8)) {
            snprintf(s->now.flags, sizeof s->now.flags, "%s", s->line + 8);
            return;
        } else {
            read_count(&s->now.counts, s->line);
        }
    }
    s->now.end = s->now.start;
}

/* Part of a mapping, by the host's pagemap: Documentation/admin-guide/mm/pagemap.rst. */
static struct counts count_pages(int pagemap, u64 start, u64 end)
{
    enum { BATCH = 512, KB = MEM_PAGE / 1024 };
    struct counts c = {0};
    u64 entry[BATCH], page = start / MEM_PAGE;

    while (page < end / MEM_PAGE) {
        u64 n = end / MEM_PAGE - page < BATCH ? end / MEM_PAGE - page : BATCH;
        ssize_t got = pread(pagemap, entry, n * 8, (off_t)(page * 8));
        if (got < 8)
            break;
        for (ssize_t i = 0; i < got / 8; i++) {
            bool present = entry[i] >> 63 & 1, anonymous = !(entry[i] >> 61 & 1), exclusive = entry[i] >> 56 & 1;
            c.kb[SWAP] += entry[i] >> 62 & 1 ? KB : 0;
            if (!present)
                continue;
            c.kb[RSS] += KB;
            c.kb[ANONYMOUS] += anonymous ? KB : 0;
            c.kb[PSS] += exclusive ? KB : 0;
            c.kb[PSS_DIRTY] += exclusive && anonymous ? KB : 0;
            c.kb[exclusive ? anonymous ? PRIVATE_DIRTY : PRIVATE_CLEAN : anonymous ? SHARED_DIRTY : SHARED_CLEAN] += KB;
        }
        page += (u64)got / 8;
    }
    c.kb[REFERENCED] = c.kb[RSS];
    c.kb[SWAP_PSS] = c.kb[SWAP];
    return c;
}

static void add(struct counts *sum, const struct counts *c)
{
    for (unsigned i = 0; i < COUNT_OF; i++)
        sum->kb[i] += c->kb[i];
}

/* What a guest area holds; flags gets those of one of the host's mappings. Areas must come in ascending order. */
static struct counts count_area(struct smaps *s, const struct mem_area *a, char flags[sizeof s->now.flags])
{
    u64 start = mem.base + a->start, end = mem.base + a->end;
    struct counts sum = {0};

    *flags = '\0';
    while (s->now.start < s->now.end && s->now.end <= start)
        next_mapping(s);
    while (s->now.start < s->now.end && s->now.start < end) {
        const struct mapping *m = &s->now;
        memcpy(flags, m->flags, sizeof m->flags);
        if (m->start >= start && m->end <= end) {
            add(&sum, &m->counts);
        } else {
            struct counts part =
                count_pages(s->pagemap, m->start > start ? m->start : start, m->end < end ? m->end : end);
            add(&sum, &part);
        }
        if (m->end > end)
            break;
        next_mapping(s);
    }
    return sum;
}

/* in: the host's smaps, NULL: there is none. */
static void smaps_begin(struct smaps *s, FILE *in)
{
    *s = (struct smaps){.in = in, .pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)};
    next_mapping(s);
}

static void smaps_end(struct smaps *s)
{
    if (s->in)
        fclose(s->in);
    if (s->pagemap >= 0)
        close(s->pagemap);
    free(s->line);
}

static void kilobytes(FILE *out, const char *name, u64 kb)
{
    fprintf(out, "%-15s %8llu kB\n", name, (unsigned long long)kb);
}

/* Protection is the guest's, what else there is the host's. */
static void flags_line(FILE *out, const struct mem_area *a, char *host)
{
    fprintf(out, "VmFlags:%s%s%s", a->prot & PROT_READ ? " rd" : "", a->prot & PROT_WRITE ? " wr" : "",
            a->prot & PROT_EXEC ? " ex" : "");
    char *save = NULL;
    for (char *word = strtok_r(host, " \n", &save); word; word = strtok_r(NULL, " \n", &save))
        if (strcmp(word, "rd") && strcmp(word, "wr") && strcmp(word, "ex"))
            fprintf(out, " %s", word);
    fputs(" \n", out);
}

void proc_write_smaps(FILE *out, int host_fd)
{
    struct mem_area a;
    struct smaps s;

    smaps_begin(&s, fdopen(dup(host_fd), "r"));
    for (u64 addr = 0; mem_find(addr, &a); addr = a.end) {
        char flags[sizeof s.now.flags];
        struct counts c = count_area(&s, &a, flags);
        proc_write_area(out, &a);
        kilobytes(out, "Size:", (a.end - a.start) / 1024);
        kilobytes(out, "KernelPageSize:", MEM_PAGE / 1024);
        kilobytes(out, "MMUPageSize:", MEM_PAGE / 1024);
        for (unsigned i = 0; i < COUNT_OF; i++)
            kilobytes(out, count_name[i], c.kb[i]);
        fputs("THPeligible:           0\n", out);
        flags_line(out, &a, flags);
    }
    smaps_end(&s);
}

void proc_write_smaps_rollup(FILE *out, int host_fd)
{
    struct counts sum = {0};
    u64 start = 0, end = 0, anon = 0, file = 0, shmem = 0;
    struct mem_area a;
    struct smaps s;

    (void)host_fd;
    smaps_begin(&s, fopen("/proc/self/smaps", "re"));
    for (u64 addr = 0; mem_find(addr, &a); addr = end = a.end) {
        char flags[sizeof s.now.flags];
        struct counts c = count_area(&s, &a, flags);
        u64 pss = c.kb[PSS], own = c.kb[ANONYMOUS] == c.kb[RSS] || c.kb[ANONYMOUS] > pss ? pss : c.kb[ANONYMOUS];
        start = addr ? start : a.start;
        anon += own;
        *(a.flags & MAP_SHARED && a.flags & MAP_ANONYMOUS ? &shmem : &file) += pss - own;
        add(&sum, &c);
    }
    smaps_end(&s);
    fprintf(out, "%08llx-%08llx ---p 00000000 00:00 0                          [rollup]\n", (unsigned long long)start,
            (unsigned long long)end);
    for (unsigned i = 0; i < COUNT_OF; i++) {
        kilobytes(out, count_name[i], sum.kb[i]);
        if (i == PSS_DIRTY) {
            kilobytes(out, "Pss_Anon:", anon);
            kilobytes(out, "Pss_File:", file);
            kilobytes(out, "Pss_Shmem:", shmem);
        }
    }
}
