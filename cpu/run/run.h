/* The run loop: looks up, lifts, runs; turns host faults back into guest state. The only door to the processor for the
 * syscall layer and the main file. */
#ifndef XRUN_RUN_H
#define XRUN_RUN_H

#include "state/common.h"
#include "guest/guest.h"

#include <signal.h>

enum cpu_engine_kind {
    CPU_INTERP,
    CPU_JIT, /* warm blocks are compiled; what the compiler cannot do stays in the interpreter */
};

struct cpu_config {
    enum cpu_engine_kind engine;
    const struct guest *guest;
    size_t cache_bytes;   /* limit for translations; eviction beyond; 0: the default */
    size_t code_bytes;    /* of CPU_JIT: address space for compiled code; 0: what cache_bytes needs */
    u32 jit_threshold;    /* of CPU_JIT: a block is compiled when it has been interpreted so often; 0: at once */
    u32 region_threshold; /* a compiled block that has run so often becomes the head of a region; 0: never */
    u32 max_block_insns;  /* 0: the default; 1: every instruction is a block of its own */
    bool no_optimise;     /* skip the passes */
    bool fp_traps;        /* cpu_host_fault() is asked about SIGFPE, which is never blocked: compiled code may trap */
    bool no_link;         /* every block exit returns to the lookup */
};
/* Before cpu_init(): the host's processor features that compiled code may use, as `--host-features` takes them. NULL, or
 * what is wrong with the word of the list that is copied to `word`. */
const char *cpu_choose_host_features(const char *list, char *word, size_t word_bytes);
/* Prints what such a list may name. */
void cpu_list_host_features(void);

/* Once, before any other call. Sets mem_code_changed. */
void cpu_init(const struct cpu_config *config);

/* After cpu_init() and mem_init(), before anything is mapped: translations are taken from, and at the end written to, a file
 * in `folder`, which is made if it is not there. They are found again by later processes that run the same program (its
 * path, for example) on the same model of processor, a text that says all about it; guest code that differs is translated anew. The guest's address space
 * gets the layout of the process that wrote the file. Nothing happens where that is not possible: folder is NULL or "",
 * belongs to somebody else, logs of translations are on, and so on. sparing: a program's first process leaves a mark only,
 * unless it ran so long that writing does not count; so what is run once pays next to nothing. */
void cpu_keep(const char *folder, const char *program, const char *model, bool sparing);

/* A new processor with all registers zero, or a copy of another's registers (clone(2)): engine data is its own. */
struct cpu_common *cpu_new(const struct cpu_common *copy_of);
/* Frees a processor that does not run, engine data included. */
void cpu_free(struct cpu_common *cpu);
/* In the child of fork(2), for the processor of a thread that exists in the parent only. What that thread may have been
 * changing just then, the compiler's arrays, is not looked at and stays allocated. */
void cpu_abandon(struct cpu_common *cpu);

/* Runs guest code on the calling host thread until something needs the kernel. cpu->pc and all registers are exact when
 * it returns. Sets up and leaves the host's floating-point environment. */
enum cpu_exit cpu_run(struct cpu_common *cpu);

/* Asks a running processor to return EXIT_POLL soon; async-signal-safe, from any thread. The caller clears cpu->poll. */
static inline void cpu_request_poll(struct cpu_common *cpu) { __atomic_store_n(&cpu->poll, 1, __ATOMIC_RELEASE); }

/* For the process's handlers of SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP on the thread that runs cpu (NULL if none): true
 * if the fault belonged to guest code and the context was changed so that returning from the handler makes cpu_run()
 * return EXIT_FAULT. False: not guest code. */
bool cpu_host_fault(struct cpu_common *cpu, int signal, const siginfo_t *info, void *ucontext);

/* Drops translations of guest [addr, addr+len), on all threads, before it returns to the guest. */
void cpu_invalidate(u64 addr, u64 len);

/* Around fork(2): takes and releases the engine's locks; the child keeps all translations. */
void cpu_fork_prepare(void);
void cpu_fork_done(bool child);

/* If set, prints guest code for `-d in_asm` instead of the guest's own printer; 0: cannot, use the guest's. Arguments and
 * result as guest.print_insn. */
extern unsigned (*cpu_disassemble)(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes);

/* The helper behind IC IVAU (a row of helpers.def): drops translations of guest [addr, addr+bytes). The block that calls
 * it must end there, since what follows may be what changed. */
void helper_icache_invalidate(struct cpu_common *cpu, u64 addr, u64 bytes);

/* Why translated code was left for the run loop: identifier, what `-d stats` calls it. */
#define CPU_STAT_EXITS(X)                                                                                              \
    X(LOOKUP, "lookup")     /* an indirect branch whose target is not in the thread's table */                         \
    X(UNLINKED, "unlinked") /* an exit that leads nowhere yet */                                                       \
    X(WARM, "warm")         /* an interpreted block is to be compiled */                                               \
    X(HOT, "hot")           /* a compiled block is to become a region */                                               \
    X(POLL, "poll")                                                                                                    \
    X(SYSCALL, "syscall")                                                                                              \
    X(TRAP, "trap")                                                                                                    \
    X(FAULT, "fault")
enum cpu_stat_exit {
#define X(id, word) CPU_STAT_##id,
    CPU_STAT_EXITS(X)
#undef X
        CPU_STAT_EXIT_COUNT
};

/* Counters since cpu_init() or the fork, of the whole process. */
struct cpu_stats {
    u64 blocks_lifted, insns_lifted;   /* again for those that are compiled later */
    u64 blocks_compiled, insns_compiled, compiles_failed, regions_compiled;
    u64 host_bytes;                    /* of compiled code, and what belongs to it */
    u64 lift_ns, compile_ns;           /* CPU time; passes count as lifting; only with -d stats */
    u64 exits[CPU_STAT_EXIT_COUNT];    /* only with -d stats */
    u64 evictions, invalidations, lookups, links;
    size_t bytes_used;
};
void cpu_get_stats(struct cpu_stats *s);
/* The process is about to end, or to become another program: prints the counters (-d stats), writes what cpu_keep() is
 * for. cpu: the calling thread's, which does not run; or NULL. */
void cpu_ending(struct cpu_common *cpu);

#endif
