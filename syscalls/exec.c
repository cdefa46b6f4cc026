/* execve(2) and execveat(2).
 *
 * A guest program is run by starting xrun again with its own options; so no binfmt_misc and no privilege is needed:
 *
 *     execve("/bin/ls", {"ls", "-l"}, env)  ->  execve(xrun, {xrun, options.., "--exec", "FD:/bin/ls", "-0", "ls",
 *                                                            "/sysroot/bin/ls", "-l"}, env)
 *
 * where descriptor FD is the open program: the new xrun loads exactly the file that was checked here, also when it has
 * no name any more, and reports what follows the colon as AT_EXECFN. A program of the host is executed as it is. `#!`
 * lines are followed here, with the interpreter taken from the sysroot if it is there. Everything that can go wrong is
 * found before the real execve, so that the guest gets its error and goes on.
 *
 * The strings of the guest are passed to the kernel where they are (but for variables that its own loader would obey);
 * only the vectors of pointers are rebuilt.
 */
#include "loader/loader.h"
#include "syscalls/seccomp.h"
#include "syscalls/signal/signal.h"
#include "syscalls/syscall.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_SCRIPTS = 5,              /* levels of #! before ELOOP */
    MAX_STRINGS = 0x7fffffff / 8, /* MAX_ARG_STRINGS, in pointers that can be had */
    FD_TEXT = 32,
};

/* A growing vector of pointers to strings. */
struct strings {
    char **item;
    size_t count, room;
};

struct exec {
    char name[PATH_MAX + FD_TEXT]; /* what the guest named: AT_EXECFN, and the script's name for its interpreter */
    char host[PATH_MAX + FD_TEXT]; /* path of the program on the host */
    int fd;                        /* open for reading, close-on-exec */
    bool unreachable;              /* name goes through a descriptor that execve closes */
    bool translated;               /* an interpreter is not where its #! line says: it is in the sysroot */
    struct load_check check;
    struct load_check line[MAX_SCRIPTS]; /* interpreter lines met, innermost last */
    char *script[MAX_SCRIPTS];           /* the script that each line came from */
    unsigned lines;
    struct strings argv, envp, whole;
    struct strings hidden; /* strings of envp that are not the guest's own */
    int filters; /* descriptor of the thread's seccomp filters, -1: none */
    char filters_text[FD_TEXT];
};

static int strings_add(struct strings *s, char *item)
{
    if (s->count == s->room) {
        size_t room = s->room ? s->room * 2 : 64;
        char **p = realloc(s->item, room * sizeof *p);
        if (!p)
            return -ENOMEM;
        s->item = p;
        s->room = room;
    }
    s->item[s->count++] = item;
    return 0;
}

