/* Random operations, from the rows of ops.def. Everything follows from gen_state, gen_make() and the operations since
 * gen_first. */
#ifndef TESTS_IR_GEN_H
#define TESTS_IR_GEN_H

#include "ir/ir.h"

extern u64 gen_state;   /* the random numbers' state: set it to repeat */
extern ir_ref gen_first; /* operands are taken from the operations from this one on */
/* Makes a new value of type t: a constant, something read from the state. */
extern ir_ref (*gen_make)(struct ir_build *b, enum ir_type t);

u32 draw(u32 below);
/* A number that carries, overflows, is a NaN or compares equal more often than a random one. */
u64 interesting(void);
enum ir_type draw_type(void);
enum ir_type draw_int(void);
enum ir_type draw_float(void);
/* A value of type t: an existing one if there is one near, or a new one. */
ir_ref pick(struct ir_build *b, enum ir_type t);
/* Appends an operation of any row that has no effects beyond floating-point flags, with its operands. Some draws append
 * operands only. */
void add_row(struct ir_build *b);
/* The same, of those that integer code is made of. */
void add_integer(struct ir_build *b);

#endif
