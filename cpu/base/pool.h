/* Memory for many small pieces that live long: blocks, and what the compiler keeps about them.
 *
 * Constraints. A process that translates much has tens of megabytes of it, each byte of which is touched once, so that bringing
 * pages is most of the cost: where a virtual machine's page tables are shadowed, a fault for a page takes as long as translating
 * several blocks. Beyond the first chunk, memory is therefore taken in huge pages where the kernel gives them when asked
 * (transparent_hugepage: always or madvise), and a piece that is freed is used again for one of the same size. Chunks are never
 * given back: what uses them is bounded by its owner (cache_init()).
 */
#ifndef XRUN_POOL_H
#define XRUN_POOL_H

#include "base/base.h"

/* A piece of `bytes` bytes, more than 0, aligned to 16; its content is undefined. Never NULL. Any thread. */
void *pool_alloc(size_t bytes);
/* Gives back a piece of that size. NULL: nothing happens. Any thread. */
void pool_free(void *piece, size_t bytes);
/* Around fork(2), on both sides: no other thread is inside in between. */
void pool_fork_prepare(void);
void pool_fork_done(void);

#endif
