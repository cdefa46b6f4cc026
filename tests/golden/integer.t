Integer arithmetic, flags, selection.

== compare and branch: v3
cmp x0, x1
b.lt .+64
=>
; 70 bytes
  0x10000: subs xzr, x0, x1
    mov rbp, qword ptr [rbx:x[1]]
    mov rsi, qword ptr [rbx:x[0]]
    cmp rsi, rbp
    mov qword ptr [rbx:flags_a], rsi
    mov qword ptr [rbx:flags_b], rbp
    mov dword ptr [rbx:flags_kind], 0x13
  0x10004: b.lt 0x10044
    jl L1
    nop dword ptr [rax]
    jmp L2
  0x10004: out of line: slow_unlinked
L1:
    movabs rcx, <exit 0>
    jmp <unlinked>
  0x10004: out of line: slow_unlinked
L2:
    movabs rcx, <exit 1>
    jmp <unlinked>

== flags of an addition, two users: v3
adds x0, x1, x2
cset w3, cs
b.eq .+64
=>
; 86 bytes
  0x10000: adds x0, x1, x2
    mov rbp, qword ptr [rbx:x[2]]
    mov rsi, qword ptr [rbx:x[1]]
    add rsi, rbp
    mov qword ptr [rbx:flags_a], rsi
    mov qword ptr [rbx:flags_b], rbp
    mov dword ptr [rbx:flags_kind], 0x12
    mov qword ptr [rbx:x[0]], rsi
  0x10004: csinc w3, wzr, wzr, cc
    setb al
    movzx ebp, al
    mov qword ptr [rbx:x[3]], rbp
  0x10008: b.eq 0x10048
    nop
    je L1
    nop dword ptr [rax]
    jmp L2
  0x10008: out of line: slow_unlinked
L1:
    movabs rcx, <exit 0>
    jmp <unlinked>
  0x10008: out of line: slow_unlinked
L2:
    movabs rcx, <exit 1>
    jmp <unlinked>

== selection: v3
cmp w0, #10
csel w1, w2, w3, hi
csinc x4, x5, x6, eq
csetm x7, lt
ret
=>
; 159 bytes
  0x10000: subs wzr, w0, #10
    mov ebp, dword ptr [rbx:x[0]]
    cmp ebp, 0xa
    mov dword ptr [rbx:flags_a], ebp
    mov dword ptr [rbx:flags_kind], 0xa23
  0x10004: csel w1, w2, w3, hi
    mov ebp, dword ptr [rbx:x[3]]
    mov esi, dword ptr [rbx:x[2]]
    mov edi, ebp
    cmova edi, esi
    mov qword ptr [rbx:x[1]], rdi
  0x10008: csinc x4, x5, x6, eq
    mov rbp, qword ptr [rbx:x[6]]
    lea rsi, [rbp + 1]
    mov rbp, qword ptr [rbx:x[5]]
    mov rdi, rsi
    cmove rdi, rbp
    mov qword ptr [rbx:x[4]], rdi
  0x1000c: csinv x7, xzr, xzr, ge
    mov ebp, 0
    mov rsi, -1
    mov rdi, rsi
    cmovge rdi, rbp
    mov qword ptr [rbx:x[7]], rdi
  0x10010: ret x30
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
  0x10010: out of line: slow_indirect_poll
L1:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10010: out of line: slow_indirect_miss
L2:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== conditional compare: v3
cmp x0, #0
ccmp x1, #5, #4, ne
b.eq .+64
=>
; 114 bytes
  0x10000: subs xzr, x0, #0
    mov rbp, qword ptr [rbx:x[0]]
  0x10004: ccmp x1, #5, #4, ne
    mov rsi, qword ptr [rbx:x[1]]
    cmp rsi, 5
    cmc
    lahf
    seto al
    cmc
    pext eax, eax, dword ptr [rsp + 0xe30]
    rorx esi, eax, 4
    mov edi, 0x40000000
    test rbp, rbp
    mov r8d, edi
    cmovne r8d, esi
    mov dword ptr [rbx:flags_kind], 0
    mov dword ptr [rbx:nzcv], r8d
  0x10008: b.eq 0x10048
    test r8d, 0x40000000
    jne L1
    nop dword ptr [rax]
    jmp L2
  0x10008: out of line: slow_unlinked
L1:
    movabs rcx, <exit 0>
    jmp <unlinked>
  0x10008: out of line: slow_unlinked
L2:
    movabs rcx, <exit 1>
    jmp <unlinked>

