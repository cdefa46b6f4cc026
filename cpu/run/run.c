/* The run loop: see run.h for what callers rely on.
 *
 * Blocks run and lead to each other inside interp_run(); this loop is entered when the next block is not linked yet, not
 * translated yet, or when something needs the caller. Guest faults come back here by longjmp from the interpreter's
 * memory accesses: from the check of the address space's end directly, from host signals by cpu_host_fault(), which
 * makes the interrupted thread continue in a function that jumps. */
#define _GNU_SOURCE
#include "run/run.h"
#include "base/pool.h"
#include "ir/flags.h"
#include "interp/watch.h"
#include "run/engine.h"
#include "run/keep.h"
#include "run/perf.h"
#include "run/symbols.h"
#include "jit/x64/host.h"
#include "softmmu/softmmu.h"
#include "state/fpenv.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#ifdef XRUN_SANITIZE
#include <sanitizer/lsan_interface.h>
#endif

/* The code buffer has more room than the cache's limit allows to be used, for gaps between pieces. */
enum { DEFAULT_CACHE_BYTES = 128 << 20, LEAST_CODE_BYTES = 1 << 20 };

struct engine_globals engine;
_Static_assert((u64)CPU_GUARD <= (u64)MEM_GUARD, "what the engines rely on");
unsigned (*cpu_disassemble)(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes);

#if defined(__x86_64__)
const char *cpu_choose_host_features(const char *list, char *word, size_t word_bytes)
{
    return x64_choose_features(list, false, word, word_bytes);
}

void cpu_list_host_features(void) { x64_list_features(stdout); }
#else
const char *cpu_choose_host_features(const char *list, char *word, size_t word_bytes)
{
    snprintf(word, word_bytes, "%s", list);
    return "code is not compiled on this host";
}

void cpu_list_host_features(void) {}
#endif

void cpu_init(const struct cpu_config *config)
{
    engine.config = *config;
    if (!engine.config.cache_bytes)
        engine.config.cache_bytes = DEFAULT_CACHE_BYTES;
    if (!engine.config.code_bytes)
        engine.config.code_bytes = engine.config.cache_bytes + engine.config.cache_bytes / 4 + LEAST_CODE_BYTES;
    if (!engine.config.max_block_insns || engine.config.max_block_insns > MAX_BLOCK_INSNS)
        engine.config.max_block_insns = MAX_BLOCK_INSNS;
    cache_init(engine.config.cache_bytes);
    interp_init();
    if (engine.config.engine == CPU_JIT && !engine.config.jit_threshold && !compiler_start())
        warn_user("code cannot be compiled on this host; going on with the interpreter");
    mem_code_changed = cpu_invalidate;
}

struct cpu_common *cpu_new(const struct cpu_common *copy_of)
{
    size_t bytes = engine.config.guest->state_bytes;
    struct cpu_common *cpu = aligned_alloc(64, align_up(bytes + INTERP_SCRATCH, 64));
    /* Pages of zeros: most threads touch little of the table of blocks. */
    size_t engine_bytes = sizeof(struct cpu_engine);
    struct cpu_engine *e = pool_pages(&engine_bytes, !copy_of);
    must(cpu);
    e->bytes = engine_bytes;
#ifdef XRUN_SANITIZE
    __lsan_register_root_region(e, sizeof *e); /* it points to memory from malloc() */
#endif
    memset(cpu, 0, bytes);
    if (copy_of) {
        watch_share();
        memcpy(cpu, copy_of, bytes);
        cpu->thread = NULL;
        cpu->poll = 0;
    } else {
        cpu->mem_base = mem.base;
        cpu->addr_mask = mem.addr_mask;
        cpu->mem_limit = mem.limit;
        cpu->mode = engine.config.fp_traps ? CPU_MODE_FP_TRAPS : 0;
        cpu->flags_offset = engine.config.guest->flags_offset;
    }
    cpu->engine = &e->interp;
    interp_prepare(cpu, bytes);
    cache_thread_add(&e->interp.cache, &cpu->poll);
    return cpu;
}

static struct cpu_engine *engine_of(struct cpu_common *cpu)
{
    return (struct cpu_engine *)((u8 *)cpu->engine - offsetof(struct cpu_engine, interp));
}

void cpu_abandon(struct cpu_common *cpu)
{
    struct cpu_engine *e = engine_of(cpu);
    cache_thread_remove(&e->interp.cache);
#ifdef XRUN_SANITIZE
    __lsan_unregister_root_region(e, sizeof *e);
#endif
    munmap(e, e->bytes);
    free(cpu);
}

void cpu_free(struct cpu_common *cpu)
{
    struct cpu_engine *e = engine_of(cpu);
    interp_thread_free(&e->interp);
    jit_thread_free(e->jit);
    ir_fn_free(&e->fn);
    ir_fn_free(&e->region);
    cpu_abandon(cpu);
}

/* --- running ------------------------------------------------------------------------------------------------------- */

