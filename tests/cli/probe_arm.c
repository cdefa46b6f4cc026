/* A 32-bit ARM program that says what it sees of its processor and its address space; see check_arm. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static int show_processor(void)
{
    struct utsname name;
    char line[512];
    uname(&name);
    printf("machine %s\nplatform %s\nhwcap %lx\nhwcap2 %lx\n", name.machine, (const char *)getauxval(AT_PLATFORM),
           getauxval(AT_HWCAP), getauxval(AT_HWCAP2));
    FILE *info = fopen("/proc/cpuinfo", "r");
    while (info && fgets(line, sizeof line, info) && strcmp(line, "\n"))
        fputs(line, stdout);
    return 0;
}

static int show_space(void)
{
    char line[512];
    int here;
    printf("stack %lx\n", (unsigned long)&here);
    printf("mmap %lx\n", (unsigned long)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    printf("top %lx\n", (unsigned long)mmap((void *)0xf0000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    printf("version %d\n", *(volatile int *)0xffff0ffc);
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps))
        if (strchr(line, '['))
            fputs(line, stdout);
    return 0;
}

/* The status of a program that a child process becomes. */
static int spawn(char **argv)
{
    int status = 0;
    pid_t pid = fork();
    if (!pid) {
        execv(*argv, argv);
        _exit(126);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "processor"))
        return show_processor();
    if (argc > 1 && !strcmp(argv[1], "space"))
        return show_space();
    if (argc > 2 && !strcmp(argv[1], "exec"))
        execv(argv[2], argv + 2);
    if (argc > 2 && !strcmp(argv[1], "spawn"))
        return spawn(argv + 2);
    return argc > 1 ? atoi(argv[1]) : 0;
}
