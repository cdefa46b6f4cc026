/* Processes and threads that begin while others compile: fork from fresh and from hot code, vfork and posix_spawn from
 * several threads, many threads that start on the same and on different code. */
#include "code.h"

enum { FUNCTIONS = 1024, THREADS = 8 };
static char *common_code;
static atomic_bool stop;
static atomic_long wrong;
static pthread_barrier_t barrier;

static char *fresh_code(unsigned seed)
{
    char *code = code_map(FUNCTIONS * CODE_BYTES);
    if (code == MAP_FAILED)
        exit(9);
    for (unsigned i = 0; i < FUNCTIONS; i++)
        code_return(code + i * CODE_BYTES, seed + i);
    code_flush(code, FUNCTIONS * CODE_BYTES);
    return code;
}

/* Calls all functions; the number that return something else. */
static long run_all(char *code, unsigned seed)
{
    long bad = 0;
    for (unsigned i = 0; i < FUNCTIONS; i++)
        bad += code_call(code + i * CODE_BYTES) != seed + i;
    return bad;
}

static void *start_together(void *p)
{
    unsigned seed = (unsigned)(uintptr_t)p * 1000000;
    char *own = fresh_code(seed);
    pthread_barrier_wait(&barrier);
    wrong += run_all(common_code, 7); /* the same code */
    pthread_barrier_wait(&barrier);
    wrong += run_all(own, seed); /* different code */
    munmap(own, FUNCTIONS * CODE_BYTES);
    return NULL;
}

static void threads_start(long times)
{
    for (long n = 0; n < times; n++) {
        pthread_t t[THREADS];
        common_code = fresh_code(7);
        pthread_barrier_init(&barrier, NULL, THREADS);
        for (long i = 0; i < THREADS; i++)
            pthread_create(&t[i], NULL, start_together, (void *)(i + 1));
        for (int i = 0; i < THREADS; i++)
            pthread_join(t[i], NULL);
        munmap(common_code, FUNCTIONS * CODE_BYTES);
    }
    printf("threads that start together: wrong %ld\n", (long)wrong);
}

static void *keep_compiling(void *p)
{
    for (unsigned seed = (unsigned)(uintptr_t)p; !stop; seed += 12345) {
        char *code = fresh_code(seed);
        wrong += run_all(code, seed);
        munmap(code, FUNCTIONS * CODE_BYTES);
    }
    return NULL;
}

/* A child that compiles, and has a child that does. */
static int family(int levels, unsigned seed)
{
    pid_t pid = levels ? fork() : -1;
    if (pid == 0)
        _exit(family(levels - 1, seed + 1));
    char *code = fresh_code(seed);
    int bad = run_all(code, seed) != 0, status = 0;
    munmap(code, FUNCTIONS * CODE_BYTES);
    if (pid > 0 && (waitpid(pid, &status, 0) != pid || status))
        bad = 2;
    return bad;
}

static void forks(long times)
{
    pthread_t t[3];
    long failed = 0;
    stop = false;
    for (long i = 0; i < 3; i++)
        pthread_create(&t[i], NULL, keep_compiling, (void *)i);
    for (long n = 0; n < times; n++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(family((int)(n % 3), (unsigned)n));
        int status = 1;
        failed += waitpid(pid, &status, 0) != pid || status;
    }
    stop = true;
    for (int i = 0; i < 3; i++)
        pthread_join(t[i], NULL);
    printf("forks while others compile: wrong %ld, children that failed %ld\n", (long)wrong, failed);
}

static void quick_forks(long times)
{
    long failed = 0;
    for (long n = 0; n < times; n++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit((int)(n & 63));
        int status = 1;
        failed += waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != (n & 63);
    }
    printf("quick forks: children that failed %ld\n", failed);
}

static char **environment;
static atomic_long spawn_failed;
static long spawns;

static void *spawner(void *p)
{
    char *argv[] = {"fork_code", "child", NULL};
    for (long n = 0; n < spawns; n++) {
        pid_t pid;
        int status = 1;
        if (n % 2) {
            if (posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environment))
                pid = -1;
        } else if ((pid = vfork()) == 0) {
            execve("/proc/self/exe", argv, environment);
            _exit(99);
        }
        spawn_failed += waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 42;
        if (n % 4 == 0 && posix_spawn(&pid, "/does/not/exist", NULL, NULL, argv, environment) != ENOENT)
            spawn_failed++;
    }
    return p;
}

static void spawn_storm(void)
{
    pthread_t t[4];
    spawns = repeat(4, 250);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, spawner, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    printf("spawned: failed %ld\n", (long)spawn_failed);
}

int main(int argc, char **argv, char **envp)
{
    environment = envp;
    if (argc > 1 && !strcmp(argv[1], "child"))
        return 42;
    setvbuf(stdout, NULL, _IOLBF, 0);
    threads_start(repeat(2, 50));
    forks(repeat(20, 300));
    quick_forks(repeat(100, 1000));
    spawn_storm();
    return 0;
}
