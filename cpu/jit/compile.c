/* Compiles a function: pins, analysis, then operation by operation through the host's rules, then the code buffer. */
#include "jit/jit.h"
#include "base/pool.h"
#include "jit/alloc.h"
#include "jit/buffer.h"
#include "jit/flags.h"
#include "jit/pins.h"

#include <stdlib.h>

static struct {
    const struct jit_host *host;
    interp_native_fn *enter;
} jit;

struct jit_thread {
    struct jit *j;
    struct jit_value *values;
    u32 capacity;
    u32 *dirty_in;
    u32 *flags_kind_in;
    u32 block_capacity;
};

static void link_exit(struct block_exit *e, const struct block *to) { jit.host->link(e, to); }

static void release(struct block *b)
{
    buffer_remove(b->native_code, b->native_bytes);
    if (!b->info_is_kept)
        pool_free((void *)b->native_info, jit_info_bytes(b->native_info));
    if (b->runs_left)
        buffer_remove_counter(b->runs_left);
}

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

const struct jit_host *jit_host(void) { return jit.host; }

bool jit_ready(void) { return __atomic_load_n(&jit.host, __ATOMIC_ACQUIRE) != NULL; }
bool jit_has_code(const u8 *at, size_t bytes) { return jit_ready() && buffer_has(at, bytes); }
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
    free(t->j->map);
    free(t->j->sites);
    free(t->j->places);
    t->j->host->free_thread(t->j);
    free(t->values);
    free(t->dirty_in);
    free(t->flags_kind_in);
    free(t);
}

bool jit_full(const struct jit_thread *t) { return t && t->j->full; }

static u32 exits_of(const struct ir_fn *fn)
{
    u32 n = 0;
    for (u32 i = 0; i < fn->block_count; i++) {
        u16 op = fn->ops[fn->blocks[i].end - 1].op;
        n += op == IR_OP_exit_next || op == IR_OP_exit_call ? 1 : op == IR_OP_exit_branch ? 2 : 0;
    }
    return n;
}

struct block *jit_new_block(u64 pc, u64 pc_end, u32 mode, u32 exits, bool may_link)
{
    struct block *b = cache_alloc(pc, pc_end, mode, exits, 0, INTERP_NATIVE_BYTES);
    b->may_link = may_link;
    interp_native(b, jit.enter);
    return b;
}

/* The counter is a byte; each time it reaches 0, heat goes down. */
void jit_begin_counting(struct block *b, u32 runs)
{
    b->heat = (u32)(((u64)runs + JIT_RUNS - 1) / JIT_RUNS);
    b->runs_left = buffer_add_counter((u8)runs);
}

u64 jit_runs_left(const struct block *b)
{
    u32 heat = __atomic_load_n(&b->heat, __ATOMIC_RELAXED);
    if (!b->runs_left || !heat)
        return 0;
    u8 left = __atomic_load_n(b->runs_left, __ATOMIC_RELAXED);
    return (u64)(heat - 1) * JIT_RUNS + (left ? left : JIT_RUNS);
}

static void compile_block(struct jit *j, const struct ir_block *block)
{
    const struct ir_fn *fn = j->fn;
    jit_alloc_reset(j);
    j->dirty = j->dirty_in[j->block_index];
    j->host->begin_block(j);
    for (u32 k = block->first; k < block->end && !j->failed; k++) {
        const struct ir_op *op = &fn->ops[k];
        j->at = k;
        if (op->op == IR_OP_insn)
            j->guest_pc = op->imm;
        jit_note_map(j, j->guest_pc, j->dirty);
        if (op->op == IR_OP_insn || op->op == IR_OP_const || j->values[k].done || j->values[k].deferred)
            continue;
        jit_mark(j, k, j->guest_pc, NULL);
        j->host->op(j, k);
        jit_end_op(j);
    }
}

static bool map_is_small(const struct jit *j)
{
    for (u32 i = 0; i < j->map_count; i++) {
        const struct jit_map *map = &j->map[i];
        if (map->at > UINT16_MAX || map->pc < 0 || map->pc > UINT16_MAX || map->dirty || map->mode != JIT_MODE_STORED)
            return false;
    }
    return true;
}

