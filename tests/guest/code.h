/* Writing code at run time, for both machines. */
#ifndef CODE_H
#define CODE_H
#include "t.h"

typedef unsigned (*code_fn)(void);
enum { CODE_BYTES = 16 };

/* An Arm instruction as a word in memory: little-endian also where data are not (BE8, AArch64). */
static inline unsigned code_word(unsigned insn)
{
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap32(insn) : insn;
}

/* A function that returns value, at p. The caller makes it visible by code_flush() on where it will run. */
static inline void code_return(void *p, unsigned value)
{
#ifdef __aarch64__
    unsigned insns[3] = {0x52800000 | (value & 0xffff) << 5, 0x72a00000 | value >> 16 << 5, 0xd65f03c0};
#elif defined __arm__ /* movw, movt, bx lr */
    unsigned insns[3] = {0xe3000000 | (value >> 12 & 15) << 16 | (value & 0xfff),
                         0xe3400000 | value >> 28 << 16 | (value >> 16 & 0xfff), 0xe12fff1e};
#else
    unsigned char insns[6] = {0xb8, 0, 0, 0, 0, 0xc3};
    memcpy(insns + 1, &value, 4);
#endif
#if defined __aarch64__ || defined __arm__
    for (int i = 0; i < 3; i++)
        insns[i] = code_word(insns[i]);
#endif
    memcpy(p, insns, sizeof insns);
}

static inline void code_flush(void *p, size_t bytes) { __builtin___clear_cache((char *)p, (char *)p + bytes); }
static inline unsigned code_call(void *p) { return ((code_fn)p)(); }

static inline void *code_map(size_t bytes)
{
    return mmap(NULL, bytes, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
#endif
