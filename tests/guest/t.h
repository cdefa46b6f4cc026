/* For every test program here: they print facts, and the host's run says which are right. */
#ifndef T_H
#define T_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef __GLIBC__
/* The names that the tests print, for C libraries without this function of glibc's. */
static inline const char *strerrorname_np(int error)
{
    static const struct {
        int error;
        const char *name;
    } names[] = {
#define N(e) {e, #e}
        N(E2BIG), N(EACCES), N(EAGAIN), N(EBADF), N(EBUSY), N(ECHILD), N(ECONNREFUSED), N(EDEADLK), N(EDOM), N(EEXIST), N(EFAULT),
        N(EINTR), N(EINVAL), N(EIO), N(EISDIR), N(ELOOP), N(ENAMETOOLONG), N(ENOENT), N(ENOEXEC), N(ENOMEM), N(ENOSYS),
        N(ENOTDIR), N(ENOTTY), N(ENXIO), N(EOPNOTSUPP), N(EOVERFLOW), N(EOWNERDEAD), N(EPERM), N(EPIPE), N(ERANGE),
        N(EROFS), N(ESPIPE), N(ESRCH), N(ETIMEDOUT), N(ETXTBSY), N(EXDEV),
#undef N
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].error == error)
            return names[i].name;
    return "(an error that t.h does not name)";
}
#endif

/* Prints the outcome of an expression: its value, and errno if it is -1. */
#define SHOW(e)                                                                                                        \
    do {                                                                                                               \
        errno = 0;                                                                                                     \
        long show_value = (long)(e);                                                                                   \
        printf("%s = %ld%s%s\n", #e, show_value, show_value == -1 && errno ? " " : "",                                \
               show_value == -1 && errno ? strerrorname_np(errno) : "");                                              \
    } while (0)

/* How often: few times as one of many tests, many times in a campaign (tools/campaign sets T_CAMPAIGN). */
static inline long repeat(long few, long many) { return getenv("T_CAMPAIGN") ? many : few; }

/* How a child ended. */
static inline void show_status(const char *what, int status)
{
    if (WIFEXITED(status))
        printf("%s: exit %d\n", what, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        printf("%s: signal %d\n", what, WTERMSIG(status));
    else if (WIFSTOPPED(status))
        printf("%s: stopped %d\n", what, WSTOPSIG(status));
    else
        printf("%s: status %#x\n", what, status);
}

/* Runs f in a child and prints how it ended. */
static inline void in_child(const char *what, void (*f)(void))
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        f();
        fflush(stdout);
        _exit(0);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    show_status(what, status);
}
#define IN_CHILD(f) in_child(#f, f)

static inline void handle(int sig, void (*f)(int, siginfo_t *, void *), int flags)
{
    struct sigaction a = { .sa_sigaction = f, .sa_flags = SA_SIGINFO | flags };
    sigemptyset(&a.sa_mask);
    sigaction(sig, &a, NULL);
}
#endif
