/* The AArch64 guest's vdso, assembled and linked with the cross binutils and embedded by vdso.S. The functions make the
 * system call: a call costs no mode switch here, so reading the clock from shared memory would save nothing but the
 * dispatch.
 *
 * __kernel_rt_sigreturn has no unwind entry on purpose, as in the kernel's own vdso: unwinders (libgcc, LLVM, gdb) then
 * recognise its two instructions and restore all registers, pc and x30 separately, from the frame, which a table whose
 * return address is x30 cannot say. The nop before it is there because unwinders look one instruction back.
 */
    .arch armv8-a
    .text

/* BTI property note: all entry points start with a landing pad or are reached by a return only. */
    .pushsection .note.gnu.property, "a"
    .p2align 3
    .word   4, 16, 5
    .asciz  "GNU"
    .word   0xc0000000, 4, 1, 0
    .popsection

    .macro call name, number
    .globl  \name
    .type   \name, %function
    .p2align 4
\name:
    .cfi_startproc
    hint    #34                 /* bti c */
    mov     x8, #\number
    svc     #0
    ret
    .cfi_endproc
    .size   \name, . - \name
    .endm

    call    __kernel_clock_gettime, 113
    call    __kernel_clock_getres, 114
    call    __kernel_gettimeofday, 169

    .p2align 4
    nop
    .globl  __kernel_rt_sigreturn
    .type   __kernel_rt_sigreturn, %function
__kernel_rt_sigreturn:
    mov     x8, #139
    svc     #0
    .size   __kernel_rt_sigreturn, . - __kernel_rt_sigreturn