/* The guest's vector at addr; NULL is an empty one. The strings stay in guest memory: the kernel checks them. */
static int strings_fetch(struct strings *s, u64 addr)
{
    u64 word = abi_bytes(&sys_abi, ST_ptr);
    for (u64 i = 0; addr; i++) {
        u64 p = 0;
        if (i >= MAX_STRINGS)
            return -E2BIG;
        if (abi_copy_in(&sys_abi, ST_ptr, &p, addr + i * word))
            return -EFAULT;
        if (!p)
            break;
        int error = strings_add(s, sys_window(p, 1));
        if (error)
            return error;
    }
    return 0;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

/* Opens what a path names for execution, with the errors of the kernel's do_open_execat(). The path is the host's. */
static int open_program(int dirfd, const char *path, int flags)
{
    struct stat st;
    bool empty = !*path && flags & AT_EMPTY_PATH;
    int nofollow = flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0;
    char link[FD_TEXT];

    int fd = empty ? fcntl(dirfd, F_DUPFD_CLOEXEC, 0) : openat(dirfd, path, O_PATH | O_CLOEXEC | nofollow);
    if (fd < 0)
        return -errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int error = 0, file = -1;
    if (fstat(fd, &st) < 0)
        error = -errno;
    else if (S_ISLNK(st.st_mode))
        error = -ELOOP;
    else if (!S_ISREG(st.st_mode))
        error = -EACCES;
    else if (faccessat(fd, "", X_OK, AT_EACCESS | AT_EMPTY_PATH) < 0)
        error = -errno;
    else if ((file = open(link, O_RDONLY | O_CLOEXEC)) < 0) /* one that may be run but not read cannot be emulated */
        error = -errno;
    if (error == -ENOENT && !empty) { /* a chroot without /proc */
        file = openat(dirfd, path, O_RDONLY | O_CLOEXEC | nofollow);
        error = file < 0 ? -errno : 0;
    }
    close(fd);
    return error ? error : file;
}

/* Without /proc: makes x->host absolute by the name of the current folder. */
static int add_folder(struct exec *x, int dirfd)
{
    char whole[sizeof x->host], folder[PATH_MAX];

    if (x->host[0] == '/')
        return 0;
    if (dirfd != AT_FDCWD || !getcwd(folder, sizeof folder) || folder[0] != '/')
        return -ENOENT;
    if ((size_t)snprintf(whole, sizeof whole, "%s/%s", folder, x->host) >= sizeof whole)
        return -ENAMETOOLONG;
    strcpy(x->host, whole);
    return 0;
}

/* Opens x->host relative to dirfd, looks at it, and makes x->host absolute. */
static int examine(struct exec *x, int dirfd, int flags)
{
    char link[FD_TEXT];
    ssize_t n;

    int fd = open_program(dirfd, x->host, flags);
    if (fd < 0)
        return fd;
    if (x->fd >= 0)
        close(x->fd);
    x->fd = fd;
    load_check_file(fd, &x->check);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, x->host, sizeof x->host - 1);
    if (n < 0) /* a chroot without /proc */
        return add_folder(x, dirfd);
    x->host[n] = '\0';
    return 0;
}

/* Follows #! lines until there is a program. */
static int follow_scripts(struct exec *x)
{
    char buffer[PATH_MAX];

    while (x->check.kind == LOAD_SCRIPT) {
        if (x->lines == MAX_SCRIPTS)
            return -ELOOP;
        if (x->unreachable) /* the interpreter could not open it */
            return -ENOENT;
        struct load_check *line = &x->line[x->lines];
        x->script[x->lines] = x->lines ? x->line[x->lines - 1].interpreter : x->name;
        *line = x->check;
        x->lines++;
        const char *host = proc_follow_exe(AT_FDCWD, sys_path(line->interpreter, buffer, sizeof buffer));
        snprintf(x->host, sizeof x->host, "%s", host);
        x->translated |= strcmp(host, line->interpreter) != 0;
        int error = examine(x, AT_FDCWD, 0);
        if (error)
            return error;
    }
    return x->check.kind == LOAD_BAD ? -x->check.error : 0;
}

/* --- the new arguments -------------------------------------------------------------------------------------------- */

static int add_all(struct strings *to, char *const *from, size_t count)
{
    int error = 0;
    for (size_t i = 0; i < count && !error; i++)
        error = strings_add(to, from[i]);
    return error;
}

/* argv[0] and what the interpreter lines put in front: interpreter, its argument, the script. The script that the guest
 * named replaces the guest's argv[0]. */
static int program_arguments(struct exec *x, struct strings *out)
{
    int error = 0;

    for (unsigned i = x->lines; i-- > 0 && !error;) {
        struct load_check *line = &x->line[i];
        if (i + 1 == x->lines)
            error = strings_add(out, line->interpreter);
        if (!error && *line->argument)
            error = strings_add(out, line->argument);
        if (!error)
            error = strings_add(out, x->script[i]);
    }
    if (!error && !x->lines)
        error = strings_add(out, x->argv.count ? x->argv.item[0] : (char *)"");
    if (!error && x->argv.count > 1)
        error = add_all(out, x->argv.item + 1, x->argv.count - 1);
    return error;
}

