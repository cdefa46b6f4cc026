/* What the engine must know of a guest processor: one const struct per guest. */
#ifndef XRUN_GUEST_H
#define XRUN_GUEST_H

#include "ir/ir.h"

/* What a lift function tells the block lifter. */
enum flow {
    FLOW_NEXT,      /* go on with the next instruction */
    FLOW_END,       /* an exit was emitted: the block ends */
    FLOW_STOP,      /* end the block after this instruction with exit_next (state that changes lifting was written) */
    FLOW_SYNC,      /* the same, but what follows is looked for again: it may have changed (a context synchronization event) */
    FLOW_UNDEFINED, /* no such instruction here: the caller emits the trap */
};

struct guest {
    const char *name;       /* "aarch64" */
    size_t state_bytes;     /* of the guest's state struct, struct cpu_common included; a multiple of 16 */
    u32 insn_align;         /* a pc that is not a multiple traps: TRAP_PC_ALIGNMENT */
    u32 max_insn_bytes;
    u32 flags_offset;       /* of NZCV in the state, if compiled code may leave them pending (ir/flags.h); 0: it may not */
    /* Lifts one basic block from pc: at most max_insns instructions from code[0..bytes). The block is ended in every case
     * (exit_next where the bytes or max_insns run out). guarded: the page has PROT_BTI. b->cpu gives model and mode. */
    void (*lift)(struct ir_build *b, struct ir_fn *fn, u64 pc, const u8 *code, size_t bytes, unsigned max_insns,
                 bool guarded);
    /* Prints one instruction in the manual's syntax (own row template; no capstone). Returns its length. An odd pc: code of
     * the other instruction set, see cpu_branch_address(). */
    unsigned (*print_insn)(u64 pc, const u8 *code, size_t bytes, char *text, size_t text_bytes);
    /* May the instruction at code be lifted together with the following ones, so that a write fault at its pc may belong to
     * one of those? They are run one by one then. `bytes` are there, insn_align at least. NULL: none is. */
    bool (*fuses)(const struct cpu_common *cpu, const u8 *code, size_t bytes);
    const struct ir_names *names; /* of the state struct, for the text form of the IR */
    /* Prints all registers to fd; safe in a signal handler. */
    void (*dump)(const struct cpu_common *cpu, int fd);
};
extern const struct guest guest_a64, guest_a32;

/* Opens the definition of one instruction's lift function; its fields are in *d, its encoding in d->insn. */
#define LIFT(guest, name)                                                                                              \
    enum flow guest##_lift_##name(struct ir_build *b __attribute__((unused)),                                          \
                                  const struct guest##_##name *d __attribute__((unused)))

#endif
