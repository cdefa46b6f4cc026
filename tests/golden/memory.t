Loads and stores.

== copy eight bytes, post-indexed: v3
ldr x3, [x1], #8
str x3, [x0], #8
sub x2, x2, #8
cbnz x2, .-12
=>
; 150 bytes
  0x10000: ldr x3, [x1], #8
    mov rbp, qword ptr [rbx:x[1]]
    cmp rbp, r14
    ja L1
    mov rsi, qword ptr [rbp]
    mov qword ptr [rbx:x[3]], rsi
    add rbp, 8
    mov qword ptr [rbx:x[1]], rbp
  0x10004: str x3, [x0], #8
    mov rbp, qword ptr [rbx:x[0]]
    cmp rbp, r14
    ja L2
    mov qword ptr [rbp], rsi
    add rbp, 8
    mov qword ptr [rbx:x[0]], rbp
  0x10008: sub x2, x2, #8
    mov rbp, qword ptr [rbx:x[2]]
    sub rbp, 8
    mov qword ptr [rbx:x[2]], rbp
  0x1000c: cbnz x2, 0x10000
    test rbp, rbp
    nop
    je L3
    cmp dword ptr [rbx:poll], 0
    jne L4
    nop
    jmp L5
  0x10000: out of line: slow_beyond
L1:
    lea rdi, [rbp]
    call <beyond_limit_read>
  0x10004: out of line: slow_beyond
L2:
    lea rdi, [rbp]
    call <beyond_limit_write>
  0x1000c: out of line: slow_unlinked
L3:
    movabs rcx, <exit 0>
    jmp <unlinked>
  0x1000c: out of line: slow_poll
L4:
    mov eax, 0x10000
    jmp <leave_for_poll>
  0x1000c: out of line: slow_unlinked
L5:
    movabs rcx, <exit 1>
    jmp <unlinked>

