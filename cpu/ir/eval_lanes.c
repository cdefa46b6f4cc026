/* Evaluators of the lane-by-lane vector rows: integer lanes (VL*) and floating-point lanes (VF*). */
#include "ir/eval.h"

#define ONE(t, m) t a EVAL_UNUSED = x->v.m[i];
#define TWO(t, m) t a EVAL_UNUSED = x->v.m[i], b EVAL_UNUSED = y->v.m[i];
#define THREE(t, m) t a EVAL_UNUSED = x->v.m[i], b EVAL_UNUSED = y->v.m[i], c EVAL_UNUSED = z->v.m[i];

/* One evaluator: lanes of `width` bits in member m of union v128; the result is written when all of it is known. */
#define LANES_FN(function, width, m, lanes, wide, signed_wide, operands, value)                                        \
    EVAL_FN(function)                                                                                                  \
    {                                                                                                                  \
        typedef i##width signed_value EVAL_UNUSED;                                                                     \
        typedef wide d EVAL_UNUSED;                                                                                    \
        typedef signed_wide sd EVAL_UNUSED;                                                                            \
        const unsigned L EVAL_UNUSED = width;                                                                          \
        union v128 t = {.q = 0};                                                                                       \
        for (unsigned i = 0; i < lanes; i++) {                                                                         \
            operands(u##width, m) t.m[i] = (u##width)(value);                                                          \
        }                                                                                                              \
        r->v = t;                                                                                                      \
    }
#define BOTH(function, width, m, lanes, wide, signed_wide, operands, value)                                            \
    LANES_FN(function##_full, width, m, lanes, wide, signed_wide, operands, value)                                     \
    LANES_FN(function##_half, width, m, lanes / 2, wide, signed_wide, operands, value)
#define ALL_LANES(name, operands, value)                                                                               \
    BOTH(eval_##name##_b, 8, b, 16, u16, i16, operands, value)                                                         \
    BOTH(eval_##name##_h, 16, h, 8, u32, i32, operands, value)                                                         \
    BOTH(eval_##name##_s, 32, s, 4, u64, i64, operands, value)                                                         \
    BOTH(eval_##name##_d, 64, d, 2, u128, i128, operands, value)

#define EVAL_VL1(name, value) ALL_LANES(name, ONE, value)
#define EVAL_VL2(name, value) ALL_LANES(name, TWO, value)
#define EVAL_VL3(name, value) ALL_LANES(name, THREE, value)
#include "ir/eval_rows.h"
#undef EVAL_VL1
#undef EVAL_VL2
#undef EVAL_VL3
#define EVAL_VL1(name, value)
#define EVAL_VL2(name, value)
#define EVAL_VL3(name, value)

#define FP_LANES(name, operands, value) FP_BOTH(eval_##name, operands, value)
#undef EVAL_VF1
#undef EVAL_VF2
#undef EVAL_VF3
#define EVAL_VF1(name, value) FP_LANES(name, ONE, value)
#define EVAL_VF2(name, value) FP_LANES(name, TWO, value)
#define EVAL_VF3(name, value) FP_LANES(name, THREE, value)

#define FP(function) fp16_##function
#define FP_BOTH(function, operands, value) BOTH(function##_h, 16, h, 8, u32, i32, operands, value)
#include "ir/eval_rows.h"
#undef FP
#undef FP_BOTH
#define FP(function) fp32_##function
#define FP_BOTH(function, operands, value) BOTH(function##_s, 32, s, 4, u64, i64, operands, value)
#include "ir/eval_rows.h"
#undef FP
#undef FP_BOTH
#define FP(function) fp64_##function
#define FP_BOTH(function, operands, value) BOTH(function##_d, 64, d, 2, u128, i128, operands, value)
#include "ir/eval_rows.h"
#undef EVAL_VL1
#undef EVAL_VL2
#undef EVAL_VL3
#undef EVAL_VF1
#undef EVAL_VF2
#undef EVAL_VF3

ir_eval_fn *ir_eval_find_lanes(enum ir_opcode op, u8 sub)
{
    bool full = sub & IR_FULL;
    unsigned lane = sub & IR_LANE_MASK;
    if (sub & ~(IR_LANE_MASK | IR_FULL))
        return NULL;
    switch (op) {
#define EVAL_VL1(name, value) EVAL_INT_CASE(name)
#define EVAL_VL2(name, value) EVAL_INT_CASE(name)
#define EVAL_VL3(name, value) EVAL_INT_CASE(name)
#include "ir/eval_rows.h"
    default: return NULL;
    }
#undef EVAL_VL1
#undef EVAL_VL2
#undef EVAL_VL3
#define EVAL_VL1(name, value)
#define EVAL_VL2(name, value)
#define EVAL_VL3(name, value)
}

ir_eval_fn *ir_eval_find_fp_lanes(enum ir_opcode op, u8 sub)
{
    bool full = sub & IR_FULL;
    unsigned lane = sub & IR_LANE_MASK;
    if (sub & ~(IR_LANE_MASK | IR_FULL) || lane == IR_B)
        return NULL;
    switch (op) {
#undef EVAL_VF1
#undef EVAL_VF2
#undef EVAL_VF3
#define EVAL_VF1(name, value) EVAL_FP_CASE(name)
#define EVAL_VF2(name, value) EVAL_FP_CASE(name)
#define EVAL_VF3(name, value) EVAL_FP_CASE(name)
#include "ir/eval_rows.h"
    default: return NULL;
    }
}
