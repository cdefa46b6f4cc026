/* What the engine counts, and `-d stats`. */
#define _GNU_SOURCE
#include "run/engine.h"
#include "run/keep.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

u64 engine_clock(void)
{
    struct timespec t;
    if (!log_on(LOG_STATS))
        return 0;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

void cpu_get_stats(struct cpu_stats *s)
{
    struct cache_stats c;
    cache_get_stats(&c);
    const u64 *from = (const u64 *)&engine.count;
    u64 *to = (u64 *)s;
    for (size_t i = 0; i < offsetof(struct cpu_stats, evictions) / sizeof *to; i++)
        to[i] = __atomic_load_n(&from[i], __ATOMIC_RELAXED);
    s->evictions = c.evicted;
    s->invalidations = c.invalidated;
    s->lookups = c.lookups;
    s->links = c.links;
    s->bytes_used = c.bytes_used;
}

void stats_forget(void)
{
    memset(&engine.count, 0, sizeof engine.count);
    cache_get_stats(&engine.at_fork);
}

static double per(u64 amount, u64 of) { return of ? (double)amount / (double)of : 0; }

void cpu_log_stats(void)
{
    static const char *const reasons[] = {
#define X(id, word) word,
        CPU_STAT_EXITS(X)
#undef X
    };
    struct cpu_stats s;
    char exits[400];
    int n = 0;
    if (!log_on(LOG_STATS))
        return;
    cpu_get_stats(&s);
    const struct cache_stats *before = &engine.at_fork;
    for (int i = 0; i < CPU_STAT_EXIT_COUNT; i++)
        n += snprintf(exits + n, sizeof exits - (size_t)n, "%s%s %lu", i ? ", " : "", reasons[i], s.exits[i]);
    log_print(LOG_STATS,
              "stats of process %d\n"
              "lifted:    %lu blocks, %lu instructions in %.3f ms (%.3f us each)\n"
              "compiled:  %lu blocks, %lu regions, %lu instructions in %.3f ms (%.3f us each), %lu failed\n"
              "host code: %lu bytes, %.1f per instruction\n"
              "kept:      %lu blocks taken from the file\n"
              "left code: %s\n"
              "cache:     %zu bytes, %lu evictions, %lu invalidations, %lu lookups, %lu links\n",
              (int)getpid(), s.blocks_lifted, s.insns_lifted, (double)s.lift_ns / 1e6, per(s.lift_ns, s.insns_lifted) / 1e3,
              s.blocks_compiled, s.regions_compiled, s.insns_compiled, (double)s.compile_ns / 1e6,
              per(s.compile_ns, s.insns_compiled) / 1e3, s.compiles_failed, s.host_bytes,
              per(s.host_bytes, s.insns_compiled), keep.taken, exits, s.bytes_used, s.evictions - before->evicted,
              s.invalidations - before->invalidated, s.lookups - before->lookups, s.links - before->links);
}
