/* Private to the evaluators: how they are written and found. */
#ifndef XRUN_IR_EVAL_H
#define XRUN_IR_EVAL_H

#include "ir/eval_support.h"
#include "ir/vec.h"
#include "ir/fp.h"
#include "ir/fp_eval.h"

#define EVAL_UNUSED __attribute__((unused))
/* The head of one evaluator. */
#define EVAL_FN(function)                                                                                              \
    static void function(struct cpu_common *cpu EVAL_UNUSED, union ir_value *r EVAL_UNUSED,                            \
                         const union ir_value *x EVAL_UNUSED, const union ir_value *y EVAL_UNUSED,                     \
                         const union ir_value *z EVAL_UNUSED, u64 imm EVAL_UNUSED)

/* A scalar result: exactly its bytes are written, at an address aligned for its type only (engines may let a result go
 * straight into guest state). t is u16, u32 or u64. */
#define RESULT(t) (*(t *)(void *)r)

/* The value column mixes S(..) with unsigned operands on purpose: every result is cut to its width. */
#pragma GCC diagnostic ignored "-Wsign-compare"
#define S(e) ((signed_value)(e))

/* The evaluator of a row for a lane size, in a finder that knows `full`. */
#define EVAL_OF_LANE(name, size) (full ? eval_##name##_##size##_full : eval_##name##_##size##_half)
/* The case of a row in a finder that knows `lane`, too; for floating point there are no bytes. */
#define EVAL_FP_CASE(name)                                                                                             \
    case IR_OP_##name:                                                                                                 \
        return lane == IR_H   ? EVAL_OF_LANE(name, h)                                                                  \
               : lane == IR_S ? EVAL_OF_LANE(name, s)                                                                  \
                              : EVAL_OF_LANE(name, d);
#define EVAL_INT_CASE(name)                                                                                            \
    case IR_OP_##name:                                                                                                 \
        return lane == IR_B   ? EVAL_OF_LANE(name, b)                                                                  \
               : lane == IR_H ? EVAL_OF_LANE(name, h)                                                                  \
               : lane == IR_S ? EVAL_OF_LANE(name, s)                                                                  \
                              : EVAL_OF_LANE(name, d);

/* One finder per group of kinds; a switch, not a table of pointers, so that a position-independent program has no
 * relocations to process at its start. NULL: no evaluator for these types. */
ir_eval_fn *ir_eval_find_int(enum ir_opcode op, enum ir_type operand);
ir_eval_fn *ir_eval_find_fp(enum ir_opcode op, enum ir_type operand);
ir_eval_fn *ir_eval_find_lanes(enum ir_opcode op, u8 sub);    /* VL* */
ir_eval_fn *ir_eval_find_fp_lanes(enum ir_opcode op, u8 sub); /* VF* */
ir_eval_fn *ir_eval_find_vec(enum ir_opcode op, u8 sub);      /* V */
ir_eval_fn *ir_eval_find_custom(enum ir_opcode op, enum ir_type result, enum ir_type operand, u8 sub);
ir_eval_fn *ir_eval_find_special(enum ir_opcode op, enum ir_type result, enum ir_type operand, u8 sub);

#endif
