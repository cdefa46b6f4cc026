/* Signal frames, siginfo, altstacks, robust lists and sysroot paths, without running guest code. */
#define _GNU_SOURCE
#include "state/a64_state.h"
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"
#include "syscalls/thread/thread.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct a64_state cpu;
static struct sys_thread thread;
static u64 stack_top;

enum { STACK_BYTES = 1 << 16 };

static void set_up(bool be)
{
    memset(&cpu, 0, sizeof cpu);
    sig_actions_drop(thread.actions);
    sig_pending_free(thread.pending);
    memset(&thread, 0, sizeof thread);
    if (!stack_top) {
        ck_assert_int_eq(mem_init(64, 0, 0), 0);
        i64 p = mem_mmap(0, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ck_assert_int_gt(p, 0);
        stack_top = (u64)p + STACK_BYTES;
    }
    thread.pending = sig_pending_new();
    thread.cpu = &cpu.c;
    thread.actions = sig_actions_new(NULL);
    sig_init_host(thread.actions); /* copies from bad addresses fault */
    thread.altstack_flags = SS_DISABLE;
    cpu.c.mode = be ? A64_MODE_BE : 0;
    cpu.c.mem_limit = mem.limit;
    for (unsigned i = 0; i < 31; i++)
        cpu.x[i] = 0x1000 + i;
    for (unsigned i = 0; i < 32; i++)
        cpu.v[i] = (union v128){ .d = { 0x1111 * i, 0x2222 * i + 1 } };
    cpu.sp[0] = stack_top - 24;
    cpu.c.pc = 0x400000;
    cpu.nzcv[0] = A64_N | A64_C;
    cpu.btype[0] = 1;
    cpu.btype_pc[0] = cpu.c.pc;
    sys_abi.big_endian = be;
    sys.sigreturn_addr = 0x7000;
}

static u64 load(u64 addr, unsigned bytes, bool be)
{
    u8 b[8];
    u64 v = 0;
    ck_assert_int_eq(copy_in(b, addr, bytes), 0);
    for (unsigned i = 0; i < bytes; i++)
        v |= (u64)b[i] << 8 * (be ? bytes - 1 - i : i);
    return v;
}

static void store(u64 addr, u64 v, unsigned bytes, bool be)
{
    u8 b[8];
    for (unsigned i = 0; i < bytes; i++)
        b[be ? bytes - 1 - i : i] = (u8)(v >> 8 * i);
    ck_assert_int_eq(copy_out(addr, b, bytes), 0);
}

/* Offsets as aarch64-linux-gnu-gcc has them for struct rt_sigframe. */
enum { UC = 128, UC_MASK = UC + 40, MC = UC + 176, RESERVED = MC + 288, FRAME = 4688 };

static const struct sig_action action = { .handler = 0x500000, .flags = SA_SIGINFO };

static void push(void)
{
    siginfo_t info = { .si_signo = SIGSEGV, .si_code = SEGV_MAPERR };
    info.si_addr = (void *)0x1234567890;
    thread.pending->fault_address = 0x1234567890;
    thread.pending->fault_esr = 0x92000047;
    ck_assert(sig_arch_a64.push(&thread, SIGSEGV, &info, &action, 0xabcd));
}

static void frame(bool be)
{
    set_up(be);
    struct a64_state before = cpu;
    push();
    u64 sp = cpu.sp[0];
    ck_assert_uint_eq(sp % 16, 0);
    ck_assert_uint_eq(cpu.x[0], SIGSEGV);
    ck_assert_uint_eq(cpu.x[1], sp);
    ck_assert_uint_eq(cpu.x[2], sp + UC);
    ck_assert_uint_eq(cpu.x[29], sp + FRAME);
    ck_assert_uint_eq(cpu.x[30], 0x7000);
    ck_assert_uint_eq(cpu.c.pc, 0x500000);
    ck_assert_uint_eq(cpu.btype[0], 2);
    ck_assert_uint_eq(cpu.btype_pc[0], cpu.c.pc);
    ck_assert_uint_eq(load(sp, 4, be), SIGSEGV);
    ck_assert_uint_eq(load(sp + 16, 8, be), 0x1234567890);
    ck_assert_uint_eq(load(sp + UC_MASK, 8, be), 0xabcd);
    ck_assert_uint_eq(load(sp + MC, 8, be), 0x1234567890);
    ck_assert_uint_eq(load(sp + MC + 8 + 8 * 30, 8, be), 0x1000 + 30);
    ck_assert_uint_eq(load(sp + MC + 8 + 8 * 31, 8, be), before.sp[0]);
    ck_assert_uint_eq(load(sp + MC + 8 + 8 * 32, 8, be), 0x400000);
    ck_assert_uint_eq(load(sp + MC + 8 + 8 * 33, 8, be), A64_N | A64_C | 1 << 10);
    ck_assert_uint_eq(load(sp + RESERVED, 4, be), 0x46508001);
    ck_assert_uint_eq(load(sp + RESERVED + 4, 4, be), 528);
    ck_assert_uint_eq(load(sp + RESERVED + 16 + 16 * 3 + (be ? 8 : 0), 8, be), 0x3333);
    ck_assert_uint_eq(load(sp + RESERVED + 528, 4, be), 0x45535201);
    ck_assert_uint_eq(load(sp + RESERVED + 528 + 8, 8, be), 0x92000047);
    ck_assert_uint_eq(load(sp + RESERVED + 528 + 16, 8, be), 0);
    ck_assert_uint_eq(load(sp + FRAME, 8, be), 0x1000 + 29);

    u64 mask = 0;
    memset(cpu.x, 0, sizeof cpu.x);
    memset(cpu.v, 0, sizeof cpu.v);
    ck_assert(sig_arch_a64.pop(&thread, &mask));
    ck_assert_uint_eq(mask, 0xabcd);
    ck_assert_mem_eq(cpu.x, before.x, sizeof cpu.x);
    ck_assert_mem_eq(cpu.v, before.v, sizeof cpu.v);
    ck_assert_uint_eq(cpu.sp[0], before.sp[0]);
    ck_assert_uint_eq(cpu.c.pc, before.c.pc);
    ck_assert_uint_eq(cpu.nzcv[0], before.nzcv[0]);
    ck_assert_uint_eq(cpu.btype[0], before.btype[0]);
    ck_assert_uint_eq(cpu.btype_pc[0], before.btype_pc[0]);
}

START_TEST(frame_little) { frame(false); }
END_TEST
START_TEST(frame_big) { frame(true); }
END_TEST

START_TEST(no_siginfo)
{
    set_up(false);
    struct sig_action plain = { .handler = 0x500000, .flags = 0x04000000, .restorer = 0x9000 };
    siginfo_t info = { .si_signo = SIGHUP };
    ck_assert(sig_arch_a64.push(&thread, SIGHUP, &info, &plain, 0));
    ck_assert_uint_eq(cpu.x[1], 0x1001);
    ck_assert_uint_eq(cpu.x[30], 0x9000);
    ck_assert_uint_eq(load(cpu.sp[0] + RESERVED + 528, 8, false), 0);
}
END_TEST

/* What must not be accepted on return. */
START_TEST(bad_frames)
{
    static const struct {
        u32 offset, value;
    } bad[] = {
        { RESERVED, 0x12345678 },            /* unknown record first */
        { RESERVED + 4, 520 },               /* wrong size of fpsimd */
        { RESERVED, 0 },                     /* no fpsimd: terminator with a size */
        { RESERVED + 528 + 4, 0 },           /* record without a size */
        { RESERVED + 528 + 4, 0xfffffff0 },  /* beyond the frame */
        { RESERVED + 528 + 4, 24 },          /* not a multiple of 16 */
        { RESERVED + 544, 0x46508001 },      /* fpsimd twice, and short */
        { RESERVED + 544, 0x45585401 },      /* extra_context without a size */
        { MC + 8 + 8 * 33, 0x5 },            /* pstate of another exception level */
    };
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        u64 mask;
        set_up(false);
        push();
        store(cpu.sp[0] + bad[i].offset, bad[i].value, 4, false);
        ck_assert_msg(!sig_arch_a64.pop(&thread, &mask), "case %zu", i);
    }
    u64 mask;
    set_up(false);
    push();
    cpu.sp[0] += 8;
    ck_assert(!sig_arch_a64.pop(&thread, &mask));
    cpu.sp[0] = 0x10;
    ck_assert(!sig_arch_a64.pop(&thread, &mask));
    cpu.sp[0] = mem.limit - 16;
    ck_assert(!sig_arch_a64.pop(&thread, &mask));
    ck_assert(!sig_arch_a64.push(&thread, SIGHUP, &(siginfo_t){ 0 }, &action, 0));
}
END_TEST

