/* Lowering in two steps: analyse.c decides where each value lives, lower.c and lower_control.c (what leaves a block)
 * write the operations. */
#ifndef XRUN_INTERP_LOWER_H
#define XRUN_INTERP_LOWER_H

#include "interp/code.h"

#include <stdlib.h>

enum { CELL_BYTES = 8 };
enum { NOWHERE = 0xffff, FAR = ~0u }; /* no location; used outside of the block that defines it */

/* What is known of ops[i]. */
struct value {
    u32 uses;
    u32 user;     /* the last use: index of the using operation */
    u32 last;     /* index after which it is not read; FAR: beyond the block */
    u32 next_write; /* get, put: the next operation that overwrites these bytes of the state */
    u32 next_expiring; /* list of temporaries that end at the same operation */
    u32 expiring; /* head of that list for this operation */
    u16 at;       /* byte offset where it is, NOWHERE before it is computed */
    bool alias;   /* the same bytes as operand a: no operation */
    bool in_user; /* computed by the only operation that uses it */
    bool in_state; /* computed directly into the state, or get that is read there */
    bool done;    /* put whose value is in place already; flags that came with a result */
    u32 computed_at; /* operation whose code computes it: itself, or the one it is merged with */
    u32 merged;   /* the flags operation computed with this result or the reverse; 0: none */
};

struct lowering {
    const struct ir_fn *fn;
    struct value *values;
    size_t value_capacity;
    struct interp_op *ops;
    u32 count, capacity;
    struct block_map *map;
    u32 map_count, map_capacity;
    struct interp_exit *exits;
    u32 exit_count, exit_capacity;
    u32 *visit; /* working memory of interp_analyse() */
    size_t visit_capacity;
    u32 *block_at; /* per IR block: its first operation */
    size_t block_at_capacity;
    struct block_fixup {
        u32 at, target;
    } *fixups;
    u32 fixup_count, fixup_capacity;
    /* the state as cells of CELL_BYTES */
    struct cell {
        u32 next_write, last_read, last_write;
    } *cells;
    u32 cell_count;
    size_t state_bytes;
    u16 free_slots[INTERP_SCRATCH / 16];
    u32 free_count, slot_top;
    bool too_large, no_link;
};

/* Fills values[] for every operation of the function. */
void interp_analyse(struct lowering *l);

/* The value whose bytes v is: follows aliases. */
ir_ref interp_root(const struct lowering *l, ir_ref v);
/* Upper half of the 64 bits at an i32's location is zero. */
bool interp_is_clean(const struct ir_fn *fn, ir_ref v);
/* Bytes that the handler of an operation writes; 0: not known, must not go into the state. */
unsigned interp_written_bytes(const struct ir_fn *fn, ir_ref v);
static inline unsigned interp_type_bytes(u8 t) { return t == IR_V128 ? 16 : t == IR_I64 || t == IR_F64 ? 8 : t == IR_F16 ? 2 : 4; }

/* Makes room for one more element. */
#define GROW(array, count, capacity)                                                                                   \
    do {                                                                                                               \
        if ((count) == (capacity)) {                                                                                   \
            (capacity) = (capacity) ? (capacity) * 2 : 64;                                                             \
            (array) = realloc((array), (capacity) * sizeof *(array));                                                  \
            must(array);                                                                                               \
        }                                                                                                              \
    } while (0)

static inline const struct ir_op *ir(const struct lowering *l, ir_ref v) { return &l->fn->ops[v]; }

/* A free slot of the scratch area, as byte offset; too_large is set if there is none. */
u16 lower_take_slot(struct lowering *l);
void lower_give_slot(struct lowering *l, u16 slot);
/* Appends an operation; the result is valid until the next one. */
struct interp_op *lower_emit(struct lowering *l, enum handler h, u16 d, u16 a, u16 b, u16 c, u64 imm);
/* Where value v can be read; a constant that is nowhere yet is made. */
u16 lower_at(struct lowering *l, ir_ref v);
/* Gives back the slots of the values whose last use is ops[k]. */
void lower_release(struct lowering *l, u32 k);
/* The plain move of a value of enum ir_type. */
enum handler lower_move_of(u8 type);

/* Operands of a two-operand form, in order; picks the form (register or immediate, 32 or 64 bits) from its first one. */
struct two {
    enum handler h;
    u16 a, b;
    u64 imm;
};
struct two lower_two_operands(struct lowering *l, enum handler first, u16 op, ir_ref x, ir_ref y);
/* Bit n: condition cond (enum ir_cond) holds when N Z C V are the number n. */
u16 lower_truth_table(unsigned cond);

/* ops[k], by kind; `from` is the IR block that it ends. */
void lower_jump(struct lowering *l, u32 k, u32 from);
void lower_br(struct lowering *l, u32 k, u32 from);
void lower_exit_next(struct lowering *l, const struct ir_op *op);
void lower_branch(struct lowering *l, u32 k);
void lower_indirect(struct lowering *l, u32 k);
void lower_trap_if(struct lowering *l, u32 k);

#endif
