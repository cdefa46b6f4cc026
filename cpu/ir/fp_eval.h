/* What the conversion rows of ops_fp.def share: formats and widths from types. Included by the evaluators only. */
#ifndef XRUN_IR_FP_EVAL_H
#define XRUN_IR_FP_EVAL_H

#include "ir/fp.h"
#include "ir/ir.h"

/* The format of a float type. */
static inline enum fp_format fp_format_of(enum ir_type t)
{
    return t == IR_F16 ? FP_F16 : t == IR_F32 ? FP_F32 : FP_F64;
}
/* The bits of a scalar of type t, zero-extended. */
static inline u64 fp_operand(enum ir_type t, const union ir_value *x)
{
    return t == IR_F16 ? x->u16 : t == IR_F32 || t == IR_I32 ? x->u32 : x->u64;
}
/* Bits of an integer held in a value of type t: a float type holds one of its own width. */
static inline unsigned fp_int_width(enum ir_type t) { return t == IR_F16 ? 16 : t == IR_I32 || t == IR_F32 ? 32 : 64; }

/* fp_convert(), fp_to_int(), fp_from_int() by the types of result and operand; imm of the operation. */
static inline u64 fp_eval_cvt(struct cpu_common *cpu, enum ir_type to, enum ir_type from, const union ir_value *x,
                              u64 imm)
{
    return fp_convert(cpu, fp_format_of(to), fp_format_of(from), fp_operand(from, x), imm & FP_IMM_ROUND_MASK);
}
static inline u64 fp_eval_to_int(struct cpu_common *cpu, enum ir_type to, enum ir_type from, const union ir_value *x,
                                 bool is_signed, u64 imm)
{
    return fp_to_int(cpu, fp_format_of(from), fp_operand(from, x), fp_int_width(to), is_signed, imm);
}
static inline u64 fp_eval_from_int(struct cpu_common *cpu, enum ir_type to, enum ir_type from, const union ir_value *x,
                                   bool is_signed, u64 imm)
{
    return fp_from_int(cpu, fp_format_of(to), fp_operand(from, x), fp_int_width(from), is_signed, imm);
}

#endif
