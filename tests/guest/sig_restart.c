/* What becomes of interrupted calls. */
#include "t.h"

static volatile int seen;
static int wake[2];
static void on(int sig, siginfo_t *i, void *u) { (void)sig, (void)i, (void)u; seen++; }

/* Waits until a process sleeps: as long as it works on getting there, it does not do so for long. */
static void until_asleep(pid_t pid)
{
    char path[64], line[512];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    for (int times = 0; times < 5; times++) {
        usleep(5000);
        FILE *f = fopen(path, "r");
        const char *state = f && fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
        if (!state || strncmp(state, ") S", 3) != 0)
            times = -1;
        if (f)
            fclose(f);
    }
}

/* A child that signals us when we sleep, and makes the call end when we sleep again. */
static void helper(int sig)
{
    pid_t parent = getpid();
    fflush(stdout);
    if (fork() == 0) {
        until_asleep(parent);
        kill(parent, sig);
        until_asleep(parent);
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
    return poll(&p, 1, 1000000);
}
static long do_epoll(void)
{
    int fd = epoll_create1(0);
    struct epoll_event e = { .events = EPOLLIN };
    epoll_ctl(fd, EPOLL_CTL_ADD, wake[0], &e);
    long r = epoll_wait(fd, &e, 1, 1000000);
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
    struct timespec t = { 1000, 0 }, rem = { 9, 9 };
    long r = nanosleep(&t, &rem);
    printf("  rem %d\n", rem.tv_sec > 100 && rem.tv_sec < 1000);
    return r;
}
static long do_clock_sleep(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += 1000;
    return clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}
static long do_wait(void)
{
    int status;
    return waitpid(-1, &status, 0) > 0;
}
#if defined SYS_futex_time64 && !defined __GLIBC__ /* musl's struct timespec has 64 bits there */
#define FUTEX SYS_futex_time64
#else
#define FUTEX SYS_futex
#endif
static long do_futex(void)
{
    int word = 0;
    struct timespec t = { 1000, 0 };
    long r = syscall(FUTEX, &word, FUTEX_WAIT, 0, &t, NULL, 0);
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