static enum interp_result run_block(struct cpu_common *cpu, const struct block *b)
{
    struct interp_thread *t = cpu->engine;
    t->inside = true;
    enum interp_result r;
    if (_setjmp(t->landing)) {
        fpenv_mask();
        flags_settle(cpu);
        r = t->landed;
    } else {
        r = interp_run(cpu, b);
    }
    t->inside = false;
    return r;
}

/* Looks at cpu->poll: true if the caller of cpu_run() wants to know. */
static bool polled(struct cpu_common *cpu)
{
    u32 poll = __atomic_load_n(&cpu->poll, __ATOMIC_ACQUIRE);
    if (likely(!poll))
        return false;
    if (poll != CACHE_POLL)
        return true;
    __atomic_fetch_and(&cpu->poll, ~CACHE_POLL, __ATOMIC_ACQ_REL);
    return __atomic_load_n(&cpu->poll, __ATOMIC_ACQUIRE) != 0;
}

static void link_blocks(struct block_exit *from, struct block *to)
{
    if (from && !engine.config.no_link && from->from->may_link && cache_exit_mode(from) == to->mode)
        cache_link(from, to);
}

static enum cpu_exit fault_exit(struct cpu_common *cpu)
{
    log_print(LOG_INT, "fault: pc %#lx address %#lx %s signal %u code %u\n", cpu->pc, cpu->fault_addr,
              cpu->fault_write ? "write" : "read", cpu->fault_signal, cpu->fault_code);
    return EXIT_FAULT;
}

static enum cpu_exit trap_exit(struct cpu_common *cpu)
{
    log_print(LOG_INT, "trap: pc %#lx number %u code %#x address %#lx\n", cpu->pc, cpu->trap, cpu->trap_code,
              cpu->trap_addr);
    return EXIT_TRAP;
}

/* A branch to a tagged address goes to the address without its tag (top-byte-ignore; Arm ARM, AArch64.BranchAddr()). Tags
 * of code are rare: they are looked for only where there is no translation. True if there was one. */
static bool drop_tag(struct cpu_common *cpu)
{
    u64 pc = cpu->pc & cpu->addr_mask;
    if (pc == cpu->pc || cpu->pc >> 55 & 1)
        return false;
    cpu->pc = pc;
    return true;
}

static void count_exit(const struct cpu_engine *e, enum interp_result result)
{
    static const u8 reason[] = {
        [INTERP_LOOKUP] = CPU_STAT_LOOKUP, [INTERP_WARM] = CPU_STAT_WARM, [INTERP_HOT] = CPU_STAT_HOT, [INTERP_POLL] = CPU_STAT_POLL,   [INTERP_SYSCALL] = CPU_STAT_SYSCALL,
        [INTERP_TRAP] = CPU_STAT_TRAP,     [INTERP_FAULT] = CPU_STAT_FAULT,
    };
    if (!log_on(LOG_STATS) || result >= ARRAY_SIZE(reason))
        return;
    bool unlinked = result == INTERP_LOOKUP && e->interp.from;
    engine_count(&engine.count.exits[unlinked ? CPU_STAT_UNLINKED : reason[result]], 1);
}

/* A write fault at an instruction that was lifted together with others. */
static bool fault_of_fused(const struct cpu_common *cpu)
{
    const struct guest *g = engine.config.guest;
    u8 code[16];
    int prot, fault_code;
    if (!cpu->fault_write || !g->fuses)
        return false;
    size_t bytes = mem_fetch(cpu->pc, code, g->max_insn_bytes, &prot, &fault_code);
    return bytes >= g->insn_align && g->fuses(cpu, code, bytes);
}

enum { APART = 8 }; /* instructions that run one by one after such a fault */

static enum cpu_exit run_loop(struct cpu_common *cpu)
{
    struct cpu_engine *e = engine_of(cpu);
    struct cache_thread *cache = &e->interp.cache;
    struct block_exit *from = NULL;
    bool single = cpu->stop_single;
    unsigned apart = 0;
    for (;;) {
        if (polled(cpu))
            return EXIT_POLL;
        if (cache_wants_quiesce(cache)) {
            from = NULL; /* its block may be freed now */
            cache_quiesce(cache);
        }
        /* Where a direct exit leads will be linked: the thread's table is for the targets of indirect branches. */
        u32 mode = cpu->mode | (single || apart ? CACHE_MODE_SINGLE : 0);
        struct block *b = from ? cache_find(cpu->pc, mode) : cache_lookup(cache, cpu->pc, mode);
        enum cpu_exit exit;
        if (unlikely(!b) && drop_tag(cpu))
            continue;
        if (unlikely(!b) && !(b = translate(cpu, e, single || apart, &exit)))
            return exit == EXIT_TRAP ? trap_exit(cpu) : fault_exit(cpu);
        link_blocks(from, b);
        from = NULL;
        enum interp_result result = run_block(cpu, b);
        count_exit(e, result);
        switch (result) {
        case INTERP_LOOKUP: from = e->interp.from; break;
        case INTERP_POLL: break;
        case INTERP_HOT:
            if ((b = cache_find(cpu->pc, cpu->mode)))
                compile_hot(cpu, e, b);
            break;
        case INTERP_WARM: compile_warm(cpu, e, (struct block *)e->interp.block); break;
        case INTERP_SYSCALL: return EXIT_SYSCALL;
        case INTERP_TRAP: return trap_exit(cpu);
        case INTERP_FAULT:
            if (!apart && !single && fault_of_fused(cpu)) {
                apart = APART;
                continue;
            }
            /* The kernel's code from the map of guest areas: the host's mapping may differ. */
            if (cpu->fault_signal == SIGSEGV)
                cpu->fault_code = (u32)mem_fault_code(cpu->fault_addr);
            return fault_exit(cpu);
        }
        if (single)
            return EXIT_POLL;
        apart -= apart > 0;
    }
}

