/* Which blocks touch which guest page. All functions are called under the cache's lock. */
#ifndef XRUN_CACHE_PAGES_H
#define XRUN_CACHE_PAGES_H

#include "cache/cache.h"

/* Once, before the other functions. */
void pages_init(void);
/* How many pages [start, end) touches; at least 1. */
u64 pages_between(u64 start, u64 end);
/* The pages that ranges touch, each once; numbers has room for those of all ranges. Returns how many. */
u32 pages_of(const struct block_range *ranges, u32 count, u64 *numbers);
/* Enters a block under each page that its guest bytes touch. */
void pages_add(struct block *b);
/* True if one of the block's bytes is in [start, end). */
bool pages_touches(const struct block *b, u64 start, u64 end);
/* Takes it out again. */
void pages_remove(struct block *b);
/* Calls drop for every block with bytes in [start, end); drop removes it. */
void pages_for_each(u64 start, u64 end, void (*drop)(struct block *b));

#endif
