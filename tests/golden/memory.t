Loads and stores.

== copy eight bytes, post-indexed: v3
ldr x3, [x1], #8
str x3, [x0], #8
sub x2, x2, #8
cbnz x2, .-12
=>
; 371 bytes
  0x10000: ldr x3, [x1], #8
    mov rbp, qword ptr [rbx:x[1]]
    mov rax, rbp
    and rax, r13
    cmp rax, r14
    ja L4
L1:
    mov rsi, qword ptr [rax]
    mov qword ptr [rbx:x[3]], rsi
    add rbp, 8
    mov qword ptr [rbx:x[1]], rbp
  0x10004: str x3, [x0], #8
    mov rbp, qword ptr [rbx:x[0]]
    mov rax, rbp
    and rax, r13
    cmp rax, r14
    ja L5
L2:
    mov qword ptr [rax], rsi
    add rbp, 8
    mov qword ptr [rbx:x[0]], rbp
  0x10008: sub x2, x2, #8
    mov rbp, qword ptr [rbx:x[2]]
    sub rbp, 8
    mov qword ptr [rbx:x[2]], rbp
  0x1000c: cbnz x2, 0x10000
    test rbp, rbp
    jne L3
    nop
    jmp L6
L3:
    cmp dword ptr [rbx:poll], 0
    jne L8
    nop
    nop
    jmp L9
  0x10000: out of line: slow_limit
L4:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 8
    cmp rax, rcx
    jbe L1
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10000
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 0
    movabs rax, <guest_fault>
    call rax
  0x10004: out of line: slow_limit
L5:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 8
    cmp rax, rcx
    jbe L2
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10004
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 1
    movabs rax, <guest_fault>
    call rax
  0x1000c: out of line: slow_unlinked
L6:
    movabs rcx, <exit 0>
    mov rax, qword ptr [rcx + 8]
    test rax, rax
    je L7
    jmp qword ptr [rax + 0x10]
L7:
    mov rdx, qword ptr [rbx:0x80]
    mov qword ptr [rdx + 0x18], rcx
    mov eax, 0x10010
    mov qword ptr [rbx:pc], rax
    mov eax, 0
    jmp <leave>
  0x1000c: out of line: slow_poll
L8:
    mov eax, 0x10000
    mov qword ptr [rbx:pc], rax
    mov eax, 1
    jmp <leave>
  0x1000c: out of line: slow_unlinked
L9:
    movabs rcx, <exit 1>
    mov rax, qword ptr [rcx + 8]
    test rax, rax
    je L10
    jmp qword ptr [rax + 0x10]
L10:
    mov rdx, qword ptr [rbx:0x80]
    mov qword ptr [rdx + 0x18], rcx
    mov eax, 0x10000
    mov qword ptr [rbx:pc], rax
    mov eax, 0
    jmp <leave>

