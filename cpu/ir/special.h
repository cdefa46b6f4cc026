/* Private to ir, opt and jit: which fields of struct ir_op an operation uses, as data for the printer, the parser, the
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

/* What `sub` is and how the text form shows it after the operation's name. */
enum ir_suffix {
    IR_SUFFIX_NUMBER, /* .N unless 0 */
    IR_SUFFIX_NONE,   /* an operand of the text form */
    IR_SUFFIX_COND,   /* .ne */
    IR_SUFFIX_LANE,   /* .4s */
    IR_SUFFIX_MEM,    /* .8.acq */
    IR_SUFFIX_ORDER,  /* .acq.rel */
};
enum ir_suffix ir_suffix_of(enum ir_opcode op);
/* Names of single bits and lanes in suffixes, shared by printer and parser. */
extern const struct ir_flag_name {
    u8 bit;
    const char *name;
} ir_mem_flags[5];
extern const char ir_lane_names[8][4]; /* by sub */
extern const char *const ir_trap_names[TRAP_COUNT];
extern const char *const ir_hint_names[7];

/* Keeps an operand list of an operation; returns its index in fn->args. */
u32 ir_add_args(struct ir_fn *fn, unsigned count, const ir_ref *args);

/* For finding equal operations. */
static inline u32 ir_hash(const struct ir_op *o)
{
    u64 h = ((u64)o->op << 16 | o->type << 8 | o->sub) * 0x9e3779b97f4a7c15;
    h ^= ((u64)o->a | (u64)o->b << 32) * 0xc2b2ae3d27d4eb4f;
    h ^= (o->imm ^ (u64)o->c << 40) * 0x165667b19e3779f9;
    return (u32)(h >> 40);
}

/* Folding, shared by the builder and the passes (fold.c). Operands of *o are looked up in ops. May change *o in place
 * into a constant, into `copy` of an operand (op = IR_OP_copy), or into a simpler operation. Returns whether it did. */
bool ir_fold(const struct ir_op *ops, struct ir_op *o);

#endif
