/* The builder: appends operations to the open block of a function, folding as it goes.
 *
 * Constraints: no allocation per operation (arrays grow by doubling and are kept for the next function); a value is
 * usable within its block only, so equal pure operations of one block become one. */
#include "ir/special.h"

#include <stdlib.h>

static void *grow(void *array, u32 *capacity, size_t bytes)
{
    *capacity = *capacity ? *capacity * 2 : 256;
    array = realloc(array, *capacity * bytes);
    must(array != NULL);
    return array;
}

static inline ir_ref append(struct ir_build *b, const struct ir_op *o)
{
    struct ir_fn *fn = b->fn;
    if (unlikely(fn->count == fn->capacity))
        fn->ops = grow(fn->ops, &fn->capacity, sizeof *fn->ops);
    fn->ops[fn->count] = *o;
    return fn->count++;
}

/* A value without effects: folded, found among the recent ones, or appended. */
static ir_ref pure(struct ir_build *b, struct ir_op o)
{
    struct ir_fn *fn = b->fn;
    while (ir_fold(fn->ops, &o))
        if (o.op == IR_OP_copy)
            return o.a;
    ir_ref *slot = &b->recent[ir_hash(&o) % IR_RECENT], found = *slot;
    if (found >= fn->blocks[b->block].first && found < fn->count && !memcmp(&fn->ops[found], &o, sizeof o))
        return found;
    return *slot = append(b, &o);
}

static inline ir_ref value(struct ir_build *b, struct ir_op o)
{
    return ir_op_info[o.op].effects == IR_PURE ? pure(b, o) : append(b, &o);
}

void ir_begin(struct ir_build *b, struct ir_fn *fn, u64 pc, u32 mode)
{
    b->fn = fn;
    b->pc = pc;
    memset(b->recent, 0, sizeof b->recent);
    fn->count = fn->block_count = fn->arg_count = fn->insn_count = 0;
    fn->pc = fn->pc_end = pc;
    fn->mode = mode;
    fn->fp = (struct ir_fp_model){0};
    append(b, &(struct ir_op){.op = IR_OP_none});
    b->block = ir_new_block(b);
    fn->blocks[b->block].first = fn->count;
}

void ir_fn_free(struct ir_fn *fn)
{
    free(fn->ops);
    free(fn->blocks);
    free(fn->args);
    free(fn->scratch);
    *fn = (struct ir_fn){0};
}

u32 *ir_scratch(struct ir_fn *fn, u32 count)
{
    while (fn->scratch_capacity < count)
        fn->scratch = grow(fn->scratch, &fn->scratch_capacity, sizeof *fn->scratch);
    return fn->scratch;
}

static void end_block(struct ir_build *b)
{
    struct ir_block *block = &b->fn->blocks[b->block];
    must(block->end == 0);
    block->end = b->fn->count;
}

ir_ref ir_emit(struct ir_build *b, enum ir_opcode op, enum ir_type t, u8 sub, ir_ref a, ir_ref c, ir_ref d, u64 imm)
{
    ir_ref r = append(b, &(struct ir_op){.op = op, .type = t, .sub = sub, .a = a, .b = c, .c = d, .imm = imm});
    if (ir_op_info[op].effects & IR_END)
        end_block(b);
    return t == IR_VOID ? IR_NONE : r;
}

void ir_insn(struct ir_build *b, u64 pc, u32 insn, unsigned bytes)
{
    b->pc = pc;
    b->insn = insn;
    b->insn_bytes = (u8)bytes;
    b->fn->insn_count++;
    b->fn->pc_end = pc + bytes;
    append(b, &(struct ir_op){.op = IR_OP_insn, .sub = (u8)bytes, .b = insn, .imm = pc});
}

enum ir_type ir_type_of(const struct ir_build *b, ir_ref a) { return b->fn->ops[a].type; }

ir_ref ir_const(struct ir_build *b, enum ir_type t, u64 v)
{
    return pure(b, (struct ir_op){.op = IR_OP_const, .type = t, .imm = v & ones(ir_type_bits(t))});
}

ir_ref ir_const_v128(struct ir_build *b, u64 lo, u64 hi)
{
    return pure(b, (struct ir_op){.op = IR_OP_const, .type = IR_V128, .b = (u32)hi, .c = (u32)(hi >> 32), .imm = lo});
}

