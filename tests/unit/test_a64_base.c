/* The AArch64 frontend's tables and helpers: models, masks, text of instructions, CRC, pointer authentication. */
#include "guest/a64/a64.h"
#include "guest/a64/print.h"
#include "guest/dec.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

u64 helper_pac_strip(struct cpu_common *cpu, u64 pointer);
u64 helper_pac_sign(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi);
u64 helper_pac_sign2(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi);
u64 helper_pac_auth(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi, u32 error_code);
u64 helper_pac_auth2(struct cpu_common *cpu, u64 pointer, u64 modifier, u64 key_lo, u64 key_hi);

/* --- models ------------------------------------------------------------------------------------------------------- */

START_TEST(models_announce_what_the_processor_has)
{
    /* fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid, as /proc/cpuinfo of a Cortex-A53 board shows */
    ck_assert_uint_eq(a64_hwcap(a64_model_find("cortex-a53")), 0x8ff);
    ck_assert_uint_eq(a64_hwcap2(a64_model_find("cortex-a53")), 0);
    /* and atomics fphp asimdhp asimdrdm lrcpc dcpop asimddp of a Neoverse N1, with ssbs */
    ck_assert_uint_eq(a64_hwcap(a64_model_find("neoverse-n1")), 0x8ff | 0x119700 | 1 << 28);
    ck_assert_uint_eq(a64_hwcap(NULL), a64_hwcap(a64_model_find("max")));
    ck_assert_ptr_null(a64_model_find("cortex-a999"));
}
END_TEST

START_TEST(id_registers_show_the_greatest_version_of_a_field)
{
    u64 v;
    ck_assert(a64_id_register(a64_model_find("cortex-a57"), 6, 0, &v)); /* ID_AA64ISAR0_EL1 */
    ck_assert_uint_eq(v, 0x11120);
    ck_assert(a64_id_register(a64_model_find("max"), 6, 1, &v));
    ck_assert_uint_eq(v >> 8 & 15, 5); /* API: FPACCOMBINE */
    ck_assert_uint_eq(v & 15, 2);      /* DPB: CVADP */
    ck_assert(a64_id_register(a64_model_find("cortex-a72"), 0, 0, &v));
    ck_assert_uint_eq(v, 0x410fd083);
    ck_assert(a64_id_register(NULL, 7, 7, &v)); /* reserved: zero */
    ck_assert_uint_eq(v, 0);
    ck_assert(!a64_id_register(NULL, 0, 1, &v));
    ck_assert(!a64_id_register(NULL, 1, 0, &v));
}
END_TEST

/* --- immediates --------------------------------------------------------------------------------------------------- */

static int compare(const void *x, const void *y)
{
    u64 a = *(const u64 *)x, b = *(const u64 *)y;
    return a < b ? -1 : a > b;
}

START_TEST(there_are_5334_masks)
{
    static u64 masks[8192];
    u32 n = 0, distinct = 0;
    for (u32 i = 0; i < 8192; i++)
        n += a64_bit_mask(i >> 12, i >> 6 & 63, i & 63, 64, &masks[n]);
    qsort(masks, n, sizeof *masks, compare);
    for (u32 i = 0; i < n; i++)
        distinct += i == 0 || masks[i] != masks[i - 1];
    ck_assert_uint_eq(distinct, 5334);
    ck_assert(!a64_bit_mask(1, 0, 0, 32, masks)); /* a 64-bit element in a W register */
    ck_assert(a64_bit_mask(0, 0x3c, 0, 32, masks));
    ck_assert_uint_eq(masks[0], 0x55555555);
    ck_assert(a64_bit_mask(1, 0x0f, 8, 64, masks));
    ck_assert_uint_eq(masks[0], 0xff000000000000ff);
}
END_TEST

/* --- text --------------------------------------------------------------------------------------------------------- */

static const struct {
    u32 insn;
    const char *text;
} samples[] = {
    {0x91400421, "add x1, x1, #1, lsl #12"},
    {0x910003fd, "add x29, sp, #0"},
    {0x8b22cbff, "add sp, sp, w2, sxtw #2"},
    {0xf27ff420, "ands x0, x1, #0x7ffffffffffffffe"},
    {0xd29fffe3, "movz x3, #65535"},
    {0x54ffffe1, "b.ne 0xffc"},
    {0x36f80040, "tbz w0, #31, 0x1008"},
    {0xd65f03c0, "ret x30"},
    {0xa9bf7bfd, "stp x29, x30, [sp, #-16]!"},
    {0xf8627820, "ldr x0, [x1, x2, lsl #3]"},
    {0x38e24820, "ldrsb w0, [x1, w2, uxtw]"},
    {0x3940f401, "ldrb w1, [x0, #61]"},
    {0x885ffc20, "ldaxr w0, [x1]"},
    {0xb8e10002, "ldaddal w1, w2, [x0]"},
    {0x4c407c20, "ld1 { v0.2d }, [x1]"},
    {0x0d9f4820, "st1 { v0.h }[1], [x1], #2"},
    {0xd503201f, "nop"},
    {0xd5033bbf, "dmb ish"},
    {0xd53bd040, "mrs x0, tpidr_el0"},
    {0xd503233f, "paciasp"},
    {0x00000000, "udf #0"},
    {0xffffffff, ".inst 0xffffffff"},
};

