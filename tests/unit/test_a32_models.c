/* Each model of 32-bit ARM executes one instruction of each group: it is undefined exactly where the model lacks the group's
 * feature, and AT_HWCAP and AT_HWCAP2 announce exactly what runs. A feature that no group tests is a failure. With the
 * environment variable MODELS_TABLE the table of models and groups is printed. */
#define _GNU_SOURCE
#include "guest/a32/model.h"
#include "run/run.h"
#include "softmmu/softmmu.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { CODE = 0x10000, DATA = 0x20000, PAGE = 4096, NO_CAP = -1 };

/* hwcap: the bit of AT_HWCAP that announces the group; from 32 on of AT_HWCAP2 (arch/arm/include/uapi/asm/hwcap.h). */
static const struct group {
    const char *name;
    enum a32_feature feature;
    bool thumb;
    u32 insn;
    int hwcap;
} groups[] = {
    {"clz r0, r1", A32_FEAT_v5, false, 0xe16f0f11, NO_CAP},
    {"qadd r0, r1, r2", A32_FEAT_v5te, false, 0xe1020051, 7},
    {"bxj lr", A32_FEAT_jazelle, false, 0xe12fff2e, NO_CAP},
    {"rev r0, r1", A32_FEAT_v6, false, 0xe6bf0f31, NO_CAP},
    {"sxth r0, r1", A32_FEAT_v6, true, 0xb208, NO_CAP},
    {"clrex", A32_FEAT_v6k, false, 0xf57ff01f, NO_CAP},
    {"mrc p15, 0, r0, c13, c0, 3", A32_FEAT_v6k, false, 0xee1d0f70, 15},
    {"movw r0, #1", A32_FEAT_v6t2, false, 0xe3000001, NO_CAP},
    {"mov.w r0, r1", A32_FEAT_v6t2, true, 0xea4f0001, NO_CAP},
    {"it eq", A32_FEAT_v6t2, true, 0xbf08, NO_CAP},
    {"dmb sy", A32_FEAT_v7, false, 0xf57ff05f, NO_CAP},
    {"pldw [r1]", A32_FEAT_mp, false, 0xf591f000, NO_CAP},
    {"sdiv r0, r1, r2", A32_FEAT_idiva, false, 0xe710f211, 17},
    {"sdiv r0, r1, r2", A32_FEAT_idivt, true, 0xfb91f0f2, 18},
    {"mrc p15, 0, r0, c14, c0, 0", A32_FEAT_timer, false, 0xee1e0f10, NO_CAP},
    {"lda r0, [r1]", A32_FEAT_v8, false, 0xe1910c9f, NO_CAP},
    {"crc32w r0, r1, r2", A32_FEAT_crc32, false, 0xe1410042, 32 + 4},
    {"sb", A32_FEAT_sb, false, 0xf57ff070, 32 + 5},
    {"setpan #0", A32_FEAT_pan, false, 0xf1100000, NO_CAP},
    {"vadd.f64 d0, d1, d2", A32_FEAT_vfp2, false, 0xee310b02, 6},
    {"vmov.f32 s0, #1.0", A32_FEAT_vfp3, false, 0xeeb70a00, 13},
    {"vadd.f64 d0, d1, d16", A32_FEAT_d32, false, 0xee310b20, 19},
    {"vcvtb.f32.f16 s0, s1", A32_FEAT_half, false, 0xeeb20a60, NO_CAP},
    {"vfma.f32 s0, s1, s2", A32_FEAT_vfp4, false, 0xeea00a81, 16},
    {"vadd.i8 d0, d1, d2", A32_FEAT_neon, false, 0xf2010802, 12},
    {"aese.8 q0, q1", A32_FEAT_aes, false, 0xf3b00302, 32 + 0},
    {"vmull.p64 q0, d2, d3", A32_FEAT_pmull, false, 0xf2a20e03, 32 + 1},
    {"sha1h.32 q0, q1", A32_FEAT_sha1, false, 0xf3b902c2, 32 + 2},
    {"sha256h.32 q0, q1, q2", A32_FEAT_sha2, false, 0xf3020c44, 32 + 3},
    {"vqrdmlah.s16 d0, d1, d2", A32_FEAT_rdm, false, 0xf3110b12, NO_CAP},
    {"vadd.f16 s0, s1, s2", A32_FEAT_fp16, false, 0xee300981, 22},
    {"vadd.f16 d0, d1, d2", A32_FEAT_fp16, false, 0xf2110d02, 23},
    {"vsdot.s8 d0, d1, d2", A32_FEAT_dotprod, false, 0xfc210d02, 24},
    {"vfmal.f16 d0, s2, s4", A32_FEAT_fhm, false, 0xfc210812, 25},
    {"vdot.bf16 d0, d1, d2", A32_FEAT_bf16, false, 0xfc010d02, 26},
    {"vusdot.s8 d0, d1, d2", A32_FEAT_i8mm, false, 0xfca10d02, 27},
    {"vcadd.f32 d0, d1, d2, #90", A32_FEAT_fcma, false, 0xfc810802, NO_CAP},
    {"vjcvt.s32.f64 s0, d1", A32_FEAT_jscvt, false, 0xeeb90bc1, NO_CAP},
};

