/* Evaluators of the scalar floating-point rows, at 16, 32 and 64 bits. */
#include "ir/eval.h"

#define ONE(t) t a = x->t;
#define TWO(t) t a = x->t, b = y->t;
#define THREE(t) t a = x->t, b = y->t, c = z->t;
#define PASTE(a, b, c) a##b##c
#define FP_FN(name, width, operands, value)                                                                            \
    EVAL_FN(PASTE(eval_##name, _, width))                                                                              \
    {                                                                                                                  \
        const unsigned W EVAL_UNUSED = width;                                                                          \
        operands(PASTE(u, width, )) RESULT(PASTE(u, width, )) = (PASTE(u, width, ))(value);                                 \
    }

#define EVAL_F1(name, value) FP_FN(name, FP_WIDTH, ONE, value)
#define EVAL_F2(name, value) FP_FN(name, FP_WIDTH, TWO, value)
#define EVAL_F3(name, value) FP_FN(name, FP_WIDTH, THREE, value)

#define FP(function) fp16_##function
#define FP_WIDTH 16
#include "ir/eval_rows.h"
#undef FP
#undef FP_WIDTH
#define FP(function) fp32_##function
#define FP_WIDTH 32
#include "ir/eval_rows.h"
#undef FP
#undef FP_WIDTH
#define FP(function) fp64_##function
#define FP_WIDTH 64
#include "ir/eval_rows.h"
#undef EVAL_F1
#undef EVAL_F2
#undef EVAL_F3

ir_eval_fn *ir_eval_find_fp(enum ir_opcode op, enum ir_type operand)
{
    if (operand != IR_F16 && operand != IR_F32 && operand != IR_F64)
        return NULL;
    switch (op) {
#define EVAL_F1(name, value)                                                                                           \
    case IR_OP_##name:                                                                                                 \
        return operand == IR_F64 ? eval_##name##_64 : operand == IR_F32 ? eval_##name##_32 : eval_##name##_16;
#define EVAL_F2(name, value) EVAL_F1(name, value)
#define EVAL_F3(name, value) EVAL_F1(name, value)
#include "ir/eval_rows.h"
    default: return NULL;
    }
}
