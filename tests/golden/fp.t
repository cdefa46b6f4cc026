Floating point and vectors.

== scalar: v3
fadd d0, d1, d2
fmul s3, s4, s5
fmadd d6, d7, d8, d9
ret
=>
; 487 bytes
  0x10000: fadd d0, d1, d2
    movsd xmm3, qword ptr [rbx:v[2]]
    movsd xmm4, qword ptr [rbx:v[1]]
    test dword ptr [rbx:fp_mode], 4
    jne L6
    movaps xmm5, xmm4
    addsd xmm5, xmm3
    ucomisd xmm5, xmm5
    jp L6
L1:
    movq xmm3, xmm5
    movups xmmword ptr [rbx:v[0]], xmm3
  0x10004: fmul s3, s4, s5
    movss xmm3, dword ptr [rbx:v[5]]
    movss xmm4, dword ptr [rbx:v[4]]
    test dword ptr [rbx:fp_mode], 4
    jne L7
    movaps xmm5, xmm4
    mulss xmm5, xmm3
    ucomiss xmm5, xmm5
    jp L7
    movd eax, xmm5
    add eax, eax
    cmp eax, 0x1000000
    je L7
L2:
    insertps xmm3, xmm5, 0xe
    movups xmmword ptr [rbx:v[3]], xmm3
  0x10008: fmadd d6, d7, d8, d9
    movsd xmm3, qword ptr [rbx:v[9]]
    movsd xmm4, qword ptr [rbx:v[7]]
    movsd xmm5, qword ptr [rbx:v[8]]
    test dword ptr [rbx:fp_mode], 4
    jne L8
    movaps xmm6, xmm3
    vfmadd231sd xmm6, xmm4, xmm5
    ucomisd xmm6, xmm6
    jp L8
    movq rax, xmm6
    add rax, rax
    movabs rcx, 0x20000000000000
    cmp rax, rcx
    je L8
L3:
    movq xmm3, xmm6
    movups xmmword ptr [rbx:v[6]], xmm3
  0x1000c: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov dword ptr [rbx:btype], 0
    mov qword ptr [rbx:pc], rbp
    mov rdx, qword ptr [rbx:0x80]
    cmp dword ptr [rbx:poll], 0
    jne L4
    mov eax, ebp
    mov ecx, ebp
    shr eax, 2
    shr ecx, 0xd
    xor eax, ecx
    and eax, 0x7ff
    mov rax, qword ptr [rdx + rax*8 + 0x128]
    test rax, rax
    je L5
    cmp rbp, qword ptr [rax]
    jne L5
    mov ecx, dword ptr [rax + 0x30]
    cmp ecx, dword ptr [rbx:mode]
    jne L5
    jmp qword ptr [rax + 0x10]
L4:
    mov eax, 1
    jmp <leave>
L5:
    mov qword ptr [rdx + 0x18], 0
    mov eax, 0
    jmp <leave>
  0x10000: out of line: x64_slow_eval
L6:
    movups xmmword ptr [rsp + 0x20], xmm4
    movups xmmword ptr [rsp + 0x30], xmm3
    movabs rax, <eval_fadd_64>
    mov edx, 0
    call <eval>
    movsd xmm5, qword ptr [rsp + 0x90]
    jmp L1
  0x10004: out of line: x64_slow_eval
L7:
    movups xmmword ptr [rsp + 0x20], xmm4
    movups xmmword ptr [rsp + 0x30], xmm3
    movabs rax, <eval_fmul_32>
    mov edx, 0
    call <eval>
    movss xmm5, dword ptr [rsp + 0x90]
    jmp L2
  0x10008: out of line: x64_slow_eval
L8:
    movups xmmword ptr [rsp + 0x20], xmm3
    movups xmmword ptr [rsp + 0x30], xmm4
    movups xmmword ptr [rsp + 0x40], xmm5
    movabs rax, <eval_fmuladd_64>
    mov edx, 0
    call <eval>
    movsd xmm6, qword ptr [rsp + 0x90]
    jmp L3

