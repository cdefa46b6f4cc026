/* The frame of a fuzzing program: for each case sets all registers from a state, runs the case's instructions, saves all
 * registers and hashes them. The hashes (or, with DUMP, the whole record of every case) go to standard output.
 *
 * A case is CASE_WORDS words of code: instructions, then a branch to `save`. Register x28 holds the record's address all
 * the time; no case writes it. A synchronous signal is noted in the record and its instruction is skipped.
 *
 * CASES (file: u32 state index, code...), STATES (file of records) and COUNT are defined by the builder.
 */
        .arch armv8-a
        .equ REC_SP, 248
        .equ REC_NZCV, 256
        .equ REC_FPCR, 264
        .equ REC_FPSR, 272
        .equ REC_SIGNAL, 280
        .equ REC_V, 288
        .equ REC_BYTES, 800
        .equ SCRATCH_BYTES, 512         /* hashed part, around the pointer that cases get */

        .text
        b       save                    /* at the start of .text, where cases branch to */
        .globl _start
_start:
        /* qemu-user keeps the gaps between segments mapped without access; the kernel has nothing there */
        ldr     x0, =cases_end + 4095
        and     x0, x0, #~4095
        mov     x1, #0x14000000
        sub     x1, x1, x0
        mov     x8, #215                /* munmap */
        svc     #0
        ldr     x0, =_end + 4095
        and     x0, x0, #~4095
        mov     x1, #0x30000000
        sub     x1, x1, x0
        svc     #0
        adr     x1, altstack_args
        mov     x0, x1
        mov     x1, #0
        mov     x8, #132                /* sigaltstack */
        svc     #0
        adr     x19, signals
1:      ldrb    w0, [x19], #1
        cbz     w0, 2f
        adr     x1, action
        mov     x2, #0
        mov     x3, #8
        mov     x8, #134                /* rt_sigaction */
        svc     #0
        b       1b
2:      ldr     x28, =record
        str     xzr, [x28, #REC_BYTES]  /* case number */

next_case:
        ldr     x20, [x28, #REC_BYTES]
        ldr     x21, =COUNT
        cmp     x20, x21
        b.eq    finish
        /* scratch memory: a pattern, the same for each case */
        ldr     x0, =scratch_middle - SCRATCH_BYTES / 2
        ldr     x1, =pattern
        mov     x2, #SCRATCH_BYTES / 32
1:      ldp     q0, q1, [x1], #32
        stp     q0, q1, [x0], #32
        subs    x2, x2, #1
        b.ne    1b
        ldr     x1, =cases
        mov     x2, #CASE_WORDS * 4 + 4
        madd    x1, x20, x2, x1
        ldr     w3, [x1], #4            /* state index */
        mov     x4, #REC_BYTES
        ldr     x5, =states
        madd    x5, x3, x4, x5
        clrex
        /* the new state: copied to the record, then loaded from there */
        mov     x6, #REC_BYTES / 32
        mov     x7, x28
1:      ldp     q0, q1, [x5], #32
        stp     q0, q1, [x7], #32
        subs    x6, x6, #1
        b.ne    1b
        str     x1, [x28, #240]         /* x30: the case's code */
        ldr     x0, [x28, #REC_NZCV]
        msr     nzcv, x0
        ldr     x0, [x28, #REC_FPCR]
        msr     fpcr, x0
        ldr     x0, [x28, #REC_FPSR]
        msr     fpsr, x0
        ldr     x0, [x28, #REC_SP]
        mov     sp, x0
        str     xzr, [x28, #REC_SIGNAL]
        add     x0, x28, #REC_V
        .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        ldr     q\n, [x0], #16
        .endr
        .irp n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29
        ldr     x\n, [x28, #\n * 8]
        .endr
        .irp n, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 30, 0
        ldr     x\n, [x28, #\n * 8]
        .endr
        br      x30

save:
        .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30
        str     x\n, [x28, #\n * 8]
        .endr
        str     xzr, [x28, #28 * 8]
        mov     x0, sp
        str     x0, [x28, #REC_SP]
        mrs     x0, nzcv
        str     x0, [x28, #REC_NZCV]
        mrs     x0, fpcr
        str     x0, [x28, #REC_FPCR]
        mrs     x0, fpsr
        str     x0, [x28, #REC_FPSR]
        add     x0, x28, #REC_V
        .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
        str     q\n, [x0], #16
        .endr
        ldr     x20, [x28, #REC_BYTES]
#ifdef DUMP
        mov     x0, #1
        mov     x1, x28
        mov     x2, #REC_BYTES
        mov     x8, #64
        svc     #0
        mov     x0, #1
        ldr     x1, =scratch_middle - SCRATCH_BYTES / 2
        mov     x2, #SCRATCH_BYTES
        mov     x8, #64
        svc     #0
#else
        ldr     x9, =0x9e3779b97f4a7c15
        mov     x0, x9
        mov     x1, x28
        mov     x2, #REC_BYTES / 8
        bl      hash
        ldr     x1, =scratch_middle - SCRATCH_BYTES / 2
        mov     x2, #SCRATCH_BYTES / 8
        bl      hash
        ldr     x1, =hashes
        str     x0, [x1, x20, lsl #3]
#endif
        add     x20, x20, #1
        str     x20, [x28, #REC_BYTES]
        b       next_case

hash:   ldr     x3, [x1], #8
        eor     x0, x0, x3
        mul     x0, x0, x9
        eor     x0, x0, x0, lsr #29
        subs    x2, x2, #1
        b.ne    hash
        ret

finish:
#ifndef DUMP
        ldr     x19, =hashes
        ldr     x20, =COUNT * 8
1:      mov     x0, #1
        mov     x1, x19
        mov     x2, x20
        mov     x8, #64
        svc     #0
        cmp     x0, #0
        b.le    2f
        add     x19, x19, x0
        subs    x20, x20, x0
        b.ne    1b
2:
#endif
        mov     x0, #0
        mov     x8, #94
        svc     #0

/* x0 signal, x1 siginfo, x2 ucontext: mixes signal, si_code and place into the record, steps over the instruction. */
handler:
        ldr     x3, =record
        ldr     x4, [x3, #REC_SIGNAL]
        ldr     w5, [x1, #8]            /* si_code */
        add     x4, x4, x0
        lsl     x4, x4, #8
        add     x4, x4, x5
        str     x4, [x3, #REC_SIGNAL]
        ldr     x6, [x2, #176 + 264]    /* uc_mcontext.pc */
        add     x6, x6, #4
        str     x6, [x2, #176 + 264]
        ret

        .align 3
signals: .byte 4, 5, 7, 8, 11, 0
        .align 3
action: .quad handler, 0x08000004, 0, 0  /* SA_SIGINFO | SA_ONSTACK */
altstack_args: .quad altstack, 0, 65536
        .ltorg

        .section .cases, "ax"
        .align 3
cases:  .incbin CASES
cases_end:
        .section .rodata
        .align 4
states: .incbin STATES
        .align 4
pattern: .incbin PATTERN
        .bss
        .align 4
altstack: .skip 65536
record: .skip REC_BYTES + 16
hashes: .skip COUNT * 8
        .section .scratch, "aw", %nobits
        .skip 131072
scratch_middle: .skip 131072
