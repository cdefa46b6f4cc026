/* 32-bit ARM on every engine: conditions, exact state at faults, IT blocks, interworking, alignment, short vectors, models. */
#define _GNU_SOURCE
#include "guest/a32/model.h"
#include "guest/a32/print.h"
#include "run/run.h"
#include "softmmu/softmmu.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CODE = 0x10000, DATA = 0x20000, PAGE = 4096, UNMAPPED = DATA + PAGE, SVC = (int)0xef000000 };

static const struct cpu_config configs[] = {
    {.guest = &guest_a32},
    {.guest = &guest_a32, .no_optimise = true},
    {.guest = &guest_a32, .max_block_insns = 1},
    {.guest = &guest_a32, .engine = CPU_JIT},
};
static struct a32_state *cpu;

static void on_signal(int sig, siginfo_t *info, void *context)
{
    if (!cpu_host_fault(&cpu->c, sig, info, context))
        abort();
}

/* Code at CODE, a page of data at DATA and nothing behind it. */
static void start(int engine, u32 mode, const void *code, size_t bytes)
{
    if (!mem.limit)
        ck_assert_int_eq(mem_init(32, 0, 0), 0);
    cpu_init(&configs[engine]);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
    ck_assert_int_eq(mem_mmap(CODE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0), CODE);
    ck_assert_int_eq(mem_mmap(DATA, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0), DATA);
    ck_assert_int_eq(copy_out(CODE, code, bytes), 0);
    cpu = (struct a32_state *)cpu_new(NULL);
    cpu->c.model = a32_model_find("max");
    cpu->c.pc = CODE;
    cpu->c.mode = mode;
}

static enum cpu_exit run(void)
{
    enum cpu_exit e;
    do
        e = cpu_run(&cpu->c);
    while (e == EXIT_POLL);
    return e;
}

static void store(u32 addr, u32 value) { ck_assert_int_eq(copy_out(addr, &value, 4), 0); }
static u32 load(u32 addr)
{
    u32 value;
    ck_assert_int_eq(copy_in(&value, addr, 4), 0);
    return value;
}

/* movs r0, #0; moveq r1, #5; movne r2, #7; ldreq r3, [r4]; addeq r3, r3, #1; ldrne r5, [r6]; cmp r3, #9;
 * strhi r3, [r4, #4]; strls r3, [r6] */
static const u32 conditional[] = {0xe3b00000, 0x03a01005, 0x13a02007, 0x05943000, 0x02833001,
                                  0x15965000, 0xe3530009, 0x85843004, 0x95863000, (u32)SVC};

START_TEST(conditions)
{
    start(_i, 0, conditional, sizeof conditional);
    store(DATA, 9);
    cpu->r[4] = DATA;
    cpu->r[6] = UNMAPPED; /* only touched where the condition fails */
    ck_assert_int_eq(run(), EXIT_SYSCALL);
    ck_assert_uint_eq(cpu->c.pc, CODE + sizeof conditional);
    ck_assert_uint_eq(cpu->r[1], 5);
    ck_assert_uint_eq(cpu->r[2], 0);
    ck_assert_uint_eq(cpu->r[3], 10);
    ck_assert_uint_eq(load(DATA + 4), 10);
    store(DATA, 8); /* now the last store is executed, and faults */
    cpu->c.pc = CODE;
    ck_assert_int_eq(run(), EXIT_FAULT);
    ck_assert_uint_eq(cpu->c.pc, CODE + 32);
    ck_assert_uint_eq(cpu->c.fault_addr, UNMAPPED);
    ck_assert_uint_eq(cpu->r[3], 9);
}
END_TEST

