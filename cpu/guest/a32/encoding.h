/* Which decoder an encoding of 32-bit ARM belongs to. */
#ifndef XRUN_A32_ENCODING_H
#define XRUN_A32_ENCODING_H

#include "base/base.h"

enum a32_table { A32_TABLE_A32, A32_TABLE_T32, A32_TABLE_T16, A32_TABLE_VFP };

/* swapped: of code in big-endian byte order (BE32). */
static inline u32 a32_halfword(const u8 *code, bool swapped)
{
    return swapped ? (u32)code[0] << 8 | code[1] : (u32)code[0] | (u32)code[1] << 8;
}

/* Bytes of the instruction at code, of which `bytes` are there; 0: not all of it is. *insn: a T32 instruction has its first
 * halfword in the upper half. */
static inline unsigned a32_fetch(const u8 *code, size_t bytes, bool thumb, bool swapped, u32 *insn)
{
    if (bytes < (thumb ? 2 : 4))
        return 0;
    u32 first = a32_halfword(code, swapped);
    *insn = first;
    if (thumb && first < 0xe800)
        return 2;
    if (bytes < 4)
        return 0;
    u32 second = a32_halfword(code + 2, swapped);
    *insn = thumb || swapped ? first << 16 | second : second << 16 | first;
    return 4;
}

/* Advanced SIMD or VFP, in the encoding of A32: coprocessors 9 to 11, in the unconditional space those from 8 on; data
 * processing of Advanced SIMD; its loads and stores. */
static inline bool a32_is_vector(u32 insn)
{
    u32 coprocessor = insn >> 8 & 15;
    if ((insn >> 25 & 7) == 6 || (insn >> 24 & 15) == 14)
        return insn >> 28 == 15 ? coprocessor >= 8 && coprocessor < 14 : coprocessor >= 9 && coprocessor < 12;
    return insn >> 25 == 0x79 || (insn >> 24 == 0xf4 && !(insn >> 20 & 1));
}

/* The A32 encoding of a T32 instruction, if it is one of those; otherwise 0. */
static inline u32 a32_vector_from_t32(u32 insn)
{
    u32 other = 0;
    if (insn >> 24 == 0xef || insn >> 24 == 0xff)
        other = 0xf2000000 | (insn >> 28 & 1) << 24 | (insn & 0xffffff);
    else if (insn >> 24 == 0xf9)
        other = 0xf4000000 | (insn & 0xffffff);
    else if ((insn >> 26 & 0x3b) == 0x3b)
        other = insn;
    return other && a32_is_vector(other) ? other : 0;
}

/* The way back, for an encoding of the VFP decoder whose condition, if it has one, is 14 (always). */
static inline u32 a32_vector_to_t32(u32 insn)
{
    if (insn >> 25 == 0x79)
        return 0xef000000 | (insn >> 24 & 1) << 28 | (insn & 0xffffff);
    if (insn >> 24 == 0xf4)
        return 0xf9000000 | (insn & 0xffffff);
    return insn;
}

/* The decoder for an instruction of `bytes` bytes, and *as: its encoding there. Coprocessor instructions of T32 are those of
 * A32 that are always executed. */
static inline enum a32_table a32_table_of(u32 insn, unsigned bytes, bool thumb, u32 *as)
{
    *as = insn;
    if (!thumb)
        return a32_is_vector(insn) ? A32_TABLE_VFP : A32_TABLE_A32;
    if (bytes == 2)
        return A32_TABLE_T16;
    u32 vector = a32_vector_from_t32(insn);
    if (vector)
        return *as = vector, A32_TABLE_VFP;
    return insn >> 26 == 0x3b ? A32_TABLE_A32 : A32_TABLE_T32;
}

#endif
