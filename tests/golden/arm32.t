32-bit ARM.

== what only computes is selected: v3 t32
cmp r3, r6
it lt
movlt r3, r6
cmp r3, r5
ite gt
subgt r3, r3, r5
addle r3, r3, #1
str r3, [r9, #4]!
1: b 1b
=>
; 87 bytes
  0x10000: cmp r3, r6
    mov ebp, dword ptr [rbx:r[6]]
    mov esi, dword ptr [rbx:r[3]]
    cmp esi, ebp
  0x10004: mov r3, r6
    mov edi, esi
    cmovl edi, ebp
  0x10006: cmp r3, r5
    mov ebp, dword ptr [rbx:r[5]]
    mov esi, edi
    sub esi, ebp
    mov dword ptr [rbx:flags_a], edi
    mov dword ptr [rbx:flags_b], ebp
    mov dword ptr [rbx:flags_kind], 3
  0x1000a: subs r3, r3, r5
    mov r8d, edi
    cmovg r8d, esi
  0x1000c: adds r3, #1
    lea ebp, [r8 + 1]
    mov esi, r8d
    cmovle esi, ebp
    mov dword ptr [rbx:r[3]], esi
  0x1000e: str r3, [r9, #4]!
    mov ebp, dword ptr [rbx:r[9]]
    mov dword ptr [r14 + rbp + 4], esi
    add ebp, 4
    mov dword ptr [rbx:r[9]], ebp
  0x10012: b 0x10012
    jmp L1
  0x10012: out of line: slow_unlinked
L1:
    movabs rcx, <exit 0>
    jmp <unlinked>

== what accesses memory, and comparisons, are branched around: v3 a32
cmp r0, #0
ldrne r1, [r2]
cmpeq r3, #1
moveq r4, #7
1: b 1b
=>
; 99 bytes
  0x10000: cmp r0, #0
    mov ebp, dword ptr [rbx:r[0]]
    test ebp, ebp
    mov dword ptr [rbx:flags_a], ebp
    mov dword ptr [rbx:flags_b], 0
    mov dword ptr [rbx:flags_kind], 3
  0x10004: ldrne r1, [r2]
    je L1
block 1:
  0x10004: ldrne r1, [r2]
    mov ebp, dword ptr [rbx:r[2]]
    mov ebp, dword ptr [r14 + rbp]
    mov dword ptr [rbx:r[1]], ebp
    jmp L2
block 2:
  0x10008: cmpeq r3, #1
L1:
    mov ebp, dword ptr [rbx:r[3]]
    mov dword ptr [rbx:flags_a], ebp
    mov dword ptr [rbx:flags_b], 1
block 3:
  0x1000c: moveq r4, #7
L2:
    mov ebp, dword ptr [rbx:r[4]]
    mov esi, 7
    mov eax, dword ptr [rbx:flags_a]
    cmp eax, dword ptr [rbx:flags_b]
    mov edi, ebp
    cmove edi, esi
    mov dword ptr [rbx:r[4]], edi
  0x10010: b 0x10010
    nop
    jmp L3
  0x10010: out of line: slow_unlinked
L3:
    movabs rcx, <exit 0>
    jmp <unlinked>

== an address of the window, a register shifted: v3 t32
ldr.w r0, [r1, r2, lsl #2]
ldrb r3, [r4], #1
str r0, [r5, #-4]
1: b 1b
=>
; 63 bytes
  0x10000: ldr.w r0, [r1, r2, lsl #2]
    mov ebp, dword ptr [rbx:r[2]]
    mov esi, dword ptr [rbx:r[1]]
    lea edi, [rsi + rbp*4]
    mov edi, dword ptr [r14 + rdi]
    mov dword ptr [rbx:r[0]], edi
  0x10004: ldrb r3, [r4], #1
    mov ebp, dword ptr [rbx:r[4]]
    movzx esi, byte ptr [r14 + rbp]
    add ebp, 1
    mov dword ptr [rbx:r[4]], ebp
    mov dword ptr [rbx:r[3]], esi
  0x10008: str r0, [r5, #-4]
    mov ebp, dword ptr [rbx:r[5]]
    mov dword ptr [r14 + rbp - 4], edi
  0x1000c: b 0x1000c
    nop
    jmp L1
  0x1000c: out of line: slow_unlinked
L1:
    movabs rcx, <exit 0>
    jmp <unlinked>

== a call through a procedure linkage table is linked: v3 t32
blx 1f
.align 2
.arm
1: nop
=>
; 39 bytes
  0x10000: blx 0x10004
    mov dword ptr [rbx:r[14]], 0x10005
    mov dword ptr [rbx:mode], 0
    nop
    jmp L1
  0x10000: out of line: slow_unlinked
L1:
    movabs rcx, <exit 0>
    jmp <unlinked>

== and goes on in Thumb code: v3 a32
ldr pc, [ip, #8]!
=>
; 177 bytes
  0x10000: ldr pc, [r12, #8]!
    mov ebp, dword ptr [rbx:r[12]]
    mov esi, dword ptr [r14 + rbp + 8]
    add ebp, 8
    mov dword ptr [rbx:r[12]], ebp
    mov rdx, qword ptr [rbx:engine]
    test sil, 1
    jne L1
    cmp dword ptr [rbx:poll], 0
    jne L2
    mov eax, esi
    shr eax, 0xd
    xor eax, esi
    and eax, 0x3fffc
    cmp rsi, qword ptr [rdx + rax*4 + 0x20138]
    jne L3
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x10000: out of line: slow_thumb
L1:
    mov dword ptr [rbx:mode], 2
    cmp dword ptr [rbx:poll], 0
    jne L4
    mov eax, esi
    shr eax, 0xd
    xor eax, esi
    and eax, 0x3fffc
    cmp rsi, qword ptr [rdx + rax*4 + 0x120138]
    jne L5
    jmp qword ptr [rdx + rax*4 + 0x120140]
  0x10000: out of line: slow_indirect_poll
L2:
    mov rax, rsi
    jmp <leave_for_poll_exchange>
  0x10000: out of line: slow_indirect_miss
L3:
    mov rdi, rsi
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find_exchange_jump>
  0x10000: out of line: slow_indirect_poll
L4:
    mov rax, rsi
    jmp <leave_for_poll_exchange>
  0x10000: out of line: slow_indirect_miss
L5:
    mov rdi, rsi
    lea rcx, [rdx + rax*4 + 0x120138]
    jmp <find_exchange_jump>

== the state within an IT block is known to faults without a store: v3 t32
cmp r0, r1
itt eq
ldreq r2, [r4]
strdeq r2, r3, [r5]
=>
; 115 bytes
  0x10000: cmp r0, r1
    mov ebp, dword ptr [rbx:r[1]]
    mov esi, dword ptr [rbx:r[0]]
    cmp esi, ebp
    mov dword ptr [rbx:flags_a], esi
    mov dword ptr [rbx:flags_b], ebp
    mov dword ptr [rbx:flags_kind], 3
  0x10004: ldr r2, [r4]
    jne L1
block 1:
  0x10004: ldr r2, [r4]
    mov ebp, dword ptr [rbx:r[4]]
    mov ebp, dword ptr [r14 + rbp]
    mov dword ptr [rbx:r[2]], ebp
  0x10006: strd r2, r3, [r5]
    mov esi, dword ptr [rbx:r[5]]
    test sil, 3
    jne L2
    mov edi, dword ptr [rbx:r[3]]
    shl rdi, 0x20
    or rbp, rdi
    mov qword ptr [r14 + rsi], rbp
block 2:
  0x10006: strd r2, r3, [r5]
L1:
    nop dword ptr [rax]
    jmp L3
  0x10006: out of line: x64_slow_trap
L2:
    mov rdi, rsi
    mov dword ptr [rbx:mode], 0x802
    mov eax, 0x10006
    mov esi, 3
    jmp <trap>
  0x10006: out of line: slow_unlinked
L3:
    movabs rcx, <exit 0>
    jmp <unlinked>
