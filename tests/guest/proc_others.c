/* /proc/<pid> of other processes: of a child that was only forked, and of one that has executed a program. */
#include "t.h"

static char self[PATH_MAX], text[1 << 18];

static const char *in(pid_t pid, const char *file)
{
    static char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    return path;
}

static size_t contents(const char *path)
{
    int fd = open(path, O_RDONLY);
    size_t n = 0;
    for (ssize_t r; fd >= 0 && (r = read(fd, text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t)r;
    text[n] = '\0';
    close(fd);
    return n;
}

static void strings(pid_t pid, const char *file)
{
    size_t n = contents(in(pid, file));
    printf("%s:", file);
    for (char *s = text; s < text + n; s += strlen(s) + 1)
        printf(" '%s'", s == text && !strncmp(s, self, strlen(self)) ? "self" : s);
    printf("\n");
}

static void look_at(pid_t pid)
{
    char link[PATH_MAX] = "";
    struct stat a, b;
    printf("exe %d\n", readlink(in(pid, "exe"), link, sizeof link - 1) > 0 && !strcmp(link, self));
    SHOW(stat(self, &a));
    SHOW(stat(in(pid, "exe"), &b));
    printf("same %d\n", a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    printf("bytes %d\n", contents(in(pid, "exe")) > 0 && !memcmp(text,
                                                                 "\x7f"
                                                                 "ELF",
                                                                 4));
    strings(pid, "cmdline");
    strings(pid, "environ");
    contents(in(pid, "comm"));
    printf("comm %d\n", !strncmp(text, strrchr(self, '/') + 1, 15));
    contents(in(pid, "maps"));
    char *first = strchr(text, '/'), *stack = strstr(text, "[stack]");
    printf("maps %d\n", first && !strncmp(first, self, strlen(self)) && first[strlen(self)] == '\n' && stack);
    printf("again %d\n", stack && strstr(stack, self) != NULL);
    contents(in(pid, "smaps"));
    printf("smaps %d\n", strstr(text, self) && strstr(text, "Rss:"));
}

/* The executed child: says that it is there, waits. */
static int child(char **argv)
{
    memset(argv[2], 'x', strlen(argv[2]));
    if (write(1, "", 1) != 1)
        return 1;
    pause();
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child(argv);
    if (!realpath(argv[0], self))
        return 1;
    for (int executes = 0; executes < 2; executes++) {
        int ready[2];
        char byte;
        SHOW(pipe(ready) < 0);
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            char *args[] = {self, "child", "secret", "", "last", NULL}, *env[] = {"A=1", "B=two", NULL};
            dup2(ready[1], 1);
            if (executes)
                execve(self, args, env);
            if (write(1, "", 1) == 1)
                pause();
            _exit(1);
        }
        close(ready[1]);
        SHOW(read(ready[0], &byte, 1));
        if (executes)
            look_at(pid);
        else
            printf("forked %d\n", readlink(in(pid, "exe"), text, sizeof text) == (ssize_t)strlen(self));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        SHOW(readlink(in(pid, "exe"), text, sizeof text));
        close(ready[0]);
    }
    return 0;
}
