/* Dispositions, masks, queues, order, siginfo. */
#include "t.h"

static int order[200], count;
static void note(int sig, siginfo_t *info, void *uc)
{
    (void)uc;
    order[count++] = sig * 1000 + (info->si_code == SI_QUEUE ? info->si_value.sival_int : 0);
}

static void show_order(const char *what)
{
    printf("%s:", what);
    for (int i = 0; i < count; i++)
        printf(" %d", order[i]);
    printf("\n");
    count = 0;
}

static volatile int depth, deepest, entered;
static void nested(int sig, siginfo_t *info, void *uc)
{
    (void)info, (void)uc;
    if (++depth > deepest)
        deepest = depth;
    if (entered++ < 3)
        raise(sig);
    depth--;
}

static void details(int sig, siginfo_t *info, void *uc)
{
    ucontext_t *u = uc;
    printf("signal %d code %d pid %d uid %d value %d masked %d\n", sig, info->si_code, info->si_pid == getpid(),
           info->si_uid == getuid(), info->si_code == SI_QUEUE ? info->si_value.sival_int : 0,
           sigismember(&u->uc_sigmask, SIGUSR2));
}

static void die_usr1(void) { kill(getpid(), SIGUSR1); }
static void die_segv(void) { raise(SIGSEGV); }
static void die_abort(void) { abort(); }
static void die_rt(void) { raise(SIGRTMAX); }
static void die_null(void) { *(volatile int *)8 = 1; }
static void die_null_blocked(void)
{
    sigset_t s;
    sigfillset(&s);
    sigprocmask(SIG_SETMASK, &s, NULL);
    *(volatile int *)8 = 1;
}
static void die_null_ignored(void)
{
    signal(SIGSEGV, SIG_IGN);
    raise(SIGSEGV);
    *(volatile int *)8 = 1;
}
static void live_ignored(void)
{
    signal(SIGTERM, SIG_IGN);
    raise(SIGTERM);
    signal(SIGCHLD, SIG_DFL);
    raise(SIGCHLD);
    raise(SIGURG);
    raise(SIGWINCH);
}

int main(void)
{
    sigset_t set, old, pending;
    union sigval v;

    SHOW(sigaction(SIGKILL, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL));
    SHOW(sigaction(0, NULL, NULL));
    SHOW(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
    SHOW(syscall(SYS_rt_sigprocmask, 7, &set, NULL, 8));
    SHOW(kill(getpid(), 65));
    SHOW(kill(getpid(), 0));
    for (int sig = 1; sig < 65; sig++)
        if (sig != SIGKILL && sig != SIGSTOP && !(sig >= 32 && sig <= 34))
            handle(sig, note, 0);

    /* (32 to 34 are the C library's) every signal, blocked and then let through: low numbers first, real-time ones queued in order */
    sigfillset(&set);
    sigprocmask(SIG_SETMASK, &set, &old);
    for (int sig = 64; sig > 34; sig -= 10) {
        for (v.sival_int = 1; v.sival_int <= 3; v.sival_int++)
            sigqueue(getpid(), sig, v);
    }
    raise(SIGUSR2), raise(SIGUSR1), raise(SIGUSR1), raise(SIGHUP), raise(SIGCHLD);
    sigpending(&pending);
    printf("pending:");
    for (int sig = 1; sig < 65; sig++)
        if (sigismember(&pending, sig) == 1)
            printf(" %d", sig);
    printf("\n");
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("%d delivered, sum", count);
    long sum = 0;
    for (int i = 0; i < count; i++)
        sum += order[i];
    printf(" %ld\n", sum);
    count = 0;

    for (int sig = 1; sig < 65; sig++)
        if (sig != SIGKILL && sig != SIGSTOP && !(sig >= 32 && sig <= 34))
            raise(sig);
    show_order("each");
    v.sival_int = 7;
    for (int i = 0; i < 3; i++, v.sival_int++)
        sigqueue(getpid(), 37, v);
    show_order("queued");

    handle(SIGUSR1, nested, SA_NODEFER);
    raise(SIGUSR1);
    printf("nodefer depth %d\n", deepest);
    deepest = entered = 0;
    handle(SIGUSR1, nested, 0);
    raise(SIGUSR1);
    printf("defer depth %d\n", deepest);
    handle(SIGUSR1, note, SA_RESETHAND);
    raise(SIGUSR1);
    struct sigaction now;
    sigaction(SIGUSR1, NULL, &now);
    printf("reset: %d %d\n", now.sa_handler == SIG_DFL, count);
    count = 0;

    handle(SIGUSR1, details, 0);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    v.sival_int = 1234;
    sigqueue(getpid(), SIGUSR1, v);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);

    siginfo_t info;
    struct timespec zero = { 0 }, some = { 5, 0 };
    SHOW(sigtimedwait(&set, &info, &zero));
    kill(getpid(), SIGUSR2);
    SHOW(sigtimedwait(&set, &info, &some));
    printf("took %d code %d\n", info.si_signo, info.si_code);
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    struct signalfd_siginfo si;
    raise(SIGUSR2);
    SHOW(read(fd, &si, sizeof si));
    printf("signalfd %u code %d\n", si.ssi_signo, si.ssi_code);

    /* synchronous ones that are sent: blocked they stay pending */
    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, SIGFPE);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGSEGV), raise(SIGFPE), raise(SIGSEGV);
    sigpending(&pending);
    printf("sync pending %d %d count %d\n", sigismember(&pending, SIGSEGV), sigismember(&pending, SIGFPE), count);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    show_order("sync");

    for (int sig = 1; sig < 65; sig++)
        if (!(sig >= 32 && sig <= 34))
            signal(sig, SIG_DFL);
    IN_CHILD(die_usr1);
    IN_CHILD(die_segv);
    IN_CHILD(die_abort);
    IN_CHILD(die_rt);
    IN_CHILD(die_null);
    IN_CHILD(die_null_blocked);
    IN_CHILD(die_null_ignored);
    IN_CHILD(live_ignored);
    return 0;
}
