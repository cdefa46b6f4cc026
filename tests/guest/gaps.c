/* What is easily forgotten: timeouts of sockets and SA_RESTART, a thread made by vfork, mappings that must be validated,
 * waitid's answer when it fails, an alternate stack of nothing, keys. */
#include "t.h"

#include <sys/socket.h>

static void on(int sig, siginfo_t *info, void *context) { (void)sig, (void)info, (void)context; }

/* Until the call has ended: the first knock may come before it has begun. */
static atomic_bool answered;
static void *knocks(void *p)
{
    while (!answered) {
        pthread_kill(*(pthread_t *)p, SIGUSR1);
        usleep(10000);
    }
    return NULL;
}

static void timeouts(void)
{
    int s[2];
    char byte;
    pthread_t self = pthread_self(), t;
    struct timeval long_time = { 1000, 0 }, short_time = { 0, 20000 };
    handle(SIGUSR1, on, SA_RESTART);
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof long_time);
    pthread_create(&t, NULL, knocks, &self);
    SHOW(read(s[0], &byte, 1));
    answered = true;
    pthread_join(t, NULL);
    answered = false;
    pthread_create(&t, NULL, knocks, &self);
    SHOW(recv(s[0], &byte, 1, 0));
    answered = true;
    pthread_join(t, NULL);
    setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &short_time, sizeof short_time);
    SHOW(read(s[0], &byte, 1));
}

static volatile int done;
static int slow(void *p)
{
    (void)p;
    struct timespec t = { 0, 50000000 };
    syscall(SYS_nanosleep, &t, NULL);
    done = 7;
    syscall(SYS_exit, 0);
    return 0;
}
static void vfork_thread(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_VFORK;
    SHOW(clone(slow, stack + sizeof stack, flags, NULL) > 0);
    printf("done %d\n", done);
}

static void validated(void)
{
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    SHOW(write(fd, "content", 7));
    char *p = mmap(NULL, 4096, PROT_READ, 3 /* MAP_SHARED_VALIDATE */, fd, 0);
    printf("%s\n", p == MAP_FAILED ? strerrorname_np(errno) : p);
    SHOW(mmap(NULL, 4096, PROT_READ, 3 | 1 << 27, fd, 0) == MAP_FAILED && errno == EOPNOTSUPP);
    SHOW(mmap(NULL, 4096, PROT_READ, 3, open("/dev/null", O_RDONLY), 0) == MAP_FAILED && errno == ENODEV);
}

int main(void)
{
    siginfo_t info;
    stack_t nothing = { 0 };
    timeouts();
    vfork_thread();
    validated();
    memset(&info, 0xff, sizeof info);
    SHOW(waitid(P_ALL, 0, &info, WEXITED));
    printf("signal %d pid %d\n", info.si_signo, info.si_pid);
    SHOW(syscall(SYS_waitid, P_ALL, 0, (void *)16, WEXITED, NULL));
    SHOW(syscall(SYS_sigaltstack, &nothing, NULL));
    long ring = syscall(SYS_keyctl, 0 /* KEYCTL_GET_KEYRING_ID */, -2, 1);
    if (ring > 0) {
        char text[100] = "";
        long key = syscall(SYS_add_key, "user", "a name", "secret", 6, ring);
        SHOW(key > 0);
        SHOW(syscall(SYS_keyctl, 11 /* KEYCTL_READ */, key, text, 100) == 6 && !strcmp(text, "secret"));
        SHOW(syscall(SYS_keyctl, 10 /* KEYCTL_SEARCH */, ring, "user", "a name", 0) == key);
        SHOW(syscall(SYS_keyctl, 3 /* KEYCTL_REVOKE */, key));
    }
    return 0;
}
