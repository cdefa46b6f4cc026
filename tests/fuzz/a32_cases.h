/* Random cases of 32-bit ARM instructions for a32_diff: states, instructions drawn from the decode rows, their code. */
#ifndef XRUN_TESTS_A32_CASES_H
#define XRUN_TESTS_A32_CASES_H

#include "base/base.h"
#include "guest/dec.h"

/* Records of a state, as a32_runtime.S reads them: r0 to r14, CPSR, FPSCR, signal, d0 to d31. */
enum { REC_BYTES = 328, REC_SIGNAL = 68 };
/* Where the program has what it reads and writes. */
/* No sums of usual numbers but for the scratch memory: cases must not store to the program by chance, nor read back records
 * of what differs as is known. */
enum { TEXT_AT = 0x196c3000, SCRATCH_AT = 0x20000000, SCRATCH_MIDDLE = SCRATCH_AT + 65536 };
enum { STATES = 256, MAX_LENGTH = 8 };

struct a32_set {
    const char *name;
    const struct dec_row *rows;
    const u32 *count;
    bool thumb;
};

/* What is drawn from; to be set before the first case is drawn. */
extern struct a32_draw {
    const struct a32_set *set;
    const char *pattern;  /* parts of names of rows, or names of tables, with commas between; "": all */
    const char *excluded; /* lines that begin with a row's name; NULL: none */
    u32 length;           /* instructions of a case, 1 to MAX_LENGTH */
    bool short_vectors;   /* FPSCR.LEN and STRIDE vary */
    bool thumb_vfp;       /* rows of VFP and Advanced SIMD in T32's encoding */
} a32_draw;

struct a32_case {
    u32 state, insn[MAX_LENGTH];
    u8 bytes[MAX_LENGTH];
    const struct dec_row *row[MAX_LENGTH];
    u32 count;
};

/* How many rows a32_draw asks for; they are chosen by this. */
u32 a32_draw_choose(void);
/* Any 64 bits, every class of number being likely. */
u64 a32_draw_doubleword(void);
/* record: REC_BYTES. */
void a32_draw_state(u8 *record);
void a32_draw_case(struct a32_case *c);
/* Words that the code of a case takes, with two in front: state, and whether it is Thumb code. */
u32 a32_case_words(void);
/* Writes them: for Thumb halfwords, maybe in an IT block; then back to A32 and to the frame at TEXT_AT. */
void a32_case_encode(const struct a32_case *c, u32 *word);

#endif
