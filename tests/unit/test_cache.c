/* The block cache by itself: finding, links, invalidation by range, bounded memory, and threads that do all at once. */
#include "cache/cache.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { LIMIT = 64 << 10 };

static u32 poll_word;
static struct cache_thread *thread;

static struct block *make(u64 pc, u64 pc_end, u32 mode)
{
    struct block *b = cache_alloc(pc, pc_end, mode, 2, 1, 100);
    b->exits[0].pc = pc_end;
    b->exits[1].pc = pc + 0x1000;
    return b;
}

static struct block *insert(u64 pc, u64 pc_end, u32 mode) { return cache_insert(make(pc, pc_end, mode), cache_version()); }

static void setup(void)
{
    cache_init(LIMIT);
    cache_flush(); /* of an earlier test in the same process */
    poll_word = 0;
    thread = calloc(1, sizeof *thread);
    cache_thread_add(thread, &poll_word);
    cache_enter(thread);
}

static void teardown(void)
{
    cache_leave(thread);
    cache_thread_remove(thread);
    free(thread);
}

START_TEST(find_by_pc_and_mode)
{
    ck_assert_ptr_null(cache_lookup(thread, 0x1000, 0));
    struct block *a = insert(0x1000, 0x1010, 0), *b = insert(0x1000, 0x1010, 1), *c = insert(0x41000, 0x41004, 0);
    ck_assert_ptr_eq(cache_lookup(thread, 0x1000, 0), a);
    ck_assert_ptr_eq(cache_lookup(thread, 0x1000, 1), b);
    ck_assert_ptr_eq(cache_lookup(thread, 0x41000, 0), c);
    ck_assert_ptr_null(cache_lookup(thread, 0x1004, 0));
    ck_assert_ptr_eq(insert(0x1000, 0x1010, 0), a);
    ck_assert_ptr_eq(cache_fast(thread, 0x41000, 0), c);
}
END_TEST

START_TEST(links_end_with_the_block)
{
    struct block *a = insert(0x1000, 0x1010, 0), *b = insert(0x1010, 0x1020, 0);
    cache_link(&a->exits[0], b);
    cache_link(&b->exits[1], a);
    ck_assert_ptr_eq(a->exits[0].to, b);
    cache_invalidate(0x1018, 1);
    ck_assert_ptr_null(a->exits[0].to);
    ck_assert_ptr_null(cache_lookup(thread, 0x1010, 0));
    ck_assert_ptr_eq(cache_lookup(thread, 0x1000, 0), a);
    ck_assert_uint_eq(b->live_pc, CACHE_DEAD);
    ck_assert_ptr_null(b->exits[1].to);
    ck_assert_ptr_null(a->incoming);
    cache_link(&a->exits[0], b); /* too late: b is dead */
    ck_assert_ptr_null(a->exits[0].to);
}
END_TEST

START_TEST(replacing)
{
    struct block *a = insert(0x1000, 0x1010, 0), *b = insert(0x1010, 0x1020, 0), *c = insert(0x1020, 0x1030, 0);
    cache_link(&a->exits[0], b);
    cache_link(&b->exits[1], b);
    cache_link(&b->exits[0], c);
    cache_link(&c->exits[1], b);
    struct block *new = make(0x1010, 0x1020, 0);
    ck_assert_ptr_eq(cache_replace(b, new, cache_version()), new);
    ck_assert_ptr_eq(cache_lookup(thread, 0x1010, 0), new);
    ck_assert_ptr_eq(a->exits[0].to, new);
    ck_assert_ptr_eq(c->exits[1].to, new);
    ck_assert_ptr_null(b->exits[0].to);
    ck_assert_ptr_null(b->exits[1].to);
    ck_assert_uint_eq(b->live_pc, CACHE_DEAD);
    ck_assert_ptr_null(c->incoming);
    /* another thread was first; then the code changed */
    ck_assert_ptr_eq(cache_replace(b, make(0x1010, 0x1020, 0), cache_version()), new);
    u64 version = cache_version();
    struct block *late = make(0x1010, 0x1020, 0);
    cache_invalidate(0x1010, 1);
    ck_assert_ptr_null(cache_replace(new, late, version));
    ck_assert_ptr_null(a->exits[0].to);
    ck_assert_ptr_null(c->exits[1].to);
    /* the one to be replaced is what has to make room */
    insert(0x1010, 0x1020, 0);
    for (u64 i = 0; i < 10000; i++) {
        struct block *old = cache_lookup(thread, 0x1010, 0), *next = make(0x1010, 0x1020, 0);
        ck_assert_ptr_nonnull(cache_lookup(thread, 0x1010, 0));
        ck_assert_ptr_eq(cache_replace(old, next, cache_version()), next);
        insert(0x10000 + 16 * i, 0x10000 + 16 * i + 16, 0);
        cache_quiesce(thread);
    }
    struct cache_stats s;
    cache_get_stats(&s);
    ck_assert_uint_le(s.bytes_used, LIMIT + LIMIT / 8);
}
END_TEST