/* Every item of a template has its row; IT gives its conditions to what follows; odd addresses are Thumb. */
START_TEST(printing)
{
    static const u16 code[] = {0xbf06, 0x2103, 0xef00, 0x0802, 0x6822, 0x2304}; /* itte eq; ..., vadd.i8 among them */
    static const char *const texts[] = {"itte eq", "moveq r1, #3", "vaddeq.i8 d0, d0, d2", "ldrne r2, [r4]", "movs r3, #4"};
    char text[64];
    ck_assert_ptr_null(a32_print_missing());
    u32 at = 0;
    for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
        unsigned n = a32_print_insn(0x1001 + at, (const u8 *)code + at, sizeof code - at, text, sizeof text);
        ck_assert_str_eq(text, texts[i]);
        at += n;
    }
    ck_assert_uint_eq(at, sizeof code);
    const u32 branch = 0x1affffff; /* bne . + 4 */
    ck_assert_uint_eq(a32_print_insn(0x2000, (const u8 *)&branch, 4, text, sizeof text), 4);
    ck_assert_str_eq(text, "bne 0x2004");
    ck_assert_uint_eq(a32_print_insn(0x2001, (const u8 *)&branch, 1, text, sizeof text), 1);
    ck_assert_str_eq(text, "(short)");
}
END_TEST

/* cmp r0, r0; itt eq; moveq r1, #3; ldreq r2, [r4]; movs r3, #4; svc */
static const u16 it_block[] = {0x4280, 0xbf04, 0x2103, 0x6822, 0x2304, 0xdf00};

START_TEST(fault_in_it_block)
{
    start(_i, A32_MODE_T, it_block, sizeof it_block);
    cpu->r[4] = UNMAPPED;
    cpu->r[3] = 77;
    ck_assert_int_eq(run(), EXIT_FAULT);
    ck_assert_uint_eq(cpu->c.pc, CODE + 6);
    ck_assert_uint_eq(cpu->r[1], 3);
    ck_assert_uint_eq(cpu->r[3], 77);
    /* condition EQ, one instruction left: IT state 0x08 */
    ck_assert_uint_eq(a32_get_cpsr(cpu) & 0x0600fc20, 0x00000820);
    /* repaired and gone on: within the IT block the next instruction does not set flags */
    cpu->r[4] = DATA;
    store(DATA, 99);
    ck_assert_int_eq(run(), EXIT_SYSCALL);
    ck_assert_uint_eq(cpu->r[2], 99);
    ck_assert_uint_eq(cpu->r[3], 4);
    ck_assert_uint_eq(cpu->c.mode, A32_MODE_T);
    ck_assert_uint_eq(cpu->nzcv[0], A32_PSR_C); /* of movs r3, #4 */
    /* the same with the condition failing all along */
    cpu->c.pc = CODE + 2;
    cpu->nzcv[0] = 0;
    cpu->r[1] = cpu->r[2] = 0;
    cpu->r[4] = UNMAPPED;
    ck_assert_int_eq(run(), EXIT_SYSCALL);
    ck_assert_uint_eq(cpu->r[1] | cpu->r[2], 0);
}
END_TEST

/* cmp r0, r0; itee eq; ldreq r1, [r5]; ldrdne r2, r3, [r4]; strne r2, [r4]; svc, and the same with ittt */
static const u16 it_traps[][8] = {{0x4280, 0xbf0e, 0x6829, 0xe9d4, 0x2300, 0x6022, 0xdf00},
                                  {0x4280, 0xbf02, 0x6829, 0xe9d4, 0x2300, 0x6022, 0xdf00}};

