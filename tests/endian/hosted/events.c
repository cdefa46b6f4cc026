/* Signals with their siginfo and ucontext, timers, and the descriptors from which events are read. */
#include "t.h"

#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <sys/uio.h>

static siginfo_t seen;
static ucontext_t context;
static volatile int hits;
static void on(int sig, siginfo_t *info, void *p)
{
    (void)sig;
    seen = *info;
    memcpy(&context, p, sizeof(context.uc_flags) + sizeof(context.uc_link) + sizeof(context.uc_stack));
    context.uc_sigmask = ((ucontext_t *)p)->uc_sigmask;
    sigdelset(&((ucontext_t *)p)->uc_sigmask, SIGHUP); /* sigreturn takes it from here */
    hits++;
}

static char *page;
static void repair(int sig, siginfo_t *info, void *p)
{
    on(sig, info, p);
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
}

static void infos(void)
{
    static char stack[32768];
    stack_t alt = { .ss_sp = stack, .ss_size = sizeof stack }, old;
    union sigval v = { .sival_ptr = (void *)0x1122334455667788 };
    sigset_t set;

    SHOW(sigaltstack(&alt, NULL));
    SHOW(sigaltstack(NULL, &old));
    printf("altstack %d size %ld flags %d\n", old.ss_sp == stack, (long)old.ss_size, old.ss_flags);
    handle(SIGUSR1, on, SA_ONSTACK);
    handle(SIGRTMIN + 1, on, 0);
    sigemptyset(&set), sigaddset(&set, SIGHUP), sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    kill(getpid(), SIGUSR1);
    printf("kill: %d %d %d, pid %d uid %d\n", seen.si_signo == SIGUSR1, seen.si_errno, seen.si_code,
           seen.si_pid == getpid(), seen.si_uid == getuid());
    printf("context: stack %d %ld, mask %d %d %d\n", context.uc_stack.ss_sp == stack, (long)context.uc_stack.ss_size,
           sigismember(&context.uc_sigmask, SIGHUP), sigismember(&context.uc_sigmask, SIGWINCH),
           sigismember(&context.uc_sigmask, SIGINT));
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("mask after: %d %d\n", sigismember(&set, SIGHUP), sigismember(&set, SIGWINCH));
    sigqueue(getpid(), SIGRTMIN + 1, v);
    printf("queue: %d value %llx\n", seen.si_code, (unsigned long long)(uintptr_t)seen.si_value.sival_ptr);

    page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    handle(SIGSEGV, repair, SA_ONSTACK);
    page[123] = 5;
    printf("fault: code %d address %d, %d\n", seen.si_code, (char *)seen.si_addr == page + 123, page[123]);
    pid_t pid = fork();
    if (!pid)
        _exit(33);
    handle(SIGCHLD, on, 0);
    siginfo_t info = { 0 };
    SHOW(waitid(P_PID, (id_t)pid, &info, WEXITED));
    printf("waitid: %d code %d status %d pid %d\n", info.si_signo, info.si_code, info.si_status, info.si_pid == pid);
    signal(SIGCHLD, SIG_DFL);
    struct timespec t = { 0, 1000000 };
    sigemptyset(&set), sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    SHOW(sigtimedwait(&set, &info, &t));
    v.sival_int = 0x12345678;
    sigqueue(getpid(), SIGUSR2, v);
    SHOW(sigtimedwait(&set, &info, &t));
    printf("taken: code %d value %x pid %d\n", info.si_code, info.si_value.sival_int, info.si_pid == getpid());
}

