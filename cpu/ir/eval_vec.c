/* Evaluators of the whole-register vector rows (V), for each lane size and half or full width. */
#include "ir/eval.h"

static const union ir_value absent = {.v = {.q = 0}};

#define V_FN(name, suffix, lane_value, full_value)                                                                     \
    EVAL_FN(eval_##name##_##suffix) { body_##name(cpu, r, x, y, z, imm, lane_value, full_value); }

/* The row's statements once, inlined into eight evaluators where lane and full are constants. */
#define EVAL_V(name, value)                                                                                            \
    static inline __attribute__((always_inline)) void body_##name(                                                     \
        struct cpu_common *cpu EVAL_UNUSED, union ir_value *result, const union ir_value *x_in,                        \
        const union ir_value *y_in, const union ir_value *z_in, u64 imm EVAL_UNUSED, const unsigned lane EVAL_UNUSED,  \
        const bool full EVAL_UNUSED)                                                                                   \
    {                                                                                                                  \
        const union v128 x EVAL_UNUSED = (x_in ? x_in : &absent)->v, y EVAL_UNUSED = (y_in ? y_in : &absent)->v,       \
                         z EVAL_UNUSED = (z_in ? z_in : &absent)->v;                                                   \
        union v128 r = {.q = 0};                                                                                       \
        value;                                                                                                         \
        if (!full)                                                                                                     \
            r.d[1] = 0;                                                                                                \
        result->v = r;                                                                                                 \
    }                                                                                                                  \
    V_FN(name, b_full, IR_B, true)                                                                                     \
    V_FN(name, h_full, IR_H, true)                                                                                     \
    V_FN(name, s_full, IR_S, true)                                                                                     \
    V_FN(name, d_full, IR_D, true)                                                                                     \
    V_FN(name, b_half, IR_B, false)                                                                                    \
    V_FN(name, h_half, IR_H, false)                                                                                    \
    V_FN(name, s_half, IR_S, false)                                                                                    \
    V_FN(name, d_half, IR_D, false)
#include "ir/eval_rows.h"
#undef EVAL_V

ir_eval_fn *ir_eval_find_vec(enum ir_opcode op, u8 sub)
{
    bool full = sub & IR_FULL;
    unsigned lane = sub & IR_LANE_MASK;
    if (sub & ~(IR_LANE_MASK | IR_FULL))
        return NULL;
    switch (op) {
#define EVAL_V(name, value) EVAL_INT_CASE(name)
#include "ir/eval_rows.h"
    default: return NULL;
    }
}