bool ir_is_const(const struct ir_build *b, ir_ref a, u64 *v)
{
    const struct ir_op *o = &b->fn->ops[a];
    if (o->op != IR_OP_const || o->type == IR_V128)
        return false;
    *v = o->imm;
    return true;
}

ir_ref ir_get(struct ir_build *b, enum ir_type t, u32 offset)
{
    return append(b, &(struct ir_op){.op = IR_OP_get, .type = t, .imm = offset});
}

void ir_put(struct ir_build *b, u32 offset, ir_ref v)
{
    append(b, &(struct ir_op){.op = IR_OP_put, .a = v, .imm = offset});
}

/* The result type of a row whose kind fixes it. */
static enum ir_type result_type(const struct ir_build *b, enum ir_opcode op, ir_ref a)
{
    switch ((enum ir_kind)ir_op_info[op].kind) {
    case IR_KIND_INT1:
    case IR_KIND_INT2:
    case IR_KIND_F1:
    case IR_KIND_F2:
    case IR_KIND_F3: return ir_type_of(b, a);
    case IR_KIND_CMP2: return IR_I32;
    case IR_KIND_FLAGS2:
    case IR_KIND_FLAGS3: return IR_FLAGS;
    case IR_KIND_SPECIAL:
    case IR_KIND_CUSTOM: must(!"an operation that ir_op_typed() takes"); return IR_VOID;
    default: return IR_V128;
    }
}

ir_ref ir_op1(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref a, u64 imm)
{
    return value(b, (struct ir_op){.op = op, .type = result_type(b, op, a), .sub = sub, .a = a, .imm = imm});
}

ir_ref ir_op2(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref a, ir_ref c, u64 imm)
{
    return value(b, (struct ir_op){.op = op, .type = result_type(b, op, a), .sub = sub, .a = a, .b = c, .imm = imm});
}

ir_ref ir_op3(struct ir_build *b, enum ir_opcode op, u8 sub, ir_ref a, ir_ref c, ir_ref d, u64 imm)
{
    return ir_op_typed(b, op, result_type(b, op, a), sub, a, c, d, imm);
}

ir_ref ir_op_typed(struct ir_build *b, enum ir_opcode op, enum ir_type t, u8 sub, ir_ref a, ir_ref c, ir_ref d, u64 imm)
{
    return value(b, (struct ir_op){.op = op, .type = t, .sub = sub, .a = a, .b = c, .c = d, .imm = imm});
}

static ir_ref convert(struct ir_build *b, enum ir_opcode op, enum ir_type t, ir_ref a, u64 imm)
{
    return pure(b, (struct ir_op){.op = op, .type = t, .a = a, .imm = imm});
}

ir_ref ir_zext(struct ir_build *b, ir_ref a) { return convert(b, IR_OP_zext, IR_I64, a, 0); }
ir_ref ir_sext(struct ir_build *b, ir_ref a) { return convert(b, IR_OP_sext, IR_I64, a, 0); }
ir_ref ir_trunc(struct ir_build *b, ir_ref a) { return convert(b, IR_OP_trunc, IR_I32, a, 0); }
ir_ref ir_bitcast(struct ir_build *b, enum ir_type t, ir_ref a) { return convert(b, IR_OP_bitcast, t, a, 0); }
ir_ref ir_vec(struct ir_build *b, ir_ref scalar) { return convert(b, IR_OP_vec, IR_V128, scalar, 0); }
ir_ref ir_low(struct ir_build *b, enum ir_type t, ir_ref vector) { return convert(b, IR_OP_low, t, vector, 0); }

ir_ref ir_sext_low(struct ir_build *b, ir_ref a, unsigned width)
{
    return convert(b, IR_OP_sext_low, ir_type_of(b, a), a, width);
}

ir_ref ir_zext_low(struct ir_build *b, ir_ref a, unsigned width)
{
    return convert(b, IR_OP_zext_low, ir_type_of(b, a), a, width);
}

ir_ref ir_select(struct ir_build *b, ir_ref cond_i32, ir_ref if_true, ir_ref if_false)
{
    return ir_op_typed(b, IR_OP_select, ir_type_of(b, if_true), 0, cond_i32, if_true, if_false, 0);
}

ir_ref ir_cond(struct ir_build *b, enum ir_cond cond, ir_ref flags)
{
    return pure(b, (struct ir_op){.op = IR_OP_cond, .type = IR_I32, .sub = (u8)cond, .a = flags});
}

