/* System calls and signal frames of 32-bit Arm guests, from registers to registers, without a processor; in both byte
 * orders. */
#define _GNU_SOURCE
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"
#include "state/a32_state.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { PAGE = 0x10000000, ROOM = 16 * MEM_PAGE };

enum {
    NR_read = 3, NR_write = 4, NR_open = 5, NR_close = 6, NR_lseek = 19, NR_getuid16 = 24, NR_pipe = 42, NR_sigaction = 67,
    NR_setrlimit = 75, NR_fstat = 108, NR_sysinfo = 116, NR_sigprocmask = 126, NR__llseek = 140, NR_getdents = 141,
    NR__newselect = 142, NR_writev = 146, NR_nanosleep = 162, NR_poll = 168, NR_rt_sigprocmask = 175, NR_pread64 = 180,
    NR_ugetrlimit = 191, NR_mmap2 = 192, NR_ftruncate64 = 194, NR_fstat64 = 197, NR_getdents64 = 217, NR_fcntl64 = 221,
    NR_epoll_ctl = 251, NR_epoll_wait = 252, NR_clock_gettime = 263, NR_fstatfs64 = 267, NR_semget = 299, NR_semctl = 300,
    NR_socketpair = 288, NR_sendmsg = 296, NR_recvmsg = 297, NR_fallocate = 352, NR_epoll_create1 = 357, NR_preadv = 361,
    NR_memfd_create = 385, NR_statx = 397, NR_clock_gettime64 = 403, NR_clock_nanosleep_time64 = 407, NR_futex_time64 = 422,
    NR_breakpoint = 0xf0001, NR_cacheflush = 0xf0002, NR_usr26 = 0xf0003, NR_usr32 = 0xf0004, NR_set_tls = 0xf0005, NR_get_tls = 0xf0006,
};

static struct a32_state cpu;
static struct sys_thread thread;
static bool big;
static u64 flushed;

static void note_flush(struct cpu_common *c, u64 addr, u64 len)
{
    ck_assert_ptr_eq(c, &cpu.c);
    flushed = addr + len;
}

static void setup(bool be)
{
    static const struct sys_engine engine = {.code_written = note_flush};
    static const struct sys_options options;
    big = be;
    ck_assert_int_eq(mem_init(32, 0, 0), 0);
    sys_init(&engine, &options);
    sys_set_guest(SYS_GUEST_ARM, be);
    sys.fpscr_bits = A32_FPSCR_CONTROL;
    thread.cpu = &cpu.c;
    thread.tid = gettid();
    thread.pending = sig_pending_new();
    thread.actions = sig_actions_new(NULL);
    cpu.c.mode = be ? A32_MODE_BE : 0;
    sys_self = &thread;
    ck_assert_int_eq(mem_mmap(PAGE, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0), PAGE);
}
static void little(void) { setup(false); }
static void large(void) { setup(true); }