== scaled index: v3
ldr w0, [x1, w2, sxtw #2]
ldrb w3, [x1, x2]
ldrsh x4, [x1, x2, lsl #1]
strh w4, [x5, #2]
ret
=>
; 215 bytes
  0x10000: ldr w0, [x1, w2, sxtw #2]
    mov rbp, qword ptr [rbx:x[1]]
    mov esi, dword ptr [rbx:x[2]]
    movsxd rdi, esi
    lea rax, [rbp + rdi*4]
    cmp rax, r14
    ja L1
    mov edi, dword ptr [rbp + rdi*4]
    mov qword ptr [rbx:x[0]], rdi
  0x10004: ldrb w3, [x1, x2]
    mov rsi, qword ptr [rbx:x[2]]
    lea rax, [rbp + rsi]
    cmp rax, r14
    ja L2
    movzx edi, byte ptr [rbp + rsi]
    mov qword ptr [rbx:x[3]], rdi
  0x10008: ldrsh x4, [x1, x2, lsl #1]
    lea rax, [rbp + rsi*2]
    cmp rax, r14
    ja L3
    movsx rbp, word ptr [rbp + rsi*2]
    mov qword ptr [rbx:x[4]], rbp
  0x1000c: strh w4, [x5, #2]
    mov rsi, qword ptr [rbx:x[5]]
    cmp rsi, r14
    ja L4
    mov word ptr [rsi + 2], bp
  0x10010: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L5
    mov eax, ebp
    shr eax, 0xd
    xor eax, ebp
    and eax, 0x3fffc
    cmp rbp, qword ptr [rdx + rax*4 + 0x20138]
    jne L6
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x10000: out of line: slow_beyond
L1:
    lea rdi, [rax]
    call <beyond_limit_read>
  0x10004: out of line: slow_beyond
L2:
    lea rdi, [rax]
    call <beyond_limit_read>
  0x10008: out of line: slow_beyond
L3:
    lea rdi, [rax]
    call <beyond_limit_read>
  0x1000c: out of line: slow_beyond
L4:
    lea rdi, [rsi + 2]
    call <beyond_limit_write>
  0x10010: out of line: slow_indirect_poll
L5:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10010: out of line: slow_indirect_miss
L6:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== pairs: v3
ldp x0, x1, [x2]
stp x0, x1, [x3, #16]
ldp q0, q1, [x2, #32]
stp q0, q1, [x3, #32]
ret
=>
; 199 bytes
  0x10000: ldp x0, x1, [x2]
    mov rbp, qword ptr [rbx:x[2]]
    cmp rbp, r14
    ja L1
    movups xmm3, xmmword ptr [rbp]
    movq rsi, xmm3
    pextrq rdi, xmm3, 1
    mov qword ptr [rbx:x[0]], rsi
    mov qword ptr [rbx:x[1]], rdi
  0x10004: stp x0, x1, [x3, #16]
    mov r8, qword ptr [rbx:x[3]]
    movq xmm3, rsi
    pinsrq xmm3, rdi, 1
    cmp r8, r14
    ja L2
    movups xmmword ptr [r8 + 0x10], xmm3
  0x10008: ldp q0, q1, [x2, #32]
    movups xmm3, xmmword ptr [rbp + 0x20]
    movups xmm4, xmmword ptr [rbp + 0x30]
    movups xmmword ptr [rbx:v[0]], xmm3
    movups xmmword ptr [rbx:v[1]], xmm4
  0x1000c: stp q0, q1, [x3, #32]
    movups xmmword ptr [r8 + 0x20], xmm3
    movups xmmword ptr [r8 + 0x30], xmm4
  0x10010: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L3
    mov eax, ebp
    shr eax, 0xd
    xor eax, ebp
    and eax, 0x3fffc
    cmp rbp, qword ptr [rdx + rax*4 + 0x20138]
    jne L4
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x10000: out of line: slow_beyond
L1:
    lea rdi, [rbp]
    call <beyond_limit_read>
  0x10004: out of line: slow_beyond
L2:
    lea rdi, [r8 + 0x10]
    call <beyond_limit_write>
  0x10010: out of line: slow_indirect_poll
L3:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10010: out of line: slow_indirect_miss
L4:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== ordered: v3
ldar w0, [x1]
stlr w0, [x2]
ret
=>
; 239 bytes
  0x10000: ldar w0, [x1]
    mov rbp, qword ptr [rbx:x[1]]
    test bpl, 3
    jne L3
L1:
    cmp rbp, r14
    ja L4
    mov ebp, dword ptr [rbp]
    mov qword ptr [rbx:x[0]], rbp
  0x10004: stlr w0, [x2]
    mov rsi, qword ptr [rbx:x[2]]
    test sil, 3
    jne L5
L2:
    cmp rsi, r14
    ja L6
    mov rdx, rbp
    xchg dword ptr [rsi], edx
  0x10008: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L7
    mov eax, ebp
    shr eax, 0xd
    xor eax, ebp
    and eax, 0x3fffc
    cmp rbp, qword ptr [rdx + rax*4 + 0x20138]
    jne L8
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x10000: out of line: slow_misaligned
L3:
    lea rcx, [rbp]
    and ecx, 0xf
    cmp ecx, 0xc
    jbe L1
    lea rdi, [rbp]
    and rdi, qword ptr [rbx:addr_mask]
    mov eax, 0x10000
    mov esi, 3
    jmp <trap>
  0x10000: out of line: slow_beyond
L4:
    lea rdi, [rbp]
    call <beyond_limit_read>
  0x10004: out of line: slow_misaligned
L5:
    lea rcx, [rsi]
    and ecx, 0xf
    cmp ecx, 0xc
    jbe L2
    lea rdi, [rsi]
    and rdi, qword ptr [rbx:addr_mask]
    mov eax, 0x10004
    mov esi, 3
    jmp <trap>
  0x10004: out of line: slow_beyond
L6:
    lea rdi, [rsi]
    call <beyond_limit_write>
  0x10008: out of line: slow_indirect_poll
L7:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10008: out of line: slow_indirect_miss
L8:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== atomics: v3
ldadd x0, x1, [x2]
swpal w3, w4, [x2]
casal x5, x6, [x2]
ret
=>
; 319 bytes
  0x10000: ldadd x0, x1, [x2]
    mov rbp, qword ptr [rbx:x[2]]
    mov rsi, qword ptr [rbx:x[0]]
    test bpl, 7
    jne L4
L1:
    cmp rbp, r14
    ja L5
    mov rax, rsi
    lock xadd qword ptr [rbp], rax
    mov rdi, rax
    mov qword ptr [rbx:x[1]], rdi
  0x10004: swpal w3, w4, [x2]
    mov esi, dword ptr [rbx:x[3]]
    test bpl, 3
    jne L6
L2:
    mov rax, rsi
    xchg dword ptr [rbp], eax
    mov edi, eax
    mov qword ptr [rbx:x[4]], rdi
  0x10008: casal x5, x6, [x2]
    mov rsi, qword ptr [rbx:x[6]]
    mov rdi, qword ptr [rbx:x[5]]
    test bpl, 7
    jne L7
L3:
    mov rax, rdi
    lock cmpxchg qword ptr [rbp], rsi
    mov r8, rax
    mov qword ptr [rbx:x[5]], r8
  0x1000c: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L8
    mov eax, ebp
    shr eax, 0xd
    xor eax, ebp
    and eax, 0x3fffc
    cmp rbp, qword ptr [rdx + rax*4 + 0x20138]
    jne L9
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x10000: out of line: slow_misaligned
L4:
    lea rcx, [rbp]
    and ecx, 0xf
    cmp ecx, 8
    jbe L1
    lea rdi, [rbp]
    and rdi, qword ptr [rbx:addr_mask]
    mov eax, 0x10000
    mov esi, 3
    jmp <trap>
  0x10000: out of line: slow_beyond
L5:
    lea rdi, [rbp]
    call <beyond_limit_write>
  0x10004: out of line: slow_misaligned
L6:
    lea rcx, [rbp]
    and ecx, 0xf
    cmp ecx, 0xc
    jbe L2
    lea rdi, [rbp]
    and rdi, qword ptr [rbx:addr_mask]
    mov eax, 0x10004
    mov esi, 3
    jmp <trap>
  0x10008: out of line: slow_misaligned
L7:
    lea rcx, [rbp]
    and ecx, 0xf
    cmp ecx, 8
    jbe L3
    lea rdi, [rbp]
    and rdi, qword ptr [rbx:addr_mask]
    mov eax, 0x10008
    mov esi, 3
    jmp <trap>
  0x1000c: out of line: slow_indirect_poll
L8:
    mov rax, rbp
    jmp <leave_for_poll>
  0x1000c: out of line: slow_indirect_miss
L9:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== prefetch: v3
prfm pldl1keep, [x0, #64]
prfm pstl1keep, [x0, #64]
prfm pldl2keep, [x0, x1, lsl #3]
prfm pldl1strm, [sp, #8]
prfm plil1keep, [x0]
ret
=>
; 117 bytes
  0x10000: prfm pldl1keep, [x0, #64]
    mov rbp, qword ptr [rbx:x[0]]
    prefetcht0 byte ptr [rbp + 0x40]
  0x10004: prfm pstl1keep, [x0, #64]
    prefetchw byte ptr [rbp + 0x40]
  0x10008: prfm pldl2keep, [x0, x1, lsl #3]
    mov rsi, qword ptr [rbx:x[1]]
    lea rdi, [rbp + rsi*8]
    prefetcht1 byte ptr [rdi]
  0x1000c: prfm pldl1strm, [sp, #8]
    mov rbp, qword ptr [rbx:sp]
    prefetchnta byte ptr [rbp + 8]
  0x10014: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L1
    mov eax, ebp
    shr eax, 0xd
    xor eax, ebp
    and eax, 0x3fffc
    cmp rbp, qword ptr [rdx + rax*4 + 0x20138]
    jne L2
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x10014: out of line: slow_indirect_poll
L1:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10014: out of line: slow_indirect_miss
L2:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== index: v3
ldr w0, [x1, x2, lsl #2]
ldrsb x3, [x1, w0, uxtw]
ldr q1, [x2, x3, lsl #4]
str x3, [x1, x0, lsl #3]
ldr w4, [x5, x6, lsl #2]
ret
=>
; 257 bytes
  0x10000: ldr w0, [x1, x2, lsl #2]
    mov rbp, qword ptr [rbx:x[1]]
    mov rsi, qword ptr [rbx:x[2]]
    lea rax, [rbp + rsi*4]
    cmp rax, r14
    ja L1
    mov edi, dword ptr [rbp + rsi*4]
    mov qword ptr [rbx:x[0]], rdi
  0x10004: ldrsb x3, [x1, w0, uxtw]
    lea rax, [rbp + rdi]
    cmp rax, r14
    ja L2
    movsx r8, byte ptr [rbp + rdi]
    mov qword ptr [rbx:x[3]], r8
  0x10008: ldr q1, [x2, x3, lsl #4]
    mov r9, r8
    shl r9, 4
    lea rax, [rsi + r9]
    cmp rax, r14
    ja L3
    movups xmm3, xmmword ptr [rsi + r9]
    movups xmmword ptr [rbx:v[1]], xmm3
  0x1000c: str x3, [x1, x0, lsl #3]
    lea rax, [rbp + rdi*8]
    cmp rax, r14
    ja L4
    mov qword ptr [rbp + rdi*8], r8
  0x10010: ldr w4, [x5, x6, lsl #2]
    mov rbp, qword ptr [rbx:x[5]]
    mov rsi, qword ptr [rbx:x[6]]
    lea rax, [rbp + rsi*4]
    cmp rax, r14
    ja L5
    mov ebp, dword ptr [rbp + rsi*4]
    mov qword ptr [rbx:x[4]], rbp
  0x10014: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L6
    mov eax, ebp
    shr eax, 0xd
    xor eax, ebp
    and eax, 0x3fffc
    cmp rbp, qword ptr [rdx + rax*4 + 0x20138]
    jne L7
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x10000: out of line: slow_beyond
L1:
    lea rdi, [rax]
    call <beyond_limit_read>
  0x10004: out of line: slow_beyond
L2:
    lea rdi, [rax]
    call <beyond_limit_read>
  0x10008: out of line: slow_beyond
L3:
    lea rdi, [rax]
    call <beyond_limit_read>
  0x1000c: out of line: slow_beyond
L4:
    lea rdi, [rax]
    call <beyond_limit_write>
  0x10010: out of line: slow_beyond
L5:
    lea rdi, [rax]
    call <beyond_limit_read>
  0x10014: out of line: slow_indirect_poll
L6:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10014: out of line: slow_indirect_miss
L7:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>
