/* Pending condition flags: what follows from operands, and settling them. */
#include "ir/eval_support.h"
#include "ir/flags.h"
#include "ir/fp_soft.h"
#include "state/a64_state.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static const u64 values[] = {
    0, 1, 2, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000,
    0xffffffffffffffff, 0x123456789abcdef0, 0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000,
    0xfff0000000000000, 0x7ff8000000000000, 0x7ff0000000000001, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000,
    0x7fc00000, 0x7f800001, 0xffc00000,
};

START_TEST(integers)
{
    u64 a = values[_i];
    for (unsigned i = 0; i < ARRAY_SIZE(values); i++) {
        u64 b = values[i];
        for (u32 wide = 0; wide <= FLAGS_OF_64; wide += FLAGS_OF_64) {
            unsigned width = wide ? 64 : 32;
            u32 sum = value_flags_adc(width, a, b, 0), difference = value_flags_adc(width, a, ~b, 1);
            ck_assert_uint_eq(flags_pending_word(FLAGS_OF_ADD | wide, a, b), sum);
            ck_assert_uint_eq(flags_pending_word(FLAGS_OF_ADD_RESULT | wide, a + b, b), sum);
            ck_assert_uint_eq(flags_pending_word(FLAGS_OF_SUB | wide, a, b), difference);
            ck_assert_uint_eq(flags_pending_word(FLAGS_OF_SUB_RESULT | wide, a - b, b), difference);
            ck_assert_uint_eq(flags_pending_word(FLAGS_OF_LOGIC | wide, a, b), value_flags_nz(width, a & b));
        }
    }
}
END_TEST

START_TEST(numbers)
{
    static const i32 numbers[] = {0, 1, -1, 5, 0xfff, 0xfff000 >> 1, FLAGS_NUMBER_MOST, -FLAGS_NUMBER_MOST};
    u64 a = values[_i];
    for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++)
        for (u32 kind = FLAGS_OF_ADD; kind <= FLAGS_OF_LOGIC; kind++)
            for (u32 wide = 0; wide <= FLAGS_OF_64; wide += FLAGS_OF_64) {
                u32 with = kind | wide | FLAGS_NUMBER | (u32)numbers[i] << FLAGS_NUMBER_SHIFT;
                ck_assert_uint_eq(flags_pending_word(with, a, 0x5555), flags_pending_word(kind | wide, a, (u64)(i64)numbers[i]));
            }
}
END_TEST

START_TEST(floats)
{
    struct cpu_common cpu = {0};
    u64 a = values[_i];
    for (unsigned i = 0; i < ARRAY_SIZE(values); i++) {
        u64 b = values[i];
        ck_assert_uint_eq(flags_pending_word(FLAGS_OF_FLOAT | FLAGS_OF_64, a, b), fp_compare(&cpu, FP_F64, a, b, false));
        ck_assert_uint_eq(flags_pending_word(FLAGS_OF_FLOAT, a, b), fp_compare(&cpu, FP_F32, (u32)a, (u32)b, false));
    }
}
END_TEST

START_TEST(settling)
{
    struct a64_state s = {0};
    s.c.flags_offset = offsetof(struct a64_state, nzcv);
    A64_NZCV(&s) = 0x50000000;
    flags_settle(&s.c);
    ck_assert_uint_eq(A64_NZCV(&s), 0x50000000);
    s.c.flags_kind = FLAGS_OF_SUB | FLAGS_OF_64;
    s.c.flags_a = s.c.flags_b = 7;
    flags_settle(&s.c);
    ck_assert_uint_eq(A64_NZCV(&s), IR_FLAG_Z | IR_FLAG_C);
    ck_assert_uint_eq(s.c.flags_kind, FLAGS_NOT_PENDING);
}
END_TEST

/* N and Z, and C, from elsewhere; what is below them is in the register or pending. */
START_TEST(settling_parts)
{
    static const u32 results[] = {0, 1, 0x80000000, 0xffffffff};
    struct a64_state s = {0};
    s.c.flags_offset = offsetof(struct a64_state, nzcv);
    for (unsigned i = 0; i < ARRAY_SIZE(results); i++)
        for (u32 carry = 0; carry < 4; carry++)
            for (u32 pending = 0; pending < 2; pending++) {
                u32 below = pending ? IR_FLAG_C | IR_FLAG_Z : IR_FLAG_V | IR_FLAG_N, nz = value_flags_nz(32, results[i]);
                for (u32 with = 0; with < 2; with++) {
                    A64_NZCV(&s) = IR_FLAG_V | IR_FLAG_N;
                    s.c.flags_kind = (pending ? FLAGS_OF_SUB : 0) | FLAGS_NZ | (with ? FLAGS_CARRY_BIT : 0);
                    s.c.flags_a = s.c.flags_b = 7;
                    s.c.flags_nz = results[i];
                    s.c.flags_carry = carry;
                    flags_settle(&s.c);
                    u32 c = with ? (carry & 1) << 29 : below & IR_FLAG_C;
                    ck_assert_uint_eq(A64_NZCV(&s), nz | c | (below & IR_FLAG_V));
                    ck_assert_uint_eq(s.c.flags_kind, FLAGS_NOT_PENDING);
                }
            }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("flags");
    TCase *t = tcase_create("flags");
    tcase_add_loop_test(t, integers, 0, ARRAY_SIZE(values));
    tcase_add_loop_test(t, numbers, 0, ARRAY_SIZE(values));
    tcase_add_loop_test(t, floats, 0, ARRAY_SIZE(values));
    tcase_add_test(t, settling);
    tcase_add_test(t, settling_parts);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r), run = srunner_ntests_run(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