static i32 call(u32 nr, u32 a, u32 b, u32 c, u32 d, u32 e, u32 f)
{
    const u32 v[] = {a, b, c, d, e, f, 0, nr};
    memcpy(cpu.r, v, sizeof v);
    cpu.c.pc = 0x8004;
    sys_dispatch(&thread);
    ck_assert_int_eq(thread.restart, 0);
    return (i32)cpu.r[0];
}
#define CALL(nr, ...) CALL_(nr, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(nr, a, b, c, d, e, f, ...)                                                                               \
    call(NR_##nr, (u32)(a), (u32)(b), (u32)(c), (u32)(d), (u32)(e), (u32)(f))
/* A 64-bit number in two registers. */
#define PAIR(v) (big ? (u32)((u64)(v) >> 32) : (u32)(v)), (big ? (u32)(v) : (u32)((u64)(v) >> 32))

/* Where a guest address is in this process. */
static char *mapped(u32 addr) { return mem_window(addr, 1); }

static u32 text(u32 offset, const char *s)
{
    ck_assert_int_eq(copy_out(PAGE + offset, s, strlen(s) + 1), 0);
    return PAGE + offset;
}
static u64 at(u32 offset, unsigned bytes) { return abi_load(&sys_abi, mapped(PAGE + offset), bytes); }
static void set(u32 offset, unsigned bytes, u64 v) { abi_store(&sys_abi, mapped(PAGE + offset), bytes, v); }

START_TEST(pairs_of_registers)
{
    int fd = CALL(memfd_create, text(0, "x"), 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(CALL(ftruncate64, fd, 0xdead, PAIR(0x123456789ull)), 0);
    ck_assert_int_eq(CALL(fstat64, fd, PAGE), 0);
    ck_assert_uint_eq(at(48, 8), 0x123456789);
    ck_assert_int_eq(CALL(fallocate, fd, 0, PAIR(0x180000000ull), PAIR(4096)), 0);
    ck_assert_int_eq(CALL(fstat64, fd, PAGE), 0);
    ck_assert_uint_eq(at(48, 8), 0x180001000);
    ck_assert_int_eq(CALL(_llseek, fd, 1, 0xfffffff0, PAGE, SEEK_SET), 0);
    ck_assert_uint_eq(at(0, 8), 0x1fffffff0);
    ck_assert_int_eq(CALL(lseek, fd, 0, SEEK_CUR), -EOVERFLOW);
    ck_assert_int_eq(CALL(lseek, fd, 5, SEEK_SET), 5);
    ck_assert_int_eq(CALL(lseek, fd, -3, SEEK_CUR), 2);
    ck_assert_int_eq(pwrite(fd, "end", 3, 0x123456780), 3);
    ck_assert_int_eq(CALL(pread64, fd, PAGE, 3, 0xdead, PAIR(0x123456780ull)), 3);
    ck_assert_int_eq(memcmp(mapped(PAGE), "end", 3), 0);
    set(64, 4, PAGE + 128);
    set(68, 4, 2);
    ck_assert_int_eq(CALL(preadv, fd, PAGE + 64, 1, 0x23456780, 1), 2);
    ck_assert_int_eq(memcmp(mapped(PAGE + 128), "en", 2), 0);
    ck_assert_int_eq(CALL(fstat, fd, PAGE), -EOVERFLOW); /* the old struct */
    u32 map = (u32)CALL(mmap2, 0, 4096, PROT_READ, MAP_SHARED, fd, 0x123456);
    if (map < 0xfffff000) /* this test's address space has no 32-bit limit */
        ck_assert(true);
    close(fd);
}
END_TEST

START_TEST(old_files)
{
    int fd = CALL(open, text(0, "/"), 040000 /* O_DIRECTORY */, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(CALL(fcntl64, fd, F_GETFL) & 0740000, 0440000);
    ck_assert_int_eq(CALL(fstat64, fd, PAGE + 256), 0);
    struct stat host;
    ck_assert_int_eq(fstat(fd, &host), 0);
    ck_assert_uint_eq(at(256 + 16, 4), host.st_mode);
    ck_assert_uint_eq(at(256 + 96, 8), (u32)(host.st_ino ^ host.st_ino >> 32));
    ck_assert_uint_eq(at(256 + 80, 4), (u32)host.st_mtim.tv_sec);
    ck_assert_int_eq(CALL(fstatfs64, fd, 88, PAGE + 256), 0);
    ck_assert_int_eq(CALL(fstatfs64, fd, 84, PAGE + 256), 0);
    ck_assert_int_eq(CALL(fstatfs64, fd, 80, PAGE + 256), -EINVAL);
    ck_assert_uint_gt(at(256 + 8, 8), 0);
    ck_assert_int_eq(CALL(close, fd), 0);
    ck_assert_int_eq(CALL(open, text(0, "/dev/null"), 040000, 0), -ENOTDIR);
    ck_assert_int_eq(CALL(pipe, PAGE), 0);
    set(64, 4, PAGE + 128);
    set(68, 4, 5);
    text(128, "hello");
    ck_assert_int_eq(CALL(writev, at(4, 4), PAGE + 64, 1), 5);
    ck_assert_int_eq(CALL(read, at(0, 4), PAGE + 192, 16), 5);
    ck_assert_int_eq(memcmp(mapped(PAGE + 192), "hello", 5), 0);
}
END_TEST

/* Every entry's offset fits and leads back to the entry behind it, through a duplicate of the descriptor as well. */
START_TEST(directory_offsets)
{
    char dir[] = "/tmp/xrun-dirent-XXXXXX", name[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    enum { FILES = 500 };
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "%s/entry-%d", dir, i);
        close(creat(name, 0600));
    }
    int fd = CALL(open, text(0, dir), 040000, 0), other = dup(fd), n, entries = 0;
    ck_assert_int_ge(fd, 0);
    static struct { u32 off; char name[32]; } seen[FILES + 2];
    while ((n = CALL(getdents64, fd, PAGE + 4096, 4096)) > 0) {
        for (int p = 0; p < n; p += (int)at(4096 + (u32)p + 16, 2)) {
            ck_assert_uint_le(at(4096 + (u32)p + 8, 8), INT32_MAX);
            ck_assert_uint_le(at(4096 + (u32)p, 8), UINT32_MAX);
            seen[entries].off = (u32)at(4096 + (u32)p + 8, 8);
            snprintf(seen[entries++].name, 32, "%s", mapped(PAGE + 4096 + (u32)p + 19));
        }
    }
    ck_assert_int_eq(n, 0);
    ck_assert_int_eq(entries, FILES + 2);
    for (int i = 0; i + 1 < entries; i += 97) {
        ck_assert_int_eq(CALL(_llseek, other, 0, seen[i].off, PAGE, SEEK_SET), 0);
        ck_assert_int_eq(CALL(lseek, fd, 0, SEEK_CUR), seen[i].off);
        n = CALL(getdents, fd, PAGE + 4096, 4096);
        ck_assert_int_gt(n, 0);
        bool found = false; /* names with the same hash may come before it */
        for (int p = 0, k = 0; p < n && k < 3; p += (int)at(4096 + (u32)p + 8, 2), k++) {
            found |= !strcmp(mapped(PAGE + 4096 + (u32)p + 10), seen[i + 1].name);
            ck_assert_uint_le(at(4096 + (u32)p + 4, 4), INT32_MAX);
        }
        ck_assert_msg(found, "%s is not behind %#x", seen[i + 1].name, seen[i].off);
    }
    snprintf(name, sizeof name, "rm -r %s", dir);
    ck_assert_int_eq(system(name), 0);
}
END_TEST

START_TEST(time_in_both_widths)
{
    ck_assert_int_eq(CALL(clock_gettime, CLOCK_REALTIME, PAGE), 0);
    ck_assert_int_eq(CALL(clock_gettime64, CLOCK_REALTIME, PAGE + 64), 0);
    ck_assert_uint_le(at(64, 8) - at(0, 4), 1);
    set(0, 8, 0);
    set(8, 8, 1000);
    memset(mapped(PAGE + (big ? 8 : 12)), 0x77, 4); /* padding */
    ck_assert_int_eq(CALL(clock_nanosleep_time64, CLOCK_MONOTONIC, 0, PAGE, 0), 0);
    set(0, 4, 0);
    set(4, 4, 1000000000);
    ck_assert_int_eq(CALL(nanosleep, PAGE, 0), -EINVAL);
    set(0, 8, 0);
    set(8, 8, 1000);
    set(64, 4, 7);
    ck_assert_int_eq(CALL(futex_time64, PAGE + 64, 0 /* WAIT */, 7, PAGE), -ETIMEDOUT);
    ck_assert_int_eq(CALL(futex_time64, PAGE + 64, 0, 8, PAGE), -EAGAIN);
}
END_TEST

START_TEST(waiting_for_descriptors)
{
    ck_assert_int_eq(CALL(pipe, PAGE), 0);
    int in = (int)at(0, 4), out = (int)at(4, 4), high = fcntl(in, F_DUPFD, 40);
    ck_assert_int_eq(write(out, "x", 1), 1);
    ck_assert_int_ge(high, 40);
    memset(mapped(PAGE + 64), 0, 16);
    set(64 + 4, 4, 1u << (high - 32));
    set(64 + 8, 4, 0xa5a5a5a5); /* not part of the set */
    set(128, 4, 0);
    set(132, 4, 500000);
    ck_assert_int_eq(CALL(_newselect, high + 1, PAGE + 64, 0, 0, PAGE + 128), 1);
    ck_assert_uint_eq(at(64 + 4, 4), 1u << (high - 32));
    ck_assert_uint_eq(at(64 + 8, 4), 0xa5a5a5a5);
    set(64, 4, (u32)in);
    set(68, 2, POLLIN);
    ck_assert_int_eq(CALL(poll, PAGE + 64, 1, 100), 1);
    ck_assert_uint_eq(at(70, 2), POLLIN);
    int ep = CALL(epoll_create1, 0);
    set(64, 4, EPOLLIN);
    set(68, 4, 0xdead); /* padding: the event is not packed */
    set(72, 8, 0x0102030405060708);
    ck_assert_int_eq(CALL(epoll_ctl, ep, EPOLL_CTL_ADD, in, PAGE + 64), 0);
    ck_assert_int_eq(CALL(epoll_wait, ep, PAGE + 128, 1, 100), 1);
    ck_assert_uint_eq(at(128 + 8, 8), 0x0102030405060708);
}
END_TEST

START_TEST(limits_and_ids)
{
    struct rlimit core;
    set(0, 4, 0xffffffff);
    set(4, 4, 0xffffffff);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &core), 0);
    ck_assert_uint_eq(core.rlim_cur, RLIM_INFINITY);
    ck_assert_int_eq(CALL(setrlimit, RLIMIT_FSIZE, PAGE), 0);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &core), 0);
    ck_assert_uint_eq(core.rlim_cur, RLIM_INFINITY);
    ck_assert_int_eq(CALL(ugetrlimit, RLIMIT_FSIZE, PAGE + 64), 0);
    ck_assert_uint_eq(at(64, 4), 0xffffffff);
    ck_assert_int_eq(CALL(getuid16, 0), getuid() > 65535 ? 65534 : (int)getuid());
    struct sysinfo host;
    sysinfo(&host);
    ck_assert_int_eq(CALL(sysinfo, PAGE), 0);
    u64 total = at(16, 4) * at(52, 4);
    ck_assert_uint_le((total > host.totalram ? total - host.totalram : host.totalram - total) >> 12, 0);
}
END_TEST

