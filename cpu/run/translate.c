/* From guest code to a block in the cache: fetch, lift, passes, lower, insert. */
#define _GNU_SOURCE
#include "run/engine.h"
#include "run/keep.h"
#include "jit/x64/host.h"
#include "opt/opt.h"
#include "softmmu/softmmu.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { TRIES = 3 };

static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;

bool compiler_start(void)
{
    if (__atomic_load_n(&engine.config.engine, __ATOMIC_ACQUIRE) != CPU_JIT)
        return false;
    if (jit_ready())
        return true;
    pthread_mutex_lock(&starting);
    bool ready = jit_init(jit_x64, engine.config.code_bytes);
    if (!ready)
        __atomic_store_n(&engine.config.engine, CPU_INTERP, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&starting);
    return ready;
}

void compiler_fork_prepare(void) { pthread_mutex_lock(&starting); }
void compiler_fork_done(void) { pthread_mutex_unlock(&starting); }

static void log_code(u64 pc, u32 mode, const u8 *code, size_t bytes)
{
    if (!log_on(LOG_IN_ASM))
        return;
    const struct guest *g = engine.config.guest;
    char *text = NULL, line[256];
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        return;
    for (size_t at = 0; at < bytes;) {
        u64 print_pc = cpu_branch_address(pc + at, mode);
        unsigned n = 0;
        if (cpu_disassemble)
            n = cpu_disassemble(print_pc, code + at, bytes - at, line, sizeof line);
        if (!n)
            n = g->print_insn(print_pc, code + at, bytes - at, line, sizeof line);
        if (!n)
            n = g->insn_align;
        fprintf(stream, "%#14lx:  ", pc + at);
        for (unsigned i = n; i-- > 0 && at + i < bytes;)
            fprintf(stream, "%02x", code[at + i]);
        fprintf(stream, "  %s\n", line);
        at += n;
    }
    if (fclose(stream) == 0)
        log_print(LOG_IN_ASM, "%s\n", text);
    free(text);
}

/* What a block is made for. */
enum purpose {
    FOR_NOW,   /* it is run soon */
    FOR_ONCE,  /* one instruction, nothing linked */
    FOR_LONG,  /* it is known to be warm: compiled or not at all */
};

static void lift(struct cpu_common *cpu, struct cpu_engine *e, const u8 *code, size_t bytes, int prot, unsigned max,
                 bool optimise)
{
    const struct guest *g = engine.config.guest;
    u64 began = engine_clock();
    e->build.cpu = cpu;
    g->lift(&e->build, &e->fn, cpu->pc, code, bytes, max, prot & MEM_PROT_BTI);
    log_code(e->fn.pc, e->fn.mode, code, e->fn.pc_end - e->fn.pc);
    ir_log(LOG_IR, &e->fn, g->names);
    if (optimise && !engine.config.no_optimise)
        opt_run(&e->fn);
    else
        opt_exclusive(&e->fn); /* which is needed for what it says, not for speed */
    ir_log(LOG_IR_OPT, &e->fn, g->names);
    engine_count(&engine.count.insns_lifted, e->fn.insn_count);
    engine_count(&engine.count.lift_ns, engine_clock() - began);
}

struct block *compile_function(struct cpu_common *cpu, struct cpu_engine *e, const struct ir_fn *fn, u32 heat)
{
    u64 began = engine_clock();
    struct block *b = jit_compile(&e->jit, fn, cpu->mode, cpu, heat, engine.config.no_link);
    engine_count(&engine.count.compile_ns, engine_clock() - began);
    if (!b) {
        engine_count(&engine.count.compiles_failed, 1);
        e->full = jit_full(e->jit);
        if (e->full)
            cache_evict_native(engine.config.code_bytes / 4);
        return NULL;
    }
    engine_count(&engine.count.insns_compiled, fn->insn_count);
    engine_count(&engine.count.host_bytes, b->native_bytes);
    return b;
}

static struct block *compile(struct cpu_common *cpu, struct cpu_engine *e)
{
    if (!compiler_start())
        return NULL;
    struct block *b = compile_function(cpu, e, &e->fn, engine.config.no_optimise ? 0 : engine.config.region_threshold);
    engine_count(&engine.count.blocks_compiled, b != NULL);
    return b;
}