static struct jit_info *make_info(const struct jit *j)
{
    struct jit_info head = {j->map_count, j->site_count, j->place_count, (u32)__builtin_popcount(j->pinned),
                            cache_jump_mode(j->block->mode), j->thumb_table, map_is_small(j)};
    struct jit_info *info = pool_alloc(jit_info_bytes(&head));
    *info = head;
    struct jit_small_map *small = (struct jit_small_map *)info->map;
    for (u32 i = 0; info->small && i < j->map_count; i++)
        small[i] = (struct jit_small_map){(u16)j->map[i].at, (u16)j->map[i].pc};
    if (!info->small)
        memcpy(info->map, j->map, j->map_count * sizeof *j->map);
    if (j->site_count)
        memcpy((void *)jit_sites(info), j->sites, j->site_count * sizeof *j->sites);
    if (j->place_count)
        memcpy((void *)jit_places(info), j->places, j->place_count * sizeof *j->places);
    struct jit_pin *pin = (struct jit_pin *)jit_pins(info);
    for (u32 rest = j->pinned; rest; rest &= rest - 1) {
        unsigned reg = (unsigned)__builtin_ctz(rest);
        *pin++ = (struct jit_pin){j->pin_offset[reg], j->pin_bytes[reg], (u8)reg};
    }
    return info;
}

/* Puts code into the buffer. */
static bool place(struct jit *j, const u8 *code, u32 bytes)
{
    const u8 *placed = buffer_add(j->block, code, bytes);
    j->full = !placed;
    if (!placed)
        return false;
    const struct jit_info *info = make_info(j);
    if (j->heat)
        jit_begin_counting(j->block, j->heat);
    cache_set_native(j->block, placed, bytes, info, jit_info_bytes(info));
    buffer_open(placed, bytes);
    j->host->place(j, placed);
    buffer_close();
    jit_show(j, placed, bytes);
    return true;
}

static bool compile(struct jit *j, bool pins)
{
    j->failed = j->full = false;
    j->exits = j->map_count = j->mark_count = j->site_count = j->place_count = 0;
    j->thumb_table = -1;
    j->mode = JIT_MODE_STORED;
    j->guest_pc = j->fn->pc;
    if (pins)
        pins_choose(j);
    else
        pins_none(j);
    jit_forget_values(j);
    flags_analyse(j);
    jit_analyse(j);
    j->host->begin(j);
    for (j->block_index = 0; j->block_index < j->fn->block_count && !j->failed; j->block_index++)
        compile_block(j, &j->fn->blocks[j->block_index]);
    const u8 *code = NULL;
    u32 bytes = 0;
    return !j->failed && j->host->end(j, &code, &bytes) && !j->failed && place(j, code, bytes);
}

static void make_room(struct jit_thread *t, const struct ir_fn *fn)
{
    if (t->capacity < fn->count) {
        t->capacity = fn->count * 2;
        free(t->values);
        t->values = malloc(t->capacity * sizeof *t->values);
    }
    if (t->block_capacity < fn->block_count) {
        t->block_capacity = fn->block_count * 2;
        free(t->dirty_in);
        t->dirty_in = malloc(t->block_capacity * sizeof *t->dirty_in);
        free(t->flags_kind_in);
        t->flags_kind_in = malloc(t->block_capacity * sizeof *t->flags_kind_in);
    }
    must(t->values && t->dirty_in && t->flags_kind_in);
}

struct block *jit_compile(struct jit_thread **t, const struct ir_fn *fn, u32 mode, const struct cpu_common *cpu, u32 heat,
                          bool no_link)
{
    for (u32 n = 0; n < fn->block_count; n++)
        if (fn->blocks[n].param_count)
            return NULL;
    if (!*t)
        *t = new_thread();
    make_room(*t, fn);
    struct jit *j = (*t)->j;
    j->fn = fn;
    j->values = (*t)->values;
    j->dirty_in = (*t)->dirty_in;
    j->flags_kind_in = (*t)->flags_kind_in;
    j->flags_offset = cpu->flags_offset;
    j->mem_base = cpu->mem_base;
    j->mem_limit = cpu->mem_limit;
    j->addr_mask = cpu->addr_mask;
    j->direct = !j->mem_base && j->addr_mask >> 47 && !jit_tagged();
    j->no_link = no_link;
    j->fp_traps = mode & CPU_MODE_FP_TRAPS;
    j->block = jit_new_block(fn->pc, fn->pc_end, mode, exits_of(fn), !no_link && ir_keeps_mode(fn));
    j->heat = heat;
    if (compile(j, true) || (j->pinned && compile(j, false)))
        return j->block;
    cache_free(j->block);
    return NULL;
}

