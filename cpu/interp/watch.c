/* The table of watch.h. */
#include "interp/watch.h"

u32 watch_table[WATCH_ENTRIES];
bool watch_started;

void watch_start(void)
{
    __atomic_store_n(&watch_started, true, __ATOMIC_SEQ_CST);
    cache_flush();
}

void watch_fork_child(void)
{
    for (unsigned i = 0; i < WATCH_ENTRIES; i++)
        watch_table[i] += watch_table[i] & 1;
}
