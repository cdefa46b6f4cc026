/* Makes system calls with good, odd and bad arguments and prints what each returns.
 *
 * Choices are combined two at a time. The same source is built for the host and for the guest; the test compares the lines. Nothing that is printed depends on
 * addresses, times or process ids. Each row of `cases` gives a call and a class for each argument; classes are in value().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static char *room;              /* two pages; the page behind is not mapped */
static int file, pipe_in, pipe_out, sock[2], epfd, dir, efd, tfd;

enum { PAGE = 4096, BAD_HIGH = -1 };

static void fill(void)
{
    memset(room, 0, 2 * PAGE);
}

struct choice { long long value; const char *name; };
enum { MOST = 16 };

/* Numbers as they are, addresses as longs. */
#define PUT(v, n) out[count++] = (struct choice){_Generic((v), long long: (v), default: (long)(v)), n}
static int value(char class, struct choice *out)
{
    int count = 0;
    switch (class) {
    case 'f': /* descriptor */
        PUT(file, "file"), PUT(-1, "-1"), PUT(pipe_in, "pipe_in"), PUT(sock[0], "sock"), PUT(dir, "dir"), PUT(999, "999"),
            PUT(epfd, "epoll"), PUT(efd, "eventfd"), PUT(tfd, "timerfd");
        break;
    case 'd': /* directory descriptor */
        PUT(AT_FDCWD, "cwd"), PUT(dir, "dir"), PUT(file, "file"), PUT(-1, "-1");
        break;
    case 'p': /* path */
        strcpy(room + 100, "file"), strcpy(room + 200, "missing/x"), strcpy(room + 300, "file/x"), strcpy(room + 400, "link"),
            strcpy(room + 500, "dir"), strcpy(room + 600, "loop"), room[700] = 0;
        memset(room + PAGE - 10, 'a', PAGE + 10);
        PUT(room + 100, "file"), PUT(room + 200, "missing/x"), PUT(room + 300, "file/x"), PUT(room + 400, "link"),
            PUT(room + 500, "dir"), PUT(room + 600, "loop"), PUT(room + 700, "empty"), PUT(NULL, "NULL"), PUT(16, "bad"),
            PUT(room + PAGE, "unterminated");
        break;
    case 'b': /* buffer, written or read */
        PUT(room + 1024, "buf"), PUT(NULL, "NULL"), PUT(16, "bad"), PUT(room + 2 * PAGE - 8, "half");
        if (sizeof(long) == 8) /* with 32 bits a 64-bit kernel has no addresses of its own */
            PUT(-4096, "kernel");
        break;
    case 'n': /* length */
        PUT(0, "0"), PUT(1, "1"), PUT(8, "8"), PUT(16, "16"), PUT(100, "100"), PUT(-1, "-1"), PUT(1ll << 40, "1<<40");
        break;
    case 's': /* mask size */
        PUT(8, "8"), PUT(0, "0"), PUT(16, "16");
        break;
    case 'i': /* small number */
        PUT(0, "0"), PUT(1, "1"), PUT(2, "2"), PUT(3, "3"), PUT(-1, "-1"), PUT(1000, "1000"), PUT(0x7fffffff, "max");
        break;
    case 'o': /* offset */
        PUT(0, "0"), PUT(-1, "-1"), PUT(10, "10"), PUT(1ll << 62, "1<<62");
        break;
    case 'q': /* offset of 64 bits: two registers where a long has 32 */
        PUT(0, "0"), PUT(-1ll, "-1"), PUT(10, "10"), PUT(1ll << 62, "1<<62"), PUT(1ll << 32 | 5, "1<<32|5");
        break;
    case 'F': /* flags */
        PUT(0, "0"), PUT(1, "1"), PUT(0x100, "0x100"), PUT(0x400, "0x400"), PUT(0x800, "0x800"), PUT(0x1000, "0x1000"),
            PUT(02000000, "cloexec"), PUT(-1, "-1");
        break;
    case 'O': /* open flags */
        PUT(O_RDONLY, "RDONLY"), PUT(O_RDWR, "RDWR"), PUT(O_DIRECTORY, "DIRECTORY"), PUT(O_NOFOLLOW, "NOFOLLOW"),
            PUT(O_CREAT | O_EXCL | O_WRONLY, "CREAT|EXCL"), PUT(O_PATH | O_NOFOLLOW, "PATH|NOFOLLOW"), PUT(O_TMPFILE | O_RDWR, "TMPFILE"),
            PUT(O_CREAT | O_DIRECTORY, "CREAT|DIRECTORY"), PUT(O_DIRECT, "DIRECT"), PUT(O_TMPFILE, "TMPFILE|RDONLY");
        break;
    case 'a': /* page-aligned or odd address within room, and others */
        PUT(room, "room"), PUT(room + 1, "odd"), PUT(0, "0"), PUT(room + 2 * PAGE, "hole"), PUT(-4096, "kernel"), PUT(1ll << 46, "1<<46");
        break;
    case 'l': /* length of memory */
        PUT(0, "0"), PUT(PAGE, "page"), PUT(100, "100"), PUT(3 * PAGE, "3 pages"), PUT(-1, "-1"), PUT(1ll << 60, "1<<60");
        break;
    case 'k': /* the same for calls that change contents: not as far as this program's own memory */
        count = value('l', out) - 1;
        break;
    case 't': { /* timespec */
        long *ts = (long *)(room + 2048);
        ts[0] = 0, ts[1] = 1000, ts[2] = -1, ts[3] = 0, ts[4] = 0, ts[5] = 1000000000;
        PUT(ts, "1us"), PUT(ts + 2, "negative"), PUT(ts + 4, "nsec"), PUT(16, "bad"), PUT(0, "NULL");
        break;
    }
    case 'T': { /* timespec of 64 bits */
        long long *ts = (long long *)(room + 2048);
        ts[0] = 0, ts[1] = 1000, ts[2] = -1, ts[3] = 0, ts[4] = 0, ts[5] = 1000000000, ts[6] = 0, ts[7] = 1ll << 40 | 1000;
        PUT(ts, "1us"), PUT(ts + 2, "negative"), PUT(ts + 4, "nsec"), PUT(ts + 6, "nsec with padding"), PUT(16, "bad");
        break;
    }
    case 'z': /* a timespec, never NULL: not to wait for ever */
        count = value('t', out) - 1;
        break;
    case 'v': { /* iovec */
        struct iovec { char *p; unsigned long n; } *v = (void *)(room + 2200);
        v[0].p = room + 1024, v[0].n = 4, v[1].p = room + 1100, v[1].n = 4, v[2].p = (char *)16, v[2].n = 4;
        v[3].p = room, v[3].n = (unsigned long)-1;
        PUT(v, "good"), PUT(v + 1, "good,bad"), PUT(v + 2, "bad"), PUT(v + 3, "negative"), PUT(16, "at bad"), PUT(0, "NULL");
        break;
    }
    case 'e': { /* epoll_event */
        unsigned *e = (unsigned *)(room + 2400);
        e[0] = EPOLLIN;
        PUT(e, "IN"), PUT(16, "bad"), PUT(0, "NULL");
        break;
    }
    case 'm': { /* signal mask */
        unsigned long *m = (unsigned long *)(room + 2600);
        *m = 1ul << (SIGUSR1 - 1);
        PUT(m, "USR1"), PUT(16, "bad"), PUT(0, "NULL");
        break;
    }
    case 'A': { /* socket address */
        struct sockaddr_un *u = (void *)(room + 2800);
        u->sun_family = AF_UNIX;
        strcpy(u->sun_path, "missing");
        PUT(u, "unix"), PUT(16, "bad"), PUT(0, "NULL");
        break;
    }
    case 'L': { /* pointer to a length */
        int *n = (int *)(room + 3000);
        n[0] = 16, n[1] = 0, n[2] = -1;
        PUT(n, "16"), PUT(n + 1, "0"), PUT(n + 2, "-1"), PUT(16, "bad"), PUT(0, "NULL");
        break;
    }
    case 'x': /* a number of a resource, an option, a command */
        for (int i = 0; i < 14; i++)
            PUT(i, "");
        PUT(-1, "-1"), PUT(100, "100");
        break;
    case '0':
        PUT(0, "0");
        break;
    default:
        abort();
    }
    return count;
}