== scalar: floor
fadd d0, d1, d2
fmadd d6, d7, d8, d9
ret
=>
; 304 bytes
  0x10000: fadd d0, d1, d2
    movsd xmm3, qword ptr [rbx:v[2]]
    movsd xmm4, qword ptr [rbx:v[1]]
    test dword ptr [rbx:fp_mode], 4
    jne L4
    movaps xmm5, xmm4
    addsd xmm5, xmm3
    ucomisd xmm5, xmm5
    jp L4
L1:
    movq xmm3, xmm5
    movups xmmword ptr [rbx:v[0]], xmm3
  0x10004: fmadd d6, d7, d8, d9
    movsd xmm3, qword ptr [rbx:v[9]]
    movsd xmm4, qword ptr [rbx:v[7]]
    movsd xmm5, qword ptr [rbx:v[8]]
    movups xmmword ptr [rsp + 0x20], xmm3
    movups xmmword ptr [rsp + 0x30], xmm4
    movups xmmword ptr [rsp + 0x40], xmm5
    movabs rax, <eval_fmuladd_64>
    mov edx, 0
    call <eval_general>
    movsd xmm6, qword ptr [rsp + 0x90]
    movq xmm3, xmm6
    movups xmmword ptr [rbx:v[6]], xmm3
  0x10008: ret x30
    mov rbp, qword ptr [rbx:x[30]]
    mov dword ptr [rbx:btype], 0
    mov qword ptr [rbx:pc], rbp
    mov rdx, qword ptr [rbx:0x80]
    cmp dword ptr [rbx:poll], 0
    jne L2
    mov eax, ebp
    mov ecx, ebp
    shr eax, 2
    shr ecx, 0xd
    xor eax, ecx
    and eax, 0x7ff
    mov rax, qword ptr [rdx + rax*8 + 0x128]
    test rax, rax
    je L3
    cmp rbp, qword ptr [rax]
    jne L3
    mov ecx, dword ptr [rax + 0x30]
    cmp ecx, dword ptr [rbx:mode]
    jne L3
    jmp qword ptr [rax + 0x10]
L2:
    mov eax, 1
    jmp <leave>
L3:
    mov qword ptr [rdx + 0x18], 0
    mov eax, 0
    jmp <leave>
  0x10000: out of line: x64_slow_eval
L4:
    movups xmmword ptr [rsp + 0x20], xmm4
    movups xmmword ptr [rsp + 0x30], xmm3
    movabs rax, <eval_fadd_64>
    mov edx, 0
    call <eval>
    movsd xmm5, qword ptr [rsp + 0x90]
    jmp L1

== compare and select: v3
fcmp d0, d1
fcsel d2, d3, d4, gt
b.mi .+64
=>
; 318 bytes
  0x10000: fcmp d0, d1
    movsd xmm3, qword ptr [rbx:v[1]]
    movsd xmm4, qword ptr [rbx:v[0]]
    test dword ptr [rbx:fp_mode], 4
    jne L4
    ucomisd xmm4, xmm3
    lahf
    shr eax, 8
    and eax, 0x45
    mov ecx, eax
    shr ecx, 3
    add ecx, eax
    shl ecx, 2
    movabs rbp, 0x30000600000082
    shr rbp, cl
    shl ebp, 0x1c
L1:
    mov dword ptr [rbx:nzcv], ebp
  0x10004: fcsel d2, d3, d4, gt
    movsd xmm3, qword ptr [rbx:v[4]]
    movsd xmm4, qword ptr [rbx:v[3]]
    mov eax, ebp
    shl eax, 3
    xor eax, ebp
    and eax, 0x80000000
    mov ecx, ebp
    and ecx, 0x40000000
    or eax, ecx
    movaps xmm5, xmm3
    jne L2
    movaps xmm5, xmm4
L2:
    movq xmm3, xmm5
    movups xmmword ptr [rbx:v[2]], xmm3
  0x10008: b.mi 0x10048
    test ebp, 0x80000000
    jne L3
    nop
    nop
    jmp L5
L3:
    nop
    nop
    nop
    jmp L7
  0x10000: out of line: x64_slow_eval
