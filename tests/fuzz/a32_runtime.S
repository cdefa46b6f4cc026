/* The frame of a fuzzing program for 32-bit ARM: for each case sets all registers from a state, runs the case's instructions,
 * saves all registers and writes the record and the memory around the scratch pointer to standard output.
 *
 * A case is CASE_WORDS words: state index, 1 if it is Thumb, code that ends by jumping to `save` in A32. Text and data are
 * one writable segment, so that `save` can store relative to the pc before it has a free register. A signal ends the case:
 * it is noted in the record (si_code is not: qemu-user's is not always the kernel's).
 */
        .arch armv8.6-a
        .arch_extension crypto
        .fpu neon-fp-armv8
        .syntax unified
        .arm
        .equ REC_CPSR, 60
        .equ REC_FPSCR, 64
        .equ REC_SIGNAL, 68
        .equ REC_D, 72
        .equ REC_BYTES, 328
        .equ SCRATCH_BYTES, 512

        .section .code, "awx"
save:   b       save_here               /* at the start of .text, where cases jump to */
        .globl _start
_start: adr     r5, gaps                /* what qemu-user has of its own, as the stack, goes: both have the same pages then */
1:      ldm     r5!, {r0, r1}
        sub     r1, r1, r0
        mov     r7, #91                 /* munmap */
        svc     #0
        cmp     r0, #0
        movne   r0, #1
        bne     4f
        ldr     r0, [r5]
        cmp     r0, #0
        bne     1b
        ldr     r0, =altstack_args
        mov     r1, #0
        mov     r7, #186                /* sigaltstack */
        svc     #0
        adr     r5, signals
1:      ldrb    r0, [r5], #1
        cmp     r0, #0
        beq     next_case
        adr     r1, action
        mov     r2, #0
        mov     r3, #8
        mov     r7, #174                /* rt_sigaction */
        svc     #0
        b       1b

next_case:
        ldr     r4, number
        ldr     r0, =COUNT
        cmp     r4, r0
        beq     finish
        ldr     r0, =scratch_middle - SCRATCH_BYTES / 2
        ldr     r1, =pattern
        mov     r2, #SCRATCH_BYTES / 16
1:      vldm    r1!, {d0-d1}
        vstm    r0!, {d0-d1}
        subs    r2, r2, #1
        bne     1b
        ldr     r1, =cases
        mov     r2, #CASE_WORDS * 4
        mla     r1, r4, r2, r1
        ldr     r3, [r1], #4            /* state */
        ldr     r2, [r1], #4            /* Thumb */
        add     r1, r1, r2
        str     r1, target
        mov     r4, #REC_BYTES
        ldr     r5, =states
        mla     r5, r3, r4, r5
        clrex
        mov     r0, #0
        ldr     r6, =record
        str     r0, [r6, #REC_SIGNAL]
        add     r0, r5, #REC_D
        vldm    r0!, {d0-d15}
        vldm    r0, {d16-d31}
        ldr     r0, [r5, #REC_FPSCR]
        vmsr    fpscr, r0
        ldr     r0, [r5, #REC_CPSR]
        msr     APSR_nzcvqg, r0
        ldm     r5, {r0-r14}
        ldr     pc, target

        .ltorg
number: .word   0
target: .word   0
saved:  .word   0

save_here:
        setend  le
        str     r0, saved
        adr     r0, local_record
        str     r1, [r0, #4]
        mov     r1, r0
        ldr     r0, saved
        str     r0, [r1]
        add     r0, r1, #8
        stm     r0, {r2-r14}
        ldr     r4, =record
        ldm     r1!, {r5-r12}
        stm     r4!, {r5-r12}
        ldm     r1, {r5-r11}
        stm     r4, {r5-r11}
        ldr     r4, =record
        mrs     r0, apsr
        ldr     r1, =0xf80f0000
        and     r0, r0, r1
        str     r0, [r4, #REC_CPSR]
        vmrs    r0, fpscr
        str     r0, [r4, #REC_FPSCR]
        mov     r1, #0
        vmsr    fpscr, r1
        add     r0, r4, #REC_D
        vstm    r0!, {d0-d15}
        vstm    r0, {d16-d31}
        ldr     sp, =stack_end
        mov     r0, #1
        mov     r1, r4
        mov     r2, #REC_BYTES
        bl      write_all
        mov     r0, #1
        ldr     r1, =scratch_middle - SCRATCH_BYTES / 2
        mov     r2, #SCRATCH_BYTES
        bl      write_all
        ldr     r4, number
        add     r4, r4, #1
        str     r4, number
        b       next_case

/* r1, r2: bytes, by way of a buffer that is written out when it is full */
write_all:
        ldr     r3, fill
        ldr     r6, =buffer
        add     r6, r6, r3
        add     r3, r3, r2
        str     r3, fill
1:      ldr     r5, [r1], #4
        str     r5, [r6], #4
        subs    r2, r2, #4
        bne     1b
        ldr     r5, =BUFFER_BYTES - 1024
        cmp     r3, r5
        bxlo    lr
flush:  ldr     r1, =buffer
        ldr     r2, fill
1:      cmp     r2, #0
        beq     2f
        mov     r0, #1
        mov     r7, #4
        svc     #0
        cmp     r0, #0
        ble     3f
        add     r1, r1, r0
        sub     r2, r2, r0
        b       1b
2:      str     r2, fill
        bx      lr
3:      mov     r0, #1
        b       4f
finish: bl      flush
        mov     r0, #0
4:      mov     r7, #248
        svc     #0
fill:   .word   0
        .equ BUFFER_BYTES, 65536

/* r0 signal, r1 siginfo, r2 ucontext: the case ends at `save`, in A32. */
handler:
        ldr     r3, =record
        mov     r12, r0
        str     r12, [r3, #REC_SIGNAL]
        adr     r12, save_here
        str     r12, [r2, #92]          /* uc_mcontext.arm_pc */
        ldr     r12, [r2, #96]
        ldr     r3, =0xf80f0000         /* N Z C V Q GE */
        and     r12, r12, r3
        orr     r12, r12, #16
        str     r12, [r2, #96]
        bx      lr
restorer:
        mov     r7, #173
        svc     #0
local_record: .skip 64
signals: .byte 4, 5, 7, 8, 11, 0
        .align 3
action: .word handler, 0x04000004 | 0x48000000, restorer, 0, 0 /* SA_SIGINFO | SA_RESTORER | SA_NODEFER | SA_ONSTACK */
altstack_args: .word altstack, 0, 65536
gaps:   .word   scratch_end, bss, bss_end, 0xffff0000, 0
        .ltorg
        .align 3
pattern: .incbin PATTERN
        .align 3
record: .skip REC_BYTES

        .section .cases, "awx"
        .align 3
cases:  .incbin CASES
        .section .rodata
        .align 3
states: .incbin STATES
        .bss
        .balign 4096
bss:    .skip 65536
stack_end: .skip 16
altstack: .skip 65536
buffer: .skip BUFFER_BYTES + 4096
        .balign 4096
bss_end:
        .section .scratch, "aw", %nobits
        .skip 65536
scratch_middle: .skip 65536
scratch_end:
