/* Registers for the values of one IR block, given out in order while code is written. Host-independent: registers are
 * numbers 0..31, general ones below JIT_VECTOR.
 *
 * A value is in a register, in a stack slot, or both (it never changes, so a slot stays right); constants are made anew
 * where they are needed. The register that is needed longest from now is emptied when none is free. */
#ifndef XRUN_JIT_ALLOC_H
#define XRUN_JIT_ALLOC_H

#include "cache/cache.h"
#include "interp/interp.h"
#include "ir/ir.h"
#include "jit/watch.h"

enum { JIT_REGS = 32, JIT_VECTOR = 16, JIT_NOWHERE = 0xff, JIT_SLOTS = 200 };

struct jit_value {
    u32 uses, last; /* last: operation after which it is dead */
    u32 user;       /* of a deferred one: the operation that computes it */
    u8 reg, slot;   /* or JIT_NOWHERE */
    bool deferred;  /* computed by its only user */
    bool done;      /* computed ahead, with another */
};

struct jit {
    const struct ir_fn *fn;
    const struct jit_host *host;
    struct jit_value *values;
    u32 at;                   /* operation that is being compiled */
    ir_ref in_reg[JIT_REGS];  /* 0: free */
    u32 locked;               /* registers that the operation uses */
    ir_ref in_slot[JIT_SLOTS];
    u64 guest_pc;             /* of the instruction that the operation belongs to */
    u64 mem_base;
    struct block *block;
    bool no_link, failed;
    struct jit_mark *marks;   /* watch.h; empty while nobody watches */
    u32 mark_count, mark_capacity;
};

/* What a host provides. */
struct jit_host {
    u32 general, vector, saved; /* registers to give out; those that calls keep */
    bool (*usable)(void);
    /* Writes code that all blocks share to the buffer. The entry for interp_native(), and for interpreted blocks. */
    interp_native_fn *(*init)(const void **interpreted);
    struct jit *(*new_thread)(void);
    void (*free_thread)(struct jit *j);
    void (*begin)(struct jit *j);
    void (*op)(struct jit *j, u32 k);
    /* Code of the whole function and its size; false: did not fit. */
    bool (*end)(struct jit *j, const u8 **code, u32 *bytes);
    u32 (*position)(const struct jit *j);
    /* Called with the code's final address. */
    void (*place)(struct jit *j, const u8 *code);
    void (*link)(struct block_exit *e, const struct block *to);
    void (*spill)(struct jit *j, unsigned reg, unsigned slot, u8 type);
    void (*reload)(struct jit *j, unsigned reg, unsigned slot, u8 type);
    void (*constant)(struct jit *j, unsigned reg, const struct ir_op *op);
    /* Name of code that all blocks share and that begins there; NULL: none does. */
    const char *(*shared_name)(const u8 *code);
    /* Brings a value that is in no register yet (flags) into one. */
    void (*produce)(struct jit *j, ir_ref v);
};

static inline bool jit_is_vector(u8 type) { return type == IR_F16 || type == IR_F32 || type == IR_F64 || type == IR_V128; }

/* Counts uses and last uses; defers what its user computes better. */
void jit_analyse(struct jit *j);
/* Forgets all registers and slots. */
void jit_alloc_reset(struct jit *j);
/* The register that holds v; it stays until jit_end_op(). */
unsigned jit_use(struct jit *j, ir_ref v);
/* A register for the result v, different from those of all operands. */
unsigned jit_def(struct jit *j, ir_ref v);
/* If v dies at this operation and is in a register: that register becomes the result's. Else JIT_NOWHERE. */
unsigned jit_take(struct jit *j, ir_ref v, ir_ref result);
/* Before a call: what lives longer than this operation is safe in slots or in registers that calls keep. */
void jit_save_for_call(struct jit *j);
void jit_end_op(struct jit *j);
/* A constant of at most 64 bits? */
bool jit_const(const struct jit *j, ir_ref v, u64 *value);

#endif