START_TEST(invalidation_by_range)
{
    static const struct {
        u64 start, len;
        bool hit;
    } cases[] = {
        {0x1ff0, 16, false},  {0x1ff8, 9, true},    {0x2004, 1, true}, {0x2008, 100, false}, {0x2007, 1, true},
        {0, ~0ull, true},     {0x3000, 1ull << 40, false}, {0x1000, 0x1000, false}, {0x2000, 0x1000, true},
        {0x2000, 0, false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        insert(0x2000, 0x2008, 0);
        cache_invalidate(cases[i].start, cases[i].len);
        ck_assert_msg(!cache_lookup(thread, 0x2000, 0) == cases[i].hit, "case %zu", i);
    }
    /* on two pages: found from either */
    for (u64 page = 0x5000; page <= 0x6000; page += 0x1000) {
        insert(0x5ffc, 0x6004, 0);
        cache_invalidate(page == 0x5000 ? 0x5ffe : 0x6000, 1);
        ck_assert_ptr_null(cache_lookup(thread, 0x5ffc, 0));
    }
}
END_TEST

START_TEST(code_that_changed_while_it_was_lifted)
{
    u64 version = cache_version();
    struct block *a = make(0x1000, 0x1010, 0), *b = make(0x8000, 0x8010, 0);
    cache_invalidate(0x1008, 4);
    ck_assert_ptr_null(cache_insert(a, version));
    ck_assert_ptr_eq(cache_insert(b, version), b);
}
END_TEST

START_TEST(memory_is_bounded)
{
    struct cache_stats s;
    for (u64 i = 0; i < 10000; i++) {
        struct block *b = insert(0x10000 + 16 * i, 0x10000 + 16 * i + 16, 0);
        ck_assert_ptr_eq(cache_lookup(thread, b->pc, 0), b);
        cache_quiesce(thread);
        cache_get_stats(&s);
        ck_assert_uint_le(s.bytes_used, LIMIT + 4096);
    }
    ck_assert_uint_gt(s.evicted, 9000);
    ck_assert_ptr_null(cache_lookup(thread, 0x10000, 0));
}
END_TEST

/* A thread's table outlives a stay outside, unless blocks it may name have been freed. */
START_TEST(tables_outlive_a_stay_outside)
{
    struct block *a = insert(0x1000, 0x1010, 0), *b = insert(0x2000, 0x2010, 0);
    ck_assert_ptr_eq(cache_lookup(thread, 0x1000, 0), a);
    ck_assert_ptr_eq(cache_lookup(thread, 0x2000, 0), b);
    cache_leave(thread);
    cache_enter(thread);
    ck_assert_ptr_eq(cache_fast(thread, 0x1000, 0), a);
    cache_invalidate(0x1000, 4); /* dropped, not freed: this thread is inside */
    ck_assert_ptr_null(cache_fast(thread, 0x1000, 0));
    cache_leave(thread);
    cache_invalidate(0x9000, 4); /* freed now */
    cache_enter(thread);
    ck_assert_ptr_null(thread->table[cache_table_index(0x1000)]);
    ck_assert_ptr_null(thread->table[cache_table_index(0x2000)]);
    ck_assert_ptr_eq(cache_lookup(thread, 0x2000, 0), b);
}
END_TEST

START_TEST(dropped_memory_waits_for_threads)
{
    struct cache_stats s;
    struct block *b = insert(0x1000, 0x1010, 0);
    cache_invalidate(0x1000, 4);
    cache_get_stats(&s);
    ck_assert_uint_eq(s.bytes_waiting, b->bytes);
    /* a little is left until there is more, or until nobody can be inside */
    ck_assert(!cache_wants_quiesce(thread));
    cache_leave(thread);
    cache_invalidate(0x9000, 4);
    cache_enter(thread);
    cache_get_stats(&s);
    ck_assert_uint_eq(s.bytes_waiting, 0);
    for (int i = 0; i < 4; i++)
        insert(0x1000, 0x1010, 0), cache_invalidate(0x1000, 4);
    ck_assert(cache_wants_quiesce(thread));
    cache_quiesce(thread);
    cache_get_stats(&s);
    ck_assert_uint_eq(s.bytes_waiting, 0);
    /* much waits: the thread is asked to come by */
    for (u64 i = 0; i < 100; i++)
        insert(0x1000 + 16 * i, 0x1010 + 16 * i, 0);
    cache_flush();
    ck_assert_uint_eq(poll_word, CACHE_POLL);
}
END_TEST

/* Threads that insert, link, follow links and invalidate the same small range of pcs, in a cache that also evicts. Blocks
 * carry their pc in their code bytes, so that one which was freed too early is noticed. */
enum { STRESS_THREADS = 4, STRESS_ROUNDS = 60000, STRESS_PCS = 600 };

static void *stress(void *arg)
{
    struct cache_thread *t = calloc(1, sizeof *t);
    u32 poll = 0;
    u64 seed = (u64)(uintptr_t)arg * 0x9e3779b97f4a7c15 + 1;
    cache_thread_add(t, &poll);
    cache_enter(t);
    struct block_exit *from = NULL;
    for (int i = 0; i < STRESS_ROUNDS; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        u64 pc = 0x10000 + (seed >> 33) % STRESS_PCS * 8;
        if (cache_wants_quiesce(t)) {
            from = NULL;
            cache_quiesce(t);
        }
        struct block *b = cache_lookup(t, pc, 0);
        if (!b) {
            u64 version = cache_version();
            b = make(pc, pc + 8, 0);
            *(u64 *)b->code = pc;
            b = cache_insert(b, version);
        }
        if (b) {
            ck_assert_uint_eq(*(const u64 *)b->code, pc);
            struct block *next = from ? __atomic_load_n(&from->to, __ATOMIC_ACQUIRE) : NULL;
            if (next)
                ck_assert_uint_eq(*(const u64 *)next->code, next->pc);
            if (from)
                cache_link(from, b);
            from = &b->exits[seed >> 20 & 1];
        }
        if (seed >> 40 % 64 == 0 || i % 97 == 0)
            cache_invalidate(pc, 8 << (seed >> 50 & 7));
    }
    cache_leave(t);
    cache_thread_remove(t);
    free(t);
    return NULL;
}

START_TEST(threads_at_once)
{
    pthread_t threads[STRESS_THREADS];
    cache_leave(thread);
    for (uintptr_t i = 0; i < STRESS_THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, stress, (void *)(i + 1)), 0);
    for (int i = 0; i < STRESS_THREADS; i++)
        pthread_join(threads[i], NULL);
    cache_flush();
    cache_invalidate(0, 1);
    struct cache_stats s;
    cache_get_stats(&s);
    ck_assert_uint_gt(s.evicted, 0);
    ck_assert_uint_gt(s.invalidated, 0);
    ck_assert_uint_eq(s.bytes_used, 0);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("cache");
    TCase *t = tcase_create("cache");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, find_by_pc_and_mode);
    tcase_add_test(t, links_end_with_the_block);
    tcase_add_test(t, replacing);
    tcase_add_test(t, invalidation_by_range);
    tcase_add_test(t, code_that_changed_while_it_was_lifted);
    tcase_add_test(t, memory_is_bounded);
    tcase_add_test(t, tables_outlive_a_stay_outside);
    tcase_add_test(t, dropped_memory_waits_for_threads);
    tcase_add_test(t, threads_at_once);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r), all = srunner_ntests_run(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", all - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
