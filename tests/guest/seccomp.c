/* Filters of system calls: each action, several filters, inheritance by threads, children and execve, strict mode. */
#include "t.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

#define DATA(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define LOW(n) (offsetof(struct seccomp_data, args[n]) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4 : 0))

static long install(struct sock_filter *code, size_t count, unsigned flags)
{
    struct sock_fprog p = { (unsigned short)count, code };
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &p);
}
#define INSTALL(code, flags) install(code, sizeof(code) / sizeof *(code), flags)

/* The action for one call, everything else allowed. */
static long on_call(long nr, unsigned action)
{
    struct sock_filter code[] = { DATA(nr), IF_EQUAL((unsigned)nr, 0, 1), RETURN(action), RETURN(SECCOMP_RET_ALLOW) };
    return INSTALL(code, 0);
}

static volatile siginfo_t seen;
static void on_sys(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    *(siginfo_t *)&seen = *info;
}

static void errors(void)
{
    SHOW(on_call(SYS_getppid, SECCOMP_RET_ERRNO | ENOTTY));
    SHOW(syscall(SYS_getppid));
    SHOW(on_call(SYS_getppid, SECCOMP_RET_ERRNO | EBADF)); /* the newest wins among equals */
    SHOW(syscall(SYS_getppid));
    SHOW(on_call(SYS_getppid, SECCOMP_RET_ERRNO));
    SHOW(syscall(SYS_getppid));
    SHOW(on_call(SYS_getppid, SECCOMP_RET_ALLOW));
    SHOW(syscall(SYS_getppid));
    SHOW(on_call(SYS_sync, SECCOMP_RET_ERRNO | 5000));
    syscall(SYS_sync);
    printf("at most %d\n", errno);
    SHOW(on_call(SYS_getpgid, SECCOMP_RET_TRACE));
    SHOW(syscall(SYS_getpgid, 0));
    SHOW(on_call(100000, SECCOMP_RET_ERRNO | EXDEV));
    SHOW(syscall(100000));
    SHOW(prctl(PR_GET_SECCOMP));
}

static void arguments(void)
{
    struct sock_filter code[] = {
        DATA(nr), IF_EQUAL(SYS_lseek, 0, 6),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LOW(1)), BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 3), BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_ST, 5), BPF_STMT(BPF_LD | BPF_MEM, 5), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 300, 1, 0),
        RETURN(SECCOMP_RET_ALLOW), RETURN(SECCOMP_RET_ERRNO | EDOM),
    };
    int fd = open("/dev/zero", O_RDONLY);
    SHOW(INSTALL(code, 0));
    SHOW(lseek(fd, 100, SEEK_SET));
    SHOW(lseek(fd, 101, SEEK_SET));
}

static void trapped(void)
{
    handle(SIGSYS, on_sys, 0);
    SHOW(on_call(SYS_getsid, SECCOMP_RET_TRAP | 77));
    syscall(SYS_getsid, 0);
    printf("SIGSYS: code %d errno %d call %d arch %d\n", seen.si_code, seen.si_errno, seen.si_syscall == SYS_getsid,
           (seen.si_arch & 0x80000000) != 0);
}
static void trapped_unhandled(void)
{
    on_call(SYS_getsid, SECCOMP_RET_TRAP);
    syscall(SYS_getsid, 0);
}
static void killed(void)
{
    on_call(SYS_getsid, SECCOMP_RET_KILL_PROCESS);
    syscall(SYS_getsid, 0);
}
static void *dies(void *p)
{
    on_call(SYS_getsid, SECCOMP_RET_KILL_THREAD);
    syscall(SYS_getsid, 0);
    printf("still here\n");
    return p;
}
static void thread_killed(void)
{
    pthread_t t;
    pthread_create(&t, NULL, dies, NULL);
    usleep(100000);
    printf("the other one lives\n");
    fflush(stdout);
    _exit(3);
}
static void thread_killed_alone(void) { dies(NULL); }

static atomic_int stage;
static void *waits(void *p)
{
    (void)p;
    stage = 1;
    while (stage == 1)
        sched_yield();
    return (void *)(long)(syscall(SYS_getsid, 0) == -1 ? errno : 0);
}
static void shared(void)
{
    pthread_t t;
    void *r;
    struct sock_filter code[] = { DATA(nr), IF_EQUAL(SYS_getsid, 0, 1), RETURN(SECCOMP_RET_ERRNO | EXDEV), RETURN(SECCOMP_RET_ALLOW) };
    pthread_create(&t, NULL, waits, NULL);
    while (!stage)
        sched_yield();
    SHOW(INSTALL(code, SECCOMP_FILTER_FLAG_TSYNC));
    stage = 2;
    pthread_join(t, &r);
    printf("in the other thread: %ld\n", (long)r);
}

static void inherited(void)
{
    on_call(SYS_getsid, SECCOMP_RET_ERRNO | EXDEV);
    fflush(stdout);
    if (fork() == 0) {
        printf("child: ");
        SHOW(syscall(SYS_getsid, 0));
        fflush(stdout);
        char *argv[] = { (char *)"x", (char *)"again", NULL };
        execv("/proc/self/exe", argv);
        _exit(99);
    }
    int status;
    wait(&status);
    show_status("executed", status);
}

static void strict(void)
{
    fflush(stdout);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
        return;
    syscall(SYS_write, 1, "allowed\n", 8);
    syscall(SYS_getpid);
}

static void wrong(void)
{
    struct sock_filter no_return[] = { DATA(nr) }, outside[] = { IF_EQUAL(1, 5, 0), RETURN(0) },
                       odd[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), RETURN(0) },
                       byte[] = { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RETURN(0) },
                       divide[] = { BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), RETURN(0) };
    unsigned action = SECCOMP_RET_TRAP, unknown = 0x12340000;
    SHOW(INSTALL(no_return, 0));
    SHOW(INSTALL(outside, 0));
    SHOW(INSTALL(odd, 0));
    SHOW(INSTALL(byte, 0));
    SHOW(INSTALL(divide, 0));
    SHOW(install(odd, 0, 0));
    SHOW(INSTALL(odd, 1 << 20));
    SHOW(syscall(SYS_seccomp, 99, 0, NULL));
    SHOW(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL));
    SHOW(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL));
    SHOW(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action));
    SHOW(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &unknown));
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        printf("%s: ", argv[1]);
        SHOW(syscall(SYS_getsid, 0));
        return 5;
    }
    SHOW(prctl(PR_GET_SECCOMP));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    IN_CHILD(wrong);
    IN_CHILD(errors);
    IN_CHILD(arguments);
    IN_CHILD(trapped);
    IN_CHILD(trapped_unhandled);
    IN_CHILD(killed);
    IN_CHILD(thread_killed);
    IN_CHILD(thread_killed_alone);
    IN_CHILD(shared);
    IN_CHILD(inherited);
    IN_CHILD(strict);
    return 0;
}