START_TEST(trap_in_it_block)
{
    for (unsigned met = 0; met < 2; met++) {
        start(_i, A32_MODE_T, it_traps[met], sizeof it_traps[met]);
        cpu->r[5] = DATA;
        cpu->r[4] = DATA + 2;
        store(DATA, 7);
        ck_assert_int_eq(run(), met ? EXIT_TRAP : EXIT_SYSCALL);
        ck_assert_uint_eq(cpu->r[1], 7);
        ck_assert_uint_eq(cpu->c.mode & A32_MODE_T, A32_MODE_T);
        if (!met) {
            ck_assert_uint_eq(cpu->c.mode, A32_MODE_T);
            continue;
        }
        ck_assert_uint_eq(cpu->c.trap, TRAP_ALIGNMENT);
        ck_assert_uint_eq(cpu->c.pc, CODE + 6);
        /* condition EQ, two instructions left: IT state 0x04 */
        ck_assert_uint_eq(a32_get_cpsr(cpu) & 0x0600fc20, 0x00000420);
        cpu->r[4] = DATA;
        ck_assert_int_eq(run(), EXIT_SYSCALL);
        ck_assert_uint_eq(cpu->r[2], 7);
        ck_assert_uint_eq(cpu->c.mode, A32_MODE_T);
        cpu->r[4] = UNMAPPED;
        cpu->r[5] = UNMAPPED - 4;
        cpu->c.pc = CODE;
        ck_assert_int_eq(run(), EXIT_FAULT);
        ck_assert_uint_eq(cpu->c.pc, CODE + 6);
        ck_assert_uint_eq(a32_get_cpsr(cpu) & 0x0600fc20, 0x00000420);
    }
}
END_TEST

/* The other registers are unknown then. */
START_TEST(load_multiple_faults_with_its_base)
{
    static const u32 code[][2] = {
        {0xe8b4000f, (u32)SVC}, /* ldm r4!, {r0-r3} */
        {0xe894003e, (u32)SVC}, /* ldm r4, {r1-r5} */
        {0xecb40b08, (u32)SVC}, /* vldm r4!, {d0-d3} */
    };
    for (size_t n = 0; n < sizeof code / sizeof *code; n++) {
        start(_i, 0, code[n], sizeof code[n]);
        for (u32 at = UNMAPPED - 16; at < UNMAPPED; at += 4)
            store(at, 1);
        for (u32 from = UNMAPPED - 16; from <= UNMAPPED; from += 4) {
            cpu->c.pc = CODE;
            cpu->r[4] = from;
            ck_assert_int_eq(run(), from == UNMAPPED - 16 && n == 0 ? EXIT_SYSCALL : EXIT_FAULT);
            if (from == UNMAPPED - 16 && n == 0)
                continue;
            ck_assert_uint_eq(cpu->c.fault_addr & ~7u, UNMAPPED);
            ck_assert_uint_eq(cpu->r[4], from);
            ck_assert_uint_eq(cpu->c.pc, CODE);
        }
        for (u32 at = 0; at < 32; at += 4)
            store(DATA + at, 100 + at);
        cpu->r[4] = DATA; /* again, where there is memory */
        ck_assert_int_eq(run(), EXIT_SYSCALL);
        if (n < 2)
            ck_assert_uint_eq(cpu->r[3], n ? 108 : 112);
        ck_assert_uint_eq(cpu->r[4], n == 1 ? 112 : DATA + (n ? 32 : 16));
    }
}
END_TEST

/* What must be aligned to a word traps, what need not does not. */
/* Addresses wrap at 4 GiB, and a displacement that runs over either end of the window is a fault at the wrapped address. */
static const struct {
    u32 insns[2], base, index;
    u32 fault; /* 0: it is DATA that is accessed */
    bool write;
} wrapped[] = {
    {{0xe5110008}, 4, 0, 0xfffffffc, false},                       /* ldr r0, [r1, #-8] */
    {{0xe5910fff}, 0xfffffff0, 0, 0x00000fef, false},              /* ldr r0, [r1, #0xfff] */
    {{0xe5010004}, 0, 0, 0xfffffffc, true},                        /* str r0, [r1, #-4] */
    {{0xe5910000}, 0xfffffffd, 0, 0xfffffffd, false},              /* ldr r0, [r1]: across the end */
    {{0xe891003c}, 0xfffffff8, 0, 0xfffffff8, false},              /* ldm r1, {r2-r5} */
    {{0xe2812102, 0xe5920000}, 0x80000000 + DATA, 0, 0, false},    /* add r2, r1, #0x80000000; ldr r0, [r2] */
    {{0xe2812102, 0xe5820000}, 0x80000000 + DATA, 0, 0, true},     /* the same; str r0, [r2] */
    {{0xe7910003}, DATA + 8, 0xfffffff8, 0, false},                /* ldr r0, [r1, r3] */
    {{0xe7910183}, DATA + 8, 0x1fffffff, 0, false},                /* ldr r0, [r1, r3, lsl #3] */
    {{0xe5b10ff0}, 0xfffff800, 0, 0xfffff800 + 0xff0, false},      /* ldr r0, [r1, #0xff0]!: below the vectors' end */
};

