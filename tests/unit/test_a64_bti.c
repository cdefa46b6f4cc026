/* Branch target identification: which branches may reach which instructions on guarded pages, and that BTYPE left over
 * from pages that are not guarded does no harm. */
#include "guest/a64/model.h"
#include "run/run.h"
#include "softmmu/softmmu.h"
#include "state/a64_state.h"

#include <check.h>
#include <stdio.h>
#include <sys/mman.h>

enum { PLAIN = 0x10000, GUARDED = 0x11000, PAGE = 4096, AT = 0x100 };
enum {
    NOP = 0xd503201f,
    BTI = 0xd503241f,
    BTI_C = 0xd503245f,
    BTI_J = 0xd503249f,
    BTI_JC = 0xd50324df,
    PACIASP = 0xd503233f,
    BRK = 0xd4200000,
    BR_X1 = 0xd61f0020,
    BR_X16 = 0xd61f0200,
    BLR_X1 = 0xd63f0020,
    RET_X1 = 0xd65f0020,
};

static struct a64_state *cpu;

static void setup(void)
{
    static const struct cpu_config config = {.guest = &guest_a64};
    must(mem_init(64, 0, 0) == 0);
    cpu_init(&config);
    int prot = PROT_READ | PROT_WRITE | PROT_EXEC, flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    must(mem_mmap(PLAIN, PAGE, prot, flags, -1, 0) == PLAIN);
    must(mem_mmap(GUARDED, PAGE, prot | MEM_PROT_BTI, flags, -1, 0) == GUARDED);
    cpu = (struct a64_state *)cpu_new(NULL);
    cpu->c.model = a64_model_find("max");
}

static void code(u64 at, u32 insn) { must(copy_out(at, &insn, 4) == 0); }

/* Runs from pc to the first trap, x1 and x16 holding target. */
static u32 run(u64 pc, u64 target)
{
    cpu->c.pc = pc;
    cpu->x[1] = cpu->x[16] = target;
    cpu->btype_pc[0] = A64_NO_BTYPE;
    ck_assert_int_eq(cpu_run(&cpu->c), EXIT_TRAP);
    return cpu->c.trap;
}

static const struct {
    u64 from;
    u32 branch, landing;
    bool allowed;
} cases[] = {
    {PLAIN, BLR_X1, NOP, false},     {PLAIN, BLR_X1, BTI, false},      {PLAIN, BLR_X1, BTI_C, true},
    {PLAIN, BLR_X1, BTI_J, false},   {PLAIN, BLR_X1, BTI_JC, true},    {PLAIN, BLR_X1, PACIASP, true},
    {PLAIN, BR_X1, NOP, false},      {PLAIN, BR_X1, BTI_C, true},      {PLAIN, BR_X1, BTI_J, true},
    {PLAIN, BR_X1, PACIASP, true},   {PLAIN, RET_X1, NOP, true},       {GUARDED, BLR_X1, BTI_C, true},
    {GUARDED, BLR_X1, BTI_J, false}, {GUARDED, BR_X1, BTI_C, false},   {GUARDED, BR_X1, BTI_J, true},
    {GUARDED, BR_X1, BTI_JC, true},  {GUARDED, BR_X1, PACIASP, false}, {GUARDED, BR_X16, BTI_C, true},
    {GUARDED, BR_X16, BTI_J, true},  {GUARDED, RET_X1, NOP, true},
};

START_TEST(landing_pads)
{
    setup();
    code(cases[_i].from, cases[_i].branch);
    code(GUARDED + AT, cases[_i].landing);
    code(GUARDED + AT + 4, BRK);
    u32 trap = run(cases[_i].from, GUARDED + AT);
    ck_assert_uint_eq(trap, cases[_i].allowed ? TRAP_BREAKPOINT : TRAP_BTI);
    ck_assert_uint_eq(cpu->c.pc, GUARDED + AT + (cases[_i].allowed ? 4 : 0));
    ck_assert_uint_eq(cpu->btype_pc[0] == cpu->c.pc, !cases[_i].allowed);
}
END_TEST

START_TEST(a_breakpoint_comes_before_the_check)
{
    setup();
    code(PLAIN, BLR_X1);
    code(GUARDED + AT, BRK);
    ck_assert_uint_eq(run(PLAIN, GUARDED + AT), TRAP_BREAKPOINT);
}
END_TEST

START_TEST(leftovers_of_plain_pages)
{
    setup();
    /* call within the page, then a direct branch to the guarded one */
    code(PLAIN, BLR_X1);
    code(PLAIN + AT, 0x14000000 | (GUARDED - PLAIN) / 4); /* b +0x1000 */
    code(GUARDED + AT, NOP);
    code(GUARDED + AT + 4, BRK);
    ck_assert_uint_eq(run(PLAIN, PLAIN + AT), TRAP_BREAKPOINT);
    /* and running off the page's end */
    code(GUARDED - 4, NOP);
    code(GUARDED, NOP);
    code(GUARDED + 4, BRK);
    ck_assert_uint_eq(run(PLAIN, GUARDED - 4), TRAP_BREAKPOINT);
    ck_assert_uint_eq(cpu->c.pc, GUARDED + 4);
}
END_TEST

/* A direct branch to what an indirect one led to before, and an indirect one past the landing pad after that. */
START_TEST(again_without_a_landing_pad)
{
    setup();
    code(PLAIN, BLR_X1);
    code(GUARDED + AT, BTI_C);
    code(GUARDED + AT + 4, 0xb4000040); /* cbz x0, +8 */
    code(GUARDED + AT + 8, BRK);
    code(GUARDED + AT + 12, 0xd1000400); /* sub x0, x0, #1 */
    code(GUARDED + AT + 16, 0x14000000 | (-16 / 4 & 0x3ffffff)); /* b -16 */
    cpu->x[0] = 0;
    ck_assert_uint_eq(run(PLAIN, GUARDED + AT), TRAP_BREAKPOINT);
    ck_assert_uint_eq(cpu->c.pc, GUARDED + AT + 8);
    code(GUARDED, BR_X1);
    cpu->x[0] = 1;
    ck_assert_uint_eq(run(GUARDED, GUARDED + AT + 4), TRAP_BTI);
    ck_assert_uint_eq(cpu->c.pc, GUARDED + AT + 4);
}
END_TEST

START_TEST(plain_pages_are_not_checked)
{
    setup();
    code(PLAIN, BLR_X1);
    code(PLAIN + AT, BRK);
    ck_assert_uint_eq(run(PLAIN, PLAIN + AT), TRAP_BREAKPOINT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("a64_bti");
    TCase *c = tcase_create("all");
    tcase_add_loop_test(c, landing_pads, 0, ARRAY_SIZE(cases));
    tcase_add_test(c, a_breakpoint_comes_before_the_check);
    tcase_add_test(c, leftovers_of_plain_pages);
    tcase_add_test(c, again_without_a_landing_pad);
    tcase_add_test(c, plain_pages_are_not_checked);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
    srunner_free(runner);
    return failed != 0;
}
