/* The end of the vectors page of 32-bit ARM: the kernel's user helpers, each at its fixed address. Linked for the page's
 * address 0xffff0000 and embedded as plain bytes. Source: Documentation/arch/arm/kernel_user_helpers.rst.
 *
 * Real kernels choose code that the processor has. Here one version serves all models: code in this page may use what the
 * model lacks (cpu/guest/a32/lift.c), so exclusives make it atomic against other threads on ARMv5 models, too. */
    .arch armv7-a
    .text
    .arm
    .globl  vectors_page
vectors_page:

    /* int __kuser_cmpxchg64(const s64 *old, const s64 *new, s64 *p): 0 and C set if *p was *old and is *new now */
    .org    0xf60
    stmfd   sp!, {r4, r5, r6, r7}
    ldrd    r4, r5, [r0]
    ldrd    r6, r7, [r1]
    dmb     ish
1:  ldrexd  r0, r1, [r2]
    eors    r3, r0, r4
    eoreqs  r3, r1, r5
    strexdeq r3, r6, r7, [r2]
    teqeq   r3, #1
    beq     1b
    dmb     ish
    rsbs    r0, r3, #0          /* C is set if nothing differed */
    ldmfd   sp!, {r4, r5, r6, r7}
    bx      lr

    /* void __kuser_memory_barrier(void) */
    .org    0xfa0
barrier:
    dmb     ish
    bx      lr

    /* int __kuser_cmpxchg(int old, int new, int *p): 0 and C set if *p was old and is new now */
    .org    0xfc0
    dmb     ish
1:  ldrex   r3, [r2]
    subs    r3, r3, r0
    strexeq r3, r1, [r2]
    teqeq   r3, #1
    beq     1b
    rsbs    r0, r3, #0
    b       barrier             /* there is room for eight instructions */

    /* void *__kuser_get_tls(void) */
    .org    0xfe0
    mrc     p15, 0, r0, c13, c0, 3
    bx      lr

    /* int __kuser_helper_version: so many helpers exist */
    .org    0xffc
    .type   version, %object
version:
    .word   (0x1000 - 0xf60) >> 5