START_TEST(addresses_wrap)
{
    u32 code[ARRAY_SIZE(wrapped)][3];
    for (size_t i = 0; i < ARRAY_SIZE(wrapped); i++) {
        memcpy(code[i], wrapped[i].insns, sizeof wrapped[i].insns);
        code[i][1] = code[i][1] ? code[i][1] : 0xe1a00000; /* nop */
        code[i][2] = (u32)SVC;
    }
    start(_i, 0, code, sizeof code);
    for (size_t i = 0; i < ARRAY_SIZE(wrapped); i++) {
        store(DATA, 0x1234);
        cpu->c.pc = CODE + i * sizeof code[0];
        cpu->r[0] = 0x5678;
        cpu->r[1] = wrapped[i].base;
        cpu->r[3] = wrapped[i].index;
        enum cpu_exit e = run();
        ck_assert_msg(e == (wrapped[i].fault ? EXIT_FAULT : EXIT_SYSCALL), "%zu: exit %d, fault at %lx", i, e, cpu->c.fault_addr);
        if (wrapped[i].fault) {
            ck_assert_uint_eq(cpu->c.fault_addr, wrapped[i].fault);
            ck_assert_uint_eq(cpu->c.fault_write, wrapped[i].write);
            ck_assert_uint_eq(cpu->r[1], wrapped[i].base);
        } else if (wrapped[i].write) {
            ck_assert_uint_eq(load(DATA), 0x5678);
        } else {
            ck_assert_uint_eq(cpu->r[0], 0x1234);
        }
    }
}
END_TEST

START_TEST(alignment)
{
    static const struct { u32 insn; bool traps; } table[] = {
        {0xe5940000, false}, /* ldr r0, [r4] */
        {0xe1d400b0, false}, /* ldrh r0, [r4] */
        {0xe1c400d0, true},  /* ldrd r0, r1, [r4] */
        {0xe1c400f0, true},  /* strd r0, r1, [r4] */
        {0xe894000f, true},  /* ldm r4, {r0-r3} */
        {0xe884000f, true},  /* stm r4, {r0-r3} */
        {0xe1940f9f, true},  /* ldrex r0, [r4] */
        {0xe1040091, true},  /* swp r0, r1, [r4] */
        {0xed940a00, true},  /* vldr s0, [r4] */
        {0xecb40b04, true},  /* vldm r4!, {d0, d1} */
        {0xf4240a8f, false}, /* vld1.32 {d0, d1}, [r4] */
        {0xf4240a9f, true},  /* vld1.32 {d0, d1}, [r4:64] */
    };
    for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
        const u32 code[] = {table[i].insn, (u32)SVC};
        start(_i, 0, code, sizeof code);
        cpu->r[4] = DATA + 2;
        enum cpu_exit e = run();
        ck_assert_msg((e == EXIT_TRAP) == table[i].traps, "%08x", table[i].insn);
        if (e == EXIT_TRAP) {
            ck_assert_uint_eq(cpu->c.trap, TRAP_ALIGNMENT);
            ck_assert_uint_eq(cpu->c.trap_addr, DATA + 2);
            ck_assert_uint_eq(cpu->c.pc, CODE);
        }
    }
}
END_TEST

