/* Many queued signals from several senders into threads that compute, block and make system calls, with handlers that may
 * and that may not interrupt each other: none may be lost, and those of one sender must come in order. */
#include "t.h"

enum { SENDERS = 3, EACH = 1000, THREADS = 4 };

static atomic_int next[SENDERS], wrong, total;

static void on(int sig, siginfo_t *info, void *uc)
{
    int sender = sig - (SIGRTMIN + 1), value = info->si_value.sival_int;
    (void)uc;
    /* Two threads may run handlers of one signal at once; only one receives here, see main(). */
    if (value != next[sender]++)
        wrong++;
    total++;
}

static void install(int sig, const sigset_t *mask)
{
    struct sigaction a = { .sa_sigaction = on, .sa_flags = SA_SIGINFO | SA_RESTART, .sa_mask = *mask };
    sigaction(sig, &a, NULL);
}

static atomic_bool stop;
static int quiet[2];
static void *disturbed(void *p)
{
    long what = (long)p;
    volatile unsigned x = 1;
    char c;
    struct timespec t = { 0, 200000 };
    /* This one ends by what it reads, even if it was not there yet when the others were told to stop: else what it leaves
     * in the pipe would end the next round's before its time. */
    while (what == 3 ? read(quiet[0], &c, 1) != 1 : !stop) {
        if (what == 0)
            for (int i = 0; i < 1000; i++)
                x = x * 3 + 1;
        else if (what == 1)
            nanosleep(&t, NULL);
        else if (what == 2)
            c = (char)getppid();
    }
    return p;
}

static void sender(int n, pid_t to)
{
    for (int i = 0; i < EACH; i++) {
        union sigval v = { .sival_int = i };
        while (sigqueue(to, SIGRTMIN + 1 + n, v) < 0)
            usleep(100);
    }
    _exit(0);
}

static int begin[2], ended[2];
/* For each byte in `begin`: the senders of a round, then their exit statuses, or-ed, in `ended`. A process without threads,
 * since a fork while threads run is what fork_threads is for, and not every build of xrun can be tested with that. */
static void senders(pid_t to)
{
    char c;
    close(begin[1]);
    while (read(begin[0], &c, 1) == 1) {
        int all = 0;
        for (int n = 0; n < SENDERS; n++)
            if (fork() == 0)
                sender(n, to);
        for (int n = 0, status = 0; n < SENDERS; n++, all |= status)
            wait(&status);
        if (write(ended[1], &all, sizeof all) != sizeof all)
            break;
    }
    _exit(0);
}

int main(void)
{
    sigset_t set, none;
    pthread_t t[THREADS];
    if (pipe(quiet) || pipe(begin) || pipe(ended))
        return 1;
    pid_t me = getpid(), child = fork();
    if (child == 0)
        senders(me);
    /* one thread at a time has the signals unblocked: the order of one sender is then defined */
    sigemptyset(&set);
    sigemptyset(&none);
    for (int n = 0; n < SENDERS; n++)
        sigaddset(&set, SIGRTMIN + 1 + n);
    for (int round = 0; round < 2 * (THREADS + 1); round++) {
        int receiver = round / 2 - 1;
        for (int n = 0; n < SENDERS; n++) {
            install(SIGRTMIN + 1 + n, round % 2 ? &set : &none);
            next[n] = 0;
        }
        stop = false;
        wrong = total = 0;
        for (long i = 0; i < THREADS; i++) {
            pthread_sigmask(i == receiver ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
            pthread_create(&t[i], NULL, disturbed, (void *)i);
        }
        pthread_sigmask(receiver < 0 ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
        int status;
        if (write(begin[1], "x", 1) != 1 || read(ended[0], &status, sizeof status) != sizeof status)
            return 1;
        if (status)
            show_status("a sender", status);
        while (total < SENDERS * EACH) /* for ever if one is lost: the machine may be busy with other things */
            usleep(1000);
        stop = true;
        if (write(quiet[1], "x", 1) != 1)
            return 1;
        for (int i = 0; i < THREADS; i++)
            pthread_join(t[i], NULL);
        printf("receiver %d, nested %d: total %d wrong %d\n", receiver, round % 2 == 0, (int)total, (int)wrong);
    }
    close(begin[1]);
    return waitpid(child, NULL, 0) != child;
}
