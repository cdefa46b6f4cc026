/* fork, vfork, clone, spawn, wait, exec and its errors. */
#include "t.h"

extern char **environ;
static int shared;
static char stack[65536] __attribute__((aligned(16)));

static int clone_child(void *p)
{
    shared += *(int *)p;
    return 11;
}

static void write_file(const char *name, const char *text, int mode)
{
    int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0700);
    if (write(fd, text, strlen(text)) < 0)
        printf("write failed\n");
    close(fd);
    chmod(name, (mode_t)mode);
}

/* Runs ourselves again: "show" prints arguments and environment. */
static int show(int argc, char **argv)
{
    for (int i = 2; i < argc; i++)
        printf("[%s]", argv[i]);
    printf(" X=%s\n", getenv("X") ? getenv("X") : "none");
    sigset_t s;
    sigprocmask(SIG_SETMASK, NULL, &s);
    printf("blocked: usr1 %d segv %d\n", sigismember(&s, SIGUSR1), sigismember(&s, SIGSEGV));
    struct sigaction a;
    sigaction(SIGUSR2, NULL, &a);
    printf("usr2 ignored %d", a.sa_handler == SIG_IGN);
    sigaction(SIGSEGV, NULL, &a);
    printf(" segv ignored %d default %d\n", a.sa_handler == SIG_IGN, a.sa_handler == SIG_DFL);
    return 3;
}

static char self[PATH_MAX];

static void exec_self(void)
{
    sigset_t s;
    sigemptyset(&s);
    sigaddset(&s, SIGUSR1);
    sigaddset(&s, SIGSEGV);
    sigprocmask(SIG_SETMASK, &s, NULL);
    signal(SIGUSR2, SIG_IGN);
    signal(SIGSEGV, SIG_IGN);
    char *argv[] = { "me", "show", "a b", "", "c", NULL }, *env[] = { "X=1 2", NULL };
    fflush(stdout);
    execve(self, argv, env);
    printf("exec failed %d\n", errno);
}
static void exec_fd(void)
{
    int fd = open(self, O_RDONLY | O_CLOEXEC);
    char *argv[] = { "me", "show", "fd", NULL };
    fflush(stdout);
    fexecve(fd, argv, environ);
    printf("fexecve failed %d\n", errno);
}
static void exec_proc(void)
{
    char *argv[] = { "me", "show", "proc", NULL };
    fflush(stdout);
    execve("/proc/self/exe", argv, environ);
    printf("exec failed %d\n", errno);
}
static void exec_script(void)
{
    char *argv[] = { "ignored", "x", "y z", NULL };
    fflush(stdout);
    execve("./script", argv, environ);
    printf("script failed %s\n", strerrorname_np(errno));
}
static void exec_host_script(void)
{
    char *argv[] = { "ignored", "x", NULL };
    fflush(stdout);
    execve("./shell", argv, environ);
    printf("script failed %s\n", strerrorname_np(errno));
}
static void exec_handler(void)
{
    signal(SIGSEGV, (void (*)(int))exec_fd);
    exec_self();
}
static void *exec_from_thread(void *p)
{
    exec_fd();
    return p;
}
static void exec_thread(void)
{
    pthread_t t;
    pthread_create(&t, NULL, exec_from_thread, NULL);
    pthread_join(t, NULL);
}

static int try_exec(const char *path)
{
    char *argv[] = { "x", NULL };
    return execve(path, argv, environ);
}

static void errors(void)
{
    char text[PATH_MAX + 64];
    SHOW(try_exec("/no/such/file"));
    SHOW(try_exec(""));
    SHOW(try_exec("/etc/passwd/x"));
    SHOW(try_exec("/etc"));
    SHOW(try_exec("/etc/passwd"));
    write_file("text", "echo hello\n", 0755);
    SHOW(try_exec("./text"));
    write_file("empty", "", 0755);
    SHOW(try_exec("./empty"));
    write_file("lost", "#!/no/such/interpreter\n", 0755);
    SHOW(try_exec("./lost"));
    write_file("blank", "#!   \n", 0755);
    SHOW(try_exec("./blank"));
    write_file("loop", "#!./loop\n", 0755);
    SHOW(try_exec("./loop"));
    if (symlink("ring", "ring") && errno != EEXIST)
        printf("symlink failed\n");
    SHOW(try_exec("./ring"));
    SHOW(syscall(SYS_execve, 1, NULL, NULL));
    SHOW(syscall(SYS_execve, self, 1, NULL));
    SHOW(syscall(SYS_execveat, AT_FDCWD, "", NULL, NULL, 0));
    SHOW(syscall(SYS_execveat, AT_FDCWD, self, NULL, NULL, 0x1));
    SHOW(syscall(SYS_execveat, -1, "x", NULL, NULL, 0));
    SHOW(syscall(SYS_execveat, AT_FDCWD, "ring", NULL, NULL, AT_SYMLINK_NOFOLLOW));
    char *big = malloc(200000);
    memset(big, 'x', 199999);
    big[199999] = 0;
    SHOW(execve(self, (char *[]){ "x", big, NULL }, environ));
    (void)text;
}

