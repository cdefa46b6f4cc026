/* The 32-bit ARM guest's registers, from a32.regs. */
#ifndef XRUN_A32_STATE_H
#define XRUN_A32_STATE_H

#include "state/common.h"

struct a32_state {
    struct cpu_common c;
#define REG(field, type, count, bits, feature, name) type field[count];
#include "state/a32.regs"
#undef REG
};

enum { A32_SP = 13, A32_LR = 14, A32_PC = 15 };

/* Bits of cpu_common.mode for this guest. */
enum a32_mode {
    A32_MODE_BE = 1 << 0,      /* CPSR.E: data accesses are big-endian */
    A32_MODE_T = CPU_MODE_THUMB,
    A32_MODE_BE32 = 1 << 2,    /* SCTLR.B: instructions are big-endian, too; with A32_MODE_BE, and CPSR.E reads as 0 */
    /* FPSCR.FZ, DN, AHP, FZ16 and RMode: they change what floating-point instructions become. */
    A32_MODE_FZ = 1 << 3,
    A32_MODE_DN = 1 << 4,
    A32_MODE_AHP = 1 << 5,
    A32_MODE_FZ16 = 1 << 6,
    A32_MODE_RMODE_SHIFT = 22,
    A32_MODE_RMODE = 3 << A32_MODE_RMODE_SHIFT,
    A32_MODE_FP = A32_MODE_FZ | A32_MODE_DN | A32_MODE_AHP | A32_MODE_FZ16 | A32_MODE_RMODE,
    A32_MODE_IT_SHIFT = 8,     /* the IT state, eight bits as in the manual: condition, mask; 0 outside of IT blocks */
    A32_MODE_IT = 0xff << A32_MODE_IT_SHIFT,
    A32_MODE_LEN_SHIFT = 16,   /* FPSCR.LEN and FPSCR.STRIDE: short vectors change what VFP instructions do */
    A32_MODE_LEN = 7 << A32_MODE_LEN_SHIFT,
    A32_MODE_STRIDE_SHIFT = 20,
    A32_MODE_STRIDE = 3 << A32_MODE_STRIDE_SHIFT,
};

enum a32_psr {
    A32_PSR_N = 1u << 31,
    A32_PSR_Z = 1 << 30,
    A32_PSR_C = 1 << 29,
    A32_PSR_V = 1 << 28,
    A32_PSR_Q = 1 << 27,
    A32_PSR_GE_SHIFT = 16,
    A32_PSR_E = 1 << 9,
    A32_PSR_T = 1 << 5,
    A32_PSR_MODE_USER = 16,
};

/* FPSCR bits that are kept as they are written. */
enum a32_fpscr {
    A32_FPSCR_LEN_SHIFT = 16,
    A32_FPSCR_LEN = 7 << A32_FPSCR_LEN_SHIFT,
    A32_FPSCR_FZ16 = 1 << 19,
    A32_FPSCR_STRIDE_SHIFT = 20,
    A32_FPSCR_STRIDE = 3 << A32_FPSCR_STRIDE_SHIFT,
    A32_FPSCR_RMODE_SHIFT = 22,
    A32_FPSCR_FZ = 1 << 24,
    A32_FPSCR_DN = 1 << 25,
    A32_FPSCR_AHP = 1 << 26,
    A32_FPSCR_CONTROL = A32_FPSCR_LEN | A32_FPSCR_FZ16 | A32_FPSCR_STRIDE | 3 << A32_FPSCR_RMODE_SHIFT | A32_FPSCR_FZ |
                        A32_FPSCR_DN | A32_FPSCR_AHP,
};

/* The low and high word of doubleword register n; the doubleword itself. */
static inline u64 *a32_d(struct a32_state *s, unsigned n) { return &s->q[n / 2].d[n % 2]; }

/* Prints all registers, a few per line, to fd; safe in a signal handler. */
void a32_dump(const struct a32_state *s, int fd);

/* CPSR as a program in user mode sees it and as signal frames hold it: flags, Q, GE, IT, E, T, mode.
 * Source: Arm ARM (DDI 0406C) B1.3.3. */
u32 a32_get_cpsr(const struct a32_state *s);
/* Takes what a return from a signal handler may change: flags, Q, GE, IT, E, T. The IT state is dropped in A32. */
void a32_set_cpsr(struct a32_state *s, u32 cpsr);

/* FPSCR: comparison flags, QC, control bits, cumulative flags (those still in the host's MXCSR included). Setting it keeps
 * fp_mode, the host's rounding and the short vectors in cpu_common.mode in step. `allowed`: the control bits that the
 * processor has. Source: Arm ARM B4.1.58. */
/* fp_mode, all of it, as it follows from cpu_common.mode outside of Advanced SIMD's operations. */
static inline u32 a32_fp_of_mode(u32 mode)
{
    return (mode >> A32_MODE_RMODE_SHIFT & FP_ROUND_MASK) | (mode & A32_MODE_FZ ? FP_FZ : 0) | (mode & A32_MODE_DN ? FP_DEFAULT_NAN : 0) |
           (mode & A32_MODE_AHP ? FP_AHP : 0) | (mode & A32_MODE_FZ16 ? FP_FZ16 : 0) | FP_NAN_ARM;
}

u32 a32_get_fpscr(struct a32_state *s);
void a32_set_fpscr(struct a32_state *s, u32 fpscr, u32 allowed);

#endif
