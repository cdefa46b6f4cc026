/* Threads: locals, locks, condition variables, signals to one of them, exits. */
#include "t.h"

enum { MANY = 200, ROUNDS = 200 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static long total;
static atomic_long free_total;
static __thread int own = 5;

static void *work(void *p)
{
    long id = (long)p;
    own += (int)id;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        total++;
        pthread_mutex_unlock(&lock);
        free_total++;
    }
    return (void *)(long)(own - 5 == id);
}

static int at;
static void *ping(void *p)
{
    int me = (int)(long)p;
    for (int i = 0; i < 300; i++) {
        pthread_mutex_lock(&lock);
        while (at % 2 != me)
            pthread_cond_wait(&turn, &lock);
        at++;
        pthread_cond_broadcast(&turn);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static volatile pid_t hit;
static void on(int sig) { (void)sig; hit = (pid_t)syscall(SYS_gettid); }
static atomic_int ready;
static void *target(void *p)
{
    *(pid_t *)p = (pid_t)syscall(SYS_gettid);
    ready = 1;
    while (!hit)
        sched_yield();
    return NULL;
}

static void *sleeper(void *p)
{
    ready = 1;
    while (ready)
        sleep(100);
    return p;
}

/* Set to 0 by the kernel when the main thread has ended. */
static atomic_int leader;
static void leader_wait(void)
{
    while (leader)
        sched_yield();
}
static void leader_begin(void)
{
    leader = 1;
    syscall(SYS_set_tid_address, &leader);
}

static void *exits_last(void *p)
{
    (void)p;
    leader_wait();
    printf("leader has gone\n");
    fflush(stdout);
    exit(7);
    return NULL;
}
static void leader_first(void)
{
    pthread_t t;
    leader_begin();
    pthread_create(&t, NULL, exits_last, NULL);
    pthread_exit(NULL);
}
static void *leaves(void *p)
{
    leader_wait();
    syscall(SYS_exit, 3);
    return p;
}
static void leader_code(void)
{
    pthread_t t;
    leader_begin();
    pthread_create(&t, NULL, leaves, NULL);
    syscall(SYS_exit, 9);
}
static void *group(void *p)
{
    (void)p;
    _exit(42);
}
static void group_exit(void)
{
    pthread_t t;
    pthread_create(&t, NULL, group, NULL);
    for (;;)
        pause();
}
static void *crash(void *p)
{
    (void)p;
    *(volatile int *)4 = 1;
    return NULL;
}
static void thread_crash(void)
{
    pthread_t t;
    pthread_create(&t, NULL, crash, NULL);
    pthread_join(t, NULL);
}

static void *locks_and_dies(void *p)
{
    pthread_mutex_lock(p);
    return NULL;
}

int main(void)
{
    static pthread_t t[MANY];
    long good = 0;
    void *r;

    for (long i = 0; i < MANY; i++)
        if (pthread_create(&t[i], NULL, work, (void *)i))
            printf("create failed\n");
    for (int i = 0; i < MANY; i++)
        pthread_join(t[i], &r), good += (long)r;
    printf("threads %ld total %ld free %ld\n", good, total, (long)free_total);

    pthread_create(&t[0], NULL, ping, (void *)0);
    pthread_create(&t[1], NULL, ping, (void *)1);
    pthread_join(t[0], NULL), pthread_join(t[1], NULL);
    printf("turns %d\n", at);

    pid_t tid = 0;
    signal(SIGUSR1, on);
    pthread_create(&t[0], NULL, target, &tid);
    while (!ready)
        sched_yield();
    SHOW(pthread_kill(t[0], SIGUSR1));
    pthread_join(t[0], NULL);
    printf("right thread %d\n", hit == tid);

    ready = 0;
    pthread_create(&t[0], NULL, sleeper, NULL);
    while (!ready)
        sched_yield();
    SHOW(pthread_cancel(t[0]));
    pthread_join(t[0], &r);
    printf("cancelled %d\n", r == PTHREAD_CANCELED);

    pthread_mutex_t robust;
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attr);
    pthread_create(&t[0], NULL, locks_and_dies, &robust);
    pthread_join(t[0], NULL);
    SHOW(pthread_mutex_lock(&robust));
    SHOW(pthread_mutex_consistent(&robust));
    SHOW(pthread_mutex_unlock(&robust));
    pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT);
    pthread_mutex_init(&robust, &attr);
    pthread_create(&t[0], NULL, locks_and_dies, &robust);
    pthread_join(t[0], NULL);
    SHOW(pthread_mutex_lock(&robust));
    SHOW(pthread_mutex_consistent(&robust));
    SHOW(pthread_mutex_unlock(&robust));

    IN_CHILD(leader_first);
    IN_CHILD(leader_code);
    IN_CHILD(group_exit);
    IN_CHILD(thread_crash);
    SHOW(setuid(getuid())); /* the C library signals every thread for this */
    return 0;
}