int main(int argc, char **argv)
{
    int status;
    if (argc > 1 && !strcmp(argv[1], "show"))
        return show(argc, argv);
    unsetenv("X");
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        return 1;

    pid_t pid = vfork();
    if (pid == 0) {
        shared = 77;
        _exit(5);
    }
    waitpid(pid, &status, 0);
    show_status("vfork", status);
#ifndef __GLIBC__
    shared = 77; /* musl's vfork() is fork() there */
#endif
    printf("shared %d\n", shared);

    int add = 23;
    pid = clone(clone_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, &add);
    waitpid(pid, &status, 0);
    show_status("clone vm vfork", status);
    pid = clone(clone_child, stack + sizeof stack, CLONE_VM | SIGCHLD, &add);
    waitpid(pid, &status, 0);
    show_status("clone vm", status);
    pid = clone(clone_child, stack + sizeof stack, SIGCHLD, &add);
    waitpid(pid, &status, 0);
    show_status("clone", status);
    pid = clone(clone_child, stack + sizeof stack, CLONE_VM | SIGURG, &add);
    SHOW(waitpid(pid, &status, __WALL) == pid);
    printf("shared %d\n", shared);
    int tid_word = 99, pidfd = -1;
    pid = clone(clone_child, stack + sizeof stack, CLONE_FILES | CLONE_PARENT_SETTID | SIGCHLD, &add, &tid_word);
    printf("parent tid %d\n", tid_word == pid);
    waitpid(pid, &status, 0);
    pid = clone(clone_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, &add, &pidfd);
    struct pollfd p = { pidfd, POLLIN, 0 };
    SHOW(poll(&p, 1, 1000));
    waitpid(pid, &status, 0);
    SHOW(syscall(SYS_clone, CLONE_THREAD | SIGCHLD, 0, 0, 0, 0));
    SHOW(syscall(SYS_clone, CLONE_SIGHAND | SIGCHLD, 0, 0, 0, 0));
    SHOW(syscall(SYS_clone3, NULL, 10));
    uint64_t args[11] = { 0 };
    args[4] = SIGCHLD;
    fflush(stdout);
    pid = (pid_t)syscall(SYS_clone3, args, sizeof args);
    if (pid == 0)
        _exit(21);
    waitpid(pid, &status, 0);
    show_status("clone3", status);

    SHOW(posix_spawn(&pid, "/no/such/file", NULL, NULL, argv, environ) == ENOENT);
    char *spawn_argv[] = { "spawned", "show", "by spawn", NULL };
    fflush(stdout);
    SHOW(posix_spawn(&pid, self, NULL, NULL, spawn_argv, environ));
    waitpid(pid, &status, 0);
    show_status("spawn", status);
    fflush(stdout);
    SHOW(system("echo from the shell; exit 4") >> 8);
    FILE *f = popen("echo one two", "r");
    char line[64] = "";
    if (fgets(line, sizeof line, f))
        printf("popen: %s", line);
    SHOW(pclose(f));

    siginfo_t info = { 0 };
    fflush(stdout);
    if ((pid = fork()) == 0)
        _exit(9);
    SHOW(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
    printf("waitid code %d status %d signo %d pid %d\n", info.si_code, info.si_status, info.si_signo, info.si_pid == pid);
    SHOW(wait(&status) == pid);
    SHOW(wait(&status));
    SHOW(waitpid(-1, &status, WNOHANG));
    if ((pid = fork()) == 0) {
        raise(SIGSTOP);
        pause(); /* its end must not overtake the news that it goes on */
        _exit(1);
    }
    SHOW(waitpid(pid, &status, WUNTRACED) == pid);
    show_status("stop", status);
    kill(pid, SIGCONT);
    SHOW(waitpid(pid, &status, WCONTINUED) == pid);
    printf("continued %d\n", WIFCONTINUED(status));
    kill(pid, SIGTERM);
    struct rusage usage;
    SHOW(wait4(pid, &status, 0, &usage) == pid);

    char script[PATH_MAX + 32];
    snprintf(script, sizeof script, "#! %s  show first  arg \nrest\n", self);
    write_file("interp", script, 0755);
    snprintf(script, sizeof script, "#!%s show\n", self);
    write_file("script", script, 0755);
    write_file("shell", "#!/bin/sh -e\necho shell \"$@\" X=$X\n", 0755);
    setenv("X", "y", 1);
    IN_CHILD(exec_self);
    IN_CHILD(exec_fd);
    IN_CHILD(exec_proc);
    IN_CHILD(exec_script);
    IN_CHILD(exec_host_script);
    IN_CHILD(exec_handler);
    IN_CHILD(exec_thread);
    IN_CHILD(errors);
    return 0;
}