START_TEST(interworking)
{
    /* add r0, pc, #1; bx r0; Thumb: movs r1, #1; nop; mov r2, pc; bx r2; A32: svc */
    const u32 code[] = {0xe28f0001, 0xe12fff10, 0xbf002101, 0x4710467a, (u32)SVC};
    start(_i, 0, code, sizeof code);
    ck_assert_int_eq(run(), EXIT_SYSCALL);
    ck_assert_uint_eq(cpu->r[1], 1);
    ck_assert_uint_eq(cpu->r[2], CODE + 16);
    ck_assert_uint_eq(cpu->c.mode, 0);
    ck_assert_uint_eq(cpu->c.pc, CODE + 20);
    ck_assert_uint_eq(a32_get_cpsr(cpu) & A32_PSR_T, 0);
}
END_TEST

START_TEST(swap_and_endianness)
{
    /* swp r0, r1, [r4]; setend be; ldr r2, [r4]; setend le */
    const u32 code[] = {0xe1040091, 0xf1010200, 0xe5942000, 0xf1010000, (u32)SVC};
    start(_i, 0, code, sizeof code);
    cpu->r[1] = 0x11223344;
    cpu->r[4] = DATA;
    store(DATA, 7);
    ck_assert_int_eq(run(), EXIT_SYSCALL);
    ck_assert_uint_eq(cpu->r[0], 7);
    ck_assert_uint_eq(load(DATA), 0x11223344);
    ck_assert_uint_eq(cpu->r[2], 0x44332211);
    ck_assert_uint_eq(cpu->c.mode, 0);
}
END_TEST

static float *s(unsigned n) { return (float *)&cpu->q[n / 4].s[n % 4]; }

START_TEST(short_vectors)
{
    /* vmsr fpscr, r0; vadd.f32 s8, s16, s24; vmul.f32 s12, s16, s0 */
    const u32 code[] = {0xeee10a10, 0xee384a0c, 0xee286a00, (u32)SVC};
    start(_i, 0, code, sizeof code);
    cpu->r[0] = 3 << A32_FPSCR_LEN_SHIFT;
    *s(0) = 2;
    for (unsigned i = 0; i < 8; i++) {
        *s(16 + i) = (float)i;
        *s(24 + i) = (float)(10 * i);
    }
    ck_assert_int_eq(run(), EXIT_SYSCALL);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert(*s(8 + i) == (float)(11 * i));
        ck_assert(*s(12 + i) == (float)(2 * i));
    }
    ck_assert_uint_eq(cpu->c.mode, 3 << A32_MODE_LEN_SHIFT);
    ck_assert_uint_eq(a32_get_fpscr(cpu), 3 << A32_FPSCR_LEN_SHIFT);
    cpu->c.model = a32_model_find("cortex-a15"); /* has none */
    cpu->c.pc = CODE;
    ck_assert_int_eq(run(), EXIT_SYSCALL);
    ck_assert_uint_eq(a32_get_fpscr(cpu), 0);
}
END_TEST

/* An instruction is undefined on the models that lack it. */
START_TEST(models)
{
    static const char *const names[] = {"arm926", "arm1176", "cortex-a7", "cortex-a8", "cortex-a9", "cortex-a15", "cortex-a53", "max"};
    static const struct { u32 insn; const char *on; } table[] = {
        {0xe710f211, "--+--+++"}, /* sdiv r0, r1, r2 */
        {0xe3000001, "--++++++"}, /* movw r0, #1 */
        {0xf2210802, "--++++++"}, /* vadd.i32 d0, d1, d2 */
        {0xee300a81, "++++++++"}, /* vadd.f32 s0, s1, s2 */
        {0xe1910f9f, "-+++++++"}, /* ldrex r0, [r1] */
        {0xe1020051, "++++++++"}, /* qadd r0, r1, r2 */
        {0xeea00a81, "--+--+++"}, /* vfma.f32 s0, s1, s2 */
        {0xeef00b61, "--++++++"}, /* vmov.f64 d16, d17 */
        {0xe1010042, "------++"}, /* crc32b r0, r1, r2 */
        {0xf57ff05f, "--++++++"}, /* dmb sy */
        {0xf5d1f000, "++++++++"}, /* pld [r1] */
        {0xf591f000, "--+-++++"}, /* pldw [r1] */
    };
    for (unsigned m = 0; m < ARRAY_SIZE(names); m++)
        for (unsigned i = 0; i < ARRAY_SIZE(table); i++) {
            const u32 code[] = {table[i].insn, (u32)SVC};
            start(_i, 0, code, sizeof code);
            cpu->r[1] = DATA;
            cpu->c.model = a32_model_find(names[m]);
            ck_assert_ptr_ne(cpu->c.model, NULL);
            enum cpu_exit e = run();
            bool there = e == EXIT_SYSCALL;
            ck_assert_msg(there == (table[i].on[m] == '+'), "%08x on %s", table[i].insn, names[m]);
            ck_assert(there || (e == EXIT_TRAP && cpu->c.trap == TRAP_UNDEFINED && cpu->c.pc == CODE));
        }
}
END_TEST

