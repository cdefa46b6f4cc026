/* For the AArch64 build of tests: code that fills every register, and a handler's view of them.
 *
 * regs_spin() counts in nearly all registers at once; what each must hold at any of its instructions follows from the pc and
 * from the loop counter in x30, so that a signal's context can be checked exactly wherever it arrives. regs_access() makes
 * one memory access with all registers set. */
#ifndef REGS_H
#define REGS_H
#include "t.h"

#ifdef __aarch64__
#ifdef __GLIBC__ /* musl's signal.h has it all */
#include <asm/sigcontext.h>
#endif
#include <stddef.h>

struct regs {
    uint64_t x[31], unused;
    uint64_t nzcv, fpcr, fpsr, more;
    __uint128_t v[32];
};
_Static_assert(offsetof(struct regs, nzcv) == 256 && offsetof(struct regs, v) == 288, "the assembly below knows");

/* Runs the loop x30 times from the state *r and leaves the state there. Each round adds k + 1 to xk (k < 29), v31 to the
 * doublewords of v0 to v15, d30 to d16 to d23, and divides d29 by d28 to v24. */
void regs_spin(struct regs *r);
extern const uint32_t regs_spin_body[], regs_spin_end[];

/* One memory access each, made with all registers as in *r, which is left as they then are: address in x17 and x16, data in
 * x14, x15, v14 and v15. */
struct regs_access {
    void (*run)(struct regs *r);
    const uint32_t *insn; /* the access; one instruction */
};
extern const struct regs_access regs_stores[], regs_loads[];

#define REGS_X ".irp k, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28"
/* x0: struct regs; leaves all registers as there. 208 bytes of stack: callee-saved registers, FPCR, x0. */
#define REGS_ENTER                                                                                                     \
    "    sub sp, sp, #208\n    stp x19, x20, [sp]\n    stp x21, x22, [sp, #16]\n    stp x23, x24, [sp, #32]\n"         \
    "    stp x25, x26, [sp, #48]\n    stp x27, x28, [sp, #64]\n    stp x29, x30, [sp, #80]\n"                          \
    "    stp d8, d9, [sp, #96]\n    stp d10, d11, [sp, #112]\n    stp d12, d13, [sp, #128]\n"                          \
    "    stp d14, d15, [sp, #144]\n    mrs x2, fpcr\n    stp x0, x2, [sp, #160]\n"                                     \
    "    ldp x2, x3, [x0, #256]\n    msr nzcv, x2\n    msr fpcr, x3\n    ldr x2, [x0, #272]\n    msr fpsr, x2\n"       \
    "    .irp k, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n    ldr q\\k, [x0, #288 + 16 * \\k]\n    .endr\n" \
    "    .irp k, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"                                     \
    "    ldr q\\k, [x0, #288 + 16 * \\k]\n    .endr\n"                                                                 \
    "    .irp k, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5\n"  \
    "    ldr x\\k, [x0, #8 * \\k]\n    .endr\n"                                                                        \
    "    .irp k, 4, 3, 2, 1, 0\n    ldr x\\k, [x0, #8 * \\k]\n    .endr\n"
/* The reverse, and return. */
#define REGS_LEAVE                                                                                                     \
    "    stp x0, x1, [sp, #176]\n    ldr x0, [sp, #160]\n"                                                             \
    "    .irp k, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28\n" \
    "    str x\\k, [x0, #8 * \\k]\n    .endr\n    stp x29, x30, [x0, #232]\n"                                          \
    "    ldp x2, x3, [sp, #176]\n    stp x2, x3, [x0]\n"                                                               \
    "    mrs x2, nzcv\n    mrs x3, fpcr\n    stp x2, x3, [x0, #256]\n    mrs x2, fpsr\n    str x2, [x0, #272]\n"       \
    "    .irp k, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n    str q\\k, [x0, #288 + 16 * \\k]\n    .endr\n" \
    "    .irp k, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"                                     \
    "    str q\\k, [x0, #288 + 16 * \\k]\n    .endr\n"                                                                 \
    "    ldr x2, [sp, #168]\n    msr fpcr, x2\n    ldp x19, x20, [sp]\n    ldp x21, x22, [sp, #16]\n"                  \
    "    ldp x23, x24, [sp, #32]\n    ldp x25, x26, [sp, #48]\n    ldp x27, x28, [sp, #64]\n"                          \
    "    ldp x29, x30, [sp, #80]\n    ldp d8, d9, [sp, #96]\n    ldp d10, d11, [sp, #112]\n"                           \
    "    ldp d12, d13, [sp, #128]\n    ldp d14, d15, [sp, #144]\n    add sp, sp, #208\n    ret\n"