enum cpu_exit cpu_run(struct cpu_common *cpu)
{
    struct cpu_engine *e = engine_of(cpu);
    fpenv_enter(cpu);
    cache_enter(&e->interp.cache);
    enum cpu_exit exit = run_loop(cpu);
    cache_leave(&e->interp.cache);
    fpenv_leave(cpu);
    return exit;
}

/* --- host faults ---------------------------------------------------------------------------------------------------- */

bool cpu_host_fault(struct cpu_common *cpu, int signal, const siginfo_t *info, void *ucontext)
{
    if (!cpu || (signal != SIGSEGV && signal != SIGBUS && signal != SIGFPE) || info->si_code <= 0)
        return false;
    ucontext_t *context = ucontext;
#if defined(__x86_64__)
    greg_t *regs = context->uc_mcontext.gregs;
    if (signal == SIGFPE)
        return info->si_code == FPE_FLTINV && jit_fp_trap(cpu, (uintptr_t)regs[REG_RIP], ucontext);
    enum { PAGE_FAULT_WRITE = 2 }; /* Intel SDM 3A 4.7: bit 1 of the error code */
    void *landing = interp_fault(cpu, signal, info->si_code, (uintptr_t)regs[REG_RIP], (uintptr_t)info->si_addr,
                                 regs[REG_ERR] & PAGE_FAULT_WRITE);
    if (!landing)
        landing = jit_fault(cpu, signal, info->si_code, (uintptr_t)regs[REG_RIP], (uintptr_t)info->si_addr,
                            regs[REG_ERR] & PAGE_FAULT_WRITE, ucontext);
    if (!landing)
        return false;
    /* As if called from the faulting place: below its red zone, aligned as after a call instruction. */
    regs[REG_RSP] = (greg_t)(((u64)regs[REG_RSP] - 256) & ~15ull) - 8;
    regs[REG_RDI] = (greg_t)(uintptr_t)cpu;
    regs[REG_RIP] = (greg_t)(uintptr_t)landing;
#elif defined(__aarch64__)
    if (signal == SIGFPE)
        return false;
    mcontext_t *regs = &context->uc_mcontext;
    /* The syndrome is in a record behind the registers; a store is seen as a read fault where it is missing. */
    void *landing = interp_fault(cpu, signal, info->si_code, regs->pc, (uintptr_t)info->si_addr, false);
    if (!landing)
        return false;
    regs->sp = (regs->sp - 256) & ~15ull;
    regs->regs[0] = (uintptr_t)cpu;
    regs->pc = (uintptr_t)landing;
#else
#error "host processor not supported"
#endif
    return true;
}

/* --- invalidation, fork ---------------------------------------------------------------------------------------------- */

void cpu_invalidate(u64 addr, u64 len) { cache_invalidate(addr, len); }

/* By a virtual address, but for all places where that memory is mapped: as with a cache that is indexed by physical
 * addresses (Arm ARM, "PIPT instruction caches"), which is what most processors have and what programs with one mapping to
 * write code and another to run it may flush through either. */
void helper_icache_invalidate(struct cpu_common *cpu, u64 addr, u64 bytes)
{
    enum { FEW = 8 };
    struct mem_view few[FEW], *views = few;
    addr &= cpu->addr_mask;
    cpu_invalidate(addr, bytes);
    size_t n = mem_other_views(addr, bytes, few, FEW);
    if (unlikely(n > FEW)) {
        size_t room = n; /* what is mapped meanwhile has not been run before the flush */
        views = malloc(room * sizeof *views);
        must(views);
        n = mem_other_views(addr, bytes, views, room);
        n = n < room ? n : room;
    }
    for (size_t i = 0; i < n; i++)
        cpu_invalidate(views[i].addr, views[i].len);
    if (views != few)
        free(views);
}

void cpu_ending(struct cpu_common *cpu)
{
    cpu_log_stats();
    if (cpu)
        keep_write(cpu, engine_of(cpu));
}

void cpu_fork_prepare(void)
{
    compiler_fork_prepare();
    cache_fork_prepare();
    jit_fork_prepare();
    symbols_fork_prepare();
}

void cpu_fork_done(bool child)
{
    symbols_fork_done();
    jit_fork_done();
    cache_fork_done(child);
    if (child) {
        watch_fork_child();
        keep_forked();
        stats_forget();
        perf_fork_done();
    }
    compiler_fork_done();
}
