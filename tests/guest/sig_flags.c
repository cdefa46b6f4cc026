/* Flags of handlers and of alternate stacks, children's signals, sleeps that are stopped and continued. */
#include "t.h"

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static char alt[65536], alt2[65536];

static int which(const void *p)
{
    const char *c = p;
    return !c ? 0 : c >= alt && c < alt + sizeof alt ? 1 : c >= alt2 && c < alt2 + sizeof alt2 ? 2 : 3;
}

static void show_stack(const char *what)
{
    stack_t s;
    int r = sigaltstack(NULL, &s);
    printf("%s: %d flags %x size %zu stack %d\n", what, r, (unsigned)s.ss_flags, s.ss_size, which(s.ss_sp));
}

static int depth;

static void on_stack(int sig, siginfo_t *info, void *context)
{
    ucontext_t *u = context;
    (void)sig, (void)info;
    printf("handler on stack %d; came from flags %x size %zu stack %d\n", which(&u), (unsigned)u->uc_stack.ss_flags,
           u->uc_stack.ss_size, which(u->uc_stack.ss_sp));
    show_stack("in the handler");
    stack_t s = { .ss_sp = alt2, .ss_size = sizeof alt2 };
    SHOW(sigaltstack(&s, NULL));
    show_stack("set there");
    if (depth++ < 1)
        raise(SIGUSR1);
}

static void stacks(unsigned flags)
{
    struct sigaction a = { .sa_sigaction = on_stack, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
    stack_t s = { .ss_sp = alt, .ss_size = sizeof alt, .ss_flags = (int)flags };
    printf("flags %x\n", flags);
    depth = 0;
    sigaction(SIGUSR1, &a, NULL);
    SHOW(sigaltstack(&s, NULL));
    show_stack("before");
    raise(SIGUSR1);
    show_stack("afterwards");
    s.ss_flags = SS_DISABLE;
    SHOW(sigaltstack(&s, NULL));
    show_stack("disabled");
}

static void stack_errors(void)
{
    static const unsigned flags[] = { 4, SS_ONSTACK, SS_DISABLE | SS_AUTODISARM, SS_DISABLE | SS_ONSTACK };
    stack_t s = { .ss_sp = alt, .ss_size = sizeof alt };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        s.ss_flags = (int)flags[i];
        SHOW(sigaltstack(&s, NULL));
        show_stack("now");
    }
    s.ss_flags = 0;
    s.ss_size = 100;
    SHOW(sigaltstack(&s, NULL));
    SHOW(syscall(SYS_sigaltstack, 8, NULL));
    SHOW(syscall(SYS_sigaltstack, NULL, 8));
}

static volatile sig_atomic_t hits;

static void hit(int sig)
{
    (void)sig;
    hits++;
}

static int wait_for(pid_t pid, int options)
{
    int status;
    pid_t r;
    do
        r = waitpid(pid, &status, options);
    while (r < 0 && errno == EINTR);
    return r == pid ? status : -1;
}

static pid_t child(int status, bool stops)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    if (stops) {
        raise(SIGSTOP);
        pause();
    }
    _exit(status);
}

static void children(void)
{
    struct sigaction a = { .sa_handler = hit, .sa_flags = SA_NOCLDWAIT };
    sigaction(SIGCHLD, &a, NULL);
    printf("SA_NOCLDWAIT: %d", wait_for(child(3, false), 0));
    printf(" hits %d\n", hits);
    signal(SIGCHLD, SIG_IGN);
    printf("SIG_IGN: %d\n", wait_for(child(3, false), 0));
    hits = 0;
    a.sa_flags = SA_NOCLDSTOP;
    sigaction(SIGCHLD, &a, NULL);
    pid_t pid = child(4, true);
    printf("stopped: %x", wait_for(pid, WUNTRACED));
    printf(" hits %d\n", hits);
    kill(pid, SIGCONT);
    printf("continued: %x", wait_for(pid, WCONTINUED));
    printf(" hits %d\n", hits);
    kill(pid, SIGTERM);
    printf("ended: %x", wait_for(pid, 0));
    printf(" hits %d\n", hits);
    signal(SIGCHLD, SIG_DFL);
}

/* The kernel's struct sigaction. */
struct action {
    void *handler;
    unsigned long flags;
    void *restorer;
    unsigned long mask;
};

static void set_action(unsigned long flags, unsigned long mask)
{
    struct action a = { .handler = hit, .flags = flags, .mask = mask }, now;
    SHOW(syscall(SYS_rt_sigaction, SIGUSR2, &a, NULL, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR2, NULL, &now, 8));
    printf("flags %lx mask %lx\n", now.flags, now.mask);
}

static void actions(void)
{
    struct action a = { .handler = hit };
    set_action(SA_RESTART | 0x100 | 0x400, 1); /* some that nobody knows; 0x400 will never mean anything */
    set_action(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_NODEFER | 0xfful << 32, ~0ul);
    SHOW(syscall(SYS_rt_sigaction, SIGKILL, &a, NULL, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGKILL, NULL, &a, 8));
    SHOW(syscall(SYS_rt_sigaction, 0, NULL, &a, 8));
    SHOW(syscall(SYS_rt_sigaction, 64, NULL, &a, 8));
    SHOW(syscall(SYS_rt_sigaction, 65, NULL, &a, 8));
    SHOW(syscall(SYS_rt_sigaction, 64, NULL, &a, 4));
    SHOW(syscall(SYS_rt_sigaction, 64, 8, NULL, 8));
    signal(SIGUSR2, SIG_DFL);
}

static bool took_300_ms(struct timespec since)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since.tv_sec) * 1000 + (now.tv_nsec - since.tv_nsec) / 1000000 >= 300;
}

/* Stopped and continued, a sleep goes on with what remains of it. */
static void restart(void)
{
    SHOW(syscall(SYS_restart_syscall));
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        struct timespec t = { .tv_nsec = 300000000 }, start;
        clock_gettime(CLOCK_MONOTONIC, &start);
        SHOW(nanosleep(&t, NULL));
        printf("slept %d\n", took_300_ms(start));
        clock_gettime(CLOCK_MONOTONIC, &start);
        SHOW(poll(NULL, 0, 300));
        printf("slept %d\n", took_300_ms(start));
        fflush(stdout);
        _exit(0);
    }
    for (int i = 0; i < 4; i++) {
        usleep(50000);
        kill(pid, SIGSTOP);
        usleep(20000);
        kill(pid, SIGCONT);
    }
    printf("status %x\n", wait_for(pid, 0));
}

static void timer_of_a_thread(void)
{
    struct sigevent e = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 2, .sigev_value.sival_int = 77 };
    struct itimerspec soon = { .it_value.tv_nsec = 1000000 };
    timer_t t;
    sigset_t set;
    siginfo_t info;
#ifdef __GLIBC__
    e._sigev_un._tid = (pid_t)syscall(SYS_gettid);
#else
    e.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
#endif
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    SHOW(timer_create(CLOCK_MONOTONIC, &e, &t));
    SHOW(timer_settime(t, 0, &soon, NULL));
    printf("timer %d", sigwaitinfo(&set, &info) == SIGRTMIN + 2);
    printf(" code %d value %d\n", info.si_code, info.si_value.sival_int);
    SHOW(timer_delete(t));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

int main(void)
{
    stacks(0);
    stacks(SS_AUTODISARM);
    stack_errors();
    children();
    actions();
    restart();
    timer_of_a_thread();
    return 0;
}
