/* Evaluators of the CUSTOM rows: the statements of a row, once for every result type, operand type and sub, which are
 * constants inside. The compiler folds combinations that are alike. */
#include "ir/eval.h"

/* Writes only the bytes that the type has. */
static inline __attribute__((always_inline)) void put_result(union ir_value *r, const union ir_value *from,
                                                             const enum ir_type type)
{
    switch (type) {
    case IR_F16: RESULT(u16) = from->u16; break;
    case IR_I32:
    case IR_F32:
    case IR_FLAGS: RESULT(u32) = from->u32; break;
    case IR_I64:
    case IR_F64: RESULT(u64) = from->u64; break;
    default: r->v = from->v;
    }
}

#define EVAL_CUSTOM(name, value)                                                                                       \
    static inline __attribute__((always_inline)) void body_##name(                                                     \
        struct cpu_common *cpu EVAL_UNUSED, union ir_value *result, const union ir_value *x EVAL_UNUSED,               \
        const union ir_value *y EVAL_UNUSED, const union ir_value *z EVAL_UNUSED, u64 imm EVAL_UNUSED,                 \
        const enum ir_type type EVAL_UNUSED, const enum ir_type operand EVAL_UNUSED, const unsigned sub EVAL_UNUSED)   \
    {                                                                                                                  \
        union ir_value local = {.v = {.q = 0}}, *const r = &local;                                                     \
        value;                                                                                                         \
        put_result(result, &local, type);                                                                              \
    }
#include "ir/eval_rows.h"
#undef EVAL_CUSTOM

/* EACH_SUB(M, ..): M(name, result, operand, n) for every sub; the outer ones for every type. */
#define EACH_SUB(M, name, t, o)                                                                                        \
    M(name, t, o, 0) M(name, t, o, 1) M(name, t, o, 2) M(name, t, o, 3) M(name, t, o, 4) M(name, t, o, 5)              \
    M(name, t, o, 6) M(name, t, o, 7)
#define EACH_OPERAND(M, name, t)                                                                                       \
    EACH_SUB(M, name, t, IR_I32) EACH_SUB(M, name, t, IR_I64) EACH_SUB(M, name, t, IR_F16)                             \
    EACH_SUB(M, name, t, IR_F32) EACH_SUB(M, name, t, IR_F64) EACH_SUB(M, name, t, IR_V128)
#define EACH(M, name)                                                                                                  \
    EACH_OPERAND(M, name, IR_I32) EACH_OPERAND(M, name, IR_I64) EACH_OPERAND(M, name, IR_F16)                          \
    EACH_OPERAND(M, name, IR_F32) EACH_OPERAND(M, name, IR_F64) EACH_OPERAND(M, name, IR_V128)                         \
    EACH_OPERAND(M, name, IR_FLAGS)
_Static_assert(IR_CUSTOM_SUBS == 8, "EACH_SUB lists them");

#define CUSTOM_FN(name, t, o, s) EVAL_FN(eval_##name##_##t##_##o##_##s) { body_##name(cpu, r, x, y, z, imm, t, o, s); }
#define EVAL_CUSTOM(name, value) EACH(CUSTOM_FN, name)
#include "ir/eval_rows.h"
#undef EVAL_CUSTOM

#define KEY(t, o, s) ((t) << 8 | (o) << 4 | (s))
#define CUSTOM_CASE(name, t, o, s)                                                                                     \
    case KEY(t, o, s): return eval_##name##_##t##_##o##_##s;
#define EVAL_CUSTOM(name, value)                                                                                       \
    static ir_eval_fn *find_##name(unsigned key)                                                                       \
    {                                                                                                                  \
        switch (key) {                                                                                                 \
            EACH(CUSTOM_CASE, name)                                                                                    \
        default: return NULL;                                                                                          \
        }                                                                                                              \
    }
#include "ir/eval_rows.h"
#undef EVAL_CUSTOM

ir_eval_fn *ir_eval_find_custom(enum ir_opcode op, enum ir_type result, enum ir_type operand, u8 sub)
{
    if (sub >= IR_CUSTOM_SUBS)
        return NULL;
    switch (op) {
#define EVAL_CUSTOM(name, value)                                                                                       \
    case IR_OP_##name: return find_##name(KEY(result, operand, sub));
#include "ir/eval_rows.h"
    default: return NULL;
    }
}
