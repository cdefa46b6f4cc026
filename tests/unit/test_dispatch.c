/* System calls through sys_dispatch(), from registers to registers, without a processor. */
#define _GNU_SOURCE
#include "syscalls/syscall.h"
#include "syscalls/signal/signal.h"
#include "state/a64_state.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct a64_state cpu;
static struct sys_thread thread;
static u64 page; /* two pages of guest memory; the page behind them is not mapped */
enum { ROOM = 2 * MEM_PAGE };
#define BAD 0x10ull

enum {
    NR_epoll_create1 = 20, NR_epoll_ctl = 21, NR_epoll_pwait = 22, NR_dup3 = 24, NR_fcntl = 25, NR_ioctl = 29,
    NR_openat = 56, NR_close = 57, NR_pipe2 = 59, NR_getdents64 = 61, NR_read = 63, NR_write = 64, NR_writev = 66,
    NR_pselect6 = 72, NR_ppoll = 73, NR_readlinkat = 78, NR_newfstatat = 79, NR_fstat = 80, NR_nanosleep = 101,
    NR_clock_gettime = 113, NR_uname = 160, NR_prctl = 167, NR_getpid = 172, NR_socketpair = 199, NR_sendmsg = 211,
    NR_recvmsg = 212, NR_brk = 214, NR_mmap = 222, NR_prlimit64 = 261, NR_sched_getattr = 275, NR_memfd_create = 279,
    NR_bpf = 280, NR_rseq = 293, NR_openat2 = 437, NR_close_range = 436,
};

