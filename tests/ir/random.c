/* Random functions, before and after the passes and as rebuilt by the folding builder, must behave alike: see
 * README.md. Usage: ir_random ROUNDS [SEED] */
#define _GNU_SOURCE
#include "gen.h"
#include "ir/special.h"
#include "opt/opt.h"
#include "state/fpenv.h"

#include <stdio.h>
#include <stdlib.h>

/* --- the plain evaluator -------------------------------------------------------------------------------------------
 */

enum { REGS_BYTES = 256, MAX_OPS = 1024 };

/* A processor with a handful of registers at all alignments. */
struct machine {
    struct cpu_common c;
    _Alignas(16) u8 regs[REGS_BYTES];
    u64 seen;   /* hash of everything that could be observed so far */
    u64 events; /* number of memory accesses, calls and traps */
};
enum { REGS = offsetof(struct machine, regs) };

static u64 mix(u64 a, u64 b)
{
    a = (a ^ b) * 0x9e3779b97f4a7c15;
    return a ^ a >> 29;
}

static u64 hash_value(const union ir_value *v, enum ir_type t)
{
    u64 w[2] = {0, 0};
    memcpy(w, v, ir_type_bits(t) / 8);
    return mix(mix(t, w[0]), w[1]);
}

/* Something that sees all guest state happens; v says what. */
static void observe(struct machine *m, u64 v)
{
    m->seen = mix(mix(m->seen, v), fpenv_flags(&m->c));
    for (unsigned i = 0; i < REGS_BYTES; i += 8) {
        u64 w;
        memcpy(&w, m->regs + i, 8);
        m->seen = mix(m->seen, w);
    }
    m->events++;
}

static void made_up(struct machine *m, union ir_value *r, enum ir_type t, u64 seed)
{
    u64 x = mix(seed, 77);
    r->v = (union v128){.d = {x, mix(x, 1)}};
    if (t == IR_FLAGS)
        r->u32 &= 0xf0000000;
    (void)m;
}

/* Loads, stores, atomics, calls: what they do is made up from what they are given. */
static void effect(struct machine *m, const struct ir_fn *fn, const struct ir_op *o, union ir_value *v, ir_ref at)
{
    u64 h = mix(mix(o->op, o->sub), o->op == IR_OP_call ? o->imm : 0);
    const ir_ref operand[3] = {o->a, o->b, o->c};
    bool addressed = o->op == IR_OP_load || o->op == IR_OP_store;
    for (int i = 0; i < 3; i++)
        if (ir_refs(o->op) >> i & 1 && operand[i])
            h = mix(h,
                    i == 0 && addressed ? v[o->a].u64 + o->imm : hash_value(&v[operand[i]], fn->ops[operand[i]].type));
    u32 count, first = ir_arg_list(o, &count);
    for (u32 i = 0; i < count; i++)
        h = mix(h, hash_value(&v[fn->args[first + i]], fn->ops[fn->args[first + i]].type));
    u16 effects = ir_effects(o);
    if (effects & (IR_FAULTS | IR_ANY))
        observe(m, h);
    if (effects & IR_ANY) {
        for (unsigned i = 0; i < REGS_BYTES; i++)
            m->regs[i] = (u8)(m->regs[i] * 5 + m->events);
        u32 flags = 0xf0000000 & (u32)m->regs[REGS_BYTES - 5] << 24; /* nothing but flags is where flags are kept */
        memcpy(m->regs + REGS_BYTES - 8, &flags, 4);
    }
    made_up(m, &v[at], o->type, effects == IR_PURE ? h : mix(h, m->events));
}

static void evaluate(struct machine *m, const struct ir_fn *fn, const struct ir_op *o, union ir_value *v, ir_ref at)
{
    ir_eval_fn *eval = ir_eval_find(o->op, o->type, fn->ops[o->a].type, o->sub);
    must(eval != NULL);
    eval(&m->c, &v[at], &v[o->a], o->b ? &v[o->b] : NULL, o->c ? &v[o->c] : NULL, o->imm);
}

