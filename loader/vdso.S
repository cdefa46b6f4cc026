/* The linked vdsos, one per byte order. */
    .section .rodata
    .globl  vdso_a64_start, vdso_a64_end, vdso_a64_be_start, vdso_a64_be_end
    .hidden vdso_a64_start, vdso_a64_end, vdso_a64_be_start, vdso_a64_be_end
    .p2align 4
vdso_a64_start:
    .incbin VDSO_A64
vdso_a64_end:
    .p2align 4
vdso_a64_be_start:
    .incbin VDSO_A64_BE
vdso_a64_be_end:
    .section .note.GNU-stack, "", %progbits
