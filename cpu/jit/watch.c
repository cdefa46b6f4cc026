/* Shows compiled code to those who asked: see watch.h. */
#include "jit/watch.h"
#include "jit/alloc.h"

#include <stdlib.h>

static struct {
    jit_watcher *fn[JIT_WATCHERS];
    u32 count;
} watchers;

void jit_watch(jit_watcher *watcher)
{
    must(watchers.count < JIT_WATCHERS);
    watchers.fn[watchers.count++] = watcher;
}

bool jit_watched(void) { return watchers.count; }

void jit_mark(struct jit *j, u32 op, u64 pc, const void *path)
{
    if (likely(!watchers.count))
        return;
    if (j->mark_count == j->mark_capacity) {
        j->mark_capacity = j->mark_capacity ? 2 * j->mark_capacity : 256;
        j->marks = realloc(j->marks, j->mark_capacity * sizeof *j->marks);
        must(j->marks);
    }
    j->marks[j->mark_count++] = (struct jit_mark){j->host->position(j), op, pc, path};
}

void jit_show(struct jit *j, const u8 *code, u32 bytes)
{
    struct jit_piece piece = {j->fn, j->block, code, bytes, j->marks, j->mark_count};
    for (u32 i = 0; i < watchers.count; i++)
        watchers.fn[i](&piece);
}