static void setup(void)
{
    static const struct sys_engine engine;
    static const struct sys_options options;
    ck_assert_int_eq(mem_init(64, 0, 0), 0);
    sys_init(&engine, &options);
    thread.cpu = &cpu.c;
    thread.tid = gettid();
    thread.pending = sig_pending_new();
    thread.actions = sig_actions_new(NULL);
    sys_self = &thread;
    page = (u64)mem_mmap(0, ROOM + MEM_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_int_gt((i64)page, 0);
    ck_assert_int_eq(mem_munmap(page + ROOM, MEM_PAGE), 0);
}

static i64 call(u64 nr, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f)
{
    cpu.x[8] = nr;
    cpu.x[0] = a;
    cpu.x[1] = b;
    cpu.x[2] = c;
    cpu.x[3] = d;
    cpu.x[4] = e;
    cpu.x[5] = f;
    cpu.c.pc = 0x1004;
    sys_dispatch(&thread);
    ck_assert_int_eq(thread.restart, 0);
    return (i64)cpu.x[0];
}
#define CALL(nr, ...) CALL_(nr, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(nr, a, b, c, d, e, f, ...)                                                                               \
    call(NR_##nr, (u64)(a), (u64)(b), (u64)(c), (u64)(d), (u64)(e), (u64)(f))

static u64 put(u64 offset, const void *data, size_t n)
{
    memcpy((u8 *)page + offset, data, n);
    return page + offset;
}
static u64 text(u64 offset, const char *s) { return put(offset, s, strlen(s) + 1); }
static u64 at(u64 offset, unsigned bytes) { return abi_load(&sys_abi, (u8 *)page + offset, bytes); }
static void set(u64 offset, unsigned bytes, u64 v) { abi_store(&sys_abi, (u8 *)page + offset, bytes, v); }

static bool big;
static void use_order(void)
{
    cpu.c.mode = big ? A64_MODE_BE : 0;
    sys_abi.big_endian = big;
}

START_TEST(unknown_and_refused)
{
    ck_assert_int_eq(call(244, 0, 0, 0, 0, 0, 0), -ENOSYS);
    ck_assert_int_eq(call(99999, 0, 0, 0, 0, 0, 0), -ENOSYS);
    ck_assert_int_eq(CALL(rseq, page, 32, 0, 0), -ENOSYS);
    ck_assert_int_eq(CALL(bpf, 0, 0, 0), -EPERM);
    ck_assert_int_eq(CALL(getpid, 0), getpid());
    ck_assert_uint_eq(thread.syscall_pc, 0x1000);
}
END_TEST

START_TEST(files)
{
    use_order();
    int fd = (int)CALL(openat, AT_FDCWD, text(0, "/"), 040000 /* O_DIRECTORY */, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(CALL(fstat, fd, page + 1024), 0);
    struct stat host;
    ck_assert_int_eq(fstat(fd, &host), 0);
    ck_assert_uint_eq(at(1024 + 8, 8), host.st_ino);
    ck_assert_uint_eq(at(1024 + 16, 4), host.st_mode);
    ck_assert_int_eq((i64)at(1024 + 88, 8), host.st_mtim.tv_sec);
    ck_assert_int_eq(CALL(newfstatat, AT_FDCWD, page, page + 2048, 0), 0);
    ck_assert_uint_eq(at(2048 + 8, 8), host.st_ino);
    ck_assert_int_gt(CALL(getdents64, fd, page + 1024, 512), 0);
    ck_assert_uint_lt(at(1024 + 16, 2), 300);
    ck_assert_int_eq(CALL(fcntl, fd, F_GETFL, 0) & 0740000, 0440000); /* O_DIRECTORY | O_LARGEFILE */
    ck_assert_int_eq(CALL(close, fd), 0);
    ck_assert_int_eq(CALL(close, fd), -EBADF);
    ck_assert_int_eq(CALL(openat, AT_FDCWD, text(0, "/dev/null"), 040000, 0), -ENOTDIR);
    ck_assert_int_eq(CALL(openat, AT_FDCWD, text(0, "/proc/self/cwd"), 0100000 /* O_NOFOLLOW */, 0), -ELOOP);
    ck_assert_int_gt(CALL(readlinkat, AT_FDCWD, text(0, "/proc/self/cwd"), page + 1024, 100), 0);
}
END_TEST

START_TEST(bad_pointers)
{
    use_order();
    int fd = (int)CALL(memfd_create, text(0, "x"), 0);
    ck_assert_int_ge(fd, 0);
    int pair[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    static const u64 bad[] = {BAD, 0xffffffffffff, 0xfffffffffffffff0, 0xffff800000000000, 0x7fffffffff000000};
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        u64 p = bad[i] & 0xff00000000000000 ? bad[i] & 0x00ffffffffffffff : bad[i];
        ck_assert_int_eq(CALL(openat, AT_FDCWD, p, 0, 0), -EFAULT);
        ck_assert_int_eq(CALL(write, fd, p, 10), -EFAULT);
        ck_assert_int_eq(CALL(writev, fd, p, 1), -EFAULT);
        ck_assert_int_eq(CALL(fstat, fd, p), -EFAULT);
        ck_assert_int_eq(CALL(uname, p), -EFAULT);
        ck_assert_int_eq(CALL(nanosleep, p, 0), -EFAULT);
        ck_assert_int_eq(CALL(clock_gettime, 0, p), -EFAULT);
        ck_assert_int_eq(CALL(ppoll, p, 1, 0, 0, 8), -EFAULT);
        ck_assert_int_eq(CALL(openat2, AT_FDCWD, page, p, 24), -EFAULT);
        ck_assert_int_eq(CALL(sendmsg, fd, p, 0), -ENOTSOCK);
        ck_assert_int_eq(CALL(sendmsg, pair[0], p, 0), -EFAULT);
        ck_assert_int_eq(CALL(recvmsg, pair[0], p, 0), -EFAULT);
        ck_assert_int_eq(CALL(prctl, PR_SET_NAME, p), -EFAULT);
        ck_assert_int_eq(CALL(prlimit64, 0, RLIMIT_NOFILE, 0, p), -EFAULT);
    }
    ck_assert_int_eq(CALL(read, -1, BAD, 10), -EBADF); /* the kernel's order of checks */
    ck_assert_int_eq(CALL(fstat, fd, page + ROOM - 64), -EFAULT); /* half mapped */
    ck_assert_int_eq(CALL(openat, AT_FDCWD, put(ROOM - 4, "abcd", 4), 0, 0), -EFAULT);
    /* xrun's own memory is not the guest's */
    static u8 own[256];
    memset(own, 1, sizeof own);
    if ((u64)own >= mem.limit) {
        ck_assert_int_eq(CALL(fstat, fd, (u64)own), -EFAULT);
        ck_assert_int_eq(CALL(read, fd, (u64)own, 16), -EFAULT);
    }
    ck_assert_int_eq(CALL(close, fd), 0);
}
END_TEST

START_TEST(iovecs)
{
    use_order();
    int fd = (int)CALL(memfd_create, text(0, "x"), 0);
    text(100, "hello ");
    text(200, "world");
    set(0, 8, page + 100);
    set(8, 8, 6);
    set(16, 8, (page + 200) | 0x5a00000000000000); /* the top byte is a tag */
    set(24, 8, 5);
    ck_assert_int_eq(CALL(writev, fd, page, 2), 11);
    char got[12] = "";
    ck_assert_int_eq(pread(fd, got, 11, 0), 11);
    ck_assert_str_eq(got, "hello world");
    set(24, 8, (u64)-5);
    ck_assert_int_eq(CALL(writev, fd, page, 2), -EINVAL);
    ck_assert_int_eq(CALL(writev, fd, page, 1025), -EINVAL);
    set(16, 8, BAD);
    set(24, 8, 5);
    ck_assert_int_eq(CALL(writev, fd, page + 16, 1), -EFAULT);
    ck_assert_int_eq(CALL(close, fd), 0);
}
END_TEST

START_TEST(waiting)
{
    use_order();
    ck_assert_int_eq(CALL(pipe2, page, 02000000), 0);
    int in = (int)at(0, 4), out = (int)at(4, 4);
    int ep = (int)CALL(epoll_create1, 0);
    set(64, 4, EPOLLIN);
    set(72, 8, 0x1122334455667788);
    ck_assert_int_eq(CALL(epoll_ctl, ep, EPOLL_CTL_ADD, in, page + 64), 0);
    ck_assert_int_eq(CALL(epoll_pwait, ep, page + 128, 4, 0, 0, 8), 0);
    ck_assert_int_eq(CALL(epoll_pwait, ep, page + 128, 4, 5, 0, 8), 0);
    ck_assert_int_eq(CALL(epoll_pwait, ep, page + 128, 0, 5, 0, 8), -EINVAL);
    ck_assert_int_eq(CALL(write, out, text(200, "!"), 1), 1);
    ck_assert_int_eq(CALL(epoll_pwait, ep, page + 128, 4, -1, 0, 8), 1);
    ck_assert_uint_eq(at(128, 4), EPOLLIN);
    ck_assert_uint_eq(at(136, 8), 0x1122334455667788);
    set(256, 4, (u32)in);
    set(260, 2, POLLIN);
    set(262, 2, 0);
    ck_assert_int_eq(CALL(ppoll, page + 256, 1, 0, 0, 8), 1);
    ck_assert_uint_eq(at(262, 2), POLLIN);
    set(512, 8, 1ull << in);
    set(520, 8, 1ull << out);
    ck_assert_int_eq(CALL(pselect6, in > out ? in + 1 : out + 1, page + 512, page + 520, 0, 0, 0), 2);
    ck_assert_uint_eq(at(512, 8), 1ull << in);
    set(600, 8, 0);
    set(608, 8, 1000000);
    ck_assert_int_eq(CALL(nanosleep, page + 600, 0), 0);
    set(608, 8, 1000000000);
    ck_assert_int_eq(CALL(nanosleep, page + 600, 0), -EINVAL);
    ck_assert_int_eq(CALL(close_range, in < out ? in : out, in > out ? in : out, 0), 0);
    ck_assert_int_eq(CALL(close, in), -EBADF);
    close(ep);
}
END_TEST

/* A descriptor passed through a socket: struct msghdr, iovec and cmsghdr. */
START_TEST(messages)
{
    use_order();
    ck_assert_int_eq(CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, page), 0);
    int a = (int)at(0, 4), b = (int)at(4, 4);
    text(64, "data");
    set(128, 8, page + 64);
    set(136, 8, 4);
    set(192, 8, 20);
    set(200, 4, SOL_SOCKET);
    set(204, 4, SCM_RIGHTS);
    set(208, 4, (u32)b);
    memset((u8 *)page + 256, 0, 56);
    set(256 + 16, 8, page + 128);
    set(256 + 24, 8, 1);
    set(256 + 32, 8, page + 192);
    set(256 + 40, 8, 24);
    ck_assert_int_eq(CALL(sendmsg, a, page + 256, 0), 4);
    memset((u8 *)page + 192, 0, 24);
    memset((u8 *)page + 64, 0, 4);
    ck_assert_int_eq(CALL(recvmsg, b, page + 256, 0), 4);
    ck_assert_str_eq((char *)page + 64, "data");
    ck_assert_uint_eq(at(256 + 40, 8), 24);
    ck_assert_uint_eq(at(192, 8), 20);
    ck_assert_uint_eq(at(204, 4), SCM_RIGHTS);
    int passed = (int)at(208, 4);
    ck_assert_int_gt(passed, b);
    ck_assert_int_eq(fcntl(passed, F_GETFD), 0);
    close(a);
    close(b);
    close(passed);
}
END_TEST

START_TEST(growing_structs)
{
    use_order();
    text(0, "/dev/null");
    memset((u8 *)page + 64, 0, 64);
    ck_assert_int_eq(CALL(openat2, AT_FDCWD, page, page + 64, 23), -EINVAL);
    int fd = (int)CALL(openat2, AT_FDCWD, page, page + 64, 64);
    ck_assert_int_ge(fd, 0);
    close(fd);
    set(96, 1, 1);
    ck_assert_int_eq(CALL(openat2, AT_FDCWD, page, page + 64, 64), -E2BIG);
    ck_assert_int_eq(CALL(openat2, AT_FDCWD, page, page + 64, 5000), -E2BIG);
    ck_assert_int_eq(CALL(sched_getattr, 0, page + 256, 47, 0), -EINVAL);
    ck_assert_int_eq(CALL(sched_getattr, 0, page + 256, 200, 0), 0);
    ck_assert_uint_ge(at(256, 4), 48);
}
END_TEST

START_TEST(limits)
{
    use_order();
    set(0, 8, 1 << 30);
    set(8, 8, ~0ull);
    ck_assert_int_eq(CALL(prlimit64, 0, RLIMIT_AS, page, 0), 0);
    ck_assert_int_eq(CALL(prlimit64, 0, RLIMIT_AS, 0, page + 64), 0);
    ck_assert_uint_eq(at(64, 8), 1 << 30);
    ck_assert_int_eq(CALL(mmap, 0, 2ull << 30, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), -ENOMEM);
    ck_assert_int_gt(CALL(mmap, 0, 1 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 0);
    set(0, 8, 2);
    set(8, 8, 1);
    ck_assert_int_eq(CALL(prlimit64, 0, RLIMIT_AS, page, 0), -EINVAL);
}
END_TEST

START_TEST(requests)
{
    use_order();
    ck_assert_int_eq(CALL(pipe2, page, 0), 0);
    int in = (int)at(0, 4), out = (int)at(4, 4);
    ck_assert_int_eq(CALL(write, out, page, 5), 5);
    ck_assert_int_eq(CALL(ioctl, in, FIONREAD, page + 64), 0);
    ck_assert_uint_eq(at(64, 4), 5);
    ck_assert_int_eq(CALL(ioctl, in, TCGETS, page + 64), -ENOTTY);
    ck_assert_int_eq(CALL(ioctl, in, 0x12345678, page + 64), -ENOTTY);
    ck_assert_int_eq(CALL(ioctl, 1234, 0x12345678, page + 64), -EBADF);
    close(in);
    close(out);
}
END_TEST

static void add(TCase *t, bool be, const TTest *const *tests, size_t n)
{
    for (size_t i = 0; i < n; i++)
        tcase_add_loop_test(t, tests[i], be, be + 1);
}

static void little(void)
{
    setup();
    big = false;
}
static void large(void)
{
    setup();
    big = true;
}

int main(void)
{
    const TTest *const tests[] = {unknown_and_refused, files,  bad_pointers, iovecs, waiting,
                                  messages,            growing_structs, limits, requests};
    Suite *s = suite_create("dispatch");
    TCase *le = tcase_create("little-endian"), *be = tcase_create("big-endian");
    tcase_add_checked_fixture(le, little, NULL);
    tcase_add_checked_fixture(be, large, NULL);
    add(le, false, tests, ARRAY_SIZE(tests));
    add(be, true, tests, ARRAY_SIZE(tests));
    suite_add_tcase(s, le);
    suite_add_tcase(s, be);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int run = srunner_ntests_run(r), failed = srunner_ntests_failed(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
