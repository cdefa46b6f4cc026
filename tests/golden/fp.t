Floating point and vectors.

== scalar: v3
fadd d0, d1, d2
fmul s3, s4, s5
fmadd d6, d7, d8, d9
ret
=>
; 402 bytes
  0x10000: fadd d0, d1, d2
    movsd xmm3, qword ptr [rbx:v[2]]
    movsd xmm4, qword ptr [rbx:v[1]]
    vaddsd xmm5, xmm4, xmm3
    vucomisd xmm5, xmm5
    jp L4
L1:
    movq xmm3, xmm5
    movups xmmword ptr [rbx:v[0]], xmm3
  0x10004: fmul s3, s4, s5
    movss xmm3, dword ptr [rbx:v[5]]
    movss xmm4, dword ptr [rbx:v[4]]
    vmulss xmm5, xmm4, xmm3
    vandps xmm0, xmm5, xmmword ptr [rip:0x7fffffff7fffffff7fffffff7fffffff]
    vucomiss xmm0, dword ptr [rip:0x00800000]
    je L5
L2:
    vinsertps xmm3, xmm5, xmm5, 0xe
    movups xmmword ptr [rbx:v[3]], xmm3
  0x10008: fmadd d6, d7, d8, d9
    movsd xmm3, qword ptr [rbx:v[9]]
    movsd xmm4, qword ptr [rbx:v[7]]
    movsd xmm5, qword ptr [rbx:v[8]]
    vmovaps xmm6, xmm3
    vfmadd231sd xmm6, xmm4, xmm5
    vandps xmm0, xmm6, xmmword ptr [rip:0x7fffffffffffffff7fffffffffffffff]
    vucomisd xmm0, qword ptr [rip:0x0010000000000000]
    je L6
L3:
    movq xmm3, xmm6
    movups xmmword ptr [rbx:v[6]], xmm3
  0x1000c: ret x30
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
  0x10000: out of line: x64_slow_eval
L4:
    movups xmmword ptr [rsp + 0xca0], xmm4
    movups xmmword ptr [rsp + 0xcb0], xmm3
    movabs rax, <eval_fadd_64>
    mov edx, 0
    call <eval>
    movsd xmm5, qword ptr [rsp + 0xd10]
    jmp L1
  0x10004: out of line: x64_slow_eval
L5:
    movups xmmword ptr [rsp + 0xca0], xmm4
    movups xmmword ptr [rsp + 0xcb0], xmm3
    movabs rax, <eval_fmul_32>
    mov edx, 0
    call <eval>
    movss xmm5, dword ptr [rsp + 0xd10]
    jmp L2
  0x10008: out of line: x64_slow_eval
L6:
    movups xmmword ptr [rsp + 0xca0], xmm3
    movups xmmword ptr [rsp + 0xcb0], xmm4
    movups xmmword ptr [rsp + 0xcc0], xmm5
    movabs rax, <eval_fmuladd_64>
    mov edx, 0
    call <eval>
    movsd xmm6, qword ptr [rsp + 0xd10]
    jmp L3
  0x1000c: out of line: slow_indirect_poll
L7:
    mov rax, rbp
    jmp <leave_for_poll>
  0x1000c: out of line: slow_indirect_miss
L8:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== scalar: floor
fadd d0, d1, d2
fmadd d6, d7, d8, d9
ret
=>
; 264 bytes
  0x10000: fadd d0, d1, d2
    movsd xmm3, qword ptr [rbx:v[2]]
    movsd xmm4, qword ptr [rbx:v[1]]
    movaps xmm5, xmm4
    addsd xmm5, xmm3
    ucomisd xmm5, xmm5
    jp L2
L1:
    movq xmm3, xmm5
    movups xmmword ptr [rbx:v[0]], xmm3
  0x10004: fmadd d6, d7, d8, d9
    movsd xmm3, qword ptr [rbx:v[9]]
    movsd xmm4, qword ptr [rbx:v[7]]
    movsd xmm5, qword ptr [rbx:v[8]]
    movups xmmword ptr [rsp + 0xca0], xmm3
    movups xmmword ptr [rsp + 0xcb0], xmm4
    movups xmmword ptr [rsp + 0xcc0], xmm5
    movabs rax, <eval_fmuladd_64>
    mov edx, 0
    call <eval_general>
    movsd xmm6, qword ptr [rsp + 0xd10]
    movq xmm3, xmm6
    movups xmmword ptr [rbx:v[6]], xmm3
  0x10008: ret x30
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
  0x10000: out of line: x64_slow_eval
