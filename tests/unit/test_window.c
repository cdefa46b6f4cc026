/* The address space of 32-bit guests: where it lies, its layout, what differs from the errnos of 64-bit ones. What is the same
 * for both is in test_softmmu.c. */
#define _GNU_SOURCE
#include "softmmu/softmmu.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/shm.h>

enum { P = MEM_PAGE, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };
static const u64 GiB = 1ull << 30;

START_TEST(layout)
{
    ck_assert_int_eq(mem_init(32, 0, 0), 0);
    ck_assert_uint_eq(mem.limit, 0xfffff000);
    ck_assert_uint_eq(mem.map_limit, mem.limit);
    ck_assert_uint_gt(mem.base, 1ull << 32);
    ck_assert_uint_le(mem.stack_top, 0xffff0000);
    ck_assert_uint_ge(mem.stack_top, 0xff000000);
    ck_assert_uint_lt(mem.mmap_base, mem.stack_top - (128 << 20) + (16 << 20));
    ck_assert_uint_lt(mem.pie_base, 16 << 20);
    i64 a = mem_mmap(0, P, RW, ANON, -1, 0);
    ck_assert_int_gt(a, 0);
    ck_assert_uint_lt((u64)a, mem.mmap_base);
    ck_assert_ptr_eq(mem_window((u64)a, 4), (void *)(uintptr_t)(mem.base + (u64)a));
}
END_TEST