static const struct cpu_config configs[] = {{.guest = &guest_a32}, {.guest = &guest_a32, .engine = CPU_JIT}};
static struct a32_state *cpu;

static void start(int engine)
{
    ck_assert_int_eq(mem_init(64, 0, 0), 0);
    cpu_init(&configs[engine]);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    ck_assert_int_eq(mem_mmap(CODE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0), CODE);
    ck_assert_int_eq(mem_mmap(DATA, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0), DATA);
    cpu = (struct a32_state *)cpu_new(NULL);
    cpu->c.addr_mask = 0xffffffff;
    cpu->c.mem_limit = 1ull << 32;
}

/* Whether the model executes the instruction; anything but going on behind it or "undefined" is a failure. */
static bool runs(const struct group *g)
{
    u8 code[8] = {0};
    u32 word = g->thumb && g->insn > 0xffff ? g->insn << 16 | g->insn >> 16 : g->insn;
    unsigned bytes = g->thumb && g->insn <= 0xffff ? 2 : 4;
    const u32 svc = 0xef000000;
    const u16 svc_thumb = 0xdf00;
    memcpy(code, &word, 4);
    if (g->thumb)
        memcpy(code + bytes, &svc_thumb, 2);
    else
        memcpy(code + bytes, &svc, 4);
    ck_assert_int_eq(copy_out(CODE, code, sizeof code), 0);
    cpu_invalidate(CODE, PAGE);
    cpu->c.pc = CODE;
    cpu->c.mode = g->thumb ? A32_MODE_T : 0;
    cpu->nzcv[0] = A32_PSR_Z;
    cpu->r[1] = DATA;
    cpu->r[A32_LR] = CODE + 4;
    enum cpu_exit e;
    do
        e = cpu_run(&cpu->c);
    while (e == EXIT_POLL);
    if (e == EXIT_SYSCALL)
        return true;
    ck_assert_msg(e == EXIT_TRAP && cpu->c.trap == TRAP_UNDEFINED, "%s: exit %d", g->name, (int)e);
    ck_assert_uint_eq(cpu->c.pc, CODE);
    return false;
}

START_TEST(what_models_lack_is_undefined)
{
    start(_i);
    bool print = getenv("MODELS_TABLE") && _i == 0;
    for (u32 m = 0; m < a32_model_count; m++) {
        const struct a32_model *model = &a32_models[m];
        u64 caps = a32_hwcap(model) | (u64)a32_hwcap2(model) << 32;
        cpu->c.model = model;
        for (unsigned i = 0; i < ARRAY_SIZE(groups); i++) {
            const struct group *g = &groups[i];
            bool has = model->features >> g->feature & 1, does = runs(g);
            if (print)
                printf("%-12s %-28s %s\n", model->name, g->name, does ? "runs" : "SIGILL");
            ck_assert_msg(does == has, "%s on %s: %s", g->name, model->name, does ? "runs" : "is undefined");
            ck_assert_msg(g->hwcap == NO_CAP || (caps >> g->hwcap & 1) == does, "%s on %s: HWCAP bit %d", g->name, model->name,
                          g->hwcap);
        }
    }
}
END_TEST

/* Features without an instruction of their own: short vectors (test_a32.c), the width of atomic accesses. */
START_TEST(every_feature_has_a_group)
{
    u64 tested = 1ull << A32_FEAT_shvec | 1ull << A32_FEAT_lpae;
    for (unsigned i = 0; i < ARRAY_SIZE(groups); i++)
        tested |= 1ull << groups[i].feature;
    ck_assert_uint_eq(tested, ones(A32_FEAT_COUNT));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("a32 models");
    TCase *t = tcase_create("models");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, what_models_lack_is_undefined, 0, (int)ARRAY_SIZE(configs));
    tcase_add_test(t, every_feature_has_a_group);
    suite_add_tcase(suite, t);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
    srunner_free(runner);
    return failed != 0;
}