L2:
    movups xmmword ptr [rsp + 0xca0], xmm4
    movups xmmword ptr [rsp + 0xcb0], xmm3
    movabs rax, <eval_fadd_64>
    mov edx, 0
    call <eval>
    movsd xmm5, qword ptr [rsp + 0xd10]
    jmp L1
  0x10008: out of line: slow_indirect_poll
L3:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10008: out of line: slow_indirect_miss
L4:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== compare and select: v3
fcmp d0, d1
fcsel d2, d3, d4, gt
b.mi .+64
=>
; 142 bytes
  0x10000: fcmp d0, d1
    movsd xmm3, qword ptr [rbx:v[1]]
    movsd xmm4, qword ptr [rbx:v[0]]
    vucomisd xmm4, xmm3
    movsd qword ptr [rbx:flags_a], xmm4
    movsd qword ptr [rbx:flags_b], xmm3
    mov dword ptr [rbx:flags_kind], 0x16
  0x10004: fcsel d2, d3, d4, gt
    movsd xmm3, qword ptr [rbx:v[4]]
    movsd xmm4, qword ptr [rbx:v[3]]
    movq rax, xmm4
    movq rcx, xmm3
    cmova rcx, rax
    movq xmm5, rcx
    movq xmm3, xmm5
    movups xmmword ptr [rbx:v[2]], xmm3
  0x10008: b.mi 0x10048
    setb al
    setnp cl
    and eax, ecx
    test eax, 1
    nop
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

== conversions: v3
scvtf d0, x1
fcvtzs w2, d3
fcvt s4, d5
ret
=>
; 260 bytes
  0x10000: scvtf d0, x1
    mov rbp, qword ptr [rbx:x[1]]
    vpxor xmm3, xmm3, xmm3
    vcvtsi2sd xmm3, xmm3, rbp
    movq xmm4, xmm3
    movups xmmword ptr [rbx:v[0]], xmm4
  0x10004: fcvtzs w2, d3
    movsd xmm3, qword ptr [rbx:v[3]]
    cvttsd2si ebp, xmm3
    cmp ebp, 1
    jo L3
L1:
    mov qword ptr [rbx:x[2]], rbp
  0x10008: fcvt s4, d5
    movsd xmm3, qword ptr [rbx:v[5]]
    vcvtsd2ss xmm4, xmm3, xmm3
    vandps xmm0, xmm4, xmmword ptr [rip:0x7fffffff7fffffff7fffffff7fffffff]
    vucomiss xmm0, dword ptr [rip:0x00800000]
    je L4
L2:
    vinsertps xmm3, xmm4, xmm4, 0xe
    movups xmmword ptr [rbx:v[4]], xmm3
  0x1000c: ret x30
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
  0x10004: out of line: x64_slow_eval
L3:
    movups xmmword ptr [rsp + 0xca0], xmm3
    movabs rax, <eval_fto_s_IR_I32_IR_F64_0>
    mov edx, 3
    call <eval>
    mov ebp, dword ptr [rsp + 0xd10]
    jmp L1
  0x10008: out of line: x64_slow_eval
L4:
    movups xmmword ptr [rsp + 0xca0], xmm3
    movabs rax, <eval_fcvt_IR_F32_IR_F64_0>
    mov edx, 6
    call <eval>
    movss xmm4, dword ptr [rsp + 0xd10]
    jmp L2
  0x1000c: out of line: slow_indirect_poll
L5:
    mov rax, rbp
    jmp <leave_for_poll>
  0x1000c: out of line: slow_indirect_miss
