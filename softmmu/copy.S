/* The only host code that touches guest memory on behalf of system calls. The routines return 0 when they ran to
 * their end; a fault anywhere between mem_copy_begin and mem_copy_end is continued at mem_copy_fixup by the signal
 * handler (mem_fault_fixup), which makes them return nonzero. They keep no stack frame for that reason. */
    .text
    .globl mem_copy_begin, mem_copy_end, mem_copy_fixup, mem_copy_bytes, mem_copy_string, mem_swap_word
    .hidden mem_copy_begin, mem_copy_end, mem_copy_fixup, mem_copy_bytes, mem_copy_string, mem_swap_word
    .type mem_copy_bytes, %function
    .type mem_copy_string, %function
    .type mem_swap_word, %function

#if defined(__x86_64__)
    .p2align 5
mem_copy_begin:
/* int mem_copy_bytes(void *to, const void *from, size_t n): aligned 1, 2, 4, 8 bytes are one access each, so that a
 * value that another thread changes is never torn. */
mem_copy_bytes:
    cmpq    $16, %rdx
    ja      3f
    cmpq    $8, %rdx
    jae     2f
    cmpq    $4, %rdx
    jae     1f
    testq   %rdx, %rdx
    je      4f
    movzbl  (%rsi), %eax
    cmpq    $2, %rdx
    je      5f
    movb    %al, (%rdi)
    jb      4f
    movzwl  1(%rsi), %eax
    movw    %ax, 1(%rdi)
    jmp     4f
5:  movzwl  (%rsi), %eax
    movw    %ax, (%rdi)
    jmp     4f
1:  movl    (%rsi), %eax
    movl    -4(%rsi,%rdx), %ecx
    movl    %eax, (%rdi)
    movl    %ecx, -4(%rdi,%rdx)
    jmp     4f
2:  movq    (%rsi), %rax
    movq    -8(%rsi,%rdx), %rcx
    movq    %rax, (%rdi)
    movq    %rcx, -8(%rdi,%rdx)
    jmp     4f
3:  movq    %rdx, %rcx
    rep movsb
4:  xorl    %eax, %eax
    ret
    .size mem_copy_bytes, . - mem_copy_bytes

/* int mem_copy_string(char *to, const char *from, size_t max, size_t *length): copies up to and with a NUL, at most max
 * bytes; *length = bytes copied. */
    .p2align 4
mem_copy_string:
    xorl    %eax, %eax
1:  cmpq    %rdx, %rax
    jae     2f
    movb    (%rsi,%rax), %r8b
    movb    %r8b, (%rdi,%rax)
    incq    %rax
    testb   %r8b, %r8b
    jne     1b
2:  movq    %rax, (%rcx)
    xorl    %eax, %eax
    ret
    .size mem_copy_string, . - mem_copy_string

/* int mem_swap_word(u32 *at, u32 *expected, u32 new): atomically replaces *expected by new; 2 and the word in *expected if
 * another one is there. */
    .p2align 4
mem_swap_word:
    movl    (%rsi), %eax
    lock cmpxchgl %edx, (%rdi)
    movl    %eax, (%rsi)
    movl    $0, %eax
    je      1f
    movl    $2, %eax
1:  ret
    .size mem_swap_word, . - mem_swap_word
mem_copy_end:
mem_copy_fixup:
    movl    $1, %eax
    ret

#elif defined(__aarch64__)
    .p2align 4
mem_copy_begin:
mem_copy_bytes:
    cmp     x2, #8
    b.ne    1f
    ldr     x3, [x1]
    str     x3, [x0]
    b       4f
1:  cmp     x2, #4
    b.ne    2f
    ldr     w3, [x1]
    str     w3, [x0]
    b       4f
2:  cbz     x2, 4f
3:  ldrb    w3, [x1], #1
    strb    w3, [x0], #1
    subs    x2, x2, #1
    b.ne    3b
4:  mov     w0, #0
    ret
    .size mem_copy_bytes, . - mem_copy_bytes
mem_copy_string:
    mov     x4, #0
1:  cmp     x4, x2
    b.hs    2f
    ldrb    w5, [x1, x4]
    strb    w5, [x0, x4]
    add     x4, x4, #1
    cbnz    w5, 1b
2:  str     x4, [x3]
    mov     w0, #0
    ret
    .size mem_copy_string, . - mem_copy_string
mem_swap_word:
    ldr     w3, [x1]
1:  ldaxr   w4, [x0]
    cmp     w4, w3
    b.ne    2f
    stlxr   w5, w2, [x0]
    cbnz    w5, 1b
    mov     w0, #0
    ret
2:  clrex
    str     w4, [x1]
    mov     w0, #2
    ret
    .size mem_swap_word, . - mem_swap_word
mem_copy_end:
mem_copy_fixup:
    mov     w0, #1
    ret
#else
#error "no fault-tolerant copy for this host"
#endif
    .section .note.GNU-stack, "", %progbits
