/* Private to the block lifter: lifting an instruction on trial. */
#ifndef XRUN_A32_LIFT_H
#define XRUN_A32_LIFT_H

#include "guest/a32/a32.h"

/* A place to return to. */
struct a32_mark {
    struct a32_lifter lifter;
    u32 count, block_count, arg_count, block;
    bool swap;
};
struct a32_mark a32_set_mark(const struct ir_build *b);
void a32_take_back(struct ir_build *b, const struct a32_mark *m);

/* Lets the decoder that b->insn belongs to lift it, without regard to its condition. */
enum flow a32_decode_any(struct ir_build *b);

/* Instructions from pc on, outside of IT blocks and regions. */
struct a32_code {
    const u8 *at;
    size_t bytes;
    unsigned insns; /* not more than these */
    bool swapped;   /* as in a32_fetch() */
    u64 pc;
};
/* lift_exclusive.c: lifts a load-exclusive with what follows as one operation, if it is one of the usual sequences. Returns the
 * bytes that were lifted, 0 if none were; *insns is their number, *flow FLOW_END if the block has ended. */
unsigned a32_lift_exclusive(struct ir_build *b, const struct a32_code *code, unsigned *insns, enum flow *flow);
/* guest.fuses */
bool a32_fuses(const struct cpu_common *cpu, const u8 *code, size_t bytes);

#endif
