/* Private to the run loop: what it keeps per process and per processor. */
#ifndef XRUN_RUN_ENGINE_H
#define XRUN_RUN_ENGINE_H

#include "interp/interp.h"
#include "jit/jit.h"
#include "run/run.h"

/* A block's bytes lie on at most two pages and are fetched at once. */
enum { MAX_BLOCK_INSNS = 128, MAX_INSN_BYTES = 16 };

struct engine_globals {
    struct cpu_config config;
    struct cpu_stats count;       /* the engine's own counters */
    struct cache_stats at_fork;   /* the cache's, when this process began */
};
extern struct engine_globals engine;

struct cpu_engine {
    struct ir_fn fn, region;     /* reused for each translation */
    struct ir_build build;
    struct jit_thread *jit;
    size_t bytes; /* of its pages */
    bool full;                   /* the last compilation failed because the code buffer is full; there will be room soon */
    struct interp_thread interp; /* last: ends with tables of which most threads touch little */
};

static inline void engine_count(u64 *counter, u64 n) { __atomic_fetch_add(counter, n, __ATOMIC_RELAXED); }
/* CPU time of the thread in nanoseconds; 0 unless `-d stats`. */
u64 engine_clock(void);
/* Prints the counters to the log. */
void cpu_log_stats(void);
/* In the child of a fork: counts from 0. */
void stats_forget(void);

/* Translates the block at cpu->pc and puts it into the cache. NULL: *exit says why, with the fields of cpu that go with
 * it (EXIT_FAULT: the code cannot be fetched; EXIT_TRAP: the pc is misaligned). */
struct block *translate(struct cpu_common *cpu, struct cpu_engine *e, bool single, enum cpu_exit *exit);

/* `block`, at cpu->pc, has been interpreted often: puts compiled code into its place, if that can be had. What is to be
 * run next is found in the cache. */
void compile_warm(struct cpu_common *cpu, struct cpu_engine *e, struct block *block);

/* Compiles a function, and makes room when the code buffer is full (e->full tells). heat: as jit_compile(). NULL: not
 * possible now. */
struct block *compile_function(struct cpu_common *cpu, struct cpu_engine *e, const struct ir_fn *fn, u32 heat);

/* `head`, a compiled block, has run often: a region that begins with it takes its place, perhaps of
 * it alone; that does not count any more. */
void compile_hot(struct cpu_common *cpu, struct cpu_engine *e, struct block *head);

/* Prepares the compiler, unless that has been done. False: this host or its settings do not allow it. */
bool compiler_start(void);
/* Around fork(2): no other thread is preparing it. */
void compiler_fork_prepare(void);
void compiler_fork_done(void);

#endif
