/* /proc as the program sees itself. */
#include "t.h"

static char self[PATH_MAX];

static void link_is(const char *path)
{
    char text[PATH_MAX] = "";
    ssize_t n = readlink(path, text, sizeof text - 1);
    printf("%s %d\n", strncmp(path, "/proc/", 6) || path[6] < '0' || path[6] > '9' ? path : "/proc/N/exe",
           n > 0 && !strcmp(text, self));
}

static long contents(int dirfd, const char *path, char *text, size_t bytes)
{
    int fd = openat(dirfd, path, O_RDONLY);
    long n = 0, r;
    while (fd >= 0 && (r = read(fd, text + n, bytes - 1 - (size_t)n)) > 0)
        n += r;
    text[n] = 0;
    close(fd);
    return n;
}

static char text[1 << 20];

static bool maps_has(int dirfd, const char *path, const void *address, const char *perms, const char *name)
{
    contents(dirfd, path, text, sizeof text);
    char *save;
    for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
        unsigned long a, b;
        char p[8];
        if (sscanf(l, "%lx-%lx %4s", &a, &b, p) == 3 && a <= (unsigned long)address && (unsigned long)address < b)
            return !strcmp(p, perms) && strstr(l, name);
    }
    return false;
}

static void *other(void *p)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/thread-self/maps");
    printf("thread maps %d\n", maps_has(AT_FDCWD, path, p, "rw-p", ""));
    return NULL;
}

/* Lines of the smaps entry of an address, in the order of the file. */
static void smaps_shows(const char *what, const void *address)
{
    static const char *const names[] = {
        "Size:",          "Rss:",           "Pss:",       "Shared_Clean:", "Shared_Dirty:",
        "Private_Clean:", "Private_Dirty:", "Anonymous:", "Swap:",         "VmFlags: "};
    char *save;
    bool inside = false;
    contents(AT_FDCWD, "/proc/self/smaps", text, sizeof text);
    printf("%s:", what);
    for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
        unsigned long a, b;
        if (sscanf(l, "%lx-%lx ", &a, &b) == 2)
            inside = a <= (unsigned long)address && (unsigned long)address < b;
        for (size_t i = 0; inside && i < sizeof names / sizeof *names; i++)
            if (!strncmp(l, names[i], strlen(names[i])))
                printf(" %.*s%.6s", (int)strcspn(l, ":"), l,
                       l + strcspn(l, ":") + 1 + strspn(l + strcspn(l, ":") + 1, " "));
    }
    printf("\n");
}

