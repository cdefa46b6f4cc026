/* The guest's address space: errnos and effects of the mmap family, the area list against a plain page array, copies that
 * fault, and threads that map, unmap and look at the same time. */
#define _GNU_SOURCE
#include "softmmu/softmmu.h"

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <ucontext.h>
#include <unistd.h>

enum { P = MEM_PAGE, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static u64 changed_addr, changed_len;
static unsigned changes;

static void note_change(u64 addr, u64 len)
{
    changed_addr = addr;
    changed_len = len;
    changes++;
}

/* What the process's handler does for faults inside copy_in and copy_out. */
static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)info;
#if defined(__x86_64__)
    greg_t *pc = &((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#else
    unsigned long long *pc = &((ucontext_t *)context)->uc_mcontext.pc;
#endif
    uintptr_t next = mem_fault_fixup((uintptr_t)*pc);
    if (!next) {
        static const char text[] = "fault outside the copy routines\n";
        (void)!write(STDERR_FILENO, text, sizeof text - 1);
        _exit(128 + signal);
    }
    *pc = (typeof(*pc))next;
}

static unsigned width; /* of the guest's addresses: everything is tested for both */

static void setup(void)
{
    struct sigaction a = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &a, NULL);
    sigaction(SIGBUS, &a, NULL);
    if (!mem.limit)
        ck_assert_int_eq(mem_init(width, 0, 0), 0);
    mem_code_changed = note_change;
    changes = 0;
}

static u64 map(u64 pages, int prot)
{
    i64 a = mem_mmap(0, pages * P, prot, ANON, -1, 0);
    ck_assert_int_gt(a, 0);
    return (u64)a;
}

static bool mapped(u64 addr) { return mem_prot(addr) >= 0; }

START_TEST(places_are_below_the_limit)
{
    ck_assert_uint_le(mem.mmap_base, mem.limit);
    u64 a = map(4, RW), b = map(4, RW);
    ck_assert_uint_lt(a + 4 * P, mem.mmap_base + 1);
    ck_assert_uint_lt(b, a);
    ck_assert_uint_eq(a % P, 0);
    ck_assert_int_eq(mem_munmap(a, 4 * P), 0);
    ck_assert_uint_eq(map(4, RW), a); /* the highest gap is used first */
    mem_munmap(a, 4 * P);
    mem_munmap(b, 4 * P);
}
END_TEST

/* Compiled code relies on faults there. */
START_TEST(nothing_is_above_the_limit)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    ck_assert_ptr_nonnull(maps);
    while (fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        ck_assert_int_eq(sscanf(line, "%lx-%lx", &start, &end), 2);
        ck_assert_msg(end <= mem.base + mem.limit || start >= mem.base + mem.limit + MEM_GUARD, "%s", line);
    }
    fclose(maps);
}
END_TEST