static struct block *lower(struct cpu_engine *e, u32 mode, enum purpose purpose)
{
    bool single = purpose == FOR_ONCE, count = engine.config.engine == CPU_JIT && engine.config.jit_threshold && !single;
    enum interp_lower_flags flags = (single || engine.config.no_link ? INTERP_NO_LINK : 0) | (count ? INTERP_COUNT : 0);
    e->interp.warm_after = engine.config.jit_threshold;
    return interp_lower(&e->interp, &e->fn, engine.config.guest->state_bytes, mode, flags);
}

/* Lifts and lowers; again with fewer instructions if the interpreter's offsets do not reach. */
static struct block *build_block(struct cpu_common *cpu, struct cpu_engine *e, const u8 *code, size_t bytes, int prot,
                                 enum purpose purpose)
{
    u32 mode = cpu->mode | (purpose == FOR_ONCE ? CACHE_MODE_SINGLE : 0);
    /* What is run a few times is not worth the passes. */
    e->full = false;
    bool cold = purpose == FOR_NOW && engine.config.engine == CPU_JIT && engine.config.jit_threshold;
    for (unsigned max = purpose == FOR_ONCE ? 1 : engine.config.max_block_insns;; max /= 2) {
        must(max);
        lift(cpu, e, code, bytes, prot, max, !cold);
        struct block *b = NULL;
        if (purpose == FOR_LONG || (purpose == FOR_NOW && !cold))
            b = compile(cpu, e);
        if (!b && purpose != FOR_LONG)
            b = lower(e, mode, purpose);
        if (purpose == FOR_LONG)
            return b;
        if (!b)
            continue;
        engine_count(&engine.count.blocks_lifted, 1);
        return b;
    }
}

void compile_warm(struct cpu_common *cpu, struct cpu_engine *e, struct block *block)
{
    u8 code[MAX_BLOCK_INSNS * 4 + MAX_INSN_BYTES];
    int prot = 0, fault_code;
    u64 version = cache_version();
    if (__atomic_load_n(&block->live_pc, __ATOMIC_ACQUIRE) == CACHE_DEAD)
        return;
    size_t bytes = mem_fetch(block->pc, code, sizeof code, &prot, &fault_code);
    if (bytes < engine.config.guest->insn_align)
        return;
    struct block *b = build_block(cpu, e, code, bytes, prot, FOR_LONG);
    if (b) {
        keep_note(b, block, &(struct keep_stretch){b->pc, (u32)(b->pc_end - b->pc), prot, code}, 1);
        cache_replace(block, b, version);
    } else if (!e->full) { /* then it is tried again later */
        interp_stop_counting(block);
    }
}

struct block *translate(struct cpu_common *cpu, struct cpu_engine *e, bool single, enum cpu_exit *exit)
{
    const struct guest *g = engine.config.guest;
    u8 code[MAX_BLOCK_INSNS * 4 + MAX_INSN_BYTES];
    must(g->max_insn_bytes <= MAX_INSN_BYTES);
    if (cpu->pc % g->insn_align) {
        cpu->trap = TRAP_PC_ALIGNMENT;
        cpu->trap_code = 0;
        cpu->trap_addr = cpu->pc;
        *exit = EXIT_TRAP;
        return NULL;
    }
    struct block *b = keep.on && !single ? keep_take(cpu) : NULL, *inserted = NULL;
    if (b)
        return b;
    for (int i = 0; i < TRIES; i++) {
        int prot = 0, fault_code = SEGV_MAPERR;
        u64 version = cache_version();
        size_t bytes = mem_fetch(cpu->pc, code, single ? g->max_insn_bytes : sizeof code, &prot, &fault_code);
        if (bytes < g->insn_align) {
            cpu->fault_addr = cpu->pc;
            cpu->fault_signal = SIGSEGV;
            cpu->fault_code = (u32)fault_code;
            cpu->fault_write = 0;
            *exit = EXIT_FAULT;
            return NULL;
        }
        b = build_block(cpu, e, code, bytes, prot, single ? FOR_ONCE : FOR_NOW);
        if (i == TRIES - 1 || e->full) {
            /* Another thread keeps changing this code: what was fetched was valid at some moment; run it once. Or it is to
             * be compiled when there is room again. */
            cache_insert_once(b);
            return b;
        }
        if (!single)
            keep_note(b, NULL, &(struct keep_stretch){b->pc, (u32)(b->pc_end - b->pc), prot, code}, 1);
        if ((inserted = cache_insert(b, version)))
            return inserted;
    }
    return NULL;
}
