/* Private to ir and opt: which fields of struct ir_op an operation uses, as data for the printer, the parser, the
 * verifier and the passes. */
#ifndef XRUN_IR_SPECIAL_H
#define XRUN_IR_SPECIAL_H

#include "ir/ir.h"

/* The text form's operands, one letter each, separated by ", " when printed:
 *   A B C  operand a, b, c (`_` where there is none)       v  the value of a const
 *   i      imm, hexadecimal                                 o  state offset imm, by name if it has one
 *   n      sub, decimal                                     e  b as a plain number (insn)
 *   t      sub as the name of a trap                        h  sub as the name of a hint
 *   H      helper imm and its operands                      J  block imm and operands args[b..b+c)
 *   K      blocks imm (low, high half) and operands args[b..b+c)
 *   *      the rest is optional: trailing operands that are IR_NONE and an imm of 0 are left out
 * and the types, result before the colon:
 *   i i32   l i64   g i32 or i64   f f16, f32 or f64   v v128   F flags   s any scalar   a any   - none
 *   T  for the result: the type of operand a; for an operand: the type of the result
 *   lower-case letters after '?' may be missing */
struct ir_special {
    const char *format;
    const char *types;
};
/* The row of a SPECIAL operation, or the common row of another operation's kind. */
const struct ir_special *ir_special_of(enum ir_opcode op);

/* Bit n: field a, b, c holds an operand. */
enum { IR_REF_A = 1, IR_REF_B = 2, IR_REF_C = 4 };
extern const u8 ir_special_refs[IR_OP_COUNT]; /* meaningful for SPECIAL operations only */

static inline unsigned ir_refs(enum ir_opcode op)
{
    return ir_op_info[op].kind == IR_KIND_SPECIAL ? ir_special_refs[op] : IR_REF_A | IR_REF_B | IR_REF_C;
}

/* The operands kept in fn->args: where they start and how many. */
static inline u32 ir_arg_list(const struct ir_op *o, u32 *count)
{
    switch (o->op) {
    case IR_OP_call: *count = o->b; return o->a;
    case IR_OP_jump:
    case IR_OP_br: *count = o->c; return o->b;
    default: *count = 0; return 0;
    }
}

/* Folding, shared by the builder and the passes (fold.c). Operands of *o are looked up in ops. May change *o in place
 * into a constant, into `copy` of an operand (op = IR_OP_copy), or into a simpler operation. Returns whether it did. */
bool ir_fold(const struct ir_op *ops, struct ir_op *o);

#endif