static const struct { const char *name; long nr; const char *classes; } cases[] = {
#define C(name, classes) {#name, __NR_##name, classes}
    C(read, "fbn"), C(write, "fbn"), C(pread64, "fbnq"), C(pwrite64, "fbnq"), C(readv, "fvi"), C(writev, "fvi"),
    C(preadv, "fvio"), C(pwritev2, "fvio0F"), C(lseek, "foi"), C(openat, "dpO"), C(fstat, "fb"),
    C(statx, "dpFib"), C(faccessat, "dpi"), C(faccessat2, "dpiF"), C(readlinkat, "dpbn"), C(unlinkat, "dpF"), C(mkdirat, "dp0"),
    C(symlinkat, "pdp"), C(linkat, "dpdpF"), C(renameat2, "dpdpi"), C(fchmodat, "dpi"), C(fchownat, "dp00F"), C(fchmod, "fi"),
    C(utimensat, "dptF"), C(truncate, "po"), C(ftruncate, "fo"), C(fallocate, "fiqq"), C(statfs, "pb"), C(fstatfs, "fb"),
    C(chdir, "p"), C(fchdir, "f"), C(getcwd, "bn"), C(getdents64, "fbn"), C(dup, "f"), C(dup3, "fiF"),
    C(fsync, "f"), C(fdatasync, "f"), C(readahead, "fqi"),
    C(ioctl, "fxb"), C(pipe2, "bF"), C(eventfd2, "iF"), C(epoll_create1, "F"), C(epoll_ctl, "fife"), C(epoll_pwait, "fbi0ms"),
    C(timerfd_create, "xF"), C(timerfd_settime, "fibb"), C(timerfd_gettime, "fb"), C(signalfd4, "fmsF"), C(inotify_init1, "F"),
    C(inotify_add_watch, "fpi"), C(inotify_rm_watch, "fi"), C(splice, "fbfbiF"), C(tee, "ffiF"), C(vmsplice, "fviF"),
    C(sendfile, "ffbn"), C(copy_file_range, "fbfbi0"), C(setxattr, "ppbnF"), C(getxattr, "ppbn"), C(fgetxattr, "fpbn"),
    C(listxattr, "pbn"), C(removexattr, "pp"), C(memfd_create, "pF"), C(nanosleep, "zb"), C(clock_gettime, "xb"), C(clock_getres, "xb"),
    C(clock_nanosleep, "xizb"), C(gettimeofday, "bb"), C(getitimer, "xb"), C(times, "b"), C(ppoll, "bizms"), C(pselect6, "ibbbz0"),
    C(prlimit64, "0x0b"), C(getrusage, "xb"), C(uname, "b"), C(sysinfo, "b"), C(getgroups, "ib"),
    C(getresuid, "bbb"), C(getpriority, "xi"), C(sched_getscheduler, "i"), C(sched_getparam, "ib"),
    C(sched_get_priority_max, "x"), C(sched_get_priority_min, "x"), C(sched_rr_get_interval, "0b"), C(sched_getattr, "0bn0"),
    C(getpgid, "i"), C(getsid, "i"), C(capget, "bb"), C(socket, "xiF"), C(socketpair, "xi0b"), C(bind, "fAi"),
    C(connect, "fAi"), C(listen, "fi"), C(getsockname, "fbL"), C(getpeername, "fbL"), C(getsockopt, "fixbL"), C(setsockopt, "fixbi"),
    C(shutdown, "fi"), C(sendto, "fbnFAi"), C(sendmsg, "fb0"), C(munmap, "al"), C(mprotect, "ali"), C(madvise, "akx"),
    C(msync, "ali"), C(mincore, "alb"), C(mlock, "al"), C(munlock, "al"), C(mremap, "allia"), C(getrandom, "bnF"), C(getcpu, "bb0"),
   
    C(timer_create, "xbb"), C(timer_delete, "i"), C(timer_gettime, "ib"), C(membarrier, "00"), C(openat2, "dpbn"),
    C(close_range, "iiF"), C(pidfd_open, "iF"), C(personality, "0"), C(name_to_handle_at, "dpbbF"), C(getsockopt, "fixb0"),
    C(rt_sigprocmask, "imbs"), C(rt_sigpending, "bs"), C(rt_sigaction, "xb0s"), C(sigaltstack, "bb"),
    C(rt_sigtimedwait, "mbzs"), C(set_robust_list, "bn"), C(futex, "bxizbi"), C(wait4, "ibib"),
    C(waitid, "iibib"), C(io_setup, "ib"),  C(sched_setaffinity, "0nb"),
    C(sched_getaffinity, "0nb"), C(prctl, "xii00"), C(setitimer, "xbb"), C(close, "f"),
#if __SIZEOF_LONG__ == 8
    C(newfstatat, "dpbF"), C(sync_file_range, "fooi"), C(fadvise64, "foox"), C(getrlimit, "xb"), C(mmap, "alii0o"),
    C(fcntl, "fx0"), C(fcntl, "fxb"),
#else
    C(fstatat64, "dpbF"), C(stat64, "pb"), C(lstat64, "pb"), C(fstat64, "fb"), C(stat, "pb"), C(lstat, "pb"), C(statfs64, "pnb"),
    C(fstatfs64, "fnb"), C(_llseek, "fiobi"), C(fcntl64, "fx0"), C(fcntl64, "fxb"), C(truncate64, "pq"), C(ftruncate64, "fq"),
    C(sendfile64, "ffbn"), C(ugetrlimit, "xb"), C(mmap2, "alii0o"), C(getdents, "fbn"), C(open, "pO"), C(access, "pi"),
    C(link, "pp"), C(unlink, "p"), C(symlink, "pp"), C(readlink, "pbn"), C(rename, "pp"), C(mkdir, "p0"), C(rmdir, "p"),
    C(chmod, "pi"), C(chown32, "p00"), C(lchown, "p00"), C(utimes, "pb"), C(futimesat, "dpb"), C(ustat, "ib"), C(dup2, "fi"),
    C(pipe, "b"), C(poll, "bii"), C(_newselect, "ibbbz"), C(epoll_create, "i"), C(epoll_wait, "fbii"), C(eventfd, "i"),
    C(signalfd, "fms"), C(getpgrp, ""), C(sysfs, "ipb"), C(sigprocmask, "imb"), C(sigpending, "b"), C(sigaction, "xb0"),
    C(getresuid32, "bbb"), C(getgroups32, "ib"), C(getresgid, "bbb"), C(setreuid, "00"), C(getuid, ""), C(setfsuid, "0"),
    C(clock_gettime64, "xb"), C(clock_getres_time64, "xb"), C(clock_nanosleep_time64, "xiTb"), C(timer_gettime64, "ib"),
    C(timerfd_settime64, "fibb"), C(timerfd_gettime64, "fb"), C(utimensat_time64, "dpTF"), C(pselect6_time64, "ibbbT0"),
    C(ppoll_time64, "biTms"), C(recvmmsg_time64, "fbi0T"), C(rt_sigtimedwait_time64, "mbTs"), C(futex_time64, "bxiTbi"),
    C(sched_rr_get_interval_time64, "0b"), C(semtimedop_time64, "ibnT"), C(nice, "0"), C(uselib, "p"), C(_sysctl, "b"),
#endif
#undef C
};