== bit fields: v3
ubfx x0, x1, #8, #12
sbfiz w2, w3, #4, #10
bfi x4, x5, #3, #7
ror w6, w7, #9
ret
=>
; 155 bytes
  0x10000: ubfm x0, x1, #8, #19
    mov rbp, qword ptr [rbx:x[1]]
    shr rbp, 8
    and ebp, 0xfff
    mov qword ptr [rbx:x[0]], rbp
  0x10004: sbfm w2, w3, #28, #9
    mov ebp, dword ptr [rbx:x[3]]
    shl ebp, 0x16
    sar ebp, 0x12
    mov qword ptr [rbx:x[2]], rbp
  0x10008: bfm x4, x5, #61, #6
    mov rbp, qword ptr [rbx:x[5]]
    shl rbp, 3
    mov rsi, qword ptr [rbx:x[4]]
    and rsi, 0xfffffffffffffc07
    and ebp, 0x3f8
    or rsi, rbp
    mov qword ptr [rbx:x[4]], rsi
  0x1000c: extr w6, w7, w7, #9
    mov ebp, dword ptr [rbx:x[7]]
    ror ebp, 9
    mov qword ptr [rbx:x[6]], rbp
  0x10010: ret x30
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
  0x10010: out of line: slow_indirect_poll
L1:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10010: out of line: slow_indirect_miss
L2:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== bit fields: floor
ubfx x0, x1, #8, #12
lsl x2, x3, x4
clz w5, w6
rbit x7, x8
ret
=>
; 203 bytes
  0x10000: ubfm x0, x1, #8, #19
    mov rbp, qword ptr [rbx:x[1]]
    shr rbp, 8
    and ebp, 0xfff
    mov qword ptr [rbx:x[0]], rbp
  0x10004: lslv x2, x3, x4
    mov rbp, qword ptr [rbx:x[4]]
    mov rsi, qword ptr [rbx:x[3]]
    mov ecx, ebp
    shl rsi, cl
    mov qword ptr [rbx:x[2]], rsi
  0x10008: clz w5, w6
    mov ebp, dword ptr [rbx:x[6]]
    mov qword ptr [rsp + 0xca0], rbp
    movabs rax, <eval_clz_32>
    mov edx, 0
    call <eval_general>
    mov esi, dword ptr [rsp + 0xd10]
    mov qword ptr [rbx:x[5]], rsi
  0x1000c: rbit x7, x8
    mov rbp, qword ptr [rbx:x[8]]
    mov qword ptr [rsp + 0xca0], rbp
    movabs rax, <eval_bitrev_64>
    mov edx, 0
    call <eval_general>
    mov rsi, qword ptr [rsp + 0xd10]
    mov qword ptr [rbx:x[7]], rsi
  0x10010: ret x30
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
  0x10010: out of line: slow_indirect_poll
L1:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10010: out of line: slow_indirect_miss
L2:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== multiply and divide: v3
madd x0, x1, x2, x3
umulh x4, x1, x2
udiv w5, w6, w7
smull x8, w1, w2
ret
=>
; 179 bytes
  0x10000: madd x0, x1, x2, x3
    mov rbp, qword ptr [rbx:x[2]]
    mov rsi, qword ptr [rbx:x[1]]
    mov rdi, rsi
    imul rdi, rbp
    mov r8, qword ptr [rbx:x[3]]
    add r8, rdi
    mov qword ptr [rbx:x[0]], r8
  0x10004: umulh x4, x1, x2
    mov rax, rsi
    mul rbp
    mov rdi, rdx
    mov qword ptr [rbx:x[4]], rdi
  0x10008: udiv w5, w6, w7
    mov edi, dword ptr [rbx:x[7]]
    mov r8d, dword ptr [rbx:x[6]]
    mov eax, r8d
    mov ecx, edi
    test ecx, ecx
    je L1
    mov edx, 0
    div ecx
    jmp L2
L1:
    mov eax, 0
L2:
    mov r9d, eax
    mov qword ptr [rbx:x[5]], r9
  0x1000c: smaddl x8, w1, w2, xzr
    movsxd rdi, ebp
    movsxd rbp, esi
    imul rdi, rbp
    mov qword ptr [rbx:x[8]], rdi
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
  0x10010: out of line: slow_indirect_poll
