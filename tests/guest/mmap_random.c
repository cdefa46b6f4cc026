/* Random calls of the mmap family on 40 pages, valid and absurd arguments mixed; prints each result and what every page
 * then is: not readable, readable with its first byte, writable. mremap is only given ranges that one call mapped and
 * protected, because kernels differ in what they do across mappings. */
#include "t.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>

enum { N = 40, P = 4096, ROUNDS = 2500 };
/* Above the shadow memory of a sanitizer build of xrun. */
static char *const arena = (char *)(sizeof(long) == 8 ? (uintptr_t)0x200000000000ull : 0x40000000);
static int made_by[2 * N]; /* per page: number of the call that mapped or protected it, 0: not mapped */
static int pipes[2];

static unsigned rnd(unsigned n)
{
    static uint64_t s = 88172645463325252ull;
    s ^= s << 13;
    s ^= s >> 7;
    s ^= s << 17;
    return (unsigned)(s >> 20) % n;
}

/* An address of the arena as its page number; others as they are. */
static void show_address(void *p)
{
    if (p == MAP_FAILED)
        printf("errno %d", errno);
    else if ((char *)p >= arena && (char *)p < arena + 2 * N * P)
        printf("page %ld", (long)((char *)p - arena) / P);
    else
        printf("elsewhere");
}

static void show_pages(void)
{
    for (int i = 0; i < N; i++) {
        char byte;
        if (write(pipes[1], arena + i * P, 1) != 1) {
            putchar(errno == EFAULT ? '-' : '?');
            continue;
        }
        if (read(pipes[0], &byte, 1) != 1)
            exit(1);
        putchar(byte ? byte : '0');
        if (write(pipes[1], &byte, 1) == 1 && read(pipes[0], arena + i * P, 1) == 1)
            putchar('w');
        else if (read(pipes[0], &byte, 1) != 1)
            exit(1);
    }
    putchar('\n');
}

static void mark(int page, int pages, int with)
{
    for (int i = page; i < page + pages && i < 2 * N; i++)
        made_by[i] = with;
}

static int one_mapping(int page, int pages)
{
    for (int i = page; i < page + pages; i++)
        if (!made_by[i] || made_by[i] != made_by[page])
            return 0;
    return made_by[page + pages] != made_by[page]; /* and all of it up to its end */
}

static void do_mmap(int page, int pages, int round, int fd)
{
    static const int prots[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE | PROT_EXEC};
    int shared = rnd(3) == 0, anonymous = rnd(3) != 0, prot = prots[rnd(4)];
    int fixed = rnd(6) ? MAP_FIXED : MAP_FIXED_NOREPLACE;
    int flags = fixed | (rnd(30) ? (shared ? MAP_SHARED : MAP_PRIVATE) : 0) | (anonymous ? MAP_ANONYMOUS : 0);
    char *at = arena + page * P + (rnd(30) ? 0 : 1);
    size_t len = rnd(30) ? (size_t)pages * P - (rnd(2) ? 100 : 0) : rnd(2) ? 0 : ~(size_t)0;
    off_t offset = rnd(30) ? (off_t)rnd(4) * P : 1;
    void *p = mmap(at, len, prot, flags, anonymous ? -1 : fd, offset);
    printf("mmap %d+%d prot %d %s: ", page, pages, prot, shared ? "shared" : "private");
    show_address(p);
    if (p == at)
        mark(page, pages, round);
    if (p == at && prot & PROT_WRITE && anonymous)
        arena[page * P] = (char)('a' + round % 26);
}

static void do_mremap(int page, int pages, int round)
{
    int to = (int)rnd(N), new_pages = 1 + (int)rnd(6), fixed = (int)rnd(2), wrong = !rnd(12);
    if (!wrong && (!one_mapping(page, pages) || (fixed && to + new_pages > page && page + pages > to)))
        return;
    if (wrong) {
        printf("mremap, wrong: ");
        switch (rnd(6)) {
        case 0: show_address(mremap(arena + 1, P, P, 0)); return;
        case 1: show_address(mremap(arena + page * P, P, 0, 0)); return;
        case 2: show_address(mremap(arena + page * P, P, P, 64)); return;
        case 3: show_address(mremap(arena + page * P, P, P, MREMAP_FIXED, arena)); return;
        case 4: show_address(mremap(arena + page * P, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, arena + page * P + P));
            return;
        default: show_address(mremap(arena + 3 * N * P, P, 2 * P, MREMAP_MAYMOVE)); return;
        }
    }
    /* growing beyond the arena would be seen by nobody */
    int flags = fixed ? MREMAP_MAYMOVE | MREMAP_FIXED : 0;
    void *p = mremap(arena + page * P, (size_t)pages * P, (size_t)new_pages * P, flags, arena + to * P);
    printf("mremap %d+%d -> %d+%d%s: ", page, pages, to, new_pages, fixed ? " fixed" : "");
    show_address(p);
    if (p == MAP_FAILED)
        return;
    mark(page, pages, 0);
    mark((int)((char *)p - arena) / P, new_pages, round);
}

static void do_other(int what, int page, int pages, int round)
{
    static const int prots[] = {PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, 0x1000, PROT_GROWSDOWN | PROT_READ};
    char *at = arena + page * P + (rnd(30) ? 0 : 1);
    /* 32-bit kernels and 64-bit ones disagree about lengths that wrap. */
    size_t len = rnd(30) ? (size_t)pages * P : rnd(2) ? 0 : sizeof(long) == 8 ? ~(size_t)0 : 0x40000000;
    int prot = prots[rnd(rnd(10) ? 3 : 5)];
    static const char *const names[] = {"munmap", "mprotect", "msync", "mincore", "madvise"};
    unsigned char state[64];
    int r = 0;
    if (what == 0)
        r = munmap(at, len);
    else if (what == 1)
        r = mprotect(at, len, prot);
    else if (what == 2)
        r = msync(at, len, (int)rnd(8));
    else if (what == 3)
        r = mincore(at, len < 64 * P ? len : P, rnd(8) ? state : NULL);
    else
        r = madvise(at, len, rnd(8) ? MADV_DONTNEED : 12345);
    printf("%s %d+%d: %d", names[what], page, pages, r ? errno : 0);
    if (what == 0 && !r)
        mark(page, pages, 0);
    if (what == 1 && len) /* also when it failed half-way; what is not mapped stays so */
        for (int i = page; i < page + pages; i++)
            made_by[i] = made_by[i] ? round : 0;
}

int main(void)
{
    int fd = open("pages", O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || pipe(pipes))
        return 1;
    for (int i = 0; i < 16; i++)
        if (pwrite(fd, &"ABCDEFGHIJKLMNOP"[i], 1, i * P) != 1 || ftruncate(fd, (i + 1) * P))
            return 1;
    for (int round = 1; round <= ROUNDS; round++) {
        int what = (int)rnd(11), page = (int)rnd(N - 8), pages = 1 + (int)rnd(8);
        if (what < 3)
            do_mmap(page, pages, round, fd);
        else if (what < 6)
            do_mremap(page, pages, round);
        else
            do_other(what - 6, page, pages, round);
        printf("\n");
        show_pages();
    }
    return 0;
}