/* The block to go on with, or -1. */
static i64 leave(struct machine *m, const struct ir_fn *fn, const struct ir_op *o, union ir_value *v)
{
    u32 count, first = ir_arg_list(o, &count);
    union ir_value args[16];
    if (o->op != IR_OP_jump && o->op != IR_OP_br) {
        u64 h = mix(o->op, o->imm);
        if (ir_refs(o->op) & IR_REF_A)
            h = mix(h, hash_value(&v[o->a], fn->ops[o->a].type));
        observe(m, h);
        return -1;
    }
    u32 target = o->op == IR_OP_jump || v[o->a].u32 ? (u32)o->imm : (u32)(o->imm >> 32);
    for (u32 i = 0; i < count; i++)
        args[i] = v[fn->args[first + i]];
    for (u32 i = 0; i < count; i++)
        v[fn->blocks[target].first + i] = args[i];
    return target;
}

static void run(struct machine *m, const struct ir_fn *fn)
{
    static union ir_value v[MAX_OPS * 2];
    must(fn->count <= ARRAY_SIZE(v));
    fpenv_enter(&m->c);
    for (i64 n = 0; n >= 0;) {
        const struct ir_block *block = &fn->blocks[n];
        for (ir_ref r = block->first; r < block->end; r++) {
            const struct ir_op *o = &fn->ops[r];
            if (o->op == IR_OP_const)
                v[r].v = (union v128){.d = {o->imm, o->type == IR_V128 ? o->b | (u64)o->c << 32 : 0}};
            else if (o->op == IR_OP_get)
                memcpy(&v[r], (u8 *)m + o->imm, ir_type_bits(o->type) / 8);
            else if (o->op == IR_OP_put)
                memcpy((u8 *)m + o->imm, &v[o->a], ir_type_bits(fn->ops[o->a].type) / 8);
            else if (o->op == IR_OP_trap_if) {
                if (v[o->a].u32) {
                    observe(m, mix(o->sub, o->imm));
                    n = -1;
                    break;
                }
            } else if (ir_op_info[o->op].effects & IR_END)
                n = leave(m, fn, o, v);
            else if (o->op == IR_OP_call || ir_op_info[o->op].effects & (IR_READ_MEM | IR_WRITE_MEM))
                effect(m, fn, o, v, r);
            else if (!(ir_op_info[o->op].effects & IR_MARK) && o->op != IR_OP_param && o->op != IR_OP_none &&
                     o->op != IR_OP_clear_ex)
                evaluate(m, fn, o, v, r);
        }
    }
    fpenv_leave(&m->c);
}

/* --- random functions ----------------------------------------------------------------------------------------------
 */

static ir_ref make(struct ir_build *b, enum ir_type t)
{
    unsigned bytes = ir_type_bits(t) / 8;
    if (t == IR_V128 && draw(2))
        return ir_emit(b, IR_OP_const, t, 0, 0, (u32)interesting(), (u32)interesting(), interesting());
    if (t != IR_V128 && draw(3) == 0)
        return ir_emit(b, IR_OP_const, t, 0, 0, 0, 0,
                       t == IR_FLAGS ? (u64)draw(16) << 28 : interesting() & ones(8 * bytes));
    u32 align = t == IR_FLAGS ? 4 : draw(4) ? bytes : 2, slots = REGS_BYTES / align - 16 / align;
    u32 offset = REGS + (t == IR_FLAGS ? REGS_BYTES - 8 : draw(slots < 6 ? slots : 6) * align);
    return ir_emit(b, IR_OP_get, t, 0, 0, 0, 0, offset);
}

static void add_put(struct ir_build *b)
{
    enum ir_type t = draw_type();
    unsigned bytes = ir_type_bits(t) / 8, align = draw(4) ? bytes : 2;
    u32 offset = t == IR_FLAGS ? REGS_BYTES - 8 : draw(6) * align;
    ir_emit(b, IR_OP_put, IR_VOID, 0, pick(b, t), 0, 0, REGS + offset);
}

