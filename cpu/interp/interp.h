/* The interpreter: lowers IR to threaded code and runs it.
 *
 * A function becomes an array of operations of fixed size. Each names its handler by address and its operands by byte
 * offset from the state pointer: guest registers directly, temporaries in a scratch area of INTERP_SCRATCH bytes behind
 * the guest's state struct. Example, `subs w0, w1, #1; b.ne` :
 *
 *     subs_32_ri   d=x[0] a=x[1] c=nzcv imm=1
 *     exit_cond    a=nzcv c=truth table of NE, exits 0 and 1
 *
 * Where a value lives is decided by analyse.c, what operation computes it by lower.c; exec.c runs it, access.c has the
 * memory operations that are not one host instruction. */
#ifndef XRUN_INTERP_H
#define XRUN_INTERP_H

#include "cache/cache.h"
#include "ir/ir.h"

#include <setjmp.h>

struct interp_op;
struct lowering;

/* Bytes behind the guest's state struct that belong to the interpreter, temporaries and constants. The state struct and
 * these together are addressed by 16 bits. */
enum { INTERP_SCRATCH = 16 << 10 };

enum interp_result {
    INTERP_LOOKUP,  /* cpu->pc has no linked block; interp_thread.from is the exit taken, or NULL */
    INTERP_HOT,     /* the compiled block at cpu->pc has counted its heat down to 0 */
    INTERP_POLL,    /* cpu->poll is set; cpu->pc is exact */
    INTERP_SYSCALL, /* cpu->pc is after the instruction */
    INTERP_TRAP,    /* cpu->trap, trap_code, trap_addr; cpu->pc at the instruction */
    INTERP_WARM,    /* interp_thread.block has run interp_thread.warm_after times; cpu->pc is its entry */
    INTERP_FAULT,   /* cpu->fault_addr, fault_write, fault_signal; cpu->pc at the instruction; fault_code is the host's */
};

/* What an exit is made of, in 16 bytes without a hole: they are kept, too. */
struct interp_exit {
    u64 pc, exchange; /* block_exit.exchange */
};
static inline void interp_set_exit(struct block_exit *e, const struct interp_exit *from)
{
    e->pc = from->pc;
    e->exchange = from->exchange;
}

/* What cpu_common.engine points to. */
struct interp_thread {
    const struct interp_op *volatile ip; /* of the last operation that may fault; NULL: see native_pc */
    u64 native_pc;                       /* in compiled code: guest pc of the last operation that may leave */
    const struct block *volatile block;  /* that is being run */
    struct block_exit *from;
    enum interp_result landed;           /* result of a run that ended by interp_land() */
    jmp_buf landing;                     /* set by the caller of interp_run() */
    volatile bool inside;                /* landing is valid */
    u32 *watched;                        /* watch.h */
    u32 warm_after;                      /* of blocks with INTERP_COUNT */
    struct lowering *lowering;           /* of interp_lower(): its arrays, kept from one function to the next */
    struct cache_thread cache;
};

/* Once, before anything else. */
void interp_init(void);
/* Writes the constants into the scratch area of a new processor; state_bytes is guest.state_bytes. */
void interp_prepare(struct cpu_common *cpu, size_t state_bytes);

enum interp_lower_flags {
    INTERP_NO_LINK = 1, /* every exit goes back to the caller, indirect ones too */
    INTERP_COUNT = 2,   /* runs of the block are counted: INTERP_WARM */
};
/* Lowers a function to a block that is not yet in the cache. NULL: it is too large for 16-bit offsets; lift fewer
 * instructions. state_bytes as above. */
struct block *interp_lower(struct interp_thread *t, const struct ir_fn *fn, size_t state_bytes, u32 mode,
                           enum interp_lower_flags flags);
/* How often code at pc has been interpreted since a block there was warm. Neighbours and strangers may count together. */
u32 interp_runs(u64 pc);
/* A block with INTERP_COUNT is not asked about any more. */
void interp_stop_counting(const struct block *b);
/* Frees what interp_lower() keeps in t. */
void interp_thread_free(struct interp_thread *t);

/* Runs b and whatever it is linked to. Memory faults come back through interp_thread.landing (longjmp with 1, result in
 * interp_thread.landed), everything else by returning. */
enum interp_result interp_run(struct cpu_common *cpu, const struct block *b);

/* Compiled code as a block of the interpreter: its only operation is the one that interp_native() writes to block.code
 * (INTERP_NATIVE_BYTES long); it calls enter, which runs compiled code until that leaves with a result, or with the
 * interpreter's block to go on with. */
struct interp_native_result {
    u64 result;                /* enum interp_result */
    const struct block *block; /* not NULL: go on there */
};
typedef struct interp_native_result interp_native_fn(struct cpu_common *cpu, const struct block *b);
enum { INTERP_NATIVE_BYTES = 24 };
void interp_native(struct block *b, interp_native_fn *enter);

/* Guest pc of the operation that runs now (interp_thread.ip). */
u64 interp_guest_pc(const struct interp_thread *t);

/* If a host fault at host_pc, with data address host_addr, is an access to guest memory by the interpreter or by the
 * functions of helper_mem.h: records it in cpu and returns the function to continue at (it takes the cpu as its argument
 * and does not return). Else NULL. */
void *interp_fault(struct cpu_common *cpu, int signal, int code, uintptr_t host_pc, uintptr_t host_addr, bool write);
/* The same for an access that is known to be the guest's; interp_thread.ip or native_pc says where. */
void *interp_fault_known(struct cpu_common *cpu, int signal, int code, uintptr_t host_addr, bool write);

#endif
