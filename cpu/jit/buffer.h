/* Memory for code: one object mapped twice, writable here and executable there, so that no page is both. Chunks consist of
 * granules; bitmaps say which granules are used and which begin a chunk. */
#ifndef XRUN_JIT_BUFFER_H
#define XRUN_JIT_BUFFER_H

#include "cache/cache.h"

enum { BUFFER_HEADER = 16 }; /* in front of a chunk's code: its block */

bool buffer_init(size_t bytes);
/* A chunk for b with a copy of `code`: its executable address, or NULL when there is no room. */
const u8 *buffer_add(const struct block *b, const u8 *code, u32 bytes);
void buffer_remove(const u8 *code, u32 bytes);
/* A counter that begins with `value` and that code reaches by a displacement of 32 bits. Counters are small and lie close
 * together: code that counts changes one each time it runs, and stores that miss the first cache are dear. When there are no
 * more, many share one. */
u8 *buffer_add_counter(u8 value);
void buffer_remove_counter(u8 *counter);
/* Opens [code, code + bytes) for writing, until buffer_close(), which must come soon: other threads wait. Returns the
 * writable view of code. */
u8 *buffer_open(const u8 *code, u32 bytes);
void buffer_close(void);
/* In between: the writable view of an executable address of that range. */
u8 *buffer_writable(const u8 *code);
/* The block whose code contains pc, with the code's start; NULL if pc is not in the buffer or not in a block. Safe in a
 * signal handler of the thread that runs there. */
const struct block *buffer_find(uintptr_t pc, const u8 **start);
/* True if these bytes lie in the buffer, used or not. */
bool buffer_has(const u8 *at, size_t bytes);
/* Position of the first chunk that fits, before it is added: jumps between chunks are relative. */
const u8 *buffer_base(void);
/* Around fork(2), on both sides: from then on parent and child share what there is, and neither changes it. */
void buffer_fork_prepare(void);
void buffer_fork_done(void);

#endif