/* fpsimd moved behind the frame, as a program with a large frame may do. */
START_TEST(extra_context)
{
    u64 mask;
    set_up(false);
    cpu.sp[0] = stack_top - 4096;
    push();
    u64 sp = cpu.sp[0], at = sp + RESERVED, extra = at + 48;
    u8 fpsimd[528];
    ck_assert_int_eq(copy_in(fpsimd, at, sizeof fpsimd), 0);
    store(at, 0x45585401, 4, false);
    store(at + 4, 32, 4, false);
    store(at + 8, extra, 8, false);
    store(at + 16, 544, 4, false);
    store(at + 32, 0, 8, false);
    ck_assert_int_eq(copy_out(extra, fpsimd, sizeof fpsimd), 0);
    store(extra + 528, 0, 8, false);
    memset(cpu.v, 0, sizeof cpu.v);
    ck_assert(sig_arch_a64.pop(&thread, &mask));
    ck_assert_uint_eq(cpu.v[3].d[0], 0x3333);

    cpu.sp[0] = sp;
    store(at + 8, extra + 16, 8, false);
    ck_assert(!sig_arch_a64.pop(&thread, &mask));
}
END_TEST

START_TEST(altstack)
{
    set_up(false);
    u64 base = stack_top - 30000;
    ck_assert_int_eq(sig_set_altstack(&thread, base, 0, 100, 5120), -ENOMEM);
    ck_assert_int_eq(sig_set_altstack(&thread, base, 7, 8192, 5120), -EINVAL);
    ck_assert_int_eq(sig_set_altstack(&thread, base, 0, 8192, 5120), 0);
    struct sig_action on = { .handler = 0x500000, .flags = SA_ONSTACK };
    ck_assert_uint_eq(sig_frame_sp(&thread, &action), cpu.sp[0]);
    ck_assert_uint_eq(sig_frame_sp(&thread, &on), base + 8192);
    cpu.sp[0] = base + 4096;
    ck_assert_uint_eq(sig_frame_sp(&thread, &on), base + 4096);
    ck_assert_int_eq(sig_set_altstack(&thread, 0, SS_DISABLE, 0, 5120), -EPERM);
    cpu.sp[0] = stack_top;
    ck_assert_int_eq(sig_set_altstack(&thread, base, (i32)(1u << 31), 8192, 5120), 0);
    sig_altstack_entered(&thread);
    ck_assert_uint_eq(thread.altstack_size, 0);
}
END_TEST