START_TEST(second_half_not_executable)
{
    const u16 bl = 0xf000; /* the first half of a T32 instruction at the end of the page */
    start(_i, A32_MODE_T, &bl, 0);
    ck_assert_int_eq(copy_out(CODE + PAGE - 2, &bl, 2), 0);
    cpu->c.pc = CODE + PAGE - 2;
    ck_assert_int_eq(run(), EXIT_FAULT);
    ck_assert_uint_eq(cpu->c.pc, CODE + PAGE - 2);
    ck_assert_uint_eq(cpu->c.fault_addr, CODE + PAGE);
}
END_TEST

START_TEST(status_registers)
{
    start(0, 0, conditional, sizeof conditional);
    a32_set_cpsr(cpu, 0xa80a0610 | A32_PSR_T | 2u << 25); /* N C Q, GE 1010, E, IT 0x06 */
    ck_assert_uint_eq(cpu->ge[0], 0xff00ff00);
    ck_assert_uint_eq(cpu->c.mode & (A32_MODE_T | A32_MODE_BE), A32_MODE_T | A32_MODE_BE);
    ck_assert_uint_eq((cpu->c.mode & A32_MODE_IT) >> A32_MODE_IT_SHIFT, 0x06);
    ck_assert_uint_eq(a32_get_cpsr(cpu), 0xa80a0610 | A32_PSR_T | 2u << 25);
    a32_set_fpscr(cpu, 0xffffffff, a32_fpscr_bits(&cpu->c));
    ck_assert_uint_eq(a32_get_fpscr(cpu), 0xffff009f);
    cpu->c.model = a32_model_find("cortex-a8");
    ck_assert_uint_eq(a32_hwcap(cpu->c.model) & 1 << 17, 0); /* no integer division */
    ck_assert_uint_ne(a32_hwcap(cpu->c.model) & 1 << 12, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("a32");
    TCase *t = tcase_create("a32");
    tcase_set_timeout(t, 120);
    int engines = (int)ARRAY_SIZE(configs);
    tcase_add_loop_test(t, conditions, 0, engines);
    tcase_add_test(t, printing);
    tcase_add_loop_test(t, fault_in_it_block, 0, engines);
    tcase_add_loop_test(t, trap_in_it_block, 0, engines);
    tcase_add_loop_test(t, load_multiple_faults_with_its_base, 0, engines);
    tcase_add_loop_test(t, addresses_wrap, 0, engines);
    tcase_add_loop_test(t, alignment, 0, engines);
    tcase_add_loop_test(t, interworking, 0, engines);
    tcase_add_loop_test(t, swap_and_endianness, 0, engines);
    tcase_add_loop_test(t, short_vectors, 0, engines);
    tcase_add_loop_test(t, models, 0, engines);
    tcase_add_loop_test(t, second_half_not_executable, 0, engines);
    tcase_add_test(t, status_registers);
    suite_add_tcase(suite, t);
    SRunner *r = srunner_create(suite);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r), all = srunner_ntests_run(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", all - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