static u32 put_control(u32 offset, int type, const u32 *words, unsigned n)
{
    set(offset, 4, 12 + 4 * n);
    set(offset + 4, 4, SOL_SOCKET);
    set(offset + 8, 4, (u32)type);
    for (unsigned i = 0; i < n; i++)
        set(offset + 12 + 4 * i, 4, words[i]);
    return 12 + 4 * n;
}

START_TEST(ancillary_data)
{
    ck_assert_int_eq(CALL(socketpair, AF_UNIX, SOCK_DGRAM, 0, PAGE), 0);
    u32 a = (u32)at(0, 4), b = (u32)at(4, 4), one = 1;
    ck_assert_int_eq(setsockopt((int)b, SOL_SOCKET, SO_PASSCRED, &one, 4), 0);
    u32 ids[] = {(u32)getpid(), getuid(), getgid()}, fds[] = {0, 1};
    u32 used = put_control(512, SCM_CREDENTIALS, ids, 3);
    used += put_control(512 + used, SCM_RIGHTS, fds, 2);
    text(64, "data");
    set(80, 4, PAGE + 64), set(84, 4, 4);                                     /* iovec */
    set(96, 4, 0), set(100, 4, 0), set(104, 4, PAGE + 80), set(108, 4, 1);    /* msghdr */
    set(112, 4, PAGE + 512), set(116, 4, used), set(120, 4, 0);
    ck_assert_int_eq(CALL(sendmsg, a, PAGE + 96, 0), 4);
    memset(mapped(PAGE + 512), 0xee, 256);
    set(116, 4, 128);
    ck_assert_int_eq(CALL(recvmsg, b, PAGE + 96, 0), 4);
    ck_assert_uint_eq(at(116, 4), 24 + 20);
    ck_assert_uint_eq(at(120, 4), 0);
    ck_assert_uint_eq(at(512, 4), 24);
    ck_assert_uint_eq(at(512 + 8, 4), SCM_CREDENTIALS);
    ck_assert_uint_eq(at(512 + 12, 4), (u32)getpid());
    ck_assert_uint_eq(at(512 + 24, 4), 20);
    ck_assert_uint_eq(at(512 + 24 + 8, 4), SCM_RIGHTS);
    ck_assert_int_ge(fcntl((int)at(512 + 24 + 12, 4), F_GETFD), 0);
    ck_assert_int_ge(fcntl((int)at(512 + 24 + 16, 4), F_GETFD), 0);
    /* too little room: what fits, and MSG_CTRUNC */
    set(112, 4, PAGE + 512), set(116, 4, 24), set(120, 4, 0);
    set(116, 4, used);
    put_control(512, SCM_CREDENTIALS, ids, 3);
    put_control(512 + 24, SCM_RIGHTS, fds, 2);
    ck_assert_int_eq(CALL(sendmsg, a, PAGE + 96, 0), 4);
    set(116, 4, 24 + 16);
    ck_assert_int_eq(CALL(recvmsg, b, PAGE + 96, 0), 4);
    ck_assert_uint_eq(at(116, 4), 24 + 16);
    ck_assert_uint_eq(at(512 + 24, 4), 16); /* one descriptor of the two */
    ck_assert_uint_eq(at(120, 4), MSG_CTRUNC);
}
END_TEST

