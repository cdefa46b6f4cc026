/* Finds the evaluator of an operation. The evaluators themselves are in eval_*.c, one file per group of kinds, all
 * generated from the value column of ops.def except those of eval_special.c. */
#include "ir/eval.h"

ir_eval_fn *ir_eval_find(enum ir_opcode op, enum ir_type result, enum ir_type operand, u8 sub)
{
    switch ((enum ir_kind)ir_op_info[op].kind) {
    case IR_KIND_SPECIAL: return ir_eval_find_special(op, result, operand, sub);
    case IR_KIND_INT1:
    case IR_KIND_INT2:
    case IR_KIND_CMP2:
    case IR_KIND_FLAGS2:
    case IR_KIND_FLAGS3: return ir_eval_find_int(op, operand);
    case IR_KIND_F1:
    case IR_KIND_F2:
    case IR_KIND_F3: return ir_eval_find_fp(op, operand);
    case IR_KIND_CUSTOM: return ir_eval_find_custom(op, result, operand, sub);
    case IR_KIND_VL1:
    case IR_KIND_VL2:
    case IR_KIND_VL3: return ir_eval_find_lanes(op, sub);
    case IR_KIND_VF1:
    case IR_KIND_VF2:
    case IR_KIND_VF3: return ir_eval_find_fp_lanes(op, sub);
    case IR_KIND_V: return ir_eval_find_vec(op, sub);
    }
    return NULL;
}