L3:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10010: out of line: slow_indirect_miss
L4:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== sums and differences of two words: v3
adds x0, x1, x2
adcs x3, x4, x5
subs w6, w7, w8
sbc w9, w10, w11
cmp x0, #1
sbcs xzr, x3, xzr
b.cc .+64
=>
; 150 bytes
  0x10000: adds x0, x1, x2
    mov rbp, qword ptr [rbx:x[2]]
    mov rsi, qword ptr [rbx:x[1]]
    add rsi, rbp
    mov qword ptr [rbx:x[0]], rsi
  0x10004: adcs x3, x4, x5
    mov rbp, qword ptr [rbx:x[5]]
    mov rdi, qword ptr [rbx:x[4]]
    adc rdi, rbp
    mov qword ptr [rbx:x[3]], rdi
  0x10008: subs w6, w7, w8
    mov ebp, dword ptr [rbx:x[8]]
    mov r8d, dword ptr [rbx:x[7]]
    sub r8d, ebp
    mov qword ptr [rbx:x[6]], r8
  0x1000c: sbc w9, w10, w11
    mov ebp, dword ptr [rbx:x[11]]
    mov r8d, dword ptr [rbx:x[10]]
    sbb r8d, ebp
    mov qword ptr [rbx:x[9]], r8
  0x10010: subs xzr, x0, #1
    cmp rsi, 1
  0x10014: sbcs xzr, x3, xzr
    mov rax, rdi
    sbb rax, 0
    mov dword ptr [rbx:flags_kind], 0
    cmc
    lahf
    seto al
    cmc
    pext eax, eax, dword ptr [rsp + 0xe30]
    rorx ebp, eax, 4
    mov dword ptr [rbx:nzcv], ebp
  0x10018: b.cc 0x10058
    nop
    jb L1
    nop dword ptr [rax]
    jmp L2
  0x10018: out of line: slow_unlinked
L1:
    movabs rcx, <exit 0>
    jmp <unlinked>
  0x10018: out of line: slow_unlinked
L2:
    movabs rcx, <exit 1>
    jmp <unlinked>

== N and Z alone, and C: v3 ir
fn 0x1000, 0x1008, insns 2, mode 0x0, fp 0x0/0x0
block0:
insn 0x1000, 0x8b020020, 4
%2:flags = get nzcv
%3:i32 = get x[0]
%4:i32 = flags_word %2
%5:flags = flags_nz %3, %3, %4
put nzcv, %5
%7:i64 = get x[1]
%8:i64 = load.8 %7, 0x0
%9:i32 = trunc %8
%10:i32 = get x[2]
%11:flags = flags_nzc %9, %10, %4
put nzcv, %11
put x[3], %8
jump block1()
block1:
%15:flags = get nzcv
%16:i32 = cond.cs %15
br %16, block2, block3()
block2:
insn 0x1004, 0x8b020020, 4
exit_next 0x2000
block3:
insn 0x1004, 0x8b020020, 4
exit_next 0x3000
=>
; 180 bytes
  0x1000: add x0, x1, x2
    cmp dword ptr [rbx:flags_kind], 0
    jne L3
L1:
    mov ebp, dword ptr [rbx:nzcv]
    mov esi, dword ptr [rbx:x[0]]
    mov dword ptr [rbx:flags_nz], esi
    mov dword ptr [rbx:flags_kind], 0x40
    mov rsi, qword ptr [rbx:x[1]]
    cmp rsi, r14
    ja L4
    mov rsi, qword ptr [rsi]
    mov edi, dword ptr [rbx:x[2]]
    test esi, esi
    lahf
    mov ecx, ebp
    shl eax, 0x10
    and ecx, 0x10000000
    and eax, 0xc0000000
    or ecx, eax
    mov eax, edi
    and eax, 1
    shl eax, 0x1d
    or ecx, eax
    mov r8d, ecx
    mov dword ptr [rbx:flags_kind], 0
    mov dword ptr [rbx:nzcv], r8d
    mov qword ptr [rbx:x[3]], rsi
block 1:
  0x1000: add x0, x1, x2
    mov ebp, dword ptr [rbx:nzcv]
    test ebp, 0x20000000
    je L2
block 2:
  0x1004: add x0, x1, x2
    jmp L5
block 3:
  0x1004: add x0, x1, x2
L2:
    nop dword ptr [rax]
    jmp L6
  0x1000: out of line: slow_settle
L3:
    call <settle_flags>
    jmp L1
  0x1000: out of line: slow_beyond
L4:
    lea rdi, [rsi]
    call <beyond_limit_read>
  0x1004: out of line: slow_unlinked
L5:
    movabs rcx, <exit 0>
    jmp <unlinked>
  0x1004: out of line: slow_unlinked
L6:
    movabs rcx, <exit 1>
    jmp <unlinked>