START_TEST(semaphores)
{
    int id = CALL(semget, 0, 2, 0600);
    ck_assert_int_ge(id, 0);
    ck_assert_int_eq(CALL(semctl, id, 1, SETVAL | 0x100, 9), 0);
    ck_assert_int_eq(CALL(semctl, id, 1, GETVAL | 0x100, 0), 9);
    ck_assert_int_eq(CALL(semctl, id, 0, IPC_STAT | 0x100, PAGE), 0);
    ck_assert_uint_eq(at(20, 2), 0600);
    ck_assert_uint_eq(at(52, 4), 2);
    ck_assert_uint_gt(at(44, 4), 1600000000);
    ck_assert_int_eq(CALL(semctl, id, 0, IPC_RMID | 0x100, 0), 0);
}
END_TEST

START_TEST(private_calls)
{
    ck_assert_int_eq(CALL(set_tls, 0x12345678), 0);
    ck_assert_uint_eq(cpu.tpidruro[0], 0x12345678);
    ck_assert_int_eq(CALL(get_tls, 0), 0x12345678);
    ck_assert_int_eq(CALL(cacheflush, PAGE + 16, PAGE + 64, 0), 0);
    ck_assert_uint_eq(flushed, PAGE + 64);
    ck_assert_int_eq(CALL(cacheflush, PAGE + 16, PAGE, 0), -EINVAL);
    ck_assert_int_eq(CALL(cacheflush, PAGE, PAGE + 16, 1), -EINVAL);
    ck_assert_int_eq(CALL(cacheflush, PAGE, PAGE + ROOM + 1, 0), -EFAULT);
    ck_assert_int_eq(call(0xf0700, 0, 0, 0, 0, 0, 0), -ENOSYS);
    ck_assert_int_eq(call(222, 0, 0, 0, 0, 0, 0), -ENOSYS);
    ck_assert_uint_eq(thread.pending->set, 0);
    cpu.c.mode |= A32_MODE_T;
    CALL(breakpoint, 5);
    ck_assert_uint_eq(cpu.c.pc, 0x8002); /* at the instruction, which has two bytes */
    ck_assert_uint_eq(thread.pending->set, sig_bit(SIGTRAP));
    thread.pending->set = 0;
    ck_assert_uint_eq(cpu.r[0], 5);
    CALL(usr26, 0);
    ck_assert_uint_eq(thread.pending->set, sig_bit(SIGILL));
    ck_assert_int_eq(thread.pending->info[SIGILL].si_code, ILL_ILLTRP);
    thread.pending->set = 0;
    CALL(usr32, 0);
    ck_assert_uint_eq(thread.pending->set, sig_bit(SIGILL));
    thread.pending->set = 0;
    call(0xf0800, 0, 0, 0, 0, 0, 0);
    ck_assert_uint_eq(thread.pending->set, sig_bit(SIGILL));
}
END_TEST

