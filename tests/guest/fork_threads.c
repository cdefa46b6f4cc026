/* fork in a process with busy threads and a timer that interrupts them; vfork and spawn from several threads at once. */
#include "t.h"

static atomic_bool stop;
static atomic_long rounds;
static void *busy(void *p)
{
    while (!stop) {
        char *m = malloc(100 + (size_t)rounds % 5000);
        m[0] = 1;
        free(m);
        void *a = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        munmap(a, 65536);
        rounds++;
    }
    return p;
}

static void *in_thread(void *p)
{
    *(int *)p += 1;
    return p;
}

static void *spawner(void *p)
{
    long good = 0;
    for (int i = 0; i < 10; i++) {
        char *argv[] = { "true", NULL };
        pid_t pid;
        int status;
        if (posix_spawn(&pid, "/no/such/file", NULL, NULL, argv, environ) == ENOENT)
            good++;
        if (posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) == 0 && waitpid(pid, &status, 0) == pid &&
            status == 0)
            good++;
    }
    (void)p;
    return (void *)good;
}

static atomic_long alarms;
static void on_alarm(int sig) { alarms += sig == SIGALRM; }

int main(void)
{
    pthread_t t[4];
    struct sigaction a = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
    struct itimerval often = { { 0, 500 }, { 0, 500 } };
    sigaction(SIGALRM, &a, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, busy, NULL);
    int good = 0;
    for (int i = 0; i < 30; i++) {
        pid_t pid = fork();
        if (pid == 0) {
            /* the child may use locks that others held, and threads of its own */
            free(malloc(123456));
            pthread_t own;
            int n = 0;
            pthread_create(&own, NULL, in_thread, &n);
            pthread_join(own, NULL);
            _exit(n == 1 ? 33 : 1);
        }
        int status;
        if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 33)
            good++;
    }
    printf("forks %d\n", good);
    pthread_t s[3];
    long spawned = 0;
    void *r;
    for (int i = 0; i < 3; i++)
        pthread_create(&s[i], NULL, spawner, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(s[i], &r), spawned += (long)r;
    printf("spawns %ld\n", spawned);
    while (alarms < 10)
        usleep(1000);
    stop = true;
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    return 0;
}