L4:
    movups xmmword ptr [rsp + 0x20], xmm4
    movups xmmword ptr [rsp + 0x30], xmm3
    movabs rax, <eval_fcmp_IR_FLAGS_IR_F64_0>
    mov edx, 0
    call <eval>
    mov ebp, dword ptr [rsp + 0x90]
    jmp L1
  0x10008: out of line: slow_unlinked
L5:
    movabs rcx, <exit 0>
    mov rax, qword ptr [rcx + 8]
    test rax, rax
    je L6
    jmp qword ptr [rax + 0x10]
L6:
    mov rdx, qword ptr [rbx:0x80]
    mov qword ptr [rdx + 0x18], rcx
    mov eax, 0x1000c
    mov qword ptr [rbx:pc], rax
    mov eax, 0
    jmp <leave>
  0x10008: out of line: slow_unlinked
L7:
    movabs rcx, <exit 1>
    mov rax, qword ptr [rcx + 8]
    test rax, rax
    je L8
    jmp qword ptr [rax + 0x10]
L8:
    mov rdx, qword ptr [rbx:0x80]
    mov qword ptr [rdx + 0x18], rcx
    mov eax, 0x10048
    mov qword ptr [rbx:pc], rax
    mov eax, 0
    jmp <leave>

== conversions: v3
scvtf d0, x1
fcvtzs w2, d3
fcvt s4, d5
ret
=>
; 337 bytes
  0x10000: scvtf d0, x1
    mov rbp, qword ptr [rbx:x[1]]
    pxor xmm3, xmm3
    cvtsi2sd xmm3, rbp
    movq xmm4, xmm3
    movups xmmword ptr [rbx:v[0]], xmm4
  0x10004: fcvtzs w2, d3
    movsd xmm3, qword ptr [rbx:v[3]]
    test dword ptr [rbx:fp_mode], 4
    jne L5
    cvttsd2si ebp, xmm3
    cmp ebp, 1
    jo L5
L1:
    mov qword ptr [rbx:x[2]], rbp
  0x10008: fcvt s4, d5
    movsd xmm3, qword ptr [rbx:v[5]]
    test dword ptr [rbx:fp_mode], 4
    jne L6
    pxor xmm4, xmm4
    cvtsd2ss xmm4, xmm3
    ucomiss xmm4, xmm4
    jp L6
    movd eax, xmm4
    add eax, eax
    cmp eax, 0x1000000
    je L6
L2:
    insertps xmm3, xmm4, 0xe
    movups xmmword ptr [rbx:v[4]], xmm3
  0x1000c: ret x30
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
  0x10004: out of line: x64_slow_eval
L5:
    movups xmmword ptr [rsp + 0x20], xmm3
    movabs rax, <eval_fto_s_IR_I32_IR_F64_0>
    mov edx, 3
    call <eval>
    mov ebp, dword ptr [rsp + 0x90]
    jmp L1
  0x10008: out of line: x64_slow_eval
L6:
    movups xmmword ptr [rsp + 0x20], xmm3
    movabs rax, <eval_fcvt_IR_F32_IR_F64_0>
    mov edx, 6
    call <eval>
    movss xmm4, dword ptr [rsp + 0x90]
    jmp L2