/* The file as each row finds it. */
static void write_file(void)
{
    static const char contents[] = "some contents of the file";
    (void)!ftruncate(file, 0);
    (void)!pwrite(file, contents, sizeof contents - 1, 0);
    lseek(file, sizeof contents - 1, SEEK_SET);
}

static void set_up(void)
{
    struct stat st;
    room = mmap((void *)0x10000000, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    munmap(room + 2 * PAGE, PAGE);
    fill();
    mkdir("dir", 0755);
    symlink("file", "link");
    symlink("loop", "loop");
    close(open("file", O_CREAT | O_WRONLY | O_TRUNC, 0644));
    int p[2];
    (void)(pipe2(p, O_NONBLOCK) | fstat(0, &st));
    file = fcntl(open("file", O_RDWR | O_LARGEFILE), F_DUPFD, 40);
    pipe_in = fcntl(p[0], F_DUPFD, 41), pipe_out = fcntl(p[1], F_DUPFD, 42);
    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p);
    sock[0] = fcntl(p[0], F_DUPFD, 43), sock[1] = fcntl(p[1], F_DUPFD, 44);
    dir = fcntl(open(".", O_RDONLY | O_DIRECTORY), F_DUPFD, 45);
    epfd = fcntl(epoll_create1(0), F_DUPFD, 46);
    efd = fcntl((int)syscall(__NR_eventfd2, 3, O_NONBLOCK), F_DUPFD, 47);
    tfd = fcntl((int)syscall(__NR_timerfd_create, 1, O_NONBLOCK), F_DUPFD, 48);
    for (int fd = 3; fd < 40; fd++)
        close(fd);
}