L6:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== integer vectors: v3
add v0.4s, v1.4s, v2.4s
mla v3.8h, v4.8h, v5.8h
cmhi v6.16b, v7.16b, v8.16b
uaddlp v9.4s, v10.8h
ret
=>
; 240 bytes
  0x10000: add v0.4s, v1.4s, v2.4s
    movups xmm3, xmmword ptr [rbx:v[2]]
    movups xmm4, xmmword ptr [rbx:v[1]]
    vpaddd xmm5, xmm4, xmm3
    movups xmmword ptr [rbx:v[0]], xmm5
  0x10004: mla v3.8h, v4.8h, v5.8h
    movups xmm3, xmmword ptr [rbx:v[5]]
    movups xmm4, xmmword ptr [rbx:v[4]]
    vpmullw xmm5, xmm4, xmm3
    movups xmm3, xmmword ptr [rbx:v[3]]
    vpaddw xmm4, xmm3, xmm5
    movups xmmword ptr [rbx:v[3]], xmm4
  0x10008: cmhi v6.16b, v7.16b, v8.16b
    movups xmm3, xmmword ptr [rbx:v[8]]
    movups xmm4, xmmword ptr [rbx:v[7]]
    vpminub xmm0, xmm4, xmm3
    vpcmpeqb xmm0, xmm0, xmm4
    pcmpeqd xmm2, xmm2
    vpxor xmm5, xmm0, xmm2
    movups xmmword ptr [rbx:v[6]], xmm5
  0x1000c: uaddlp v9.4s, v10.8h
    movups xmm3, xmmword ptr [rbx:v[10]]
    vpsrld xmm0, xmm3, 0x10
    vpand xmm4, xmm3, xmmword ptr [rip:0x0000ffff0000ffff0000ffff0000ffff]
    vpaddd xmm4, xmm4, xmm0
    movups xmmword ptr [rbx:v[9]], xmm4
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

== permutation: v3
zip1 v0.4s, v1.4s, v2.4s
tbl v3.16b, {v4.16b}, v5.16b
ext v6.16b, v7.16b, v8.16b, #3
ret
=>
; 192 bytes
  0x10000: zip1 v0.4s, v1.4s, v2.4s
    movups xmm3, xmmword ptr [rbx:v[1]]
    movups xmm4, xmmword ptr [rbx:v[2]]
    vpunpckldq xmm5, xmm3, xmm4
    movups xmmword ptr [rbx:v[0]], xmm5
  0x10004: tbl v3.16b, { v4.16b }, v5.16b
    movups xmm3, xmmword ptr [rbx:v[5]]
    movups xmm4, xmmword ptr [rbx:v[4]]
    vpaddusb xmm0, xmm3, xmmword ptr [rip:0x70707070707070707070707070707070]
    vpshufb xmm5, xmm4, xmm0
    movups xmmword ptr [rbx:v[3]], xmm5
  0x10008: ext v6.16b, v7.16b, v8.16b, #3
    movups xmm3, xmmword ptr [rbx:v[7]]
    movups xmm4, xmmword ptr [rbx:v[8]]
    vpalignr xmm5, xmm4, xmm3, 3
    movups xmmword ptr [rbx:v[6]], xmm5
  0x1000c: ret x30
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
  0x1000c: out of line: slow_indirect_poll
L1:
    mov rax, rbp
    jmp <leave_for_poll>
  0x1000c: out of line: slow_indirect_miss
L2:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== vector floating point: v3
fmla v0.4s, v1.4s, v2.4s
fadd v3.2d, v4.2d, v5.2d
ret
=>
; 296 bytes
  0x10000: fmla v0.4s, v1.4s, v2.4s
    movups xmm3, xmmword ptr [rbx:v[2]]
    movups xmm4, xmmword ptr [rbx:v[1]]
    movups xmm5, xmmword ptr [rbx:v[0]]
    vmovaps xmm6, xmm5
    vfmadd231ps xmm6, xmm4, xmm3
    vandps xmm0, xmm6, xmmword ptr [rip:0x7fffffff7fffffff7fffffff7fffffff]
    vcmpeq_uqps xmm0, xmm0, xmmword ptr [rip:0x00800000008000000080000000800000]
    vmovmskps eax, xmm0
    test eax, eax
    jne L3
