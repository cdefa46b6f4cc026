/* The part of a guest processor's state that every guest shares: the first member of each guest's state struct.
 * The IR, the interpreter, the JIT, helpers and the syscall layer reach it without knowing the guest. */
#ifndef XRUN_STATE_COMMON_H
#define XRUN_STATE_COMMON_H

#include "base/base.h"

/* A 128-bit register or IR value; lane 0 is the least significant on a little-endian host. */
union v128 {
    u8 b[16];
    u16 h[8];
    u32 s[4];
    u64 d[2];
    u128 q;
};

/* How floating point behaves now, independent of the guest (the guest's control register is translated on write). */
enum fp_mode {
    FP_ROUND_MASK = 3, /* 0 nearest even, 1 toward +inf, 2 toward -inf, 3 toward zero (Arm FPCR.RMode) */
    FP_ROUND_NEAREST = 0,
    FP_ROUND_UP = 1,
    FP_ROUND_DOWN = 2,
    FP_ROUND_ZERO = 3,
    FP_FZ = 1 << 2,         /* flush f32 and f64 denormals, inputs and results, to zero */
    FP_FZ16 = 1 << 3,       /* the same for f16 arithmetic (conversions are not affected) */
    FP_DEFAULT_NAN = 1 << 4, /* every NaN result is the default NaN */
    FP_AHP = 1 << 5,        /* f16 conversions use Arm's alternative half precision */
    FP_NAN_ARM = 0 << 6,    /* NaN choice: a signalling operand first, then the first operand; default NaN positive */
    FP_NAN_X86 = 1 << 6,    /* NaN choice of SSE: first operand that is a NaN; default NaN negative */
    FP_NAN_MASK = 3 << 6,
    FP_TINY_AFTER = 1 << 8, /* tininess is detected after rounding (x86); otherwise before (Arm) */
    FP_MODE_ALL = (1 << 9) - 1,
};

/* Cumulative exception flags (the bits of Arm's FPSR, used for every guest). */
enum fp_flag {
    FP_IOC = 1 << 0,
    FP_DZC = 1 << 1,
    FP_OFC = 1 << 2,
    FP_UFC = 1 << 3,
    FP_IXC = 1 << 4,
    FP_IDC = 1 << 7,
    FP_QC = 1 << 27, /* vector saturation */
};

/* Why a guest stops running: what cpu_run() reports, and what traps in the IR carry. */
enum cpu_trap {
    TRAP_NONE,
    TRAP_UNDEFINED,  /* SIGILL ILL_ILLOPC at the instruction */
    TRAP_BREAKPOINT, /* SIGTRAP TRAP_BRKPT; code = the immediate */
    TRAP_ALIGNMENT,  /* SIGBUS BUS_ADRALN; the data address: cpu_misaligned() */
    TRAP_PC_ALIGNMENT, /* SIGBUS BUS_ADRALN; address = the pc */
    TRAP_BTI,        /* SIGILL ILL_ILLOPC: branch target exception */
    TRAP_PAC,        /* SIGILL ILL_ILLOPN: pointer authentication failure (FEAT_FPAC) */
    TRAP_FP,         /* SIGFPE */
    TRAP_MOPS,       /* memory copy and memory set exception, code = ISS of its syndrome: no signal, see frame_a64.c */
    TRAP_COUNT
};

/* Bits of cpu_common.mode that mean the same for all guests; more of translations alone in cache/cache.h. */
enum cpu_mode {
    CPU_MODE_THUMB = 1 << 1,       /* instructions are halfwords: bit 0 of an address that a branch takes from a register */
    CPU_MODE_FP_TRAPS = 1u << 30, /* compiled code runs with the host's invalid-operation exception unmasked */
};

enum cpu_exit {
    EXIT_SYSCALL, /* a system call; pc is after the instruction */
    EXIT_TRAP,    /* cpu->trap, trap_code, trap_addr; pc is at the instruction */
    EXIT_FAULT,   /* memory fault: fault_addr, fault_signal, fault_code, fault_write; pc is at the instruction */
    EXIT_POLL,    /* cpu->poll was set; pc is at an instruction boundary */
};

