Calls, returns, branches.

== call: v3
stp x29, x30, [sp, #-32]!
mov x29, sp
bl .+0x1000
=>
; 126 bytes
  0x10000: stp x29, x30, [sp, #-32]!
    mov rbp, qword ptr [rbx:sp]
    test bpl, 0xf
    jne L1
    mov rsi, qword ptr [rbx:x[29]]
    mov rdi, qword ptr [rbx:x[30]]
    cmp rbp, r14
    ja L2
    mov qword ptr [rbp - 0x20], rsi
    mov qword ptr [rbp - 0x18], rdi
    add rbp, -0x20
    mov qword ptr [rbx:sp], rbp
  0x10004: add x29, sp, #0
    mov qword ptr [rbx:x[29]], rbp
  0x10008: bl 0x11008
    mov qword ptr [rbx:x[30]], 0x1000c
    nop
    jmp L3
  0x10000: out of line: x64_slow_trap
L1:
    mov rdi, rbp
    mov eax, 0x10000
    mov esi, 3
    jmp <trap>
  0x10000: out of line: slow_beyond
L2:
    lea rdi, [rbp - 0x20]
    call <beyond_limit_write>
  0x10008: out of line: slow_unlinked
L3:
    movabs rcx, <exit 0>
    jmp <unlinked>

== return: v3
ldp x29, x30, [sp], #32
ret
=>
; 158 bytes
  0x10000: ldp x29, x30, [sp], #32
    mov rbp, qword ptr [rbx:sp]
    test bpl, 0xf
    jne L1
    cmp rbp, r14
    ja L2
    mov rsi, qword ptr [rbp]
    mov rdi, qword ptr [rbp + 8]
    mov qword ptr [rbx:x[29]], rsi
    mov qword ptr [rbx:x[30]], rdi
    add rbp, 0x20
    mov qword ptr [rbx:sp], rbp
  0x10004: ret x30
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L3
    mov eax, edi
    shr eax, 0xd
    xor eax, edi
    and eax, 0x3fffc
    cmp rdi, qword ptr [rdx + rax*4 + 0x20138]
    jne L4
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x10000: out of line: x64_slow_trap
L1:
    mov rdi, rbp
    mov eax, 0x10000
    mov esi, 3
    jmp <trap>
  0x10000: out of line: slow_beyond
L2:
    lea rdi, [rbp]
    call <beyond_limit_read>
  0x10004: out of line: slow_indirect_poll
L3:
    mov rax, rdi
    jmp <leave_for_poll>
  0x10004: out of line: slow_indirect_miss
L4:
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== jump table: v3
ldr x1, [x0, w2, uxtw #3]
br x1
=>
; 130 bytes
  0x10000: ldr x1, [x0, w2, uxtw #3]
    mov rbp, qword ptr [rbx:x[0]]
    mov esi, dword ptr [rbx:x[2]]
    lea rax, [rbp + rsi*8]
    cmp rax, r14
    ja L1
    mov rbp, qword ptr [rbp + rsi*8]
    mov qword ptr [rbx:x[1]], rbp
  0x10004: br x1
    mov dword ptr [rbx:btype], 1
    mov qword ptr [rbx:btype_pc], rbp
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L2
    mov eax, ebp
    shr eax, 0xd
    xor eax, ebp
    and eax, 0x3fffc
    cmp rbp, qword ptr [rdx + rax*4 + 0x20138]
    jne L3
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x10000: out of line: slow_beyond
L1:
    lea rdi, [rax]
    call <beyond_limit_read>
  0x10004: out of line: slow_indirect_poll
L2:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10004: out of line: slow_indirect_miss
L3:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find_jump>

== loop of two blocks: v3 ir
fn 0x1000, 0x1010, insns 4, mode 0x0, fp 0x0/0x0
insn 0x1000, 0x8b020020, 4
%2:i64 = get x[1]
%3:i64 = get x[2]
%4:i64 = add %2, %3
put x[0], %4
jump block1()
block1:
insn 0x1004, 0xd1000442, 4
%7:i64 = get x[2]
%8:i64 = const 0x1
%9:i64 = sub %7, %8
put x[2], %9
insn 0x1008, 0xb5ffffe2, 4
%12:i64 = const 0x0
%13:i32 = ne %9, %12
br %13, block1, block2()
block2:
exit_next 0x100c
=>
; 81 bytes
  0x1000: add x0, x1, x2
    mov rbp, qword ptr [rbx:x[1]]
    mov rsi, qword ptr [rbx:x[2]]
    add rbp, rsi
    mov qword ptr [rbx:x[0]], rbp
block 1:
  0x1004: sub x2, x2, #1
L1:
    mov rbp, qword ptr [rbx:x[2]]
    sub rbp, 1
    mov qword ptr [rbx:x[2]], rbp
  0x1008: cbnz x2, 0x1004
    test rbp, rbp
    je L2
    cmp dword ptr [rbx:poll], 0
    je L1
    jmp L3
block 2:
  0x1008: cbnz x2, 0x1004
L2:
    jmp L4
  0x1008: out of line: slow_edge
L3:
    mov eax, 0x1004
    jmp <leave_for_poll>
  0x1008: out of line: slow_unlinked
L4:
    movabs rcx, <exit 0>
    jmp <unlinked>

== indirect jump to a block: v3 ir
fn 0x1000, 0x1008, insns 2, mode 0x0, fp 0x0/0x0
block0, target:
insn 0x1000, 0x8b020020, 4
%2:i64 = get x[1]
%3:i64 = get x[2]
%4:i64 = add %2, %3
put x[2], %4
exit_indirect %4, jump, 0x0
block1, target:
insn 0x1040, 0xd1000442, 4
%7:i64 = get x[2]
%8:i64 = const 0x1
%9:i64 = sub %7, %8
put x[2], %9
exit_indirect %9, jump, 0x0
=>
; 296 bytes
  0x1000: add x0, x1, x2
    mov rbp, qword ptr [rbx:x[1]]
    mov rsi, qword ptr [rbx:x[2]]
    add rbp, rsi
    mov qword ptr [rbx:x[2]], rbp
    cmp dword ptr [rbx:poll], 0
    jne L1
    imul eax, ebp, 0xdd2f5685
    shr eax, 0x1f
    lea rdx, [rip:0x0000000000001040]
    cmp rbp, qword ptr [rdx + rax*8]
    jne L1
    movsxd rax, dword ptr [rdx + rax*4 + 0x10]
    add rdx, rax
    jmp rdx
block 1:
  0x1040: sub x2, x2, #1
    mov rbp, qword ptr [rbx:x[2]]
    sub rbp, 1
    mov qword ptr [rbx:x[2]], rbp
    cmp dword ptr [rbx:poll], 0
    jne L2
    imul eax, ebp, 0xdd2f5685
    shr eax, 0x1f
    lea rdx, [rip:0x0000000000001040]
    cmp rbp, qword ptr [rdx + rax*8]
    jne L2
    movsxd rax, dword ptr [rdx + rax*4 + 0x10]
    add rdx, rax
    jmp rdx
  0x1000: out of line: slow_no_target
L1:
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
  0x1040: out of line: slow_no_target
L2:
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
  0x1040: out of line: slow_indirect_poll
L3:
    mov rax, rbp
    jmp <leave_for_poll>
  0x1040: out of line: slow_indirect_miss
L4:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find_jump>
  0x1040: out of line: slow_indirect_poll
L5:
    mov rax, rbp
    jmp <leave_for_poll>
  0x1040: out of line: slow_indirect_miss
L6:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find_jump>
    int3
    int3
    int3

== a table of blocks and a constant behind the code: v3 ir
fn 0x1000, 0x1008, insns 1, mode 0x0, fp 0x0/0x0
block0, target:
insn 0x1000, 0xd61f0020, 4
%2:i64 = get x[1]
%3:v128 = const 0x000000010000000200000003ffffffff
put v[2], %3
exit_indirect %2, jump, 0x0
=>
; 192 bytes
  0x1000: br x1
    mov rbp, qword ptr [rbx:x[1]]
    vmovaps xmm3, xmmword ptr [rip:0x000000010000000200000003ffffffff]
    movups xmmword ptr [rbx:v[2]], xmm3
    cmp dword ptr [rbx:poll], 0
    jne L1
    imul eax, ebp, 0x9e3779b1
    shr eax, 0x1f
    lea rdx, [rip:0x0000000000001000]
    cmp rbp, qword ptr [rdx + rax*8]
    jne L1
    movsxd rax, dword ptr [rdx + rax*4 + 0x10]
    add rdx, rax
    jmp rdx
  0x1000: out of line: slow_no_target
L1:
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L2
    mov eax, ebp
    shr eax, 0xd
    xor eax, ebp
    and eax, 0x3fffc
    cmp rbp, qword ptr [rdx + rax*4 + 0x20138]
    jne L3
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x1000: out of line: slow_indirect_poll
L2:
    mov rax, rbp
    jmp <leave_for_poll>
  0x1000: out of line: slow_indirect_miss
L3:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find_jump>
    int3
    int3
    int3
    int3

== return that may change the instruction set: v3 ir
fn 0x1000, 0x1004, insns 1, mode 0x2, fp 0x0/0x0
insn 0x1000, 0x00004770, 2
%2:i32 = get x[30]
exit_indirect %2, exchange_return, 0x0
=>
; 81 bytes
  0x1000: (short)
    mov ebp, dword ptr [rbx:x[30]]
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
  0x1000: out of line: slow_indirect_poll
L1:
    mov rax, rbp
    jmp <leave_for_poll_exchange>
  0x1000: out of line: slow_indirect_miss
L2:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find_exchange>

== jump in Thumb that may not: v3 ir
fn 0x1000, 0x1004, insns 1, mode 0x2, fp 0x0/0x0
insn 0x1000, 0x00004700, 2
%2:i64 = get x[0]
exit_indirect %2, jump, 0x0
=>
; 82 bytes
  0x1000: (short)
    mov rbp, qword ptr [rbx:x[0]]
    lea ecx, [rbp + 1]
    mov rdx, qword ptr [rbx:engine]
    cmp dword ptr [rbx:poll], 0
    jne L1
    mov eax, ecx
    shr eax, 0xd
    xor eax, ecx
    and eax, 0x3fffc
    cmp rcx, qword ptr [rdx + rax*4 + 0x20138]
    jne L2
    jmp qword ptr [rdx + rax*4 + 0x20140]
  0x1000: out of line: slow_indirect_poll
L1:
    mov rax, rcx
    jmp <leave_for_poll_exchange>
  0x1000: out of line: slow_indirect_miss
L2:
    mov rdi, rcx
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find_exchange_jump>