/* --- signals ------------------------------------------------------------------------------------------------------ */

START_TEST(masks)
{
    set(0, 4, 1u << (SIGUSR1 - 1));
    set(4, 4, 1u << (40 - 33));
    ck_assert_int_eq(CALL(rt_sigprocmask, SIG_BLOCK, PAGE, 0, 8), 0);
    ck_assert_uint_eq(thread.blocked, sig_bit(SIGUSR1) | sig_bit(40));
    set(0, 4, 1u << (SIGUSR2 - 1));
    ck_assert_int_eq(CALL(sigprocmask, SIG_SETMASK, PAGE, PAGE + 64), 0);
    ck_assert_uint_eq(at(64, 4), 1u << (SIGUSR1 - 1));
    ck_assert_uint_eq(thread.blocked, sig_bit(SIGUSR2) | sig_bit(40));
}
END_TEST

/* Offsets as arm-linux-gnueabihf-gcc has them for struct rt_sigframe. */
enum { INFO = 0, UC = 128, UC_STACK = UC + 8, MC = UC + 20, UC_MASK = UC + 104, UC_REGSPACE = UC + 232, CODE = UC + 744,
       FRAME = 888 };

static void fill_registers(void)
{
    for (u32 i = 0; i < 15; i++)
        cpu.r[i] = 0x1000 + i;
    for (unsigned i = 0; i < 32; i++)
        *a32_d(&cpu, i) = 0x0101010101010101ull * i;
    cpu.r[A32_SP] = PAGE + ROOM - 4;
    cpu.c.pc = 0x9002;
    a32_set_cpsr(&cpu, A32_PSR_N | A32_PSR_Q | A32_PSR_T | 5 << A32_PSR_GE_SHIFT | 0x0c00 /* IT */ | (big ? A32_PSR_E : 0));
    a32_set_fpscr(&cpu, FP_IOC | 3 << A32_FPSCR_LEN_SHIFT | 1 << A32_FPSCR_RMODE_SHIFT, A32_FPSCR_CONTROL);
}

