/* Lowering in two steps: analyse.c decides where each value lives, lower.c writes the operations. */
#ifndef XRUN_INTERP_LOWER_H
#define XRUN_INTERP_LOWER_H

#include "interp/code.h"

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
    u64 *exits;
    u32 exit_count, exit_capacity;
    u32 *block_at; /* per IR block: its first operation */
    size_t block_at_capacity;
    struct block_fixup {
        u32 at, target;
    } *fixups;
    u32 fixup_count, fixup_capacity;
    /* the state as cells of 4 bytes */
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

/* Operands of op that are values, in out (at most 3 beyond those in fn->args, which *args and *arg_count name). */
unsigned interp_operands(const struct ir_fn *fn, const struct ir_op *op, ir_ref out[3], const ir_ref **args,
                         unsigned *arg_count);
/* The value whose bytes v is: follows aliases. */
ir_ref interp_root(const struct lowering *l, ir_ref v);
/* Upper half of the 64 bits at an i32's location is zero. */
bool interp_is_clean(const struct ir_fn *fn, ir_ref v);
/* Bytes that the handler of an operation writes; 0: not known, must not go into the state. */
unsigned interp_written_bytes(const struct ir_fn *fn, ir_ref v);
static inline unsigned interp_type_bytes(u8 t) { return t == IR_V128 ? 16 : t == IR_I64 || t == IR_F64 ? 8 : t == IR_F16 ? 2 : 4; }

#endif
