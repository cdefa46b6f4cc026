/* Guest state: floating-point environment, FPCR and FPSR, the dump. */
#define _GNU_SOURCE
#include "state/a64_state.h"
#include "state/fpenv.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A quotient that the compiler can neither know nor drop. */
static double divide(double a, double b)
{
    volatile double x = a, y = b, quotient = x / y;
    return quotient;
}

START_TEST(rounding_follows_fpcr)
{
    struct a64_state s = {0};
    double third[4];
    fpenv_enter(&s.c);
    for (u64 mode = 0; mode < 4; mode++) {
        a64_set_fpcr(&s, mode << A64_FPCR_RMODE_SHIFT);
        third[mode] = divide(-1, 3);
    }
    fpenv_leave(&s.c);
    ck_assert(third[FP_ROUND_UP] == third[FP_ROUND_ZERO] && third[FP_ROUND_DOWN] < third[FP_ROUND_UP]);
    ck_assert(third[FP_ROUND_NEAREST] == divide(-1, 3));
    ck_assert(divide(1, 3) == 1.0 / 3);
}
END_TEST

START_TEST(flags_accumulate)
{
    struct a64_state s = {0};
    divide(1, 3); /* xrun's own arithmetic does not count */
    fpenv_enter(&s.c);
    ck_assert_uint_eq(a64_get_fpsr(&s), 0);
    divide(1, 0);
    ck_assert_uint_eq(a64_get_fpsr(&s), FP_DZC);
    divide(0, 0);
    a64_set_fpcr(&s, A64_FPCR_FZ);
    ck_assert_uint_eq(a64_get_fpsr(&s), FP_DZC | FP_IOC);
    a64_set_fpsr(&s, FP_QC | 0xfff00000);
    divide(1e-300, 1e300);
    divide(1e300, 1e-300);
    fpenv_leave(&s.c);
    divide(0, 0);
    ck_assert_uint_eq(a64_get_fpsr(&s), FP_QC | FP_UFC | FP_OFC | FP_IXC);
}
END_TEST

START_TEST(fpcr_bits)
{
    struct a64_state s = {0};
    a64_set_fpcr(&s, ~0ull);
    ck_assert_uint_eq(s.fpcr[0], A64_FPCR_MASK);
    ck_assert_uint_eq(s.c.fp_mode, FP_ROUND_ZERO | FP_FZ | FP_FZ16 | FP_DEFAULT_NAN | FP_AHP);
    a64_set_fpcr(&s, 0);
    ck_assert_uint_eq(s.c.fp_mode, 0);
}
END_TEST

START_TEST(dump_shows_all_registers)
{
    struct a64_state s = {0};
    for (unsigned i = 0; i < 31; i++)
        s.x[i] = 0xabc00 + i;
    s.v[31].d[1] = 0x1122334455667788;
    s.c.pc = 0x400123;
    int fd[2];
    char text[8192];
    ck_assert_int_eq(pipe(fd), 0);
    a64_dump(&s, fd[1]);
    close(fd[1]);
    ssize_t n = read(fd[0], text, sizeof text - 1), all = 0;
    for (; n > 0; n = read(fd[0], text + all, sizeof text - 1 - (size_t)all))
        all += n;
    text[all] = 0;
    close(fd[0]);
    ck_assert_ptr_nonnull(strstr(text, "pc=0000000000400123"));
    ck_assert_ptr_nonnull(strstr(text, "x30=00000000000abc1e"));
    ck_assert_ptr_nonnull(strstr(text, "v31=11223344556677880000000000000000"));
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        ck_assert_uint_le(strlen(line), 110);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("state");
    TCase *t = tcase_create("state");
    tcase_add_test(t, rounding_follows_fpcr);
    tcase_add_test(t, flags_accumulate);
    tcase_add_test(t, fpcr_bits);
    tcase_add_test(t, dump_shows_all_registers);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r), run = srunner_ntests_run(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