/* Is a string of the guest's environment for its loader or C library, so that those of xrun would obey it as well? */
static bool is_for_libc(u64 addr)
{
    static const char *const names[] = { "LD_", "GLIBC_TUNABLES=", "MALLOC_" };
    char start[16];
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        size_t n = strlen(names[i]);
        if (!copy_in(start, addr, n) && !memcmp(start, names[i], n))
            return true;
    }
    return false;
}

/* Puts SYS_GUEST_VARIABLE in front of such variables. What cannot be read stays: the kernel finds the fault. */
static int hide_variables(struct exec *x)
{
    enum { PREFIX = sizeof SYS_GUEST_VARIABLE - 1, MAX_STRING = 32 * MEM_PAGE /* MAX_ARG_STRLEN */ };

    for (size_t i = 0; i < x->envp.count; i++) {
        u64 addr = (u64)(uintptr_t)x->envp.item[i] - mem.base;
        if (!is_for_libc(addr))
            continue;
        char *text = malloc(PREFIX + MAX_STRING);
        if (!text || strings_add(&x->hidden, text)) {
            free(text);
            return -ENOMEM;
        }
        memcpy(text, SYS_GUEST_VARIABLE, PREFIX);
        if (copy_in_string(text + PREFIX, addr, MAX_STRING) >= 0)
            x->envp.item[i] = text;
    }
    return 0;
}

/* A program of the host knows nothing of the sysroot: names in front become host paths. A script whose interpreters are
 * all where it says is left to the kernel, which names the process after it. */
static int host_arguments(struct exec *x, char *buffer, size_t bytes)
{
    if (!x->lines)
        return program_arguments(x, &x->whole);
    x->script[0] = (char *)sys_path(x->name, buffer, bytes);
    if (x->translated)
        return program_arguments(x, &x->whole);
    snprintf(x->host, sizeof x->host, "%s", x->script[0]);
    return add_all(&x->whole, x->argv.item, x->argv.count);
}

/* Number of xrun's own options that children get. */
static size_t own_options(void)
{
    size_t own = 0;
    while (sys.options.self_args && sys.options.self_args[own])
        own++;
    return own;
}

/* xrun's own arguments in front of the guest's. option: room for the value of --exec. */
static int whole_arguments(struct exec *x, char *option, size_t bytes)
{
    struct strings program = { 0 }, *out = &x->whole;
    int error = program_arguments(x, &program);
    size_t own = own_options();

    snprintf(option, bytes, "%d:%s", x->fd, x->name);
    char *front[] = { (char *)sys.options.self };
    char *back[] = { (char *)"--exec", option, (char *)"-0", program.count ? program.item[0] : NULL, x->host };
    if (!error)
        error = add_all(out, front, 1);
    if (!error)
        error = add_all(out, sys.options.self_args, own);
    if (!error && x->filters >= 0) {
        char *pair[] = { (char *)"--seccomp", x->filters_text };
        snprintf(x->filters_text, sizeof x->filters_text, "%d", x->filters);
        error = add_all(out, pair, ARRAY_SIZE(pair));
    }
    if (!error)
        error = add_all(out, back, ARRAY_SIZE(back));
    if (!error)
        error = add_all(out, program.item + 1, program.count - 1);
    if (!error)
        error = strings_add(out, NULL);
    free(program.item);
    return error;
}

/* Where xrun cannot be reached by name (a chroot without /proc), binfmt_misc may still hold it open: the kernel
 * starts the program. whole: as whole_arguments() left it. */
static long run_by_kernel(struct exec *x, size_t own)
{
    char **argv = x->whole.item + 1 + own + 4; /* from x->host on */

    argv[0] = argv[-1];
    fcntl(x->fd, F_SETFD, FD_CLOEXEC);
    long r = sys_host(SYS_execve, x->host, argv, x->envp.item);
    return r == -ENOEXEC ? -ENOENT : r;
}

/* --- the call ----------------------------------------------------------------------------------------------------- */