START_TEST(siginfo_order)
{
    siginfo_t info = { .si_signo = SIGCHLD, .si_code = CLD_EXITED }, back;
    u8 bytes[SIGINFO_BYTES];
    info.si_pid = 0x01020304;
    info.si_status = 7;
    info.si_utime = 0x1122334455667788;
    sys_abi.big_endian = true;
    siginfo_to_guest(bytes, &info);
    ck_assert_uint_eq(bytes[3], SIGCHLD);
    ck_assert_uint_eq(bytes[16], 1);
    ck_assert_uint_eq(bytes[27], 7);
    ck_assert_uint_eq(bytes[32], 0x11);
    siginfo_from_guest(&back, bytes);
    ck_assert_mem_eq(&back, &info, sizeof info);
    info = (siginfo_t){ .si_signo = SIGRTMIN, .si_code = SI_QUEUE };
    info.si_value.sival_ptr = (void *)0x1122334455667788;
    siginfo_to_guest(bytes, &info);
    ck_assert_uint_eq(bytes[24], 0x11);
    sys_abi.big_endian = false;
    siginfo_to_guest(bytes, &info);
    ck_assert_mem_eq(bytes, &info, sizeof info);
}
END_TEST

/* A list of two held locks and one that another thread took over. */
static void robust(bool be)
{
    enum { TID = 4711 };
    set_up(be);
    u64 head = stack_top - 0x8000, a = head + 64, b = a + 64, c = b + 64;
    store(head, a, 8, be);
    store(head + 8, 16, 8, be);
    store(head + 16, c, 8, be);
    store(a, b, 8, be);
    store(b, head, 8, be);
    store(a + 16, TID | 0x80000000, 4, be);
    store(b + 16, TID + 1, 4, be);
    store(c + 16, TID, 4, be);
    robust_list_exit(head, TID);
    ck_assert_uint_eq(load(a + 16, 4, be), 0xc0000000);
    ck_assert_uint_eq(load(b + 16, 4, be), TID + 1);
    ck_assert_uint_eq(load(c + 16, 4, be), 0x40000000);
    store(a, a, 8, be); /* a ring without the head ends too */
    robust_list_exit(head, TID);
    robust_list_exit(8, TID);
}
START_TEST(robust_little) { robust(false); }
END_TEST
START_TEST(robust_big) { robust(true); }
END_TEST

