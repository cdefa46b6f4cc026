/* Pieces of the pool do not overlap, keep what is written to them, and are used again; its tables and pages are zeros. */
#include "base/pool.h"

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECES = 3000, ROUNDS = 60000, MOST = 6000, THREADS = 4 };

struct held {
    u8 *at;
    size_t bytes;
    u8 filled;
};

static bool is_filled(const u8 *at, size_t bytes, u8 with)
{
    for (size_t i = 0; i < bytes; i++)
        if (at[i] != with)
            return false;
    return true;
}

/* Takes and gives back pieces of all sizes at random; NULL: each held what was written to it until it went. */
static void *take_and_give(void *seed)
{
    static const char wrong[] = "a piece changed, or is misaligned";
    unsigned state = (unsigned)(uintptr_t)seed;
    struct held *held = calloc(PIECES, sizeof *held);
    const char *result = held ? NULL : "no memory";
    for (unsigned round = 0; round < ROUNDS && !result; round++) {
        struct held *h = &held[(unsigned)rand_r(&state) % PIECES];
        if (h->at && !is_filled(h->at, h->bytes, h->filled))
            result = wrong;
        pool_free(h->at, h->bytes);
        h->bytes = 1 + (size_t)rand_r(&state) % (rand_r(&state) % 8 ? 400 : MOST);
        h->filled = (u8)rand_r(&state);
        h->at = pool_alloc(h->bytes);
        if ((uintptr_t)h->at % 16)
            result = wrong;
        memset(h->at, h->filled, h->bytes);
    }
    for (unsigned i = 0; i < PIECES && held; i++)
        pool_free(held[i].at, held[i].bytes);
    free(held);
    return (void *)result;
}

START_TEST(pieces_of_all_sizes)
{
    ck_assert_ptr_null(take_and_give((void *)1));
}
END_TEST

START_TEST(pieces_of_threads)
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, take_and_give, (void *)(i + 2)), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        void *result;
        ck_assert_int_eq(pthread_join(threads[i], &result), 0);
        ck_assert_ptr_null(result);
    }
}
END_TEST

/* What is given back is enough for what is taken next: a program that translates for ever needs no more memory. */
START_TEST(pieces_used_again)
{
#ifndef XRUN_SANITIZE
    static void *first[PIECES];
    for (unsigned i = 0; i < PIECES; i++)
        first[i] = pool_alloc(300);
    for (unsigned i = 0; i < PIECES; i++)
        pool_free(first[i], 300);
    for (unsigned i = 0; i < PIECES; i++)
        ck_assert_ptr_eq(pool_alloc(300), first[PIECES - 1 - i]);
#endif
}
END_TEST

START_TEST(tables_are_zeros)
{
    static u8 *tables[40]; /* for ever, as sanitizers see it, too */
    for (unsigned i = 0; i < ARRAY_SIZE(tables); i++) {
        pool_free(memset(pool_alloc(100), 0xff, 100), 100);
        tables[i] = pool_table(100000 + i);
        ck_assert(is_filled(tables[i], 100000 + i, 0));
        memset(tables[i], 0xff, 100000 + i);
    }
}
END_TEST

START_TEST(pages_are_zeros)
{
    for (unsigned once = 0; once < 2; once++) {
        size_t bytes = 5000001, had = bytes;
        u8 *pages = pool_pages(&bytes, once);
        ck_assert_uint_ge(bytes, had);
        ck_assert(is_filled(pages, bytes, 0));
        ck_assert_int_eq(munmap(pages, bytes), 0);
    }
}
END_TEST

START_TEST(usable_after_fork)
{
    pool_fork_prepare();
    pid_t child = fork();
    pool_fork_done();
    if (!child)
        _exit(take_and_give((void *)9) != NULL);
    int status;
    ck_assert_ptr_null(take_and_give((void *)10));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("pool");
    TCase *t = tcase_create("pool");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, pieces_of_all_sizes);
    tcase_add_test(t, pieces_of_threads);
    tcase_add_test(t, pieces_used_again);
    tcase_add_test(t, tables_are_zeros);
    tcase_add_test(t, pages_are_zeros);
    tcase_add_test(t, usable_after_fork);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
