/* Run by check_cli under xrun and natively: does what its first argument says.
 *
 *   exit N          ends with that status
 *   signal N        kills itself
 *   segv            writes to page 0
 *   abort           abort()
 *   show            prints arguments, environment and what the kernel says the program is
 *   cpuinfo         MIDR_EL1, then /proc/cpuinfo
 *   hwcap           prints AT_HWCAP and AT_HWCAP2
 *   lse             one LSE instruction
 *   many            runs 512 functions in turn, eight times
 *   features        prints ID registers that programs can read
 *   exec FILE A..   execve(FILE, {A..}) with a small environment; prints errno's name when it comes back
 *   fexec FILE A..  fexecve of a close-on-exec descriptor
 *   big N S         execs itself with N arguments of S bytes; the new one prints how many bytes arrived
 *   count A..       prints the number of arguments and their bytes
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <unistd.h>

extern char **environ;

static int show(char **argv)
{
    char path[PATH_MAX], comm[17] = "";
    for (int i = 0; argv[i]; i++)
        printf("argv %d %s\n", i, argv[i]);
    for (int i = 0; environ[i]; i++)
        printf("env %s\n", environ[i]);
    ssize_t n = readlink("/proc/self/exe", path, sizeof path);
    printf("exe %.*s\n", (int)n, path);
    prctl(PR_GET_NAME, comm);
    printf("comm %s\n", comm);
    printf("execfn %s\n", (char *)getauxval(AT_EXECFN));
    FILE *f = fopen("/proc/self/cmdline", "r");
    printf("cmdline");
    for (int c = getc(f); c != EOF; c = getc(f))
        putchar(c ? c : '|');
    putchar('\n');
    return 0;
}

static int hwcap(void)
{
    printf("%lx %lx\n", getauxval(AT_HWCAP), getauxval(AT_HWCAP2));
    return 0;
}

static int lse(void)
{
#ifdef __aarch64__
    unsigned long x = 41, one = 1;
    __asm__ volatile(".arch_extension lse\n ldadd %1, %1, [%0]" : : "r"(&x), "r"(one) : "memory");
    printf("%lu\n", x);
#endif
    return 0;
}

/* Each its own code, three blocks long. */
#define FUNCTION(n) __attribute__((noipa)) static unsigned function_##n(unsigned x) { return x > 0x##n ? x * 3 + 0x##n : x ^ 0x##n; }
#define EIGHT(X, n) X(n##0) X(n##1) X(n##2) X(n##3) X(n##4) X(n##5) X(n##6) X(n##7)
#define SIXTY_FOUR(X, n) EIGHT(X, n##0) EIGHT(X, n##1) EIGHT(X, n##2) EIGHT(X, n##3) EIGHT(X, n##4) EIGHT(X, n##5) EIGHT(X, n##6) EIGHT(X, n##7)
#define ALL(X)                                                                                                         \
    SIXTY_FOUR(X, 0) SIXTY_FOUR(X, 1) SIXTY_FOUR(X, 2) SIXTY_FOUR(X, 3) SIXTY_FOUR(X, 4) SIXTY_FOUR(X, 5) SIXTY_FOUR(X, 6) SIXTY_FOUR(X, 7)
ALL(FUNCTION)

static int many(void)
{
#define NAME(n) function_##n,
    static unsigned (*const functions[])(unsigned) = {ALL(NAME)};
#undef NAME
    unsigned sum = 1, want = 0;
    for (int round = 0; round < 8; round++) {
        sum = 1;
        for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++)
            sum = functions[i](sum);
        if (round && sum != want)
            return 1;
        want = sum;
    }
    puts("done");
    return 0;
}

static int features(void)
{
#ifdef __aarch64__
    unsigned long isar0, pfr0;
    __asm__("mrs %0, ID_AA64ISAR0_EL1" : "=r"(isar0));
    __asm__("mrs %0, ID_AA64PFR0_EL1" : "=r"(pfr0));
    printf("%lx %lx\n", isar0, pfr0);
#endif
    return 0;
}

static int cpuinfo(void)
{
#ifdef __aarch64__
    unsigned long midr;
    __asm__("mrs %0, MIDR_EL1" : "=r"(midr));
    printf("%lx\n", midr);
#endif
    FILE *f = fopen("/proc/cpuinfo", "r");
    for (int c = getc(f); c != EOF; c = getc(f))
        putchar(c);
    return 0;
}

static int came_back(void)
{
    printf("%s\n", strerrorname_np(errno));
    return 0;
}

static int exec(char **argv)
{
    char *env[] = {"ONE=1", "EMPTY=", "LD_PRELOAD=none.so", "TWO=2 words", NULL};
    execve(argv[0], argv + 1, env);
    return came_back();
}

static int exec_descriptor(char **argv)
{
    char *env[] = {"ONE=1", NULL};
    int fd = open(argv[0], O_RDONLY | O_CLOEXEC);
    fexecve(fd, argv + 1, env);
    return came_back();
}

static int big(const char *self, int count, int bytes)
{
    char *env[] = {NULL}, **argv = calloc((size_t)count + 3, sizeof *argv), *text = malloc((size_t)bytes + 1);
    memset(text, 'a', (size_t)bytes);
    text[bytes] = 0;
    argv[0] = "probe";
    argv[1] = "count";
    for (int i = 0; i < count; i++)
        argv[i + 2] = text;
    execve(self, argv, env);
    return came_back();
}

static int count(char **argv)
{
    size_t n = 0, bytes = 0;
    for (; argv[n]; n++)
        bytes += strlen(argv[n]) + 1;
    printf("%zu arguments, %zu bytes\n", n, bytes);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "show";
    if (!strcmp(what, "exit"))
        return atoi(argv[2]);
    if (!strcmp(what, "signal"))
        return raise(atoi(argv[2]));
    if (!strcmp(what, "segv"))
        *(volatile int *)8 = 1;
    if (!strcmp(what, "abort"))
        abort();
    if (!strcmp(what, "cpuinfo"))
        return cpuinfo();
    if (!strcmp(what, "hwcap"))
        return hwcap();
    if (!strcmp(what, "lse"))
        return lse();
    if (!strcmp(what, "many"))
        return many();
    if (!strcmp(what, "features"))
        return features();
    if (!strcmp(what, "exec"))
        return exec(argv + 2);
    if (!strcmp(what, "fexec"))
        return exec_descriptor(argv + 2);
    if (!strcmp(what, "big"))
        return big(argv[2], atoi(argv[3]), atoi(argv[4]));
    if (!strcmp(what, "count"))
        return count(argv + 2);
    return show(argv);
}