asm("    .text\n    .arch armv8.1-a\n"
    "    .globl regs_spin, regs_spin_body, regs_spin_end\n"
    "regs_spin:\n" REGS_ENTER
    "regs_spin_body:\n"
    "    " REGS_X "\n    add x\\k, x\\k, #\\k + 1\n    .if \\k % 4 == 3\n    b . + 4\n    .endif\n    .endr\n"
    "    cbz x30, . + 4\n"
    "    .irp k, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
    "    add v\\k\\().2d, v\\k\\().2d, v31.2d\n    .if \\k % 5 == 4\n    tbz x30, #0, . + 4\n    .endif\n    .endr\n"
    "    .irp k, 16, 17, 18, 19, 20, 21, 22, 23\n    fadd d\\k, d\\k, d30\n    .endr\n"
    "    b.eq . + 4\n"
    "    fdiv d24, d29, d28\n"
    "    subs x30, x30, #1\n"
    "    b.ne regs_spin_body\n"
    "regs_spin_end:\n" REGS_LEAVE);

/* REGS_ACCESS(name, instruction) */
#define REGS_STORES(ACCESS)                                                                                            \
    ACCESS(str, "str x15, [x17]")                                                                                      \
    ACCESS(stp, "stp x15, x14, [x17]")                                                                                 \
    ACCESS(str_post, "str w15, [x17], #24")                                                                            \
    ACCESS(stp_pre, "stp x15, x14, [x16, #16]!")                                                                       \
    ACCESS(strb, "strb w15, [x17, #3]")                                                                                \
    ACCESS(str_q, "str q15, [x17]")                                                                                    \
    ACCESS(st2, "st2 {v14.4s, v15.4s}, [x17]")                                                                         \
    ACCESS(stlr, "stlr x15, [x17]")                                                                                    \
    ACCESS(ldadd, "ldaddal x14, x15, [x17]")                                                                           \
    ACCESS(cas, "casal x14, x15, [x17]")
#define REGS_LOADS(ACCESS)                                                                                             \
    ACCESS(ldr, "ldr x15, [x17]")                                                                                      \
    ACCESS(ldp, "ldp x15, x14, [x17]")                                                                                 \
    ACCESS(ldr_post, "ldr w15, [x17], #24")                                                                            \
    ACCESS(ldp_pre, "ldp x15, x14, [x16, #16]!")                                                                       \
    ACCESS(ldrsb, "ldrsb w15, [x17, #3]")                                                                              \
    ACCESS(ldr_q, "ldr q15, [x17]")                                                                                    \
    ACCESS(ld2, "ld2 {v14.4s, v15.4s}, [x17]")                                                                         \
    ACCESS(ldar, "ldar x15, [x17]")