START_TEST(instructions_print)
{
    char text[128];
    ck_assert_uint_eq(a64_print_insn(0x1000, (const u8 *)&samples[_i].insn, 4, text, sizeof text), 4);
    ck_assert_str_eq(text, samples[_i].text);
}
END_TEST

START_TEST(text_fits_any_buffer)
{
    char text[8] = "", one[1];
    u32 insn = 0x91400421;
    ck_assert_uint_eq(a64_print_insn(0, (const u8 *)&insn, 4, text, sizeof text), 4);
    ck_assert_str_eq(text, "add x1,");
    a64_print_insn(0, (const u8 *)&insn, 4, one, 1);
    ck_assert_int_eq(one[0], 0);
    ck_assert_uint_eq(a64_print_insn(0, (const u8 *)&insn, 3, text, sizeof text), 3);
}
END_TEST

START_TEST(every_template_item_has_a_row)
{
    const char *missing = a64_print_missing();
    ck_assert_msg(!missing, "no FMT row: %.20s", missing ? missing : "");
}
END_TEST

/* --- helpers ------------------------------------------------------------------------------------------------------ */

/* The check value of a CRC is that of the nine characters "123456789", with inversion before and after. */
static const u64 pointers[] = {0, 0x1234, 0x0000ffffffffffff, 0xab00123456789abc, 0xffff800000001000};

START_TEST(signed_pointers_authenticate)
{
    u64 p = pointers[_i], lo = 0x0123456789abcdef, hi = 0xfedcba9876543210;
    u64 s = helper_pac_sign(NULL, p, 77, lo, hi), s2 = helper_pac_sign2(NULL, p, 77, lo, hi);
    ck_assert_uint_eq(helper_pac_auth(NULL, s, 77, lo, hi, 1), p);
    ck_assert_uint_eq(helper_pac_auth2(NULL, s2, 77, lo, hi), p);
    ck_assert_uint_eq(helper_pac_strip(NULL, s), p);
    ck_assert_uint_eq(helper_pac_strip(NULL, s2), p);
    /* 7 bits of code: of a few wrong modifiers at least one is noticed, and then the address is not usable */
    unsigned noticed = 0, noticed2 = 0;
    for (u64 m = 78; m < 98; m++) {
        u64 a = helper_pac_auth(NULL, s, m, lo, hi, 1), a2 = helper_pac_auth2(NULL, s2, m, lo, hi);
        noticed += a != p && helper_pac_strip(NULL, a) == p;
        noticed2 += a2 != p && helper_pac_strip(NULL, a2) == p;
    }
    ck_assert_uint_ge(noticed, 15);
    ck_assert_uint_ge(noticed2, 15);
}
END_TEST

START_TEST(what_is_no_pointer_does_not_authenticate)
{
    u64 bad = 0x0012345678000000; /* bits 54..48 in use */
    u64 s = helper_pac_sign(NULL, bad, 5, 1, 2);
    ck_assert_uint_ne(helper_pac_auth(NULL, s, 5, 1, 2, 1), helper_pac_strip(NULL, bad));
    ck_assert_uint_eq(helper_pac_auth(NULL, s, 5, 1, 2, 1) >> 53 & 3, 1);
    s = helper_pac_sign2(NULL, bad, 5, 1, 2);
    ck_assert_uint_eq(helper_pac_auth2(NULL, s, 5, 1, 2), bad);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("a64_base");
    TCase *c = tcase_create("all");
    tcase_add_test(c, models_announce_what_the_processor_has);
    tcase_add_test(c, id_registers_show_the_greatest_version_of_a_field);
    tcase_add_test(c, there_are_5334_masks);
    tcase_add_loop_test(c, instructions_print, 0, ARRAY_SIZE(samples));
    tcase_add_test(c, text_fits_any_buffer);
    tcase_add_test(c, every_template_item_has_a_row);
    tcase_add_loop_test(c, signed_pointers_authenticate, 0, ARRAY_SIZE(pointers));
    tcase_add_test(c, what_is_no_pointer_does_not_authenticate);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
    srunner_free(runner);
    return failed != 0;
}