== scaled index: v3
ldr w0, [x1, w2, sxtw #2]
ldrb w3, [x1, x2]
ldrsh x4, [x1, x2, lsl #1]
strh w4, [x5, #2]
ret
=>
; 492 bytes
  0x10000: ldr w0, [x1, w2, sxtw #2]
    mov rbp, qword ptr [rbx:x[1]]
    mov esi, dword ptr [rbx:x[2]]
    movsxd rdi, esi
    shl rdi, 2
    add rdi, rbp
    mov rax, rdi
    and rax, r13
    cmp rax, r14
    ja L7
L1:
    mov esi, dword ptr [rax]
    mov qword ptr [rbx:x[0]], rsi
  0x10004: ldrb w3, [x1, x2]
    mov rsi, qword ptr [rbx:x[2]]
    lea rdi, [rbp + rsi]
    mov rax, rdi
    and rax, r13
    cmp rax, r14
    ja L8
L2:
    movzx r8d, byte ptr [rax]
    mov qword ptr [rbx:x[3]], r8
  0x10008: ldrsh x4, [x1, x2, lsl #1]
    shl rsi, 1
    add rbp, rsi
    mov rax, rbp
    and rax, r13
    cmp rax, r14
    ja L9
L3:
    movsx rsi, word ptr [rax]
    mov qword ptr [rbx:x[4]], rsi
  0x1000c: strh w4, [x5, #2]
    mov rbp, qword ptr [rbx:x[5]]
    lea rax, [rbp + 2]
    and rax, r13
    cmp rax, r14
    ja L10
L4:
    mov word ptr [rax], si
  0x10010: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov dword ptr [rbx:btype], 0
    mov qword ptr [rbx:pc], rbp
    mov rdx, qword ptr [rbx:0x80]
    cmp dword ptr [rbx:poll], 0
    jne L5
    mov eax, ebp
    mov ecx, ebp
    shr eax, 2
    shr ecx, 0xd
    xor eax, ecx
    and eax, 0x7ff
    mov rax, qword ptr [rdx + rax*8 + 0x128]
    test rax, rax
    je L6
    cmp rbp, qword ptr [rax]
    jne L6
    mov ecx, dword ptr [rax + 0x30]
    cmp ecx, dword ptr [rbx:mode]
    jne L6
    jmp qword ptr [rax + 0x10]
L5:
    mov eax, 1
    jmp <leave>
L6:
    mov qword ptr [rdx + 0x18], 0
    mov eax, 0
    jmp <leave>
  0x10000: out of line: slow_limit
L7:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 4
    cmp rax, rcx
    jbe L1
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10000
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 0
    movabs rax, <guest_fault>
    call rax
  0x10004: out of line: slow_limit
L8:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 1
    cmp rax, rcx
    jbe L2
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10004
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 0
    movabs rax, <guest_fault>
    call rax
  0x10008: out of line: slow_limit
L9:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 2
    cmp rax, rcx
    jbe L3
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10008
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 0
    movabs rax, <guest_fault>
    call rax
  0x1000c: out of line: slow_limit
L10:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 2
    cmp rax, rcx
    jbe L4
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x1000c
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 1
    movabs rax, <guest_fault>
    call rax

== pairs: v3
ldp x0, x1, [x2]
stp x0, x1, [x3, #16]
ldp q0, q1, [x2, #32]
stp q0, q1, [x3, #32]
ret
=>
; 639 bytes
  0x10000: ldp x0, x1, [x2]
    mov rbp, qword ptr [rbx:x[2]]
    mov rax, rbp
    and rax, r13
    cmp rax, r14
    ja L9
L1:
    movups xmm3, xmmword ptr [rax]
    movq rsi, xmm3
    pextrq rdi, xmm3, 1
    mov qword ptr [rbx:x[0]], rsi
    mov qword ptr [rbx:x[1]], rdi
  0x10004: stp x0, x1, [x3, #16]
    mov r8, qword ptr [rbx:x[3]]
    movq xmm3, rsi
    pinsrq xmm3, rdi, 1
    lea rax, [r8 + 0x10]
    and rax, r13
    cmp rax, r14
    ja L10
L2:
    movups xmmword ptr [rax], xmm3
  0x10008: ldp q0, q1, [x2, #32]
    lea rax, [rbp + 0x20]
    and rax, r13
    cmp rax, r14
    ja L11
L3:
    movups xmm3, xmmword ptr [rax]
    lea rax, [rbp + 0x30]
    and rax, r13
    cmp rax, r14
    ja L12
L4:
    movups xmm4, xmmword ptr [rax]
    movups xmmword ptr [rbx:v[0]], xmm3
    movups xmmword ptr [rbx:v[1]], xmm4
  0x1000c: stp q0, q1, [x3, #32]
    lea rax, [r8 + 0x20]
    and rax, r13
    cmp rax, r14
    ja L13
L5:
    movups xmmword ptr [rax], xmm3
    lea rax, [r8 + 0x30]
    and rax, r13
    cmp rax, r14
    ja L14
L6:
    movups xmmword ptr [rax], xmm4
  0x10010: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov dword ptr [rbx:btype], 0
    mov qword ptr [rbx:pc], rbp
    mov rdx, qword ptr [rbx:0x80]
    cmp dword ptr [rbx:poll], 0
    jne L7
    mov eax, ebp
    mov ecx, ebp
    shr eax, 2
    shr ecx, 0xd
    xor eax, ecx
    and eax, 0x7ff
    mov rax, qword ptr [rdx + rax*8 + 0x128]
    test rax, rax
    je L8
    cmp rbp, qword ptr [rax]
    jne L8
    mov ecx, dword ptr [rax + 0x30]
    cmp ecx, dword ptr [rbx:mode]
    jne L8
    jmp qword ptr [rax + 0x10]
L7:
    mov eax, 1
    jmp <leave>
L8:
    mov qword ptr [rdx + 0x18], 0
    mov eax, 0
    jmp <leave>
  0x10000: out of line: slow_limit
L9:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 0x10
    cmp rax, rcx
    jbe L1
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10000
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 0
    movabs rax, <guest_fault>
    call rax
  0x10004: out of line: slow_limit
L10:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 0x10
    cmp rax, rcx
    jbe L2
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10004
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 1
    movabs rax, <guest_fault>
    call rax
  0x10008: out of line: slow_limit
L11:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 0x10
    cmp rax, rcx
    jbe L3
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10008
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 0
    movabs rax, <guest_fault>
    call rax
  0x10008: out of line: slow_limit
L12:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 0x10
    cmp rax, rcx
    jbe L4
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10008
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 0
    movabs rax, <guest_fault>
    call rax
  0x1000c: out of line: slow_limit
L13:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 0x10
    cmp rax, rcx
    jbe L5
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x1000c
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 1
    movabs rax, <guest_fault>
    call rax
  0x1000c: out of line: slow_limit
L14:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 0x10
    cmp rax, rcx
    jbe L6
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x1000c
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 1
    movabs rax, <guest_fault>
    call rax

== ordered: v3
ldar w0, [x1]
stlr w0, [x2]
ret
=>
; 418 bytes
  0x10000: ldar w0, [x1]
    mov rbp, qword ptr [rbx:x[1]]
    mov rax, rbp
    and rax, r13
    mov ecx, eax
    and ecx, 0xf
    cmp ecx, 0xc
    ja L5
    cmp rax, r14
    ja L6
L1:
    mov esi, dword ptr [rax]
    mov qword ptr [rbx:x[0]], rsi
  0x10004: stlr w0, [x2]
    mov rbp, qword ptr [rbx:x[2]]
    mov rax, rbp
    and rax, r13
    mov ecx, eax
    and ecx, 0xf
    cmp ecx, 0xc
    ja L7
    cmp rax, r14
    ja L8
L2:
    mov dword ptr [rax], esi
    lock or dword ptr [rsp], 0
  0x10008: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov dword ptr [rbx:btype], 0
    mov qword ptr [rbx:pc], rbp
    mov rdx, qword ptr [rbx:0x80]
    cmp dword ptr [rbx:poll], 0
    jne L3
    mov eax, ebp
    mov ecx, ebp
    shr eax, 2
    shr ecx, 0xd
    xor eax, ecx
    and eax, 0x7ff
    mov rax, qword ptr [rdx + rax*8 + 0x128]
    test rax, rax
    je L4
    cmp rbp, qword ptr [rax]
    jne L4
    mov ecx, dword ptr [rax + 0x30]
    cmp ecx, dword ptr [rbx:mode]
    jne L4
    jmp qword ptr [rax + 0x10]
L3:
    mov eax, 1
    jmp <leave>
L4:
    mov qword ptr [rdx + 0x18], 0
    mov eax, 0
    jmp <leave>
  0x10000: out of line: slow_align
L5:
    mov rdi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10000
    mov qword ptr [rcx + 8], rax
    mov rcx, rdi
    mov rdi, rbx
    mov esi, 3
    mov edx, 0
    movabs rax, <guest_trap>
    call rax
  0x10000: out of line: slow_limit
L6:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 4
    cmp rax, rcx
    jbe L1
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10000
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 0
    movabs rax, <guest_fault>
    call rax
  0x10004: out of line: slow_align
L7:
    mov rdi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10004
    mov qword ptr [rcx + 8], rax
    mov rcx, rdi
    mov rdi, rbx
    mov esi, 3
    mov edx, 0
    movabs rax, <guest_trap>
    call rax
  0x10004: out of line: slow_limit
L8:
    mov rcx, qword ptr [rbx:mem_limit]
    sub rcx, 4
    cmp rax, rcx
    jbe L2
    mov rsi, rax
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10004
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov edx, 1
    movabs rax, <guest_fault>
    call rax

== atomics: v3
ldadd x0, x1, [x2]
swpal w3, w4, [x2]
casal x5, x6, [x2]
ret
=>
; 439 bytes
  0x10000: ldadd x0, x1, [x2]
    mov rbp, qword ptr [rbx:x[2]]
    mov rsi, qword ptr [rbx:x[0]]
    mov rax, rbp
    mov qword ptr [rsp + 0x20], rax
    mov qword ptr [rsp + 0x30], rsi
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10000
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov rsi, qword ptr [rsp + 0x20]
    mov edx, 0x83
    mov rdx, rsi
    mov esi, 0x37
    mov ecx, 0x83
    lea r8, [rsp + 0x30]
    lea r9, [rsp + 0x90]
    movabs rax, <access_atomic>
    call rax
    mov rdi, qword ptr [rsp + 0x90]
    mov qword ptr [rbx:x[1]], rdi
  0x10004: swpal w3, w4, [x2]
    mov esi, dword ptr [rbx:x[3]]
    mov rax, rbp
    mov qword ptr [rsp + 0x20], rax
    mov qword ptr [rsp + 0x30], rsi
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10004
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov rsi, qword ptr [rsp + 0x20]
    mov edx, 0xe2
    mov rdx, rsi
    mov esi, 0x3f
    mov ecx, 0xe2
    lea r8, [rsp + 0x30]
    lea r9, [rsp + 0x90]
    movabs rax, <access_atomic>
    call rax
    mov edi, dword ptr [rsp + 0x90]
    mov qword ptr [rbx:x[4]], rdi
  0x10008: casal x5, x6, [x2]
    mov rsi, qword ptr [rbx:x[6]]
    mov rdi, qword ptr [rbx:x[5]]
    mov rax, rbp
    mov qword ptr [rsp + 0x20], rax
    mov qword ptr [rsp + 0x30], rdi
    mov qword ptr [rsp + 0x40], rsi
    mov rcx, qword ptr [rbx:0x80]
    mov eax, 0x10008
    mov qword ptr [rcx + 8], rax
    mov rdi, rbx
    mov rsi, qword ptr [rsp + 0x20]
    mov edx, 0xe3
    lea rcx, [rsp + 0x30]
    lea r8, [rsp + 0x40]
    lea r9, [rsp + 0x90]
    movabs rax, <access_cas>
    call rax
    mov r8, qword ptr [rsp + 0x90]
    mov qword ptr [rbx:x[5]], r8
  0x1000c: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov dword ptr [rbx:btype], 0
    mov qword ptr [rbx:pc], rbp
    mov rdx, qword ptr [rbx:0x80]
    cmp dword ptr [rbx:poll], 0
    jne L1
    mov eax, ebp
    mov ecx, ebp
    shr eax, 2
    shr ecx, 0xd
    xor eax, ecx
    and eax, 0x7ff
    mov rax, qword ptr [rdx + rax*8 + 0x128]
    test rax, rax
    je L2
    cmp rbp, qword ptr [rax]
    jne L2
    mov ecx, dword ptr [rax + 0x30]
    cmp ecx, dword ptr [rbx:mode]
    jne L2
    jmp qword ptr [rax + 0x10]
L1:
    mov eax, 1
    jmp <leave>
L2:
    mov qword ptr [rdx + 0x18], 0
    mov eax, 0
    jmp <leave>
