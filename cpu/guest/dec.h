/* Decode rows as data: what tools/gendec makes of a .dec table besides the decoder itself. For printing instructions, for
 * the fuzzers (which draw encodings from the rows) and for the check against other disassemblers. */
#ifndef XRUN_DEC_H
#define XRUN_DEC_H

#include "base/base.h"

enum { DEC_FIELDS = 12 };

struct dec_field {
    const char *name;
    u8 width;                       /* total bits */
    struct { u8 shift, width; } part[3]; /* high part first; width 0: unused */
};

struct dec_row {
    const char *name, *template, *file; /* file: the table's name without ".dec" */
    u32 mask, value;                /* fixed bits */
    u32 ignored;                    /* bits given as x */
    const char *feature;            /* NULL: base architecture */
    bool (*where)(u32 insn);        /* NULL: no condition */
    u8 field_count;
    struct dec_field field[DEC_FIELDS];
};

/* The value of a field in an encoding, its parts joined; and the encoding with the field set to the low bits of v. */
static inline u32 dec_field_get(const struct dec_field *f, u32 insn)
{
    u32 v = 0;
    for (int i = 0; i < 3 && f->part[i].width; i++)
        v = v << f->part[i].width | (u32)bits(insn, f->part[i].shift + f->part[i].width - 1, f->part[i].shift);
    return v;
}
static inline u32 dec_field_set(const struct dec_field *f, u32 insn, u32 v)
{
    for (int i = 2; i >= 0; i--)
        if (f->part[i].width) {
            u32 m = (u32)ones(f->part[i].width);
            insn = (insn & ~(m << f->part[i].shift)) | (v & m) << f->part[i].shift;
            v >>= f->part[i].width;
        }
    return insn;
}

/* 32-bit ARM: A32 and T32 without floating point, T16 (encodings of 16 bits), and VFP and Advanced SIMD as encoded in A32. */
extern const struct dec_row a32_rows[], t32_rows[], t16_rows[], vfp_rows[];
extern const u32 a32_row_count, t32_row_count, t16_row_count, vfp_row_count;
const struct dec_row *a32_find_row(u32 insn), *t32_find_row(u32 insn), *t16_find_row(u32 insn), *vfp_find_row(u32 insn);

/* The rows of all tables of AArch64, in their order. */
extern const struct dec_row a64_rows[];
extern const u32 a64_row_count;
/* The row that an encoding belongs to, features not considered; NULL: undefined. */
const struct dec_row *a64_find_row(u32 insn);

#endif
