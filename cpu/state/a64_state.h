/* The AArch64 guest's registers, from a64.regs. */
#ifndef XRUN_A64_STATE_H
#define XRUN_A64_STATE_H

#include "state/common.h"

struct a64_state {
    struct cpu_common c;
#define REG(field, type, count, bits, feature, name) type field[count];
#include "state/a64.regs"
#undef REG
};

/* Every field is an array, so that one row has one form; these name the single ones. */
#define A64_SP(s) ((s)->sp[0])
#define A64_NZCV(s) ((s)->nzcv[0])

enum a64_flag { A64_N = 1u << 31, A64_Z = 1 << 30, A64_C = 1 << 29, A64_V = 1 << 28 };

/* btype_pc where BTYPE is 0 everywhere: no pc. */
#define A64_NO_BTYPE (~0ull)

/* FPCR bits that can be written; others read as zero. */
enum a64_fpcr {
    A64_FPCR_FZ16 = 1 << 19,
    A64_FPCR_RMODE_SHIFT = 22,
    A64_FPCR_FZ = 1 << 24,
    A64_FPCR_DN = 1 << 25,
    A64_FPCR_AHP = 1 << 26,
    A64_FPCR_MASK = A64_FPCR_FZ16 | 3 << A64_FPCR_RMODE_SHIFT | A64_FPCR_FZ | A64_FPCR_DN | A64_FPCR_AHP,
};

/* Bits of cpu_common.mode for this guest. */
enum a64_mode {
    A64_MODE_BE = 1 << 0,   /* data accesses are big-endian */
    A64_MODE_FZ = 1 << 2,   /* of FPCR: what a compiler of floating point must know */
    A64_MODE_DN = 1 << 3,
    A64_MODE_AHP = 1 << 4,
    A64_MODE_FZ16 = 1 << 5,
    A64_MODE_FP = A64_MODE_FZ | A64_MODE_DN | A64_MODE_AHP | A64_MODE_FZ16,
};

/* Prints all registers, a few per line, to fd; safe in a signal handler. */
void a64_dump(const struct a64_state *s, int fd);

/* FPCR as the guest writes and reads it: keeps fp_mode, mode and the host's rounding in step; the only function that does.
 * Source: Arm ARM C5.2.8. */
void a64_set_fpcr(struct a64_state *s, u64 fpcr);
/* The bits of fp_mode that follow from cpu_common.mode: which ones, and their values. */
enum { A64_FP_KNOWN = FP_FZ | FP_DEFAULT_NAN | FP_AHP | FP_FZ16 | FP_NAN_MASK | FP_TINY_AFTER };
static inline u32 a64_fp_of_mode(u32 mode)
{
    return (mode & A64_MODE_FZ ? FP_FZ : 0) | (mode & A64_MODE_DN ? FP_DEFAULT_NAN : 0) |
           (mode & A64_MODE_AHP ? FP_AHP : 0) | (mode & A64_MODE_FZ16 ? FP_FZ16 : 0) | FP_NAN_ARM;
}
/* FPSR: cumulative flags, those still in the host's MXCSR included. Source: Arm ARM C5.2.9. */
u64 a64_get_fpsr(struct a64_state *s);
/* Replaces all cumulative flags; bits that do not exist are dropped. */
void a64_set_fpsr(struct a64_state *s, u64 fpsr);

#endif