== integer vectors: v3
add v0.4s, v1.4s, v2.4s
mla v3.8h, v4.8h, v5.8h
cmhi v6.16b, v7.16b, v8.16b
uaddlp v9.4s, v10.8h
ret
=>
; 291 bytes
  0x10000: add v0.4s, v1.4s, v2.4s
    movups xmm3, xmmword ptr [rbx:v[2]]
    movups xmm4, xmmword ptr [rbx:v[1]]
    paddd xmm4, xmm3
    movups xmmword ptr [rbx:v[0]], xmm4
  0x10004: mla v3.8h, v4.8h, v5.8h
    movups xmm3, xmmword ptr [rbx:v[5]]
    movups xmm4, xmmword ptr [rbx:v[4]]
    pmullw xmm4, xmm3
    movups xmm3, xmmword ptr [rbx:v[3]]
    paddw xmm3, xmm4
    movups xmmword ptr [rbx:v[3]], xmm3
  0x10008: cmhi v6.16b, v7.16b, v8.16b
    movups xmm3, xmmword ptr [rbx:v[8]]
    movups xmm4, xmmword ptr [rbx:v[7]]
    movups xmmword ptr [rsp + 0x20], xmm4
    movups xmmword ptr [rsp + 0x30], xmm3
    movabs rax, <eval_vcmphi_b_full>
    mov edx, 0
    call <eval_general>
    movups xmm5, xmmword ptr [rsp + 0x90]
    movups xmmword ptr [rbx:v[6]], xmm5
  0x1000c: uaddlp v9.4s, v10.8h
    movups xmm3, xmmword ptr [rbx:v[10]]
    movups xmmword ptr [rsp + 0x20], xmm3
    movabs rax, <eval_vuaddlp_s_full>
    mov edx, 0
    call <eval_general>
    movups xmm4, xmmword ptr [rsp + 0x90]
    movups xmmword ptr [rbx:v[9]], xmm4
  0x10010: ret x30
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

== permutation: v3
zip1 v0.4s, v1.4s, v2.4s
tbl v3.16b, {v4.16b}, v5.16b
ext v6.16b, v7.16b, v8.16b, #3
ret
=>
; 242 bytes
  0x10000: zip1 v0.4s, v1.4s, v2.4s
    movups xmm3, xmmword ptr [rbx:v[1]]
    movups xmm4, xmmword ptr [rbx:v[2]]
    punpckldq xmm3, xmm4
    movups xmmword ptr [rbx:v[0]], xmm3
  0x10004: tbl v3.16b, { v4.16b }, v5.16b
    movups xmm3, xmmword ptr [rbx:v[5]]
    movups xmm4, xmmword ptr [rbx:v[4]]
    movabs rax, 0xf0f0f0f0f0f0f0f
    movq xmm0, rax
    punpcklqdq xmm0, xmm0
    movaps xmm1, xmm3
    pmaxub xmm1, xmm0
    pcmpeqb xmm1, xmm0
    movaps xmm5, xmm4
    pshufb xmm5, xmm3
    pand xmm5, xmm1
    movups xmmword ptr [rbx:v[3]], xmm5
  0x10008: ext v6.16b, v7.16b, v8.16b, #3
    movups xmm3, xmmword ptr [rbx:v[7]]
    movups xmm4, xmmword ptr [rbx:v[8]]
    movaps xmm5, xmm4
    palignr xmm5, xmm3, 3
    movups xmmword ptr [rbx:v[6]], xmm5
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

== vector floating point: v3
fmla v0.4s, v1.4s, v2.4s
fadd v3.2d, v4.2d, v5.2d
ret
=>
; 254 bytes
  0x10000: fmla v0.4s, v1.4s, v2.4s
    movups xmm3, xmmword ptr [rbx:v[2]]
    movups xmm4, xmmword ptr [rbx:v[1]]
    movups xmm5, xmmword ptr [rbx:v[0]]
    movups xmmword ptr [rsp + 0x20], xmm5
    movups xmmword ptr [rsp + 0x30], xmm4
    movups xmmword ptr [rsp + 0x40], xmm3
    movabs rax, <eval_vfmuladd_s_full>
    mov edx, 0
    call <eval_general>
    movups xmm6, xmmword ptr [rsp + 0x90]
    movups xmmword ptr [rbx:v[0]], xmm6
  0x10004: fadd v3.2d, v4.2d, v5.2d
    movups xmm3, xmmword ptr [rbx:v[5]]
    movups xmm4, xmmword ptr [rbx:v[4]]
    movups xmmword ptr [rsp + 0x20], xmm4
    movups xmmword ptr [rsp + 0x30], xmm3
    movabs rax, <eval_vfadd_d_full>
    mov edx, 0
    call <eval_general>
    movups xmm5, xmmword ptr [rsp + 0x90]
    movups xmmword ptr [rbx:v[3]], xmm5
  0x10008: ret x30
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