static void push(u64 handler, u64 flags, u64 restorer)
{
    const struct sig_action action = {.handler = handler, .flags = flags, .restorer = restorer};
    siginfo_t info = {.si_signo = SIGSEGV, .si_code = SEGV_ACCERR};
    info.si_addr = (void *)0x12345678;
    thread.pending->fault_address = 0x12345678;
    thread.pending->fault_esr = 14ull << 32 | 0x80f;
    ck_assert(sig_arch->push(&thread, SIGSEGV, &info, &action, 0x100000002));
}

START_TEST(frame_with_siginfo)
{
    fill_registers();
    u32 cpsr = a32_get_cpsr(&cpu), fpscr = a32_get_fpscr(&cpu);
    sys.sigreturn_addr = 0x7000;
    push(0xa001, SA_SIGINFO, 0);
    u32 sp = cpu.r[A32_SP], frame = sp - PAGE;
    ck_assert_uint_eq(sp, (PAGE + ROOM - 4 - FRAME) & ~7u);
    ck_assert(cpu.r[0] == SIGSEGV && cpu.r[1] == sp && cpu.r[2] == sp + UC);
    ck_assert_uint_eq(cpu.c.pc, 0xa000);
    ck_assert_uint_eq(cpu.r[A32_LR], 0x7000 + 5 * 4 + 1); /* Thumb, rt_sigreturn */
    ck_assert_uint_eq(a32_get_cpsr(&cpu), A32_PSR_MODE_USER | A32_PSR_T | 5 << A32_PSR_GE_SHIFT | (big ? A32_PSR_E : 0));
    ck_assert_uint_eq(a32_get_fpscr(&cpu), fpscr & ~(u32)A32_FPSCR_LEN);
    ck_assert_uint_eq(at(frame, 4), SIGSEGV);
    ck_assert_uint_eq(at(frame + 8, 4), SEGV_ACCERR);
    ck_assert_uint_eq(at(frame + 12, 4), 0x12345678);
    ck_assert_uint_eq(at(frame + MC, 4), 14);
    ck_assert_uint_eq(at(frame + MC + 4, 4), 0x80f);
    ck_assert_uint_eq(at(frame + MC + 8, 4), 2); /* oldmask */
    ck_assert_uint_eq(at(frame + MC + 12 + 4 * 7, 4), 0x1007);
    ck_assert_uint_eq(at(frame + MC + 12 + 4 * 15, 4), 0x9002);
    ck_assert_uint_eq(at(frame + MC + 76, 4), cpsr);
    ck_assert_uint_eq(at(frame + MC + 80, 4), 0x12345678);
    ck_assert(at(frame + UC_MASK, 4) == 2 && at(frame + UC_MASK + 4, 4) == 1);
    ck_assert(at(frame + UC_REGSPACE, 4) == 0x56465001 && at(frame + UC_REGSPACE + 4, 4) == 288);
    ck_assert_uint_eq(at(frame + UC_REGSPACE + 8 + 8 * 31, 8), 0x1f1f1f1f1f1f1f1f);
    ck_assert_uint_eq(at(frame + UC_REGSPACE + 264, 4), fpscr);
    ck_assert_uint_eq(at(frame + UC_REGSPACE + 288, 4), 0);
    ck_assert_int_eq(memcmp(mapped(sp + CODE), "\xad\x27\x00\xdf", 4), 0); /* little-endian, as BE8 code */

    set(frame + MC + 12 + 4 * 7, 4, 0x77777777);
    set(frame + UC_MASK, 4, 4);
    memset(cpu.r, 0, sizeof cpu.r);
    memset(cpu.q, 0, sizeof cpu.q);
    cpu.r[A32_SP] = sp;
    u64 mask = 0;
    ck_assert(sig_arch->pop(&thread, &mask));
    ck_assert_uint_eq(mask, 0x100000004);
    ck_assert(cpu.r[6] == 0x1006 && cpu.r[7] == 0x77777777 && cpu.r[14] == 0x100e && cpu.c.pc == 0x9002);
    ck_assert_uint_eq(cpu.r[A32_SP], PAGE + ROOM - 4);
    ck_assert_uint_eq(a32_get_cpsr(&cpu), cpsr);
    ck_assert_uint_eq(a32_get_fpscr(&cpu), fpscr);
    ck_assert_uint_eq(*a32_d(&cpu, 17), 0x1111111111111111);
}
END_TEST

