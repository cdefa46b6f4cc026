/* Misaligned accesses of 32-bit ARM: those that the processor makes, and those that are SIGBUS (BUS_ADRALN) with the address of the
 * access and the pc of the instruction, nothing having changed. Other builds print what must come out. */
#include "t.h"

/* name, instruction set and instruction of 4 bytes (r0: base, 2 above a doubleword; r2, r3: data), what is added to the base in
 * its address, whether it traps */
#define ACCESSES(X)                                                                                                    \
    X(ldr, "arm", "ldr r2, [r0]", 0, 0)                                                                                \
    X(ldr_thumb, "thumb", "ldr.w r2, [r0, #1]!", 1, 0)                                                                 \
    X(str, "arm", "str r2, [r0], #4", 0, 0)                                                                            \
    X(ldrh, "thumb", "ldrh.w r2, [r0, #1]", 1, 0)                                                                      \
    X(ldrd, "arm", "ldrd r2, r3, [r0, #8]!", 8, 1)                                                                     \
    X(ldrd_at_word, "arm", "ldrd r2, r3, [r0, #2]", 2, 0)                                                              \
    X(ldrd_thumb, "thumb", "ldrd r2, r3, [r0], #4", 0, 1)                                                              \
    X(strd, "arm", "strd r2, r3, [r0, #-8]", -8, 1)                                                                    \
    X(strd_thumb, "thumb", "strd r2, r3, [r0, #4]!", 4, 1)                                                             \
    X(ldm, "arm", "ldm r0!, {r2, r3}", 0, 1)                                                                           \
    X(ldmib, "arm", "ldmib r0, {r2, r3}", 4, 1)                                                                        \
    X(ldmdb_thumb, "thumb", "ldmdb r0!, {r2, r3}", -8, 1)                                                              \
    X(stm, "arm", "stmda r0, {r2, r3}", -4, 1)                                                                         \
    X(stm_thumb, "thumb", "stm.w r0!, {r2, r3}", 0, 1)                                                                 \
    X(ldrex, "arm", "ldrex r2, [r0]", 0, 1)                                                                            \
    X(ldrexb, "arm", "ldrexb r2, [r0]", 0, 0)                                                                          \
    X(ldrexh, "thumb", "ldrexh r2, [r0]", 0, 0)                                                                        \
    X(ldrexd, "thumb", "ldrexd r2, r3, [r0]", 0, 1)                                                                    \
    X(strex_thumb, "thumb", "strex r2, r3, [r0, #4]", 4, 1)                                                            \
    X(vldr, "arm", "vldr s0, [r0]", 0, 1)                                                                              \
    X(vstm, "thumb", "vstm r0!, {d0, d1}", 0, 1)                                                                       \
    X(vld1, "arm", "vld1.32 {d0}, [r0]!", 0, 0)                                                                        \
    X(vld1_aligned, "arm", "vld1.32 {d0}, [r0:64]!", 0, 1)

static _Alignas(8) char room[64];
#define BASE (room + 34)

#ifdef __arm__
#define X(name, set, text, offset, traps)                                                                              \
    __asm__(".pushsection .text\n .arch armv7-a\n .fpu neon\n .syntax unified\n ." set "\n .balign 4\n .type insn_" #name   \
            ", %function\n insn_" #name ": " text "\n bx lr\n .popsection");                                         \
    void insn_##name(void);
ACCESSES(X)
#undef X

static volatile unsigned faults, wrong;
static unsigned insn;
static volatile long distance;
static void on_bus(int sig, siginfo_t *i, void *u)
{
    ucontext_t *uc = u;
    faults++;
    distance = (char *)i->si_addr - BASE;
    wrong += sig != SIGBUS || i->si_code != BUS_ADRALN || uc->uc_mcontext.arm_pc != (insn & ~1u) ||
             (uc->uc_mcontext.arm_cpsr >> 5 & 1) != (insn & 1) || uc->uc_mcontext.arm_r0 != (unsigned)BASE ||
             uc->uc_mcontext.arm_r2 != 2 || uc->uc_mcontext.arm_r3 != 3 || uc->uc_mcontext.fault_address != (unsigned)i->si_addr;
    uc->uc_mcontext.arm_pc += 4;
}

static void try(const char *name, void (*f)(void))
{
    char before[sizeof room];
    memcpy(before, room, sizeof room);
    insn = (unsigned)f;
    faults = wrong = 0;
    register unsigned r0 __asm__("r0") = (unsigned)BASE, r1 __asm__("r1") = (unsigned)f, r2 __asm__("r2") = 2, r3 __asm__("r3") = 3;
    __asm__ volatile("blx r1" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)::"ip", "lr", "cc", "memory", "d0", "d1");
    if (faults)
        wrong += memcmp(before, room, sizeof room) != 0;
    printf("%s: faults %u at %ld wrong %u\n", name, faults, faults ? distance : 0, wrong);
}
#endif

int main(void)
{
#ifdef __arm__
    handle(SIGBUS, on_bus, 0);
#define X(name, set, text, offset, traps) try(#name, insn_##name);
#else
#define X(name, set, text, offset, traps) printf("%s: faults %d at %d wrong 0\n", #name, traps, traps ? offset : 0);
#endif
    for (int i = 0; i < 2; i++) { /* again, with what the first time left */
        ACCESSES(X)
    }
    return room[0];
}
