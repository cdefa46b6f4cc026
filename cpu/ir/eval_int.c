/* Evaluators of the integer, comparison and flag rows, at 32 and 64 bits. */
#include "ir/eval.h"

#define ONE(t) t a = x->t;
#define TWO(t) t a = x->t, b = y->t;
#define THREE(t)                                                                                                       \
    t a = x->t, b = y->t;                                                                                              \
    u32 c = z->u32;
#define INT_FN(name, width, operands, result, value)                                                                   \
    EVAL_FN(eval_##name##_##width)                                                                                     \
    {                                                                                                                  \
        typedef i##width signed_value EVAL_UNUSED;                                                                     \
        const unsigned W EVAL_UNUSED = width;                                                                          \
        operands(u##width) RESULT(result) = (result)(value);                                                                \
    }

#define EVAL_INT1(name, value) INT_FN(name, 32, ONE, u32, value) INT_FN(name, 64, ONE, u64, value)
#define EVAL_INT2(name, value) INT_FN(name, 32, TWO, u32, value) INT_FN(name, 64, TWO, u64, value)
#define EVAL_CMP2(name, value) INT_FN(name, 32, TWO, u32, value) INT_FN(name, 64, TWO, u32, value)
#define EVAL_FLAGS2(name, value) EVAL_CMP2(name, value)
#define EVAL_FLAGS3(name, value) INT_FN(name, 32, THREE, u32, value) INT_FN(name, 64, THREE, u32, value)
#include "ir/eval_rows.h"
#undef EVAL_INT1
#undef EVAL_INT2
#undef EVAL_CMP2
#undef EVAL_FLAGS2
#undef EVAL_FLAGS3

ir_eval_fn *ir_eval_find_int(enum ir_opcode op, enum ir_type operand)
{
    if (operand != IR_I32 && operand != IR_I64)
        return NULL;
    bool wide = operand == IR_I64;
    switch (op) {
#define EVAL_INT1(name, value)                                                                                         \
    case IR_OP_##name: return wide ? eval_##name##_64 : eval_##name##_32;
#define EVAL_INT2(name, value) EVAL_INT1(name, value)
#define EVAL_CMP2(name, value) EVAL_INT1(name, value)
#define EVAL_FLAGS2(name, value) EVAL_INT1(name, value)
#define EVAL_FLAGS3(name, value) EVAL_INT1(name, value)
#include "ir/eval_rows.h"
    default: return NULL;
    }
}