/* Results that depend on the process or the moment are printed as "ok". */
static int varies(const char *name)
{
    static const char *const names[] = {"getpgid", "getsid", "times", "mmap", "mremap", "shmget", "msgget", "semget", "timer_create",
                                        "pidfd_open", "getpriority", "wait4", "sched_getaffinity", "semctl", "shmctl", "msgctl",
                                        "getdents64", "getdents", "readv", "getcwd", "personality", "mmap2", "getpgrp", "ustat", "nice"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (!strcmp(names[i], name))
            return 1;
    return 0;
}

/* The registers of a call: a number of 64 bits takes two, on Arm from an even one on. */
static void registers(const char *classes, const long long *args, long *r)
{
    int at = 0;
    for (int i = 0; classes[i]; i++) {
#ifdef __arm__
        at += classes[i] == 'q' && at & 1;
#endif
        if (at > 5)
            return;
        r[at++] = (long)args[i];
        if (classes[i] == 'q' && sizeof(long) == 4 && at < 6)
            r[at++] = (long)(args[i] >> 32);
    }
}

static void one(unsigned c, const long long *args, const char *const *names, int n)
{
    long v[6] = {0};
    registers(cases[c].classes, args, v);
    long r = syscall(cases[c].nr, v[0], v[1], v[2], v[3], v[4], v[5]);
    int e = errno;
    printf("%s(", cases[c].name);
    for (int i = 0; i < n; i++)
        printf("%s%s", i ? "," : "", names[i]);
    if (r == -1)
        printf(") = %s\n", strerrorname_np(e));
    else if (!strncmp(cases[c].name, "fcntl", 5) && args[1] == F_GETFL) /* other bits differ between architectures */
        printf(") = %lo\n", r & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    else if (varies(cases[c].name))
        printf(") = ok\n");
    else
        printf(") = %ld\n", r);
}

/* Whether more than two arguments are other than their first, good, choice: those combinations say nothing new. */
static int too_many(const int *at, int n)
{
    int other = 0;
    for (int i = 0; i < n; i++)
        other += at[i] != 0;
    return other > 2;
}

static bool is_asleep(pid_t pid)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    const char *state = f && fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
    if (f)
        fclose(f);
    return state && strncmp(state, ") S", 3) == 0;
}

static void tick(int sig) { (void)sig; }

/* Waits for a child. One that sleeps is ended by SIGALRM; one that the machine has no time for is not. */
static int end_of(pid_t child)
{
    int status = 0, asleep = 0;
    ualarm(150000, 150000);
    while (waitpid(child, &status, 0) < 0)
        if ((asleep = is_asleep(child) ? asleep + 1 : 0) >= 2)
            kill(child, SIGALRM);
    ualarm(0, 0);
    return status;
}

static unsigned long step = 1, combinations;

/* A row with every choice of every two arguments. Each call has a process of its own. */
static void run(unsigned c)
{
    const char *classes = cases[c].classes;
    int n = (int)strlen(classes), at[6] = {0}, counts[6];
    struct choice choices[6][MOST];
    for (;;) {
        long long args[6] = {0};
        const char *names[6];
        char numbers[6][16];
        fill();
        for (int i = 0; i < n; i++) {
            counts[i] = value(classes[i], choices[i]);
            args[i] = choices[i][at[i]].value;
            names[i] = choices[i][at[i]].name;
            if (!*names[i]) {
                sprintf(numbers[i], "%lld", args[i]);
                names[i] = numbers[i];
            }
        }
        if (too_many(at, n) || combinations++ % step)
            goto next;
        pid_t child = fork();
        if (child == 0) {
            signal(SIGALRM, SIG_DFL);
            one(c, args, names, n);
            fflush(stdout);
            _exit(0);
        }
        int status = end_of(child);
        if (WIFSIGNALED(status)) {
            printf("%s(", cases[c].name);
            for (int i = 0; i < n; i++)
                printf("%s%s", i ? "," : "", names[i]);
            printf(") killed by %d\n", WTERMSIG(status));
            fflush(stdout);
        }
    next:;
        int i = 0;
        while (i < n && ++at[i] == counts[i])
            at[i++] = 0;
        if (i == n)
            return;
    }
}

/* usage: syscalls [NAME | N]: all calls, the rows of one call, or every N-th call; in the current folder, which should be
 * empty */
int main(int argc, char **argv)
{
    struct sigaction a = {.sa_handler = tick}; /* interrupts waitpid() */
    umask(022);
    sigaction(SIGALRM, &a, NULL);
    set_up();
    if (argc > 1 && atol(argv[1]) > 0) {
        step = strtoul(argv[1], NULL, 10);
        argc = 1;
    }
    for (unsigned c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        if (argc > 1 && strcmp(argv[1], cases[c].name))
            continue;
        fflush(stdout);
        write_file();
        run(c);
    }
    return 0;
}