START_TEST(frame_without_siginfo)
{
    fill_registers();
    sys.sigreturn_addr = 0;
    push(0xa000, 0, 0);
    u32 sp = cpu.r[A32_SP], frame = sp - PAGE;
    ck_assert_uint_eq(sp, (PAGE + ROOM - 4 - (FRAME - UC)) & ~7u);
    ck_assert(cpu.r[0] == SIGSEGV && cpu.r[1] == 0x1001 && cpu.c.pc == 0xa000 && !(cpu.c.mode & A32_MODE_T));
    ck_assert_uint_eq(cpu.r[A32_LR], sp + CODE - UC);
    ck_assert_int_eq(memcmp(mapped(sp + CODE - UC), "\x77\x70\xa0\xe3\x77\x00\x90\xef", 8), 0);
    ck_assert_uint_eq(at(frame, 4), 0x5ac3c35a);
    u64 mask = 0;
    ck_assert(sig_arch->pop_old(&thread, &mask));
    ck_assert_uint_eq(mask, 0x100000002);
    ck_assert_uint_eq(cpu.c.pc, 0x9002);

    push(0xa000, 0x04000000, 0xb001);
    ck_assert_uint_eq(cpu.r[A32_LR], 0xb001);
    sp = cpu.r[A32_SP];
    set(sp - PAGE + MC - UC + 76, 4, 0x13); /* CPSR of the supervisor */
    ck_assert(!sig_arch->pop_old(&thread, &mask));
    set(sp - PAGE + MC - UC + 76, 4, 0x10);
    set(sp - PAGE + UC_REGSPACE - UC, 4, 0);
    ck_assert(!sig_arch->pop_old(&thread, &mask));
    cpu.r[A32_SP] += 4;
    ck_assert(!sig_arch->pop_old(&thread, &mask));
}
END_TEST