static long run(struct exec *x)
{
    struct sys_thread *t = sys_self;
    bool host_program = x->check.kind == LOAD_HOST;
    char option[sizeof x->name + FD_TEXT], script[PATH_MAX];
    int error;

    if (host_program) {
        error = host_arguments(x, script, sizeof script);
        if (!error)
            error = strings_add(&x->whole, NULL);
    } else {
        error = whole_arguments(x, option, sizeof option);
        if (!error)
            error = hide_variables(x);
    }
    if (!error)
        error = strings_add(&x->envp, NULL);
    if (error)
        return error;
    if (!host_program)
        fcntl(x->fd, F_SETFD, 0);
    if (x->filters >= 0)
        fcntl(x->filters, F_SETFD, 0);
    sig_exec_prepare(t);
    sys_ending();
    long r = sys_host(SYS_execve, host_program ? x->host : sys.options.self, x->whole.item, x->envp.item);
    if (r == -ENOENT && !host_program) /* xrun's file was replaced or lies outside of a chroot */
        r = sys_host(SYS_execve, "/proc/self/exe", x->whole.item, x->envp.item);
    if (r == -ENOENT && !host_program && x->filters < 0)
        r = run_by_kernel(x, own_options());
    sig_exec_failed(t);
    return r;
}

/* What the guest calls the program: execve's path, or by way of the descriptor, as the kernel names it. */
static void set_name(struct exec *x, int dirfd, const char *path)
{
    if (dirfd == AT_FDCWD || path[0] == '/') {
        snprintf(x->name, sizeof x->name, "%s", path);
        return;
    }
    snprintf(x->name, sizeof x->name, *path ? "/dev/fd/%d/%s" : "/dev/fd/%d", dirfd, path);
    int fd_flags = fcntl(dirfd, F_GETFD);
    x->unreachable = fd_flags >= 0 && fd_flags & FD_CLOEXEC;
}

static long exec_with(struct exec *x, int dirfd, const char *path, u64 argv, u64 envp, int flags)
{
    char buffer[PATH_MAX];

    set_name(x, dirfd, path);
    const char *host = flags & AT_SYMLINK_NOFOLLOW ? sys_path_nofollow(path, buffer, sizeof buffer)
                                                   : proc_follow_exe(dirfd, sys_path(path, buffer, sizeof buffer));
    snprintf(x->host, sizeof x->host, "%s", host);
    long r = examine(x, dirfd, flags);
    if (!r)
        r = strings_fetch(&x->argv, argv);
    if (!r)
        r = strings_fetch(&x->envp, envp);
    if (!r)
        r = follow_scripts(x);
    if (!r && sys_self->seccomp && x->check.kind == LOAD_HOST) {
        log_print(LOG_UNIMP, "execve: %s is a program of the host: it cannot be given the guest's filters\n", x->host);
        r = -EPERM;
    }
    if (!r && sys_self->seccomp && (x->filters = seccomp_save(sys_self)) < 0)
        r = x->filters;
    return r ? r : run(x);
}

static long do_exec(int dirfd, const char *path, u64 argv, u64 envp, int flags)
{
    if (flags & ~(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
        return -EINVAL;
    if (!path)
        return -EFAULT;
    if (!*path && !(flags & AT_EMPTY_PATH))
        return -ENOENT;
    struct exec *x = calloc(1, sizeof *x);
    if (!x)
        return -ENOMEM;
    x->fd = x->filters = -1;
    long r = exec_with(x, dirfd, path, argv, envp, flags);
    if (x->fd >= 0)
        close(x->fd);
    if (x->filters >= 0)
        close(x->filters);
    for (size_t i = 0; i < x->hidden.count; i++)
        free(x->hidden.item[i]);
    free(x->hidden.item);
    free(x->argv.item);
    free(x->envp.item);
    free(x->whole.item);
    free(x);
    return r;
}

SYSCALL(execve, const char *path, u64 argv, u64 envp) { return do_exec(AT_FDCWD, path, argv, envp, 0); }

SYSCALL(execveat, int dirfd, const char *path, u64 argv, u64 envp, u64 flags)
{
    return do_exec(dirfd, path, argv, envp, (int)flags);
}