/* Moves a constant that was added to an address into the offset. 32-bit addresses wrap either way: bits above
 * cpu_common.addr_mask do not count. */
static void fold_address(const struct ir_build *b, ir_ref *addr, i64 *offset)
{
    const struct ir_op *o = &b->fn->ops[*addr];
    u64 k;
    if (o->op == IR_OP_add && ir_is_const(b, o->b, &k)) {
        *addr = o->a;
        *offset = (i64)((u64)*offset + (o->type == IR_I32 ? (u64)(i64)(i32)k : k));
    }
}

ir_ref ir_load(struct ir_build *b, enum ir_type t, u8 sub, ir_ref addr, i64 offset)
{
    fold_address(b, &addr, &offset);
    return append(b, &(struct ir_op){.op = IR_OP_load, .type = t, .sub = sub, .a = addr, .imm = (u64)offset});
}

void ir_store(struct ir_build *b, u8 sub, ir_ref addr, i64 offset, ir_ref v)
{
    fold_address(b, &addr, &offset);
    append(b, &(struct ir_op){.op = IR_OP_store, .sub = sub, .a = addr, .b = v, .imm = (u64)offset});
}

ir_ref ir_atomic(struct ir_build *b, enum ir_opcode op, enum ir_type t, u8 sub, ir_ref addr, ir_ref v)
{
    return append(b, &(struct ir_op){.op = op, .type = t, .sub = sub, .a = addr, .b = v});
}

ir_ref ir_cas(struct ir_build *b, enum ir_type t, u8 sub, ir_ref addr, ir_ref expected, ir_ref desired)
{
    return append(b, &(struct ir_op){.op = IR_OP_cas, .type = t, .sub = sub, .a = addr, .b = expected, .c = desired});
}

ir_ref ir_load_ex(struct ir_build *b, enum ir_type t, u8 sub, ir_ref addr)
{
    return append(b, &(struct ir_op){.op = IR_OP_load_ex, .type = t, .sub = sub, .a = addr});
}

ir_ref ir_store_ex(struct ir_build *b, u8 sub, ir_ref addr, ir_ref v)
{
    return append(b, &(struct ir_op){.op = IR_OP_store_ex, .type = IR_I32, .sub = sub, .a = addr, .b = v});
}

void ir_clear_ex(struct ir_build *b) { append(b, &(struct ir_op){.op = IR_OP_clear_ex}); }
void ir_prefetch(struct ir_build *b, u8 sub, ir_ref addr, i64 offset)
{
    append(b, &(struct ir_op){.op = IR_OP_prefetch, .sub = sub, .a = addr, .imm = (u64)offset});
}

void ir_fence(struct ir_build *b, u8 order) { append(b, &(struct ir_op){.op = IR_OP_fence, .sub = order}); }

u32 ir_add_args(struct ir_fn *fn, unsigned count, const ir_ref *args)
{
    while (fn->arg_count + count > fn->arg_capacity)
        fn->args = grow(fn->args, &fn->arg_capacity, sizeof *fn->args);
    if (count)
        memcpy(fn->args + fn->arg_count, args, count * sizeof *args);
    fn->arg_count += count;
    return fn->arg_count - count;
}

_Static_assert(IR_OP_crc32_8 == IR_OP_crc32_1 + 3 && IR_OP_crc32c_8 == IR_OP_crc32c_1 + 3, "by log2 of the size");
ir_ref ir_crc(struct ir_build *b, enum ir_opcode op, ir_ref crc, ir_ref data, unsigned log2_bytes)
{
    return ir_trunc(b, ir_op2(b, op + log2_bytes, 0, ir_zext(b, crc), data, 0));
}

/* Doublewords of two vectors side by side, then the words of each exchanged: (y1, y0, x1, x0), or with the upper ones. */
static ir_ref sha256_pair(struct ir_build *b, enum ir_opcode zip, ir_ref y, ir_ref x)
{
    return ir_op1(b, IR_OP_vrev, IR_S | IR_FULL, ir_op2(b, zip, IR_D | IR_FULL, y, x, 0), IR_D);
}