START_TEST(siginfo_layouts)
{
    u8 bytes[SIGINFO_BYTES];
    siginfo_t info = {.si_signo = 40, .si_code = SI_QUEUE}, back;
    info.si_pid = 11;
    info.si_uid = 12;
    info.si_value.sival_ptr = (void *)0x87654321;
    siginfo_to_guest(bytes, &info);
    ck_assert(abi_load(&sys_abi, bytes + 12, 4) == 11 && abi_load(&sys_abi, bytes + 16, 4) == 12);
    ck_assert_uint_eq(abi_load(&sys_abi, bytes + 20, 4), 0x87654321);
    siginfo_from_guest(&back, bytes);
    ck_assert_ptr_eq(back.si_value.sival_ptr, info.si_value.sival_ptr);
    info = (siginfo_t){.si_signo = SIGCHLD, .si_code = CLD_EXITED};
    info.si_pid = 99;
    info.si_status = 7;
    info.si_utime = 1234;
    siginfo_to_guest(bytes, &info);
    ck_assert(abi_load(&sys_abi, bytes + 12, 4) == 99 && abi_load(&sys_abi, bytes + 20, 4) == 7);
    ck_assert_uint_eq(abi_load(&sys_abi, bytes + 24, 4), 1234);
    info = (siginfo_t){.si_signo = SIGBUS, .si_code = BUS_ADRALN};
    info.si_addr = (void *)0xfffffff1;
    siginfo_to_guest(bytes, &info);
    ck_assert_uint_eq(abi_load(&sys_abi, bytes + 12, 4), 0xfffffff1);
}
END_TEST

static void add_all(TCase *t)
{
    const TTest *const tests[] = {pairs_of_registers, old_files, directory_offsets, time_in_both_widths,
                                  waiting_for_descriptors, limits_and_ids, ancillary_data, semaphores, private_calls, masks,
                                  frame_with_siginfo, frame_without_siginfo, siginfo_layouts};
    for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
        tcase_add_test(t, tests[i]);
    tcase_set_timeout(t, 60);
}

int main(void)
{
    Suite *s = suite_create("a32 calls");
    TCase *le = tcase_create("little-endian"), *be = tcase_create("big-endian");
    tcase_add_checked_fixture(le, little, NULL);
    tcase_add_checked_fixture(be, large, NULL);
    add_all(le);
    add_all(be);
    suite_add_tcase(s, le);
    suite_add_tcase(s, be);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int run = srunner_ntests_run(r), failed = srunner_ntests_failed(r);
    srunner_free(r);
    printf("%d passed, %d failed\n", run - failed, failed);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
