/* Bit helpers and the log's channel list. */
#include "base/base.h"

#include <check.h>
#include <stdlib.h>

START_TEST(bit_helpers)
{
    ck_assert_uint_eq(bits(0xabcd, 15, 8), 0xab);
    ck_assert_uint_eq(bits(~0ull, 63, 0), ~0ull);
    ck_assert_int_eq(sext(0x80, 8), -128);
    ck_assert_uint_eq(ones(0), 0);
    ck_assert_uint_eq(ones(64), ~0ull);
    ck_assert_uint_eq(rotr32(1, 1), 0x80000000u);
    ck_assert_uint_eq(rotr64(1, 0), 1);
    ck_assert_uint_eq(clz32(0), 32);
    ck_assert_uint_eq(ctz64(0), 64);
    ck_assert_uint_eq(align_up(4097, 4096), 8192);
}
END_TEST

START_TEST(log_channels)
{
    ck_assert_ptr_null(log_select("in_asm,strace"));
    ck_assert(log_on(LOG_IN_ASM) && log_on(LOG_STRACE) && !log_on(LOG_IR));
    ck_assert_str_eq(log_select("ir,nonsense"), "nonsense");
    log_mask = 0;
}
END_TEST

int main(void)
{
    Suite *s = suite_create("base");
    TCase *t = tcase_create("base");
    tcase_add_test(t, bit_helpers);
    tcase_add_test(t, log_channels);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
