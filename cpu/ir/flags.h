/* Pending condition flags: what NZCV follow from, kept in cpu_common until somebody looks. */
#ifndef XRUN_IR_FLAGS_H
#define XRUN_IR_FLAGS_H

#include "base/base.h"
#include "state/common.h"

/* cpu_common.flags_kind: what cpu_common.flags_a and flags_b are. */
enum flags_pending {
    FLAGS_NOT_PENDING,
    FLAGS_OF_ADD,        /* a + b */
    FLAGS_OF_ADD_RESULT, /* a is the sum of b and something */
    FLAGS_OF_SUB,        /* a - b */
    FLAGS_OF_SUB_RESULT, /* a is what was left when b was subtracted from something */
    FLAGS_OF_LOGIC,      /* a & b; C and V clear */
    FLAGS_OF_FLOAT,      /* a compared with b, denormals not flushed */
    FLAGS_OF_64 = 1 << 4,   /* added: of 64 bits, else of 32; then the upper halves of a and b mean nothing */
    FLAGS_NUMBER = 1 << 5,  /* added: b is the signed number in bits 31..8 of the kind; flags_b means nothing */
    FLAGS_NZ = 1 << 6,      /* added: N and Z are those of flags_nz, 32 bits; the rest follows from a and b as before, or,
                             * with FLAGS_NOT_PENDING, is in the guest's register */
    FLAGS_CARRY_BIT = 1 << 7, /* added to FLAGS_NZ: C is bit 0 of flags_carry */
    FLAGS_BASE = FLAGS_OF_64 - 1, /* of these bits is the first of the above */
    FLAGS_NUMBER_SHIFT = 8,
    FLAGS_NUMBER_MOST = (1 << 23) - 1,
};

/* N Z C V in bits 31..28 that follow from kind, a and b; its FLAGS_BASE is not FLAGS_NOT_PENDING, FLAGS_NZ and
 * FLAGS_CARRY_BIT are not looked at. */
u32 flags_pending_word(u32 kind, u64 a, u64 b);

/* Puts pending flags into the guest's register, if any are. Uses general registers only, so that compiled code may call it
 * with values in vector registers. */
void flags_settle(struct cpu_common *cpu);

#endif