START_TEST(errnos)
{
    ck_assert_int_eq(mem_init(32, 0, 0), 0);
    ck_assert_int_eq(mem_mmap(0, P, RW, ANON | MAP_FIXED, -1, 0), -EPERM);
    ck_assert_int_eq(mem_mmap(0x7000, P, RW, ANON | MAP_FIXED, -1, 0), -EPERM);
    ck_assert_int_eq(mem_mmap(0x10000, P, RW, ANON | MAP_FIXED, -1, 0), 0x10000);
    ck_assert_int_eq(mem_mmap(0x10000, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), -EEXIST);
    ck_assert_int_eq(mem_mmap(0xffffe000, P, RW, ANON | MAP_FIXED, -1, 0), 0xffffe000);
    ck_assert_int_eq(mem_mmap(0xfffff000, P, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
    ck_assert_int_eq(mem_mmap(0xffffe000, 2 * P, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
    ck_assert_int_eq(mem_mmap(0, 4 * GiB - 2 * P, RW, ANON, -1, 0), -ENOMEM);
    ck_assert_int_eq(mem_mremap(0x10000, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, 0x1000), -EPERM);
    ck_assert_int_eq(mem_mremap(0x10000, P, 2 * P, 0, 0), 0x10000);
    ck_assert_int_eq(mem_munmap(0xfffff000, P), -EINVAL);
    u32 word = 7;
    ck_assert_int_eq(copy_out(0xffffeffe, &word, 4), -EFAULT); /* runs over the end */
    ck_assert_int_eq(copy_out(0xffffeffc, &word, 4), 0);
    int id = shmget(IPC_PRIVATE, P, IPC_CREAT | 0600);
    ck_assert_int_ge(id, 0);
    i64 at = mem_shmat(id, 0, 0), low = mem_shmat(id, 0x4000, 0);
    shmctl(id, IPC_RMID, NULL);
    ck_assert_int_gt(at, 0);
    ck_assert_int_lt(at, 1ll << 32);
    ck_assert_int_eq(low, -EPERM);
    ck_assert_int_eq(copy_out((u64)at, &word, 4), 0);
    ck_assert_int_eq(mem_shmdt((u64)at), 0);
    ck_assert_int_eq(mem_prot((u64)at), -1);
}
END_TEST

/* A guest can use all there is, and what it is given never overlaps. */
START_TEST(all_of_it)
{
    ck_assert_int_eq(mem_init(32, 0, 0), 0);
    u64 sum = 0;
    for (u64 bytes = GiB; bytes >= 1 << 20; bytes /= 2)
        for (i64 a; (a = mem_mmap(0, bytes, PROT_NONE, ANON | MAP_NORESERVE, -1, 0)) > 0; sum += bytes)
            ck_assert_uint_le((u64)a + bytes, mem.limit);
    ck_assert_uint_gt(sum, 4 * GiB - (4 << 20));
}
END_TEST

START_TEST(three_gigabytes)
{
    int p = personality(0xffffffff);
    personality((unsigned long)p | ADDR_LIMIT_3GB);
    ck_assert_int_eq(mem_init(32, 0, 0), 0);
    ck_assert_uint_le(mem.stack_top, 3 * GiB);
    ck_assert_int_eq(mem_mmap(3 * GiB, P, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
    ck_assert_int_eq(mem_map_special(0xffff0000, "page", 4, PROT_READ | PROT_EXEC, "[vectors]"), 0xffff0000);
    ck_assert_int_eq(mem_prot(0xffff0000), PROT_READ | PROT_EXEC);
}
END_TEST

/* Where a sanitizer has no shadow memory either. */
static const u64 FREE = 3ull << 44;

START_TEST(options)
{
    ck_assert_int_eq(mem_init(64, 1ull << 40, 0), -EINVAL);
    ck_assert_int_eq(mem_init(32, 123, 0), -EINVAL);
    ck_assert_int_eq(mem_init(32, align_down((u64)(uintptr_t)&layout, P), 0), -EEXIST);
    ck_assert_int_eq(mem_init(32, FREE, 256 << 20), 0);
    ck_assert_uint_eq(mem.base, FREE);
    ck_assert_uint_le(mem.stack_top, 256 << 20);
    ck_assert_int_eq(mem_mmap(256 << 20, P, RW, ANON | MAP_FIXED, -1, 0), -ENOMEM);
    i64 a = mem_mmap(0, P, RW, ANON, -1, 0);
    ck_assert_int_gt(a, 0);
    ck_assert_int_lt(a, 256 << 20);
}
END_TEST

/* Nothing is reserved, so a limit of address space only counts what the guest maps. */
START_TEST(little_address_space)
{
    struct rlimit limit = {512 << 20, 512 << 20};
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    ck_assert_int_eq(mem_init(32, 0, 0), 0);
    ck_assert_int_gt(mem_mmap(0, 64 << 20, RW, ANON, -1, 0), 0);
    ck_assert_int_eq(mem_mmap(0, 1024 << 20, RW, ANON, -1, 0), -ENOMEM);
}
END_TEST

START_TEST(read_implies_exec)
{
    ck_assert_int_eq(mem_init(32, 0, 0), 0);
    mem.read_implies_exec = true;
    i64 a = mem_mmap(0, 2 * P, PROT_READ, ANON, -1, 0);
    ck_assert_int_eq(mem_prot((u64)a), PROT_READ | PROT_EXEC);
    ck_assert_int_eq(mem_mprotect((u64)a, P, PROT_WRITE), 0);
    ck_assert_int_eq(mem_prot((u64)a), PROT_WRITE);
    ck_assert_int_eq(mem_mprotect((u64)a, P, RW), 0);
    ck_assert_int_eq(mem_prot((u64)a), RW | PROT_EXEC);
    mem_set_brk(0x100000);
    ck_assert_int_eq(mem_brk(0x101000), 0x101000);
    ck_assert_int_eq(mem_prot(0x100000), RW | PROT_EXEC);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {layout, errnos, all_of_it, three_gigabytes, options, little_address_space, read_implies_exec};
    Suite *s = suite_create("window");
    TCase *t = tcase_create("window");
    for (size_t i = 0; i < ARRAY_SIZE(tests); i++) {
#ifdef XRUN_SANITIZE
        if (tests[i] == little_address_space) {
            printf("little_address_space is skipped: a sanitizer's own memory is larger\n");
            continue;
        }
#endif
        tcase_add_test(t, tests[i]);
    }
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int run = srunner_ntests_run(r), failed = srunner_ntests_failed(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
