/* The table of watch.h. */
#include "interp/watch.h"

u32 watch_table[WATCH_ENTRIES];
bool watch_started, watch_threads;

void watch_start(void)
{
    if (!__atomic_exchange_n(&watch_started, true, __ATOMIC_SEQ_CST))
        cache_flush();
}

void watch_fork_child(void)
{
    for (unsigned i = 0; i < WATCH_ENTRIES; i++)
        watch_table[i] += watch_table[i] & 1;
}
