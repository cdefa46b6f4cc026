/* Compiles a function: analysis, then operation by operation through the host's rules, then the code buffer. */
#include "jit/jit.h"
#include "jit/alloc.h"
#include "jit/buffer.h"

#include <stdlib.h>

static struct {
    const struct jit_host *host;
    interp_native_fn *enter;
} jit;

struct jit_thread {
    struct jit *j;
    struct jit_value *values;
    u32 capacity;
};

/* Not after a fork that left the code shared with the parent. */
static void link_exit(struct block_exit *e, const struct block *to)
{
    if (jit.host)
        jit.host->link(e, to);
}

static void release(struct block *b) { buffer_remove(b->native, b->native_bytes); }

bool jit_init(const struct jit_host *host, size_t code_bytes)
{
    if (jit.host)
        return true;
    if (!host || !host->usable() || !buffer_init(code_bytes))
        return false;
    const void *interpreted;
    jit.enter = host->init(&interpreted);
    cache_native_start(&(struct cache_native_hooks){release, link_exit, interpreted});
    __atomic_store_n(&jit.host, host, __ATOMIC_RELEASE);
    return true;
}

bool jit_ready(void) { return __atomic_load_n(&jit.host, __ATOMIC_ACQUIRE) != NULL; }
const char *jit_shared_name(const u8 *code) { return jit_ready() ? jit.host->shared_name(code) : NULL; }

static struct jit_thread *new_thread(void)
{
    struct jit_thread *t = calloc(1, sizeof *t);
    must(t);
    t->j = jit.host->new_thread();
    t->j->host = jit.host;
    return t;
}

void jit_thread_free(struct jit_thread *t)
{
    if (!t)
        return;
    free(t->j->marks);
    t->j->host->free_thread(t->j);
    free(t->values);
    free(t);
}

static u32 exits_of(const struct ir_fn *fn)
{
    switch (fn->ops[fn->blocks[0].end - 1].op) {
    case IR_OP_exit_next:
    case IR_OP_exit_call: return 1;
    case IR_OP_exit_branch: return 2;
    default: return 0;
    }
}

/* True if a write to cpu_common.mode may make the next block one of another mode. */
static bool writes_mode(const struct ir_fn *fn)
{
    u64 at = offsetof(struct cpu_common, mode);
    for (u32 k = 1; k < fn->count; k++)
        if (fn->ops[k].op == IR_OP_put && fn->ops[k].imm < at + 4 && fn->ops[k].imm + 16 > at)
            return true;
    return false;
}

static struct block *new_block(const struct ir_fn *fn, u32 mode, bool no_link)
{
    u32 exits = exits_of(fn);
    const struct ir_op *last = &fn->ops[fn->blocks[0].end - 1];
    struct block *b = cache_alloc(fn->pc, fn->pc_end, mode, exits, fn->insn_count, INTERP_NATIVE_BYTES);
    if (exits == 1)
        b->exits[0].pc = last->imm;
    if (exits == 2) {
        b->exits[0].pc = fn->ops[last->b].imm;
        b->exits[1].pc = fn->ops[last->c].imm;
    }
    b->map_count = 0;
    b->may_link = !no_link && !writes_mode(fn);
    interp_native(b, jit.enter);
    return b;
}

static void compile_ops(struct jit *j, u32 map_room)
{
    const struct ir_fn *fn = j->fn;
    for (u32 k = fn->blocks[0].first; k < fn->blocks[0].end && !j->failed; k++) {
        const struct ir_op *op = &fn->ops[k];
        j->at = k;
        if (op->op == IR_OP_insn) {
            j->guest_pc = op->imm;
            if (j->block->map_count == map_room) {
                j->failed = true;
                return;
            }
            struct block_map *map = (struct block_map *)&j->block->map[j->block->map_count++];
            *map = (struct block_map){j->host->position(j), (u32)(op->imm - fn->pc)};
            continue;
        }
        if (j->values[k].done || j->values[k].deferred || op->op == IR_OP_const)
            continue;
        jit_mark(j, k, j->guest_pc, NULL);
        j->host->op(j, k);
        jit_end_op(j);
    }
}

struct block *jit_compile(struct jit_thread **t, const struct ir_fn *fn, u32 mode, u64 mem_base, bool no_link)
{
    if (fn->block_count != 1 || fn->blocks[0].param_count)
        return NULL;
    if (!*t)
        *t = new_thread();
    if ((*t)->capacity < fn->count) {
        (*t)->capacity = fn->count * 2;
        (*t)->values = realloc((*t)->values, (*t)->capacity * sizeof *(*t)->values);
        must((*t)->values);
    }
    struct jit *j = (*t)->j;
    j->fn = fn;
    j->values = (*t)->values;
    j->guest_pc = fn->pc;
    j->mem_base = mem_base;
    j->no_link = no_link;
    j->failed = false;
    j->mark_count = 0;
    j->block = new_block(fn, mode, no_link);
    jit_analyse(j);
    jit_alloc_reset(j);
    j->host->begin(j);
    compile_ops(j, fn->insn_count);
    const u8 *code = NULL, *placed = NULL;
    u32 bytes = 0;
    if (!j->failed && j->host->end(j, &code, &bytes) && !j->failed)
        placed = buffer_add(j->block, code, bytes);
    if (!placed) {
        cache_free(j->block);
        return NULL;
    }
    cache_set_native(j->block, placed, bytes);
    j->host->place(j, placed);
    jit_show(j, placed, bytes);
    return j->block;
}

void *jit_fault(struct cpu_common *cpu, int signal, int code, uintptr_t host_pc, uintptr_t host_addr, bool write)
{
    const u8 *start;
    const struct block *b = buffer_find(host_pc, &start);
    if (!b || !b->map_count)
        return NULL;
    u32 at = (u32)(host_pc - (uintptr_t)start), low = 0, high = b->map_count;
    while (high - low > 1) {
        u32 middle = (low + high) / 2;
        if (b->map[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    struct interp_thread *t = cpu->engine;
    t->ip = NULL;
    t->native_pc = b->pc + b->map[low].pc_delta;
    return interp_fault_known(cpu, signal, code, host_addr, write);
}

void jit_fork_prepare(void) { buffer_fork_prepare(); }

bool jit_fork_done(bool child)
{
    if (buffer_fork_done(child))
        return true;
    jit.host = NULL;
    return false;
}
