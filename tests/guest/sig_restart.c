/* What becomes of interrupted calls. */
#include "t.h"

static volatile int seen;
static int wake[2];
static void on(int sig, siginfo_t *i, void *u) { (void)sig, (void)i, (void)u; seen++; }

/* A child that signals us after a while, and, later still, makes the call end. */
static void helper(int sig)
{
    pid_t parent = getpid();
    fflush(stdout);
    if (fork() == 0) {
        usleep(100000);
        kill(parent, sig);
        usleep(150000);
        if (write(wake[1], "x", 1) != 1)
            _exit(1);
        _exit(0);
    }
}

static void drain(void)
{
    char c;
    int r;
    do
        r = (int)read(wake[0], &c, 1);
    while (r < 0 && errno == EINTR);
    while (wait(NULL) > 0 || errno == EINTR)
        ;
}

static long do_read(void)
{
    char c;
    return read(wake[0], &c, 1);
}
static long do_poll(void)
{
    struct pollfd p = { wake[0], POLLIN, 0 };
    return poll(&p, 1, 5000);
}
static long do_epoll(void)
{
    int fd = epoll_create1(0);
    struct epoll_event e = { .events = EPOLLIN };
    epoll_ctl(fd, EPOLL_CTL_ADD, wake[0], &e);
    long r = epoll_wait(fd, &e, 1, 5000);
    int saved = errno;
    close(fd);
    errno = saved;
    return r;
}
static long do_select(void)
{
    fd_set s;
    FD_ZERO(&s);
    FD_SET(wake[0], &s);
    return select(wake[0] + 1, &s, NULL, NULL, NULL);
}
static long do_sleep(void)
{
    struct timespec t = { 0, 400000000 }, rem = { 9, 9 };
    long r = nanosleep(&t, &rem);
    printf("  rem %d\n", rem.tv_sec == 0 && rem.tv_nsec > 100000000 && rem.tv_nsec < 400000000);
    return r;
}
static long do_clock_sleep(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += 300000000;
    if (t.tv_nsec >= 1000000000)
        t.tv_sec++, t.tv_nsec -= 1000000000;
    return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}
static long do_wait(void)
{
    int status;
    return waitpid(-1, &status, 0) > 0;
}
static long do_futex(void)
{
    int word = 0;
    struct timespec t = { 0, 300000000 };
    long r = syscall(SYS_futex, &word, FUTEX_WAIT, 0, &t, NULL, 0);
    return r < 0 ? -errno : r;
}
static long do_pause(void) { return pause(); }
static long do_suspend(void)
{
    sigset_t s;
    sigemptyset(&s);
    return sigsuspend(&s);
}

static void attempt(const char *what, long (*f)(void), int flags, bool child_writes)
{
    seen = 0;
    handle(SIGUSR1, on, flags);
    helper(SIGUSR1);
    errno = 0;
    long r = f();
    int error = errno;
    printf("%s %s: %ld %s handler %d\n", what, flags & SA_RESTART ? "restart" : "plain", r,
           r < 0 && error ? strerrorname_np(error) : "", seen);
    if (child_writes && r == 1 && f == do_read)
        while (wait(NULL) > 0 || errno == EINTR)
            ;
    else
        drain();
}

int main(void)
{
    if (pipe(wake))
        return 1;
    for (int k = 0; k < 2; k++) {
        int flags = k ? SA_RESTART : 0;
        attempt("read", do_read, flags, true);
        attempt("poll", do_poll, flags, false);
        attempt("epoll", do_epoll, flags, false);
        attempt("select", do_select, flags, false);
        attempt("nanosleep", do_sleep, flags, false);
        attempt("clock_nanosleep", do_clock_sleep, flags, false);
        attempt("wait", do_wait, flags, false);
        attempt("futex", do_futex, flags, false);
        attempt("pause", do_pause, flags, false);
        attempt("sigsuspend", do_suspend, flags, false);
    }
    return 0;
}
