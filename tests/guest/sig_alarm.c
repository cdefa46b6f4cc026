/* SIGPROF at 1 kHz during a computation; SIGALRM against system calls. */
#include "t.h"

static volatile long ticks;
static void tick(int sig) { (void)sig; ticks++; }

int main(void)
{
    struct sigaction a = { .sa_handler = tick, .sa_flags = SA_RESTART };
    sigaction(SIGPROF, &a, NULL);
    sigaction(SIGALRM, &a, NULL);
    struct itimerval t = { { 0, 1000 }, { 0, 1000 } };
    setitimer(ITIMER_PROF, &t, NULL);
    unsigned x = 1;
    double d = 1;
    for (int i = 0; i < 20000000 && (ticks < 500 || i < 2000000); i++) {
        x = x * 1664525 + 1013904223;
        if (i < 2000000)
            d = d * 1.0000001 + (x & 1);
    }
    setitimer(ITIMER_PROF, &(struct itimerval){ 0 }, NULL);
    printf("sum %.6f ticks %d\n", d, ticks > 0);

    ticks = 0;
    setitimer(ITIMER_REAL, &t, NULL);
    int fd[2];
    if (pipe(fd))
        return 1;
    long bytes = 0;
    for (int i = 0; ticks < 300 || i < 1000; i++) {
        char b[64];
        bytes += write(fd[1], "hello", 5);
        bytes += read(fd[0], b, 5);
    }
    setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
    printf("pipe %d\n", bytes % 10 == 0);

    /* forks under fire */
    setitimer(ITIMER_REAL, &t, NULL);
    int good = 0;
    for (int i = 0; i < 20; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(i);
        int status;
        if (waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == i)
            good++;
    }
    setitimer(ITIMER_REAL, &(struct itimerval){ 0 }, NULL);
    printf("forks %d\n", good);
    return 0;
}
