/* Masks that are set for one call only. */
#include "t.h"

static volatile int got;
static void on(int sig, siginfo_t *i, void *u)
{
    (void)i, (void)u;
    sigset_t now;
    sigprocmask(SIG_SETMASK, NULL, &now);
    printf("in handler %d: usr1 %d usr2 %d\n", sig, sigismember(&now, SIGUSR1), sigismember(&now, SIGUSR2));
    got++;
}

int main(void)
{
    sigset_t block, none, now;
    sigemptyset(&none);
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigaddset(&block, SIGUSR2);
    handle(SIGUSR1, on, 0);
    handle(SIGUSR2, on, 0);
    sigprocmask(SIG_SETMASK, &block, NULL);

    raise(SIGUSR1);
    SHOW(sigsuspend(&none));
    sigprocmask(SIG_SETMASK, NULL, &now);
    printf("after: usr1 %d usr2 %d got %d\n", sigismember(&now, SIGUSR1), sigismember(&now, SIGUSR2), got);

    struct timespec zero = { 0 }, some = { 3, 0 };
    raise(SIGUSR1), raise(SIGUSR2);
    SHOW(ppoll(NULL, 0, &some, &none));
    sigprocmask(SIG_SETMASK, NULL, &now);
    printf("after: usr1 %d usr2 %d got %d\n", sigismember(&now, SIGUSR1), sigismember(&now, SIGUSR2), got);
    SHOW(ppoll(NULL, 0, &zero, &none));
    raise(SIGUSR2);
    SHOW(pselect(0, NULL, NULL, NULL, &some, &none));
    int fd = epoll_create1(0);
    struct epoll_event e;
    raise(SIGUSR1);
    SHOW(epoll_pwait(fd, &e, 1, 3000, &none));
    printf("got %d\n", got);

    /* many rounds against a child that answers each signal */
    pid_t parent = getpid();
    fflush(stdout);
    pid_t child = fork();
    handle(SIGUSR1, on, 0);
    struct sigaction quiet = { .sa_handler = SIG_DFL };
    (void)quiet;
    if (child == 0) {
        for (int i = 0; i < 500; i++) {
            int sig;
            sigset_t one;
            sigemptyset(&one);
            sigaddset(&one, SIGUSR2);
            kill(parent, SIGUSR2);
            sigwait(&one, &sig);
        }
        _exit(0);
    }
    int rounds = 0;
    for (; rounds < 500; rounds++) {
        int sig;
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, SIGUSR2);
        sigwait(&one, &sig);
        kill(child, SIGUSR2);
    }
    int status;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    printf("rounds %d\n", rounds);
    show_status("child", status);
    return 0;
}