#define ACCESS(name, text)                                                                                             \
    asm("regs_" #name ":\n" REGS_ENTER "regs_" #name "_at:\n    " text "\n" REGS_LEAVE);                              \
    void regs_##name(struct regs *r);                                                                                  \
    extern const uint32_t regs_##name##_at[];
REGS_STORES(ACCESS)
REGS_LOADS(ACCESS)
#undef ACCESS
#define ACCESS(name, text) {regs_##name, regs_##name##_at},
const struct regs_access regs_stores[] = {REGS_STORES(ACCESS)}, regs_loads[] = {REGS_LOADS(ACCESS)};
#undef ACCESS
enum { STORE_KINDS = sizeof regs_stores / sizeof *regs_stores, LOAD_KINDS = sizeof regs_loads / sizeof *regs_loads };

static inline struct fpsimd_context *regs_vectors(ucontext_t *uc)
{
    struct _aarch64_ctx *c = (struct _aarch64_ctx *)uc->uc_mcontext.__reserved;
    while (c->magic != FPSIMD_MAGIC && c->magic)
        c = (struct _aarch64_ctx *)((char *)c + c->size);
    return c->magic ? (struct fpsimd_context *)c : NULL;
}

/* Instructions are little-endian whatever data are. */
static inline uint32_t regs_insn(const uint32_t *at)
{
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap32(*at) : *at;
}
static inline double regs_double(__uint128_t v)
{
    return ((union { uint64_t bits; double d; }){.bits = (uint64_t)v}).d;
}

/* What a signal's context should hold in regs_spin(start), with the pc in its loop; the number of registers that do not. */
static inline int regs_check_spin(const struct regs *start, ucontext_t *uc)
{
    const uint32_t *pc = (const uint32_t *)uc->uc_mcontext.pc;
    struct fpsimd_context *f = regs_vectors(uc);
    bool x[32] = {0}, v[32] = {0}, all = false;
    int wrong = !f;
    if (pc < regs_spin_body || pc >= regs_spin_end || !f)
        return wrong;
    for (const uint32_t *at = regs_spin_body; at < pc; at++) {
        uint32_t insn = regs_insn(at);
        if ((insn & 0xffc00000) == 0x91000000)
            x[insn & 31] = true;
        else if ((insn & 0xffe0fc00) == 0x4ee08400 || (insn & 0xffe0fc00) == 0x1e602800)
            v[insn & 31] = true;
        else if ((insn & 0xffc00000) == 0xf1000000)
            all = true; /* the counter says already that this round is done */
    }
    uint64_t done = start->x[30] - uc->uc_mcontext.regs[30] - (all ? 1 : 0);
    for (unsigned k = 0; k < 29; k++)
        wrong += uc->uc_mcontext.regs[k] != start->x[k] + (done + x[k]) * (k + 1);
    wrong += uc->uc_mcontext.regs[29] != start->x[29];
    for (unsigned k = 0; k < 16; k++) {
        uint64_t lo = (uint64_t)start->v[k] + (done + v[k]) * (uint64_t)start->v[31];
        uint64_t hi = (uint64_t)(start->v[k] >> 64) + (done + v[k]) * (uint64_t)(start->v[31] >> 64);
        wrong += f->vregs[k] != ((__uint128_t)hi << 64 | lo);
    }
    for (unsigned k = 16; k < 24; k++) {
        double now = regs_double(f->vregs[k]), then = regs_double(start->v[k]), step = regs_double(start->v[30]);
        wrong += now != then + (double)(done + v[k]) * step || f->vregs[k] >> 64 != 0;
    }
    for (unsigned k = 25; k < 32; k++)
        wrong += f->vregs[k] != start->v[k];
    wrong += f->fpcr != start->fpcr;
    wrong += (f->fpsr & ~0x10u) != start->fpsr; /* the division is inexact */
    if (done || all)
        wrong += (uc->uc_mcontext.pstate & 0xf0000000) != 0x20000000 && uc->uc_mcontext.regs[30];
    return wrong;
}

/* Any state: every register has a pattern of its own. */
static inline void regs_fill(struct regs *r, uint64_t seed, uint64_t count)
{
    memset(r, 0, sizeof *r);
    for (unsigned k = 0; k < 31; k++)
        r->x[k] = (seed + k) * 0x9e3779b97f4a7c15;
    for (unsigned k = 0; k < 32; k++) {
        double number = (double)(seed % 1000 + k);
        r->v[k] = (__uint128_t)((seed - k) * 0xd1342543de82ef95) << 64 | (seed ^ k) * 0xaf251af3b0f025b5;
        if ((k >= 16 && k < 24) || (k >= 28 && k < 31))
            r->v[k] = ((union { double d; uint64_t bits; }){.d = number}).bits;
    }
    r->x[30] = count;
    r->nzcv = 0x20000000;
    r->fpcr = (seed & 3) << 22;
    r->fpsr = seed & 1 ? 1u << 27 | 2 : 1;
}
#endif
#endif
