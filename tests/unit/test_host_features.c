/* --host-features: what a list switches on and off, and what goes with it. */
#include "jit/x64/host.h"
#include "jit/x64/rules.h"

#include <check.h>
#include <stdlib.h>

static void choose(const char *list)
{
    char word[32] = "";
    const char *wrong = x64_choose_features(list, true, word, sizeof word);
    ck_assert_msg(!wrong, "%s: %s: %s", list, word, wrong);
    x64_apply_features();
}

START_TEST(floor_has_nothing)
{
    choose("sse4.2");
#define FEATURE(name, needs, leaf, subleaf, reg, bit, state) ck_assert_msg(!x64_shared.name, #name);
#include "jit/x64/features.def"
#undef FEATURE
}
END_TEST

START_TEST(off_takes_what_needs_it)
{
    choose("sse4.2,+avx512vbmi2,+fma,bmi2");
    ck_assert(x64_shared.avx512vbmi2 && x64_shared.avx512bw && x64_shared.avx512f && x64_shared.avx2 && x64_shared.avx);
    ck_assert(x64_shared.fma && x64_shared.bmi2 && !x64_shared.avx512vl && !x64_shared.bmi1);
    choose("-avx512f");
    ck_assert(!x64_shared.avx512vbmi2 && !x64_shared.avx512bw && !x64_shared.avx512f && x64_shared.avx2 && x64_shared.fma);
    choose("-avx");
    ck_assert(!x64_shared.avx2 && !x64_shared.avx && !x64_shared.fma && x64_shared.bmi2);
    choose("-bmi2,,");
    ck_assert(!x64_shared.bmi2);
}
END_TEST

START_TEST(host_is_what_the_processor_has)
{
    choose("sse4.2,host");
    ck_assert_int_eq(x64_shared.avx2, !!__builtin_cpu_supports("avx2"));
    ck_assert_int_eq(x64_shared.bmi2, !!__builtin_cpu_supports("bmi2"));
    ck_assert_int_eq(x64_shared.fma, !!__builtin_cpu_supports("fma"));
    ck_assert_int_eq(x64_shared.aes, !!__builtin_cpu_supports("aes"));
    ck_assert_int_eq(x64_shared.avx512vl, !!__builtin_cpu_supports("avx512vl"));
    ck_assert_int_eq(x64_shared.avx512vbmi, !!__builtin_cpu_supports("avx512vbmi"));
}
END_TEST

START_TEST(wrong_words_are_named)
{
    static const char *const lists[][2] = {{"avx2,mmx", "mmx"}, {"--avx", "--avx"}, {"-", "-"}, {"sse4.2,+avx1,+avx", "+avx1"}};
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
        char word[32] = "";
        ck_assert_msg(x64_choose_features(lists[i][0], true, word, sizeof word) != NULL, "%s", lists[i][0]);
        ck_assert_str_eq(word, lists[i][1]);
    }
}
END_TEST

/* What the processor lacks cannot be switched on for code that is to run. */
START_TEST(absent_features_are_refused)
{
    char word[32] = "";
    choose("host");
    struct x64_shared has = x64_shared;
#define FEATURE(name, needs, leaf, subleaf, reg, bit, state)                                                           \
    ck_assert_int_eq(!x64_choose_features("+" #name, false, word, sizeof word), has.name);
#include "jit/x64/features.def"
#undef FEATURE
}
END_TEST

int main(void)
{
    Suite *s = suite_create("host features");
    TCase *t = tcase_create("all");
    tcase_add_test(t, floor_has_nothing);
    tcase_add_test(t, off_takes_what_needs_it);
    tcase_add_test(t, host_is_what_the_processor_has);
    tcase_add_test(t, wrong_words_are_named);
    tcase_add_test(t, absent_features_are_refused);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r), run = srunner_ntests_run(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    srunner_free(r);
    return failed || !run ? EXIT_FAILURE : EXIT_SUCCESS;
}