static void add_effect(struct ir_build *b)
{
    enum ir_type t = draw_type();
    u8 size = t == IR_F16 ? 1 : t == IR_F32 || t == IR_I32 || t == IR_FLAGS ? 2 : t == IR_V128 ? 4 : 3;
    ir_ref args[2], x;
    if (t == IR_FLAGS)
        t = IR_I32;
    switch (draw(8)) {
    case 0: ir_emit(b, IR_OP_load, t, size, pick(b, IR_I64), 0, 0, draw(64)); break;
    case 1:
        x = pick(b, IR_I64);
        ir_emit(b, IR_OP_store, IR_VOID, size, x, pick(b, t), 0, draw(64));
        break;
    case 2: ir_emit(b, IR_OP_load_ex, IR_I64, 3, pick(b, IR_I64), 0, 0, 0); break;
    case 3:
        x = pick(b, IR_I64);
        ir_emit(b, IR_OP_atomic_add, IR_I64, 3, x, pick(b, IR_I64), 0, 0);
        break;
    case 4:
        ir_emit(b, IR_OP_trap_if, IR_VOID, TRAP_FP, draw(4) ? make(b, IR_I32) : pick(b, IR_I32), 0, 0, draw(8));
        break;
    case 5:
        args[0] = pick(b, IR_I64), args[1] = pick(b, IR_I64);
        ir_call(b, IR_HELPER_icache_invalidate, 2, args);
        break;
    case 6: ir_prefetch(b, (u8)draw(8), pick(b, IR_I64), (i64)interesting()); break;
    default: ir_emit(b, IR_OP_insn, IR_VOID, 4, 0, draw(1u << 31), 0, 4 * (u64)draw(1000));
    }
}

static void generate(struct ir_build *b, struct ir_fn *fn)
{
    ir_begin(b, fn, 0x1000, 0);
    u32 blocks = 1 + draw(3);
    enum ir_type param_type = draw_type();
    for (u32 n = 1; n < blocks; n++)
        ir_new_block(b);
    gen_make = make;
    for (u32 n = 0; n < blocks; n++) {
        gen_first = b->fn->count;
        if (n) {
            ir_use_block(b, n);
            ir_param(b, param_type);
        }
        for (u32 count = 1 + draw(60); count--;) {
            u32 what = draw(10);
            if (what < 3)
                add_put(b);
            else if (what < 9)
                add_row(b);
            else
                add_effect(b);
        }
        ir_ref x = pick(b, param_type);
        if (n + 1 < blocks && draw(2))
            ir_jump(b, n + 1, 1, &x);
        else if (n + 1 < blocks)
            ir_br(b, pick(b, IR_I32), n + 1, blocks - 1, 1, &x);
        else
            ir_exit_indirect(b, pick(b, IR_I64), IR_HINT_JUMP, 0);
    }
}

/* --- comparison ----------------------------------------------------------------------------------------------------
 */

