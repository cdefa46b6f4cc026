/* The linked vdsos, one per byte order, and the vectors page of 32-bit ARM. be8: big-endian data, little-endian code; be32:
 * all big-endian. */
    .section .rodata
    .macro embed name, file
    .globl  \name\()_start, \name\()_end
    .hidden \name\()_start, \name\()_end
    .p2align 4
\name\()_start:
    .incbin "\file"
\name\()_end:
    .endm
    embed vdso_a64, vdso_a64.so
    embed vdso_a64_be, vdso_a64_be.so
    embed vdso_a32, vdso_a32.so
    embed vdso_a32_be8, vdso_a32_be8.so
    embed vdso_a32_be32, vdso_a32_be32.so
    embed kuser_a32, kuser_a32.bin
    embed kuser_a32_be8, kuser_a32_be8.bin
    embed kuser_a32_be32, kuser_a32_be32.bin
    .section .note.GNU-stack, "", %progbits
