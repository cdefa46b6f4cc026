/* The 32-bit ARM guest's vdso: see vdso_a64.S. A32 code of ARMv4T, which every processor and both instruction sets can call.
 *
 * The signal return codes are those of the kernel's arch/arm/kernel/sigreturn_codes.S, at fixed distances from the entry point
 * of the file; debuggers and unwinders know them by their instructions. */
    .arch armv5t
    .text
    .arm

    .macro call name, number
    .globl  \name
    .type   \name, %function
    .p2align 4
\name:
    .cfi_startproc
    str     r7, [sp, #-4]!
    .cfi_adjust_cfa_offset 4
    .cfi_offset r7, -4
    mov     r7, #\number & 0xff
    orr     r7, r7, #\number & 0xf00
    svc     #0
    ldr     r7, [sp], #4
    .cfi_adjust_cfa_offset -4
    .cfi_restore r7
    bx      lr
    .cfi_endproc
    .size   \name, . - \name
    .endm

    call    __vdso_clock_gettime, 263
    call    __vdso_clock_gettime64, 403
    call    __vdso_clock_getres, 264
    call    __vdso_gettimeofday, 78

    .p2align 4
    nop                         /* unwinders look one instruction back */
    .globl  sigreturn_codes
sigreturn_codes:
    .arm                        /* + 0 */
    mov     r7, #119
    svc     #0x900077
    .thumb                      /* + 8 */
    movs    r7, #119
    svc     #0
    .arm                        /* + 12 */
    mov     r7, #173
    svc     #0x9000ad
    .thumb                      /* + 20 */
    movs    r7, #173
    svc     #0