/* Memory whose pages are alone, shared with a child, and given up. */
static void smaps_counts(void)
{
    enum { PAGE = 4096 };
    char *m = mmap(NULL, 6 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *inner = m + PAGE;
    mprotect(inner, 4 * PAGE, PROT_READ | PROT_WRITE);
    smaps_shows("untouched", inner);
    memset(inner, 1, 3 * PAGE);
    smaps_shows("written", inner);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        smaps_shows("after fork", inner);
        inner[0] = 2;
        smaps_shows("and a write", inner);
        fflush(stdout);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    smaps_shows("alone again", inner);
    madvise(inner, PAGE, MADV_DONTNEED);
    smaps_shows("one page less", inner);
    smaps_shows("no access", m);
    contents(AT_FDCWD, "/proc/self/smaps_rollup", text, sizeof text);
    char *anonymous = strstr(text, "Anonymous:"), *rss = strstr(text, "Rss:");
    printf("rollup %d %d\n", strstr(text, "[rollup]\n") && !strchr(strchr(text, '\n'), '-'),
           anonymous && rss && atol(anonymous + 10) > 0 && atol(anonymous + 10) <= atol(rss + 4));
}

int main(int argc, char **argv)
{
    char path[PATH_MAX];
    (void)argc;
    if (!realpath(argv[0], self))
        return 1;
    link_is("/proc/self/exe");
    link_is("/proc/thread-self/exe");
    snprintf(path, sizeof path, "/proc/%d/exe", getpid());
    link_is(path);
    struct stat a, b;
    SHOW(stat("/proc/self/exe", &a));
    SHOW(stat(self, &b));
    printf("same file %d\n", a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    int fd = open("/proc/self/exe", O_RDONLY);
    fstat(fd, &a);
    printf("same file %d\n", a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    close(fd);

    char *anonymous = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(anonymous + 4096, 4096, PROT_READ);
    int local;
    SHOW(maps_has(AT_FDCWD, "/proc/self/maps", anonymous, "rw-p", ""));
    SHOW(maps_has(AT_FDCWD, "/proc/self/maps", anonymous + 4096, "r--p", ""));
    SHOW(maps_has(AT_FDCWD, "/proc/self/maps", (void *)main, "r-xp", self));
    SHOW(maps_has(AT_FDCWD, "/proc/self/maps", &local, "rw-p", "[stack]"));
    SHOW(maps_has(AT_FDCWD, "/proc/self/smaps", anonymous, "rw-p", ""));
    smaps_counts();
    int dir = open("/proc", O_RDONLY | O_DIRECTORY);
    SHOW(maps_has(dir, "self/maps", &local, "rw-p", "[stack]"));
    if (symlink("/proc/self/maps", "link-to-maps") && errno != EEXIST)
        return 1;
    SHOW(maps_has(AT_FDCWD, "link-to-maps", &local, "rw-p", "[stack]"));
    int here = open("/proc/self", O_PATH);
    SHOW(maps_has(here, "maps", &local, "rw-p", "[stack]"));
    SHOW(fchdir(here));
    SHOW(maps_has(AT_FDCWD, "maps", &local, "rw-p", "[stack]"));
    pthread_t t;
    pthread_create(&t, NULL, other, anonymous);
    pthread_join(t, NULL);

    long n = contents(AT_FDCWD, "/proc/self/cmdline", text, sizeof text);
    printf("cmdline %d\n", n == (long)strlen(argv[0]) + 1 && !strcmp(text, argv[0]));
    contents(AT_FDCWD, "/proc/self/comm", text, sizeof text);
    char want[32];
    snprintf(want, 16, "%s", strrchr(self, '/') + 1);
    printf("comm %d\n", !strncmp(text, want, strlen(want)) && !strcmp(text + strlen(want), "\n"));
    contents(AT_FDCWD, "/proc/self/stat", text, sizeof text);
    char *rest = strrchr(text, ')');
    printf("stat %d %d\n", atoi(text) == getpid(), rest && !strncmp(rest, ") R", 3));
    int fields = 0;
    for (char *p = rest; p && (p = strchr(p + 1, ' ')); fields++)
        ;
    printf("fields %d\n", fields);
    n = contents(AT_FDCWD, "/proc/self/auxv", text, sizeof text);
    unsigned long *v = (unsigned long *)text;
    bool pagesize = false;
    for (; *v; v += 2)
        if (v[0] == 6)
            pagesize = v[1] == 4096;
    printf("auxv %d\n", pagesize);
    setenv("LATER", "1", 1);
    n = contents(AT_FDCWD, "/proc/self/environ", text, sizeof text);
    printf("environ %d\n", n > 0 && !strcmp(text, environ[0]));
    handle(SIGUSR1, NULL, 0);
    signal(SIGUSR2, SIG_IGN);
    struct sigaction act = {.sa_handler = (void (*)(int))other};
    sigaction(SIGUSR1, &act, NULL);
    contents(AT_FDCWD, "/proc/self/status", text, sizeof text);
    char *line = strstr(text, "SigIgn:");
    if (line)
        printf("%.*s\n", (int)strcspn(line, "\n"), line);
    line = strstr(text, "SigCgt:");
    if (line) /* some C libraries handle a real-time signal */
        printf("caught %llx\n", strtoull(line + 7, NULL, 16) & 0x7fffffff);
    fd = open("/proc/self/mem", O_RDWR);
    int value = 5, copy = 0;
    if (sizeof(long) == 8) { /* see the limits in syscalls/README.md */
        SHOW(pread(fd, &copy, sizeof copy, (off_t)(uintptr_t)&value));
        printf("mem %d\n", copy);
    }
    contents(AT_FDCWD, "/proc/cpuinfo", text, sizeof text);
    int cpus = 0;
    for (char *p = text; (p = strstr(p, "processor\t:")); p++)
        cpus++;
    printf("cpuinfo %d\n", cpus == sysconf(_SC_NPROCESSORS_ONLN));
    return 0;
}