static void timers(void)
{
    struct sigevent e = {
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_int = 0x11223344};
    struct itimerspec i = { .it_interval = { 5, 7 }, .it_value = { 0, 2000000 } }, r;
    struct itimerval v = { { 100, 5 }, { 50, 6 } }, w = { 0 };
    timer_t id;
    hits = 0;
    SHOW(timer_create(CLOCK_MONOTONIC, &e, &id));
    SHOW(timer_settime(id, 0, &i, NULL));
    while (!hits)
        usleep(1000);
    printf("timer: code %d value %x\n", seen.si_code, seen.si_value.sival_int);
    SHOW(timer_gettime(id, &r));
    printf("interval %ld %ld, left %d\n", (long)r.it_interval.tv_sec, r.it_interval.tv_nsec,
           r.it_value.tv_sec == 4 || r.it_value.tv_sec == 5);
    SHOW(timer_delete(id));
    SHOW(setitimer(ITIMER_REAL, &v, NULL));
    SHOW(getitimer(ITIMER_REAL, &w));
    printf("itimer %ld %ld, %d\n", (long)w.it_interval.tv_sec, (long)w.it_interval.tv_usec,
           w.it_value.tv_sec == 50 || w.it_value.tv_sec == 49);
    memset(&v, 0, sizeof v);
    setitimer(ITIMER_REAL, &v, NULL);

    struct timespec a, b, short_time = { 0, 20000000 };
    struct timeval day;
    clock_gettime(CLOCK_MONOTONIC, &a);
    SHOW(nanosleep(&short_time, NULL));
    clock_gettime(CLOCK_MONOTONIC, &b);
    long ns = (b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec;
    SHOW(ns >= 20000000 && ns < 2000000000);
    gettimeofday(&day, NULL);
    clock_gettime(CLOCK_REALTIME, &a);
    SHOW(labs(day.tv_sec - a.tv_sec) <= 1 && labs(time(NULL) - a.tv_sec) <= 1 && day.tv_usec < 1000000);
    SHOW(clock_getres(CLOCK_MONOTONIC, &a));
    SHOW(a.tv_sec == 0 && a.tv_nsec < 10000000);
    time_t then = 1234567890;
    struct tm *tm = gmtime(&then);
    printf("%d-%d-%d %d:%d:%d\n", tm->tm_year, tm->tm_mon, tm->tm_mday, tm->tm_hour, tm->tm_min, tm->tm_sec);
}

static void event_files(void)
{
    uint64_t value = 0;
    int fd = eventfd(5, 0);
    SHOW(read(fd, &value, 8));
    SHOW(value);
    value = 0x100000002;
    SHOW(write(fd, &value, 8));
    struct iovec two[2] = { { &value, 4 }, { (char *)&value + 4, 4 } }, whole = { &value, 8 };
    value = 0;
    SHOW(readv(fd, two, 2));
    printf("%llx\n", (unsigned long long)value);
    value = 7;
    SHOW(writev(fd, two, 1));
    SHOW(writev(fd, two, 2));
    SHOW(writev(fd, &whole, 1));
    SHOW(eventfd_read(fd, &value));
    SHOW(value);
    SHOW(read(fd, &value, 4));
    SHOW(pread(fd, &value, 8, 0));
    char *volatile nowhere = (char *)16;
    eventfd_write(fd, 1);
    SHOW(read(fd, nowhere, 8));
}

static void more_event_files(void)
{
    uint64_t value = 0;
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec i = { .it_interval = { 0, 1000000 }, .it_value = { 0, 1000000 } }, r;
    SHOW(timerfd_settime(fd, 0, &i, NULL));
    usleep(20000);
    SHOW(read(fd, &value, 8));
    SHOW(value >= 10 && value < 10000);
    SHOW(timerfd_gettime(fd, &r));
    SHOW(r.it_interval.tv_nsec);
    close(fd);

    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGUSR2), sigaddset(&set, SIGRTMIN + 2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    fd = signalfd(-1, &set, 0);
    union sigval v = { .sival_int = 77 };
    kill(getpid(), SIGUSR2);
    sigqueue(getpid(), SIGRTMIN + 2, v);
    struct signalfd_siginfo s[3];
    SHOW(read(fd, s, sizeof s));
    for (int k = 0; k < 2; k++)
        printf("signal %d code %d pid %d uid %d value %d\n", s[k].ssi_signo == (k ? (unsigned)SIGRTMIN + 2 : SIGUSR2),
               s[k].ssi_code, s[k].ssi_pid == (unsigned)getpid(), s[k].ssi_uid == getuid(), k ? s[k].ssi_int : 0);
    close(fd);

    char buffer[4096] __attribute__((aligned(8)));
    fd = inotify_init1(IN_NONBLOCK);
    mkdir("watched", 0700);
    SHOW(inotify_add_watch(fd, "watched", IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE));
    close(open("watched/one", O_CREAT | O_WRONLY, 0600));
    rename("watched/one", "watched/a longer name than that");
    unlink("watched/a longer name than that");
    int ready = 0;
    SHOW(ioctl(fd, FIONREAD, &ready));
    ssize_t n = read(fd, buffer, sizeof buffer);
    SHOW(n == ready);
    unsigned cookie = 0;
    for (ssize_t at = 0; at < n;) {
        struct inotify_event *e = (struct inotify_event *)(buffer + at);
        printf("inotify %d %x %u %s, cookie %d\n", e->wd, e->mask, e->len, e->name, e->cookie == cookie);
        cookie = e->mask == IN_MOVED_FROM ? e->cookie : 0;
        at += (ssize_t)(sizeof *e + e->len);
    }
    SHOW(read(fd, buffer, sizeof buffer));
}

static void waiting(void)
{
    int p[2], ep = epoll_create1(0);
    SHOW(pipe(p));
    struct epoll_event e = { EPOLLIN | EPOLLET, { .u64 = 0x1122334455667788 } }, got[4];
    SHOW(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e));
    SHOW(epoll_wait(ep, got, 4, 0));
    SHOW(write(p[1], "x", 1));
    SHOW(epoll_wait(ep, got, 4, 1000));
    printf("epoll %x %llx\n", got[0].events, (unsigned long long)got[0].data.u64);
    struct pollfd f[2] = { { p[0], POLLIN, 0 }, { p[1], POLLOUT, 0 } };
    SHOW(poll(f, 2, 100));
    printf("poll %x %x\n", f[0].revents, f[1].revents);
    close(p[1]);
    SHOW(poll(f, 1, 100));
    printf("poll %x\n", f[0].revents);
    fd_set in, out;
    struct timeval t = { 3, 5 };
    SHOW(pipe(p));
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_SET(p[0], &in);
    FD_SET(p[1], &out);
    SHOW(select(p[1] + 1, &in, &out, NULL, &t));
    SHOW(FD_ISSET(p[0], &in) * 10 + !!FD_ISSET(p[1], &out));
    static unsigned long many[3][4096 / (8 * sizeof(long))];
    struct rlimit limit = { 4096, 4096 };
    int high = -1;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        high = fcntl(p[0], F_DUPFD, 3000);
    SHOW(high);
    if (high < 0)
        return;
    SHOW(write(p[1], "y", 1));
    many[0][high / (8 * sizeof(long))] |= 1ul << high % (8 * sizeof(long));
    struct timespec zero = { 0, 0 };
    SHOW(syscall(SYS_pselect6, high + 1, many[0], many[1], many[2], &zero, NULL));
    SHOW(many[0][high / (8 * sizeof(long))] == 1ul << high % (8 * sizeof(long)));
    many[0][0] = ~0ul;
    SHOW(syscall(SYS_pselect6, 1000000, many[0], NULL, NULL, &zero, NULL));
}

int main(void)
{
    infos();
    timers();
    event_files();
    more_event_files();
    waiting();
    return 0;
}