ir_ref ir_sha256(struct ir_build *b, ir_ref abcd, ir_ref efgh, ir_ref words, bool second)
{
    u8 whole = IR_S | IR_FULL;
    ir_ref abef = sha256_pair(b, IR_OP_vzip1, efgh, abcd), cdgh = sha256_pair(b, IR_OP_vzip2, efgh, abcd);
    ir_ref half = ir_op3(b, IR_OP_vsha256rounds, whole, cdgh, abef, words, 0);
    ir_ref end = ir_op3(b, IR_OP_vsha256rounds, whole, abef, half, words, 1);
    return sha256_pair(b, second ? IR_OP_vzip1 : IR_OP_vzip2, end, half);
}

ir_ref ir_call(struct ir_build *b, enum ir_helper_id helper, unsigned count, const ir_ref *args)
{
    const struct ir_helper *h = &ir_helpers[helper];
    must(count == h->arg_count);
    return ir_emit(b, IR_OP_call, h->result, 0, ir_add_args(b->fn, count, args), count, 0, helper);
}

void ir_trap_if(struct ir_build *b, ir_ref cond, enum cpu_trap trap, u32 code, ir_ref addr)
{
    u64 k;
    if (!ir_is_const(b, cond, &k) || k)
        append(b, &(struct ir_op){.op = IR_OP_trap_if, .sub = (u8)trap, .a = cond, .b = addr, .imm = code});
}

void ir_exit_next(struct ir_build *b, u64 pc) { ir_emit(b, IR_OP_exit_next, IR_VOID, 0, 0, 0, 0, pc); }

void ir_exit_branch(struct ir_build *b, ir_ref cond, u64 taken, u64 not_taken)
{
    u64 k;
    if (ir_is_const(b, cond, &k))
        ir_exit_next(b, k ? taken : not_taken);
    else if (taken == not_taken)
        ir_exit_next(b, taken);
    else
        ir_emit(b, IR_OP_exit_branch, IR_VOID, 0, cond, ir_const(b, IR_I64, taken), ir_const(b, IR_I64, not_taken), 0);
}

void ir_exit_call(struct ir_build *b, u64 target, u64 return_pc, bool exchange)
{
    ir_emit(b, IR_OP_exit_call, IR_VOID, exchange ? IR_EXCHANGE : 0, ir_const(b, IR_I64, return_pc), 0, 0, target);
}

void ir_exit_indirect(struct ir_build *b, ir_ref pc, enum ir_hint hint, u64 return_pc)
{
    ir_emit(b, IR_OP_exit_indirect, IR_VOID, (u8)hint, pc, 0, 0, return_pc);
}

void ir_exit_exchange(struct ir_build *b, ir_ref target, enum ir_hint hint, u64 return_pc)
{
    ir_emit(b, IR_OP_exit_indirect, IR_VOID, (u8)(hint | IR_EXCHANGE), target, 0, 0, return_pc);
}

void ir_exit_syscall(struct ir_build *b, u64 next_pc) { ir_emit(b, IR_OP_exit_syscall, IR_VOID, 0, 0, 0, 0, next_pc); }

void ir_exit_trap(struct ir_build *b, enum cpu_trap trap, u32 code)
{
    ir_emit(b, IR_OP_exit_trap, IR_VOID, (u8)trap, 0, 0, 0, code);
}

u32 ir_new_block(struct ir_build *b)
{
    struct ir_fn *fn = b->fn;
    if (fn->block_count == fn->block_capacity)
        fn->blocks = grow(fn->blocks, &fn->block_capacity, sizeof *fn->blocks);
    fn->blocks[fn->block_count] = (struct ir_block){0};
    return fn->block_count++;
}

void ir_use_block(struct ir_build *b, u32 block)
{
    must(b->fn->blocks[b->block].end && !b->fn->blocks[block].first);
    b->block = block;
    b->fn->blocks[block].first = b->fn->count;
}

ir_ref ir_param(struct ir_build *b, enum ir_type t)
{
    struct ir_block *block = &b->fn->blocks[b->block];
    must(b->fn->count == block->first + block->param_count);
    return append(b, &(struct ir_op){.op = IR_OP_param, .type = t, .imm = block->param_count++});
}

void ir_jump(struct ir_build *b, u32 block, unsigned count, const ir_ref *args)
{
    ir_emit(b, IR_OP_jump, IR_VOID, 0, 0, ir_add_args(b->fn, count, args), count, block);
}

void ir_br(struct ir_build *b, ir_ref cond, u32 if_true, u32 if_false, unsigned count, const ir_ref *args)
{
    ir_emit(b, IR_OP_br, IR_VOID, 0, cond, ir_add_args(b->fn, count, args), count, if_true | (u64)if_false << 32);
}