L1:
    movups xmmword ptr [rbx:v[0]], xmm6
  0x10004: fadd v3.2d, v4.2d, v5.2d
    movups xmm3, xmmword ptr [rbx:v[5]]
    movups xmm4, xmmword ptr [rbx:v[4]]
    vaddpd xmm5, xmm4, xmm3
    vcmpunordpd xmm0, xmm5, xmm5
    vmovmskps eax, xmm0
    test eax, eax
    jne L4
L2:
    movups xmmword ptr [rbx:v[3]], xmm5
  0x10008: ret x30
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
  0x10000: out of line: x64_slow_eval
L3:
    movups xmmword ptr [rsp + 0xca0], xmm5
    movups xmmword ptr [rsp + 0xcb0], xmm4
    movups xmmword ptr [rsp + 0xcc0], xmm3
    movabs rax, <eval_vfmuladd_s_full>
    mov edx, 0
    call <eval>
    movups xmm6, xmmword ptr [rsp + 0xd10]
    jmp L1
  0x10004: out of line: x64_slow_eval
L4:
    movups xmmword ptr [rsp + 0xca0], xmm4
    movups xmmword ptr [rsp + 0xcb0], xmm3
    movabs rax, <eval_vfadd_d_full>
    mov edx, 0
    call <eval>
    movups xmm5, xmmword ptr [rsp + 0xd10]
    jmp L2
  0x10008: out of line: slow_indirect_poll
L5:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10008: out of line: slow_indirect_miss
L6:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>

== string scan: v3
ldr q0, [x1], #16
cmeq v1.16b, v0.16b, #0
umaxp v1.16b, v1.16b, v1.16b
fmov x2, d1
cbz x2, .-16
=>
; 176 bytes
  0x10000: ldr q0, [x1], #16
    mov rbp, qword ptr [rbx:x[1]]
    cmp rbp, r14
    ja L1
    movups xmm3, xmmword ptr [rbp]
    movups xmmword ptr [rbx:v[0]], xmm3
    add rbp, 0x10
    mov qword ptr [rbx:x[1]], rbp
  0x10004: cmeq v1.16b, v0.16b, #0
    pxor xmm4, xmm4
    vpcmpeqb xmm5, xmm3, xmm4
  0x10008: umaxp v1.16b, v1.16b, v1.16b
    vpand xmm3, xmm5, xmmword ptr [rip:0x00ff00ff00ff00ff00ff00ff00ff00ff]
    vpackuswb xmm3, xmm3, xmm3
    vpsrlw xmm4, xmm5, 8
    vpackuswb xmm4, xmm4, xmm4
    vpmaxub xmm5, xmm3, xmm4
    movups xmmword ptr [rbx:v[1]], xmm5
  0x1000c: fmov x2, d1
    movq rbp, xmm5
    mov qword ptr [rbx:x[2]], rbp
  0x10010: cbz x2, 0x10000
    test rbp, rbp
    nop
    jne L2
    cmp dword ptr [rbx:poll], 0
    jne L3
    nop
    jmp L4
  0x10000: out of line: slow_beyond
L1:
    lea rdi, [rbp]
    call <beyond_limit_read>
  0x10010: out of line: slow_unlinked
L2:
    movabs rcx, <exit 0>
    jmp <unlinked>
  0x10010: out of line: slow_poll
L3:
    mov eax, 0x10000
    jmp <leave_for_poll>
  0x10010: out of line: slow_unlinked
L4:
    movabs rcx, <exit 1>
    jmp <unlinked>

== AES round: v3
aese v0.16b, v1.16b
aesmc v0.16b, v0.16b
ret
=>
; 116 bytes
  0x10000: aese v0.16b, v1.16b
    movups xmm3, xmmword ptr [rbx:v[1]]
    movups xmm4, xmmword ptr [rbx:v[0]]
    pxor xmm0, xmm0
    vpxor xmm5, xmm4, xmm3
    vaesenc xmm5, xmm5, xmm0
  0x10004: aesmc v0.16b, v0.16b
    movups xmmword ptr [rbx:v[0]], xmm5
  0x10008: ret x30
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
  0x10008: out of line: slow_indirect_poll
L1:
    mov rax, rbp
    jmp <leave_for_poll>
  0x10008: out of line: slow_indirect_miss
L2:
    mov rdi, rbp
    lea rcx, [rdx + rax*4 + 0x20138]
    jmp <find>