== string scan: v3
ldr q0, [x1], #16
cmeq v1.16b, v0.16b, #0
umaxp v1.16b, v1.16b, v1.16b
fmov x2, d1
cbz x2, .-16
=>
; 367 bytes
  0x10000: ldr q0, [x1], #16
    mov rbp, qword ptr [rbx:x[1]]
    mov rax, rbp
    and rax, r13
    cmp rax, r14
    ja L3
L1:
    movups xmm3, xmmword ptr [rax]
    movups xmmword ptr [rbx:v[0]], xmm3
    add rbp, 0x10
    mov qword ptr [rbx:x[1]], rbp
  0x10004: cmeq v1.16b, v0.16b, #0
    pxor xmm4, xmm4
    pcmpeqb xmm3, xmm4
  0x10008: umaxp v1.16b, v1.16b, v1.16b
    movups xmmword ptr [rsp + 0x20], xmm3
    movups xmmword ptr [rsp + 0x30], xmm3
    movabs rax, <eval_vuzp1_b_full>
    mov edx, 0
    call <eval>
    movups xmm4, xmmword ptr [rsp + 0x90]
    movups xmmword ptr [rsp + 0x20], xmm3
    movups xmmword ptr [rsp + 0x30], xmm3
    movabs rax, <eval_vuzp2_b_full>
    mov edx, 0
    call <eval>
    movups xmm5, xmmword ptr [rsp + 0x90]
    pmaxub xmm4, xmm5
    movups xmmword ptr [rbx:v[1]], xmm4
  0x1000c: fmov x2, d1
    movq rbp, xmm4
    mov qword ptr [rbx:x[2]], rbp
  0x10010: cbz x2, 0x10000
    test rbp, rbp
    je L2
    jmp L4
L2:
    cmp dword ptr [rbx:poll], 0
    jne L6
    nop
    nop
    jmp L7
  0x10000: out of line: slow_limit
L3:
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
  0x10010: out of line: slow_unlinked
L4:
    movabs rcx, <exit 0>
    mov rax, qword ptr [rcx + 8]
    test rax, rax
    je L5
    jmp qword ptr [rax + 0x10]
L5:
    mov rdx, qword ptr [rbx:0x80]
    mov qword ptr [rdx + 0x18], rcx
    mov eax, 0x10014
    mov qword ptr [rbx:pc], rax
    mov eax, 0
    jmp <leave>
  0x10010: out of line: slow_poll
L6:
    mov eax, 0x10000
    mov qword ptr [rbx:pc], rax
    mov eax, 1
    jmp <leave>
  0x10010: out of line: slow_unlinked
L7:
    movabs rcx, <exit 1>
    mov rax, qword ptr [rcx + 8]
    test rax, rax
    je L8
    jmp qword ptr [rax + 0x10]
L8:
    mov rdx, qword ptr [rbx:0x80]
    mov qword ptr [rdx + 0x18], rcx
    mov eax, 0x10000
    mov qword ptr [rbx:pc], rax
    mov eax, 0
    jmp <leave>

== AES round: v3
aese v0.16b, v1.16b
aesmc v0.16b, v0.16b
ret
=>
; 216 bytes
  0x10000: aese v0.16b, v1.16b
    movups xmm3, xmmword ptr [rbx:v[1]]
    movups xmm4, xmmword ptr [rbx:v[0]]
    movups xmmword ptr [rsp + 0x20], xmm4
    movups xmmword ptr [rsp + 0x30], xmm3
    movabs rax, <eval_vaese_b_full>
    mov edx, 0
    call <eval_general>
    movups xmm5, xmmword ptr [rsp + 0x90]
  0x10004: aesmc v0.16b, v0.16b
    movups xmmword ptr [rsp + 0x20], xmm5
    movabs rax, <eval_vaesmc_b_full>
    mov edx, 0
    call <eval_general>
    movups xmm3, xmmword ptr [rsp + 0x90]
    movups xmmword ptr [rbx:v[0]], xmm3
  0x10008: ret x30
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
