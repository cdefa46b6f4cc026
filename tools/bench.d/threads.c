/* Two threads: independent work, a counter that both add to, a lock. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_ulong counter;
static unsigned long guarded;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int rounds = 1;

static void *work(void *arg)
{
    uint64_t v = (uintptr_t)arg, sum = 0;
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < 4000000; i++) {
            v = v * 6364136223846793005ull + 1442695040888963407ull;
            sum += v >> 33;
        }
        for (int i = 0; i < 200000; i++)
            atomic_fetch_add_explicit(&counter, 1, memory_order_relaxed);
        for (int i = 0; i < 20000; i++) {
            pthread_mutex_lock(&lock);
            guarded++;
            pthread_mutex_unlock(&lock);
        }
    }
    return (void *)(uintptr_t)sum;
}

int main(int argc, char **argv)
{
    pthread_t t[2];
    void *result[2];
    rounds = argc > 1 ? atoi(argv[1]) : 1;
    for (uintptr_t i = 0; i < 2; i++)
        if (pthread_create(&t[i], NULL, work, (void *)(i + 1)))
            return 1;
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], &result[i]);
    printf("%lx %lx %lu %lu\n", (unsigned long)(uintptr_t)result[0], (unsigned long)(uintptr_t)result[1],
           (unsigned long)counter, guarded);
    return 0;
}
