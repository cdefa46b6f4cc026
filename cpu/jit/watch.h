/* What the compiler tells those who want to see its code: listings, profilers. Nothing is collected while nobody asks. */
#ifndef XRUN_JIT_WATCH_H
#define XRUN_JIT_WATCH_H

#include "cache/cache.h"
#include "ir/ir.h"

struct jit;

#define JIT_MARK_DATA (~0u)

/* Where the code of an operation begins. */
struct jit_mark {
    u32 at;           /* offset in the code */
    u32 op;           /* the IR operation; 0 for a path out of line, JIT_MARK_DATA: constants up to the end */
    u64 pc;           /* of the guest instruction that it belongs to */
    const void *path; /* the function that wrote this path out of line; NULL: in line */
};

/* One compiled function in its final place. Valid during the call. */
struct jit_piece {
    const struct ir_fn *fn;
    const struct block *block;
    const u8 *code;
    u32 bytes;
    const struct jit_mark *marks; /* in the order of the code */
    u32 mark_count;
};
typedef void jit_watcher(const struct jit_piece *piece);

enum { JIT_WATCHERS = 4 };
/* Shows every piece to the watcher once it is placed, on the thread that compiled it. Before anything is compiled. */
void jit_watch(jit_watcher *watcher);

/* True if somebody watches. */
bool jit_watched(void);

/* For the compiler: notes that the code of what follows begins here. */
void jit_mark(struct jit *j, u32 op, u64 pc, const void *path);
/* For the compiler: shows a finished piece, and forgets its marks. */
void jit_show(struct jit *j, const u8 *code, u32 bytes);

#endif