static struct jit_map map_entry(const struct jit_info *info, u32 i)
{
    const struct jit_small_map *small = (const struct jit_small_map *)info->map;
    return info->small ? (struct jit_map){small[i].at, small[i].pc, 0, JIT_MODE_STORED} : info->map[i];
}

/* The entry of the map for a place in the code. */
static struct jit_map find_map(const struct jit_info *info, u32 at)
{
    u32 low = 0, high = info->map_count;
    while (high - low > 1) {
        u32 middle = (low + high) / 2;
        if (map_entry(info, middle).at <= at)
            low = middle;
        else
            high = middle;
    }
    return map_entry(info, low);
}

/* Makes the guest's state in memory that at a place in the code of b, and notes its pc. */
static void save_state(struct cpu_common *cpu, const struct block *b, u32 at, const struct jit_regs *regs)
{
    const struct jit_info *info = b->native_info;
    struct jit_map map = find_map(info, at);
    for (u32 i = 0; i < info->pin_count; i++) {
        struct jit_pin pin = jit_pins(info)[i];
        if (!(map.dirty >> pin.reg & 1))
            continue;
        const void *from = pin.reg >= JIT_VECTOR ? (const void *)&regs->vector[pin.reg - JIT_VECTOR]
                                                 : (const void *)&regs->general[pin.reg];
        memcpy((u8 *)cpu + pin.offset, from, pin.bytes);
    }
    if (map.mode != JIT_MODE_STORED)
        cpu->mode = map.mode;
    struct interp_thread *t = cpu->engine;
    t->native_pc = b->pc + (u64)(i64)map.pc;
}

void *jit_fault(struct cpu_common *cpu, int signal, int code, uintptr_t host_pc, uintptr_t host_addr, bool write,
                const void *ucontext)
{
    const u8 *start;
    const struct block *b = buffer_find(host_pc, &start);
    if (!b || !b->native_info)
        return NULL;
    struct jit_regs regs;
    jit.host->get_regs(ucontext, &regs);
    save_state(cpu, b, (u32)(host_pc - (uintptr_t)start), &regs);
    struct interp_thread *t = cpu->engine;
    t->ip = NULL;
    return interp_fault_known(cpu, signal, code, host_addr, write);
}

void jit_beyond(struct cpu_common *cpu, u64 addr, u64 write, const struct jit_regs *regs, uintptr_t back)
{
    const u8 *start;
    const struct block *b = buffer_find(back - 1, &start);
    must(b && b->native_info);
    save_state(cpu, b, (u32)(back - 1 - (uintptr_t)start), regs);
    jit_beyond_limit(cpu, addr, write);
}

static const struct jit_site *find_site(const struct jit_info *info, u32 at)
{
    const struct jit_site *sites = jit_sites(info);
    u32 low = 0, high = info->site_count;
    while (low < high) {
        u32 middle = (low + high) / 2;
        if (sites[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < info->site_count && sites[low].from <= at ? &sites[low] : NULL;
}

bool jit_fp_trap(struct cpu_common *cpu, uintptr_t host_pc, void *ucontext)
{
    if (!jit.host || !cpu->fp_live)
        return false;
    const u8 *start = NULL;
    const struct block *b = buffer_find(host_pc, &start);
    const struct jit_site *site = NULL;
    if (b && b->native_info)
        site = find_site(b->native_info, (u32)(host_pc - (uintptr_t)start));
    jit.host->after_fp_trap(cpu, site, start, ucontext);
    /* What traps all the time, or where that is not foreseen, is compiled again with checks. */
    enum { MOST = 64, NANOSECONDS = 64 * 1000 * 1000 };
    u64 now = monotonic_ns();
    if (site && now - cpu->fp_traps_since > NANOSECONDS) {
        cpu->fp_traps = 0;
        cpu->fp_traps_since = now;
    }
    if (++cpu->fp_traps >= MOST || !site) {
        cpu->mode &= ~(u32)CPU_MODE_FP_TRAPS;
        __atomic_fetch_or(&cpu->poll, CACHE_POLL, __ATOMIC_RELEASE);
    }
    return true;
}

void jit_fork_prepare(void) { buffer_fork_prepare(); }

void jit_fork_done(void) { buffer_fork_done(); }
