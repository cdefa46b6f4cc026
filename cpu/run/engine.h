/* Private to the run loop: what it keeps per process and per processor. */
#ifndef XRUN_RUN_ENGINE_H
#define XRUN_RUN_ENGINE_H

#include "interp/interp.h"
#include "jit/jit.h"
#include "run/run.h"

/* A block's bytes lie on at most two pages and are fetched at once. */
enum { MAX_BLOCK_INSNS = 128 };

struct engine_globals {
    struct cpu_config config;
    u64 blocks_lifted, insns_lifted;
};
extern struct engine_globals engine;

struct cpu_engine {
    struct interp_thread interp; /* first */
    struct ir_fn fn;             /* reused for each translation */
    struct ir_build build;
    struct jit_thread *jit;
};

/* Translates the block at cpu->pc and puts it into the cache. NULL: *exit says why, with the fields of cpu that go with
 * it (EXIT_FAULT: the code cannot be fetched; EXIT_TRAP: the pc is misaligned). */
struct block *translate(struct cpu_common *cpu, struct cpu_engine *e, bool single, enum cpu_exit *exit);

#endif
