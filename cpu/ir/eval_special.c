/* Evaluators of the rows of ops_mem.def that are pure: conversions between types, selection, conditions. */
#include "ir/eval.h"

EVAL_FN(eval_copy_16) { RESULT(u16) = x->u16; }
EVAL_FN(eval_copy_32) { RESULT(u32) = x->u32; }
EVAL_FN(eval_copy_64) { RESULT(u64) = x->u64; }
EVAL_FN(eval_zext_16) { RESULT(u32) = x->u16; }
EVAL_FN(eval_zext_32) { RESULT(u64) = x->u32; }
EVAL_FN(eval_copy_128) { r->v = x->v; }
EVAL_FN(eval_sext) { RESULT(u64) = (u64)(i64)(i32)x->u32; }
EVAL_FN(eval_sext_low_32) { RESULT(u32) = (u32)sext(x->u32, (unsigned)imm); }
EVAL_FN(eval_sext_low_64) { RESULT(u64) = (u64)sext(x->u64, (unsigned)imm); }
EVAL_FN(eval_zext_low_32) { RESULT(u32) = x->u32 & (u32)ones((unsigned)imm); }
EVAL_FN(eval_zext_low_64) { RESULT(u64) = x->u64 & ones((unsigned)imm); }
EVAL_FN(eval_select_64) { RESULT(u64) = x->u32 ? y->u64 : z->u64; }
EVAL_FN(eval_select_32) { RESULT(u32) = x->u32 ? y->u32 : z->u32; }
EVAL_FN(eval_select_16) { RESULT(u16) = x->u32 ? y->u16 : z->u16; }
EVAL_FN(eval_select_128) { r->v = x->u32 ? y->v : z->v; }
EVAL_FN(eval_flags_cut) { RESULT(u32) = x->u32 & IR_FLAGS_MASK; }
EVAL_FN(eval_vec_16) { r->v = (union v128){.d = {x->u16, 0}}; }
EVAL_FN(eval_vec_32) { r->v = (union v128){.d = {x->u32, 0}}; }
EVAL_FN(eval_vec_64) { r->v = (union v128){.d = {x->u64, 0}}; }

#define CONDITIONS(X)                                                                                                  \
    X(EQ) X(NE) X(CS) X(CC) X(MI) X(PL) X(VS) X(VC) X(HI) X(LS) X(GE) X(LT) X(GT) X(LE) X(AL) X(NV)
#define X(c) EVAL_FN(eval_cond_##c) { RESULT(u32) = ir_cond_holds(IR_##c, x->u32); }
CONDITIONS(X)
#undef X

static ir_eval_fn *find_cond(u8 sub)
{
    switch (sub) {
#define X(c)                                                                                                           \
    case IR_##c: return eval_cond_##c;
        CONDITIONS(X)
#undef X
    default: return NULL;
    }
}

static ir_eval_fn *find_copy(unsigned bits)
{
    return bits == 16 ? eval_copy_16 : bits == 32 ? eval_copy_32 : bits == 64 ? eval_copy_64 : eval_copy_128;
}

ir_eval_fn *ir_eval_find_special(enum ir_opcode op, enum ir_type result, enum ir_type operand, u8 sub)
{
    unsigned from = ir_type_bits(operand), to = ir_type_bits(result);
    switch (op) {
    case IR_OP_copy: return find_copy(to);
    case IR_OP_zext: return eval_zext_32;
    case IR_OP_trunc: return eval_copy_32;
    case IR_OP_sext: return eval_sext;
    case IR_OP_sext_low: return operand == IR_I64 ? eval_sext_low_64 : eval_sext_low_32;
    case IR_OP_zext_low: return operand == IR_I64 ? eval_zext_low_64 : eval_zext_low_32;
    case IR_OP_bitcast: return from < to ? eval_zext_16 : find_copy(to);
    case IR_OP_select:
        return to == 16 ? eval_select_16 : to == 32 ? eval_select_32 : to == 64 ? eval_select_64 : eval_select_128;
    case IR_OP_cond: return find_cond(sub);
    case IR_OP_flags_pack:
    case IR_OP_flags_word: return eval_flags_cut;
    case IR_OP_vec: return from == 16 ? eval_vec_16 : from == 32 ? eval_vec_32 : eval_vec_64;
    case IR_OP_low: return find_copy(to);
    default: return NULL;
    }
}
