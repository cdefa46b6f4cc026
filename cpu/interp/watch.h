/* Whether a location was written between a load- and a store-exclusive, even if it holds the old value again.
 *
 * Compared is the value alone while nothing but registers is worked on between the two: the load could as well have
 * been done just before the store, and nobody can tell the difference (IR_MEM_ALONE). A pair with other memory
 * accesses between can tell: it may have followed the pointer that it loaded. The first such pair of a process with
 * threads fails at its store; from then on every atomic operation, store-exclusive and store-release counts in a
 * table by address, and the store-exclusive fails if the count changed. A load without a store starts nothing. An
 * entry is odd while somebody is at it. Plain stores do not count: of
 * the two writes that bring a value back one must have been an atomic one, unless the location has a writer that
 * does not care for others' updates. */
#ifndef XRUN_INTERP_WATCH_H
#define XRUN_INTERP_WATCH_H

#include "interp/interp.h"

#include <sched.h>

enum { WATCH_ENTRIES = 1024, WATCH_GRANULE = 16 };
extern u32 watch_table[WATCH_ENTRIES];
extern bool watch_started, watch_threads;

/* True once there was such a pair: compiled code must use the interpreter's functions then. */
static inline bool watch_on(void) { return __atomic_load_n(&watch_started, __ATOMIC_RELAXED); }
/* There is, or was, more than one thread: watch_share() was called, before the second began to run. */
static inline bool watch_shared(void) { return __atomic_load_n(&watch_threads, __ATOMIC_RELAXED); }
static inline void watch_share(void) { __atomic_store_n(&watch_threads, true, __ATOMIC_RELAXED); }
/* Begins to count, if nobody has; drops all compiled code, which does not. */
void watch_start(void);
/* In the child of a fork: entries that other threads were at are free. */
void watch_fork_child(void);

static inline u32 *watch_entry(const void *p)
{
    return &watch_table[(uintptr_t)p / WATCH_GRANULE % WATCH_ENTRIES];
}

/* The count, while nobody is at the location. */
static inline u32 watch_count(const void *p)
{
    u32 count;
    for (unsigned spins = 0; (count = __atomic_load_n(watch_entry(p), __ATOMIC_ACQUIRE)) & 1; spins++)
        if (spins > 100)
            sched_yield();
    return count;
}

/* Around a write; held is interp_thread.watched, which interp_land() gives back when the write faults. */
static inline u32 watch_enter(u32 **held, const void *p)
{
    u32 count;
    do
        count = watch_count(p);
    while (!__atomic_compare_exchange_n(watch_entry(p), &count, count + 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    *held = watch_entry(p);
    return count;
}
static inline void watch_leave(u32 **held)
{
    u32 *entry = *held;
    *held = NULL;
    if (entry)
        __atomic_fetch_add(entry, 1, __ATOMIC_RELEASE);
}

#endif
