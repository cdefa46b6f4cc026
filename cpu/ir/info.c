/* The tables that the X-macro rows make: operations, types, conditions, helpers. */
#include "ir/ir.h"

const struct ir_op_info ir_op_info[IR_OP_COUNT] = {
    [IR_OP_none] = {.name = "none", .doc = "no operation", .kind = IR_KIND_SPECIAL, .effects = IR_PURE},
#define OP(name, kind, effects, value, doc) [IR_OP_##name] = {#name, doc, IR_KIND_##kind, IR_##effects},
#include "ir/ops.def"
#undef OP
};

static const struct {
    const char *name;
    unsigned bits;
} types[IR_TYPE_COUNT] = {
    [IR_VOID] = {"void", 0},  [IR_I32] = {"i32", 32},    [IR_I64] = {"i64", 64},     [IR_F16] = {"f16", 16},
    [IR_F32] = {"f32", 32},   [IR_F64] = {"f64", 64},    [IR_V128] = {"v128", 128}, [IR_FLAGS] = {"flags", 32},
};

const char *ir_type_name(enum ir_type t) { return t < IR_TYPE_COUNT ? types[t].name : "?"; }
unsigned ir_type_bits(enum ir_type t) { return t < IR_TYPE_COUNT ? types[t].bits : 0; }

const char *ir_cond_name(unsigned cond)
{
    static const char names[16][3] = {"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc",
                                      "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"};
    return cond < 16 ? names[cond] : "?";
}

/* Prototypes do not matter here: engines call through the row's signature. */
#define HELPER(name, result, args, effects, doc) extern void helper_##name(void);
#include "ir/helpers.def"
#undef HELPER

#define ARG_TYPE_void IR_VOID
#define ARG_TYPE_i32 IR_I32
#define ARG_TYPE_i64 IR_I64
#define ARG_TYPE_v128 IR_V128
#define ARG_TYPE_ IR_VOID
#define ARG_TYPE(t) ARG_TYPE_##t
#define ARG_LIST(...) ARG_LIST_6(__VA_ARGS__, , , , , , )
#define ARG_LIST_6(a, b, c, d, e, f, ...)                                                                              \
    {                                                                                                                  \
        ARG_TYPE(a), ARG_TYPE(b), ARG_TYPE(c), ARG_TYPE(d), ARG_TYPE(e), ARG_TYPE(f)                                   \
    }
#define ARG_COUNT(...) ((0 __VA_OPT__(+1)) ? ARG_COUNT_OF(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0) : 0)
#define ARG_COUNT_OF(a, b, c, d, e, f, n, ...) n

const struct ir_helper ir_helpers[] = {
#define HELPER(name, result, args, effects, doc)                                                                       \
    [IR_HELPER_##name] = {#name, (void *)helper_##name, ARG_TYPE(result), ARG_COUNT args, ARG_LIST args, IR_##effects},
#include "ir/helpers.def"
#undef HELPER
    [IR_HELPER_COUNT] = {.name = NULL},
};

u16 ir_effects(const struct ir_op *o)
{
    return o->op == IR_OP_call ? ir_helpers[o->imm].effects : ir_op_info[o->op].effects;
}

static bool looks_at_mode(enum ir_opcode end)
{
    return end == IR_OP_exit_indirect || end == IR_OP_exit_syscall || end == IR_OP_exit_trap;
}

static bool puts_mode(const struct ir_fn *fn, const struct ir_op *put, u32 mode)
{
    const struct ir_op *value = &fn->ops[put->a];
    return put->imm == offsetof(struct cpu_common, mode) && value->op == IR_OP_const && (u32)value->imm == mode;
}

bool ir_puts_own_mode(const struct ir_fn *fn, const struct ir_op *put) { return puts_mode(fn, put, fn->mode); }

/* True if that is in cpu_common.mode at the end of a block. */
static bool ends_in_mode(const struct ir_fn *fn, const struct ir_block *block, u32 mode)
{
    const u64 at = offsetof(struct cpu_common, mode);
    bool is = mode == fn->mode;
    for (u32 k = block->first; k < block->end; k++)
        if (fn->ops[k].op == IR_OP_put && fn->ops[k].imm < at + 4 && fn->ops[k].imm + 16 > at)
            is = puts_mode(fn, &fn->ops[k], mode);
    return is;
}

bool ir_block_keeps_mode(const struct ir_fn *fn, const struct ir_block *block) { return ends_in_mode(fn, block, fn->mode); }

bool ir_keeps_mode(const struct ir_fn *fn)
{
    for (u32 n = 0; n < fn->block_count; n++) {
        const struct ir_op *end = &fn->ops[fn->blocks[n].end - 1];
        u32 mode = ir_is_exchange(end) ? fn->mode ^ CPU_MODE_THUMB : fn->mode;
        if (!looks_at_mode((enum ir_opcode)end->op) && !ends_in_mode(fn, &fn->blocks[n], mode))
            return false;
    }
    return true;
}