static const char *path(const char *p, bool follow)
{
    static char buffer[4096];
    return follow ? sys_path(p, buffer, sizeof buffer) : sys_path_nofollow(p, buffer, sizeof buffer);
}

START_TEST(sysroot)
{
    char root[] = "/tmp/xrun-test-XXXXXX", want[128], link[128];
    ck_assert_ptr_nonnull(mkdtemp(root));
    sys.options.sysroot = root;
    ck_assert_int_eq(chdir(root), 0);
    ck_assert_int_eq(mkdir("opt", 0755) | mkdir("opt/bin", 0755) | mkdir("proc", 0755), 0);
    ck_assert_int_ge(open("opt/bin/tool", O_CREAT | O_WRONLY, 0755), 0);
    ck_assert_int_ge(open("proc/version", O_CREAT | O_WRONLY, 0755), 0);
    ck_assert_int_eq(symlink("/opt/bin/tool", "opt/absolute") | symlink("bin/tool", "opt/relative") |
                         symlink("/opt/bin", "opt/folder") | symlink("/nowhere", "opt/dangling"),
                     0);
    snprintf(want, sizeof want, "%s/opt/bin/tool", root);
    ck_assert_str_eq(path("/opt/bin/tool", true), want);
    ck_assert_str_eq(path("/opt/absolute", true), want);
    ck_assert_str_eq(path("/opt/folder/tool", true), want);
    ck_assert_str_eq(path("/../../opt/folder/tool", true), want);
    snprintf(link, sizeof link, "%s/opt/relative", root);
    ck_assert_str_eq(path("/opt/relative", true), link);
    snprintf(link, sizeof link, "%s/opt/absolute", root);
    ck_assert_str_eq(path("/opt/absolute", false), link);
    ck_assert_str_eq(path("/opt/dangling", true), "/opt/dangling");
    ck_assert_str_eq(path("/opt/missing", true), "/opt/missing");
    ck_assert_str_eq(path("opt/absolute", true), "opt/absolute");
    ck_assert_str_eq(path("/proc/version", true), "/proc/version");
    snprintf(want, sizeof want, "rm -r %s", root);
    ck_assert_int_eq(system(want), 0);
    sys.options.sysroot = NULL;
    ck_assert_str_eq(path("/opt/absolute", true), "/opt/absolute");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("signal");
    TCase *c = tcase_create("signal");
    tcase_add_test(c, frame_little);
    tcase_add_test(c, frame_big);
    tcase_add_test(c, no_siginfo);
    tcase_add_test(c, bad_frames);
    tcase_add_test(c, extra_context);
    tcase_add_test(c, altstack);
    tcase_add_test(c, siginfo_order);
    tcase_add_test(c, robust_little);
    tcase_add_test(c, robust_big);
    tcase_add_test(c, sysroot);
    suite_add_tcase(suite, c);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    printf("%d passed, %d failed\n", srunner_ntests_run(runner) - failed, failed);
    srunner_free(runner);
    return failed != 0;
}