/* Bytes of host addresses from cpu_common.mem_limit on where nothing is ever mapped: an access that begins below the limit,
 * or at a constant distance from such an address, faults there by itself. */
enum { CPU_GUARD = 1 << 30 };

/* In excl_size: the load-exclusive relies on its store coming soon, without memory accesses between (IR_MEM_ALONE). */
enum { EXCL_ALONE = 1 << 7 };
/* In excl_size: the other kind of load-exclusive, while writes were not counted yet (interp/watch.h). */
enum { EXCL_UNCOUNTED = 1 << 6 };

struct cpu_common {
    u32 mode;       /* part of the key of a translation: guest-defined bits that change how code is lifted */
    u64 pc;         /* exact at every exit; stale inside a block */
    u64 mem_base;   /* host address of guest address 0 */
    u64 addr_mask;  /* guest address bits that count: 0x00ffffffffffffff with top-byte-ignore, 0xffffffff for 32 bits */
    u64 mem_limit;  /* first guest address that no guest mapping can have */

    u32 flags_offset; /* of the guest's condition flags in the state; 0: this guest has none that may be pending */
    u32 fp_mode;    /* enum fp_mode bits */
    u32 fp_flags;   /* enum fp_flag bits accumulated so far; more may wait in the host's MXCSR: fpenv_flags() */

    u32 fp_live;    /* nonzero: the host's environment is the guest's now, between fpenv_enter() and fpenv_leave() */

    /* Exclusive monitor: excl_size 0 = open. */
    u64 excl_addr;
    u64 excl_lo, excl_hi; /* the value that the load-exclusive saw */
    u32 excl_size;        /* bytes: 1 2 4 8 16; with EXCL_ALONE or EXCL_UNCOUNTED */
    u32 excl_count;       /* interp/watch.h */

    /* What the last cpu_run() ended with. */
    u32 trap, trap_code;
    u64 trap_addr;
    u64 fault_addr;
    u32 fault_signal, fault_code, fault_write;
    /* Of CPU_MODE_FP_TRAPS: how many traps since when (nanoseconds of CLOCK_MONOTONIC). */
    u32 fp_traps;
    u64 fp_traps_since;

    u32 stop_single; /* nonzero: return after one instruction (debugger, tests) */

    void *engine;   /* struct interp_thread, within struct cpu_engine of cpu/run; private */
    void *thread;   /* struct sys_thread of syscalls, opaque to cpu */
    const void *model; /* the guest's CPU model: features that are on */

    /* Compiled code uses these and the guest's first registers, which follow, all the time: together, so that their distances
     * from one pointer have one byte (CPU_HOT). */
    u32 poll;       /* nonzero: leave guest code at the next block exit or back-edge; set from signal handlers */

    /* Pending condition flags: compiled code leaves the operands that they follow from here and makes no word of them. 0: the
     * guest's register has them. Only compiled code runs with pending flags; see ir/flags.h. */
    u32 flags_kind;
    u32 flags_nz, flags_carry; /* what N and Z, and C, follow from if that is not what the others follow from */
    u64 flags_a, flags_b;
};

enum { CPU_HOT = offsetof(struct cpu_common, poll) };

/* A pc as branches take it from registers and memory: bit 0 says which instruction set. */
static inline u64 cpu_branch_address(u64 pc, u32 mode) { return pc | (mode & CPU_MODE_THUMB ? 1 : 0); }
/* The other way round: sets the mode's bit, returns the pc. */
static inline u64 cpu_exchange(struct cpu_common *cpu, u32 address)
{
    cpu->mode = (cpu->mode & ~(u32)CPU_MODE_THUMB) | (address & 1 ? CPU_MODE_THUMB : 0);
    return address & ~1u;
}

/* The data address of TRAP_ALIGNMENT: code is its distance from address, which is so only for guests of 32 bits. */
static inline u64 cpu_misaligned(const struct cpu_common *cpu)
{
    return cpu->trap_code ? (u32)cpu->trap_addr + cpu->trap_code : cpu->trap_addr;
}

#endif