START_TEST(mmap_errnos)
{
    u64 a = map(2, RW);
    ck_assert_int_eq(mem_mmap(0, 0, RW, ANON, -1, 0), -EINVAL);
    ck_assert_int_eq(mem_mmap(0, P, RW, ANON, -1, 1), -EINVAL);
    ck_assert_int_eq(mem_mmap(0, ~0ull, RW, ANON, -1, 0), -ENOMEM);
    ck_assert_int_eq(mem_mmap(0, mem.limit + P, RW, ANON, -1, 0), -ENOMEM);
    ck_assert_int_eq(mem_mmap(0, P, RW, MAP_PRIVATE, -1, 0), -EBADF);
    ck_assert_int_eq(mem_mmap(0, P, RW, MAP_ANONYMOUS, -1, 0), -EINVAL);
    ck_assert_int_eq(mem_mmap(a + 1, P, RW, ANON | MAP_FIXED, -1, 0), -EINVAL);
    ck_assert_int_eq(mem_mmap(mem.limit, P, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
    ck_assert_int_eq(mem_mmap(1ull << 60 | a, P, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
    i64 zero = mem_mmap(0, P, RW, ANON | MAP_FIXED, -1, 0); /* vm.mmap_min_addr does not bind root */
    ck_assert(zero == -EPERM || zero == 0);
    mem_munmap(0, P);
    ck_assert_int_eq(mem_mmap(a, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST);
    ck_assert_int_eq(mem_mmap(a, P, RW, ANON | MAP_FIXED, -1, 0), (i64)a);
    /* a hint that is taken goes elsewhere; one that is free is honoured, rounded down */
    ck_assert_int_ne(mem_mmap(a, P, RW, ANON, -1, 0), (i64)a);
    mem_munmap(a, 2 * P);
    ck_assert_int_eq(mem_mmap(a + 5, P, RW, ANON, -1, 0), (i64)a);
    mem_munmap(a, P);
}
END_TEST

START_TEST(munmap_errnos_and_effect)
{
    u64 a = map(3, RW);
    ck_assert_int_eq(mem_munmap(a + 1, P), -EINVAL);
    ck_assert_int_eq(mem_munmap(a, 0), -EINVAL);
    ck_assert_int_eq(mem_munmap(mem.limit, P), -EINVAL);
    ck_assert_int_eq(mem_munmap(a, ~0ull), -EINVAL);
    ck_assert_int_eq(mem_munmap(a + P, 1), 0);
    ck_assert(mapped(a) && !mapped(a + P) && mapped(a + 2 * P));
    ck_assert_int_eq(mem_munmap(a + P, P), 0); /* nothing there: fine */
    ck_assert_int_eq(mem_munmap(a | 0xffull << 56, 3 * P), 0); /* the tag does not count */
    ck_assert(!mapped(a));
}
END_TEST

START_TEST(mprotect_errnos_and_effect)
{
    u64 a = map(3, RW);
    mem_munmap(a + 2 * P, P);
    ck_assert_int_eq(mem_mprotect(a + 1, P, RW), -EINVAL);
    ck_assert_int_eq(mem_mprotect(a, 0, RW), 0);
    ck_assert_int_eq(mem_mprotect(a, P, 0x1000), -EINVAL);
    ck_assert_int_eq(mem_mprotect(a, ~0ull - P, RW), -ENOMEM);
    ck_assert_int_eq(mem_mprotect(a, P, PROT_GROWSDOWN | PROT_GROWSUP), -EINVAL);
    ck_assert_int_eq(mem_mprotect(a, P, PROT_GROWSDOWN | RW), -EINVAL);
    /* a hole: what lies before it is changed */
    ck_assert_int_eq(mem_mprotect(a, 3 * P, PROT_READ), -ENOMEM);
    ck_assert_int_eq(mem_prot(a), PROT_READ);
    u8 byte = 1;
    ck_assert_int_eq(copy_out(a, &byte, 1), -EFAULT);
    ck_assert_int_eq(mem_fault_code(a), SEGV_ACCERR);
    ck_assert_int_eq(mem_fault_code(a + 2 * P), SEGV_MAPERR);
    ck_assert_int_eq(mem_mprotect(a, P, PROT_READ | PROT_EXEC | MEM_PROT_BTI), 0);
    ck_assert_int_eq(mem_prot(a), PROT_READ | PROT_EXEC | MEM_PROT_BTI);
    mem_munmap(a, 2 * P);
}
END_TEST

START_TEST(code_changes_are_told)
{
    u64 a = map(4, RW);
    mem_mprotect(a, 4 * P, PROT_READ | PROT_EXEC);
    ck_assert_uint_eq(changes, 0);
    mem_mprotect(a + P, P, RW);
    ck_assert_uint_eq(changes, 1);
    ck_assert(changed_addr == a + P && changed_len == P);
    mem_munmap(a + P, P);
    ck_assert_uint_eq(changes, 1); /* nothing executable was there any more */
    mem_mmap(a, P, RW, ANON | MAP_FIXED, -1, 0);
    ck_assert_uint_eq(changes, 2);
    mem_madvise(a + 2 * P, P, MADV_DONTNEED);
    ck_assert_uint_eq(changes, 3);
    mem_munmap(a, 4 * P);
    ck_assert_uint_eq(changes, 4);
}
END_TEST

START_TEST(mremap_errnos_and_effect)
{
    u64 a = map(5, RW), b = map(8, RW);
    u32 value = 0x12345678, got = 0;
    mem_mprotect(a + 4 * P, P, PROT_READ); /* in the way of growing */
    ck_assert_int_eq(copy_out(a, &value, 4), 0);
    ck_assert_int_eq(mem_mremap(a + 1, P, P, 0, 0), -EINVAL);
    ck_assert_int_eq(mem_mremap(a, P, 0, 0, 0), -EINVAL);
    ck_assert_int_eq(mem_mremap(a, P, P, 8, 0), -EINVAL);
    ck_assert_int_eq(mem_mremap(a, P, P, MREMAP_FIXED, b), -EINVAL);
    ck_assert_int_eq(mem_mremap(a, 8 * P, 9 * P, MREMAP_MAYMOVE, 0), -EFAULT);
    ck_assert_int_eq(mem_mremap(a, 4 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, a + P), -EINVAL);
    ck_assert_int_eq(mem_mremap(a, 0, P, MREMAP_MAYMOVE, 0), -EINVAL); /* only shared memory can be doubled */
    ck_assert_int_eq(mem_mremap(a, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, mem.limit), -EINVAL);
    ck_assert_int_eq(mem_mremap(a, 4 * P, 2 * P, 0, 0), (i64)a);
    ck_assert(mapped(a + P) && !mapped(a + 2 * P));
    ck_assert_int_eq(mem_mremap(a, 2 * P, 4 * P, 0, 0), (i64)a); /* there is room */
    ck_assert(mapped(a + 3 * P));
    i64 moved = mem_mremap(a, 4 * P, 100 * P, MREMAP_MAYMOVE, 0);
    ck_assert_int_gt(moved, 0);
    ck_assert(!mapped(a) && mapped((u64)moved + 99 * P));
    ck_assert_int_eq(copy_in(&got, (u64)moved, 4), 0);
    ck_assert_uint_eq(got, value);
    ck_assert_int_eq(mem_mremap((u64)moved, 100 * P, P, MREMAP_MAYMOVE | MREMAP_FIXED, b), (i64)b);
    ck_assert_int_eq(copy_in(&got, b, 4), 0);
    ck_assert_uint_eq(got, value);
    ck_assert(mapped(b + P) && !mapped((u64)moved));
    ck_assert_int_eq(mem_mremap((u64)moved, P, P, 0, 0), -EFAULT);
    /* a length that reaches into xrun must not be cut off there */
    ck_assert_int_eq(mem_mremap(b, mem.limit, P, MREMAP_MAYMOVE | MREMAP_FIXED, b - 64 * P), -EFAULT);
    ck_assert_int_eq(mem_mremap(b, mem.limit, P, MREMAP_MAYMOVE, 0), -EINVAL);
    mem_munmap(b, 8 * P);
    mem_munmap(a, 5 * P);
}
END_TEST

START_TEST(brk_grows_and_shrinks)
{
    u64 start = map(16, RW);
    mem_munmap(start, 16 * P);
    mem_set_brk(start + 1);
    start += P;
    ck_assert_uint_eq(mem.brk_start, start);
    ck_assert_int_eq(mem_brk(0), (i64)start);
    ck_assert_int_eq(mem_brk(start + 10), (i64)start + 10);
    ck_assert(mapped(start) && !mapped(start + P));
    ck_assert_int_eq(mem_brk(start - 1), (i64)start + 10);
    ck_assert_int_eq(mem_brk(start + 4 * P), (i64)(start + 4 * P));
    ck_assert_int_eq(mem_mmap(start + 6 * P, P, RW, ANON | MAP_FIXED, -1, 0), (i64)(start + 6 * P));
    ck_assert_int_eq(mem_brk(start + 7 * P), (i64)(start + 4 * P)); /* in the way */
    ck_assert_int_eq(mem_brk(start + 6 * P), (i64)(start + 4 * P)); /* one page stays free */
    ck_assert_int_eq(mem_brk(start + 5 * P), (i64)(start + 5 * P));
    struct mem_area area;
    ck_assert(mem_find(start, &area) && !strcmp(area.name, "[heap]"));
    ck_assert_int_eq(mem_brk(start), (i64)start);
    ck_assert(!mapped(start));
    ck_assert_int_eq(mem_brk(mem.limit), (i64)start);
    ck_assert_int_eq(mem_brk(~0ull), (i64)start);
    mem_munmap(start + 6 * P, P);
}
END_TEST

START_TEST(copies)
{
    u64 a = map(3, RW);
    mem_munmap(a + 2 * P, P);
    u8 out[300], in[300];
    for (unsigned i = 0; i < sizeof out; i++)
        out[i] = (u8)(i * 7 + 1);
    for (unsigned n = 0; n < sizeof out; n++) {
        memset(in, 0, sizeof in);
        ck_assert_int_eq(copy_out(a + P - 100, out, n), 0);
        ck_assert_int_eq(copy_in(in, a + P - 100, n), 0);
        ck_assert_mem_eq(in, out, n);
        ck_assert_uint_eq(in[n < sizeof in ? n : 0] && n < sizeof in, 0);
    }
    for (unsigned n = 1; n < 64; n++) {
        ck_assert_int_eq(copy_in(in, a + 2 * P - n, n), 0);
        ck_assert_int_eq(copy_in(in, a + 2 * P - n, n + 1), -EFAULT);
        ck_assert_int_eq(copy_out(a + 2 * P - n, out, n + 1), -EFAULT);
    }
    ck_assert_int_eq(copy_in(in, 0, 1), -EFAULT);
    ck_assert_int_eq(copy_in(in, mem.limit, 1), -EFAULT);
    ck_assert_int_eq(copy_in(in, mem.limit - 1, 2), -EFAULT);
    ck_assert_int_eq(copy_in(in, (u64)(uintptr_t)&in, 1), -EFAULT); /* xrun's own memory */
    ck_assert_int_eq(copy_in(in, a, (size_t)-1), -EFAULT);
    ck_assert_int_eq(copy_in(in, a | 0xa5ull << 56, 8), 0);
    mem_munmap(a, 2 * P);
}
END_TEST

START_TEST(strings)
{
    u64 a = map(2, RW);
    char text[P];
    mem_munmap(a + P, P);
    ck_assert_int_eq(copy_out(a + P - 6, "hello", 6), 0);
    ck_assert_int_eq(copy_in_string(text, a + P - 6, sizeof text), 5);
    ck_assert_str_eq(text, "hello");
    ck_assert_int_eq(copy_in_string(text, a + P - 6, 6), 5);
    ck_assert_int_eq(copy_in_string(text, a + P - 6, 5), -ENAMETOOLONG);
    ck_assert_int_eq(copy_out(a + P - 5, "world", 5), 0);
    ck_assert_int_eq(copy_in_string(text, a + P - 5, sizeof text), -EFAULT);
    ck_assert_int_eq(copy_in_string(text, mem.limit + 5, sizeof text), -EFAULT);
    mem_munmap(a, P);
}
END_TEST

START_TEST(windows)
{
    u64 a = map(1, RW);
    ck_assert_ptr_eq(mem_window(a, P), (void *)(uintptr_t)(mem.base + a));
    ck_assert_ptr_null(mem_window(mem.limit, 1));
    ck_assert_ptr_null(mem_window(a, ~0ull));
    ck_assert_ptr_nonnull(mem_window(0, 0));
    mem_munmap(a, P);
}
END_TEST

START_TEST(fetch)
{
    u64 a = map(3, RW);
    u8 code[3 * P];
    int prot, fault;
    ck_assert_uint_eq(mem_fetch(a, code, 8, &prot, &fault), 0);
    ck_assert_int_eq(fault, SEGV_ACCERR);
    mem_mprotect(a, 2 * P, PROT_EXEC);
    mem_munmap(a + 2 * P, P);
    ck_assert_uint_eq(mem_fetch(a + 2 * P, code, 8, &prot, &fault), 0);
    ck_assert_int_eq(fault, SEGV_MAPERR);
    ck_assert_uint_eq(mem_fetch(a + 4, code, sizeof code, &prot, &fault), 2 * P - 4);
    ck_assert_int_eq(prot, PROT_EXEC);
    /* a page with another protection ends the fetch */
    mem_mprotect(a + P, P, PROT_READ | PROT_EXEC | MEM_PROT_BTI);
    ck_assert_uint_eq(mem_fetch(a, code, sizeof code, &prot, &fault), P);
    /* an address in xrun itself is not mapped for the guest */
    ck_assert_uint_eq(mem_fetch((u64)(uintptr_t)&fetch_fn, code, 4, &prot, &fault), 0);
    mem_munmap(a, 2 * P);
}
END_TEST

START_TEST(files_and_shared_memory)
{
    char path[] = "/tmp/test_softmmu_XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    unlink(path);
    ck_assert_int_eq(ftruncate(fd, 2 * P), 0);
    i64 a = mem_mmap(0, 3 * P, RW, MAP_SHARED, fd, 0), b = mem_mmap(0, 2 * P, PROT_READ, MAP_SHARED, fd, 0);
    ck_assert(a > 0 && b > 0);
    u32 value = 77, got = 0;
    ck_assert_int_eq(copy_out((u64)a + P, &value, 4), 0);
    ck_assert_int_eq(copy_in(&got, (u64)b + P, 4), 0);
    ck_assert_uint_eq(got, 77);
    ck_assert_int_eq(copy_in(&got, (u64)a + 2 * P, 4), -EFAULT); /* beyond the file: SIGBUS inside */
    struct mem_area area;
    ck_assert(mem_find((u64)a + P, &area));
    ck_assert(area.start == (u64)a && area.end == (u64)a + 3 * P && area.inode && area.flags & MAP_SHARED);
    ck_assert_ptr_nonnull(strstr(area.name, "test_softmmu_"));
    mem_munmap((u64)a, P);
    ck_assert(mem_find((u64)a, &area));
    ck_assert(area.start == (u64)a + P && area.offset == P);
    ck_assert_int_eq(mem_msync((u64)a + P, P, MS_SYNC), 0);
    ck_assert_int_eq(mem_msync((u64)a + P, P, MS_SYNC | MS_ASYNC), -EINVAL);
    ck_assert_int_eq(mem_msync((u64)a, 2 * P, MS_SYNC), -ENOMEM);
    mem_munmap((u64)a, 3 * P);
    mem_munmap((u64)b, 2 * P);
    close(fd);

    int id = shmget(IPC_PRIVATE, 2 * P, 0600);
    if (id < 0)
        return; /* a sandbox without System V memory */
    i64 s = mem_shmat(id, 0, 0), t = mem_shmat(id, 0, SHM_RDONLY);
    shmctl(id, IPC_RMID, NULL);
    ck_assert(s > 0 && t > 0);
    ck_assert_int_eq(copy_out((u64)s, &value, 4), 0);
    got = 0;
    ck_assert_int_eq(copy_in(&got, (u64)t, 4), 0);
    ck_assert_uint_eq(got, 77);
    ck_assert_int_eq(copy_out((u64)t, &value, 4), -EFAULT);
    ck_assert_int_eq(mem_shmdt((u64)s + 1), -EINVAL);
    ck_assert_int_eq(mem_shmdt((u64)s), 0);
    ck_assert(!mapped((u64)s) && mapped((u64)t));
    ck_assert_int_eq(mem_shmdt((u64)s), -EINVAL);
    ck_assert_int_eq(mem_shmdt((u64)t), 0);
}
END_TEST

START_TEST(views)
{
    enum { RX = PROT_READ | PROT_EXEC };
    int fd = memfd_create("views", 0);
    struct mem_view v[2];
    ck_assert_int_eq(ftruncate(fd, 4 * P), 0);
    u64 a = (u64)mem_mmap(0, 4 * P, RW, MAP_SHARED, fd, 0), b = (u64)mem_mmap(0, 2 * P, RX, MAP_SHARED, fd, P);
    u64 c = (u64)mem_mmap(0, P, RX, MAP_PRIVATE, fd, 2 * P), d = (u64)mem_mmap(0, P, RX, ANON, -1, 0);
    ck_assert_uint_eq(mem_other_views(a, P, v, 2), 0);
    ck_assert_uint_eq(mem_other_views(a + P + 64, 64, v, 2), 1);
    ck_assert(v[0].addr == b + 64 && v[0].len == 64);
    ck_assert_uint_eq(mem_other_views(a, 8 * P, v, 2), 2);
    ck_assert_uint_eq(v[0].len + v[1].len, 3 * P);
    ck_assert_uint_eq(mem_other_views(b + P, 4, v, 0), 1); /* a cannot run */
    ck_assert_uint_eq(mem_other_views(c, 4, v, 2), 0);
    ck_assert_uint_eq(mem_other_views(d, 4, v, 2), 0);
    ck_assert_uint_eq(mem_other_views(1, 4, v, 2), 0);
    mem_munmap(a, 4 * P), mem_munmap(b, 2 * P), mem_munmap(c, P), mem_munmap(d, P);
    close(fd);
}
END_TEST

START_TEST(advice_and_residency)
{
    u64 a = map(4, RW), vec = map(1, RW);
    u8 one = 1, pages[4];
    ck_assert_int_eq(copy_out(a + P, &one, 1), 0);
    ck_assert_int_eq(mem_madvise(a + 1, P, MADV_DONTNEED), -EINVAL);
    ck_assert_int_eq(mem_madvise(a, P, 12345), -EINVAL);
    ck_assert_int_eq(mem_madvise(a, 0, MADV_DONTNEED), 0);
    ck_assert_int_eq(mem_mincore(a, 4 * P, vec), 0);
    ck_assert_int_eq(copy_in(pages, vec, 4), 0);
    ck_assert(!(pages[0] & 1) && pages[1] & 1);
    ck_assert_int_eq(mem_mincore(a + 1, P, vec), -EINVAL);
    ck_assert_int_eq(mem_mincore(a, P, 0), -EFAULT);
    ck_assert_int_eq(mem_mincore(mem.limit, P, vec), -ENOMEM);
    ck_assert_int_eq(mem_madvise(a + P, P, MADV_DONTNEED), 0);
    ck_assert_int_eq(copy_in(pages, a + P, 1), 0);
    ck_assert_uint_eq(pages[0], 0);
    mem_munmap(a + 2 * P, P);
    ck_assert_int_eq(mem_mincore(a, 4 * P, vec), -ENOMEM);
    ck_assert_int_eq(mem_madvise(a, 4 * P, MADV_DONTNEED), -ENOMEM);
    ck_assert_int_eq(mem_madvise(mem.limit - P, 4 * P, MADV_DONTNEED), -ENOMEM);
    mem_munmap(a, 4 * P);
    mem_munmap(vec, P);
}
END_TEST

START_TEST(stack_grows)
{
    u64 top = map(1024, RW) + 1024 * P, start = top - 2 * P;
    mem_munmap(top - 1024 * P, 1024 * P);
    ck_assert_int_eq(mem_mmap(start, 2 * P, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0), (i64)start);
    u8 one = 1;
    struct mem_area area;
    ck_assert_int_eq(copy_out(top - 50 * P, &one, 1), 0); /* the host's kernel grows it */
    ck_assert(mem_find(top - 50 * P, &area));
    ck_assert_uint_eq(area.start, top - 50 * P);
    ck_assert_uint_eq(area.end, top);
    /* no other mapping comes close */
    u64 other = map(1, RW);
    ck_assert(other + P <= area.start - (256 << 12) || other >= top);
    mem_munmap(other, P);
    mem_munmap(area.start, top - area.start);
}
END_TEST

START_TEST(names)
{
    u64 a = map(3, RW);
    struct mem_area area;
    mem_name(a + P, P, "[middle]");
    ck_assert(mem_find(a + P, &area));
    ck_assert(area.start == a + P && area.end == a + 2 * P);
    ck_assert_str_eq(area.name, "[middle]");
    ck_assert(mem_find(a, &area) && !area.name && area.end == a + P);
    mem_name(a + P, P, NULL);
    ck_assert(mem_find(a, &area) && area.start == a && area.end >= a + 3 * P); /* joined again */
    mem_munmap(a, 3 * P);
}
END_TEST

/* Random calls on a small arena against an array with one entry per page. */
START_TEST(model)
{
    enum { N = 64, ROUNDS = 20000, NONE = -1 };
    int page[N];
    u64 a = map(N + 2, PROT_NONE) + P;
    unsigned seed = 12345;
    for (int i = 0; i < N; i++)
        page[i] = PROT_NONE;
    for (int round = 0; round < ROUNDS; round++) {
        unsigned r = (unsigned)rand_r(&seed), at = r % N, n = 1 + r / N % (N - at), what = r / 8192 % 4;
        int prot = r / 65536 % 2 ? RW : PROT_READ;
        bool whole = true;
        if (what == 0) {
            ck_assert_int_eq(mem_munmap(a + at * P, n * P), 0);
            for (unsigned i = at; i < at + n; i++)
                page[i] = NONE;
        } else if (what == 1) {
            ck_assert_int_eq(mem_mmap(a + at * P, n * P, prot, ANON | MAP_FIXED, -1, 0), (i64)(a + at * P));
            for (unsigned i = at; i < at + n; i++)
                page[i] = prot;
        } else if (what == 2) {
            for (unsigned i = at; i < at + n && whole; i++)
                if (page[i] == NONE)
                    whole = false;
                else
                    page[i] = prot;
            ck_assert_int_eq(mem_mprotect(a + at * P, n * P, prot), whole ? 0 : -ENOMEM);
        } else {
            for (unsigned i = at; i < at + n; i++)
                whole &= page[i] == NONE;
            i64 e = mem_mmap(a + at * P, n * P, prot, ANON | MAP_FIXED_NOREPLACE, -1, 0);
            ck_assert_int_eq(e, whole ? (i64)(a + at * P) : -EEXIST);
            for (unsigned i = at; whole && i < at + n; i++)
                page[i] = prot;
        }
        for (int i = 0; i < N; i++) {
            u8 byte = 0;
            ck_assert_int_eq(mem_prot(a + (u64)i * P), page[i]);
            if (round % 64 == 0)
                ck_assert_int_eq(copy_out(a + (u64)i * P, &byte, 1), page[i] == RW ? 0 : -EFAULT);
        }
    }
    mem_munmap(a - P, (N + 2) * P);
}
END_TEST

static volatile bool stop;

static void *look(void *arg)
{
    u64 a = (u64)(uintptr_t)arg;
    unsigned long seen = 0;
    while (!stop) {
        int prot = mem_prot(a), fixed = mem_prot(a + 8 * P);
        u32 v;
        must(fixed == RW); /* never disturbed by its neighbours */
        must(prot == -1 || prot == PROT_READ || prot == RW);
        int e = copy_in(&v, a, 4);
        must(e == 0 || e == -EFAULT);
        seen++;
    }
    return (void *)(uintptr_t)seen;
}

START_TEST(threads)
{
    u64 a = map(16, RW);
    pthread_t t[2];
    stop = false;
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, look, (void *)(uintptr_t)a), 0);
    for (int i = 0; i < 5000; i++) {
        mem_munmap(a, 4 * P);
        ck_assert_int_eq(mem_mmap(a, 4 * P, RW, ANON | MAP_FIXED, -1, 0), (i64)a);
        ck_assert_int_eq(mem_mprotect(a, P, PROT_READ), 0);
    }
    stop = true;
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    mem_munmap(a, 16 * P);
}
END_TEST

static void setup_64(void)
{
    width = 64;
    setup();
}

static void setup_32(void)
{
    width = 32;
    setup();
}

int main(void)
{
    const TTest *const tests[] = {
        places_are_below_the_limit, nothing_is_above_the_limit, mmap_errnos, munmap_errnos_and_effect, mprotect_errnos_and_effect,
        code_changes_are_told, mremap_errnos_and_effect, brk_grows_and_shrinks, copies, strings, windows, fetch,
        files_and_shared_memory, views, advice_and_residency, stack_grows, names, model, threads,
    };
    Suite *s = suite_create("softmmu");
    for (int narrow = 0; narrow < 2; narrow++) {
        TCase *t = tcase_create(narrow ? "32 bits" : "64 bits");
        tcase_add_checked_fixture(t, narrow ? setup_32 : setup_64, NULL);
        tcase_set_timeout(t, 120);
        for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
            tcase_add_test(t, tests[i]);
        suite_add_tcase(s, t);
    }
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int run = srunner_ntests_run(r), failed = srunner_ntests_failed(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
