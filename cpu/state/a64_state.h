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
    A64_MODE_BE = 1 << 0, /* data accesses are big-endian */
};

/* Prints all registers, a few per line, to fd; safe in a signal handler. */
void a64_dump(const struct a64_state *s, int fd);

/* FPCR as the guest writes and reads it: keeps fp_mode and the host's rounding in step.
 * Source: Arm ARM C5.2.8. */
void a64_set_fpcr(struct a64_state *s, u64 fpcr);
/* FPSR: cumulative flags, those still in the host's MXCSR included. Source: Arm ARM C5.2.9. */
u64 a64_get_fpsr(struct a64_state *s);
/* Replaces all cumulative flags; bits that do not exist are dropped. */
void a64_set_fpsr(struct a64_state *s, u64 fpsr);

#endif
