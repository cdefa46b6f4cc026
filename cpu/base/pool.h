/* Memory of xrun's own that lives long: many small pieces (blocks, and what the compiler keeps about them), and tables.
 *
 * Constraints. A process that translates much has tens of megabytes of it, each byte of which is touched once, so that bringing
 * pages is most of the cost. Beyond the first chunk, memory is therefore taken in huge pages where the kernel gives them when
 * asked (transparent_hugepage: always or madvise). Where a fault takes long (the page tables of a virtual machine may be
 * shadowed: then one costs as much as translating several blocks), which is measured, that begins with the first chunk. Chunks
 * are never given back: what uses them is bounded by its owner (cache_init()).
 */
#ifndef XRUN_POOL_H
#define XRUN_POOL_H

#include "base/base.h"

/* A piece of `bytes` bytes, more than 0, aligned to 16; its content is undefined. Never NULL. Any thread. */
void *pool_alloc(size_t bytes);
/* Gives back a piece of that size. NULL: nothing happens. Any thread. */
void pool_free(void *piece, size_t bytes);
/* Zeros, at a multiple of 64 where there are no sanitizers, until the process ends; at most 1 MB. Never NULL. Any thread. */
void *pool_table(size_t bytes);
/* Pages of zeros, `*bytes` at least, which becomes what munmap(2) needs. once: not one of many such, so that huge pages are no
 * waste. Never NULL. */
void *pool_pages(size_t *bytes, bool once);
/* Around fork(2), on both sides: no other thread is inside in between. */
void pool_fork_prepare(void);
void pool_fork_done(void);

#endif