/* The same function through the folding entry points of the builder. */
static void rebuild(struct ir_build *b, struct ir_fn *to, const struct ir_fn *from)
{
    static ir_ref map[MAX_OPS * 2];
    ir_begin(b, to, from->pc, 0);
    for (u32 n = 1; n < from->block_count; n++)
        ir_new_block(b);
    for (u32 n = 0; n < from->block_count; n++) {
        if (n)
            ir_use_block(b, n);
        for (ir_ref r = from->blocks[n].first; r < from->blocks[n].end; r++) {
            struct ir_op o = from->ops[r];
            ir_ref args[8];
            u32 count, first = ir_arg_list(&o, &count);
            unsigned refs = ir_refs(o.op);
            o.a = refs & IR_REF_A ? map[o.a] : o.a;
            o.b = refs & IR_REF_B ? map[o.b] : o.b;
            o.c = refs & IR_REF_C ? map[o.c] : o.c;
            for (u32 i = 0; i < count; i++)
                args[i] = map[from->args[first + i]];
            switch (o.op) {
            case IR_OP_param: map[r] = ir_param(b, o.type); break;
            case IR_OP_load: map[r] = ir_load(b, o.type, o.sub, o.a, (i64)o.imm); break;
            case IR_OP_store: ir_store(b, o.sub, o.a, (i64)o.imm, o.b); break;
            case IR_OP_trap_if: ir_trap_if(b, o.a, o.sub, (u32)o.imm, o.b); break;
            case IR_OP_call: map[r] = ir_call(b, (enum ir_helper_id)o.imm, count, args); break;
            case IR_OP_jump: ir_jump(b, (u32)o.imm, count, args); break;
            case IR_OP_br: ir_br(b, o.a, (u32)o.imm, (u32)(o.imm >> 32), count, args); break;
            default:
                map[r] = o.type == IR_VOID ? ir_emit(b, o.op, o.type, o.sub, o.a, o.b, o.c, o.imm)
                                           : ir_op_typed(b, o.op, o.type, o.sub, o.a, o.b, o.c, o.imm);
            }
        }
    }
}

static bool same_behaviour(const struct ir_fn *one, const struct ir_fn *other, u64 seed, const char *what)
{
    static struct machine start, m[2];
    gen_state = seed ^ 0x5eed;
    memset(&start, 0, sizeof start);
    start.c.fp_mode = draw(512) & ~(u32)FP_NAN_MASK;
    for (unsigned i = 0; i < REGS_BYTES; i += 8) {
        u64 w = interesting();
        memcpy(start.regs + i, &w, 8);
    }
    u32 flags = draw(16) << 28;
    memcpy(start.regs + REGS_BYTES - 8, &flags, 4);
    m[0] = m[1] = start;
    run(&m[0], one);
    run(&m[1], other);
    const char *problem = ir_verify(other);
    if (!problem && m[0].seen == m[1].seen && m[0].events == m[1].events && m[0].c.fp_flags == m[1].c.fp_flags &&
        !memcmp(m[0].regs, m[1].regs, REGS_BYTES))
        return true;
    printf("FAILED %s, seed %llu: %s\n", what, (unsigned long long)seed, problem ? problem : "behaves differently");
    ir_print(one, NULL, stdout);
    printf("---\n");
    ir_print(other, NULL, stdout);
    return false;
}

static void copy_fn(struct ir_fn *to, const struct ir_fn *from)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    ir_print(from, NULL, f);
    fclose(f);
    const char *problem = ir_parse(to, NULL, text);
    if (problem)
        printf("%s\n%s", problem, text);
    must(!problem);
    free(text);
}

static bool try_one(u64 seed)
{
    static struct ir_fn raw, optimised, rebuilt;
    static struct ir_build b;
    gen_state = seed * 0x9e3779b97f4a7c15 + 1;
    generate(&b, &raw);
    must(raw.count <= MAX_OPS);
    const char *problem = ir_verify(&raw);
    if (problem) {
        printf("FAILED seed %llu: generated: %s\n", (unsigned long long)seed, problem);
        return false;
    }
    copy_fn(&optimised, &raw);
    opt_run(&optimised);
    rebuild(&b, &rebuilt, &raw);
    bool ok = same_behaviour(&raw, &optimised, seed, "passes") && same_behaviour(&raw, &rebuilt, seed, "builder");
    opt_run(&rebuilt);
    return ok && same_behaviour(&raw, &rebuilt, seed, "builder and passes");
}

int main(int argc, char **argv)
{
    u64 rounds = argc > 1 ? strtoull(argv[1], NULL, 0) : 1000, seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    unsigned passed = 0, failed = 0;
    for (u64 i = 0; i < rounds && failed < 3; i++)
        if (try_one(seed + i))
            passed++;
        else
            failed++;
    printf("%u passed, %u failed\n", passed, failed);
    return failed != 0;
}
